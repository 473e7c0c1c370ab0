//! What survives a power cut, in a file of the state folder.

use std::path::Path;

use ocpp_core::station::Record;
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};

/// The records of the station.
const RECORDS: TableDefinition<'_, &str, &str> = TableDefinition::new("records");

/// What the hardware remembers: meters, cables.
const HARDWARE: TableDefinition<'_, &str, &str> = TableDefinition::new("hardware");

/// The only key of [`HARDWARE`].
const STATE: &str = "state";

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A change of the records.
#[derive(Debug)]
pub(super) enum Change {
    Store(Record),
    Remove(String),
}

/// Durable memory; without a folder it lasts as long as the program.
pub(crate) enum Records {
    File(Database),
    Memory {
        records: std::collections::BTreeMap<String, String>,
        hardware: Option<String>,
    },
}

impl Records {
    /// The records in a folder, which is made if it is not there.
    pub(super) fn open(folder: &Path) -> Result<Self, Failure> {
        std::fs::create_dir_all(folder)?;
        let file = Database::create(folder.join("station.redb"))?;
        let writing = file.begin_write()?;
        writing.open_table(RECORDS)?;
        writing.open_table(HARDWARE)?;
        writing.commit()?;
        Ok(Self::File(file))
    }

    /// Records that are forgotten with the program.
    pub(crate) fn memory() -> Self {
        Self::Memory {
            records: std::collections::BTreeMap::new(),
            hardware: None,
        }
    }

    /// All records of the station.
    pub(super) fn all(&self) -> Result<Vec<Record>, Failure> {
        let record = |key: &str, value: &str| Record {
            key: key.into(),
            value: value.into(),
        };
        match self {
            Self::File(file) => {
                let table = file.begin_read()?.open_table(RECORDS)?;
                let mut all = Vec::new();
                for entry in table.iter()? {
                    let (key, value) = entry?;
                    all.push(record(key.value(), value.value()));
                }
                Ok(all)
            }
            Self::Memory { records, .. } => {
                let all = records.iter().map(|(key, value)| record(key, value));
                Ok(all.collect())
            }
        }
    }

    /// Makes changes durable, all of them or none.
    pub(super) fn change(&mut self, changes: Vec<Change>) -> Result<(), Failure> {
        match self {
            Self::File(file) => {
                let writing = file.begin_write()?;
                {
                    let mut table = writing.open_table(RECORDS)?;
                    for change in changes {
                        match change {
                            Change::Store(record) => {
                                table.insert(record.key.as_str(), record.value.as_str())?;
                            }
                            Change::Remove(key) => {
                                table.remove(key.as_str())?;
                            }
                        }
                    }
                }
                writing.commit()?;
            }
            Self::Memory { records, .. } => {
                for change in changes {
                    match change {
                        Change::Store(record) => {
                            records.insert(record.key, record.value);
                        }
                        Change::Remove(key) => {
                            records.remove(&key);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// What the hardware remembers.
    pub(super) fn hardware(&self) -> Result<Option<String>, Failure> {
        match self {
            Self::File(file) => {
                let table = file.begin_read()?.open_table(HARDWARE)?;
                Ok(table.get(STATE)?.map(|state| state.value().to_string()))
            }
            Self::Memory { hardware, .. } => Ok(hardware.clone()),
        }
    }

    /// Makes the state of the hardware durable.
    pub(super) fn keep_hardware(&mut self, state: String) -> Result<(), Failure> {
        match self {
            Self::File(file) => {
                let writing = file.begin_write()?;
                writing
                    .open_table(HARDWARE)?
                    .insert(STATE, state.as_str())?;
                writing.commit()?;
            }
            Self::Memory { hardware, .. } => *hardware = Some(state),
        }
        Ok(())
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

    #[test]
    fn what_was_stored_is_there_after_opening_again() {
        let folder = std::env::temp_dir().join(format!("ocpp-records-{}", std::process::id()));
        let mut records = Records::open(&folder).unwrap();
        assert_eq!(records.all().unwrap(), []);
        records
            .change(vec![store("a", "1"), store("b", "2")])
            .unwrap();
        records
            .change(vec![Change::Remove("a".into()), store("b", "3")])
            .unwrap();
        records.keep_hardware("{}".into()).unwrap();
        drop(records);
        let records = Records::open(&folder).unwrap();
        let all: Vec<_> = records
            .all()
            .unwrap()
            .into_iter()
            .map(|r| (r.key, r.value))
            .collect();
        assert_eq!(all, [("b".to_string(), "3".to_string())]);
        assert_eq!(records.hardware().unwrap().as_deref(), Some("{}"));
        drop(records);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
