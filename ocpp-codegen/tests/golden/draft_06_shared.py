"""Types.

Generated from JSON schemas by ocpp-codegen. Changes belong into its input.
"""

from __future__ import annotations

from typing import Any, Dict, List, Literal, TypedDict


ConnectorStatus = Literal[
    "Available",
    "Occupied",
]
"""This contains the current status."""


class _EvseRequired(TypedDict):
    id: int
    """Identifies the EVSE. A whole number. At least 0."""


class Evse(_EvseRequired, total=False):
    """EVSE Electric Vehicle Supply Equipment. See <a> [b] and <https://example.com/x>"""
    customData: Dict[str, Any]
    connectorId: int
    """A whole number. At least 1."""


LogType = Literal[
    "Diagnostics",
]


class _StatusRequestRequired(TypedDict):
    status: ConnectorStatus
    evse: Evse


class StatusRequest(_StatusRequestRequired, total=False):
    customData: Dict[str, Any]
    log: LogType
