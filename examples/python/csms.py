"""A management system in Python that accepts everybody and everything: python csms.py [PORT]"""

import asyncio
import datetime
import itertools
import sys

from ocpp_core.aio import Connection, Csms

TRANSACTIONS = itertools.count(1)


class Generous(Csms):
    async def respond(self, station: Connection, action: str, request: object) -> "dict[str, object] | None":
        now = datetime.datetime.now(datetime.timezone.utc).isoformat()
        print(station.identity, action, request)
        if action == "StartTransaction":
            return {"transactionId": next(TRANSACTIONS), "idTagInfo": {"status": "Accepted"}}
        answers: "dict[str, dict[str, object]]" = {
            "BootNotification": {"status": "Accepted", "currentTime": now, "interval": 300},
            "Heartbeat": {"currentTime": now},
            "Authorize": {"idTagInfo": {"status": "Accepted"}},
        }
        return answers.get(action, {})


async def main(port: int) -> None:
    async with Generous(["1.6"]).listen("127.0.0.1", port):
        await asyncio.Future()


asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 9000))
