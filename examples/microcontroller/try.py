"""Boots a firmware in QEMU, charges with it at `ocpp csms`, cuts its power, its network and resets it in the middle, and asks the operator
interface of the CSMS whether anything was lost:

    python try.py OCPP FIRMWARE

OCPP is the program `ocpp`. Needs qemu-system-arm and the package `websockets`.
"""

import json
import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
OCPP, FIRMWARE = sys.argv[1:]
# For a slow machine; nothing is expected to take so long.
PATIENCE = 120


class Program:
    """A program and the lines that it writes."""

    def __init__(self, name, *command):
        self.name, self.seen, self.lines = name, [], queue.Queue()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
        )
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.seen.append(line.rstrip())
            self.lines.put(line)
        self.lines.put("")

    def says(self, pattern):
        """Waits for a line."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                line = self.lines.get(timeout=max(0, end - time.monotonic()))
            except queue.Empty:
                line = ""
            if not line:
                raise AssertionError(f"{self.name} does not say {pattern!r}")
            if found := re.search(pattern, line):
                return found

    def tell(self, line):
        print(line, file=self.process.stdin, flush=True)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def ask(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{operator}{path}", data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return json.load(answer)


def until(what, question):
    """Asks until there is an answer."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if answer := question():
                return answer
        except urllib.error.HTTPError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"in vain: {what}")


def transaction(number):
    return next((one for one in ask("GET", "v1/transactions") if one["ref"] == number), None)


def begun(number):
    return until(f"transaction {number} begins", lambda: transaction(number))


def ended(number):
    return until(f"transaction {number} ends", lambda: (it := transaction(number)) and it["stoppedAt"] and it)


def values(number):
    return ask("GET", f"v1/transactions/{number}/meter-values")


def measured(number):
    """A few meter values have come."""
    before = len(values(number))
    return until(f"meter values of {number}", lambda: len(it := values(number)) >= before + 2 and it)


def call(action, payload):
    def done():
        try:
            return ask("POST", f"v1/stations/MCU/call/{action}", payload)["result"]
        except urllib.error.HTTPError as error:
            # Not connected at this moment.
            if error.code in (404, 504):
                return None
            raise AssertionError(error.read()) from error

    return until(action, done)


def check(what, holds):
    if not holds:
        raise AssertionError(what)
    print("ok:", what, flush=True)


def whole(wh):
    """1.6 tells the register at the end in whole Wh."""
    return int(wh)


def energy(number):
    """Every value of the transaction, in order."""
    return [float(one["value"]) for one in values(number) if one.get("measurand", "").startswith("Energy.Active.Import")]


folder = tempfile.TemporaryDirectory()
flash = os.path.join(folder.name, "flash.bin")
programs = []
starts = 0


def start(name, *command):
    programs.append(Program(name, *command))
    return programs[-1]


def started(board):
    """Waits until it has started and registered: for which time, and with how many records."""
    global starts
    starts += 1
    found = board.says(r"started for time (\d+), (\d+) records")

    def registered():
        said = json.dumps(ask("GET", "v1/stations/MCU/messages"))
        return said.count("BootNotification") == starts and "StatusNotification" in said.rpartition("BootNotification")[2]

    until("the station registers", registered)
    return int(found[1]), int(found[2])


def power_on():
    board = start("board", os.path.join(HERE, "run"), FIRMWARE, flash, port)
    return board, *started(board)


def bridge_starts(at="0"):
    bridge = start("bridge", sys.executable, "-u", os.path.join(HERE, "bridge.py"), at, f"{stations}MCU")
    return bridge, bridge.says(r"port (\d+)")[1]


try:
    csms = start("csms", OCPP, "csms", "--listen", "127.0.0.1:0", "--api", "127.0.0.1:0")
    stations = csms.says(r"stations: (ws://\S+)")[1]
    operator = csms.says(r"operator: (http://\S+)v1/")[1]
    ask("PUT", "v1/tokens/card", {"status": "Accepted"})
    bridge, port = bridge_starts()

    board, boots, records = power_on()
    check("an erased flash has no records", records == 0)
    station = ask("GET", "v1/stations/MCU")
    check("it registers", station["registration"] == "Accepted" and station["info"]["model"] == "Microcontroller")
    call("ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "1"})
    board.tell("plug")
    board.tell("token card")
    begun(1)
    measured(1)
    board.tell("heap")
    print(board.says(r"heap .*")[0], "bytes while it charges", flush=True)

    board.kill()
    check("the power fails in the middle of a transaction", not transaction(1)["stoppedAt"])
    last = energy(1)[-1]
    board, again, records = power_on()
    check("its records were in flash", again == boots + 1 and records > 0)
    first = ended(1)
    check("the transaction has ended for that reason", first["stopReason"] == "PowerLoss")
    check("with what the meter shows", first["meterStop"] >= whole(last) and not first.get("warnings"))
    key = call("GetConfiguration", {"key": ["MeterValueSampleInterval"]})["configurationKey"][0]
    check("it has kept its configuration", key["value"] == "1")

    # The car of the panel is not plugged in after a start.
    board.tell("plug")
    call("RemoteStartTransaction", {"connectorId": 1, "idTag": "card"})
    begun(2)
    measured(2)
    bridge.kill()
    board.tell("token card")
    board.says(r'Ended.*"Local"')
    check("the driver ends a transaction while nobody can be told", not transaction(2)["stoppedAt"])
    board.kill()
    bridge, port = bridge_starts(port)
    board, again, records = power_on()
    second = ended(2)
    check("after a power cut the CSMS hears of it", second["stopReason"] in ("", "Local") and second["meterStop"] >= whole(max(energy(2))))
    check("and bills it without doubts", not second.get("warnings"))

    board.tell("plug")
    board.tell("token card")
    begun(3)
    measured(3)
    answer = call("Reset", {"type": "Hard"})
    board.says("restarts")
    started(board)
    third = ended(3)
    check("a reset by the CSMS ends a transaction", answer["status"] == "Accepted" and third["stopReason"] == "HardReset")

    board.tell("plug")
    board.tell("token card")
    begun(4)
    measured(4)
    board.tell("panic")
    started(board)
    fourth = ended(4)
    check("a fault of the program restarts the board, and ends a transaction", fourth["meterStop"] >= whole(energy(4)[-1]))

    every = [energy(number) for number in range(1, 5)]
    check("no meter ever went back", all(one == sorted(one) for one in every) and sum(every, []) == sorted(sum(every, [])))
    check("there were four transactions, and none is open", [bool(one["stoppedAt"]) for one in ask("GET", "v1/transactions")] == [True] * 4)
except BaseException:
    for program in programs:
        print(f"-- {program.name}", *program.seen[-40:], sep="\n", file=sys.stderr)
    raise
finally:
    for program in programs:
        program.kill()
    folder.cleanup()
