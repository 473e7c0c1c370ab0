//! JSON text, read from its beginning to its end. The only place that knows how JSON is written down.
//!
//! Nothing here says why a text is refused: what is wrong is found in a second walk, which only happens then. So reading
//! costs no more code than its good case.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::number::is_json_number;

/// The text is not what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

/// How deep values may be nested where they are read into types; types can contain themselves.
pub(crate) const MAX_DEPTH: usize = 128;

/// JSON text and how far it has been read.
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// How many arrays and objects are open.
    pub(crate) depth: usize,
    /// Whether the array or object opened last has had no element yet.
    fresh: bool,
    /// Whether strings are looked into that are only passed over.
    thorough: bool,
}

impl<'a> Reader<'a> {
    /// Begins at the beginning.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            fresh: false,
            thorough: false,
        }
    }

    /// How many bytes have been read: where it stopped when it was refused.
    pub(crate) const fn at(&self) -> usize {
        self.at
    }

    /// The first byte of what comes next, white space left out.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                found => return found.copied(),
            }
        }
    }

    /// Takes one byte, which must be this one.
    #[inline]
    fn expect(&mut self, byte: u8) -> Result<(), Refused> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(Refused)
        }
    }

    /// Nothing may follow.
    pub(crate) fn end(&mut self) -> Result<(), Refused> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(Refused),
        }
    }

    /// Takes the bracket of an array or object.
    #[inline]
    pub(crate) fn open(&mut self, bracket: u8) -> Result<(), Refused> {
        self.expect(bracket)?;
        self.depth += 1;
        self.fresh = true;
        Ok(())
    }

    /// Whether one more element comes before the closing bracket, which is taken.
    #[inline]
    pub(crate) fn more(&mut self, bracket: u8) -> Result<bool, Refused> {
        let next = self.peek();
        if next == Some(bracket) {
            self.at += 1;
            self.depth -= 1;
            self.fresh = false;
            return Ok(false);
        }
        if !core::mem::replace(&mut self.fresh, false) {
            self.expect(b',')?;
        }
        Ok(true)
    }

    /// The name of a member and the colon.
    #[inline]
    pub(crate) fn name(&mut self) -> Result<Cow<'a, str>, Refused> {
        let name = self.text()?;
        self.expect(b':')?;
        Ok(name)
    }

    /// A string.
    pub(crate) fn text(&mut self) -> Result<Cow<'a, str>, Refused> {
        self.expect(b'"')?;
        let from = self.at;
        self.plain();
        let plain = self.text.get(from..self.at).ok_or(Refused)?;
        match self.text.as_bytes().get(self.at) {
            Some(b'"') => {
                self.at += 1;
                Ok(Cow::Borrowed(plain))
            }
            Some(b'\\') => self.escaped(plain).map(Cow::Owned),
            _ => Err(Refused),
        }
    }

    /// Goes on up to what ends a string or must not stand in it as it is.
    #[inline]
    fn plain(&mut self) {
        const ONES: usize = usize::MAX / 0xff;
        const HIGH: usize = ONES << 7;
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let (words, tail) = rest.as_chunks::<{ size_of::<usize>() }>();
        for word in words {
            let word = usize::from_le_bytes(*word);
            let (quote, backslash) = (word ^ (ONES * 0x22), word ^ (ONES * 0x5c));
            let control = word.wrapping_sub(ONES * 0x20);
            let found = control | quote.wrapping_sub(ONES) | backslash.wrapping_sub(ONES);
            // The lowest bit that is left is of a byte that ends; above it a borrow may have left more.
            let found = found & !word & HIGH;
            if found != 0 {
                self.at += (found.trailing_zeros() / 8) as usize;
                return;
            }
            self.at += size_of::<usize>();
        }
        let length = tail
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
        self.at += length.unwrap_or(tail.len());
    }

    /// The rest of a string in which a backslash has been met.
    #[cold]
    fn escaped(&mut self, plain: &str) -> Result<String, Refused> {
        let mut text = String::from(plain);
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    self.at += 1;
                    text.push(self.escape()?);
                }
                _ => return Err(Refused),
            }
            let from = self.at;
            self.plain();
            text.push_str(self.text.get(from..self.at).ok_or(Refused)?);
        }
    }

    /// A string that is kept as it is: what its escapes mean does not matter.
    fn skip_text(&mut self) -> Result<(), Refused> {
        if self.thorough {
            return self.text().map(drop);
        }
        self.expect(b'"')?;
        loop {
            self.plain();
            match self.text.as_bytes().get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    self.at += 1;
                    let escape = self.text.as_bytes().get(self.at).copied();
                    self.at += usize::from(escape.is_some());
                    match escape {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {}
                        Some(b'u') => drop(self.hexadecimal()?),
                        _ => return Err(Refused),
                    }
                }
                found => {
                    // What comes before a byte that must not stand in a string is what is shown.
                    self.at -= usize::from(found.is_some());
                    return Err(Refused);
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Refused> {
        let escape = self.text.as_bytes().get(self.at).copied();
        self.at += 1;
        Ok(match escape {
            Some(plain @ (b'"' | b'\\' | b'/')) => plain.into(),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let unit = self.hexadecimal()?;
                let second = if (0xd800..0xdc00).contains(&unit) {
                    let rest = self.text.get(self.at..).unwrap_or_default();
                    if !rest.starts_with("\\u") {
                        return Err(Refused);
                    }
                    self.at += 2;
                    Some(self.hexadecimal()?)
                } else {
                    None
                };
                let units = core::iter::once(unit).chain(second);
                match char::decode_utf16(units).next() {
                    Some(Ok(character)) => character,
                    _ => return Err(Refused),
                }
            }
            _ => return Err(Refused),
        })
    }

    fn hexadecimal(&mut self) -> Result<u16, Refused> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4);
        let mut unit = 0;
        for digit in digits.ok_or(Refused)? {
            let digit = char::from(*digit).to_digit(16).ok_or(Refused)?;
            unit = unit << 4 | digit as u16;
        }
        self.at += 4;
        Ok(unit)
    }

    /// What may be a number: whether it is one remains to be seen.
    #[inline]
    pub(crate) fn number(&mut self) -> Result<&'a str, Refused> {
        if !matches!(self.peek(), Some(b'-' | b'0'..=b'9')) {
            return Err(Refused);
        }
        let from = self.at;
        while let Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E') =
            self.text.as_bytes().get(self.at)
        {
            self.at += 1;
        }
        self.text.get(from..self.at).ok_or(Refused)
    }

    /// Takes a word if it comes next.
    pub(crate) fn word(&mut self, word: &str) -> bool {
        self.peek();
        let rest = self.text.get(self.at..).unwrap_or_default();
        let found = rest.starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    pub(crate) fn boolean(&mut self) -> Result<bool, Refused> {
        if self.word("true") {
            Ok(true)
        } else if self.word("false") {
            Ok(false)
        } else {
            Err(Refused)
        }
    }

    /// Any value, as its text. Strings may name surrogates that stand alone. However deeply it is nested: nothing here calls itself.
    pub(crate) fn value(&mut self) -> Result<&'a str, Refused> {
        let mut closing: Vec<u8> = Vec::new();
        self.peek();
        let from = self.at;
        loop {
            match self.peek() {
                Some(open @ (b'{' | b'[')) => {
                    self.open(open)?;
                    // The closing brackets are two behind the opening ones.
                    closing.push(open + 2);
                }
                Some(b'"') => self.skip_text()?,
                Some(b'-' | b'0'..=b'9') => {
                    let begin = self.at;
                    if !is_json_number(self.number()?) {
                        self.at = begin + 1;
                        return Err(Refused);
                    }
                }
                Some(b'n') => {
                    if !self.word("null") {
                        return Err(Refused);
                    }
                }
                _ => drop(self.boolean()?),
            }
            // To where the next value begins.
            loop {
                let Some(bracket) = closing.last().copied() else {
                    return self.text.get(from..self.at).ok_or(Refused);
                };
                if self.more(bracket)? {
                    if bracket == b'}' {
                        self.peek();
                        self.skip_text()?;
                        self.expect(b':')?;
                    }
                    break;
                }
                closing.pop();
            }
        }
    }
}

/// The text of a JSON string, and nothing but one.
#[must_use]
pub fn text(json: &str) -> Option<Cow<'_, str>> {
    let mut reader = Reader::new(json);
    let text = reader.text().ok()?;
    reader.end().ok()?;
    Some(text)
}

/// The elements of an array, each as its text.
pub(crate) fn elements(json: &str) -> Option<Vec<&str>> {
    let mut reader = Reader::new(json);
    reader.open(b'[').ok()?;
    let mut elements = Vec::new();
    while reader.more(b']').ok()? {
        elements.push(reader.value().ok()?);
    }
    reader.end().ok()?;
    Some(elements)
}

/// The members of an object, in order, duplicates included, each value as its text.
#[must_use]
pub fn members(json: &str) -> Option<Vec<(Cow<'_, str>, &str)>> {
    let mut reader = Reader::new(json);
    reader.open(b'{').ok()?;
    let mut members = Vec::new();
    while reader.more(b'}').ok()? {
        members.push((reader.name().ok()?, reader.value().ok()?));
    }
    reader.end().ok()?;
    Some(members)
}

/// Where the JSON value ends that a text begins with, in bytes; `None` if there is none.
#[must_use]
pub fn value_end(text: &str) -> Option<usize> {
    let mut reader = Reader::new(text);
    reader.value().ok()?;
    Some(reader.at())
}

/// Where a text is no JSON, in bytes from its beginning; `None` if it is.
#[must_use]
pub fn malformed_at(json: &str) -> Option<usize> {
    ends_at(Reader::new(json))
}

/// Where a text is no JSON or names a surrogate that stands alone, so that not all of its strings can be read.
#[must_use]
pub fn undecodable_at(json: &str) -> Option<usize> {
    let mut reader = Reader::new(json);
    reader.thorough = true;
    ends_at(reader)
}

/// Line and column of a place in a text: the line from 1, the column in bytes from 1, 0 for the end of a line.
#[must_use]
pub fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.as_bytes().get(..=at).unwrap_or(text.as_bytes());
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let newline = before.iter().rposition(|byte| *byte == b'\n');
    let column = newline.map_or(before.len(), |newline| before.len() - newline - 1);
    (line, column)
}

fn ends_at(mut reader: Reader<'_>) -> Option<usize> {
    let whole = reader.value().and_then(|_| reader.end());
    whole.is_err().then_some(reader.at())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    /// serde_json says what JSON is.
    #[test]
    fn reads_what_is_json_and_nothing_else() {
        for json in [
            "null",
            "true",
            "false",
            "0",
            "-0",
            "1.5e+3",
            "\"\"",
            "[]",
            "{}",
            " [ 1 , 2 ] ",
            "{\"a\":{\"b\":[{},[]]}}",
            "\"\\u00e9\\ud83d\\ude00\\/\\b\"",
            "\"é😀\"",
            "[1,[2,[3]],{\"a\":null}]",
            "",
            " ",
            "nul",
            "tru",
            "01",
            "1.",
            ".5",
            "-",
            "+1",
            "1e",
            "\"",
            "\"\\x\"",
            "\"\\ud83d\"",
            "\"\\ude00\"",
            "\"\\ud83d\\u0041\"",
            "\"\u{1}\"",
            "\"\n\"",
            "[",
            "]",
            "[1",
            "[1,",
            "[1,]",
            "[,1]",
            "{",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1,}",
            "{a:1}",
            "{\"a\" 1}",
            "[}",
            "{]",
            "[1}",
            "1 2",
            "[] []",
            "\"\\u12\"",
            "\"\\u123g\"",
            "\"abcdefghijkl\\",
            "\"abcdefg\"x",
            "nullx",
            "\"abcdefghi\u{7f}\u{80}\"",
            "{\"a\":1 \"b\":2}",
            "[1 2]",
            "'a'",
            "NaN",
            "\u{feff}1",
            "1\u{0}",
        ] {
            let expected = serde_json::from_str::<serde::de::IgnoredAny>(json).is_ok();
            assert_eq!(malformed_at(json).is_none(), expected, "{json:?}");
            let expected = serde_json::from_str::<String>(json).ok();
            assert_eq!(
                text(json).map(|text| text.to_string()),
                expected,
                "{json:?}"
            );
        }
    }

    #[test]
    fn a_string_ends_wherever_it_ends() {
        for length in 0..40 {
            let plain = "é".repeat(length / 2) + &"x".repeat(length % 2 + length);
            for rest in ["", "\\n", "\u{1f}", "\\\"", "\\u0000x"] {
                let json = alloc::format!("\"{plain}{rest}\"");
                let expected = serde_json::from_str::<String>(&json).ok();
                assert_eq!(
                    text(&json).map(|text| text.to_string()),
                    expected,
                    "{json:?}"
                );
            }
        }
    }
}
