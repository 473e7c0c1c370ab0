//! By what transactions are looked for: when they began, whose token they are, whether they are open.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use ocpp_types::DateTime;

use super::Transaction;
use super::origin::plain;
use super::record::Key;

/// The records of the index begin so. Their contents say nothing, and nobody has to keep them who looks for nothing.
const INDEX: &str = "index/";

/// Whether a key is that of a record by which transactions are looked for.
#[must_use]
pub fn is_index_key(key: &str) -> bool {
    key.starts_with(INDEX)
}

/// Where a transaction stands among others: the time of its begin, as text that sorts like the time.
#[must_use]
pub fn index_time(at: DateTime) -> String {
    // Clocks that were never set may be before 1970.
    let shifted = i128::from(at.unix_millis()) - i128::from(i64::MIN);
    format!("{shifted:020}")
}

/// How an index names a token: without case, and of visible ASCII only.
#[must_use]
pub fn index_token(id_token: &str) -> String {
    plain(id_token)
}

impl Transaction {
    /// When it began, as far as is known: if its begin is lost, the time of its first message.
    #[must_use]
    pub fn began_at(&self) -> DateTime {
        self.started_at.unwrap_or(self.first_at)
    }

    /// The records by which it is looked for: `index/time/TIME/NUMBER`, `index/open/TIME/NUMBER` while it is open, and
    /// `index/token/TOKEN/TIME/NUMBER` if a token is known. They are stored with it, and go when they are not true any more.
    #[must_use]
    pub fn index(&self) -> Vec<Key> {
        let place = format!("{}/{:020}", index_time(self.began_at()), self.reference);
        let mut keys = Vec::with_capacity(3);
        keys.push(format!("{INDEX}time/{place}"));
        if self.is_open() {
            keys.push(format!("{INDEX}open/{place}"));
        }
        let token = self.id_token.as_ref().map(|token| &*token.id_token);
        if let Some(token) = token.filter(|token| !token.is_empty()) {
            keys.push(format!("{INDEX}token/{}/{place}", index_token(token)));
        }
        keys
    }
}
