//! Frames that come in pieces: quoted, over several lines, or as literals of other languages.

use super::find::{Ending, ellipsis, loose_length};
use super::head::{Start, start};
use super::json::{Progress, Scanner};
use super::literal::{Literal, to_json};
use super::quoting::{Input, Layers, Unit};

/// A beginning that cannot be told within so many bytes is none.
const MAX_HEAD: usize = 4 * 1024;

/// Longer literals of other languages are not read: they are read again with each line that continues them.
pub(super) const MAX_LITERAL: usize = 64 * 1024;

/// A frame that goes on over several lines. Each line is one piece; line breaks are no part of the frame, because in the
/// frame they mean nothing between values, and within one they were put in by whoever wrote the log.
#[derive(Debug, Clone)]
pub(super) struct Collector(State);

#[derive(Debug, Clone)]
enum State {
    /// Not even its beginning is there.
    Head(String),
    Json(Box<Json>),
    Literal {
        layers: Layers,
        text: String,
        carry: String,
    },
}

#[derive(Debug, Clone)]
struct Json {
    layers: Layers,
    scanner: Scanner,
    frame: String,
    /// The end of the last piece, which is a part of a quoted character.
    carry: String,
}

/// What became of a frame with one more piece.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Collected {
    More,
    /// It ends after so many bytes of the piece.
    Frame {
        frame: String,
        used: usize,
    },
    /// It does not end as a frame does.
    Ended {
        begun: String,
        used: usize,
        ending: Ending,
    },
    /// It never was one.
    No,
}

impl Collector {
    pub(super) fn of(start: Start) -> Self {
        Self(match start {
            Start::No | Start::More => State::Head(String::new()),
            Start::Json(layers) => State::Json(Box::new(Json {
                layers,
                scanner: Scanner::new(),
                frame: String::new(),
                carry: String::new(),
            })),
            Start::Literal(layers) => State::Literal {
                layers,
                text: String::new(),
                carry: String::new(),
            },
        })
    }

    /// A frame with nothing around it, of which `text` was scanned.
    pub(super) fn begun_with(text: &str, scanner: Scanner) -> Self {
        Self(State::Json(Box::new(Json {
            layers: Layers::NONE,
            scanner,
            frame: text.into(),
            carry: String::new(),
        })))
    }

    /// How much of the frame is there.
    pub(super) fn length(&self) -> usize {
        match &self.0 {
            State::Head(text) | State::Literal { text, .. } => text.len(),
            State::Json(json) => json.frame.len(),
        }
    }

    /// Whether it is a literal of another language, which is read again with each line that continues it.
    pub(super) fn is_literal(&self) -> bool {
        matches!(self.0, State::Literal { .. })
    }

    /// Whether the text so far ends inside a string.
    pub(super) fn is_in_text(&self) -> bool {
        matches!(&self.0, State::Json(json) if json.scanner.is_in_text())
    }

    /// Whether what stands between two parts of the next line is inside of a string of the frame.
    pub(super) fn quotes(&self, before: &str, behind: &str) -> bool {
        let State::Json(json) = &self.0 else {
            return false;
        };
        let mut rest = Self(State::Json(Box::new(Json {
            layers: json.layers,
            scanner: json.scanner.clone(),
            frame: String::new(),
            carry: json.carry.clone(),
        })));
        rest.feed(before) == Collected::More
            && rest.is_in_text()
            && matches!(rest.feed(behind), Collected::More | Collected::Frame { .. })
    }

    /// Adds the next line.
    pub(super) fn feed(&mut self, piece: &str) -> Collected {
        match &mut self.0 {
            State::Head(text) => {
                let before = text.len();
                text.push_str(piece);
                match start(text, 0) {
                    Start::More if text.len() <= MAX_HEAD => Collected::More,
                    Start::No | Start::More => Collected::No,
                    start => {
                        let text = std::mem::take(text);
                        *self = Self::of(start);
                        match self.feed(&text) {
                            Collected::Frame { frame, used } => Collected::Frame {
                                frame,
                                used: used.saturating_sub(before),
                            },
                            Collected::Ended {
                                begun,
                                used,
                                ending,
                            } => Collected::Ended {
                                begun,
                                used: used.saturating_sub(before),
                                ending,
                            },
                            other => other,
                        }
                    }
                }
            }
            State::Json(json) => json.feed(piece),
            State::Literal {
                layers,
                text,
                carry,
            } => literal(*layers, text, carry, piece),
        }
    }

    /// What is there of the frame. Of a literal of another language nothing can be said before it is whole.
    pub(super) fn begun(&self) -> &str {
        match &self.0 {
            State::Head(text) => text,
            State::Json(json) => &json.frame,
            State::Literal { .. } => "",
        }
    }
}

impl Json {
    fn feed(&mut self, piece: &str) -> Collected {
        if self.layers.is_empty() {
            let begun = self.frame.len();
            let progress = self.scanner.feed(piece.as_bytes());
            self.frame.push_str(piece);
            return match progress {
                Progress::Open => Collected::More,
                Progress::Complete(used) => {
                    self.frame.truncate(begun + used);
                    self.complete(used)
                }
                Progress::Wrong(at) => self.wrong(begun + at, at),
            };
        }
        let carried = self.carry.len();
        let text = std::mem::take(&mut self.carry) + piece;
        let mut input = Input { text: &text, at: 0 };
        let mut utf8 = [0; 4];
        loop {
            match self.layers.pull(&mut input) {
                Unit::Char(char) => {
                    let used = input.at.saturating_sub(carried);
                    match self.scanner.feed(char.encode_utf8(&mut utf8).as_bytes()) {
                        Progress::Open => self.frame.push(char),
                        Progress::Complete(_) => {
                            self.frame.push(char);
                            return self.complete(used);
                        }
                        Progress::Wrong(_) => {
                            let wrong = self.frame.len();
                            self.frame.push(char);
                            // The rest is a part of the frame up to the end of the string that it stands in.
                            while let Unit::Char(char) = self.layers.pull(&mut input) {
                                self.frame.push(char);
                            }
                            return self.wrong(wrong, input.at.saturating_sub(carried));
                        }
                    }
                }
                Unit::End => {
                    let used = input.at.saturating_sub(carried);
                    let begun = std::mem::take(&mut self.frame);
                    let ending = ending_of(&begun);
                    return Collected::Ended {
                        begun,
                        used,
                        ending,
                    };
                }
                Unit::More => {
                    self.carry = text[input.at..].into();
                    return Collected::More;
                }
            }
        }
    }

    fn complete(&mut self, used: usize) -> Collected {
        Collected::Frame {
            frame: std::mem::take(&mut self.frame),
            used,
        }
    }

    fn wrong(&mut self, wrong: usize, used: usize) -> Collected {
        let mut begun = std::mem::take(&mut self.frame);
        let ending = if let Some(end) = ellipsis(&begun, wrong) {
            begun.truncate(end);
            Ending::Shortened
        } else {
            if let Some(length) = loose_length(&begun) {
                begun.truncate(length);
            }
            Ending::Broken
        };
        Collected::Ended {
            begun,
            used,
            ending,
        }
    }
}

/// How a frame ended that stops in the middle.
pub(super) fn ending_of(begun: &str) -> Ending {
    let last = begun.rfind("...").map(|at| at + 3);
    let last = last.max(begun.rfind('…').map(|at| at + '…'.len_utf8()));
    // What stands behind it is not of the frame, such as `' [130 bytes]`.
    let is_end = |rest: &str| rest.len() <= 40 && !rest.contains(['"', ':', '{', '}']);
    match last {
        Some(at) if is_end(&begun[at..]) => Ending::Shortened,
        _ => Ending::Cut,
    }
}

fn literal(layers: Layers, text: &mut String, carry: &mut String, piece: &str) -> Collected {
    let carried = carry.len();
    let quoted = std::mem::take(carry) + piece;
    let begun = text.len();
    let mut used = None;
    if layers.is_empty() {
        text.push_str(piece);
    } else {
        let mut input = Input {
            text: &quoted,
            at: 0,
        };
        loop {
            match layers.pull(&mut input) {
                Unit::Char(char) => text.push(char),
                Unit::End => {
                    used = Some(input.at.saturating_sub(carried));
                    break;
                }
                Unit::More => {
                    *carry = quoted[input.at..].into();
                    break;
                }
            }
        }
    }
    let is_open = used.is_none() && text.len() <= MAX_LITERAL;
    // It is read from its beginning each time, which is for nothing before a bracket closes.
    if is_open && begun > 0 && !piece.contains(']') {
        return Collected::More;
    }
    match to_json(text) {
        Literal::Json { json, length } => Collected::Frame {
            frame: json,
            used: if layers.is_empty() {
                length - begun
            } else {
                used.unwrap_or(piece.len())
            },
        },
        Literal::More if is_open => Collected::More,
        // In another language nothing can be said of what is not whole.
        Literal::More | Literal::No | Literal::Shortened => Collected::No,
    }
}
