//! Small tables with the numbers of calls, for the two look-ups that every message needs.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, Hasher, RandomState};

/// A map whose keys are hashes already. They are mixed with a secret of this run, so that nobody can make up keys that
/// stand in each other's way.
pub(super) type HashedMap<K, V> = HashMap<K, V, Secret>;

/// The secret of a map.
#[derive(Debug, Clone, Copy)]
pub(super) struct Secret(u64);

impl Default for Secret {
    fn default() -> Self {
        Self(RandomState::new().hash_one(0_u64))
    }
}

impl BuildHasher for Secret {
    type Hasher = Folded;

    fn build_hasher(&self) -> Folded {
        Folded(self.0)
    }
}

/// Folds each word in with a wide multiplication.
pub(super) struct Folded(u64);

impl Hasher for Folded {
    fn write_u64(&mut self, word: u64) {
        const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
        let wide = u128::from(self.0 ^ word) * u128::from(FACTOR ^ self.0.rotate_left(32) | 1);
        self.0 ^= (wide >> 64) as u64 ^ wide as u64;
    }

    fn write_isize(&mut self, word: isize) {
        self.write_u64(word as u64);
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Numbers in rising order, at least one. Most lists have only one, and need no memory of their own for it.
#[derive(Debug)]
pub(super) struct Numbers {
    first: u64,
    others: VecDeque<u64>,
}

impl Numbers {
    pub(super) const fn new(number: u64) -> Self {
        Self {
            first: number,
            others: VecDeque::new(),
        }
    }

    /// Adds a higher number. Of more than `limit` the lowest goes.
    pub(super) fn push(&mut self, number: u64, limit: usize) {
        self.others.push_back(number);
        if self.others.len() >= limit
            && let Some(next) = self.others.pop_front()
        {
            self.first = next;
        }
    }

    /// Forgets a number, if it is the lowest. Says whether none is left.
    pub(super) fn forget(&mut self, number: u64) -> bool {
        if self.first != number {
            return false;
        }
        match self.others.pop_front() {
            Some(next) => self.first = next,
            None => return true,
        }
        false
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = u64> + '_ {
        std::iter::once(self.first).chain(self.others.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_number_goes_first() {
        let mut numbers = Numbers::new(1);
        for number in 2..=5 {
            numbers.push(number, 3);
        }
        assert_eq!(numbers.iter().collect::<Vec<_>>(), [3, 4, 5]);
        assert!(!numbers.forget(2));
        assert!(!numbers.forget(3));
        assert_eq!(numbers.iter().rev().collect::<Vec<_>>(), [5, 4]);
        assert!(!numbers.forget(4));
        assert!(numbers.forget(5));
    }

    #[test]
    fn keys_spread_whatever_they_have_in_common() {
        let secret = Secret::default();
        let low: std::collections::BTreeSet<u64> = (0..256_u64)
            .map(|n| secret.hash_one(n << 56) & 0xFFFF)
            .collect();
        assert!(low.len() > 200, "{}", low.len());
    }
}
