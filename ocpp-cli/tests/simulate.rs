//! Many simulated stations at a management system.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::process::Command;

use common::{Program, ask};
use serde_json::Value;

fn simulate(url: &str, more: &[&str]) -> (Option<i32>, Value) {
    let args = ["simulate", "--url", url, "--json", "--ramp", "0"];
    let output = Command::new(env!("CARGO_BIN_EXE_ocpp"))
        .args(args)
        .args(more)
        .output()
        .unwrap();
    let report = String::from_utf8(output.stdout).unwrap();
    eprintln!("{}", String::from_utf8_lossy(&output.stderr));
    (output.status.code(), serde_json::from_str(&report).unwrap())
}

#[test]
fn a_day_goes_by_and_every_transaction_is_there() {
    let csms = Program::csms(&[
        "--accept-any-token",
        "--log",
        "off",
        // A day of some seconds is told in a hurry.
        "--messages-per-second",
        "0",
    ]);
    let url = format!("ws://{}/", csms.address("stations"));
    let day = [
        "--stations",
        "20",
        "--version",
        "1.6,2.0.1",
        "--day-length",
        "10",
        "--seed",
        "3",
    ];
    let (status, report) = simulate(&url, &day);
    assert_eq!(status, Some(0), "{report}");
    let begun = report["transactions"]["begun"].as_u64().unwrap();
    assert!(begun > 20, "{report}");
    assert_eq!(report["transactions"]["ended"], begun, "{report}");
    for action in [
        "BootNotification",
        "StartTransaction",
        "StopTransaction",
        "TransactionEvent",
        "MeterValues",
    ] {
        assert!(
            report["answers"][action]["count"].as_u64() > Some(0),
            "{action}: {report}"
        );
    }
    // Those whose network was cut came back.
    assert!(
        report["connections"]["count"].as_u64().unwrap() > 20,
        "{report}"
    );
    let stored = ask(
        csms.address("operator"),
        "GET",
        "/v1/transactions",
        &Value::Null,
    );
    let stored = stored.as_array().unwrap();
    assert_eq!(
        stored.len() as u64,
        begun,
        "none is missing and none is there twice"
    );
    assert!(stored.iter().all(|one| one["stoppedAt"] != ""));
}

#[test]
fn errors_are_told_by_the_status() {
    let nobody = ["--stations", "1", "--day-length", "5", "--no-network-cut"];
    let (status, report) = simulate("ws://127.0.0.1:1/", &nobody);
    assert_eq!(status, Some(2), "{report}");
    assert!(report["errors"]["count"].as_u64() > Some(0), "{report}");
    // Whoever is not known is turned away.
    let csms = Program::csms(&["--log", "off"]);
    let put = serde_json::json!({"password": "a long password of one"});
    ask(
        csms.address("operator"),
        "PUT",
        "/v1/stations/SIM000001",
        &put,
    );
    let url = format!("ws://{}/", csms.address("stations"));
    let two = ["--stations", "2", "--day-length", "5", "--no-network-cut"];
    let (status, report) = simulate(&url, &two);
    assert_eq!(status, Some(1), "{report}");
    assert!(
        report["errors"]["refused"].as_object().unwrap().len() == 1,
        "{report}"
    );
}
