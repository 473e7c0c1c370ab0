//! The records of the CSMS, in a file or in memory: nothing is acknowledged before it is here.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::JoinHandle;

use ocpp_core::csms::ledger::{Limits, RecordChange, Transaction};
use redb::{Database as File, ReadableDatabase, ReadableTable, TableDefinition, TableHandle as _};
use tokio::sync::oneshot;
use tracing::{error, info};

use super::Failure;

type Definition = TableDefinition<'static, &'static str, &'static str>;

/// Stations by identity.
const STATIONS: Definition = TableDefinition::new("fleet-stations");
/// Transactions by number: the identity of the station, a line feed, the record.
const TRANSACTIONS: Definition = TableDefinition::new("fleet-transactions");
/// Meter values by station and transaction.
const METERS: Definition = TableDefinition::new("fleet-meters");
/// Tokens and reservations.
const SERVICES: Definition = TableDefinition::new("fleet-services");
const TABLES: [Definition; 4] = [STATIONS, TRANSACTIONS, METERS, SERVICES];

/// A table of builds that were never released. Their records say other things.
const EARLIER: &str = "counter";

/// A change could not be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unstored;

/// A row of a table.
pub(super) struct Row {
    table: usize,
    key: String,
    /// `None` removes it.
    value: Option<String>,
}

/// Rows that belong together, and who waits for them.
pub(super) struct Batch {
    rows: Vec<Row>,
    stored: oneshot::Sender<()>,
}

/// See the [module documentation](self).
pub(super) enum Store {
    Memory(Mutex<[BTreeMap<String, String>; 4]>),
    File {
        file: Arc<Open>,
        batches: Option<Sender<Batch>>,
        writer: Option<JoinHandle<()>>,
    },
}

/// The file, which is opened again after an error.
pub(super) struct Open {
    path: PathBuf,
    file: RwLock<Option<Arc<File>>>,
    failing: AtomicBool,
}

/// What is there after a start.
#[derive(Default)]
pub(super) struct Loaded {
    /// The records that a station needs in memory, by identity.
    pub(super) stations: BTreeMap<String, Vec<(String, String)>>,
    pub(super) services: Vec<RecordChange>,
    /// The highest number of a transaction.
    pub(super) last: u64,
}

/// A poisoned lock protects whole values only.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Open {
    fn get(&self) -> Result<Arc<File>, Failure> {
        let there = self.file.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = &*there {
            return Ok(Arc::clone(file));
        }
        drop(there);
        let mut place = self.file.write().unwrap_or_else(PoisonError::into_inner);
        let file = Arc::new(File::create(&self.path)?);
        *place = Some(Arc::clone(&file));
        Ok(file)
    }

    /// After an error redb takes nothing until the file is opened again.
    fn give_up(&self) {
        *self.file.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Store {
    /// Everything is forgotten at the end.
    pub(super) fn in_memory() -> Self {
        Self::Memory(Mutex::default())
    }

    /// Opens the file, or makes it, readable by its owner only.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        // There are secrets in it.
        ocpp_tokio::station::make_private(path)?;
        let file = File::create(path)?;
        let reading = file.begin_read()?;
        if reading.list_tables()?.any(|table| table.name() == EARLIER) {
            return Err("it was written by an earlier build; begin with a new file".into());
        }
        drop(reading);
        let writing = file.begin_write()?;
        for table in TABLES {
            writing.open_table(table)?;
        }
        writing.commit()?;
        let file = Arc::new(Open {
            path: path.into(),
            file: RwLock::new(Some(Arc::new(file))),
            failing: AtomicBool::new(false),
        });
        let (batches, queue) = channel();
        let writer = {
            let file = Arc::clone(&file);
            std::thread::Builder::new()
                .name("store".into())
                .spawn(move || write(&file, &queue))?
        };
        Ok(Self::File {
            file,
            batches: Some(batches),
            writer: Some(writer),
        })
    }

    /// Whether the last attempt to store something failed.
    pub(super) fn is_failing(&self) -> bool {
        match self {
            Self::Memory(_) => false,
            Self::File { file, .. } => file.failing.load(Ordering::Relaxed),
        }
    }

    /// Stores changes of a station, or with `None` of a service; returns when they are durable.
    pub(super) async fn write(
        &self,
        station: Option<&str>,
        changes: Vec<RecordChange>,
    ) -> Result<(), Unstored> {
        let rows = changes
            .into_iter()
            .filter_map(|change| row(station, change));
        let rows: Vec<Row> = rows.collect();
        match self {
            Self::Memory(tables) => {
                let mut tables = lock(tables);
                for Row { table, key, value } in rows {
                    let Some(table) = tables.get_mut(table) else {
                        continue;
                    };
                    match value {
                        Some(value) => table.insert(key, value),
                        None => table.remove(&key),
                    };
                }
                Ok(())
            }
            Self::File { batches, .. } => {
                let (stored, wait) = oneshot::channel();
                if let Some(batches) = batches {
                    // If the writer has gone, dropping the batch tells so.
                    let _ = batches.send(Batch { rows, stored });
                }
                wait.await.map_err(|_| Unstored)
            }
        }
    }

    /// Goes through a table.
    fn each(&self, table: usize, mut each: impl FnMut(&str, &str)) -> Result<(), Failure> {
        match self {
            Self::Memory(tables) => {
                for (key, value) in lock(tables).get(table).into_iter().flatten() {
                    each(key, value);
                }
            }
            Self::File { file, .. } => {
                let reading = file.get()?.begin_read()?;
                let Some(definition) = TABLES.get(table) else {
                    return Ok(());
                };
                for record in reading.open_table(*definition)?.iter()? {
                    let (key, value) = record?;
                    each(key.value(), value.value());
                }
            }
        }
        Ok(())
    }

    /// All transactions, oldest first.
    pub(super) fn transactions(
        &self,
        mut each: impl FnMut(&str, Transaction),
    ) -> Result<(), Failure> {
        self.each(1, |_, value| {
            let (station, record) = value.split_once('\n').unwrap_or_default();
            if let Ok(transaction) = serde_json::from_str(record) {
                each(station, transaction);
            }
        })
    }

    /// Reads what has to be in memory.
    pub(super) fn load(&self) -> Result<Loaded, Failure> {
        let mut loaded = Loaded::default();
        self.each(0, |station, record| {
            let records = loaded.stations.entry(station.into()).or_default();
            records.push(("station".into(), record.into()));
        })?;
        let mut closed: BTreeMap<String, VecDeque<(String, String)>> = BTreeMap::new();
        let mut broken = None;
        let remembered = Limits::default().closed;
        self.each(1, |key, value| {
            let (station, record) = value.split_once('\n').unwrap_or_default();
            match serde_json::from_str::<Transaction>(record) {
                Ok(transaction) if transaction.is_open() => {
                    let records = loaded.stations.entry(station.into()).or_default();
                    records.push((format!("open/{key}"), record.into()));
                }
                Ok(_) => {
                    let of_station = closed.entry(station.into()).or_default();
                    if of_station.len() >= remembered {
                        of_station.pop_front();
                    }
                    of_station.push_back((format!("closed/{key}"), record.into()));
                }
                Err(error) => {
                    broken.get_or_insert(format!("transaction {key}: {error}"));
                }
            }
            loaded.last = loaded.last.max(key.parse().unwrap_or(0));
        })?;
        if let Some(broken) = broken {
            return Err(broken.into());
        }
        for (station, records) in closed {
            loaded.stations.entry(station).or_default().extend(records);
        }
        self.each(3, |key, record| {
            loaded.services.push(RecordChange {
                key: key.into(),
                record: Some(record.into()),
            });
        })?;
        Ok(loaded)
    }
}

/// Where a change goes. An open transaction that is removed is a closed one now, in the same row.
fn row(station: Option<&str>, change: RecordChange) -> Option<Row> {
    let RecordChange { key, record } = change;
    let Some(station) = station else {
        return Some(Row {
            table: 3,
            key,
            value: record,
        });
    };
    if let Some(reference) = key.strip_prefix("open/").or(key.strip_prefix("closed/")) {
        return Some(Row {
            table: 1,
            key: reference.into(),
            value: Some(format!("{station}\n{}", record?)),
        });
    }
    if key.starts_with("meter/") {
        return Some(Row {
            table: 2,
            key: format!("{station}\n{key}"),
            value: record,
        });
    }
    Some(Row {
        table: 0,
        key: station.into(),
        value: record,
    })
}

impl Drop for Store {
    /// Waits until everything is written.
    fn drop(&mut self) {
        if let Self::File {
            batches, writer, ..
        } = self
        {
            *batches = None;
            if let Some(writer) = writer.take() {
                let _ = writer.join();
            }
        }
    }
}

fn write(file: &Open, queue: &Receiver<Batch>) {
    while let Ok(first) = queue.recv() {
        let batches: Vec<Batch> = std::iter::once(first).chain(queue.try_iter()).collect();
        match commit(file, &batches) {
            Ok(()) => {
                if file.failing.swap(false, Ordering::Relaxed) {
                    info!("the state can be written again");
                }
                for batch in batches {
                    // Nobody has to wait.
                    let _ = batch.stored.send(());
                }
            }
            Err(error) => {
                // Dropping the batches tells those who wait: they put back what they changed, and stations send again.
                if !file.failing.swap(true, Ordering::Relaxed) {
                    error!("the state cannot be written, so nothing is acknowledged: {error}");
                }
                file.give_up();
            }
        }
    }
}

fn commit(file: &Open, batches: &[Batch]) -> Result<(), Failure> {
    let file = file.get()?;
    let writing = file.begin_write()?;
    {
        let mut tables = Vec::new();
        for table in TABLES {
            tables.push(writing.open_table(table)?);
        }
        for row in batches.iter().flat_map(|batch| &batch.rows) {
            let Some(table) = tables.get_mut(row.table) else {
                continue;
            };
            match &row.value {
                Some(value) => table.insert(row.key.as_str(), value.as_str())?,
                None => table.remove(row.key.as_str())?,
            };
        }
    }
    writing.commit()?;
    Ok(())
}
