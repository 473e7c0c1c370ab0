//! The error codes of CALLERROR and CALLRESULTERROR.

use alloc::boxed::Box;

use ocpp_types::Version;

/// Why a CALL (or, in 2.1, a response) could not be processed: the `errorCode` of a CALLERROR.
///
/// One list for all versions. Writing spells a code as the version wants it, with 1.6's two misspellings that the
/// errata keep on purpose (OCPP-J 1.6 errata, chapter 5); reading takes both spellings in every version.
///
/// Specification: OCPP-J 1.6 section 4.2.3, table 7; OCPP 2.0.1 and 2.1 part 4 section 4.3.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum ErrorCode {
    /// The payload is syntactically incorrect. `FormationViolation` in 1.6, where it also covers a payload whose
    /// structure is not that of the action.
    FormatViolation,
    /// Anything that no other code covers.
    GenericError,
    /// The receiver failed while it processed the call.
    InternalError,
    /// 2.x: the message type number is not supported. 1.6 has no such code and writes `GenericError`.
    MessageTypeNotSupported,
    /// The receiver does not know the action.
    NotImplemented,
    /// The receiver knows the action but does not support it.
    NotSupported,
    /// A member occurs too seldom or too often. `OccurenceConstraintViolation` in 1.6.
    OccurrenceConstraintViolation,
    /// A member has a value that is not allowed.
    PropertyConstraintViolation,
    /// 1.6: the payload is incomplete. 2.x: the payload does not have the structure of the action.
    ProtocolError,
    /// 2.x: the call is not a valid RPC request. 1.6 has no such code and writes `FormationViolation`.
    RpcFrameworkError,
    /// A security issue kept the receiver from processing the call.
    SecurityError,
    /// A member has the wrong data type.
    TypeConstraintViolation,
    /// A code that no specification knows, exactly as the peer wrote it.
    Custom(Box<str>),
}

impl ErrorCode {
    /// The code as `version` spells it.
    #[must_use]
    pub fn as_str(&self, version: Version) -> &str {
        let is_1_6 = version == Version::V1_6;
        match self {
            Self::FormatViolation if is_1_6 => "FormationViolation",
            Self::FormatViolation => "FormatViolation",
            Self::GenericError => "GenericError",
            Self::InternalError => "InternalError",
            Self::MessageTypeNotSupported if is_1_6 => "GenericError",
            Self::MessageTypeNotSupported => "MessageTypeNotSupported",
            Self::NotImplemented => "NotImplemented",
            Self::NotSupported => "NotSupported",
            Self::OccurrenceConstraintViolation if is_1_6 => "OccurenceConstraintViolation",
            Self::OccurrenceConstraintViolation => "OccurrenceConstraintViolation",
            Self::PropertyConstraintViolation => "PropertyConstraintViolation",
            Self::ProtocolError => "ProtocolError",
            Self::RpcFrameworkError if is_1_6 => "FormationViolation",
            Self::RpcFrameworkError => "RpcFrameworkError",
            Self::SecurityError => "SecurityError",
            Self::TypeConstraintViolation => "TypeConstraintViolation",
            Self::Custom(code) => code,
        }
    }

    /// Reads a code in the spelling of any version; an unknown one is kept as [`Custom`](Self::Custom).
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "FormatViolation" | "FormationViolation" => Self::FormatViolation,
            "GenericError" => Self::GenericError,
            "InternalError" => Self::InternalError,
            "MessageTypeNotSupported" => Self::MessageTypeNotSupported,
            "NotImplemented" => Self::NotImplemented,
            "NotSupported" => Self::NotSupported,
            "OccurrenceConstraintViolation" | "OccurenceConstraintViolation" => {
                Self::OccurrenceConstraintViolation
            }
            "PropertyConstraintViolation" => Self::PropertyConstraintViolation,
            "ProtocolError" => Self::ProtocolError,
            "RpcFrameworkError" => Self::RpcFrameworkError,
            "SecurityError" => Self::SecurityError,
            "TypeConstraintViolation" => Self::TypeConstraintViolation,
            other => Self::Custom(other.into()),
        }
    }
}
