//! The program `ocpp validate` as scripts use it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn run(args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ocpp"))
        .arg("validate")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // A program that does not read its input to the end closes the pipe.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// The objects that come out, and the exit status.
fn records(args: &[&str], input: &[u8]) -> (Vec<Value>, i32) {
    let output = run(&[&["--json"], args].concat(), input);
    let text = String::from_utf8(output.stdout).unwrap();
    let records = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    (records, output.status.code().unwrap())
}

/// What is said about the last line of a conversation.
fn last(args: &[&str], lines: &[&str]) -> Value {
    let (records, _) = records(args, lines.join("\n").as_bytes());
    assert_eq!(records.len(), lines.len());
    let mut last = records.into_iter().next_back().unwrap();
    assert_eq!(last["line"], lines.len());
    last.as_object_mut().unwrap().remove("line");
    last
}

const BOOT_1_6: &str = r#"{"chargePointVendor":"ACME","chargePointModel":"One"}"#;

#[test]
fn the_documented_example_comes_out_as_documented() {
    let meter = r#"[2,"2","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"2024-05-15T12:00:00Z","sampledValue":[{"value":"50","unit":"Hz"}]}]}]"#;
    let input = format!("[2,\"1\",\"BootNotification\",{BOOT_1_6}]\n{meter}\n");
    let output = run(&["--json", "--version", "1.6"], input.as_bytes());
    let text = String::from_utf8(output.stdout).unwrap();
    let (first, second) = text.split_once('\n').unwrap();
    assert_eq!(
        first,
        r#"{"line":1,"ok":true,"message":"BootNotificationRequest"}"#
    );
    let second: Value = serde_json::from_str(second).unwrap();
    let error = &second["errors"][0];
    assert_eq!(second["line"], 2);
    assert_eq!(second["ok"], false);
    assert_eq!(second["message"], "MeterValuesRequest");
    assert_eq!(second["callerror"], "PropertyConstraintViolation");
    assert_eq!(error["pointer"], "/meterValue/0/sampledValue/0/unit");
    assert_eq!(error["code"], "PropertyConstraintViolation");
    assert!(
        error["expected"]
            .as_str()
            .unwrap()
            .starts_with("one of Wh, "),
        "{error}"
    );
    assert_eq!(error["found"], "\"Hz\"");
    assert_eq!(output.status.code(), Some(1));
    let summary = String::from_utf8(output.stderr).unwrap();
    assert!(
        summary.starts_with("2 lines: 1 right, 1 wrong\n"),
        "{summary}"
    );
}

#[test]
fn all_three_forms_of_a_line_are_recognised() {
    let heartbeat = r#"[2,"a","Heartbeat",{}]"#;
    let lines = [
        heartbeat.to_string(),
        format!("2024-05-15T12:00:00Z send {heartbeat}"),
        format!("[2024-05-15 12:00:00] INFO <- {heartbeat}"),
        format!(r#"{{"version":"2.0.1","from":"station","frame":{heartbeat}}}"#),
        format!(r#"{{"version":"1.6","message":"BootNotificationRequest","payload":{BOOT_1_6}}}"#),
        r#"{"version":"2.1","message":"NotifyPeriodicEventStream","payload":{}}"#.into(),
    ];
    let (records, status) = records(&["--version", "1.6"], lines.join("\r\n").as_bytes());
    let said: Vec<_> = records
        .iter()
        .map(|record| (record["message"].as_str().unwrap(), record["ok"] == true))
        .collect();
    assert_eq!(
        said,
        [
            ("HeartbeatRequest", true),
            ("HeartbeatRequest", true),
            ("HeartbeatRequest", true),
            ("HeartbeatRequest", true),
            ("BootNotificationRequest", true),
            ("NotifyPeriodicEventStream", false),
        ]
    );
    assert_eq!(status, 1);
}

#[test]
fn a_version_comes_from_the_line_from_the_command_line_or_from_what_is_said() {
    // What is right in every version needs none.
    let heartbeat = r#"[2,"a","Heartbeat",{}]"#;
    assert_eq!(last(&[], &[heartbeat])["ok"], true);
    // What has another shape shows the version.
    let boot_2 = r#"[2,"b","BootNotification",{"reason":"PowerUp","chargingStation":{"model":"M","vendorName":"V"}}]"#;
    let status_1_6 = r#"[2,"c","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available"}]"#;
    assert_eq!(last(&[], &[boot_2])["ok"], true);
    assert_eq!(last(&[], &[status_1_6])["ok"], true);
    assert_eq!(last(&["--version", "1.6"], &[boot_2])["ok"], false);
    // What is merely wrong is wrong in the version that was shown before.
    let reset = r#"[2,"d","Reset",{"type":"Immediate"}]"#;
    assert_eq!(last(&[], &[boot_2, reset])["ok"], true);
    assert_eq!(last(&[], &[status_1_6, reset])["ok"], false);
    assert_eq!(last(&[], &["connected with ocpp1.6", reset])["ok"], false);
    // Only the subprotocol tells 2.0.1 from what it shares with 2.1.
    let later = r#"[2,"e","NotifySettlement",{"pspRef":"1","status":"Settled","settlementAmount":1,"settlementTime":"2024-05-15T12:00:00Z"}]"#;
    assert_eq!(last(&[], &[boot_2, later])["ok"], true);
    assert_eq!(
        last(&[], &["protocol: ocpp2.0.1", boot_2, later])["ok"],
        false
    );
    let output = run(&[], [boot_2, later].join("\n").as_bytes());
    let text = String::from_utf8(output.stdout).unwrap();
    let version = "  version: taken for 2.0.1, because of BootNotificationRequest in line 1, 2.1, because of \
                   NotifySettlementRequest in line 2 (--version says it)\n";
    assert!(text.ends_with(version), "{text}");
    // 1.6 has this action and 2.0.1 has not.
    let line = r#"{"version":"2.0.1","frame":[2,"a","StartTransaction",{}]}"#;
    assert_eq!(
        last(&["--version", "1.6"], &[line])["callerror"],
        "NotImplemented"
    );
}

#[test]
fn responses_are_checked_through_their_calls() {
    let boot = format!("<- [2,\"1\",\"BootNotification\",{BOOT_1_6}]");
    let reset = r#"-> [2,"1","Reset",{"type":"Soft"}]"#;
    let version: &[&str] = &["--version", "1.6"];
    let accepted = r#"[3,"1",{"status":"Accepted"}]"#;
    // The station answers the Reset, although its own call has the same id.
    let said = last(version, &[&boot, reset, &format!("<- {accepted}")]);
    assert_eq!(said, json!({"ok": true, "message": "ResetResponse"}));
    // The CSMS answers the BootNotification, and has forgotten a lot.
    let said = last(version, &[&boot, reset, &format!("-> {accepted}")]);
    assert_eq!(said["message"], "BootNotificationResponse");
    assert_eq!(said["errors"][0]["code"], "OccurenceConstraintViolation");
    assert_eq!(said.get("callerror"), None);
    // Nobody knows who sent it: it can only be the answer to the Reset.
    let said = last(version, &[&boot, reset, accepted]);
    assert_eq!(said, json!({"ok": true, "message": "ResetResponse"}));
    // Without a call only the frame is checked, and that is said.
    let said = last(version, &[accepted]);
    assert_eq!(
        (&said["ok"], &said["message"]),
        (&json!(true), &json!("CALLRESULT"))
    );
    assert_eq!(said["notes"][0]["kind"], "noCall");
    // The line names the message.
    let line = r#"{"message":"ResetResponse","frame":[3,"9",{"status":"Perhaps"}]}"#;
    assert_eq!(last(version, &[line])["errors"][0]["pointer"], "/status");
    // A call with another id, another version.
    let said = last(&["--version", "1.6"], &[reset, r#"[3,"2",{"x":1}]"#]);
    assert_eq!(said["message"], "CALLRESULT");
    let line = r#"{"version":"2.1","frame":[3,"1",{"x":1}]}"#;
    assert_eq!(last(version, &[reset, line])["message"], "CALLRESULT");
}

#[test]
fn a_bad_response_is_refused_in_2_1_only() {
    let call = r#"[2,"1","Heartbeat",{}]"#;
    let response = r#"[3,"1",{"currentTime":5}]"#;
    let said = last(&["--version", "2.1"], &[call, response]);
    assert_eq!(said["callresulterror"], "TypeConstraintViolation");
    let said = last(&["--version", "2.0.1"], &[call, response]);
    assert_eq!(said["errors"][0]["code"], "TypeConstraintViolation");
    assert_eq!(said.get("callresulterror"), None);
}

#[test]
fn every_defect_of_a_frame_has_its_place_and_its_answer() {
    for (version, line, pointer, code, answered) in [
        (
            "2.1",
            r#"["2","a","Heartbeat",{}]"#,
            "/0",
            "RpcFrameworkError",
            true,
        ),
        (
            "1.6",
            r#"[7,"a","Heartbeat",{}]"#,
            "/0",
            "GenericError",
            false,
        ),
        (
            "2.0.1",
            r#"[7,"a","Heartbeat",{}]"#,
            "/0",
            "MessageTypeNotSupported",
            true,
        ),
        (
            "1.6",
            r#"[2,5,"Heartbeat",{}]"#,
            "/1",
            "FormationViolation",
            false,
        ),
        (
            "2.0.1",
            r#"[2,5,"Heartbeat",{}]"#,
            "/1",
            "RpcFrameworkError",
            true,
        ),
        (
            "2.0.1",
            r#"[2,"0123456789012345678901234567890123456","Heartbeat",{}]"#,
            "/1",
            "RpcFrameworkError",
            true,
        ),
        (
            "1.6",
            r#"[2,"a",null,{}]"#,
            "/2",
            "FormationViolation",
            true,
        ),
        (
            "1.6",
            r#"[2,"a","Heartbeat"]"#,
            "",
            "FormationViolation",
            true,
        ),
        (
            "1.6",
            r#"[2,"a","Heartbeat",{},{}]"#,
            "",
            "FormationViolation",
            true,
        ),
        (
            "1.6",
            r#"[2,"a","Heartbeat",[]]"#,
            "/3",
            "FormationViolation",
            true,
        ),
        (
            "2.0.1",
            r#"[2,"a","Heartbeat",[]]"#,
            "/3",
            "ProtocolError",
            true,
        ),
        (
            "2.0.1",
            r#"[2,"a","Heartbeat",{"a":}]"#,
            "",
            "FormatViolation",
            true,
        ),
        ("2.0.1", r#"[3,"a",[]]"#, "/2", "ProtocolError", false),
        (
            "1.6",
            r#"[2,"a","Heartbeats",{}]"#,
            "/2",
            "NotImplemented",
            true,
        ),
        (
            "1.6",
            r#"{"from":"csms","frame":[2,"a","Heartbeat",{}]}"#,
            "/2",
            "NotSupported",
            true,
        ),
        (
            "2.1",
            r#"[2,"a","NotifyPeriodicEventStream",{}]"#,
            "/0",
            "NotSupported",
            true,
        ),
        (
            "2.1",
            r#"[6,"a","Heartbeat",{}]"#,
            "/0",
            "NotSupported",
            false,
        ),
        (
            "1.6",
            r#"[2,"a","Heartbeat",{"x":1}]"#,
            "/x",
            "FormationViolation",
            true,
        ),
        (
            "2.0.1",
            r#"[2,"a","Heartbeat-Signed",{}]"#,
            "",
            "FormatViolation",
            true,
        ),
        (
            "1.6",
            r#"[4,"a","FormatViolation","",{}]"#,
            "/2",
            "PropertyConstraintViolation",
            false,
        ),
        (
            "2.0.1",
            r#"[4,"a","Oops","",{}]"#,
            "/2",
            "PropertyConstraintViolation",
            false,
        ),
        (
            "2.0.1",
            r#"[4,"a","GenericError",null,{}]"#,
            "/3",
            "TypeConstraintViolation",
            false,
        ),
        (
            "2.0.1",
            r#"[4,"a","GenericError","",[]]"#,
            "/4",
            "TypeConstraintViolation",
            false,
        ),
        (
            "2.0.1",
            r#"[4,"a","GenericError"]"#,
            "",
            "RpcFrameworkError",
            false,
        ),
    ] {
        let said = last(&["--version", version], &[line]);
        assert_eq!(
            said["errors"][0]["pointer"], pointer,
            "{version} {line}: {said}"
        );
        assert_eq!(said["errors"][0]["code"], code, "{version} {line}: {said}");
        let told = said.get("callerror").and_then(Value::as_str);
        assert_eq!(told, answered.then_some(code), "{version} {line}: {said}");
    }
    for (version, line) in [
        ("1.6", r#"[4,"a","FormationViolation","",{}]"#),
        ("2.0.1", r#"[4,"-1","RpcFrameworkError","what",{"a":1}]"#),
        ("2.1", r#"[5,"a","GenericError","",{}]"#),
        ("1.6", r#"[2,"a","Heartbeat",null]"#),
    ] {
        assert_eq!(last(&["--version", version], &[line])["ok"], true, "{line}");
    }
}

#[test]
fn lenient_says_what_it_forgave() {
    let line = r#"[2,"a","StatusNotification",{"connectorId":"1","errorCode":"NoError","status":"charging","extra":1}]"#;
    assert_eq!(last(&["--version", "1.6"], &[line])["ok"], false);
    let said = last(&["--version", "1.6", "--lenient"], &[line]);
    assert_eq!(said["ok"], true);
    assert_eq!(said.get("errors"), None);
    let found: Vec<_> = said["deviations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| (d["pointer"].as_str().unwrap(), d["found"].as_str().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            ("/connectorId", "\"1\""),
            ("/status", "\"charging\""),
            ("/extra", "1")
        ]
    );
    // What cannot be repaired stays wrong.
    let line = r#"[2,"a","StatusNotification",{"connectorId":"one"}]"#;
    assert_eq!(
        last(&["--version", "1.6", "--lenient"], &[line])["ok"],
        false
    );
    // A sloppy error of the peer is still understood.
    let said = last(
        &["--version", "1.6", "--lenient"],
        &[r#"[4,"a","GenericError"]"#],
    );
    assert_eq!(said["ok"], true);
    assert_eq!(said["deviations"][0]["found"], "3 elements");
}

#[test]
fn hostile_lines_are_wrong_lines_and_nothing_more() {
    let deep = format!("[2,\"a\",\"DataTransfer\",{}", "[".repeat(200_000));
    let lines: [&[u8]; 6] = [
        b"[2,\"a\",\"Heartbeat\",{\"\xff\":1}]",
        deep.as_bytes(),
        b"\0",
        b"[2,\"a\\ud800\",\"Heartbeat\",{}]",
        b"[2,\"a\",\"StartTransaction\",{\"meterStart\":1e400,\"connectorId\":99999999999999999999}]",
        b"[2,\"a\",\"Heartbeat\",{}]",
    ];
    let (records, status) = records(&["--version", "1.6"], &lines.join(&b'\n'));
    let ok: Vec<_> = records.iter().map(|record| record["ok"] == true).collect();
    assert_eq!(ok, [false, false, true, false, false, true]);
    assert_eq!(records[0]["errors"][0]["expected"], "UTF-8");
    assert_eq!(
        records[0]["errors"][0]["found"],
        "a byte that is none at column 22"
    );
    assert_eq!(records[2], json!({"line": 3, "ok": true, "message": null}));
    assert_eq!(status, 1);
    let said = last(
        &["--version", "1.6", "--max-line", "10"],
        &["[2,\"a\",\"Heartbeat\",{}]"],
    );
    assert_eq!(said["errors"][0]["expected"], "a line of at most 10 bytes");
}

#[test]
fn the_exit_status_tells_right_wrong_and_unreadable() {
    let status = |args: &[&str], input: &str| run(args, input.as_bytes()).status.code();
    assert_eq!(
        status(&["--version", "1.6"], "[2,\"a\",\"Heartbeat\",{}]\n\n"),
        Some(0)
    );
    // Nothing to judge is no verdict.
    assert_eq!(status(&["--version", "1.6"], ""), Some(2));
    assert_eq!(status(&["--version", "1.6"], "x\n[2,3]\n"), Some(2));
    assert_eq!(
        status(&["--version", "1.6", "--strict-lines"], "x"),
        Some(1)
    );
    assert_eq!(
        status(&["--version", "1.6", "--strict-lines"], "\n"),
        Some(2)
    );
    assert_eq!(status(&["--version", "1.6", "/no/such/file"], ""), Some(2));
    assert_eq!(status(&["--version", "1.7"], ""), Some(2));
}

#[test]
fn people_read_sentences_and_a_summary() {
    let input = "[2,\"a\",\"Heartbeat\",{}]\n[2,\"b\",\"Authorize\",{}]\n";
    let output = run(&["--version", "1.6"], input.as_bytes());
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert!(
        lines[0].starts_with("line 2: AuthorizeRequest: the member "),
        "{text}"
    );
    assert!(
        lines[0].ends_with("nothing is there (OccurenceConstraintViolation)"),
        "{text}"
    );
    assert_eq!(
        lines[1],
        "line 2: answer: CALLERROR OccurenceConstraintViolation"
    );
    assert_eq!(lines[2], "2 lines: 1 right, 1 wrong");
    assert_eq!(
        lines[3..],
        [
            "  wrong, by code: OccurenceConstraintViolation 1",
            "  wrong, by message: AuthorizeRequest 1",
            "  messages: AuthorizeRequest 1, HeartbeatRequest 1",
            "  calls without an answer: 2",
        ]
    );
}

/// What users reported as misjudged, in the files `tests/logs/reported`.
#[test]
fn reported_logs_are_judged_right() {
    const RIGHT: bool = true;
    const WRONG: bool = false;
    for (log, args, verdicts) in [
        // Only one of the two directions is said in a word that every log uses.
        (
            "direction-words.16.log",
            &["--version", "1.6"][..],
            &[RIGHT, WRONG, RIGHT, WRONG, RIGHT, WRONG][..],
        ),
        // Three stations count their messages alike. Only the answer to C is wrong.
        (
            "many-stations.16.log",
            &["--version", "1.6"],
            &[RIGHT, RIGHT, RIGHT, WRONG, RIGHT, RIGHT],
        ),
        // Numbers that no `rust_decimal` holds and every schema allows.
        ("numbers.201.log", &["--version", "2.0.1"], &[RIGHT; 3]),
        (
            "numbers.201.log",
            &["--version", "2.0.1", "--lenient"],
            &[RIGHT; 3],
        ),
        (
            "lenient.16.log",
            &["--version", "1.6", "--lenient"],
            &[RIGHT; 4],
        ),
        // Lines of other programs, a frame in an error message, and one over four lines.
        ("noise.16.log", &["--version", "1.6"], &[RIGHT; 6]),
    ] {
        let path = format!("{}/tests/logs/reported/{log}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read(path).unwrap();
        let (with, status) = records(args, &text);
        let found: Vec<_> = with.iter().map(|record| record["ok"] == true).collect();
        assert_eq!(found, verdicts, "{log}");
        assert_eq!(status, i32::from(verdicts.contains(&WRONG)), "{log}");
        // The same without being told the version.
        let args: Vec<_> = args.iter().copied().filter(|a| *a == "--lenient").collect();
        let (without, _) = records(&args, &text);
        let found: Vec<_> = without.iter().map(|record| record["ok"] == true).collect();
        assert_eq!(found, verdicts, "{log}, version guessed");
    }
}

#[test]
fn lenient_tells_what_each_wrong_part_became() {
    let lines = [
        r#"[2,"1","GetConfiguration",{}]"#,
        r#"[3,"1",{"configurationKey":[{"key":"HeartbeatInterval","readonly":0,"value":"300"}]}]"#,
    ];
    let said = last(&["--version", "1.6", "--lenient"], &lines);
    assert_eq!(said["deviations"][0]["found"], "0");
    assert_eq!(said["deviations"][0]["became"], "false");
    // What could have been repaired is told also when something else cannot be.
    let call = r#"[2,"1","StartTransaction",{"connectorId":"1","idTag":"A","meterStart":"x","timestamp":"2024-05-15T12:00:00Z"}]"#;
    let said = last(&["--version", "1.6", "--lenient"], &[call]);
    assert_eq!(said["ok"], false);
    assert_eq!(said["errors"][0]["pointer"], "/meterStart");
    assert_eq!(said["deviations"][0]["pointer"], "/connectorId");
    assert_eq!(said["deviations"][0]["became"], "1");
}

#[test]
fn a_payload_of_null_is_an_empty_one() {
    let line = r#"{"version":"1.6","message":"HeartbeatRequest","payload":null}"#;
    assert_eq!(
        last(&[], &[line]),
        json!({"ok": true, "message": "HeartbeatRequest"})
    );
    let [null, empty] = ["null", "{}"].map(|payload| {
        let line =
            format!(r#"{{"version":"1.6","message":"AuthorizeRequest","payload":{payload}}}"#);
        last(&[], &[&line])
    });
    assert_eq!(null["ok"], false);
    assert_eq!(null, empty);
}

#[test]
fn a_schedule_without_a_period_is_wrong_in_every_version() {
    for (version, profile) in [
        (
            "1.6",
            r#""connectorId":1,"csChargingProfiles":{"chargingProfileId":1,"stackLevel":0,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative","chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":[]}}"#,
        ),
        (
            "2.0.1",
            r#""evseId":1,"chargingProfile":{"id":1,"stackLevel":0,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative","chargingSchedule":[{"id":1,"chargingRateUnit":"A","chargingSchedulePeriod":[]}]}"#,
        ),
    ] {
        let call = format!(r#"[2,"1","SetChargingProfile",{{{profile}}}]"#);
        let said = last(&["--version", version], &[&call]);
        let error = &said["errors"][0];
        let pointer = error["pointer"].as_str().unwrap();
        assert!(pointer.ends_with("/chargingSchedulePeriod"), "{said}");
        assert_eq!(error["expected"], "an array of at least 1 element");
        // The published schema of 1.6 asks for none: what is lenient forgives it.
        let forgiven = version == "1.6";
        let said = last(&["--version", version, "--lenient"], &[&call]);
        assert_eq!(said["ok"], forgiven, "{said}");
    }
}

#[test]
fn an_input_without_a_message_says_so() {
    for (input, lines) in [
        ("", "an empty input"),
        ("hello\n", "its line"),
        ("a\nphases: [2,3,4]\n", "its 2 lines"),
    ] {
        let output = run(&[], input.as_bytes());
        assert_eq!(output.status.code(), Some(2), "{input}");
        let told = String::from_utf8(output.stderr).unwrap();
        let wanted = format!("standard input: there is no OCPP message in {lines}\n");
        assert!(told.ends_with(&wanted), "{told}");
    }
}

#[test]
fn strict_lines_wants_a_frame_on_every_line() {
    let lines = "hello\n\n[2,\"a\",\"Heartbeat\",{}]\n[2,\n\"b\",\"Heartbeat\",{}]\n{}\n{x}\n";
    let verdicts = |args: &[&str]| {
        let (records, status) = records(args, lines.as_bytes());
        let found = |record: &Value| (record["line"].as_u64().unwrap(), record["ok"] == true);
        (records.iter().map(found).collect::<Vec<_>>(), status)
    };
    let strict = verdicts(&["--version", "1.6", "--strict-lines"]);
    assert_eq!(
        strict,
        (
            vec![
                (1, false),
                (2, true),
                (3, true),
                (4, false),
                (5, false),
                (6, false),
                (7, false)
            ],
            1
        )
    );
    let loose = verdicts(&["--version", "1.6"]);
    assert_eq!(
        loose,
        (
            vec![
                (1, true),
                (2, true),
                (3, true),
                (4, true),
                (6, true),
                (7, true)
            ],
            0
        )
    );
}
