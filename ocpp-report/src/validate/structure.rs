//! What is wrong with a frame, apart from its payload: pointers lead into the frame.

use ocpp_core::frame::{self, ErrorCode, Fault, Malformed, Number, Refusal};
use ocpp_core::session::find_action;
use ocpp_types::Version;
use serde_json::value::RawValue;

use super::finding::{Answer, Finding, Name, Problem};

/// How much of a text that is no JSON is shown.
const EXCERPT: usize = 200;

/// What is wrong with the frame, in terms of its elements.
pub(super) fn malformed_frame(version: Version, text: &str, malformed: &Malformed<'_>) -> Finding {
    let elements = elements(text);
    let element = |at: usize| {
        elements
            .get(at)
            .map_or_else(String::new, |raw| raw.get().into())
    };
    let last = match malformed.number {
        Some(Number::CallResult) => 2,
        _ => 3,
    };
    let (at, expected, found) = match &malformed.fault {
        Fault::NotJson { .. } => (None, "JSON", not_json(text)),
        Fault::NotAnArray => (None, "a JSON array", excerpt(text)),
        Fault::MessageTypeNotANumber => (Some(0), "a whole number", element(0)),
        Fault::UnknownMessageType(_) if version == Version::V2_1 => {
            (Some(0), "2, 3, 4, 5 or 6", element(0))
        }
        Fault::UnknownMessageType(_) => (Some(0), "2, 3 or 4", element(0)),
        Fault::WrongLength => {
            let expected = match malformed.number {
                Some(Number::CallResult) => "3 elements",
                Some(Number::CallError | Number::CallResultError) => "5 elements",
                _ => "4 elements",
            };
            (None, expected, format!("{} elements", elements.len()))
        }
        Fault::IdNotAString => (Some(1), "a string", element(1)),
        Fault::IdTooLong => (Some(1), "a string of at most 36 characters", element(1)),
        Fault::ActionNotAString | Fault::CodeNotAString => (Some(2), "a string", element(2)),
        Fault::PayloadNotJson => (Some(last), "JSON", not_json(text)),
        Fault::PayloadNotAnObject => (Some(last), "an object", element(last)),
        other => (None, "a frame", other.to_string()),
    };
    let answer = malformed.answer(version);
    let code = match (&answer, &malformed.fault) {
        (Some(answer), _) => answer.code.clone(),
        (None, Fault::UnknownMessageType(_)) => ErrorCode::MessageTypeNotSupported,
        // Nobody is told, and yet it has a name.
        (None, Fault::PayloadNotJson | Fault::NotJson { .. }) => ErrorCode::FormatViolation,
        (None, Fault::PayloadNotAnObject) if version != Version::V1_6 => ErrorCode::ProtocolError,
        (None, _) => ErrorCode::RpcFrameworkError,
    };
    let problem = Problem {
        pointer: at.map_or_else(String::new, |at| format!("/{at}")),
        code: code.as_str(version).to_string().into(),
        expected: expected.into(),
        found,
        became: None,
    };
    let action = malformed
        .action
        .as_deref()
        .and_then(|action| find_action(version, action));
    let name = match (malformed.number, action) {
        (Some(Number::Call), Some(info)) => Name::Request(info.name),
        (Some(Number::Send), Some(info)) => Name::Plain(info.name),
        (Some(number), _) => Name::Plain(number.name()),
        (None, _) => Name::Unknown,
    };
    let answer = match (answer, malformed.number) {
        (Some(_), _) => Answer::CallError,
        (None, Some(Number::CallResult)) => refusal_of_result(version),
        (None, _) => Answer::Nothing,
    };
    Finding::wrong(name, problem, answer)
}

/// The parts of a CALLERROR that `Frame::parse` is generous about.
pub(super) fn refusal(
    version: Version,
    text: &str,
    number: Number,
    refusal: &Refusal<'_>,
    lenient: bool,
) -> Finding {
    let elements = elements(text);
    let raw = |at: usize| elements.get(at).map_or("", |raw| raw.get());
    let mut problems = Vec::new();
    let mut report = |pointer: &str, code: ErrorCode, expected: &str, found: &str| {
        problems.push(Problem {
            pointer: pointer.into(),
            code: code.as_str(version).to_string().into(),
            expected: expected.into(),
            found: found.into(),
            became: None,
        });
    };
    if elements.is_empty() {
        report("", ErrorCode::FormatViolation, "JSON", &excerpt(text));
    } else if elements.len() != 5 {
        let expected = format!("5 elements in a {}", number.name());
        let found = format!("{} elements", elements.len());
        report("", ErrorCode::RpcFrameworkError, &expected, &found);
    }
    let known = !matches!(refusal.code, ErrorCode::Custom(_));
    let spelled = serde_json::to_string(refusal.code.as_str(version)).unwrap_or_default();
    let is_right = known && raw(2) == spelled;
    if !elements.is_empty() && !is_right {
        let expected = "an error code of this version";
        report(
            "/2",
            ErrorCode::PropertyConstraintViolation,
            expected,
            raw(2),
        );
    }
    if elements.len() > 3 && !raw(3).starts_with('"') {
        report("/3", ErrorCode::TypeConstraintViolation, "a string", raw(3));
    } else if refusal
        .description
        .chars()
        .nth(frame::MAX_DESCRIPTION)
        .is_some()
    {
        let expected = "a string of at most 255 characters";
        report(
            "/3",
            ErrorCode::PropertyConstraintViolation,
            expected,
            raw(3),
        );
    }
    if elements.len() > 4 && !raw(4).starts_with('{') {
        report(
            "/4",
            ErrorCode::TypeConstraintViolation,
            "an object",
            raw(4),
        );
    }
    let mut finding = Finding::right(Name::Plain(number.name()));
    if lenient && !elements.is_empty() {
        finding.deviations = problems;
    } else {
        finding.errors = problems;
    }
    finding
}

/// A place in a frame, counted from its beginning, with what stands around it. `column` counts bytes.
fn place(text: &str, line: usize, column: usize) -> String {
    let begin = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum::<usize>();
    let mut from = (begin + column).saturating_sub(20).min(text.len());
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    let near: String = text[from..].chars().take(40).collect();
    if line > 1 {
        format!("line {line}, column {column} of the frame, near {near}")
    } else {
        format!("column {column}, near {near}")
    }
}

/// What is no JSON in a payload is no JSON in the frame: the place counts from the beginning of the frame.
pub(super) fn count_from_the_frame(finding: &mut Finding, text: &str) {
    let is_syntax =
        |problem: &&mut Problem| problem.pointer.is_empty() && problem.expected == "JSON";
    for problem in finding.errors.iter_mut().filter(is_syntax) {
        problem.found = not_json(text);
    }
}

/// Where a text is no JSON.
fn not_json(text: &str) -> String {
    match serde_json::from_str::<serde_json::Value>(text) {
        Err(error) => place(text, error.line(), error.column()),
        Ok(_) => excerpt(text),
    }
}

/// What follows the payload was taken for a part of it.
pub(super) fn has_more_elements(payload: &str) -> bool {
    frame::check_payload(payload) == Err(Fault::WrongLength)
}

/// The elements of an array; none if the text is no array.
fn elements(text: &str) -> Vec<&RawValue> {
    serde_json::from_str(text).unwrap_or_default()
}

pub(super) fn refusal_of_result(version: Version) -> Answer {
    match version {
        Version::V2_1 => Answer::CallResultError,
        _ => Answer::Nothing,
    }
}

pub(super) fn quoted(text: &str) -> String {
    let mut out = String::new();
    frame::write_string(&mut out, text);
    out
}

pub(super) fn excerpt(text: &str) -> String {
    text.chars().take(EXCERPT).collect()
}
