//! A file of a fixed size into which changes are written one after the other, each durable with one `fdatasync`.
//!
//! A transaction of the database writes several pages all over its file. Here a change is one piece, right after the one
//! before, in blocks that the file has already: nothing but the piece has to reach the disk.
//!
//! An entry is its generation (8 bytes), the length of its content (4 bytes), the first 8 bytes of the SHA-256 of all that,
//! and the content; numbers are little-endian. What is not complete, or of another generation, ends the journal. When the
//! database has taken the entries over it begins the next generation, and the journal is written from its begin again.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use ocpp_core::security::software::FirmwareHash;

use crate::station::secret::sync_folder;

/// The size of the file in bytes: about a thousand changes.
const SIZE: usize = 256 * 1024;
/// What comes before the content of an entry, in bytes.
const HEAD: usize = 20;

#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    generation: u64,
    /// Where the next entry goes.
    end: usize,
}

impl Journal {
    /// Opens the file, which is made if it is not there, and gives the contents of the entries of this generation.
    pub(super) fn open(path: &Path, generation: u64) -> io::Result<(Self, Vec<Vec<u8>>)> {
        let mut options = OpenOptions::new();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        if bytes.len() < SIZE {
            // Blocks that the file has already need no more than their content to be written.
            let missing = vec![0; SIZE - bytes.len()];
            file.write_all(&missing)?;
        }
        // The program may have ended before it did so the last time.
        file.sync_all()?;
        sync_folder(path)?;
        let (entries, end) = read(&bytes, generation);
        let entries = entries.into_iter().map(<[u8]>::to_vec).collect();
        let journal = Self {
            file,
            generation,
            end,
        };
        Ok((journal, entries))
    }

    /// Makes an entry durable; says whether there was room.
    pub(super) fn append(&mut self, content: &[u8]) -> io::Result<bool> {
        let Some(entry) = entry(self.generation, content) else {
            return Ok(false);
        };
        if self.end + entry.len() > SIZE {
            return Ok(false);
        }
        self.file.seek(SeekFrom::Start(self.end as u64))?;
        self.file.write_all(&entry)?;
        self.file.sync_data()?;
        self.end += entry.len();
        Ok(true)
    }

    /// The generation after this one.
    pub(super) const fn next_generation(&self) -> u64 {
        self.generation.wrapping_add(1)
    }

    /// The database has taken everything over, and begun the next generation.
    pub(super) const fn clear(&mut self) {
        self.generation = self.next_generation();
        self.end = 0;
    }
}

fn checksum(generation: [u8; 8], length: [u8; 4], content: &[u8]) -> [u8; 8] {
    let mut hash = FirmwareHash::new();
    hash.update(&generation);
    hash.update(&length);
    hash.update(content);
    let [a, b, c, d, e, f, g, h, ..] = hash.finish();
    [a, b, c, d, e, f, g, h]
}

/// An entry; `None` if the content is too long for any.
fn entry(generation: u64, content: &[u8]) -> Option<Vec<u8>> {
    let generation = generation.to_le_bytes();
    let length = u32::try_from(content.len()).ok()?.to_le_bytes();
    let mut entry = Vec::with_capacity(HEAD + content.len());
    entry.extend(generation);
    entry.extend(length);
    entry.extend(checksum(generation, length, content));
    entry.extend(content);
    Some(entry)
}

/// The contents of the entries of a generation, and where they end.
fn read(bytes: &[u8], generation: u64) -> (Vec<&[u8]>, usize) {
    let (mut entries, mut rest) = (Vec::new(), bytes);
    while let Some((content, after)) = first(rest, generation) {
        entries.push(content);
        rest = after;
    }
    (entries, bytes.len() - rest.len())
}

/// The content of the first entry, and what comes after it.
fn first(bytes: &[u8], wanted: u64) -> Option<(&[u8], &[u8])> {
    let (generation, rest) = bytes.split_first_chunk::<8>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (sum, rest) = rest.split_first_chunk::<8>()?;
    let (content, after) =
        rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    let whole = u64::from_le_bytes(*generation) == wanted
        && checksum(*generation, *length, content) == *sum;
    whole.then_some((content, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTENTS: [&[u8]; 4] = [b"first", b"", b"the third entry", b"4"];

    fn journal(generation: u64) -> Vec<u8> {
        let entries = CONTENTS.iter().map(|content| entry(generation, content));
        entries.map(Option::unwrap).collect::<Vec<_>>().concat()
    }

    /// Where each entry ends.
    fn ends() -> Vec<usize> {
        let mut end = 0;
        let end = CONTENTS.iter().map(|content| {
            end += HEAD + content.len();
            end
        });
        end.collect()
    }

    #[test]
    fn cut_at_any_byte_every_entry_before_is_there_and_no_half_one() {
        let whole = journal(7);
        for cut in 0..=whole.len() {
            let complete = ends().iter().filter(|end| **end <= cut).count();
            let mut zeros = whole.clone();
            zeros[cut..].fill(0);
            let mut older = whole.clone();
            older[cut..].copy_from_slice(&journal(6)[cut..]);
            for bytes in [&whole[..cut], &zeros, &older] {
                let (entries, end) = read(bytes, 7);
                // Zeros that were written are no different from zeros that were not.
                assert!(entries.len() >= complete, "cut at {cut}");
                assert_eq!(entries, CONTENTS[..entries.len()], "cut at {cut}");
                assert_eq!(end, entries.len().checked_sub(1).map_or(0, |n| ends()[n]));
            }
            assert_eq!(read(&whole[..cut], 7).0.len(), complete);
        }
    }

    #[test]
    fn an_entry_with_any_wrong_byte_is_none() {
        let whole = journal(7);
        for at in 0..whole.len() {
            let intact = ends().iter().filter(|end| **end <= at).count();
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            assert_eq!(read(&bytes, 7).0, CONTENTS[..intact], "byte {at}");
        }
        assert!(read(&whole, 8).0.is_empty(), "another generation");
        assert!(read(&[0xFF; 100], u64::MAX).0.is_empty(), "no such length");
    }
}
