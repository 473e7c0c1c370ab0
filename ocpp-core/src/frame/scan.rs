//! A cursor over the head of a frame: `[2,"id","Action",`. It reads only what it needs and never the payload.

use alloc::borrow::Cow;

use super::plain::plain_length;

/// The text is not JSON at the cursor, or not the kind of value that was asked for.
pub(super) enum Unexpected {
    /// The array ends here: too few elements.
    EndOfArray,
    /// A JSON value of another kind, or a value outside the range that was asked for.
    OtherValue,
    /// Not JSON.
    NotJson,
}

pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// What has not been read yet.
    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn skip_whitespace(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Consumes `byte`, which must be ASCII, and the white space around it.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        self.skip_whitespace();
        let found = self.peek() == Some(byte);
        if found {
            self.at += 1;
            self.skip_whitespace();
        }
        found
    }

    /// Consumes the comma before the next element.
    pub(super) fn next_element(&mut self) -> Result<(), Unexpected> {
        if self.take(b',') {
            return Ok(());
        }
        Err(match self.peek() {
            Some(b']') => Unexpected::EndOfArray,
            _ => Unexpected::NotJson,
        })
    }

    /// A number without sign, fraction and exponent.
    pub(super) fn unsigned(&mut self) -> Result<u64, Unexpected> {
        let bytes = self.rest().as_bytes();
        let length = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
        let digits = &bytes[..length];
        if length == 0 {
            return Err(self.other_value());
        }
        if length > 1 && digits[0] == b'0' {
            return Err(Unexpected::NotJson);
        }
        if matches!(bytes.get(length), Some(b'.' | b'e' | b'E')) {
            return Err(Unexpected::OtherValue);
        }
        self.at += length;
        let value = digits.iter().try_fold(0_u64, |value, digit| {
            value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
        });
        // A number too large for 64 bits is a message type that nobody knows, like any other large number.
        Ok(value.unwrap_or(u64::MAX))
    }

    /// A string, borrowed unless it contains escapes.
    pub(super) fn string(&mut self) -> Result<Cow<'a, str>, Unexpected> {
        if self.peek() != Some(b'"') {
            return Err(self.other_value());
        }
        let start = self.at + 1;
        let mut escaped = false;
        let mut at = start;
        let bytes = self.text.as_bytes();
        loop {
            at += plain_length(bytes.get(at..).unwrap_or_default());
            match bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    at += 2;
                }
                _ => return Err(Unexpected::NotJson),
            }
        }
        let inside = &self.text[start..at];
        let value = if escaped {
            // Rare, so left to the reader of payloads, which also refuses lone surrogates.
            ocpp_types::json::text(&self.text[self.at..=at]).ok_or(Unexpected::NotJson)?
        } else {
            Cow::Borrowed(inside)
        };
        self.at = at + 1;
        Ok(value)
    }

    /// What stands here instead of the value that was asked for.
    fn other_value(&self) -> Unexpected {
        match self.peek() {
            Some(b']') => Unexpected::EndOfArray,
            Some(b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                Unexpected::OtherValue
            }
            _ => Unexpected::NotJson,
        }
    }
}
