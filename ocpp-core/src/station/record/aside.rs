//! What is kept aside because it cannot be read, and what people are told of it.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::Version;
use serde::{Deserialize, Serialize};

use super::format::{FORMAT, Found};
use super::kind::{Owner, kind, owner};
use super::{MAX_KEY, Records, record};
use crate::station::queue::Change;
use crate::{order, stored};

const PREFIX: &str = "unreadable/";

/// A record that cannot be read, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    key: String,
    reason: String,
    value: String,
}

/// A record that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Unreadable {
    /// The key under which it was stored.
    pub key: String,
    /// Why it cannot be read, for people. Never a part of what it says: that may be a secret.
    pub reason: String,
    /// The key under which it is kept; the key under which it was stored when there is no room for more
    /// ([`Limits::unreadable`](crate::station::Limits::unreadable)).
    pub kept_as: String,
}

/// What there is among the records of a station.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct RecordsReport {
    /// In which format they were; `None` if there were none, or if nobody can tell.
    pub format: Option<u32>,
    /// How many there are of each kind.
    pub kinds: BTreeMap<String, usize>,
    /// How many messages and transactions belong to another version of OCPP: they are kept until the station speaks it.
    pub other_versions: BTreeMap<String, usize>,
    /// Records of kinds that this program does not know. They stay as they are.
    pub unknown: Vec<String>,
    /// Records that cannot be read and were found now.
    pub found: Vec<Unreadable>,
    /// Records that could not be read before, and are kept since.
    pub kept: Vec<Unreadable>,
}

impl RecordsReport {
    /// Whether everything could be read, now and before, and by this program.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.found.is_empty() && self.kept.is_empty() && self.unknown.is_empty()
    }

    /// The format that this program writes.
    #[must_use]
    pub const fn current_format() -> u32 {
        FORMAT
    }

    /// What the CSMS is told, if anything was found now. The names come first that matter most.
    pub(crate) fn summary(&self) -> Option<String> {
        let newer = self.format.filter(|format| *format > FORMAT);
        if self.found.is_empty() && newer.is_none() {
            return None;
        }
        let mut text = match self.found.len() {
            0 => String::new(),
            1 => "1 record cannot be read: ".into(),
            more => format!("{more} records cannot be read: "),
        };
        let mut names: Vec<&str> = self.found.iter().map(|found| found.key.as_str()).collect();
        order::sort_by_key(&mut names, |key| (rank(key), *key));
        text += &names.join(", ");
        if let Some(newer) = newer {
            let more = if text.is_empty() { "" } else { "; " };
            text = format!("records of a later program, format {newer}{more}{text}");
        }
        Some(text)
    }
}

/// What matters most comes first, and finds room first.
fn rank(key: &str) -> usize {
    const ORDER: [&str; 6] = [
        "queue",
        "transaction",
        "charging-profile",
        "certificate",
        "signing",
        "transaction-data",
    ];
    let at = ORDER.iter().position(|name| *name == kind(key));
    let tokens = matches!(kind(key), "cache" | "local-list");
    at.unwrap_or(ORDER.len() + usize::from(tokens))
}

/// What is to be stored for the records that were rejected.
#[derive(Debug, Default)]
pub(crate) struct KeptAside {
    /// Before anything that the restart stores.
    pub(crate) stores: Vec<Change>,
    /// After it.
    pub(crate) removes: Vec<Change>,
}

/// Keeps what was rejected: first it is stored under a key of its own, which is never used again; then, unless something
/// else was stored in its place meanwhile (`replaced`), it is removed. A power cut in between leaves it in both places, and
/// the next start finds that out.
pub(crate) fn keep_aside(
    records: &Records,
    replaced: &[String],
    max: usize,
    report: &mut RecordsReport,
) -> KeptAside {
    let mut kept: Vec<Option<Kept>> = Vec::new();
    let mut last = 0_u64;
    for (key, text) in records.texts(PREFIX) {
        let number = key.strip_prefix(PREFIX).unwrap_or_default();
        let number = number
            .split('/')
            .next()
            .and_then(|number| number.parse().ok());
        let read: Option<Kept> = stored::read(text).partly();
        report.kept.push(match &read {
            Some(kept) => Unreadable {
                key: kept.key.clone(),
                reason: kept.reason.clone(),
                kept_as: key.into(),
            },
            None => Unreadable {
                key: key.into(),
                reason: "it is damaged".into(),
                kept_as: key.into(),
            },
        });
        kept.push(read);
        last = last.max(number.unwrap_or(0));
    }
    let mut rejected = records.rejected();
    order::sort_by_key(&mut rejected, |(key, _)| rank(key));
    let mut changes = KeptAside::default();
    let mut room = max.saturating_sub(kept.len());
    let mut next = last.saturating_add(1);
    for (key, reason) in rejected {
        let Some(value) = records.text(&key) else {
            continue;
        };
        let same = |kept: &&Option<Kept>| {
            kept.as_ref()
                .is_some_and(|kept| kept.key == key && kept.value == value)
        };
        let reason = reason.to_string();
        let mut kept_as = key.clone();
        let known = kept.iter().any(|kept| same(&kept));
        if !known && room > 0 {
            let mut place = format!("{PREFIX}{next:06}/{key}");
            while place.len() > MAX_KEY {
                place.pop();
            }
            let entry = Kept {
                key: key.clone(),
                reason: reason.clone(),
                value: value.into(),
            };
            if let Some(record) = record(place.clone(), &entry) {
                changes.stores.push(Change::Store(record));
                kept_as = place;
                room -= 1;
                next += 1;
            }
        }
        if (known || kept_as != key) && !replaced.contains(&key) {
            changes.removes.push(Change::Remove(key.clone()));
        }
        report.found.push(Unreadable {
            key,
            reason,
            kept_as,
        });
    }
    changes
}

/// Counts what there is.
pub(crate) fn count(records: &Records, found: Found, running: Version) -> RecordsReport {
    let mut report = RecordsReport {
        format: match found {
            Found::Format(format) => Some(format),
            Found::Nothing | Found::Unreadable => None,
        },
        ..RecordsReport::default()
    };
    let name = |version: Version| version.as_str().to_string();
    for (key, text) in records.raw() {
        let other = match owner(key) {
            None => {
                report.unknown.push(key.clone());
                continue;
            }
            Some(Owner::Every) => None,
            Some(Owner::V1_6) => (running != Version::V1_6).then(|| name(Version::V1_6)),
            Some(Owner::V2) => (running == Version::V1_6).then(|| name(Version::V2_0_1)),
            Some(Owner::Marked) => version_of(text).filter(|other| *other != running.as_str()),
        };
        *report.kinds.entry(kind(key).into()).or_default() += 1;
        if let Some(other) = other {
            *report.other_versions.entry(other).or_default() += 1;
        }
    }
    report
}

/// The version that a record says it belongs to.
pub(crate) fn version_of(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Marked {
        version: Option<String>,
    }
    stored::read::<Marked>(text).partly()?.version
}
