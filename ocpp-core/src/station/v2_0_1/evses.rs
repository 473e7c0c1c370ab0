//! The EVSEs of a station, and which of them have to be looked at.
//!
//! What an EVSE does follows from its state and that of its hardware, so that at the end of an input only those are looked at
//! where something may have changed: whoever changes an EVSE has touched it. One that is looked at and changes thereby is
//! looked at again with the next input, until nothing changes any more. A station of a thousand EVSEs handles an input of
//! one of them as a station of one does.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::ops::{Index, IndexMut};

use super::Evse;
use crate::station::device_model::Visits;
use crate::time::Instant;

/// Who looks at EVSEs that were touched.
#[derive(Debug, Clone, Copy)]
pub(super) enum Watch {
    /// Transactions, locks and contactors.
    Sessions,
    /// Statuses.
    Statuses,
    /// Timers.
    Timers,
}

const WATCHES: usize = 3;

#[derive(Debug)]
struct Entry {
    evse: Evse,
    /// Whose list it is on.
    touched: [bool; WATCHES],
    /// The timer that is set for it.
    timer: Option<Instant>,
}

/// See the [module documentation](self).
#[derive(Debug)]
pub(super) struct Evses {
    all: Vec<Entry>,
    /// Those that each watch has not looked at since they were touched.
    touched: [Vec<usize>; WATCHES],
    timers: BTreeSet<(Instant, usize)>,
    visits: Visits,
}

impl Evses {
    pub(super) fn new(evses: impl Iterator<Item = Evse>) -> Self {
        let entry = |evse| Entry {
            evse,
            touched: [false; WATCHES],
            timer: None,
        };
        let mut this = Self {
            all: evses.map(entry).collect(),
            touched: [const { Vec::new() }; WATCHES],
            timers: BTreeSet::new(),
            visits: Visits::default(),
        };
        for watch in [Watch::Sessions, Watch::Statuses, Watch::Timers] {
            this.touch_all(watch);
        }
        this
    }

    pub(super) const fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Evse> {
        self.all.iter().map(|entry| {
            self.visits.note();
            &entry.evse
        })
    }

    /// Something that is not in the EVSE itself has changed.
    pub(super) fn touch(&mut self, index: usize) {
        for watch in [Watch::Sessions, Watch::Statuses, Watch::Timers] {
            self.touch_for(watch, index);
        }
    }

    fn touch_for(&mut self, watch: Watch, index: usize) {
        let watch = watch as usize;
        if let Some(entry) = self.all.get_mut(index)
            && !core::mem::replace(&mut entry.touched[watch], true)
        {
            self.touched[watch].push(index);
        }
    }

    /// Something has changed that concerns every EVSE.
    pub(super) fn touch_all(&mut self, watch: Watch) {
        for index in 0..self.all.len() {
            self.touch_for(watch, index);
        }
    }

    /// Those that were touched, in order; from now on they count as looked at.
    pub(super) fn take_touched(&mut self, watch: Watch) -> Vec<usize> {
        let watch = watch as usize;
        let mut touched = core::mem::take(&mut self.touched[watch]);
        for index in &touched {
            self.all[*index].touched[watch] = false;
        }
        touched.sort_unstable();
        touched
    }

    /// Those whose timer has run out, in order.
    pub(super) fn due(&mut self, now: Instant) -> Vec<usize> {
        for index in self.take_touched(Watch::Timers) {
            let entry = &mut self.all[index];
            let timer = entry.evse.timer();
            if timer != entry.timer {
                let old = core::mem::replace(&mut entry.timer, timer);
                if let Some(old) = old {
                    self.timers.remove(&(old, index));
                }
                self.timers.extend(timer.map(|timer| (timer, index)));
            }
        }
        let due = self.timers.range(..=(now, usize::MAX));
        let mut due: Vec<usize> = due.map(|(_, index)| *index).collect();
        due.sort_unstable();
        due
    }

    /// When the first timer runs out.
    pub(super) fn next_timer(&self) -> Option<Instant> {
        let watch = Watch::Timers as usize;
        let set = self.timers.iter();
        let set = set.filter(|(_, index)| !self.all[*index].touched[watch]);
        let set = set.map(|(timer, _)| *timer).next();
        let touched = self.touched[watch].iter();
        let touched = touched.filter_map(|index| self[*index].timer());
        touched.chain(set).min()
    }

    /// How often EVSEs were looked at.
    #[cfg(feature = "testing")]
    pub(super) const fn visits(&self) -> &Visits {
        &self.visits
    }
}

impl Index<usize> for Evses {
    type Output = Evse;

    fn index(&self, index: usize) -> &Evse {
        self.visits.note();
        &self.all[index].evse
    }
}

/// Touches the EVSE.
impl IndexMut<usize> for Evses {
    fn index_mut(&mut self, index: usize) -> &mut Evse {
        self.visits.note();
        self.touch(index);
        &mut self.all[index].evse
    }
}
