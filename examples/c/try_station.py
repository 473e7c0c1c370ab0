"""Plays the CSMS and the car for the station on lines, and says whether it charges."""

import json
import subprocess
import sys

station = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
assert station.stdin and station.stdout
ANSWERS = {
    "BootNotification": {"status": "Accepted", "currentTime": "2024-05-15T12:00:00Z", "interval": 300},
    "Authorize": {"idTagInfo": {"status": "Accepted"}},
    "StartTransaction": {"transactionId": 7, "idTagInfo": {"status": "Accepted"}},
}


def tell(what: object) -> None:
    print(json.dumps(what), file=station.stdin, flush=True)


def answer_until(action: str, also: "dict[str, object] | None" = None) -> dict:
    """Answers what the station asks, until it asks this."""
    for line in station.stdout:
        number, id, *rest = json.loads(line)
        if number == 2:
            tell([3, id, ANSWERS.get(rest[0], {})])
            if rest[0] == action and all(rest[1].get(name) == value for name, value in (also or {}).items()):
                return rest[1]
    sys.exit(f"the station has ended before it said {action}")


answer_until("StatusNotification", {"connectorId": 1, "status": "Available"})
tell({"Cable": {"at": {"evse": 1, "connector": 1}, "state": "Connected"}})
tell({"TokenPresented": {"evse": 1, "token": {"id": "card"}}})
answer_until("StartTransaction")
tell([2, "stop", "RemoteStopTransaction", {"transactionId": 7}])
stop = answer_until("StopTransaction")
assert stop["transactionId"] == 7 and stop["reason"] == "Remote", stop
station.stdin.close()
assert station.wait(10) == 0
print("1 passed, 0 failed")
