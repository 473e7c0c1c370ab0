//! RequestStartTransaction with a charging profile: K05, F01.

use serde_json::Value;

use super::super::{ASK, REMOTE_ASK};
use super::{ASKED, CASE, MISREPORTED, TX, profile, smart_charging};
use crate::case::{Case, Profile};
use crate::lab::{Lab, Wanted};
use crate::mutation::{Change::*, fails};
use crate::step::{State, Step, by_hand};

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_K_37_CS",
        name: "Remote start transaction with charging profile - Success",
        about: "A profile comes with a remote start, limits the transaction that it leads to, and is reported as it was sent; \
                the report may name that transaction.",
        requirements: &[
            "K05.FR.03", "E01.FR.02", "F01.FR.10", "F01.FR.13", "K09.FR.01", "K09.FR.02",
        ],
        applies: smart_charging,
        config: &[ASK, REMOTE_ASK],
        steps: &[
            Step::State(State::EvConnectedPreSession),
            by_hand(
                "state AuthorizedRemotely with a TxProfile in RequestStartTransaction.req",
                |lab| {
                    let profile = own(lab);
                    lab.remote_start_at("Authorized", Some(profile))
                },
                &[],
            ),
            Step::State(State::EnergyTransferStarted),
            by_hand(
                "the hardware is told the limit, where that can be seen",
                |lab| lab.check_limit("limit", Wanted::Is(6)),
                &[fails(
                    Misread("RequestStartTransaction", 0, super::LIMIT, "7"),
                    "limit",
                )],
            ),
            ASKED,
            by_hand(
                "the station reports the profile as it was sent, at its EVSE, and nothing else",
                |lab| lab.profiles_reported("report", super::FIRST, &[1]),
                MISREPORTED,
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_K_38_CS",
        profile: Profile::Core,
        name: "Remote start transaction with charging profile - Ignore chargingProfile",
        about: "A station without smart charging ignores the profile of a remote start: energy flows.",
        requirements: &["F01.FR.12", "F01.FR.13"],
        applies: |product| match product.features.smart_charging {
            true => Err("the station has Smart Charging"),
            false => Ok(()),
        },
        steps: &[
            Step::State(State::EvConnectedPreSession),
            by_hand(
                "state AuthorizedRemotely with a TxProfile in RequestStartTransaction.req",
                |lab| {
                    let profile = own(lab);
                    lab.remote_start_at("Authorized", Some(profile))
                },
                &[],
            ),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
];

/// A TxProfile that names no transaction: there is none yet.
fn own(lab: &Lab<'_>) -> Value {
    profile(lab, 1, TX, "Relative", &[(0, 6)])
}
