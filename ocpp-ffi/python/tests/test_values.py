"""Stations, sessions and functions as values, without a socket."""

import json
import math

import pytest

import ocpp_core
from ocpp_core import Fleet, OcppError, RemoteStation, Session, Station, WrongPayload

CONFIG = {"versions": ["1.6"], "vendor": "Maker", "model": "One", "evse": [{}]}


def test_a_station_registers_and_tells_its_state() -> None:
    station = Station(CONFIG, monotonic=0, utc=1_715_774_400)
    station.handle("Start", monotonic=0)
    assert any("Connect" in output for output in station.outputs())
    station.handle({"Connected": {"version": "1.6"}}, monotonic=0)
    sent = [json.loads(o["Transmit"]) for o in station.outputs() if isinstance(o, dict) and "Transmit" in o]
    assert sent[0][2] == "BootNotification"
    answer = [3, sent[0][1], {"status": "Accepted", "currentTime": "2024-05-15T12:00:00Z", "interval": 300}]
    station.handle({"Received": json.dumps(answer)}, monotonic=0)
    assert station.state["registration"] == "Accepted"
    assert station.next_timeout() is not None
    assert station.handle({"GetVariable": {"key": "HeartbeatInterval"}}) == {"value": "300"}


def test_who_wakes_at_the_timeout_does_not_come_too_early() -> None:
    # As floats some of these times a thousand are a little less than a whole number.
    back_off = {"wait_minimum": 1, "repeat_times": 0, "random_range": 0}
    for millis in range(1, 60):
        station = Station({**CONFIG, "back_off": back_off}, monotonic=millis / 1000, utc=math.nan)
        station.handle("Start", monotonic=millis / 1000, utc=math.nan)
        list(station.outputs())
        station.handle("Disconnected", monotonic=millis / 1000, utc=math.nan)
        assert list(station.outputs()) == []
        station.handle("TimePassed", monotonic=station.next_timeout(), utc=math.nan)
        assert any("Connect" in output for output in station.outputs()), millis


def test_what_cannot_be_understood_has_a_pointer() -> None:
    station = Station(CONFIG)
    with pytest.raises(OcppError) as error:
        station.handle({"Cable": {"at": {"evse": 1, "connector": "one"}, "state": "Connected"}})
    assert error.value.args[1] == "/Cable/at/connector"
    with pytest.raises(OcppError) as error:
        Station({**CONFIG, "evse": [{"plug": 1}]})
    assert error.value.args[1] == "/evse/0/plug"


def test_a_station_as_its_csms_sees_it() -> None:
    csms = RemoteStation("CP1")
    csms.handle({"Connected": {"version": "1.6"}})
    assert list(csms.outputs()) == [{"Event": {"Connected": "1.6"}}]
    begin = {"connectorId": 1, "idTag": "A", "meterStart": 5, "timestamp": "2024-05-15T12:00:00Z"}
    csms.handle({"Received": json.dumps([2, "1", "StartTransaction", begin])})
    records, sent = {}, []
    for output in csms.outputs():
        kind, what = next(iter(output.items()))
        if kind == "Ask":
            answer = {"Number": 7} if what["about"] == "Number" else {"Token": {"status": "Accepted"}}
            csms.handle({"Answer": {"question": what["question"], "answer": answer}})
        elif kind == "Store":
            records.update({change["key"]: change["record"] for change in what})
        elif kind == "Transmit":
            sent.append(json.loads(what))
    assert sent == [[3, "1", {"idTagInfo": {"status": "Accepted"}, "transactionId": 7}]]
    # The records are all that is left.
    again = RemoteStation("CP1", [{"key": key, "record": record} for key, record in records.items()])
    assert again.state["open"] == [7]
    assert again.handle({"GetBill": 7})["bill"]["meterStart"] == 5
    with pytest.raises(OcppError) as error:
        RemoteStation("CP1", colour=1)
    assert error.value.args[1] == "/colour"


def test_two_sessions_talk() -> None:
    station, csms = Session("2.0.1", "Station", seed=1), Session("2.0.1", "Csms", seed=2)
    station.handle("Connected")
    csms.handle("Connected")
    assert station.handle({"Call": {"action": "Heartbeat", "payload": "{}"}}) == {"call": 0}
    csms.handle({"Received": station.poll_output()["Transmit"]["text"]})
    assert csms.poll_output()["Call"]["action"] == "Heartbeat"
    assert csms.poll_output() is None


def test_payloads_and_frames() -> None:
    assert ocpp_core.decode("1.6", "AuthorizeRequest", {"idTag": 7}, lenient=True) == {"idTag": "7"}
    with pytest.raises(WrongPayload) as error:
        ocpp_core.decode("1.6", "AuthorizeRequest", {"idTag": 7})
    assert error.value.code == "TypeConstraintViolation"
    assert error.value.problems[0]["pointer"] == "/idTag"
    frame = '[2,"1","Heartbeat",{}]'
    assert ocpp_core.encode_frame("1.6", ocpp_core.decode_frame("1.6", frame)) == frame


def test_logs_are_judged() -> None:
    right, wrong = ocpp_core.validate('[2,"1","Heartbeat",{}]\n[2,"2","Heartbeat",{"more":1}]\n', "1.6")
    assert right["ok"] and not wrong["ok"]
    assert wrong["errors"][0]["pointer"] == "/more"


def test_composite_schedules() -> None:
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10}], "startSchedule": "2024-05-15T00:00:00Z"}
    profile = {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "ChargePointMaxProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": schedule,
    }
    situation = {
        "version": "1.6",
        "profiles": [{"connectorId": 0, "profile": profile}],
        "request": {"connectorId": 1, "startTime": "2024-05-15T12:00:00Z", "duration": 60},
        "config": {"defaultLimitA": 32},
    }
    assert ocpp_core.schedule(situation)["periods"] == [{"startPeriod": 0, "limit": 10, "numberPhases": 3}]
    assert "Profile 1 (ChargePointMaxProfile" in ocpp_core.explain(situation)


def test_the_library_says_which_it_is() -> None:
    assert ocpp_core.__version__.count(".") == 2


def test_a_fleet_answers_who_may_charge() -> None:
    fleet, csms = Fleet(), RemoteStation("CP1")
    fleet.handle({"PutToken": {"idToken": "Card", "token": {"status": "Accepted"}}})
    records = [change for output in fleet.outputs() for change in output["Store"]]
    fleet = Fleet(records, concurrentTransactions=True)
    assert fleet.state["tokens"] == 1
    csms.handle({"Connected": {"version": "1.6"}})
    assert [fleet.serve(csms) for _ in csms.outputs()] == [False]
    for token, status in [("card", "Accepted"), ("other", "Invalid")]:
        csms.handle({"Received": json.dumps([2, token, "Authorize", {"idTag": token}])})
        said = [output["Transmit"] for output in csms.outputs() if not fleet.serve(csms)]
        assert json.loads(said[0]) == [3, token, {"idTagInfo": {"status": status}}]
    with pytest.raises(OcppError):
        Fleet([{"key": "station", "record": "{}"}])
