//! The types accept exactly what the official schemas accept.
//!
//! For each of the 387 schemas: instances that the schema allows decode, encode to equal JSON, and validate under the
//! `jsonschema` crate before and after; instances broken at one place or at several are refused exactly when the schema
//! refuses them, with the same JSON pointers and the class of the violated keyword. Where the two differ on purpose, the
//! difference is listed with its reason in [`mutate`]. Lenient decoding of every broken instance keeps its promises.
//!
//! `OCPP_INSTANCES` sets the number of valid instances per schema (100 when it is not set, 1,000 with `OCPP_EXHAUSTIVE`); a
//! quarter as many are broken at several places. With more than 200, every place is broken in every way, otherwise in one of
//! each kind.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    unreachable_pub
)]

mod deviate;
mod json;
mod message;
mod mutate;
mod oracle;
mod random;
mod schema;
mod seeds;
mod valid;

use std::collections::{BTreeMap, BTreeSet};

use ocpp_types::{DecodeError, v1_6, v2_0_1, v2_1};
use serde_json::Value;

use json::Json;
use message::Message;
use mutate::{Difference, UNKNOWN_VALUE, mutations, some_of};
use random::Random;
use schema::{Kind, Schema};
use valid::{Fill, Generator, Spelling};

/// This many valid instances per schema.
fn instances() -> usize {
    match std::env::var("OCPP_INSTANCES") {
        Ok(number) => number.parse().expect("OCPP_INSTANCES is a number"),
        Err(_) if std::env::var_os("OCPP_EXHAUSTIVE").is_some() => 1_000,
        Err(_) => 100,
    }
}

fn v1_6() -> Vec<Message> {
    message::all::<v1_6::Protocol>(ocpp_schemas::V1_6)
}

fn v2_0_1() -> Vec<Message> {
    message::all::<v2_0_1::Protocol>(ocpp_schemas::V2_0_1)
}

fn v2_1() -> Vec<Message> {
    message::all::<v2_1::Protocol>(ocpp_schemas::V2_1)
}

#[test]
fn the_three_versions_have_387_messages() {
    let versions = [("1.6", v1_6()), ("2.0.1", v2_0_1()), ("2.1", v2_1())];
    for (version, messages) in &versions {
        let sites = messages.iter().map(|message| message.schema.sites().len());
        println!(
            "{version}: {} messages, {} places in their schemas",
            messages.len(),
            sites.sum::<usize>()
        );
    }
    assert_eq!(versions.map(|(_, messages)| messages.len()), [78, 128, 181]);
}

#[test]
fn valid_instances_of_1_6_survive() {
    valid_instances_survive("1.6", &v1_6());
}

#[test]
fn valid_instances_of_2_0_1_survive() {
    valid_instances_survive("2.0.1", &v2_0_1());
}

#[test]
fn valid_instances_of_2_1_survive() {
    valid_instances_survive("2.1", &v2_1());
}

#[test]
fn instances_of_1_6_broken_at_one_place_are_judged_as_the_schema_judges_them() {
    one_fault("1.6", &v1_6());
}

#[test]
fn instances_of_2_0_1_broken_at_one_place_are_judged_as_the_schema_judges_them() {
    one_fault("2.0.1", &v2_0_1());
}

#[test]
fn instances_of_2_1_broken_at_one_place_are_judged_as_the_schema_judges_them() {
    one_fault("2.1", &v2_1());
}

#[test]
fn instances_of_1_6_broken_at_several_places_are_judged_as_the_schema_judges_them() {
    several_faults("1.6", &v1_6());
}

#[test]
fn instances_of_2_0_1_broken_at_several_places_are_judged_as_the_schema_judges_them() {
    several_faults("2.0.1", &v2_0_1());
}

#[test]
fn instances_of_2_1_broken_at_several_places_are_judged_as_the_schema_judges_them() {
    several_faults("2.1", &v2_1());
}

fn valid_instances_survive(version: &str, messages: &[Message]) {
    let mut count = 0;
    for message in messages {
        let schema = &message.schema;
        let mut random = Random::named(message.path);
        for round in 0..instances() {
            let spelling = if round % 2 == 0 {
                Spelling::Canonical
            } else {
                Spelling::Any
            };
            let fill = match round {
                0 | 1 => Fill::None,
                2..=5 => Fill::All,
                _ => Fill::OneIn(2 + round % 6),
            };
            let tree = Generator::new(&mut random, spelling).value(schema, fill);
            let json = match spelling {
                Spelling::Canonical => tree.compact(),
                Spelling::Any => tree.oddly(&mut random),
            };
            let before: Value = serde_json::from_str(&json).unwrap();
            let faults = message.oracle.faults(&before);
            assert!(
                faults.is_empty(),
                "{}: the schema refuses {json}: {faults:?}",
                message.path
            );
            let encoded = message
                .strict(&json)
                .unwrap_or_else(|error| panic!("{}: {error}\n{json}", message.path));
            if round < 4 {
                let lenient = message.lenient(&json).unwrap();
                assert!(lenient.deviations.is_empty(), "{}", message.path);
                assert_eq!(lenient.encoded.as_ref(), Ok(&encoded));
            }
            if spelling == Spelling::Canonical {
                // Members in the schema's order, numbers and texts to the letter.
                assert_eq!(encoded, json, "{}", message.path);
            }
            let after: Value = serde_json::from_str(&encoded).unwrap();
            assert!(
                same(schema, &before, &after),
                "{}:\n{json}\n{encoded}",
                message.path
            );
            let faults = message.oracle.faults(&after);
            assert!(
                faults.is_empty(),
                "{}: the schema refuses {encoded}: {faults:?}",
                message.path
            );
            count += 1;
        }
    }
    println!(
        "{version}: {count} valid instances of {} messages",
        messages.len()
    );
    assert!(count >= messages.len() * instances());
}

/// Whether two instances mean the same: date-times may be written otherwise, and numbers.
fn same(schema: Schema<'_>, before: &Value, after: &Value) -> bool {
    match (schema.kind(), before, after) {
        (Kind::Object, Value::Object(before), Value::Object(after)) => {
            before.len() == after.len()
                && before.iter().all(|(name, before)| {
                    after
                        .get(name)
                        .is_some_and(|after| match schema.member(name) {
                            Some(member) => same(member, before, after),
                            None => before == after,
                        })
                })
        }
        (Kind::Array, Value::Array(before), Value::Array(after)) => {
            before.len() == after.len()
                && before
                    .iter()
                    .zip(after)
                    .all(|(before, after)| same(schema.items(), before, after))
        }
        (Kind::DateTime, Value::String(before), Value::String(after)) => {
            let instant = |text: &str| {
                let text = text.to_uppercase();
                chrono::DateTime::parse_from_rfc3339(&text)
                    .unwrap()
                    .timestamp_millis()
            };
            before == after || instant(before) == instant(after)
        }
        (Kind::Integer | Kind::Number, Value::Number(before), Value::Number(after)) => {
            before == after || before.as_f64() == after.as_f64()
        }
        _ => before == after,
    }
}

/// What was checked, for the report.
#[derive(Default)]
struct Tally {
    refused: usize,
    accepted: usize,
    repaired: usize,
    unreadable: usize,
    differences: BTreeMap<&'static str, usize>,
}

impl Tally {
    fn print(&self, version: &str, what: &str) {
        println!(
            "{version}: {} instances broken at {what}: {} refused, {} right after all, {} repaired by lenient decoding",
            self.refused + self.accepted + self.unreadable,
            self.refused,
            self.accepted,
            self.repaired,
        );
        for (difference, count) in &self.differences {
            println!("{version}:   {count} × {difference}");
        }
    }
}

fn one_fault(version: &str, messages: &[Message]) {
    let mut tally = Tally::default();
    for message in messages {
        let root = &message.schema;
        let mut random = Random::named(message.path);
        for (path, schema) in root.sites() {
            let mut generator = Generator::new(&mut random, Spelling::Canonical);
            let tree = generator.value(root, Fill::Toward(&path));
            let value = tree.clone().at_mut(&path).unwrap().clone();
            let mut chosen = mutations(schema, &value, message.draft_4());
            if instances() <= 200 {
                chosen = some_of(chosen, &mut random);
            }
            for mutation in chosen {
                let mut tree = tree.clone();
                *tree.at_mut(&path).unwrap() = mutation.value;
                let context = format!("{}: {} at {path:?}", message.path, mutation.what);
                let json = tree.compact();
                match mutation.difference {
                    Some(difference) => differs(message, difference, &json, &context, &mut tally),
                    None => agrees(message, &json, true, &context, &mut tally),
                }
                if mutation.what == "unknown value" {
                    let decoded = message.lenient(&json).unwrap();
                    let shown = message.lenient_shown(&json).unwrap();
                    assert!(shown.contains(UNKNOWN_VALUE), "{context}");
                    assert!(decoded.encoded.is_err(), "{context}");
                }
                if matches!(mutation.what, "one character too many" | "no URI") {
                    let decoded = message.lenient(&json).unwrap();
                    assert!(decoded.encoded.is_err(), "{context}");
                }
            }
        }
    }
    tally.print(version, "one place");
}

fn several_faults(version: &str, messages: &[Message]) {
    let mut tally = Tally::default();
    for message in messages {
        let root = &message.schema;
        let sites = root.sites();
        let mut random = Random::named(message.path);
        for round in 0..instances() / 4 {
            let fill = Fill::OneIn(1 + round % 4);
            let mut tree = Generator::new(&mut random, Spelling::Canonical).value(root, fill);
            let mut done = Vec::new();
            for _ in 0..1 + random.below(4) {
                let (path, schema) = &sites[random.below(sites.len())];
                let Some(value) = tree.at_mut(path) else {
                    continue;
                };
                let mut choices = mutations(schema, value, message.draft_4());
                choices.retain(|mutation| mutation.difference.is_none());
                let mutation = choices.swap_remove(random.below(choices.len()));
                done.push(mutation.what);
                *value = mutation.value;
            }
            let context = format!("{}: {done:?}", message.path);
            agrees(
                message,
                &tree.compact(),
                done.len() < 2,
                &context,
                &mut tally,
            );
        }
    }
    tally.print(version, "several places");
}

/// The types and the schema say the same of an instance.
fn agrees(message: &Message, json: &str, single: bool, context: &str, tally: &mut Tally) {
    let instance: Value = serde_json::from_str(json).unwrap();
    let expected = message.oracle.faults(&instance);
    match message.strict(json) {
        Ok(encoded) => {
            assert!(
                expected.is_empty(),
                "{context}: accepted in spite of {expected:?}\n{json}"
            );
            let after: Value = serde_json::from_str(&encoded).unwrap();
            assert!(
                same(&message.schema, &instance, &after),
                "{context}:\n{json}\n{encoded}"
            );
            tally.accepted += 1;
        }
        Err(error) => {
            let found = oracle::faults_of(&error);
            if single {
                assert_eq!(found, expected, "{context}\n{json}");
            } else {
                // What is below a fault of its own is not looked at, the schema's validator does.
                assert!(
                    !found.is_empty() && found.is_subset(&expected),
                    "{context}: {found:?}, {expected:?}\n{json}"
                );
            }
            shows_what_was_found(&error, &instance, context);
            lenient_keeps_its_promises(message, json, Some(&instance), context, tally);
            tally.refused += 1;
        }
    }
}

/// The types differ from the schema as the list says.
fn differs(
    message: &Message,
    difference: &'static Difference,
    json: &str,
    context: &str,
    tally: &mut Tally,
) {
    let instance: Option<Value> = serde_json::from_str(json).ok();
    let expected = instance
        .as_ref()
        .map(|instance| message.oracle.faults(instance));
    let readable = expected.is_some();
    let expected = expected.unwrap_or_default();
    match (message.strict(json), difference.refused) {
        (Ok(encoded), None) => {
            assert!(
                !readable || !expected.is_empty(),
                "{context}: no difference\n{json}"
            );
            assert!(readable || encoded == json, "{context}:\n{json}\n{encoded}");
        }
        (Err(error), Some(class)) => {
            assert!(
                expected.is_empty(),
                "{context}: no difference: {expected:?}\n{json}"
            );
            let found: BTreeSet<_> = oracle::faults_of(&error)
                .into_iter()
                .map(|(_, class)| class)
                .collect();
            assert_eq!(found, BTreeSet::from([class]), "{context}: {error}\n{json}");
            lenient_keeps_its_promises(message, json, instance.as_ref(), context, tally);
        }
        (Ok(_), Some(_)) => panic!("{context}: accepted\n{json}"),
        (Err(error), None) => panic!("{context}: {error}\n{json}"),
    }
    *tally.differences.entry(difference.what).or_default() += 1;
    tally.unreadable += 1;
}

/// Every issue holds the text that stands where it points.
fn shows_what_was_found(error: &DecodeError, instance: &Value, context: &str) {
    for issue in error.issues() {
        let there = instance.pointer(&issue.pointer);
        assert!(there.is_some(), "{context}: nothing at {:?}", issue.pointer);
        if !issue.found.is_empty() {
            let found: Value = serde_json::from_str(&issue.found).unwrap();
            assert_eq!(Some(&found), there, "{context}: {issue}");
        }
        assert!(!issue.expected.is_empty(), "{context}");
    }
}

/// Of a payload that strict decoding refuses, lenient decoding makes a value with a list of deviations, or refuses it too.
/// What it makes can be encoded only when the schema allows it.
fn lenient_keeps_its_promises(
    message: &Message,
    json: &str,
    instance: Option<&Value>,
    context: &str,
    tally: &mut Tally,
) {
    let decoded = match message.lenient(json) {
        Ok(decoded) => decoded,
        Err(error) => {
            assert!(!error.issues().is_empty(), "{context}");
            return;
        }
    };
    tally.repaired += 1;
    assert!(
        !decoded.deviations.is_empty(),
        "{context}: forgiven in silence\n{json}"
    );
    for deviation in &decoded.deviations {
        let found: Option<Value> = serde_json::from_str(&deviation.found).ok();
        if let Some(instance) = instance {
            let there = instance.pointer(&deviation.pointer);
            assert!(
                there.is_some(),
                "{context}: nothing at {:?}",
                deviation.pointer
            );
            assert_eq!(found.as_ref(), there, "{context}: {deviation}");
        }
    }
    match decoded.encoded {
        Ok(encoded) => {
            let after: Value = serde_json::from_str(&encoded).unwrap();
            let faults = message.oracle.faults(&after);
            assert!(
                faults.is_empty(),
                "{context}: {json} was repaired to {encoded}: {faults:?}"
            );
            assert_eq!(
                message.strict(&encoded).as_deref(),
                Ok(encoded.as_str()),
                "{context}"
            );
        }
        // Something is kept although it is wrong.
        Err(_) => assert!(
            decoded
                .deviations
                .iter()
                .any(|deviation| deviation.became.is_some()),
            "{context}: {:?}",
            decoded.deviations
        ),
    }
}

#[test]
fn every_difference_is_listed_once() {
    let names: BTreeSet<_> = mutate::DIFFERENCES
        .iter()
        .map(|difference| difference.what)
        .collect();
    assert_eq!(names.len(), mutate::DIFFERENCES.len());
    for difference in mutate::DIFFERENCES {
        println!("{}: {}", difference.what, difference.reason);
    }
}

#[test]
fn every_official_instance_is_reproducible() {
    let messages = v1_6();
    let schema = &messages[0].schema;
    let make =
        || Generator::new(&mut Random::named("seed"), Spelling::Any).value(schema, Fill::All);
    let (first, second): (Json, Json) = (make(), make());
    assert_eq!(first, second);
}
