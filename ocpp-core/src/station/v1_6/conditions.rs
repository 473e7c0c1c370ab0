//! What holds at the connectors while one input is handled: what the blocks are told of each other.

use alloc::vec::Vec;

use crate::station::vocabulary::{CableState, EvseId};
use crate::time::Instant;

/// What holds at a connector, or (number 0) at the station.
#[derive(Debug, Clone, Copy)]
pub(super) struct Condition {
    pub(super) evse: EvseId,
    pub(super) cable: CableState,
    /// Whether the CSMS wants it to be used.
    pub(super) operative: bool,
    /// Whether a fault prevents charging.
    pub(super) faulted: bool,
    /// Whether a transaction has begun here of which the meter was not read at the end.
    pub(super) charging: bool,
    /// Whether somebody may charge here, or is being asked about.
    pub(super) claimed: bool,
    /// Whether somebody may charge here.
    pub(super) authorized: bool,
    /// Whether the cable is left over from a transaction that has ended.
    pub(super) finishing: bool,
    /// Whether its status is that it is available, or reserved.
    pub(super) idle: bool,
    /// Since when the status is what it is.
    pub(super) since: Instant,
}

impl Condition {
    /// Whether a car is plugged in.
    pub(super) fn is_plugged(&self) -> bool {
        self.cable == CableState::Connected
    }
}

/// What holds at the station itself and at its connectors, by number.
#[derive(Debug)]
pub(super) struct Conditions(Vec<Condition>);

impl FromIterator<Condition> for Conditions {
    fn from_iter<I: IntoIterator<Item = Condition>>(conditions: I) -> Self {
        Self(conditions.into_iter().collect())
    }
}

impl Conditions {
    pub(super) fn of(&self, number: usize) -> &Condition {
        &self.0[number]
    }

    /// The connectors with their numbers.
    pub(super) fn connectors(&self) -> impl Iterator<Item = (usize, &Condition)> {
        self.0.iter().enumerate().skip(1)
    }

    /// The connectors of an EVSE: one of them can be used at a time.
    pub(super) fn of_evse(&self, evse: EvseId) -> impl Iterator<Item = &Condition> {
        self.0
            .iter()
            .filter(move |condition| condition.evse == evse)
    }
}
