"""Types.

Generated from JSON schemas by ocpp-codegen. Changes belong into its input.
"""

from __future__ import annotations

from typing import Any, Dict, List, Literal, TypedDict


class Bounds(TypedDict, total=False):
    free: str
    short: str
    """At most 7 characters."""
    identifier: str
    """At most 36 characters."""
    at: str
    """A date and time (RFC 3339)."""
    location: str
    """A URI (RFC 3986)."""
    flag: bool
    count: int
    """A whole number."""
    notNegative: int
    """A whole number. At least 0."""
    percent: int
    """A whole number. From 0 to 100."""
    atMost: int
    """A whole number. At most -1."""
    number: float
    tenths: float
    cents: float
    """From 0 to 1000."""
    whole: float
    noGain: float
    """At most 0."""
