//! What survives a power cut, in a database file.

mod file;
mod journal;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ocpp_core::station::Record;
use ocpp_core::time::DateTime;
use serde::{Deserialize, Serialize};

use file::DatabaseFile;

/// How many entries the security log has at most; the oldest make room (A04.FR.04).
const MAX_LOG: u64 = 10_000;

/// The database cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the station's database: {0}")]
pub struct RecordsError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// Any error of the database.
pub(super) fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> RecordsError {
    RecordsError(error.into())
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

/// The memory of a station that has none.
#[derive(Debug, Default)]
struct Memory {
    records: BTreeMap<String, String>,
    hardware: Option<String>,
    log: Vec<LogEntry>,
}

#[derive(Debug)]
enum Place {
    File(Box<DatabaseFile>),
    Memory(Memory),
}

/// Durable memory of a station: a crash at any moment leaves every change complete or not begun. A clone is the same memory.
#[derive(Debug, Clone)]
pub struct Records(Arc<Mutex<Place>>);

impl Records {
    fn new(place: Place) -> Self {
        Self(Arc::new(Mutex::new(place)))
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The database in a folder; both are made if they are not there. It is two files: `station.redb`, and
    /// `station.journal`, in which changes are durable before the database has them. They belong together.
    ///
    /// # Errors
    /// When it cannot be opened, for example because another program has it open.
    pub fn open(folder: &Path) -> Result<Self, RecordsError> {
        let file = DatabaseFile::open(folder)?;
        Ok(Self::new(Place::File(Box::new(file))))
    }

    /// Memory that is forgotten with the program.
    #[must_use]
    pub fn memory() -> Self {
        Self::new(Place::Memory(Memory::default()))
    }

    /// All records of the station, for [`Station::restore`](ocpp_core::station::Station::restore).
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn all(&self) -> Result<Vec<Record>, RecordsError> {
        match &*self.place() {
            Place::File(file) => file.all(),
            Place::Memory(memory) => {
                let all = memory.records.iter();
                let all = all.map(|(key, value)| Record {
                    key: key.clone(),
                    value: value.clone(),
                });
                Ok(all.collect())
            }
        }
    }

    /// Makes changes durable, all of them or none.
    ///
    /// # Errors
    /// When the database cannot be written; the station must not go on then.
    pub fn change(&self, changes: Vec<Change>) -> Result<(), RecordsError> {
        match &mut *self.place() {
            Place::File(file) => file.change(changes),
            Place::Memory(memory) => {
                for change in changes {
                    match change {
                        Change::Store(record) => {
                            memory.records.insert(record.key, record.value);
                        }
                        Change::Remove(key) => {
                            memory.records.remove(&key);
                        }
                    }
                }
                Ok(())
            }
        }
    }

    /// What the hardware remembers.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn hardware(&self) -> Result<Option<String>, RecordsError> {
        match &*self.place() {
            Place::File(file) => file.hardware(),
            Place::Memory(memory) => Ok(memory.hardware.clone()),
        }
    }

    /// Makes the state of the hardware durable.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_hardware(&self, state: String) -> Result<(), RecordsError> {
        match &mut *self.place() {
            Place::File(file) => file.keep_hardware(state),
            Place::Memory(memory) => {
                memory.hardware = Some(state);
                Ok(())
            }
        }
    }

    /// Adds to the security log (A04.FR.04); the oldest entries make room.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn log(&self, entry: &LogEntry) -> Result<(), RecordsError> {
        match &mut *self.place() {
            Place::File(file) => file.log(entry),
            Place::Memory(memory) => {
                if memory.log.len() as u64 >= MAX_LOG {
                    memory.log.remove(0);
                }
                memory.log.push(entry.clone());
                Ok(())
            }
        }
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
        let mut entries = match &*self.place() {
            Place::File(file) => file.security_log()?,
            Place::Memory(memory) => memory.log.clone(),
        };
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
