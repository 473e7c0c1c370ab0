//! JSON without values: where a value ends, also when the text comes in pieces, and what an object or array is made of.

use std::borrow::Cow;

/// Deeper nesting is not followed; serde_json reads no deeper either.
const MAX_DEPTH: usize = 128;

/// How far a [`Scanner`] came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// The text ended before the value.
    Open,
    /// The value ended after so many bytes of this piece.
    Complete(usize),
    /// JSON does not allow what stands at this byte of this piece.
    Wrong(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
    Text { is_key: bool },
    Escape { is_key: bool },
    Number,
    Word { rest: &'static [u8] },
}

/// Finds the end of one JSON value. Numbers and escapes are not looked into: whoever decodes the value does that.
#[derive(Debug, Clone)]
pub(super) struct Scanner {
    /// The containers that are open; `true` for objects.
    stack: Vec<bool>,
    expect: Expect,
}

impl Scanner {
    pub(super) fn new() -> Self {
        Self {
            stack: Vec::new(),
            expect: Expect::Value,
        }
    }

    /// Whether the text so far ends inside a string.
    pub(super) fn is_in_text(&self) -> bool {
        matches!(self.expect, Expect::Text { .. } | Expect::Escape { .. })
    }

    /// Reads the next piece of the text.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Progress {
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            match self.expect {
                Expect::Text { is_key } => {
                    let Some(plain) = memchr::memchr2(b'"', b'\\', &bytes[at..]) else {
                        return Progress::Open;
                    };
                    at += plain;
                    if bytes[at] == b'\\' {
                        self.expect = Expect::Escape { is_key };
                    } else if is_key {
                        self.expect = Expect::Colon;
                    } else if self.value_ends() {
                        return Progress::Complete(at + 1);
                    }
                }
                Expect::Escape { is_key } => {
                    if !matches!(
                        byte,
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' | b'u'
                    ) {
                        return Progress::Wrong(at);
                    }
                    self.expect = Expect::Text { is_key };
                }
                Expect::Number
                    if matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-') => {}
                Expect::Word {
                    rest: [next, rest @ ..],
                } => {
                    if byte != *next {
                        return Progress::Wrong(at);
                    }
                    self.expect = Expect::Word { rest };
                }
                // What ends a number or word belongs to what is around it.
                Expect::Number | Expect::Word { .. } => {
                    if self.value_ends() {
                        return Progress::Complete(at);
                    }
                    continue;
                }
                _ if matches!(byte, b' ' | b'\t' | b'\n' | b'\r') => {}
                Expect::Value | Expect::ValueOrEnd => {
                    if byte == b']' && self.expect == Expect::ValueOrEnd {
                        self.stack.pop();
                        if self.value_ends() {
                            return Progress::Complete(at + 1);
                        }
                    } else if !self.value_begins(byte) {
                        return Progress::Wrong(at);
                    }
                }
                Expect::Key | Expect::KeyOrEnd => match byte {
                    b'"' => self.expect = Expect::Text { is_key: true },
                    b'}' if self.expect == Expect::KeyOrEnd => {
                        self.stack.pop();
                        if self.value_ends() {
                            return Progress::Complete(at + 1);
                        }
                    }
                    _ => return Progress::Wrong(at),
                },
                Expect::Colon => match byte {
                    b':' => self.expect = Expect::Value,
                    _ => return Progress::Wrong(at),
                },
                Expect::CommaOrEnd => match (byte, self.stack.last()) {
                    (b',', Some(true)) => self.expect = Expect::Key,
                    (b',', Some(false)) => self.expect = Expect::Value,
                    (b'}', Some(true)) | (b']', Some(false)) => {
                        self.stack.pop();
                        if self.value_ends() {
                            return Progress::Complete(at + 1);
                        }
                    }
                    _ => return Progress::Wrong(at),
                },
            }
            at += 1;
        }
        Progress::Open
    }

    /// Says whether that was the end of it all.
    fn value_ends(&mut self) -> bool {
        self.expect = Expect::CommaOrEnd;
        self.stack.is_empty()
    }

    /// Says whether a value can begin so.
    fn value_begins(&mut self, byte: u8) -> bool {
        self.expect = match byte {
            b'"' => Expect::Text { is_key: false },
            b'{' | b'[' if self.stack.len() == MAX_DEPTH => return false,
            b'{' => {
                self.stack.push(true);
                Expect::KeyOrEnd
            }
            b'[' => {
                self.stack.push(false);
                Expect::ValueOrEnd
            }
            b'-' | b'0'..=b'9' => Expect::Number,
            b't' => Expect::Word { rest: b"rue" },
            b'f' => Expect::Word { rest: b"alse" },
            b'n' => Expect::Word { rest: b"ull" },
            _ => return false,
        };
        true
    }
}

/// The length of the JSON value that `text` begins with, blanks before it included.
pub(super) fn value_length(text: &str) -> Option<usize> {
    let mut scanner = Scanner::new();
    match scanner.feed(text.as_bytes()) {
        Progress::Complete(length) => Some(length),
        // A number or word needs something behind it to be known as complete.
        Progress::Open
            if scanner.stack.is_empty() && scanner.feed(b" ") == Progress::Complete(0) =>
        {
            Some(text.len())
        }
        Progress::Open | Progress::Wrong(_) => None,
    }
}

/// The members of the object that `text` is, or begins with: names and the texts of the values. `None` if it is none.
pub(super) fn members(text: &str) -> Option<Vec<(Cow<'_, str>, &str)>> {
    let mut members = Vec::new();
    let mut rest = text.trim_start().strip_prefix('{')?.trim_start();
    if rest.starts_with('}') {
        return Some(members);
    }
    loop {
        let (name, after) = rest.split_at(value_length(rest)?);
        let after = after.trim_start().strip_prefix(':')?;
        let (value, after) = after.split_at(value_length(after)?);
        members.push((string(name)?, value.trim()));
        rest = after.trim_start();
        match rest.as_bytes().first()? {
            b',' => rest = rest[1..].trim_start(),
            b'}' => return Some(members),
            _ => return None,
        }
    }
}

/// The elements of the array that `text` is, or begins with.
pub(super) fn elements(text: &str) -> Option<Vec<&str>> {
    let mut elements = Vec::new();
    let mut rest = text.trim_start().strip_prefix('[')?.trim_start();
    if rest.starts_with(']') {
        return Some(elements);
    }
    loop {
        let (value, after) = rest.split_at(value_length(rest)?);
        elements.push(value.trim());
        rest = after.trim_start();
        match rest.as_bytes().first()? {
            b',' => rest = rest[1..].trim_start(),
            b']' => return Some(elements),
            _ => return None,
        }
    }
}

/// The content of a JSON string. What cannot be decoded, such as half a surrogate pair, is kept as it is written.
pub(super) fn string(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.trim().strip_prefix('"')?.strip_suffix('"')?;
    if !inner.contains('\\') {
        return Some(Cow::Borrowed(inner));
    }
    Some(match serde_json::from_str::<String>(json.trim()) {
        Ok(text) => Cow::Owned(text),
        Err(_) => Cow::Borrowed(inner),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scan(pieces: &[&str]) -> (usize, Progress) {
        let mut scanner = Scanner::new();
        for (index, piece) in pieces.iter().enumerate() {
            match scanner.feed(piece.as_bytes()) {
                Progress::Open => {}
                other => return (index, other),
            }
        }
        (pieces.len(), Progress::Open)
    }

    #[test]
    fn a_value_ends_at_its_closing_bracket() {
        for (text, progress) in [
            (r#"[2,"]",{"a":"\"]"}] tail"#, Progress::Complete(19)),
            ("[]]", Progress::Complete(2)),
            ("{} {}", Progress::Complete(2)),
            (r#""a\\""#, Progress::Complete(5)),
            (r#"[1,[2,{"a":[true,null,-1.5e3]}"#, Progress::Open),
            (r#"[1,2"#, Progress::Open),
            (r#"["a"#, Progress::Open),
            (r#"[1 2]"#, Progress::Wrong(3)),
            (r#"[1,]"#, Progress::Wrong(3)),
            (r#"{"a"}"#, Progress::Wrong(4)),
            (r#"{"a":1,}"#, Progress::Wrong(7)),
            (r#"["\q"]"#, Progress::Wrong(3)),
            (r#"[nul]"#, Progress::Wrong(4)),
            (r#"[tine]"#, Progress::Wrong(2)),
        ] {
            assert_eq!(scan(&[text]).1, progress, "{text}");
        }
        assert_eq!(scan(&[&"[".repeat(MAX_DEPTH)]).1, Progress::Open);
        assert_eq!(
            scan(&[&"[".repeat(MAX_DEPTH + 1)]).1,
            Progress::Wrong(MAX_DEPTH)
        );
    }

    #[test]
    fn objects_and_arrays_come_apart() {
        let text = r#" {"a" : [1, {"b":2}] , "c\n":"x,}", "d": nul } rest"#;
        assert_eq!(members(text), None);
        let text = r#" {"a" : [1, {"b":2}] , "c\n":"x,}", "d": null } rest"#;
        let all = members(text).unwrap();
        let all: Vec<_> = all.iter().map(|(name, value)| (&**name, *value)).collect();
        assert_eq!(
            all,
            [("a", r#"[1, {"b":2}]"#), ("c\n", r#""x,}""#), ("d", "null")]
        );
        assert_eq!(
            elements(r#"[1 ,"a",[2, 3], {}]"#).unwrap(),
            ["1", "\"a\"", "[2, 3]", "{}"]
        );
        assert_eq!(members("{}").unwrap(), []);
        assert_eq!(elements("[ ]").unwrap(), [""; 0]);
        assert_eq!(elements("[1"), None);
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                prop::collection::btree_map(any::<String>(), inner, 0..5)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// Whatever the pieces are, any JSON value ends where it ends.
        #[test]
        fn pieces_make_no_difference(value in json(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..4)) {
            let text = format!("[{value}]");
            let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(text.len())).collect();
            cuts.sort_unstable();
            let mut scanner = Scanner::new();
            let mut from = 0;
            for cut in cuts {
                prop_assert_eq!(scanner.feed(&text.as_bytes()[from..cut]), Progress::Open);
                from = cut;
            }
            let rest = [&text.as_bytes()[from..], b"],"].concat();
            prop_assert_eq!(scanner.feed(&rest), Progress::Complete(text.len() - from));
            prop_assert_eq!(elements(&text).unwrap(), vec![value.to_string()]);
        }

        /// A text that is no JSON is never taken for a complete value.
        #[test]
        fn what_serde_refuses_for_its_structure_is_refused(text in r#"[\[\]{},:"a1 ]{0,12}"#) {
            if let Some(length) = value_length(&text) {
                // Numbers are not looked into.
                let is_number = serde_json::from_str::<serde_json::Value>(&text[..length])
                    .is_err_and(|error| error.to_string().contains("number"));
                prop_assert!(is_number || serde_json::from_str::<serde_json::Value>(&text[..length]).is_ok(), "{text}");
            }
        }
    }
}
