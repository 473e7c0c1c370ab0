//! What there is to say about one line.

use std::fmt;

use ocpp_types::{Issue, Version};
use serde::{Serialize, Serializer};

/// Longer texts are cut in sentences, not in JSON.
const SHOWN: usize = 80;

/// The name of a message as the schemas have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Name {
    /// The line does not tell, or there is none of that name.
    #[default]
    Unknown,
    /// Of an action.
    Request(&'static str),
    /// Of an action.
    Response(&'static str),
    /// A message without payload of its own, or one that is only sent.
    Plain(&'static str),
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("unknown message"),
            Self::Request(action) => write!(f, "{action}Request"),
            Self::Response(action) => write!(f, "{action}Response"),
            Self::Plain(name) => f.write_str(name),
        }
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unknown => serializer.serialize_none(),
            name => serializer.collect_str(name),
        }
    }
}

/// One thing that is wrong, or was forgiven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Problem {
    /// A JSON pointer: into the payload, or into the frame when the frame is wrong.
    pub(super) pointer: String,
    /// The error code as the version spells it.
    pub(super) code: String,
    /// What is wanted there.
    pub(super) expected: String,
    /// The original text.
    pub(super) found: String,
}

impl Problem {
    pub(super) fn of_issue(issue: Issue, version: Version) -> Self {
        let Issue {
            pointer,
            violation,
            expected,
            found,
        } = issue;
        Self {
            pointer,
            code: violation.code(version).into(),
            expected,
            found,
        }
    }
}

/// In words.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            pointer,
            code,
            expected,
            found,
        } = self;
        if !pointer.is_empty() {
            write!(f, "{pointer}: ")?;
        }
        write!(f, "{expected} is wanted")?;
        match found.char_indices().nth(SHOWN) {
            _ if found.is_empty() => f.write_str(", nothing is there")?,
            Some((end, _)) => write!(f, ", found {}…", &found[..end])?,
            None => write!(f, ", found {found}")?,
        }
        write!(f, " ({code})")
    }
}

/// What the sender of a message should get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// Nothing, or what the application answers.
    Nothing,
    /// A CALLERROR with the code of the first error.
    CallError,
    /// A CALLRESULTERROR (2.1) with the code of the first error.
    CallResultError,
}

/// What there is to say about one line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) message: Name,
    pub(super) errors: Vec<Problem>,
    pub(super) deviations: Vec<Problem>,
    pub(super) answer: Answer,
}

impl Finding {
    /// Nothing is wrong.
    pub(super) fn right(message: Name) -> Self {
        Self {
            message,
            errors: Vec::new(),
            deviations: Vec::new(),
            answer: Answer::Nothing,
        }
    }

    /// One thing is wrong.
    pub(super) fn wrong(message: Name, problem: Problem, answer: Answer) -> Self {
        Self {
            message,
            errors: vec![problem],
            deviations: Vec::new(),
            answer,
        }
    }

    pub(super) fn is_ok(&self) -> bool {
        self.errors.is_empty()
    }
}
