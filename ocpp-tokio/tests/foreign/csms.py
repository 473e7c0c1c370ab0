"""A CSMS made of the packages `ocpp` and `websockets`, for the tests of the station's side.

Prints "listening PORT", serves one station, and prints "done" after the connection has ended if everything was as it has
to be; an exception and a status other than 0 tell what was not. The station is expected to boot, to send a heartbeat
and to answer the calls below.
"""

import argparse
import asyncio
import json
import ssl
from datetime import datetime, timezone

import websockets
from ocpp.routing import after, on

PATIENCE = 30


def now():
    return datetime.now(timezone.utc).isoformat()


def csms_1_6():
    from ocpp.v16 import ChargePoint, call, call_result

    class Csms(ChargePoint):
        @on("BootNotification")
        def boot(self, **_):
            return call_result.BootNotification(current_time=now(), interval=300, status="Accepted")

        @after("BootNotification")
        def booted(self, **_):
            self.booted.set()

        @on("StatusNotification")
        def status(self, **_):
            return call_result.StatusNotification()

        @on("SecurityEventNotification")
        def security_event(self, **_):
            return call_result.SecurityEventNotification()

        @on("Heartbeat")
        def heartbeat(self):
            self.alive.set()
            return call_result.Heartbeat(current_time=now())

        async def talk(self):
            answer = await self.call(call.GetConfiguration(key=["HeartbeatInterval"]), suppress=False)
            assert answer.configuration_key[0]["key"] == "HeartbeatInterval", answer
            answer = await self.call(call.TriggerMessage(requested_message="Heartbeat"), suppress=False)
            assert answer.status == "Accepted", answer

    return Csms


def csms_2_0_1():
    from ocpp.v201 import ChargePoint, call, call_result

    class Csms(ChargePoint):
        @on("BootNotification")
        def boot(self, **_):
            return call_result.BootNotification(current_time=now(), interval=300, status="Accepted")

        @after("BootNotification")
        def booted(self, **_):
            self.booted.set()

        @on("StatusNotification")
        def status(self, **_):
            return call_result.StatusNotification()

        @on("NotifyEvent")
        def event(self, **_):
            return call_result.NotifyEvent()

        @on("SecurityEventNotification")
        def security_event(self, **_):
            return call_result.SecurityEventNotification()

        @on("Heartbeat")
        def heartbeat(self):
            self.alive.set()
            return call_result.Heartbeat(current_time=now())

        async def talk(self):
            wanted = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
            answer = await self.call(call.GetVariables(get_variable_data=[wanted]), suppress=False)
            assert answer.get_variable_result[0]["attribute_status"] == "Accepted", answer
            answer = await self.call(call.TriggerMessage(requested_message="Heartbeat"), suppress=False)
            assert answer.status == "Accepted", answer

    return Csms


class Recording:
    """The connection as the package wants it; answers to frames that the package would not send go elsewhere."""

    def __init__(self, socket):
        self.socket = socket
        self.answers = asyncio.Queue()

    async def recv(self):
        while True:
            text = await self.socket.recv()
            message = json.loads(text)
            if str(message[1]).startswith("bad-"):
                await self.answers.put(message)
            else:
                return text

    async def send(self, text):
        await self.socket.send(text)

    async def raw(self, frame, wanted):
        await self.socket.send(frame)
        answer = await asyncio.wait_for(self.answers.get(), PATIENCE)
        assert answer[:3] == wanted, f"{frame} was answered with {answer}, not {wanted}"


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("version", choices=["1.6", "2.0.1"])
    parser.add_argument("--compression", action="store_true")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    arguments = parser.parse_args()
    ended = asyncio.get_running_loop().create_future()

    async def serve(socket):
        try:
            assert socket.subprotocol == f"ocpp{arguments.version}", socket.subprotocol
            assert bool(socket.protocol.extensions) == arguments.compression, socket.protocol.extensions
            kind = csms_1_6() if arguments.version == "1.6" else csms_2_0_1()
            connection = Recording(socket)
            csms = kind("station", connection, PATIENCE)
            csms.booted, csms.alive = asyncio.Event(), asyncio.Event()
            reading = asyncio.create_task(csms.start())
            await asyncio.wait_for(csms.booted.wait(), PATIENCE)
            await connection.raw('[2,"bad-1","NoSuchAction",{}]', [4, "bad-1", "NotImplemented"])
            wrong = '[2,"bad-2","TriggerMessage",{"requestedMessage":1}]'
            await connection.raw(wrong, [4, "bad-2", "TypeConstraintViolation"])
            await csms.talk()
            await asyncio.wait_for(csms.alive.wait(), PATIENCE)
            await asyncio.wait_for(await socket.ping(), PATIENCE)
            reading.cancel()
            await socket.close()
            ended.set_result(None)
        except Exception as error:
            ended.set_exception(error)

    tls = None
    if arguments.cert:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(arguments.cert, arguments.key)
    async with websockets.serve(
        serve,
        "127.0.0.1",
        0,
        subprotocols=[f"ocpp{arguments.version}"],
        compression="deflate" if arguments.compression else None,
        ssl=tls,
    ) as server:
        print("listening", server.sockets[0].getsockname()[1], flush=True)
        await ended
        # Only the first station counts; it may try again meanwhile.
        server.close(close_connections=True)
    print("done", flush=True)


asyncio.run(main())
