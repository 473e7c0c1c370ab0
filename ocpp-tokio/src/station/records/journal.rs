//! A file of a fixed size into which changes are written one after the other, each durable with one `fdatasync`.
//!
//! A transaction of the database writes several pages all over its file. Here a change is one piece, right after the one
//! before, in blocks that the file has already: nothing but the piece has to reach the disk, and a full disk is no hindrance.
//!
//! An entry is its generation (8 bytes), the length of its content (4 bytes), the first 8 bytes of the SHA-256 of all that,
//! and the content; numbers are little-endian. When the database has taken the entries over it begins the next generation,
//! and the journal is filled with zeros and written from its begin again.
//!
//! What is no entry of the generation is damaged, unless it is the rest of the one before: a power cut leaves the last entry
//! incomplete, a dying disk any of them. Whatever comes after it still counts, because every entry can be told by its
//! checksum, and to do a later change without an earlier one leaves each record as it was at some time.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use ocpp_core::security::software::FirmwareHash;

use crate::private::private;
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

/// What is in a journal.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Contents {
    /// The contents of the entries that are whole, in order.
    pub(super) entries: Vec<Vec<u8>>,
    /// What lies between them, or after them, and is no entry.
    pub(super) damaged: Vec<Damage>,
    /// Where the last entry ends.
    end: usize,
}

/// A part of the journal that is no entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Damage {
    pub(super) bytes: Vec<u8>,
    /// Whether nothing comes after it: then it may be an entry that was being written when the power went.
    pub(super) last: bool,
}

impl Journal {
    /// Opens the file, which is made if it is not there, and reads what there is of this generation. `zeros` says whether
    /// what is not used is known to be zeros: a former program did not see to that.
    pub(super) fn open(path: &Path, generation: u64, zeros: bool) -> io::Result<(Self, Contents)> {
        let mut options = OpenOptions::new();
        let mut file = private(&mut options)
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
        let contents = read(&bytes, generation, zeros);
        let journal = Self {
            file,
            generation,
            end: contents.end,
        };
        Ok((journal, contents))
    }

    /// The generation of the first entry, whatever it is: for a journal whose database is gone.
    pub(super) fn first_generation(path: &Path) -> io::Result<Option<u64>> {
        let mut bytes = Vec::new();
        match File::open(path) {
            Ok(mut file) => file.read_to_end(&mut bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let generation = bytes
            .first_chunk::<8>()
            .map(|first| u64::from_le_bytes(*first));
        Ok(generation.filter(|generation| first(&bytes, *generation).is_some()))
    }

    /// Makes an entry durable; says whether there was room. After an error nothing has been added.
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

    /// The database has taken everything over, and begun this generation. Says whether what is not used is zeros: without
    /// that the journal works too.
    pub(super) fn clear(&mut self, generation: u64) -> bool {
        self.generation = generation;
        self.end = 0;
        let zeros = vec![0; SIZE];
        let cleared = self.file.seek(SeekFrom::Start(0));
        let cleared = cleared.and_then(|_| self.file.write_all(&zeros));
        cleared.and_then(|()| self.file.sync_data()).is_ok()
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

/// What there is of a generation.
fn read(bytes: &[u8], generation: u64, zeros: bool) -> Contents {
    let (mut contents, mut at) = (Contents::default(), 0);
    // Where the damage begins that is being passed over.
    let mut damaged = None;
    while at < bytes.len() {
        if let Some((content, length)) = first(&bytes[at..], generation) {
            if let Some(from) = damaged.take() {
                let bytes = bytes[from..at].to_vec();
                contents.damaged.push(Damage { bytes, last: false });
            }
            contents.entries.push(content.to_vec());
            at += length;
            contents.end = at;
        } else {
            damaged.get_or_insert(at);
            at += 1;
        }
    }
    let rest = &bytes[contents.end..];
    let used = rest
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last + 1);
    // An entry that was begun. Without zeros the rest of another generation looks like anything.
    let begun = rest.starts_with(&generation.to_le_bytes());
    // The database has taken everything over, and the zeros did not follow any more.
    let old = contents.end == 0 && first(rest, generation.wrapping_sub(1)).is_some();
    if used > 0 && (zeros || begun) && !old {
        let bytes = rest[..used].to_vec();
        contents.damaged.push(Damage { bytes, last: true });
    }
    contents
}

/// The content of the first entry, and the length of the whole.
fn first(bytes: &[u8], wanted: u64) -> Option<(&[u8], usize)> {
    let (generation, rest) = bytes.split_first_chunk::<8>()?;
    if u64::from_le_bytes(*generation) != wanted {
        return None;
    }
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (sum, rest) = rest.split_first_chunk::<8>()?;
    let content = rest.get(..usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    let whole = checksum(*generation, *length, content) == *sum;
    whole.then_some((content, HEAD + content.len()))
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

    /// The entry that a byte belongs to.
    fn entry_at(at: usize) -> usize {
        ends().iter().position(|end| at < *end).unwrap()
    }

    #[test]
    fn cut_at_any_byte_every_entry_before_is_there_and_what_was_begun_is_kept() {
        let whole = journal(7);
        for cut in 0..=whole.len() {
            let complete = ends().iter().filter(|end| **end <= cut).count();
            let mut zeros = whole.clone();
            zeros[cut..].fill(0);
            for bytes in [&whole[..cut], &zeros] {
                let contents = read(bytes, 7, true);
                // Zeros that were written are no different from zeros that were not.
                let found = contents.entries.len();
                assert!(found >= complete, "cut at {cut}");
                assert_eq!(contents.entries, CONTENTS[..found], "cut at {cut}");
                assert_eq!(contents.end, found.checked_sub(1).map_or(0, |n| ends()[n]));
                let begun = &bytes[contents.end..];
                let used = begun
                    .iter()
                    .rposition(|byte| *byte != 0)
                    .map(|last| last + 1);
                match used {
                    None => assert_eq!(contents.damaged, [], "cut at {cut}"),
                    Some(used) => {
                        let bytes = begun[..used].to_vec();
                        assert_eq!(contents.damaged, [Damage { bytes, last: true }]);
                    }
                }
            }
            assert_eq!(read(&whole[..cut], 7, true).entries.len(), complete);
            // The rest of an older generation, as a former program left it.
            let mut older = whole.clone();
            older[cut..].copy_from_slice(&journal(6)[cut..]);
            let contents = read(&older, 7, false);
            assert!(contents.entries.len() >= complete, "cut at {cut}");
            assert_eq!(
                contents.entries,
                CONTENTS[..contents.entries.len()],
                "cut at {cut}"
            );
        }
    }

    #[test]
    fn a_damaged_byte_costs_its_entry_and_no_other() {
        for zeros in [true, false] {
            let mut whole = journal(7);
            whole.extend([0; 100]);
            for at in 0..whole.len() - 100 {
                for bit in 0..8 {
                    let mut bytes = whole.clone();
                    bytes[at] ^= 1 << bit;
                    let contents = read(&bytes, 7, zeros);
                    let lost = entry_at(at);
                    let mut expected = CONTENTS.to_vec();
                    expected.remove(lost);
                    assert_eq!(contents.entries, expected, "byte {at}");
                    let last = lost + 1 == CONTENTS.len();
                    let noticed = zeros || !last || at >= ends()[lost - 1] + 8;
                    assert_eq!(contents.damaged.len(), usize::from(noticed), "byte {at}");
                    if let Some(damage) = contents.damaged.first() {
                        assert_eq!(damage.last, last, "byte {at}");
                        let begin = lost.checked_sub(1).map_or(0, |before| ends()[before]);
                        let kept = &bytes[begin..begin + damage.bytes.len()];
                        assert_eq!(damage.bytes, kept, "byte {at}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_the_database_has_taken_over_is_not_damage() {
        let mut whole = journal(7);
        whole.extend([0; 100]);
        let contents = read(&whole, 8, true);
        assert_eq!(contents, Contents::default(), "the zeros did not follow");
        assert!(
            read(&[0xFF; 100], u64::MAX, true).entries.is_empty(),
            "no such length"
        );
    }
}
