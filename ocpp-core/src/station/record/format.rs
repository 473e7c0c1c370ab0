//! The format of the records, and how those of a former one are brought into it.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::{Version, json};

use super::{Record, Records, Texts};
use crate::station::queue::Change;
use crate::stored::Reading;

/// The format that this program writes. 1 is that of the programs which did not write this record.
///
/// | format | what is different from the one before |
/// |---|---|
/// | 1 | |
/// | 2 | messages and transactions say which version of OCPP they belong to; the key of a message names its transaction; charging profiles say whether they count connectors; what 2.x has set out of order has keys of its own |
pub(crate) const FORMAT: u32 = 2;

/// The record that says in which format the others are. Nothing else is read before it.
pub(crate) const KEY: &str = "format";

/// What was found of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// No record at all: the station is new.
    Nothing,
    /// This format.
    Format(u32),
    /// The record is there and cannot be read.
    Unreadable,
}

/// Opens the records: reads in which format they are, and brings them into that of this program. What has to be stored
/// for that comes back too, in an order in which a power cut does no harm: the step can be repeated, because it leaves what
/// is in the new format as it is.
#[inline(never)] // For the reason that `behaviour::apart` gives.
pub(crate) fn open(mut all: Texts, version: Version) -> (Records, Found, Vec<Change>) {
    let found = match all.get(KEY).map(|text| crate::stored::read::<u32>(text)) {
        None if all.is_empty() => Found::Nothing,
        None => Found::Format(1),
        Some(Reading::Whole(format)) => Found::Format(format),
        Some(_) => Found::Unreadable,
    };
    let mut changes = Vec::new();
    if found != Found::Format(FORMAT) {
        if found != Found::Nothing {
            from_1(&mut all, version, &mut changes);
        }
        // Last: after a power cut before this the step is repeated.
        put(&mut all, KEY.into(), FORMAT.to_string(), &mut changes);
    }
    (Records::from(all), found, changes)
}

fn put(all: &mut Texts, key: String, value: String, changes: &mut Vec<Change>) {
    all.insert(key.clone(), value.clone());
    changes.push(Change::Store(Record { key, value }));
}

fn remove(all: &mut Texts, key: String, changes: &mut Vec<Change>) {
    all.remove(&key);
    changes.push(Change::Remove(key));
}

/// The members of an object, each as its JSON text.
struct Members<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'a> Members<'a> {
    fn of(json: &'a str) -> Option<Self> {
        json::members(json).map(Self)
    }

    /// Of members with the same name the last counts.
    fn get(&self, name: &str) -> Option<&'a str> {
        let mut members = self.0.iter().rev();
        members
            .find(|(member, _)| member == name)
            .map(|found| found.1)
    }
}

/// The members of a record that is an object and does not say its version yet.
fn unmarked(text: &str) -> Option<Members<'_>> {
    Members::of(text).filter(|members| members.get("version").is_none())
}

/// An object with one more member. As text: a number with many decimals stays what it is.
pub(crate) fn with_member(object: &str, member: &str) -> Option<String> {
    let open = object.trim_end().strip_suffix('}')?;
    let comma = if open.trim() == "{" { "" } else { "," };
    Some(format!("{open}{comma}{member}}}"))
}

fn mark(object: &str, version: Version) -> Option<String> {
    with_member(object, &format!("\"version\":\"{version}\""))
}

/// The version that a message in the queue belongs to, by its action.
fn version_of_message(members: &Members<'_>) -> Option<Version> {
    match &*json::text(members.get("action")?)? {
        "StartTransaction" | "StopTransaction" | "MeterValues" => Some(Version::V1_6),
        "TransactionEvent" => Some(Version::V2_0_1),
        _ => None,
    }
}

/// The version that a transaction belongs to: its id is a number in 1.6, and a text in 2.0.1.
fn version_of_transaction(members: &Members<'_>) -> Option<Version> {
    let details = Members::of(members.get("details")?)?;
    Some(if details.get("next_seq").is_some() {
        Version::V2_0_1
    } else {
        Version::V1_6
    })
}

/// The version that has written records of format 1. Without any trace it is the one that reads them.
fn writer(all: &Texts, running: Version) -> Version {
    let traces = all.iter().filter_map(|(key, text)| {
        let (kind, rest) = key.split_once('/').unwrap_or((key, ""));
        match kind {
            "queue" => version_of_message(&unmarked(text)?),
            "transaction" => version_of_transaction(&unmarked(text)?),
            "variable" if rest.contains("ctrlr.") => Some(Version::V2_0_1),
            "variable" if !rest.contains('.') => Some(Version::V1_6),
            "boot-reason" => Some(Version::V2_0_1),
            "reservation" | "cable-owner" | "security-trial" | "upload" => Some(Version::V1_6),
            "firmware" | "firmware-status" | "firmware-update" => Some(Version::V1_6),
            _ => None,
        }
    });
    let traces: Vec<Version> = traces.collect();
    if traces.contains(&running) {
        return running;
    }
    traces.first().copied().unwrap_or(running)
}

/// From format 1: see the table at [`FORMAT`]. What cannot be read stays as it is, and is rejected when it is read.
fn from_1(all: &mut Texts, running: Version, changes: &mut Vec<Change>) {
    let writer = writer(all, running);
    for (key, text) in all.clone() {
        let (kind, rest) = key.split_once('/').unwrap_or((&key, ""));
        let (new, marked) = match kind {
            "queue" => {
                let Some(members) = unmarked(&text) else {
                    continue;
                };
                let version = version_of_message(&members).unwrap_or(writer);
                let transaction = members.get("transaction");
                let transaction = transaction.and_then(|number| number.parse::<u64>().ok());
                let new = match transaction {
                    Some(transaction) => format!("queue/{rest}/{transaction}"),
                    None => key.clone(),
                };
                (new, mark(&text, version))
            }
            "transaction" => {
                let version = unmarked(&text).as_ref().and_then(version_of_transaction);
                (
                    key.clone(),
                    version.and_then(|version| mark(&text, version)),
                )
            }
            "charging-profile" if writer == Version::V1_6 => {
                let known = |members: &Members<'_>| members.get("by_connector").is_some();
                if unmarked(&text).is_none_or(|members| known(&members)) {
                    continue;
                }
                (key.clone(), with_member(&text, "\"by_connector\":true"))
            }
            // 2.0.1 used the keys of 1.6 for other things.
            "availability" if rest == "station" || rest.starts_with("evse/") => continue,
            "availability" if writer != Version::V1_6 => (
                match rest {
                    "0" => "availability/station".into(),
                    evse => format!("availability/evse/{evse}"),
                },
                Some(text),
            ),
            _ => continue,
        };
        let Some(marked) = marked else {
            continue;
        };
        put(all, new.clone(), marked, changes);
        if new != key {
            remove(all, key, changes);
        }
    }
}
