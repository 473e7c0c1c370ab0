//! The records of a ledger: what must survive, and how it is put back.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Ledger, Transaction, origin};

/// A key of a record of one station. Keys sort as the numbers in them do.
pub type Key = String;

/// A change of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RecordChange {
    /// Which record.
    pub key: Key,
    /// JSON, in place of what is there; `None` to remove it.
    pub record: Option<String>,
}

const OPEN: &str = "open/";
pub(super) const CLOSED: &str = "closed/";
const METER: &str = "meter/";
const OUTSIDE: &str = "meter/outside/";

/// Whether a key is that of an open transaction.
#[must_use]
pub fn is_open_key(key: &str) -> bool {
    key.starts_with(OPEN)
}

impl Ledger {
    /// What has changed since the last [`commit`](Self::commit), as records. All of them are to be stored at once, or none.
    #[must_use]
    pub fn changes(&self) -> Vec<RecordChange> {
        let mut changes = Vec::new();
        let store = |key: Key, record: Result<String, serde_json::Error>| {
            // Plain values; serde_json writes all of them.
            let record = record.ok()?;
            Some(RecordChange {
                key,
                record: Some(record),
            })
        };
        for (reference, before) in &self.undo {
            let now = self.all.get(reference);
            if now == before.as_ref() {
                continue;
            }
            if before.is_none()
                && let Some(origin) = now.and_then(|now| origin::of(now))
            {
                changes.push(RecordChange {
                    key: origin,
                    record: Some(reference.to_string()),
                });
            }
            if let Some(now) = now {
                let folder = if now.is_open() { OPEN } else { CLOSED };
                changes.extend(store(
                    key(folder, *reference),
                    serde_json::to_string(&**now),
                ));
            }
            let was_open = before.as_ref().is_some_and(|before| before.is_open());
            if was_open && !now.is_some_and(|now| now.is_open()) {
                changes.push(RecordChange {
                    key: key(OPEN, *reference),
                    record: None,
                });
            }
            let index = |it: Option<&Transaction>| it.map(Transaction::index).unwrap_or_default();
            let was = index(before.as_deref());
            let is = index(now.map(|now| &**now));
            let gone = was.iter().filter(|key| !is.contains(key));
            let new = is.iter().filter(|key| !was.contains(key));
            changes.extend(gone.map(|key| RecordChange {
                key: key.clone(),
                record: None,
            }));
            changes.extend(new.map(|key| RecordChange {
                key: key.clone(),
                record: Some(String::new()),
            }));
        }
        for (reference, index, samples) in &self.meters {
            let key = format!("{}/{index:08}", key(METER, *reference));
            changes.extend(store(key, serde_json::to_string(samples)));
        }
        for (place, outside) in &self.outside {
            let key = format!("{OUTSIDE}{place:08}");
            changes.extend(store(key, serde_json::to_string(outside)));
        }
        changes
    }

    /// The changes are stored. Closed transactions that are too many leave memory.
    pub fn commit(&mut self) {
        self.undo.clear();
        self.meters.clear();
        self.outside.clear();
        if self.happenings.is_empty() {
            // No room is kept for them while nothing happens.
            self.happenings = VecDeque::new();
        }
        self.forget_recalled();
        let mut too_many = self.all.len() - self.open().count() - self.recalled.len();
        too_many = too_many.saturating_sub(self.limits.closed);
        while too_many > 0 {
            let mut closed = self.all.values().filter(|transaction| {
                !transaction.is_open() && !self.recalled.contains(&transaction.reference)
            });
            let Some(reference) = closed.next().map(|transaction| transaction.reference) else {
                break;
            };
            self.all.remove(&reference);
            too_many -= 1;
        }
    }

    /// The changes could not be stored: all is as it was at the last [`commit`](Self::commit), and what they meant is
    /// forgotten.
    pub fn roll_back(&mut self) {
        for (reference, before) in core::mem::take(&mut self.undo) {
            match before {
                Some(before) => self.all.insert(reference, before),
                None => self.all.remove(&reference),
            };
        }
        self.meters.clear();
        self.outside.clear();
        self.happenings.clear();
    }

    /// Takes a record back. `Ok(false)`: it is none of a ledger, or one that memory does not need.
    ///
    /// # Errors
    ///
    /// The record cannot be read, for this reason; nothing has changed then.
    pub fn restore(&mut self, key: &str, record: &str) -> Result<bool, String> {
        if !key.starts_with(OPEN) && !key.starts_with(CLOSED) {
            return Ok(false);
        }
        let transaction: Transaction =
            serde_json::from_str(record).map_err(|error| error.to_string())?;
        self.all
            .insert(transaction.reference, Box::new(transaction));
        self.commit();
        Ok(true)
    }
}

pub(super) fn key(folder: &str, reference: u64) -> Key {
    format!("{folder}{reference:020}")
}
