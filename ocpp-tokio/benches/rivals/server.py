"""The rival made of the Python packages `ocpp` and `websockets`. Prints "listening PORT", serves until it is killed."""

import argparse
import asyncio
import ssl

import websockets
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call_result

NOW = "1970-01-01T00:00:00Z"


class Loose(ChargePoint):
    @on("Heartbeat", skip_schema_validation=True)
    def heartbeat(self):
        return call_result.Heartbeat(current_time=NOW)

    @on("MeterValues", skip_schema_validation=True)
    def meter_values(self, **_):
        return call_result.MeterValues()


class Strict(ChargePoint):
    @on("Heartbeat")
    def heartbeat(self):
        return call_result.Heartbeat(current_time=NOW)

    @on("MeterValues")
    def meter_values(self, **_):
        return call_result.MeterValues()


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--validate", action="store_true")
    parser.add_argument("--deflate", action="store_true")
    parser.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"))
    arguments = parser.parse_args()
    kind = Strict if arguments.validate else Loose

    async def serve(socket):
        try:
            await kind(socket.request.path, socket).start()
        except websockets.ConnectionClosed:
            pass

    tls = None
    if arguments.tls:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*arguments.tls)
    async with websockets.serve(
        serve,
        "127.0.0.1",
        0,
        backlog=4096,
        subprotocols=["ocpp1.6"],
        compression="deflate" if arguments.deflate else None,
        ssl=tls,
    ) as server:
        print("listening", server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().create_future()


asyncio.run(main())
