//! Readings of meters: what is wanted, for what, and what came.

use alloc::vec::Vec;
use core::time::Duration;

use super::vocabulary::{ConnectorId, EvseId, Reading};
use crate::time::{DateTime, Instant};

/// What a reading is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SamplePurpose {
    TransactionBegin,
    TransactionEnd,
    /// The sampling interval of a transaction.
    Periodic,
    /// The clock-aligned interval.
    Aligned,
    /// The CSMS asked for it.
    Trigger,
    /// For the record of a transaction only.
    Record,
    /// A signed value begins a transaction.
    #[cfg_attr(not(feature = "v2_0_1"), allow(dead_code))]
    Signature,
}

/// A wanted reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) purpose: SamplePurpose,
    /// `None` for the main meter.
    pub(crate) at: Option<ConnectorId>,
    /// The local number of the transaction that it is for.
    pub(crate) transaction: Option<u64>,
    /// The moment that it stands for.
    pub(crate) time: DateTime,
}

#[derive(Debug)]
struct Waiting {
    sample: Sample,
    deadline: Instant,
}

/// Last readings and wanted ones. Bounded: at most [`MAX_WAITING`] wait, besides those of transactions that begin or end.
#[derive(Debug)]
pub(crate) struct Meters {
    /// By EVSE; 0 is the main meter. `None` until one came.
    last: Vec<Option<Reading>>,
    waiting: Vec<Waiting>,
    timeout: Duration,
}

const MAX_WAITING: usize = 1_000;

impl Meters {
    pub(crate) fn new(evses: usize, timeout: Duration) -> Self {
        Self {
            last: alloc::vec![None; evses + 1],
            waiting: Vec::new(),
            timeout,
        }
    }

    /// The last reading of an EVSE's meter; empty if there was none.
    pub(crate) fn last(&self, evse: EvseId) -> Reading {
        let at = usize::try_from(evse).unwrap_or(usize::MAX);
        self.last.get(at).cloned().flatten().unwrap_or_default()
    }

    /// Whether the meter of an EVSE has ever answered.
    pub(crate) fn has_answered(&self, evse: EvseId) -> bool {
        let at = usize::try_from(evse).unwrap_or(usize::MAX);
        self.last.get(at).is_some_and(Option::is_some)
    }

    /// Notes a wanted reading. Says which meter to read.
    pub(crate) fn want(&mut self, now: Instant, sample: Sample) -> Option<EvseId> {
        let of_transaction = matches!(
            sample.purpose,
            SamplePurpose::TransactionBegin | SamplePurpose::TransactionEnd
        );
        // Without these two a transaction could neither begin nor end; there are at most two for each EVSE.
        if self.waiting.len() >= MAX_WAITING && !of_transaction {
            return None;
        }
        let deadline = now + self.timeout;
        self.waiting.push(Waiting { sample, deadline });
        Some(evse_of(&sample))
    }

    /// A reading came: the samples that waited for it.
    pub(crate) fn came(&mut self, evse: EvseId, reading: Reading) -> Vec<Sample> {
        let at = usize::try_from(evse).unwrap_or(usize::MAX);
        let Some(last) = self.last.get_mut(at) else {
            return Vec::new();
        };
        // A meter that could not be read: what it showed last still counts.
        if last.is_none() || !reading.values.is_empty() {
            *last = Some(reading);
        }
        self.take(|waiting| evse_of(&waiting.sample) == evse)
    }

    /// The samples that have waited too long, to be served with the last reading.
    pub(crate) fn overdue(&mut self, now: Instant) -> Vec<Sample> {
        // The deadlines are in order.
        let none = self
            .waiting
            .first()
            .is_none_or(|first| first.deadline > now);
        if none {
            return Vec::new();
        }
        self.take(|waiting| waiting.deadline <= now)
    }

    /// Nobody waits for readings any more.
    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    pub(crate) fn forget(&mut self) {
        self.waiting.clear();
    }

    pub(crate) fn next_timeout(&self) -> Option<Instant> {
        self.waiting.first().map(|waiting| waiting.deadline)
    }

    fn take(&mut self, condition: impl Fn(&Waiting) -> bool) -> Vec<Sample> {
        let taken = self.waiting.extract_if(.., |waiting| condition(waiting));
        taken.map(|waiting| waiting.sample).collect()
    }
}

fn evse_of(sample: &Sample) -> EvseId {
    sample.at.map_or(0, |at| at.evse)
}
