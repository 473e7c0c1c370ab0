//! What is wrong with recorded messages, where, and what their sender should have been told: from the bytes of a log to verdicts.
//!
//! ```text
//! bytes → frames with what is told about them → judged → counted and printed
//!         read                                  check    report, summary
//!                                               ├ calls  which call a response answers
//!                                               ├ guess  which version is spoken
//!                                               ├ payload, structure  what is wrong
//! ```
//!
//! Nothing here knows the command line, a file or a terminal.

mod calls;
mod check;
mod finding;
mod guess;
mod payload;
mod read;
mod report;
mod structure;
mod summary;
#[cfg(test)]
mod tests;

use std::io::{self, Read, Write};

use ocpp_types::Version;

use check::Checker;
use read::{Item, Limits, Reader};
use report::{Place, Report};
pub use summary::Summary;

/// How to judge.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The version of messages that do not say it themselves. Without one it is guessed.
    pub version: Option<Version>,
    /// What can be repaired is right.
    pub lenient: bool,
    /// Whether JSON is printed, or sentences.
    pub json: bool,
    /// Every line has to hold a frame of its own, unless it is blank.
    pub strict_lines: bool,
    /// The longest line, and the longest frame over several lines, in bytes.
    pub max_line: usize,
    /// The longest JSON object over several lines that is read as a whole, in bytes.
    pub max_document: usize,
}

impl Default for Options {
    /// Strict, as sentences, any version, lines of up to 16 MiB and documents of up to 256 MiB.
    fn default() -> Self {
        Self {
            version: None,
            lenient: false,
            json: false,
            strict_lines: false,
            max_line: 16 * 1024 * 1024,
            max_document: 256 * 1024 * 1024,
        }
    }
}

/// Reads a log to its end, prints what there is to say about its messages, and gives what was counted. A reader that goes
/// away ends it early: then [`Summary::is_complete`] is false.
///
/// # Errors
///
/// Whatever reading `source` or writing to `out` brings, except that nobody reads `out` any more.
pub fn judge(source: impl Read, out: impl Write, options: &Options) -> io::Result<Summary> {
    let mut reader = Reader::new(
        source,
        Limits {
            line: options.max_line,
            document: options.max_document,
        },
        options.strict_lines,
    )?;
    let mut checker = Checker::new(options.version, options.lenient);
    let mut report = Report::new(out, options.json, options.lenient);
    let done = reader
        .run(&mut |item| take(item, &mut checker, &mut report, options))
        .and_then(|()| report.flush());
    report.summary.is_complete = match done {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => false,
        Err(error) => return Err(error),
    };
    report.summary.lines = reader.lines();
    report.summary.long = reader.long_lines();
    report.summary.unanswered = checker.unanswered();
    report.summary.versions = checker.versions().to_string();
    Ok(report.summary)
}

/// Judges and reports one thing. Says of a doubtful frame whether it is one.
fn take(
    item: Item<'_>,
    checker: &mut Checker,
    report: &mut Report<impl Write>,
    options: &Options,
) -> io::Result<bool> {
    match item {
        Item::Captured(captured) => {
            let Some(finding) = checker.check(&captured) else {
                return Ok(false);
            };
            let place = Place {
                line: captured.line,
                lines: captured.lines,
                station: captured.told.station.as_ref().map(|station| &*station.name),
            };
            report.message(place, &finding)?;
        }
        Item::NoFrame { line, text } if options.strict_lines && !text.trim().is_empty() => {
            report.wrong_line(line, &checker.no_frame(text))?;
        }
        Item::NoFrame { line, .. } => report.bare(line)?,
        Item::TooLong { line } => {
            report.wrong_line(line, &checker.too_long(options.max_line))?;
        }
        Item::Subprotocol {
            line,
            version,
            station,
        } => {
            checker.subprotocol(version, station.as_ref(), line);
            return Ok(false);
        }
    }
    Ok(true)
}
