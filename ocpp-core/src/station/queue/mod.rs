//! Messages that must reach the CSMS in order, whatever happens to the connection and the power.
//!
//! 1.6 section 3.7 and 3.7.1; 2.0.1 E04, E13. A message leaves the queue when the CSMS has answered it, or after as
//! many failed attempts as configured (a poisoned message must not block the others for ever).
//!
//! The queue has two lanes. What concerns transactions (meter values are all among it) is delivered in order. All other
//! messages, such as security events, are in order among themselves, and neither lane waits for the other: a CSMS that
//! does not know security events must not delay a transaction.
//!
//! Each message says which version of OCPP it is written in, and is never sent over another one: those of other versions
//! are kept until the station speaks it again.

mod message;

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

use litemap::LiteMap;
use ocpp_types::Version;

use super::record::aside::version_of;
use super::record::{NO_NUMBER, Record, Records, record};
use super::transaction;
use crate::session::CallId;
use crate::time::Instant;

use message::{PREFIX, read_key};

pub(crate) use message::Queued;

/// What a change of the queue wants stored.
#[derive(Debug, PartialEq)]
pub(crate) enum Change {
    Store(Record),
    Remove(String),
}

/// The message that is under way.
#[derive(Debug, Clone, Copy)]
struct InFlight {
    call: CallId,
    number: u64,
}

/// A message of a transaction that was in the queue and cannot be read any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lost {
    /// Where it was.
    number: u64,
    transaction: u64,
}

#[derive(Debug)]
pub(crate) struct Queue {
    version: Version,
    entries: VecDeque<Queued>,
    /// The transactions of messages that are written in another version.
    others: Vec<u64>,
    /// How many messages wait for each of the other versions.
    waiting: Vec<(Version, usize)>,
    lost: Vec<Lost>,
    next: u64,
    max: usize,
    in_flight: Option<InFlight>,
}

impl Queue {
    /// The queue, and what is to be stored anew because a later program has written it.
    pub(crate) fn restore(max: usize, version: Version, records: &Records) -> (Self, Vec<Change>) {
        let mut changes = Vec::new();
        let mut this = Self {
            version,
            entries: VecDeque::new(),
            others: Vec::new(),
            waiting: Vec::new(),
            lost: Vec::new(),
            next: 0,
            max: max.max(1),
            in_flight: None,
        };
        for (key, text) in records.texts(PREFIX) {
            let rest = key.strip_prefix(PREFIX).and_then(read_key);
            let Some((number, transaction)) = rest else {
                records.reject(key, NO_NUMBER);
                continue;
            };
            this.next = this.next.max(number.saturating_add(1));
            // One that does not even say its version is of that of its transaction.
            let own = |transaction| {
                let key = transaction::key(transaction);
                records.text(&key).and_then(version_of)
            };
            let written_in = version_of(text).or_else(|| transaction.and_then(own));
            if let Some(other) = written_in.filter(|other| other != version.as_str()) {
                this.others.extend(transaction);
                this.count_waiting(&other);
                continue;
            }
            // What a later program says besides does not keep a message from going out.
            match records.get_partly::<Queued>(key) {
                Some((mut queued, whole)) => {
                    queued.number = number;
                    // The key says it too.
                    queued.transaction = transaction.or(queued.transaction);
                    let next = this.next_place(queued.transaction);
                    // Earlier programs have stored no places.
                    if queued.place == 0 {
                        queued.place = next;
                    }
                    if !whole {
                        changes.extend(record(queued.key(), &queued).map(Change::Store));
                    }
                    this.entries.push_back(queued);
                }
                None => {
                    let lost = |transaction| Lost {
                        number,
                        transaction,
                    };
                    this.lost.extend(transaction.map(lost));
                }
            }
        }
        (this, changes)
    }

    fn count_waiting(&mut self, version: &str) {
        // What is none of a version that this library knows is shown by nobody, and kept.
        let Ok(version) = version.parse::<Version>() else {
            return;
        };
        match self.waiting.iter_mut().find(|(of, _)| *of == version) {
            Some((_, count)) => *count += 1,
            None => self.waiting.push((version, 1)),
        }
    }

    /// How many messages wait for each of the other versions, until it is spoken again.
    pub(crate) fn waiting(&self) -> &[(Version, usize)] {
        &self.waiting
    }

    /// Where the first message of a transaction was that cannot be read any more.
    pub(crate) fn lost(&self, transaction: u64) -> Option<u64> {
        let mut lost = self.lost.iter();
        let first = lost.find(|lost| lost.transaction == transaction);
        first.map(|lost| lost.number)
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The number of the next message: all that are here have lower ones.
    #[cfg_attr(not(feature = "v2_0_1"), allow(dead_code))]
    pub(crate) const fn next_number(&self) -> u64 {
        self.next
    }

    /// The transactions that have messages here.
    #[cfg_attr(not(feature = "v2_0_1"), allow(dead_code))]
    pub(crate) fn transactions(&self) -> Vec<u64> {
        self.entries.iter().filter_map(|q| q.transaction).collect()
    }

    /// The transactions that have messages here, or had some that cannot be read any more, whatever their version: their
    /// numbers are taken.
    pub(crate) fn taken_numbers(&self) -> impl Iterator<Item = u64> {
        let own = self.entries.iter().filter_map(|q| q.transaction);
        let lost = self.lost.iter().map(|lost| lost.transaction);
        own.chain(self.others.iter().copied()).chain(lost)
    }

    /// Whether a message of this transaction with this action waits.
    pub(crate) fn has_action(&self, transaction: u64, action: &str) -> bool {
        let mut of_it = self
            .entries
            .iter()
            .filter(|q| q.transaction == Some(transaction));
        of_it.any(|q| q.action == action)
    }

    /// Whether a message with this action waits.
    #[cfg(feature = "v2_0_1")]
    pub(crate) fn waits(&self, action: &str) -> bool {
        self.entries.iter().any(|queued| queued.action == action)
    }

    /// How many messages wait that do not concern transactions.
    pub(crate) fn others(&self) -> usize {
        let others = self.entries.iter().filter(|q| !q.is_transactional());
        others.count()
    }

    /// Takes out the oldest message with this action, unless it is under way.
    pub(crate) fn remove_oldest(&mut self, action: &str) -> Option<(Queued, Change)> {
        let flying = self.flying();
        let oldest = |q: &Queued| q.action == action && Some(q.number) != flying;
        let at = self.entries.iter().position(oldest)?;
        let removed = self.entries.remove(at)?;
        let change = Change::Remove(removed.key());
        Some((removed, change))
    }

    fn flying(&self) -> Option<u64> {
        self.in_flight.map(|flying| flying.number)
    }

    /// Whether there is no room, and nothing that could make room.
    pub(crate) fn is_full(&self) -> bool {
        self.entries.len() >= self.max && !self.entries.iter().skip(1).any(|q| q.spare)
    }

    /// Whether a message of this transaction waits.
    pub(crate) fn has(&self, transaction: u64) -> bool {
        self.entries
            .iter()
            .any(|q| q.transaction == Some(transaction))
    }

    /// Actions and payloads of the messages of a transaction, in order.
    pub(crate) fn messages(&self, transaction: u64) -> impl Iterator<Item = (&str, &str)> {
        let all = self.entries.iter();
        all.filter(move |q| q.transaction == Some(transaction))
            .map(|q| (&*q.action, q.payload.as_str()))
    }

    /// The payloads of the messages of a transaction, in order.
    #[cfg_attr(not(feature = "v2_0_1"), allow(dead_code))]
    pub(crate) fn payloads(&self, transaction: u64) -> impl Iterator<Item = &str> {
        let all = self.entries.iter();
        all.filter(move |q| q.transaction == Some(transaction))
            .map(|q| q.payload.as_str())
    }

    /// Adds a message at the end. What had to make room comes back.
    pub(crate) fn push(&mut self, mut queued: Queued) -> (Vec<Change>, Option<Queued>) {
        queued.number = self.next;
        queued.version = self.version;
        queued.place = self.next_place(queued.transaction);
        self.next = self.next.saturating_add(1);
        let mut changes = Vec::new();
        let mut dropped = None;
        if self.entries.len() >= self.max {
            dropped = self.make_room();
            if dropped.is_none() && queued.spare {
                return (changes, Some(queued));
            }
            if let Some(dropped) = &dropped {
                changes.push(Change::Remove(dropped.key()));
            }
        }
        if let Some(record) = record(queued.key(), &queued) {
            changes.push(Change::Store(record));
        }
        self.entries.push_back(queued);
        (changes, dropped)
    }

    /// The place of the next message of a transaction among those of it.
    fn next_place(&self, transaction: Option<u64>) -> u64 {
        let mut newest = self.entries.iter().rev();
        let last = newest.find(|queued| queued.transaction == transaction);
        last.map_or(0, |last| last.place.saturating_add(1))
    }

    /// Puts a message where one was that cannot be read any more.
    pub(crate) fn replace_lost(&mut self, number: u64, mut queued: Queued) -> Option<Change> {
        queued.number = number;
        queued.version = self.version;
        self.lost.retain(|lost| lost.number != number);
        let at = self.entries.partition_point(|other| other.number < number);
        let mut before = self.entries.iter().take(at).rev();
        let before = before.find(|other| other.transaction == queued.transaction);
        queued.place = before.map_or(0, |before| before.place.saturating_add(1));
        let change = record(queued.key(), &queued).map(Change::Store);
        self.entries.insert(at, queued);
        change
    }

    /// Takes out a spare message, so that the gaps spread over each transaction: the one that leaves the least gap between
    /// those before and after it of its transaction, of several the oldest. That is every second one at first, then every
    /// fourth (2.0.1 E04.FR.07, E04.FR.08, E11.FR.04, E11.FR.05, E12.FR.04, E12.FR.05, J02.FR.12, J02.FR.13). What is the
    /// first or the last of its transaction here goes after all others. Never the first one of all, nor one that is under
    /// way.
    fn make_room(&mut self) -> Option<Queued> {
        let flying = self.flying();
        let may_go = |at: usize| {
            let queued = self.entries.get(at);
            at > 0 && queued.is_some_and(|q| q.spare && Some(q.number) != flying)
        };
        // Of each transaction the place of the last message but one, and the last one.
        let mut seen: LiteMap<Option<u64>, (Option<u64>, usize)> = LiteMap::new();
        let mut best: Option<(u64, usize)> = None;
        for (at, queued) in self.entries.iter().enumerate() {
            let mut before = None;
            if let Some((first, middle)) = seen.get(&queued.transaction).copied() {
                before = self.entries.get(middle).map(|queued| queued.place);
                if let Some(first) = first.filter(|_| may_go(middle)) {
                    let gap = queued.place.saturating_sub(first);
                    best = best.into_iter().chain([(gap, middle)]).min();
                }
            }
            seen.insert(queued.transaction, (before, at));
        }
        let at = match best {
            Some((_, at)) => at,
            None => (1..self.entries.len()).find(|at| may_go(*at))?,
        };
        self.entries.remove(at)
    }

    /// The first message of each lane.
    fn firsts(&self) -> impl Iterator<Item = &Queued> {
        let first = |lane: bool| self.entries.iter().find(|q| q.is_transactional() == lane);
        [first(true), first(false)].into_iter().flatten()
    }

    /// The message that is to be sent now: of those that are due, the older one.
    pub(crate) fn due(&self, now: Instant) -> Option<&Queued> {
        if self.in_flight.is_some() {
            return None;
        }
        let due = self
            .firsts()
            .filter(|q| q.not_before.is_none_or(|not_before| not_before <= now));
        due.min_by_key(|q| q.number)
    }

    /// When a message is to be sent next that must wait for now.
    pub(crate) fn next_timeout(&self, now: Instant) -> Option<Instant> {
        if self.in_flight.is_some() {
            return None;
        }
        // What is overdue waits for an event: a connection, or the registration.
        let waiting = self.firsts().filter_map(|q| q.not_before);
        waiting.filter(|at| *at > now).min()
    }

    /// This message is under way.
    pub(crate) fn sent(&mut self, number: u64, call: Option<CallId>) {
        self.in_flight = call.map(|call| InFlight { call, number });
    }

    /// The call that carries a message, if one is under way.
    pub(crate) fn call(&self) -> Option<CallId> {
        self.in_flight.map(|flying| flying.call)
    }

    /// The message that this call carries.
    pub(crate) fn carried_by(&self, call: CallId) -> Option<&Queued> {
        let flying = self.in_flight.filter(|flying| flying.call == call)?;
        self.entries.iter().find(|q| q.number == flying.number)
    }

    /// A message is done with, delivered or not.
    pub(crate) fn finish(&mut self, number: u64) -> Option<(Queued, Change)> {
        self.in_flight.take_if(|flying| flying.number == number);
        let at = self.entries.iter().position(|q| q.number == number)?;
        let queued = self.entries.remove(at)?;
        let change = Change::Remove(queued.key());
        Some((queued, change))
    }

    /// An attempt failed. Says how many have failed so far.
    pub(crate) fn failed(&mut self, number: u64, not_before: impl FnOnce(u32) -> Instant) -> u32 {
        self.in_flight = None;
        let Some(queued) = self.entries.iter_mut().find(|q| q.number == number) else {
            return 0;
        };
        queued.attempts = queued.attempts.saturating_add(1);
        queued.not_before = Some(not_before(queued.attempts));
        queued.attempts
    }

    /// The connection is gone: the message under way counts as not sent.
    pub(crate) fn disconnected(&mut self) {
        self.in_flight = None;
    }

    #[cfg(test)]
    fn iter(&self) -> impl Iterator<Item = &Queued> {
        self.entries.iter()
    }
}

#[cfg(test)]
mod tests;
