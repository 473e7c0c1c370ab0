//! What there is to say about one message.

use std::borrow::Cow;
use std::fmt;

use ocpp_types::{Deviation, Issue, Version, printable};
use serde::{Serialize, Serializer};

/// Longer texts are cut in sentences, not in JSON.
const SHOWN: usize = 80;

/// The name of a message as the schemas have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
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
            Self::Request(action) => serializer.serialize_str(&[*action, "Request"].concat()),
            Self::Response(action) => serializer.serialize_str(&[*action, "Response"].concat()),
            Self::Plain(name) => serializer.serialize_str(name),
        }
    }
}

/// One thing that is wrong, or was forgiven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Problem {
    /// A JSON pointer: into the payload, or into the frame when the frame is wrong.
    pub(super) pointer: String,
    /// The error code as the version spells it.
    pub(super) code: Cow<'static, str>,
    /// What is wanted there.
    pub(super) expected: String,
    /// The original text.
    pub(super) found: String,
    /// What lenient decoding makes of it, where that is known: JSON text, or `null` when the part is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) became: Option<Option<String>>,
}

impl Problem {
    pub(super) fn of_issue(issue: Issue, version: Version) -> Self {
        let Issue {
            pointer,
            violation,
            expected,
            found,
            ..
        } = issue;
        Self {
            pointer,
            code: violation.code(version).into(),
            expected,
            found,
            became: None,
        }
    }

    pub(super) fn of_deviation(deviation: Deviation, version: Version) -> Self {
        let became = deviation.became.clone();
        Self {
            became: Some(became),
            ..Self::of_issue(deviation.into_issue(), version)
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
            became,
        } = self;
        if !pointer.is_empty() {
            write!(f, "{}: ", Shown(pointer))?;
        }
        let verb = match expected.starts_with(|char: char| char.is_ascii_digit())
            && expected.ends_with('s')
        {
            true => "are",
            false => "is",
        };
        write!(f, "{} {verb} wanted", Shown(expected))?;
        match found.char_indices().nth(SHOWN) {
            _ if found.is_empty() => f.write_str(", nothing is there")?,
            Some((end, _)) => write!(f, ", found {}…", Shown(&found[..end]))?,
            None => write!(f, ", found {}", Shown(found))?,
        }
        match became {
            None => {}
            Some(None) => f.write_str(", left out")?,
            Some(Some(became)) if became == found => f.write_str(", kept as it is")?,
            Some(Some(became)) => write!(f, ", read as {}", printable(became, SHOWN))?,
        }
        write!(f, " ({code})")
    }
}

/// A text from outside, as it can be shown in a terminal.
pub(super) struct Shown<'a>(pub(super) &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        printable(self.0, usize::MAX).fmt(f)
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

/// How much of a message the log has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    Whole,
    /// It stops in the middle.
    Cut,
    /// A part was left out, with an ellipsis in its place: there is nothing to judge.
    Shortened,
}

/// Something that is worth knowing and does not make a message wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Note {
    pub(super) kind: NoteKind,
    /// The line that it is about, apart from this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<u64>,
    pub(super) text: String,
}

/// The kinds of notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum NoteKind {
    /// The same message as in an earlier line.
    Repeated,
    /// The same sender used the id for another message.
    DuplicateId,
    /// A CALL, although another one of this side waited for its answer (OCPP-J 1.6 4.1.1, 2.0.1 part 4 4.1.1).
    CallBeforeAnswer,
    /// A response to no call that was seen.
    NoCall,
    /// A second response to a call.
    AnsweredBefore,
    /// The line says that the other side sent it.
    OtherSide,
    /// A frame that the log only shows in part.
    Shortened,
}

impl NoteKind {
    /// For the summary.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Repeated => "the same message again",
            Self::DuplicateId => "id used before",
            Self::CallBeforeAnswer => "call before the answer to the last one",
            Self::NoCall => "response without a call",
            Self::AnsweredBefore => "second response to a call",
            Self::OtherSide => "sent by the other side, as the log has it",
            Self::Shortened => "shortened by the log",
        }
    }
}

/// What there is to say about one message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) message: Name,
    pub(super) errors: Vec<Problem>,
    pub(super) deviations: Vec<Problem>,
    pub(super) answer: Answer,
    pub(super) extent: Extent,
    pub(super) notes: Vec<Note>,
}

impl Finding {
    /// Nothing is wrong.
    pub(super) const fn right(message: Name) -> Self {
        Self {
            message,
            errors: Vec::new(),
            deviations: Vec::new(),
            answer: Answer::Nothing,
            extent: Extent::Whole,
            notes: Vec::new(),
        }
    }

    /// One thing is wrong.
    pub(super) fn wrong(message: Name, problem: Problem, answer: Answer) -> Self {
        Self {
            errors: vec![problem],
            answer,
            ..Self::right(message)
        }
    }

    pub(super) fn is_ok(&self) -> bool {
        self.errors.is_empty()
    }

    pub(super) fn note(&mut self, kind: NoteKind, line: Option<u64>, text: String) {
        self.notes.push(Note { kind, line, text });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_shown_raw() {
        let problem = Problem {
            pointer: "/a\u{1b}".into(),
            code: "X".into(),
            expected: "b\u{7}".into(),
            found: "\u{1b}]0;x".into(),
            became: None,
        };
        assert_eq!(
            problem.to_string(),
            r"/a\u{1b}: b\u{7} is wanted, found \u{1b}]0;x (X)"
        );
    }
}
