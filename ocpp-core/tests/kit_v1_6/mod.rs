//! What the tests of the 1.6 station share.

// Each test program uses what it needs.
#![allow(dead_code)]

use ocpp_core::testing::station::{Answer, Bench, friendly_v1_6};
use serde_json::Value;

/// The status of the station's answer, or the code of its error.
pub(crate) fn status(bench: &mut Bench, action: &str, payload: Value) -> String {
    match bench.call(action, payload) {
        Some(Ok(response)) => response["status"].as_str().unwrap_or_default().to_string(),
        Some(Err(code)) => code,
        None => "nothing".into(),
    }
}

/// The scripted CSMS with another answer for some actions.
pub(crate) fn but(
    mut other: impl FnMut(&str, &Value) -> Option<Answer> + 'static,
) -> impl FnMut(&str, &Value) -> Answer {
    let mut friendly = friendly_v1_6();
    move |action, payload| other(action, payload).unwrap_or_else(|| friendly(action, payload))
}
