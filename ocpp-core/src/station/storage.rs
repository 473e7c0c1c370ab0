//! What a station does while nothing can be stored: a full or failing disk, a worn-out flash.
//!
//! The rule: **nothing is told, and no energy flows, whose record is not durable.** What depends on a record waits; what does
//! not goes out: contactors open, limits, locks, the connection, heartbeats, statuses, answers that store nothing.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use super::context::Context;
use super::output::Output;
use super::queue::Change;
use super::vocabulary::{Fault, FaultCode};
use crate::order;
use crate::session::{CallId, MessageIds};
use crate::time::Instant;

/// How long nobody is told again that nothing can be stored. A disk that fails every few seconds is one event.
const EVENT_PAUSE: Duration = Duration::from_secs(3600);

/// What waits for its record. See the [module documentation](self).
#[derive(Debug, Default)]
pub(super) struct Held {
    /// The last change of each key, in the order in which they were made.
    changes: Vec<Change>,
    /// What comes after them.
    rest: Vec<Output>,
    /// The messages of the queue from this number on were never stored: to remove one of them is to forget it.
    fresh_from: u64,
    /// A call that has not gone out yet, and its text.
    unsent: Option<(CallId, String)>,
}

/// Whether an output can be carried out although records before it are not durable: it promises nothing to anybody, or it
/// is the safe side.
fn is_free(output: &Output) -> bool {
    match output {
        Output::Connect(_)
        | Output::Disconnect
        | Output::PingInterval(_)
        | Output::Ping
        | Output::Contactor { closed: false, .. }
        | Output::Lock(_)
        | Output::Unlock(_)
        | Output::SetLimit { .. }
        | Output::ReadMeter(_)
        | Output::ExternalLimitRefused { .. }
        | Output::SetClock(_)
        | Output::CancelJob(_)
        | Output::SecurityEvent { .. }
        | Output::TokenDecided { .. }
        | Output::DataTransfer { .. }
        | Output::Dropped { .. }
        | Output::Unreadable(_)
        | Output::VersionChanged { .. }
        | Output::Waiting { .. }
        | Output::CallEnded(_)
        | Output::Seen(_) => true,
        Output::Store(_)
        | Output::Remove(_)
        | Output::Transmit(_)
        | Output::Contactor { .. }
        | Output::Reboot { .. }
        | Output::ResetEvse(_)
        | Output::Download { .. }
        | Output::Install { .. }
        | Output::Upload { .. }
        | Output::VerifyFirmware { .. }
        | Output::MakeCertificateRequest { .. }
        | Output::DeleteKey(_)
        | Output::SetVariable(_)
        | Output::CustomerData { .. }
        | Output::Transaction { .. }
        | Output::VariableChanged { .. } => false,
    }
}

/// Whether a text is a CALL, and not an answer.
fn is_call(text: &str) -> bool {
    text.starts_with("[2,")
}

fn key_of(change: &Change) -> &str {
    match change {
        Change::Store(record) => &record.key,
        Change::Remove(key) => key,
    }
}

impl Held {
    fn change(&mut self, change: Change) {
        let key = key_of(&change);
        let before = self.changes.iter().position(|held| key_of(held) == key);
        let before = before.map(|at| self.changes.remove(at));
        let number = key.strip_prefix("queue/").and_then(|rest| {
            let number = rest.split('/').next()?;
            number.parse::<u64>().ok()
        });
        let fresh = number.is_some_and(|number| number >= self.fresh_from);
        // Otherwise what waits would grow with everything that comes and goes.
        let never_stored = fresh && matches!(before, Some(Change::Store(_)));
        if !(never_stored && matches!(change, Change::Remove(_))) {
            self.changes.push(change);
        }
    }

    /// Takes an output that has to wait. It comes back if it need not. `after_changes` says whether it comes after a change
    /// that waits, in the same input.
    fn take(&mut self, output: Output, after_changes: &mut bool) -> Option<Output> {
        match output {
            Output::Store(record) => {
                *after_changes = true;
                self.change(Change::Store(record));
            }
            Output::Remove(key) => {
                *after_changes = true;
                self.change(Change::Remove(key));
            }
            // What was decided before is decided anew: no energy flows now.
            Output::Contactor { closed: true, .. } => {}
            Output::Transmit(text) if is_call(&text) || !*after_changes => {
                return Some(Output::Transmit(text));
            }
            free if is_free(&free) => return Some(free),
            // Nothing depends on more than what was stored before it, except these, which must not be lost on the way.
            other => self.rest.push(other),
        }
        None
    }
}

impl Context {
    /// Whether nothing can be stored at present.
    pub(crate) const fn storage_fails(&self) -> bool {
        self.held.is_some()
    }

    /// Nothing can be stored: these outputs, and those that nobody has polled yet, were not carried out.
    pub(super) fn storage_failed(&mut self, undone: Vec<Output>) {
        let unpolled = core::mem::take(&mut self.outputs);
        for at in self.hardware.meant(None) {
            self.contactor(at, false);
        }
        let next = self.queue.next_number();
        let mut held = self.held.take().unwrap_or_else(|| Held {
            fresh_from: next,
            ..Held::default()
        });
        self.hardware.storage_fails = true;
        // Ids of messages must not depend on a record either.
        let time = self.utc().map_or(0, |utc| utc.unix_millis().unsigned_abs());
        let seed = self.random() ^ time;
        self.session.set_ids(MessageIds::seeded(seed));
        let mut after_changes = false;
        for output in undone.into_iter().chain(unpolled) {
            match output {
                Output::Transmit(text) if is_call(&text) && after_changes => {
                    // There is one at a time.
                    let call = self.session.in_flight();
                    held.unsent = call.map(|call| (call, text));
                }
                other => {
                    let free = held.take(other, &mut after_changes);
                    self.outputs.extend(free);
                }
            }
        }
        self.held = Some(held);
    }

    /// Takes calls back whose truth depends on a record, as far as they have not gone out. They are made again.
    pub(super) fn withdraw_unsent(&mut self, mut calls: Vec<CallId>) {
        let in_flight = self.session.in_flight();
        // The one under way last: another one goes out then.
        order::sort_by_key(&mut calls, |call| Some(*call) == in_flight);
        for call in calls {
            let held = self.held.as_mut();
            let unsent = held.and_then(|held| held.unsent.take_if(|(unsent, _)| *unsent == call));
            if Some(call) != in_flight || unsent.is_some() {
                self.withdraw(call);
            }
        }
        // Any other call promises nothing.
        let unsent = self.held.as_mut().and_then(|held| held.unsent.take());
        if let Some((_, text)) = unsent {
            self.output(Output::Transmit(text));
        }
    }

    /// Keeps what must wait for its record, of what this input has led to.
    pub(super) fn hold_back(&mut self) {
        self.note_records();
        let Some(mut held) = self.held.take() else {
            return;
        };
        let mut after_changes = false;
        for output in core::mem::take(&mut self.outputs) {
            let free = held.take(output, &mut after_changes);
            self.outputs.extend(free);
        }
        self.held = Some(held);
    }

    /// Nobody waits any more for answers that wait for their record.
    pub(super) fn forget_answers(&mut self) {
        if let Some(held) = &mut self.held {
            let answer = |output: &Output| matches!(output, Output::Transmit(_));
            held.rest.retain(|output| !answer(output));
        }
    }

    /// Records can be stored again: everything that has waited goes out, records that come first, in an order in which a
    /// power cut does no harm; then those that go.
    pub(super) fn storage_restored(&mut self) {
        let Some(held) = self.held.take() else {
            return;
        };
        self.hardware.storage_fails = false;
        let stored = |change: &Change| matches!(change, Change::Store(_));
        let (stores, removes) = held.changes.into_iter().partition::<Vec<_>, _>(stored);
        self.changes(stores);
        self.changes(removes);
        self.outputs.extend(held.rest);
        // Limits are told again before energy flows.
        self.doubt(None);
    }

    /// Whether it is time to tell the CSMS, after the trouble is over, that nothing could be stored.
    pub(super) fn storage_event_due(&mut self) -> bool {
        let now = self.instant();
        let recent = |at: Instant| now.saturating_since(at) < EVENT_PAUSE;
        if self.storage_event.is_some_and(recent) {
            return false;
        }
        self.storage_event = Some(now);
        true
    }
}

/// The fault of a station that cannot store anything.
pub(super) fn fault() -> Fault {
    let mut fault = Fault::new(FaultCode::InternalError);
    fault.info = Some(String::from(EXPLANATION));
    fault
}

/// For people: the fault, the security event, the answer to a request.
pub(super) const EXPLANATION: &str = "the station cannot store anything at present";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::station::record::Record;

    fn store(key: &str, value: &str) -> Output {
        Output::Store(Record {
            key: key.into(),
            value: value.into(),
        })
    }

    fn take(held: &mut Held, outputs: Vec<Output>) -> Vec<Output> {
        let mut after = false;
        let outputs = outputs.into_iter();
        outputs
            .filter_map(|output| held.take(output, &mut after))
            .collect()
    }

    #[test]
    fn what_waits_does_not_grow_with_what_comes_and_goes() {
        let mut held = Held {
            fresh_from: 7,
            ..Held::default()
        };
        for number in 7..10_000_u64 {
            let key = alloc::format!("queue/{number:020}");
            take(
                &mut held,
                alloc::vec![store(&key, "{}"), Output::Remove(key)],
            );
            take(&mut held, alloc::vec![store("transaction/1", "{}")]);
        }
        assert_eq!(held.changes.len(), 1);
        // One that may be durable is removed indeed.
        let key = String::from("queue/00000000000000000006");
        take(
            &mut held,
            alloc::vec![store(&key, "{}"), Output::Remove(key.clone())],
        );
        assert_eq!(held.changes.last(), Some(&Change::Remove(key)));
    }

    #[test]
    fn an_answer_waits_for_the_record_before_it_and_for_no_other() {
        let mut held = Held::default();
        let answer = || Output::Transmit("[3,\"1\",{}]".into());
        assert_eq!(take(&mut held, alloc::vec![answer()]), [answer()]);
        let outputs = alloc::vec![answer(), store("a", "1"), answer(), Output::Ping];
        assert_eq!(take(&mut held, outputs), [answer(), Output::Ping]);
        assert_eq!(held.rest, [answer()]);
        assert_eq!(take(&mut held, alloc::vec![answer()]), [answer()]);
    }
}
