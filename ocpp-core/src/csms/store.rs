//! What has to survive: small records of JSON, by table and key.

use alloc::string::String;

/// A kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Table {
    /// [`Station`](super::Station)s by identity.
    Stations,
    /// [`Token`](super::Token)s by their text in lower case.
    Tokens,
    /// [`Transaction`](super::Transaction)s by reference.
    Transactions,
    /// [`Reservation`](super::Reservation)s by station and number.
    Reservations,
    /// The next reference of a transaction.
    Counter,
}

impl Table {
    /// All tables.
    pub const ALL: [Self; 5] = [
        Self::Stations,
        Self::Tokens,
        Self::Transactions,
        Self::Reservations,
        Self::Counter,
    ];

    /// A name for files and databases.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stations => "stations",
            Self::Tokens => "tokens",
            Self::Transactions => "transactions",
            Self::Reservations => "reservations",
            Self::Counter => "counter",
        }
    }
}

/// What a [`Csms`](super::Csms) wants stored, in this order, before the answer that it belongs to is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Store this record, in place of the one that is there.
    Store {
        /// Its table.
        table: Table,
        /// Its key within the table.
        key: String,
        /// JSON.
        record: String,
    },
    /// Remove this record.
    Erase {
        /// Its table.
        table: Table,
        /// Its key within the table.
        key: String,
    },
}

/// A stored record cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("record {key:?} of {} cannot be read: {reason}", table.name())]
pub struct BrokenRecord {
    /// Its table.
    pub table: Table,
    /// Its key.
    pub key: String,
    /// Why.
    pub reason: String,
}
