//! The state folder of `ocpp station`: what is in it, and what people settle.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::path::Path;
use std::process::Command;

use common::{Folder, Program, ask, http, until};
use ocpp_core::station::Record;
use ocpp_tokio::station::{Change, Records};
use serde_json::{Value, json};

fn store(folder: &Path, key: &str, value: &str) {
    let records = Records::open(folder).unwrap();
    let record = Record {
        key: key.into(),
        value: value.into(),
    };
    records.change(vec![Change::Store(record)]).unwrap();
}

fn given_up() -> String {
    let payload = json!({"transactionId": 7, "idTag": "A1", "meterStop": 100, "timestamp": "2024-05-15T12:00:00Z"});
    json!({"action": "StopTransaction", "payload": payload.to_string(), "reason": "refused"})
        .to_string()
}

/// Status and text of `ocpp station --check-state`.
fn check(folder: &Path) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_ocpp"))
        .args(["station", "--check-state", "--state-dir"])
        .arg(folder)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), text + &errors)
}

/// All files with their contents.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.is_file());
    let read = |path: std::path::PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_string();
        (name, std::fs::read(&path).unwrap())
    };
    let mut files: Vec<_> = files.map(read).collect();
    files.sort();
    files
}

#[test]
fn a_state_folder_is_looked_at_and_not_changed() {
    let folder = Folder::new("check-state");
    let state = folder.path().join("state");
    let (status, text) = check(&state);
    assert_eq!(status, 2, "{text}");
    assert!(text.contains("state"), "it names the folder: {text}");
    assert!(!state.exists());

    store(&state, "format", "2");
    store(&state, "given-up/00000000000000000003", &given_up());
    let before = files(&state);
    let (status, text) = check(&state);
    assert_eq!(status, 0, "{text}");
    let lines = [
        "format: 2",
        "transactions: 0",
        "queued messages: 0",
        "given up: 1",
        "  3 StopTransaction: refused",
    ];
    assert_eq!(text.lines().take(5).collect::<Vec<_>>(), lines);
    assert_eq!(files(&state), before, "nothing has changed");

    store(&state, "transaction/00000000000000000004", "{\"at\"");
    store(&state, "from-the-future/1", "true");
    std::fs::create_dir(state.join("keys")).unwrap();
    std::fs::write(state.join("keys/key-1.pem"), "no key").unwrap();
    let before = files(&state);
    let (status, text) = check(&state);
    assert_eq!(status, 1, "{text}");
    for line in [
        "unknown: from-the-future/1",
        "cannot be read: transaction/00000000000000000004: ",
        "damaged: the private key ",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert_eq!(files(&state), before, "nothing has changed");
    assert!(state.join("keys/key-1.pem").exists());

    // A station that runs has it open.
    let records = Records::open(&state).unwrap();
    let (status, text) = check(&state);
    assert_eq!(status, 2, "{text}");
    assert!(text.contains("another program"), "{text}");
    drop(records);
}

#[test]
fn messages_that_were_given_up_are_listed_and_settled() {
    let folder = Folder::new("given-up");
    let state = folder.path().join("state");
    store(&state, "format", "2");
    for id in [3, 4] {
        store(&state, &format!("given-up/{id:020}"), &given_up());
    }
    let args = [
        "station",
        "--url",
        "ws://127.0.0.1:9",
        "--id",
        "CP1",
        "--control",
        "127.0.0.1:0",
        "--state-dir",
        state.to_str().unwrap(),
        "--no-start",
    ];
    let ids = |program: &Program| -> Vec<u64> {
        let state = ask(program.address("control"), "GET", "/v1/state", &Value::Null);
        let all = state["givenUp"].as_array().unwrap();
        assert_eq!(state["storageFailed"], false);
        assert!(all.iter().all(|one| one["action"] == "StopTransaction"
            && one["reason"] == "refused"
            && one["payload"].as_str().unwrap().contains("meterStop")));
        all.iter().map(|one| one["id"].as_u64().unwrap()).collect()
    };
    let station = Program::start(&args, 1);
    let delete = |program: &Program, id: &str| {
        let path = format!("/v1/given-up/{id}");
        http(program.address("control"), "DELETE", &path, &Value::Null).0
    };
    assert_eq!(ids(&station), [3, 4]);
    assert_eq!(delete(&station, "5"), 404);
    assert_eq!(delete(&station, "x"), 404);
    assert_eq!(delete(&station, "3"), 200);
    until("it is forgotten", || (ids(&station) == [4]).then_some(()));
    drop(station);
    let station = Program::start(&args, 1);
    assert_eq!(ids(&station), [4]);
}
