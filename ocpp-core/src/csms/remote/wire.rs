//! Payloads against the schemas of the version that the station speaks.

use alloc::format;
use alloc::string::{String, ToString};

use ocpp_types::{Protocol, Version};

use super::RemoteStation;
use super::vocabulary::CommandError;
use crate::frame::{self, ErrorCode};
use crate::session::{Decoding, explain};

impl RemoteStation {
    /// The response as the schema has it, or why it is not.
    pub(super) fn decode_response(
        &mut self,
        action: &str,
        id: &str,
        payload: &str,
    ) -> Result<String, String> {
        let decoding = self.config.decoding;
        let decoded = match self.version() {
            #[cfg(feature = "v1_6")]
            Some(Version::V1_6) => {
                response::<ocpp_types::v1_6::Protocol>(decoding, action, payload)
            }
            #[cfg(feature = "v2_0_1")]
            Some(Version::V2_0_1) => {
                response::<ocpp_types::v2_0_1::Protocol>(decoding, action, payload)
            }
            #[cfg(feature = "v2_1")]
            Some(Version::V2_1) => {
                response::<ocpp_types::v2_1::Protocol>(decoding, action, payload)
            }
            #[allow(unreachable_patterns)] // when all versions are on
            _ => Ok(payload.into()),
        };
        decoded.map_err(|(code, description, details)| {
            if let Some(session) = &mut self.session {
                // 2.1 tells the station.
                session.refuse_result(id, code, &description, &details);
            }
            description
        })
    }

    /// Whether an answer of somebody else matches the schema of the response.
    pub(super) fn check_response(&self, action: &str, payload: &str) -> Result<(), String> {
        let strict = Decoding::Strict;
        let checked = match self.version() {
            #[cfg(feature = "v1_6")]
            Some(Version::V1_6) => response::<ocpp_types::v1_6::Protocol>(strict, action, payload),
            #[cfg(feature = "v2_0_1")]
            Some(Version::V2_0_1) => {
                response::<ocpp_types::v2_0_1::Protocol>(strict, action, payload)
            }
            #[cfg(feature = "v2_1")]
            Some(Version::V2_1) => response::<ocpp_types::v2_1::Protocol>(strict, action, payload),
            #[allow(unreachable_patterns)] // when all versions are on
            _ => Ok(String::new()),
        };
        checked.map(drop).map_err(|(_, description, _)| description)
    }
}

/// A request as its schema has it, with members in the schema's order.
pub(super) fn exact(version: Version, action: &str, payload: &str) -> Result<String, CommandError> {
    fn rewritten<P: Protocol>(action: &str, payload: &str) -> Result<String, CommandError> {
        let action = P::action(action).ok_or(CommandError::NotInThisVersion)?;
        let request = P::decode_request(action, payload).map_err(|error| {
            let first = error.issues().first();
            let wanted = first.map(|issue| format!("{} is wanted", issue.expected));
            CommandError::Invalid {
                pointer: first.map(|issue| issue.pointer.clone()).unwrap_or_default(),
                reason: wanted.unwrap_or_else(|| error.to_string()),
            }
        })?;
        serde_json::to_string(&request).map_err(|error| CommandError::Invalid {
            pointer: String::new(),
            reason: error.to_string(),
        })
    }
    match version {
        #[cfg(feature = "v1_6")]
        Version::V1_6 => rewritten::<ocpp_types::v1_6::Protocol>(action, payload),
        #[cfg(feature = "v2_0_1")]
        Version::V2_0_1 => rewritten::<ocpp_types::v2_0_1::Protocol>(action, payload),
        #[cfg(feature = "v2_1")]
        Version::V2_1 => rewritten::<ocpp_types::v2_1::Protocol>(action, payload),
        #[allow(unreachable_patterns)] // when all versions are on
        _ => Err(CommandError::NotInThisVersion),
    }
}

type Wrong = (ErrorCode, String, String);

/// A response as its schema has it.
fn response<P: Protocol>(decoding: Decoding, action: &str, payload: &str) -> Result<String, Wrong> {
    let Some(action) = P::action(action) else {
        return Ok(payload.into());
    };
    let decoded = match decoding {
        Decoding::Strict => P::decode_response(action, payload).map(|_| payload.into()),
        Decoding::Lenient => P::decode_response_lenient(action, payload).map(|lenient| {
            let repaired = serde_json::to_string(&lenient.value);
            repaired.unwrap_or_else(|_| payload.into())
        }),
    };
    decoded.map_err(|error| match frame::check_payload(payload) {
        Ok(()) => {
            let (description, details) = explain::<P>(&error);
            (ErrorCode::from(error.violation()), description, details)
        }
        Err(fault) => (fault.code(P::VERSION), fault.to_string(), "{}".into()),
    })
}
