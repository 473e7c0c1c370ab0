//! What went wrong.

use alloc::string::{String, ToString};
use core::fmt;

use serde::Serialize;

/// Something that was handed over cannot be used. Nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Error {
    /// What is wrong, for people.
    pub message: String,
    /// Where: a JSON pointer (RFC 6901) into the text that was handed over; empty for all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
}

impl Error {
    /// An error of a binding.
    #[must_use]
    pub fn because(message: &str) -> Self {
        Self::new(&message)
    }

    pub(crate) fn new(message: &impl ToString) -> Self {
        Self {
            message: message.to_string(),
            pointer: None,
        }
    }

    pub(crate) fn at(pointer: String, message: &impl ToString) -> Self {
        Self {
            message: message.to_string(),
            pointer: Some(pointer),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pointer.as_deref() {
            None | Some("") => f.write_str(&self.message),
            Some(pointer) => write!(f, "{pointer}: {}", self.message),
        }
    }
}

impl core::error::Error for Error {}
