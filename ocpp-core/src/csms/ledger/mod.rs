//! The transactions of one station, whichever way the messages of a version tell of them.
//!
//! A ledger takes messages as they come: late, twice, out of order, after others were lost, written offline. What it knows
//! in the end depends on which messages came, not on their order. Its rules:
//!
//! - A **closed** transaction stays closed. Nothing of it that is known changes; a message that was late fills in what was
//!   missing, and the bill is told once more. An end with other contents is not taken, but kept, and noted on the bill.
//!   Somebody else's word, the operator's for example, gives way to the end of the station.
//! - A **repeated** message changes nothing: in 2.x one with a sequence number that has arrived, in 1.6 the same begin of a
//!   transaction that is open or in which energy was charged, the same end. The end of an open transaction is never one, whatever
//!   its number. Of transactions that have left memory, small records lead from the first message to the number
//!   ([`Begin::origin`], [`Event::origin`], [`Stop::origin`]), and [`recall`](Ledger::recall) takes them back.
//! - An **unknown end** is a transaction of its own, without begin: energy was charged.
//! - A transaction whose **end is lost** does not hold its token for ever. When a later transaction begins at the same EVSE,
//!   its connector becomes available or the station boots, it is *presumed over*: it stays open for its end, which may wait
//!   in the station's queue, but no longer counts as running. `GetTransactionStatus` or the operator close it
//!   ([`close`](Ledger::close)).
//! - Whatever could make a bill wrong stands on it as a [`Warning`].
//!
//! Nothing is forgotten here that is not stored: each change comes out of [`changes`](Ledger::changes) as records, and is
//! undone by [`roll_back`](Ledger::roll_back) if they could not be stored. Closed transactions leave memory when more than
//! [`Limits::closed`] are there; their records stay, under numbers that are never used twice.

mod apply;
mod index;
mod message;
mod model;
mod origin;
mod over;
mod prices;
mod record;
mod sequence;

#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;

use ocpp_types::{DateTime, Decimal};

use super::TransactionId;

pub use index::{index_time, index_token, is_index_key};
pub use message::{Begin, Event, Moment, Stop};
pub use model::{
    Bill, Contradiction, End, EndedBy, IdToken, Outside, Presumption, Sample, SignedValue,
    Transaction, Warning,
};
pub use origin::{closed_key, id_origin, is_origin_key, names_token};
pub use prices::Prices;
pub use record::{Key, RecordChange, is_open_key};
pub use sequence::Sequence;

use apply::{apply, complete, empty, note_last, number, resume, runs_backwards, same_id, take_end};
use message::fingerprint;

/// How many messages with meter values are remembered to know one that comes once more.
const LAST_SAMPLES: usize = 4;

/// How much a ledger holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most transactions that are open at a time; further ones are refused unless one is presumed over. Default: 64.
    pub open: usize,
    /// How many closed transactions are kept in memory to recognise late and repeated messages. Default: 4.
    pub closed: usize,
    /// How many messages with meter values are kept of a transaction. Default: 20,000. Further ones only count for the register.
    pub meter_records: u32,
    /// How many messages with meter values outside of transactions are kept, the newest ones. Default: 1,000.
    pub outside_records: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            open: 64,
            closed: 4,
            meter_records: 20_000,
            outside_records: 1_000,
        }
    }
}

/// The station has as many open transactions as the ledger takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the station has too many open transactions")]
pub struct Full;

/// What a message changed.
#[derive(Debug, Clone, PartialEq)]
pub enum Happening {
    /// A transaction began, or the first message of it arrived.
    Began(u64),
    /// Something else became known of it.
    Changed(u64),
    /// It counts as over although its end has not arrived: it holds its token no more.
    PresumedOver(u64, Presumption),
    /// It runs after all.
    Resumed(u64),
    /// It ended.
    Ended(Bill),
    /// A message of a closed transaction arrived late; the bill is better now.
    Completed(Bill),
    /// A closed transaction was told another end, which is not taken.
    Contradicted {
        /// The transaction.
        reference: u64,
        /// The time of that end.
        at: DateTime,
        /// The register of that end in Wh.
        meter: Option<Decimal>,
    },
}

/// The transactions of one station. See the [module documentation](self).
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    limits: Limits,
    /// The open ones and the last closed ones.
    all: BTreeMap<u64, Box<Transaction>>,
    /// What was there before the changes that are not committed.
    undo: BTreeMap<u64, Option<Box<Transaction>>>,
    meters: Vec<(u64, u32, Vec<Sample>)>,
    /// Readings outside of transactions, by their places.
    outside: Vec<(u64, Outside)>,
    happenings: VecDeque<Happening>,
    /// What the clock of the CSMS says.
    now: Option<DateTime>,
    /// Closed ones that were taken back into memory, the last ones.
    recalled: VecDeque<u64>,
}

impl Ledger {
    /// An empty ledger.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// What the clock of the CSMS says, for the times of reception.
    pub const fn set_time(&mut self, now: DateTime) {
        self.now = Some(now);
    }

    /// The transactions in memory, oldest first: the open ones and the last closed ones.
    pub fn transactions(&self) -> impl Iterator<Item = &Transaction> {
        self.all.values().map(|transaction| &**transaction)
    }

    /// The transactions whose end has not arrived, oldest first.
    pub fn open(&self) -> impl Iterator<Item = &Transaction> {
        self.transactions()
            .filter(|transaction| transaction.is_open())
    }

    /// A transaction in memory.
    #[must_use]
    pub fn transaction(&self, reference: u64) -> Option<&Transaction> {
        self.all.get(&reference).map(|transaction| &**transaction)
    }

    /// The transaction that the station calls so: an open one before closed ones, later ones before earlier ones.
    #[must_use]
    pub fn find(&self, id: &TransactionId) -> Option<&Transaction> {
        let same = |transaction: &&Transaction| same_id(&transaction.transaction_id, id);
        let open = self.open().filter(same).last();
        open.or_else(|| self.transactions().filter(same).last())
    }

    /// The next thing that the messages changed.
    pub fn poll(&mut self) -> Option<Happening> {
        self.happenings.pop_front()
    }

    /// The transaction that this begin has begun before: the message is repeated. A closed one counts if energy was charged: the
    /// register has moved since then, so no later transaction begins like it.
    #[must_use]
    pub fn begun(&self, begin: &Begin) -> Option<&Transaction> {
        let same = |transaction: &&Transaction| {
            transaction.evse == begin.connector
                && transaction.started_at == Some(begin.at)
                && transaction.meter_start == Some(begin.meter)
                && transaction
                    .id_token
                    .as_ref()
                    .is_some_and(|token| token.matches(&begin.id_token))
        };
        let charged = |transaction: &&Transaction| {
            let stop = transaction.meter_stop.or(transaction.meter_last);
            !transaction.is_open() && stop.is_some_and(|stop| Some(stop) != transaction.meter_start)
        };
        let open = self.open().find(same);
        open.or_else(|| self.transactions().filter(charged).find(same))
    }

    /// The begin of a transaction in 1.6, which is none of those that are known ([`begun`](Self::begun)). `reference` becomes
    /// its id.
    ///
    /// # Errors
    ///
    /// [`Full`]; nothing has changed then.
    pub fn begin(&mut self, reference: u64, begin: &Begin) -> Result<(), Full> {
        self.make_room(begin.at)?;
        let mut transaction = empty(reference, number(reference), begin.at);
        transaction.evse = begin.connector;
        transaction.id_token = Some(begin.id_token.clone());
        transaction.token_from = Some(0);
        transaction.started_at = Some(begin.at);
        transaction.meter_start = Some(begin.meter);
        transaction.reservation = begin.reservation;
        transaction.energy_before = self.energy_before(begin.connector, begin.at, begin.meter);
        self.add(transaction);
        Ok(())
    }

    /// Whether this end belongs to a transaction in memory, so that no new number is needed for it.
    #[must_use]
    pub fn knows_stop(&self, stop: &Stop) -> bool {
        self.stopped(stop).is_some()
    }

    fn stopped(&self, stop: &Stop) -> Option<u64> {
        let id = TransactionId::Number(stop.transaction_id);
        let found = self.find(&id)?;
        let same = found.end.as_ref().is_some_and(|end| end.at == stop.at)
            && found.meter_stop == Some(stop.meter);
        (!found.has_made_up_id() || same).then_some(found.reference)
    }

    /// The end of a transaction in 1.6. One that nobody knows becomes a transaction without begin under `reference`, which is
    /// needed only if the end is not [known](Self::knows_stop).
    pub fn stop(&mut self, reference: Option<u64>, stop: &Stop) {
        let known = self.stopped(stop);
        let Some(reference) = known.or(reference) else {
            return;
        };
        if known.is_none() {
            let mut unknown = empty(
                reference,
                TransactionId::Number(stop.transaction_id),
                stop.at,
            );
            unknown.id_token.clone_from(&stop.id_token);
            self.add(unknown);
        }
        let Some(transaction) = self.all.get(&reference) else {
            return;
        };
        if transaction.is_ended_by_station() {
            let other = Contradiction {
                at: stop.at,
                meter: Some(stop.meter),
                reason: stop.reason.clone(),
            };
            self.contradict(reference, other, &stop.samples);
            return;
        }
        self.keep_samples(reference, &stop.samples);
        self.change(reference, |transaction| {
            transaction.end = Some(End {
                at: stop.at,
                reason: stop.reason.clone(),
                by: EndedBy::Station,
            });
            transaction.backwards |= transaction
                .meter_last
                .is_some_and(|last| runs_backwards(last, stop.meter));
            transaction.meter_stop = Some(stop.meter);
            if transaction.id_token.is_none() {
                transaction.id_token.clone_from(&stop.id_token);
            }
        });
    }

    /// Readings during a transaction in 1.6. `None`: no such transaction is in memory, and nothing has changed.
    pub fn metered(&mut self, id: i64, samples: &[Sample]) -> Option<u64> {
        let transaction = self.find(&TransactionId::Number(id))?;
        if transaction.has_made_up_id() {
            return None;
        }
        let reference = transaction.reference;
        self.keep_samples(reference, samples);
        let last = samples.iter().rev().find_map(|sample| {
            let wh = sample.energy_wh()?;
            Some((sample.at.unix_millis(), wh))
        });
        self.change(reference, |transaction| {
            if transaction.is_ended_by_station() {
                return;
            }
            if let Some((from, wh)) = last {
                note_last(transaction, from, wh);
            }
            if transaction.is_open() {
                resume(transaction);
            }
        });
        Some(reference)
    }

    /// Readings outside of transactions (J01, 1.6 section 4.7). `number` counts such messages of the station; the newest
    /// [`Limits::outside_records`] are kept.
    pub fn metered_outside(&mut self, number: u64, evse: i64, samples: &[Sample]) {
        if let Some(place) = number.checked_rem(self.limits.outside_records)
            && !samples.is_empty()
        {
            let samples = samples.to_vec();
            self.outside.push((place, Outside { evse, samples }));
        }
    }

    /// Whether this message belongs to a transaction in memory, so that no new number is needed for it.
    #[must_use]
    pub fn knows_event(&self, event: &Event) -> bool {
        self.belongs_to(event).is_some()
    }

    /// The transaction in memory that a message of 2.x is about.
    pub(in crate::csms) fn belongs_to(&self, event: &Event) -> Option<&Transaction> {
        let id = TransactionId::Text(event.transaction_id.clone());
        let found = self.find(&id)?;
        if event.moment != Moment::Started {
            return Some(found);
        }
        let same = |other: &&Transaction| {
            same_id(&other.transaction_id, &id) && other.started_at == Some(event.at)
        };
        if let Some(repeated) = self.transactions().filter(same).last() {
            return Some(repeated);
        }
        // A begin at another time is that of another transaction, whatever the clock says: the station uses the id again.
        let has_begun = found.started_at.is_some();
        let seen = found.sequence.contains(event.seq_no);
        let again = if found.is_open() {
            has_begun && seen
        } else {
            has_begun || seen
        };
        (!again).then_some(found)
    }

    /// A message about a transaction in 2.x. `reference` is the number of a transaction that begins with it, and is needed only
    /// if the message is not of one that is [known](Self::knows_event). Gives the number of the transaction.
    ///
    /// # Errors
    ///
    /// [`Full`]; nothing has changed then.
    pub fn event(&mut self, reference: Option<u64>, event: &Event) -> Result<Option<u64>, Full> {
        let known = self.belongs_to(event).map(|found| found.reference);
        let Some(reference) = known.or(reference) else {
            return Ok(None);
        };
        if known.is_none() {
            self.make_room(event.at)?;
            let id = TransactionId::Text(event.transaction_id.clone());
            let used_before = self.find(&id).is_some();
            let mut transaction = empty(reference, id, event.at);
            transaction.id_used_before = used_before;
            transaction.evse = event.evse.unwrap_or(0);
            apply(&mut transaction, event);
            if let Some(meter) = transaction.meter_start {
                transaction.energy_before = self.energy_before(transaction.evse, event.at, meter);
            }
            let end = transaction.end.take();
            self.add(transaction);
            self.keep_samples(reference, &event.samples);
            if end.is_some() {
                self.change(reference, |transaction| transaction.end = end);
            }
            return Ok(Some(reference));
        }
        let Some(transaction) = self.all.get(&reference) else {
            return Ok(None);
        };
        let ends = event.moment == Moment::Ended;
        if transaction.sequence.contains(event.seq_no) && !ends {
            // It comes once more.
            return Ok(Some(reference));
        }
        if transaction.is_ended_by_station() {
            // Nothing follows the end but what was late.
            if ends || transaction.end_seq_no.is_some_and(|end| event.seq_no > end) {
                let other = Contradiction {
                    at: event.at,
                    meter: event.end_register(),
                    reason: event.stop_reason.clone().unwrap_or_default(),
                };
                self.contradict(reference, other, &event.samples);
                return Ok(Some(reference));
            }
        }
        if !transaction.is_open() {
            self.keep_samples(reference, &event.samples);
            self.change(reference, |transaction| {
                complete(transaction, event);
                // The station knows its end better than whoever closed it.
                if ends {
                    take_end(transaction, event);
                }
            });
            return Ok(Some(reference));
        }
        let evse_was_known = transaction.evse != 0;
        self.keep_samples(reference, &event.samples);
        self.change(reference, |transaction| {
            apply(transaction, event);
            if !event.offline {
                resume(transaction);
            }
        });
        if !evse_was_known {
            self.presume_at(reference);
        }
        Ok(Some(reference))
    }

    fn add(&mut self, mut transaction: Transaction) {
        transaction.received_at = self.now;
        let reference = transaction.reference;
        self.keep(reference);
        self.all.insert(reference, Box::new(transaction));
        self.happenings.push_back(Happening::Began(reference));
        self.presume_at(reference);
    }

    /// Keeps what a transaction is now, so that it can be put back.
    pub(super) fn keep(&mut self, reference: u64) {
        if !self.undo.contains_key(&reference) {
            let now = self.all.get(&reference).cloned();
            self.undo.insert(reference, now);
        }
    }

    /// Changes a transaction and tells what that means.
    pub(super) fn change(&mut self, reference: u64, change: impl FnOnce(&mut Transaction)) {
        let Some(transaction) = self.all.get_mut(&reference) else {
            return;
        };
        let before = transaction.clone();
        change(transaction);
        if *transaction == before {
            return;
        }
        if transaction.end != before.end {
            transaction.end_received_at = self.now;
        }
        self.note_overlap(reference);
        let Some(transaction) = self.all.get(&reference) else {
            return;
        };
        let happening = match (&before.end, &transaction.end) {
            (None, Some(_)) => Happening::Ended(transaction.bill()),
            (Some(_), _) => Happening::Completed(transaction.bill()),
            (None, None) => match (before.presumed_over, transaction.presumed_over) {
                (None, Some(why)) => Happening::PresumedOver(reference, why),
                (Some(_), None) => Happening::Resumed(reference),
                _ => Happening::Changed(reference),
            },
        };
        let ended = transaction.end != before.end || transaction.meter_stop != before.meter_stop;
        self.happenings.push_back(happening);
        self.undo.entry(reference).or_insert(Some(before));
        if ended {
            self.energy_after(reference);
        }
    }

    pub(super) fn keep_samples(&mut self, reference: u64, samples: &[Sample]) {
        let limit = self.limits.meter_records;
        let Some(transaction) = self.all.get(&reference) else {
            return;
        };
        if samples.is_empty() || transaction.meter_records >= limit {
            return;
        }
        // A message of 1.6 that comes once more has nothing else to be known by.
        let print = fingerprint(samples);
        if transaction.last_samples.contains(&print) {
            return;
        }
        self.keep(reference);
        if let Some(transaction) = self.all.get_mut(&reference) {
            self.meters
                .push((reference, transaction.meter_records, samples.to_vec()));
            transaction.meter_records = transaction.meter_records.saturating_add(1);
            if transaction.last_samples.len() >= LAST_SAMPLES {
                transaction.last_samples.remove(0);
            }
            transaction.last_samples.push(print);
        }
    }
}
