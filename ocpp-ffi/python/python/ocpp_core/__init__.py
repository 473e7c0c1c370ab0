"""OCPP 1.6, 2.0.1 and 2.1: charging stations, management systems, validation, composite schedules.

A :class:`Station` or a :class:`Session` is a value without socket, clock and thread. Inputs go in, outputs come out, both in the
vocabulary of the JSON Schemas in ``ocpp-ffi/schema``::

    station = Station({"versions": ["1.6"], "vendor": "Maker", "model": "One", "evse": [{}]})
    station.handle("Start")
    for output in station.outputs():
        ...

:mod:`ocpp_core.aio` drives them with asyncio and the package ``websockets``.
"""

from __future__ import annotations

import json
import math
import secrets
import time
from typing import Any, Iterable, Iterator, List, Mapping, Optional, Union

from . import _native
from ._native import OcppError, __version__

__all__ = [
    "Fleet",
    "OcppError",
    "RemoteStation",
    "Session",
    "Station",
    "WrongPayload",
    "__version__",
    "certificate_hash_data",
    "decode",
    "decode_frame",
    "encode_frame",
    "explain",
    "schedule",
    "validate",
]

Input = Union[str, Mapping[str, Any]]
"""``"Start"``, or an object with one member: ``{"Received": "[3,…]"}``."""


class WrongPayload(ValueError):
    """A payload does not match its schema.

    ``code`` is the code of the CALLERROR that its sender should be told, ``problems`` is all that is wrong with it, each with a JSON
    pointer.
    """

    def __init__(self, code: str, problems: List[Any]) -> None:
        first = problems[0] if problems else {}
        super().__init__(f"{code}: {first.get('pointer')}: {first.get('expected')} is wanted")
        self.code = code
        self.problems = problems


def _now(monotonic: Optional[float], utc: Optional[float]) -> "tuple[int, Optional[int]]":
    monotonic = time.monotonic() if monotonic is None else monotonic
    utc = time.time() if utc is None else utc
    # Rounded: 1.001 * 1000 is a little less than 1001, and who wakes at `next_timeout` must not come too early.
    return round(monotonic * 1000), None if math.isnan(utc) else round(utc * 1000)


class _Value:
    """What stations and sessions have in common."""

    _native: Union[_native.Station, _native.Session, _native.RemoteStation, _native.Fleet]

    def handle(self, input: Input, *, monotonic: Optional[float] = None, utc: Optional[float] = None) -> Any:
        """Takes an input, and gives the reply: ``None`` for most. Take the outputs afterwards.

        Times are seconds; without them those of this machine count. ``utc=math.nan`` says that the clock is not set. Raises :class:`OcppError` if the input cannot be read, or what
        it asks for cannot be done; nothing has changed then.
        """
        at, date = _now(monotonic, utc)
        return json.loads(self._native.handle(at, date, json.dumps(input)))

    def poll_output(self) -> Any:
        """The next output; ``None`` when there is nothing more for now."""
        output = self._native.poll_output()
        return None if output is None else json.loads(output)

    def outputs(self) -> Iterator[Any]:
        """The outputs, until there is none. Carry each out before the next."""
        while (output := self.poll_output()) is not None:
            yield output

    def next_timeout(self) -> Optional[float]:
        """When to come back with ``"TimePassed"`` at the latest, in monotonic seconds."""
        timeout = self._native.next_timeout()
        return None if timeout is None else timeout / 1000

    @property
    def state(self) -> Any:
        """A look inside."""
        return json.loads(self._native.state())


class Station(_Value):
    """A charging station.

    ``config`` is a mapping with the fields of a configuration, or a text in JSON or TOML, as ``ocpp station --config`` reads it.
    ``records`` is what ``Store`` has stored before.
    """

    def __init__(
        self,
        config: Union[str, Mapping[str, Any]],
        records: Iterable[Mapping[str, str]] = (),
        *,
        monotonic: Optional[float] = None,
        utc: Optional[float] = None,
    ) -> None:
        text = config if isinstance(config, str) else json.dumps(config)
        at, date = _now(monotonic, utc)
        self._native = _native.Station(text, json.dumps(list(records)), at, date)


class Session(_Value):
    """One side of a connection: frames, and which answer belongs to which question. ``role`` is ``"Station"`` or ``"Csms"``."""

    def __init__(self, version: str, role: str, **config: Any) -> None:
        self._native = _native.Session(json.dumps({"version": version, "role": role, **config}))


class RemoteStation(_Value):
    """One station, connected or not, as its CSMS sees it: it answers the station's calls, keeps its transactions, and carries out
    commands. What takes more than one station to decide is asked (``Ask``).

    ``records`` is what ``Store`` has stored before, ``{"key", "record"}`` each. Taking the next output after ``Store`` says that it
    is stored. ``config`` has the members of ``remote-config.json``; without ``seed`` a random one is taken.
    """

    def __init__(self, identity: str, records: Iterable[Mapping[str, Any]] = (), **config: Any) -> None:
        config = {"identity": identity, "seed": secrets.randbits(53), **config}
        self._native: _native.RemoteStation = _native.RemoteStation(json.dumps(config), json.dumps(list(records)))


class Fleet(_Value):
    """What takes more than one station to know: tokens and who holds them, reservations, what stations have in their local lists.

    ``records`` is what ``Store`` has stored before. ``config`` has the members of ``fleet-config.json``.
    """

    def __init__(self, records: Iterable[Mapping[str, Any]] = (), **config: Any) -> None:
        self._native: _native.Fleet = _native.Fleet(json.dumps(config), json.dumps(list(records)))

    def serve(self, remote: RemoteStation, *, monotonic: Optional[float] = None, utc: Optional[float] = None) -> bool:
        """Lets a station have what the fleet knows; whether that has answered what was asked.

        Call it after each output of ``remote`` that was polled, before the next one, and once when ``remote`` was made. Poll the outputs
        of the fleet too.
        """
        at, date = _now(monotonic, utc)
        return bool(json.loads(self._native.serve(at, date, remote._native))["answered"])


def validate(log: str, version: str = "", *, lenient: bool = False) -> List[Any]:
    """What is wrong with the OCPP messages in a text: a frame, a payload, or the log of any program. An object for each message."""
    lines = _native.validate(log, version, lenient, True).splitlines()
    return [json.loads(line) for line in lines]


def decode(version: str, message: str, payload: Union[str, Mapping[str, Any]], *, lenient: bool = False) -> Any:
    """Decodes the payload of a message (``"BootNotificationRequest"``) and gives it as its schema writes it.

    Raises :class:`WrongPayload` if it does not match.
    """
    text = payload if isinstance(payload, str) else json.dumps(payload)
    decoded = json.loads(_native.decode(version, message, text, lenient))
    wrong = decoded.get("Wrong")
    if wrong is not None:
        raise WrongPayload(wrong["code"], wrong["problems"])
    right = decoded["Right"]["payload"]
    return None if right is None else json.loads(right)


def decode_frame(version: str, text: str) -> Any:
    """Takes a frame apart: ``{"Call": {"id", "action", "payload"}}`` and so on; payloads are JSON texts."""
    return json.loads(_native.decode_frame(version, text))


def encode_frame(version: str, message: Mapping[str, Any]) -> str:
    """Puts a frame together, from what :func:`decode_frame` gives."""
    return _native.encode_frame(version, json.dumps(message))


def schedule(situation: Union[str, Mapping[str, Any]]) -> Any:
    """Answers a charging situation with its composite schedule."""
    return json.loads(_native.schedule(situation if isinstance(situation, str) else json.dumps(situation)))


def explain(situation: Union[str, Mapping[str, Any]], at: str = "") -> str:
    """Says which charging profile decides at an instant (RFC 3339), and why the others do not."""
    return _native.explain(situation if isinstance(situation, str) else json.dumps(situation), at)


def certificate_hash_data(certificate: str, issuer: str, algorithm: str = "SHA256") -> Any:
    """Identifies a certificate (PEM) that ``issuer`` has signed, as OCPP and OCSP do."""
    return json.loads(_native.certificate_hash_data(certificate, issuer, algorithm))
