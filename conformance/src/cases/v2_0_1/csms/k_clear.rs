//! K10: charging profiles are taken back.

use ocpp_core::csms::remote::Operation;
use serde_json::json;

use super::k_get::REPORTED;
use super::k_set::{BLOCK, ID, INSTALLED};
use super::{accepted, evse, operation};
use crate::case::Case;
use crate::step::{Rule, Step, absent, expect_telling, is, known, number, operate};

const CLEAR: &str = "ClearChargingProfile";
const BY_CRITERIA: Step = operate(
    "clear the TxDefaultProfile by EVSE, purpose and stack level",
    |lab| {
        operation(Operation::ClearProfiles {
            evse: Some(evse(lab)),
            purpose: Some("TxDefaultProfile".to_owned()),
            stack_level: Some(lab.parameters.stack_level.into()),
        })
    },
);
const CRITERIA: &[Rule] = &[
    is(
        "/chargingProfileCriteria/chargingProfilePurpose",
        "TxDefaultProfile",
    ),
    known(
        "/chargingProfileCriteria/stackLevel",
        "the stack level",
        |lab| json!(lab.parameters.stack_level),
    ),
    known(
        "/chargingProfileCriteria/evseId",
        "the EVSE under test",
        |lab| lab.here(),
    ),
    absent("/chargingProfileId"),
];

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_K_05_CSMS",
        name: "Clear Charging Profile - With chargingProfileId",
        about: "The number is that which the station reports.",
        requirements: &["K10.FR.02"],
        steps: &[
            INSTALLED,
            REPORTED,
            operate("clear the profile by its number", |_| {
                operation(Operation::ClearLimit(ID))
            }),
            expect_telling(
                "clear",
                CLEAR,
                &[
                    number("/chargingProfileId", ID),
                    absent("/chargingProfileCriteria"),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_K_06_CSMS",
        name: "Clear Charging Profile - With stackLevel/purpose combination for one profile",
        about: "A profile is taken back by what it is.",
        requirements: &["K10.FR.02"],
        steps: &[
            INSTALLED,
            BY_CRITERIA,
            expect_telling(
                "clear",
                CLEAR,
                CRITERIA,
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_K_08_CSMS",
        name: "Clear Charging Profile - Without previous charging profile",
        about: "The station has no such profile.",
        requirements: &["K10.FR.02"],
        steps: &[
            BY_CRITERIA,
            expect_telling(
                "clear",
                CLEAR,
                CRITERIA,
                |_| json!({"status": "Unknown"}),
                &[is("/status", "Unknown")],
            ),
        ],
        ..BLOCK
    },
];
