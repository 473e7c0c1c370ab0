//! The programs with a station and a CSMS that others wrote: the Python packages `ocpp` and `websockets`. `.ci/foreign`
//! installs what is needed and runs these tests.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use common::{Program, ask, http, until};
use serde_json::{Value, json};

/// A Python program that has to print "done" and to end well.
struct Foreign {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Foreign {
    fn start(script: &str, arguments: &[&str]) -> Self {
        let python = std::env::var("OCPP_FOREIGN_PYTHON")
            .expect("OCPP_FOREIGN_PYTHON names a Python with the packages; run .ci/foreign");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ocpp-tokio/tests/foreign");
        let mut child = Command::new(python)
            .arg(folder.join(script))
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("OCPP_FOREIGN_PYTHON can be run");
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        let line = self.lines.next();
        line.expect("the program says something; its error is above")
            .unwrap()
    }

    fn done(mut self) {
        assert_eq!(self.line(), "done");
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "needs Python with the packages of ocpp-tokio/tests/foreign/requirements.txt: run .ci/foreign"]
fn ocpp_csms_serves_a_foreign_station() {
    for (version, call, payload) in [
        (
            "1.6",
            "GetConfiguration",
            json!({"key": ["HeartbeatInterval"]}),
        ),
        (
            "2.0.1",
            "GetVariables",
            json!({"getVariableData": [{"component": {"name": "OCPPCommCtrlr"},
                                        "variable": {"name": "HeartbeatInterval"}}]}),
        ),
    ] {
        let arguments = ["csms", "--listen", "127.0.0.1:0", "--api", "127.0.0.1:0"];
        let csms = Program::start(&arguments, 2);
        let api = csms.address("operator");
        ask(api, "PUT", "/v1/tokens/TAG", &json!({"status": "Accepted"}));
        let url = format!("ws://{}/ocpp", csms.address("stations"));
        let station = Foreign::start("station.py", &[&url, "CP1", version, "--compression"]);
        let transactions = || ask(api, "GET", "/v1/transactions", &Value::Null);
        until("the transaction has ended", || {
            let all = transactions();
            (!all[0]["stoppedAt"].as_str()?.is_empty()).then_some(())
        });
        let path = format!("/v1/stations/CP1/call/{call}");
        let answer = ask(api, "POST", &path, &payload).to_string();
        assert!(answer.contains("300"), "{answer}");
        station.done();
        assert_eq!(transactions()[0]["idToken"], "TAG");
    }
}

#[test]
#[ignore = "needs Python with the packages of ocpp-tokio/tests/foreign/requirements.txt: run .ci/foreign"]
fn ocpp_station_is_a_station_to_a_foreign_csms() {
    for version in ["1.6", "2.0.1"] {
        let mut csms = Foreign::start("csms.py", &[version, "--compression"]);
        let line = csms.line();
        let url = format!(
            "ws://127.0.0.1:{}/ocpp",
            line.strip_prefix("listening ").unwrap()
        );
        let arguments = [
            "station",
            "--url",
            &url,
            "--id",
            "CP 1",
            "--version",
            version,
        ];
        let control = ["--control", "127.0.0.1:0"];
        let station = Program::start(&[&arguments[..], &control].concat(), 1);
        csms.done();
        let (_, state) = http(station.address("control"), "GET", "/v1/state", &Value::Null);
        assert_eq!(state["registration"], "Accepted");
    }
}
