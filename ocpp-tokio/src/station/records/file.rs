//! The database file, with a journal in front of it.

use std::path::Path;

use ocpp_core::station::Record;
use redb::{
    Database, Durability, ReadableDatabase, ReadableTable, ReadableTableMetadata, TableDefinition,
};
use serde::{Deserialize, Serialize};

use super::journal::Journal;
use super::{Change, LogEntry, MAX_LOG, RecordsError, failed};
use crate::station::secret::{create_folder, remove, sync_folder};

type Texts = TableDefinition<'static, &'static str, &'static str>;

/// The records of the station.
const RECORDS: Texts = TableDefinition::new("records");
/// What the hardware remembers: meters, cables.
const HARDWARE: Texts = TableDefinition::new("hardware");
/// The security log, by number.
const LOG: TableDefinition<'static, u64, &'static str> = TableDefinition::new("security-log");
/// Which entries of the journal the database has not taken over.
const GENERATION: TableDefinition<'static, (), u64> = TableDefinition::new("generation");
/// The only key of [`HARDWARE`].
const STATE: &str = "state";

/// A step of a change, as the journal keeps it. To do it twice is to do it once.
#[derive(Debug, Serialize, Deserialize)]
enum Step {
    Store(String, String),
    Remove(String),
    Hardware(String),
    Log(u64, String),
}

/// Makes the tables that are not there, and gives the generation of the journal.
fn begin(database: &Database) -> Result<u64, RecordsError> {
    let writing = database.begin_write().map_err(failed)?;
    for table in [RECORDS, HARDWARE] {
        writing.open_table(table).map_err(failed)?;
    }
    writing.open_table(LOG).map_err(failed)?;
    let generation = {
        let table = writing.open_table(GENERATION).map_err(failed)?;
        let generation = table.get(()).map_err(failed)?;
        generation.map_or(1, |generation| generation.value())
    };
    writing.commit().map_err(failed)?;
    Ok(generation)
}

/// Changes are durable in the journal first; the database takes them over without waiting for the disk, and catches up when
/// the journal is full, or at the next begin.
#[derive(Debug)]
pub(super) struct DatabaseFile {
    database: Database,
    journal: Journal,
}

impl DatabaseFile {
    pub(super) fn open(folder: &Path) -> Result<Self, RecordsError> {
        create_folder(folder).map_err(failed)?;
        let name = folder.join("station.redb");
        if !name.try_exists().map_err(failed)? {
            // A database that is only half made cannot be opened any more: it gets its name when it is complete.
            let new = folder.join("station.redb.new");
            remove(&new).map_err(failed)?;
            begin(&Database::create(&new).map_err(failed)?)?;
            std::fs::rename(&new, &name).map_err(failed)?;
            sync_folder(&name).map_err(failed)?;
        }
        let database = Database::create(&name).map_err(failed)?;
        let generation = begin(&database)?;
        let path = folder.join("station.journal");
        let (journal, entries) = Journal::open(&path, generation).map_err(failed)?;
        let mut this = Self { database, journal };
        let mut steps = Vec::new();
        for entry in entries {
            steps.extend(serde_json::from_slice::<Vec<Step>>(&entry).map_err(failed)?);
        }
        // Even without any: what was begun and not completed is of an old generation from now on.
        this.catch_up(steps)?;
        Ok(this)
    }

    /// Makes steps durable, all of them or none.
    fn make(&mut self, steps: Vec<Step>) -> Result<(), RecordsError> {
        let entry = serde_json::to_vec(&steps).map_err(failed)?;
        if self.journal.append(&entry).map_err(failed)? {
            self.take_over(steps, None)
        } else {
            self.catch_up(steps)
        }
    }

    /// Makes everything durable in the database, these steps too, and begins the journal anew.
    fn catch_up(&mut self, steps: Vec<Step>) -> Result<(), RecordsError> {
        self.take_over(steps, Some(self.journal.next_generation()))?;
        self.journal.clear();
        Ok(())
    }

    /// Does the steps in the database. With the next generation, it is durable and needs the journal no longer.
    fn take_over(&self, steps: Vec<Step>, generation: Option<u64>) -> Result<(), RecordsError> {
        let mut writing = self.database.begin_write().map_err(failed)?;
        if let Some(generation) = generation {
            let mut table = writing.open_table(GENERATION).map_err(failed)?;
            table.insert((), generation).map_err(failed)?;
        } else {
            writing.set_durability(Durability::None).map_err(failed)?;
        }
        for step in steps {
            match step {
                Step::Store(key, value) => {
                    let mut table = writing.open_table(RECORDS).map_err(failed)?;
                    table.insert(&*key, &*value).map_err(failed)?;
                }
                Step::Remove(key) => {
                    let mut table = writing.open_table(RECORDS).map_err(failed)?;
                    table.remove(&*key).map_err(failed)?;
                }
                Step::Hardware(state) => {
                    let mut table = writing.open_table(HARDWARE).map_err(failed)?;
                    table.insert(STATE, &*state).map_err(failed)?;
                }
                Step::Log(number, entry) => {
                    let mut table = writing.open_table(LOG).map_err(failed)?;
                    table.insert(number, &*entry).map_err(failed)?;
                    while table.len().map_err(failed)? > MAX_LOG {
                        table.pop_first().map_err(failed)?;
                    }
                }
            }
        }
        writing.commit().map_err(failed)
    }

    pub(super) fn all(&self) -> Result<Vec<Record>, RecordsError> {
        let reading = self.database.begin_read().map_err(failed)?;
        let table = reading.open_table(RECORDS).map_err(failed)?;
        let mut all = Vec::new();
        for entry in table.iter().map_err(failed)? {
            let (key, value) = entry.map_err(failed)?;
            all.push(Record {
                key: key.value().into(),
                value: value.value().into(),
            });
        }
        Ok(all)
    }

    pub(super) fn change(&mut self, changes: Vec<Change>) -> Result<(), RecordsError> {
        let steps = changes.into_iter().map(|change| match change {
            Change::Store(record) => Step::Store(record.key, record.value),
            Change::Remove(key) => Step::Remove(key),
        });
        self.make(steps.collect())
    }

    pub(super) fn hardware(&self) -> Result<Option<String>, RecordsError> {
        let reading = self.database.begin_read().map_err(failed)?;
        let table = reading.open_table(HARDWARE).map_err(failed)?;
        let found = table.get(STATE).map_err(failed)?;
        Ok(found.map(|value| value.value().to_string()))
    }

    pub(super) fn keep_hardware(&mut self, state: String) -> Result<(), RecordsError> {
        self.make(vec![Step::Hardware(state)])
    }

    pub(super) fn log(&mut self, entry: &LogEntry) -> Result<(), RecordsError> {
        let entry = serde_json::to_string(entry).map_err(failed)?;
        let last = {
            let reading = self.database.begin_read().map_err(failed)?;
            let table = reading.open_table(LOG).map_err(failed)?;
            let last = table.last().map_err(failed)?;
            last.map(|(number, _)| number.value())
        };
        let number = last.map_or(0, |last| last + 1);
        self.make(vec![Step::Log(number, entry)])
    }

    pub(super) fn security_log(&self) -> Result<Vec<LogEntry>, RecordsError> {
        let reading = self.database.begin_read().map_err(failed)?;
        let table = reading.open_table(LOG).map_err(failed)?;
        let mut entries = Vec::new();
        for entry in table.iter().map_err(failed)? {
            let (_, entry) = entry.map_err(failed)?;
            entries.push(serde_json::from_str(entry.value()).map_err(failed)?);
        }
        Ok(entries)
    }
}
