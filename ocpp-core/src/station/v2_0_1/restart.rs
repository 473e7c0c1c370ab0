//! What a restart finds: transactions that were running when the power went.

use alloc::vec::Vec;

use ocpp_types::Payload;
use ocpp_types::v2_0_1::{TransactionEvent, TransactionEventRequest};

use super::ChargingStation;
use super::authorization::Auth;
use super::cable::is_gone;
use super::points::Point;
use crate::station::authorization::deadline;
use crate::station::config::CableKind;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::vocabulary::CableState;

impl ChargingStation {
    /// Mends what a power cut between two outputs can have left behind.
    pub(super) fn restore_transactions(&mut self, core: &mut Context) {
        self.salvage_transactions(core);
        let numbers: Vec<u64> = self.transactions.iter().map(|t| t.number).collect();
        for number in numbers {
            let events: Vec<_> = core
                .queue
                .payloads(number)
                .filter_map(|payload| TransactionEventRequest::decode(payload).ok())
                .collect();
            let Some(transaction) = self.transactions.get_mut(number) else {
                continue;
            };
            // A message is stored before the transaction counts it.
            let next = events
                .iter()
                .map(|event| event.seq_no.saturating_add(1))
                .max();
            let next = transaction.details.next_seq.max(next.unwrap_or(0));
            let ended = events
                .iter()
                .any(|event| event.event_type == TransactionEvent::Ended);
            let ended = transaction.ended || ended;
            let place = events.iter().any(|event| event.evse.is_some());
            let place = transaction.details.place_told || place;
            // Nor may it end before something that was told.
            let told = events.iter().map(|event| event.timestamp).max();
            let read_at = transaction.read_at.max(told);
            let details = &transaction.details;
            let before = (details.next_seq, details.place_told, transaction.ended);
            let known = before == (next, place, ended) && read_at == transaction.read_at;
            transaction.read_at = read_at;
            transaction.details.next_seq = next;
            transaction.details.place_told = place;
            transaction.ended = ended;
            if !known {
                // Once the messages are delivered, nothing but the record says it.
                core.changes(self.transactions.store(number));
            }
            if next == 0 {
                // The power went before anybody was told, and before energy flowed.
                self.data.forget(core, number);
                core.changes(self.transactions.remove(number));
                continue;
            }
            self.forget_if_reported(core, number);
        }
        let running = |number: &u64| self.transactions.get(*number).is_some_and(|t| !t.ended);
        let lost: Vec<u64> = self.data.transactions().filter(|n| !running(n)).collect();
        for number in lost {
            self.data.forget(core, number);
        }
    }

    /// Goes on with the transactions that were running, or ends them (`Features::resume_transactions`).
    pub(super) fn resume_transactions(&mut self, core: &mut Context) {
        let open = self.transactions.iter().filter(|t| !t.ended);
        let open: Vec<_> = open.map(|t| (t.number, t.at)).collect();
        for (number, at) in open {
            let index = at.and_then(|at| self.index_of(at.evse));
            // The car may have left in the dark: the next one must not charge at its expense.
            let connector = at.and_then(|at| core.hardware.get(at));
            let plugged = connector.is_some_and(|c| c.cable == CableState::Connected);
            let stops = core.variables.bool(Standard::StopOnEvDisconnect);
            let gone = connector.is_some_and(is_gone);
            let fixed = connector.is_some_and(|c| c.config.cable == CableKind::Fixed);
            let until = deadline(core);
            let Some(transaction) = self.transactions.get_mut(number) else {
                continue;
            };
            if let Some(index) = index
                && core.config.features.resume_transactions
                && transaction.details.ending.is_none()
                && !transaction.left
                && !(transaction.details.reached.has(Point::EvConnected)
                    && !plugged
                    && (stops || gone))
                && self.evses[index].transaction.is_none()
            {
                let mut auth = Auth::asking(transaction.token.clone());
                auth.granted = true;
                auth.details.told = true;
                auth.group.clone_from(&transaction.group);
                // As without the power cut: the time to plug in begins anew (E03.FR.05, E10.FR.02).
                let waits = fixed || !transaction.details.reached.has(Point::EvConnected);
                auth.deadline = until.filter(|_| waits && !plugged);
                let authorized = transaction.details.authorized;
                let evse = &mut self.evses[index];
                evse.auth = authorized.then_some(auth);
                evse.transaction = Some(number);
                evse.car = at.filter(|_| plugged);
                // A car that was there all the time is not plugged in now.
                evse.cue = None;
                self.plan_sample(core, index);
                continue;
            }
            self.end_interrupted(core, number);
        }
    }
}
