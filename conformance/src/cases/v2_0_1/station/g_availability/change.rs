//! ChangeAvailability where nobody charges: G03, G04. That statuses are told again where nothing has changed is not
//! forbidden, and not asked for.

use super::super::CASE;
use super::{ACCEPTED, change, of_connector, of_evse, station};
use crate::case::Case;
use crate::step::{Rule, State, Step, expect, is, known, number};

/// The status of the connector under test, which is the only one of its EVSE.
const fn available() -> Step {
    const RULES: &[Rule] = &[
        known("/evseId", "the EVSE under test", super::super::evse),
        number("/connectorId", 1),
        is("/connectorStatus", "Available"),
    ];
    expect("status", "StatusNotification", RULES)
}

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_G_03_CS",
        name: "Change Availability EVSE - Operative to inoperative",
        about: "An EVSE is put out of order: its connectors tell it.",
        requirements: &["G03.FR.01", "G03.FR.02", "G03.FR.04", "G03.FR.06"],
        steps: &[Step::State(State::UnavailableEvse)],
        ..CASE
    },
    Case {
        id: "TC_G_04_CS",
        name: "Change Availability EVSE - Inoperative to operative",
        about: "An EVSE is put in order again: its connectors tell it.",
        requirements: &["G03.FR.01", "G03.FR.02", "G03.FR.04", "G03.FR.07"],
        steps: &[
            Step::State(State::UnavailableEvse),
            change(|lab| of_evse(lab, "Operative"), ACCEPTED),
            available(),
        ],
        ..CASE
    },
    Case {
        id: "TC_G_05_CS",
        name: "Change Availability Charging Station - Operative to inoperative",
        about: "The station is put out of order: all connectors tell it.",
        requirements: &[
            "G04.FR.01", "G04.FR.02", "G04.FR.03", "G04.FR.05", "G04.FR.07",
        ],
        steps: &[Step::State(State::Unavailable)],
        ..CASE
    },
    Case {
        id: "TC_G_06_CS",
        name: "Change Availability Charging Station - Inoperative to operative",
        about: "The station is put in order again: all connectors tell it.",
        requirements: &[
            "G04.FR.01", "G04.FR.02", "G04.FR.03", "G04.FR.05", "G04.FR.08",
        ],
        steps: &[
            Step::State(State::Unavailable),
            change(|_| station("Operative"), ACCEPTED),
            Step::Statuses("status", "Available", "Available"),
        ],
        ..CASE
    },
    Case {
        id: "TC_G_07_CS",
        name: "Change Availability Connector - Operative to inoperative",
        about: "A connector is put out of order and tells it.",
        requirements: &["G03.FR.01", "G03.FR.02", "G03.FR.04", "G03.FR.06"],
        steps: &[Step::State(State::UnavailableConnector)],
        ..CASE
    },
    Case {
        id: "TC_G_08_CS",
        name: "Change Availability Connector - Inoperative to operative",
        about: "A connector is put in order again and tells it.",
        requirements: &["G03.FR.01", "G03.FR.02", "G03.FR.04", "G03.FR.07"],
        steps: &[
            Step::State(State::UnavailableConnector),
            change(|lab| of_connector(lab, "Operative"), ACCEPTED),
            available(),
        ],
        ..CASE
    },
    Case {
        id: "TC_G_09_CS",
        name: "Change Availability EVSE - Operative to operative",
        about: "An EVSE that is in order is put in order.",
        requirements: &["G03.FR.01", "G03.FR.02", "G03.FR.03", "G03.FR.04"],
        steps: &[change(|lab| of_evse(lab, "Operative"), ACCEPTED)],
        ..CASE
    },
    Case {
        id: "TC_G_10_CS",
        name: "Change Availability EVSE - Inoperative to inoperative",
        about: "An EVSE that is out of order is put out of order.",
        requirements: &["G03.FR.01", "G03.FR.02", "G03.FR.03", "G03.FR.04"],
        steps: &[
            Step::State(State::UnavailableEvse),
            change(|lab| of_evse(lab, "Inoperative"), ACCEPTED),
        ],
        ..CASE
    },
    Case {
        id: "TC_G_12_CS",
        name: "Change Availability Charging Station - Operative to operative",
        about: "A station that is in order is put in order.",
        requirements: &[
            "G04.FR.01", "G04.FR.02", "G04.FR.03", "G04.FR.04", "G04.FR.05",
        ],
        steps: &[change(|_| station("Operative"), ACCEPTED)],
        ..CASE
    },
    Case {
        id: "TC_G_13_CS",
        name: "Change Availability Charging Station - Inoperative to inoperative",
        about: "A station that is out of order is put out of order. The statuses of step 3 are those of the state before: \
                nothing changes, and G04.FR.04 asks for no further ones.",
        requirements: &[
            "G04.FR.01", "G04.FR.02", "G04.FR.03", "G04.FR.04", "G04.FR.05",
        ],
        steps: &[
            Step::State(State::Unavailable),
            change(|_| station("Inoperative"), ACCEPTED),
        ],
        ..CASE
    },
    Case {
        id: "TC_G_15_CS",
        name: "Change Availability Connector - Operative to operative",
        about: "A connector that is in order is put in order.",
        requirements: &["G03.FR.01", "G03.FR.02", "G03.FR.03", "G03.FR.04"],
        steps: &[change(|lab| of_connector(lab, "Operative"), ACCEPTED)],
        ..CASE
    },
    Case {
        id: "TC_G_16_CS",
        name: "Change Availability Connector - Inoperative to inoperative",
        about: "A connector that is out of order is put out of order.",
        requirements: &["G03.FR.01", "G03.FR.02", "G03.FR.03", "G03.FR.04"],
        steps: &[
            Step::State(State::UnavailableConnector),
            change(|lab| of_connector(lab, "Inoperative"), ACCEPTED),
        ],
        ..CASE
    },
];
