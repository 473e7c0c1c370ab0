//! What is said at the end.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::finding::{Extent, Finding, Name, NoteKind};

/// How many names are listed.
const LISTED: usize = 30;

/// What was counted.
#[derive(Debug, Default)]
pub struct Summary {
    /// Lines of input.
    pub lines: u64,
    /// Whether everything was printed; somebody who went away has seen enough.
    pub is_complete: bool,
    frames: u64,
    /// Lines without a frame.
    bare: u64,
    /// Lines of which only the beginning was read, and in that no frame.
    pub(super) long: u64,
    right: u64,
    repaired: u64,
    wrong: u64,
    cut: u64,
    shortened: u64,
    /// All messages, the frequent ones near the front. There are few names.
    messages: Vec<(Name, u64)>,
    /// The first errors of wrong messages by code.
    codes: BTreeMap<Cow<'static, str>, u64>,
    /// Wrong messages.
    wrong_messages: BTreeMap<Name, u64>,
    notes: BTreeMap<NoteKind, u64>,
    /// Calls without an answer.
    pub(super) unanswered: usize,
    /// What was said of the version.
    pub(super) versions: String,
}

impl Summary {
    /// Counts a message.
    pub(super) fn count(&mut self, finding: &Finding) {
        self.frames += 1;
        self.count_name(finding.message);
        match (finding.extent, finding.errors.first()) {
            (Extent::Cut, _) => self.cut += 1,
            (Extent::Shortened, _) => self.shortened += 1,
            (Extent::Whole, Some(first)) => {
                self.wrong += 1;
                *self.codes.entry(first.code.clone()).or_default() += 1;
                *self.wrong_messages.entry(finding.message).or_default() += 1;
            }
            (Extent::Whole, None) if finding.deviations.is_empty() => self.right += 1,
            (Extent::Whole, None) => self.repaired += 1,
        }
        for note in &finding.notes {
            *self.notes.entry(note.kind).or_default() += 1;
        }
    }

    fn count_name(&mut self, name: Name) {
        match self.messages.iter().position(|(other, _)| *other == name) {
            Some(at) => {
                self.messages[at].1 += 1;
                self.messages.swap(at, at.saturating_sub(1));
            }
            None => self.messages.push((name, 1)),
        }
    }

    /// Counts a line that is wrong because it has no frame.
    pub(super) fn count_wrong_line(&mut self, finding: &Finding) {
        if let Some(first) = finding.errors.first() {
            self.wrong += 1;
            *self.codes.entry(first.code.clone()).or_default() += 1;
        }
    }

    /// Counts a line without a frame.
    pub(super) fn count_bare(&mut self) {
        self.bare += 1;
    }

    /// How many notes of a kind there were.
    pub(super) fn notes(&self, kind: NoteKind) -> u64 {
        self.notes.get(&kind).copied().unwrap_or_default()
    }

    /// Whether there is no message, nor a line that should have been one.
    #[must_use]
    pub fn has_nothing_to_judge(&self) -> bool {
        self.is_complete && self.frames == 0 && self.is_right()
    }

    /// Whether nothing is wrong or cut off.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.wrong == 0 && self.cut == 0
    }
}

fn plural(count: u64, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&plural(self.lines, "line"))?;
        if self.frames != self.lines {
            write!(f, ", {}", plural(self.frames, "frame"))?;
        }
        write!(f, ": {} right", self.right)?;
        for (count, what) in [
            (self.repaired, "with deviations"),
            (self.shortened, "shortened by the log"),
            (self.cut, "cut off"),
        ] {
            if count > 0 {
                write!(f, ", {count} {what}")?;
            }
        }
        writeln!(f, ", {} wrong", self.wrong)?;
        if self.bare > 0 {
            writeln!(f, "  without a frame: {}", plural(self.bare, "line"))?;
        }
        if self.long > 0 {
            writeln!(
                f,
                "  read only in part, because they are too long: {}",
                plural(self.long, "line")
            )?;
        }
        list(f, "wrong, by code", self.codes.iter())?;
        list(f, "wrong, by message", self.wrong_messages.iter())?;
        let messages = self.messages.iter().map(|(name, count)| (*name, count));
        list(f, "messages", messages)?;
        let notes = self.notes.iter().map(|(kind, count)| (kind.title(), count));
        list(f, "noted", notes)?;
        if self.unanswered > 0 {
            writeln!(f, "  calls without an answer: {}", self.unanswered)?;
        }
        if !self.versions.is_empty() && self.frames > 0 {
            writeln!(f, "  version: {}", self.versions)?;
        }
        Ok(())
    }
}

/// The counts, the highest first.
fn list<'a, N: fmt::Display + Ord>(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    counts: impl Iterator<Item = (N, &'a u64)>,
) -> fmt::Result {
    let mut counts: Vec<_> = counts.collect();
    if counts.is_empty() {
        return Ok(());
    }
    counts.sort_by(|(a, m), (b, n)| n.cmp(m).then(a.cmp(b)));
    write!(f, "  {title}:")?;
    for (index, (name, count)) in counts.iter().take(LISTED).enumerate() {
        let comma = if index == 0 { "" } else { "," };
        write!(f, "{comma} {name} {count}")?;
    }
    if counts.len() > LISTED {
        write!(f, " and {} more", counts.len() - LISTED)?;
    }
    writeln!(f)
}

#[cfg(test)]
mod tests {
    use super::super::finding::{Answer, Problem};
    use super::*;

    #[test]
    fn a_summary_tells_everything_that_was_counted() {
        let mut summary = Summary {
            lines: 6,
            unanswered: 1,
            versions: "taken for 1.6".into(),
            ..Summary::default()
        };
        let name = Name::Request("Heartbeat");
        let problem = Problem {
            pointer: String::new(),
            code: "FormationViolation".into(),
            expected: String::new(),
            found: String::new(),
            became: None,
        };
        summary.count(&Finding::right(name));
        let mut noted = Finding::right(Name::Plain("CALLRESULT"));
        noted.note(NoteKind::NoCall, None, String::new());
        summary.count(&noted);
        summary.count(&Finding::wrong(name, problem.clone(), Answer::CallError));
        let mut repaired = Finding::right(name);
        repaired.deviations.push(problem.clone());
        summary.count(&repaired);
        let mut cut = Finding::wrong(name, problem, Answer::Nothing);
        cut.extent = Extent::Cut;
        summary.count(&cut);
        summary.count_bare();
        assert_eq!(
            summary.to_string(),
            "6 lines, 5 frames: 2 right, 1 with deviations, 1 cut off, 1 wrong\n  \
             without a frame: 1 line\n  \
             wrong, by code: FormationViolation 1\n  \
             wrong, by message: HeartbeatRequest 1\n  \
             messages: HeartbeatRequest 4, CALLRESULT 1\n  \
             noted: response without a call 1\n  \
             calls without an answer: 1\n  \
             version: taken for 1.6\n"
        );
        assert!(!summary.is_right());
    }
}
