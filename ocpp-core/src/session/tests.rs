use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use ocpp_types::Version::{self, V1_6, V2_0_1, V2_1};

use super::*;
use crate::frame::Fault;

const T0: Instant = Instant::ORIGIN;

fn after(seconds: u64) -> Instant {
    T0 + Duration::from_secs(seconds)
}

fn session(version: Version, role: Role, change: impl FnOnce(&mut Config)) -> Session {
    let mut config = Config::new(role);
    change(&mut config);
    let mut session = Session::new(version, role, config, MessageIds::counter(0, u32::MAX));
    session.handle(T0, Input::Connected).unwrap();
    session
}

fn csms(version: Version) -> Session {
    session(version, Role::Csms, |_| {})
}

fn station(version: Version) -> Session {
    session(version, Role::Station, |_| {})
}

fn drain(session: &mut Session) -> Vec<Output> {
    core::iter::from_fn(|| session.poll_output())
        .filter(|output| !matches!(output, Output::StoreNextId(_)))
        .collect()
}

fn feed(session: &mut Session, now: Instant, text: &str) -> Vec<Output> {
    session.handle(now, Input::Received(text)).unwrap();
    drain(session)
}

/// The texts that are sent.
fn sent(outputs: &[Output]) -> Vec<&str> {
    let found = outputs.iter().filter_map(|output| match output {
        Output::Transmit(transmit) => Some(transmit.text.as_str()),
        _ => None,
    });
    found.collect()
}

fn ended(outputs: &[Output]) -> Vec<&CallEnded> {
    let found = outputs.iter().filter_map(|output| match output {
        Output::CallEnded(ended) => Some(ended),
        _ => None,
    });
    found.collect()
}

fn verdicts(outputs: &[Output]) -> Vec<&Verdict> {
    let found = outputs.iter().filter_map(|output| match output {
        Output::Seen(seen) => Some(&seen.verdict),
        _ => None,
    });
    found.collect()
}

fn token(outputs: &[Output]) -> CallToken {
    outputs
        .iter()
        .find_map(|output| match output {
            Output::Call(call) | Output::SignedCall(call) => Some(call.token),
            _ => None,
        })
        .expect("a call")
}

fn call(session: &mut Session, action: &'static str, options: CallOptions) -> CallId {
    session.call(T0, action, "{}".into(), options).unwrap()
}

/// Id and code of the one CALLERROR that is sent, if any; its form is checked on the way.
fn refusal(outputs: &[Output]) -> Option<(String, String)> {
    let sent = sent(outputs);
    assert!(sent.len() <= 1, "{sent:?}");
    let frame: Vec<serde_json::Value> = serde_json::from_str(sent.first()?).unwrap();
    assert_eq!(frame.len(), 5, "{frame:?}");
    assert_eq!(frame[0], 4);
    assert!(!frame[3].as_str().unwrap().is_empty(), "says what is wrong");
    assert!(frame[4]["reason"].is_string(), "details say it too");
    Some((
        frame[1].as_str().unwrap().into(),
        frame[2].as_str().unwrap().into(),
    ))
}

/// The rows of the table in the module documentation: message, answers of 1.6, 2.0.1 and 2.1.
#[test]
fn every_invalid_message_gets_the_answer_of_its_version() {
    const RPC: Option<(&str, &str)> = Some(("-1", "RpcFrameworkError"));
    const RPC_A: Option<(&str, &str)> = Some(("a", "RpcFrameworkError"));
    const FORMATION: Option<(&str, &str)> = Some(("a", "FormationViolation"));
    const UNSUPPORTED: Option<(&str, &str)> = Some(("a", "NotSupported"));
    const UNKNOWN: Option<(&str, &str)> = Some(("a", "NotImplemented"));
    let id37 = "x".repeat(37);
    let id256 = "x".repeat(256);
    let too_large = alloc::format!(
        r#"[2,"a","Heartbeat",{{"b":"{}"}}]"#,
        "x".repeat(1024 * 1024)
    );
    let long_id = alloc::format!(r#"[2,"{id37}","Heartbeat",{{}}]"#);
    let huge_id = alloc::format!(r#"[2,"{id256}","Heartbeat",{{}}]"#);
    let rows = [
        ("not JSON, nothing readable", "hello", [None, RPC, RPC]),
        ("empty", "", [None, RPC, RPC]),
        ("JSON, not an array", r#"{"a":1}"#, [None, RPC, RPC]),
        ("type missing", "[]", [None, RPC, RPC]),
        (
            "type is not a whole number",
            r#"["2","a","Heartbeat",{}]"#,
            [None, RPC, RPC],
        ),
        (
            "unknown type number",
            r#"[7,"a","Heartbeat",{}]"#,
            [None, Some(("a", "MessageTypeNotSupported")), None],
        ),
        (
            "unknown type number, no id",
            "[7,{}]",
            [None, Some(("-1", "MessageTypeNotSupported")), None],
        ),
        ("id missing", "[2]", [None, RPC, RPC]),
        (
            "id not a string",
            r#"[2,7,"Heartbeat",{}]"#,
            [None, RPC, RPC],
        ),
        (
            "id too long",
            &long_id,
            [Some((&*id37, "FormationViolation")), RPC, RPC],
        ),
        ("id far too long", &huge_id, [None, RPC, RPC]),
        (
            "too few elements",
            r#"[2,"a","Heartbeat"]"#,
            [FORMATION, RPC_A, RPC_A],
        ),
        (
            "too many elements",
            r#"[2,"a","Heartbeat",{},{}]"#,
            [FORMATION, RPC_A, RPC_A],
        ),
        (
            "action not a string",
            r#"[2,"a",{},{}]"#,
            [FORMATION, RPC_A, RPC_A],
        ),
        (
            "not JSON, id readable",
            r#"[2,"a",Heartbeat,{}]"#,
            [FORMATION, RPC_A, RPC_A],
        ),
        (
            "payload not JSON",
            r#"[2,"a","Heartbeat",{"b":}]"#,
            [
                FORMATION,
                Some(("a", "FormatViolation")),
                Some(("a", "FormatViolation")),
            ],
        ),
        (
            "text cut off",
            r#"[2,"a","Heartbeat",{"b":1"#,
            [
                FORMATION,
                Some(("a", "FormatViolation")),
                Some(("a", "FormatViolation")),
            ],
        ),
        (
            "payload not an object",
            r#"[2,"a","Heartbeat",[]]"#,
            [
                FORMATION,
                Some(("a", "ProtocolError")),
                Some(("a", "ProtocolError")),
            ],
        ),
        ("too large", &too_large, [Some(("a", "GenericError")); 3]),
        ("unknown action", r#"[2,"a","MakeCoffee",{}]"#, [UNKNOWN; 3]),
        (
            "action in wrong case",
            r#"[2,"a","heartbeat",{}]"#,
            [UNKNOWN; 3],
        ),
        (
            "action in the wrong direction",
            r#"[2,"a","Reset",{}]"#,
            [UNSUPPORTED; 3],
        ),
        (
            "action of a SEND",
            r#"[2,"a","NotifyPeriodicEventStream",{}]"#,
            [UNKNOWN, UNKNOWN, UNSUPPORTED],
        ),
        (
            "signed messages not supported",
            r#"[2,"a","Heartbeat-Signed",{}]"#,
            [UNKNOWN, UNSUPPORTED, UNSUPPORTED],
        ),
        (
            "unknown signed action",
            r#"[2,"a","Coffee-Signed",{}]"#,
            [UNKNOWN; 3],
        ),
        (
            "SEND with unknown action",
            r#"[6,"a","MakeCoffee",{}]"#,
            [None, Some(("a", "MessageTypeNotSupported")), None],
        ),
        (
            "SEND with too few elements",
            r#"[6,"a","NotifyPeriodicEventStream"]"#,
            [None, Some(("a", "MessageTypeNotSupported")), None],
        ),
        (
            "SEND without id",
            "[6]",
            [None, Some(("-1", "MessageTypeNotSupported")), None],
        ),
        (
            "SEND of an action that wants an answer",
            r#"[6,"a","Heartbeat",{}]"#,
            [None, Some(("a", "MessageTypeNotSupported")), None],
        ),
        ("CALLRESULT without CALL", r#"[3,"a",{}]"#, [None; 3]),
        ("malformed CALLRESULT without CALL", r#"[3,"a"]"#, [None; 3]),
        (
            "CALLERROR without CALL",
            r#"[4,"a","GenericError","",{}]"#,
            [None; 3],
        ),
        (
            "CALLERROR for -1",
            r#"[4,"-1","RpcFrameworkError","",{}]"#,
            [None; 3],
        ),
        (
            "malformed CALLERROR without CALL",
            r#"[4,"a",7]"#,
            [None; 3],
        ),
        (
            "CALLRESULTERROR without CALLRESULT",
            r#"[5,"a","GenericError","",{}]"#,
            [None, Some(("a", "MessageTypeNotSupported")), None],
        ),
    ];
    for (name, text, answers) in rows {
        for (version, expected) in [V1_6, V2_0_1, V2_1].into_iter().zip(answers) {
            let mut session = csms(version);
            let outputs = feed(&mut session, T0, text);
            let expected = expected.map(|(id, code)| (id.into(), code.into()));
            assert_eq!(refusal(&outputs), expected, "{name} in {version}");
            assert_eq!(verdicts(&outputs).len(), 1, "{name} in {version}: reported");
            assert_eq!(session.handling(), 0, "{name} in {version}: not delivered");
        }
    }
}

#[test]
fn null_payloads_are_empty_objects() {
    for version in [V1_6, V2_0_1, V2_1] {
        let outputs = feed(&mut csms(version), T0, r#"[2,"a","Heartbeat",null]"#);
        assert!(matches!(&outputs[..], [Output::Call(call)] if call.payload == "{}"));
    }
}

#[test]
fn an_action_that_the_application_does_not_support_is_not_supported() {
    for version in [V1_6, V2_0_1, V2_1] {
        let mut session = session(version, Role::Station, |config| {
            config.supports = |action| action.name != "ReserveNow";
        });
        let outputs = feed(&mut session, T0, r#"[2,"a","ReserveNow",{}]"#);
        assert_eq!(refusal(&outputs), Some(("a".into(), "NotSupported".into())));
        assert_eq!(verdicts(&outputs), [&Verdict::Unsupported]);
        let outputs = feed(&mut session, T0, r#"[2,"b","Reset",{}]"#);
        assert!(matches!(&outputs[..], [Output::Call(_)]));
    }
}

#[test]
fn an_id_must_not_be_reused_while_its_call_is_being_handled() {
    for (version, code) in [
        (V1_6, "GenericError"),
        (V2_0_1, "RpcFrameworkError"),
        (V2_1, "RpcFrameworkError"),
    ] {
        let mut csms = csms(version);
        let first = token(&feed(&mut csms, T0, r#"[2,"a","Heartbeat",{}]"#));
        let outputs = feed(&mut csms, T0, r#"[2,"a","StatusNotification",{}]"#);
        assert_eq!(refusal(&outputs), Some(("a".into(), code.into())));
        csms.respond(first, "{}").unwrap();
        assert_eq!(sent(&drain(&mut csms)), [r#"[3,"a",{}]"#]);
        let again = feed(&mut csms, T0, r#"[2,"a","StatusNotification",{}]"#);
        assert!(
            matches!(&again[..], [Output::Call(_)]),
            "the call has been answered"
        );
    }
}

#[test]
fn ids_differ_by_case() {
    let mut csms = csms(V1_6);
    feed(&mut csms, T0, r#"[2,"a","Heartbeat",{}]"#);
    let outputs = feed(&mut csms, T0, r#"[2,"A","Heartbeat",{}]"#);
    assert!(matches!(&outputs[..], [Output::Call(_)]));
}

#[test]
fn more_calls_than_the_limit_are_refused() {
    for version in [V1_6, V2_0_1, V2_1] {
        let mut csms = session(version, Role::Csms, |config| config.max_handling = 2);
        feed(&mut csms, T0, r#"[2,"a","Heartbeat",{}]"#);
        feed(&mut csms, T0, r#"[2,"b","Heartbeat",{}]"#);
        let outputs = feed(&mut csms, T0, r#"[2,"c","Heartbeat",{}]"#);
        assert_eq!(refusal(&outputs), Some(("c".into(), "GenericError".into())));
        assert_eq!(verdicts(&outputs), [&Verdict::TooManyCalls]);
        assert_eq!(csms.counters().overlapping, 1);
    }
}

#[test]
fn one_call_is_under_way_and_the_others_wait_in_order() {
    let mut station = station(V1_6);
    call(&mut station, "Heartbeat", CallOptions::new());
    call(
        &mut station,
        "DataTransfer",
        CallOptions::new().priority(Priority::Low),
    );
    call(&mut station, "StatusNotification", CallOptions::new());
    call(
        &mut station,
        "Heartbeat",
        CallOptions::new().priority(Priority::High),
    );
    assert_eq!(sent(&drain(&mut station)), [r#"[2,"0","Heartbeat",{}]"#]);
    assert_eq!(station.queued(), 3);
    let mut order = Vec::new();
    for answer in [r#"[3,"0",{}]"#, r#"[3,"1",{}]"#, r#"[3,"2",{}]"#] {
        let outputs = feed(&mut station, T0, answer);
        assert_eq!(ended(&outputs).len(), 1);
        order.extend(sent(&outputs).into_iter().map(String::from));
    }
    assert_eq!(
        order,
        [
            r#"[2,"1","Heartbeat",{}]"#,
            r#"[2,"2","StatusNotification",{}]"#,
            r#"[2,"3","DataTransfer",{}]"#,
        ]
    );
}

#[test]
fn a_call_ends_with_its_response() {
    let mut station = station(V2_0_1);
    let id = call(&mut station, "Heartbeat", CallOptions::new());
    drain(&mut station);
    assert_eq!(station.in_flight(), Some(id));
    let outputs = feed(&mut station, T0, r#"[3,"0",{"currentTime":"x"}]"#);
    let [end] = ended(&outputs)[..] else {
        panic!("{outputs:?}")
    };
    assert_eq!((end.call, &*end.action), (id, "Heartbeat"));
    assert_eq!(end.result, Ok(r#"{"currentTime":"x"}"#.into()));
    assert_eq!(station.next_timeout(), None);
}

#[test]
fn a_call_ends_with_an_error_of_any_quality() {
    for (text, code, description) in [
        (
            r#"[4,"0","NotSupported","no",{"a":1}]"#,
            ErrorCode::NotSupported,
            "no",
        ),
        (
            r#"[4,"0","FormationViolation",""]"#,
            ErrorCode::FormatViolation,
            "",
        ),
        (
            r#"[4,"0","Meltdown",null,{}]"#,
            ErrorCode::Custom("Meltdown".into()),
            "",
        ),
    ] {
        let mut station = station(V1_6);
        call(&mut station, "Heartbeat", CallOptions::new());
        drain(&mut station);
        let outputs = feed(&mut station, T0, text);
        let [end] = ended(&outputs)[..] else {
            panic!("{outputs:?}")
        };
        let Err(CallFailure::Refused(refusal)) = &end.result else {
            panic!("{end:?}")
        };
        assert_eq!(refusal.code, code);
        assert_eq!(refusal.description, description);
    }
}

#[test]
fn a_description_of_any_length_is_accepted() {
    let mut station = station(V2_1);
    call(&mut station, "Heartbeat", CallOptions::new());
    drain(&mut station);
    let long = "x".repeat(5_000);
    let text = alloc::format!(r#"[4,"0","GenericError","{long}",{{}}]"#);
    let outputs = feed(&mut station, T0, &text);
    assert!(matches!(
        &ended(&outputs)[0].result,
        Err(CallFailure::Refused(refusal)) if refusal.description == long
    ));
}

#[test]
fn an_unreadable_response_ends_its_call_and_2_1_tells_the_peer() {
    let too_large = alloc::format!(r#"[3,"0",{{"a":"{}"}}]"#, "x".repeat(1024 * 1024));
    for (text, fault, code) in [
        (r#"[3,"0"]"#, Fault::WrongLength, Some("RpcFrameworkError")),
        (
            r#"[3,"0",{},{}]"#,
            Fault::WrongLength,
            Some("RpcFrameworkError"),
        ),
        (
            r#"[3,"0",[]]"#,
            Fault::PayloadNotAnObject,
            Some("ProtocolError"),
        ),
        (
            r#"[3,"0",{"a"}]"#,
            Fault::PayloadNotJson,
            Some("FormatViolation"),
        ),
        (
            &*too_large,
            Fault::TooLarge { limit: 1024 * 1024 },
            Some("GenericError"),
        ),
        (r#"[4,"0",7,"",{}]"#, Fault::CodeNotAString, None),
        (
            r#"[4,"0","GenericError","",{"a"}]"#,
            Fault::PayloadNotJson,
            None,
        ),
    ] {
        for version in [V1_6, V2_0_1, V2_1] {
            let mut station = station(version);
            call(&mut station, "Heartbeat", CallOptions::new());
            drain(&mut station);
            let outputs = feed(&mut station, T0, text);
            let [end] = ended(&outputs)[..] else {
                panic!("{text}: {outputs:?}")
            };
            assert_eq!(
                end.result,
                Err(CallFailure::InvalidResponse(fault.clone())),
                "{text}"
            );
            let expected = code.filter(|_| version == V2_1);
            match (&sent(&outputs)[..], expected) {
                ([], None) => {}
                ([told], Some(code)) => {
                    assert!(
                        told.starts_with(&alloc::format!(r#"[5,"0","{code}","#)),
                        "{told}"
                    );
                }
                other => panic!("{text} in {version}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_late_response_never_ends_another_call() {
    let mut station = station(V1_6);
    let first = call(&mut station, "Heartbeat", CallOptions::new());
    let second = call(&mut station, "StatusNotification", CallOptions::new());
    drain(&mut station);
    assert_eq!(station.next_timeout(), Some(after(30)));
    station.handle(after(30), Input::TimePassed).unwrap();
    let outputs = drain(&mut station);
    assert_eq!(ended(&outputs)[0].call, first);
    assert_eq!(ended(&outputs)[0].result, Err(CallFailure::TimedOut));
    assert_eq!(sent(&outputs), [r#"[2,"1","StatusNotification",{}]"#]);
    let outputs = feed(&mut station, after(31), r#"[3,"0",{}]"#);
    assert_eq!(verdicts(&outputs), [&Verdict::Late]);
    assert_eq!(ended(&outputs).len(), 0);
    assert_eq!(station.in_flight(), Some(second));
    let outputs = feed(&mut station, after(32), r#"[3,"7",{}]"#);
    assert_eq!(verdicts(&outputs), [&Verdict::Unmatched]);
    assert_eq!(
        (station.counters().late, station.counters().unmatched),
        (1, 1)
    );
}

#[test]
fn a_response_that_is_there_counts_even_if_its_time_has_just_run_out() {
    let mut station = station(V1_6);
    call(&mut station, "Heartbeat", CallOptions::new());
    drain(&mut station);
    let outputs = feed(&mut station, after(31), r#"[3,"0",{}]"#);
    assert_eq!(ended(&outputs)[0].result, Ok("{}".into()));
}

#[test]
fn disconnect_ends_the_pending_call_at_once_and_keeps_the_queue_of_a_station() {
    let mut station = station(V2_0_1);
    let pending = call(
        &mut station,
        "Heartbeat",
        CallOptions::new().attempts(3, Duration::ZERO),
    );
    call(&mut station, "StatusNotification", CallOptions::new());
    let dropped = call(
        &mut station,
        "DataTransfer",
        CallOptions::new().keep_queued(false),
    );
    drain(&mut station);
    station.handle(after(1), Input::Disconnected).unwrap();
    let outputs = drain(&mut station);
    let calls: Vec<_> = ended(&outputs)
        .iter()
        .map(|end| (end.call, end.result.clone()))
        .collect();
    assert_eq!(
        calls,
        [
            (pending, Err(CallFailure::Disconnected)),
            (dropped, Err(CallFailure::Disconnected)),
        ]
    );
    assert_eq!(
        station.handle(after(2), Input::Received("[]")),
        Err(Misuse::NotConnected)
    );
    assert_eq!(station.next_timeout(), None);
    station.handle(after(60), Input::Connected).unwrap();
    assert_eq!(
        sent(&drain(&mut station)),
        [r#"[2,"1","StatusNotification",{}]"#]
    );
    let outputs = feed(&mut station, after(61), r#"[3,"0",{}]"#);
    assert_eq!(
        verdicts(&outputs),
        [&Verdict::Late],
        "of the old connection"
    );
}

#[test]
fn the_queue_of_a_csms_ends_with_the_connection() {
    let mut csms = csms(V2_0_1);
    call(&mut csms, "Reset", CallOptions::new());
    call(&mut csms, "ReserveNow", CallOptions::new());
    let kept = call(
        &mut csms,
        "DataTransfer",
        CallOptions::new().keep_queued(true),
    );
    drain(&mut csms);
    csms.handle(after(1), Input::Disconnected).unwrap();
    assert_eq!(ended(&drain(&mut csms)).len(), 2);
    let refused = csms
        .call(after(1), "Reset", "{}".into(), CallOptions::new())
        .unwrap_err();
    assert_eq!(refused.reason, NotQueuedReason::NotConnected);
    csms.handle(after(9), Input::Connected).unwrap();
    assert_eq!(csms.in_flight(), Some(kept));
}

#[test]
fn a_second_connection_takes_the_place_of_the_first() {
    let mut csms = csms(V1_6);
    let pending = call(&mut csms, "Reset", CallOptions::new());
    let old = token(&feed(&mut csms, T0, r#"[2,"a","Heartbeat",{}]"#));
    csms.handle(after(1), Input::Connected).unwrap();
    let outputs = drain(&mut csms);
    assert_eq!(ended(&outputs)[0].call, pending);
    assert_eq!(csms.respond(old, "{}"), Err(AnswerError::ConnectionLost));
    assert_eq!(sent(&drain(&mut csms)), [""; 0]);
}

#[test]
fn attempts_are_made_with_growing_pauses_and_their_own_ids() {
    let mut station = station(V1_6);
    let options = CallOptions::new().attempts(3, Duration::from_secs(60));
    let id = call(&mut station, "Heartbeat", options);
    assert_eq!(sent(&drain(&mut station)), [r#"[2,"0","Heartbeat",{}]"#]);
    let mut wake = Vec::new();
    let mut texts = Vec::new();
    let mut result = None;
    while let Some(now) = station.next_timeout() {
        wake.push(now);
        station.handle(now, Input::TimePassed).unwrap();
        for output in drain(&mut station) {
            match output {
                Output::Transmit(transmit) => texts.push(transmit.text),
                Output::CallEnded(ended) => result = Some((ended.call, ended.result)),
                Output::CallRetried { cause, .. } => assert_eq!(cause, CallFailure::TimedOut),
                other => panic!("{other:?}"),
            }
        }
    }
    // 30 s of waiting, 60 s of pause, 30 s, 2 × 60 s, 30 s (E13.FR.03).
    assert_eq!(
        wake,
        [after(30), after(90), after(120), after(240), after(270)]
    );
    assert_eq!(
        texts,
        [r#"[2,"1","Heartbeat",{}]"#, r#"[2,"2","Heartbeat",{}]"#]
    );
    assert_eq!(result, Some((id, Err(CallFailure::TimedOut))));
}

#[test]
fn with_the_same_id_a_response_to_an_earlier_attempt_counts() {
    let mut station = station(V2_0_1);
    let options = CallOptions::new()
        .attempts(2, Duration::from_secs(60))
        .same_id();
    let id = call(&mut station, "Heartbeat", options);
    drain(&mut station);
    station.handle(after(30), Input::TimePassed).unwrap();
    drain(&mut station);
    let mut early = station.clone();
    let outputs = feed(&mut early, after(31), r#"[3,"0",{}]"#);
    assert_eq!((ended(&outputs)[0].call, early.queued()), (id, 0));

    station.handle(after(90), Input::TimePassed).unwrap();
    assert_eq!(sent(&drain(&mut station)), [r#"[2,"0","Heartbeat",{}]"#]);
    let outputs = feed(&mut station, after(91), r#"[3,"0",{}]"#);
    assert_eq!(ended(&outputs)[0].result, Ok("{}".into()));
}

#[test]
fn a_refusal_is_final_unless_the_call_says_otherwise() {
    let refused = r#"[4,"0","InternalError","",{}]"#;
    let twice = CallOptions::new().attempts(2, Duration::ZERO);
    let mut station = station(V1_6);
    call(&mut station, "Heartbeat", twice);
    drain(&mut station);
    let mut generous = self::station(V1_6);
    call(&mut generous, "Heartbeat", twice.retry_on_error());
    drain(&mut generous);
    assert_eq!(ended(&feed(&mut station, T0, refused)).len(), 1);
    let outputs = feed(&mut generous, T0, refused);
    assert_eq!(ended(&outputs).len(), 0);
    assert_eq!(sent(&outputs), [r#"[2,"1","Heartbeat",{}]"#]);
}

#[test]
fn a_newer_message_takes_the_place_of_an_older_one_of_its_kind() {
    let mut station = station(V1_6);
    let status = |session: &mut Session, connector, payload: &str| {
        let options = CallOptions::new().supersedes(connector);
        session
            .call(T0, "StatusNotification", payload.into(), options)
            .unwrap()
    };
    let under_way = status(&mut station, 1, r#"{"n":0}"#);
    let old = status(&mut station, 1, r#"{"n":1}"#);
    let other = status(&mut station, 2, r#"{"n":2}"#);
    drain(&mut station);
    let new = status(&mut station, 1, r#"{"n":3}"#);
    let outputs = drain(&mut station);
    let [end] = ended(&outputs)[..] else {
        panic!("{outputs:?}")
    };
    assert_eq!(
        (end.call, &end.result),
        (old, &Err(CallFailure::Superseded))
    );
    assert_eq!(
        station.in_flight(),
        Some(under_way),
        "too late for the one that is under way"
    );
    feed(&mut station, T0, r#"[3,"0",{}]"#);
    assert_eq!(station.in_flight(), Some(other));
    feed(&mut station, T0, r#"[3,"1",{}]"#);
    assert_eq!(station.in_flight(), Some(new));
}

#[test]
fn a_call_expires_in_the_queue_but_not_under_way() {
    let mut station = station(V1_6);
    let options = CallOptions::new().expires_after(Duration::from_secs(5));
    let first = call(&mut station, "Heartbeat", options);
    let second = call(&mut station, "StatusNotification", options);
    drain(&mut station);
    assert_eq!(station.next_timeout(), Some(after(5)));
    station.handle(after(5), Input::TimePassed).unwrap();
    let outputs = drain(&mut station);
    let [end] = ended(&outputs)[..] else {
        panic!("{outputs:?}")
    };
    assert_eq!(
        (end.call, &end.result),
        (second, &Err(CallFailure::Expired))
    );
    assert_eq!(station.in_flight(), Some(first));
}

#[test]
fn a_full_queue_hands_the_message_back() {
    let mut station = session(V1_6, Role::Station, |config| config.max_queue = 1);
    call(&mut station, "Heartbeat", CallOptions::new());
    call(
        &mut station,
        "StatusNotification",
        CallOptions::new().supersedes(1),
    );
    let back = station
        .call(T0, "DataTransfer", r#"{"a":1}"#.into(), CallOptions::new())
        .unwrap_err();
    assert_eq!(back.reason, NotQueuedReason::QueueFull);
    assert_eq!(
        (&*back.action, &*back.payload),
        ("DataTransfer", r#"{"a":1}"#)
    );
    call(
        &mut station,
        "StatusNotification",
        CallOptions::new().supersedes(1),
    );
    let back = station
        .call(T0, "Heartbeat", "[]".into(), CallOptions::new())
        .unwrap_err();
    assert_eq!(back.reason, NotQueuedReason::PayloadNotAnObject);
}

#[test]
fn a_cancelled_call_keeps_its_place_until_the_peer_has_answered() {
    let mut station = station(V1_6);
    let under_way = call(&mut station, "Heartbeat", CallOptions::new());
    let waiting = call(&mut station, "StatusNotification", CallOptions::new());
    let last = call(&mut station, "DataTransfer", CallOptions::new());
    drain(&mut station);
    assert!(station.cancel(T0, under_way));
    assert!(station.cancel(T0, waiting));
    let outputs = drain(&mut station);
    assert_eq!(ended(&outputs).len(), 2);
    assert_eq!(sent(&outputs), [""; 0], "one CALL at a time");
    assert!(!station.cancel(T0, under_way), "has ended");
    let outputs = feed(&mut station, T0, r#"[3,"0",{}]"#);
    assert_eq!(ended(&outputs).len(), 0);
    assert_eq!(station.in_flight(), Some(last));
}

#[test]
fn answers_may_come_later_and_in_any_order_but_once() {
    let mut csms = csms(V2_0_1);
    let first = token(&feed(&mut csms, T0, r#"[2,"a","Heartbeat",{}]"#));
    let second = token(&feed(&mut csms, T0, r#"[2,"b","DataTransfer",{}]"#));
    assert_eq!(csms.respond(second, "[]"), Err(AnswerError::NotAnObject));
    csms.refuse(second, ErrorCode::OccurrenceConstraintViolation, "", "{}")
        .unwrap();
    csms.respond(first, r#"{"currentTime":"x"}"#).unwrap();
    assert_eq!(
        sent(&drain(&mut csms)),
        [
            r#"[4,"b","OccurrenceConstraintViolation","",{}]"#,
            r#"[3,"a",{"currentTime":"x"}]"#,
        ]
    );
    assert_eq!(csms.respond(first, "{}"), Err(AnswerError::NotPending));
    assert_eq!(
        csms.refuse(second, ErrorCode::GenericError, "", "{}"),
        Err(AnswerError::NotPending)
    );
    assert_eq!(sent(&drain(&mut csms)), [""; 0]);
}

#[test]
fn a_handler_that_never_answers_is_reported_and_the_peer_told() {
    for version in [V1_6, V2_0_1, V2_1] {
        let mut csms = csms(version);
        let call = token(&feed(&mut csms, T0, r#"[2,"a","Heartbeat",{}]"#));
        assert_eq!(csms.next_timeout(), Some(after(60)));
        csms.handle(after(60), Input::TimePassed).unwrap();
        let outputs = drain(&mut csms);
        assert!(sent(&outputs)[0].starts_with(r#"[4,"a","InternalError","#));
        assert_eq!(
            outputs[1],
            Output::Unanswered {
                token: call,
                action: "Heartbeat"
            }
        );
        assert_eq!(csms.respond(call, "{}"), Err(AnswerError::NotPending));
    }
}

#[test]
fn a_repeated_call_is_recognised_if_wanted() {
    let text = r#"[2,"a","DataTransfer",{"vendorId":"x"}]"#;
    let mut csms = session(V2_0_1, Role::Csms, |config| config.remember_answers = 1);
    let first = token(&feed(&mut csms, T0, text));
    let while_handled = feed(&mut csms, T0, text);
    assert_eq!(verdicts(&while_handled), [&Verdict::Repeated]);
    assert_eq!(sent(&while_handled), [""; 0], "one answer will serve both");

    csms.handle(after(1), Input::Disconnected).unwrap();
    assert_eq!(csms.respond(first, "{}"), Err(AnswerError::ConnectionLost));
    csms.handle(after(2), Input::Connected).unwrap();
    let outputs = feed(&mut csms, after(2), text);
    assert_eq!(
        sent(&outputs),
        [r#"[3,"a",{}]"#],
        "the answer that was lost"
    );
    assert_eq!(csms.handling(), 0);

    let other = feed(
        &mut csms,
        after(3),
        r#"[2,"a","DataTransfer",{"vendorId":"y"}]"#,
    );
    assert!(
        matches!(&other[..], [Output::Call(_)]),
        "another message with a used id"
    );
}

#[test]
fn a_call_that_was_refused_gets_another_try() {
    let text = r#"[2,"a","DataTransfer",{}]"#;
    let mut csms = session(V1_6, Role::Csms, |config| config.remember_answers = 1);
    let first = token(&feed(&mut csms, T0, text));
    csms.refuse(first, ErrorCode::InternalError, "", "{}")
        .unwrap();
    drain(&mut csms);
    assert!(matches!(&feed(&mut csms, T0, text)[..], [Output::Call(_)]));
}

#[test]
fn a_call_repeated_over_a_new_connection_is_answered_there() {
    let text = r#"[2,"a","DataTransfer",{}]"#;
    let mut csms = session(V1_6, Role::Csms, |config| config.remember_answers = 1);
    let first = token(&feed(&mut csms, T0, text));
    csms.handle(after(1), Input::Disconnected).unwrap();
    csms.handle(after(2), Input::Connected).unwrap();
    assert_eq!(
        verdicts(&feed(&mut csms, after(2), text)),
        [&Verdict::Repeated]
    );
    csms.respond(first, "{}").unwrap();
    assert_eq!(sent(&drain(&mut csms)), [r#"[3,"a",{}]"#]);
}

#[test]
fn sends_wait_for_nothing_and_are_never_answered() {
    let mut station = station(V2_1);
    call(&mut station, "Heartbeat", CallOptions::new());
    station
        .send("NotifyPeriodicEventStream", r#"{"id":1}"#)
        .unwrap();
    assert_eq!(
        sent(&drain(&mut station)),
        [
            r#"[2,"0","Heartbeat",{}]"#,
            r#"[6,"1","NotifyPeriodicEventStream",{"id":1}]"#,
        ]
    );
    let mut csms = csms(V2_1);
    let outputs = feed(
        &mut csms,
        T0,
        r#"[6,"1","NotifyPeriodicEventStream",{"id":1}]"#,
    );
    assert!(matches!(&outputs[..], [Output::Send(send)] if send.payload == r#"{"id":1}"#));
    for text in [
        r#"[6,"2","Heartbeat",{}]"#,
        r#"[6,"2","Reset",{}]"#,
        r#"[6,"2","Coffee",{}]"#,
        r#"[6,"2","NotifyPeriodicEventStream",[]]"#,
        r#"[6,"2","NotifyPeriodicEventStream",{"a"}]"#,
        r#"[6,"2"]"#,
        r#"[6]"#,
    ] {
        let outputs = feed(&mut csms, T0, text);
        assert_eq!(sent(&outputs), [""; 0], "{text}");
        assert_eq!(verdicts(&outputs).len(), 1, "{text}");
    }
    let too_old = self::station(V2_0_1).send("NotifyPeriodicEventStream", "{}");
    assert_eq!(too_old, Err(NotSent::WrongVersion));
}

#[test]
fn a_refused_response_is_matched_with_its_call() {
    let mut csms = csms(V2_1);
    let call = token(&feed(&mut csms, T0, r#"[2,"a","Heartbeat",{}]"#));
    csms.respond(call, "{}").unwrap();
    drain(&mut csms);
    let outputs = feed(&mut csms, T0, r#"[5,"a","ProtocolError","currentTime",{}]"#);
    let [
        Output::ResponseRefused {
            token,
            action,
            refusal,
        },
    ] = &outputs[..]
    else {
        panic!("{outputs:?}")
    };
    assert_eq!((*token, *action), (call, "Heartbeat"));
    assert_eq!(refusal.code, ErrorCode::ProtocolError);
    let outputs = feed(&mut csms, T0, r#"[5,"b","ProtocolError","",{}]"#);
    assert_eq!(verdicts(&outputs), [&Verdict::Unmatched]);
}

#[test]
fn signed_calls_go_through_the_verifier() {
    for version in [V2_0_1, V2_1] {
        let mut station = session(version, Role::Station, |config| {
            config.signed_messages = true;
        });
        let unsigned = signed::Unsigned::new("Reset", Number::Call, "ES256", None, r#"{"a":1}"#);
        let mut text = String::new();
        crate::frame::write_call(&mut text, "a", "Reset-Signed", &unsigned.sign(&[1]));
        let outputs = feed(&mut station, T0, &text);
        let [Output::SignedCall(call)] = &outputs[..] else {
            panic!("{outputs:?}")
        };
        assert_eq!(call.action, "Reset");
        let opened = signed::open(&call.payload, Some(call.action), Number::Call).unwrap();
        let mut suspicious = station.clone();
        station.verified(call.token, opened.payload).unwrap();
        let twice = station.verified(call.token, "{}".into());
        assert_eq!(twice, Err(AnswerError::NotPending));
        let outputs = drain(&mut station);
        let [Output::Call(verified)] = &outputs[..] else {
            panic!("{outputs:?}")
        };
        assert_eq!(
            (verified.token, &*verified.payload),
            (call.token, r#"{"a":1}"#)
        );
        assert!(verified.signed, "wants a signed answer");
        station.respond(call.token, "{}").unwrap();

        suspicious
            .refuse(
                call.token,
                ErrorCode::SecurityError,
                "wrong signature",
                "{}",
            )
            .unwrap();
        let outputs = drain(&mut suspicious);
        assert_eq!(
            sent(&outputs),
            [r#"[4,"a","SecurityError","wrong signature",{}]"#]
        );
    }
}

#[test]
fn a_signed_call_of_this_side_gets_the_suffix() {
    let mut csms = csms(V2_1);
    call(&mut csms, "Reset", CallOptions::new().signed());
    assert_eq!(sent(&drain(&mut csms)), [r#"[2,"0","Reset-Signed",{}]"#]);
}

#[test]
fn the_tap_shows_every_message_with_its_meaning() {
    let mut station = session(V2_0_1, Role::Station, |config| config.tap = true);
    call(&mut station, "Heartbeat", CallOptions::new());
    let outputs = drain(&mut station);
    let [Output::Transmit(transmit)] = &outputs[..] else {
        panic!("{outputs:?}")
    };
    assert_eq!((transmit.number, &*transmit.id), (Number::Call, "0"));
    assert_eq!(transmit.action.as_deref(), Some("Heartbeat"));
    let outputs = feed(&mut station, T0, r#"[3,"0",{}]"#);
    let Output::Seen(seen) = &outputs[0] else {
        panic!("{outputs:?}")
    };
    assert_eq!(seen.number, Some(Number::CallResult));
    assert_eq!(
        seen.action.as_deref(),
        Some("Heartbeat"),
        "known from the call"
    );
    assert_eq!(seen.verdict, Verdict::Accepted);
    let outputs = feed(&mut station, T0, r#"[2,"a","Coffee",{}]"#);
    let Output::Seen(seen) = &outputs[0] else {
        panic!("{outputs:?}")
    };
    assert_eq!(seen.answered, Some(ErrorCode::NotImplemented));
}

#[test]
fn counters_add_up() {
    let mut station = station(V1_6);
    call(&mut station, "Heartbeat", CallOptions::new());
    feed(&mut station, T0, r#"[3,"0",{}]"#);
    let reset = token(&feed(&mut station, T0, r#"[2,"a","Reset",{}]"#));
    station.respond(reset, "{}").unwrap();
    feed(&mut station, T0, r#"[2,"b","Coffee",{}]"#);
    feed(&mut station, T0, "nonsense");
    let counters = station.counters();
    assert_eq!(
        (counters.frames_in, counters.bytes_in),
        (4, 10 + 18 + 19 + 8)
    );
    assert_eq!((counters.frames_out, counters.calls_out), (3, 1));
    assert_eq!((counters.results_in, counters.results_out), (1, 1));
    assert_eq!(
        (counters.calls_in, counters.refused, counters.malformed),
        (1, 1, 1)
    );
    assert_eq!(counters.errors_out, 1);
}

#[test]
fn who_never_polls_is_stopped() {
    let mut csms = csms(V2_0_1);
    let result =
        (0..2 * MAX_OUTPUTS).try_for_each(|_| csms.handle(T0, Input::Received("nonsense")));
    assert_eq!(result, Err(Misuse::OutputsWaiting));
    drain(&mut csms);
    assert_eq!(csms.handle(T0, Input::Received("nonsense")), Ok(()));
}

#[test]
fn a_message_can_be_received_without_copying_it() {
    let mut csms = csms(V1_6);
    let text = String::from(r#"[2,"a","Heartbeat",{"b":1}]"#);
    let Ok(Received::Call { token, payload, .. }) = csms.receive(T0, &text) else {
        panic!()
    };
    assert_eq!(payload.as_ptr(), text[19..].as_ptr());
    csms.respond(token, "{}").unwrap();
    assert_eq!(sent(&drain(&mut csms)), [r#"[3,"a",{}]"#]);
}
