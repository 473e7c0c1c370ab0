//! Why a case did not pass.

use std::fmt;

/// A check that was not met, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// The short, stable name of the check: the step, and for a field its JSON pointer (`start/idTag`).
    pub check: String,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub got: String,
    /// The message after which it came.
    pub after: String,
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            check,
            expected,
            got,
            after,
        } = self;
        write!(f, "{check}: expected {expected}, but {got}, after {after}")
    }
}

/// Why a case ended before its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failed {
    /// A check was not met.
    Check(Box<Unmet>),
    /// The bench cannot go on; nothing is said about the station.
    Bench(String),
    /// Somebody or something that should have acted on the station did not.
    NotDone(String),
    /// The bench has no means to do what the case asks for; nothing is said about the station.
    Impossible(String),
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Check(unmet) => unmet.fmt(f),
            Self::Bench(trouble) => write!(f, "the bench: {trouble}"),
            Self::NotDone(what) | Self::Impossible(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Failed {}

impl From<crate::bench::Trouble> for Failed {
    fn from(trouble: crate::bench::Trouble) -> Self {
        use crate::bench::Trouble;
        match trouble {
            Trouble::Broken(why) => Self::Bench(why),
            Trouble::NotDone(why) => Self::NotDone(why),
            Trouble::Impossible(why) => Self::Impossible(why),
        }
    }
}
