//! Where a CSMS keeps what must not be lost.

#[cfg(feature = "redb")]
mod file;
mod memory;
#[cfg(feature = "postgres")]
mod postgres;
mod rows;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

#[cfg(feature = "redb")]
pub use file::FileStore;
pub use memory::MemoryStore;
#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
pub(super) use rows::{
    closed_key, closed_of, index_rows, meters_of, meters_outside, number_key, number_of, open_key,
    origin_row, owner, read_all, read_from, service_rows, station_of, station_rows,
};

/// What the rows of a [`Store`] are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// What is known of a station, by its identity.
    Stations,
    /// Transactions, running and ended, by their number with leading zeros: the identity of the station, a line feed, the record.
    Transactions,
    /// Meter values: the identity of the station, a line feed, the number of the transaction, the number of the message.
    Meters,
    /// Tokens, reservations and what else the services keep, by the key that they give it.
    Services,
    /// What leads from the first message of a transaction to its number: the identity of the station, a line feed, the key of the core.
    Origins,
    /// Which transactions of a station are open: the identity of the station, a line feed, the number. The values are empty.
    Open,
    /// Which transactions of a station have ended, the newest first: the identity of the station, a line feed, 2⁶⁴ - 1 less the
    /// number. The values are empty.
    Closed,
    /// Bills that the application has not taken yet, by the number of the transaction.
    Outbox,
    /// What nodes agree on: who owns a station, which numbers have been given away, which commands have been carried out.
    Nodes,
    /// By what transactions are looked for: a station, a token, that they are open, or nothing of these; a line feed; when they began
    /// and their number. The values are empty.
    Index,
}

impl Table {
    /// All tables.
    pub const ALL: [Self; 10] = [
        Self::Stations,
        Self::Transactions,
        Self::Meters,
        Self::Services,
        Self::Origins,
        Self::Open,
        Self::Closed,
        Self::Outbox,
        Self::Nodes,
        Self::Index,
    ];

    /// A name for databases.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stations => "fleet-stations",
            Self::Transactions => "fleet-transactions",
            Self::Meters => "fleet-meters",
            Self::Services => "fleet-services",
            Self::Origins => "fleet-origins",
            Self::Open => "fleet-open",
            Self::Closed => "fleet-closed",
            Self::Outbox => "fleet-outbox",
            Self::Nodes => "fleet-nodes",
            Self::Index => "fleet-index",
        }
    }
}

/// What must stand in a row before it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// It does not matter.
    Anything,
    /// Nothing.
    Absent,
    /// This.
    Value(String),
}

impl Expect {
    /// Whether this is what stands there.
    #[must_use]
    pub fn holds(&self, there: Option<&str>) -> bool {
        match self {
            Self::Anything => true,
            Self::Absent => there.is_none(),
            Self::Value(value) => there == Some(value),
        }
    }
}

/// A row to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its table.
    pub table: Table,
    /// Its key within the table.
    pub key: String,
    /// What must stand there now; otherwise none of the rows is written.
    pub expect: Expect,
    /// What stands there from now on; `None` removes the row.
    pub value: Option<String>,
}

impl Row {
    /// Writes a row, whatever stands there.
    #[must_use]
    pub fn put(table: Table, key: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            table,
            key: key.into(),
            expect: Expect::Anything,
            value: Some(value.into()),
        }
    }

    /// Removes a row, whatever stands there.
    #[must_use]
    pub fn remove(table: Table, key: impl Into<String>) -> Self {
        Self {
            table,
            key: key.into(),
            expect: Expect::Anything,
            value: None,
        }
    }

    /// Leaves a row as it is: the other rows are written only if this stands there.
    #[must_use]
    pub fn check(table: Table, key: impl Into<String>, value: impl Into<String>) -> Self {
        let value = value.into();
        Self::put(table, key, value.clone()).only_if(Expect::Value(value))
    }

    /// Under a condition.
    #[must_use]
    pub fn only_if(mut self, expect: Expect) -> Self {
        self.expect = expect;
        self
    }

    /// Whether it changes nothing, if its condition holds ([`check`](Self::check)).
    #[must_use]
    pub fn is_check(&self) -> bool {
        match (&self.expect, &self.value) {
            (Expect::Value(expected), Some(value)) => expected == value,
            (Expect::Absent, None) => true,
            _ => false,
        }
    }
}

/// Rows cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The store fails. The CSMS goes on: stations are told an error and send again what counts.
    #[error("the store of the CSMS: {0}")]
    Failed(Box<dyn std::error::Error + Send + Sync>),
    /// The store works; something else stands in a row than was [expected](Row::expect): another node has written it.
    #[error("another node has written {key:?} of {}", table.name())]
    Conflict {
        /// The table of the row.
        table: Table,
        /// Its key.
        key: String,
    },
}

impl StoreError {
    /// An error of a store.
    pub fn new(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Failed(error.into())
    }

    /// This row is not what it was expected to be.
    #[must_use]
    pub fn conflict(row: &Row) -> Self {
        Self::Conflict {
            table: row.table,
            key: row.key.clone(),
        }
    }

    /// Whether another node has written a row.
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. })
    }
}

/// Where a CSMS keeps its records: tables of texts, sorted by their keys. `FileStore` (feature `redb`) keeps them in a file,
/// `PostgresStore` (feature `postgres`) in a database that several nodes share, [`MemoryStore`] until the program ends.
///
/// Calls come from many stations at the same time. The CSMS acknowledges nothing before [`write`](Self::write) has said that it is
/// durable, and puts its memory back when it has not; so after an error nothing of the rows may count. An error ends by itself: the
/// next call is made as if there had been none.
///
/// ```
/// use std::collections::BTreeMap;
/// use std::sync::Mutex;
/// use ocpp_tokio::csms::{Row, Store, StoreError, Table};
///
/// /// One table of a database, with the table's name as a part of the key.
/// #[derive(Debug, Default)]
/// struct Database(Mutex<BTreeMap<(Table, String), String>>);
///
/// impl Store for Database {
///     async fn write(&self, rows: Vec<Row>) -> Result<(), StoreError> {
///         let mut all = self.0.lock().map_err(|error| StoreError::new(error.to_string()))?;
///         for row in &rows {
///             let there = all.get(&(row.table, row.key.clone()));
///             if !row.expect.holds(there.map(String::as_str)) {
///                 return Err(StoreError::conflict(row));
///             }
///         }
///         for Row { table, key, value, .. } in rows {
///             match value {
///                 Some(value) => all.insert((table, key), value),
///                 None => all.remove(&(table, key)),
///             };
///         }
///         Ok(())
///     }
///
///     async fn get(&self, table: Table, key: &str) -> Result<Option<String>, StoreError> {
///         let all = self.0.lock().map_err(|error| StoreError::new(error.to_string()))?;
///         Ok(all.get(&(table, key.to_owned())).cloned())
///     }
///
///     async fn read(
///         &self,
///         table: Table,
///         after: &str,
///         limit: usize,
///     ) -> Result<Vec<(String, String)>, StoreError> {
///         let all = self.0.lock().map_err(|error| StoreError::new(error.to_string()))?;
///         let rows = all.iter().filter(|((of, key), _)| *of == table && key.as_str() > after);
///         let rows = rows.map(|((_, key), value)| (key.clone(), value.clone()));
///         Ok(rows.take(limit).collect())
///     }
/// }
/// ```
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// Writes rows, all or none, and returns when they are durable. Each row must be what it is [expected](Row::expect) to be, at one
    /// moment for all of them, whoever else writes at the same time. A row is there once at most. Without rows: whether it could be
    /// written now.
    ///
    /// # Errors
    /// None of them is written.
    fn write(&self, rows: Vec<Row>) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// What stands in a row.
    ///
    /// # Errors
    /// It cannot be read.
    fn get(
        &self,
        table: Table,
        key: &str,
    ) -> impl Future<Output = Result<Option<String>, StoreError>> + Send;

    /// The first `limit` rows of a table whose keys come after `after`, sorted by key as bytes. The empty text comes before all
    /// keys.
    ///
    /// # Errors
    /// They cannot be read.
    fn read(
        &self,
        table: Table,
        after: &str,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<(String, String)>, StoreError>> + Send;

    /// What stands in several rows of a table, in the order of the keys. Left out, it asks for one after the other.
    ///
    /// # Errors
    /// They cannot be read.
    fn get_all(
        &self,
        table: Table,
        keys: &[String],
    ) -> impl Future<Output = Result<Vec<Option<String>>, StoreError>> + Send {
        async move {
            let mut all = Vec::with_capacity(keys.len());
            for key in keys {
                all.push(self.get(table, key).await?);
            }
            Ok(all)
        }
    }

    /// Sees to it that what was removed or replaced cannot be read from the medium any more, as far as the store can: after a person's
    /// data were erased. By default nothing.
    ///
    /// # Errors
    /// It may still be there. Nothing else has changed.
    fn scrub(&self) -> impl Future<Output = Result<(), StoreError>> + Send {
        async { Ok(()) }
    }
}

impl<S: Store> Store for Arc<S> {
    async fn write(&self, rows: Vec<Row>) -> Result<(), StoreError> {
        Store::write(&**self, rows).await
    }

    async fn get(&self, table: Table, key: &str) -> Result<Option<String>, StoreError> {
        Store::get(&**self, table, key).await
    }

    async fn read(
        &self,
        table: Table,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(String, String)>, StoreError> {
        Store::read(&**self, table, after, limit).await
    }

    async fn get_all(
        &self,
        table: Table,
        keys: &[String],
    ) -> Result<Vec<Option<String>>, StoreError> {
        Store::get_all(&**self, table, keys).await
    }

    async fn scrub(&self) -> Result<(), StoreError> {
        Store::scrub(&**self).await
    }
}

/// A future on the heap.
pub(super) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A [`Store`] whose type nobody has to know.
pub(super) trait AnyStore: fmt::Debug + Send + Sync {
    fn write(&self, rows: Vec<Row>) -> Boxed<'_, Result<(), StoreError>>;

    fn get<'a>(
        &'a self,
        table: Table,
        key: &'a str,
    ) -> Boxed<'a, Result<Option<String>, StoreError>>;

    fn read<'a>(
        &'a self,
        table: Table,
        after: &'a str,
        limit: usize,
    ) -> Boxed<'a, Result<Vec<(String, String)>, StoreError>>;

    fn get_all<'a>(
        &'a self,
        table: Table,
        keys: &'a [String],
    ) -> Boxed<'a, Result<Vec<Option<String>>, StoreError>>;

    fn scrub(&self) -> Boxed<'_, Result<(), StoreError>>;
}

impl<S: Store> AnyStore for S {
    fn write(&self, rows: Vec<Row>) -> Boxed<'_, Result<(), StoreError>> {
        Box::pin(Store::write(self, rows))
    }

    fn get<'a>(
        &'a self,
        table: Table,
        key: &'a str,
    ) -> Boxed<'a, Result<Option<String>, StoreError>> {
        Box::pin(Store::get(self, table, key))
    }

    fn read<'a>(
        &'a self,
        table: Table,
        after: &'a str,
        limit: usize,
    ) -> Boxed<'a, Result<Vec<(String, String)>, StoreError>> {
        Box::pin(Store::read(self, table, after, limit))
    }

    fn get_all<'a>(
        &'a self,
        table: Table,
        keys: &'a [String],
    ) -> Boxed<'a, Result<Vec<Option<String>>, StoreError>> {
        Box::pin(Store::get_all(self, table, keys))
    }

    fn scrub(&self) -> Boxed<'_, Result<(), StoreError>> {
        Box::pin(Store::scrub(self))
    }
}
