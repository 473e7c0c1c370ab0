//! Where connections come from, and what is remembered of it for a while.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use tokio::time::Instant;

/// Whom an address stands for: itself, or the /64 network of an IPv6 address, all of which one subscriber has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Source(IpAddr);

impl Source {
    pub(super) fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = u128::from(address) & !u128::from(u64::MAX);
                Ipv6Addr::from(network).into()
            }
            v4 => v4,
        })
    }
}

/// Values that are forgotten when nobody has asked for them for a while, the longest unused first when there are too many:
/// so a table about peers stays bounded, whatever they do.
#[derive(Debug)]
pub(super) struct Recent<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    /// At most twice as many values are kept.
    half: usize,
    /// Unused values live one to two of these.
    span: Duration,
    turned: Instant,
}

impl<K: Hash + Eq, V> Recent<K, V> {
    /// At most `max` values.
    pub(super) fn new(max: usize, span: Duration, now: Instant) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            half: (max / 2).max(1),
            span,
            turned: now,
        }
    }

    pub(super) fn get_mut<Q>(&mut self, now: Instant, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.turn(now);
        if let Some((key, value)) = self.old.remove_entry(key) {
            self.young.insert(key, value);
        }
        self.young.get_mut(key)
    }

    pub(super) fn get_or_insert_with(
        &mut self,
        now: Instant,
        key: K,
        value: impl FnOnce() -> V,
    ) -> &mut V {
        self.turn(now);
        let old = self.old.remove(&key);
        self.young
            .entry(key)
            .or_insert_with(|| old.unwrap_or_else(value))
    }

    pub(super) fn insert(&mut self, now: Instant, key: K, value: V) {
        self.turn(now);
        self.old.remove(&key);
        self.young.insert(key, value);
    }

    pub(super) fn remove<Q>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let old = self.old.remove(key);
        self.young.remove(key).or(old)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    fn turn(&mut self, now: Instant) {
        let aged = now.duration_since(self.turned);
        if aged >= self.span || self.young.len() >= self.half {
            self.old = std::mem::take(&mut self.young);
            self.turned = now;
        }
        if aged >= self.span * 2 {
            self.old = HashMap::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscriber_has_one_ipv4_address_or_one_network() {
        let source = |address: &str| Source::of(address.parse().unwrap());
        assert_eq!(source("::ffff:192.0.2.1"), source("192.0.2.1"));
        assert_ne!(source("192.0.2.2"), source("192.0.2.1"));
        assert_eq!(source("2001:db8::1"), source("2001:db8::ffff:0:1"));
        assert_ne!(source("2001:db8::1"), source("2001:db8:0:1::1"));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_unused_is_forgotten_and_what_is_used_stays() {
        let begin = Instant::now();
        let minute = Duration::from_secs(60);
        let mut recent = Recent::new(100, minute, begin);
        recent.get_or_insert_with(begin, "used", || 1);
        recent.get_or_insert_with(begin, "unused", || 2);
        for minutes in 1..5 {
            let now = begin + minute * minutes;
            assert_eq!(recent.get_mut(now, "used"), Some(&mut 1));
        }
        assert_eq!(recent.get_mut(begin + minute * 5, "unused"), None);
        assert_eq!(recent.get_mut(begin + minute * 500, "used"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_unused_make_room() {
        let now = Instant::now();
        let mut recent = Recent::new(100, Duration::from_secs(60), now);
        for n in 0..10_000 {
            recent.get_or_insert_with(now, n, || n);
            assert!(recent.len() <= 101, "{}", recent.len());
            if n > 0 {
                assert!(
                    recent.get_mut(now, &0).is_some(),
                    "is asked for all the time"
                );
            }
        }
        assert_eq!(recent.get_mut(now, &9_000), None);
        assert_eq!(recent.get_mut(now, &9_999), Some(&mut 9_999));
        assert_eq!(recent.remove(&9_999), Some(9_999));
        assert_eq!(recent.remove(&9_999), None);
    }
}
