//! The test lab over real connections against `ocpp csms`, which is operated through its operator interface.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::process::Command;

use common::Program;
use serde_json::Value;

/// Runs cases of a preset against a new CSMS; the report.
fn run(preset: &str, cases: &[&str], profiles: &[u8]) -> Value {
    let listen: Vec<String> = profiles
        .iter()
        .map(|profile| format!("{profile}@127.0.0.1:0"))
        .collect();
    let mut args = vec!["csms", "--api", "127.0.0.1:0"];
    for listen in &listen {
        args.extend(["--listen", listen]);
    }
    let program = Program::start(&args, profiles.len() + 1);
    let api = format!("http://{}", program.address("operator"));
    let urls: Vec<String> = profiles
        .iter()
        .zip(program.addresses("stations"))
        .map(|(profile, address)| format!("{profile}@ws://{address}"))
        .collect();
    let mut lab = Command::new(env!("CARGO_BIN_EXE_ocpp"));
    lab.args(["conformance", "run", "--role", "csms", "--preset", preset]);
    lab.args([
        "--short-intervals",
        "--quiet",
        "--report",
        "json",
        "--wire",
        &api,
    ]);
    for url in &urls {
        lab.args(["--url", url]);
    }
    let output = lab.args(cases).output().unwrap();
    let report = serde_json::from_slice(&output.stdout);
    report.unwrap_or_else(|error| {
        let said = String::from_utf8_lossy(&output.stderr);
        panic!("{error}: {said}")
    })
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
    let cases = [
        "TC_012_CSMS",
        "TC_019_2_CSMS",
        "TC_021_CSMS",
        "TC_026_CSMS",
        "TC_042_1_CSMS",
        "TC_043_5_CSMS",
        "TC_048_2_CSMS",
        "TC_053_CSMS",
        "TC_054_CSMS",
        "TC_064_CSMS",
        "TC_067_CSMS",
        "TC_073_CSMS",
        "TC_085_CSMS",
        "TC_088_CSMS",
    ];
    all_pass(&run("csms-1.6", &cases, &[0, 1]), &cases);
}

#[test]
fn a_csms_is_judged_over_real_connections() {
    let cases = [
        "TC_B_06_CSMS",
        "TC_B_10_CSMS",
        "TC_B_12_CSMS",
        "TC_B_30_CSMS",
        "TC_B_58_CSMS",
        "TC_C_39_CSMS",
        "TC_E_31_CSMS",
        "TC_F_06_CSMS",
        "TC_H_17_CSMS",
    ];
    all_pass(&run("csms-2.0.1", &cases, &[0]), &cases);
}
