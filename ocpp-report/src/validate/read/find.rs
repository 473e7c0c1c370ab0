//! Finds frames in a text, wherever they stand and however they are quoted.

use std::borrow::Cow;

use super::collect::{Collected, Collector, MAX_LITERAL};
use super::head::{Head, Likeness, Start, start};
use super::json::{Progress, Scanner};
use super::quoting::{Layer, Layers};

/// How a frame ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Ending {
    /// With its closing bracket.
    Whole,
    /// Somewhere JSON does not allow what stands there.
    Broken,
    /// The text stops in the middle.
    Cut,
    /// Whoever wrote the log left out a part and said so with an ellipsis.
    Shortened,
}

/// A frame in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spot<'a> {
    /// Where it stands in the text.
    pub(super) start: usize,
    pub(super) end: usize,
    /// The frame without the quoting around it.
    pub(super) frame: Cow<'a, str>,
    pub(super) ending: Ending,
    pub(super) likeness: Likeness,
}

/// What there is in the rest of a text.
#[derive(Debug)]
pub(super) enum Found<'a> {
    Nothing,
    Spot(Spot<'a>),
    /// What begins at `start` may go on in the next line.
    Unfinished {
        start: usize,
        collector: Collector,
    },
}

/// How much of a text may be read in vain. What begins like a frame and is none is read again from the next bracket on; a
/// text made up of such beginnings must not take a time that grows with the square of its length.
#[derive(Debug)]
pub(super) struct Effort(usize);

impl Effort {
    /// A text is read as often as this, before the rest of it is passed over.
    const TIMES: usize = 64;
    /// Short texts are read to their end in any case.
    const FREE: usize = 64 * 1024;

    pub(super) fn for_text(text: &str) -> Self {
        Self(
            text.len()
                .saturating_mul(Self::TIMES)
                .saturating_add(Self::FREE),
        )
    }

    /// So many bytes were read in vain.
    pub(super) fn spend(&mut self, bytes: usize) {
        self.0 = self.0.saturating_sub(bytes);
    }
}

/// The next frame at or behind `from`.
pub(super) fn next<'a>(text: &'a str, from: usize, effort: &mut Effort) -> Found<'a> {
    let mut at = from;
    while effort.0 > 0
        && let Some(found) = memchr::memchr(b'[', &text.as_bytes()[at..])
    {
        at += found;
        match candidate(text, at, effort) {
            Found::Nothing => at += 1,
            other => return other,
        }
    }
    Found::Nothing
}

/// What begins with the bracket at `at`.
fn candidate<'a>(text: &'a str, at: usize, effort: &mut Effort) -> Found<'a> {
    match start(text, at) {
        Start::No => Found::Nothing,
        Start::Json(Layers::NONE) => plain(text, at),
        // In a text between apostrophes backslashes are doubled. Without one, the frame stands there as it is.
        start => {
            let mut collector = Collector::of(start);
            match collector.feed(&text[at..]) {
                Collected::More => Found::Unfinished {
                    start: at,
                    collector,
                },
                collected => {
                    let used = match collected {
                        Collected::Frame { used, .. } | Collected::Ended { used, .. } => used,
                        Collected::More | Collected::No => (text.len() - at).min(MAX_LITERAL),
                    };
                    let found = quoted(at, collected);
                    if matches!(found, Found::Nothing) {
                        effort.spend(used);
                    }
                    found
                }
            }
        }
    }
}

/// A frame that was collected piece by piece, the first piece at `at`.
fn quoted<'a>(at: usize, collected: Collected) -> Found<'a> {
    let (frame, used, ending) = match collected {
        Collected::Frame { frame, used } => (frame, used, Ending::Whole),
        Collected::Ended {
            begun,
            used,
            ending,
        } => (begun, used, ending),
        Collected::More | Collected::No => return Found::Nothing,
    };
    spot(at, at + used, Cow::Owned(frame), ending)
}

/// A frame with nothing around it.
fn plain(text: &str, at: usize) -> Found<'_> {
    let rest = &text[at..];
    let Some(head) = Head::read(rest) else {
        return Found::Nothing;
    };
    if head.likeness() == Likeness::No {
        return Found::Nothing;
    }
    let mut scanner = Scanner::new();
    match scanner.feed(rest.as_bytes()) {
        Progress::Complete(length) => {
            // Doubled backslashes hide where its strings end.
            if text[..at].ends_with('\'')
                && !rest[length..].starts_with('\'')
                && let Found::Spot(spot) = between_apostrophes(text, at)
                && spot.ending == Ending::Whole
            {
                return Found::Spot(spot);
            }
            match announced(&text[..at], rest, length) {
                // A part of its middle is missing, and by chance the brackets match.
                Some((there, sent)) if there != sent && has_ellipsis(&rest[..there]) => spot(
                    at,
                    at + there,
                    Cow::Borrowed(&rest[..there]),
                    Ending::Shortened,
                ),
                _ => spot(
                    at,
                    at + length,
                    Cow::Borrowed(&rest[..length]),
                    Ending::Whole,
                ),
            }
        }
        Progress::Open => {
            if text[..at].ends_with('\'')
                && let Found::Spot(spot) = between_apostrophes(text, at)
                && spot.ending == Ending::Whole
            {
                return Found::Spot(spot);
            }
            Found::Unfinished {
                start: at,
                collector: Collector::begun_with(rest, scanner),
            }
        }
        Progress::Wrong(wrong) => {
            if text[..at].ends_with('\'')
                && let Found::Spot(spot) = between_apostrophes(text, at)
                && spot.ending == Ending::Whole
            {
                return Found::Spot(spot);
            }
            broken(text, at, wrong)
        }
    }
}

/// What JSON does not allow at `wrong` bytes from `at`: a broken frame, or one that was shortened, or cut off before more text.
fn broken(text: &str, at: usize, wrong: usize) -> Found<'_> {
    let rest = &text[at..];
    if let Some(end) = ellipsis(rest, wrong) {
        return spot(at, at + end, Cow::Borrowed(&rest[..end]), Ending::Shortened);
    }
    let length = loose_length(rest).unwrap_or(rest.trim_end().len());
    spot(
        at,
        at + length,
        Cow::Borrowed(&rest[..length]),
        Ending::Broken,
    )
}

/// A frame in a string between apostrophes, such as Python's `repr`, with a backslash before every backslash.
fn between_apostrophes(text: &str, at: usize) -> Found<'_> {
    if !text[at..].contains('\\') {
        return Found::Nothing;
    }
    let Some(layers) = Layers::NONE.with(Layer::BackslashApostrophe) else {
        return Found::Nothing;
    };
    let mut collector = Collector::of(Start::Json(layers));
    quoted(at, collector.feed(&text[at..]))
}

fn spot<'a>(start: usize, end: usize, frame: Cow<'a, str>, ending: Ending) -> Found<'a> {
    let likeness = Head::read(&frame).map_or(Likeness::No, |head| head.likeness());
    match likeness {
        Likeness::No => Found::Nothing,
        likeness => Found::Spot(Spot {
            start,
            end,
            frame,
            ending,
            likeness,
        }),
    }
}

pub(in super::super) fn has_ellipsis(text: &str) -> bool {
    text.contains("...") || text.contains('…')
}

/// How long a frame is that Python's `websockets` prints, `'[2,…]' [76 bytes]`, in the log and as it was sent.
/// The brackets of what is there match at `length`.
fn announced(before: &str, text: &str, length: usize) -> Option<(usize, usize)> {
    /// The library shows fewer characters of a message.
    const SHOWN: usize = 1024;
    if !before.ends_with('\'') {
        return None;
    }
    let mut end = (length + SHOWN).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let shown = &text[..end];
    let there = length - 1 + shown[length - 1..].find("]' [")? + 1;
    let (sent, _) = shown[there + 3..].split_once(" bytes")?;
    Some((there, sent.parse().ok()?))
}

/// The end of an ellipsis with which somebody shortened the text: one near the place where it stops to be JSON. The
/// beginning of what was left out need not be where JSON notices.
pub(super) fn ellipsis(text: &str, wrong: usize) -> Option<usize> {
    const NEAR: usize = 80;
    let mut from = wrong.saturating_sub(NEAR);
    let mut to = (wrong + 4).min(text.len());
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    while !text.is_char_boundary(to) {
        to += 1;
    }
    let near = &text[from..to];
    let found = near
        .rfind("...")
        .map(|at| at + 3)
        .max(near.rfind('…').map(|at| at + '…'.len_utf8()))?;
    let rest = &text[from + found..];
    // The rest of the frame, when it was shortened in its middle.
    let tail = rest.find(['\'', '\t']).unwrap_or(rest.len());
    let tail = rest[..tail].rfind(']').map_or(0, |at| at + 1);
    Some(from + found + tail)
}

/// Where the brackets of a text that is no JSON are balanced.
pub(super) fn loose_length(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut in_text = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'[' | b'{' => depth += 1,
            b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: &str =
        r#"[2,"1","StatusNotification",{"connectorId":1,"info":"it's \"[2]\"","status":"A"}]"#;

    fn all(text: &str) -> Vec<(String, Ending)> {
        let mut found = Vec::new();
        let mut effort = Effort::for_text(text);
        let mut from = 0;
        loop {
            match next(text, from, &mut effort) {
                Found::Nothing => return found,
                Found::Spot(spot) => {
                    found.push((spot.frame.into_owned(), spot.ending));
                    assert!(spot.end > from, "{text}");
                    from = spot.end;
                }
                Found::Unfinished { collector, .. } => {
                    found.push((collector.begun().into(), Ending::Cut));
                    return found;
                }
            }
        }
    }

    #[test]
    fn a_frame_is_read_to_its_closing_bracket_whatever_is_around_it() {
        let escaped = serde_json::to_string(FRAME).unwrap();
        let twice = serde_json::to_string(&escaped).unwrap();
        let html = FRAME.replace('&', "&amp;").replace('"', "&quot;");
        let python = FRAME.replace('\\', "\\\\").replace('\'', "\\'");
        for text in [
            FRAME.to_string(),
            format!("x: {FRAME}: tail [3,4] ]"),
            format!("phases: [2,3,4] {FRAME} (rejected)"),
            format!(r#"msg={escaped} dir=in"#),
            format!(r#"{{"log":{escaped},"n":[2,3]}}"#),
            format!(r#"{{"log":{twice}}}"#),
            format!("1,\"{}\",x", FRAME.replace('"', "\"\"")),
            format!("<td>{html}</td>"),
            format!("< TEXT '{python}' [76 bytes]"),
            format!("message=b'{python}'"),
        ] {
            assert_eq!(all(&text), [(FRAME.to_string(), Ending::Whole)], "{text}");
        }
        let quote_in_a_string = r#"< TEXT '[4,"1","InternalError","\\"]",{}]' [32 bytes]"#;
        assert_eq!(
            all(quote_in_a_string),
            [(
                r#"[4,"1","InternalError","\"]",{}]"#.to_string(),
                Ending::Whole
            )]
        );
        let several = format!("{FRAME},{FRAME} {FRAME}");
        assert_eq!(all(&several).len(), 3);
        let literal = "call: [2, '1', 'Heartbeat', {}] [2, '2', 'Heartbeat', {}]";
        assert_eq!(all(literal).len(), 2);
    }

    #[test]
    fn other_brackets_are_no_frames() {
        for text in [
            "phases: [2,3,4]",
            "[3,14]",
            "a[2], b[3]",
            "[2024-05-15 12:00:00] [3] [4,\"a\"",
            "[ocpp  ] TRACE",
            r#"took [2,"ms"]"#,
            r#"choices [3,"a","b"]"#,
            "[2, 'a', 'b']",
            "[2m[31m",
            "\\[2,",
        ] {
            let found: Vec<_> = all(text)
                .into_iter()
                .filter(|(text, _)| {
                    Head::read(text).is_some_and(|head| head.likeness() == Likeness::Frame)
                })
                .collect();
            assert_eq!(found, [], "{text}");
        }
    }

    #[test]
    fn cut_shortened_and_broken_frames_are_told_apart() {
        for (text, ending) in [
            (r#"[2,"1","Heartbeat",{"a"#, Ending::Cut),
            (r#"x="[2,\"1\",\"Heartbeat\",{\"a" y"#, Ending::Cut),
            (r#"[2,"1","Heartbeat",{"a":}]"#, Ending::Broken),
            (r#"[2,"1","Heartbeat",{"a":1"#, Ending::Cut),
            (r#"[2,"1","Heartbeat",{"a" 1}] tail"#, Ending::Broken),
            (
                r#"'[2,"1","Heartbeat",{"a":"x...y","b":1}]}]}]' [300 bytes]"#,
                Ending::Shortened,
            ),
            (
                r#"'[2,"1","Heartbeat",{"a":"x...y","b":1}]' [39 bytes]"#,
                Ending::Whole,
            ),
            (
                r#"'[2,"1","Heartbeat",{"a":{"bcd...ue"}]}]' [300 bytes]"#,
                Ending::Shortened,
            ),
            (r#"[2,"1","Heartbeat",{"a":…"#, Ending::Shortened),
            (r#"x="[2,\"1\",\"Heartbeat\",{\"a..." y"#, Ending::Shortened),
        ] {
            let found = all(text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].1, ending, "{text}");
        }
        // The text behind a broken frame is no part of it.
        assert_eq!(
            all(r#"[2,"1","Heartbeat",{"a" 1}] tail"#)[0].0,
            r#"[2,"1","Heartbeat",{"a" 1}]"#
        );
    }

    #[test]
    fn a_frame_goes_on_in_the_next_lines() {
        let html = [
            "<pre>[",
            "  2,",
            "  &quot;1&quot;,",
            "  &quot;Heartbeat&quot;,",
            "  {}",
            "]</pre>",
        ];
        let json = ["[", " 2,", "\"1\"", ",\"Heart", "beat\",", "{}", "] x"];
        let literal = ["[", "  2,", "  '1',", "  'Heartbeat',", "  {}", "]"];
        for lines in [&html[..], &json, &literal] {
            let mut effort = Effort::for_text(lines[0]);
            let Found::Unfinished { mut collector, .. } = next(lines[0], 0, &mut effort) else {
                panic!("{lines:?}")
            };
            let mut last = Collected::More;
            for line in &lines[1..] {
                assert_eq!(last, Collected::More, "{line}");
                last = collector.feed(line);
            }
            let Collected::Frame { frame, used } = last else {
                panic!("{lines:?}: {last:?}")
            };
            assert_eq!(frame.replace(' ', ""), r#"[2,"1","Heartbeat",{}]"#);
            assert_eq!(used, 1);
        }
    }

    #[test]
    fn what_begins_in_vain_again_and_again_is_given_up() {
        for piece in [
            r#"[4,"x","y","#,
            r#"[2,"1","Heartbeat",["#,
            r#"[2,\"a\",1,"#,
            r#"[2,\"1\",\"Heartbeat\",["#,
            "[2, 'a', ",
        ] {
            let text = piece.repeat(100_000 / piece.len());
            let mut effort = Effort::for_text(&text);
            let (mut from, mut read) = (0, 0);
            // Nothing of it is taken for a frame.
            loop {
                let (start, end) = match next(&text, from, &mut effort) {
                    Found::Nothing => break,
                    Found::Spot(spot) => (spot.start, spot.end),
                    Found::Unfinished { start, .. } => (start, text.len()),
                };
                effort.spend(end - start);
                read += end - start;
                from = start + 1;
            }
            let most = text.len() * (Effort::TIMES + 1) + Effort::FREE;
            assert!(read <= most, "{piece}: {read}");
        }
        // A long line without such beginnings is read to its end.
        let text = "phases [2,3,4] and ".repeat(100_000) + FRAME;
        assert_eq!(all(&text).len(), 1);
    }
}
