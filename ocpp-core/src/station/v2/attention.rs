//! Which EVSEs are to be looked at, and by whom.
//!
//! One that is looked at and changes thereby is looked at again with the next input, until nothing changes any more.

use alloc::vec::Vec;

use super::per_evse::Touched;
use super::points::Conditions;

/// What every EVSE depends on besides its own state and that of its hardware.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Circumstances {
    pub(super) may_start: bool,
    pub(super) online: bool,
    pub(super) operative: bool,
    pub(super) held: bool,
    pub(super) faulted: bool,
    pub(super) start_points: Conditions,
    pub(super) stop_points: Conditions,
}

/// See the [module documentation](self).
#[derive(Debug)]
pub(super) struct Attention {
    /// For transactions, locks and contactors.
    sessions: Touched,
    statuses: Touched,
    /// For who takes part when the limit of the station is shared.
    limits: Touched,
    /// As they were when somebody looked last.
    circumstances: Circumstances,
    /// The revision of the variables that they were found for.
    revision: Option<u64>,
}

impl Attention {
    pub(super) fn new(evses: usize) -> Self {
        Self {
            sessions: Touched::all(evses),
            statuses: Touched::all(evses),
            limits: Touched::all(evses),
            circumstances: Circumstances::default(),
            revision: None,
        }
    }

    /// The start points and the stop points, if they were found for this revision of the variables.
    pub(super) fn points(&self, revision: u64) -> Option<(Conditions, Conditions)> {
        let known = &self.circumstances;
        (self.revision == Some(revision)).then_some((known.start_points, known.stop_points))
    }

    /// What every EVSE depends on is so now, with this revision of the variables.
    pub(super) fn follow(&mut self, now: Circumstances, revision: u64) {
        self.revision = Some(revision);
        if core::mem::replace(&mut self.circumstances, now) != now {
            self.sessions.add_all();
            self.statuses.add_all();
            self.limits.add_all();
        }
    }

    /// Something may have changed at these EVSEs.
    pub(super) fn draw_to(&mut self, evses: Vec<usize>) {
        for index in evses {
            self.sessions.add(index);
            self.statuses.add(index);
            self.limits.add(index);
        }
    }

    pub(super) const fn circumstances(&self) -> &Circumstances {
        &self.circumstances
    }

    /// The EVSEs where a session may go on; from now on they count as looked at.
    pub(super) fn take_sessions(&mut self) -> Vec<usize> {
        self.sessions.take()
    }

    /// The EVSEs whose status may be another one; from now on they count as looked at.
    pub(super) fn take_statuses(&mut self) -> Vec<usize> {
        self.statuses.take()
    }

    /// The EVSEs where somebody may charge now who did not, or no longer; from now on they count as looked at.
    pub(super) fn take_limits(&mut self) -> Vec<usize> {
        self.limits.take()
    }
}
