//! The queue against a model of two lists.

#![allow(clippy::unwrap_used)]

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

/// 2.0.1 E04.FR.08: two transactions at once are thinned alike, and neither from its start.
#[test]
fn transactions_that_take_turns_make_room_alike() {
    let mut stored = BTreeMap::new();
    let (mut queue, _) = Queue::restore(12, VERSION, &Records::default());
    let mut gone = Vec::new();
    let mut push = |queue: &mut Queue, transaction, spare| {
        let (changes, dropped) = queue.push(message(transaction, spare));
        store(&mut stored, changes);
        *queue = restored(&stored, 12);
        gone.extend(dropped.map(|dropped| dropped.number));
    };
    for transaction in [1, 2] {
        push(&mut queue, transaction, false);
    }
    for _ in 0..5 {
        for transaction in [1, 2] {
            push(&mut queue, transaction, true);
        }
    }
    for _ in 0..4 {
        push(&mut queue, 1, true);
    }
    // 0 and 1 are the begins, even numbers are of the first transaction, odd ones of the second.
    assert_eq!(gone, [2, 3, 6, 7]);
}

/// A queue over a power cut.
fn restored(stored: &BTreeMap<String, String>, max: usize) -> Queue {
    let records = stored.iter().map(|(key, value)| Record {
        key: key.clone(),
        value: value.clone(),
    });
    Queue::restore(max, VERSION, &Records::new(records)).0
}

#[test]
fn messages_of_an_earlier_program_are_thinned_evenly_too() {
    let (mut queue, _) = Queue::restore(6, VERSION, &Records::default());
    let mut stored = BTreeMap::new();
    for spare in [false, true, true, true, true, true] {
        store(&mut stored, queue.push(message(1, spare)).0);
    }
    for text in stored.values_mut() {
        let mut value: serde_json::Value = serde_json::from_str(text).unwrap();
        value.as_object_mut().unwrap().remove("place").unwrap();
        *text = value.to_string();
    }
    let mut queue = restored(&stored, 6);
    let mut next = || queue.push(message(1, true)).1.map(|dropped| dropped.number);
    assert_eq!([next(), next()], [Some(1), Some(3)]);
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
                    queue = restored(&stored, MAX);
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

    /// 2.0.1 E04.FR.08, E11.FR.05, E12.FR.05, against a list that knows all gaps: what makes room leaves the least gap in
    /// its transaction, of several it is the oldest, and the ends of a transaction go last, whatever is delivered meanwhile
    /// and however often the power is cut.
    #[test]
    fn gaps_spread_over_each_transaction(
        pushes in proptest::collection::vec((0..3u64, 0..6u8, 0..10u8), 0..150),
    ) {
        const MAX: usize = 16;
        let mut stored = BTreeMap::new();
        let mut queue = restored(&stored, MAX);
        // What is there: its number, its transaction, how many of its transaction came before it, and whether it is spare.
        let mut there: Vec<(u64, u64, u64, bool)> = Vec::new();
        for (transaction, kind, mishap) in pushes {
            let spare = kind > 0;
            let before = there.clone();
            let number = queue.next;
            let newest = there.iter().rev().find(|one| one.1 == transaction);
            there.push((number, transaction, newest.map_or(0, |newest| newest.2 + 1), spare));
            let (changes, dropped) = queue.push(message(transaction, spare));
            store(&mut stored, changes);
            let gap = |at: usize| {
                let (_, of, _, _) = before[at];
                let place = |one: &(u64, u64, u64, bool)| (one.1 == of).then_some(one.2);
                let last = before[..at].iter().rev().find_map(place)?;
                Some(before[at + 1..].iter().find_map(place)? - last)
            };
            let spares = (1..before.len()).filter(|at| before[*at].3);
            let wanted = spares.min_by_key(|at| (gap(*at).is_none(), gap(*at), *at));
            let wanted = wanted.filter(|_| before.len() >= MAX).map(|at| before[at].0);
            let full = before.len() >= MAX && wanted.is_none() && spare;
            let wanted = wanted.or(full.then_some(number));
            prop_assert_eq!(dropped.as_ref().map(|dropped| dropped.number), wanted);
            match full {
                true => drop(there.pop()),
                false => there.retain(|one| Some(one.0) != wanted),
            }
            match mishap {
                0 => queue = restored(&stored, MAX),
                1..3 if !there.is_empty() => {
                    let finished = queue.finish(there.remove(0).0);
                    store(&mut stored, finished.map(|(_, change)| change));
                }
                _ => {}
            }
        }
    }
}
