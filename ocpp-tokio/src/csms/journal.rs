//! The last messages of each station, without secrets.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

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

/// What the journals of all stations take.
#[derive(Debug, Default)]
pub(super) struct Budget(AtomicUsize);

/// The messages of one station.
#[derive(Debug, Default)]
pub(super) struct Journal {
    messages: VecDeque<Message>,
    bytes: usize,
    next: u64,
    budget: Option<Arc<Budget>>,
}

/// How much is kept of one station.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) messages: usize,
    pub(super) bytes: usize,
    /// Of all stations together.
    pub(super) total: usize,
    /// How many stations there are: each has its share of the total.
    pub(super) stations: usize,
}

impl Journal {
    pub(super) fn add(
        &mut self,
        budget: &Arc<Budget>,
        time: DateTime,
        from_station: bool,
        text: &str,
        limits: Limits,
    ) {
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
        let budget = self.budget.get_or_insert_with(|| Arc::clone(budget));
        let used = budget.0.fetch_add(size(&message), Ordering::Relaxed) + size(&message);
        self.bytes += size(&message);
        self.messages.push_back(message);
        let share = limits.bytes.min(limits.total / limits.stations.max(1));
        while self.messages.len() > limits.messages
            || (self.bytes > share && self.messages.len() > 1)
        {
            self.remove_oldest();
        }
        // Others have more than their share, and have said nothing since there are so many.
        if used > limits.total {
            while !self.messages.is_empty() {
                self.remove_oldest();
            }
        }
    }

    /// Forgets messages.
    pub(super) fn forget(&mut self, gone: impl Fn(&Message) -> bool) {
        let mut bytes = 0;
        self.messages.retain(|message| {
            let stays = !gone(message);
            if !stays {
                bytes += size(message);
            }
            stays
        });
        self.bytes -= bytes;
        if let Some(budget) = &self.budget {
            budget.0.fetch_sub(bytes, Ordering::Relaxed);
        }
    }

    fn remove_oldest(&mut self) {
        if let Some(oldest) = self.messages.pop_front() {
            self.bytes -= size(&oldest);
            if let Some(budget) = &self.budget {
                budget.0.fetch_sub(size(&oldest), Ordering::Relaxed);
            }
        }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter()
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        if let Some(budget) = &self.budget {
            budget.0.fetch_sub(self.bytes, Ordering::Relaxed);
        }
    }
}

/// How many bytes a message takes.
const fn size(message: &Message) -> usize {
    message.text.len() + size_of::<Message>()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        messages: 3,
        bytes: 1_000,
        total: 10_000,
        stations: 1,
    };

    #[test]
    fn what_is_kept_is_bounded_in_number_and_in_bytes() {
        let mut journal = Journal::default();
        let (time, budget) = (DateTime::UNIX_EPOCH, Arc::default());
        for _ in 0..5 {
            journal.add(&budget, time, true, "[2]", LIMITS);
        }
        let numbers = journal.all().map(|message| message.number);
        assert_eq!(numbers.collect::<Vec<_>>(), [3, 4, 5]);
        journal.add(&budget, time, false, &"x".repeat(999), LIMITS);
        assert_eq!(journal.all().count(), 1, "the bytes count");
        journal.add(&budget, time, false, &"ä".repeat(MAX_MESSAGE), LIMITS);
        let last = journal.all().last().unwrap();
        assert!(!last.is_whole() && last.text.len() == 200);
        assert_eq!(last.length, 2 * MAX_MESSAGE);
        let none = Limits {
            messages: 0,
            ..LIMITS
        };
        let mut journal = Journal::default();
        journal.add(&budget, time, true, "[2]", none);
        assert_eq!(journal.all().count(), 0);
    }

    /// However many stations there are, and whichever of them talk.
    #[test]
    fn what_all_stations_keep_is_bounded() {
        let (time, budget) = (DateTime::UNIX_EPOCH, Arc::default());
        let text = "x".repeat(100);
        let mut journals: Vec<Journal> = Vec::new();
        for stations in 1..200 {
            journals.push(Journal::default());
            let limits = Limits {
                messages: 1_000,
                stations,
                ..LIMITS
            };
            for journal in journals.iter_mut().rev().take(20) {
                for _ in 0..3 {
                    journal.add(&budget, time, true, &text, limits);
                }
            }
            let kept: usize = journals.iter().map(|journal| journal.bytes).sum();
            assert_eq!(kept, budget.0.load(Ordering::Relaxed));
            assert!(kept <= LIMITS.total, "{kept}");
        }
        drop(journals);
        assert_eq!(budget.0.load(Ordering::Relaxed), 0);
    }
}
