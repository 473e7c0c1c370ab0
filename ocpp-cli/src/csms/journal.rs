//! The last frames of each station, without secrets.

use std::collections::VecDeque;

use ocpp_core::redact;
use ocpp_core::time::DateTime;
use serde::Serialize;
use serde_json::value::RawValue;

/// Longer frames are kept in part only.
const MAX_FRAME: usize = 64 * 1024;

/// A frame that was seen.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Entry {
    /// Counts the frames of the station.
    pub(super) seq: u64,
    pub(super) time: DateTime,
    /// `station` or `csms`.
    pub(super) from: &'static str,
    /// The frame, or its text if it is none.
    pub(super) frame: Box<RawValue>,
}

/// The frames of one station.
#[derive(Debug, Default)]
pub(super) struct Journal {
    entries: VecDeque<Entry>,
    next: u64,
}

impl Journal {
    /// Adds a frame; `limit` is the most that are kept.
    pub(super) fn add(&mut self, time: DateTime, from: &'static str, text: &str, limit: usize) {
        self.next += 1;
        while self.entries.len() >= limit.max(1) {
            self.entries.pop_front();
        }
        let frame = if text.len() <= MAX_FRAME {
            RawValue::from_string(redact(text).into_owned())
        } else {
            let mut end = 200;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let shown = format!("{} bytes: {}…", text.len(), redact(&text[..end]));
            serde_json::value::to_raw_value(&shown)
        };
        let frame = frame.or_else(|_| serde_json::value::to_raw_value(&redact(text)));
        if let Ok(frame) = frame {
            let seq = self.next;
            self.entries.push_back(Entry {
                seq,
                time,
                from,
                frame,
            });
        }
    }

    /// The frames after a number or from a moment on.
    pub(super) fn since(&self, since: Since) -> Vec<Entry> {
        let wanted = |entry: &&Entry| match since {
            Since::Number(number) => entry.seq > number,
            Since::Moment(moment) => entry.time >= moment,
        };
        self.entries.iter().filter(wanted).cloned().collect()
    }
}

/// From where on frames are wanted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Since {
    /// After this number.
    Number(u64),
    /// From this moment on.
    Moment(DateTime),
}
