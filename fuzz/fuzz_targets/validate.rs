//! `ocpp validate` on any bytes: it ends, without a panic and within the time that libFuzzer gives it, tells every line once or
//! as a part of a frame, and prints nothing that a terminal obeys. What it judges right is judged right by itself, too.
#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use ocpp_report::validate::{Options, judge};
use serde_json::Value;

/// Small bounds, so that they are reached.
const MAX_LINE: usize = 4 * 1024;
const MAX_DOCUMENT: usize = 16 * 1024;

fuzz_target!(|data: &[u8]| {
    let Some((flags, log)) = data.split_first() else {
        return;
    };
    let version = match flags & 3 {
        1 => Some(ocpp_types::Version::V1_6),
        2 => Some(ocpp_types::Version::V2_0_1),
        3 => Some(ocpp_types::Version::V2_1),
        _ => None,
    };
    let options = Options {
        version,
        lenient: flags & 4 != 0,
        json: flags & 8 == 0,
        strict_lines: flags & 16 != 0,
        max_line: MAX_LINE,
        max_document: MAX_DOCUMENT,
    };
    let mut out = Vec::new();
    let summary = judge(log, &mut out, &options).expect("reading and writing memory");
    assert!(summary.is_complete);
    let printed = std::str::from_utf8(&out).expect("text");
    assert!(
        printed
            .lines()
            .all(|line| !line.chars().any(char::is_control))
    );
    if options.json {
        check_records(printed, summary.lines);
    }
});

/// One object for each frame and each line without one, in the order of the lines.
fn check_records(printed: &str, lines: u64) {
    let mut told = BTreeSet::new();
    let (mut last, mut spread) = (0, 0);
    for line in printed.lines() {
        let record: Value = serde_json::from_str(line).expect("JSON");
        let number = record["line"].as_u64().expect("a line");
        assert!(number >= last && (1..=lines).contains(&number), "{record}");
        last = number;
        let is_bare = record["message"].is_null() && record["ok"] == true;
        assert!(told.insert(number) || !is_bare, "{record}");
        assert_eq!(
            record["ok"] == true,
            record.get("errors").is_none(),
            "{record}"
        );
        spread += record["lines"].as_u64().unwrap_or(1) - 1;
    }
    let silent = (1..=lines).filter(|line| !told.contains(line)).count() as u64;
    assert!(silent <= spread, "{silent} lines are in no frame");
}
