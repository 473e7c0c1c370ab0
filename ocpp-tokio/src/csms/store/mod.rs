//! Where a CSMS keeps what must not be lost.

#[cfg(feature = "redb")]
mod file;
mod memory;
mod rows;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

#[cfg(feature = "redb")]
pub use file::FileStore;
pub use memory::MemoryStore;
pub(super) use rows::{
    meters_of, meters_outside, origin_row, owner, read_all, read_from, service_rows, station_of,
    station_rows,
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
    /// What leads from the first message of a transaction to its number: the identity of the station, a line feed, the key of the core,
    /// a space.
    Origins,
}

impl Table {
    /// All tables.
    pub const ALL: [Self; 5] = [
        Self::Stations,
        Self::Transactions,
        Self::Meters,
        Self::Services,
        Self::Origins,
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
    /// What stands there from now on; `None` removes the row.
    pub value: Option<String>,
}

/// The store cannot be read or written. The CSMS goes on: stations are told an error and send again what counts.
#[derive(Debug, thiserror::Error)]
#[error("the store of the CSMS: {0}")]
pub struct StoreError(Box<dyn std::error::Error + Send + Sync>);

impl StoreError {
    /// An error of a store.
    pub fn new(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(error.into())
    }
}

/// Where a CSMS keeps its records: tables of texts, sorted by their keys. `FileStore` (feature `redb`) keeps them in a file,
/// [`MemoryStore`] until the program ends.
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
///         for Row { table, key, value } in rows {
///             match value {
///                 Some(value) => all.insert((table, key), value),
///                 None => all.remove(&(table, key)),
///             };
///         }
///         Ok(())
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
    /// Writes rows, all or none, and returns when they are durable. Without rows: whether it could be written now.
    ///
    /// # Errors
    /// None of them is written.
    fn write(&self, rows: Vec<Row>) -> impl Future<Output = Result<(), StoreError>> + Send;

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
}

impl<S: Store> Store for Arc<S> {
    async fn write(&self, rows: Vec<Row>) -> Result<(), StoreError> {
        Store::write(&**self, rows).await
    }

    async fn read(
        &self,
        table: Table,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(String, String)>, StoreError> {
        Store::read(&**self, table, after, limit).await
    }
}

/// A future on the heap.
pub(super) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A [`Store`] whose type nobody has to know.
pub(super) trait AnyStore: fmt::Debug + Send + Sync {
    fn write(&self, rows: Vec<Row>) -> Boxed<'_, Result<(), StoreError>>;

    fn read<'a>(
        &'a self,
        table: Table,
        after: &'a str,
        limit: usize,
    ) -> Boxed<'a, Result<Vec<(String, String)>, StoreError>>;
}

impl<S: Store> AnyStore for S {
    fn write(&self, rows: Vec<Row>) -> Boxed<'_, Result<(), StoreError>> {
        Box::pin(Store::write(self, rows))
    }

    fn read<'a>(
        &'a self,
        table: Table,
        after: &'a str,
        limit: usize,
    ) -> Boxed<'a, Result<Vec<(String, String)>, StoreError>> {
        Box::pin(Store::read(self, table, after, limit))
    }
}
