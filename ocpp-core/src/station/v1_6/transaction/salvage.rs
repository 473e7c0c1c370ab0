//! Transactions of which something cannot be read any more: each of them ends, and whatever is still known of it is
//! delivered.
//!
//! | what is lost | what happens |
//! |---|---|
//! | a queued StartTransaction | it is made again from the transaction's record, in its place |
//! | a queued StopTransaction | it is made again from the transaction's record |
//! | queued MeterValues | they are missing |
//! | the record, while its StartTransaction waits | it is made again from the queue, and ends with what is known there |
//! | the record, after its StartTransaction was delivered | what waits goes out with the id -1 (erratum 3.18), because nobody knows the right one |
//! | the record, and nothing waits | nothing: the connector is free, and the CSMS sees that by its status |

use alloc::vec::Vec;

use ocpp_types::v1_6::{
    Action, Measurand, MeterValuesRequest, StartTransactionRequest, StopTransactionRequest,
    UnitOfMeasure,
};
use ocpp_types::{DateTime, Decimal, Payload};

use super::{ChargingTransactions, Details};
use crate::station::context::Context;
use crate::station::transaction::Transaction;
use crate::station::v1_6::connectors::Connectors;
use crate::station::vocabulary::{ConnectorId, Token};

/// The last register among meter values, in Wh, and when it was read.
fn last_register(values: &MeterValuesRequest) -> Option<(Decimal, DateTime)> {
    values.meter_value.iter().rev().find_map(|value| {
        let register = value.sampled_value.iter().find(|sampled| {
            let register = Measurand::EnergyActiveImportRegister;
            sampled.phase.is_none() && sampled.measurand.as_ref().is_none_or(|m| *m == register)
        })?;
        let number: Decimal = register.value.parse().ok()?;
        let thousand = register.unit == Some(UnitOfMeasure::Kwh);
        let number = if thousand {
            number.0.checked_mul(rust_decimal::Decimal::ONE_THOUSAND)?
        } else {
            number.0
        };
        Some((Decimal(number), value.timestamp))
    })
}

impl ChargingTransactions {
    /// Mends what a power cut between two outputs can have left behind.
    pub(in crate::station::v1_6) fn mend(&mut self, core: &mut Context, connectors: &Connectors) {
        self.salvage(core, connectors);
        let numbers: Vec<u64> = self.all.iter().map(|t| t.number).collect();
        for number in numbers {
            let Some(transaction) = self.all.get(number) else {
                continue;
            };
            if transaction.meter_start.is_none() {
                // The power went before anybody was told, and before energy flowed.
                core.changes(self.all.remove(number));
                continue;
            }
            let known = transaction.details.id.is_some() || transaction.details.start_lost;
            if !known && !core.queue.has_action(number, "StartTransaction") {
                self.enqueue_start(core, connectors, number);
            }
            if core.queue.has_action(number, "StopTransaction")
                && let Some(transaction) = self.all.get_mut(number)
                && !transaction.ended
            {
                transaction.ended = true;
                core.changes(self.all.store(number));
            }
            self.forget_if_reported(core, number);
        }
        let known: Vec<u64> = self.all.iter().map(|t| t.number).collect();
        let lost = self.data.transactions().filter(|n| !known.contains(n));
        let lost: Vec<u64> = lost.collect();
        for number in lost {
            self.data.forget(core, number);
        }
    }

    /// Makes up for records and messages that cannot be read any more. Comes before everything else about transactions.
    fn salvage(&mut self, core: &mut Context, connectors: &Connectors) {
        for number in self.all.unreadable().to_vec() {
            if let Some(transaction) = self.by_messages(core, connectors, number) {
                core.changes(self.all.replace_unreadable(number, transaction));
            }
        }
        let numbers: Vec<u64> = self.all.iter().map(|t| t.number).collect();
        for number in numbers {
            self.replace_lost_messages(core, connectors, number);
        }
    }

    /// What the messages that wait say about a transaction.
    fn by_messages(
        &self,
        core: &Context,
        connectors: &Connectors,
        number: u64,
    ) -> Option<Transaction<Details>> {
        let (mut start, mut values, mut stop) = (None, None, None);
        for (action, payload) in core.queue.messages(number) {
            match Action::from_name(action) {
                Some(Action::StartTransaction) => {
                    start = StartTransactionRequest::decode(payload).ok();
                }
                Some(Action::StopTransaction) => {
                    stop = StopTransactionRequest::decode(payload).ok();
                }
                _ => values = MeterValuesRequest::decode(payload).ok().or(values),
            }
        }
        let read = values.as_ref().and_then(last_register);
        let connector = start.as_ref().map(|start| start.connector_id);
        let connector = connector.or(values.as_ref().map(|values| values.connector_id));
        let connector = connector.and_then(|number| connectors.by_id(number));
        let at = connector.map_or(ConnectorId::new(0, 0), |number| connectors.at(number));
        let time = start.as_ref().map(|start| start.timestamp);
        let time = time.or(stop.as_ref().map(|stop| stop.timestamp));
        let time = time.or(read.map(|(_, time)| time))?;
        let tag = start.as_ref().map(|start| Token::new(&start.id_tag));
        let details = Details {
            start_lost: start.is_none(),
            ..Details::default()
        };
        let token = tag.unwrap_or_else(|| Token::new(""));
        let mut transaction = Transaction::new(Some(at), token, time, details);
        match &start {
            Some(start) => {
                transaction.begin_at(Decimal::from(start.meter_start));
                transaction.reservation = start.reservation_id;
            }
            // It cannot be billed without an id and a start.
            None => transaction.ended = true,
        }
        if let Some((register, time)) = read {
            transaction.meter_last = Some(register);
            transaction.read_at = Some(time);
        }
        transaction.ended |= stop.is_some();
        Some(transaction)
    }

    fn replace_lost_messages(&mut self, core: &mut Context, connectors: &Connectors, number: u64) {
        let Some(place) = core.queue.lost(number) else {
            return;
        };
        let Some(transaction) = self.all.get(number) else {
            return;
        };
        let known = transaction.details.id.is_some() || transaction.details.start_lost;
        if !known
            && transaction.meter_start.is_some()
            && !core.queue.has_action(number, "StartTransaction")
            && let Some(request) = self.start_request(connectors, number)
        {
            core.replace_lost(place, &request, number);
        }
        if let Some(transaction) = self.all.get_mut(number)
            && transaction.ended
            && !core.queue.has_action(number, "StopTransaction")
        {
            // Its end is made again from what the record says of it.
            transaction.ended = false;
            transaction.left = true;
            core.changes(self.all.store(number));
        }
    }
}
