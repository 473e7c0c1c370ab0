//! What survives a power cut, in a database file.

mod database;
mod file;
mod journal;
mod look;
mod memory;
mod tables;

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ocpp_core::station::Record;
use ocpp_core::time::DateTime;
use serde::{Deserialize, Serialize};

use database::DatabaseFile;
pub use look::FolderContents;
use memory::Memory;

/// How many entries the security log has at most; the oldest make room (A04.FR.04).
const MAX_LOG: u64 = 10_000;

/// The database cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the station's database: {error}")]
pub struct RecordsError {
    #[source]
    error: Box<dyn std::error::Error + Send + Sync>,
    disk: bool,
}

impl RecordsError {
    /// An error of a [`RecordStore`] that does not pass by itself.
    pub fn new(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let error = error.into();
        let disk = error.downcast_ref::<io::Error>().is_some_and(disk_fails);
        Self { error, disk }
    }

    /// The disk is full or fails: it may be better later.
    pub fn of_the_disk(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let error = error.into();
        Self { error, disk: true }
    }

    /// Whether the disk is full or fails: it may be better later. Otherwise somebody has to do something, for example end
    /// another program that has the database open.
    #[must_use]
    pub const fn is_of_the_disk(&self) -> bool {
        self.disk
    }
}

/// Whether an error is of those that a full or failing disk gives.
fn disk_fails(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, ReadOnlyFilesystem, StorageFull, WriteZero};
    /// Input/output error, on all unix systems.
    const EIO: i32 = 5;
    let kinds = [
        StorageFull,
        QuotaExceeded,
        ReadOnlyFilesystem,
        WriteZero,
        FileTooLarge,
    ];
    kinds.contains(&error.kind()) || error.raw_os_error() == Some(EIO)
}

/// Any error of the database.
pub(super) fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> RecordsError {
    RecordsError::new(error)
}

/// A change of the records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// [`Output::Store`](ocpp_core::station::Output::Store)
    Store(Record),
    /// [`Output::Remove`](ocpp_core::station::Output::Remove)
    Remove(String),
}

/// An entry of the security log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// When it happened, RFC 3339; `None` if the clock was not set.
    pub time: Option<String>,
    /// What happened, as the station's version of OCPP names it.
    pub event: String,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info: Option<String>,
}

/// Something that was stored and is damaged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Damaged {
    /// What it is: a file, or a part of one.
    pub what: String,
    /// What is wrong with it, for people.
    pub reason: String,
    /// Where it is kept.
    pub kept_as: String,
}

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            what,
            reason,
            kept_as,
        } = self;
        write!(f, "{what}: {reason} (kept as {kept_as})")
    }
}

/// Where a station keeps what must survive a power cut: the database of this crate, or whatever a charger has.
///
/// Calls come one at a time, and the station waits for them. After an error nothing of the change may be visible, and the
/// same change comes again: to do it twice must be the same as to do it once.
pub trait RecordStore: fmt::Debug + Send {
    /// All records of the station, in any order.
    ///
    /// # Errors
    /// When they cannot be read.
    fn all(&mut self) -> Result<Vec<Record>, RecordsError>;

    /// Makes changes durable, all of them or none.
    ///
    /// # Errors
    /// When they are not durable: the station stops the energy, and tries again until they are.
    fn change(&mut self, changes: Vec<Change>) -> Result<(), RecordsError>;

    /// What the hardware remembers.
    ///
    /// # Errors
    /// When it cannot be read.
    fn hardware(&mut self) -> Result<Option<String>, RecordsError>;

    /// Makes the state of the hardware durable.
    ///
    /// # Errors
    /// When it cannot be written.
    fn keep_hardware(&mut self, state: String) -> Result<(), RecordsError>;

    /// Adds to the security log (A04.FR.04); the oldest entries make room.
    ///
    /// # Errors
    /// When it cannot be written.
    fn log(&mut self, entry: &LogEntry) -> Result<(), RecordsError>;

    /// The security log, oldest first.
    ///
    /// # Errors
    /// When it cannot be read.
    fn security_log(&mut self) -> Result<Vec<LogEntry>, RecordsError>;

    /// What was found to be damaged since the last time, so that somebody can be told.
    fn take_found(&mut self) -> Vec<Damaged> {
        Vec::new()
    }

    /// Everything damaged that is kept.
    ///
    /// # Errors
    /// When it cannot be read.
    fn damaged(&mut self) -> Result<Vec<Damaged>, RecordsError> {
        Ok(Vec::new())
    }
}

/// Durable memory of a station: a crash at any moment leaves every change complete or not begun. A clone is the same memory.
#[derive(Debug, Clone)]
pub struct Records(Arc<Mutex<Box<dyn RecordStore>>>);

impl Records {
    /// Kept wherever the store keeps it.
    #[must_use]
    pub fn with(store: impl RecordStore + 'static) -> Self {
        Self(Arc::new(Mutex::new(Box::new(store))))
    }

    fn store(&self) -> MutexGuard<'_, Box<dyn RecordStore>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The database in a folder; both are made if they are not there, and nobody else may read them. It is two files:
    /// `station.redb`, and `station.journal`, in which changes are durable before the database has them. They belong together.
    ///
    /// A damaged entry of the journal, or a damaged database, is kept, and what is left of the records counts:
    /// [`take_found`](Self::take_found). While the disk is full or fails the database is opened later: until then reading
    /// fails.
    ///
    /// # Errors
    /// When it cannot be opened, for example because another program has it open.
    pub fn open(folder: &Path) -> Result<Self, RecordsError> {
        Ok(Self::with(DatabaseFile::open_or_wait(folder)?))
    }

    /// Looks at the records in a folder, of a station that does not run, and changes nothing there.
    ///
    /// # Errors
    /// When there are none, they cannot be read, or another program has them open.
    pub fn look(folder: &Path) -> Result<FolderContents, RecordsError> {
        look::look(folder)
    }

    /// Memory that is forgotten with the program.
    #[must_use]
    pub fn memory() -> Self {
        Self::with(Memory::default())
    }

    /// All records of the station, for [`Station::restore`](ocpp_core::station::Station::restore).
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn all(&self) -> Result<Vec<Record>, RecordsError> {
        self.store().all()
    }

    /// Makes changes durable, all of them or none.
    ///
    /// # Errors
    /// When the database cannot be written; nothing that depends on them may happen then.
    pub fn change(&self, changes: Vec<Change>) -> Result<(), RecordsError> {
        self.store().change(changes)
    }

    /// What the hardware remembers.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn hardware(&self) -> Result<Option<String>, RecordsError> {
        self.store().hardware()
    }

    /// Makes the state of the hardware durable.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_hardware(&self, state: String) -> Result<(), RecordsError> {
        self.store().keep_hardware(state)
    }

    /// Adds to the security log (A04.FR.04); the oldest entries make room.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn log(&self, entry: &LogEntry) -> Result<(), RecordsError> {
        self.store().log(entry)
    }

    /// The security log, oldest first, without what is older or newer than wanted. Entries without a time are always in it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn security_log(
        &self,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<Vec<LogEntry>, RecordsError> {
        let mut entries = self.store().security_log()?;
        // As moments: the same one can be written with and without a fraction.
        let moment = |text: &str| text.parse::<DateTime>().ok();
        let (from, to) = (from.and_then(moment), to.and_then(moment));
        entries.retain(|entry: &LogEntry| {
            let time = entry.time.as_deref().and_then(moment);
            time.is_none_or(|time| {
                from.is_none_or(|from| from <= time) && to.is_none_or(|to| time <= to)
            })
        });
        Ok(entries)
    }

    /// What was found to be damaged since the last time. The driver tells it.
    #[must_use]
    pub fn take_found(&self) -> Vec<Damaged> {
        self.store().take_found()
    }

    /// Everything damaged that is kept: parts of the journal, whole databases.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn damaged(&self) -> Result<Vec<Damaged>, RecordsError> {
        self.store().damaged()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(key: &str, value: &str) -> Change {
        Change::Store(Record {
            key: key.into(),
            value: value.into(),
        })
    }

    fn entry(number: u64) -> LogEntry {
        LogEntry {
            time: Some(format!("2024-05-15T12:{:02}:00Z", number % 60)),
            event: format!("Event{number}"),
            info: None,
        }
    }

    #[test]
    fn the_security_log_is_cut_by_moments_whether_they_have_a_fraction_or_not() {
        let records = Records::memory();
        let times = [
            "2024-05-15T11:59:59.999Z",
            "2024-05-15T12:00:00Z",
            "2024-05-15T12:00:00.500Z",
        ];
        for time in times {
            let entry = LogEntry {
                time: Some(time.into()),
                ..entry(1)
            };
            records.log(&entry).unwrap();
        }
        let noon = Some("2024-05-15T12:00:00Z");
        assert_eq!(records.security_log(noon, None).unwrap().len(), 2);
        assert_eq!(records.security_log(None, noon).unwrap().len(), 2);
        let same = Some("2024-05-15T12:00:00.000Z");
        assert_eq!(records.security_log(same, same).unwrap().len(), 1);
    }

    #[test]
    fn what_was_stored_is_there_after_opening_again() {
        let folder = std::env::temp_dir().join(format!("ocpp-records-{}", std::process::id()));
        // What a first start has left that was killed.
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("station.redb.new"), [0; 4096]).unwrap();
        let records = Records::open(&folder).unwrap();
        assert_eq!(records.all().unwrap(), []);
        let changes = vec![store("a", "1"), store("b", "2")];
        records.change(changes).unwrap();
        let changes = vec![Change::Remove("a".into()), store("b", "3")];
        records.change(changes).unwrap();
        records.keep_hardware("{}".into()).unwrap();
        records.log(&entry(1)).unwrap();
        drop(records);
        let records = Records::open(&folder).unwrap();
        let all = records.all().unwrap().into_iter();
        let all: Vec<_> = all.map(|r| (r.key, r.value)).collect();
        assert_eq!(all, [("b".to_string(), "3".to_string())]);
        assert_eq!(records.hardware().unwrap().as_deref(), Some("{}"));
        assert_eq!(records.security_log(None, None).unwrap(), [entry(1)]);
        drop(records);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_security_log_is_bounded_and_can_be_asked_for_a_time() {
        let records = Records::memory();
        for number in 0..MAX_LOG + 5 {
            records.log(&entry(number)).unwrap();
        }
        let log = records.security_log(None, None).unwrap();
        assert_eq!(log.len() as u64, MAX_LOG);
        assert_eq!(log[0], entry(5));
        let (from, to) = ("2024-05-15T12:10:00Z", "2024-05-15T12:11:00Z");
        let log = records.security_log(Some(from), Some(to)).unwrap();
        assert!(
            log.iter()
                .all(|e| e.time.as_deref() >= Some(from) && e.time.as_deref() <= Some(to))
        );
        assert!(!log.is_empty());
    }
}
