//! What a restart finds: transactions that were running when the power went.

use ocpp_types::v1_6::Reason;

use super::ChargePoint;
use crate::smart_charging::{Transaction, TransactionId};
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::v1_6::transaction::read_end;
use crate::station::v1_6::{cables, smart_charging};

impl ChargePoint {
    /// Goes on with the transactions that were running, or ends them (`Features::resume_transactions`).
    pub(super) fn resume_transactions(&mut self, core: &mut Context) {
        for number in self.transactions.numbers() {
            let Some(transaction) = self.transactions.get(number).filter(|t| !t.ended) else {
                continue;
            };
            let stopping = transaction.details.stopping.is_some();
            let left = transaction.left;
            let connector = self.transactions.connector_of(&self.connectors, number);
            // The car may have left in the dark: the next one must not charge at its expense (4.10).
            let car_left = connector.is_some_and(|connector| {
                let stops = core.variables.bool(Standard::StopOnEvDisconnect);
                let plugged = self.connectors.is_plugged(core, connector);
                !plugged && (stops || cables::is_gone(core, &self.connectors, connector))
            });
            let resumes = core.config.features.resume_transactions;
            if let Some(connector) = connector
                && resumes
                && !stopping
                && !left
                && !car_left
                && !self.transactions.is_busy(connector)
            {
                self.transactions.occupy(connector, number);
                core.lock(self.connectors.at(connector));
                self.sampling.plan(core, connector);
                self.note_interruption(core, connector, number);
                continue;
            }
            let reason = match resumes && car_left {
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
        let stopped = self.transactions.stop_interrupted(core, number, reason);
        let Some((at, time)) = stopped else {
            return;
        };
        let connector = at.and_then(|at| self.connectors.number_of(at));
        let (Some(at), Some(connector)) = (at, connector) else {
            // Or the connector is not there any more, nor is its meter.
            return self.finish(core, number, None);
        };
        if self
            .cables
            .note_finishing(core, &self.connectors, connector)
        {
            self.statuses.resume_finishing(connector);
        }
        // Nobody else can begin before the meter was read.
        self.transactions.occupy(connector, number);
        read_end(core, at, number, time);
    }

    /// Transactions that go on after a restart keep their profiles.
    pub(super) fn resume_profiles(&mut self, core: &mut Context) {
        let running = self.connectors.numbers().filter_map(|number| {
            let transaction = self.transactions.at(number)?;
            Some(Transaction {
                evse: smart_charging::evse(number),
                id: transaction.details.id.map(TransactionId::Number),
                started: transaction.started,
            })
        });
        self.profiles.resume(core, running);
    }
}
