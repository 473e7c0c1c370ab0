"""Stations and management systems with asyncio and the package ``websockets``."""

from __future__ import annotations

import asyncio
import base64
import inspect
import json
import logging
import secrets
import ssl
import time
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, AsyncIterator, Awaitable, Callable, Dict, Iterable, Mapping, MutableMapping, Optional, Union
from urllib.parse import quote, unquote

from websockets.asyncio.client import connect
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from . import OcppError, Session, Station, WrongPayload, decode
from ._tls import KeyOf, attempts, refusal

__all__ = ["CallFailed", "Charger", "Connection", "Csms"]

_log = logging.getLogger("ocpp_core")

_SUBPROTOCOLS = {"1.6": "ocpp1.6", "2.0.1": "ocpp2.0.1", "2.1": "ocpp2.1"}

Hardware = Callable[[Any], Union[Any, Awaitable[Any]]]
"""Carries an output out, and gives the input that answers it, or ``None``."""


class Charger:
    """A charging station with a connection: :class:`ocpp_core.Station`, a WebSocket, and what you call for its hardware.

    ``hardware`` is called with every output that is not about the connection or records: ``{"Contactor": …}``, ``{"SetLimit": …}``,
    ``{"ReadMeter": 1}`` and so on. What it returns is the answer; ``None`` declines, which means nothing for an output that asks
    nothing. ``records`` is a mapping from key to text that lasts: ``dict()`` forgets at the end, ``shelve.open(…)`` does not.

    With TLS ``roots`` are the certificates (PEM) that the station left the factory with; without them, and unless the CSMS has
    installed others, those of this machine count. ``key_of`` gives the private key (PEM) of a name that ``MakeCertificateRequest`` was
    answered with (security profile 3).
    """

    def __init__(
        self,
        url: str,
        identity: str,
        config: Union[str, Mapping[str, Any]],
        *,
        hardware: Optional[Hardware] = None,
        records: Optional[MutableMapping[str, str]] = None,
        roots: Optional[str] = None,
        key_of: Optional[KeyOf] = None,
    ) -> None:
        self._roots = roots
        self._key_of = key_of
        self._records = {} if records is None else records
        stored = [{"key": key, "value": value} for key, value in self._records.items()]
        self.station = Station(config, stored)
        self._url = url
        self._identity = identity
        self._hardware = hardware
        self._inputs: "asyncio.Queue[Any]" = asyncio.Queue()
        self._link: Optional["asyncio.Task[None]"] = None
        self._socket: Any = None
        self._state_changed = asyncio.Condition()

    def tell(self, input: Any) -> None:
        """Something happens to the station: ``charger.tell({"Cable": …})``. From the thread of the event loop."""
        self._inputs.put_nowait(input)

    def plug(self, evse: int = 1, connector: int = 1) -> None:
        """A car is plugged in."""
        self.tell({"Cable": {"at": {"evse": evse, "connector": connector}, "state": "Connected"}})

    def unplug(self, evse: int = 1, connector: int = 1) -> None:
        """The cable is pulled out."""
        self.tell({"Cable": {"at": {"evse": evse, "connector": connector}, "state": "Unplugged"}})

    def present(self, token: str, evse: Optional[int] = None) -> None:
        """A card is presented."""
        self.tell({"TokenPresented": {"evse": evse, "token": {"id": token}}})

    async def until(self, condition: Callable[[Any], bool]) -> Any:
        """Waits until the state of the station is so, and gives it."""
        async with self._state_changed:
            while not condition(state := self.station.state):
                await self._state_changed.wait()
        return state

    async def run(self) -> None:
        """Runs the station until it wants to restart, or the task is cancelled."""
        self.tell("Start")
        try:
            while True:
                timeout = self.station.next_timeout()
                wait = None if timeout is None else max(0.0, timeout - time.monotonic())
                try:
                    input = await asyncio.wait_for(self._inputs.get(), wait)
                except asyncio.TimeoutError:
                    input = "TimePassed"
                self.station.handle(input)
                for output in self.station.outputs():
                    if isinstance(output, dict) and "Reboot" in output:
                        return
                    await self._carry_out(output)
                async with self._state_changed:
                    self._state_changed.notify_all()
        finally:
            await self._hang_up()

    async def _carry_out(self, output: Any) -> None:
        kind: str
        what: Any
        kind, what = next(iter(output.items())) if isinstance(output, dict) else (output, None)
        if kind == "Store":
            self._records[what["key"]] = what["value"]
        elif kind == "Remove":
            self._records.pop(what, None)
        elif kind == "Transmit":
            if self._socket is not None:
                try:
                    await self._socket.send(what)
                except ConnectionClosed:
                    pass  # The link tells of it.
        elif kind == "Connect":
            await self._hang_up()
            self._link = asyncio.create_task(self._connection(what))
        elif kind == "Disconnect":
            await self._hang_up()
            self.tell("Disconnected")
        elif kind == "Ping":
            if self._socket is not None:
                pong = await self._socket.ping()
                pong.add_done_callback(self._pong)
        else:
            answer = None if self._hardware is None else self._hardware(output)
            if inspect.isawaitable(answer):
                answer = await answer
            self.station.handle("Decline" if answer is None else answer)

    def _pong(self, pong: "asyncio.Future[float]") -> None:
        if not pong.cancelled() and pong.exception() is None:
            self.tell("LinkAlive")

    async def _hang_up(self) -> None:
        link, self._link, self._socket = self._link, None, None
        if link is not None:
            link.cancel()
            await asyncio.gather(link, return_exceptions=True)

    async def _connection(self, wanted: Any) -> None:
        versions = {_SUBPROTOCOLS[version]: version for version in wanted["versions"]}
        address = f"{(wanted['url'] or self._url).rstrip('/')}/{quote(self._identity, safe='')}"
        if wanted["security_profile"] >= 2 and address.startswith("ws:"):
            address = f"wss:{address[3:]}"
        headers = {}
        if wanted["password"] is not None:
            # 1.6 sets passwords as hexadecimal digits of bytes, 2.x as text.
            digits = wanted["password_version"] == "1.6"
            password = bytes.fromhex(wanted["password"]) if digits else wanted["password"].encode()
            secret = self._identity.encode() + b":" + password
            headers["Authorization"] = f"Basic {base64.b64encode(secret).decode()}"
        try:
            await self._connected(address, versions, headers, wanted)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # Whatever keeps the connection from being: the station tries again.
            _log.info("no connection: %s", error)
            if (kind := refusal(error)) is not None:
                self.tell({"ConnectionRefused": {"kind": kind, "info": str(error)}})
        self._socket = None
        self.tell("Disconnected")

    async def _connected(self, address: str, versions: Mapping[str, str], headers: Mapping[str, str], wanted: Any) -> None:
        options: Dict[str, Any] = {"subprotocols": list(versions), "additional_headers": headers}
        async with AsyncExitStack() as open_until_the_end:
            enter = open_until_the_end.enter_async_context
            if not address.startswith("wss:"):
                socket = await enter(connect(address, **options))
            else:
                ways = list(attempts(wanted, self._roots, self._key_of))
                for number, (secured, context) in enumerate(ways, 1):
                    try:
                        socket = await enter(connect(address, ssl=context, **options))
                        break
                    except ssl.SSLCertVerificationError:  # Below the next root it may be right.
                        if number == len(ways):
                            raise
                self.tell({"ConnectionSecured": secured})
            version = versions.get(socket.subprotocol or "")
            if version is None:
                _log.warning("the CSMS speaks none of %s", ", ".join(versions))
                return
            self._socket = socket
            self.tell({"Connected": {"version": version}})
            async for text in socket:
                if isinstance(text, str):
                    self.tell({"Received": text})


class CallFailed(Exception):
    """A call brought no response: the peer refused it, or did not answer. ``failure`` is what the session says."""

    def __init__(self, failure: Any) -> None:
        super().__init__(json.dumps(failure))
        self.failure = failure


class Connection:
    """The CSMS's side of a connection with a station."""

    def __init__(self, csms: "Csms", socket: ServerConnection, identity: str, version: str) -> None:
        self.identity = identity
        self.version = version
        self._csms = csms
        self._socket = socket
        self._session = Session(version, "Csms", seed=secrets.randbits(64))
        self._waiting: Dict[int, "asyncio.Future[Any]"] = {}
        self._outgoing: "asyncio.Queue[str]" = asyncio.Queue()
        self._changed = asyncio.Event()
        self._answers: "set[asyncio.Task[None]]" = set()

    async def call(self, action: str, payload: Mapping[str, Any], *, timeout: Optional[int] = None) -> Any:
        """Calls the station, and gives its response. Raises :class:`CallFailed` or :class:`ocpp_core.WrongPayload`."""
        decode(self.version, f"{action}Request", payload)
        call = {"action": action, "payload": json.dumps(payload), "timeout": timeout}
        number = self._session.handle({"Call": call})["call"]
        ended: "asyncio.Future[Any]" = asyncio.get_running_loop().create_future()
        self._waiting[number] = ended
        self._pump()
        result = await ended
        if "Err" in result:
            raise CallFailed(result["Err"])
        return decode(self.version, f"{action}Response", result["Ok"])

    def _pump(self) -> None:
        for output in self._session.outputs():
            kind, what = next(iter(output.items()))
            if kind == "Transmit":
                self._outgoing.put_nowait(what["text"])
            elif kind == "Call":
                task = asyncio.create_task(self._answer(what))
                self._answers.add(task)
                task.add_done_callback(self._answers.discard)
            elif kind == "CallEnded":
                ended = self._waiting.pop(what["call"], None)
                if ended is not None and not ended.done():
                    ended.set_result(what["result"])
        self._changed.set()

    async def _answer(self, call: Any) -> None:
        token = call["token"]
        try:
            self._session.handle(await self._answer_to(call["action"], call["payload"], token))
        except OcppError as error:  # The connection is gone meanwhile.
            _log.info("%s: %s", self.identity, error)
        self._pump()

    async def _answer_to(self, action: str, payload: str, token: int) -> Any:
        try:
            request = decode(self.version, f"{action}Request", payload)
        except WrongPayload as wrong:
            _log.warning("%s: %s: %s", self.identity, action, wrong)
            code = _CODES.get(wrong.code, wrong.code)
            return {"Refuse": {"token": token, "code": code, "description": str(wrong)}}
        try:
            response = await self._csms.respond(self, action, request)
            if response is None:
                return {"Refuse": {"token": token, "code": "NotSupported"}}
            decode(self.version, f"{action}Response", response)
            return {"Respond": {"token": token, "payload": json.dumps(response)}}
        except Exception:  # Of the application: the station must not wait for it.
            _log.exception("%s: %s", self.identity, action)
            return {"Refuse": {"token": token, "code": "InternalError"}}

    async def _send(self) -> None:
        while True:
            await self._socket.send(await self._outgoing.get())

    async def _watch(self) -> None:
        while True:
            self._changed.clear()
            timeout = self._session.next_timeout()
            wait = None if timeout is None else max(0.0, timeout - time.monotonic())
            try:
                await asyncio.wait_for(self._changed.wait(), wait)
            except asyncio.TimeoutError:
                self._session.handle("TimePassed")
                self._pump()

    async def _run(self) -> None:
        self._session.handle("Connected")
        tasks = [asyncio.create_task(self._send()), asyncio.create_task(self._watch())]
        try:
            async for text in self._socket:
                if isinstance(text, str):
                    self._session.handle({"Received": text})
                    self._pump()
        except ConnectionClosed:
            pass
        finally:
            self._session.handle("Disconnected")
            self._pump()
            ending = [*tasks, *self._answers]
            for task in ending:
                task.cancel()
            await asyncio.gather(*ending, return_exceptions=True)


# 1.6 spells two codes in its own way; sessions take the names of 2.x.
_CODES = {
    "FormationViolation": "FormatViolation",
    "OccurenceConstraintViolation": "OccurrenceConstraintViolation",
}


class Csms:
    """A management system: override :meth:`respond`, and :meth:`connected` if you like.

    ::

        class MyCsms(Csms):
            async def respond(self, station, action, request):
                if action == "Heartbeat":
                    return {"currentTime": …}

        async with MyCsms().listen("127.0.0.1", 9000):
            await asyncio.Future()
    """

    def __init__(self, versions: Iterable[str] = ("2.1", "2.0.1", "1.6")) -> None:
        self._versions = list(versions)
        self.stations: Dict[str, Connection] = {}

    async def respond(self, station: Connection, action: str, request: Any) -> Optional[Mapping[str, Any]]:
        """Answers a call of a station. ``None`` for an action that is not supported. Both sides are checked against the schemas."""
        return None

    async def connected(self, station: Connection) -> None:
        """A station has connected; it runs as a task until the station is gone."""

    @asynccontextmanager
    async def listen(self, host: str, port: int) -> AsyncIterator[Server]:
        """Accepts stations. The last part of the path is the identity."""
        names = [Subprotocol(_SUBPROTOCOLS[version]) for version in self._versions]
        async with serve(self._accept, host, port, subprotocols=names) as server:
            yield server

    async def _accept(self, socket: ServerConnection) -> None:
        versions = {name: version for version, name in _SUBPROTOCOLS.items()}
        if socket.subprotocol is None or socket.request is None:
            await socket.close(1002, "no common version")
            return
        identity = unquote(socket.request.path.split("?", 1)[0].rsplit("/", 1)[-1])
        connection = Connection(self, socket, identity, versions[socket.subprotocol])
        former = self.stations.get(identity)
        self.stations[identity] = connection
        tasks: "list[asyncio.Task[None]]" = [asyncio.create_task(self.connected(connection))]
        if former is not None:
            # A peer that is gone answers no close frame: the newer connection does not wait for it.
            tasks.append(asyncio.create_task(former._socket.close(1000, "a newer connection")))
        try:
            await connection._run()
        finally:
            for task in tasks:
                task.cancel()
            if self.stations.get(identity) is connection:
                del self.stations[identity]
