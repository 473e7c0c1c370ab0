"""Nothing stays of stations, CSMS sides and sessions that nobody holds any more: python leaks.py [SESSIONS]

Memory is measured after a tenth of them and at the end: that of Python's objects, which must not grow, and that of the process, which
settles.
"""

import gc
import resource
import sys
import tracemalloc

from ocpp_core import OcppError, RemoteStation, Session, Station, decode

CONFIG = {"versions": ["1.6"], "vendor": "Maker", "model": "One", "evse": [{}]}
BOOT = '[2,"1","BootNotification",{"chargePointVendor":"Maker","chargePointModel":"One"}]'


def session(number: int) -> None:
    station, remote = Station(CONFIG), RemoteStation(f"CP{number}")
    link = Session("1.6", "Csms")
    at = {"evse": 1, "connector": 1}
    messages = []
    station.handle("Start")
    station.handle({"Connected": {"version": "1.6"}})
    station.handle({"Cable": {"at": at, "state": "Connected"}})
    for side, other, to in [(station, remote, "Transmit"), (remote, station, "Transmit")] * 4:
        messages += [output[to] for output in side.outputs() if isinstance(output, dict) and to in output]
        while messages and other is station:
            station.handle({"Received": messages.pop(0)})
        messages.clear()
    for value, wrong in [(station, {"Cable": {"at": at, "state": "Nowhere"}}), (remote, {"Command": 1})]:
        try:
            value.handle(wrong)
            raise AssertionError("it takes nonsense")
        except OcppError:
            pass
    link.handle({"Received": BOOT})
    list(link.outputs())
    assert decode("1.6", "BootNotificationRequest", '{"chargePointVendor":"Maker","chargePointModel":"One"}')
    assert station.state["registration"] is None


def resident() -> int:
    """The most memory that the process ever had, in kB: it stays when nothing leaks."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


sessions = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
tracemalloc.start()
for number in range(sessions // 10):
    session(number)
gc.collect()
before = tracemalloc.get_traced_memory()[0], resident()
for number in range(sessions // 10, sessions):
    session(number)
gc.collect()
after = tracemalloc.get_traced_memory()[0], resident()
print(f"{sessions} sessions: objects of Python {before[0]} to {after[0]} bytes, process {before[1]} to {after[1]} kB")
# A leak of a single small text in each session would be more.
assert after[0] - before[0] < sessions * 8, "objects of Python stay"
assert (after[1] - before[1]) * 1024 < sessions * 64 + 2**20, "memory of the library stays"
