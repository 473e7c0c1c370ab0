"""Types.

Generated from JSON schemas by ocpp-codegen. Changes belong into its input.
"""

from __future__ import annotations

from typing import Any, Dict, List, Literal, TypedDict


class Leaf(TypedDict, total=False):
    parent: Node


class _NodeRequired(TypedDict):
    name: str


class Node(_NodeRequired, total=False):
    next: Node
    children: List[Node]
    """At least one element."""
    leaf: Leaf


class Tree(TypedDict):
    root: Node
