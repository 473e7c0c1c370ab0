"""A management system in Python that accepts everybody and everything: python csms.py [PORT]"""

import asyncio
import sys
import time
from typing import Any

from ocpp_core.aio import Connection, Csms


class Generous(Csms):
    async def respond(self, station: Connection, action: str, request: Any) -> Any:
        print(station.identity, action, request)
        now, accepted = {"currentTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}, {"status": "Accepted"}
        return {
            "BootNotification": {**accepted, **now, "interval": 300},
            "StartTransaction": {"transactionId": time.time_ns() // 10**6 % 2**31, "idTagInfo": accepted},
            "Authorize": {"idTagInfo": accepted},
            "Heartbeat": now,
        }.get(action, {})


async def main(port: str = "9000") -> None:
    async with Generous(["1.6"]).listen("127.0.0.1", int(port)):
        await asyncio.Future()


asyncio.run(main(*sys.argv[1:]))
