//! What is out of order stays so over a restart: G03, G04.

use super::super::CASE;
use super::{ACCEPTED, change, of_evse};
use crate::case::Case;
use crate::step::{Deed, Rule, State, Step, expect, is, known, number};

const UNAVAILABLE: Step = {
    const RULES: &[Rule] = &[
        known("/evseId", "the EVSE under test", super::super::evse),
        number("/connectorId", 1),
        is("/connectorStatus", "Unavailable"),
    ];
    expect("status", "StatusNotification", RULES)
};

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_G_18_CS",
        name: "Change Availability EVSE - state persists across reboot",
        about: "An EVSE that is out of order is so after a power cycle; every other one is in order. The description prepares \
                the state Unavailable and then asks for Available elsewhere: the state is made by its first steps here.",
        requirements: &["G03.FR.08", "G01.FR.01"],
        steps: &[
            change(|lab| of_evse(lab, "Inoperative"), ACCEPTED),
            UNAVAILABLE,
            Step::Act(Deed::PowerCycle),
            Step::Boots("restart", &[], "Unavailable", "Available", true),
        ],
        ..CASE
    },
    Case {
        id: "TC_G_19_CS",
        name: "Change Availability Connector - state persists across reboot",
        about: "A connector that is out of order is so after a reset; every other one is in order.",
        requirements: &["G03.FR.08"],
        steps: &[
            Step::State(State::UnavailableConnector),
            Step::State(State::Booting),
            Step::Boots("restart", &[], "Unavailable", "Available", true),
        ],
        ..CASE
    },
    Case {
        id: "TC_G_21_CS",
        name: "Change Availability Charging Station - state persists across reboot",
        about: "A station that is out of order is so after a reset.",
        requirements: &["G04.FR.09"],
        steps: &[
            Step::State(State::Unavailable),
            Step::State(State::Booting),
            Step::Boots("restart", &[], "Unavailable", "Unavailable", true),
        ],
        ..CASE
    },
];
