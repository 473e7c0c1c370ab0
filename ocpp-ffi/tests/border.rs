//! Stations, sessions and the rest, through texts only.

#![allow(clippy::unwrap_used)] // A test that cannot go on fails.

use std::sync::LazyLock;

use jsonschema::Validator;
use ocpp_ffi::{Error, Session, Station, Time};
use serde_json::{Value, json};

const CONFIG: &str =
    r#"{"versions": ["1.6"], "vendor": "Maker", "model": "One", "evse": [{"max_current": 16}]}"#;

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

/// A station and what it has stored, driven by somebody who knows JSON only. Everything is held against its schema.
struct Bench {
    station: Station,
    records: Vec<Value>,
    sent: Vec<Value>,
    outputs: Vec<Value>,
}

impl Bench {
    fn new() -> Self {
        Self {
            station: Station::new(CONFIG, "", at(0)).unwrap(),
            records: Vec::new(),
            sent: Vec::new(),
            outputs: Vec::new(),
        }
    }

    fn handle(&mut self, seconds: u64, input: &Value) -> String {
        static INPUT: LazyLock<Validator> = LazyLock::new(|| validator("station-input"));
        static OUTPUT: LazyLock<Validator> = LazyLock::new(|| validator("station-output"));
        static STATE: LazyLock<Validator> = LazyLock::new(|| validator("station-state"));
        fits(&INPUT, &input.to_string());
        let reply = self
            .station
            .handle(at(seconds), &input.to_string())
            .unwrap();
        while let Some(text) = self.station.poll_output() {
            let output = fits(&OUTPUT, &text);
            if let Some(record) = output.get("Store") {
                self.records.retain(|one| one["key"] != record["key"]);
                self.records.push(record.clone());
            } else if let Some(key) = output.get("Remove") {
                self.records.retain(|one| one["key"] != *key);
            } else if let Some(Value::String(text)) = output.get("Transmit") {
                self.sent.push(serde_json::from_str(text).unwrap());
            }
            self.outputs.push(output);
        }
        fits(&STATE, &self.station.state());
        reply
    }

    /// The action and the payload of the last call.
    fn asked(&self) -> (&str, &Value) {
        let call = self.sent.iter().rfind(|message| message[0] == 2).unwrap();
        (call[2].as_str().unwrap(), &call[3])
    }

    /// Answers the last call.
    fn answer(&mut self, seconds: u64, payload: &Value) {
        let call = self.sent.iter().rfind(|message| message[0] == 2).unwrap();
        let text = json!([3, call[1], payload]).to_string();
        self.handle(seconds, &json!({"Received": text}));
    }

    /// Answers calls until nothing more is asked.
    fn answer_all(&mut self, seconds: u64) {
        let mut answered = 0;
        while self.sent.iter().filter(|message| message[0] == 2).count() > answered {
            answered = self.sent.iter().filter(|message| message[0] == 2).count();
            let payload = match self.asked().0 {
                "BootNotification" => {
                    json!({"status": "Accepted", "currentTime": "2024-05-15T12:00:00Z", "interval": 300})
                }
                "Authorize" => json!({"idTagInfo": {"status": "Accepted"}}),
                "StartTransaction" => {
                    json!({"idTagInfo": {"status": "Accepted"}, "transactionId": 7})
                }
                _ => json!({}),
            };
            self.answer(seconds, &payload);
        }
    }
}

#[test]
fn a_car_is_charged_over_a_power_cut() {
    let mut bench = Bench::new();
    bench.handle(0, &json!("Start"));
    assert!(
        bench
            .outputs
            .iter()
            .any(|output| output.get("Connect").is_some())
    );
    bench.handle(0, &json!({"Connected": {"version": "1.6"}}));
    bench.answer_all(0);
    bench.handle(
        1,
        &json!({"Cable": {"at": {"evse": 1, "connector": 1}, "state": "Connected"}}),
    );
    bench.answer_all(1);
    bench.handle(
        2,
        &json!({"TokenPresented": {"evse": 1, "token": {"id": "card"}}}),
    );
    bench.answer_all(2);
    let reading = json!({"values": [{"measurand": "Energy.Active.Import.Register", "unit": "Wh", "value": 1234.5}]});
    bench.handle(3, &json!({"Meter": {"evse": 1, "reading": reading}}));
    bench.answer_all(3);
    assert_eq!(
        bench
            .outputs
            .iter()
            .rfind(|output| output.get("Contactor").is_some()),
        Some(&json!({"Contactor": {"at": {"evse": 1, "connector": 1}, "closed": true}}))
    );
    let state: Value = serde_json::from_str(&bench.station.state()).unwrap();
    assert_eq!(state["connectors"][0]["transaction_id"], "7");
    let started = bench
        .sent
        .iter()
        .find(|message| message[2] == "StartTransaction");
    assert!(started.is_some(), "{:?}", bench.sent);

    // The records are all that is left.
    let records = json!(bench.records).to_string();
    fits(&validator("station-records"), &records);
    bench.station = Station::new(CONFIG, &records, at(10)).unwrap();
    bench.sent.clear();
    bench.handle(10, &json!("Start"));
    bench.handle(10, &json!({"Connected": {"version": "1.6"}}));
    bench.answer_all(10);
    let reading = json!({"values": [{"measurand": "Energy.Active.Import.Register", "unit": "Wh", "value": 1300}]});
    bench.handle(11, &json!({"Meter": {"evse": 1, "reading": reading}}));
    bench.answer_all(11);
    assert!(
        bench
            .sent
            .iter()
            .any(|message| message[2] == "StopTransaction"
                && message[3]["transactionId"] == 7
                && message[3]["reason"] == "PowerLoss"),
        "{:?}",
        bench.sent
    );
}

fn pointer(input: &str) -> Option<String> {
    let mut station = Station::new(CONFIG, "", at(0)).unwrap();
    while station.poll_output().is_some() {}
    let error = station.handle(at(0), input).unwrap_err();
    assert!(station.poll_output().is_none(), "nothing has happened");
    assert!(!error.message.is_empty());
    error.pointer
}

#[test]
fn what_cannot_be_understood_is_refused_with_its_place() {
    for (input, wanted) in [
        ("", ""),
        ("{", ""),
        ("\"Begin\"", ""),
        ("\"Start\" \"Stop\"", ""),
        (r#"{"Start": null, "Stop": null}"#, ""),
        (r#"{"Connected": {"version": "1.5"}}"#, "/Connected/version"),
        (
            r#"{"Connected": {"version": "1.6", "more": 1}}"#,
            "/Connected/more",
        ),
        (
            r#"{"Cable": {"at": {"evse": -1, "connector": 1}, "state": "Connected"}}"#,
            "/Cable/at/evse",
        ),
        (
            r#"{"Cable": {"at": {"evse": 1, "connector": 1}, "state": "Broken"}}"#,
            "/Cable/state",
        ),
        (
            r#"{"Cable": {"at": {"evse": 1, "connector": 1, "x/y": 1}, "state": "Connected"}}"#,
            "/Cable/at/x~1y",
        ),
        (
            r#"{"TokenPresented": {"token": {"id": "a", "type": "b"}}}"#,
            "/TokenPresented/token/type",
        ),
        (
            r#"{"Meter": {"evse": 1, "reading": {"values": [{"measurand": "a", "unit": "b", "value": 1}, {"measurand": "a", "unit": "b", "value": "1"}]}}}"#,
            "/Meter/reading/values/1/value",
        ),
        (
            r#"{"Meter": {"evse": 1, "reading": {"values": [{"measurand": "a", "unit": "b", "value": 1, "phases": 1}]}}}"#,
            "/Meter/reading/values/0/phases",
        ),
        (
            r#"{"Call": {"action": "Heartbeat", "payload": {}}}"#,
            "/Call/payload",
        ),
    ] {
        let found = pointer(input);
        assert_eq!(found.as_deref(), Some(wanted), "{input}");
    }
}

#[test]
fn a_configuration_that_cannot_be_is_refused() {
    let error = |config: &str| Station::new(config, "", at(0)).map(|_| ()).unwrap_err();
    let unknown = error(r#"{"versions": ["1.6"], "evse": [{"connectors": [{"plug": 1}]}]}"#);
    assert_eq!(
        unknown.pointer.as_deref(),
        Some("/evse/0/connectors/0/plug")
    );
    let impossible: Error = error(r#"{"versions": ["1.6"], "vendor": "Maker", "model": "One"}"#);
    assert_eq!(impossible.pointer, None);
    let records = Station::new(CONFIG, r#"[{"key": "a", "value": 1}]"#, at(0)).unwrap_err();
    assert_eq!(records.pointer.as_deref(), Some("/0/value"));
    fits(&validator("station-config"), CONFIG);
}

#[test]
fn every_question_is_declined_in_one_word() {
    let mut station = Station::new(CONFIG, "", at(0)).unwrap();
    station.handle(at(0), r#""Start""#).unwrap();
    let mut polled = Vec::new();
    while let Some(output) = station.poll_output() {
        polled.push(output);
        assert_eq!(station.handle(at(0), r#""Decline""#).unwrap(), "null");
    }
    assert!(polled.iter().any(|output| output.contains("Connect")));
    assert!(
        station.next_timeout().is_some_and(|next| next > 0),
        "it tries again later"
    );
}

#[test]
fn what_could_not_be_stored_comes_back_as_it_went_out() {
    let mut station = Station::new(CONFIG, "", at(0)).unwrap();
    station.handle(at(0), r#""Start""#).unwrap();
    let outputs: Vec<Value> = std::iter::from_fn(|| station.poll_output())
        .map(|text| serde_json::from_str(&text).unwrap())
        .collect();
    let first = outputs
        .iter()
        .position(|output| output.get("Store").is_some())
        .unwrap();
    let undone = json!({"StorageFailed": {"undone": outputs[first..]}});
    station.handle(at(0), &undone.to_string()).unwrap();
    while station.poll_output().is_some() {}
    let state: Value = serde_json::from_str(&station.state()).unwrap();
    assert_eq!(state["storage_failed"], true);
    station.handle(at(1), r#""StorageRestored""#).unwrap();
    let again: Vec<Value> = std::iter::from_fn(|| station.poll_output())
        .map(|text| serde_json::from_str(&text).unwrap())
        .collect();
    for output in outputs
        .iter()
        .filter(|output| output.get("Store").is_some())
    {
        assert!(again.contains(output), "{output} is not among {again:?}");
    }
}

#[test]
fn an_application_can_ask_and_set() {
    let mut bench = Bench::new();
    let reply = bench.handle(0, &json!({"GetVariable": {"key": "HeartbeatInterval"}}));
    assert_eq!(reply, r#"{"value":"300"}"#);
    bench.handle(
        0,
        &json!({"SetVariable": {"key": "HeartbeatInterval", "value": "60"}}),
    );
    let reply = bench.handle(0, &json!({"GetVariable": {"key": "HeartbeatInterval"}}));
    assert_eq!(reply, r#"{"value":"60"}"#);
    let seed = json!({"SeedLocalList": {"token": {"id": "card"}, "authorization": {"status": "Accepted"}}});
    assert_eq!(bench.handle(0, &seed), r#"{"stored":true}"#);
    let call = r#"{"Call": {"action": "Heartbeat", "payload": "{}"}}"#;
    let error = bench.station.handle(at(0), call).unwrap_err();
    assert!(error.pointer.is_none(), "there is no connection: {error}");
}

#[test]
fn two_sessions_talk() {
    let mut station = Session::new(r#"{"version": "2.0.1", "role": "Station"}"#).unwrap();
    let mut csms = Session::new(r#"{"version": "2.0.1", "role": "Csms", "seed": 7}"#).unwrap();
    let (input, output) = (validator("session-input"), validator("session-output"));
    let take = |session: &mut Session, value: Value| {
        fits(&input, &value.to_string());
        session.handle(at(0), &value.to_string()).unwrap()
    };
    let next = |session: &mut Session| fits(&output, &session.poll_output().unwrap());
    take(&mut station, json!("Connected"));
    take(&mut csms, json!("Connected"));
    let reply = take(
        &mut station,
        json!({"Call": {"action": "Heartbeat", "payload": "{}"}}),
    );
    assert_eq!(reply, r#"{"call":0}"#);
    assert_eq!(next(&mut station), json!({"StoreNextId": 100}));
    let sent = next(&mut station)["Transmit"]["text"].clone();
    take(&mut csms, json!({"Received": sent}));
    let call = next(&mut csms);
    assert_eq!(call["Call"]["action"], "Heartbeat");
    let token = &call["Call"]["token"];
    let payload = r#"{"currentTime":"2024-05-15T12:00:00Z"}"#;
    take(
        &mut csms,
        json!({"Respond": {"token": token, "payload": payload}}),
    );
    let answer = next(&mut csms)["Transmit"]["text"].clone();
    take(&mut station, json!({"Received": answer}));
    let ended = next(&mut station);
    assert_eq!(ended["CallEnded"]["result"], json!({"Ok": payload}));
    fits(&validator("session-state"), &station.state());
    // A call of the other side, refused.
    take(
        &mut csms,
        json!({"Call": {"action": "Reset", "payload": r#"{"type":"Immediate"}"#}}),
    );
    let sent = next(&mut csms)["Transmit"]["text"].clone();
    take(&mut station, json!({"Received": sent}));
    let token = next(&mut station)["Call"]["token"].clone();
    take(
        &mut station,
        json!({"Refuse": {"token": token, "code": "NotSupported"}}),
    );
    let answer = next(&mut station)["Transmit"]["text"].clone();
    take(&mut csms, json!({"Received": answer}));
    assert_eq!(
        next(&mut csms)["CallEnded"]["result"]["Err"]["Refused"]["code"],
        "NotSupported"
    );
    assert!(
        csms.handle(at(0), r#"{"Respond": {"token": 99, "payload": "{}"}}"#)
            .is_err()
    );
    assert!(
        Session::new(r#"{"version": "2.0.1", "role": "Station", "seed": 1, "next_id": 2}"#)
            .is_err()
    );
}

#[test]
fn payloads_are_decoded_and_written() {
    let decoded = |message: &str, payload: &str, lenient| {
        let text = ocpp_ffi::decode("1.6", message, payload, lenient).unwrap();
        fits(&validator("decoded"), &text)
    };
    let right = decoded(
        "HeartbeatResponse",
        r#"{"currentTime": "2024-05-15T14:00:00+02:00"}"#,
        false,
    );
    assert_eq!(
        right["Right"]["payload"],
        r#"{"currentTime":"2024-05-15T12:00:00Z"}"#
    );
    let wrong = decoded("AuthorizeRequest", r#"{"idTag": 7}"#, false);
    assert_eq!(wrong["Wrong"]["code"], "TypeConstraintViolation");
    assert_eq!(wrong["Wrong"]["problems"][0]["pointer"], "/idTag");
    let repaired = decoded("AuthorizeRequest", r#"{"idTag": 7}"#, true);
    assert_eq!(repaired["Right"]["payload"], r#"{"idTag":"7"}"#);
    assert_eq!(repaired["Right"]["deviations"][0]["became"], r#""7""#);
    assert!(ocpp_ffi::decode("1.6", "NoSuchRequest", "{}", false).is_err());
    assert!(ocpp_ffi::decode("1.5", "Heartbeat", "{}", false).is_err());
}

#[test]
fn frames_are_taken_apart_and_put_together() {
    for (version, text) in [
        ("1.6", r#"[2,"7","Heartbeat",{}]"#),
        ("1.6", r#"[3,"7",{"currentTime":"2024-05-15T12:00:00Z"}]"#),
        (
            "2.0.1",
            r#"[4,"7","NotSupported","no \"such\" thing",{"a":1.250}]"#,
        ),
        ("2.1", r#"[5,"7","FormatViolation","",{}]"#),
        ("2.1", r#"[6,"7","NotifyPeriodicEventStream",{"id":1}]"#),
    ] {
        let message = ocpp_ffi::decode_frame(version, text).unwrap();
        fits(&validator("frame"), &message);
        assert_eq!(ocpp_ffi::encode_frame(version, &message).unwrap(), text);
    }
    assert!(ocpp_ffi::decode_frame("1.6", r#"[2,"7"]"#).is_err());
    assert!(ocpp_ffi::decode_frame("1.6", r#"[2,"7","Heartbeat",{]"#).is_err());
    let without = r#"{"Call": {"id": "7", "payload": "{}"}}"#;
    let error = ocpp_ffi::encode_frame("1.6", without).unwrap_err();
    assert_eq!(error.pointer.as_deref(), Some("/Call/action"));
}

#[cfg(feature = "report")]
#[test]
fn logs_are_judged_and_schedules_answered() {
    let log = "[2,\"1\",\"Heartbeat\",{\"more\":1}]\n";
    let report = ocpp_ffi::validate(log, "1.6", false, true).unwrap();
    let line: Value = serde_json::from_str(report.trim()).unwrap();
    assert_eq!(line["errors"][0]["pointer"], "/more");
    let sentences = ocpp_ffi::validate(log, "", false, false).unwrap();
    assert!(sentences.contains("/more"), "{sentences}");
    assert!(ocpp_ffi::validate(log, "1.7", false, false).is_err());

    let situation = include_str!("../../ocpp-report/tests/data/day.json");
    let answer: Value = serde_json::from_str(&ocpp_ffi::schedule(situation).unwrap()).unwrap();
    assert_eq!(answer["periods"][0]["limit"], 32);
    let why = ocpp_ffi::explain(situation, "2024-05-15T08:00:00Z").unwrap();
    assert!(why.contains("Profile 1 (ChargePointMaxProfile"), "{why}");
    assert!(ocpp_ffi::explain(situation, "at noon").is_err());
    assert!(ocpp_ffi::schedule("{}").is_err());
    // The same configuration as a file of `ocpp station --config`.
    let toml =
        "versions = [\"1.6\"]\nvendor = \"Maker\"\nmodel = \"One\"\n[[evse]]\nmax_current = 16\n";
    assert!(Station::new(toml, "", at(0)).is_ok());
    assert!(Station::new("nothing = 1", "", at(0)).is_err());
}

#[cfg(feature = "crypto")]
#[test]
fn a_certificate_is_identified() {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.serial_number = Some(rcgen::SerialNumber::from(vec![0x0f, 0xff]));
    let pem = params.self_signed(&key).unwrap().pem();
    let data = ocpp_ffi::certificate_hash_data(&pem, &pem, "SHA256").unwrap();
    let data: Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["serial_number"], "FFF");
    assert_eq!(data["issuer_name_hash"].as_str().unwrap().len(), 64);
    assert!(ocpp_ffi::certificate_hash_data(&pem, &pem, "MD5").is_err());
    assert!(ocpp_ffi::certificate_hash_data("", &pem, "SHA256").is_err());
}
