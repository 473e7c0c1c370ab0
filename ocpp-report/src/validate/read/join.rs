//! The rest of a frame, in the lines that follow.

use std::borrow::Cow;
use std::io::{self, Read};

use super::clean::clean;
use super::collect::{Collected, Collector};
use super::find::{self, Effort, Ending, Found, loose_length};
use super::head::Likeness;
use super::lines::Place;
use super::record::{self, Record};
use super::text::{likeness, split_line};
use super::{Continuation, Reader, container};

/// More lines of other streams than this do not stand between the parts of a frame.
const MAX_BETWEEN: usize = 1_000;

/// A string over more lines than this without a quotation mark is none.
const MAX_LINES_OF_TEXT: usize = 64;

/// More lines than this are not looked through for the end of a broken frame, or of a literal of another language.
const MAX_LOOSE_LINES: usize = 200;

/// A frame that went on in further lines.
pub(super) struct Joined<'a> {
    pub(super) frame: String,
    pub(super) ending: Ending,
    /// The lines that it took, apart from the first.
    pub(super) also: Vec<u64>,
    pub(super) is_lossy: bool,
    /// What stands behind it, and where.
    pub(super) behind: Cow<'a, str>,
    pub(super) place: Place,
}

impl<R: Read> Reader<R> {
    /// Looks for the rest of a frame: in the rest of the text, then in the lines that follow.
    pub(super) fn join<'a>(
        &mut self,
        mut collector: Collector,
        opening: &str,
        rest: &mut &'a str,
        mut place: Place,
        continuation: &Continuation,
    ) -> io::Result<Option<Joined<'a>>> {
        let mut inner = *rest;
        let mut also = Vec::new();
        let mut taken = Vec::new();
        let mut is_lossy = false;
        let mut index = 0;
        let mut lines_of_text = 0;
        let mut loose: Option<String> = None;
        loop {
            let mut number = None;
            let piece = if inner.is_empty() {
                match self.piece(&mut index, continuation, opening)? {
                    Some((piece, at)) => {
                        is_lossy |= at.is_lossy;
                        number = Some(at);
                        Cow::Owned(piece)
                    }
                    None => return Ok(None),
                }
            } else {
                let (piece, after) = split_line(inner);
                inner = after;
                Cow::Borrowed(piece)
            };
            lines_of_text = match collector.is_in_text() && !piece.contains('"') {
                true => lines_of_text + 1,
                false => 0,
            };
            let is_too_much = collector.length() + piece.len() > self.limits.line
                || lines_of_text > MAX_LINES_OF_TEXT;
            let is_read_again = loose.is_some() || collector.is_literal();
            if is_too_much || is_read_again && taken.len() > MAX_LOOSE_LINES {
                return Ok(None);
            }
            if let Some(at) = number {
                also.push(at.number);
                taken.push(index);
                index += 1;
            }
            // A line with a frame of its own is no part of another, unless that quotes it.
            let own = match find::next(&piece, 0, &mut Effort::for_text(&piece)) {
                Found::Spot(spot)
                    if spot.likeness == Likeness::Frame && spot.ending == Ending::Whole =>
                {
                    let (before, behind) = piece.split_at(spot.start);
                    (loose.is_some() || !collector.quotes(before, behind)).then_some(spot.start)
                }
                _ => None,
            };
            let part = &piece[..own.unwrap_or(piece.len())];
            let (frame, ending, used) = if let Some(text) = &mut loose {
                if own.is_some() || !is_json_like(part) {
                    return Ok(None);
                }
                text.push_str(part);
                match loose_length(text) {
                    Some(length) => {
                        text.truncate(length);
                        (std::mem::take(text), Ending::Broken, part.len())
                    }
                    None => continue,
                }
            } else {
                match collector.feed(part) {
                    Collected::More if own.is_none() => continue,
                    Collected::More | Collected::No => return Ok(None),
                    Collected::Frame { frame, used } => (frame, Ending::Whole, used),
                    Collected::Ended {
                        begun,
                        ending: Ending::Broken,
                        ..
                    } => {
                        if own.is_some() || !is_json_like(part) {
                            return Ok(None);
                        }
                        if loose_length(&begun) != Some(begun.len()) {
                            loose = Some(begun);
                            continue;
                        }
                        (begun, Ending::Broken, part.len())
                    }
                    Collected::Ended {
                        begun,
                        used,
                        ending,
                    } => (begun, ending, used),
                }
            };
            // What was taken for the rest of a frame may show that there was none.
            if likeness(&frame) == Likeness::No {
                return Ok(None);
            }
            self.lines.remove(&taken);
            if let Some(at) = number {
                place = at;
            }
            *rest = inner;
            let behind = match piece {
                Cow::Borrowed(piece) => Cow::Borrowed(&piece[used..]),
                Cow::Owned(piece) => Cow::Owned(piece[used..].to_string()),
            };
            return Ok(Some(Joined {
                frame,
                ending,
                also,
                is_lossy,
                behind,
                place,
            }));
        }
    }

    /// The next piece of the same log, from `index` on, which is left at its place.
    fn piece(
        &mut self,
        index: &mut usize,
        continuation: &Continuation,
        opening: &str,
    ) -> io::Result<Option<(String, Place)>> {
        if matches!(continuation, Continuation::None | Continuation::TooLong) {
            return Ok(None);
        }
        for _ in 0..MAX_BETWEEN {
            let Some(line) = self.lines.peek(*index)? else {
                return Ok(None);
            };
            if line.is_too_long {
                return Ok(None);
            }
            let place = line.place();
            let text = clean(&line.text);
            match continuation {
                Continuation::Lines => {
                    return Ok(Some((
                        without_common_prefix(opening, &text).to_string(),
                        place,
                    )));
                }
                Continuation::Entries(stream) => match record::read(&text) {
                    Some(Record::Entry(entry)) if entry.stream == *stream => {
                        let Some(text) = entry.text else {
                            return Ok(None);
                        };
                        // The frame goes on behind a line break in an entry as it does in the next one.
                        let text = clean(&text)
                            .trim_end_matches(['\r', '\n'])
                            .replace(['\r', '\n'], " ");
                        return Ok(Some((text, place)));
                    }
                    Some(Record::Entry(_)) => {}
                    _ => return Ok(None),
                },
                Continuation::Container(stream) => match container(&text) {
                    Some((_, other, inner)) if other == stream => {
                        return Ok(Some((inner.into(), place)));
                    }
                    Some(_) => {}
                    None => return Ok(None),
                },
                Continuation::None | Continuation::TooLong => return Ok(None),
            }
            *index += 1;
        }
        Ok(None)
    }
}

/// Whether a line may be a part of pretty-printed JSON that is broken somewhere.
fn is_json_like(line: &str) -> bool {
    let line = line.trim();
    match line.as_bytes() {
        [] | [b'{' | b'}' | b']' | b'"' | b',' | b':', ..] | [b'['] => true,
        [b'[', rest @ ..] => matches!(
            rest.trim_ascii_start().first(),
            None | Some(b'{' | b'[' | b'"' | b']')
        ),
        _ => {
            let scalar = line.trim_end_matches([',', ']', '}', ' ']);
            scalar.parse::<f64>().is_ok() || matches!(scalar, "true" | "false" | "null")
        }
    }
}

/// A line without what every line of this log begins with: what it has in common with the line where the frame begins, up
/// to the last blank or sign, digits being alike.
fn without_common_prefix<'a>(opening: &str, line: &'a str) -> &'a str {
    let alike = |(a, b): &(char, char)| a == b || a.is_ascii_digit() && b.is_ascii_digit();
    let mut length = 0;
    let mut end = 0;
    let mut letters = 0;
    for (_, char) in opening.chars().zip(line.chars()).take_while(alike) {
        length += char.len_utf8();
        if char.is_alphanumeric() {
            letters += 1;
        } else if letters >= 3 && matches!(char, ' ' | '\t' | ':' | '|' | ']' | '>') {
            end = length;
        }
    }
    &line[end..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_line_begins_with_is_no_part_of_a_frame() {
        for (opening, line, rest) in [
            ("csms-1  | recv CP1: ", "csms-1  | {", "{"),
            (
                "May 15 12:00:00 host ocpp[123]: recv ",
                "May 15 12:00:01 host ocpp[123]: \"a\":1",
                "\"a\":1",
            ),
            ("", "  \"a\": 1", "  \"a\": 1"),
            ("recv CP1: ", "  2,", "  2,"),
            ("a: ", "a: 1", "a: 1"),
        ] {
            assert_eq!(without_common_prefix(opening, line), rest);
        }
    }

    #[test]
    fn lines_of_json_are_told_from_lines_of_a_log() {
        for line in [
            "  \"a\": 1,",
            "}",
            "  {",
            "[",
            "[ {",
            "12,",
            "true",
            "-1.5",
            "",
            "],",
        ] {
            assert!(is_json_like(line), "{line}");
        }
        for line in [
            "2024-05-15 12:00:00 x",
            "[ocpp] TRACE",
            "INFO: x",
            "recv",
            "[12:00:00]",
        ] {
            assert!(!is_json_like(line), "{line}");
        }
    }
}
