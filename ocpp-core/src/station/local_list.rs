//! The local authorization list (1.6 section 3.5.2, 2.0.1 block D).

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use litemap::LiteMap;
use serde::{Deserialize, Serialize};

use super::identity::Identity;
use super::queue::Change;
use super::record::{Records, record};
use super::vocabulary::{Authorization, AuthorizationStatus, Token};

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

/// Tokens that the CSMS sent, with a version number. Nothing but the CSMS changes them (D01.FR.09); they are stored before
/// the CSMS has its answer, and survive restarts (D01.FR.10).
#[derive(Debug)]
pub(crate) struct LocalList {
    entries: LiteMap<String, Entry>,
    meta: Meta,
    max: usize,
    identity: Identity,
}

impl LocalList {
    /// The list, and what an interrupted full update left behind. An entry that is not where this version looks for it was
    /// written by another one, or by a program that did not tell types apart: it moves, because the CSMS believes that the
    /// list is complete. Of two that become one the one that refuses stays.
    pub(crate) fn restore(
        max: usize,
        identity: Identity,
        records: &Records,
    ) -> (Self, Vec<Change>) {
        let meta: Meta = records.get(META).unwrap_or_default();
        // Nobody is authorized by a list of which it is not known whether it counts.
        let unknown = records.is_rejected(META);
        let prefix = format!("{PREFIX}{}/", meta.generation);
        let mut list = Self {
            entries: LiteMap::new(),
            meta,
            max,
            identity,
        };
        let (mut moved, mut stale, mut damaged) = (Vec::new(), Vec::new(), unknown);
        for (key, _) in records.texts(PREFIX) {
            if unknown {
                records.reject(key, "it is not known which list counts");
            } else if let Some(place) = key.strip_prefix(&prefix) {
                match records.get::<Entry>(key) {
                    Some(entry) if identity.key(&entry.token) == place => {
                        list.entries.insert(place.into(), entry);
                    }
                    Some(entry) => {
                        stale.push(String::from(key));
                        moved.push(entry);
                    }
                    None => damaged = true,
                }
            } else {
                stale.push(key.into());
            }
        }
        let mut clean_up = list.take_in(moved);
        clean_up.extend(stale.into_iter().map(Change::Remove));
        if damaged {
            // The CSMS compares the versions, and sends a list that is not that of its own again (1.6 5.10, D02).
            list.meta.version = 0;
            clean_up.extend(record(META.into(), &list.meta).map(Change::Store));
        }
        (list, clean_up)
    }

    /// Takes entries in that were stored for another version of OCPP.
    fn take_in(&mut self, moved: Vec<Entry>) -> Vec<Change> {
        let mut changes = Vec::new();
        for entry in moved {
            let there = self.entries.get(&self.identity.key(&entry.token));
            let accepts = |entry: &Entry| entry.info.status == AuthorizationStatus::Accepted;
            if there.is_none_or(|there| accepts(there) && !accepts(&entry)) {
                changes.extend(self.insert(entry.token, entry.info));
            }
        }
        changes
    }

    /// Tells tokens apart in another way from now on: entries move, as at a start.
    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    pub(crate) fn identify_by(&mut self, identity: Identity) -> Vec<Change> {
        self.identity = identity;
        let mut keys: Vec<String> = Vec::new();
        let mut entries = Vec::new();
        for (key, entry) in core::mem::take(&mut self.entries) {
            if identity.key(&entry.token) == key {
                self.entries.insert(key, entry);
            } else {
                keys.push(key);
                entries.push(entry);
            }
        }
        let mut changes = self.take_in(entries);
        let prefix = format!("{PREFIX}{}/", self.meta.generation);
        // One whose place was taken meanwhile is there anew.
        let stale = keys
            .into_iter()
            .filter(|key| !self.entries.contains_key(key));
        changes.extend(stale.map(|key| Change::Remove(format!("{prefix}{key}"))));
        changes
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
        let entry = self.entries.get(&self.identity.key(token))?;
        let same = self.identity.same(&entry.token, token);
        same.then_some(&entry.info)
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
        let remove = |(key, _)| Change::Remove(format!("{PREFIX}{old_generation}/{key}"));
        changes.extend(old.into_iter().map(remove));
        Some(changes)
    }

    /// Adds, replaces and (without information) removes tokens. `None` when it does not fit.
    pub(crate) fn update(
        &mut self,
        version: i64,
        list: Vec<(Token, Option<Authorization>)>,
    ) -> Option<Vec<Change>> {
        let new = |(token, info): &&(Token, Option<Authorization>)| {
            info.is_some() && !self.entries.contains_key(&self.identity.key(token))
        };
        if self.entries.len() + list.iter().filter(new).count() > self.max {
            return None;
        }
        let mut changes = Vec::new();
        for (token, info) in list {
            match info {
                Some(info) => changes.extend(self.insert(token, info)),
                None => {
                    let key = self.identity.key(&token);
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
        let key = self.identity.key(&token);
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
    use alloc::collections::BTreeMap;

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
        let (mut original, _) = LocalList::restore(10, Identity::Text, &Records::default());
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
            let (list, clean_up) = LocalList::restore(10, Identity::Text, &Records::new(records));
            for change in clean_up {
                apply(&mut stored, &change);
            }
            assert_eq!(stored.len(), list.len() + 1, "nothing is left behind");
            let seen = (list.version(), list.len());
            assert!(seen == (3, 2) || seen == (4, 3), "{seen:?} after {cut}");
        }
    }
    #[test]
    fn entries_of_a_program_that_did_not_tell_types_apart_move() {
        use super::super::vocabulary::TokenKind;
        let entry = |kind: TokenKind, status| Entry {
            token: Token::of_kind("1234", kind),
            info: Authorization::new(status),
        };
        let code = entry(TokenKind::KeyCode, AuthorizationStatus::Accepted);
        let card = entry(TokenKind::Iso14443, AuthorizationStatus::Blocked);
        let meta = Meta {
            version: 3,
            generation: 0,
        };
        let old = [
            record(META.into(), &meta).unwrap(),
            record("local-list/0/1234".into(), &code).unwrap(),
        ];
        let (list, changes) = LocalList::restore(9, Identity::TypeAndText, &Records::new(old));
        assert_eq!(list.get(&code.token), Some(&code.info));
        assert_eq!(list.get(&card.token), None);
        let new = record("local-list/0/1234/keycode".into(), &code).unwrap();
        let moved = [
            Change::Store(new.clone()),
            Change::Remove("local-list/0/1234".into()),
        ];
        assert_eq!(changes, moved);
        // A version without types knows one token where there were two: the one that refuses.
        let both = [
            record(META.into(), &meta).unwrap(),
            record("local-list/0/1234".into(), &card).unwrap(),
            new,
        ];
        let (list, changes) = LocalList::restore(9, Identity::Text, &Records::new(both));
        assert_eq!(list.get(&code.token), Some(&card.info));
        let gone = Change::Remove("local-list/0/1234/keycode".into());
        assert_eq!(changes, [gone]);
    }
}
