//! Start points: E01.

use super::super::{ASK, CASE, REMOTE_ASK, local_start, start_point};
use crate::case::{Case, Setting};
use crate::step::{State, Step};

const fn starts_at(value: fn(&crate::lab::Parameters) -> String) -> Setting {
    Setting::or_fixed("TxCtrlr.TxStartPoint", value)
}

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_E_01_CS",
        name: "Start transaction options - PowerPathClosed",
        about: "The transaction starts when somebody is authorized and the car connected (erratum 6.2.44).",
        requirements: &[
            "E01.FR.05", "E01.FR.07", "E01.FR.10", "E01.FR.15", "E01.FR.16",
        ],
        applies: |product| {
            start_point(
                product,
                "PowerPathClosed",
                "no start at PowerPathClosed (C-09.4)",
            )
        },
        config: &[starts_at(|_| "PowerPathClosed".to_owned())],
        steps: &[
            Step::State(State::Authorized),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_02_CS",
        name: "Start transaction options - EnergyTransfer",
        about: "The transaction starts when energy flows.",
        requirements: &[
            "E01.FR.06", "E01.FR.07", "E01.FR.10", "E01.FR.15", "E01.FR.16",
        ],
        applies: |product| {
            start_point(
                product,
                "EnergyTransfer",
                "no start at EnergyTransfer (C-09.5)",
            )
        },
        config: &[starts_at(|_| "EnergyTransfer".to_owned())],
        steps: &[
            Step::State(State::Authorized),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_09_CS",
        name: "Start transaction options - EVConnected",
        about: "The transaction starts when the car is connected (erratum 6.2.44).",
        requirements: &[
            "E01.FR.02", "E01.FR.07", "E01.FR.10", "E01.FR.15", "E01.FR.16",
        ],
        applies: |product| start_point(product, "EVConnected", "no start at EVConnected (C-09.1)"),
        config: &[starts_at(|_| "EVConnected".to_owned())],
        steps: &[
            Step::State(State::ParkingBayOccupied),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::Authorized),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_10_CS",
        name: "Start transaction options - Authorized - Local",
        about: "The transaction starts when a token at the station is authorized (erratum 6.2.44).",
        requirements: &[
            "E01.FR.03", "E01.FR.07", "E01.FR.10", "E01.FR.15", "E01.FR.16", "C01.FR.02",
            "C02.FR.01", "C06.FR.02",
        ],
        applies: |product| {
            local_start(product)?;
            start_point(product, "Authorized", "no start at Authorized (C-09.2)")
        },
        config: &[starts_at(|_| "Authorized".to_owned()), ASK, REMOTE_ASK],
        steps: &[
            Step::State(State::AuthorizedLocally),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_13_CS",
        name: "Start transaction options - Authorized - Remote",
        about: "The transaction starts when the CSMS starts it (erratum 6.2.44).",
        requirements: &[
            "E01.FR.03", "F01.FR.03", "F01.FR.04", "F01.FR.06", "F01.FR.19", "F02.FR.01",
        ],
        applies: |product| start_point(product, "Authorized", "no start at Authorized (C-09.2)"),
        config: &[starts_at(|_| "Authorized".to_owned()), ASK, REMOTE_ASK],
        steps: &[
            Step::State(State::AuthorizedRemotely),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
];
