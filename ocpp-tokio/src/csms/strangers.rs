//! Stations that the operator never put, and of which there are records because they have booted: so many, and no more.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::fleet::Fleet;
use super::station::{Member, Standing, lock};

/// See the [module documentation](self).
#[derive(Debug, Default)]
pub(super) struct Strangers {
    count: AtomicUsize,
    idle: Mutex<Idle>,
}

/// Those that are not connected and have no transactions, in the order in which they went.
#[derive(Debug, Default)]
struct Idle {
    next: u64,
    by_age: BTreeMap<u64, Arc<str>>,
    ages: HashMap<Arc<str>, u64>,
    /// How many are being forgotten.
    leaving: usize,
}

impl Idle {
    fn add(&mut self, id: &Arc<str>) {
        self.remove(id);
        self.next += 1;
        self.by_age.insert(self.next, Arc::clone(id));
        self.ages.insert(Arc::clone(id), self.next);
    }

    fn remove(&mut self, id: &str) {
        if let Some(age) = self.ages.remove(id) {
            self.by_age.remove(&age);
        }
    }

    fn oldest(&mut self) -> Option<Arc<str>> {
        let (_, id) = self.by_age.pop_first()?;
        self.ages.remove(&id);
        Some(id)
    }
}

impl Fleet {
    /// What a station is from now on.
    pub(super) fn stands(&self, member: &Member, standing: Standing) {
        let before = member.set_standing(standing);
        let (was, is) = (before == Standing::Stranger, standing == Standing::Stranger);
        match (was, is) {
            (false, true) => {
                self.strangers.count.fetch_add(1, Ordering::Relaxed);
            }
            (true, false) => {
                self.strangers.count.fetch_sub(1, Ordering::Relaxed);
                lock(&self.strangers.idle).remove(&member.id);
            }
            _ => {}
        }
    }

    /// How many strangers there are too many, or `None` if there is room for one more.
    fn too_many(&self, idle: &Idle) -> Option<usize> {
        let count = self.strangers.count.load(Ordering::Relaxed);
        let stay = count.saturating_sub(idle.leaving);
        stay.checked_sub(self.config.max_strangers)
    }

    /// Whether there is no room for one more stranger.
    pub(super) fn is_full_of_strangers(&self) -> bool {
        let idle = lock(&self.strangers.idle);
        idle.by_age.is_empty() && self.too_many(&idle).is_some()
    }

    /// A station is in use.
    pub(super) fn is_busy(&self, member: &Member) {
        if member.standing() == Standing::Stranger {
            lock(&self.strangers.idle).remove(&member.id);
        }
    }

    /// A station is not connected; of a stranger without transactions nothing need last.
    pub(super) fn is_idle(self: &Arc<Self>, member: &Member, has_transactions: bool) {
        if member.standing() == Standing::Stranger && !has_transactions {
            lock(&self.strangers.idle).add(&member.id);
        }
        self.forget_oldest();
    }

    /// Forgets those that are too many, the ones first that went first.
    fn forget_oldest(self: &Arc<Self>) {
        let mut idle = lock(&self.strangers.idle);
        for _ in 0..self.too_many(&idle).unwrap_or(0) {
            let Some(id) = idle.oldest() else {
                return;
            };
            idle.leaving += 1;
            let fleet = Arc::clone(self);
            tokio::spawn(async move {
                fleet.forget_stranger(&id).await;
                lock(&fleet.strangers.idle).leaving -= 1;
            });
        }
    }

    async fn forget_stranger(self: &Arc<Self>, id: &Arc<str>) {
        let Some(member) = self.pin(id) else { return };
        let mut remote = member.remote.lock().await;
        let has_transactions = remote.ledger().transactions().next().is_some();
        let goes = member.standing() == Standing::Stranger && !member.is_connected();
        if !goes || has_transactions {
            return;
        }
        if !matches!(self.elsewhere(id).await, Ok(None)) {
            // It is for the node that has it to forget it.
            return self.stands(&member, Standing::Unknown);
        }
        let mut gone = self.own(&member, &mut remote).await;
        if remote.ledger().transactions().next().is_some() {
            // They were begun elsewhere.
            return;
        }
        if gone.is_ok() {
            gone = self.erase(&member, &mut remote).await;
        }
        if gone.is_err() {
            // It is tried again with the next one that goes.
            lock(&self.strangers.idle).add(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_that_went_first_is_forgotten_first() {
        let mut idle = Idle::default();
        let [one, two, three] = ["1", "2", "3"].map(Arc::<str>::from);
        for id in [&one, &two, &three, &one] {
            idle.add(id);
        }
        idle.remove("3");
        idle.remove("unknown");
        assert_eq!(idle.oldest(), Some(two));
        assert_eq!(idle.oldest(), Some(one));
        assert_eq!(idle.oldest(), None);
        assert!(idle.ages.is_empty());
    }
}
