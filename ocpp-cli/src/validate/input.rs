//! Lines of the input, whatever is in them, with a progress bar when there are many.

use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shorter files are done before a bar could be read.
const WORTH_A_BAR: u64 = 8 * 1024 * 1024;

/// How often the bar learns where we are.
const LINES_PER_STEP: u32 = 1024;

/// One line without its line break.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Text<'a> {
    Line(&'a str),
    /// The byte at this offset, from 0, is where UTF-8 ends.
    NotUtf8 {
        at: usize,
    },
    /// Longer than the limit.
    TooLong,
}

pub(super) struct Lines<R> {
    source: BufReader<R>,
    buffer: Vec<u8>,
    max_line: usize,
    bar: Option<ProgressBar>,
    position: u64,
    since_step: u32,
}

impl<R: Read> Lines<R> {
    /// `length` is the length of the input in bytes if it is known.
    pub(super) fn new(source: R, max_line: usize, length: Option<u64>) -> Self {
        let long = length.is_none_or(|length| length >= WORTH_A_BAR);
        // A bar over standard input would be drawn over what is being typed.
        let typed = length.is_none() && io::stdin().is_terminal();
        let bar = (long && !typed && io::stderr().is_terminal()).then(|| bar(length));
        Self {
            source: BufReader::with_capacity(1 << 18, source),
            buffer: Vec::new(),
            max_line,
            bar,
            position: 0,
            since_step: 0,
        }
    }

    /// The next line; `None` at the end of the input.
    pub(super) fn next(&mut self) -> io::Result<Option<Text<'_>>> {
        self.buffer.clear();
        let mut taken = 0_usize;
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
            let room = (self.max_line + 1).saturating_sub(self.buffer.len());
            self.buffer
                .extend_from_slice(&piece[..piece.len().min(room)]);
            self.source.consume(used);
            taken = taken.saturating_add(used);
        }
        if taken == 0 {
            return Ok(None);
        }
        self.step(taken);
        if self.buffer.last() == Some(&b'\r') {
            self.buffer.pop();
        }
        Ok(Some(if self.buffer.len() > self.max_line {
            Text::TooLong
        } else {
            match str::from_utf8(&self.buffer) {
                Ok(line) => Text::Line(line),
                Err(error) => Text::NotUtf8 {
                    at: error.valid_up_to(),
                },
            }
        }))
    }

    fn step(&mut self, taken: usize) {
        self.position = self.position.saturating_add(taken as u64);
        self.since_step += 1;
        if self.since_step == LINES_PER_STEP {
            self.since_step = 0;
            if let Some(bar) = &self.bar {
                bar.set_position(self.position);
            }
        }
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(length: Option<u64>) -> ProgressBar {
    let template = match length {
        Some(_) => "{bytes}/{total_bytes} [{wide_bar}] {bytes_per_sec}, {eta} left",
        None => "{spinner} {bytes}, {bytes_per_sec}",
    };
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr_with_hz(5));
    bar.enable_steady_tick(Duration::from_millis(500));
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], max_line: usize) -> Vec<String> {
        let mut lines = Lines::new(bytes, max_line, Some(0));
        let mut all = Vec::new();
        while let Some(text) = lines.next().unwrap() {
            all.push(format!("{text:?}"));
        }
        all
    }

    #[test]
    fn every_line_is_one_line_whatever_its_end() {
        assert_eq!(
            read(b"a\r\n\nb", 10),
            [r#"Line("a")"#, r#"Line("")"#, r#"Line("b")"#]
        );
        assert_eq!(read(b"", 10), [""; 0]);
        assert_eq!(read(b"\n", 10), [r#"Line("")"#]);
    }

    #[test]
    fn a_bad_line_does_not_take_the_next_one_with_it() {
        assert_eq!(
            read(b"ab\xff\n12345678901\n1234567890\n", 10),
            ["NotUtf8 { at: 2 }", "TooLong", r#"Line("1234567890")"#]
        );
    }
}
