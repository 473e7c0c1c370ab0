//! `ocpp validate` on the logs of many programs: the files in `tests/logs`, written for this test in the forms that the
//! programs use. Beside each stands what is expected of it: line, verdict and message of every frame.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn logs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logs");
    let entries = std::fs::read_dir(folder).unwrap();
    let mut logs: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    logs.retain(|path| path.extension().is_some_and(|extension| extension == "log"));
    logs.sort();
    logs
}

/// The objects that come out.
fn records(path: &Path) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ocpp"));
    let output = command
        .args(["validate", "--json"])
        .arg(path)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A frame, as the files with the expectations write it.
fn described(record: &Value) -> String {
    let ok = record["ok"] == true;
    let verdict = match (ok, record.get("cut").is_some()) {
        (true, false) => "right",
        (false, false) => "wrong",
        (true, true) => "shortened",
        (false, true) => "cut",
    };
    let message = record["message"].as_str().unwrap_or("-");
    let mut text = format!("{} {verdict} {message}", record["line"]);
    if let Some(lines) = record.get("lines") {
        write!(text, " lines={lines}").unwrap();
    }
    for note in record["notes"].as_array().into_iter().flatten() {
        if note["kind"] != "shortened" {
            write!(text, " {}", note["kind"].as_str().unwrap()).unwrap();
        }
    }
    text
}

#[test]
fn the_frames_in_the_logs_of_many_programs_are_found_and_judged() {
    let logs = logs();
    assert!(logs.len() >= 24, "{logs:?}");
    for path in logs {
        let expected = std::fs::read_to_string(path.with_extension("expected")).unwrap();
        let records = records(&path);
        let is_frame = |record: &&Value| record["message"] != Value::Null || record["ok"] == false;
        let frames: Vec<_> = records.iter().filter(is_frame).map(described).collect();
        let expected: Vec<_> = expected.lines().collect();
        assert_eq!(frames, expected, "{}", path.display());
    }
}

#[test]
fn every_line_is_told_once_or_belongs_to_a_frame() {
    for path in logs() {
        let count = std::fs::read(&path)
            .unwrap()
            .split_inclusive(|byte| *byte == b'\n')
            .count() as u64;
        let mut told = BTreeSet::new();
        let mut spread = 0;
        let mut last = 0;
        for record in records(&path) {
            let line = record["line"].as_u64().unwrap();
            assert!(line >= last, "{}: {record}", path.display());
            last = line;
            if record["message"] == Value::Null && record["ok"] == true {
                assert!(told.insert(line), "{}: {record}", path.display());
            }
            told.insert(line);
            spread += record["lines"].as_u64().unwrap_or(1) - 1;
        }
        // The last line of a frame may be the first of the next.
        let missing = (1..=count).filter(|line| !told.contains(line)).count() as u64;
        assert!(
            missing <= spread && spread - missing <= 1,
            "{}: {missing} {spread}",
            path.display()
        );
    }
}

#[test]
fn nothing_that_a_terminal_obeys_is_printed() {
    for path in logs() {
        for arguments in [&["validate"][..], &["validate", "--json"]] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_ocpp"));
            let output = command.args(arguments).arg(&path).output().unwrap();
            let is_command = |byte: &u8| *byte < b' ' && *byte != b'\n' || *byte == 0x7F;
            assert!(!output.stdout.iter().any(is_command), "{}", path.display());
        }
    }
}
