//! Transactions of which something cannot be read any more: each of them ends, and whatever is still known of it is
//! delivered.
//!
//! | what is lost | what happens |
//! |---|---|
//! | a queued `Started` | it is made again from the transaction's record, in its place |
//! | a queued `Ended` | it is made again from the transaction's record |
//! | a queued `Updated` | it is missing; the gap in the sequence numbers says so (E12) |
//! | the record, while events wait | it is made again from the queue, and ends with what is known there |
//! | the record, and nothing waits | nothing: nobody knows its id. The connector is free, and the CSMS sees that by its status |

use alloc::vec;
use alloc::vec::Vec;

use ocpp_types::{CiString, NonEmpty, Payload};

use super::super::per_evse::evse_of;
use super::super::token::{from_wire, to_wire};
use super::super::wire::{
    Evse as WireEvse, Measurand, MeterValue, ReadingContext, SampledValue,
    Transaction as TransactionInfo, TransactionEvent, TransactionEventRequest, TriggerReason,
};
use super::{Details, EvseTransactions};
use crate::station::context::Context;
use crate::station::transaction::Transaction;
use crate::station::vocabulary::{ConnectorId, EvseId, Token, TokenKind};

/// The events of a transaction that wait.
fn events(core: &Context, number: u64) -> Vec<TransactionEventRequest> {
    let messages = core.queue.messages(number);
    let events = messages.filter_map(|(_, text)| TransactionEventRequest::decode(text).ok());
    events.collect()
}

impl EvseTransactions {
    /// Makes up for records and messages that cannot be read any more. Comes before everything else about transactions.
    pub(super) fn salvage(&mut self, core: &mut Context) {
        for number in self.all.unreadable().to_vec() {
            if let Some(transaction) = self.transaction_by_events(core, number) {
                core.changes(self.all.replace_unreadable(number, transaction));
            }
        }
        let numbers: Vec<u64> = self.all.iter().map(|t| t.number).collect();
        for number in numbers {
            self.replace_lost_events(core, number);
        }
    }

    /// What the events that wait say about a transaction.
    fn transaction_by_events(&self, core: &Context, number: u64) -> Option<Transaction<Details>> {
        let events = events(core, number);
        let first = events.first()?;
        let place = events.iter().find_map(|event| event.evse.as_ref());
        // Where it was matters for nothing but its end.
        let at = place.and_then(|place| {
            let index = self.index_of(EvseId::try_from(place.id).ok()?)?;
            let connector = place.connector_id.and_then(|id| u32::try_from(id).ok());
            Some(ConnectorId::new(evse_of(index), connector.unwrap_or(1)))
        });
        let token = events.iter().find_map(|event| event.id_token.as_ref());
        let nobody = Token::of_kind("", TokenKind::NoAuthorization);
        let token = token.map_or(nobody, from_wire);
        let details = Details {
            id: first.transaction_info.transaction_id.as_str().into(),
            place_told: true,
            next_seq: events
                .iter()
                .map(|event| event.seq_no.saturating_add(1))
                .max()
                .unwrap_or(0),
            ..Details::default()
        };
        let mut transaction = Transaction::new(at, token, first.timestamp, details);
        transaction.read_at = events.last().map(|event| event.timestamp);
        let mut kinds = events.iter().map(|event| &event.event_type);
        transaction.ended = kinds.any(|kind| *kind == TransactionEvent::Ended);
        Some(transaction)
    }

    fn replace_lost_events(&mut self, core: &mut Context, number: u64) {
        let Some(place) = core.queue.lost(number) else {
            return;
        };
        let events = events(core, number);
        let Some(transaction) = self.all.get_mut(number) else {
            return;
        };
        // The first event was not delivered if the second one still waits.
        let next = events.iter().map(|event| event.seq_no).min();
        let next = next.unwrap_or(transaction.details.next_seq);
        if next == 1 {
            let started = started(transaction);
            core.replace_lost(place, &started, number);
        }
        let ended = |event: &TransactionEventRequest| event.event_type == TransactionEvent::Ended;
        if transaction.ended && !events.iter().any(ended) {
            // Its end is made again from what the record says of it.
            transaction.ended = false;
            transaction.left = true;
            core.changes(self.all.store(number));
        }
    }
}

/// The first event of a transaction, by its record.
fn started(transaction: &Transaction<Details>) -> TransactionEventRequest {
    let info = TransactionInfo::new(CiString::truncated(&transaction.details.id));
    let someone = !transaction.token.id.is_empty();
    let trigger = if someone {
        TriggerReason::Authorized
    } else {
        TriggerReason::CablePluggedIn
    };
    let kind = TransactionEvent::Started;
    let time = transaction.started;
    let mut event = TransactionEventRequest::new(kind, time, trigger, 0, info);
    event.offline = Some(true);
    event.id_token = someone.then(|| to_wire(&transaction.token));
    // With the meter values goes the place (E01.FR.16).
    let at = transaction.at.filter(|_| transaction.meter_start.is_some());
    event.evse = at.map(|at| {
        let mut place = WireEvse::new(at.evse.into());
        place.connector_id = Some(at.connector.into());
        place
    });
    event.meter_value = transaction.meter_start.and_then(|register| {
        let mut sampled = SampledValue::new(register.into());
        sampled.context = Some(ReadingContext::TransactionBegin);
        sampled.measurand = Some(Measurand::EnergyActiveImportRegister);
        let value = MeterValue::new(NonEmpty::new(vec![sampled]).ok()?, time);
        NonEmpty::new(vec![value]).ok()
    });
    event
}
