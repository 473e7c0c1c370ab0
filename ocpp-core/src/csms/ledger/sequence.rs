//! Which sequence numbers of a transaction have arrived.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

/// Most ranges that are kept; a transaction with more gaps than that counts as incomplete for good.
const MAX_RANGES: usize = 64;

/// A set of sequence numbers, as ranges from the lowest to the highest.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sequence(Vec<(i64, i64)>);

impl Sequence {
    /// Whether nothing has arrived.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this number has arrived.
    #[must_use]
    pub fn contains(&self, number: i64) -> bool {
        let at = self.0.partition_point(|(_, last)| *last < number);
        self.0.get(at).is_some_and(|(first, _)| *first <= number)
    }

    /// The highest number that has arrived.
    #[must_use]
    pub fn last(&self) -> Option<i64> {
        self.0.last().map(|(_, last)| *last)
    }

    /// The numbers that are missing between the lowest and the highest, as ranges.
    pub fn gaps(&self) -> impl Iterator<Item = (i64, i64)> {
        let pairs = self.0.iter().zip(self.0.iter().skip(1));
        pairs.map(|((_, last), (first, _))| (last.saturating_add(1), first.saturating_sub(1)))
    }

    /// Whether numbers between the lowest and the highest are missing.
    #[must_use]
    pub const fn has_gaps(&self) -> bool {
        self.0.len() > 1
    }

    /// Notes a number. `false`: it had arrived before, or there is no room for one more gap.
    pub(super) fn insert(&mut self, number: i64) -> bool {
        let at = self.0.partition_point(|(_, last)| *last < number);
        if self.0.get(at).is_some_and(|(first, _)| *first <= number) {
            return false;
        }
        let touches_before = at > 0 && self.0[at - 1].1.checked_add(1) == Some(number);
        let touches_after = self
            .0
            .get(at)
            .is_some_and(|(first, _)| number.checked_add(1) == Some(*first));
        match (touches_before, touches_after) {
            (true, true) => {
                self.0[at - 1].1 = self.0[at].1;
                self.0.remove(at);
            }
            (true, false) => self.0[at - 1].1 = number,
            (false, true) => self.0[at].0 = number,
            (false, false) if self.0.len() >= MAX_RANGES => return false,
            (false, false) => self.0.insert(at, (number, number)),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;

    use super::*;

    #[test]
    fn ranges_are_the_set_whatever_the_order() {
        // Every order that a step through the residues of a prime gives.
        for step in 1..13 {
            let (mut sequence, mut set) = (Sequence::default(), BTreeSet::new());
            for number in (0..13).map(|n| n * step % 13).filter(|n| n % 5 != 3) {
                assert!(sequence.insert(number));
                assert!(!sequence.insert(number));
                set.insert(number);
                for number in -1..14 {
                    assert_eq!(sequence.contains(number), set.contains(&number));
                }
                assert_eq!(sequence.last(), set.last().copied());
            }
            assert_eq!(sequence.gaps().collect::<Vec<_>>(), [(3, 3), (8, 8)]);
        }
    }

    #[test]
    fn numbers_at_the_end_of_the_range_do_no_harm() {
        let mut sequence = Sequence::default();
        for number in [i64::MAX, i64::MIN, i64::MAX - 1, i64::MIN + 1, 0] {
            assert!(sequence.insert(number));
        }
        assert!(sequence.has_gaps());
        assert_eq!(sequence.gaps().count(), 2);
        let mut sequence = Sequence::default();
        let kept = (0..1000).filter(|n| sequence.insert(n * 2)).count();
        assert_eq!(kept, MAX_RANGES);
    }
}
