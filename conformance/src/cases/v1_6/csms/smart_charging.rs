//! Charging profiles and composite schedules.

use serde_json::{Value, json};

use super::remote::{AUTHORIZE, TRANSACTION};
use super::{CASE, CHARGING, HERE, accepted, charging, preparing, raw, smart_charging, status};
use crate::case::{Case, Profile};
use crate::lab::Lab;
use crate::step::{
    Must, Rule, absent, expect_answering, is, known, number, operate, present, rule, suits,
};

/// `<Duration>`, in seconds.
const DURATION: i64 = 3_600;

/// 6 A, or 6000 W.
fn limit(lab: &Lab<'_>) -> Value {
    match lab.parameters.rate_unit {
        "W" => json!(6000.0),
        _ => json!(6.0),
    }
}

fn stack_level(lab: &Lab<'_>) -> Value {
    json!(lab.parameters.stack_level)
}

fn profile(lab: &Lab<'_>, id: i64, purpose: &str) -> Value {
    let transaction = lab.answered_with("StartTransaction", "/transactionId");
    let mut profile = json!({
        "chargingProfileId": id, "stackLevel": stack_level(lab), "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute",
        "validFrom": lab.later(0).to_string(), "validTo": lab.later(DURATION).to_string(),
        "chargingSchedule": {
            "duration": DURATION, "startSchedule": lab.later(0).to_string(),
            "chargingRateUnit": lab.parameters.rate_unit,
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit(lab), "numberPhases": 3}],
        },
    });
    if purpose == "TxProfile" && !transaction.is_null() {
        profile["transactionId"] = transaction;
    }
    profile
}

/// SetChargingProfile.
fn set(connector: &Value, profile: &Value) -> ocpp_core::csms::remote::Command {
    let payload = json!({"connectorId": connector, "csChargingProfiles": profile});
    raw("SetChargingProfile", &payload)
}

const P: &str = "/csChargingProfiles";

/// What holds for Absolute: it has a time; for Relative: it has none.
fn timed(profile: &Value) -> bool {
    let schedule = &profile["chargingSchedule"];
    match profile["chargingProfileKind"].as_str() {
        Some("Absolute") => {
            ["validFrom", "validTo"]
                .iter()
                .all(|member| profile.get(member).is_some())
                && ["startSchedule", "duration"]
                    .iter()
                    .all(|member| schedule.get(member).is_some())
        }
        Some("Relative") => schedule.get("startSchedule").is_none(),
        _ => false,
    }
}

const TIMED: &str = "absolute with validFrom, validTo, startSchedule and duration, or relative without startSchedule";
const TRANSACTION_OF_SESSION: Rule = known(
    "/csChargingProfiles/transactionId",
    "the running transaction",
    |lab| lab.answered_with("StartTransaction", "/transactionId"),
);
const LEVEL: Rule = known(
    "/csChargingProfiles/stackLevel",
    "the stack level",
    stack_level,
);
const PURPOSE: &str = "/csChargingProfiles/chargingProfilePurpose";

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_056_CSMS",
        name: "Central Smart Charging - TxDefaultProfile",
        about: "A default profile for the connector under test.",
        requirements: &["5.16"],
        profile: Profile::SmartCharging,
        applies: smart_charging,
        steps: &[
            operate(
                "set a TxDefaultProfile at the connector under test",
                |lab| set(&lab.here(), &profile(lab, 1, "TxDefaultProfile")),
            ),
            expect_answering(
                "set",
                "SetChargingProfile",
                &[
                    HERE,
                    LEVEL,
                    is(PURPOSE, "TxDefaultProfile"),
                    is("/csChargingProfiles/chargingProfileKind", "Absolute"),
                    present("/csChargingProfiles/validFrom"),
                    present("/csChargingProfiles/validTo"),
                    absent("/csChargingProfiles/transactionId"),
                    absent("/csChargingProfiles/recurrencyKind"),
                    present("/csChargingProfiles/chargingSchedule/startSchedule"),
                    known(
                        "/csChargingProfiles/chargingSchedule/chargingRateUnit",
                        "the unit",
                        |lab| json!(lab.parameters.rate_unit),
                    ),
                    number("/csChargingProfiles/chargingSchedule/duration", DURATION),
                    number(
                        "/csChargingProfiles/chargingSchedule/chargingSchedulePeriod/0/startPeriod",
                        0,
                    ),
                    known(
                        "/csChargingProfiles/chargingSchedule/chargingSchedulePeriod/0/limit",
                        "6 A or 6000 W",
                        limit,
                    ),
                    rule(
                        "/csChargingProfiles/chargingSchedule/chargingSchedulePeriod/0/numberPhases",
                        Must::BeIfThere(crate::step::Want::Number(3)),
                    ),
                ],
                accepted,
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_057_CSMS",
        name: "Central Smart Charging - TxProfile",
        about: "A profile for the running transaction.",
        requirements: &["5.16"],
        profile: Profile::SmartCharging,
        applies: smart_charging,
        steps: &[
            CHARGING,
            operate("set a TxProfile for the transaction", |lab| {
                set(&lab.here(), &profile(lab, 1, "TxProfile"))
            }),
            expect_answering(
                "set",
                "SetChargingProfile",
                &[
                    HERE,
                    is(PURPOSE, "TxProfile"),
                    TRANSACTION_OF_SESSION,
                    absent("/csChargingProfiles/recurrencyKind"),
                    suits(P, TIMED, timed),
                ],
                accepted,
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_059_CSMS",
        name: "Remote Start Transaction with Charging Profile",
        about: "A remote start brings a profile.",
        requirements: &["5.11", "5.16"],
        profile: Profile::SmartCharging,
        applies: smart_charging,
        steps: &[
            operate("a remote start with a TxProfile", |lab| {
                let payload = json!({
                    "idTag": lab.parameters.valid, "connectorId": lab.here(),
                    "chargingProfile": profile(lab, 1, "TxProfile"),
                });
                raw("RemoteStartTransaction", &payload)
            }),
            expect_answering(
                "remote-start",
                "RemoteStartTransaction",
                &[
                    known("/idTag", "the valid token", |lab| {
                        json!(lab.parameters.valid)
                    }),
                    HERE,
                    is("/chargingProfile/chargingProfilePurpose", "TxProfile"),
                    absent("/chargingProfile/transactionId"),
                    number(
                        "/chargingProfile/chargingSchedule/chargingSchedulePeriod/0/startPeriod",
                        0,
                    ),
                    absent("/chargingProfile/recurrencyKind"),
                    suits("/chargingProfile", TIMED, timed),
                ],
                accepted,
            ),
            AUTHORIZE,
            status("preparing", preparing),
            TRANSACTION,
            status("charging", charging),
        ],
        ..CASE
    },
    Case {
        id: "TC_066_CSMS",
        name: "Get Composite Schedule",
        about: "The operator asks for the composite schedule of the connector under test.",
        requirements: &["5.7"],
        profile: Profile::SmartCharging,
        applies: smart_charging,
        steps: &[
            operate(
                "get the composite schedule of the connector under test",
                |lab| {
                    let payload = json!({
                        "connectorId": lab.here(), "duration": DURATION,
                        "chargingRateUnit": lab.parameters.rate_unit,
                    });
                    raw("GetCompositeSchedule", &payload)
                },
            ),
            expect_answering(
                "get",
                "GetCompositeSchedule",
                &[
                    HERE,
                    number("/duration", DURATION),
                    known("/chargingRateUnit", "the unit", |lab| {
                        json!(lab.parameters.rate_unit)
                    }),
                ],
                |lab| {
                    json!({
                        "status": "Accepted", "connectorId": lab.here(),
                        "scheduleStart": lab.utc_in(0),
                        "chargingSchedule": {
                            "duration": DURATION, "chargingRateUnit": lab.parameters.rate_unit,
                            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit(lab)}],
                        },
                    })
                },
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_067_CSMS",
        name: "Clear Charging Profile",
        about: "Three profiles are set, and cleared by id, by criteria, and without any.",
        requirements: &["5.5", "5.16"],
        profile: Profile::SmartCharging,
        applies: smart_charging,
        steps: &[
            CHARGING,
            operate("set a ChargePointMaxProfile", |lab| {
                set(&json!(0), &profile(lab, 1, "ChargePointMaxProfile"))
            }),
            expect_answering(
                "max",
                "SetChargingProfile",
                &[
                    number("/connectorId", 0),
                    is(PURPOSE, "ChargePointMaxProfile"),
                    LEVEL,
                    absent("/csChargingProfiles/transactionId"),
                    number("/csChargingProfiles/chargingProfileId", 1),
                ],
                accepted,
            ),
            operate(
                "set a TxDefaultProfile at the connector under test",
                |lab| set(&lab.here(), &profile(lab, 2, "TxDefaultProfile")),
            ),
            expect_answering(
                "default",
                "SetChargingProfile",
                &[
                    HERE,
                    is(PURPOSE, "TxDefaultProfile"),
                    LEVEL,
                    absent("/csChargingProfiles/transactionId"),
                    number("/csChargingProfiles/chargingProfileId", 2),
                ],
                accepted,
            ),
            operate("set a TxProfile for the transaction", |lab| {
                set(&lab.here(), &profile(lab, 3, "TxProfile"))
            }),
            expect_answering(
                "transaction",
                "SetChargingProfile",
                &[
                    HERE,
                    is(PURPOSE, "TxProfile"),
                    LEVEL,
                    TRANSACTION_OF_SESSION,
                    number("/csChargingProfiles/chargingProfileId", 3),
                ],
                accepted,
            ),
            operate("clear the ChargePointMaxProfile by its id", |_| {
                raw("ClearChargingProfile", &json!({"id": 1}))
            }),
            expect_answering(
                "clear-id",
                "ClearChargingProfile",
                &[
                    number("/id", 1),
                    absent("/connectorId"),
                    absent("/chargingProfilePurpose"),
                    absent("/stackLevel"),
                ],
                accepted,
            ),
            operate(
                "clear the TxDefaultProfile by connector, purpose and stack level",
                |lab| {
                    let payload = json!({
                        "connectorId": lab.here(), "chargingProfilePurpose": "TxDefaultProfile",
                        "stackLevel": stack_level(lab),
                    });
                    raw("ClearChargingProfile", &payload)
                },
            ),
            expect_answering(
                "clear-criteria",
                "ClearChargingProfile",
                &[
                    absent("/id"),
                    HERE,
                    is("/chargingProfilePurpose", "TxDefaultProfile"),
                    known("/stackLevel", "the stack level", stack_level),
                ],
                accepted,
            ),
            operate("clear all profiles", |_| {
                raw("ClearChargingProfile", &json!({}))
            }),
            expect_answering("clear-rest", "ClearChargingProfile", ALL, accepted),
        ],
        ..CASE
    },
];

const ALL: &[Rule] = &[
    absent("/id"),
    absent("/connectorId"),
    absent("/chargingProfilePurpose"),
    absent("/stackLevel"),
];
