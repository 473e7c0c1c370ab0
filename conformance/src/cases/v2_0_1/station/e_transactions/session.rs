//! Sessions from the beginning to the end: E02, E03, E07.

use super::super::{ASK, CASE, REMOTE_ASK, local_start};
use super::stop::{TIMEOUT, TIMES_OUT, local_stop, times_out};
use crate::case::{Case, Setting};
use crate::lab::Lab;
use crate::mutation::{Change::*, fails};
use crate::step::{Deed, State, Step, by_hand};
use crate::unmet::Failed;

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_E_03_CS",
        name: "Local start transaction - Cable plugin first - Success",
        about: "The cable is plugged in, then a token is presented: energy flows.",
        requirements: &[
            "E02.FR.01", "E02.FR.05", "E02.FR.06", "E02.FR.07", "E02.FR.13", "E02.FR.15",
            "E02.FR.16", "E02.FR.17", "E01.FR.16", "C01.FR.02", "C02.FR.01", "C06.FR.02",
        ],
        applies: |product| {
            local_start(product)?;
            match product.features.lock_prevents_plug_in {
                true => Err("the cable is locked until somebody is authorized (AQ-2)"),
                false => Ok(()),
            }
        },
        config: &[ASK, REMOTE_ASK],
        steps: &[
            Step::State(State::EvConnectedPreSession),
            Step::State(State::AuthorizedLocally),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_04_CS",
        name: "Local start transaction - Authorization first - Success",
        about: "A token is presented, then the cable is plugged in: energy flows.",
        requirements: &[
            "E03.FR.01", "E03.FR.06", "E03.FR.12", "E01.FR.16", "C01.FR.02", "C02.FR.01",
            "C06.FR.02",
        ],
        applies: local_start,
        config: &[ASK, REMOTE_ASK],
        steps: &[
            Step::State(State::ParkingBayOccupied),
            Step::State(State::AuthorizedLocally),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_05_CS",
        name: "Local start transaction - Authorization first - Cable plugin timeout",
        about: "A token is presented and nobody plugs in; after EVConnectionTimeOut somebody can charge all the same. The \
                status Available may come and is not asked for.",
        requirements: &[
            "E03.FR.01", "E03.FR.05", "E03.FR.06", "E03.FR.12", "C01.FR.02", "C02.FR.01",
            "C06.FR.02",
        ],
        applies: local_start,
        config: &[
            TIMEOUT,
            ASK,
            REMOTE_ASK,
            Setting::if_implemented("AuthCacheCtrlr.Enabled", |_| "false".to_owned()),
            Setting::off("AuthCtrlr.LocalPreAuthorize"),
        ],
        steps: &[
            Step::State(State::AuthorizedLocally),
            by_hand(TIMES_OUT, times_out, &[]),
            Step::State(State::AuthorizedLocally),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_52_CS",
        name: "Local start transaction - Authorization first - DisableRemoteAuthorization",
        about: "A token that neither list nor cache knows is not asked about: it is refused, so that no energy flows when the \
                cable is plugged in (erratum 6.2.48).",
        requirements: &["C01.FR.02", "C01.FR.05"],
        applies: |product| {
            local_start(product)?;
            if !product.features.authorization_cache && !product.features.local_list {
                return Err("neither a cache (C-49) nor a local list (LA-0)");
            }
            match product.v2_0_1.disable_remote_authorization {
                true => Ok(()),
                false => Err("the CSMS is always asked (C-58)"),
            }
        },
        config: &[ASK, Setting::on("AuthCtrlr.DisableRemoteAuthorization")],
        steps: &[
            Step::State(State::ParkingBayOccupied),
            Step::Act(Deed::Present),
            Step::Silence("not-asked", |_| 10, &[]),
            Step::State(State::EvConnectedPreSession),
            by_hand("[no-energy] no event says Charging", stays_idle, &[]),
        ],
        mutations: &[fails(
            Key("AuthCtrlr.DisableRemoteAuthorization", "false"),
            "not-asked",
        )],
        ..CASE
    },
    Case {
        id: "TC_E_06_CS",
        name: "Local Stop Transaction - Accepted",
        about: "The token that has started the transaction stops it, and the car leaves.",
        requirements: &["E07.FR.04", "E06.FR.15", "C01.FR.03"],
        applies: local_stop,
        config: &[ASK, REMOTE_ASK],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            Step::State(State::StopAuthorizedLocally),
            Step::State(State::EvConnectedPostSession),
            Step::State(State::EvDisconnected),
            Step::State(State::ParkingBayUnoccupied),
        ],
        ..CASE
    },
];

/// A car that nobody has authorized does not charge.
fn stays_idle(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let evse = lab.parameters.connector;
    let told = lab.sessions.seat(evse).told.clone();
    if told.as_deref() == Some("Charging") {
        return lab.fail("no-energy", "no energy", "the state was Charging");
    }
    lab.silence("no-energy", 10, &[])
}
