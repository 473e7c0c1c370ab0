//! ClearChargingProfile: K10.

use serde_json::{Value, json};

use super::super::evse;
use super::{
    ACCEPTED, CASE, CLEAR, DEFAULT, GET, GONE, MAX, NO_PROFILES, SET, SIX, UNKNOWN, levels,
    on_level, request, six, smart_charging,
};
use crate::case::Case;
use crate::mutation::{Change::*, fails};
use crate::step::{State, Step, call};

const CLEARED: Step = call(
    "clear",
    CLEAR,
    |_| json!({"chargingProfileCriteria": criteria(DEFAULT, 0)}),
    ACCEPTED,
);
const NONE_LEFT: Step = call(
    "gone",
    GET,
    |_| json!({"requestId": super::FIRST, "chargingProfile": criteria(DEFAULT, 0)}),
    NO_PROFILES,
);

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_K_05_CS",
        name: "Clear Charging Profile - With chargingProfileId",
        about: "A profile is cleared by its id, and not reported any more.",
        requirements: &["K10.FR.03"],
        applies: smart_charging,
        steps: &[
            SIX,
            call(
                "clear",
                CLEAR,
                |_| json!({"chargingProfileId": 1}),
                ACCEPTED,
            ),
            GONE,
        ],
        mutations: &[fails(
            Misread(CLEAR, 0, "/chargingProfileId", "7"),
            "clear/status",
        )],
        ..CASE
    },
    Case {
        id: "TC_K_06_CS",
        name: "Clear Charging Profile - With stackLevel/purpose combination for one profile",
        about: "The profile of a purpose and level is cleared while somebody charges, and not reported any more.",
        requirements: &["K10.FR.04"],
        applies: smart_charging,
        steps: &[
            SIX,
            Step::State(State::EnergyTransferStarted),
            CLEARED,
            super::MAY_TELL,
            NONE_LEFT,
        ],
        ..CASE
    },
    Case {
        id: "TC_K_07_CS",
        name: "Clear Charging Profile - With unknown stackLevel/purpose combination",
        about: "There is nothing to be cleared of this purpose and level, though there is a profile of another.",
        requirements: &["K10.FR.01"],
        applies: levels,
        steps: &[
            call(
                "set",
                SET,
                |lab| request(evse(lab), on_level(six(lab, 1), 1)),
                ACCEPTED,
            ),
            call(
                "clear",
                CLEAR,
                |_| json!({"chargingProfileCriteria": criteria(MAX, 0)}),
                UNKNOWN,
            ),
        ],
        mutations: &[fails(
            Misread(CLEAR, 0, "/chargingProfileCriteria", "{}"),
            "clear/status",
        )],
        ..CASE
    },
    Case {
        id: "TC_K_08_CS",
        name: "Clear Charging Profile - Without previous charging profile",
        about: "There is nothing to be cleared.",
        requirements: &["K10.FR.01"],
        applies: smart_charging,
        steps: &[call(
            "clear",
            CLEAR,
            |_| json!({"chargingProfileId": 1}),
            UNKNOWN,
        )],
        ..CASE
    },
    Case {
        id: "TC_K_24_CS",
        name: "Clear Charging Profile - With stackLevel/purpose combination for multiple profiles",
        about: "The profiles of a purpose and level are cleared at two EVSEs with one request, and not reported any more.",
        requirements: &["K10.FR.04"],
        applies: |product| {
            smart_charging(product)?;
            match product.connectors {
                1 => Err("there is one EVSE only (HFS-8)"),
                _ => Ok(()),
            }
        },
        steps: &[
            call("set.1", SET, |lab| request(1, six(lab, 1)), ACCEPTED),
            call("set.2", SET, |lab| request(2, six(lab, 2)), ACCEPTED),
            CLEARED,
            NONE_LEFT,
        ],
        mutations: &[fails(
            Misread(CLEAR, 0, "/chargingProfileCriteria/evseId", "2"),
            "gone/status",
        )],
        ..CASE
    },
];

fn criteria(purpose: &str, level: u32) -> Value {
    json!({"chargingProfilePurpose": purpose, "stackLevel": level})
}
