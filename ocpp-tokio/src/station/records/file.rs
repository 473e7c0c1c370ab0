//! The database file, with a journal in front of it.

use std::path::{Path, PathBuf};

use ocpp_core::station::Record;
use redb::{Database, ReadableDatabase, ReadableTable};
use serde_json::Value;

use super::journal::{Contents, Damage, Journal};
use super::tables::{
    self, DAMAGED, HARDWARE, LOG, MAX_DATABASES, Open, STATE, Step, all, damaged_name, db, make,
    next_log, note_zeros, open_database, put_aside, take_over,
};
use super::{Change, Damaged, LogEntry, RecordsError, failed};
use crate::private::restrict;
use crate::station::secret::create_folder;

/// Changes are durable in the journal first; the database takes them over without waiting for the disk, and catches up when
/// the journal is full, or at the next begin.
///
/// While the database cannot be written (a full disk), the journal goes on until it is full: its blocks are there already.
#[derive(Debug)]
pub(super) struct Files {
    folder: PathBuf,
    journal: Journal,
    /// `None` after an error: it has to be opened again then, and to take the journal over.
    open: Option<Open>,
    /// The number of the next entry of the security log.
    next_log: u64,
    /// What was found to be damaged and nobody was told yet.
    found: Vec<Damaged>,
}

impl Files {
    pub(super) fn open(folder: &Path) -> Result<Self, RecordsError> {
        create_folder(folder).map_err(failed)?;
        let name = folder.join("station.redb");
        let new = folder.join("station.redb.new");
        let path = folder.join("station.journal");
        if !name.try_exists().map_err(failed)? {
            make(&new, &name, &path)?;
        }
        let mut found = Vec::new();
        let opened = match open_database(&name)? {
            Ok(open) if is_behind(&open, &path)? => Err("its latest changes are lost".into()),
            opened => opened,
        };
        let open = match opened {
            Ok(open) => open,
            Err(why) => {
                let (kept_as, salvaged) = put_aside(folder, &name)?;
                found.push(Damaged {
                    what: "station.redb".into(),
                    reason: why,
                    kept_as,
                });
                make(&new, &name, &path)?;
                let open = open_database(&name)?.map_err(failed)?;
                take_over(&open.database, salvaged, None).map_err(db)?;
                open
            }
        };
        let (journal, contents) =
            Journal::open(&path, open.generation, open.zeros).map_err(failed)?;
        for path in [&name, &path] {
            restrict(path).map_err(failed)?;
        }
        let mut this = Self {
            folder: folder.into(),
            journal,
            open: Some(open),
            next_log: 0,
            found,
        };
        this.replay(contents)?;
        this.next_log = this.read(next_log)?;
        Ok(this)
    }

    /// Does what the journal says, and begins it anew.
    fn replay(&mut self, contents: Contents) -> Result<(), RecordsError> {
        let mut steps = Vec::new();
        let mut damaged = contents.damaged;
        for entry in contents.entries {
            if !read_steps(&entry, &mut steps) {
                damaged.push(Damage {
                    bytes: entry,
                    last: false,
                });
            }
        }
        self.keep(damaged)?;
        // Even without any: what was begun and not completed is of an old generation from now on.
        self.catch_up(steps)
    }

    /// Keeps what is damaged, and notes it.
    fn keep(&mut self, damaged: Vec<Damage>) -> Result<(), RecordsError> {
        if damaged.is_empty() {
            return Ok(());
        }
        let found = tables::keep(&self.open_again()?.database, damaged).map_err(db)?;
        self.found.extend(found);
        Ok(())
    }

    /// The database, which is opened again and caught up if an error has closed it.
    fn open_again(&mut self) -> Result<&mut Open, RecordsError> {
        if self.open.is_none() {
            let open = open_database(&self.folder.join("station.redb"))?.map_err(failed)?;
            let path = self.folder.join("station.journal");
            let (journal, contents) =
                Journal::open(&path, open.generation, open.zeros).map_err(failed)?;
            self.journal = journal;
            self.open = Some(open);
            let mut steps = Vec::new();
            for entry in contents.entries {
                read_steps(&entry, &mut steps);
            }
            self.write(steps, None)?;
        }
        self.open
            .as_mut()
            .ok_or_else(|| failed("the database is closed"))
    }

    /// Makes steps durable, all of them or none.
    fn make(&mut self, steps: Vec<Step>) -> Result<(), RecordsError> {
        let entry = serde_json::to_vec(&steps).map_err(failed)?;
        if self.journal.append(&entry).map_err(failed)? {
            // They are durable. A database that does not take them now does so when it is opened again.
            if self.open.is_some() {
                let _ = self.write(steps, None);
            }
            Ok(())
        } else {
            self.catch_up(steps)
        }
    }

    /// Makes everything durable in the database, these steps too, and begins the journal anew.
    fn catch_up(&mut self, steps: Vec<Step>) -> Result<(), RecordsError> {
        self.open_again()?;
        let next = self.journal.next_generation();
        self.write(steps, Some(next))?;
        let zeros = self.journal.clear(next);
        let open = self.open_again()?;
        open.generation = next;
        if zeros != open.zeros {
            // It is only about what is noticed of damage: without it the journal works too.
            open.zeros = zeros && note_zeros(&open.database).is_ok();
        }
        Ok(())
    }

    fn write(&mut self, steps: Vec<Step>, generation: Option<u64>) -> Result<(), RecordsError> {
        let Some(open) = &self.open else {
            return Err(failed("the database is closed"));
        };
        let written = take_over(&open.database, steps, generation);
        if written.is_err() {
            // After an error it takes nothing more until it is opened again.
            self.open = None;
        }
        written.map_err(db)
    }

    /// Reads from the database.
    fn read<T>(
        &mut self,
        read: impl FnOnce(&Database) -> Result<T, redb::Error>,
    ) -> Result<T, RecordsError> {
        let read = read(&self.open_again()?.database);
        if read.is_err() {
            self.open = None;
        }
        read.map_err(db)
    }
}

impl Files {
    pub(super) fn all(&mut self) -> Result<Vec<Record>, RecordsError> {
        self.read(all)
    }

    pub(super) fn change(&mut self, changes: Vec<Change>) -> Result<(), RecordsError> {
        let steps = changes.into_iter().map(|change| match change {
            Change::Store(record) => Step::Store(record.key, record.value),
            Change::Remove(key) => Step::Remove(key),
        });
        self.make(steps.collect())
    }

    pub(super) fn hardware(&mut self) -> Result<Option<String>, RecordsError> {
        self.read(|database| {
            let reading = database.begin_read()?;
            let table = reading.open_table(HARDWARE)?;
            let found = table.get(STATE)?;
            Ok(found.map(|value| value.value().to_string()))
        })
    }

    pub(super) fn keep_hardware(&mut self, state: String) -> Result<(), RecordsError> {
        self.make(vec![Step::Hardware(state)])
    }

    pub(super) fn log(&mut self, entry: &LogEntry) -> Result<(), RecordsError> {
        let entry = serde_json::to_string(entry).map_err(failed)?;
        self.make(vec![Step::Log(self.next_log, entry)])?;
        self.next_log += 1;
        Ok(())
    }

    pub(super) fn security_log(&mut self) -> Result<Vec<LogEntry>, RecordsError> {
        self.read(|database| {
            let reading = database.begin_read()?;
            let table = reading.open_table(LOG)?;
            let mut entries = Vec::new();
            for entry in table.iter()? {
                let (_, entry) = entry?;
                // One that cannot be read is shown as it is: nothing is left out of a log.
                let entry = serde_json::from_str(entry.value()).unwrap_or_else(|_| LogEntry {
                    time: None,
                    event: "RecordsUnreadable".into(),
                    info: Some(entry.value().into()),
                });
                entries.push(entry);
            }
            Ok(entries)
        })
    }

    pub(super) fn take_found(&mut self) -> Vec<Damaged> {
        std::mem::take(&mut self.found)
    }

    pub(super) fn damaged(&mut self) -> Result<Vec<Damaged>, RecordsError> {
        let mut all = self.read(|database| {
            let reading = database.begin_read()?;
            let table = reading.open_table(DAMAGED)?;
            let mut all = Vec::new();
            for entry in table.iter()? {
                let (number, kept) = entry?;
                let (what, bytes) = kept.value();
                all.push(Damaged {
                    what: what.into(),
                    reason: format!("{} bytes that are no entry", bytes.len()),
                    kept_as: format!("damaged/{}", number.value()),
                });
            }
            Ok(all)
        })?;
        for path in (1..=MAX_DATABASES).map(|number| damaged_name(&self.folder, number)) {
            if path.try_exists().map_err(failed)? {
                all.push(Damaged {
                    what: "station.redb".into(),
                    reason: "the database was damaged".into(),
                    kept_as: path.display().to_string(),
                });
            }
        }
        Ok(all)
    }
}

/// Whether the database is older than the journal, which is begun anew only after the database is durable: damaged, it fell
/// back to an earlier state.
fn is_behind(open: &Open, journal: &Path) -> Result<bool, RecordsError> {
    let first = Journal::first_generation(journal).map_err(failed)?;
    Ok(first.is_some_and(|first| first > open.generation))
}

/// Reads the steps of an entry of the journal. Says whether all of them could be read; those that could are there in any case.
fn read_steps(entry: &[u8], steps: &mut Vec<Step>) -> bool {
    let Ok(values) = serde_json::from_slice::<Vec<Value>>(entry) else {
        return false;
    };
    let mut whole = true;
    for value in values {
        match serde_json::from_value(value) {
            Ok(step) => steps.push(step),
            Err(_) => whole = false,
        }
    }
    whole
}
