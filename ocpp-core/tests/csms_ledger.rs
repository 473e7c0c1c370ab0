//! The ledger of a CSMS against a naive model: messages in any order, repeated, lost, with stores that fail and restarts in
//! between. What is known in the end depends on which messages were stored, and on nothing else.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use ocpp_core::csms::TransactionId;
use ocpp_core::csms::ledger::{
    Begin, Event, IdToken, Ledger, Limits, Moment, Prices, Sample, Stop, Transaction, Warning,
};
use ocpp_core::time::DateTime;
use proptest::prelude::*;

fn at(seconds: i64) -> DateTime {
    let begin: DateTime = "2024-05-15T12:00:00Z".parse().unwrap();
    begin.saturating_add_millis(seconds * 1000)
}

fn wh(at: DateTime, value: i64) -> Sample {
    Sample {
        at,
        value: value.to_string(),
        measurand: None,
        context: None,
        phase: None,
        location: None,
        unit: None,
        multiplier: None,
        signed: None,
    }
}

/// A ledger with its disk.
struct Csms {
    ledger: Ledger,
    disk: BTreeMap<String, String>,
    next: u64,
}

impl Csms {
    fn new() -> Self {
        Self {
            ledger: Ledger::new(limits()),
            disk: BTreeMap::new(),
            next: 1,
        }
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Stores what has changed; `false` if the disk fails.
    fn store(&mut self, fails: bool) -> bool {
        if fails {
            self.ledger.roll_back();
            return false;
        }
        for change in self.ledger.changes() {
            match change.record {
                Some(record) => self.disk.insert(change.key, record),
                None => self.disk.remove(&change.key),
            };
        }
        self.ledger.commit();
        while self.ledger.poll().is_some() {}
        true
    }

    fn restart(&mut self) {
        self.ledger = Ledger::new(limits());
        for (key, record) in &self.disk {
            self.ledger.restore(key, record).unwrap();
        }
    }

    fn records(&self) -> Vec<Transaction> {
        let records = self
            .disk
            .iter()
            .filter(|(key, _)| key.starts_with("open/") || key.starts_with("closed/"));
        records
            .map(|(_, record)| serde_json::from_str(record).unwrap())
            .collect()
    }
}

fn limits() -> Limits {
    Limits {
        closed: 1000,
        ..Limits::default()
    }
}

/// Transactions of 2.x, each at its own EVSE: how many updates, with which of them (0: the begin) the token comes, and whether
/// another token stops it.
fn plans() -> impl Strategy<Value = Vec<(i64, i64, bool)>> {
    prop::collection::vec((0..5_i64, 0..6_i64, any::<bool>()), 1..5)
}

fn messages(plans: &[(i64, i64, bool)]) -> Vec<(usize, Event)> {
    let mut all = Vec::new();
    for (number, (updates, token_at, stopped)) in plans.iter().enumerate() {
        for seq_no in 0..updates + 2 {
            let moment = match seq_no {
                0 => Moment::Started,
                _ if seq_no == updates + 1 => Moment::Ended,
                _ => Moment::Updated,
            };
            let token = |text: String| {
                Some(IdToken {
                    id_token: text,
                    kind: Some("ISO14443".into()),
                })
            };
            let ends = moment == Moment::Ended;
            let event = Event {
                transaction_id: format!("tx-{number}"),
                moment,
                seq_no,
                at: at(seq_no),
                offline: false,
                evse: Some(i64::try_from(number).unwrap() + 1),
                connector: None,
                id_token: match () {
                    () if ends && *stopped => token("STOPPER".into()),
                    () if !ends && seq_no >= *token_at => token(format!("T{number}")),
                    () => None,
                },
                token_status: None,
                stops: false,
                samples: vec![wh(at(seq_no), seq_no * 100)],
                charging_state: None,
                stop_reason: ends.then(|| "Local".into()),
                remote_start_id: None,
                reservation: None,
                prices: Prices::default(),
            };
            all.push((number, event));
        }
    }
    all
}

/// What is done with one of the messages: which one, and whether the disk fails or the CSMS restarts afterwards.
fn deliveries() -> impl Strategy<Value = Vec<(prop::sample::Index, u8)>> {
    prop::collection::vec((any::<prop::sample::Index>(), 0..10_u8), 0..80)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_known_of_2_x_depends_on_which_messages_came(plans in plans(), deliveries in deliveries()) {
        let messages = messages(&plans);
        let mut csms = Csms::new();
        let mut came: BTreeMap<usize, BTreeSet<i64>> = BTreeMap::new();
        for (index, chance) in deliveries {
            let (number, event) = index.get(&messages);
            let reference = (!csms.ledger.knows_event(event)).then(|| csms.number());
            csms.ledger.event(reference, event).unwrap();
            if csms.store(chance == 0) {
                came.entry(*number).or_default().insert(event.seq_no);
            }
            if chance == 1 {
                csms.restart();
            }
        }
        let records = csms.records();
        prop_assert_eq!(records.len(), came.len());
        for (number, came) in came {
            let id = TransactionId::Text(format!("tx-{number}"));
            let record = records.iter().find(|record| record.transaction_id == id).unwrap();
            let (updates, token_at, stopped) = plans[number];
            let (begun, last) = (came.contains(&0), updates + 1);
            let ended = came.contains(&last);
            prop_assert_eq!(record.is_open(), !ended);
            prop_assert_eq!(record.started_at, begun.then(|| at(0)));
            prop_assert_eq!(record.meter_start, begun.then(|| 0.into()));
            prop_assert_eq!(record.meter_stop, ended.then(|| (last * 100).into()));
            let highest = *came.last().unwrap();
            prop_assert_eq!(record.meter_last, Some((highest * 100).into()));
            let named = came.iter().any(|seq_no| *seq_no >= token_at && *seq_no != last);
            let token = record.id_token.as_ref().map(|token| token.id_token.clone());
            let expected = match () {
                () if named => Some(format!("T{number}")),
                () if ended && stopped => Some("STOPPER".into()),
                () => None,
            };
            prop_assert_eq!(token, expected);
            prop_assert_eq!(record.meter_records as usize, came.len());
            let complete = highest - came.first().unwrap() + 1 == i64::try_from(came.len()).unwrap();
            let warnings = record.bill().warnings;
            prop_assert_eq!(warnings.contains(&Warning::MissingMessages), !complete);
            prop_assert_eq!(warnings.contains(&Warning::MissingBegin), !begun);
            prop_assert_eq!(warnings.contains(&Warning::MissingEnd), !ended);
            prop_assert!(!warnings.contains(&Warning::RegisterRunsBackwards));
            prop_assert!(!warnings.contains(&Warning::Contradiction));
        }
        let kept = csms.disk.keys().filter(|key| key.starts_with("meter/")).count();
        let expected: u32 = records.iter().map(|record| record.meter_records).sum();
        prop_assert_eq!(kept, expected as usize);
    }

    /// A station of 1.6 sends one message after the other, each until it is answered. `u8`: how often the begin fails to be
    /// stored, how often it is repeated after that, whether the answer never arrives so that the end has no id, the same of the
    /// end, and whether there is a restart in between.
    #[test]
    fn nothing_of_1_6_is_lost_or_doubled(
        sessions in prop::collection::vec((0..3_u8, 0..3_u8, any::<bool>(), 0..3_u8, 0..3_u8, any::<bool>()), 1..20)
    ) {
        let mut csms = Csms::new();
        let mut expected = Vec::new();
        for (index, (fails, repeats, answered, end_fails, end_repeats, restart)) in sessions.iter().enumerate() {
            let number = i64::try_from(index).unwrap();
            let begin = Begin {
                connector: 1,
                id_token: IdToken::of_1_6("A1"),
                at: at(number),
                meter: (number * 100).into(),
                reservation: None,
            };
            let mut id = -1;
            for attempt in 0..=*fails + *repeats {
                let known = csms.ledger.begun(&begin).map(|transaction| transaction.reference);
                let reference = match known {
                    Some(reference) => reference,
                    None => {
                        let reference = csms.number();
                        csms.ledger.begin(reference, &begin).unwrap();
                        reference
                    }
                };
                if csms.store(attempt < *fails) {
                    id = i64::try_from(reference).unwrap();
                }
            }
            if *restart {
                csms.restart();
            }
            let stop = Stop {
                transaction_id: if *answered { id } else { -1 },
                id_token: None,
                at: at(number + 1000),
                meter: (number + 5000).into(),
                reason: "Local".into(),
                samples: Vec::new(),
            };
            for attempt in 0..=*end_fails + *end_repeats {
                let reference = (!csms.ledger.knows_stop(&stop)).then(|| csms.number());
                csms.ledger.stop(reference, &stop);
                csms.store(attempt < *end_fails);
            }
            if *restart {
                csms.restart();
            }
            expected.push((id, *answered, stop.meter));
            if !answered {
                // The operator ends what hangs, or the next begin would be a repetition.
                let reference = u64::try_from(id).unwrap();
                csms.ledger.close(reference, at(9999), ocpp_core::csms::ledger::EndedBy::Operator);
                csms.store(false);
            }
        }
        let records = csms.records();
        let unanswered = expected.iter().filter(|(_, answered, _)| !answered).count();
        prop_assert_eq!(records.len(), sessions.len() + unanswered);
        for (id, answered, meter) in expected {
            let of_id = records.iter().find(|record| record.transaction_id == TransactionId::Number(id)).unwrap();
            prop_assert_eq!(of_id.meter_stop, answered.then_some(meter));
            let with_meter = records.iter().filter(|record| record.meter_stop == Some(meter)).count();
            prop_assert_eq!(with_meter, 1);
        }
    }
}
