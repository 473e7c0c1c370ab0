//! Frames to text.

use alloc::string::String;
use core::fmt::Write;

use ocpp_types::Version;

use super::plain::plain_length;
use super::{ErrorCode, MAX_DESCRIPTION, Number, truncated};

/// Appends a CALL to `out`. `payload` is the JSON text of the request.
pub fn write_call(out: &mut String, id: &str, action: &str, payload: &str) {
    write_request(out, Number::Call, id, action, payload);
}

/// Appends a SEND (2.1) to `out`. `payload` is the JSON text of the message.
pub fn write_send(out: &mut String, id: &str, action: &str, payload: &str) {
    write_request(out, Number::Send, id, action, payload);
}

/// Appends a CALLRESULT to `out`. `payload` is the JSON text of the response.
pub fn write_call_result(out: &mut String, id: &str, payload: &str) {
    out.reserve(id.len() + payload.len() + 8);
    write_head(out, Number::CallResult, id);
    out.push(',');
    out.push_str(payload);
    out.push(']');
}

/// Appends a CALLERROR to `out`.
///
/// The code is spelled as `version` wants it, the description cut to 255 characters. `details` is the JSON text of
/// an object; without any the specification wants `{}`.
pub fn write_call_error(
    out: &mut String,
    version: Version,
    id: &str,
    code: &ErrorCode,
    description: &str,
    details: &str,
) {
    write_error(
        out,
        Number::CallError,
        version,
        id,
        code,
        description,
        details,
    );
}

/// Appends a CALLRESULTERROR (2.1) to `out`; otherwise like [`write_call_error`].
pub fn write_call_result_error(
    out: &mut String,
    version: Version,
    id: &str,
    code: &ErrorCode,
    description: &str,
    details: &str,
) {
    write_error(
        out,
        Number::CallResultError,
        version,
        id,
        code,
        description,
        details,
    );
}

fn write_request(out: &mut String, number: Number, id: &str, action: &str, payload: &str) {
    out.reserve(id.len() + action.len() + payload.len() + 12);
    write_head(out, number, id);
    out.push(',');
    write_string(out, action);
    out.push(',');
    out.push_str(payload);
    out.push(']');
}

fn write_error(
    out: &mut String,
    number: Number,
    version: Version,
    id: &str,
    code: &ErrorCode,
    description: &str,
    details: &str,
) {
    let description = truncated(description, MAX_DESCRIPTION);
    out.reserve(id.len() + description.len() + details.len() + 48);
    write_head(out, number, id);
    out.push(',');
    write_string(out, code.as_str(version));
    out.push(',');
    write_string(out, description);
    out.push(',');
    out.push_str(if details.is_empty() { "{}" } else { details });
    out.push(']');
}

fn write_head(out: &mut String, number: Number, id: &str) {
    out.push('[');
    out.push(char::from(b'0' + number.as_u8()));
    out.push(',');
    write_string(out, id);
}

/// Appends `text` as a JSON string.
pub fn write_string(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    loop {
        // Every byte that needs an escape is ASCII, so the cuts are character boundaries.
        let (plain, special) = rest.split_at(plain_length(rest.as_bytes()));
        out.push_str(plain);
        let Some(first) = special.bytes().next() else {
            break;
        };
        match first {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            other => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{other:04x}");
            }
        }
        rest = &special[1..];
    }
    out.push('"');
}
