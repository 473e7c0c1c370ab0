//! What a transaction is found again by when a message of it comes once more after it has left memory.

use alloc::format;
use alloc::string::String;

use ocpp_types::{DateTime, Decimal};

use super::record::{CLOSED, Key, key};
use super::{Begin, Event, IdToken, Ledger, Stop, Transaction};
use crate::csms::TransactionId;

/// The records that lead from the first message of a transaction to its number.
pub(super) const ORIGIN: &str = "begun/";

impl Begin {
    /// The record that leads to the transaction that this begin has begun before.
    #[must_use]
    pub fn origin(&self) -> Key {
        begin(self.connector, self.at, self.meter, &self.id_token)
    }
}

impl Event {
    /// The record that leads to the last transaction that the station called so.
    #[must_use]
    pub fn origin(&self) -> Key {
        id_origin(&self.transaction_id)
    }
}

impl Stop {
    /// The record that leads to what became of this end when it came before and nobody knew its transaction.
    #[must_use]
    pub fn origin(&self) -> Key {
        end(self.transaction_id, self.at, self.meter)
    }
}

/// The record of a closed transaction, by its number.
#[must_use]
pub fn closed_key(reference: u64) -> Key {
    key(CLOSED, reference)
}

/// Whether a key is that of a record that leads to a transaction.
#[must_use]
pub fn is_origin_key(key: &str) -> bool {
    key.starts_with(ORIGIN)
}

/// Whether a token stands in the key of a record that leads to a transaction.
#[must_use]
pub fn names_token(key: &str, token: &str) -> bool {
    let begin = key.split_once("begun/begin/");
    let its = begin.and_then(|(_, rest)| rest.rsplit('/').next());
    its.is_some_and(|its| its == plain(token))
}

impl Ledger {
    /// Takes a closed transaction back into memory, because a message of it may have come: its record, as it was stored. Only the
    /// last [`closed`](super::Limits::closed) of those that are taken back stay.
    ///
    /// # Errors
    ///
    /// The record cannot be read, for this reason; nothing has changed then.
    pub fn recall(&mut self, record: &str) -> Result<(), String> {
        let transaction: Transaction =
            serde_json::from_str(record).map_err(|error| format!("{error}"))?;
        let reference = transaction.reference;
        // Open ones are in memory, and what is in memory is newer.
        if transaction.is_open() || self.all.contains_key(&reference) {
            return Ok(());
        }
        self.all
            .insert(reference, alloc::boxed::Box::new(transaction));
        self.recalled.push_back(reference);
        self.forget_recalled();
        Ok(())
    }

    /// Those that were taken back leave memory, but for the last ones, and those that have changed and are not stored.
    pub(super) fn forget_recalled(&mut self) {
        let most = self.limits.closed.max(1);
        while self.recalled.len() > most && self.undo.is_empty() {
            if let Some(reference) = self.recalled.pop_front() {
                self.all.remove(&reference);
            }
        }
    }
}

/// By what a transaction that has just become known is found again.
pub(super) fn of(transaction: &Transaction) -> Option<Key> {
    match &transaction.transaction_id {
        TransactionId::Text(text) => Some(id_origin(text)),
        TransactionId::Number(number) => {
            if let Some((at, meter)) = transaction.started_at.zip(transaction.meter_start) {
                let token = transaction.id_token.as_ref()?;
                return Some(begin(transaction.evse, at, meter, token));
            }
            let at = transaction.end.as_ref()?.at;
            Some(end(*number, at, transaction.meter_stop?))
        }
    }
}

fn begin(connector: i64, at: DateTime, meter: Decimal, token: &IdToken) -> Key {
    let (at, token) = (at.unix_millis(), plain(&token.id_token));
    format!("{ORIGIN}begin/{connector}/{at}/{meter}/{token}")
}

fn end(id: i64, at: DateTime, meter: Decimal) -> Key {
    let at = at.unix_millis();
    format!("{ORIGIN}end/{id}/{at}/{meter}")
}

/// The record that leads to the last transaction that a station of 2.x called so.
#[must_use]
pub fn id_origin(id: &str) -> Key {
    format!("{ORIGIN}id/{}", plain(id))
}

/// Without case, and of visible ASCII only: such keys are safe in every database.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !matches!(byte, b'/' | b'%') {
            plain.push(char::from(byte.to_ascii_lowercase()));
        } else {
            plain.push_str(&format!("%{byte:02x}"));
        }
    }
    plain
}
