//! The local lists of stations: what each has, and what has to be sent so that it has what is wanted.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::DateTime;
use serde::{Deserialize, Serialize};

use crate::csms::TokenStatus;
use crate::csms::ledger::{IdToken, RecordChange};
use crate::csms::remote::{CommandError, ListEntry, Operation, Outcome, TokenInfo};

/// What stations have in their local lists (D01).
#[derive(Debug, Clone, Default)]
pub struct LocalLists {
    all: BTreeMap<String, List>,
}

/// The list of one station.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    /// The version that was sent last; it never falls.
    version: i64,
    /// Whether the station took it: otherwise nobody knows what it has.
    known: bool,
    entries: BTreeMap<String, Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    id_token: IdToken,
    status: TokenStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expiry: Option<DateTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group: Option<IdToken>,
}

const FOLDER: &str = "local-list/";

impl LocalLists {
    /// No lists.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The version of a station's list, 0 if none was sent (D02). `None`: what the station has is not known.
    #[must_use]
    pub fn version(&self, station: &str) -> Option<i64> {
        match self.all.get(station) {
            None => Some(0),
            Some(list) => list.known.then_some(list.version),
        }
    }

    /// What has to be sent so that a station has these tokens and no others: the differences, or all of them if it is not known
    /// what it has, or if they are fewer. `None`: it has them.
    #[must_use]
    pub fn next(&self, station: &str, wanted: &[(IdToken, TokenInfo)]) -> Option<Operation> {
        let wanted = wanted.iter().map(|(id_token, info)| {
            let entry = Entry {
                id_token: id_token.clone(),
                status: info.status,
                expiry: info.cache_expiry,
                group: info.group.clone(),
            };
            (key(id_token), entry)
        });
        let wanted: BTreeMap<String, Entry> = wanted.collect();
        let never_sent = !self.all.contains_key(station);
        if never_sent && wanted.is_empty() {
            return None;
        }
        // What was never sent is not known: the station may have one of another CSMS.
        let nothing = List::default();
        let list = self.all.get(station).unwrap_or(&nothing);
        let changed = wanted.iter().filter(|(key, entry)| {
            let there = list.entries.get(*key);
            there.is_none_or(|there| !there.says(entry))
        });
        let gone = list
            .entries
            .iter()
            .filter(|(key, _)| !wanted.contains_key(*key));
        let differences: Vec<ListEntry> = changed
            .map(|(_, entry)| entry.told())
            .chain(gone.map(|(_, entry)| ListEntry {
                id_token: entry.id_token.clone(),
                info: None,
            }))
            .collect();
        if list.known && differences.is_empty() {
            return None;
        }
        let full = !list.known || differences.len() > wanted.len();
        Some(Operation::SendLocalList {
            version: list.version.saturating_add(1),
            full,
            entries: match full {
                true => wanted.values().map(Entry::told).collect(),
                false => differences,
            },
        })
    }

    /// The change to store before a list is sent: until its outcome is known, nobody knows what the station has, whether the program
    /// goes on or not. `None` if the operation is another one.
    #[must_use]
    pub fn sending(&self, station: &str, operation: &Operation) -> Option<RecordChange> {
        let Operation::SendLocalList { version, .. } = operation else {
            return None;
        };
        let mut list = self.all.get(station).cloned().unwrap_or_default();
        list.known = false;
        list.version = list.version.max(*version);
        Some(stored(station, &list))
    }

    /// The change that forgets what a station has, because the operator has sent a list past this: it is sent in full the next time.
    #[must_use]
    pub fn unknown(&self, station: &str) -> RecordChange {
        let mut list = self.all.get(station).cloned().unwrap_or_default();
        list.known = false;
        stored(station, &list)
    }

    /// The changes that forget the lists in which tokens of a person stand, each with its station: they are sent in full the next time.
    #[must_use]
    pub fn without(&self, is_one: &dyn Fn(&str) -> bool) -> Vec<(String, RecordChange)> {
        let names = |token: &IdToken| is_one(&token.id_token);
        let its = self.all.iter().filter(|(_, list)| {
            let mut entries = list.entries.values();
            entries.any(|entry| names(&entry.id_token) || entry.group.as_ref().is_some_and(names))
        });
        let changed = its.map(|(station, list)| {
            let list = List {
                version: list.version,
                known: false,
                entries: BTreeMap::new(),
            };
            (station.clone(), stored(station, &list))
        });
        changed.collect()
    }

    /// The change that the outcome of a list that was sent makes; `None` if the operation is another one. A list that was not
    /// taken as a whole is sent in full the next time (D01.FR.02).
    #[must_use]
    pub fn sent(
        &self,
        station: &str,
        operation: &Operation,
        outcome: &Result<Outcome, CommandError>,
    ) -> Option<RecordChange> {
        let Operation::SendLocalList {
            version,
            full,
            entries,
        } = operation
        else {
            return None;
        };
        let mut list = self.all.get(station).cloned().unwrap_or_default();
        let last = match outcome {
            Ok(Outcome::Accepted { id, .. }) => {
                list.known = true;
                id.unwrap_or(*version)
            }
            // Some of its parts may have been taken; there is no more than one for each entry.
            _ => {
                list.known = false;
                let more = i64::try_from(entries.len().saturating_sub(1)).unwrap_or(i64::MAX);
                version.saturating_add(more)
            }
        };
        list.version = list.version.max(last);
        if *full || !list.known {
            list.entries.clear();
        }
        for entry in entries.iter().filter(|_| list.known) {
            let key = key(&entry.id_token);
            match &entry.info {
                Some(info) => list.entries.insert(
                    key,
                    Entry {
                        id_token: entry.id_token.clone(),
                        status: info.status,
                        expiry: info.cache_expiry,
                        group: info.group.clone(),
                    },
                ),
                None => list.entries.remove(&key),
            };
        }
        Some(stored(station, &list))
    }

    /// The change that forgets a station; `None` if nothing was ever sent to it.
    #[must_use]
    pub fn forget(&self, station: &str) -> Option<RecordChange> {
        self.all.contains_key(station).then(|| RecordChange {
            key: format!("{FOLDER}{station}"),
            record: None,
        })
    }

    /// Takes a change that is stored, or a record after a start. `Ok(false)`: it is none of a list.
    ///
    /// # Errors
    ///
    /// The record cannot be read, for this reason; it counts as not known then what the station has.
    pub fn apply(&mut self, change: &RecordChange) -> Result<bool, String> {
        let Some(station) = change.key.strip_prefix(FOLDER) else {
            return Ok(false);
        };
        match &change.record {
            Some(record) => {
                let list = serde_json::from_str(record).map_err(|error| {
                    let list = self.all.entry(station.into()).or_default();
                    list.known = false;
                    error.to_string()
                })?;
                self.all.insert(station.into(), list);
            }
            None => {
                self.all.remove(station);
            }
        }
        Ok(true)
    }
}

fn stored(station: &str, list: &List) -> RecordChange {
    RecordChange {
        key: format!("{FOLDER}{station}"),
        // A plain value; serde_json writes all of it.
        record: serde_json::to_string(list).ok(),
    }
}

impl Entry {
    /// Whether both say the same of their token.
    fn says(&self, other: &Self) -> bool {
        (self.status, self.expiry, &self.group) == (other.status, other.expiry, &other.group)
    }

    fn told(&self) -> ListEntry {
        let mut info = TokenInfo::of(self.status);
        info.cache_expiry = self.expiry;
        info.group.clone_from(&self.group);
        ListEntry {
            id_token: self.id_token.clone(),
            info: Some(info),
        }
    }
}

/// A token is text and type; the text compares without case.
fn key(id_token: &IdToken) -> String {
    let kind = id_token.kind.as_deref().unwrap_or_default();
    format!("{kind} {}", id_token.id_token.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(tokens: &[&str]) -> Vec<(IdToken, TokenInfo)> {
        let info = TokenInfo::of(TokenStatus::Accepted);
        let tokens = tokens.iter();
        tokens
            .map(|text| (IdToken::of_1_6(text), info.clone()))
            .collect()
    }

    fn told(operation: &Operation) -> (i64, bool, Vec<(String, bool)>) {
        let Operation::SendLocalList {
            version,
            full,
            entries,
        } = operation
        else {
            panic!()
        };
        let entries = entries.iter();
        let entries = entries.map(|entry| (entry.id_token.id_token.clone(), entry.info.is_some()));
        (*version, *full, entries.collect())
    }

    #[test]
    fn only_differences_are_sent_while_it_is_known_what_the_station_has() {
        let mut lists = LocalLists::new();
        let accepted = Ok(Outcome::Accepted {
            status: "Accepted".into(),
            id: None,
            response: "{}".into(),
        });
        let send = |lists: &mut LocalLists, tokens: &[&str], outcome| {
            let operation = lists.next("CP1", &wanted(tokens))?;
            let change = lists.sent("CP1", &operation, outcome).unwrap();
            lists.apply(&change).unwrap();
            Some(told(&operation))
        };
        assert_eq!(send(&mut lists, &[], &accepted), None);
        assert_eq!(lists.version("CP1"), Some(0));
        let both = Vec::from([("A".into(), true), ("B".into(), true)]);
        let first = send(&mut lists, &["A", "B"], &accepted);
        assert_eq!(first, Some((1, true, both.clone())));
        assert_eq!(
            send(&mut lists, &["b", "a"], &accepted),
            None,
            "without case"
        );
        assert_eq!(lists.version("CP1"), Some(1));
        let refused = Err(CommandError::NotConnected);
        let less = send(&mut lists, &["A"], &refused).map(|told| told.1);
        assert_eq!((less, lists.version("CP1")), (Some(false), None));
        // Nobody knows what the station has.
        let again = send(&mut lists, &["A", "B"], &accepted);
        assert_eq!(again, Some((3, true, both)));
        assert_eq!(send(&mut lists, &["A", "B"], &accepted), None);
        let one = send(&mut lists, &["A", "B", "C"], &accepted);
        assert_eq!(one, Some((4, false, Vec::from([("C".into(), true)]))));
        let gone = send(&mut lists, &["A", "B"], &accepted);
        assert_eq!(gone, Some((5, false, Vec::from([("C".into(), false)]))));
    }

    #[test]
    fn a_list_whose_outcome_nobody_knows_is_sent_in_full() {
        let mut lists = LocalLists::new();
        let accepted = Ok(Outcome::Accepted {
            status: "Accepted".into(),
            id: None,
            response: "{}".into(),
        });
        let first = lists.next("CP1", &wanted(&["A", "B"])).unwrap();
        for change in [
            lists.sending("CP1", &first),
            lists.sent("CP1", &first, &accepted),
        ] {
            lists.apply(&change.unwrap()).unwrap();
        }
        let second = lists.next("CP1", &wanted(&["A"])).unwrap();
        assert!(!told(&second).1, "the difference");
        let sending = lists.sending("CP1", &second).unwrap();
        lists.apply(&sending).unwrap();
        // The program ends here, or the outcome comes.
        let mut restarted = lists.clone();
        assert_eq!(restarted.version("CP1"), None);
        let again = restarted.next("CP1", &wanted(&["A"])).unwrap();
        assert_eq!(told(&again), (3, true, Vec::from([("A".into(), true)])));
        let sent = lists.sent("CP1", &second, &accepted).unwrap();
        lists.apply(&sent).unwrap();
        assert_eq!(lists.next("CP1", &wanted(&["A"])), None);
        restarted.apply(&lists.unknown("CP1")).unwrap();
        assert_eq!(restarted.version("CP1"), None);
        restarted.apply(&lists.forget("CP1").unwrap()).unwrap();
        assert_eq!(restarted.version("CP1"), Some(0));
        let mut damaged = lists.unknown("CP1");
        damaged.record = Some("{".into());
        assert!(restarted.apply(&damaged).is_err());
        assert_eq!(restarted.version("CP1"), None, "it may have a list");
        restarted.apply(&lists.forget("CP1").unwrap()).unwrap();
        assert_eq!(restarted.forget("CP1"), None);
    }
}
