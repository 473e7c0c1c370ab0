//! Block K, smart charging.

use serde_json::json;

use super::CASE;
use crate::case::Case;
use crate::step::{State, Step, by_hand};

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[Case {
    id: "TC_K_38_CS",
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
                let unit = lab.parameters.rate_unit;
                let limit = if unit == "A" { 6 } else { 6_000 };
                let period = json!({"startPeriod": 0, "limit": limit, "numberPhases": 3});
                let schedule = json!({
                    "id": 1, "chargingRateUnit": unit, "chargingSchedulePeriod": [period],
                });
                let profile = json!({
                    "id": 1, "stackLevel": 0, "chargingProfilePurpose": "TxProfile",
                    "chargingProfileKind": "Relative", "chargingSchedule": [schedule],
                });
                lab.remote_start_at("Authorized", Some(profile))
            },
            &[],
        ),
        Step::State(State::EnergyTransferStarted),
    ],
    ..CASE
}];
