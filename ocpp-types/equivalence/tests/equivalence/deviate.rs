//! Lenient decoding of messages with the deviations of real equipment: what no deviation touched stays, what the table of
//! `ocpp_types::decode` repairs is what it was, and what goes is the smallest part that may go.
//!
//! What is expected is worked out here from the schemas and from `versions/lenience.tsv`, apart from the library's own walk.

use std::collections::{BTreeMap, BTreeSet};

use ocpp_types::Kept;

use crate::json::Json;
use crate::message::Message;
use crate::random::Random;
use crate::schema::{Kind, Schema};
use crate::valid::{Fill, Generator, Spelling};

/// Members by name and elements by number.
type Path = Vec<String>;

/// What becomes of the place that deviates.
#[derive(Debug, Clone, PartialEq)]
enum Outcome {
    /// It is repaired: the value counts that was there before.
    Same,
    /// It becomes something else, which the schema allows or which is kept although it does not.
    Becomes(Json),
    /// It says that nothing is there: fine for an optional member, otherwise as `Gone`.
    Absent,
    /// Nothing can be made of it.
    Gone,
}

struct Deviation {
    what: &'static str,
    value: Json,
    outcome: Outcome,
}

/// The rules of one version, the first that fits counts: type, member, lenience.
struct Rules(Vec<(String, String, String)>);

impl Rules {
    fn of(version: &str) -> Self {
        let table = include_str!("../../../versions/lenience.tsv");
        let rows = table.lines().skip(1).filter_map(|row| {
            let [versions, place, lenience, _] = row.split('\t').collect::<Vec<_>>()[..] else {
                panic!("{row:?}");
            };
            let (owner, member) = place.split_once('.').unwrap();
            let applies = versions.split(' ').any(|other| other == version);
            applies.then(|| (owner.to_lowercase(), member.into(), lenience.into()))
        });
        Self(rows.collect())
    }

    fn find(&self, owner: &str, member: &str, place: Schema<'_>) -> &str {
        let is_custom_data = place.kind() == Kind::Object && place.open();
        let fits = |(other, name, _): &&(String, String, String)| {
            (other == "*" || *other == owner.to_lowercase()) && (name == "*" || name == member)
        };
        match self.0.iter().find(fits) {
            Some((.., lenience)) if !is_custom_data => lenience,
            _ => "LeaveOut",
        }
    }
}

/// Whether a list may be too short from the beginning.
fn may_be_short(lenience: &str) -> bool {
    lenience == "MayBeShort" || lenience.ends_with(MAY_BE_SHORT)
}

/// What follows a reason where the list may be too short besides.
const MAY_BE_SHORT: &str = ", may be short";

fn kept(lenience: &str) -> Option<Kept> {
    Some(match lenience.trim_end_matches(MAY_BE_SHORT) {
        "LeaveOut" | "MayBeShort" | "AnyAsText" => return None,
        "Limit" => Kept::Limit,
        "Schedule" => Kept::Schedule,
        "Identity" => Kept::Identity,
        "Time" => Kept::Time,
        "Reading" => Kept::Reading,
        "Price" => Kept::Price,
        "Proof" => Kept::Proof,
        other => panic!("what is {other}?"),
    })
}

/// A value of an instance, and what the schema says of it.
struct Site<'a> {
    path: Path,
    place: Schema<'a>,
    lenience: String,
}

fn sites<'a>(
    json: &Json,
    place: Schema<'a>,
    lenience: &str,
    rules: &Rules,
    path: &mut Path,
    all: &mut Vec<Site<'a>>,
) {
    all.push(Site {
        path: path.clone(),
        place,
        lenience: lenience.to_owned(),
    });
    match json {
        Json::Object(members) if place.kind() == Kind::Object => {
            for (name, value) in members {
                let Some(member) = place.member(name) else {
                    continue;
                };
                path.push(name.clone());
                let lenience = rules.find(place.name(), name, member);
                sites(value, member, lenience, rules, path, all);
                path.pop();
            }
        }
        Json::Array(elements) if place.kind() == Kind::Array => {
            // Elements are as dear as their list.
            let lenience = if kept(lenience).is_some() {
                lenience
            } else {
                "LeaveOut"
            };
            for (index, value) in elements.iter().enumerate() {
                path.push(index.to_string());
                sites(value, place.items(), lenience, rules, path, all);
                path.pop();
            }
        }
        _ => {}
    }
}

fn at<'a>(json: &'a mut Json, path: &[String]) -> &'a mut Json {
    path.iter().fold(json, |json, step| match json {
        Json::Object(members) => members
            .iter_mut()
            .find(|(name, _)| name == step)
            .map(|(_, value)| value)
            .unwrap(),
        Json::Array(elements) => &mut elements[step.parse::<usize>().unwrap()],
        _ => panic!("nothing at {step}"),
    })
}

/// What lenient decoding must make of the instance; the error is the reason for which it is refused.
fn expected(
    json: &Json,
    place: Schema<'_>,
    lenience: &str,
    rules: &Rules,
    path: &mut Path,
    outcomes: &BTreeMap<Path, Outcome>,
    reasons: &mut BTreeSet<&'static str>,
) -> Result<Json, ()> {
    match outcomes.get(path) {
        Some(Outcome::Same) => return Ok(json.clone()),
        Some(Outcome::Becomes(other)) => return Ok(other.clone()),
        Some(Outcome::Absent | Outcome::Gone) => return Err(()),
        None => {}
    }
    match json {
        Json::Object(members) if place.kind() == Kind::Object => {
            let mut right = Vec::new();
            let (mut wrong, mut reasons_here) = (false, BTreeSet::new());
            for (name, value) in members {
                let mut inner = BTreeSet::new();
                let Some((_, required, member)) =
                    place.members().iter().find(|(other, ..)| other == name)
                else {
                    right.push((name.clone(), value.clone()));
                    continue;
                };
                path.push(name.clone());
                let lenience = rules.find(place.name(), name, member);
                let absent = outcomes.get(path) == Some(&Outcome::Absent) && !required;
                let result = expected(value, member, lenience, rules, path, outcomes, &mut inner);
                path.pop();
                match result {
                    Ok(value) => right.push((name.clone(), value)),
                    Err(()) if absent => {}
                    Err(()) => match kept(lenience) {
                        None if !required => inner.clear(),
                        kept => {
                            wrong = true;
                            inner.extend(kept.map(Kept::as_str));
                        }
                    },
                }
                reasons_here.append(&mut inner);
            }
            if wrong {
                reasons.append(&mut reasons_here);
                return Err(());
            }
            Ok(Json::Object(right))
        }
        Json::Array(elements) if place.kind() == Kind::Array => {
            let kept = kept(lenience);
            let inner_lenience = if kept.is_some() { lenience } else { "LeaveOut" };
            let least = if may_be_short(lenience) {
                0
            } else {
                place.min_items()
            };
            let (mut right, mut lost) = (Vec::new(), BTreeSet::new());
            let mut gone = false;
            for (index, value) in elements.iter().enumerate() {
                path.push(index.to_string());
                let result = expected(
                    value,
                    place.items(),
                    inner_lenience,
                    rules,
                    path,
                    outcomes,
                    &mut lost,
                );
                path.pop();
                match result {
                    Ok(value) => right.push(value),
                    Err(()) => gone = true,
                }
            }
            if gone && (kept.is_some() || right.len() < least) {
                reasons.extend(lost);
                return Err(());
            }
            Ok(Json::Array(right))
        }
        other => Ok(other.clone()),
    }
}

/// The deviations of real equipment that a value can have.
fn deviations(json: &Json, site: &Site<'_>) -> Vec<Deviation> {
    let place = site.place;
    let is_root = site.path.is_empty();
    let mut all = Vec::new();
    let mut add = |what, value, outcome| {
        all.push(Deviation {
            what,
            value,
            outcome,
        });
    };
    let empty = || Json::Array(Vec::new());
    if place.kind() == Kind::Any {
        return all;
    }
    if !is_root {
        // A required list that may be empty becomes that; an optional one is absent.
        if place.kind() != Kind::Array || place.min_items() > 0 {
            add("null", Json::Null, Outcome::Absent);
        }
        if place.kind() != Kind::Array
            && !(place.kind() == Kind::Text && site.lenience == "AnyAsText")
        {
            add(
                "in an array of one",
                Json::Array(vec![json.clone()]),
                Outcome::Same,
            );
        }
    }
    let in_quotes = |json: &Json| Json::Text(json.compact());
    match (place.kind(), json) {
        (Kind::Object, Json::Object(members)) => {
            if !place.open() {
                let mut more = members.clone();
                more.insert(0, ("vendorExtra".into(), Json::Array(vec![Json::Null])));
                add("unknown member", Json::Object(more), Outcome::Same);
            }
            if let Some((name, _)) = members
                .first()
                .filter(|(name, _)| place.member(name).is_some())
            {
                let mut twice = members.clone();
                twice.insert(0, (name.clone(), Json::Bool(false)));
                add("duplicate member", Json::Object(twice), Outcome::Same);
            }
            for (index, (name, _)) in members.iter().enumerate() {
                let required = place
                    .members()
                    .iter()
                    .any(|(other, required, _)| other == name && *required);
                if required {
                    let mut fewer = members.clone();
                    fewer.remove(index);
                    add(
                        "without a required member",
                        Json::Object(fewer),
                        Outcome::Gone,
                    );
                }
            }
            if !is_root {
                add("an empty array", empty(), Outcome::Gone);
            }
        }
        (Kind::Array, Json::Array(elements)) => {
            let of_objects = place.items().kind() == Kind::Object;
            let single = place
                .items()
                .members()
                .iter()
                .filter(|(_, required, _)| *required)
                .count()
                == 1;
            if let ([element], true) = (&elements[..], of_objects) {
                add(
                    "an element without its array",
                    element.clone(),
                    Outcome::Same,
                );
            }
            if of_objects && !single {
                add("a boolean", Json::Bool(true), Outcome::Gone);
            }
            if place.min_items() > 0 {
                let outcome = if may_be_short(&site.lenience) {
                    Outcome::Becomes(empty())
                } else {
                    Outcome::Absent
                };
                add("an empty array", empty(), outcome);
            }
            if of_objects && place.max_items().is_none_or(|max| elements.len() < max) {
                let mut more = elements.clone();
                more.push(Json::Null);
                let outcome = if kept(&site.lenience).is_some() {
                    Outcome::Gone
                } else {
                    Outcome::Same
                };
                add("null at the end", Json::Array(more), outcome);
            }
            if let (Some(max), Some(element), true) =
                (place.max_items(), elements.first(), of_objects)
            {
                let first = vec![element.clone(); max];
                let more = Json::Array(vec![element.clone(); max + 1]);
                let outcome = match kept(&site.lenience) {
                    Some(_) => Outcome::Gone,
                    None => Outcome::Becomes(Json::Array(first)),
                };
                add("too many elements", more, outcome);
            }
        }
        (Kind::Enumeration, Json::Text(text)) => {
            add(
                "unknown value",
                Json::text("NoSuchValue"),
                Outcome::Becomes(Json::text("NoSuchValue")),
            );
            add(
                "in capitals",
                Json::Text(text.to_uppercase()),
                Outcome::Same,
            );
            add(
                "in small letters",
                Json::Text(text.to_lowercase()),
                Outcome::Same,
            );
            add(
                "with other punctuation",
                Json::Text(text.replace(['.', '-'], "_")),
                Outcome::Same,
            );
            add(
                "a number",
                Json::number(5),
                Outcome::Becomes(Json::text("5")),
            );
            add("an object", Json::Object(Vec::new()), Outcome::Gone);
        }
        (Kind::DateTime, Json::Text(text)) => {
            let local = text.trim_end_matches('Z');
            add("without an offset", Json::text(local), Outcome::Same);
            add(
                "a short offset",
                Json::Text(format!("{local}+00")),
                Outcome::Same,
            );
            add(
                "an offset without a colon",
                Json::Text(format!("{local}+0000")),
                Outcome::Same,
            );
            add(
                "a space for the T",
                Json::Text(text.replace('T', " ")),
                Outcome::Same,
            );
            add(
                "slashes",
                Json::Text(text.replacen('-', "/", 2)),
                Outcome::Same,
            );
            if text == "2024-05-15T12:00:00Z" {
                add(
                    "seconds since 1970",
                    Json::number(1_715_774_400),
                    Outcome::Same,
                );
                add(
                    "milliseconds since 1970",
                    Json::number(1_715_774_400_000_i64),
                    Outcome::Same,
                );
            }
            add("an empty text", Json::text(""), Outcome::Absent);
            add("no date-time", Json::text("yesterday"), Outcome::Gone);
            add("a small number", Json::number(12), Outcome::Gone);
            add("an object", Json::Object(Vec::new()), Outcome::Gone);
        }
        (Kind::Uri, Json::Text(_)) => {
            add(
                "no URI",
                Json::text("firmware.bin"),
                Outcome::Becomes(Json::text("firmware.bin")),
            );
            add("an object", Json::Object(Vec::new()), Outcome::Gone);
        }
        (Kind::Text, Json::Text(_)) => {
            if let Some(max) = place.max_length() {
                let long = Json::Text("ß".repeat(max + 1));
                add("too long", long.clone(), Outcome::Becomes(long));
            }
            add(
                "a number",
                Json::number(7),
                Outcome::Becomes(Json::text("7")),
            );
            add(
                "a boolean",
                Json::Bool(true),
                Outcome::Becomes(Json::text("true")),
            );
            let object = Json::Object(vec![("mode".into(), Json::number(1))]);
            let outcome = if site.lenience == "AnyAsText" {
                Outcome::Becomes(in_quotes(&object))
            } else {
                Outcome::Gone
            };
            add("an object", object, outcome);
        }
        (Kind::Integer, Json::Number(text)) => {
            add("in quotes", in_quotes(json), Outcome::Same);
            let outcome = if site.lenience == "Identity" {
                Outcome::Gone
            } else {
                Outcome::Same
            };
            add("a fraction", Json::Number(format!("{text}.5")), outcome);
            add("no number", Json::text("n/a"), Outcome::Gone);
            add("an empty text", Json::text(" "), Outcome::Absent);
            add(
                "beyond 64 bits",
                Json::number("18446744073709551616"),
                Outcome::Gone,
            );
            if let Some(max) = place.maximum() {
                add("too large", Json::number(max + 1), Outcome::Gone);
            }
            if let Some(min) = place.minimum() {
                add("too small", Json::number(min - 1), Outcome::Gone);
            }
        }
        (Kind::Number, Json::Number(text)) => {
            add("in quotes", in_quotes(json), Outcome::Same);
            if place.in_tenths() {
                let longer = if text.contains('.') {
                    format!("{text}04")
                } else {
                    format!("{text}.09")
                };
                add("more decimals", Json::Number(longer), Outcome::Same);
            }
            if let Some(max) = place.maximum() {
                add("too large", Json::Number(format!("{max}.5")), Outcome::Gone);
            }
            add("no number", Json::text("12 A"), Outcome::Gone);
            add("an empty text", Json::text(""), Outcome::Absent);
            add("an object", Json::Object(Vec::new()), Outcome::Gone);
        }
        (Kind::Boolean, Json::Bool(value)) => {
            add(
                "in quotes",
                Json::text(if *value { "True" } else { "False" }),
                Outcome::Same,
            );
            add("a digit", Json::number(u8::from(*value)), Outcome::Same);
            add(
                "a word",
                Json::text(if *value { "yes" } else { "no" }),
                Outcome::Same,
            );
            add("an unknown word", Json::text("perhaps"), Outcome::Gone);
            add("another number", Json::number(2), Outcome::Gone);
        }
        _ => {}
    }
    all.retain(|deviation| deviation.value != *json);
    all
}

fn pointer(path: &[String]) -> String {
    path.iter().map(|step| format!("/{step}")).collect()
}

fn disjoint(a: &[String], b: &[String]) -> bool {
    !a.starts_with(b) && !b.starts_with(a)
}

#[derive(Default)]
struct Tally {
    decoded: usize,
    refused: usize,
    reasons: BTreeMap<&'static str, usize>,
    kinds: BTreeMap<&'static str, usize>,
}

fn one(message: &Message, rules: &Rules, fill: Fill<'_>, random: &mut Random, tally: &mut Tally) {
    let root = &message.schema;
    let original = Generator::new(random, Spelling::Canonical).value(root, fill);
    let mut places = Vec::new();
    sites(
        &original,
        root,
        "LeaveOut",
        rules,
        &mut Vec::new(),
        &mut places,
    );

    let mut broken = original.clone();
    let mut outcomes = BTreeMap::new();
    let mut done = Vec::new();
    for _ in 0..1 + random.below(3) {
        let site = &places[random.below(places.len())];
        if !outcomes
            .keys()
            .all(|other: &Path| disjoint(other, &site.path))
        {
            continue;
        }
        let value = at(&mut broken, &site.path);
        let mut choices = deviations(value, site);
        if choices.is_empty() {
            continue;
        }
        let chosen = choices.swap_remove(random.below(choices.len()));
        *value = chosen.value;
        done.push(format!("{} at {}", chosen.what, pointer(&site.path)));
        *tally.kinds.entry(chosen.what).or_default() += 1;
        outcomes.insert(site.path.clone(), chosen.outcome);
    }
    if done.is_empty() {
        return;
    }

    let json = broken.compact();
    let context = format!("{}: {done:?}\n{json}", message.path);
    let mut reasons = BTreeSet::new();
    let wanted = expected(
        &original,
        root,
        "LeaveOut",
        rules,
        &mut Vec::new(),
        &outcomes,
        &mut reasons,
    );
    match (message.lenient(&json), wanted) {
        (Ok(decoded), Ok(wanted)) => {
            let wanted = wanted.compact();
            assert_eq!(
                message.lenient_shown(&json).unwrap(),
                message
                    .lenient_shown(&wanted)
                    .unwrap_or_else(|error| panic!("{context}\n{wanted}\n{error}")),
                "{context}\n{wanted}"
            );
            if let Ok(encoded) = &decoded.encoded {
                assert_eq!(message.strict(encoded).as_ref(), Ok(encoded), "{context}");
            }
            // Every place is listed, alone or with what is around it, and nothing else is.
            let listed: Vec<_> = decoded
                .deviations
                .iter()
                .map(|deviation| deviation.pointer.as_str())
                .collect();
            let near = |a: &str, b: &str| a.starts_with(b) || b.starts_with(a);
            for path in outcomes.keys() {
                let place = pointer(path);
                assert!(
                    listed.iter().any(|listed| near(listed, &place)),
                    "{place} is not listed\n{context}"
                );
            }
            for listed in listed {
                assert!(
                    outcomes.keys().any(|path| near(listed, &pointer(path))),
                    "{listed} is listed\n{context}"
                );
            }
            tally.decoded += 1;
        }
        (Err(error), Err(())) => {
            assert_eq!(error.issues().len(), error.kept().len(), "{context}");
            for kept in error.kept() {
                let known = reasons.contains(kept.as_str()) || *kept == Kept::Required;
                assert!(known, "{kept:?}, not one of {reasons:?}\n{context}");
                *tally.reasons.entry(kept.as_str()).or_default() += 1;
            }
            let named = error
                .kept()
                .iter()
                .any(|kept| reasons.contains(kept.as_str()));
            assert!(
                named || reasons.is_empty(),
                "none of {reasons:?}\n{context}"
            );
            tally.refused += 1;
        }
        (Ok(_), Err(())) => panic!("repaired, although {reasons:?}\n{context}"),
        (Err(error), Ok(wanted)) => panic!("{error}\n{context}\n{}", wanted.compact()),
    }
}

/// A hundred thousand messages with `OCPP_EXHAUSTIVE` set, otherwise a few of each kind.
#[test]
fn messages_with_deviations_of_real_equipment_are_read_or_refused_with_the_reason() {
    let is_exhaustive = std::env::var_os("OCPP_EXHAUSTIVE").is_some();
    let rounds = if is_exhaustive { 260 } else { 12 };
    let mut tally = Tally::default();
    for (version, messages) in [
        ("1.6", crate::v1_6()),
        ("2.0.1", crate::v2_0_1()),
        ("2.1", crate::v2_1()),
    ] {
        let rules = Rules::of(version);
        for message in &messages {
            let mut random = Random::named(&format!("deviations of {}", message.path));
            for round in 0..rounds {
                let fill = match round % 5 {
                    0 => Fill::All,
                    chances => Fill::OneIn(chances),
                };
                one(message, &rules, fill, &mut random, &mut tally);
            }
        }
    }
    println!(
        "{} messages decoded, {} refused",
        tally.decoded, tally.refused
    );
    println!(
        "reasons: {:#?}\ndeviations: {:#?}",
        tally.reasons, tally.kinds
    );
    assert!(tally.decoded > 20 * rounds && tally.refused > 0);
    assert!(!is_exhaustive || tally.decoded + tally.refused >= 100_000);
}
