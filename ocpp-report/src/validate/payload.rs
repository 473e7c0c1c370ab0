//! Payloads against the types of their version.

use ocpp_core::frame::{Number, Response};
use ocpp_core::session::{find_action, signed};
use ocpp_types::{
    ActionInfo, DecodeError, Deviation, Issue, Lenient, Protocol, Version, v1_6, v2_0_1, v2_1,
};

use super::finding::Name;

/// Marks the action of a signed message (2.x part 4 chapter 7).
const SIGNED_SUFFIX: &str = "-Signed";

/// What a payload belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Request,
    Response,
}

/// What is wrong with a payload, and what was forgiven, or could have been.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) errors: Vec<Issue>,
    pub(super) deviations: Vec<Deviation>,
}

impl Decoded {
    pub(super) fn is_perfect(&self) -> bool {
        self.errors.is_empty() && self.deviations.is_empty()
    }

    pub(super) fn is_refused(&self) -> bool {
        !self.errors.is_empty()
    }

    fn strict<T>(result: Result<T, DecodeError>) -> Self {
        match result {
            Ok(_) => Self::default(),
            Err(error) => Self::refused(&error),
        }
    }

    fn lenient<T>(result: Result<Lenient<T>, DecodeError>) -> Self {
        match result {
            Ok(Lenient { deviations, .. }) => Self {
                errors: Vec::new(),
                deviations: deviations.into_iter().collect(),
            },
            Err(error) => Self::refused(&error),
        }
    }

    fn refused(error: &DecodeError) -> Self {
        Self {
            errors: error.issues().to_vec(),
            deviations: error.repairable().to_vec(),
        }
    }
}

/// Decodes the payload of an action that this version has.
pub(super) fn decode(
    version: Version,
    action: &str,
    kind: Kind,
    json: &str,
    lenient: bool,
) -> Decoded {
    match version {
        Version::V1_6 => decode_as::<v1_6::Protocol>(action, kind, json, lenient),
        Version::V2_0_1 => decode_as::<v2_0_1::Protocol>(action, kind, json, lenient),
        Version::V2_1 => decode_as::<v2_1::Protocol>(action, kind, json, lenient),
    }
}

fn decode_as<P: Protocol>(action: &str, kind: Kind, json: &str, lenient: bool) -> Decoded {
    let Some(action) = P::action(action) else {
        // Callers have looked the action up.
        return Decoded::default();
    };
    match (kind, lenient) {
        (Kind::Request, false) => Decoded::strict(P::decode_request(action, json)),
        (Kind::Response, false) => Decoded::strict(P::decode_response(action, json)),
        (Kind::Request, true) => Decoded::lenient(P::decode_request_lenient(action, json)),
        (Kind::Response, true) => Decoded::lenient(P::decode_response_lenient(action, json)),
    }
}

/// The response to a signed call may be signed as well, which nothing but its form tells.
pub(super) fn decode_result(
    version: Version,
    action: &str,
    response: &Response<'_>,
    lenient: bool,
) -> Decoded {
    let decoded = decode(version, action, Kind::Response, response.payload, lenient);
    if decoded.is_refused()
        && version != Version::V1_6
        && let Ok(opened) = signed::open(response.payload, Some(action), Number::CallResult)
    {
        return decode(version, action, Kind::Response, &opened.payload, lenient);
    }
    decoded
}

/// The message with the name of a schema: `BootNotificationRequest`, `BootNotificationResponse`, or as the files of 1.6
/// and what 2.1 sends with SEND, the bare action.
pub(super) fn named(version: Version, message: &str) -> Option<(Name, Kind, &'static ActionInfo)> {
    let request = |info: &'static ActionInfo| {
        let name = if info.has_response {
            Name::Request(info.name)
        } else {
            Name::Plain(info.name)
        };
        (name, Kind::Request, info)
    };
    if let Some(info) = find_action(version, message) {
        return Some(request(info));
    }
    if let Some(action) = message.strip_suffix("Request") {
        return find_action(version, action).map(request);
    }
    let info = find_action(version, message.strip_suffix("Response")?)?;
    info.has_response
        .then_some((Name::Response(info.name), Kind::Response, info))
}

/// The action without the suffix of signed messages, and whether it was there.
pub(super) fn unsigned(version: Version, action: &str) -> (&str, bool) {
    match action.strip_suffix(SIGNED_SUFFIX) {
        Some(action) if version != Version::V1_6 => (action, true),
        _ => (action, false),
    }
}
