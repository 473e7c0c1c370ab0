"""A simulated 1.6 station with the control interface of ``ocpp station``, so that the test lab can examine what stands on this package::

    python control.py 9017 ws://127.0.0.1:9016 &
    ocpp conformance run --preset chaevi --short-intervals --wire http://127.0.0.1:9017 TC_001_CS

With the path of ``libocpp.so`` as a third argument the station is that of the C library, called through ctypes.
docs/interfaces.md describes the interface. Of it there is what the Core cases of 1.6 need.
"""

import asyncio
import ctypes
import json
import sys
import time

import ocpp_core.aio
from ocpp_core import OcppError
from ocpp_core.aio import Charger

POWER = 11_000
EV = {"ready": "Ready", "suspended": "Suspended", "stopped": "Stopped"}

# As the preset `chaevi` of the lab.
EVSE = {"connectors": [{"cable": "fixed", "kind": "cCCS1"}]}
CONFIG = {
    "versions": ["1.6"],
    "vendor": "Vendor",
    "model": "Model",
    "serial_number": "CP-0815",
    "firmware_version": "1.0.0",
    "evse": [EVSE, EVSE],
    "back_off": {"wait_minimum": 1, "repeat_times": 0, "random_range": 0},
    "file_transfer": [],
    "features": {
        "firmware": False,
        "max_energy_on_invalid_id": False,
        "minimum_status_duration": False,
        "resume_after_ev_disconnect": False,
        "limits_in_amperes": False,
        "download_while_charging": False,
    },
    "limits": {
        "get_configuration_keys": 5,
        "local_list": 5,
        "send_local_list": 5,
        "stack_level": 3,
        "schedule_periods": 86400,
        "charging_profiles": 10,
        "aligned_measurands": 200,
        "sampled_measurands": 200,
        "stop_aligned_measurands": 200,
        "stop_sampled_measurands": 200,
        "transaction_data": 2147483647,
        "sample_interval": {"min": 0, "max": 300},
        "heartbeat_interval": {"min": 1, "max": 18000},
    },
    "defaults": {"MeterValuesSampledData": "Energy.Active.Import.Register", "WebSocketPingInterval": "5"},
}


class Time(ctypes.Structure):
    _fields_ = [("monotonic_ms", ctypes.c_uint64), ("utc_ms", ctypes.c_int64)]


def now():
    return Time(int(time.monotonic() * 1000), int(time.time() * 1000))


class CStation:
    """``ocpp_core.Station`` on the C library."""

    library = None

    @classmethod
    def load(cls, path):
        cls.library = ctypes.CDLL(path)
        pointer, text = ctypes.c_void_p, ctypes.c_char_p
        for name, result, *arguments in [
            ("new", pointer, text, text, Time, ctypes.POINTER(text)),
            ("handle", ctypes.c_int, pointer, Time, text),
            ("reply", text, pointer),
            ("poll_output", text, pointer),
            ("next_timeout", ctypes.c_uint64, pointer),
            ("state", text, pointer),
            ("free", None, pointer),
        ]:
            function = getattr(cls.library, f"ocpp_station_{name}")
            function.restype, function.argtypes = result, arguments
            setattr(cls, f"_{name}", function)

    def __init__(self, config, records=()):
        error = ctypes.c_char_p()
        self._it = CStation._new(json.dumps(config).encode(), json.dumps(list(records)).encode(), now(), ctypes.byref(error))
        if not self._it:
            raise ValueError(error.value)

    def __del__(self):
        CStation._free(self._it)

    def handle(self, input):
        if CStation._handle(self._it, now(), json.dumps(input).encode()) != 0:
            raise OcppError(CStation._reply(self._it).decode())
        return json.loads(CStation._reply(self._it))

    def outputs(self):
        while (output := CStation._poll_output(self._it)) is not None:
            yield json.loads(output)

    def next_timeout(self):
        timeout = CStation._next_timeout(self._it)
        return None if timeout == 2**64 - 1 else timeout / 1000

    @property
    def state(self):
        return json.loads(CStation._state(self._it))


class Place:
    """The meter, the contactor and the car of an EVSE. They go on when the station restarts."""

    def __init__(self):
        self.energy, self.closed, self.plugged, self.ev, self.since = 0.0, False, False, "Ready", time.monotonic()

    def register(self):
        at = time.monotonic()
        if self.closed and self.plugged and self.ev == "Ready":
            self.energy += POWER * (at - self.since) / 3600
        self.since = at
        return round(self.energy)


class Simulated:
    def __init__(self, url):
        self.url = url
        self.records = {}
        self.places = {evse: Place() for evse in (1, 2)}
        self.waiting = []
        self.charger = None
        self.running = None

    def hardware(self, output):
        kind, what = next(iter(output.items()))
        if kind == "Contactor":
            place = self.places[what["at"]["evse"]]
            place.register()
            place.closed = what["closed"]
        elif kind == "ReadMeter":
            values = [{"measurand": "Energy.Active.Import.Register", "unit": "Wh", "value": self.places[what].register()}]
            return {"Meter": {"evse": what, "reading": {"values": values}}}
        elif kind == "TokenDecided":
            for one in self.waiting:
                one.done() or one.set_result(what["status"])
            self.waiting.clear()

    def power_on(self):
        for place in self.places.values():
            place.closed = False
        self.charger = Charger(self.url, "CP-0815", CONFIG, hardware=self.hardware, records=self.records)
        self.running = asyncio.create_task(self.run(self.charger))

    async def run(self, charger):
        asyncio.get_running_loop().call_soon(lambda: [self.tell_car(evse) for evse in self.places])
        await charger.run()
        self.power_on()

    async def fail(self):
        self.charger.tell({"PowerFailing": {"time_to_report": True}})
        await self.charger.until(
            lambda state: state["queued"] == 0 and not any(one.get("transaction") for one in state["connectors"])
        )
        await self.cut()

    async def cut(self):
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)
        self.power_on()

    def tell_car(self, evse):
        place, at = self.places[evse], {"evse": evse, "connector": 1}
        if place.plugged:
            self.charger.tell({"Ev": {"at": at, "state": place.ev}})
        self.charger.tell({"Cable": {"at": at, "state": "Connected" if place.plugged else "Unplugged"}})

    async def obey(self, order, body):
        evse = body.get("evse")
        if order == "GET health":
            return {"status": "up"}
        elif order == "GET state":
            return self.charger.station.state
        elif order == "POST start":
            if self.charger is None:
                self.power_on()
        elif order == "POST plug":
            self.places[evse].plugged, self.places[evse].ev = True, EV[body.get("ev", "ready")]
            self.tell_car(evse)
        elif order == "POST unplug":
            self.places[evse].register()
            self.places[evse].plugged, self.places[evse].ev = False, "Ready"
            self.tell_car(evse)
        elif order == "POST ev":
            self.places[evse].register()
            self.places[evse].ev = EV[body["state"]]
            self.charger.tell({"Ev": {"at": {"evse": evse, "connector": 1}, "state": EV[body["state"]]}})
        elif order == "POST token":
            decided = asyncio.get_running_loop().create_future()
            self.waiting.append(decided)
            self.charger.present(body["idToken"], evse)
            return {"status": await decided}
        elif order == "POST fault":
            fault = None if body["errorCode"] == "NoError" else {"code": body["errorCode"]}
            self.charger.tell({"Fault": {"at": {"evse": evse, "connector": 1} if evse else None, "fault": fault}})
        elif order == "POST power":
            if self.charger is not None:  # Before it was started there is nothing to cut.
                if body["stopTransactions"]:
                    # Whoever asks may be the one whom the station has to tell of it: the answer does not wait.
                    self.failing = asyncio.create_task(self.fail())
                else:
                    await self.cut()
        elif order.startswith("PUT config/"):
            self.charger.station.handle({"SetVariable": {"key": order.removeprefix("PUT config/"), "value": body["value"]}})
            self.charger.tell("TimePassed")
        else:
            return None
        return {}

    async def serve(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, path, _ = head.split("\r\n", 1)[0].split(" ")
        length = next((line.split(":")[1] for line in head.lower().split("\r\n") if line.startswith("content-length:")), "0")
        body = await reader.readexactly(int(length))
        try:
            answer = await self.obey(f"{method} {path.removeprefix('/v1/')}", json.loads(body or b"{}"))
            status = "404 Not Found" if answer is None else "200 OK"
        except (OcppError, KeyError) as error:
            status, answer = "400 Bad Request", {"error": str(error)}
        text = json.dumps(answer or {}).encode()
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n".encode() + text)
        await writer.drain()
        writer.close()


async def main(port="9017", url="ws://127.0.0.1:9016", library=None):
    if library:
        CStation.load(library)
        ocpp_core.aio.Station = CStation
    async with await asyncio.start_server(Simulated(url).serve, "127.0.0.1", int(port)):
        print("control interface on port", port, flush=True)
        await asyncio.Future()


asyncio.run(main(*sys.argv[1:]))
