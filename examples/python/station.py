"""A charging station in Python: it registers, a car is charged for ten seconds. Needs a CSMS: ocpp csms --listen 127.0.0.1:9000"""

import asyncio
import sys

from ocpp_core.aio import Charger


async def main(url: str) -> None:
    config = {"versions": ["1.6"], "vendor": "Example", "model": "Python", "evse": [{}]}
    charger = Charger(url, "CP001", config, hardware=print)
    running = asyncio.create_task(charger.run())
    await charger.until(lambda state: state["registration"] == "Accepted")
    charger.plug()
    charger.present("card")
    await charger.until(lambda state: state["connectors"][0]["transaction_id"])
    await asyncio.sleep(float(sys.argv[2]) if len(sys.argv) > 2 else 10)
    charger.unplug()
    await charger.until(lambda state: not state["connectors"][0]["transaction"] and state["queued"] == 0)
    running.cancel()


asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "ws://127.0.0.1:9000"))
