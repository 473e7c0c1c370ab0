"""Types.

Generated from JSON schemas by ocpp-codegen. Changes belong into its input.
"""

from __future__ import annotations

from typing import Any, Dict, List, Literal, TypedDict


class _OpenObjectRequired(TypedDict):
    vendorId: str
    """At most 255 characters."""


class OpenObject(_OpenObjectRequired, total=False):
    """Unknown members are kept."""
    data: Any
    """Any JSON."""
    closed: OpenObjectClosed
    open: OpenObjectOpen


class OpenObjectClosed(TypedDict, total=False):
    on: bool


class OpenObjectOpen(TypedDict, total=False):
    on: bool
