//! What is wrong with a text that is no frame, and what its sender is told.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use ocpp_types::Version;

use super::{ErrorCode, MAX_ID, Number, UNREADABLE_ID};

/// The longest id of a peer that is echoed although it breaks the limit of 36 characters.
const MAX_ECHOED_ID: usize = 255;

/// What keeps a text from being a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum Fault {
    /// The text is larger than the session accepts.
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The text is not JSON, and that spoils the head of the frame.
    NotJson {
        /// Line of the first error, from 1.
        line: usize,
        /// Column of the first error in bytes, from 1; 0 at the end of a line.
        column: usize,
    },
    /// JSON, but not an array.
    NotAnArray,
    /// The message type number is not a whole number that is 0 or more.
    MessageTypeNotANumber,
    /// A message type number that this version does not know.
    UnknownMessageType(u64),
    /// An array with too few or too many elements for its message type.
    WrongLength,
    /// The message id is not a string.
    IdNotAString,
    /// The message id has more than 36 characters.
    IdTooLong,
    /// The action of a CALL or SEND is not a string.
    ActionNotAString,
    /// The payload is not JSON; the head of the frame is readable.
    PayloadNotJson,
    /// The payload is JSON, but not an object.
    PayloadNotAnObject,
    /// The error code of a CALLERROR or CALLRESULTERROR is not a string.
    CodeNotAString,
}

impl Fault {
    /// The error code that `version` has for this.
    #[must_use]
    pub fn code(&self, version: Version) -> ErrorCode {
        match self {
            Self::UnknownMessageType(_) => ErrorCode::MessageTypeNotSupported,
            Self::TooLarge { .. } => ErrorCode::GenericError,
            Self::PayloadNotJson => ErrorCode::FormatViolation,
            _ if version == Version::V1_6 => ErrorCode::FormatViolation,
            Self::PayloadNotAnObject => ErrorCode::ProtocolError,
            _ => ErrorCode::RpcFrameworkError,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { limit } => write!(f, "message is larger than {limit} bytes"),
            Self::NotJson { line, column } => {
                write!(f, "message is not JSON: line {line}, column {column}")
            }
            Self::NotAnArray => f.write_str("message is not a JSON array"),
            Self::MessageTypeNotANumber => f.write_str("MessageTypeId is not a whole number"),
            Self::UnknownMessageType(number) => write!(f, "MessageTypeId {number} is unknown"),
            Self::WrongLength => f.write_str("wrong number of elements for this MessageTypeId"),
            Self::IdNotAString => f.write_str("MessageId is not a string"),
            Self::IdTooLong => write!(f, "MessageId is longer than {MAX_ID} characters"),
            Self::ActionNotAString => f.write_str("Action is not a string"),
            Self::PayloadNotJson => f.write_str("payload is not JSON"),
            Self::PayloadNotAnObject => f.write_str("payload is not a JSON object"),
            Self::CodeNotAString => f.write_str("ErrorCode is not a string"),
        }
    }
}

/// A text that is no frame: what is wrong, and what could be read nevertheless.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed<'a> {
    /// What is wrong.
    pub fault: Fault,
    /// The message type, when it could be read and the version knows it.
    pub number: Option<Number>,
    /// The message id, when it could be read. May be longer than 36 characters.
    pub id: Option<Cow<'a, str>>,
    /// The action, when it could be read.
    pub action: Option<Cow<'a, str>>,
}

/// The CALLERROR that answers a malformed message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorAnswer<'a> {
    /// The id to answer with: that of the message, or `-1` when it cannot be used (2.x).
    pub id: Cow<'a, str>,
    /// What went wrong.
    pub code: ErrorCode,
}

impl<'a> Malformed<'a> {
    pub(super) fn new(fault: Fault) -> Self {
        Self {
            fault,
            number: None,
            id: None,
            action: None,
        }
    }

    /// The CALLERROR that `version` wants for this message; `None` when it is to be passed over in silence.
    ///
    /// - Only what is, or may have been, a CALL is answered: never a response, never a SEND.
    /// - 1.6 has no way to answer a message whose id cannot be read. 2.x answers with the id `-1` (part 4 section
    ///   4.2.3), also to an id of more than 36 characters, which does not fit into a CALLERROR.
    /// - An unknown message type is ignored in 1.6 and 2.1 and answered in 2.0.1, whose section 4.4 is more precise
    ///   than its section 4.1.3.
    #[must_use]
    pub fn answer(&self, version: Version) -> Option<ErrorAnswer<'a>> {
        if self.number.is_some_and(|number| number != Number::Call) {
            return None;
        }
        if matches!(self.fault, Fault::UnknownMessageType(_)) && version != Version::V2_0_1 {
            return None;
        }
        let code = self.fault.code(version);
        let longest = if version == Version::V1_6 {
            MAX_ECHOED_ID
        } else {
            MAX_ID
        };
        let id = self
            .id
            .as_ref()
            .filter(|id| !longer_than(id, longest))
            .cloned();
        match id {
            Some(id) => Some(ErrorAnswer { id, code }),
            // Without type and id nothing says that this was a CALL; 1.6 leaves it unanswered.
            None if version == Version::V1_6 => None,
            None => Some(ErrorAnswer {
                id: Cow::Borrowed(UNREADABLE_ID),
                code,
            }),
        }
    }

    /// The `errorDetails` object of the answer: the reason, and the position when there is one.
    #[must_use]
    pub fn details(&self) -> String {
        let mut details = String::from("{\"reason\":");
        super::write_string(&mut details, &alloc::format!("{}", self.fault));
        details.push('}');
        details
    }
}

impl fmt::Display for Malformed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(f)
    }
}

impl core::error::Error for Malformed<'_> {}

/// Whether `text` has more than `limit` characters, without counting them all.
pub(super) fn longer_than(text: &str, limit: usize) -> bool {
    text.len() > limit && text.chars().nth(limit).is_some()
}
