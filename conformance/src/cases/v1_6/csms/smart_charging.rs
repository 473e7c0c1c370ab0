//! Charging profiles and composite schedules.

use ocpp_core::csms::ledger::IdToken;
use ocpp_core::csms::remote::{Command, Operation};
use serde_json::{Value, json};

use super::remote::{AUTHORIZE, TRANSACTION};
use super::{
    CASE, CHARGING, HERE, accepted, charging, connector, operation, preparing, smart_charging,
    status,
};
use crate::case::{Case, Profile};
use crate::lab::Lab;
use crate::step::{
    Must, Rule, absent, compared, expect_telling, is, known, number, operate, other_than, present,
    rule, suits,
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

fn profile(lab: &Lab<'_>, purpose: &str) -> Value {
    json!({
        "stackLevel": stack_level(lab), "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute",
        "validFrom": lab.later(0).to_string(), "validTo": lab.later(DURATION).to_string(),
        "chargingSchedule": {
            "duration": DURATION, "startSchedule": lab.later(0).to_string(),
            "chargingRateUnit": lab.parameters.rate_unit,
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit(lab), "numberPhases": 3}],
        },
    })
}

/// A profile at the connector under test.
fn set(lab: &Lab<'_>, purpose: &str) -> Command {
    operation(Operation::SetProfile {
        evse: connector(lab),
        profile: profile(lab, purpose),
        transaction: (purpose == "TxProfile").then(|| lab.transaction_number()),
    })
}

/// The number of the nth profile that was set.
fn profile_id(lab: &Lab<'_>, nth: usize) -> Value {
    let at = "/csChargingProfiles/chargingProfileId";
    lab.requested_as(nth, "SetChargingProfile", at)
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
                |lab| set(lab, "TxDefaultProfile"),
            ),
            expect_telling(
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
                &[is("/status", "Accepted")],
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
                set(lab, "TxProfile")
            }),
            expect_telling(
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
                &[is("/status", "Accepted")],
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
                operation(Operation::Start {
                    id_token: IdToken::of_1_6(&lab.parameters.valid),
                    evse: Some(connector(lab)),
                    profile: Some(profile(lab, "TxProfile")),
                })
            }),
            expect_telling(
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
                &[is("/status", "Accepted")],
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
                    operation(Operation::CompositeSchedule {
                        evse: connector(lab),
                        duration: DURATION,
                        watts: Some(lab.parameters.rate_unit == "W"),
                    })
                },
            ),
            expect_telling(
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
                &[known(
                    "/response/chargingSchedule/chargingSchedulePeriod/0/limit",
                    "6 A or 6000 W",
                    limit,
                )],
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
                operation(Operation::SetProfile {
                    evse: 0,
                    profile: profile(lab, "ChargePointMaxProfile"),
                    transaction: None,
                })
            }),
            expect_telling(
                "max",
                "SetChargingProfile",
                &[
                    number("/connectorId", 0),
                    is(PURPOSE, "ChargePointMaxProfile"),
                    LEVEL,
                    absent("/csChargingProfiles/transactionId"),
                    suits(
                        "/csChargingProfiles/chargingProfileId",
                        "a number",
                        Value::is_i64,
                    ),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
            operate(
                "set a TxDefaultProfile at the connector under test",
                |lab| set(lab, "TxDefaultProfile"),
            ),
            expect_telling(
                "default",
                "SetChargingProfile",
                &[
                    HERE,
                    is(PURPOSE, "TxDefaultProfile"),
                    LEVEL,
                    absent("/csChargingProfiles/transactionId"),
                    other_than(
                        "/csChargingProfiles/chargingProfileId",
                        "another number than that of the first profile",
                        |lab| profile_id(lab, 0),
                    ),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
            operate("set a TxProfile for the transaction", |lab| {
                set(lab, "TxProfile")
            }),
            expect_telling(
                "transaction",
                "SetChargingProfile",
                &[
                    HERE,
                    is(PURPOSE, "TxProfile"),
                    LEVEL,
                    TRANSACTION_OF_SESSION,
                    compared(
                        "/csChargingProfiles/chargingProfileId",
                        "another number than those of the first two profiles",
                        |lab| json!([profile_id(lab, 0), profile_id(lab, 1)]),
                        |id, used| used.as_array().is_some_and(|used| !used.contains(id)),
                    ),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
            operate("clear the ChargePointMaxProfile by its id", |lab| {
                let id = profile_id(lab, 0).as_i64();
                operation(Operation::ClearLimit(id.unwrap_or_default()))
            }),
            expect_telling(
                "clear-id",
                "ClearChargingProfile",
                &[
                    known("/id", "that of the ChargePointMaxProfile", |lab| {
                        profile_id(lab, 0)
                    }),
                    absent("/connectorId"),
                    absent("/chargingProfilePurpose"),
                    absent("/stackLevel"),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
            operate(
                "clear the TxDefaultProfile by connector, purpose and stack level",
                |lab| {
                    operation(Operation::ClearProfiles {
                        evse: Some(connector(lab)),
                        purpose: Some("TxDefaultProfile".to_owned()),
                        stack_level: Some(lab.parameters.stack_level.into()),
                    })
                },
            ),
            expect_telling(
                "clear-criteria",
                "ClearChargingProfile",
                &[
                    absent("/id"),
                    HERE,
                    is("/chargingProfilePurpose", "TxDefaultProfile"),
                    known("/stackLevel", "the stack level", stack_level),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
            operate("clear all profiles", |_| {
                operation(Operation::ClearProfiles {
                    evse: None,
                    purpose: None,
                    stack_level: None,
                })
            }),
            expect_telling(
                "clear-rest",
                "ClearChargingProfile",
                ALL,
                accepted,
                &[is("/status", "Accepted")],
            ),
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
