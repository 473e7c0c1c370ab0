//! What is printed: a JSON object for each message and for each line without one, or sentences.

use std::io::{self, Write};

use ocpp_types::is_visible;
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

use super::finding::{Answer, Extent, Finding, Name, Note, Problem, Shown};
use super::summary::Summary;

/// Of each kind of note so many are told in sentences; the summary has the number of all.
const TOLD: u64 = 20;

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place<'a> {
    pub(super) line: u64,
    /// Over how many lines it goes.
    pub(super) lines: u64,
    /// The station that the line names.
    pub(super) station: Option<&'a str>,
}

/// One object of output.
#[derive(Serialize)]
struct Record<'a> {
    line: u64,
    ok: bool,
    message: Name,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [Problem],
    #[serde(skip_serializing_if = "Option::is_none")]
    deviations: Option<&'a [Problem]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callerror: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callresulterror: Option<&'a str>,
    #[serde(skip_serializing_if = "is_one")]
    lines: u64,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    station: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notes: &'a [Note],
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_one(number: &u64) -> bool {
    *number == 1
}

/// JSON in which a terminal finds nothing to obey.
struct Harmless(CompactFormatter);

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        if fragment.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return self.0.write_string_fragment(writer, fragment);
        }
        while let Some(at) = rest.find(|char| !is_visible(char)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            let char = rest[at..].chars().next().unwrap_or_default();
            for unit in char.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[at + char.len_utf8()..];
        }
        self.0.write_string_fragment(writer, rest)
    }
}

/// Prints findings.
pub(super) struct Report<W> {
    out: W,
    json: bool,
    lenient: bool,
    pub(super) summary: Summary,
}

impl<W: Write> Report<W> {
    pub(super) fn new(out: W, json: bool, lenient: bool) -> Self {
        Self {
            out,
            json,
            lenient,
            summary: Summary::default(),
        }
    }

    /// Reports a message.
    pub(super) fn message(&mut self, place: Place<'_>, finding: &Finding) -> io::Result<()> {
        self.summary.count(finding);
        self.print(place, finding)
    }

    /// Reports a line that should hold a frame, all of it, and does not.
    pub(super) fn wrong_line(&mut self, line: u64, finding: &Finding) -> io::Result<()> {
        self.summary.count_wrong_line(finding);
        self.print(
            Place {
                line,
                lines: 1,
                station: None,
            },
            finding,
        )
    }

    fn print(&mut self, place: Place<'_>, finding: &Finding) -> io::Result<()> {
        if self.json {
            self.record(place, finding)
        } else {
            self.sentences(place, finding)
        }
    }

    /// Reports a line without a message.
    pub(super) fn bare(&mut self, line: u64) -> io::Result<()> {
        self.summary.count_bare();
        if self.json {
            writeln!(self.out, "{{\"line\":{line},\"ok\":true,\"message\":null}}")?;
        }
        Ok(())
    }

    fn record(&mut self, place: Place<'_>, finding: &Finding) -> io::Result<()> {
        let code = finding.errors.first().map(|problem| &*problem.code);
        let told = |answer| code.filter(|_| finding.answer == answer);
        let record = Record {
            line: place.line,
            ok: finding.is_ok(),
            message: finding.message,
            errors: &finding.errors,
            deviations: self.lenient.then_some(&finding.deviations),
            callerror: told(Answer::CallError),
            callresulterror: told(Answer::CallResultError),
            lines: place.lines,
            cut: finding.extent != Extent::Whole,
            station: place.station,
            notes: &finding.notes,
        };
        let mut serializer = Serializer::with_formatter(&mut self.out, Harmless(CompactFormatter));
        record.serialize(&mut serializer)?;
        self.out.write_all(b"\n")
    }

    fn sentences(&mut self, place: Place<'_>, finding: &Finding) -> io::Result<()> {
        if finding.errors.is_empty() && finding.deviations.is_empty() && finding.notes.is_empty() {
            return Ok(());
        }
        let line = place.line;
        let line = match place.station {
            Some(station) => format!("{line} ({})", Shown(station)),
            None => line.to_string(),
        };
        let message = finding.message;
        for error in &finding.errors {
            match finding.extent {
                Extent::Cut => {
                    writeln!(
                        self.out,
                        "line {line}: {message}: cut off behind {}",
                        Shown(&error.found)
                    )?;
                }
                _ => writeln!(self.out, "line {line}: {message}: {error}")?,
            }
        }
        if let Some(first) = finding.errors.first() {
            let code = &first.code;
            match finding.answer {
                Answer::CallError => writeln!(self.out, "line {line}: answer: CALLERROR {code}")?,
                Answer::CallResultError => {
                    writeln!(self.out, "line {line}: answer: CALLRESULTERROR {code}")?;
                }
                Answer::Nothing => {}
            }
        }
        let forgiven = if finding.is_ok() {
            "forgiven"
        } else {
            "could be forgiven"
        };
        for deviation in &finding.deviations {
            writeln!(self.out, "line {line}: {message}: {forgiven}: {deviation}")?;
        }
        for note in &finding.notes {
            if self.summary.notes(note.kind) <= TOLD {
                writeln!(
                    self.out,
                    "line {line}: {message}: note: {}",
                    Shown(&note.text)
                )?;
            }
        }
        Ok(())
    }

    /// Everything that was reported is printed.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_holds_nothing_that_a_terminal_obeys() {
        let mut report = Report::new(Vec::new(), true, false);
        let place = Place {
            line: 1,
            lines: 2,
            station: Some("\u{9b}31m\u{7f}\u{1b}\u{202e}é"),
        };
        report
            .message(place, &Finding::right(Name::Request("Heartbeat")))
            .unwrap();
        assert_eq!(
            String::from_utf8(report.out).unwrap(),
            "{\"line\":1,\"ok\":true,\"message\":\"HeartbeatRequest\",\"lines\":2,\
             \"station\":\"\\u009b31m\\u007f\\u001b\\u202eé\"}\n"
        );
    }
}
