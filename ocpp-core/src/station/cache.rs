//! The authorization cache (1.6 section 3.5.1, 2.0.1 C10 to C12).

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::queue::Change;
use super::record::{Records, key_part, record};
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
    entries: BTreeMap<String, Entry>,
    max: usize,
    used: u64,
}

impl Cache {
    pub(crate) fn restore(max: usize, records: &Records) -> Self {
        let entries: BTreeMap<String, Entry> = records
            .all::<Entry>(PREFIX)
            .map(|(key, entry)| (String::from(key), entry))
            .collect();
        let used = entries.values().map(|entry| entry.used).max().unwrap_or(0);
        Self { entries, max, used }
    }

    pub(crate) fn get(&self, token: &Token) -> Option<&Authorization> {
        let entry = self.entries.get(&key_part(&token.id))?;
        entry.token.same_id(&token.id).then_some(&entry.info)
    }

    /// Notes what the CSMS said.
    pub(crate) fn put(
        &mut self,
        now: Option<DateTime>,
        token: &Token,
        info: &Authorization,
    ) -> Vec<Change> {
        let mut changes = Vec::new();
        let key = key_part(&token.id);
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
        let key = key_part(&token.id);
        match self.entries.remove(&key) {
            Some(_) => alloc::vec![Change::Remove(format!("{PREFIX}{key}"))],
            None => Vec::new(),
        }
    }

    pub(crate) fn clear(&mut self) -> Vec<Change> {
        let keys = core::mem::take(&mut self.entries).into_keys();
        keys.map(|key| Change::Remove(format!("{PREFIX}{key}")))
            .collect()
    }

    /// Tokens that may not charge, or not any more, go first (1.6 section 3.5.1), then those that were not used for the longest time.
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
    use super::*;

    #[test]
    fn the_least_used_token_makes_room_but_refused_ones_first() {
        let mut cache = Cache::restore(2, &Records::default());
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
        let mut cache = Cache::restore(2, &Records::default());
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
