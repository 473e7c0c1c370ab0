//! The last messages of each station, without secrets.

use std::collections::VecDeque;

use ocpp_core::redact;
use ocpp_core::time::DateTime;

/// Longer messages are kept in part only.
const MAX_MESSAGE: usize = 64 * 1024;

/// A message that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// Counts the messages of the station, from 1.
    pub number: u64,
    /// When it was seen.
    pub time: DateTime,
    /// Whether the station sent it.
    pub from_station: bool,
    /// The text, without secrets; of a very long one its beginning.
    pub text: String,
    /// How many bytes it had.
    pub length: usize,
}

impl Message {
    /// Whether [`text`](Self::text) is all of it.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.length <= MAX_MESSAGE
    }
}

/// The messages of one station.
#[derive(Debug, Default)]
pub(super) struct Journal {
    messages: VecDeque<Message>,
    bytes: usize,
    next: u64,
}

/// How much is kept of one station.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) messages: usize,
    pub(super) bytes: usize,
}

impl Journal {
    pub(super) fn add(&mut self, time: DateTime, from_station: bool, text: &str, limits: Limits) {
        if limits.messages == 0 {
            return;
        }
        self.next += 1;
        let shown = if text.len() <= MAX_MESSAGE {
            text
        } else {
            let mut end = 200;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            &text[..end]
        };
        let message = Message {
            number: self.next,
            time,
            from_station,
            text: redact(shown).into_owned(),
            length: text.len(),
        };
        self.bytes += message.text.len();
        self.messages.push_back(message);
        while self.messages.len() > limits.messages
            || (self.bytes > limits.bytes && self.messages.len() > 1)
        {
            if let Some(oldest) = self.messages.pop_front() {
                self.bytes -= oldest.text.len();
            }
        }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_bounded_in_number_and_in_bytes() {
        let mut journal = Journal::default();
        let time = DateTime::UNIX_EPOCH;
        let limits = Limits {
            messages: 3,
            bytes: 100,
        };
        for _ in 0..5 {
            journal.add(time, true, "[2]", limits);
        }
        let numbers = journal.all().map(|message| message.number);
        assert_eq!(numbers.collect::<Vec<_>>(), [3, 4, 5]);
        journal.add(time, false, &"x".repeat(99), limits);
        assert_eq!(journal.all().count(), 1, "the bytes count");
        journal.add(time, false, &"ä".repeat(MAX_MESSAGE), limits);
        let last = journal.all().last().unwrap();
        assert!(!last.is_whole() && last.text.len() == 200);
        assert_eq!(last.length, 2 * MAX_MESSAGE);
        let none = Limits {
            messages: 0,
            bytes: 0,
        };
        let mut journal = Journal::default();
        journal.add(time, true, "[2]", none);
        assert_eq!(journal.all().count(), 0);
    }
}
