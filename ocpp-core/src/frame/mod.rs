//! Text to CALL, CALLRESULT, CALLERROR, CALLRESULTERROR and SEND, and back.
//!
//! [`Frame::parse`] is a view: it reads the head of the message (`[2,"id","Action",`), which costs a few dozen
//! instructions, and leaves payload and details as slices of the text. The typed decoding that follows reads the
//! payload anyway and finds out whether it is one JSON value; who works with raw payloads calls
//! [`check_payload`] first. Strings borrow from the text unless they contain escapes.
//!
//! A text that is no frame gives a [`Malformed`], which says what is wrong, what could be read nevertheless, and
//! what this version wants to be [answered](Malformed::answer).
//!
//! ```
//! use ocpp_core::Version;
//! use ocpp_core::frame::{ErrorCode, Frame, check_payload};
//!
//! let text = r#"[2,"19223201","Heartbeat",{}]"#;
//! let Ok(Frame::Call(call)) = Frame::parse(Version::V1_6, text) else {
//!     panic!("not a call")
//! };
//! assert_eq!((&*call.id, &*call.action, call.payload), ("19223201", "Heartbeat", "{}"));
//! assert_eq!(check_payload(call.payload), Ok(()));
//!
//! let broken = Frame::parse(Version::V2_0_1, r#"[2,19223201,"Heartbeat",{}]"#).unwrap_err();
//! let answer = broken.answer(Version::V2_0_1).unwrap();
//! assert_eq!((&*answer.id, answer.code), ("-1", ErrorCode::RpcFrameworkError));
//! ```
//!
//! Specification: OCPP-J 1.6 chapter 4; OCPP 2.0.1 and 2.1 part 4 chapter 4.

mod code;
mod malformed;
mod plain;
mod scan;
mod write;

#[cfg(test)]
mod tests;

use alloc::borrow::Cow;

use ocpp_types::{Version, json};

pub use code::ErrorCode;
use malformed::longer_than;
pub use malformed::{ErrorAnswer, Fault, Malformed};
pub(crate) use plain::plain_length;
use scan::{Cursor, Unexpected};
pub use write::{
    write_call, write_call_error, write_call_result, write_call_result_error, write_send,
    write_string,
};

/// The most characters that a message id may have.
pub const MAX_ID: usize = 36;

/// The most characters that the description of a CALLERROR may have (2.x; kept in 1.6 as well).
pub const MAX_DESCRIPTION: usize = 255;

/// The id of a CALLERROR that answers a message whose id cannot be read (2.x, part 4 section 4.2.3).
pub const UNREADABLE_ID: &str = "-1";

/// The message type number: the first element of every frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Number {
    /// 2, a request.
    Call,
    /// 3, the response to a request.
    CallResult,
    /// 4, the error in answer to a request.
    CallError,
    /// 5, the error in answer to a response (2.1).
    CallResultError,
    /// 6, a message that is not answered (2.1).
    Send,
}

impl Number {
    /// The number on the wire.
    #[must_use]
    pub const fn as_u8(self) -> u8 {
        match self {
            Self::Call => 2,
            Self::CallResult => 3,
            Self::CallError => 4,
            Self::CallResultError => 5,
            Self::Send => 6,
        }
    }

    /// The message type with this number, if `version` knows it.
    #[must_use]
    pub const fn from_wire(version: Version, number: u64) -> Option<Self> {
        match number {
            2 => Some(Self::Call),
            3 => Some(Self::CallResult),
            4 => Some(Self::CallError),
            5 if matches!(version, Version::V2_1) => Some(Self::CallResultError),
            6 if matches!(version, Version::V2_1) => Some(Self::Send),
            _ => None,
        }
    }

    /// The name of the specification, such as `CALLRESULT`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Call => "CALL",
            Self::CallResult => "CALLRESULT",
            Self::CallError => "CALLERROR",
            Self::CallResultError => "CALLRESULTERROR",
            Self::Send => "SEND",
        }
    }
}

/// A message as the RPC framework of OCPP-J sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Frame<'a> {
    /// A request.
    Call(Request<'a>),
    /// The response to a request.
    CallResult(Response<'a>),
    /// The error in answer to a request.
    CallError(Refusal<'a>),
    /// The error in answer to a response (2.1).
    CallResultError(Refusal<'a>),
    /// A message that is not answered (2.1).
    Send(Request<'a>),
}

/// The content of a CALL or SEND.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request<'a> {
    /// The message id, at most 36 characters.
    pub id: Cow<'a, str>,
    /// The action as written by the peer.
    pub action: Cow<'a, str>,
    /// Begins with `{` and reaches to the end of the frame; not checked further. `null`, which the specifications
    /// allow for "no payload", is shown as `{}`.
    pub payload: &'a str,
}

/// The content of a CALLRESULT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response<'a> {
    /// The message id of the CALL.
    pub id: Cow<'a, str>,
    /// As in [`Request::payload`].
    pub payload: &'a str,
}

/// The content of a CALLERROR or CALLRESULTERROR.
///
/// Generous in reading, so that a sloppy error still ends the call that it answers: the description may be missing,
/// null or of any length, the details may be missing or of any type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal<'a> {
    /// The message id of the CALL (or of the CALLRESULT).
    pub id: Cow<'a, str>,
    /// Why.
    pub code: ErrorCode,
    /// For people; empty when there is none.
    pub description: Cow<'a, str>,
    /// Raw JSON, not checked; `{}` when there is none.
    pub details: &'a str,
}

impl<'a> Frame<'a> {
    /// Reads the head of a frame. See the [module documentation](self).
    ///
    /// # Errors
    /// What is wrong, with everything that could be read nevertheless. The payload is not looked into: that it is
    /// JSON is for the decoding that follows, or for [`check_payload`].
    pub fn parse(version: Version, text: &'a str) -> Result<Self, Malformed<'a>> {
        parse(version, text).map_err(|mut malformed| {
            // Only now is it worth finding out whether the text is JSON at all.
            let is_precise = matches!(
                malformed.fault,
                Fault::PayloadNotJson | Fault::UnknownMessageType(_)
            );
            if !is_precise && let Some(at) = malformed_at(text, &malformed.fault) {
                let (line, column) = json::position(text, at);
                malformed.fault = Fault::NotJson { line, column };
            }
            malformed
        })
    }

    /// Reads only the head of a text that is too large to be accepted, so that it can be answered.
    #[must_use]
    pub fn refuse_oversized(version: Version, text: &'a str, limit: usize) -> Malformed<'a> {
        let mut malformed = match parse(version, text) {
            Ok(frame) => {
                let (number, id, action) = frame.into_head();
                Malformed {
                    fault: Fault::TooLarge { limit },
                    number: Some(number),
                    id: Some(id),
                    action,
                }
            }
            Err(malformed) => malformed,
        };
        malformed.fault = Fault::TooLarge { limit };
        malformed
    }

    /// The message type.
    #[must_use]
    pub const fn number(&self) -> Number {
        match self {
            Self::Call(_) => Number::Call,
            Self::CallResult(_) => Number::CallResult,
            Self::CallError(_) => Number::CallError,
            Self::CallResultError(_) => Number::CallResultError,
            Self::Send(_) => Number::Send,
        }
    }

    /// The message id.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Call(request) | Self::Send(request) => &request.id,
            Self::CallResult(response) => &response.id,
            Self::CallError(refusal) | Self::CallResultError(refusal) => &refusal.id,
        }
    }

    fn into_head(self) -> (Number, Cow<'a, str>, Option<Cow<'a, str>>) {
        let number = self.number();
        match self {
            Self::Call(request) | Self::Send(request) => (number, request.id, Some(request.action)),
            Self::CallResult(response) => (number, response.id, None),
            Self::CallError(refusal) | Self::CallResultError(refusal) => (number, refusal.id, None),
        }
    }
}

/// Whether `payload`, as [`Frame::parse`] delivers it, is exactly one JSON object.
///
/// # Errors
/// [`Fault::PayloadNotJson`], [`Fault::PayloadNotAnObject`], or [`Fault::WrongLength`] when more elements follow it
/// in the frame.
pub fn check_payload(payload: &str) -> Result<(), Fault> {
    let Some(end) = json::value_end(payload) else {
        return Err(Fault::PayloadNotJson);
    };
    if !payload.trim_start().starts_with('{') {
        return Err(Fault::PayloadNotAnObject);
    }
    let rest = payload[end..].trim_start();
    if rest.is_empty() {
        Ok(())
    } else if json::malformed_at(&alloc::format!("[0{rest}]")).is_none() {
        Err(Fault::WrongLength)
    } else {
        Err(Fault::PayloadNotJson)
    }
}

/// Where `text` is not JSON.
fn malformed_at(text: &str, fault: &Fault) -> Option<usize> {
    json::malformed_at(text).or_else(|| {
        // What is skipped may contain lone surrogates; only decoding finds them.
        let is_spoilt = matches!(fault, Fault::NotJson { .. });
        is_spoilt.then(|| json::undecodable_at(text))?
    })
}

fn parse(version: Version, text: &str) -> Result<Frame<'_>, Malformed<'_>> {
    let mut cursor = Cursor::new(text);
    if !cursor.take(b'[') {
        return Err(Malformed::new(Fault::NotAnArray));
    }
    let mut head = Malformed::new(Fault::MessageTypeNotANumber);
    let Ok(number) = cursor.unsigned() else {
        return Err(head);
    };
    let Some(number) = Number::from_wire(version, number) else {
        head.fault = Fault::UnknownMessageType(number);
        // The id makes an answer possible where one is wanted.
        if cursor.next_element().is_ok() {
            head.id = cursor.string().ok();
        }
        return Err(head);
    };
    head.number = Some(number);

    let fault_of = |unexpected, other: Fault| match unexpected {
        Unexpected::EndOfArray => Fault::WrongLength,
        Unexpected::OtherValue => other,
        // The caller finds the position.
        Unexpected::NotJson => Fault::NotJson { line: 0, column: 0 },
    };

    let id = match cursor.next_element().and_then(|()| cursor.string()) {
        Ok(id) => id,
        Err(unexpected) => {
            head.fault = fault_of(unexpected, Fault::IdNotAString);
            return Err(head);
        }
    };
    let id_is_too_long = longer_than(&id, MAX_ID);
    head.id = Some(id);
    if id_is_too_long {
        head.fault = Fault::IdTooLong;
        return Err(head);
    }

    let word_fault = match number {
        Number::Call | Number::Send => Some(Fault::ActionNotAString),
        Number::CallError | Number::CallResultError => Some(Fault::CodeNotAString),
        Number::CallResult => None,
    };
    let mut word = Cow::Borrowed("");
    if let Some(fault) = word_fault {
        word = match cursor.next_element().and_then(|()| cursor.string()) {
            Ok(word) => word,
            Err(unexpected) => {
                head.fault = fault_of(unexpected, fault);
                return Err(head);
            }
        };
    }
    if matches!(number, Number::CallError | Number::CallResultError) {
        return parse_refusal(&mut cursor, number, &word, head);
    }

    head.action = (number != Number::CallResult).then(|| word.clone());
    if let Err(unexpected) = cursor.next_element() {
        head.fault = fault_of(unexpected, Fault::PayloadNotJson);
        return Err(head);
    }
    let payload = match payload_of(cursor.rest()) {
        Ok(payload) => payload,
        Err(fault) => {
            head.fault = fault;
            return Err(head);
        }
    };
    let id = head.id.unwrap_or_default();
    Ok(match number {
        Number::CallResult => Frame::CallResult(Response { id, payload }),
        Number::Send => Frame::Send(Request {
            id,
            action: word,
            payload,
        }),
        _ => Frame::Call(Request {
            id,
            action: word,
            payload,
        }),
    })
}

/// Description and details of an error, as far as they are there.
fn parse_refusal<'a>(
    cursor: &mut Cursor<'a>,
    number: Number,
    code: &str,
    mut head: Malformed<'a>,
) -> Result<Frame<'a>, Malformed<'a>> {
    let not_json = Fault::NotJson { line: 0, column: 0 };
    let mut refusal = Refusal {
        id: Cow::Borrowed(""),
        code: ErrorCode::parse(code),
        description: Cow::Borrowed(""),
        details: "{}",
    };
    match cursor.next_element() {
        Ok(()) => match cursor.string() {
            Ok(description) => {
                refusal.description = description;
                match cursor.next_element() {
                    Ok(()) => match before_closing_bracket(cursor.rest()) {
                        Some(details) if !details.is_empty() => refusal.details = details,
                        _ => head.fault = not_json.clone(),
                    },
                    Err(Unexpected::EndOfArray) => {}
                    Err(_) => head.fault = not_json.clone(),
                }
            }
            // No description, or null in its place: whatever follows is of no use.
            Err(Unexpected::OtherValue | Unexpected::EndOfArray)
                if before_closing_bracket(cursor.rest()).is_some() => {}
            Err(_) => head.fault = not_json.clone(),
        },
        Err(Unexpected::EndOfArray) => {}
        Err(_) => head.fault = not_json.clone(),
    }
    if head.fault == not_json {
        return Err(head);
    }
    refusal.id = head.id.unwrap_or_default();
    Ok(match number {
        Number::CallResultError => Frame::CallResultError(refusal),
        _ => Frame::CallError(refusal),
    })
}

/// The payload: what stands before the closing bracket, if it looks like an object.
fn payload_of(rest: &str) -> Result<&str, Fault> {
    let Some(payload) = before_closing_bracket(rest) else {
        return Err(Fault::PayloadNotJson);
    };
    match payload.as_bytes().first() {
        Some(b'{') => Ok(payload),
        Some(b'n') if payload == "null" => Ok("{}"),
        Some(_) => Err(match check_payload(payload) {
            Err(fault @ Fault::PayloadNotJson) => fault,
            _ => Fault::PayloadNotAnObject,
        }),
        None => Err(Fault::PayloadNotJson),
    }
}

fn before_closing_bracket(rest: &str) -> Option<&str> {
    const WHITESPACE: [char; 4] = [' ', '\t', '\n', '\r'];
    let inside = rest.trim_end_matches(WHITESPACE).strip_suffix(']')?;
    Some(inside.trim_end_matches(WHITESPACE))
}

/// The first `limit` characters of `text`.
pub(crate) fn truncated(text: &str, limit: usize) -> &str {
    if text.len() <= limit {
        return text;
    }
    text.char_indices()
        .nth(limit)
        .map_or(text, |(at, _)| &text[..at])
}
