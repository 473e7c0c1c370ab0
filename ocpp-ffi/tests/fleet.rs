//! Tokens, reservations and local lists, through texts only.

#![allow(clippy::unwrap_used)] // A test that cannot go on fails.

use std::collections::BTreeMap;

use jsonschema::Validator;
use ocpp_ffi::{Fleet, RemoteStation, Time};
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

/// A fleet and its store. Everything is held against its schema.
struct Store {
    fleet: Fleet,
    records: BTreeMap<String, String>,
    next_number: u64,
}

impl Store {
    fn new() -> Self {
        Self {
            fleet: Fleet::new("", "").unwrap(),
            records: BTreeMap::new(),
            next_number: 0,
        }
    }

    fn ask(&mut self, input: &Value) -> Value {
        let text = input.to_string();
        assert!(validator("fleet-input").is_valid(input), "{text}");
        let reply = self.fleet.handle(at(0), &text).unwrap();
        self.settle();
        serde_json::from_str(&reply).unwrap()
    }

    fn settle(&mut self) {
        while let Some(text) = self.fleet.poll_output() {
            let output: Value = serde_json::from_str(&text).unwrap();
            assert!(validator("fleet-output").is_valid(&output), "{text}");
            for change in output["Store"].as_array().unwrap() {
                let key = change["key"].as_str().unwrap().to_string();
                match change["record"].as_str() {
                    Some(record) => self.records.insert(key, record.into()),
                    None => self.records.remove(&key),
                };
            }
        }
        let state: Value = serde_json::from_str(&self.fleet.state()).unwrap();
        assert!(validator("fleet-state").is_valid(&state), "{state}");
    }

    fn put(&mut self, token: &str, status: &str) {
        let put = json!({"PutToken": {"idToken": token, "token": {"status": status}}});
        assert_eq!(self.ask(&put), Value::Null);
    }

    /// The process ends; the records are what is left.
    fn power_cut(&mut self) {
        let record = |(key, record)| json!({"key": key, "record": record});
        let records: Vec<Value> = self.records.iter().map(record).collect();
        self.fleet = Fleet::new("{}", &json!(records).to_string()).unwrap();
    }

    /// Tells the CSMS's side of a station something, with the fleet at its side: what it says.
    fn drive(&mut self, remote: &mut RemoteStation, input: &Value) -> Vec<Value> {
        remote.handle(at(0), &input.to_string()).unwrap();
        let mut said = Vec::new();
        while let Some(text) = remote.poll_output() {
            let served = self.fleet.serve(at(0), remote).unwrap();
            let output: Value = serde_json::from_str(&text).unwrap();
            if output.get("Ask").is_some() && served == r#"{"answered":false}"# {
                let about = &output["Ask"]["about"];
                let answer = if about == "Number" {
                    self.next_number += 1;
                    json!({"Number": self.next_number})
                } else {
                    // No transaction of these tests leaves memory.
                    assert!(about["Stored"].is_string(), "{output}");
                    json!({"Stored": null})
                };
                let question = &output["Ask"]["question"];
                let answer = json!({"Answer": {"question": question, "answer": answer}});
                remote.handle(at(0), &answer.to_string()).unwrap();
            }
            if let Some(message) = output["Transmit"].as_str() {
                said.push(serde_json::from_str(message).unwrap());
            }
        }
        self.settle();
        said
    }
}

fn connected(store: &mut Store, identity: &str) -> RemoteStation {
    let config = json!({"identity": identity, "seed": 1});
    let mut remote = RemoteStation::new(&config.to_string(), "").unwrap();
    store.drive(&mut remote, &json!({"Connected": {"version": "1.6"}}));
    remote
}

fn begin(store: &mut Store, remote: &mut RemoteStation, id: &str, token: &str) -> Value {
    // The same contents once more would be the same transaction.
    let time = format!("2024-05-15T12:0{id}:00Z");
    let payload = json!({"connectorId": 1, "idTag": token, "meterStart": 5, "timestamp": time});
    let call = json!([2, id, "StartTransaction", payload]).to_string();
    let said = store.drive(remote, &json!({"Received": call}));
    said[0][2]["idTagInfo"]["status"].clone()
}

#[test]
fn a_token_charges_at_one_place_at_a_time() {
    let mut store = Store::new();
    store.put("Card", "Accepted");
    let mut one = connected(&mut store, "CP1");
    let mut two = connected(&mut store, "CP2");
    assert_eq!(begin(&mut store, &mut one, "1", "card"), "Accepted");
    assert_eq!(begin(&mut store, &mut two, "1", "CARD"), "ConcurrentTx");
    assert_eq!(begin(&mut store, &mut two, "2", "other"), "Invalid");
    let stop = json!({"transactionId": 1, "meterStop": 7, "timestamp": "2024-05-15T12:01:00Z"});
    let stop = json!([2, "9", "StopTransaction", stop]).to_string();
    store.drive(&mut one, &json!({"Received": stop}));
    assert_eq!(begin(&mut store, &mut two, "3", "card"), "Accepted");

    // After a restart whoever charges still holds his token.
    store.power_cut();
    store.fleet.serve(at(0), &mut two).unwrap();
    assert_eq!(begin(&mut store, &mut one, "4", "card"), "ConcurrentTx");
}

#[test]
fn tokens_are_put_listed_and_removed() {
    let mut store = Store::new();
    for token in ["B", "a", "C"] {
        store.put(token, "Accepted");
    }
    let listed = store.ask(&json!({"GetTokens": {"after": "a", "limit": 1}}));
    assert_eq!(
        listed,
        json!({"tokens": [{"idToken": "b", "token": {"status": "Accepted"}}]})
    );
    assert_eq!(
        store.ask(&json!({"DeleteToken": "b"})),
        json!({"deleted": true})
    );
    assert_eq!(
        store.ask(&json!({"DeleteToken": "b"})),
        json!({"deleted": false})
    );
    store.power_cut();
    assert_eq!(store.ask(&json!({"GetToken": "b"})), json!({"token": null}));
    let kept = store.ask(&json!({"GetToken": "A"}));
    assert_eq!(kept["token"]["status"], "Accepted");

    let error = store.fleet.handle(
        at(0),
        r#"{"PutToken": {"idToken": "x", "token": {"status": "Maybe"}}}"#,
    );
    assert_eq!(
        error.unwrap_err().pointer.as_deref(),
        Some("/PutToken/token/status")
    );
}

#[test]
fn a_token_that_could_not_be_stored_does_not_count() {
    let mut store = Store::new();
    let put = json!({"PutToken": {"idToken": "a", "token": {"status": "Accepted"}}}).to_string();
    store.fleet.handle(at(0), &put).unwrap();
    assert!(store.fleet.poll_output().is_some());
    store.fleet.handle(at(0), r#""NotStored""#).unwrap();
    assert_eq!(store.fleet.poll_output(), None);
    assert_eq!(store.ask(&json!({"GetToken": "a"})), json!({"token": null}));
}

#[test]
fn a_reservation_is_followed_to_its_end() {
    let mut store = Store::new();
    store.put("card", "Accepted");
    let mut remote = connected(&mut store, "CP1");
    let expiry = "2024-05-15T13:00:00Z";
    let payload =
        json!({"connectorId": 1, "expiryDate": expiry, "idTag": "card", "reservationId": 12})
            .to_string();
    let call = json!({"Call": {"action": "ReserveNow", "payload": payload}});
    let said = store.drive(&mut remote, &json!({"Command": {"id": 1, "command": call}}));
    let answer = json!([3, said[0][1], {"status": "Accepted"}]).to_string();
    store.drive(&mut remote, &json!({"Received": answer}));
    store.power_cut();
    let all = store.ask(&json!("GetReservations"));
    assert_eq!(all["reservations"][0]["status"], "ACCEPTED", "{all}");
    let forget = json!({"ForgetReservation": {"station": "CP1", "id": 12}});
    assert_eq!(store.ask(&forget), json!({"deleted": true}));
    assert_eq!(
        store.ask(&json!("GetReservations")),
        json!({"reservations": []})
    );
}

#[test]
fn a_local_list_is_sent_once_and_then_its_differences() {
    let mut store = Store::new();
    let mut remote = connected(&mut store, "CP1");
    for token in ["a", "b"] {
        store.put(token, "Accepted");
    }
    let send = |command: u64, tokens: &[&str]| {
        let tokens: Vec<Value> = tokens.iter().map(|it| json!({"idToken": it})).collect();
        json!({"SendLocalList": {"station": "CP1", "command": command, "idTokens": tokens}})
    };
    let input = store.ask(&send(1, &["a", "b", "nobody"]))["input"].clone();
    // While one is on its way there is no other.
    assert_eq!(store.ask(&send(2, &["a"])), json!({"input": null}));
    let mut said = store.drive(&mut remote, &input);
    // The station is asked how long a list may be.
    let limit = json!([3, said[0][1], {"configurationKey": [{"key": "SendLocalListMaxLength", "readonly": true, "value": "9"}]}]);
    if said[0][2] == "GetConfiguration" {
        said = store.drive(&mut remote, &json!({"Received": limit.to_string()}));
    }
    assert_eq!(said[0][2], "SendLocalList", "{said:?}");
    assert_eq!(said[0][3]["updateType"], "Full");
    let listed = said[0][3]["localAuthorizationList"].as_array().unwrap();
    assert_eq!(listed.len(), 2, "{said:?}");
    let answer = json!([3, said[0][1], {"status": "Accepted"}]).to_string();
    store.drive(&mut remote, &json!({"Received": answer}));
    store.power_cut();
    assert_eq!(store.ask(&send(3, &["a", "b"])), json!({"input": null}));
    let input = store.ask(&send(4, &["a"]))["input"].clone();
    let said = store.drive(&mut remote, &input);
    assert_eq!(said[0][3]["updateType"], "Differential", "{said:?}");
}

#[test]
fn without_the_time_nobody_is_served() {
    let mut store = Store::new();
    let mut remote = connected(&mut store, "CP1");
    let now = Time {
        monotonic: 0,
        utc: None,
    };
    assert!(store.fleet.serve(now, &mut remote).is_err());
    let broken = Fleet::new("{}", r#"[{"key": "station", "record": "{}"}]"#);
    assert!(broken.unwrap_err().to_string().contains("record station"));
}
