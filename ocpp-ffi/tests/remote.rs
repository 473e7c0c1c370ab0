//! A station and its CSMS, through texts only.

#![allow(clippy::unwrap_used)] // A test that cannot go on fails.

use std::collections::BTreeMap;

use jsonschema::Validator;
use ocpp_ffi::{RemoteStation, Station, Time};
use serde_json::{Value, json};

const fn at(seconds: u64) -> Time {
    Time {
        monotonic: seconds * 1000,
        utc: Some(1_715_774_400_000 + seconds.cast_signed() * 1000),
    }
}

fn validator(name: &str) -> Validator {
    let all = ocpp_ffi::schema::schemas();
    let (_, schema) = all.into_iter().find(|(one, _)| *one == name).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn fits(validator: &Validator, text: &str) -> Value {
    let value: Value = serde_json::from_str(text).unwrap();
    let problems: Vec<String> = validator
        .iter_errors(&value)
        .map(|e| e.to_string())
        .collect();
    assert!(problems.is_empty(), "{text}: {problems:?}");
    value
}

/// A CSMS of one station, by somebody who knows JSON only. Everything is held against its schema.
struct Csms {
    remote: RemoteStation,
    records: BTreeMap<String, String>,
    events: Vec<Value>,
    ended: Vec<Value>,
    to_station: Vec<String>,
    next_number: u64,
    input: Validator,
    output: Validator,
    state: Validator,
    /// Whether questions are declined.
    declines: bool,
    disk_full: bool,
}

impl Csms {
    fn new() -> Self {
        Self {
            remote: RemoteStation::new(r#"{"identity": "CP1", "seed": 1}"#, "").unwrap(),
            records: BTreeMap::new(),
            events: Vec::new(),
            ended: Vec::new(),
            to_station: Vec::new(),
            next_number: 0,
            input: validator("remote-input"),
            output: validator("remote-output"),
            state: validator("remote-state"),
            declines: false,
            disk_full: false,
        }
    }

    fn handle(&mut self, seconds: u64, input: &Value) -> Value {
        fits(&self.input, &input.to_string());
        let reply = self.remote.handle(at(seconds), &input.to_string()).unwrap();
        while let Some(text) = self.remote.poll_output() {
            let output = fits(&self.output, &text);
            if let Some(changes) = output.get("Store") {
                if self.disk_full {
                    self.remote.handle(at(seconds), r#""NotStored""#).unwrap();
                    continue;
                }
                for change in changes.as_array().unwrap() {
                    let key = change["key"].as_str().unwrap().to_string();
                    match change["record"].as_str() {
                        Some(record) => self.records.insert(key, record.into()),
                        None => self.records.remove(&key),
                    };
                }
            } else if let Some(text) = output.get("Transmit") {
                self.to_station.push(text.as_str().unwrap().into());
            } else if let Some(ask) = output.get("Ask") {
                let input = self.answer(ask);
                self.remote.handle(at(seconds), &input.to_string()).unwrap();
            } else if let Some(event) = output.get("Event") {
                self.events.push(event.clone());
            } else if let Some(ended) = output.get("CommandEnded") {
                self.ended.push(ended.clone());
            }
        }
        fits(&self.state, &self.remote.state());
        serde_json::from_str(&reply).unwrap()
    }

    fn answer(&mut self, ask: &Value) -> Value {
        if self.declines {
            return json!("Decline");
        }
        let about = &ask["about"];
        let answer = if about == "Number" {
            self.next_number += 1;
            json!({"Number": self.next_number})
        } else if about.get("Authorize").is_some() {
            json!({"Token": {"status": "Accepted"}})
        } else {
            json!("Default")
        };
        json!({"Answer": {"question": ask["question"], "answer": answer}})
    }

    /// The process ends; the records are what is left.
    fn power_cut(&mut self) {
        let records: Vec<Value> = self
            .records
            .iter()
            .map(|(key, record)| json!({"key": key, "record": record}))
            .collect();
        let records = json!(records).to_string();
        fits(&validator("remote-records"), &records);
        self.remote = RemoteStation::new(r#"{"identity": "CP1", "seed": 2}"#, &records).unwrap();
        self.to_station.clear();
    }

    fn event(&self, name: &str) -> Option<&Value> {
        self.events.iter().rev().find_map(|event| event.get(name))
    }
}

/// The station and the CSMS with a wire between them.
struct Bench {
    station: Station,
    csms: Csms,
}

impl Bench {
    fn new(version: &str) -> Self {
        let config = json!({
            "versions": [version], "vendor": "Maker", "model": "One", "evse": [{"max_current": 16}]
        });
        let mut bench = Self {
            station: Station::new(&config.to_string(), "", at(0)).unwrap(),
            csms: Csms::new(),
        };
        bench.station(0, &json!("Start"));
        bench
            .csms
            .handle(0, &json!({"Connected": {"version": version}}));
        bench.station(0, &json!({"Connected": {"version": version}}));
        bench
    }

    /// Tells the station something, and carries messages to and fro.
    fn station(&mut self, seconds: u64, input: &Value) {
        self.station
            .handle(at(seconds), &input.to_string())
            .unwrap();
        self.settle(seconds);
    }

    fn settle(&mut self, seconds: u64) {
        loop {
            let mut quiet = true;
            while let Some(text) = self.station.poll_output() {
                let output: Value = serde_json::from_str(&text).unwrap();
                if let Some(text) = output.get("Transmit") {
                    quiet = false;
                    self.csms.handle(seconds, &json!({"Received": text}));
                }
            }
            for text in std::mem::take(&mut self.csms.to_station) {
                quiet = false;
                let input = json!({"Received": text}).to_string();
                self.station.handle(at(seconds), &input).unwrap();
            }
            if quiet {
                return;
            }
        }
    }

    fn command(&mut self, seconds: u64, id: u64, command: &Value) -> Value {
        self.csms
            .handle(seconds, &json!({"Command": {"id": id, "command": command}}));
        self.settle(seconds);
        let ended = self.csms.ended.iter().find(|one| one["id"] == id);
        ended.unwrap_or(&Value::Null)["outcome"].clone()
    }

    fn meter(&mut self, seconds: u64, energy: f64) {
        let values =
            json!([{"measurand": "Energy.Active.Import.Register", "unit": "Wh", "value": energy}]);
        self.station(
            seconds,
            &json!({"Meter": {"evse": 1, "reading": {"values": values}}}),
        );
    }
}

fn a_car_is_charged(version: &str) {
    let mut bench = Bench::new(version);
    let booted = bench.csms.event("Booted").unwrap();
    assert_eq!(booted["info"]["vendor"], "Maker");
    let cable = |state: &str| json!({"Cable": {"at": {"evse": 1, "connector": 1}, "state": state}});
    bench.station(1, &cable("Connected"));
    bench.station(
        2,
        &json!({"TokenPresented": {"evse": 1, "token": {"id": "04A2B3"}}}),
    );
    bench.meter(3, 1000.0);
    let began = bench.csms.event("TransactionBegan").unwrap();
    let number = began["reference"].clone();
    assert_eq!(number, 1);

    // The CSMS restarts; its records are what is left.
    bench.csms.power_cut();
    bench.station(4, &json!("Disconnected"));
    bench.station(1005, &json!("TimePassed"));
    bench
        .csms
        .handle(5, &json!({"Connected": {"version": version}}));
    bench.station(1005, &json!({"Connected": {"version": version}}));
    let kept = bench.csms.handle(1005, &json!({"GetTransaction": number}));
    assert_eq!(kept["transaction"]["reference"], number);

    bench.meter(1006, 3500.0);
    let outcome = bench.command(1007, 11, &json!({"Operation": {"Stop": number}}));
    assert_eq!(outcome["Ok"]["Accepted"]["status"], "Accepted", "{outcome}");
    bench.meter(1008, 3500.0);
    bench.station(1009, &cable("Unplugged"));
    bench.meter(1009, 3500.0);
    let bill = bench.csms.event("TransactionEnded").unwrap().clone();
    assert_eq!(bill["energyWh"], 2500, "{bill}");
    let again = bench.csms.handle(1010, &json!({"GetBill": number}));
    assert_eq!(again["bill"], bill);
    assert_eq!(
        bench.csms.handle(1010, &json!({"GetBill": 99})),
        json!({"bill": null})
    );
}

#[test]
fn a_car_is_charged_with_1_6() {
    a_car_is_charged("1.6");
}

#[test]
fn a_car_is_charged_with_2_0_1() {
    a_car_is_charged("2.0.1");
}

#[test]
fn commands_are_answered_each_once() {
    let mut bench = Bench::new("2.0.1");
    let name = json!({"component": "OCPPCommCtrlr", "variable": "HeartbeatInterval"});
    let set = json!({"Operation": {"SetVariables": [[name, "77"]]}});
    let outcome = bench.command(1, 1, &set);
    assert_eq!(
        outcome["Ok"]["Variables"][0]["status"], "Accepted",
        "{outcome}"
    );
    let outcome = bench.command(2, 2, &json!({"Operation": {"GetVariables": [name]}}));
    assert_eq!(outcome["Ok"]["Variables"][0]["value"], "77", "{outcome}");
    let outcome = bench.command(
        3,
        3,
        &json!({"Call": {"action": "Reset", "payload": r#"{"type": "Soon"}"#}}),
    );
    assert_eq!(outcome["Err"]["Invalid"]["pointer"], "/type", "{outcome}");
    let outcome = bench.command(4, 4, &json!({"Operation": {"Stop": 12}}));
    assert_eq!(outcome, json!({"Err": "NoSuchTransaction"}));
    bench.csms.handle(5, &json!("Disconnected"));
    let outcome = bench.command(5, 5, &json!({"Operation": "ClearCache"}));
    assert_eq!(outcome, json!({"Err": "NotConnected"}));
    assert_eq!(bench.csms.ended.len(), 5);
}

#[test]
fn every_question_can_be_declined() {
    for version in ["1.6", "2.0.1"] {
        let mut bench = Bench::new(version);
        bench.csms.declines = true;
        bench.station(
            1,
            &json!({"TokenPresented": {"evse": 1, "token": {"id": "04A2B3"}}}),
        );
        bench.station(
            2,
            &json!({"Call": {"action": "DataTransfer", "payload": r#"{"vendorId": "Maker"}"#}}),
        );
        assert!(bench.csms.event("TransactionBegan").is_none());
        // A second word of refusal answers nothing.
        bench.csms.handle(3, &json!("Decline"));
        assert!(
            bench.csms.event("Refused").is_none(),
            "{:?}",
            bench.csms.events
        );
    }
}

#[test]
fn what_cannot_be_stored_is_not_acknowledged() {
    let mut bench = Bench::new("1.6");
    bench.csms.disk_full = true;
    let begin = r#"[2,"77","StartTransaction",{"connectorId":1,"idTag":"A","meterStart":5,"timestamp":"2024-05-15T12:00:00Z"}]"#;
    bench.csms.handle(1, &json!({"Received": begin}));
    let answer: Value = serde_json::from_str(bench.csms.to_station.last().unwrap()).unwrap();
    assert_eq!((&answer[0], &answer[1]), (&json!(4), &json!("77")));
    assert!(bench.csms.event("TransactionBegan").is_none());
    bench.csms.disk_full = false;
    bench
        .csms
        .handle(2, &json!({"Received": begin.replace("77", "78")}));
    assert!(bench.csms.event("TransactionBegan").is_some());
}

#[test]
fn a_password_is_known_at_the_door() {
    let mut csms = Csms::new();
    let password = "a-password-of-the-operator";
    csms.handle(
        0,
        &json!({"Command": {"id": 1, "command": {"Password": password}}}),
    );
    csms.power_cut();
    let shown = csms.handle(1, &json!({"ShowPassword": password.as_bytes()}));
    assert_eq!(shown, json!({"shown": "Current"}));
    assert_eq!(
        csms.handle(1, &json!({"ShowPassword": b"another"})),
        json!({"shown": null})
    );
    let connected = json!({"Connected": {"version": "1.6", "profile": 1, "shown": shown["shown"]}});
    csms.handle(2, &connected);
    let state: Value = serde_json::from_str(&csms.remote.state()).unwrap();
    assert_eq!(state["version"], "1.6");
}

fn pointer(input: &str) -> Option<String> {
    let mut remote = RemoteStation::new(r#"{"identity": "CP1", "seed": 1}"#, "").unwrap();
    remote.handle(at(0), input).unwrap_err().pointer
}

#[test]
fn what_cannot_be_understood_is_refused_with_its_place() {
    let info = |member: &str| {
        format!(
            r#"{{"Answer": {{"question": 1, "answer": {{"Token": {{"status": "Accepted", {member}}}}}}}}}"#
        )
    };
    assert_eq!(
        pointer(&info(r#""certificateStatus": "Fine""#)).as_deref(),
        Some("/Answer/answer/Token/certificateStatus")
    );
    assert_eq!(
        pointer(&info(r#""cache": 1"#)).as_deref(),
        Some("/Answer/answer/Token/cache")
    );
    assert_eq!(
        pointer(r#"{"Connected": {"version": "1.5"}}"#).as_deref(),
        Some("/Connected/version")
    );
    let new = |config: &str, records: &str| RemoteStation::new(config, records).unwrap_err();
    assert_eq!(
        new(r#"{"identity": "CP1", "seed": 1, "intervall": 3}"#, "")
            .pointer
            .as_deref(),
        Some("/intervall")
    );
    let broken = new(
        r#"{"identity": "CP1", "seed": 1}"#,
        r#"[{"key": "station", "record": "{"}]"#,
    );
    assert!(broken.to_string().contains("record station"), "{broken}");
}
