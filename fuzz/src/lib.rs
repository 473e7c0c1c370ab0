//! What the fuzz targets check of the types.
//!
//! An input is a byte that chooses the action, a byte whose lowest bit chooses the response, and the payload.
//! `cargo test -p ocpp-equivalence -- --ignored write_fuzz_corpus` writes one input per message, and broken
//! ones for lenient decoding, into `fuzz/corpus`.

use std::fmt::Debug;

use ocpp_types::{DecodeError, Lenient, Protocol};
use serde::Serialize;

fn split<P: Protocol>(data: &[u8]) -> Option<(P::Action, bool, &str)> {
    let [action, response, json @ ..] = data else {
        return None;
    };
    let action = P::ACTIONS[usize::from(*action) % P::ACTIONS.len()];
    let json = std::str::from_utf8(json).ok()?;
    Some((action, response & 1 == 1, json))
}

/// Decoding, encoding and decoding again gives the same value; what is refused is refused with a reason.
pub fn round_trip<P: Protocol>(data: &[u8]) {
    match split::<P>(data) {
        Some((action, false, json)) => {
            identity::<P, _>(json, |json| P::decode_request(action, json))
        }
        Some((action, true, json)) => {
            identity::<P, _>(json, |json| P::decode_response(action, json))
        }
        None => {}
    }
}

fn identity<P: Protocol, T: Serialize + Debug>(
    json: &str,
    decode: impl Fn(&str) -> Result<T, DecodeError>,
) {
    match decode(json) {
        Ok(value) => {
            let text =
                serde_json::to_string(&value).expect("what was decoded strictly can be encoded");
            let again = decode(&text).expect("what was encoded can be decoded");
            assert_eq!(format!("{value:?}"), format!("{again:?}"));
            assert_eq!(serde_json::to_string(&again).unwrap(), text);
        }
        Err(error) => explains::<P>(&error),
    }
}

fn explains<P: Protocol>(error: &DecodeError) {
    assert!(!error.issues().is_empty());
    assert!(!error.to_string().is_empty());
    assert!(!error.code(P::VERSION).is_empty());
}

/// Lenient decoding forgives nothing in silence, and what it makes can be encoded only when it is right.
pub fn lenient<P: Protocol>(data: &[u8]) {
    match split::<P>(data) {
        Some((action, false, json)) => promises::<P, _>(
            json,
            |json| P::decode_request(action, json),
            |json| P::decode_request_lenient(action, json),
        ),
        Some((action, true, json)) => promises::<P, _>(
            json,
            |json| P::decode_response(action, json),
            |json| P::decode_response_lenient(action, json),
        ),
        None => {}
    }
}

fn promises<P: Protocol, T: Serialize + Debug>(
    json: &str,
    strict: impl Fn(&str) -> Result<T, DecodeError>,
    lenient: impl Fn(&str) -> Result<Lenient<T>, DecodeError>,
) {
    let is_right = strict(json).is_ok();
    match lenient(json) {
        Ok(Lenient { value, deviations }) => {
            assert_eq!(is_right, deviations.is_empty());
            if let Ok(text) = serde_json::to_string(&value) {
                let again = strict(&text).expect("what can be encoded is right");
                assert_eq!(format!("{value:?}"), format!("{again:?}"));
            } else {
                assert!(!is_right, "what is right can be encoded");
            }
        }
        Err(error) => {
            assert!(!is_right);
            explains::<P>(&error);
        }
    }
}
