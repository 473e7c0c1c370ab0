//! Sorting that a firmware can afford: the sort itself works on places in a list, and is there once for all types. That of the
//! standard library is three kilobytes for each of them.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// Sorts; what is equal stays in its order.
#[inline]
pub(crate) fn sort_by<T>(list: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    // Most lists of a station are that short.
    if list.len() > 1 {
        sort_several(list, compare);
    }
}

fn sort_several<T>(list: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let mut places = places(list.len(), &|one, other| compare(&list[one], &list[other]));
    for at in 0..list.len() {
        // Each swap brings one element to its place.
        while places[at] != at {
            let place = places[at];
            list.swap(at, place);
            places.swap(at, place);
        }
    }
}

/// Sorts by what a function says of each; what is equal stays in its order.
#[inline]
pub(crate) fn sort_by_key<T, K: Ord>(list: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(list, |one, other| key(one).cmp(&key(other)));
}

/// Where each of so many elements belongs.
fn places(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|one, other| compare(*one, *other));
    let mut places = alloc::vec![0; count];
    for (place, at) in order.into_iter().enumerate() {
        places[at] = place;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_order_is_that_of_the_standard_library(
            mut list in proptest::collection::vec((0_u8..20, any::<u32>()), 0..100),
        ) {
            let mut wanted = list.clone();
            wanted.sort_by_key(|(key, _)| *key);
            sort_by_key(&mut list, |(key, _)| *key);
            prop_assert_eq!(list, wanted);
        }
    }
}
