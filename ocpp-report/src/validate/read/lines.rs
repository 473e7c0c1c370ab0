//! Lines of the input, whatever is in them, with a look ahead.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

/// One line without its line break.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: u64,
    pub(super) text: String,
    /// Some bytes were no UTF-8; U+FFFD stands in their place.
    pub(super) is_lossy: bool,
    /// The line goes on behind the limit.
    pub(super) is_too_long: bool,
}

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The line, from 1.
    pub(super) number: u64,
    /// Some of its bytes were no UTF-8.
    pub(super) is_lossy: bool,
}

impl Line {
    pub(super) fn place(&self) -> Place {
        Place {
            number: self.number,
            is_lossy: self.is_lossy,
        }
    }
}

/// The lines of a source.
pub(super) struct Lines<R> {
    source: BufReader<Utf8<R>>,
    max_line: usize,
    ahead: VecDeque<Line>,
    number: u64,
    spare: Vec<u8>,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(source: R, max_line: usize) -> io::Result<Self> {
        Ok(Self {
            source: BufReader::with_capacity(1 << 18, Utf8::new(source)?),
            max_line,
            ahead: VecDeque::new(),
            number: 0,
            spare: Vec::new(),
        })
    }

    /// The next line; `None` at the end of the input.
    pub(super) fn advance(&mut self) -> io::Result<Option<Line>> {
        match self.ahead.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.read(),
        }
    }

    /// The line `index` places ahead of what [`advance`](Self::advance) will give.
    pub(super) fn peek(&mut self, index: usize) -> io::Result<Option<&Line>> {
        while self.ahead.len() <= index {
            match self.read()? {
                Some(line) => self.ahead.push_back(line),
                None => return Ok(None),
            }
        }
        Ok(self.ahead.get(index))
    }

    /// Takes lines ahead out, by their indices in ascending order.
    pub(super) fn remove(&mut self, indices: &[usize]) {
        for index in indices.iter().rev() {
            self.ahead.remove(*index);
        }
    }

    /// How many lines were read.
    pub(super) fn count(&self) -> u64 {
        self.number
    }

    /// Gives the memory of a line back.
    pub(super) fn recycle(&mut self, line: Line) {
        self.spare = line.text.into_bytes();
    }

    fn read(&mut self) -> io::Result<Option<Line>> {
        let mut buffer = std::mem::take(&mut self.spare);
        buffer.clear();
        let mut taken = false;
        let mut complete = false;
        while !complete {
            let chunk = match self.source.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                break;
            }
            let (piece, used) = match memchr::memchr(b'\n', chunk) {
                Some(end) => {
                    complete = true;
                    (&chunk[..end], end + 1)
                }
                None => (chunk, chunk.len()),
            };
            // One byte more than allowed shows that the line is too long; the rest is passed over.
            let room = (self.max_line + 1).saturating_sub(buffer.len());
            buffer.extend_from_slice(&piece[..piece.len().min(room)]);
            self.source.consume(used);
            taken = true;
        }
        if !taken {
            return Ok(None);
        }
        while buffer.last() == Some(&b'\r') {
            buffer.pop();
        }
        let is_too_long = buffer.len() > self.max_line;
        buffer.truncate(self.max_line);
        self.number += 1;
        let (text, is_lossy) = match String::from_utf8(buffer) {
            Ok(text) => (text, false),
            Err(error) => {
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                (text, true)
            }
        };
        Ok(Some(Line {
            number: self.number,
            text,
            is_lossy,
            is_too_long,
        }))
    }
}

/// The input as UTF-8: a byte order mark of UTF-16, as PowerShell writes it, is obeyed.
struct Utf8<R> {
    source: Chain<Cursor<Vec<u8>>, R>,
    /// Whether the high byte comes first, if this is UTF-16.
    utf16: Option<bool>,
    /// What was decoded and not read yet.
    decoded: VecDeque<u8>,
    /// The first half of a surrogate pair.
    high: Option<u16>,
}

impl<R: Read> Utf8<R> {
    fn new(mut source: R) -> io::Result<Self> {
        let mut first = Vec::with_capacity(2);
        source.by_ref().take(2).read_to_end(&mut first)?;
        let utf16 = match first[..] {
            [0xFF, 0xFE] => Some(false),
            [0xFE, 0xFF] => Some(true),
            _ => None,
        };
        if utf16.is_some() {
            first.clear();
        }
        Ok(Self {
            source: Cursor::new(first).chain(source),
            utf16,
            decoded: VecDeque::new(),
            high: None,
        })
    }

    fn decode(&mut self, units: &[u8], big: bool) {
        for pair in units.chunks(2) {
            let unit = match *pair {
                [a, b] if big => u16::from_be_bytes([a, b]),
                [a, b] => u16::from_le_bytes([a, b]),
                _ => 0xFFFD,
            };
            if self.high.is_none() && (0xD800..=0xDBFF).contains(&unit) {
                self.high = Some(unit);
                continue;
            }
            let units = self.high.take().into_iter().chain([unit]);
            let mut utf8 = [0; 4];
            for char in char::decode_utf16(units) {
                let char = char.unwrap_or(char::REPLACEMENT_CHARACTER);
                self.decoded.extend(char.encode_utf8(&mut utf8).as_bytes());
            }
        }
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(big) = self.utf16 else {
            return self.source.read(buffer);
        };
        while self.decoded.is_empty() {
            let mut units = Vec::with_capacity(1 << 13);
            (&mut self.source).take(1 << 13).read_to_end(&mut units)?;
            if units.is_empty() {
                return Ok(0);
            }
            self.decode(&units, big);
        }
        self.decoded.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], max_line: usize) -> Vec<(String, bool, bool)> {
        let mut lines = Lines::new(bytes, max_line).unwrap();
        let mut all = Vec::new();
        while let Some(line) = lines.advance().unwrap() {
            assert_eq!(line.number, all.len() as u64 + 1);
            all.push((line.text.clone(), line.is_lossy, line.is_too_long));
            lines.recycle(line);
        }
        all
    }

    fn texts(bytes: &[u8]) -> Vec<String> {
        read(bytes, 100)
            .into_iter()
            .map(|(text, ..)| text)
            .collect()
    }

    #[test]
    fn every_line_is_one_line_whatever_its_end() {
        assert_eq!(texts(b"a\r\n\nb\r\r\n"), ["a", "", "b"]);
        assert_eq!(texts(b""), [""; 0]);
        assert_eq!(texts(b"\n"), [""]);
        assert_eq!(texts(b"x"), ["x"]);
    }

    #[test]
    fn a_bad_line_does_not_take_the_next_one_with_it() {
        assert_eq!(
            read(b"ab\xff\n12345678901\n1234567890\n", 10),
            [
                ("ab\u{fffd}".into(), true, false),
                ("1234567890".into(), false, true),
                ("1234567890".into(), false, false)
            ]
        );
    }

    #[test]
    fn lines_ahead_stay_until_they_are_taken() {
        let mut lines = Lines::new(&b"a\nb\nc\nd"[..], 10).unwrap();
        assert_eq!(lines.advance().unwrap().unwrap().text, "a");
        assert_eq!(lines.peek(1).unwrap().unwrap().text, "c");
        assert_eq!(lines.peek(0).unwrap().unwrap().text, "b");
        assert_eq!(lines.peek(3).unwrap(), None);
        lines.remove(&[1]);
        assert_eq!(lines.advance().unwrap().unwrap().text, "b");
        let last = lines.advance().unwrap().unwrap();
        assert_eq!((last.text.as_str(), last.number), ("d", 4));
        assert_eq!(lines.advance().unwrap(), None);
    }

    #[test]
    fn utf_16_is_read_in_both_orders() {
        let text = "a\n[2,\"é😀\"]\n";
        for big in [false, true] {
            let order = |unit: u16| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            };
            let mut bytes: Vec<u8> = order(0xFEFF).to_vec();
            bytes.extend(text.encode_utf16().flat_map(order));
            assert_eq!(texts(&bytes), ["a", "[2,\"é😀\"]"]);
        }
    }
}
