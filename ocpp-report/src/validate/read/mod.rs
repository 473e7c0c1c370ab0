//! From bytes to frames: reads any log and finds the frames in it.
//!
//! ```text
//! bytes → lines → without colours → entries of loggers taken apart → frames → what is told around them
//!         lines   clean             record                           find     context
//! ```
//!
//! The reader goes through the input once, line by line, and holds one line, or as many lines as one frame or one JSON
//! object is spread over; both are bounded.

mod carrier;
mod clean;
mod collect;
mod context;
mod find;
mod head;
mod join;
mod json;
mod lines;
mod literal;
mod quoting;
mod record;
mod text;
mod words;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};
use std::io::{self, Read};

use ocpp_types::Version;

use clean::clean;
pub(super) use context::{FrameContext, Station, Words};
pub(super) use find::{Ending, has_ellipsis};
pub(super) use head::Head;
use json::{Progress, Scanner};
use lines::{Line, Lines, Place};
use record::{Entry, Record};
pub(super) use words::{Flow, Role};

/// The bounds of a reader.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// The longest line, and the longest frame over several lines, in bytes.
    pub(super) line: usize,
    /// The longest JSON document that is read as a whole, in bytes.
    pub(super) document: usize,
}

/// What a frame is to be taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content<'a> {
    Frame(Cow<'a, str>),
    /// A payload without its frame.
    Payload(&'a str),
    /// A JSON object in the documented form that cannot be right, and why.
    Unusable(&'static str),
}

/// Whether what was captured is a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Certainty {
    Frame,
    /// Only other evidence can tell.
    Doubtful,
    /// Nobody has looked where it ends: it is a frame if it is right as it stands.
    Unread,
}

/// A frame, or what stands for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Captured<'a> {
    /// Where it begins, from 1.
    pub(super) line: u64,
    /// Over how many lines it goes.
    pub(super) lines: u64,
    pub(super) content: Content<'a>,
    /// The name of the message, if the line says it.
    pub(super) message: Option<String>,
    pub(super) ending: Ending,
    pub(super) certainty: Certainty,
    /// Bytes in it were no UTF-8.
    pub(super) is_lossy: bool,
    pub(super) told: FrameContext,
}

/// What there is in a log.
#[derive(Debug)]
pub(super) enum Item<'a> {
    Captured(Captured<'a>),
    /// A line without a frame, and its text.
    NoFrame {
        line: u64,
        text: &'a str,
    },
    /// A line that is longer than the limit, and may have a frame where it was not looked into.
    TooLong {
        line: u64,
    },
    /// A line names the subprotocol of a connection.
    Subprotocol {
        line: u64,
        version: Version,
        station: Option<Station>,
    },
}

/// Takes what was found. Says of a doubtful frame whether it is one.
pub(super) type Sink<'a> = &'a mut dyn FnMut(Item<'_>) -> io::Result<bool>;

/// Reads a log.
pub(super) struct Reader<R> {
    lines: Lines<R>,
    limits: Limits,
    /// Each line stands for itself.
    alone: bool,
    /// Up to this line, everything was told.
    told_until: u64,
    /// Lines that are longer than the limit.
    long: u64,
    /// Lines behind it that are parts of frames that began earlier.
    taken: BTreeSet<u64>,
}

/// Where the next pieces of a text come from when its own lines end.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Continuation {
    /// Nowhere.
    None,
    /// Nowhere, because the rest of the line was not read.
    TooLong,
    /// From the next lines.
    Lines,
    /// From the next entries of the same stream of a JSON log.
    Entries(Option<String>),
    /// From the next lines of a container's log, `TIME stdout F …`.
    Container(String),
}

impl<R: Read> Reader<R> {
    /// `alone`: every line stands for itself.
    pub(super) fn new(source: R, limits: Limits, alone: bool) -> io::Result<Self> {
        Ok(Self {
            lines: Lines::new(source, limits.line)?,
            limits,
            alone,
            told_until: 0,
            long: 0,
            taken: BTreeSet::new(),
        })
    }

    /// Reads to the end.
    pub(super) fn run(&mut self, sink: Sink<'_>) -> io::Result<()> {
        while let Some(line) = self.lines.advance()? {
            self.long += u64::from(line.is_too_long);
            self.line(&line, sink)?;
            self.reach(line.number, &line.text, sink)?;
            self.lines.recycle(line);
        }
        Ok(())
    }

    /// How many lines there were.
    pub(super) fn lines(&self) -> u64 {
        self.lines.count()
    }

    /// How many of them were longer than the limit.
    pub(super) const fn long_lines(&self) -> u64 {
        self.long
    }

    fn line(&mut self, line: &Line, sink: Sink<'_>) -> io::Result<()> {
        let text = clean(&line.text);
        let text = text.trim_start_matches('\u{feff}').trim();
        if is_bare(text) && !line.is_too_long && !line.is_lossy && self.bare(line, text, sink)? {
            return Ok(());
        }
        if !line.is_too_long {
            let object = text.trim_start_matches(['[', ',', ' ', '\t']);
            // Also the first object of an array, and the next one of it.
            if object.starts_with('{') && (object.len() == text.len() || !self.alone) {
                return self.objects(line, object, sink);
            }
        }
        self.plain(line.place(), text, line.is_too_long, sink)
    }

    /// A line that seems to be a frame and nothing else, which most lines of recordings are. If it is right, it need not
    /// be looked through first. Says whether it was.
    fn bare(&mut self, line: &Line, text: &str, sink: Sink<'_>) -> io::Result<bool> {
        let captured = Captured {
            line: line.number,
            lines: 1,
            content: Content::Frame(Cow::Borrowed(text)),
            message: None,
            ending: Ending::Whole,
            certainty: Certainty::Unread,
            is_lossy: false,
            told: FrameContext::default(),
        };
        self.capture(captured, &[], sink)
    }

    /// A line of text.
    fn plain(
        &mut self,
        place: Place,
        text: &str,
        is_too_long: bool,
        sink: Sink<'_>,
    ) -> io::Result<()> {
        if !text.starts_with('[') {
            self.subprotocol(place.number, text, sink)?;
        }
        let mut continuation = Continuation::Lines;
        let mut told = FrameContext::default();
        let mut text = text;
        if let Some((told_by, stream, inner)) = container(text) {
            continuation = Continuation::Container(stream.into());
            told = told_by;
            text = inner;
        }
        if is_too_long {
            continuation = Continuation::TooLong;
        } else if self.alone {
            continuation = Continuation::None;
        }
        self.text(place, text, &told, &continuation, &mut None, sink)
    }

    fn subprotocol(&mut self, line: u64, text: &str, sink: Sink<'_>) -> io::Result<()> {
        if let Some(version) = context::subprotocol(text) {
            let station = FrameContext::around(text, "")
                .station
                .filter(|station| station.is_sure);
            sink(Item::Subprotocol {
                line,
                version,
                station,
            })?;
        }
        Ok(())
    }

    /// Reports a frame, after the lines without one before it. `also` are the other lines that it is spread over.
    fn capture(
        &mut self,
        captured: Captured<'_>,
        also: &[u64],
        sink: Sink<'_>,
    ) -> io::Result<bool> {
        let line = captured.line;
        self.reach(line - 1, "", sink)?;
        let is_frame = sink(Item::Captured(captured))?;
        if is_frame {
            self.told_until = self.told_until.max(line);
            let told = self.told_until;
            self.taken
                .extend(also.iter().copied().filter(|line| *line > told));
        }
        Ok(is_frame)
    }

    /// All lines up to this one that nothing was told about have no frame. `text` is that of the last.
    fn reach(&mut self, line: u64, text: &str, sink: Sink<'_>) -> io::Result<()> {
        while self.told_until < line {
            self.told_until += 1;
            if !self.taken.remove(&self.told_until) {
                let text = if self.told_until == line { text } else { "" };
                sink(Item::NoFrame {
                    line: self.told_until,
                    text,
                })?;
            }
        }
        Ok(())
    }

    /// A line that begins with a JSON object: this one, those behind it, and the lines that the last is spread over.
    fn objects(&mut self, line: &Line, text: &str, sink: Sink<'_>) -> io::Result<()> {
        let mut place = line.place();
        let mut rest = Cow::Borrowed(text);
        loop {
            let mut text = &*rest;
            let next = loop {
                if !text.starts_with('{') {
                    self.text(
                        place,
                        text,
                        &FrameContext::default(),
                        &Continuation::Lines,
                        &mut None,
                        sink,
                    )?;
                    break None;
                }
                let mut scanner = Scanner::new();
                match scanner.feed(text.as_bytes()) {
                    Progress::Complete(length) => {
                        self.object(place, &text[..length], true, sink)?;
                        text = text[length..].trim_start_matches([',', ' ', '\t']);
                    }
                    Progress::Open if !self.alone => {
                        break self.document(place, text, scanner, sink)?;
                    }
                    _ => {
                        self.plain(place, text, false, sink)?;
                        break None;
                    }
                }
            };
            let Some((last, behind)) = next else {
                // Whoever asked tells about the line itself, with its text.
                let last = place.number;
                return if last == line.number {
                    Ok(())
                } else {
                    self.reach(last, "", sink)
                };
            };
            place = last;
            rest = Cow::Owned(behind);
        }
    }

    /// An object over several lines. Gives its last line, and what stands there behind it.
    fn document(
        &mut self,
        place: Place,
        text: &str,
        mut scanner: Scanner,
        sink: Sink<'_>,
    ) -> io::Result<Option<(Place, String)>> {
        let mut document = text.to_string();
        let mut index = 0;
        let end = loop {
            let Some(next) = self.lines.peek(index)? else {
                break None;
            };
            let piece = clean(&next.text);
            if next.is_too_long || document.len() + piece.len() > self.limits.document {
                break None;
            }
            let begun = document.len();
            document.push('\n');
            document.push_str(&piece);
            match scanner.feed(&document.as_bytes()[begun..]) {
                Progress::Open => index += 1,
                Progress::Complete(length) => break Some((begun + length, next.place())),
                Progress::Wrong(_) => break None,
            }
        };
        let Some((end, last)) = end else {
            // Not an object, or too large: its lines are read one by one.
            self.plain(place, text, false, sink)?;
            return Ok(None);
        };
        for (index, text) in document.lines().enumerate() {
            self.subprotocol(place.number + index as u64, text, sink)?;
        }
        self.object(place, &document[..end], false, sink)?;
        let behind = document[end..]
            .trim_start_matches([',', ' ', '\t'])
            .to_string();
        self.lines.remove(&(0..=index).collect::<Vec<_>>());
        self.reach(last.number - 1, "", sink)?;
        Ok(Some((last, behind)))
    }

    /// A complete object. `is_entry`: it stands on one line, so that its text may go on in the next entry.
    fn object(
        &mut self,
        place: Place,
        object: &str,
        is_entry: bool,
        sink: Sink<'_>,
    ) -> io::Result<()> {
        let (content, message, told) = match record::read(object) {
            None => return Ok(()),
            Some(Record::Frame {
                text,
                message,
                told,
            }) => (Content::Frame(text), message, told),
            Some(Record::Payload {
                json,
                message,
                told,
            }) => (Content::Payload(json), Some(message), told),
            Some(Record::Unusable { why }) => {
                (Content::Unusable(why), None, FrameContext::default())
            }
            Some(Record::Entry(entry)) if is_entry => {
                self.subprotocol(place.number, object, sink)?;
                return self.entry(place, object, &entry, sink);
            }
            Some(Record::Entry(_)) => {
                return self.values(
                    place,
                    object,
                    object,
                    &FrameContext::default(),
                    &mut HashSet::new(),
                    sink,
                );
            }
        };
        let lines = 1 + object.matches('\n').count() as u64;
        let also: Vec<_> = (place.number + 1..place.number + lines).collect();
        let captured = Captured {
            line: place.number,
            lines,
            content,
            message,
            ending: Ending::Whole,
            certainty: Certainty::Frame,
            is_lossy: place.is_lossy && object.contains(char::REPLACEMENT_CHARACTER),
            told,
        };
        self.capture(captured, &also, sink).map(drop)
    }

    fn entry(
        &mut self,
        place: Place,
        object: &str,
        entry: &Entry<'_>,
        sink: Sink<'_>,
    ) -> io::Result<()> {
        let mut seen = HashSet::new();
        if let Some(text) = &entry.text {
            let continuation = if self.alone {
                Continuation::None
            } else {
                Continuation::Entries(entry.stream.clone())
            };
            let text = clean(text);
            let text = text.trim_end_matches(['\r', '\n']);
            let mut told = Some(std::mem::take(&mut seen));
            self.text(place, text, &entry.told, &continuation, &mut told, sink)?;
            seen = told.unwrap_or_default();
        }
        for (_, value) in &entry.rest {
            self.values(place, object, value, &entry.told, &mut seen, sink)?;
        }
        Ok(())
    }
}

/// Whether a line begins and ends like a frame.
fn is_bare(text: &str) -> bool {
    matches!(text.as_bytes(), [b'[', b'2'..=b'6', b',', b'"', .., b']'])
}

/// A line of a container's log as Kubernetes keeps it: `2024-05-15T12:00:00.1Z stdout F …`.
fn container(text: &str) -> Option<(FrameContext, &str, &str)> {
    let (time, rest) = text.split_once(' ')?;
    let (stream, rest) = rest.split_once(' ')?;
    let (flag, rest) = rest.split_once(' ')?;
    let is_one =
        matches!(stream, "stdout" | "stderr") && matches!(flag, "F" | "P") && time.contains('T');
    if !is_one {
        return None;
    }
    let mut told = FrameContext::default();
    told.member("time", time);
    Some((told, stream, rest))
}
