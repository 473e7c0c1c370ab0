//! What a restart finds: transactions that were running when the power went.

use ocpp_types::v1_6::Reason;

use super::ChargePoint;
use super::status::Status;
use super::transaction::Stopping;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::vocabulary::CableState;

impl ChargePoint {
    /// Mends what a power cut between two outputs can have left behind.
    pub(super) fn restore_transactions(&mut self, core: &mut Context) {
        self.salvage_transactions(core);
        let numbers: alloc::vec::Vec<u64> = self.transactions.iter().map(|t| t.number).collect();
        for number in numbers {
            let Some(transaction) = self.transactions.get(number) else {
                continue;
            };
            if transaction.meter_start.is_none() {
                // The power went before anybody was told, and before energy flowed.
                core.changes(self.transactions.remove(number));
                continue;
            }
            let known = transaction.details.id.is_some() || transaction.details.start_lost;
            if !known && !core.queue.has_action(number, "StartTransaction") {
                self.enqueue_start(core, number);
            }
            if core.queue.has_action(number, "StopTransaction")
                && let Some(transaction) = self.transactions.get_mut(number)
                && !transaction.ended
            {
                transaction.ended = true;
                core.changes(self.transactions.store(number));
            }
            self.forget_if_reported(core, number);
        }
        let known: alloc::vec::Vec<u64> = self.transactions.iter().map(|t| t.number).collect();
        let lost = self.data.transactions().filter(|n| !known.contains(n));
        let lost: alloc::vec::Vec<u64> = lost.collect();
        for number in lost {
            self.data.forget(core, number);
        }
    }

    /// Goes on with the transactions that were running, or ends them (`Features::resume_transactions`).
    pub(super) fn resume_transactions(&mut self, core: &mut Context) {
        let open = self.transactions.iter().filter(|t| !t.ended);
        let open: alloc::vec::Vec<_> = open.map(|t| (t.number, t.at)).collect();
        for (number, at) in open {
            let connector = at.and_then(|at| self.connectors.number_of(at));
            let transaction = self.transactions.get(number);
            let stopping = transaction.is_some_and(|t| t.details.stopping.is_some());
            let left = transaction.is_some_and(|t| t.left);
            // The car may have left in the dark: the next one must not charge at its expense (4.10).
            let car_left = connector.is_some_and(|connector| {
                let stops = core.variables.bool(Standard::StopOnEvDisconnect);
                let plugged = self.connectors.is_plugged(core, connector);
                !plugged && (stops || self.cable_is_gone(core, connector))
            });
            if let (Some(at), Some(connector)) = (at, connector)
                && core.config.features.resume_transactions
                && !stopping
                && !left
                && !car_left
                && self.slots[connector].transaction.is_none()
            {
                self.slots[connector].transaction = Some(number);
                core.lock(at);
                self.plan_sample(core, connector);
                self.note_interruption(core, connector, number);
                continue;
            }
            let reason = match core.config.features.resume_transactions && car_left {
                true => Reason::EvDisconnected,
                false => Reason::PowerLoss,
            };
            self.end_interrupted(core, number, reason);
        }
    }

    /// Ends a transaction that a restart interrupts, with all energy that has flowed in it (6.49): contactors are open, and
    /// nobody can have charged before the station is up, so what the meter shows now is what it showed at the end. The moment
    /// of the end is the last one of which it is known that the transaction went on.
    fn end_interrupted(&mut self, core: &mut Context, number: u64, reason: Reason) {
        let Some(transaction) = self.transactions.get_mut(number) else {
            return;
        };
        let at = transaction.at;
        let time = transaction.read_at.unwrap_or(transaction.started);
        let stopping = transaction.details.stopping.get_or_insert(Stopping {
            reason,
            token: None,
            time,
        });
        let time = stopping.time;
        core.changes(self.transactions.store(number));
        // Others may have charged at the meter of a transaction that was left.
        let left = self.transactions.get(number).is_some_and(|t| t.left);
        let connector = at.and_then(|at| self.connectors.number_of(at));
        let (Some(at), Some(connector)) = (at, connector.filter(|_| !left)) else {
            // Or the connector is not there any more, nor is its meter.
            return self.finish(core, number, None);
        };
        let finishing = self.connectors.cable(core, connector) != CableState::Unplugged;
        let slot = &mut self.slots[connector];
        slot.finishing = finishing;
        if finishing {
            slot.status = Status::Finishing;
        }
        // Nobody else can begin before the meter was read.
        slot.transaction.get_or_insert(number);
        Self::read_end(core, at, number, time);
    }
}
