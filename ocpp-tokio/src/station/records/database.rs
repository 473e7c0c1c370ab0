//! The database of a station, also while the disk does not let it be opened.

use std::path::{Path, PathBuf};

use ocpp_core::station::Record;

use super::file::Files;
use super::{Change, Damaged, LogEntry, RecordStore, RecordsError};

/// A database in a folder. While it cannot be opened because of the disk, everything fails, and opens it anew.
#[derive(Debug)]
pub(super) struct DatabaseFile {
    folder: PathBuf,
    files: Option<Files>,
}

impl DatabaseFile {
    pub(super) fn open_or_wait(folder: &Path) -> Result<Self, RecordsError> {
        let files = match Files::open(folder) {
            Ok(files) => Some(files),
            Err(error) if error.is_of_the_disk() => None,
            Err(error) => return Err(error),
        };
        Ok(Self {
            folder: folder.into(),
            files,
        })
    }

    fn files(&mut self) -> Result<&mut Files, RecordsError> {
        if self.files.is_none() {
            self.files = Some(Files::open(&self.folder)?);
        }
        let files = self.files.as_mut();
        files.ok_or_else(|| RecordsError::of_the_disk("it cannot be opened"))
    }
}

impl RecordStore for DatabaseFile {
    fn all(&mut self) -> Result<Vec<Record>, RecordsError> {
        self.files()?.all()
    }

    fn change(&mut self, changes: Vec<Change>) -> Result<(), RecordsError> {
        self.files()?.change(changes)
    }

    fn hardware(&mut self) -> Result<Option<String>, RecordsError> {
        self.files()?.hardware()
    }

    fn keep_hardware(&mut self, state: String) -> Result<(), RecordsError> {
        self.files()?.keep_hardware(state)
    }

    fn log(&mut self, entry: &LogEntry) -> Result<(), RecordsError> {
        self.files()?.log(entry)
    }

    fn security_log(&mut self) -> Result<Vec<LogEntry>, RecordsError> {
        self.files()?.security_log()
    }

    fn take_found(&mut self) -> Vec<Damaged> {
        let files = self.files.as_mut();
        files.map(Files::take_found).unwrap_or_default()
    }

    fn damaged(&mut self) -> Result<Vec<Damaged>, RecordsError> {
        self.files()?.damaged()
    }
}
