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


def exchange(station: Station, remote: RemoteStation) -> None:
    """Carries messages to and fro until nobody says anything more."""
    while sent := [output["Transmit"] for output in station.outputs() if isinstance(output, dict) and "Transmit" in output]:
        for message in sent:
            remote.handle({"Received": message})
        for output in remote.outputs():
            if "Transmit" in output:
                station.handle({"Received": output["Transmit"]})
            elif "Ask" in output:
                remote.handle("Decline")


def session(number: int) -> None:
    station, remote = Station(CONFIG), RemoteStation(f"CP{number}")
    link = Session("1.6", "Csms")
    at = {"evse": 1, "connector": 1}
    remote.handle({"Connected": {"version": "1.6"}})
    list(remote.outputs())
    station.handle("Start")
    list(station.outputs())
    station.handle({"Connected": {"version": "1.6"}})
    exchange(station, remote)
    assert station.state["registration"] == "Accepted"
    station.handle({"Cable": {"at": at, "state": "Connected"}})
    station.handle({"TokenPresented": {"evse": 1, "token": {"id": "card"}}})
    exchange(station, remote)
    for value, wrong in [(station, {"Cable": {"at": at, "state": "Nowhere"}}), (remote, {"Command": 1})]:
        try:
            value.handle(wrong)
        except OcppError:
            continue
        raise AssertionError("it takes nonsense")
    link.handle("Connected")
    link.handle({"Received": BOOT})
    list(link.outputs())
    assert decode("1.6", "BootNotificationRequest", '{"chargePointVendor":"Maker","chargePointModel":"One"}')


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
assert (after[1] - before[1]) * 1024 < sessions * 200 + 2**20, "memory of the library stays"
