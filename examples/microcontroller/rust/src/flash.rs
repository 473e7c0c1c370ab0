//! Memory that behaves like the NOR flash of a microcontroller: bits are cleared one word after the other, and only a whole sector is
//! set again. A real board takes the driver of its HAL, which has the same traits.

use core::sync::atomic::{AtomicU32, Ordering};

use embedded_storage_async::nor_flash::{
    ErrorType, MultiwriteNorFlash, NorFlash, NorFlashErrorKind, ReadNorFlash,
};

/// A sector: what is erased at once. It bounds the largest record.
pub const SECTOR: usize = 16 * 1024;
const WORD: usize = 4;

/// The flash.
pub struct Flash(&'static [AtomicU32]);

impl Flash {
    pub const fn new(words: &'static [AtomicU32]) -> Self {
        Self(words)
    }

    /// The words of a range, if it is whole words within the flash.
    fn words(&self, from: u32, length: usize) -> Result<&[AtomicU32], NorFlashErrorKind> {
        let from = from as usize;
        if !from.is_multiple_of(WORD) || !length.is_multiple_of(WORD) {
            return Err(NorFlashErrorKind::NotAligned);
        }
        let words = self.0.get(from / WORD..(from + length) / WORD);
        words.ok_or(NorFlashErrorKind::OutOfBounds)
    }
}

impl ErrorType for Flash {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Flash {
    const READ_SIZE: usize = WORD;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Self::Error> {
        let words = self.words(offset, bytes.len())?;
        for (bytes, word) in bytes.chunks_exact_mut(WORD).zip(words) {
            bytes.copy_from_slice(&word.load(Ordering::SeqCst).to_le_bytes());
        }
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.0.len() * WORD
    }
}

impl NorFlash for Flash {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = SECTOR;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), Self::Error> {
        let length = to.checked_sub(from).ok_or(NorFlashErrorKind::OutOfBounds)? as usize;
        if !(from as usize).is_multiple_of(SECTOR) || !length.is_multiple_of(SECTOR) {
            return Err(NorFlashErrorKind::NotAligned);
        }
        for word in self.words(from, length)? {
            word.store(u32::MAX, Ordering::SeqCst);
        }
        Ok(())
    }

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Self::Error> {
        for (bytes, word) in bytes
            .chunks_exact(WORD)
            .zip(self.words(offset, bytes.len())?)
        {
            let value = u32::from_le_bytes(bytes.try_into().unwrap_or([0xff; WORD]));
            // Bits are cleared and never set. Sequentially consistent stores keep their order, as the flash does.
            word.fetch_and(value, Ordering::SeqCst);
        }
        Ok(())
    }
}

/// A word may be written again, as long as bits are only cleared.
impl MultiwriteNorFlash for Flash {}
