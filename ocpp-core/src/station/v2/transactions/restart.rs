//! What a restart finds: transactions that were running when the power went.

use alloc::vec::Vec;

use ocpp_types::Payload;

use super::super::wire::{TransactionEvent, TransactionEventRequest};
use super::EvseTransactions;
use crate::station::context::Context;

impl EvseTransactions {
    /// Mends what a power cut between two outputs can have left behind.
    pub(in super::super) fn mend(&mut self, core: &mut Context) {
        self.salvage(core);
        let numbers: Vec<u64> = self.all.iter().map(|t| t.number).collect();
        for number in numbers {
            let events: Vec<_> = core
                .queue
                .payloads(number)
                .filter_map(|payload| TransactionEventRequest::decode(payload).ok())
                .collect();
            let Some(transaction) = self.all.get_mut(number) else {
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
            // Nor may it end before something that was told, or will be with the end.
            let told = events.iter().map(|event| event.timestamp).max();
            let kept = self.data.last(number).map(|value| value.timestamp);
            let read_at = transaction.read_at.max(told).max(kept);
            let details = &transaction.details;
            let before = (details.next_seq, details.place_told, transaction.ended);
            let known = before == (next, place, ended) && read_at == transaction.read_at;
            transaction.read_at = read_at;
            transaction.details.next_seq = next;
            transaction.details.place_told = place;
            transaction.ended = ended;
            if !known {
                // Once the messages are delivered, nothing but the record says it.
                core.changes(self.all.store(number));
            }
            if next == 0 {
                // The power went before anybody was told, and before energy flowed.
                self.data.forget(core, number);
                core.changes(self.all.remove(number));
                continue;
            }
            self.forget_if_reported(core, number);
        }
        let running = |number: &u64| self.all.get(*number).is_some_and(|t| !t.ended);
        let lost: Vec<u64> = self.data.transactions().filter(|n| !running(n)).collect();
        for number in lost {
            self.data.forget(core, number);
        }
    }
}
