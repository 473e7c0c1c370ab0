//! Calls of this side: the queue, the one that is under way, the ids of those that ended without a response.

use alloc::borrow::Cow;
use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

use compact_str::CompactString;

use super::config::CallOptions;
use super::output::CallId;
use crate::time::Instant;

/// How many ids of ended calls are remembered to tell a late response from one that belongs to no call.
const REMEMBERED_IDS: usize = 8;

/// A call that waits for its turn, or for its next attempt.
#[derive(Debug, Clone)]
pub(super) struct Queued {
    pub(super) call: CallId,
    pub(super) action: Cow<'static, str>,
    pub(super) payload: String,
    pub(super) options: CallOptions,
    pub(super) expires: Option<Instant>,
    pub(super) not_before: Instant,
    pub(super) failed_attempts: u32,
    /// The id of the earlier attempts, when the next one is to use it too.
    pub(super) id: Option<CompactString>,
}

/// The call that is under way.
#[derive(Debug, Clone)]
pub(super) struct InFlight {
    pub(super) queued: Queued,
    pub(super) id: CompactString,
    pub(super) deadline: Instant,
    /// The application has been told `Cancelled`; only the peer still owes a response.
    pub(super) cancelled: bool,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Outgoing {
    /// In the order of sending: by priority, then by age.
    queue: Vec<Queued>,
    pub(super) in_flight: Option<InFlight>,
    ended: VecDeque<CompactString>,
    next_call: u64,
}

impl Outgoing {
    pub(super) fn next_call(&mut self) -> CallId {
        let call = CallId(self.next_call);
        self.next_call = self.next_call.wrapping_add(1);
        call
    }

    pub(super) fn queued(&self) -> usize {
        self.queue.len()
    }

    /// Adds a call behind all others of its priority.
    pub(super) fn push(&mut self, queued: Queued) {
        let priority = queued.options.priority;
        let at = self
            .queue
            .partition_point(|q| q.options.priority <= priority);
        self.queue.insert(at, queued);
    }

    /// Puts a call back that waits for its next attempt: before all others of its priority.
    pub(super) fn push_again(&mut self, queued: Queued) {
        let priority = queued.options.priority;
        let at = self
            .queue
            .partition_point(|q| q.options.priority < priority);
        self.queue.insert(at, queued);
    }

    /// Takes the call that is to be sent at `now`.
    pub(super) fn pop_due(&mut self, now: Instant) -> Option<Queued> {
        let at = self.queue.iter().position(|q| q.not_before <= now)?;
        Some(self.queue.remove(at))
    }

    /// Takes the first call for which `condition` holds.
    pub(super) fn take(&mut self, condition: impl FnMut(&Queued) -> bool) -> Option<Queued> {
        let at = self.queue.iter().position(condition)?;
        Some(self.queue.remove(at))
    }

    /// When the first call in the queue expires.
    pub(super) fn next_expiry(&self) -> Option<Instant> {
        self.queue.iter().filter_map(|q| q.expires).min()
    }

    /// When the next call may be sent.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.queue.iter().map(|q| q.not_before).min()
    }

    /// Takes the call under way if it has this id.
    pub(super) fn take_in_flight(&mut self, id: &str) -> Option<InFlight> {
        self.in_flight.take_if(|in_flight| in_flight.id == id)
    }

    /// Notes that the call with this id ended without a response.
    pub(super) fn note_ended(&mut self, id: CompactString) {
        if self.ended.len() >= REMEMBERED_IDS {
            self.ended.pop_front();
        }
        self.ended.push_back(id);
    }

    pub(super) fn has_ended(&self, id: &str) -> bool {
        self.ended.iter().any(|ended| ended == id)
    }
}
