"""How many calls cross the border in a second: python bench.py"""

import json
import time
from typing import Callable

from ocpp_core import RemoteStation, Session, validate

HEARTBEAT = json.dumps({"currentTime": "2024-05-15T12:00:00Z"})


def measure(name: str, once: Callable[[int], object]) -> None:
    """Says how often in a second ``once`` can be done."""
    for n in range(2_000):
        once(n)
    rounds = 30_000
    begin = time.perf_counter()
    for n in range(rounds):
        once(n + 2_000)
    print(f"{name}: {rounds / (time.perf_counter() - begin):,.0f} a second")


session = Session("1.6", "Csms", seed=1)
session.handle("Connected")


def answer(n: int) -> None:
    session.handle({"Received": f'[2,"{n}","Heartbeat",{{}}]'})
    for output in session.outputs():
        if "Call" in output:
            session.handle({"Respond": {"token": output["Call"]["token"], "payload": HEARTBEAT}})


remote = RemoteStation("CP1")
remote.handle({"Connected": {"version": "1.6"}})
list(remote.outputs())


def serve(n: int) -> None:
    remote.handle({"Received": f'[2,"{n}","Heartbeat",{{}}]'})
    for _ in remote.outputs():
        pass


measure("a call in, answered by the application", answer)
measure("a call in, answered by RemoteStation", serve)
measure("the state of a session", lambda _: session.state)
measure("a frame validated", lambda n: validate(f'[2,"{n}","Heartbeat",{{}}]', "1.6"))
