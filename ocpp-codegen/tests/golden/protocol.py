"""Types.

Generated from JSON schemas by ocpp-codegen. Changes belong into its input.
"""

from __future__ import annotations

from typing import Any, Dict, List, Literal, TypedDict


class Notify(TypedDict):
    pass


class PingRequest(TypedDict):
    pass


class PingResponse(TypedDict):
    pass


Requests = {
    "Ping": PingRequest,
    "Notify": Notify,
}
"""The types of requests by action."""

Responses = {
    "Ping": PingResponse,
}
"""The types of responses by action."""
