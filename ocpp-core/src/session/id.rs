//! Message ids that no sender uses twice.

use core::fmt::Write;

use compact_str::CompactString;

/// Where the message ids of a session come from.
///
/// An id must differ from all ids that the same sender used before, over all connections of the station and over
/// reboots (part 4 section 4.1.4; 1.6 errata 3.1). Two ways lead there:
///
/// - [`seeded`](Self::seeded): a random number of 64 bits, drawn anew whenever the program starts, and a counter.
///   Nothing has to be stored.
/// - [`counter`](Self::counter): a counter that survives reboots. Whole blocks are reserved at a time, so that flash
///   memory is written once per block.
#[derive(Debug, Clone)]
pub struct MessageIds {
    /// Text before the counter.
    prefix: CompactString,
    next: u64,
    /// The first number that is not reserved yet.
    reserved: u64,
    /// How many numbers to reserve at a time; 0 when nothing has to be stored.
    block: u32,
}

impl MessageIds {
    /// Ids from a seed that is different at each start of the program.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
        let mut prefix = CompactString::default();
        let mut rest = seed;
        // 36^13 > 2^64: thirteen digits hold any seed and leave room for all 20 digits of the counter.
        for _ in 0..13 {
            prefix.push(char::from(DIGITS[(rest % 36) as usize]));
            rest /= 36;
        }
        prefix.push('-');
        Self {
            prefix,
            next: 0,
            reserved: 0,
            block: 0,
        }
    }

    /// Ids from a counter. `next` is the number of the last [`Output::StoreNextId`](super::Output::StoreNextId), or 0
    /// at the very first start; `block` (at least 1) is how many ids are reserved with one write.
    #[must_use]
    pub fn counter(next: u64, block: u32) -> Self {
        Self {
            prefix: CompactString::default(),
            next,
            reserved: next,
            block: block.max(1),
        }
    }

    /// The next id, and the number to store before it is used, if any.
    pub(super) fn draw(&mut self) -> (CompactString, Option<u64>) {
        let mut store = None;
        if self.block > 0 && self.next >= self.reserved {
            self.reserved = self.next.saturating_add(u64::from(self.block));
            store = Some(self.reserved);
        }
        let mut id = self.prefix.clone();
        // Writing to a string cannot fail.
        let _ = write!(id, "{}", self.next);
        self.next = self.next.wrapping_add(1);
        (id, store)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_id_is_longer_than_36_characters_and_none_occurs_twice() {
        let mut seen = std::collections::HashSet::new();
        for seed in [0, 1, u64::MAX, u64::MAX - 1] {
            let mut ids = MessageIds::seeded(seed);
            for next in [0, 1, u64::MAX / 2, u64::MAX - 1] {
                ids.next = next;
                for _ in 0..2 {
                    let (id, store) = ids.draw();
                    assert!(id.len() <= 36, "{id}");
                    assert_eq!(store, None);
                    seen.insert(id);
                }
            }
        }
        // Per seed 0, 1, 1, 2 and two more pairs: seven different numbers.
        assert_eq!(seen.len(), 4 * 7);
    }

    #[test]
    fn a_counter_goes_on_after_a_power_cut_at_any_moment() {
        let mut stored = 0;
        let mut seen = std::collections::HashSet::new();
        for ids_until_the_cut in 0..10 {
            let mut ids = MessageIds::counter(stored, 3);
            for _ in 0..ids_until_the_cut {
                let (id, store) = ids.draw();
                stored = store.unwrap_or(stored);
                assert!(seen.insert(id.clone()), "{id} used twice");
            }
        }
        assert!(stored <= 45 + 10 * 3);
    }
}
