//! What was wrong with a payload.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::{Version, printable};

/// How a payload breaks the schema: the classes for which the specifications have CALLERROR codes (1.6 JSON table 7,
/// 2.0.1 and 2.1 part 4 section 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Violation {
    /// Not JSON, or a member that the message does not have.
    Format,
    /// A required member is missing, an array has too few or too many elements.
    Occurrence,
    /// The JSON type is right and the value is not: too long, out of range, not one of the list, no date-time.
    Property,
    /// The wrong JSON type, `null` included.
    Type,
}

impl Violation {
    /// The CALLERROR code as that version spells it.
    #[must_use]
    pub const fn code(self, version: Version) -> &'static str {
        match (self, version) {
            // Erratum 5.2 of OCPP-J 1.6 names the spelling and keeps it.
            (Self::Format, Version::V1_6) => "FormationViolation",
            (Self::Format, _) => "FormatViolation",
            // Erratum 5.1 of OCPP-J 1.6 names the spelling and keeps it.
            (Self::Occurrence, Version::V1_6) => "OccurenceConstraintViolation",
            (Self::Occurrence, _) => "OccurrenceConstraintViolation",
            (Self::Property, _) => "PropertyConstraintViolation",
            (Self::Type, _) => "TypeConstraintViolation",
        }
    }
}

/// One place where a payload differs from the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Where: a JSON pointer (RFC 6901) into the payload, empty for the payload itself.
    pub pointer: String,
    /// What kind of difference.
    pub violation: Violation,
    /// What the schema wants there, for people.
    pub expected: String,
    /// The JSON text that stands there; empty when nothing does.
    pub found: String,
}

/// Long texts are cut in messages to people, not in the data.
const SHOWN: usize = 80;
/// The longest pointers into messages of the specifications have half of it.
const MAX_POINTER: usize = 250;

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = if self.pointer.is_empty() {
            "the payload"
        } else {
            &self.pointer
        };
        // The pointer holds names of members, which the peer chooses too.
        write!(
            f,
            "{}: {} is wanted",
            printable(at, MAX_POINTER),
            self.expected
        )?;
        match self.found.as_str() {
            "" => f.write_str(", nothing is there"),
            found => write!(f, ", found {}", printable(found, SHOWN)),
        }
    }
}

/// A payload that the schema of its message refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// Everything that is wrong, in document order, at least one; at most [`MAX_ISSUES`](super::MAX_ISSUES) are kept.
    issues: Vec<Issue>,
}

impl DecodeError {
    pub(super) fn new(issues: Vec<Issue>) -> Self {
        Self { issues }
    }

    /// A payload of which nothing was expected.
    pub(crate) fn unexpected(expected: &str, found: &str) -> Self {
        let (pointer, violation) = (String::new(), Violation::Format);
        Self::new(alloc::vec![Issue {
            pointer,
            violation,
            expected: expected.into(),
            found: found.into()
        }])
    }

    /// Everything that is wrong, in document order: at least one issue.
    #[must_use]
    pub fn issues(&self) -> &[Issue] {
        &self.issues
    }

    /// The class of the first issue: it decides what the peer is told.
    #[must_use]
    pub fn violation(&self) -> Violation {
        self.issues
            .first()
            .map_or(Violation::Format, |issue| issue.violation)
    }

    /// The CALLERROR code that the peer gets, as that version spells it.
    #[must_use]
    pub fn code(&self, version: Version) -> &'static str {
        self.violation().code(version)
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.issues.as_slice() {
            [] => f.write_str("the payload is malformed"),
            [issue] => issue.fmt(f),
            [issue, rest @ ..] => write!(f, "{issue} (and {} more)", rest.len()),
        }
    }
}

impl core::error::Error for DecodeError {}
