//! A download on its way into a file, and what is known about it after it broke off.

use std::io::{self, SeekFrom};
use std::path::{Path, PathBuf};

use ocpp_core::security::software::FirmwareHash;
use serde::{Deserialize, Serialize};
use tokio::fs::{self, File, OpenOptions};
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};

use super::{Downloaded, Progress, TransferError};
use crate::station::secret::sync_folder;

/// After how many bytes what has come is made durable: that much is lost in a power cut.
const CHECKPOINT: u64 = 4 << 20;
/// How much is read at a time when a download goes on, in bytes.
const PIECE: usize = 64 * 1024;

/// What a partial file is a part of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Origin {
    /// The hash of the location, which may contain a password.
    location: [u8; 32],
    /// What tells this version of the file from others, as the server wrote it.
    validator: String,
    /// Bytes of the whole file, if that is known.
    total: Option<u64>,
    /// How many bytes of it are durable here.
    size: u64,
}

/// Where a download goes.
pub(super) struct Sink<P> {
    file: File,
    path: PathBuf,
    hash: FirmwareHash,
    size: u64,
    max: u64,
    location: [u8; 32],
    /// Without one the download cannot go on later.
    validator: Option<String>,
    total: Option<u64>,
    /// How many bytes are durable.
    durable: u64,
    progress: P,
}

fn digest(text: &str) -> [u8; 32] {
    let mut hash = FirmwareHash::new();
    hash.update(text.as_bytes());
    hash.finish()
}

/// The file that describes a partial file.
fn description(partial: &Path) -> PathBuf {
    partial.with_extension("part.json")
}

impl<P: FnMut(Progress)> Sink<P> {
    /// Goes on with what an earlier attempt of the same location has left, or begins anew.
    pub(super) async fn open(
        path: &Path,
        location: &str,
        max: u64,
        progress: P,
    ) -> io::Result<Self> {
        let location = digest(location);
        let origin = fs::read(description(path)).await.ok();
        let origin = origin.and_then(|text| serde_json::from_slice::<Origin>(&text).ok());
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut sink = Self {
            file: options.open(path).await?,
            path: path.into(),
            hash: FirmwareHash::new(),
            size: 0,
            max,
            location,
            validator: None,
            total: None,
            durable: 0,
            progress,
        };
        let there = sink.file.metadata().await?.len();
        match origin {
            Some(origin) if origin.location == location && origin.size <= there => {
                // What came after the last checkpoint may not have reached the disk.
                sink.file.set_len(origin.size).await?;
                sink.read(origin.size).await?;
                sink.validator = Some(origin.validator);
                sink.total = origin.total;
                sink.durable = origin.size;
            }
            _ => sink.restart().await?,
        }
        Ok(sink)
    }

    /// Hashes what is there.
    async fn read(&mut self, size: u64) -> io::Result<()> {
        let mut piece = vec![0; PIECE];
        self.file.seek(SeekFrom::Start(0)).await?;
        while self.size < size {
            let read = self.file.read(&mut piece).await?;
            match piece.get(..read) {
                Some(piece) if !piece.is_empty() => self.hash.update(piece),
                _ => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
            self.size += read as u64;
        }
        self.file.seek(SeekFrom::Start(size)).await?;
        Ok(())
    }

    /// Forgets what is there.
    pub(super) async fn restart(&mut self) -> io::Result<()> {
        // First the description: it must not describe another file.
        remove(&description(&self.path)).await?;
        sync_folder(&self.path)?;
        self.file.set_len(0).await?;
        self.file.seek(SeekFrom::Start(0)).await?;
        self.hash = FirmwareHash::new();
        (self.size, self.durable) = (0, 0);
        (self.validator, self.total) = (None, None);
        Ok(())
    }

    /// How much is there, and of which version of the file, if the download can go on.
    pub(super) fn resumable(&self) -> Option<(u64, &str)> {
        let validator = self.validator.as_deref()?;
        (self.size > 0).then_some((self.size, validator))
    }

    /// How large the file was said to be.
    pub(super) const fn total(&self) -> Option<u64> {
        self.total
    }

    /// The server says how large the whole file is, and what tells this version of it from others.
    pub(super) fn expect(
        &mut self,
        total: Option<u64>,
        validator: Option<String>,
    ) -> Result<(), TransferError> {
        if total.is_some_and(|total| total > self.max) {
            return Err(TransferError::TooBig(self.max));
        }
        self.total = total;
        self.validator = validator;
        let done = self.size;
        (self.progress)(Progress { done, total });
        Ok(())
    }

    pub(super) async fn write(&mut self, piece: &[u8]) -> Result<(), TransferError> {
        let size = self.size + piece.len() as u64;
        if size > self.max {
            return Err(TransferError::TooBig(self.max));
        }
        if self.total.is_some_and(|total| size > total) {
            // What a server sends that does not know how to go on: none of it is of use.
            self.validator = None;
            let why = "more than the size of the file";
            return Err(TransferError::Refused(why.into()));
        }
        self.size = size;
        self.hash.update(piece);
        self.file.write_all(piece).await?;
        if self.size - self.durable >= CHECKPOINT {
            self.keep().await?;
        }
        (self.progress)(Progress {
            done: self.size,
            total: self.total,
        });
        Ok(())
    }

    /// Makes durable what is there, so that the download can go on later, if it can.
    async fn keep(&mut self) -> io::Result<()> {
        let Some(validator) = self.validator.clone() else {
            return Ok(());
        };
        self.file.flush().await?;
        self.file.sync_data().await?;
        let origin = Origin {
            location: self.location,
            validator,
            total: self.total,
            size: self.size,
        };
        // Never half of it under its name.
        let (text, path) = (serde_json::to_vec(&origin)?, description(&self.path));
        let new = path.with_extension("new");
        fs::write(&new, &text).await?;
        fs::rename(&new, &path).await?;
        sync_folder(&path)?;
        self.durable = self.size;
        Ok(())
    }

    /// It is complete: it gets its name.
    pub(super) async fn finish(mut self, to: &Path) -> Result<Downloaded, TransferError> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        if self.file.metadata().await?.len() != self.size {
            // Something else has written to it: what is there is not what was hashed.
            self.restart().await?;
            return Err(TransferError::Connection(
                "the file has changed on its way".into(),
            ));
        }
        fs::rename(&self.path, to).await?;
        remove(&description(&self.path)).await?;
        sync_folder(to)?;
        if self.total.is_none() {
            // Now it is known.
            let (done, total) = (self.size, Some(self.size));
            (self.progress)(Progress { done, total });
        }
        Ok(Downloaded {
            size: self.size,
            sha256: self.hash.finish(),
        })
    }

    /// Whether everything has come.
    pub(super) fn is_complete(&self) -> bool {
        self.total.is_none_or(|total| total == self.size)
    }

    /// It has failed: what can be of use to the next attempt stays.
    pub(super) async fn fail(mut self, error: &TransferError) {
        let later = matches!(
            error,
            TransferError::Connection(_) | TransferError::Refused(_)
        );
        if later && self.resumable().is_some() && self.keep().await.is_ok() {
            return;
        }
        // What cannot be removed does no harm: without a description nothing goes on.
        let _ = remove(&description(&self.path)).await;
        let _ = remove(&self.path).await;
    }
}

async fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path).await {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
