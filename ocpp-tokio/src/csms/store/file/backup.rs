//! A copy of a file while it is in use: what one moment has, however long copying takes.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use redb::{Database, ReadableDatabase, ReadableTable as _};

use super::{FileStore, StoreError, Table, definition};
use crate::csms::numbers;
use crate::private::private;

/// What is not complete has this name.
fn unfinished(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

pub(super) fn copy(from: &Database, to: &Path) -> Result<u64, StoreError> {
    if to.exists() {
        let why = format!("{}: there is a file of this name", to.display());
        return Err(StoreError::new(why));
    }
    let part = unfinished(to);
    // What an attempt that was interrupted has left.
    let _ = fs::remove_file(&part);
    let copied = write(from, &part).and_then(|()| finish(&part, to).map_err(StoreError::new));
    if copied.is_err() {
        let _ = fs::remove_file(&part);
    }
    copied
}

fn write(from: &Database, part: &Path) -> Result<(), StoreError> {
    let made = private(OpenOptions::new().write(true).create_new(true)).open(part);
    made.map_err(StoreError::new)?;
    let written = || -> Result<(), redb::Error> {
        let reading = from.begin_read()?;
        let copy = Database::create(part)?;
        let writing = copy.begin_write()?;
        for table in Table::ALL {
            let mut rows = writing.open_table(definition(table))?;
            for row in reading.open_table(definition(table))?.iter()? {
                let (key, value) = row?;
                let (key, value) = (key.value(), value.value());
                let later = (table == Table::Nodes && key == numbers::KEY)
                    .then(|| numbers::leave_out(value, FileStore::NUMBERS_AFTER_BACKUP));
                let later = later.flatten();
                rows.insert(key, later.as_deref().unwrap_or(value))?;
            }
        }
        writing.commit()?;
        Ok(())
    };
    written().map_err(StoreError::new)
}

/// It is there under its name when it is durable.
fn finish(part: &Path, to: &Path) -> io::Result<u64> {
    let file = File::open(part)?;
    file.sync_all()?;
    let bytes = file.metadata()?.len();
    fs::rename(part, to)?;
    if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(bytes)
}
