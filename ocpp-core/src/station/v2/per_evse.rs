//! What a block knows of every EVSE, and where something has changed.
//!
//! What an EVSE does follows from what the blocks know of it and from its hardware, so that at the end of an input only those
//! are looked at where something may have changed: whoever changes an entry has touched it, and the version's struct collects
//! what was touched ([`Attention`](super::attention::Attention)). A station of a thousand EVSEs handles an input of one of
//! them as a station of one does.

use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::{Index, IndexMut};

use crate::order;
use crate::station::context::Context;
use crate::station::device_model::Visits;
use crate::station::vocabulary::{ConnectorId, EvseId};
use crate::time::Instant;

/// The EVSE with this index. They are numbered from 1 without a gap.
pub(super) fn evse_of(index: usize) -> EvseId {
    EvseId::try_from(index + 1).unwrap_or(EvseId::MAX)
}

/// The index of an EVSE where there are so many. They are numbered from 1 without a gap.
pub(super) fn index_of(count: usize, evse: EvseId) -> Option<usize> {
    let index = usize::try_from(evse).ok()?.checked_sub(1)?;
    (index < count).then_some(index)
}

/// The connectors of an EVSE; none if it is not there.
pub(super) fn connectors_of(
    core: &Context,
    evse: EvseId,
) -> impl Iterator<Item = ConnectorId> + use<> {
    let index = usize::try_from(evse)
        .ok()
        .and_then(|evse| evse.checked_sub(1));
    let config = index.and_then(|index| core.config.evses.get(index));
    let count = config.map_or(0, |config| config.connectors.len());
    let numbers = (1..).take(count);
    numbers.map(move |connector| ConnectorId::new(evse, connector))
}

/// A set of EVSEs, by their indices.
#[derive(Debug)]
pub(super) struct Touched {
    list: Vec<usize>,
    is_on_it: Vec<bool>,
}

impl Touched {
    /// All of so many.
    pub(super) fn all(count: usize) -> Self {
        Self {
            list: (0..count).collect(),
            is_on_it: vec![true; count],
        }
    }

    pub(super) fn add(&mut self, index: usize) {
        if let Some(is_on_it) = self.is_on_it.get_mut(index)
            && !core::mem::replace(is_on_it, true)
        {
            self.list.push(index);
        }
    }

    pub(super) fn add_all(&mut self) {
        for index in 0..self.is_on_it.len() {
            self.add(index);
        }
    }

    fn contains(&self, index: usize) -> bool {
        self.is_on_it.get(index).is_some_and(|is_on_it| *is_on_it)
    }

    /// Empties the set; in order.
    pub(super) fn take(&mut self) -> Vec<usize> {
        if self.list.is_empty() {
            return Vec::new();
        }
        let mut list = core::mem::take(&mut self.list);
        for index in &list {
            self.is_on_it[*index] = false;
        }
        order::sort_by_key(&mut list, |index| *index);
        list
    }
}

/// What a block knows of an EVSE.
pub(super) trait Timed {
    /// When something is to be done about it at the latest.
    fn timer(&self) -> Option<Instant>;
}

/// See the [module documentation](self).
#[derive(Debug)]
pub(super) struct PerEvse<T> {
    all: Vec<T>,
    changed: Touched,
    timers: Timers,
    visits: Visits,
}

/// The timers that are set.
#[derive(Debug)]
struct Timers {
    /// Those whose timer may be another one now.
    changed: Touched,
    set: BTreeSet<(Instant, usize)>,
    of: Vec<Option<Instant>>,
}

impl<T> PerEvse<T> {
    pub(super) fn new(all: impl Iterator<Item = T>) -> Self {
        let all: Vec<T> = all.collect();
        let count = all.len();
        Self {
            changed: Touched::all(count),
            timers: Timers {
                changed: Touched::all(count),
                set: BTreeSet::new(),
                of: vec![None; count],
            },
            visits: Visits::default(),
            all,
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.all.iter().inspect(|_| self.visits.note())
    }

    /// Those that may have changed since the last time.
    pub(super) fn take_changed(&mut self) -> Vec<usize> {
        self.changed.take()
    }

    /// How often EVSEs were looked at.
    #[cfg(feature = "testing")]
    pub(super) fn visits(&self) -> usize {
        self.visits.count()
    }
}

impl<T: Timed> PerEvse<T> {
    /// Those whose timer has run out, in order.
    pub(super) fn due(&mut self, now: Instant) -> Vec<usize> {
        for index in self.timers.changed.take() {
            self.visits.note();
            let timer = self.all[index].timer();
            let old = core::mem::replace(&mut self.timers.of[index], timer);
            if timer != old {
                if let Some(old) = old {
                    self.timers.set.remove(&(old, index));
                }
                self.timers.set.extend(timer.map(|timer| (timer, index)));
            }
        }
        let due = self.timers.set.range(..=(now, usize::MAX));
        let mut due: Vec<usize> = due.map(|(_, index)| *index).collect();
        order::sort_by_key(&mut due, |index| *index);
        due
    }

    /// When the first timer runs out.
    pub(super) fn next_timer(&self) -> Option<Instant> {
        let changed = &self.timers.changed;
        let mut set = self.timers.set.iter();
        let set = set.find(|(_, index)| !changed.contains(*index));
        let set = set.map(|(timer, _)| *timer);
        let changed = changed.list.iter().filter_map(|index| self[*index].timer());
        changed.chain(set).min()
    }
}

impl<T> Index<usize> for PerEvse<T> {
    type Output = T;

    fn index(&self, index: usize) -> &T {
        self.visits.note();
        &self.all[index]
    }
}

/// Touches the EVSE.
impl<T> IndexMut<usize> for PerEvse<T> {
    fn index_mut(&mut self, index: usize) -> &mut T {
        self.visits.note();
        self.changed.add(index);
        self.timers.changed.add(index);
        &mut self.all[index]
    }
}
