//! A database file as the store.

mod backup;

use std::fmt;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;

use redb::{
    Database, DatabaseError, ReadableDatabase, ReadableTable as _, TableDefinition,
    TableHandle as _, WriteTransaction,
};
use tokio::sync::oneshot;

use super::{Expect, Row, Store, StoreError, Table};

mod rewrite;

/// A table of builds that were never released. Their records say other things.
const EARLIER: &str = "counter";

const fn definition(table: Table) -> TableDefinition<'static, &'static str, &'static str> {
    TableDefinition::new(table.name())
}

type Readable = redb::ReadOnlyTable<&'static str, &'static str>;

/// Keeps records in a file of redb, which one program has open at a time. What stations write at the same moment becomes durable
/// together.
pub struct FileStore {
    file: Arc<File>,
    orders: Option<Sender<Order>>,
    writer: Option<JoinHandle<()>>,
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FileStore").field(&self.file.path).finish()
    }
}

/// The file, which is opened again after an error.
struct File {
    path: PathBuf,
    database: RwLock<Option<Arc<Database>>>,
}

/// What the thread that writes is asked for.
enum Order {
    Write(Batch),
    /// Writes the file anew, without what was removed.
    Rewrite(Written),
}

/// Who waits.
type Written = oneshot::Sender<Result<(), StoreError>>;

/// Rows that belong together, and who waits for them.
struct Batch {
    rows: Vec<Row>,
    written: Written,
}

impl File {
    fn database(&self) -> Result<Arc<Database>, StoreError> {
        let there = self.database.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(database) = &*there {
            return Ok(Arc::clone(database));
        }
        drop(there);
        let mut place = self
            .database
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(database) = &*place {
            return Ok(Arc::clone(database));
        }
        let database = Arc::new(Database::create(&self.path).map_err(StoreError::new)?);
        *place = Some(Arc::clone(&database));
        Ok(database)
    }

    /// After an error redb takes nothing until the file is opened again.
    fn give_up(&self) {
        *self
            .database
            .write()
            .unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn open_table(&self, table: Table) -> Result<Readable, redb::Error> {
        let failed = |error: StoreError| std::io::Error::other(error.to_string());
        let reading = self.database().map_err(failed)?.begin_read()?;
        Ok(reading.open_table(definition(table))?)
    }

    fn get(&self, table: Table, key: &str) -> Result<Option<String>, StoreError> {
        let get = || -> Result<Option<String>, redb::Error> {
            let value = self.open_table(table)?.get(key)?;
            Ok(value.map(|value| value.value().to_owned()))
        };
        get().map_err(StoreError::new)
    }

    fn get_all(&self, table: Table, keys: &[String]) -> Result<Vec<Option<String>>, StoreError> {
        let get_all = || -> Result<Vec<Option<String>>, redb::Error> {
            let table = self.open_table(table)?;
            let mut all = Vec::with_capacity(keys.len());
            for key in keys {
                let value = table.get(key.as_str())?;
                all.push(value.map(|value| value.value().to_owned()));
            }
            Ok(all)
        };
        get_all().map_err(StoreError::new)
    }

    fn read(
        &self,
        table: Table,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let read = || -> Result<Vec<(String, String)>, redb::Error> {
            let table = self.open_table(table)?;
            let from = (Bound::Excluded(after), Bound::Unbounded);
            let mut rows = Vec::new();
            for row in table.range::<&str>(from)?.take(limit) {
                let (key, value) = row?;
                rows.push((key.value().to_owned(), value.value().to_owned()));
            }
            Ok(rows)
        };
        read().map_err(StoreError::new)
    }
}

impl FileStore {
    /// Opens the file, or makes it, readable by its owner only: there are secrets in it.
    ///
    /// # Errors
    /// When it cannot be opened, for example because another program has it open, or was written by a build whose records cannot
    /// be read any more.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        crate::private::make_private(path).map_err(StoreError::new)?;
        let database = prepare(path).map_err(StoreError::new)?;
        let file = Arc::new(File {
            path: path.into(),
            database: RwLock::new(Some(Arc::new(database))),
        });
        let (orders, queue) = channel();
        let writer = {
            let file = Arc::clone(&file);
            std::thread::Builder::new()
                .name("csms-store".into())
                .spawn(move || write(&file, &queue))
                .map_err(StoreError::new)?
        };
        Ok(Self {
            file,
            orders: Some(orders),
            writer: Some(writer),
        })
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.file.path
    }

    /// Copies what is stored at this moment into another file, while stations go on. Gives its size in bytes. It is complete when it is
    /// there under this name, and readable by its owner only. A program that starts on it goes on from that moment; so that it
    /// gives no number of a transaction away again that stations have heard since, the copy leaves the next
    /// [`NUMBERS_AFTER_BACKUP`](Self::NUMBERS_AFTER_BACKUP) out.
    ///
    /// # Errors
    /// There is a file of this name, or it cannot be written; nothing is left of it then.
    pub async fn backup(&self, to: &Path) -> Result<u64, StoreError> {
        let (file, to) = (Arc::clone(&self.file), to.to_owned());
        let copying = move || backup::copy(file.database()?.as_ref(), &to);
        tokio::task::spawn_blocking(copying)
            .await
            .map_err(StoreError::new)?
    }

    /// How many numbers of transactions a [copy](Self::backup) leaves out: as many may have begun after it was made.
    pub const NUMBERS_AFTER_BACKUP: u64 = 100_000;
}

/// Opens the file and makes its tables.
fn prepare(path: &Path) -> Result<Database, Box<dyn std::error::Error + Send + Sync>> {
    let database = Database::create(path).map_err(|error| match error {
        DatabaseError::DatabaseAlreadyOpen => "another program has it open".to_owned(),
        other => format!(
            "{other}; if it is damaged, or was never a file of a CSMS, start on its last copy or with a new file"
        ),
    })?;
    let reading = database.begin_read()?;
    if reading.list_tables()?.any(|table| table.name() == EARLIER) {
        let why = "it was written by a build that was never released, and its records cannot be taken over: \
                   begin with a new file";
        return Err(why.into());
    }
    drop(reading);
    let writing = database.begin_write()?;
    for table in Table::ALL {
        writing.open_table(definition(table))?;
    }
    writing.commit()?;
    Ok(database)
}

impl FileStore {
    async fn order(&self, order: impl FnOnce(Written) -> Order) -> Result<(), StoreError> {
        let gone = || StoreError::new("it is closed");
        let (written, wait) = oneshot::channel();
        let orders = self.orders.as_ref().ok_or_else(gone)?;
        orders.send(order(written)).map_err(|_| gone())?;
        wait.await.map_err(|_| gone())?
    }
}

impl Store for FileStore {
    async fn write(&self, rows: Vec<Row>) -> Result<(), StoreError> {
        self.order(|written| Order::Write(Batch { rows, written }))
            .await
    }

    async fn get(&self, table: Table, key: &str) -> Result<Option<String>, StoreError> {
        let (file, key) = (Arc::clone(&self.file), key.to_owned());
        let get = move || file.get(table, &key);
        tokio::task::spawn_blocking(get)
            .await
            .map_err(StoreError::new)?
    }

    async fn read(
        &self,
        table: Table,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let (file, after) = (Arc::clone(&self.file), after.to_owned());
        let read = move || file.read(table, &after, limit);
        tokio::task::spawn_blocking(read)
            .await
            .map_err(StoreError::new)?
    }

    async fn get_all(
        &self,
        table: Table,
        keys: &[String],
    ) -> Result<Vec<Option<String>>, StoreError> {
        let (file, keys) = (Arc::clone(&self.file), keys.to_vec());
        let get = move || file.get_all(table, &keys);
        tokio::task::spawn_blocking(get)
            .await
            .map_err(StoreError::new)?
    }

    /// Writes the file anew: redb leaves what was removed in pages that are free, until it needs them. It takes the room of both files
    /// for a while, and what stations write waits.
    async fn scrub(&self) -> Result<(), StoreError> {
        self.order(Order::Rewrite).await
    }
}

impl Drop for FileStore {
    /// Waits until everything is written.
    fn drop(&mut self) {
        self.orders = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

/// Writes what waits, together.
fn write(file: &File, queue: &Receiver<Order>) {
    while let Ok(first) = queue.recv() {
        let mut batches = Vec::new();
        let mut rewrite = Vec::new();
        for order in std::iter::once(first).chain(queue.try_iter()) {
            match order {
                Order::Write(batch) => batches.push(batch),
                Order::Rewrite(written) => rewrite.push(written),
            }
        }
        if !batches.is_empty() {
            write_all(file, batches);
        }
        if !rewrite.is_empty() {
            let done = rewrite::rewrite(file).map_err(|error| error.to_string());
            for written in rewrite {
                // Whoever waited may have gone away.
                let _ = written.send(done.clone().map_err(StoreError::new));
            }
        }
    }
}

fn write_all(file: &File, batches: Vec<Batch>) {
    let conflicts = match commit(file, &batches) {
        Ok(conflicts) => conflicts,
        Err(error) => {
            file.give_up();
            let why = error.to_string();
            for batch in batches {
                let _ = batch.written.send(Err(StoreError::new(why.clone())));
            }
            return;
        }
    };
    for (batch, conflict) in batches.into_iter().zip(conflicts) {
        // Whoever waited may have gone away.
        let _ = batch.written.send(conflict.map_or(Ok(()), Err));
    }
}

/// Writes the batches whose conditions hold; tells of each what stands against it.
fn commit(
    file: &File,
    batches: &[Batch],
) -> Result<Vec<Option<StoreError>>, Box<dyn std::error::Error + Send + Sync>> {
    let database = file.database()?;
    let writing = database.begin_write()?;
    let mut conflicts = Vec::with_capacity(batches.len());
    for batch in batches {
        let conflict = conflict(&writing, &batch.rows)?;
        if conflict.is_none() {
            for row in batch.rows.iter().filter(|row| !row.is_check()) {
                let mut table = writing.open_table(definition(row.table))?;
                match &row.value {
                    Some(value) => table.insert(row.key.as_str(), value.as_str())?,
                    None => table.remove(row.key.as_str())?,
                };
            }
        }
        conflicts.push(conflict);
    }
    writing.commit()?;
    Ok(conflicts)
}

fn conflict(writing: &WriteTransaction, rows: &[Row]) -> Result<Option<StoreError>, redb::Error> {
    for row in rows.iter().filter(|row| row.expect != Expect::Anything) {
        let table = writing.open_table(definition(row.table))?;
        let there = table.get(row.key.as_str())?;
        if !row.expect.holds(there.as_ref().map(|value| value.value())) {
            return Ok(Some(StoreError::conflict(row)));
        }
    }
    Ok(None)
}
