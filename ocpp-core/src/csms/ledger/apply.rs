//! What one message changes of one transaction.

use alloc::vec::Vec;

use ocpp_types::{DateTime, Decimal};

use super::{End, EndedBy, Event, IdToken, Moment, Presumption, Prices, Sequence, Transaction};
use crate::csms::{TokenStatus, TransactionId};

pub(super) fn same_id(one: &TransactionId, other: &TransactionId) -> bool {
    match (one, other) {
        // 2.x: identifierString, compared without case.
        (TransactionId::Text(one), TransactionId::Text(other)) => one.eq_ignore_ascii_case(other),
        _ => one == other,
    }
}

pub(super) fn number(reference: u64) -> TransactionId {
    TransactionId::Number(i64::try_from(reference).unwrap_or(i64::MAX))
}

pub(super) fn empty(
    reference: u64,
    transaction_id: TransactionId,
    first_at: DateTime,
) -> Transaction {
    Transaction {
        reference,
        transaction_id,
        evse: 0,
        connector: None,
        id_token: None,
        token_from: None,
        first_at,
        received_at: None,
        started_at: None,
        meter_start: None,
        meter_start_from: None,
        end: None,
        end_received_at: None,
        meter_stop: None,
        meter_last: None,
        meter_last_from: None,
        charging_state: None,
        sequence: Sequence::default(),
        end_seq_no: None,
        remote_start_id: None,
        reservation: None,
        offline: false,
        presumed_over: None,
        meter_records: 0,
        backwards: false,
        energy_before: None,
        prices: Prices::default(),
        refused: None,
        overlaps: false,
        id_used_before: false,
        seq_no_used_twice: false,
        contradicted: false,
        contradictions: Vec::new(),
        last_samples: Vec::new(),
    }
}

pub(super) fn resume(transaction: &mut Transaction) {
    // After a later one at the same EVSE it cannot run.
    if transaction.presumed_over != Some(Presumption::LaterTransaction) {
        transaction.presumed_over = None;
    }
}

pub(super) fn note_last(transaction: &mut Transaction, from: i64, wh: Decimal) {
    if transaction.meter_last_from.is_none_or(|last| from >= last) {
        let before = transaction.meter_last.or(transaction.meter_start);
        transaction.backwards |= before.is_some_and(|before| runs_backwards(before, wh));
        transaction.meter_last = Some(wh);
        transaction.meter_last_from = Some(from);
    }
}

/// Whether a register has gone back. Less than one Wh is rounding: 1.6 tells it as whole Wh at the begin and at the end, and with all its
/// digits in between.
pub(super) fn runs_backwards(before: Decimal, after: Decimal) -> bool {
    let back = before.checked_sub(*after);
    back.is_none_or(|back| back >= rust_decimal::Decimal::ONE)
}

/// What a message of 2.x says of an open transaction. Of two messages that say the same thing, the earlier in the sequence
/// counts for what is true from the begin on, and the later one for what changes.
pub(super) fn apply(transaction: &mut Transaction, event: &Event) {
    let newest = transaction
        .sequence
        .last()
        .is_none_or(|last| event.seq_no > last);
    transaction.seq_no_used_twice |= transaction.sequence.contains(event.seq_no);
    transaction.sequence.insert(event.seq_no);
    transaction.offline |= event.offline;
    fill(transaction, event);
    take_token(transaction, event, |from, rank| rank < from);
    if newest
        && !event.stops
        && let Some((token, status)) = event.id_token.as_ref().zip(event.token_status)
    {
        judge(transaction, token, status);
    }
    if let Some(wh) = event.begin_register()
        && transaction
            .meter_start_from
            .is_none_or(|from| event.seq_no < from)
    {
        transaction.meter_start = Some(wh);
        transaction.meter_start_from = Some(event.seq_no);
    }
    if let Some(wh) = event.last_register() {
        note_last(transaction, event.seq_no, wh);
    }
    transaction.prices.take(&event.prices, newest);
    if newest && event.charging_state.is_some() {
        transaction.charging_state.clone_from(&event.charging_state);
    }
    if event.moment == Moment::Ended {
        take_end(transaction, event);
    }
}

/// The end, as the station tells it.
pub(super) fn take_end(transaction: &mut Transaction, event: &Event) {
    transaction.end = Some(End {
        at: event.at,
        reason: event.stop_reason.clone().unwrap_or_default(),
        by: EndedBy::Station,
    });
    transaction.end_seq_no = Some(event.seq_no);
    transaction.meter_stop = event.end_register();
}

/// What a late message says of a closed transaction: only what nobody knew.
pub(super) fn complete(transaction: &mut Transaction, event: &Event) {
    transaction.seq_no_used_twice |= transaction.sequence.contains(event.seq_no);
    transaction.sequence.insert(event.seq_no);
    transaction.offline |= event.offline;
    transaction
        .prices
        .take(&event.prices, event.moment == Moment::Ended);
    fill(transaction, event);
    // The token of whoever stopped, and one that was refused, stand for a better one only.
    take_token(transaction, event, |from, rank| {
        (from == STOPPED && rank < from) || (from >= REFUSED && rank < REFUSED)
    });
    if transaction.meter_start.is_none()
        && let Some(wh) = event.begin_register()
    {
        transaction.meter_start = Some(wh);
        transaction.meter_start_from = Some(event.seq_no);
    }
    if let Some(wh) = event.last_register() {
        note_last(transaction, event.seq_no, wh);
    }
}

fn fill(transaction: &mut Transaction, event: &Event) {
    if event.moment == Moment::Started && transaction.started_at.is_none() {
        transaction.started_at = Some(event.at);
    }
    if transaction.evse == 0 {
        transaction.evse = event.evse.unwrap_or(0);
    }
    transaction.connector = transaction.connector.or(event.connector);
    transaction.remote_start_id = transaction.remote_start_id.or(event.remote_start_id);
    transaction.reservation = transaction.reservation.or(event.reservation);
}

/// Takes the token of a message if it stands before the one that is known.
fn take_token(
    transaction: &mut Transaction,
    event: &Event,
    is_before: impl FnOnce(i64, i64) -> bool,
) {
    let rank = token_rank(event);
    if let Some(token) = &event.id_token
        && transaction
            .token_from
            .is_none_or(|from| is_before(from, rank))
    {
        transaction.id_token = Some(token.clone());
        transaction.token_from = Some(rank);
        let refused = event.token_status.filter(|_| !event.stops);
        transaction.refused = refused.filter(|status| *status != TokenStatus::Accepted);
    }
}

/// What the CSMS says about a token of an open transaction.
pub(super) fn judge(transaction: &mut Transaction, id_token: &IdToken, status: TokenStatus) {
    let its = transaction.id_token.as_ref();
    if transaction.is_open() && its.is_some_and(|its| its.matches(id_token)) {
        transaction.refused = (status != TokenStatus::Accepted).then_some(status);
    }
}

/// The rank of a token that only stopped a transaction.
const STOPPED: i64 = i64::MAX;

/// The ranks of tokens that the CSMS refused begin here: a transaction is for the first one that was accepted, or else for the first
/// one that was presented.
const REFUSED: i64 = 1 << 40;

fn token_rank(event: &Event) -> i64 {
    let seq_no = event.seq_no.min(REFUSED - 1);
    if event.stops || event.moment == Moment::Ended {
        return STOPPED;
    }
    match event.token_status {
        None | Some(TokenStatus::Accepted) => seq_no,
        Some(_) => REFUSED + seq_no.max(0),
    }
}
