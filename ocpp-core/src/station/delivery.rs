//! The messages of the queue: one at a time, in order, until each is delivered or given up.

use super::Station;
use super::behaviour::{Outcome, Prepared};
use super::pulse::Silence;
use super::queue::Queued;
use crate::bounds;
use crate::frame::ErrorCode;
use crate::session::{CallFailure, CallOptions};

impl Station {
    /// Requirements: E04.FR.02.
    pub(super) fn send_queued(&mut self) {
        while self.core.is_connected()
            && !self.core.over
            && !self.core.link.is_closing()
            // That a message was delivered has to be stored, or it is delivered again after a power cut.
            && !self.core.storage_fails()
        {
            let Some(queued) = self.core.queue.due(self.core.instant()).cloned() else {
                return;
            };
            if self.core.pulse.is_stale() {
                return self.core.renew_link();
            }
            match self.logic.prepare(&mut self.core, &queued) {
                Prepared::Wait => return,
                Prepared::Delivered => self.remove_queued(queued.number, None),
                Prepared::Drop(reason) => {
                    self.note_given_up(&queued, Some(reason));
                    self.remove_queued(queued.number, Some(reason));
                }
                Prepared::Send(payload) => {
                    let action = queued.action.clone();
                    let call = self.core.call(action, payload, CallOptions::new());
                    self.core.queue.sent(queued.number, call);
                    self.core.waits_for_answer();
                    return;
                }
            }
        }
    }

    pub(super) fn queue_call_ended(&mut self, queued: &Queued, outcome: Outcome<'_>) {
        let core = &mut self.core;
        if let Err(failure) = &outcome {
            if matches!(failure, CallFailure::Disconnected | CallFailure::Cancelled) {
                return core.queue.disconnected();
            }
            if *failure == CallFailure::TimedOut && core.pulse.judge() == Silence::Renew {
                core.queue.disconnected();
                return core.renew_link();
            }
            let retry = self.logic.retry(core);
            let now = core.instant();
            let wait = |attempts| now + bounds::multiple(retry.interval, attempts);
            let attempts = core.queue.failed(queued.number, wait);
            let hopeless = !queued.is_transactional() && is_unknown_to_csms(failure);
            if attempts < retry.attempts && !hopeless {
                return self.send_queued();
            }
        }
        self.logic.delivered(core, queued, &outcome);
        let reason = outcome.err().map(|failure| alloc::format!("{failure}"));
        self.note_given_up(queued, reason.as_deref());
        self.remove_queued(queued.number, reason.as_deref());
        self.send_queued();
    }

    /// Keeps a message about a transaction that is given up, before it leaves the queue.
    fn note_given_up(&mut self, queued: &Queued, reason: Option<&str>) {
        let in_vain = reason.is_none() && self.core.given_up.all().is_empty();
        if queued.transaction.is_none() || in_vain {
            return;
        }
        let payload = match self.logic.prepare(&mut self.core, queued) {
            Prepared::Send(payload) => payload,
            _ => queued.payload.clone(),
        };
        match reason {
            Some(reason) => self.core.give_up(&queued.action, &payload, reason),
            None => self.core.not_given_up(&queued.action, &payload),
        }
    }

    /// A message of the queue is done with; `given_up` says why if it was not delivered.
    pub(super) fn remove_queued(&mut self, number: u64, given_up: Option<&str>) {
        let Some((queued, change)) = self.core.queue.finish(number) else {
            return;
        };
        if let Some(reason) = given_up {
            self.core.dropped(queued.clone(), reason);
        }
        self.core.changes([change]);
        self.logic.removed(&mut self.core, &queued);
    }
}

/// Whether the CSMS says that it does not know a message at all.
fn is_unknown_to_csms(failure: &CallFailure) -> bool {
    let code = match failure {
        CallFailure::Refused(refusal) => &refusal.code,
        _ => return false,
    };
    matches!(code, ErrorCode::NotImplemented | ErrorCode::NotSupported)
}
