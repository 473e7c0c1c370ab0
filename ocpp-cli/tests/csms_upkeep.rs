//! `ocpp csms` for whoever operates it: damaged records, copies of the state, going away in order, key codes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::net::SocketAddr;
use std::path::Path;

use common::{Folder, Program, ask, http, until};
use ocpp_tokio::csms::{FileStore, Row, Store, Table};
use ocpp_tokio::{CloseCode, ConnectOptions, Connection, End, Identity, Version, connect};
use serde_json::{Value, json};

struct Csms {
    program: Program,
    stations: SocketAddr,
    api: SocketAddr,
}

fn csms(more: &[&str]) -> Csms {
    let args = ["csms", "--listen", "127.0.0.1:0", "--api", "127.0.0.1:0"];
    let program = Program::start(&[&args, more].concat(), 2);
    Csms {
        stations: program.address("stations"),
        api: program.address("operator"),
        program,
    }
}

impl Csms {
    fn get(&self, path: &str) -> Value {
        ask(self.api, "GET", path, &Value::Null)
    }

    fn put(&self, path: &str, body: &Value) {
        ask(self.api, "PUT", path, body);
    }

    async fn connect(&self, id: &str) -> Station {
        let url = format!("ws://{}/ocpp", self.stations);
        let options = ConnectOptions::new(url, Identity::new(id).unwrap(), &[Version::V2_0_1]);
        Station(connect(&options).await.unwrap())
    }
}

/// A station of 2.0.1 that says what the test wants.
struct Station(Connection);

impl Station {
    async fn ask(&mut self, action: &str, payload: Value) -> Value {
        let call = json!([2, "id", action, payload]).to_string();
        self.0.send(&call).await.unwrap();
        let answer: Value = serde_json::from_str(&self.0.recv().await.unwrap()).unwrap();
        assert_eq!(answer[0], 3, "{answer}");
        answer[2].clone()
    }

    async fn boot(&mut self) {
        let station = json!({"vendorName": "V", "model": "M"});
        let boot = json!({"chargingStation": station, "reason": "PowerUp"});
        self.ask("BootNotification", boot).await;
    }

    async fn event(&mut self, kind: &str, seq: i64, token: &Value) {
        let event = json!({"eventType": kind, "timestamp": "2024-05-15T12:00:00Z",
            "triggerReason": "Authorized", "seqNo": seq, "transactionInfo": {"transactionId": "T1"},
            "evse": {"id": 1, "connectorId": 1}, "idToken": token});
        self.ask("TransactionEvent", event).await;
    }
}

async fn damage(state: &Path, table: Table, key: &str) {
    let store = FileStore::open(state).unwrap();
    assert!(store.get(table, key).await.unwrap().is_some(), "{key}");
    store.write(vec![Row::put(table, key, "{")]).await.unwrap();
}

#[tokio::test]
async fn a_damaged_record_is_told_and_the_others_come_up() {
    let folder = Folder::new("csms-damaged");
    let state = folder.file("csms.redb");
    let mut first = csms(&["--state", &state]);
    for id in ["CP1", "CP2"] {
        first.put(&format!("/v1/stations/{id}"), &json!({"interval": 9}));
    }
    assert!(first.program.terminate());
    damage(Path::new(&state), Table::Stations, "CP1").await;

    let again = csms(&["--state", &state]);
    let health = again.get("/v1/health");
    assert_eq!(
        (&health["status"], &health["unreadable"]["count"]),
        (&json!("up"), &json!(1))
    );
    assert_eq!(health["unreadable"]["records"][0]["key"], "CP1");
    until("the log names the record", || {
        let errors = again.program.errors();
        (errors.contains("\"CP1\"") && errors.contains("set aside")).then_some(())
    });
    let mut station = again.connect("CP2").await;
    station.boot().await;
    let url = format!("ws://{}/ocpp", again.stations);
    let options = ConnectOptions::new(url, Identity::new("CP1").unwrap(), &[Version::V2_0_1]);
    assert!(connect(&options).await.is_err());
    let change = json!({"interval": 5});
    let (status, answer) = http(again.api, "PUT", "/v1/stations/CP1", &change);
    assert_eq!(status, 409, "{answer}");
    ask(again.api, "DELETE", "/v1/stations/CP1", &Value::Null);
    again.put("/v1/stations/CP1", &change);
    assert_eq!(again.get("/v1/health"), json!({"status": "up"}));
}

#[tokio::test]
async fn a_program_starts_on_a_copy_that_was_made_while_it_ran() {
    let folder = Folder::new("csms-copy");
    let state = folder.file("csms.redb");
    let first = csms(&["--state", &state]);
    let token = json!({"idToken": "A1", "type": "ISO14443"});
    first.put("/v1/tokens/A1", &json!({"status": "Accepted"}));
    let mut station = first.connect("CP1").await;
    station.boot().await;
    station.event("Started", 0, &token).await;
    let copy = ask(first.api, "POST", "/v1/backup", &json!({}));
    let copy = copy["file"].as_str().unwrap();
    assert!(Path::new(copy).starts_with(folder.path()));
    station.event("Ended", 1, &token).await;

    let second = csms(&["--state", copy]);
    let running = second.get("/v1/transactions?active=true");
    assert_eq!(running[0]["transactionId"], "T1", "{running}");
    let mut station = second.connect("CP1").await;
    station.event("Ended", 1, &token).await;
    assert_eq!(second.get("/v1/transactions?active=true"), json!([]));

    let nothing = csms(&[]);
    let (status, _) = http(nothing.api, "POST", "/v1/backup", &json!({}));
    assert_eq!(status, 409, "there is no file");
}

#[tokio::test]
async fn a_program_that_drains_ends_its_connections_and_ends_well() {
    let mut csms = csms(&[]);
    let mut station = csms.connect("CP1").await;
    station.boot().await;
    ask(csms.api, "POST", "/v1/drain", &json!({}));
    let end = station.0.recv().await.unwrap_err();
    let code = CloseCode::SERVICE_RESTART;
    assert!(
        matches!(end, End::ClosedByPeer { code: Some(it), .. } if it == code),
        "{end:?}"
    );
    assert!(until("the program ends", || csms.program.ended()).success());
}

#[tokio::test]
async fn key_codes_are_told_to_nobody() {
    let csms = csms(&["--accept-any-token"]);
    let mut station = csms.connect("CP1").await;
    station.boot().await;
    let token = json!({"idToken": "7391", "type": "KeyCode"});
    station.event("Started", 0, &token).await;
    let all = csms.get("/v1/transactions?idToken=7391");
    assert_eq!(all[0]["idToken"], "***", "it is found by who knows it");
    station.event("Ended", 1, &token).await;
    let told = csms.get("/v1/transactions").to_string();
    assert!(!told.contains("7391"), "{told}");
    assert!(!csms.program.errors().contains("7391"));
}

#[tokio::test]
async fn transactions_are_asked_for_by_time_and_page() {
    let csms = csms(&["--accept-any-token", "--concurrent-transactions"]);
    for id in ["CP1", "CP2", "CP3"] {
        let mut station = csms.connect(id).await;
        station.boot().await;
        let token = json!({"idToken": "A1", "type": "ISO14443"});
        station.event("Started", 0, &token).await;
    }
    let count = |query: &str| {
        let all = csms.get(&format!("/v1/transactions?{query}"));
        all.as_array().unwrap().len()
    };
    assert_eq!(
        count("from=2024-05-15T12:00:00Z&to=2024-05-15T12:00:01Z"),
        3
    );
    assert_eq!(count("from=2024-05-15T12:00:01Z"), 0);
    assert_eq!(count("to=2024-05-15T12:00:00Z"), 0);
    assert_eq!(count("idToken=a1&limit=2"), 2);
    let first = csms.get("/v1/transactions?idToken=a1&limit=2");
    let after = &first[1]["ref"];
    assert_eq!(count(&format!("idToken=a1&limit=2&after={after}")), 1);
    for (query, status) in [
        ("from=yesterday", 400),
        ("idToken=a1&after=999", 404),
        ("after=x", 400),
    ] {
        let path = format!("/v1/transactions?{query}");
        assert_eq!(
            http(csms.api, "GET", &path, &Value::Null).0,
            status,
            "{query}"
        );
    }
}
