//! Transactions, from the decision to start one until the CSMS knows everything about it.
//!
//! A transaction has a local number from the first moment, so that everything about it can be stored and queued before
//! the CSMS has given it an id (1.6) or heard of it (2.x).

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use ocpp_types::{Decimal, Version};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::authorization::same_driver;
use super::context::Context;
use super::meter::{Sample, SamplePurpose};
use super::output::{Output, TransactionNews};
use super::queue::Change;
use super::record::aside::version_of;
use super::record::format::with_member;
use super::record::{NO_NUMBER, Record, Records, record, version_text};
use super::state::TransactionState;
use super::vocabulary::{ConnectorId, EvseId, Token};
use crate::stored;
use crate::time::{DateTime, Instant};

const PREFIX: &str = "transaction/";
/// How often the meter of a running transaction is read and stored at least, whatever the sampling intervals say: after a
/// power cut it is known up to when the transaction went on, and a meter that is silent then costs a minute of energy.
const STORE_METER_EVERY: Duration = Duration::from_secs(60);
/// How often the meter is read while an invalid token has its share: so much longer energy may flow than it should.
const READ_RATION_EVERY: Duration = Duration::from_secs(1);
/// How long a meter that has not answered since the start is asked for the end of a transaction that a restart ends. It may
/// start up more slowly than the station.
const AWAIT_METER: Duration = Duration::from_secs(60);

/// A transaction. `D` is what a version of OCPP wants to know besides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Transaction<D> {
    #[serde(skip)]
    pub(crate) number: u64,
    /// The version of OCPP that it belongs to.
    #[serde(with = "version_text")]
    version: Version,
    /// Where it runs; `None` until that is known (2.x: somebody is authorized before a car is plugged in anywhere).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<ConnectorId>,
    pub(crate) token: Token,
    /// The group (parent) of the token, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<Token>,
    pub(crate) started: DateTime,
    /// Of the energy register, in Wh. `None` until the meter was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) meter_start: Option<Decimal>,
    /// The last known value of the energy register, in Wh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) meter_last: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reservation: Option<i64>,
    /// When its record was written last, on the monotonic clock.
    #[serde(skip)]
    pub(crate) stored_at: Option<Instant>,
    /// When its meter is read for the record.
    #[serde(skip)]
    read_next: Option<Instant>,
    /// Until when the meter is asked for the end.
    #[serde(skip)]
    ask_until: Option<Instant>,
    /// When the meter was read last; in 2.x, if that is later, the time of the last event that was told: until then it is known
    /// to have gone on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) read_at: Option<DateTime>,
    /// Whether no energy is offered because the token turned out to be invalid.
    #[serde(default)]
    pub(crate) suspended: bool,
    /// The energy, in Wh, up to which an invalid token may go on, counted as [`energy`](Self::energy) counts
    /// (`MaxEnergyOnInvalidId`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) energy_limit: Option<Decimal>,
    /// Whether somebody may have changed it who did not say so yet.
    #[serde(skip)]
    touched: bool,
    /// Whether it has ended; then it is only kept until its messages are delivered.
    #[serde(default)]
    pub(crate) ended: bool,
    /// Whether it may not go on after a restart: the station has spoken another version since, or not everything about it
    /// could be read. It ends with what was known of it.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(crate) left: bool,
    pub(crate) details: D,
}

/// What a version wants to know of a transaction.
pub(crate) trait Details: Serialize + DeserializeOwned {
    /// The version.
    const VERSION: Version;
    /// Whether the decision to end it was taken.
    fn is_ending(&self) -> bool;
}

impl<D: Details> Transaction<D> {
    /// A transaction that begins now.
    pub(crate) fn new(
        at: Option<ConnectorId>,
        token: Token,
        started: DateTime,
        details: D,
    ) -> Self {
        Self {
            number: 0,
            version: D::VERSION,
            at,
            token,
            group: None,
            started,
            meter_start: None,
            meter_last: None,
            reservation: None,
            stored_at: None,
            read_next: None,
            ask_until: None,
            read_at: None,
            suspended: false,
            energy_limit: None,
            touched: false,
            ended: false,
            left: false,
            details,
        }
    }
}

impl<D> Transaction<D> {
    /// The EVSE, if it is known.
    pub(crate) fn evse(&self) -> Option<EvseId> {
        self.at.map(|at| at.evse)
    }

    /// The register at the beginning.
    pub(crate) fn begin_at(&mut self, meter: Decimal) {
        self.meter_start = Some(meter);
        self.meter_last = Some(meter);
        // It can have begun before it was known which meter counts.
        self.read_at = self.read_at.max(Some(self.started));
    }

    /// Whether to ask a meter once more that has not answered since the start.
    pub(crate) fn asks_again(&mut self, now: Instant) -> bool {
        now < *self.ask_until.get_or_insert(now + AWAIT_METER)
    }

    /// The token turned out to be invalid: it may have so much energy altogether.
    pub(crate) fn limit_energy(&mut self, limit: Decimal) {
        self.energy_limit = Some(limit);
        self.read_next = None;
        self.suspended = limit <= self.energy().unwrap_or(Decimal::ZERO);
    }

    /// How often its meter is read for the record (E05.FR.03, C15.FR.07: for the limit too).
    const fn read_every(&self) -> Duration {
        if self.energy_limit.is_some() && !self.suspended {
            READ_RATION_EVERY
        } else {
            STORE_METER_EVERY
        }
    }

    /// The energy delivered so far, in Wh.
    pub(crate) fn energy(&self) -> Option<Decimal> {
        let energy = self.meter_last?.0.checked_sub(self.meter_start?.0)?;
        Some(Decimal(energy))
    }

    /// What a look inside shows of it.
    pub(crate) fn state(&self, id: Option<String>) -> TransactionState {
        TransactionState {
            number: self.number,
            id,
            started: self.started,
            meter_start: self.meter_start,
        }
    }

    /// Tells displays and logs that it has begun.
    pub(crate) fn began(&self, id: Option<String>) -> Output {
        let meter = self.meter_start;
        self.news(id, TransactionNews::Began { meter })
    }

    /// Tells displays and logs that it has ended.
    pub(crate) fn over(&self, id: Option<String>, reason: &str) -> Output {
        let energy = self.energy();
        let reason = reason.into();
        self.news(id, TransactionNews::Ended { reason, energy })
    }

    /// Something to tell displays and logs.
    pub(crate) fn news(&self, id: Option<String>, news: TransactionNews) -> Output {
        Output::Transaction {
            at: self.at,
            id,
            token: self.token.clone(),
            news,
        }
    }

    /// Whether this token, or another of its group, may stop it.
    pub(crate) fn belongs_to(&self, token: &Token, group: Option<&Token>) -> bool {
        let own = (&self.token, self.group.as_ref());
        same_driver(own, (token, group))
    }
}

/// The transactions that are running or not yet reported in full.
#[derive(Debug)]
pub(crate) struct Transactions<D> {
    all: Vec<Transaction<D>>,
    /// Those of another version, whose records are kept.
    others: Vec<u64>,
    /// Those whose records cannot be read.
    unreadable: Vec<u64>,
    /// Those that may have changed.
    touched: Vec<u64>,
    next: u64,
}

impl<D: Details> Transactions<D> {
    /// Reads the transactions back. Running ones of another version must not go on when that is spoken again, since others
    /// charge here meanwhile: the changes say so.
    pub(crate) fn restore(core: &mut Context, records: &Records) -> Self {
        let mut this = Self {
            all: Vec::new(),
            others: Vec::new(),
            unreadable: Vec::new(),
            touched: Vec::new(),
            next: 0,
        };
        for (key, text) in records.texts(PREFIX) {
            let number = key.strip_prefix(PREFIX).and_then(|rest| rest.parse().ok());
            let Some(number) = number else {
                records.reject(key, NO_NUMBER);
                continue;
            };
            this.next = this.next.max(u64::saturating_add(number, 1));
            if version_of(text).is_some_and(|other| other != D::VERSION.as_str()) {
                this.others.push(number);
                core.changes(leave(key, text));
                continue;
            }
            match records.get_partly::<Transaction<D>>(key) {
                Some((mut transaction, whole)) => {
                    transaction.number = number;
                    transaction.left |= !whole;
                    this.insert(transaction);
                    if !whole {
                        core.changes(this.store(number));
                    }
                }
                None => this.unreadable.push(number),
            }
        }
        // The queue may still name numbers of transactions whose records are gone.
        let queued = core.queue.taken_numbers().max();
        this.next = this
            .next
            .max(queued.map_or(0, |number| number.saturating_add(1)));
        this
    }

    /// The transactions whose records cannot be read.
    pub(crate) fn unreadable(&self) -> &[u64] {
        &self.unreadable
    }

    /// Whether a number is that of a transaction of another version.
    pub(crate) fn is_of_other_version(&self, number: u64) -> bool {
        self.others.contains(&number)
    }

    /// Puts a transaction in the place of one whose record cannot be read. It does not go on.
    pub(crate) fn replace_unreadable(
        &mut self,
        number: u64,
        mut transaction: Transaction<D>,
    ) -> Option<Change> {
        transaction.number = number;
        transaction.left = true;
        self.insert(transaction);
        self.store(number)
    }

    /// The number of the next transaction. No transaction that is not reported in full has it.
    #[cfg_attr(not(feature = "v2_0_1"), allow(dead_code))]
    pub(crate) const fn next_number(&self) -> u64 {
        self.next
    }

    /// Adds a transaction; it gets its number.
    pub(crate) fn add(&mut self, mut transaction: Transaction<D>) -> (u64, Option<Change>) {
        let number = self.next;
        transaction.number = number;
        self.next = self.next.saturating_add(1);
        self.all.push(transaction);
        (number, self.store(number))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Transaction<D>> {
        self.all.iter()
    }

    pub(crate) fn get(&self, number: u64) -> Option<&Transaction<D>> {
        self.all.get(self.position(number)?)
    }

    fn insert(&mut self, transaction: Transaction<D>) {
        let number = transaction.number;
        let at = self.all.partition_point(|other| other.number < number);
        self.all.insert(at, transaction);
    }

    /// They are in the order of their numbers.
    fn position(&self, number: u64) -> Option<usize> {
        self.all.binary_search_by_key(&number, |t| t.number).ok()
    }

    /// Touches the transaction.
    pub(crate) fn get_mut(&mut self, number: u64) -> Option<&mut Transaction<D>> {
        let at = self.position(number)?;
        let transaction = self.all.get_mut(at)?;
        if !core::mem::replace(&mut transaction.touched, true) {
            self.touched.push(number);
        }
        Some(transaction)
    }

    /// The transactions that may have changed since the last time.
    #[cfg_attr(not(feature = "v2_0_1"), allow(dead_code))]
    pub(crate) fn take_touched(&mut self) -> Vec<u64> {
        for number in &self.touched {
            let at = self.position(*number);
            if let Some(transaction) = at.and_then(|at| self.all.get_mut(at)) {
                transaction.touched = false;
            }
        }
        core::mem::take(&mut self.touched)
    }

    /// The record of a transaction as it is now.
    pub(crate) fn store(&self, number: u64) -> Option<Change> {
        let transaction = self.get(number)?;
        record(key(number), transaction).map(Change::Store)
    }

    /// Whether energy may flow in a transaction.
    fn is_running(transaction: &Transaction<D>) -> bool {
        transaction.meter_start.is_some() && !transaction.ended && !transaction.details.is_ending()
    }

    /// Reads the meters of running transactions that were not read for a while.
    pub(crate) fn read_for_the_record(&mut self, core: &mut Context) {
        let (now, Some(time)) = (core.instant(), core.utc()) else {
            return;
        };
        for transaction in self.all.iter_mut().filter(|t| Self::is_running(t)) {
            let later = now + transaction.read_every();
            let next = transaction.read_next.get_or_insert(later);
            if *next <= now {
                *next = later;
                core.sample(Sample {
                    purpose: SamplePurpose::Record,
                    at: transaction.at,
                    transaction: Some(transaction.number),
                    time,
                });
            }
        }
    }

    /// A reading for the record has come. Those that come often are stored as often as others.
    pub(crate) fn read_for_record(&mut self, core: &mut Context, number: u64) {
        let often = self
            .get(number)
            .is_some_and(|t| t.read_every() < STORE_METER_EVERY);
        self.note_meter(core, number, !often);
    }

    /// When [`read_for_the_record`](Self::read_for_the_record) has something to do.
    pub(crate) fn next_reading(&self) -> Option<Instant> {
        let running = self.all.iter().filter(|t| Self::is_running(t));
        running.filter_map(|t| t.read_next).min()
    }

    /// Keeps the last reading with a transaction, and stores it now and then, for the case of a power cut. Ends the energy
    /// of an invalid token that has had its share.
    pub(crate) fn note_meter(&mut self, core: &mut Context, number: u64, store: bool) {
        let Some((transaction, utc)) = self.get_mut(number).zip(core.utc()) else {
            return;
        };
        if transaction.meter_start.is_none() || transaction.details.is_ending() {
            return;
        }
        let register = transaction
            .evse()
            .and_then(|evse| core.meters.last(evse).energy_wh());
        if register.is_some() && register >= transaction.meter_last {
            transaction.meter_last = register;
        }
        transaction.read_at = Some(utc);
        let now = core.instant();
        transaction.read_next = Some(now + transaction.read_every());
        let stored_at = *transaction.stored_at.get_or_insert(now);
        let mut store = store || now.saturating_since(stored_at) >= STORE_METER_EVERY;
        let used = transaction.energy().unwrap_or(Decimal::ZERO);
        if !transaction.suspended && transaction.energy_limit.is_some_and(|limit| used >= limit) {
            transaction.suspended = true;
            transaction.read_next = Some(now + STORE_METER_EVERY);
            store = true;
        }
        if store {
            transaction.stored_at = Some(now);
            core.changes(self.store(number));
        }
    }

    pub(crate) fn remove(&mut self, number: u64) -> Option<Change> {
        let at = self.position(number)?;
        self.all.remove(at);
        self.touched.retain(|touched| *touched != number);
        Some(Change::Remove(key(number)))
    }
}

/// The key of the record of a transaction.
pub(super) fn key(number: u64) -> String {
    format!("{PREFIX}{number:020}")
}

/// Notes in the record of a transaction of another version that it must not go on.
fn leave(key: &str, text: &str) -> Option<Change> {
    #[derive(Deserialize)]
    struct State {
        #[serde(default)]
        ended: bool,
        #[serde(default)]
        left: bool,
    }
    let state: State = stored::read(text).partly()?;
    if state.ended || state.left {
        return None;
    }
    let value = with_member(text, "\"left\":true")?;
    let key = String::from(key);
    Some(Change::Store(Record { key, value }))
}
