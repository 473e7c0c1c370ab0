use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::Version::{V1_6, V2_0_1, V2_1};
use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn call(text: &str) -> Request<'_> {
    match Frame::parse(V1_6, text) {
        Ok(Frame::Call(call)) => call,
        other => panic!("{text}: {other:?}"),
    }
}

fn error(text: &str) -> Refusal<'_> {
    match Frame::parse(V2_0_1, text) {
        Ok(Frame::CallError(refusal)) => refusal,
        other => panic!("{text}: {other:?}"),
    }
}

fn fault(text: &str) -> Fault {
    match Frame::parse(V2_1, text) {
        Err(malformed) => malformed.fault,
        Ok(frame) => panic!("{text}: {frame:?}"),
    }
}

#[test]
fn white_space_between_all_elements_is_allowed() {
    let request = call(" [ 2 ,\t\"a\" ,\r\n\"Heartbeat\" , { } ] \n");
    assert_eq!(request.id, "a");
    assert_eq!(request.action, "Heartbeat");
    assert_eq!(request.payload, "{ }");
}

#[test]
fn strings_borrow_unless_they_contain_escapes() {
    let text = r#"[2,"pl\u0061in","Heart\"beat\ud83d\ude00",{"a":"]"}]"#;
    let request = call(text);
    assert_eq!(request.id, "plain");
    assert_eq!(request.action, "Heart\"beat😀");
    assert_eq!(request.payload, r#"{"a":"]"}"#);

    let request = call(r#"[2,"ü-1","Heartbeat",{}]"#);
    assert!(matches!(request.id, Cow::Borrowed("ü-1")));
    assert!(matches!(request.action, Cow::Borrowed("Heartbeat")));
}

#[test]
fn null_for_no_payload_is_an_empty_object() {
    assert_eq!(call(r#"[2,"a","Heartbeat", null ]"#).payload, "{}");
    let frame = Frame::parse(V2_1, r#"[3,"a",null]"#);
    let response = Response {
        id: "a".into(),
        payload: "{}",
    };
    assert_eq!(frame, Ok(Frame::CallResult(response)));
}

#[test]
fn length_of_an_id_counts_characters() {
    let longest = "ü".repeat(MAX_ID);
    assert_eq!(
        call(&alloc::format!(r#"[2,"{longest}","A",{{}}]"#)).id,
        longest
    );
    let too_long = alloc::format!(r#"[2,"{longest}ü","A",{{}}]"#);
    assert_eq!(fault(&too_long), Fault::IdTooLong);
}

#[test]
fn only_2_1_knows_callresulterror_and_send() {
    let send = r#"[6,"a","NotifyPeriodicEventStream",{}]"#;
    let result_error = r#"[5,"a","FormatViolation","",{}]"#;
    assert!(matches!(Frame::parse(V2_1, send), Ok(Frame::Send(_))));
    assert!(matches!(
        Frame::parse(V2_1, result_error),
        Ok(Frame::CallResultError(_))
    ));
    for version in [V1_6, V2_0_1] {
        for (text, number) in [(send, 6), (result_error, 5)] {
            let malformed = Frame::parse(version, text).unwrap_err();
            assert_eq!(malformed.fault, Fault::UnknownMessageType(number));
        }
    }
}

#[test]
fn a_sloppy_error_is_still_an_error() {
    for (text, description, details) in [
        (
            r#"[4,"a","InternalError","why",{"b":1}]"#,
            "why",
            r#"{"b":1}"#,
        ),
        (r#"[4,"a","InternalError","",{}]"#, "", "{}"),
        (r#"[4,"a","InternalError","why"]"#, "why", "{}"),
        (r#"[4,"a","InternalError"]"#, "", "{}"),
        (r#"[4,"a","InternalError",null,{}]"#, "", "{}"),
        (r#"[4,"a","InternalError","why",null]"#, "why", "null"),
        (r#"[4,"a","InternalError","why","more"]"#, "why", "\"more\""),
    ] {
        let refusal = error(text);
        assert_eq!(refusal.code, ErrorCode::InternalError, "{text}");
        assert_eq!(refusal.description, description, "{text}");
        assert_eq!(refusal.details, details, "{text}");
    }
    let long = "x".repeat(10_000);
    let text = alloc::format!(r#"[4,"a","InternalError","{long}",{{}}]"#);
    assert_eq!(error(&text).description, long);
}

#[test]
fn codes_are_read_in_every_spelling_and_written_in_that_of_the_version() {
    for (written, in_1_6, in_2_x) in [
        (
            "FormationViolation",
            "FormationViolation",
            "FormatViolation",
        ),
        ("FormatViolation", "FormationViolation", "FormatViolation"),
        (
            "OccurenceConstraintViolation",
            "OccurenceConstraintViolation",
            "OccurrenceConstraintViolation",
        ),
        (
            "OccurrenceConstraintViolation",
            "OccurenceConstraintViolation",
            "OccurrenceConstraintViolation",
        ),
        ("NotImplemented", "NotImplemented", "NotImplemented"),
        ("NotSupported", "NotSupported", "NotSupported"),
        ("InternalError", "InternalError", "InternalError"),
        ("ProtocolError", "ProtocolError", "ProtocolError"),
        ("SecurityError", "SecurityError", "SecurityError"),
        ("GenericError", "GenericError", "GenericError"),
        (
            "PropertyConstraintViolation",
            "PropertyConstraintViolation",
            "PropertyConstraintViolation",
        ),
        (
            "TypeConstraintViolation",
            "TypeConstraintViolation",
            "TypeConstraintViolation",
        ),
        (
            "MessageTypeNotSupported",
            "GenericError",
            "MessageTypeNotSupported",
        ),
        (
            "RpcFrameworkError",
            "FormationViolation",
            "RpcFrameworkError",
        ),
        ("notimplemented", "notimplemented", "notimplemented"),
        ("", "", ""),
    ] {
        let code = ErrorCode::parse(written);
        assert_eq!(code.as_str(V1_6), in_1_6);
        assert_eq!(code.as_str(V2_0_1), in_2_x);
        assert_eq!(code.as_str(V2_1), in_2_x);
    }
}

#[test]
fn every_defect_has_its_name() {
    let not_json = |line, column| Fault::NotJson { line, column };
    for (text, expected) in [
        ("", not_json(1, 0)),
        ("hello", not_json(1, 1)),
        ("\u{feff}[2,\"a\",\"A\",{}]", not_json(1, 1)),
        ("[", not_json(1, 1)),
        ("[2", not_json(1, 2)),
        ("[2,", not_json(1, 3)),
        ("[2,\"a", not_json(1, 5)),
        ("[2,\"a\nb\",\"A\",{}]", not_json(1, 5)),
        ("[2,\"a\\ud800\",\"A\",{}]", not_json(1, 12)),
        ("[02,\"a\",\"A\",{}]", not_json(1, 3)),
        ("{}", Fault::NotAnArray),
        ("\"[2]\"", Fault::NotAnArray),
        ("null", Fault::NotAnArray),
        ("[]", Fault::MessageTypeNotANumber),
        ("[\"2\",\"a\",\"A\",{}]", Fault::MessageTypeNotANumber),
        ("[2.0,\"a\",\"A\",{}]", Fault::MessageTypeNotANumber),
        ("[2e0,\"a\",\"A\",{}]", Fault::MessageTypeNotANumber),
        ("[-2,\"a\",\"A\",{}]", Fault::MessageTypeNotANumber),
        ("[[2],\"a\",\"A\",{}]", Fault::MessageTypeNotANumber),
        ("[0,\"a\"]", Fault::UnknownMessageType(0)),
        ("[1]", Fault::UnknownMessageType(1)),
        ("[7,{}]", Fault::UnknownMessageType(7)),
        (
            "[99999999999999999999,\"a\"]",
            Fault::UnknownMessageType(u64::MAX),
        ),
        ("[2]", Fault::WrongLength),
        ("[2,\"a\"]", Fault::WrongLength),
        ("[2,\"a\",\"A\"]", Fault::WrongLength),
        ("[3,\"a\"]", Fault::WrongLength),
        ("[4,\"a\"]", Fault::WrongLength),
        ("[6,\"a\",\"A\"]", Fault::WrongLength),
        ("[2,1,\"A\",{}]", Fault::IdNotAString),
        ("[2,null,\"A\",{}]", Fault::IdNotAString),
        ("[2,\"a\",{},{}]", Fault::ActionNotAString),
        ("[4,\"a\",7,\"\",{}]", Fault::CodeNotAString),
        ("[2,\"a\",\"A\",[]]", Fault::PayloadNotAnObject),
        ("[2,\"a\",\"A\",\"\"]", Fault::PayloadNotAnObject),
        ("[3,\"a\",nul]", Fault::PayloadNotJson),
        ("[3,\"a\",]", Fault::PayloadNotJson),
        ("[3,\"a\",{}", Fault::PayloadNotJson),
        ("[3,\"a\",{} x", Fault::PayloadNotJson),
    ] {
        assert_eq!(fault(text), expected, "{text}");
    }
}

#[test]
fn a_payload_is_checked_only_when_asked() {
    for (text, expected) in [
        (r#"[2,"a","A",{"b":[{}]}]"#, Ok(())),
        (r#"[2,"a","A",{},{}]"#, Err(Fault::WrongLength)),
        (r#"[2,"a","A",{} , 5 ]"#, Err(Fault::WrongLength)),
        (r#"[2,"a","A",{},]"#, Err(Fault::PayloadNotJson)),
        (r#"[2,"a","A",{}}]"#, Err(Fault::PayloadNotJson)),
        (r#"[2,"a","A",{}]]"#, Err(Fault::PayloadNotJson)),
        (r#"[2,"a","A",{"b":}]"#, Err(Fault::PayloadNotJson)),
        (r#"[2,"a","A",{b]"#, Err(Fault::PayloadNotJson)),
    ] {
        assert_eq!(check_payload(call(text).payload), expected, "{text}");
    }
}

#[test]
fn hostile_texts_are_only_texts() {
    let deep = "[".repeat(1_000_000);
    assert!(matches!(fault(&deep), Fault::NotJson { .. }));
    let deep_payload = alloc::format!(
        "[2,\"a\",\"A\",{{\"b\":{}{}}}]",
        "[".repeat(500_000),
        "]".repeat(500_000)
    );
    assert_eq!(check_payload(call(&deep_payload).payload), Ok(()));
    let big = alloc::format!(r#"[2,"a","A",{{"b":"{}"}}]"#, "x".repeat(10_000_000));
    assert_eq!(call(&big).payload.len(), 10_000_008);
    let numbers = r#"[2,"a","A",{"b":1e400,"c":12345678901234567890123,"d":-0}]"#;
    assert_eq!(check_payload(call(numbers).payload), Ok(()));
    let nul = "[2,\"a\0\",\"A\",{}]";
    assert!(matches!(fault(nul), Fault::NotJson { .. }));
    let long_id = alloc::format!(r#"[2,"{}","A",{{}}]"#, "i".repeat(1_000_000));
    let malformed = Frame::parse(V1_6, &long_id).unwrap_err();
    assert_eq!(
        malformed.answer(V1_6),
        None,
        "an id is not echoed at any length"
    );
}

#[test]
fn written_text_is_what_it_should_be() {
    let mut out = String::new();
    write_call(&mut out, "1\"", "Heartbeat", "{}");
    assert_eq!(out, r#"[2,"1\"","Heartbeat",{}]"#);
    out.clear();
    write_call_result(&mut out, "1", r#"{"a":1}"#);
    assert_eq!(out, r#"[3,"1",{"a":1}]"#);
    out.clear();
    write_send(&mut out, "1", "A", "{}");
    assert_eq!(out, r#"[6,"1","A",{}]"#);
    out.clear();
    write_call_error(
        &mut out,
        V1_6,
        "1",
        &ErrorCode::FormatViolation,
        "a\u{1}\n",
        "",
    );
    assert_eq!(out, r#"[4,"1","FormationViolation","a\u0001\n",{}]"#);
    out.clear();
    write_call_result_error(
        &mut out,
        V2_1,
        "1",
        &ErrorCode::FormatViolation,
        "",
        "{\"b\":2}",
    );
    assert_eq!(out, r#"[5,"1","FormatViolation","",{"b":2}]"#);
}

#[test]
fn a_long_description_is_cut_at_255_characters() {
    let mut out = String::new();
    let long = "ü".repeat(300);
    write_call_error(&mut out, V2_0_1, "1", &ErrorCode::GenericError, &long, "{}");
    assert_eq!(error(&out).description, "ü".repeat(255));
}

/// Texts that are nearly frames.
fn nearly_a_frame() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("["),
        Just("]"),
        Just("{"),
        Just("}"),
        Just(","),
        Just(":"),
        Just("\""),
        Just("\\"),
        Just("2"),
        Just("3"),
        Just("4"),
        Just("5"),
        Just("6"),
        Just("\"a\""),
        Just("\"Heartbeat\""),
        Just("{}"),
        Just("null"),
        Just(" "),
        Just("\\u00"),
        Just("ü"),
        Just("\"a\\n\""),
        Just("-1"),
        Just("[2,\"a\",\"A\","),
        Just("[3,\"a\","),
        Just("[4,\"a\",\"GenericError\","),
        Just("{}]"),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// The view agrees with a full JSON parser wherever both have an opinion.
    #[test]
    fn agrees_with_a_full_parser(text in nearly_a_frame()) {
        let full: Result<Vec<Value>, _> = serde_json::from_str(&text);
        match Frame::parse(V2_1, &text) {
            Ok(Frame::Call(request)) if check_payload(request.payload).is_ok() => {
                let elements = full.unwrap();
                prop_assert_eq!(elements.len(), 4);
                prop_assert_eq!(&elements[0], 2);
                prop_assert_eq!(&elements[1], &*request.id);
                prop_assert_eq!(&elements[2], &*request.action);
                prop_assert!(elements[3].is_object() || elements[3].is_null());
            }
            Ok(Frame::CallResult(response)) if check_payload(response.payload).is_ok() => {
                let elements = full.unwrap();
                prop_assert_eq!(elements.len(), 3);
                prop_assert_eq!(&elements[1], &*response.id);
            }
            Ok(_) => {}
            Err(malformed) => {
                let is_frame = full.is_ok_and(|elements| {
                    let words = |n: usize| elements[1..n].iter().all(Value::is_string);
                    let payload = |n: usize| elements[n].is_object() || elements[n].is_null();
                    match elements.first().and_then(Value::as_u64) {
                        Some(2 | 6) => elements.len() == 4 && words(3) && payload(3),
                        Some(3) => elements.len() == 3 && words(2) && payload(2),
                        Some(4 | 5) => elements.len() == 5 && words(4) && payload(4),
                        _ => false,
                    }
                });
                prop_assert!(!is_frame, "{} refused: {}", text, malformed);
                // Whatever is answered can be read by the peer.
                for version in [V1_6, V2_0_1, V2_1] {
                    if let Some(answer) = malformed.answer(version) {
                        let mut out = String::new();
                        let description = malformed.to_string();
                        write_call_error(
                            &mut out, version, &answer.id, &answer.code, &description,
                            &malformed.details(),
                        );
                        let read = Frame::parse(version, &out);
                        prop_assert!(matches!(read, Ok(Frame::CallError(_))), "{}", out);
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_written_is_read_back(
        id in ".{0,36}", action in ".*", description in ".{0,255}", custom in ".*"
    ) {
        let mut out = String::new();
        write_call(&mut out, &id, &action, "{}");
        let request = Request { id: id.clone().into(), action: action.into(), payload: "{}" };
        prop_assert_eq!(Frame::parse(V2_1, &out), Ok(Frame::Call(request)));

        out.clear();
        let code = ErrorCode::parse(&custom);
        write_call_error(&mut out, V2_1, &id, &code, &description, "{}");
        let refusal = Refusal {
            id: id.into(), code, description: description.into(), details: "{}",
        };
        prop_assert_eq!(Frame::parse(V2_1, &out), Ok(Frame::CallError(refusal)));
    }
}
