//! The programs `ocpp station` and `ocpp csms` with each other, and `ocpp demo`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::net::SocketAddr;
use std::process::Command;

use common::{Folder, Program, ask, http, until};
use serde_json::{Value, json};

/// A CSMS with a station.
struct Bench {
    _csms: Program,
    api: SocketAddr,
    folder: Folder,
    url: String,
    station: Program,
}

impl Bench {
    fn new(name: &str) -> Self {
        let args = ["csms", "--listen", "127.0.0.1:0", "--api", "127.0.0.1:0"];
        let csms = Program::start(&args, 2);
        let url = format!("ws://{}/ocpp", csms.address("stations"));
        let api = csms.address("operator");
        let folder = Folder::new(name);
        let station = start(&url, &folder);
        ask(api, "PUT", "/v1/tokens/A1", &json!({"status": "Accepted"}));
        let bench = Self {
            _csms: csms,
            api,
            folder,
            url,
            station,
        };
        bench.until_accepted();
        bench
    }

    fn until_accepted(&self) {
        until("the station is accepted", || {
            (self.state()["registration"] == "Accepted").then_some(())
        });
    }

    fn control(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        http(self.station.address("control"), method, path, body)
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        ask(self.station.address("control"), "POST", path, body)
    }

    fn state(&self) -> Value {
        self.control("GET", "/v1/state", &Value::Null).1
    }

    fn transactions(&self) -> Vec<Value> {
        let all = ask(self.api, "GET", "/v1/transactions", &Value::Null);
        all.as_array().unwrap().clone()
    }

    fn charge(&self) {
        self.post("/v1/plug", &json!({"evse": 1, "connector": 1}));
        let token = json!({"evse": 1, "idToken": "A1", "type": "ISO14443"});
        assert_eq!(
            self.post("/v1/token", &token),
            json!({"status": "Accepted"})
        );
        until("the station charges", || {
            let evse = &self.state()["evses"][0];
            (evse["transactionId"].is_string() && evse["status"] == "Charging").then_some(())
        });
    }
}

fn start(url: &str, folder: &Folder) -> Program {
    start_with(url, folder, "1.6")
}

fn start_with(url: &str, folder: &Folder, versions: &str) -> Program {
    let folder = folder.path().to_str().unwrap();
    Program::start(
        &[
            "station",
            "--url",
            url,
            "--id",
            "CP1",
            "--version",
            versions,
            "--control",
            "127.0.0.1:0",
            "--evses",
            "2",
            "--state-dir",
            folder,
            "--reconnect-wait",
            "1",
            "--time-scale",
            "3600",
        ],
        1,
    )
}

#[test]
fn a_session_by_remote_control() {
    let bench = Bench::new("session");
    bench.charge();
    let state = bench.state();
    assert_eq!(state["connected"], true);
    assert_eq!(state["evses"].as_array().unwrap().len(), 2);
    assert_eq!(state["evses"][0]["plugged"], true);
    assert_eq!(state["evses"][0]["idToken"], "A1");
    assert_eq!(state["evses"][1]["status"], "Available");
    // The token of the running transaction stops it.
    bench.post("/v1/token", &json!({"evse": 1, "idToken": "a1"}));
    until("the transaction has ended", || {
        bench
            .transactions()
            .first()
            .filter(|t| t["stoppedAt"] != "")
            .map(|_| ())
    });
    bench.post("/v1/unplug", &json!({"evse": 1, "connector": 1}));
    until("everything is delivered", || {
        (bench.state()["queued"] == 0).then_some(())
    });
    let transaction = &bench.transactions()[0];
    assert_eq!(transaction["stopReason"], "Local");
    assert!(transaction["meterStop"].as_i64() >= transaction["meterStart"].as_i64());
}

#[test]
fn a_transaction_survives_a_cut_network_and_a_killed_program() {
    let mut bench = Bench::new("killed");
    bench.charge();
    bench.post("/v1/network", &json!({"online": false}));
    until("the network is gone", || {
        (bench.state()["connected"] == false).then_some(())
    });
    // The car leaves while nobody can be told.
    bench.post("/v1/unplug", &json!({"evse": 1, "connector": 1}));
    until("the end waits for delivery", || {
        (bench.state()["queued"].as_u64() > Some(0)).then_some(())
    });
    assert_eq!(bench.transactions()[0]["stoppedAt"], "");
    bench.station.kill();
    bench.station = start(&bench.url, &bench.folder);
    bench.until_accepted();
    until("the end is delivered", || {
        bench
            .transactions()
            .first()
            .filter(|t| t["stoppedAt"] != "")
            .map(|_| ())
    });
    until("nothing waits", || {
        (bench.state()["queued"] == 0).then_some(())
    });
    assert_eq!(bench.transactions().len(), 1);
}

#[test]
fn what_1_6_has_left_waits_until_it_is_spoken_again() {
    let mut bench = Bench::new("upgrade");
    bench.charge();
    bench.post("/v1/network", &json!({"online": false}));
    bench.post("/v1/unplug", &json!({"evse": 1, "connector": 1}));
    until("the end waits for delivery", || {
        (bench.state()["queued"].as_u64() > Some(0)).then_some(())
    });
    bench.station.kill();
    // The CSMS takes the best version that the station offers.
    bench.station = start_with(&bench.url, &bench.folder, "2.0.1,1.6");
    bench.until_accepted();
    let state = bench.state();
    assert_eq!(state["version"], "2.0.1");
    assert_eq!(state["waiting"][0]["version"], "1.6", "{state}");
    assert_eq!(bench.transactions()[0]["stoppedAt"], "");
    bench.post("/v1/plug", &json!({"evse": 1, "connector": 1}));
    bench.post("/v1/token", &json!({"evse": 1, "idToken": "A1"}));
    until("the station charges", || {
        let evse = &bench.state()["evses"][0];
        evse["transactionId"].is_string().then_some(())
    });
    bench.post("/v1/unplug", &json!({"evse": 1, "connector": 1}));
    until("it is told in 2.0.1", || {
        let told = bench.transactions();
        (told.len() == 2 && bench.state()["queued"] == 0).then_some(())
    });
    bench.station.kill();
    bench.station = start_with(&bench.url, &bench.folder, "1.6");
    bench.until_accepted();
    until("the end is delivered", || {
        let told = bench.transactions();
        told.iter().all(|t| t["stoppedAt"] != "").then_some(())
    });
    assert_eq!(bench.transactions().len(), 2);
}

#[test]
fn the_control_interface_does_and_explains() {
    let bench = Bench::new("control");
    let (status, answer) = bench.control("GET", "/v1/health", &Value::Null);
    assert_eq!((status, answer), (200, json!({"status": "up"})));
    let key = "/v1/config/HeartbeatInterval";
    assert_eq!(bench.control("PUT", key, &json!({"value": "77"})).0, 200);
    assert_eq!(bench.control("GET", key, &Value::Null).1["value"], "77");
    let answer = bench.post("/v1/call/Heartbeat", &json!({}));
    assert!(answer["result"]["currentTime"].is_string(), "{answer}");
    let answer = bench.post("/v1/call/Oops", &json!({}));
    assert_eq!(answer["error"]["code"], "NotImplemented");
    bench.post(
        "/v1/fault",
        &json!({"evse": 2, "connector": 1, "errorCode": "HighTemperature"}),
    );
    until("the fault is shown", || {
        (bench.state()["evses"][1]["status"] == "Faulted").then_some(())
    });
    bench.post(
        "/v1/fault",
        &json!({"evse": 2, "connector": 1, "errorCode": "NoError"}),
    );
    until("the fault is over", || {
        (bench.state()["evses"][1]["status"] == "Available").then_some(())
    });
    let seeded = json!({"status": "Accepted", "groupIdToken": "G"});
    assert_eq!(bench.control("PUT", "/v1/cache/B2", &seeded).0, 200);
    assert_eq!(bench.control("PUT", "/v1/local-list/B3", &seeded).0, 200);
    for (method, path, body, status) in [
        ("GET", "/v1/oops", Value::Null, 404),
        ("GET", "/v1/plug", Value::Null, 405),
        ("POST", "/v1/state", Value::Null, 405),
        ("GET", "/v1/config/Oops", Value::Null, 404),
        ("PUT", key, json!({"value": "many"}), 400),
        ("POST", "/v1/plug", json!({"evse": 9}), 400),
        ("POST", "/v1/plug", json!({}), 400),
        ("POST", "/v1/plug", json!({"evse": 1, "ev": "asleep"}), 400),
        ("POST", "/v1/unplug", json!({"evse": 1}), 409),
        ("POST", "/v1/ev", json!({"evse": 1, "state": "ready"}), 409),
        ("POST", "/v1/ev", json!({"evse": 1, "state": "asleep"}), 400),
        (
            "POST",
            "/v1/fault",
            json!({"evse": 1, "errorCode": "Oops"}),
            400,
        ),
        ("PUT", "/v1/cache/B2", json!({"status": "Perhaps"}), 400),
        ("POST", "/v1/power", json!({"action": "explode"}), 400),
    ] {
        let (found, answer) = bench.control(method, path, &body);
        assert_eq!(found, status, "{method} {path} {body}: {answer}");
        assert!(answer["error"].is_string(), "{answer}");
    }
    // A car that is not ready yet.
    bench.post("/v1/plug", &json!({"evse": 2, "ev": "suspended"}));
    bench.post("/v1/token", &json!({"evse": 2, "idToken": "A1"}));
    until("the car keeps the station waiting", || {
        (bench.state()["evses"][1]["status"] == "SuspendedEV").then_some(())
    });
    bench.post("/v1/unplug", &json!({"evse": 2}));
    bench.post("/v1/stop", &json!({}));
    until("the station is disconnected", || {
        (bench.state()["connected"] == false).then_some(())
    });
    bench.post("/v1/start", &json!({}));
    until("it is back", || {
        (bench.state()["connected"] == true).then_some(())
    });
    bench.post(
        "/v1/power",
        &json!({"action": "cycle", "stopTransactions": false}),
    );
    bench.until_accepted();
}

#[test]
fn the_demo_shows_a_session_in_which_everything_is_right() {
    let output = Command::new(env!("CARGO_BIN_EXE_ocpp"))
        .arg("demo")
        .output()
        .unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    let problems = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{shown}\n{problems}");
    for words in [
        "OCPP 1.6",
        "OCPP 2.0.1",
        "BootNotification",
        "limit 10",
        "status Unlocked",
        "Wh charged",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(!shown.contains('\u{1b}'), "no colours in a pipe");
}
