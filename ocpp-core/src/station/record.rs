//! What survives a power cut.

use alloc::collections::BTreeMap;
use alloc::string::String;
use core::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A small piece of durable state. Records are independent of each other; the order of [`Output::Store`] and
/// [`Output::Remove`] keeps them consistent.
///
/// [`Output::Store`]: super::Output::Store
/// [`Output::Remove`]: super::Output::Remove
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    /// ASCII, at most [`MAX_KEY`] bytes: a kind, `/`, and what identifies it within the kind.
    pub key: String,
    /// JSON text.
    pub value: String,
}

/// Without passwords (A01.FR.12).
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret = ["authorizationkey", "password"];
        let secret = secret.iter().any(|word| self.key.contains(word));
        let value = if secret { "…" } else { &self.value };
        f.debug_struct("Record")
            .field("key", &self.key)
            .field("value", &value)
            .finish()
    }
}

/// The longest key of a record.
pub const MAX_KEY: usize = 300;

/// The records handed to a restart, by key.
#[derive(Debug, Default)]
pub(crate) struct Records(BTreeMap<String, String>);

impl Records {
    pub(crate) fn new(records: impl IntoIterator<Item = Record>) -> Self {
        Self(records.into_iter().map(|r| (r.key, r.value)).collect())
    }

    /// The record with this key, if it is there and can be read.
    pub(crate) fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        serde_json::from_str(self.0.get(key)?).ok()
    }

    /// All readable records whose key begins with `prefix`, by the rest of the key, in order.
    pub(crate) fn all<'a, T: DeserializeOwned>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a str, T)> {
        let keys = self.0.range(String::from(prefix)..);
        keys.map_while(move |(key, value)| Some((key.strip_prefix(prefix)?, value)))
            .filter_map(|(rest, value)| Some((rest, serde_json::from_str(value).ok()?)))
    }

    /// Keys and texts of all records whose key begins with `prefix`.
    pub(crate) fn texts<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let records = self.0.range(String::from(prefix)..);
        let records = records.map(|(key, value)| (key.as_str(), value.as_str()));
        records.take_while(move |(key, _)| key.starts_with(prefix))
    }

    /// All keys that begin with `prefix`.
    pub(crate) fn keys<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        let keys = self.0.range(String::from(prefix)..);
        keys.map(|(key, _)| key.as_str())
            .take_while(move |key| key.starts_with(prefix))
    }
}

/// The record of a value. A value that cannot be written as JSON does not occur among the types that are stored.
pub(crate) fn record(key: String, value: &impl Serialize) -> Option<Record> {
    let value = serde_json::to_string(value).ok()?;
    Some(Record { key, value })
}

/// Text made fit for a key: letters and digits in lower case, everything else in hexadecimal.
pub(crate) fn key_part(text: &str) -> String {
    use core::fmt::Write;
    let mut key = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' || byte == b'.' {
            key.push(char::from(byte.to_ascii_lowercase()));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(key, "%{byte:02x}");
        }
    }
    key
}
