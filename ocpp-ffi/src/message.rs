//! Payloads and frames.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use ocpp_core::frame::{self, ErrorCode, Frame};
use ocpp_types::{DecodeError, Deviation, Issue, Lenient, Protocol, Version};
use serde::{Deserialize, Serialize};

use crate::Error;
use crate::read::read;
use crate::station::json;

/// What became of a payload.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) enum Decoded {
    /// It is right, or was repaired.
    Right {
        /// The payload as it was understood, JSON text: members in the order of the schema. `null` if it holds something that
        /// lenient decoding keeps and that cannot be written.
        payload: Option<String>,
        /// What was repaired.
        deviations: Vec<Problem>,
    },
    /// It does not match its schema.
    Wrong {
        /// The code of the CALLERROR that its sender should be told.
        code: String,
        /// Everything that is wrong.
        problems: Vec<Problem>,
    },
}

/// Something that is wrong with a payload.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Problem {
    /// Where: a JSON pointer into the payload.
    pointer: String,
    /// The error code, as the version spells it.
    code: String,
    /// What the schema wants there.
    expected: String,
    /// The JSON text that stands there; empty when nothing does.
    found: String,
    /// The JSON text that counts instead, if it was repaired; `null` when it was left out.
    became: Option<String>,
}

impl Problem {
    fn new(issue: Issue, version: Version) -> Self {
        Self {
            code: issue.violation.code(version).into(),
            pointer: issue.pointer,
            expected: issue.expected,
            found: issue.found,
            became: None,
        }
    }

    fn repaired(deviation: Deviation, version: Version) -> Self {
        let became = deviation.became.clone();
        Self {
            became,
            ..Self::new(deviation.into_issue(), version)
        }
    }
}

/// Decodes the payload of a message (`BootNotificationRequest`, `BootNotificationResponse`) of a version, strictly or leniently.
/// The same encodes: a payload that is right comes back as the schema writes it.
///
/// Gives JSON: `{"Right": {"payload", "deviations"}}` or `{"Wrong": {"code", "problems"}}`.
///
/// # Errors
/// When there is no such version or message.
pub fn decode(version: &str, message: &str, payload: &str, lenient: bool) -> Result<String, Error> {
    let version = read_version(version)?;
    let decoded = match version {
        #[cfg(feature = "v1_6")]
        Version::V1_6 => {
            decode_as::<ocpp_types::v1_6::Protocol>(version, message, payload, lenient)
        }
        #[cfg(feature = "v2_0_1")]
        Version::V2_0_1 => {
            decode_as::<ocpp_types::v2_0_1::Protocol>(version, message, payload, lenient)
        }
        #[cfg(feature = "v2_1")]
        Version::V2_1 => {
            decode_as::<ocpp_types::v2_1::Protocol>(version, message, payload, lenient)
        }
        #[allow(unreachable_patterns)] // when all versions are there
        _ => return Err(Error::new(&"this library was built without that version")),
    };
    let decoded = decoded.ok_or_else(|| {
        Error::new(&alloc::format!(
            "{version} has no message {message:?}: BootNotificationRequest, for example, is one"
        ))
    })?;
    Ok(json(&decoded))
}

fn read_version(text: &str) -> Result<Version, Error> {
    text.parse().map_err(|error| Error::new(&error))
}

fn decode_as<P: Protocol>(
    version: Version,
    message: &str,
    payload: &str,
    lenient: bool,
) -> Option<Decoded> {
    let response = message.strip_suffix("Response").and_then(P::action);
    if let Some(action) = response
        && P::info(action).has_response
    {
        return Some(match lenient {
            false => strict(version, P::decode_response(action, payload)),
            true => repaired(version, P::decode_response_lenient(action, payload)),
        });
    }
    let name = message.strip_suffix("Request").unwrap_or(message);
    let action = P::action(message).or_else(|| P::action(name))?;
    Some(match lenient {
        false => strict(version, P::decode_request(action, payload)),
        true => repaired(version, P::decode_request_lenient(action, payload)),
    })
}

fn strict<T: Serialize>(version: Version, result: Result<T, DecodeError>) -> Decoded {
    match result {
        Ok(value) => right(&value, Vec::new()),
        Err(error) => wrong(version, &error),
    }
}

fn repaired<T: Serialize>(version: Version, result: Result<Lenient<T>, DecodeError>) -> Decoded {
    match result {
        Ok(Lenient { value, deviations }) => {
            let deviations = deviations.into_iter();
            right(
                &value,
                deviations
                    .map(|one| Problem::repaired(one, version))
                    .collect(),
            )
        }
        Err(error) => wrong(version, &error),
    }
}

fn right(value: &impl Serialize, deviations: Vec<Problem>) -> Decoded {
    Decoded::Right {
        payload: serde_json::to_string(value).ok(),
        deviations,
    }
}

fn wrong(version: Version, error: &DecodeError) -> Decoded {
    let issues = error.issues().iter().cloned();
    Decoded::Wrong {
        code: error.code(version).into(),
        problems: issues.map(|issue| Problem::new(issue, version)).collect(),
    }
}

/// A frame, with its payload as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) enum Message<'a> {
    /// A question.
    Call(Content<'a>),
    /// An answer.
    CallResult(Content<'a>),
    /// An answer that is an error.
    CallError(Refusal<'a>),
    /// An answer could not be processed (2.1).
    CallResultError(Refusal<'a>),
    /// What is not answered (2.1).
    Send(Content<'a>),
}

/// What a frame carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Content<'a> {
    /// The message id.
    id: Cow<'a, str>,
    /// The action; answers have none.
    action: Option<Cow<'a, str>>,
    /// JSON text of an object.
    payload: Cow<'a, str>,
}

/// What a frame with an error carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Refusal<'a> {
    /// The message id.
    id: Cow<'a, str>,
    /// The error code, as the version spells it.
    code: Cow<'a, str>,
    /// For people.
    description: Cow<'a, str>,
    /// JSON text of an object.
    details: Cow<'a, str>,
}

/// Takes a frame apart: `{"Call": {"id", "action", "payload"}}`, `{"CallResult": …}`, `{"CallError": {"id", "code",
/// "description", "details"}}`, `{"CallResultError": …}` or `{"Send": …}`.
///
/// # Errors
/// What keeps the text from being a frame of that version.
pub fn decode_frame(version: &str, text: &str) -> Result<String, Error> {
    let version = read_version(version)?;
    let frame = Frame::parse(version, text).map_err(|malformed| Error::new(&malformed.fault))?;
    let content = |request: frame::Request<'_>| -> Result<Content<'static>, Error> {
        check(request.payload)?;
        Ok(Content {
            id: Cow::Owned(request.id.into_owned()),
            action: Some(Cow::Owned(request.action.into_owned())),
            payload: Cow::Owned(request.payload.into()),
        })
    };
    let refusal = |refusal: frame::Refusal<'_>| Refusal {
        id: Cow::Owned(refusal.id.into_owned()),
        code: Cow::Owned(refusal.code.as_str(version).into()),
        description: Cow::Owned(refusal.description.into_owned()),
        details: Cow::Owned(refusal.details.into()),
    };
    let message = match frame {
        Frame::Call(request) => Message::Call(content(request)?),
        Frame::Send(request) => Message::Send(content(request)?),
        Frame::CallResult(response) => {
            check(response.payload)?;
            Message::CallResult(Content {
                id: response.id,
                action: None,
                payload: response.payload.into(),
            })
        }
        Frame::CallError(error) => Message::CallError(refusal(error)),
        Frame::CallResultError(error) => Message::CallResultError(refusal(error)),
        _ => {
            return Err(Error::new(
                &"a message type that this library does not know",
            ));
        }
    };
    Ok(json(&message))
}

fn check(payload: &str) -> Result<(), Error> {
    frame::check_payload(payload).map_err(|fault| Error::new(&fault))
}

/// Puts a frame together, from what [`decode_frame`] gives.
///
/// # Errors
/// When the message cannot be read, has no action although it needs one, or its payload is no JSON object.
pub fn encode_frame(version: &str, message: &str) -> Result<String, Error> {
    let version = read_version(version)?;
    let mut text = String::new();
    match read(message)? {
        Message::Call(content) => {
            let action = action(&content, "/Call/action")?;
            check(&content.payload)?;
            frame::write_call(&mut text, &content.id, action, &content.payload);
        }
        Message::Send(content) => {
            let action = action(&content, "/Send/action")?;
            check(&content.payload)?;
            frame::write_send(&mut text, &content.id, action, &content.payload);
        }
        Message::CallResult(content) => {
            check(&content.payload)?;
            frame::write_call_result(&mut text, &content.id, &content.payload);
        }
        Message::CallError(refusal) => {
            check(&refusal.details)?;
            let code = ErrorCode::parse(&refusal.code);
            let (id, description) = (&refusal.id, &refusal.description);
            frame::write_call_error(&mut text, version, id, &code, description, &refusal.details);
        }
        Message::CallResultError(refusal) => {
            check(&refusal.details)?;
            let code = ErrorCode::parse(&refusal.code);
            let (id, description) = (&refusal.id, &refusal.description);
            frame::write_call_result_error(
                &mut text,
                version,
                id,
                &code,
                description,
                &refusal.details,
            );
        }
    }
    Ok(text)
}

fn action<'a>(content: &'a Content<'_>, pointer: &str) -> Result<&'a str, Error> {
    let action = content.action.as_deref();
    action.ok_or_else(|| Error::at(pointer.into(), &"an action is wanted"))
}
