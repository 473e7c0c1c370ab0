//! The records handed to a restart.

use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;

use litemap::LiteMap;
use serde::de::DeserializeOwned;

use super::Record;
use crate::order;
use crate::stored::{Reading, UNKNOWN_MEMBERS, read};

/// Texts of records by their keys.
pub(in crate::station) type Texts = LiteMap<String, String>;

/// The texts of records. Of several with the same key the last one counts.
pub(in crate::station) fn texts(records: impl IntoIterator<Item = Record>) -> Texts {
    let mut records: Vec<Record> = records.into_iter().collect();
    order::sort_by(&mut records, |one, other| one.key.cmp(&other.key));
    let mut texts = Texts::with_capacity(records.len());
    for Record { key, value } in records {
        texts.insert(key, value);
    }
    texts
}

/// The records handed to a restart, by key. Whoever reads them cannot pass over one that cannot be read: it is noted here.
#[derive(Debug, Default)]
pub(crate) struct Records {
    all: Texts,
    rejected: RefCell<LiteMap<String, &'static str>>,
}

impl Records {
    #[cfg(test)]
    pub(crate) fn new(records: impl IntoIterator<Item = Record>) -> Self {
        Self::from(texts(records))
    }

    /// Notes that a record cannot be used.
    pub(crate) fn reject(&self, key: &str, why: &'static str) {
        let mut rejected = self.rejected.borrow_mut();
        if !rejected.contains_key(key) {
            rejected.insert(String::from(key), why);
        }
    }

    /// Whether a record was found that cannot be used.
    #[cfg_attr(not(feature = "v1_6"), allow(dead_code))]
    pub(crate) fn is_rejected(&self, key: &str) -> bool {
        self.rejected.borrow().contains_key(key)
    }

    /// The records that could not be used, with the reasons.
    pub(crate) fn rejected(&self) -> Vec<(String, &'static str)> {
        let rejected = self.rejected.borrow();
        rejected
            .iter()
            .map(|(key, why)| (key.clone(), *why))
            .collect()
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.all.get(key).map(String::as_str)
    }

    fn read<T: DeserializeOwned>(&self, key: &str, text: &str) -> Option<T> {
        let reading = read(text).whole();
        reading.map_err(|why| self.reject(key, why)).ok()
    }

    /// The record with this key, if it is there and can be read.
    pub(crate) fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.read(key, self.text(key)?)
    }

    /// The record with this key even if it says more than this program knows; then it is noted, and `false` comes with it.
    pub(crate) fn get_partly<T: DeserializeOwned>(&self, key: &str) -> Option<(T, bool)> {
        match read(self.text(key)?) {
            Reading::Whole(value) => Some((value, true)),
            Reading::Partly(value) => {
                self.reject(key, UNKNOWN_MEMBERS);
                Some((value, false))
            }
            Reading::Not(why) => {
                self.reject(key, why);
                None
            }
        }
    }

    /// All readable records whose key begins with `prefix`, by the rest of the key, in order.
    pub(crate) fn all<'a, T: DeserializeOwned>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a str, T)> {
        let texts = self.texts(prefix);
        texts
            .filter_map(move |(key, text)| Some((key.strip_prefix(prefix)?, self.read(key, text)?)))
    }

    /// All readable records whose key is `prefix` and a number, in the order of the keys.
    pub(crate) fn numbered<'a, N: core::str::FromStr, T: DeserializeOwned>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (N, T)> {
        self.all(prefix)
            .filter_map(move |(rest, value)| match rest.parse() {
                Ok(number) => Some((number, value)),
                Err(_) => {
                    self.reject(&alloc::format!("{prefix}{rest}"), NO_NUMBER);
                    None
                }
            })
    }

    /// Keys and texts of all records whose key begins with `prefix`.
    pub(crate) fn texts<'a>(&'a self, prefix: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.found(prefix).into_iter()
    }

    /// Apart from those who read them: there are many kinds of records.
    #[inline(never)]
    fn found(&self, prefix: &str) -> Vec<(&str, &str)> {
        let (Ok(first) | Err(first)) = self.all.find_index(prefix);
        let records = (first..).map_while(|at| self.all.get_indexed(at));
        let records = records.map(|(key, value)| (key.as_str(), value.as_str()));
        let found = records.take_while(|(key, _)| key.starts_with(prefix));
        found.collect()
    }

    /// All keys that begin with `prefix`.
    pub(crate) fn keys<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        self.texts(prefix).map(|(key, _)| key)
    }

    pub(in crate::station) const fn raw(&self) -> &Texts {
        &self.all
    }

    pub(in crate::station) fn into_raw(self) -> Texts {
        self.all
    }
}

/// Why a record is rejected whose key is not what this program makes.
pub(crate) const NO_NUMBER: &str = "its key is not one that this program makes";

impl From<Texts> for Records {
    fn from(all: Texts) -> Self {
        Self {
            all,
            rejected: RefCell::default(),
        }
    }
}
