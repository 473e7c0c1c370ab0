//! What is in the database file, and how it is opened.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use ocpp_core::station::Record;
use redb::{
    Database, Durability, ReadableDatabase, ReadableTable, ReadableTableMetadata, TableDefinition,
};
use serde::{Deserialize, Serialize};

use super::journal::{Damage, Journal};
use super::{Damaged, MAX_LOG, RecordsError, failed};
use crate::private::{make_private, restrict};
use crate::station::secret::{remove, sync_folder};

type Texts = TableDefinition<'static, &'static str, &'static str>;

/// The records of the station.
pub(super) const RECORDS: Texts = TableDefinition::new("records");
/// What the hardware remembers: meters, cables.
pub(super) const HARDWARE: Texts = TableDefinition::new("hardware");
/// The security log, by number.
pub(super) const LOG: TableDefinition<'static, u64, &'static str> =
    TableDefinition::new("security-log");
/// Which entries of the journal the database has not taken over.
pub(super) const GENERATION: TableDefinition<'static, (), u64> = TableDefinition::new("generation");
/// Whether what the journal does not use is zeros.
pub(super) const ZEROS: TableDefinition<'static, (), bool> = TableDefinition::new("journal-zeros");
/// What was damaged: what it was, and its bytes.
pub(super) const DAMAGED: TableDefinition<'static, u64, (&'static str, &'static [u8])> =
    TableDefinition::new("damaged");
/// The only key of [`HARDWARE`].
pub(super) const STATE: &str = "state";
/// How much damage is kept.
pub(super) const MAX_DAMAGED: u64 = 64;
/// How many databases are kept that are damaged.
pub(super) const MAX_DATABASES: u32 = 3;

/// A step of a change, as the journal keeps it. To do it twice is to do it once.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Step {
    Store(String, String),
    Remove(String),
    Hardware(String),
    Log(u64, String),
}

/// A database that is open.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) database: Database,
    /// Of the journal: what the database has not taken over.
    pub(super) generation: u64,
    pub(super) zeros: bool,
}

/// An error of the database.
pub(super) fn db(error: impl Into<redb::Error>) -> RecordsError {
    match error.into() {
        redb::Error::Io(error) => failed(error),
        error @ redb::Error::PreviousIo => RecordsError::of_the_disk(error),
        error => failed(error),
    }
}

/// Makes a database, which gets its name when it is complete: one that is only half made cannot be opened any more.
/// If the one before is gone, the journal still has its latest changes.
pub(super) fn make(new: &Path, name: &Path, journal: &Path) -> Result<(), RecordsError> {
    remove(new).map_err(failed)?;
    let generation = Journal::first_generation(journal).map_err(failed)?;
    make_private(new).map_err(failed)?;
    let database = Database::create(new).map_err(db)?;
    begin(&database, generation.unwrap_or(1)).map_err(db)?;
    drop(database);
    std::fs::rename(new, name).map_err(failed)?;
    sync_folder(name).map_err(failed)
}

/// Makes the tables that are not there.
pub(super) fn begin(database: &Database, first_generation: u64) -> Result<(), redb::Error> {
    let writing = database.begin_write()?;
    for table in [RECORDS, HARDWARE] {
        writing.open_table(table)?;
    }
    writing.open_table(LOG)?;
    writing.open_table(DAMAGED)?;
    writing.open_table(ZEROS)?;
    {
        let mut table = writing.open_table(GENERATION)?;
        if table.is_empty()? {
            table.insert((), first_generation)?;
        }
    }
    Ok(writing.commit()?)
}

/// Opens a database and looks whether it is whole; inside, why it is not.
pub(super) fn open_database(name: &Path) -> Result<Result<Open, String>, RecordsError> {
    // A file that was cut to nothing would be taken for a new one.
    if std::fs::metadata(name).map_err(failed)?.len() == 0 {
        return Ok(Err("the file is empty".into()));
    }
    // What a damaged file makes of the library is unknown: no panic of it may end the program.
    let opened = catch_unwind(|| {
        let mut database = Database::create(name)?;
        database.check_integrity()?;
        begin(&database, 1)?;
        look(database)
    });
    match opened {
        Ok(Ok(open)) => Ok(Ok(open)),
        Ok(Err(error)) if is_damage(&error) => Ok(Err(error.to_string())),
        Ok(Err(error)) => Err(db(error)),
        Err(_) => Ok(Err("the file is damaged".into())),
    }
}

/// Whether an error means that the database is damaged.
pub(super) fn is_damage(error: &redb::Error) -> bool {
    use std::io::ErrorKind::{InvalidData, UnexpectedEof};
    match error {
        // No program has written another version of the file.
        redb::Error::Corrupted(_)
        | redb::Error::RepairAborted
        | redb::Error::UpgradeRequired(_) => true,
        redb::Error::Io(error) => matches!(error.kind(), InvalidData | UnexpectedEof),
        _ => false,
    }
}

/// Reads everything once: a text that is damaged must be noticed now.
pub(super) fn look(database: Database) -> Result<Open, redb::Error> {
    all(&database)?;
    let reading = database.begin_read()?;
    let table = reading.open_table(GENERATION)?;
    let generation = table.get(())?.map_or(1, |value| value.value());
    let table = reading.open_table(ZEROS)?;
    let zeros = table.get(())?.is_some_and(|value| value.value());
    for entry in reading.open_table(LOG)?.iter()? {
        let (_, text) = entry?;
        let _ = text.value();
    }
    drop(table);
    drop(reading);
    Ok(Open {
        database,
        generation,
        zeros,
    })
}

/// The number of the next entry of the security log.
pub(super) fn next_log(database: &Database) -> Result<u64, redb::Error> {
    let table = database.begin_read()?.open_table(LOG)?;
    let last = table.last()?;
    Ok(last.map_or(0, |(number, _)| number.value() + 1))
}

/// Keeps what is damaged, unless it is kept already; what is new.
pub(super) fn keep(database: &Database, damaged: Vec<Damage>) -> Result<Vec<Damaged>, redb::Error> {
    let writing = database.begin_write()?;
    let mut found = Vec::new();
    {
        let mut table = writing.open_table(DAMAGED)?;
        let last = table.last()?.map(|(number, _)| number.value());
        let mut next = last.map_or(1, |last| last + 1);
        for damage in damaged {
            let (what, reason) = if damage.last {
                (
                    "the last entry of the journal",
                    "it is damaged, or was being written when the power went",
                )
            } else {
                (
                    "an entry of the journal",
                    "it is damaged, or a later program has written it",
                )
            };
            let mut known = false;
            for kept in table.iter()? {
                known |= kept?.1.value().1 == damage.bytes;
            }
            if known {
                continue;
            }
            let room = table.len()? < MAX_DAMAGED;
            if room {
                table.insert(next, (what, damage.bytes.as_slice()))?;
            }
            found.push(Damaged {
                what: what.into(),
                reason: reason.into(),
                kept_as: if room {
                    format!("damaged/{next}")
                } else {
                    "nothing, for lack of room".into()
                },
            });
            next += 1;
        }
    }
    writing.commit()?;
    Ok(found)
}

pub(super) fn damaged_name(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("station.redb.damaged-{number}"))
}

/// Gives a damaged database another name, under which it is kept; and what can still be read of its records.
pub(super) fn put_aside(folder: &Path, name: &Path) -> Result<(String, Vec<Step>), RecordsError> {
    let salvaged = salvage(name);
    for number in 1..=MAX_DATABASES {
        let kept = damaged_name(folder, number);
        if !kept.try_exists().map_err(failed)? {
            std::fs::rename(name, &kept).map_err(failed)?;
            restrict(&kept).map_err(failed)?;
            sync_folder(&kept).map_err(failed)?;
            return Ok((kept.display().to_string(), salvaged));
        }
    }
    // What was damaged first says most about what was there.
    remove(name).map_err(failed)?;
    Ok(("nothing, for lack of room".into(), salvaged))
}

/// What is in a damaged database, as far as it can be read: the records first.
pub(super) fn salvage(name: &Path) -> Vec<Step> {
    let mut steps = Vec::new();
    // Whatever happens: what was read before counts.
    let _ = catch_unwind(AssertUnwindSafe(|| {
        let database = Database::open(name).ok()?;
        let reading = database.begin_read().ok()?;
        let table = reading.open_table(RECORDS).ok()?;
        for entry in table.iter().ok()? {
            let (key, value) = entry.ok()?;
            steps.push(Step::Store(key.value().into(), value.value().into()));
        }
        let table = reading.open_table(HARDWARE).ok()?;
        if let Some(state) = table.get(STATE).ok()? {
            steps.push(Step::Hardware(state.value().into()));
        }
        let table = reading.open_table(LOG).ok()?;
        for entry in table.iter().ok()? {
            let (number, text) = entry.ok()?;
            steps.push(Step::Log(number.value(), text.value().into()));
        }
        Some(())
    }));
    steps
}

pub(super) fn all(database: &Database) -> Result<Vec<Record>, redb::Error> {
    let reading = database.begin_read()?;
    let table = reading.open_table(RECORDS)?;
    let mut all = Vec::new();
    for entry in table.iter()? {
        let (key, value) = entry?;
        all.push(Record {
            key: key.value().into(),
            value: value.value().into(),
        });
    }
    Ok(all)
}

/// Does the steps in the database. With the next generation, it is durable and needs the journal no longer.
pub(super) fn take_over(
    database: &Database,
    steps: Vec<Step>,
    generation: Option<u64>,
) -> Result<(), redb::Error> {
    let mut writing = database.begin_write()?;
    if let Some(generation) = generation {
        let mut table = writing.open_table(GENERATION)?;
        table.insert((), generation)?;
    } else {
        writing.set_durability(Durability::None)?;
    }
    for step in steps {
        match step {
            Step::Store(key, value) => {
                let mut table = writing.open_table(RECORDS)?;
                table.insert(&*key, &*value)?;
            }
            Step::Remove(key) => {
                let mut table = writing.open_table(RECORDS)?;
                table.remove(&*key)?;
            }
            Step::Hardware(state) => {
                let mut table = writing.open_table(HARDWARE)?;
                table.insert(STATE, &*state)?;
            }
            Step::Log(number, entry) => {
                let mut table = writing.open_table(LOG)?;
                table.insert(number, &*entry)?;
                while table.len()? > MAX_LOG {
                    table.pop_first()?;
                }
            }
        }
    }
    Ok(writing.commit()?)
}

pub(super) fn note_zeros(database: &Database) -> Result<(), redb::Error> {
    let writing = database.begin_write()?;
    {
        let mut table = writing.open_table(ZEROS)?;
        table.insert((), true)?;
    }
    Ok(writing.commit()?)
}
