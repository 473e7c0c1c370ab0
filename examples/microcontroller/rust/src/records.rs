//! The station's records in flash. `sequential-storage` writes them one after the other, keeps the newest of each key, levels the wear,
//! and finds its way after a power cut at any place.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::str::FromStr as _;
use core::sync::atomic::AtomicU32;

use embassy_futures::block_on;
use embedded_storage_async::nor_flash::NorFlash as _;
use ocpp_core::station::{MAX_KEY, Record};
use sequential_storage::cache::{Cache, Uncached};
use sequential_storage::map::{MapConfig, MapStorage};

use crate::board::FLASH;
use crate::flash::{Flash, SECTOR};

type Key = heapless::String<MAX_KEY>;
type Map = MapStorage<Key, Flash, Cache<Uncached, Uncached, Uncached, Key>>;

/// The flash is full, or wrong.
#[derive(Debug)]
pub struct StoreFailed;

/// Records in flash.
pub struct Records {
    map: Map,
    /// Where a record is put together.
    buffer: Box<[u8]>,
}

impl Records {
    /// Opens the storage, and reads what is there. Erased flash has no records.
    pub fn open(words: &'static [AtomicU32]) -> Result<(Self, Vec<Record>), StoreFailed> {
        let config = const { MapConfig::new(0..FLASH as u32) };
        let mut this = Self {
            map: MapStorage::new(Flash::new(words), config, Cache::new_uncached()),
            buffer: vec![0; SECTOR].into_boxed_slice(),
        };
        let stored = this.read()?;
        Ok((this, stored))
    }

    /// Forgets everything.
    pub fn erase(words: &'static [AtomicU32]) {
        let _ = block_on(Flash::new(words).erase(0, FLASH as u32));
    }

    fn read(&mut self) -> Result<Vec<Record>, StoreFailed> {
        let mut stored = BTreeMap::new();
        let all = block_on(self.map.fetch_all_items(&mut self.buffer));
        let mut all = all.map_err(|_| StoreFailed)?;
        // Older values of a key come first.
        while let Some((key, value)) =
            block_on(all.next::<&[u8]>(&mut self.buffer)).map_err(|_| StoreFailed)?
        {
            // What is no text the station reports as a record that cannot be read.
            let value = String::from_utf8_lossy(value).into_owned();
            stored.insert(String::from(key.as_str()), value);
        }
        let records = stored.into_iter();
        Ok(records.map(|(key, value)| Record { key, value }).collect())
    }

    /// Makes a record durable.
    pub fn store(&mut self, record: &Record) -> Result<(), StoreFailed> {
        let key = Key::from_str(&record.key).map_err(|_| StoreFailed)?;
        let value = record.value.as_bytes();
        let stored = block_on(self.map.store_item(&mut self.buffer, &key, &value));
        stored.map_err(|_| StoreFailed)
    }

    /// Removes a record.
    pub fn remove(&mut self, key: &str) -> Result<(), StoreFailed> {
        let key = Key::from_str(key).map_err(|_| StoreFailed)?;
        let removed = block_on(self.map.remove_item(&mut self.buffer, &key));
        removed.map_err(|_| StoreFailed)
    }
}
