//! What comes out of a session.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use compact_str::CompactString;
use ocpp_types::printable;

use crate::frame::{ErrorCode, Fault, MAX_DESCRIPTION, Number};

/// The longest code of a CALLERROR that is shown (2.x allows 50 characters).
const MAX_CODE: usize = 50;

/// Names a call of this side, from [`call`](super::Session::call) to [`Output::CallEnded`]. Never used twice by a
/// session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallId(pub(super) u64);

/// As a number, for a border over which only numbers go.
impl From<CallId> for u64 {
    fn from(call: CallId) -> Self {
        call.0
    }
}

/// Back from its number. One that was never given out names nothing.
impl From<u64> for CallId {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

#[cfg(test)]
impl CallId {
    /// For tests of what keeps them.
    pub(crate) const fn from_raw(number: u64) -> Self {
        Self(number)
    }
}

/// Stands for the answer that the application owes to a call of the peer. Never used twice by a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallToken(pub(super) u64);

/// As a number, for a border over which only numbers go.
impl From<CallToken> for u64 {
    fn from(token: CallToken) -> Self {
        token.0
    }
}

/// Back from its number. One that was never given out names nothing.
impl From<u64> for CallToken {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

/// What the session wants done or has to tell, in this order.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Output {
    /// Store this number durably before anything that follows is carried out, and hand it to
    /// [`MessageIds::counter`](super::MessageIds::counter) at the next start.
    StoreNextId(u64),
    /// Send this text message.
    Transmit(Transmit),
    /// The peer calls. The application owes an answer: [`respond`](super::Session::respond) or
    /// [`refuse`](super::Session::refuse), at any later time and in any order.
    Call(IncomingCall),
    /// The peer sends something that is not answered (2.1).
    Send(IncomingSend),
    /// The peer calls with a signed message. The application takes the payload out of it, checks the signature if it
    /// wants to, and goes on with [`verified`](super::Session::verified) or [`refuse`](super::Session::refuse).
    SignedCall(IncomingCall),
    /// A call of this side has come to its end. Exactly one per call.
    CallEnded(CallEnded),
    /// An attempt failed and another one follows.
    CallRetried {
        /// The call.
        call: CallId,
        /// How many attempts have failed.
        failed_attempts: u32,
        /// Why the last one failed.
        cause: CallFailure,
    },
    /// The application did not answer this call in time; the peer was told `InternalError`.
    Unanswered {
        /// Of the call; it cannot be answered any more.
        token: CallToken,
        /// Its action.
        action: &'static str,
    },
    /// The peer could not process the response to this call (CALLRESULTERROR, 2.1).
    ResponseRefused {
        /// Of the call that was answered.
        token: CallToken,
        /// Its action.
        action: &'static str,
        /// What the peer says.
        refusal: CallRefusal,
    },
    /// An inbound message and what became of it: every message if [`Config::tap`](super::Config::tap) is set,
    /// otherwise those that something is wrong with.
    Seen(Seen),
}

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Transmit {
    /// The text.
    pub text: String,
    /// Its message type.
    pub number: Number,
    /// Its message id.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub id: CompactString,
    /// The action that it requests or answers; `None` in the answer to a message whose action could not be read.
    pub action: Option<Cow<'static, str>>,
    /// The error code, if it is an error.
    pub code: Option<ErrorCode>,
}

/// A call of the peer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IncomingCall {
    /// For the answer.
    pub token: CallToken,
    /// The action, without the suffix of signed messages.
    pub action: &'static str,
    /// JSON text: the request, or for [`Output::SignedCall`] the signed message.
    pub payload: String,
    /// Whether the call came as a signed message: the answer should be signed too.
    pub signed: bool,
}

/// A message of the peer that is not answered (2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IncomingSend {
    /// The action, without the suffix of signed messages.
    pub action: &'static str,
    /// JSON text: the message, or the signed message that contains it.
    pub payload: String,
    /// Whether it is a signed message.
    pub signed: bool,
}

/// The end of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallEnded {
    /// Which call.
    pub call: CallId,
    /// Its action.
    pub action: Cow<'static, str>,
    /// The JSON text of the response, or why there is none.
    pub result: Result<String, CallFailure>,
}

/// Why a call ended without a response.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum CallFailure {
    /// The peer answered with a CALLERROR.
    Refused(CallRefusal),
    /// The peer's answer cannot be read.
    InvalidResponse(Fault),
    /// No response came in time.
    TimedOut,
    /// The connection was lost: while the call was under way, or while it waited and was not to be kept.
    Disconnected,
    /// It waited too long in the queue.
    Expired,
    /// A newer call took its place.
    Superseded,
    /// The application cancelled it.
    Cancelled,
}

impl fmt::Display for CallFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::InvalidResponse(fault) => write!(f, "the response cannot be read: {fault}"),
            Self::TimedOut => f.write_str("no response in time"),
            Self::Disconnected => f.write_str("the connection was lost"),
            Self::Expired => f.write_str("waited too long in the queue"),
            Self::Superseded => f.write_str("a newer message took its place"),
            Self::Cancelled => f.write_str("cancelled"),
        }
    }
}

impl core::error::Error for CallFailure {}

/// What a CALLERROR or CALLRESULTERROR of the peer says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallRefusal {
    /// Why.
    pub code: ErrorCode,
    /// For people; of any length, often empty.
    pub description: String,
    /// JSON text.
    pub details: String,
}

impl fmt::Display for CallRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = match &self.code {
            ErrorCode::Custom(code) => code,
            code => code.as_str(ocpp_types::Version::V2_1),
        };
        write!(f, "refused by the peer: {}", printable(code, MAX_CODE))?;
        if !self.description.is_empty() {
            write!(f, ": {}", printable(&self.description, MAX_DESCRIPTION))?;
        }
        Ok(())
    }
}

/// An inbound message and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Seen {
    /// The message type, if it could be read.
    pub number: Option<Number>,
    /// The message id, if it could be read; cut after 36 characters.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub id: Option<CompactString>,
    /// The action: of a request as written, cut after 50 characters; of a response that of the call, if it has one.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub action: Option<CompactString>,
    /// What became of it.
    pub verdict: Verdict,
    /// The error that the session answered with, if it did.
    pub answered: Option<ErrorCode>,
}

/// What became of an inbound message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Verdict {
    /// Delivered: handed to the application, or the end of a call.
    Accepted,
    /// It is no frame, or its payload is not a JSON object.
    Malformed(Fault),
    /// The version has no such action.
    UnknownAction,
    /// Only the other side may send this action.
    WrongDirection,
    /// A CALL with an action that travels in a SEND, or the reverse (2.1).
    WrongMessageType,
    /// The application does not support this action.
    Unsupported,
    /// Signed messages are not supported.
    SignedUnsupported,
    /// The id of a CALL that is being handled.
    DuplicateId,
    /// A CALL that was answered before, or is being handled, came once more ([`Config::remember_answers`]).
    ///
    /// [`Config::remember_answers`]: super::Config::remember_answers
    Repeated,
    /// More calls than the session handles at the same time.
    TooManyCalls,
    /// The response to a call that has already ended.
    Late,
    /// A response that belongs to no call.
    Unmatched,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accepted => "accepted",
            Self::Malformed(fault) => return fault.fmt(f),
            Self::UnknownAction => "the action is not known",
            Self::WrongDirection => "the action is not for this direction",
            Self::WrongMessageType => "the action is not for this message type",
            Self::Unsupported => "the action is not supported",
            Self::SignedUnsupported => "signed messages are not supported",
            Self::DuplicateId => "a call with this MessageId is being handled already",
            Self::Repeated => "the call came once more",
            Self::TooManyCalls => "too many calls at the same time",
            Self::Late => "the call has already ended",
            Self::Unmatched => "there is no such call",
        })
    }
}

/// What a session has counted since it was made. Numbers stop at their maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Counters {
    /// Messages that came in.
    pub frames_in: u64,
    /// Their size in bytes of UTF-8.
    pub bytes_in: u64,
    /// Messages that went out.
    pub frames_out: u64,
    /// Their size in bytes of UTF-8.
    pub bytes_out: u64,
    /// CALLs delivered to the application.
    pub calls_in: u64,
    /// CALLs sent, further attempts included.
    pub calls_out: u64,
    /// SENDs delivered to the application (2.1).
    pub sends_in: u64,
    /// SENDs sent (2.1).
    pub sends_out: u64,
    /// Calls of this side that ended with a response.
    pub results_in: u64,
    /// CALLERRORs for calls of this side.
    pub errors_in: u64,
    /// CALLRESULTs sent.
    pub results_out: u64,
    /// CALLERRORs and CALLRESULTERRORs sent.
    pub errors_out: u64,
    /// Attempts of calls of this side without a response in time.
    pub timeouts: u64,
    /// Calls of this side that ended with the connection.
    pub disconnected: u64,
    /// Responses to calls that had already ended.
    pub late: u64,
    /// Responses that belong to no call.
    pub unmatched: u64,
    /// Messages that are no frames.
    pub malformed: u64,
    /// CALLs and SENDs that were not delivered for another reason.
    pub refused: u64,
    /// Calls of the peer that came while another one was being handled.
    pub overlapping: u64,
    /// Calls of the peer that the application did not answer in time.
    pub unanswered: u64,
}

pub(super) fn count(counter: &mut u64) {
    *counter = counter.saturating_add(1);
}
