"""A charging station made of the packages `ocpp` and `websockets`, for the tests of the CSMS's side.

Connects, talks, and prints "done" if every answer was as it has to be; an exception and a status other than 0 tell what
was not. The CSMS is expected to call GetConfiguration (1.6) or GetVariables (2.x) once, while the station is connected.
"""

import argparse
import asyncio
import base64
import json
import ssl
from datetime import datetime, timezone

import websockets
from ocpp.routing import after, on

PATIENCE = 30


def now():
    return datetime.now(timezone.utc).isoformat()


async def raw(socket, frame, wanted):
    """Sends a frame that the package would not send, and compares the answer with what the specification wants."""
    await socket.send(frame)
    answer = json.loads(await asyncio.wait_for(socket.recv(), PATIENCE))
    assert answer[:3] == wanted, f"{frame} was answered with {answer}, not {wanted}"


async def broken_frames(socket, version):
    """Before anything else, because the package takes over reading afterwards."""
    await raw(socket, '[2,"bad-1","NoSuchAction",{}]', [4, "bad-1", "NotImplemented"])
    occurrence = "OccurenceConstraintViolation" if version == "1.6" else "OccurrenceConstraintViolation"
    await raw(socket, '[2,"bad-2","BootNotification",{}]', [4, "bad-2", occurrence])
    wrong_type = {"1.6": '{"chargePointModel":1,"chargePointVendor":"V"}'}.get(
        version, '{"reason":1,"chargingStation":{"model":"M","vendorName":"V"}}'
    )
    await raw(socket, f'[2,"bad-3","BootNotification",{wrong_type}]', [4, "bad-3", "TypeConstraintViolation"])
    if version != "1.6":
        await raw(socket, '[2,"bad-4"]', [4, "bad-4", "RpcFrameworkError"])
        await raw(socket, "[2", [4, "-1", "RpcFrameworkError"])


def station_1_6():
    from ocpp.v16 import ChargePoint, call, call_result
    from ocpp.v16.enums import ChargePointErrorCode, ChargePointStatus

    class Station(ChargePoint):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            self.called = asyncio.Event()

        @on("GetConfiguration")
        def configuration(self, **_):
            key = {"key": "HeartbeatInterval", "readonly": False, "value": "300"}
            return call_result.GetConfiguration(configuration_key=[key])

        @after("GetConfiguration")
        def answered(self, **_):
            self.called.set()

        async def talk(self):
            boot = call.BootNotification(charge_point_model="Python", charge_point_vendor="Foreign")
            answer = await self.call(boot, suppress=False)
            assert answer.status == "Accepted", answer
            await self.call(
                call.StatusNotification(
                    connector_id=1, error_code=ChargePointErrorCode.no_error, status=ChargePointStatus.available
                ),
                suppress=False,
            )
            answer = await self.call(call.Authorize(id_tag="TAG"), suppress=False)
            assert answer.id_tag_info["status"] == "Accepted", answer
            start = call.StartTransaction(connector_id=1, id_tag="TAG", meter_start=0, timestamp=now())
            started = await self.call(start, suppress=False)
            value = {"timestamp": now(), "sampled_value": [{"value": "11.3", "unit": "kWh"}]}
            meter = call.MeterValues(connector_id=1, transaction_id=started.transaction_id, meter_value=[value])
            await self.call(meter, suppress=False)
            stop = call.StopTransaction(meter_stop=11300, timestamp=now(), transaction_id=started.transaction_id)
            await self.call(stop, suppress=False)
            await self.call(call.Heartbeat(), suppress=False)

    return Station


def station_2_0_1():
    from ocpp.v201 import ChargePoint, call, call_result

    class Station(ChargePoint):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            self.called = asyncio.Event()

        @on("GetVariables")
        def variables(self, get_variable_data, **_):
            results = [
                {
                    "attribute_status": "Accepted",
                    "attribute_value": "300",
                    "component": asked["component"],
                    "variable": asked["variable"],
                }
                for asked in get_variable_data
            ]
            return call_result.GetVariables(get_variable_result=results)

        @after("GetVariables")
        def answered(self, **_):
            self.called.set()

        async def talk(self):
            boot = call.BootNotification(
                charging_station={"model": "Python", "vendor_name": "Foreign"}, reason="PowerUp"
            )
            answer = await self.call(boot, suppress=False)
            assert answer.status == "Accepted", answer
            status = call.StatusNotification(
                timestamp=now(), connector_status="Available", evse_id=1, connector_id=1
            )
            await self.call(status, suppress=False)
            token = {"id_token": "TAG", "type": "ISO14443"}
            answer = await self.call(call.Authorize(id_token=token), suppress=False)
            assert answer.id_token_info["status"] == "Accepted", answer
            for number, (kind, trigger) in enumerate(
                [("Started", "Authorized"), ("Updated", "MeterValuePeriodic"), ("Ended", "StopAuthorized")]
            ):
                event = call.TransactionEvent(
                    event_type=kind,
                    timestamp=now(),
                    trigger_reason=trigger,
                    seq_no=number,
                    transaction_info={"transaction_id": "T-1"},
                    evse={"id": 1, "connector_id": 1},
                    id_token=token,
                    meter_value=[{"timestamp": now(), "sampled_value": [{"value": 11.3}]}],
                )
                await self.call(event, suppress=False)
            await self.call(call.Heartbeat(), suppress=False)

    return Station


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("identity")
    parser.add_argument("version", choices=["1.6", "2.0.1"])
    parser.add_argument("--compression", action="store_true")
    parser.add_argument("--password")
    parser.add_argument("--ca")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    arguments = parser.parse_args()
    headers = {}
    if arguments.password:
        credentials = f"{arguments.identity}:{arguments.password}".encode()
        headers["Authorization"] = "Basic " + base64.b64encode(credentials).decode()
    tls = None
    if arguments.ca:
        tls = ssl.create_default_context(cafile=arguments.ca)
        if arguments.cert:
            tls.load_cert_chain(arguments.cert, arguments.key)
    async with websockets.connect(
        f"{arguments.url}/{arguments.identity}",
        subprotocols=[f"ocpp{arguments.version}"],
        compression="deflate" if arguments.compression else None,
        additional_headers=headers,
        ssl=tls,
    ) as socket:
        assert socket.subprotocol == f"ocpp{arguments.version}", socket.subprotocol
        assert bool(socket.protocol.extensions) == arguments.compression, socket.protocol.extensions
        await broken_frames(socket, arguments.version)
        kind = station_1_6() if arguments.version == "1.6" else station_2_0_1()
        station = kind(arguments.identity, socket, PATIENCE)
        reading = asyncio.create_task(station.start())
        await station.talk()
        await asyncio.wait_for(station.called.wait(), PATIENCE)
        reading.cancel()
        await asyncio.wait_for(await socket.ping(), PATIENCE)
    print("done", flush=True)


asyncio.run(main())
