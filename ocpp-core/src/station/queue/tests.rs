//! The queue against a model of two lists.

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
