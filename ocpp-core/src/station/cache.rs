//! The authorization cache (1.6 section 3.5.1, 2.0.1 C10 to C12).

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use litemap::LiteMap;
use serde::{Deserialize, Serialize};

use super::identity::Identity;
use super::queue::Change;
use super::record::{Records, record};
use super::vocabulary::{Authorization, AuthorizationStatus, Token};
use crate::time::DateTime;

const PREFIX: &str = "cache/";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Entry {
    token: Token,
    info: Authorization,
    /// The higher, the later it was used.
    used: u64,
}

/// What the CSMS said about tokens, for the time when it cannot be asked, or need not be.
#[derive(Debug)]
pub(crate) struct Cache {
    entries: LiteMap<String, Entry>,
    max: usize,
    used: u64,
    identity: Identity,
}

impl Cache {
    /// The cache, and the removal of what does not belong there. An entry that is not where this version looks for it, but
    /// where another one does, was written by that one, or by a program that did not tell types apart: the CSMS is asked about
    /// its token again. One that is where no version looks for it is not readable.
    pub(crate) fn restore(
        max: usize,
        identity: Identity,
        records: &Records,
    ) -> (Self, Vec<Change>) {
        let mut entries = LiteMap::new();
        let mut strangers = Vec::new();
        for (key, entry) in records.all::<Entry>(PREFIX) {
            if identity.may_be_cached(&entry.token) && identity.key(&entry.token) == key {
                entries.insert(String::from(key), entry);
            } else if Identity::ALL.iter().any(|any| any.key(&entry.token) == key) {
                strangers.push(Change::Remove(format!("{PREFIX}{key}")));
            } else {
                records.reject(&format!("{PREFIX}{key}"), "it is about another token");
            }
        }
        let used = entries.values().map(|entry: &Entry| entry.used).max();
        let cache = Self {
            entries,
            max,
            used: used.unwrap_or(0),
            identity,
        };
        (cache, strangers)
    }

    /// Tells tokens apart in another way from now on: what this version would not look for here goes, as at a start.
    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    pub(crate) fn identify_by(&mut self, identity: Identity) -> Vec<Change> {
        self.identity = identity;
        let mut gone = Vec::new();
        self.entries.retain(|key, entry| {
            let stays = identity.may_be_cached(&entry.token) && identity.key(&entry.token) == *key;
            if !stays {
                gone.push(Change::Remove(format!("{PREFIX}{key}")));
            }
            stays
        });
        gone
    }

    pub(crate) fn get(&self, token: &Token) -> Option<&Authorization> {
        let entry = self.entries.get(&self.identity.key(token))?;
        let same = self.identity.same(&entry.token, token);
        same.then_some(&entry.info)
    }

    /// Notes what the CSMS said, whatever it was (C10.FR.01), unless the token must not be in a cache.
    /// Stored at once: what the cache knows survives restarts (C10.FR.02).
    pub(crate) fn put(
        &mut self,
        now: Option<DateTime>,
        token: &Token,
        info: &Authorization,
    ) -> Vec<Change> {
        let mut changes = Vec::new();
        if !self.identity.may_be_cached(token) {
            return changes;
        }
        let key = self.identity.key(token);
        let unchanged = |entry: &Entry| entry.info == *info && entry.used == self.used;
        if self.max == 0 || self.entries.get(&key).is_some_and(unchanged) {
            return changes;
        }
        if !self.entries.contains_key(&key) {
            while self.entries.len() >= self.max {
                let Some(oldest) = self.least_useful(now) else {
                    return changes;
                };
                self.entries.remove(&oldest);
                changes.push(Change::Remove(format!("{PREFIX}{oldest}")));
            }
        }
        self.used = self.used.saturating_add(1);
        let entry = Entry {
            token: token.clone(),
            info: info.clone(),
            used: self.used,
        };
        changes.extend(record(format!("{PREFIX}{key}"), &entry).map(Change::Store));
        self.entries.insert(key, entry);
        changes
    }

    pub(crate) fn remove(&mut self, token: &Token) -> Vec<Change> {
        let key = self.identity.key(token);
        match self.entries.remove(&key) {
            Some(_) => alloc::vec![Change::Remove(format!("{PREFIX}{key}"))],
            None => Vec::new(),
        }
    }

    pub(crate) fn clear(&mut self) -> Vec<Change> {
        let keys = core::mem::take(&mut self.entries).into_iter();
        keys.map(|(key, _)| Change::Remove(format!("{PREFIX}{key}")))
            .collect()
    }

    /// Tokens that may not charge, or not any more, go first (1.6 section 3.5.1, C10.FR.07), then those that were not used for the longest time.
    fn least_useful(&self, now: Option<DateTime>) -> Option<String> {
        let rank = |entry: &Entry| {
            let accepted = entry.info.status_at(now) == AuthorizationStatus::Accepted;
            (accepted, entry.used)
        };
        let least = self.entries.iter().min_by_key(|(_, entry)| rank(entry))?;
        Some(least.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::Record;
    use super::super::vocabulary::TokenKind;
    use super::*;

    fn cache(max: usize, identity: Identity) -> Cache {
        Cache::restore(max, identity, &Records::default()).0
    }

    #[test]
    fn type_and_text_make_a_token_unless_the_version_knows_no_types() {
        let good = Authorization::new(AuthorizationStatus::Accepted);
        let card = Token::new("1234");
        let code = Token::of_kind("1234", TokenKind::KeyCode);
        for identity in [Identity::Text, Identity::TypeAndText] {
            let mut cache = cache(5, identity);
            cache.put(None, &card, &good);
            assert_eq!(cache.get(&code).is_some(), identity == Identity::Text);
            cache.put(None, &code, &good);
            cache.remove(&card);
            assert_eq!(cache.get(&card), None);
            assert_eq!(
                cache.get(&code).is_some(),
                identity == Identity::TypeAndText
            );
        }
    }

    /// C02.FR.03, C03.FR.02, C05.FR.02.
    #[test]
    fn what_the_csms_made_up_for_once_is_not_kept() {
        let good = Authorization::new(AuthorizationStatus::Accepted);
        for kind in [TokenKind::Central, TokenKind::NoAuthorization] {
            let mut cache = cache(5, Identity::TypeAndText);
            let token = Token::of_kind("1234", kind);
            assert_eq!(cache.put(None, &token, &good), []);
            assert_eq!(cache.get(&token), None);
        }
    }

    /// Before types counted, entries stood under the text whatever their type.
    #[test]
    fn records_of_a_program_that_did_not_tell_types_apart_are_read_or_cleared_away() {
        let record = |kind: TokenKind, text: &str| {
            let entry = Entry {
                token: Token::of_kind(text, kind),
                info: Authorization::new(AuthorizationStatus::Accepted),
                used: 7,
            };
            record(format!("{PREFIX}{}", text.to_lowercase()), &entry).unwrap()
        };
        let stored = [
            record(TokenKind::Iso14443, "CARD"),
            record(TokenKind::KeyCode, "1234"),
            record(TokenKind::Central, "4711"),
        ];
        let keys: Vec<String> = stored
            .iter()
            .map(|record: &Record| record.key.clone())
            .collect();
        let (cache, strangers) = Cache::restore(5, Identity::TypeAndText, &Records::new(stored));
        assert!(cache.get(&Token::new("card")).is_some());
        for kind in [TokenKind::KeyCode, TokenKind::Iso14443] {
            assert_eq!(cache.get(&Token::of_kind("1234", kind)), None);
        }
        let gone = [&keys[1], &keys[2]].map(|key| Change::Remove(key.clone()));
        assert_eq!(strangers, gone);
    }

    #[test]
    fn the_least_used_token_makes_room_but_refused_ones_first() {
        let mut cache = cache(2, Identity::Text);
        let accepted = Authorization::new(AuthorizationStatus::Accepted);
        let blocked = Authorization::new(AuthorizationStatus::Blocked);
        cache.put(None, &Token::new("A"), &accepted);
        cache.put(None, &Token::new("B"), &blocked);
        cache.put(None, &Token::new("C"), &accepted);
        assert_eq!(cache.get(&Token::new("B")), None);
        cache.put(None, &Token::new("a"), &accepted);
        cache.put(None, &Token::new("D"), &accepted);
        assert_eq!(cache.get(&Token::new("C")), None);
        assert!(cache.get(&Token::new("A")).is_some());
    }

    #[test]
    fn a_token_whose_time_is_over_makes_room_before_one_that_was_not_used_for_longer() {
        let now = DateTime::UNIX_EPOCH.saturating_add_millis(1_000);
        let mut cache = cache(2, Identity::Text);
        let good = Authorization::new(AuthorizationStatus::Accepted);
        let mut over = good.clone();
        over.expiry = Some(DateTime::UNIX_EPOCH);
        cache.put(Some(now), &Token::new("OLD"), &good);
        cache.put(Some(now), &Token::new("OVER"), &over);
        cache.put(Some(now), &Token::new("NEW"), &good);
        assert!(cache.get(&Token::new("OLD")).is_some());
        assert_eq!(cache.get(&Token::new("OVER")), None);
    }
}
