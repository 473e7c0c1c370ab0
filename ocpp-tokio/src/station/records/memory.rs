//! The memory of a station that has none.

use std::collections::BTreeMap;

use ocpp_core::station::Record;

use super::{Change, LogEntry, MAX_LOG, RecordStore, RecordsError};

#[derive(Debug, Default)]
pub(super) struct Memory {
    records: BTreeMap<String, String>,
    hardware: Option<String>,
    log: Vec<LogEntry>,
}

impl RecordStore for Memory {
    fn all(&mut self) -> Result<Vec<Record>, RecordsError> {
        let all = self.records.iter().map(|(key, value)| Record {
            key: key.clone(),
            value: value.clone(),
        });
        Ok(all.collect())
    }

    fn change(&mut self, changes: Vec<Change>) -> Result<(), RecordsError> {
        for change in changes {
            match change {
                Change::Store(record) => {
                    self.records.insert(record.key, record.value);
                }
                Change::Remove(key) => {
                    self.records.remove(&key);
                }
            }
        }
        Ok(())
    }

    fn hardware(&mut self) -> Result<Option<String>, RecordsError> {
        Ok(self.hardware.clone())
    }

    fn keep_hardware(&mut self, state: String) -> Result<(), RecordsError> {
        self.hardware = Some(state);
        Ok(())
    }

    fn log(&mut self, entry: &LogEntry) -> Result<(), RecordsError> {
        if self.log.len() as u64 >= MAX_LOG {
            self.log.remove(0);
        }
        self.log.push(entry.clone());
        Ok(())
    }

    fn security_log(&mut self) -> Result<Vec<LogEntry>, RecordsError> {
        Ok(self.log.clone())
    }
}
