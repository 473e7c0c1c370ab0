//! The local authorization list (1.6 section 3.5.2, 2.0.1 block D).

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::queue::Change;
use super::record::{Records, key_part, record};
use super::vocabulary::{Authorization, Token};

const META: &str = "local-list";
const PREFIX: &str = "local-list/";

/// Which entries count, and the version. It is stored last, so that an interrupted full update leaves the old list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Meta {
    version: i64,
    generation: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Entry {
    token: Token,
    info: Authorization,
}

/// Tokens that the CSMS sent, with a version number.
#[derive(Debug)]
pub(crate) struct LocalList {
    entries: BTreeMap<String, Entry>,
    meta: Meta,
    max: usize,
}

impl LocalList {
    /// The list, and what an interrupted full update left behind.
    pub(crate) fn restore(max: usize, records: &Records) -> (Self, Vec<Change>) {
        let mut meta: Meta = records.get(META).unwrap_or_default();
        // Nobody is authorized by a list of which it is not known whether it counts.
        let unknown = records.is_rejected(META);
        let prefix = format!("{PREFIX}{}/", meta.generation);
        let (mut entries, mut clean_up, mut damaged) = (BTreeMap::new(), Vec::new(), unknown);
        for (key, _) in records.texts(PREFIX) {
            if unknown {
                records.reject(key, "it is not known which list counts");
            } else if let Some(token) = key.strip_prefix(&prefix) {
                match records.get::<Entry>(key) {
                    Some(entry) => drop(entries.insert(String::from(token), entry)),
                    None => damaged = true,
                }
            } else {
                clean_up.push(Change::Remove(key.into()));
            }
        }
        if damaged {
            // The CSMS compares the versions, and sends a list that is not that of its own again (1.6 5.10, D02).
            meta.version = 0;
            clean_up.extend(record(META.into(), &meta).map(Change::Store));
        }
        (Self { entries, meta, max }, clean_up)
    }

    /// The version of the list; 0 when it is empty.
    pub(crate) fn version(&self) -> i64 {
        if self.entries.is_empty() {
            0
        } else {
            self.meta.version
        }
    }

    /// The version that the CSMS gave last, empty list or not.
    pub(crate) const fn stored_version(&self) -> i64 {
        self.meta.version
    }

    #[allow(dead_code)] // 2.x needs it
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn get(&self, token: &Token) -> Option<&Authorization> {
        let entry = self.entries.get(&key_part(&token.id))?;
        entry.token.same_id(&token.id).then_some(&entry.info)
    }

    /// Replaces the list. `None` when it does not fit; nothing has changed then.
    pub(crate) fn replace(
        &mut self,
        version: i64,
        list: Vec<(Token, Authorization)>,
    ) -> Option<Vec<Change>> {
        if list.len() > self.max {
            return None;
        }
        let mut changes = Vec::new();
        let old = core::mem::take(&mut self.entries);
        let old_generation = self.meta.generation;
        self.meta = Meta {
            version,
            generation: old_generation.wrapping_add(1),
        };
        for (token, info) in list {
            changes.extend(self.insert(token, info));
        }
        changes.extend(self.store_meta());
        let remove = |key| Change::Remove(format!("{PREFIX}{old_generation}/{key}"));
        changes.extend(old.into_keys().map(remove));
        Some(changes)
    }

    /// Adds, replaces and (without information) removes tokens. `None` when it does not fit.
    pub(crate) fn update(
        &mut self,
        version: i64,
        list: Vec<(Token, Option<Authorization>)>,
    ) -> Option<Vec<Change>> {
        let new = |(token, info): &&(Token, Option<Authorization>)| {
            info.is_some() && !self.entries.contains_key(&key_part(&token.id))
        };
        if self.entries.len() + list.iter().filter(new).count() > self.max {
            return None;
        }
        let mut changes = Vec::new();
        for (token, info) in list {
            match info {
                Some(info) => changes.extend(self.insert(token, info)),
                None => {
                    let key = key_part(&token.id);
                    if self.entries.remove(&key).is_some() {
                        changes.push(Change::Remove(self.record_key(&key)));
                    }
                }
            }
        }
        // Last: after a power cut before this the CSMS, which got no answer, sends the same update again.
        self.meta.version = version;
        changes.extend(self.store_meta());
        Some(changes)
    }

    fn insert(&mut self, token: Token, info: Authorization) -> Option<Change> {
        let key = key_part(&token.id);
        let entry = Entry { token, info };
        let record = record(self.record_key(&key), &entry)?;
        self.entries.insert(key, entry);
        Some(Change::Store(record))
    }

    fn record_key(&self, key: &str) -> String {
        format!("{PREFIX}{}/{key}", self.meta.generation)
    }

    fn store_meta(&self) -> Option<Change> {
        record(META.into(), &self.meta).map(Change::Store)
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::Record;
    use super::super::vocabulary::AuthorizationStatus;
    use super::*;

    #[test]
    fn a_power_cut_within_a_full_update_leaves_the_old_or_the_new_list() {
        let info = || Authorization::new(AuthorizationStatus::Accepted);
        let list = |ids: &[&str]| ids.iter().map(|id| (Token::new(id), info())).collect();
        let mut stored: BTreeMap<String, String> = BTreeMap::new();
        let apply = |stored: &mut BTreeMap<String, String>, change: &Change| match change {
            Change::Store(Record { key, value }) => {
                stored.insert(key.clone(), value.clone());
            }
            Change::Remove(key) => {
                stored.remove(key);
            }
        };
        let (mut original, _) = LocalList::restore(10, &Records::default());
        for change in original.replace(3, list(&["A", "B"])).unwrap() {
            apply(&mut stored, &change);
        }
        let changes = original.replace(4, list(&["C", "D", "E"])).unwrap();
        for cut in 0..=changes.len() {
            let mut stored = stored.clone();
            for change in &changes[..cut] {
                apply(&mut stored, change);
            }
            let record = |(key, value): (&String, &String)| Record {
                key: key.clone(),
                value: value.clone(),
            };
            let records: Vec<_> = stored.iter().map(record).collect();
            let (list, clean_up) = LocalList::restore(10, &Records::new(records));
            for change in clean_up {
                apply(&mut stored, &change);
            }
            assert_eq!(stored.len(), list.len() + 1, "nothing is left behind");
            let seen = (list.version(), list.len());
            assert!(seen == (3, 2) || seen == (4, 3), "{seen:?} after {cut}");
        }
    }
}
