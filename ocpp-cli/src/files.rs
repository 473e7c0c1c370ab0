//! Files that the command line names.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A file could not be read: which one, and why.
#[derive(Debug)]
pub(crate) struct Unreadable(PathBuf, io::Error);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.display(), self.1)
    }
}

impl std::error::Error for Unreadable {}

/// The content of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Unreadable> {
    std::fs::read(path).map_err(|error| Unreadable(path.to_owned(), error))
}
