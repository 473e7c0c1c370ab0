//! What somebody sees who starts the programs for the first time: the log, and what is said of mistakes on the command line.
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

fn csms(more: &[&str]) -> Program {
    let args = ["csms", "--listen", "127.0.0.1:0", "--api", "127.0.0.1:0"];
    Program::start(&[&args[..], more].concat(), 2)
}

/// A station that is accepted.
fn station(csms: &Program, more: &[&str]) -> (Program, SocketAddr) {
    let url = format!("ws://{}", csms.address("stations"));
    let args = [
        "station",
        "--url",
        &url,
        "--id",
        "CP001",
        "--control",
        "127.0.0.1:0",
    ];
    let speed = ["--reconnect-wait", "1", "--time-scale", "3600"];
    let station = Program::start(&[&args[..], &speed, more].concat(), 1);
    let control = station.address("control");
    until("the station is accepted", || {
        (state(control)["registration"] == "Accepted").then_some(())
    });
    (station, control)
}

fn state(control: SocketAddr) -> Value {
    http(control, "GET", "/v1/state", &Value::Null).1
}

fn present(control: SocketAddr) -> Value {
    let body = json!({"evse": 1, "idToken": "B 7"});
    ask(control, "POST", "/v1/token", &body)["status"].clone()
}

#[test]
fn the_log_says_who_may_not_charge_and_how_to_change_that_and_what_was_charged() {
    for version in ["1.6", "2.0.1"] {
        let csms = csms(&[]);
        let (station, control) = station(&csms, &["--version", version]);
        ask(control, "POST", "/v1/plug", &json!({"evse": 1}));
        assert_eq!(present(control), "Invalid");
        let api = csms.address("operator");
        let how = format!("curl -X PUT http://{api}/v1/tokens/B%207 ");
        until("the log says how to put it", || {
            let told = csms.errors();
            (told.contains("token B 7 is not known") && told.contains(&how)).then_some(())
        });
        ask(
            api,
            "PUT",
            "/v1/tokens/B%207",
            &json!({"status": "Accepted"}),
        );
        assert_eq!(present(control), "Accepted");
        until("energy flows", || {
            let evse = &state(control)["evses"][0];
            (evse["energyWh"].as_f64() > Some(0.0)).then_some(())
        });
        assert_eq!(present(control), "Accepted");
        for program in [&csms, &station] {
            until("both logs tell the session", || {
                let told = program.errors();
                let ended = told
                    .lines()
                    .find(|line| line.contains(" ended at EVSE 1"))?;
                assert!(told.contains(" began at EVSE 1"), "{told}");
                // A time, a level, whose line it is, and the energy.
                let words: Vec<&str> = ended.split_whitespace().collect();
                assert!(words[0].ends_with('Z') && words[0].len() == 24, "{ended}");
                assert_eq!((words[1], words[2]), ("INFO", "CP001:"), "{ended}");
                let energy: f64 = words[words.len() - 2].parse().unwrap();
                assert!(energy > 0.0 && ended.ends_with(" Wh"), "{ended}");
                Some(())
            });
        }
    }
}

#[test]
fn any_token_charges_when_the_csms_is_told_so() {
    let csms = csms(&["--accept-any-token"]);
    let (_station, control) = station(&csms, &[]);
    ask(control, "POST", "/v1/plug", &json!({"evse": 1}));
    assert_eq!(present(control), "Accepted");
    // What was put still counts.
    let blocked = json!({"status": "Blocked"});
    ask(csms.address("operator"), "PUT", "/v1/tokens/C1", &blocked);
    let body = json!({"evse": 1, "idToken": "C1"});
    let status = ask(control, "POST", "/v1/token", &body)["status"].clone();
    assert_ne!(status, "Accepted");
}

#[test]
fn security_events_are_named_as_on_the_wire() {
    for (version, event) in [
        ("1.6", "FailedToAuthenticateAtCentralSystem"),
        ("2.0.1", "FailedToAuthenticateAtCsms"),
    ] {
        let csms = csms(&["--security-profile", "1"]);
        let url = format!("ws://{}", csms.address("stations"));
        let args = [
            "station",
            "--url",
            &url,
            "--id",
            "CP001",
            "--version",
            version,
        ];
        let more = ["--password", "sixteen letters!", "--control", "127.0.0.1:0"];
        let station = Program::start(&[&args[..], &more].concat(), 1);
        until("it is told", || {
            let told = station.errors();
            (told.contains("not connected") && (version != "1.6" || told.contains(event)))
                .then_some(())
        });
    }
}

/// S20: a locked plug stays in the socket of the station when the car's end is pulled.
#[test]
fn a_transaction_can_outlive_the_car_that_is_unplugged() {
    let csms = csms(&["--accept-any-token"]);
    let (_station, control) = station(&csms, &["--version", "1.6"]);
    let key = "/v1/config/StopTransactionOnEVSideDisconnect";
    ask(control, "PUT", key, &json!({"value": "false"}));
    ask(control, "POST", "/v1/plug", &json!({"evse": 1}));
    assert_eq!(present(control), "Accepted");
    let evse = |status: &'static str, plugged: bool, locked: bool| {
        until(status, || {
            let evse = state(control)["evses"][0].clone();
            let same = evse["plugged"] == plugged && evse["locked"] == locked;
            (same && evse["status"] == status).then_some(evse)
        })
    };
    let begun = evse("Charging", true, true)["transaction"]["number"].clone();
    ask(control, "POST", "/v1/unplug", &json!({"evse": 1}));
    let waits = evse("SuspendedEV", false, true);
    assert_eq!(waits["transaction"]["number"], begun);
    assert_eq!(
        http(control, "POST", "/v1/unplug", &json!({"evse": 1})).0,
        409
    );
    ask(control, "POST", "/v1/plug", &json!({"evse": 1}));
    assert_eq!(evse("Charging", true, true)["transaction"]["number"], begun);
    // The car goes again, and the driver ends it: the lock opens, and the cable leaves with the driver.
    ask(control, "POST", "/v1/unplug", &json!({"evse": 1}));
    evse("SuspendedEV", false, true);
    assert_eq!(present(control), "Accepted");
    let over = evse("Available", false, false);
    assert_eq!(over["transaction"], Value::Null);
}

/// S27: a transaction of 1.6 that the CSMS does not know yet is seen all the same.
#[test]
fn a_transaction_that_began_offline_is_shown() {
    let csms = csms(&["--accept-any-token"]);
    let (_station, control) = station(&csms, &["--version", "1.6"]);
    let accepted = json!({"status": "Accepted"});
    ask(control, "PUT", "/v1/local-list/B%207", &accepted);
    ask(control, "POST", "/v1/network", &json!({"online": false}));
    until("the network is gone", || {
        (state(control)["connected"] == false).then_some(())
    });
    ask(control, "POST", "/v1/plug", &json!({"evse": 1}));
    assert_eq!(present(control), "Accepted");
    let evse = until("energy flows", || {
        let evse = state(control)["evses"][0].clone();
        (evse["energyWh"].as_f64() > Some(0.0)).then_some(evse)
    });
    assert_eq!(evse["transactionId"], Value::Null);
    assert_eq!(evse["transaction"]["id"], Value::Null);
    assert!(evse["transaction"]["startedAt"].is_string(), "{evse}");
    let before = evse["energyWh"].as_f64();
    until("the energy follows the meter", || {
        (state(control)["evses"][0]["energyWh"].as_f64() > before).then_some(())
    });
}

/// What is said when a program does not start.
fn refused(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_ocpp"))
        .args(args)
        .output()
        .unwrap();
    assert!(!output.status.success(), "{args:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn mistakes_on_the_command_line_are_told_at_the_start() {
    let folder = Folder::new("mistakes");
    let missing = folder.file("missing.pem");
    let good = ["station", "--url", "ws://127.0.0.1:1", "--id", "CP1"];
    for (url, reason) in [
        ("http://127.0.0.1:9000", "not http://"),
        ("127.0.0.1:9000", "ws://HOST:PORT"),
        ("ws://", "--url"),
        ("ws:///path", "--url"),
        ("ws://host:0/", "port"),
        ("ws://host:99999/", "--url"),
        ("ws://user:secret@host/", "--password"),
        ("ws://host/#part", "fragment"),
        ("", "--url"),
    ] {
        let told = refused(&["station", "--url", url, "--id", "CP1"]);
        assert!(told.contains(reason), "{url}: {told}");
    }
    for (more, reason) in [
        (
            vec!["--set", "NumberOfConnectors=7"],
            "NumberOfConnectors follows from",
        ),
        (
            vec!["--set", "NumberOfConnector=1"],
            "there is no key NumberOfConnector",
        ),
        (
            vec!["--set", "HeartbeatInterval=x"],
            "is no value of HeartbeatInterval",
        ),
        (vec!["--set", "HeartbeatInterval"], "KEY=VALUE"),
        (vec!["--version", "2.1"], "possible values: 1.6, 2.0.1"),
        (vec!["--ca", &missing], missing.as_str()),
        (
            vec!["--api-token-file", &missing, "--control", "127.0.0.1:0"],
            missing.as_str(),
        ),
    ] {
        let told = refused(&[&good[..], &more].concat());
        assert!(told.contains(reason), "{more:?}: {told}");
        assert!(!told.contains("panicked"), "{told}");
    }
    let csms = csms(&[]);
    let (taken, api) = (
        csms.address("stations").to_string(),
        csms.address("operator").to_string(),
    );
    for args in [
        vec!["csms", "--listen", &taken],
        vec!["csms", "--listen", "127.0.0.1:0", "--api", &api],
        [&good[..], &["--control", &api]].concat(),
    ] {
        let told = refused(&args);
        let address = if args.contains(&api.as_str()) {
            &api
        } else {
            &taken
        };
        assert!(told.contains(address.as_str()), "{args:?}: {told}");
    }
    let state = folder.file("no/such/folder/state.redb");
    let told = refused(&["csms", "--listen", "127.0.0.1:0", "--state", &state]);
    assert!(told.contains(&state), "{told}");
    // The same value is no contradiction.
    let fine = [
        &good[..],
        &["--set", "NumberOfConnectors=1", "--control", "127.0.0.1:0"],
    ]
    .concat();
    let _runs = Program::start(&fine, 1);
}
