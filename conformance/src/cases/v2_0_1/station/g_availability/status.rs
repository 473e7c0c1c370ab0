//! The status of a connector: G01.

use super::super::CASE;
use crate::case::Case;
use crate::lab::Moment;
use crate::step::{Deed, State, Step};

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_G_01_CS",
        name: "Connector status Notification - Available to Occupied",
        about: "A car is connected.",
        requirements: &["G01.FR.01"],
        steps: &[Step::State(State::EvConnectedPreSession)],
        ..CASE
    },
    Case {
        id: "TC_G_02_CS",
        name: "Connector status Notification - Occupied to Available",
        about: "A car is disconnected. A transaction that begins when a car is connected ends with that.",
        requirements: &["G01.FR.01"],
        steps: &[
            Step::State(State::EvConnectedPreSession),
            Step::Act(Deed::Unplug),
            Step::Status("unplugged", Moment::Unplugged, "Available"),
        ],
        ..CASE
    },
];
