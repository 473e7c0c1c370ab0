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

use alloc::borrow::Cow;
use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use ocpp_types::Version;
use serde::{Deserialize, Serialize};

use super::record::aside::version_of;
use super::record::{NO_NUMBER, Record, Records, record, version_text};
use super::transaction;
use crate::session::CallId;
use crate::time::Instant;

const PREFIX: &str = "queue/";

/// A message in the queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Queued {
    /// Its place; also its key.
    #[serde(skip)]
    pub(crate) number: u64,
    /// What it is written in; the queue knows.
    #[serde(with = "version_text")]
    version: Version,
    /// The action.
    pub(crate) action: Cow<'static, str>,
    /// JSON text. The version's logic may complete it when it is sent (the transaction id of 1.6).
    pub(crate) payload: String,
    /// The transaction that it belongs to, by its local number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) transaction: Option<u64>,
    /// Whether it may be left out when there is no room.
    #[serde(default)]
    pub(crate) spare: bool,
    #[serde(skip)]
    pub(crate) attempts: u32,
    #[serde(skip)]
    pub(crate) not_before: Option<Instant>,
}

impl Queued {
    pub(crate) fn new(
        action: &'static str,
        payload: String,
        transaction: Option<u64>,
        spare: bool,
    ) -> Self {
        Self {
            number: 0,
            version: Version::V1_6,
            action: Cow::Borrowed(action),
            payload,
            transaction,
            spare,
            attempts: 0,
            not_before: None,
        }
    }

    /// Whether it concerns transactions: 1.6 section 3.7 counts all meter values among those.
    pub(crate) const fn is_transactional(&self) -> bool {
        self.transaction.is_some() || self.spare
    }

    /// It names the transaction too, for the case that the message itself cannot be read any more.
    fn key(&self) -> String {
        match self.transaction {
            Some(transaction) => format!("{PREFIX}{:020}/{transaction}", self.number),
            None => format!("{PREFIX}{:020}", self.number),
        }
    }
}

/// What the key of a message says of it: its number, and its transaction.
fn read_key(rest: &str) -> Option<(u64, Option<u64>)> {
    let (number, transaction) = match rest.split_once('/') {
        Some((number, transaction)) => (number, Some(transaction.parse().ok()?)),
        None => (rest, None),
    };
    Some((number.parse().ok()?, transaction))
}

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

    /// Puts a message where one was that cannot be read any more.
    pub(crate) fn replace_lost(&mut self, number: u64, mut queued: Queued) -> Option<Change> {
        queued.number = number;
        queued.version = self.version;
        self.lost.retain(|lost| lost.number != number);
        let change = record(queued.key(), &queued).map(Change::Store);
        let at = self.entries.partition_point(|other| other.number < number);
        self.entries.insert(at, queued);
        change
    }

    /// Takes out a spare message whose neighbours in the queue are spare messages of the same transaction, so that
    /// the gaps spread (2.0.1 E04.FR.07); any spare message if there is none like that. Never the first one, nor one that
    /// is under way.
    fn make_room(&mut self) -> Option<Queued> {
        let spare = |queued: Option<&Queued>| queued.is_some_and(|q| q.spare);
        let between = |at: &usize| {
            let same = |other: usize| {
                self.entries.get(other).map(|q| q.transaction)
                    == self.entries.get(*at).map(|q| q.transaction)
            };
            spare(self.entries.get(*at))
                && same(at.wrapping_sub(1))
                && same(at + 1)
                // A gap in the numbers: its neighbour made room before.
                && self.gap(*at) == 0
        };
        let flying = self.flying();
        let free = |at: &usize| self.entries.get(*at).map(|q| q.number) != flying;
        let places = || (1..self.entries.len()).filter(free);
        let any = || places().find(|at| spare(self.entries.get(*at)));
        let at = places().find(between).or_else(any)?;
        self.entries.remove(at)
    }

    fn gap(&self, at: usize) -> u64 {
        let number = |at: usize| self.entries.get(at).map(|q| q.number);
        match (number(at.wrapping_sub(1)), number(at)) {
            (Some(before), Some(this)) => this.saturating_sub(before).saturating_sub(1),
            _ => 0,
        }
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
mod tests {
    use alloc::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    const VERSION: Version = Version::V1_6;

    fn message(transaction: u64, spare: bool) -> Queued {
        Queued::new("MeterValues", "{}".into(), Some(transaction), spare)
    }

    #[test]
    fn when_full_every_second_meter_value_goes_first_and_never_a_start_or_end() {
        let (mut queue, _) = Queue::restore(7, VERSION, &Records::default());
        queue.push(message(1, false));
        for _ in 0..5 {
            queue.push(message(1, true));
        }
        queue.push(message(1, false));
        let mut gone = Vec::new();
        for _ in 0..6 {
            let (_, dropped) = queue.push(message(2, false));
            gone.push(dropped.map(|q| q.number));
        }
        assert_eq!(gone, [Some(1), Some(3), Some(5), Some(2), Some(4), None]);
        assert_eq!(queue.iter().filter(|q| q.transaction == Some(1)).count(), 2);
    }

    #[test]
    fn a_queue_comes_back_in_order_from_its_records() {
        let (mut queue, _) = Queue::restore(100, VERSION, &Records::default());
        let mut records = Vec::new();
        for transaction in 0..12 {
            let (changes, _) = queue.push(message(transaction, false));
            for change in changes {
                if let Change::Store(record) = change {
                    records.push(record);
                }
            }
        }
        records.reverse();
        let (queue, _) = Queue::restore(100, VERSION, &Records::new(records));
        let order: Vec<_> = queue.iter().filter_map(|q| q.transaction).collect();
        assert_eq!(order, (0..12).collect::<Vec<_>>());
        assert_eq!(queue.next, 12);
    }

    /// What happens to a queue.
    #[derive(Debug, Clone, Copy)]
    enum Step {
        /// `None` for what concerns no transaction.
        Push {
            transaction: Option<u64>,
            spare: bool,
        },
        Send,
        Delivered,
        Failed,
        Disconnected,
        PowerCut,
        TimePasses,
    }

    fn step() -> impl Strategy<Value = Step> {
        let push = (0..4u64, any::<bool>());
        prop_oneof![
            6 => push.prop_map(|(transaction, spare)| Step::Push { transaction: Some(transaction), spare }),
            2 => Just(Step::Push { transaction: None, spare: false }),
            4 => Just(Step::Send),
            3 => Just(Step::Delivered),
            1 => Just(Step::Failed),
            1 => Just(Step::Disconnected),
            1 => Just(Step::PowerCut),
            1 => Just(Step::TimePasses),
        ]
    }

    fn store(stored: &mut BTreeMap<String, String>, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            match change {
                Change::Store(record) => drop(stored.insert(record.key, record.value)),
                Change::Remove(key) => drop(stored.remove(&key)),
            }
        }
    }

    /// A message as the model knows it.
    #[derive(Debug, Clone, PartialEq)]
    struct Modelled {
        payload: String,
        spare: bool,
        transactional: bool,
        /// In seconds.
        not_before: u64,
    }

    /// The call that carries whatever is under way.
    const CALL: CallId = CallId::from_raw(1);

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// The model is a list: of each lane messages come out in the order in which they came in, none twice, only spare
        /// ones are ever missing, and a lane waits for nothing but its own failed attempts. What is stored is what is there.
        #[test]
        fn the_queue_is_two_lists_that_lose_spare_messages_only(
            steps in proptest::collection::vec(step(), 0..200),
        ) {
            const MAX: usize = 12;
            let mut stored = BTreeMap::new();
            let (mut queue, _) = Queue::restore(MAX, VERSION, &Records::default());
            let mut model: Vec<Modelled> = Vec::new();
            let mut flying: Option<(u64, String)> = None;
            let mut now = 0;
            for (number, step) in (0u64..).zip(steps) {
                match step {
                    Step::Push { transaction, spare } => {
                        // The payload tells messages apart.
                        let payload = format!("{number}");
                        let queued = Queued::new("Any", payload.clone(), transaction, spare);
                        let transactional = queued.is_transactional();
                        model.push(Modelled { payload, spare, transactional, not_before: 0 });
                        let (changes, dropped) = queue.push(queued);
                        store(&mut stored, changes);
                        if let Some(dropped) = dropped {
                            prop_assert!(dropped.spare, "only spare messages make room");
                            let under_way = flying.as_ref().map(|(_, payload)| payload);
                            prop_assert_ne!(under_way, Some(&dropped.payload));
                            model.retain(|one| one.payload != dropped.payload);
                        }
                    }
                    Step::Send => {
                        let first = |lane: bool| model.iter().position(|one| one.transactional == lane);
                        let due = [first(true), first(false)].into_iter().flatten();
                        let due = due.filter(|at| model[*at].not_before <= now).min();
                        let due = due.filter(|_| flying.is_none());
                        let found = queue.due(Instant::from_millis(now * 1000));
                        let found = found.map(|queued| (queued.number, queued.payload.clone()));
                        let payload = found.as_ref().map(|(_, payload)| payload);
                        prop_assert_eq!(payload, due.map(|at| &model[at].payload));
                        if let Some((number, payload)) = found {
                            queue.sent(number, Some(CALL));
                            flying = Some((number, payload));
                        }
                    }
                    Step::Delivered => {
                        let carried = queue.carried_by(CALL).map(|queued| queued.number);
                        prop_assert_eq!(carried, flying.as_ref().map(|(number, _)| *number));
                        if let Some((number, payload)) = flying.take() {
                            let finished = queue.finish(number);
                            prop_assert_eq!(finished.as_ref().map(|(queued, _)| &queued.payload), Some(&payload));
                            store(&mut stored, finished.map(|(_, change)| change));
                            model.retain(|one| one.payload != payload);
                        }
                    }
                    Step::Failed => {
                        if let Some((number, payload)) = flying.take() {
                            queue.failed(number, |_| Instant::from_millis((now + 5) * 1000));
                            for one in model.iter_mut().filter(|one| one.payload == payload) {
                                one.not_before = now + 5;
                            }
                        }
                    }
                    Step::Disconnected => {
                        queue.disconnected();
                        flying = None;
                    }
                    Step::PowerCut => {
                        let records = stored.iter().map(|(key, value)| Record {
                            key: key.clone(),
                            value: value.clone(),
                        });
                        queue = Queue::restore(MAX, VERSION, &Records::new(records)).0;
                        flying = None;
                        for one in &mut model {
                            one.not_before = 0;
                        }
                    }
                    Step::TimePasses => now += 3,
                }
                let there: Vec<String> = queue.iter().map(|q| q.payload.clone()).collect();
                let expected: Vec<String> = model.iter().map(|one| one.payload.clone()).collect();
                prop_assert_eq!(there, expected);
                prop_assert_eq!(stored.len(), queue.len());
                let spare = model.iter().skip(1).filter(|one| one.spare).count();
                prop_assert!(queue.len() <= MAX || spare <= 1, "full of spare messages");
                prop_assert_eq!(queue.is_full(), queue.len() >= MAX && spare == 0);
            }
        }
    }
}
