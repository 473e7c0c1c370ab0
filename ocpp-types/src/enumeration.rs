//! What all enumerations have in common.

use alloc::boxed::Box;
use core::fmt;

use compact_str::CompactString;
use serde::de::{self, Deserializer, Visitor};
use serde::{Serialize, Serializer};

/// A closed list of values as the schemas have them, written as strings.
pub trait Enumeration: Sized + 'static {
    /// The values in the schema's order, as they are written.
    const NAMES: &'static [&'static str];

    /// The value at a place in [`NAMES`](Self::NAMES).
    #[doc(hidden)]
    fn at(index: usize) -> Option<Self>;

    /// The place in [`NAMES`](Self::NAMES); beyond its end for a value that the schema does not know.
    #[doc(hidden)]
    fn position(&self) -> usize;

    /// The text that was received, for a value that the schema does not know.
    #[doc(hidden)]
    fn unknown(&self) -> Option<&UnknownValue>;

    /// The value that is written `name`, letter by letter.
    fn from_name(name: &str) -> Option<Self> {
        Self::at(position(Self::NAMES, name)?)
    }

    /// How the value is written. For an unknown value, the text that was received.
    fn as_str(&self) -> &str {
        match self.unknown() {
            Some(unknown) => unknown.as_str(),
            None => Self::NAMES
                .get(self.position())
                .copied()
                .unwrap_or_default(),
        }
    }

    /// Wraps a text that is none of [`NAMES`](Self::NAMES).
    fn from_unknown(unknown: UnknownValue) -> Self;

    /// Whether this is a value that the schema does not know.
    fn is_unknown(&self) -> bool {
        self.unknown().is_some()
    }
}

/// As it is written; `None` for a value that the schema does not know. Called by generated code.
#[must_use]
pub fn written_name<E: Enumeration>(value: &E) -> Option<&'static str> {
    E::NAMES.get(value.position()).copied()
}

/// The place of a name in a list. Apart: it is the same for all enumerations.
fn position(names: &[&str], name: &str) -> Option<usize> {
    names.iter().position(|known| *known == name)
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
    let index = deserializer.deserialize_str(NameVisitor(E::NAMES))?;
    E::at(index).ok_or_else(|| de::Error::custom(NotAValue(E::NAMES)))
}

/// One for all enumerations: what a deserializer does with a visitor is much code.
struct NameVisitor(&'static [&'static str]);

impl Visitor<'_> for NameVisitor {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&NotAValue(self.0), f)
    }

    fn visit_str<X: de::Error>(self, name: &str) -> Result<usize, X> {
        position(self.0, name).ok_or_else(|| X::unknown_variant(name, self.0))
    }
}
