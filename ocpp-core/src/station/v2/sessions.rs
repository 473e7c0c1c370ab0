//! What held at every EVSE when it was looked at last, and the causes of what has changed since.

use alloc::vec::Vec;

use super::per_evse::PerEvse;
use super::points::Conditions;
use super::transactions::Cue;
use crate::station::authorization::Place;

#[derive(Debug, Default)]
struct Seen {
    conditions: Conditions,
    /// Energy that begins a transaction is about to flow.
    energy_due: bool,
    /// Why something is about to change.
    cause: Option<Cue>,
}

/// See the [module documentation](self).
#[derive(Debug)]
pub(super) struct Sessions {
    evses: PerEvse<Seen>,
    /// Why the authorization of a transaction without an EVSE is gone.
    floating: Option<Cue>,
    /// The power is going down: nobody begins.
    going_down: bool,
}

impl Sessions {
    pub(super) fn new(evses: usize) -> Self {
        Self {
            evses: PerEvse::new((0..evses).map(|_| Seen::default())),
            floating: None,
            going_down: false,
        }
    }

    /// The conditions that held at an EVSE when it was looked at last.
    pub(super) fn seen(&self, index: usize) -> Conditions {
        self.evses[index].conditions
    }

    /// Notes which conditions hold; where they held before nothing is touched.
    pub(super) fn see(&mut self, index: usize, now: Conditions) {
        if self.evses[index].conditions != now {
            self.evses[index].conditions = now;
        }
    }

    /// Whether energy that begins a transaction is about to flow.
    pub(super) fn energy_due(&self, index: usize) -> bool {
        self.evses[index].energy_due
    }

    /// Energy that begins a transaction is about to flow, or not; where it was so before nothing is touched.
    pub(super) fn expect_energy(&mut self, index: usize, due: bool) {
        if self.evses[index].energy_due != due {
            self.evses[index].energy_due = due;
        }
    }

    /// Something is about to change, and this is why.
    pub(super) fn because(&mut self, place: Place, cause: Cue) {
        match place {
            Some(index) => self.evses[index].cause = Some(cause),
            None => self.floating = Some(cause),
        }
    }

    /// As [`because`](Self::because), unless there is another cause.
    pub(super) fn because_at_least(&mut self, index: usize, cause: Cue) {
        self.evses[index].cause.get_or_insert(cause);
    }

    /// Takes the cause of what changes; without one nothing is touched.
    pub(super) fn take_cause(&mut self, place: Place) -> Option<Cue> {
        match place {
            Some(index) => {
                self.evses[index].cause.as_ref()?;
                self.evses[index].cause.take()
            }
            None => self.floating.take(),
        }
    }

    /// Whether the power is going down.
    pub(super) const fn is_going_down(&self) -> bool {
        self.going_down
    }

    /// The power is going down, or is back.
    pub(super) const fn power(&mut self, going_down: bool) {
        self.going_down = going_down;
    }

    /// The EVSEs where something may have changed since the last time.
    pub(super) fn take_changed(&mut self) -> Vec<usize> {
        self.evses.take_changed()
    }

    /// How often EVSEs were looked at.
    #[cfg(feature = "testing")]
    pub(super) fn visits(&self) -> usize {
        self.evses.visits()
    }
}
