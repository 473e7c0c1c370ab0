//! What was wrong with a payload, and what became of it.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Deref;

use super::{Kept, MAX_ISSUES};
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

/// One place where a payload differs from the schema, and what lenient decoding made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    /// Where: a JSON pointer (RFC 6901) into the payload as it was received.
    pub pointer: String,
    /// What kind of difference.
    pub violation: Violation,
    /// What the schema wants there, for people. When something inside was the cause, with its place.
    pub expected: String,
    /// The JSON text that was received.
    pub found: String,
    /// The JSON text that counts instead: equal to `found` for what is kept although it is wrong (an unknown value, an
    /// over-long text). `None` when the part was left out.
    pub became: Option<String>,
}

impl Deviation {
    /// What was wrong, without what became of it.
    #[must_use]
    pub fn into_issue(self) -> Issue {
        Issue {
            pointer: self.pointer,
            violation: self.violation,
            expected: self.expected,
            found: self.found,
        }
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer = printable(&self.pointer, MAX_POINTER);
        let found = printable(&self.found, SHOWN);
        write!(f, "{pointer}: {} is wanted, found {found}", self.expected)?;
        match &self.became {
            None => f.write_str(", left out"),
            Some(became) if *became == self.found => f.write_str(", kept as it is"),
            Some(became) => write!(f, ", read as {}", printable(became, SHOWN)),
        }
    }
}

/// What lenient decoding repaired in a payload, in document order. Of many only the first [`MAX_ISSUES`] are kept, the
/// others are counted: nothing that a peer sends makes the list longer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deviations {
    list: Vec<Deviation>,
    unlisted: usize,
}

/// A point in the list to which it can be taken back.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    listed: usize,
    unlisted: usize,
}

impl Deviations {
    /// No deviations: the payload was right.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            list: Vec::new(),
            unlisted: 0,
        }
    }

    /// How many more there were than are listed.
    #[must_use]
    pub const fn unlisted(&self) -> usize {
        self.unlisted
    }

    pub(super) const fn mark(&self) -> Mark {
        Mark {
            listed: self.list.len(),
            unlisted: self.unlisted,
        }
    }

    /// Forgets what was added since.
    pub(super) fn back_to(&mut self, mark: Mark) {
        self.list.truncate(mark.listed);
        self.unlisted = mark.unlisted;
    }

    /// Forgets the deviations at these places, which rise, and what was only counted since there were `unlisted` of them.
    pub(super) fn take_back(&mut self, places: &[usize], unlisted: usize) {
        for place in places.iter().rev() {
            if *place < self.list.len() {
                self.list.remove(*place);
            }
        }
        self.unlisted = unlisted;
    }

    pub(super) fn is_full(&self) -> bool {
        self.list.len() >= MAX_ISSUES
    }

    pub(super) fn push(&mut self, deviation: Deviation) {
        self.list.push(deviation);
    }

    pub(super) fn count(&mut self) {
        self.unlisted += 1;
    }

    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut Deviation> {
        self.list.get_mut(at)
    }
}

impl Deref for Deviations {
    type Target = [Deviation];

    fn deref(&self) -> &[Deviation] {
        &self.list
    }
}

impl IntoIterator for Deviations {
    type Item = Deviation;
    type IntoIter = alloc::vec::IntoIter<Deviation>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a> IntoIterator for &'a Deviations {
    type Item = &'a Deviation;
    type IntoIter = core::slice::Iter<'a, Deviation>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

/// A payload that the schema of its message refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// Everything that is wrong, in document order, at least one; at most [`MAX_ISSUES`] are kept.
    issues: Vec<Issue>,
    /// In lenient decoding: for each of them, why it was not left out.
    kept: Vec<Kept>,
    repairable: Deviations,
}

impl DecodeError {
    pub(super) fn new(issues: Vec<Issue>) -> Self {
        Self::unrepaired(issues, Vec::new(), Deviations::none())
    }

    pub(super) fn unrepaired(issues: Vec<Issue>, kept: Vec<Kept>, repairable: Deviations) -> Self {
        Self {
            issues,
            kept,
            repairable,
        }
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

    /// Everything that is wrong, in document order: at least one issue. In lenient decoding, what could not be repaired.
    #[must_use]
    pub fn issues(&self) -> &[Issue] {
        &self.issues
    }

    /// Why lenient decoding did not leave out what is wrong: a reason for each of the [`issues`](Self::issues). Empty in
    /// strict decoding.
    #[must_use]
    pub fn kept(&self) -> &[Kept] {
        &self.kept
    }

    /// What lenient decoding would have repaired. Empty in strict decoding.
    #[must_use]
    pub const fn repairable(&self) -> &Deviations {
        &self.repairable
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
        let Some((issue, rest)) = self.issues.split_first() else {
            return f.write_str("the payload is malformed");
        };
        issue.fmt(f)?;
        if let Some(kept) = self.kept.first() {
            write!(f, "; {kept}")?;
        }
        if !rest.is_empty() {
            write!(f, " (and {} more)", rest.len())?;
        }
        Ok(())
    }
}

impl core::error::Error for DecodeError {}
