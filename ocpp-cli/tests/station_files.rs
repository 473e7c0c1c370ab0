//! `ocpp station` from a configuration file, with firmware and logs over HTTP.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::sync::{Arc, Mutex};

use common::{Folder, Program, ask, http, until};
use serde_json::{Value, json};

const CONFIG: &str = r#"
versions = ["1.6"]
vendor = "Example"
model = "Two sockets"
serial_number = "CP-7"
boot_retry = 2
back_off = { wait_minimum = 1, repeat_times = 0, random_range = 0 }

[[evse]]
max_current = 32
phases = 3
connectors = [{ cable = "detachable", lock = true, kind = "sType2" }]

[[evse]]
max_current = 16.5
phases = 1
connectors = [{ cable = "fixed", kind = "cType2" }]

[features]
unsigned_firmware = true
max_energy_on_invalid_id = false
limits_in_watts = false

[limits]
get_configuration_keys = 5
local_list = 5
sample_interval = { min = 0, max = 300 }

[defaults]
HeartbeatInterval = 60
LocalPreAuthorize = true
CpoName = "Operator"
"#;

type Uploaded = Arc<Mutex<HashMap<String, String>>>;

/// Serves one file and takes all others.
fn file_server() -> (SocketAddr, Uploaded) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let uploaded = Uploaded::default();
    let taken = Arc::clone(&uploaded);
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = BufReader::new(socket.unwrap());
            let mut first = String::new();
            socket.read_line(&mut first).unwrap();
            let mut length = 0;
            loop {
                let mut line = String::new();
                if socket.read_line(&mut line).unwrap() == 0 || line == "\r\n" {
                    break;
                }
                let line = line.to_ascii_lowercase();
                if let Some(text) = line.strip_prefix("content-length:") {
                    length = text.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            socket.read_exact(&mut body).unwrap();
            let path = first.split(' ').nth(1).unwrap().to_string();
            let answer = if first.starts_with("PUT") {
                let body = String::from_utf8(body).unwrap();
                taken.lock().unwrap().insert(path, body);
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            } else {
                "HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\nfirmware"
            };
            socket.get_mut().write_all(answer.as_bytes()).unwrap();
        }
    });
    (address, uploaded)
}

#[test]
fn a_station_from_a_file_updates_its_firmware_and_sends_its_log() {
    let args = ["csms", "--listen", "127.0.0.1:0", "--api", "127.0.0.1:0"];
    let csms = Program::start(&args, 2);
    let url = format!("ws://{}/ocpp", csms.address("stations"));
    let api = csms.address("operator");
    let folder = Folder::new("files");
    let config = folder.file("station.toml");
    std::fs::write(&config, CONFIG).unwrap();
    let state = folder.file("state");
    let args = [
        "station",
        "--url",
        &url,
        "--id",
        "CP-7",
        "--config",
        &config,
        "--control",
        "127.0.0.1:0",
        "--state-dir",
        &state,
    ];
    let station = Program::start(&args, 1);
    let control = station.address("control");
    let accepted = || {
        let (_, state) = http(control, "GET", "/v1/state", &Value::Null);
        (state["registration"] == "Accepted" && state["connected"] == true).then_some(state)
    };
    let state = until("the station is accepted", accepted);
    assert_eq!(state["evses"].as_array().unwrap().len(), 2);
    let call = |action: &str, payload: Value| {
        let path = format!("/v1/stations/CP-7/call/{action}");
        ask(api, "POST", &path, &payload)["result"].clone()
    };
    let keys =
        json!({"key": ["LocalAuthListMaxLength", "HeartbeatInterval", "MaxEnergyOnInvalidId"]});
    let answer = call("GetConfiguration", keys);
    assert_eq!(answer["configurationKey"][0]["value"], "5");
    assert_eq!(answer["unknownKey"], json!(["MaxEnergyOnInvalidId"]));

    let (files, uploaded) = file_server();
    let firmware = json!({"location": format!("http://{files}/firmware"), "retrieveDate": "2020-01-01T00:00:00Z"});
    assert_eq!(call("UpdateFirmware", firmware), json!({}));
    until("the new firmware has registered", || {
        let (_, seen) = http(api, "GET", "/v1/stations/CP-7", &Value::Null);
        // The hash of what was downloaded.
        seen.to_string().contains("firmware-").then_some(())
    });
    assert!(station.errors().contains("CP-7: firmware: 8 of 8 bytes\n"));
    until("the station is accepted again", accepted);

    let log = json!({
        "logType": "SecurityLog", "requestId": 1, "log": {"remoteLocation": format!("http://{files}/logs/")},
    });
    let answer = call("GetLog", log);
    assert_eq!(answer["status"], "Accepted");
    let name = format!("/logs/{}", answer["filename"].as_str().unwrap());
    let log = until("the log has arrived", || {
        uploaded.lock().unwrap().get(&name).cloned()
    });
    let events: Vec<String> = log
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["event"]
                .as_str()
                .unwrap()
                .into()
        })
        .collect();
    assert_eq!(
        events
            .iter()
            .filter(|event| *event == "StartupOfTheDevice")
            .count(),
        2
    );
    assert!(events.contains(&"FirmwareUpdated".into()), "{events:?}");
}

#[test]
fn impossible_configurations_are_refused_with_a_reason() {
    let folder = Folder::new("impossible");
    let file = folder.file("station.toml");
    let refused = |text: &str| {
        std::fs::write(&file, text).unwrap();
        let args = [
            "station",
            "--url",
            "ws://127.0.0.1:1",
            "--id",
            "X",
            "--config",
            &file,
        ];
        let output = Command::new(env!("CARGO_BIN_EXE_ocpp"))
            .args(args)
            .output()
            .unwrap();
        assert!(!output.status.success(), "{text}");
        String::from_utf8(output.stderr).unwrap()
    };
    for (from, to, reason) in [
        ("vendor = \"Example\"", "", "vendor and model must be given"),
        (
            "[features]",
            "[features]\nreservation = false",
            "reservation of the station without reservation",
        ),
        (
            "limits_in_watts = false",
            "limits_in_watts = false\nlimits_in_amperes = false",
            "neither amperes nor watts",
        ),
        (
            "local_list = 5",
            "local_list = 0",
            "a local list with a limit of 0",
        ),
        (
            "max = 300",
            "max = 300 }\nheartbeat_interval = { min = 5, max = 1",
            "no value of HeartbeatInterval",
        ),
        (
            "HeartbeatInterval = 60",
            "HeartbeatIntervall = 60",
            "there is no key HeartbeatIntervall",
        ),
        (
            "HeartbeatInterval = 60",
            "HeartbeatInterval = -60",
            "\"-60\" is no value of HeartbeatInterval",
        ),
        ("phases = 1", "phases = 4", "EVSE 2 has more than 3 phases"),
        ("[limits]", "[limits]\nnonsense = 1", "nonsense"),
        (
            "versions = [\"1.6\"]",
            "versions = [\"1.7\"]",
            "1.7 is no version of OCPP",
        ),
    ] {
        assert!(CONFIG.contains(from), "{from}");
        let told = refused(&CONFIG.replacen(from, to, 1));
        assert!(told.contains(reason), "{reason}: {told}");
    }
}
