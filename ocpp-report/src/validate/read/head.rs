//! How a frame begins, and what must not be taken for one.
//!
//! A frame is found by its beginning: `[`, a number, a comma, an id in quotation marks, whatever the quoting around it.
//! Logs are full of other brackets (`phases: [2,3,4]`, `[3,14]`, lists of anything), so a text counts as a frame only when
//! enough of it is OCPP: an action or an error code of the specification, or an id with a payload.

use ocpp_core::frame::ErrorCode;
use ocpp_core::session::find_action;
use ocpp_types::Version;

use super::quoting::{Layer, Layers, MAX_LAYERS, undo};

/// How much of an id is looked at to see how it is quoted.
const WINDOW: usize = 64;

/// Whether a bracket begins a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    No,
    /// The text ends too early to tell.
    More,
    Json(Layers),
    /// Written as a literal of Python or JavaScript.
    Literal(Layers),
}

/// Looks at the text behind the bracket at `at`.
pub(super) fn start(text: &str, at: usize) -> Start {
    let bytes = text.as_bytes();
    let mut next = skip_blanks(bytes, at + 1);
    let Some(after) = number(bytes, next) else {
        return Start::No;
    };
    if after == bytes.len() {
        return Start::More;
    }
    next = skip_blanks(bytes, after);
    match bytes.get(next) {
        Some(b',') => next += 1,
        Some(_) => return Start::No,
        None => return Start::More,
    }
    next = skip_blanks(bytes, next);
    // An id that is no string: what follows it tells.
    if matches!(
        bytes.get(next),
        Some(b'-' | b'0'..=b'9' | b'n' | b't' | b'f')
    ) {
        let is_part =
            |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'+');
        let length = bytes[next..].iter().take_while(is_part).count();
        let word = &bytes[next..next + length];
        let is_number = matches!(word[0], b'-' | b'0'..=b'9');
        if !is_number
            && ![&b"null"[..], b"true", b"false"]
                .iter()
                .any(|other| other.starts_with(word))
        {
            return Start::No;
        }
        next += length;
        next = skip_blanks(bytes, next);
        match bytes.get(next) {
            Some(b',') => next = skip_blanks(bytes, next + 1),
            Some(_) => return Start::No,
            None => return Start::More,
        }
        // An action that is missing or no string either.
        if matches!(bytes.get(next), Some(b'{')) {
            return Start::Json(Layers::NONE);
        }
    }
    if next >= bytes.len() {
        return Start::More;
    }
    quotes(&text[next..])
}

/// Skips white space, also when it is written as an escape or an entity.
fn skip_blanks(bytes: &[u8], mut at: usize) -> usize {
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        at += match rest {
            [b' ' | b'\t' | b'\r' | b'\n', ..] => 1,
            [b'\\', ..] => {
                let backslashes = rest.iter().take_while(|byte| **byte == b'\\').count();
                match rest.get(backslashes) {
                    Some(b'n' | b'r' | b't') if backslashes <= 15 => backslashes + 1,
                    _ => return at,
                }
            }
            [b'&' | b'<', ..] => {
                let blanks: [&[u8]; 6] =
                    [b"&nbsp;", b"&#10;", b"&#13;", b"&#9;", b"<br>", b"<br/>"];
                match blanks.iter().find(|blank| rest.starts_with(blank)) {
                    Some(blank) => blank.len(),
                    None => return at,
                }
            }
            _ => return at,
        };
    }
}

/// The end of a message type number, also one in quotation marks; `None` if there is none.
fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    if rest.is_empty() {
        return Some(at);
    }
    let quoted = usize::from(rest[0] == b'"');
    let digits = rest[quoted..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit());
    let end = quoted + digits.take(3).count();
    if end == quoted || end - quoted > 2 {
        return None;
    }
    match rest.get(end) {
        Some(b'"') if quoted == 1 => Some(at + end + 1),
        _ if quoted == 1 => None,
        _ => Some(at + end),
    }
}

/// How the string that `text` begins with is quoted.
fn quotes(text: &str) -> Start {
    let mut end = text.len().min(WINDOW);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut window = text[..end].to_string();
    let mut layers = Layers::NONE;
    for _ in 0..=MAX_LAYERS {
        let layer = match window.as_bytes() {
            [b'"', b'"', rest @ ..] => match rest.first() {
                None | Some(b',' | b']' | b' ' | b'\n' | b'\t' | b'\r') => {
                    return Start::Json(layers);
                }
                Some(_) => Layer::Doubled,
            },
            [b'"', ..] => return Start::Json(layers),
            [b'\'', ..] | [b'u' | b'b', b'\'', ..] => return Start::Literal(layers),
            [b'\\', ..] => {
                let behind = window.trim_start_matches('\\');
                match behind.as_bytes() {
                    [] => return Start::More,
                    [b'"', b'"', next, ..] if !matches!(next, b',' | b']') => Layer::Doubled,
                    [b'"' | b'\'', ..] => Layer::Backslash,
                    [b'u', b'0', b'0', b'2', b'2' | b'7', ..] => Layer::Backslash,
                    _ => return Start::No,
                }
            }
            [b'&', ..] => Layer::Entities,
            _ => return Start::No,
        };
        let undone = undo(layer, &window);
        if undone == window || undone.is_empty() {
            return Start::No;
        }
        window = undone;
        match layers.with(layer) {
            Some(more) => layers = more,
            None => return Start::No,
        }
    }
    Start::No
}

/// How sure it is that a text is a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Likeness {
    Frame,
    /// Only if there is other evidence: a call with this id, or nothing else in the line.
    Perhaps,
    No,
}

/// What stands at a place of an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'a> {
    /// Nothing: the array ends before.
    Missing,
    /// Nothing: the text ends before.
    Lost,
    /// A string, without its quotation marks and with its escapes.
    Text(&'a str),
    /// A string whose end is missing.
    CutText(&'a str),
    Null,
    /// Another scalar.
    Scalar,
    Object,
    Array,
}

/// The beginning of a frame, as far as that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Head<'a> {
    pub(in super::super) number: u64,
    parts: [Part<'a>; 4],
}

impl<'a> Head<'a> {
    pub(in super::super) fn read(text: &'a str) -> Option<Self> {
        let rest = text.trim_start().strip_prefix('[')?.trim_start();
        let rest = rest.strip_prefix('"').unwrap_or(rest);
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number = rest[..digits].parse().ok()?;
        let rest = &rest[digits..];
        let mut rest = rest.strip_prefix('"').unwrap_or(rest).trim_start();
        let mut parts = [Part::Lost; 4];
        for slot in &mut parts {
            *slot = match rest.as_bytes().first() {
                Some(b',') => {
                    let (part, after) = part(rest[1..].trim_start());
                    rest = after.trim_start();
                    part
                }
                Some(b']') => Part::Missing,
                // What follows a container is not looked for.
                _ => Part::Lost,
            };
        }
        Some(Self { number, parts })
    }

    /// The message id, if it can be read and is not escaped.
    pub(in super::super) fn id(&self) -> Option<&'a str> {
        match self.parts[0] {
            Part::Text(id) if !id.contains('\\') => Some(id),
            _ => None,
        }
    }

    /// The action of a CALL or SEND.
    pub(in super::super) fn action(&self) -> Option<&'a str> {
        match (self.number, self.parts[1]) {
            (2 | 6, Part::Text(action)) => Some(action),
            _ => None,
        }
    }

    pub(in super::super) fn likeness(&self) -> Likeness {
        use Likeness::{Frame, No, Perhaps};
        let [id, second, third, fourth] = self.parts;
        match self.number {
            _ if matches!(id, Part::Object | Part::Array | Part::Missing) => No,
            2 | 6 => match (id, second, third) {
                (_, Part::Text(action), _) if is_action(action) => Frame,
                (Part::Text(_), Part::Text(_) | Part::Null | Part::Scalar, Part::Object) => Frame,
                (Part::Text(_), Part::Object, _) => Frame,
                (Part::Text(_), Part::Text(_), Part::Lost) => Perhaps,
                (Part::Text(_), Part::CutText(_) | Part::Lost, _) => Frame,
                (Part::CutText(id), ..) if !id.is_empty() => Perhaps,
                _ => No,
            },
            3 => match (id, second) {
                (_, Part::Object) => Frame,
                (Part::Text(_), Part::Null | Part::Lost) => Frame,
                (Part::Text(_), _) => Perhaps,
                (Part::CutText(id), _) if !id.is_empty() => Perhaps,
                _ => No,
            },
            4 | 5 => match (id, second, third, fourth) {
                (_, Part::Text(code), ..) if is_error_code(code) => Frame,
                (Part::Text(_), Part::Text(_), _, Part::Object) => Frame,
                (Part::Text(_), Part::Text(_) | Part::CutText(_) | Part::Lost, ..) => Perhaps,
                _ => No,
            },
            _ => match (id, second, third) {
                (Part::Text(_), Part::Text(action), Part::Object) if is_action(action) => Frame,
                _ => No,
            },
        }
    }

    /// Whether a text of its own, with nothing around it, is better taken for a frame.
    pub(super) fn is_frame_alone(&self) -> bool {
        match self.likeness() {
            Likeness::Frame => true,
            Likeness::Perhaps => matches!((self.number, self.parts[1]), (3, Part::Array)),
            Likeness::No => false,
        }
    }
}

/// The value that `text` begins with, and what follows it.
fn part(text: &str) -> (Part<'_>, &str) {
    match text.as_bytes().first() {
        None => (Part::Lost, ""),
        Some(b'"') => {
            let mut at = 1;
            while let Some(found) = memchr::memchr2(b'"', b'\\', &text.as_bytes()[at..]) {
                at += found;
                if text.as_bytes()[at] == b'"' {
                    return (Part::Text(&text[1..at]), &text[at + 1..]);
                }
                at += 2;
                if !text.is_char_boundary(at.min(text.len())) || at > text.len() {
                    break;
                }
            }
            (Part::CutText(&text[1..]), "")
        }
        // Containers are not looked through: nothing that tells follows them.
        Some(b'{') => (Part::Object, "x"),
        Some(b'[') => (Part::Array, "x"),
        Some(b']') => (Part::Missing, text),
        Some(_) => {
            let end = text
                .find([',', ']', '}', ' ', '\n', '\r', '\t'])
                .unwrap_or(text.len());
            let part = match &text[..end] {
                "null" => Part::Null,
                "" => Part::Missing,
                _ => Part::Scalar,
            };
            (part, &text[end..])
        }
    }
}

/// Whether any version has this action.
fn is_action(name: &str) -> bool {
    let name = name.strip_suffix("-Signed").unwrap_or(name);
    Version::ALL
        .into_iter()
        .any(|version| find_action(version, name).is_some())
}

fn is_error_code(name: &str) -> bool {
    !matches!(ErrorCode::parse(name), ErrorCode::Custom(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layered(layers: &[Layer]) -> Layers {
        layers
            .iter()
            .fold(Layers::NONE, |layers, layer| layers.with(*layer).unwrap())
    }

    #[test]
    fn the_quoting_of_the_id_tells_what_is_around_the_frame() {
        use Layer::{Backslash, Doubled, Entities};
        for (text, layers) in [
            (r#"[2,"1","#, &[][..]),
            ("[ 3 ,\t\"1\"", &[]),
            (r#"["2","1""#, &[]),
            (r#"[3,"",{}]"#, &[]),
            (r#"[2,5,"Heartbeat""#, &[]),
            (r#"[2,null,"Heartbeat""#, &[]),
            (r#"[3,5,{"#, &[]),
            (r#"[2,\"1\""#, &[Backslash]),
            (r#"[2,5,\"Heartbeat\""#, &[Backslash]),
            (r#"[\n  2,\n  \"1\""#, &[Backslash]),
            (r"[2,\u00221\u0022", &[Backslash]),
            (r#"[2,\\\"1\\\""#, &[Backslash, Backslash]),
            (
                r#"[2,\\\\\\\"1\\\\\\\""#,
                &[Backslash, Backslash, Backslash],
            ),
            (r#"[2,""1"",""Heartbeat"""#, &[Doubled]),
            (r#"[2,""""1"""""#, &[Doubled, Doubled]),
            (r#"[2,\""1\"""#, &[Doubled, Backslash]),
            ("[2,&quot;1&quot;", &[Entities]),
            ("[<br>2,&nbsp;&#34;1&#34;", &[Entities]),
            ("[2,&amp;quot;1", &[Entities, Entities]),
        ] {
            assert_eq!(start(text, 0), Start::Json(layered(layers)), "{text}");
        }
        for (text, layers) in [
            ("[2, '1', 'Heartbeat', {}]", &[][..]),
            (r"[2, \'1\'", &[Backslash]),
            ("[2, u'1'", &[]),
        ] {
            assert_eq!(start(text, 0), Start::Literal(layered(layers)), "{text}");
        }
        for text in ["[", "[ ", "[2", "[2 ", "[2,", "[2,\n", "[2,1", r"[2,\"] {
            assert_eq!(start(text, 0), Start::More, "{text}");
        }
        for text in [
            "[]",
            "[a",
            "[\"a\"",
            "[2]",
            "[2;",
            "[2024-05-15",
            "[2,[",
            "[2,{",
            "[3,14]",
            "[2, three",
            "[2345,\"1\"",
            "[2m",
            "[12:00:00]",
        ] {
            assert_eq!(start(text, 0), Start::No, "{text}");
        }
    }

    #[test]
    fn what_is_written_in_brackets_is_not_always_a_frame() {
        use Likeness::{Frame, No, Perhaps};
        for (text, likeness) in [
            (r#"[2,"1","Heartbeat",{}]"#, Frame),
            (r#"[2,"1","Heartbeat"]"#, Frame),
            (r#"[2,5,"Heartbeat",{}]"#, Frame),
            (r#"[2,"1","Heartbeat-Signed",{}]"#, Frame),
            (r#"[2,"1","Heartbeats",{}]"#, Frame),
            (r#"[2,"1",null,{}]"#, Frame),
            (r#"[2,"1",{}]"#, Frame),
            (r#"[2,"a\"\\","Heartbeat","#, Frame),
            (r#"[2,"1","Heart"#, Frame),
            (r#"[2,"1","#, Frame),
            (r#"[2,"19"#, Perhaps),
            (r#"[2,"a","b"]"#, No),
            (r#"[2,"a","b",3]"#, No),
            (r#"[2,"a"]"#, No),
            (r#"[2,3,"b"]"#, No),
            (r#"[3,"1",{}]"#, Frame),
            (r#"[3,"1",null]"#, Frame),
            (r#"[3,5,{}]"#, Frame),
            (r#"[3,"1","#, Frame),
            (r#"[3,"1",[]]"#, Perhaps),
            (r#"[3,"three"]"#, Perhaps),
            (r#"[3,4,5]"#, No),
            (r#"[4,"1","GenericError"]"#, Frame),
            (r#"[4,"1","Oops","",{}]"#, Frame),
            (r#"[4,"four","five"]"#, Perhaps),
            (r#"[7,"1","Heartbeat",{}]"#, Frame),
            (r#"[7,"1","x",{}]"#, No),
        ] {
            assert_eq!(Head::read(text).unwrap().likeness(), likeness, "{text}");
        }
        assert_eq!(Head::read("[x"), None);
        let head = Head::read(r#"[2,"1","Boot"#).unwrap();
        assert_eq!(
            (head.number, head.id(), head.action()),
            (2, Some("1"), None)
        );
    }
}
