//! What all enumerations have in common.

use alloc::boxed::Box;
use core::fmt;

use compact_str::CompactString;
use serde::de::{self, Deserializer, Visitor};
use serde::{Serialize, Serializer};

use crate::generated::UNKNOWN;

/// A closed list of values as the schemas have them, written as strings.
pub trait Enumeration: Sized + 'static {
    /// The values in the schema's order, as they are written.
    const NAMES: &'static [&'static str];

    /// The place of `name` in [`NAMES`](Self::NAMES), letter by letter, or `usize::MAX`.
    #[doc(hidden)]
    fn index(name: &str) -> usize;

    /// The value at a place in [`NAMES`](Self::NAMES).
    #[doc(hidden)]
    fn at(index: usize) -> Option<Self>;

    /// The value that is written `name`, letter by letter.
    fn from_name(name: &str) -> Option<Self> {
        Self::at(Self::index(name))
    }

    /// How the value is written. For an unknown value, the text that was received.
    fn as_str(&self) -> &str;

    /// Wraps a text that is none of [`NAMES`](Self::NAMES).
    fn from_unknown(unknown: UnknownValue) -> Self;

    /// Whether this is a value that the schema does not know.
    fn is_unknown(&self) -> bool;
}

/// The text of an enumeration value that the schema does not know. Only lenient decoding makes one, so that the peer's
/// text is kept and never mapped to another value; it cannot be encoded.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnknownValue(Box<CompactString>);

impl UnknownValue {
    pub(crate) fn new(text: &str) -> Self {
        Self(Box::new(CompactString::from(text)))
    }

    /// The text as received.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The text is no value of the enumeration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAValue(
    /// The values that would be right.
    pub &'static [&'static str],
);

impl fmt::Display for NotAValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one of ")?;
        for (index, name) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            f.write_str(name)?;
        }
        f.write_str(" is wanted")
    }
}

impl core::error::Error for NotAValue {}

/// Writes an enumeration; called by generated code.
///
/// # Errors
///
/// Refuses unknown values.
pub fn serialize<E: Enumeration, S: Serializer>(
    value: &E,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    if value.is_unknown() {
        return Err(serde::ser::Error::custom(NotAValue(E::NAMES)));
    }
    value.as_str().serialize(serializer)
}

/// Reads an enumeration; called by generated code.
///
/// # Errors
///
/// Everything that is not a string with one of the names.
pub fn deserialize<'de, E: Enumeration, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<E, D::Error> {
    let visitor = NameVisitor {
        names: E::NAMES,
        index: E::index,
    };
    let index = deserializer.deserialize_str(visitor)?;
    E::at(index).ok_or_else(|| de::Error::custom(NotAValue(E::NAMES)))
}

/// One for all enumerations: what a deserializer does with a visitor is much code.
struct NameVisitor {
    names: &'static [&'static str],
    index: fn(&str) -> usize,
}

impl Visitor<'_> for NameVisitor {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&NotAValue(self.names), f)
    }

    #[inline]
    fn visit_str<X: de::Error>(self, name: &str) -> Result<usize, X> {
        match (self.index)(name) {
            UNKNOWN => Err(X::unknown_variant(name, self.names)),
            index => Ok(index),
        }
    }
}
