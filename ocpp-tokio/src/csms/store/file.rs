//! A database file as the store.

use std::fmt;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;

use redb::{Database, ReadableDatabase, TableDefinition, TableHandle as _};
use tokio::sync::oneshot;

use super::{Row, Store, StoreError, Table};

/// A table of builds that were never released. Their records say other things.
const EARLIER: &str = "counter";

const fn definition(table: Table) -> TableDefinition<'static, &'static str, &'static str> {
    TableDefinition::new(table.name())
}

/// Keeps records in a file of redb, which one program has open at a time. What stations write at the same moment becomes durable
/// together.
pub struct FileStore {
    file: Arc<File>,
    batches: Option<Sender<Batch>>,
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

/// Rows that belong together, and who waits for them.
struct Batch {
    rows: Vec<Row>,
    written: oneshot::Sender<Result<(), StoreError>>,
}

impl File {
    fn get(&self) -> Result<Arc<Database>, StoreError> {
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

    fn read(
        &self,
        table: Table,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let read = || -> Result<Vec<(String, String)>, redb::Error> {
            let reading = self
                .get()
                .map_err(|error| redb::Error::Io(std::io::Error::other(error.to_string())))?;
            let reading = reading.begin_read()?;
            let table = reading.open_table(definition(table))?;
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
        let (batches, queue) = channel();
        let writer = {
            let file = Arc::clone(&file);
            std::thread::Builder::new()
                .name("csms-store".into())
                .spawn(move || write(&file, &queue))
                .map_err(StoreError::new)?
        };
        Ok(Self {
            file,
            batches: Some(batches),
            writer: Some(writer),
        })
    }
}

/// Opens the file and makes its tables.
fn prepare(path: &Path) -> Result<Database, Box<dyn std::error::Error + Send + Sync>> {
    let database = Database::create(path)?;
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

impl Store for FileStore {
    async fn write(&self, rows: Vec<Row>) -> Result<(), StoreError> {
        let gone = || StoreError::new("it is closed");
        let (written, wait) = oneshot::channel();
        let batches = self.batches.as_ref().ok_or_else(gone)?;
        batches.send(Batch { rows, written }).map_err(|_| gone())?;
        wait.await.map_err(|_| gone())?
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
}

impl Drop for FileStore {
    /// Waits until everything is written.
    fn drop(&mut self) {
        self.batches = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

/// Writes what waits, together.
fn write(file: &File, queue: &Receiver<Batch>) {
    while let Ok(first) = queue.recv() {
        let batches: Vec<Batch> = std::iter::once(first).chain(queue.try_iter()).collect();
        let result = commit(file, &batches);
        if result.is_err() {
            file.give_up();
        }
        for batch in batches {
            let told = match &result {
                Ok(()) => Ok(()),
                Err(error) => Err(StoreError::new(error.to_string())),
            };
            // Whoever waited may have gone away.
            let _ = batch.written.send(told);
        }
    }
}

fn commit(file: &File, batches: &[Batch]) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let database = file.get()?;
    let writing = database.begin_write()?;
    for row in batches.iter().flat_map(|batch| &batch.rows) {
        let mut table = writing.open_table(definition(row.table))?;
        match &row.value {
            Some(value) => table.insert(row.key.as_str(), value.as_str())?,
            None => table.remove(row.key.as_str())?,
        };
    }
    writing.commit()?;
    Ok(())
}
