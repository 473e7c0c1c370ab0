//! How a connection ended.

use std::io;

use ocpp_types::printable;

use super::close::CloseCode;

/// How a connection ended. Whatever the cause, nothing more arrives or leaves, and calls that wait for an answer end as
/// disconnected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum End {
    /// The peer closed with a close handshake.
    #[error("closed by the peer{}{}", CodeDisplay(*code), Reason(reason))]
    ClosedByPeer {
        /// The peer's close code, if it gave one.
        code: Option<CloseCode>,
        /// The peer's reason, often empty.
        reason: String,
    },
    /// This side closed.
    #[error("closed here ({code}){}", Reason(reason))]
    ClosedHere {
        /// The close code that the peer was told.
        code: CloseCode,
        /// The reason that the peer was told.
        reason: String,
    },
    /// A newer connection of the same station took the place of this one.
    #[error("replaced by a newer connection of the same station")]
    Replaced,
    /// The TCP or TLS connection broke without a close handshake.
    #[error("connection lost: {0}")]
    Lost(io::ErrorKind),
    /// The peer gave no sign of life after a ping, or took nothing of what was sent to it.
    #[error("the peer is silent")]
    PeerSilent,
    /// The peer broke the WebSocket protocol or a limit, and was told so.
    #[error("the peer misbehaved ({code}): {what}")]
    PeerMisbehaved {
        /// The close code that the peer was told.
        code: CloseCode,
        /// What was wrong.
        what: &'static str,
    },
}

struct CodeDisplay(Option<CloseCode>);

impl core::fmt::Display for CodeDisplay {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.0 {
            Some(code) => write!(f, " ({code})"),
            None => Ok(()),
        }
    }
}

/// A reason, if one was given.
struct Reason<'a>(&'a str);

impl core::fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.0 {
            "" => Ok(()),
            reason => write!(f, ": {}", printable(reason, 123)),
        }
    }
}
