//! What a restart finds: transactions that were running when the power went.

use ocpp_types::v1_6::Reason;

use super::transaction::Stopping;
use super::{ChargePoint, keys};
use crate::station::context::Context;
use crate::station::vocabulary::CableState;

impl ChargePoint {
    /// Mends what a power cut between two outputs can have left behind.
    pub(super) fn restore_transactions(&mut self, core: &mut Context) {
        let queued = core.queue.transactions();
        self.transactions
            .reserve(queued.iter().max().map_or(0, |number| number + 1));
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
            let connector = self.number_of(at);
            let stopping = self
                .transactions
                .get(number)
                .is_some_and(|t| t.details.stopping.is_some());
            // The car may have left in the dark: the next one must not charge at its expense (4.10).
            let car_left = connector.is_some_and(|connector| {
                let stops = core.variables.bool(keys::STOP_ON_EV_DISCONNECT);
                let plugged = self.cable(core, connector) == CableState::Connected;
                !plugged && (stops || self.cable_is_gone(core, connector))
            });
            if let Some(connector) = connector
                && core.config.features.resume_transactions
                && !stopping
                && !car_left
                && self.slots[connector].transaction.is_none()
            {
                self.slots[connector].transaction = Some(number);
                core.lock(at);
                self.plan_sample(core, connector);
                self.note_interruption(core, connector, number);
                continue;
            }
            let resumes = core.config.features.resume_transactions;
            if let Some(transaction) = self.transactions.get_mut(number) {
                let time = transaction.read_at.unwrap_or(transaction.started);
                // The meter may have gone on for somebody else since: what was read last counts.
                transaction.details.stopping.get_or_insert(Stopping {
                    reason: if resumes && car_left {
                        Reason::EvDisconnected
                    } else {
                        Reason::PowerLoss
                    },
                    token: None,
                    time,
                });
            }
            self.finish(core, number);
            if let Some(connector) = connector {
                let cable = self.cable(core, connector);
                self.slots[connector].finishing = cable != CableState::Unplugged;
                core.unlock(at);
            }
        }
    }
}
