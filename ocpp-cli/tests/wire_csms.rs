//! The test lab over real connections against `ocpp csms`, whose operator is a person: this test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::io::{BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::thread;

use common::{Program, http};
use serde_json::{Value, json};

/// Runs cases of a preset against a new CSMS. Facts are taken as entered, the cache is cleared when that is asked for, and
/// what the CSMS shows is `shown`. Gives the report.
fn run(preset: &str, cases: &[&str], shown: &'static str) -> Value {
    let csms = [
        "csms",
        "--listen",
        "127.0.0.1:0",
        "--api",
        "127.0.0.1:0",
        "--interval",
        "1",
        "--accept-any-token",
        "--concurrent-transactions",
    ];
    let program = Program::start(&csms, 2);
    let api = program.address("operator");
    let url = format!("0@ws://{}", program.address("stations"));
    let mut lab = Command::new(env!("CARGO_BIN_EXE_ocpp"))
        .args(["conformance", "run", "--role", "csms", "--preset", preset])
        .args(["--short-intervals", "--report", "json", "--wire", "ask"])
        .args(["--url", &url])
        .args(cases)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut answers = lab.stdin.take().unwrap();
    let asks = lab.stderr.take().unwrap();
    let person = thread::spawn(move || {
        let mut heard = String::new();
        for byte in BufReader::new(asks).bytes().map_while(Result::ok) {
            heard.push(char::from(byte));
            if !heard.ends_with(": ") {
                continue;
            }
            if heard.contains("y or n") {
                writeln!(answers, "{shown}").unwrap();
            } else if heard.contains("Let the CSMS know") {
                writeln!(answers).unwrap();
            } else if heard.contains("At the CSMS: clear the cache (") {
                thread::spawn(move || {
                    http(
                        api,
                        "POST",
                        "/v1/stations/LAB-1/call/ClearCache",
                        &json!({}),
                    )
                });
            } else {
                continue;
            }
            heard.clear();
        }
    });
    let mut report = String::new();
    let mut out = lab.stdout.take().unwrap();
    out.read_to_string(&mut report).unwrap();
    lab.wait().unwrap();
    person.join().unwrap();
    serde_json::from_str(&report).unwrap()
}

/// All of them have passed, over the wire.
fn all_pass(report: &Value, cases: &[&str]) {
    assert_eq!(report["bench"], "wire");
    let all = report["cases"].as_array().unwrap();
    assert_eq!(all.len(), cases.len());
    for case in all {
        assert_eq!(case["result"], "PASS", "{case:#}");
    }
}

#[test]
fn a_central_system_is_judged_over_real_connections() {
    let cases = ["TC_001_CSMS", "TC_003_CSMS", "TC_061_CSMS", "TC_088_CSMS"];
    all_pass(&run("csms-1.6", &cases, "y"), &cases);
}

#[test]
fn a_csms_is_judged_over_real_connections() {
    let cases = [
        "TC_B_01_CSMS",
        "TC_B_58_CSMS",
        "TC_C_08_CSMS",
        "TC_C_37_CSMS",
        "TC_E_53_CSMS",
    ];
    all_pass(&run("csms-2.0.1", &cases, "y"), &cases);
}

#[test]
fn a_csms_that_shows_something_else_fails_and_so_does_one_without_a_listener_for_the_profile() {
    let report = run("csms-1.6", &["TC_061_CSMS", "TC_073_CSMS"], "n");
    let cases = report["cases"].as_array().unwrap();
    assert_eq!(cases[0]["result"], "FAIL", "{report:#}");
    let check = cases[0]["failed_check"].as_str().unwrap();
    assert!(check.starts_with("clear.told"), "{check}");
    // Nobody listens for profile 1: that says nothing about the CSMS.
    assert_eq!(cases[1]["result"], "NOT_APPLICABLE", "{report:#}");
}
