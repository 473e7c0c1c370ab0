//! Any text: the frame view never panics, agrees with a full JSON parser, and what is answered can be read.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ocpp_core::Version;
use ocpp_core::frame::{Frame, check_payload, write_call, write_call_error};
use serde_json::Value;

fuzz_target!(|text: &str| {
    for version in Version::ALL {
        match Frame::parse(version, text) {
            Ok(Frame::Call(call)) if check_payload(call.payload).is_ok() => {
                // Lone surrogates are JSON to a parser that skips them, and no text to one that decodes them.
                if let Ok(elements) = serde_json::from_str::<Vec<Value>>(text) {
                    assert_eq!(elements.len(), 4);
                    assert_eq!(elements[1], *call.id);
                    assert_eq!(elements[2], *call.action);
                }
                let mut again = String::new();
                write_call(&mut again, &call.id, &call.action, call.payload);
                assert_eq!(Frame::parse(version, &again), Ok(Frame::Call(call)));
            }
            Ok(_) => {}
            Err(malformed) => {
                if let Some(answer) = malformed.answer(version) {
                    let mut told = String::new();
                    let description = malformed.to_string();
                    let details = malformed.details();
                    write_call_error(
                        &mut told,
                        version,
                        &answer.id,
                        &answer.code,
                        &description,
                        &details,
                    );
                    serde_json::from_str::<Vec<Value>>(&told).expect("an answer is JSON");
                }
            }
        }
    }
});
