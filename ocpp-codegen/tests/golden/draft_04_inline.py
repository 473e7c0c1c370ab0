"""Types.

Generated from JSON schemas by ocpp-codegen. Changes belong into its input.
"""

from __future__ import annotations

from typing import Any, Dict, List, Literal, TypedDict


class _ChargingProfileRequired(TypedDict):
    chargingProfilePurpose: ChargingProfilePurpose
    limit: float


class ChargingProfile(_ChargingProfileRequired, total=False):
    validFrom: str
    """A date and time (RFC 3339)."""


ChargingProfilePurpose = Literal[
    "TxDefaultProfile",
    "TxProfile",
]


StartChargingMode = Literal[
    "Fast",
    "Slow",
]


class _StartChargingRequestRequired(TypedDict):
    idTag: str
    """At most 20 characters."""


class StartChargingRequest(_StartChargingRequestRequired, total=False):
    connectorId: int
    """A whole number."""
    chargingProfile: ChargingProfile
    mode: StartChargingMode
