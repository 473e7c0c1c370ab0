"""Holds a station for the test lab: a line in, a line out, as docs/interfaces.md says::

    ocpp conformance run --preset chaevi --station-command "python host.py"
"""

import json
import math
import sys

from ocpp_core import OcppError, Station

station = None


def obey(what, *fields):
    global station
    if what == "new":
        at, config, records = fields
        station = Station(config, json.loads(records), monotonic=int(at) / 1000, utc=math.nan)
    elif what == "free":
        station = None
    elif what == "handle":
        at, input = fields
        return station.handle(json.loads(input), monotonic=int(at) / 1000, utc=math.nan)
    elif what == "poll_output":
        return station.poll_output()
    elif what == "next_timeout":
        timeout = station.next_timeout()
        return None if timeout is None else round(timeout * 1000)
    else:
        raise OcppError("what is that?")


for line in sys.stdin:
    try:
        word, value = "ok", obey(*line.rstrip("\n").split("\t"))
    except OcppError as error:
        word, value = "error", error.args
    print(word, json.dumps(value), sep="\t", flush=True)
