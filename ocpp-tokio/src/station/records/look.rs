//! Looks at the records of a station that does not run.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use ocpp_core::station::Record;

use super::file::Files;
use super::tables::{MAX_DATABASES, damaged_name};
use super::{Damaged, RecordsError, failed};
use crate::station::secret::create_folder;

/// What is in a folder of records.
#[derive(Debug)]
#[non_exhaustive]
pub struct FolderContents {
    /// The records.
    pub records: Vec<Record>,
    /// What is damaged: what the next start will keep, and what former ones have kept.
    pub damaged: Vec<Damaged>,
}

/// A copy that is removed at the end.
struct Copy(PathBuf);

impl Drop for Copy {
    fn drop(&mut self) {
        // What cannot be removed is in the system's folder for such.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Opens a copy: what the records say is known only when the journal is taken over, which changes the files.
pub(super) fn look(folder: &Path) -> Result<FolderContents, RecordsError> {
    let name = folder.join("station.redb");
    let file = File::open(&name).map_err(failed)?;
    if let Err(TryLockError::WouldBlock) = file.try_lock_shared() {
        return Err(failed("another program has it open"));
    }
    let copy = format!("ocpp-look-{:016x}", rand::random::<u64>());
    let copy = Copy(std::env::temp_dir().join(copy));
    create_folder(&copy.0).map_err(failed)?;
    for name in ["station.redb", "station.journal"] {
        let from = folder.join(name);
        if from.try_exists().map_err(failed)? {
            std::fs::copy(from, copy.0.join(name)).map_err(failed)?;
        }
    }
    let mut files = Files::open(&copy.0)?;
    let records = files.all()?;
    let mut damaged = files.damaged()?;
    for one in damaged.iter_mut().filter(|one| one.what == "station.redb") {
        one.kept_as = name.display().to_string();
    }
    for path in (1..=MAX_DATABASES).map(|number| damaged_name(folder, number)) {
        if path.try_exists().map_err(failed)? {
            damaged.push(Damaged {
                what: "station.redb".into(),
                reason: "the database was damaged".into(),
                kept_as: path.display().to_string(),
            });
        }
    }
    Ok(FolderContents { records, damaged })
}
