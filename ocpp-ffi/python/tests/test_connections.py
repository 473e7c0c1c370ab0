"""Stations and management systems over WebSockets: ours with ours, and with the package `ocpp`."""

import asyncio
import datetime
import itertools
from typing import Any, AsyncIterator, Dict, List, Optional

import pytest

from ocpp_core.aio import CallFailed, Charger, Connection, Csms

CONFIG = {"versions": ["1.6"], "vendor": "Maker", "model": "One", "evse": [{}]}


def now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).isoformat()


class Listener(Csms):
    """Accepts everything, and remembers it."""

    def __init__(self) -> None:
        super().__init__(["1.6"])
        self.heard: List[Any] = []
        self.numbers = itertools.count(7)

    async def respond(self, station: Connection, action: str, request: Any) -> Optional[Dict[str, Any]]:
        self.heard.append((action, request))
        if action == "DataTransfer":
            return None
        if action == "StartTransaction":
            return {"transactionId": next(self.numbers), "idTagInfo": {"status": "Accepted"}}
        return {
            "BootNotification": {"status": "Accepted", "currentTime": now(), "interval": 300},
            "Heartbeat": {"currentTime": now()},
            "Authorize": {"idTagInfo": {"status": "Accepted"}},
        }.get(action, {})


@pytest.fixture
async def csms() -> AsyncIterator[Any]:
    csms = Listener()
    async with csms.listen("127.0.0.1", 0) as server:
        port = list(server.sockets)[0].getsockname()[1]
        yield csms, f"ws://127.0.0.1:{port}"


async def within(what: Any) -> Any:
    return await asyncio.wait_for(what, 20)


async def test_a_car_is_charged(csms: Any) -> None:
    csms, url = csms
    done: List[Any] = []
    records: Dict[str, str] = {}

    async def hardware(output: Any) -> Any:
        done.append(output)
        if isinstance(output, dict) and "ReadMeter" in output:
            value = {"measurand": "Energy.Active.Import.Register", "unit": "Wh", "value": 1000}
            return {"Meter": {"evse": output["ReadMeter"], "reading": {"values": [value]}}}
        return None

    charger = Charger(url, "CP001", CONFIG, hardware=hardware, records=records)
    running = asyncio.create_task(charger.run())
    await within(charger.until(lambda state: state["registration"] == "Accepted"))
    assert records, "what must last is stored"
    charger.plug()
    charger.present("card")
    state = await within(charger.until(lambda state: state["connectors"][0]["transaction_id"]))
    assert state["connectors"][0]["transaction_id"] == "7"
    assert {"Contactor": {"at": {"evse": 1, "connector": 1}, "closed": True}} in done
    # The CSMS calls.
    station = csms.stations["CP001"]
    answer = await within(station.call("GetConfiguration", {"key": ["HeartbeatInterval"]}))
    assert answer["configurationKey"][0]["value"] == "300"
    stopped = await within(station.call("RemoteStopTransaction", {"transactionId": 7}))
    assert stopped == {"status": "Accepted"}
    await within(charger.until(lambda state: not state["connectors"][0]["transaction"] and state["queued"] == 0))
    stop = [request for action, request in csms.heard if action == "StopTransaction"]
    assert stop[0]["meterStop"] == 1000 and stop[0]["reason"] == "Remote"
    with pytest.raises(CallFailed):
        await within(station.call("GetLocalListVersion", {}, timeout=0))
    running.cancel()


async def test_a_station_that_loses_its_connection_comes_back(csms: Any) -> None:
    csms, url = csms
    config = {**CONFIG, "back_off": {"wait_minimum": 1, "repeat_times": 0, "random_range": 0}}
    charger = Charger(url, "CP002", config)
    running = asyncio.create_task(charger.run())
    await within(charger.until(lambda state: state["registration"] == "Accepted"))
    await csms.stations["CP002"]._socket.close()
    await within(charger.until(lambda state: not state["connected"]))
    await within(charger.until(lambda state: state["connected"]))
    running.cancel()


async def test_our_station_and_the_csms_of_the_package_ocpp() -> None:
    pytest.importorskip("ocpp")
    from ocpp.routing import on
    from ocpp.v16 import ChargePoint, call, call_result
    from websockets.asyncio.server import serve

    heard: List[str] = []
    theirs: Dict[str, Any] = {}

    class Theirs(ChargePoint):  # type: ignore[misc]
        @on("BootNotification")
        def on_boot(self, **_: Any) -> Any:
            heard.append("BootNotification")
            return call_result.BootNotification(current_time=now(), interval=300, status="Accepted")

        @on("StatusNotification")
        def on_status(self, **_: Any) -> Any:
            heard.append("StatusNotification")
            return call_result.StatusNotification()

        @on("Authorize")
        def on_authorize(self, **_: Any) -> Any:
            return call_result.Authorize(id_tag_info={"status": "Accepted"})

        @on("StartTransaction")
        def on_start(self, **_: Any) -> Any:
            heard.append("StartTransaction")
            return call_result.StartTransaction(transaction_id=5, id_tag_info={"status": "Accepted"})

        @on("StopTransaction")
        def on_stop(self, **_: Any) -> Any:
            heard.append("StopTransaction")
            return call_result.StopTransaction()

    async def accept(socket: Any) -> None:
        theirs["station"] = Theirs(socket.request.path.strip("/"), socket)
        await theirs["station"].start()

    async with serve(accept, "127.0.0.1", 0, subprotocols=["ocpp1.6"]) as server:  # type: ignore[list-item]
        port = list(server.sockets)[0].getsockname()[1]
        charger = Charger(f"ws://127.0.0.1:{port}", "CP001", CONFIG)
        running = asyncio.create_task(charger.run())
        await within(charger.until(lambda state: state["registration"] == "Accepted"))
        charger.plug()
        charger.present("card")
        await within(charger.until(lambda state: state["connectors"][0]["transaction_id"] == "5"))
        answer = await within(theirs["station"].call(call.RemoteStopTransaction(transaction_id=5)))
        assert answer.status == "Accepted"
        await within(charger.until(lambda state: not state["connectors"][0]["transaction"] and state["queued"] == 0))
        running.cancel()
    assert heard[0] == "BootNotification"
    assert heard.count("StartTransaction") == 1 and heard.count("StopTransaction") == 1


async def test_our_csms_and_the_station_of_the_package_ocpp(csms: Any) -> None:
    pytest.importorskip("ocpp")
    from ocpp.routing import on
    from ocpp.v16 import ChargePoint, call, call_result
    from websockets.asyncio.client import connect

    class Theirs(ChargePoint):  # type: ignore[misc]
        @on("Reset")
        def on_reset(self, **_: Any) -> Any:
            return call_result.Reset(status="Accepted")

    csms, url = csms
    async with connect(f"{url}/CP009", subprotocols=["ocpp1.6"]) as socket:  # type: ignore[list-item]
        station = Theirs("CP009", socket)
        running = asyncio.create_task(station.start())
        boot = await within(station.call(call.BootNotification(charge_point_model="One", charge_point_vendor="Maker")))
        assert boot.status == "Accepted"
        refused = await within(station.call(call.DataTransfer(vendor_id="nobody")))
        assert refused is None, "the package gives nothing for a CALLERROR"
        assert await within(csms.stations["CP009"].call("Reset", {"type": "Soft"})) == {"status": "Accepted"}
        with pytest.raises(CallFailed) as failed:
            await within(csms.stations["CP009"].call("ClearCache", {}))
        assert "Refused" in failed.value.failure
        running.cancel()


async def test_a_station_that_comes_back_does_not_wait_for_its_dead_connection(csms: Any) -> None:
    from websockets.asyncio.client import connect

    csms, url = csms
    boot = '[2,"1","BootNotification",{"chargePointVendor":"Maker","chargePointModel":"One"}]'
    async with connect(f"{url}/CP003", subprotocols=["ocpp1.6"], close_timeout=0) as dead:  # type: ignore[list-item]
        await dead.send(boot)
        await within(dead.recv())
        first = csms.stations["CP003"]
        dead.transport.pause_reading()  # It answers no close frame.
        async with connect(f"{url}/CP003", subprotocols=["ocpp1.6"]) as alive:  # type: ignore[list-item]
            await alive.send(boot)
            answer = await asyncio.wait_for(alive.recv(), 5)
            assert "Accepted" in str(answer)
            assert csms.stations["CP003"] is not first
