//! Writes a database file anew, so that nothing is left of what was removed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use redb::{Database, ReadableDatabase as _, ReadableTable as _};

use super::{File, Table, definition};

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Where the new file is written.
fn place(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    name.into()
}

/// Called by the thread that writes, so nothing is written meanwhile. Whatever fails, and whenever the program ends, one whole file
/// is there.
pub(super) fn rewrite(file: &File) -> Result<(), Failed> {
    let new = place(&file.path);
    let copied = copy(file, &new).and_then(|()| {
        fs::rename(&new, &file.path)?;
        sync_folder(&file.path)
    });
    if copied.is_err() {
        // It may not be there.
        let _ = fs::remove_file(&new);
    }
    copied?;
    // Whoever reads the old file at this moment still does.
    let mut there = file
        .database
        .write()
        .unwrap_or_else(PoisonError::into_inner);
    *there = None;
    *there = Some(Arc::new(Database::create(&file.path)?));
    Ok(())
}

fn copy(file: &File, to: &Path) -> Result<(), Failed> {
    let old = file.database()?.begin_read()?;
    match fs::remove_file(to) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    crate::private::make_private(to)?;
    let new = Database::create(to)?;
    let writing = new.begin_write()?;
    for table in Table::ALL {
        let from = old.open_table(definition(table))?;
        let mut to = writing.open_table(definition(table))?;
        for row in from.iter()? {
            let (key, value) = row?;
            to.insert(key.value(), value.value())?;
        }
    }
    // Durable before the new file takes the place of the old one.
    writing.commit()?;
    Ok(())
}

fn sync_folder(path: &Path) -> Result<(), Failed> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(())
}
