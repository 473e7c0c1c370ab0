//! Sessions whose messages are the generated types.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of the tests panic like the tests themselves

use ocpp_core::Version::{self, V1_6, V2_0_1, V2_1};
use ocpp_core::frame::{ErrorCode, Fault, Number, write_call};
use ocpp_core::session::{
    AnswerError, CallFailure, CallOptions, Config, Decoding, Event, Failure, Input, MessageIds,
    Output, Role, SendError, TypedSession, signed,
};
use ocpp_core::time::Instant;
use ocpp_types::{Payload, Protocol, Request, v1_6, v2_0_1, v2_1};
use serde_json::{Value, json};

const T0: Instant = Instant::ORIGIN;

fn session<P: Protocol>(role: Role, decoding: Decoding) -> TypedSession<P> {
    let mut config = Config::new(role);
    config.signed_messages = true;
    let ids = MessageIds::counter(0, u32::MAX);
    let mut session = TypedSession::new(role, config, ids, decoding);
    session.handle(T0, Input::Connected).unwrap();
    session
}

fn drain<P: Protocol>(session: &mut TypedSession<P>) -> Vec<Event<P>> {
    let all = std::iter::from_fn(|| session.poll_event());
    all.filter(|event| !matches!(event, Event::Output(Output::StoreNextId(_))))
        .collect()
}

fn feed<P: Protocol>(session: &mut TypedSession<P>, text: &str) -> Vec<Event<P>> {
    session.handle(T0, Input::Received(text)).unwrap();
    drain(session)
}

fn sent<P: Protocol>(events: &[Event<P>]) -> Vec<Value> {
    let texts = events.iter().filter_map(|event| match event {
        Event::Output(Output::Transmit(transmit)) => Some(&transmit.text),
        _ => None,
    });
    texts
        .map(|text| serde_json::from_str(text).unwrap())
        .collect()
}

/// What a CSMS of this version answers to a BootNotification with this payload.
fn answer_to_boot(version: Version, payload: &Value) -> Vec<Value> {
    fn answer<P: Protocol>(payload: &Value) -> Vec<Value> {
        let text = json!([2, "a", "BootNotification", payload]).to_string();
        let mut csms = session::<P>(Role::Csms, Decoding::Strict);
        let events = feed(&mut csms, &text);
        let refused = events
            .iter()
            .any(|event| matches!(event, Event::RequestRefused { .. }));
        assert!(refused, "{text} is reported: {events:?}");
        assert_eq!(csms.session().handling(), 0, "{text} is not delivered");
        sent(&events)
    }
    match version {
        V1_6 => answer::<v1_6::Protocol>(payload),
        V2_0_1 => answer::<v2_0_1::Protocol>(payload),
        V2_1 => answer::<v2_1::Protocol>(payload),
    }
}

#[test]
fn a_request_that_breaks_its_schema_is_answered_with_code_and_place() {
    let boot_1_6 = || json!({"chargePointVendor": "V", "chargePointModel": "M"});
    let boot_2_x =
        || json!({"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "V"}});
    let long = "x".repeat(21);
    let rows: [(&str, &str, &str, Value, &str, &str, Value); 4] = [
        (
            "/chargePointModel",
            "TypeConstraintViolation",
            "12",
            json!(12),
            "/chargingStation/model",
            "TypeConstraintViolation",
            json!(12),
        ),
        (
            "/chargePointModel",
            "PropertyConstraintViolation",
            &long,
            json!(long),
            "/chargingStation/model",
            "PropertyConstraintViolation",
            json!(long),
        ),
        (
            "/chargePointModel",
            "OccurenceConstraintViolation",
            "",
            Value::Null,
            "/chargingStation/model",
            "OccurrenceConstraintViolation",
            Value::Null,
        ),
        (
            "/unknown",
            "FormationViolation",
            "1",
            json!(1),
            "/chargingStation/unknown",
            "FormatViolation",
            json!(1),
        ),
    ];
    for (pointer_1_6, code_1_6, found, value_1_6, pointer_2_x, code_2_x, value_2_x) in rows {
        for version in [V1_6, V2_0_1, V2_1] {
            let (mut payload, pointer, code, value) = match version {
                V1_6 => (boot_1_6(), pointer_1_6, code_1_6, &value_1_6),
                _ => (boot_2_x(), pointer_2_x, code_2_x, &value_2_x),
            };
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            let object = payload
                .pointer_mut(parent)
                .unwrap()
                .as_object_mut()
                .unwrap();
            if value.is_null() {
                object.remove(name);
            } else {
                object.insert(name.into(), value.clone());
            }
            let answer = answer_to_boot(version, &payload);
            let [Value::Array(error)] = &answer[..] else {
                panic!("{version} {pointer}: {answer:?}")
            };
            assert_eq!(
                (&error[0], &error[1], &error[2]),
                (&json!(4), &json!("a"), &json!(code))
            );
            // The place of a missing member is the object that lacks it.
            let place = if value.is_null() { parent } else { pointer };
            assert!(error[3].as_str().unwrap().contains(name), "{error:?}");
            let violation = &error[4]["violations"][0];
            assert_eq!(
                (&violation["pointer"], &violation["code"]),
                (&json!(place), &json!(code))
            );
            assert!(violation["expected"].is_string());
            let told = violation["found"].as_str().unwrap();
            assert!(told.contains(found), "{told}");
        }
    }
}

#[test]
fn many_violations_do_not_make_a_large_answer() {
    let mut payload = json!({"chargePointVendor": "V", "chargePointModel": "M"});
    for number in 0..1_000 {
        payload[format!("unknown{number}")] = json!("x".repeat(1_000));
    }
    let answer = answer_to_boot(V1_6, &payload);
    assert_eq!(answer[0][4]["violations"].as_array().unwrap().len(), 10);
    assert_eq!(answer[0][4]["more"], 90);
    assert!(answer[0].to_string().len() < 5_000);
    // Nor do long names of the peer's own.
    let mut payload = json!({"chargePointVendor": "V", "chargePointModel": "M"});
    for number in 0..20 {
        payload[format!("{number}{}", "n".repeat(10_000))] = json!(1);
    }
    let answer = answer_to_boot(V1_6, &payload);
    let told = answer[0][4]["violations"].as_array().unwrap().len();
    assert!((1..10).contains(&told), "{told}");
    assert_eq!(answer[0][4]["more"], 20 - told);
    assert!(answer[0].to_string().len() < 5_500);
}

#[test]
fn a_list_of_what_is_allowed_is_told_whole() {
    let payload =
        json!({"reason": "Boredom", "chargingStation": {"model": "M", "vendorName": "V"}});
    let answer = answer_to_boot(V2_0_1, &payload);
    let violation = &answer[0][4]["violations"][0];
    assert_eq!(
        violation["expected"],
        "one of ApplicationReset, FirmwareUpdate, LocalReset, PowerUp, RemoteReset, ScheduledReset, Triggered, Unknown, \
         Watchdog"
    );
    assert_eq!(answer[0][4].get("more"), None);
}

#[test]
fn a_payload_that_is_no_single_object_is_answered_like_in_a_raw_session() {
    for (text, expected) in [
        (r#"[2,"a","Heartbeat",{},{}]"#, "RpcFrameworkError"),
        (r#"[2,"a","Heartbeat",{]"#, "FormatViolation"),
        (r#"[2,"a","Heartbeat",{}]]"#, "FormatViolation"),
        (r#"[2,"a","Heartbeat",[]]"#, "ProtocolError"),
        (r#"[2,"a","MakeCoffee",{}]"#, "NotImplemented"),
        (r#"[2,"a","Reset",{}]"#, "NotSupported"),
    ] {
        let mut csms = session::<v2_0_1::Protocol>(Role::Csms, Decoding::Lenient);
        let events = feed(&mut csms, text);
        assert_eq!(sent(&events)[0][2], expected, "{text}");
        assert_eq!(csms.session().handling(), 0);
    }
}

#[test]
fn strict_or_lenient_is_chosen_per_connection() {
    let text =
        r#"[2,"a","BootNotification",{"chargePointVendor":"V","chargePointModel":"M","x":1}]"#;
    let mut strict = session::<v1_6::Protocol>(Role::Csms, Decoding::Strict);
    assert_eq!(sent(&feed(&mut strict, text))[0][2], "FormationViolation");
    let mut lenient = session::<v1_6::Protocol>(Role::Csms, Decoding::Lenient);
    let events = feed(&mut lenient, text);
    let [
        Event::Call {
            request: v1_6::AnyRequest::BootNotification(request),
            deviations,
            ..
        },
    ] = &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!(request.charge_point_model.as_str(), "M");
    assert_eq!(deviations[0].pointer, "/x");
    strict.set_decoding(Decoding::Lenient);
    assert!(matches!(feed(&mut strict, text)[..], [Event::Call { .. }]));
}

#[test]
fn a_call_ends_with_its_typed_response() {
    let mut station = session::<v1_6::Protocol>(Role::Station, Decoding::Strict);
    let call = station
        .call(T0, &v1_6::HeartbeatRequest::new(), CallOptions::new())
        .unwrap();
    assert_eq!(
        sent(&drain(&mut station)),
        [json!([2, "0", "Heartbeat", {}])]
    );
    let events = feed(
        &mut station,
        r#"[3,"0",{"currentTime":"2024-05-15T12:00:00Z"}]"#,
    );
    let [
        Event::CallEnded {
            call: ended,
            action: v1_6::Action::Heartbeat,
            result: Ok(v1_6::AnyResponse::Heartbeat(response)),
            ..
        },
    ] = &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!(*ended, call);
    assert_eq!(response.current_time.unix_millis(), 1_715_774_400_000);
}

/// The response of another action, or of none, ends the call; only 2.1 can tell the peer.
fn wrong_response<P, R>(request: &R, payload: &str) -> (Failure, Vec<Value>)
where
    P: Protocol,
    R: Request<Protocol = P>,
{
    let mut station = session::<P>(Role::Station, Decoding::Strict);
    station.call(T0, request, CallOptions::new()).unwrap();
    drain(&mut station);
    let mut events = feed(&mut station, &format!("[3,\"0\",{payload}]"));
    assert_eq!(station.session().in_flight(), None);
    let told = sent(&events);
    events.retain(|event| matches!(event, Event::CallEnded { .. }));
    match events.pop() {
        Some(Event::CallEnded {
            result: Err(failure),
            ..
        }) => (failure, told),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_response_of_the_wrong_type_ends_its_call() {
    let payload = r#"{"status":"Accepted"}"#;
    for (version, (failure, told)) in [
        (
            V1_6,
            wrong_response(&v1_6::HeartbeatRequest::new(), payload),
        ),
        (
            V2_0_1,
            wrong_response(&v2_0_1::HeartbeatRequest::new(), payload),
        ),
        (
            V2_1,
            wrong_response(&v2_1::HeartbeatRequest::new(), payload),
        ),
    ] {
        let Failure::Response(error) = failure else {
            panic!("{failure:?}")
        };
        let pointers: Vec<_> = error.issues().iter().map(|issue| &*issue.pointer).collect();
        assert!(pointers.contains(&"/status"), "{pointers:?}");
        if version == V2_1 {
            assert_eq!((&told[0][0], &told[0][1]), (&json!(5), &json!("0")));
            assert_eq!(told[0][2], ErrorCode::from(error.violation()).as_str(V2_1));
            assert!(told[0][4]["violations"].is_array());
        } else {
            assert_eq!(told, [""; 0], "{version}");
        }
    }
}

#[test]
fn a_response_that_is_no_object_ends_its_call() {
    for (payload, fault) in [
        ("{},{}", Fault::WrongLength),
        ("{\"currentTime\"}", Fault::PayloadNotJson),
        ("[]", Fault::PayloadNotAnObject),
    ] {
        let (failure, told) = wrong_response(&v2_1::HeartbeatRequest::new(), payload);
        assert_eq!(failure, Failure::Call(CallFailure::InvalidResponse(fault)));
        assert_eq!(told[0][0], 5);
    }
}

#[test]
fn a_call_is_answered_with_its_own_response() {
    let mut csms = session::<v2_0_1::Protocol>(Role::Csms, Decoding::Strict);
    let events = feed(&mut csms, r#"[2,"a","Heartbeat",{}]"#);
    let [Event::Call { token, .. }] = events[..] else {
        panic!("{events:?}")
    };
    let boot = v2_0_1::MeterValuesResponse::new();
    let wrong = csms.respond::<v2_0_1::MeterValuesRequest>(token, &boot);
    assert!(matches!(
        wrong,
        Err(SendError::OtherAction {
            called: "Heartbeat"
        })
    ));
    let right = v2_0_1::HeartbeatResponse::new("2024-05-15T12:00:00Z".parse().unwrap());
    csms.respond::<v2_0_1::HeartbeatRequest>(token, &right)
        .unwrap();
    assert_eq!(
        sent(&drain(&mut csms)),
        [json!([3, "a", {"currentTime": "2024-05-15T12:00:00Z"}])]
    );
    let again = csms.respond::<v2_0_1::HeartbeatRequest>(token, &right);
    assert!(matches!(
        again,
        Err(SendError::Answer(AnswerError::NotPending))
    ));
}

#[test]
fn what_only_lenient_decoding_lets_in_cannot_be_sent() {
    let text = r#"{"chargePointVendor":"V","chargePointModel":"far too long for a model"}"#;
    let request = v1_6::BootNotificationRequest::decode_lenient(text)
        .unwrap()
        .value;
    let mut station = session::<v1_6::Protocol>(Role::Station, Decoding::Strict);
    let refused = station.call(T0, &request, CallOptions::new());
    assert!(matches!(refused, Err(SendError::Encode(_))));
    assert_eq!(sent(&drain(&mut station)), [""; 0]);
}

#[test]
fn typed_sends_arrive_and_wrong_ones_are_reported_only() {
    let stream = json!({
        "id": 1, "pending": 0, "basetime": "2024-08-27T12:30:40Z",
        "data": [{"t": 0.5, "v": "230.4"}],
    });
    let message = v2_1::NotifyPeriodicEventStream::decode(&stream.to_string()).unwrap();
    let mut station = session::<v2_1::Protocol>(Role::Station, Decoding::Strict);
    station.send(&message).unwrap();
    let text = sent(&drain(&mut station)).remove(0);
    assert_eq!(
        (&text[0], &text[2]),
        (&json!(6), &json!("NotifyPeriodicEventStream"))
    );
    let mut csms = session::<v2_1::Protocol>(Role::Csms, Decoding::Strict);
    let events = feed(&mut csms, &text.to_string());
    assert!(matches!(
        &events[..],
        [Event::Send { message: v2_1::AnyRequest::NotifyPeriodicEventStream(got), .. }]
            if *got == message
    ));
    let events = feed(&mut csms, r#"[6,"1","NotifyPeriodicEventStream",{"id":1}]"#);
    assert!(
        matches!(events[..], [Event::RequestRefused { answered: None, .. }]),
        "{events:?}"
    );
}

#[test]
fn a_signed_request_is_decoded_after_it_was_verified() {
    let mut station = session::<v2_0_1::Protocol>(Role::Station, Decoding::Strict);
    for (payload, accepted) in [
        (r#"{"type":"Immediate"}"#, true),
        (r#"{"type":"Maybe"}"#, false),
    ] {
        let unsigned = signed::Unsigned::new("Reset", Number::Call, "ES256", None, payload);
        let mut text = String::new();
        write_call(&mut text, payload, "Reset-Signed", &unsigned.sign(&[1]));
        let mut events = feed(&mut station, &text);
        let Some(Event::Output(Output::SignedCall(call))) = events.pop() else {
            panic!("{events:?}")
        };
        let opened = signed::open(&call.payload, Some(call.action), Number::Call).unwrap();
        station
            .session_mut()
            .verified(call.token, opened.payload)
            .unwrap();
        let events = drain(&mut station);
        if accepted {
            assert!(
                matches!(events[..], [Event::Call { signed: true, .. }]),
                "{events:?}"
            );
        } else {
            assert_eq!(sent(&events)[0][2], "PropertyConstraintViolation");
        }
    }
}

#[test]
fn the_response_to_a_signed_call_is_handed_over_as_it_came() {
    let mut csms = session::<v2_1::Protocol>(Role::Csms, Decoding::Strict);
    let request = r#"{"type":"Immediate"}"#;
    let unsigned = signed::Unsigned::new("Reset", Number::Call, "ES256", None, request);
    let options = CallOptions::new().signed();
    let payload = unsigned.sign(&[1]);
    csms.session_mut()
        .call(T0, "Reset", payload, options)
        .unwrap();
    assert_eq!(sent(&drain(&mut csms))[0][2], "Reset-Signed");
    let response = r#"{"status":"Accepted"}"#;
    let signed_response =
        signed::Unsigned::new("Reset", Number::CallResult, "ES256", None, response).sign(&[2]);
    let events = feed(&mut csms, &format!("[3,\"0\",{signed_response}]"));
    let [
        Event::SignedCallEnded {
            action, payload, ..
        },
    ] = &events[..]
    else {
        panic!("{events:?}")
    };
    let opened = signed::open(payload, Some("Reset"), Number::CallResult).unwrap();
    let response = v2_1::Protocol::decode_response(*action, &opened.payload);
    assert!(matches!(response, Ok(v2_1::AnyResponse::Reset(_))));
}

#[test]
fn every_failure_of_a_call_is_an_event() {
    let mut station = session::<v1_6::Protocol>(Role::Station, Decoding::Strict);
    station
        .call(T0, &v1_6::HeartbeatRequest::new(), CallOptions::new())
        .unwrap();
    drain(&mut station);
    let refused = feed(&mut station, r#"[4,"0","NotSupported","",{}]"#);
    assert!(matches!(
        &refused[..],
        [Event::CallEnded { result: Err(Failure::Call(CallFailure::Refused(refusal))), .. }]
            if refusal.code == ErrorCode::NotSupported
    ));
    station
        .call(T0, &v1_6::HeartbeatRequest::new(), CallOptions::new())
        .unwrap();
    drain(&mut station);
    station.handle(T0, Input::Disconnected).unwrap();
    assert!(matches!(
        drain(&mut station)[..],
        [Event::CallEnded {
            result: Err(Failure::Call(CallFailure::Disconnected)),
            ..
        }]
    ));
}
