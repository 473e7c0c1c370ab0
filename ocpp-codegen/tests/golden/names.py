"""Types.

Generated from JSON schemas by ocpp-codegen. Changes belong into its input.
"""

from __future__ import annotations

from typing import Any, Dict, List, Literal, TypedDict


_NamesOptionalOdd = TypedDict("_NamesOptionalOdd", {"15min": "int", }, total=False)


class _NamesRequired(_NamesOptionalOdd):
    type: str
    self: str


class Names(_NamesRequired, total=False):
    bulkSoC: int
    """A whole number."""
    limit_L2: float
    map: bool
    member_0: bool
    phase: NamesPhase


NamesPhase = Literal[
    "L1",
    "L1-N",
    "Energy.Active.Import.Register",
    "15min",
    "Self",
    "type",
    "SOCLimitReached",
    "Größe",
]
