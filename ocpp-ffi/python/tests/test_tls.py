"""A station and TLS: roots, names with wildcards, and what the CSMS is told of what was refused."""

import asyncio
import datetime
import json
import shutil
import socket
import ssl
import subprocess
from pathlib import Path
from typing import Any, AsyncIterator, Callable, Dict, List

import pytest
from websockets.asyncio.server import serve

from ocpp_core._tls import is_named, names, refusal
from ocpp_core.aio import Charger

HOST = "a.csms.example"
CONFIG = {
    "versions": ["1.6"],
    "vendor": "Maker",
    "model": "One",
    "evse": [{}],
    "features": {"security": True},
    "back_off": {"wait_minimum": 1, "repeat_times": 0, "random_range": 0},
}
SECURED = {"SecurityProfile": "2", "AuthorizationKey": "31" * 16}


class Authority:
    """A root and what it has signed, made with the program openssl."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.name = name
        self._openssl(f"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN={name} -keyout {name}.key -out {name}.pem")
        self.pem = (folder / f"{name}.pem").read_text()

    def _openssl(self, words: str) -> None:
        subprocess.run(["openssl", *words.split()], cwd=self.folder, check=True, capture_output=True)

    def server(self, names: str) -> ssl.SSLContext:
        """The context of a server with this subjectAltName."""
        file = names.replace("*", "any").replace(":", "-")
        (self.folder / f"{file}.ext").write_text(f"subjectAltName={names}\n")
        self._openssl(f"req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=csms -keyout {file}.key -out {file}.csr")
        self._openssl(f"x509 -req -in {file}.csr -CA {self.name}.pem -CAkey {self.name}.key -days 1 -extfile {file}.ext -out {file}.pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{file}.pem", self.folder / f"{file}.key")
        return context


class Server:
    """A CSMS that accepts every station, and remembers what it said."""

    def __init__(self) -> None:
        self.heard: List[Any] = []
        self.credentials: List[str] = []
        self.port = 0

    async def accept(self, connection: Any) -> None:
        self.credentials.append(connection.request.headers.get("Authorization", ""))
        async for text in connection:
            kind, number, *rest = json.loads(text)
            if kind != 2:
                continue
            self.heard.append(rest)
            now = datetime.datetime.now(datetime.timezone.utc).isoformat()
            answer = {"status": "Accepted", "currentTime": now, "interval": 300} if rest[0] == "BootNotification" else {}
            await connection.send(json.dumps([3, number, answer]))

    def security_events(self) -> List[str]:
        return [payload["type"] for action, payload in self.heard if action == "SecurityEventNotification"]


@pytest.fixture
def authority(tmp_path: Path) -> Callable[[str], Authority]:
    if shutil.which("openssl") is None:
        pytest.skip("needs the program openssl")
    return lambda name: Authority(tmp_path, name)


@pytest.fixture
async def everywhere_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    async def here(_: Any, __: Any, port: int, **more: Any) -> Any:
        return socket.getaddrinfo("127.0.0.1", port, **more)

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", here)


@pytest.fixture
async def started() -> AsyncIterator[Any]:
    tasks: List["asyncio.Task[None]"] = []

    def start(port: int, *, allow_wildcards: bool = False, provisioned: Any = (), **more: Any) -> Charger:
        defaults = {**SECURED, "AllowCSMSTLSWildcards": str(allow_wildcards).lower()}
        charger = Charger(f"wss://{HOST}:{port}", "CP001", {**CONFIG, "defaults": defaults}, **more)
        if provisioned:
            charger.station.handle({"Provision": {"roots": list(provisioned)}})
        tasks.append(asyncio.create_task(charger.run()))
        return charger

    yield start
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def registered(charger: Charger) -> None:
    await asyncio.wait_for(charger.until(lambda state: state["registration"] == "Accepted" and state["queued"] == 0), 20)


def listen(server: Server, context: ssl.SSLContext, port: int = 0) -> Any:
    return serve(server.accept, "127.0.0.1", port, ssl=context, subprotocols=["ocpp1.6"])  # type: ignore[list-item]


async def refused_then_registered(charger_of: Callable[[int], Charger], wrong: ssl.SSLContext, right: ssl.SSLContext) -> Server:
    """A CSMS that is refused until it has another certificate."""
    server, nobody = Server(), Server()
    async with listen(nobody, wrong) as first:
        port = list(first.sockets)[0].getsockname()[1]
        charger = charger_of(port)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(charger.until(lambda state: state["connected"]), 2.5)
    assert nobody.credentials == [], "who is refused gets no password"
    async with listen(server, right, port):
        await registered(charger)
    assert server.credentials[-1].startswith("Basic ")
    return server


async def test_a_name_with_a_wildcard_is_refused_unless_the_station_permits_it(
    authority: Callable[[str], Authority], started: Any, everywhere_is_here: None
) -> None:
    root = authority("root")
    wildcard = root.server("DNS:*.csms.example")
    server = await refused_then_registered(
        lambda port: started(port, roots=root.pem), wildcard, root.server(f"DNS:other.example,DNS:{HOST.upper()}")
    )
    assert "InvalidCentralSystemCertificate" in server.security_events()

    permitted = Server()
    async with listen(permitted, wildcard) as at:
        charger = started(list(at.sockets)[0].getsockname()[1], roots=root.pem, allow_wildcards=True)
        await registered(charger)


async def test_roots_are_tried_one_after_the_other(
    authority: Callable[[str], Authority], started: Any, everywhere_is_here: None
) -> None:
    first, second, stranger = authority("first"), authority("second"), authority("stranger")
    server = await refused_then_registered(
        lambda port: started(port, provisioned=[first.pem, second.pem]),
        stranger.server(f"DNS:{HOST}"),
        second.server(f"DNS:{HOST}"),
    )
    assert "InvalidCentralSystemCertificate" in server.security_events()


async def test_a_certificate_for_somebody_else_is_refused(
    authority: Callable[[str], Authority], started: Any, everywhere_is_here: None
) -> None:
    root = authority("root")
    server = await refused_then_registered(
        lambda port: started(port, roots=root.pem), root.server("DNS:b.csms.example"), root.server(f"DNS:{HOST}")
    )
    assert "InvalidCentralSystemCertificate" in server.security_events()


def test_names_in_certificates() -> None:
    alternative: Dict[str, Any] = {"subject": ((("commonName", "x"),),), "subjectAltName": (("DNS", "*.a.b"), ("IP Address", "127.0.0.1"))}
    assert names(alternative) == ["*.a.b"]
    assert not is_named(alternative, "c.a.b") and not is_named(alternative, "x")
    assert is_named(alternative, "127.0.0.1") and is_named(alternative, "::1")
    common: Dict[str, Any] = {"subject": ((("countryName", "NL"),), (("commonName", "Host.example"),))}
    assert is_named(common, "host.example.") and not is_named(common, "other.example")
    assert not is_named({}, "host.example")


def test_why_a_connection_was_refused() -> None:
    def error(reason: str) -> ssl.SSLError:
        one = ssl.SSLError(1, reason)
        one.reason = reason
        return one

    assert refusal(ssl.SSLCertVerificationError(1, "wildcard")) == "InvalidCsmsCertificate"
    assert refusal(error("TLSV1_ALERT_PROTOCOL_VERSION")) == "InvalidTLSVersion"
    assert refusal(error("SSLV3_ALERT_HANDSHAKE_FAILURE")) == "InvalidTLSCipherSuite"
    assert refusal(error("TLSV13_ALERT_CERTIFICATE_REQUIRED")) == "FailedToAuthenticateAtCsms"
    assert refusal(ConnectionRefusedError()) is None
