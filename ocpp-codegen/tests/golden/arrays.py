"""Types.

Generated from JSON schemas by ocpp-codegen. Changes belong into its input.
"""

from __future__ import annotations

from typing import Any, Dict, List, Literal, TypedDict


class _ArraysRequired(TypedDict):
    nonEmpty: List[Point]
    """At least one element."""
    integers: List[int]
    """1 to 4 elements. Each: A whole number."""


class Arrays(_ArraysRequired, total=False):
    any: List[str]
    """Each: At most 5 characters."""
    bounded: List[Point]
    """1 to 3 elements."""
    pair: List[float]
    """At least 2 elements."""
    matrix: List[List[int]]
    """Each: At most 2 elements. Each: A whole number. At least 0."""
    inline: List[ArraysInline]
    values: List[Any]


class ArraysInline(TypedDict, total=False):
    kind: ArraysInlineKind


ArraysInlineKind = Literal[
    "A",
    "B",
]


class Point(TypedDict):
    x: float
