//! K01, K05: charging profiles are set.

use ocpp_core::csms::remote::{Command, Operation};
use serde_json::{Value, json};

use super::states::CHARGING;
use super::{CASE, HERE, accepted, event, evse, operation, raw, smart_charging, token};
use crate::case::{Case, Profile};
use crate::lab::{Lab, Reply};
use crate::step::{
    Must, Rule, Step, Want, absent, expect, expect_telling, flag, is, known, number, one_of,
    operate, present, rule, suits, told,
};

/// `<Configured chargingProfileId>`.
pub(super) const ID: i64 = 5;
/// That of a second profile.
const SECOND_ID: i64 = 6;
/// `<Configured duration>`, in seconds.
pub(super) const DURATION: i64 = 300;

/// So many A, or as many kW.
pub(super) fn limit(lab: &Lab<'_>, amperes: i64) -> i64 {
    match lab.parameters.rate_unit {
        "W" => amperes * 1_000,
        _ => amperes,
    }
}

/// A profile that begins now and holds for [`DURATION`]; its number is the operator's.
pub(super) fn profile(lab: &Lab<'_>, id: i64, purpose: &str, amperes: i64) -> Value {
    json!({
        "id": id, "stackLevel": lab.parameters.stack_level, "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute",
        "validFrom": lab.later(0).to_string(), "validTo": lab.later(DURATION).to_string(),
        "chargingSchedule": [{
            "id": 1, "startSchedule": lab.later(0).to_string(), "duration": DURATION,
            "chargingRateUnit": lab.parameters.rate_unit,
            "chargingSchedulePeriod": [
                {"startPeriod": 0, "limit": limit(lab, amperes), "numberPhases": 3},
            ],
        }],
    })
}

/// One without a time of its own.
fn relative(lab: &Lab<'_>, purpose: &str) -> Value {
    let mut profile = profile(lab, ID, purpose, 7);
    profile["chargingProfileKind"] = json!("Relative");
    if let Some(members) = profile.as_object_mut() {
        members.remove("validFrom");
        members.remove("validTo");
    }
    if let Some(schedule) = profile["chargingSchedule"][0].as_object_mut() {
        schedule.remove("startSchedule");
    }
    profile
}

pub(super) fn set(evse: i64, profile: Value) -> Command {
    operation(Operation::SetProfile {
        evse,
        profile,
        transaction: None,
    })
}

/// One for the transaction at the EVSE under test.
pub(super) fn of_transaction(lab: &Lab<'_>, id: i64, amperes: i64) -> Value {
    let mut profile = profile(lab, id, "TxProfile", amperes);
    profile["transactionId"] = lab.transaction_id();
    profile
}

pub(super) const SET: &str = "SetChargingProfile";
pub(super) const STATION: Rule = number("/evseId", 0);
const OWN_ID: Rule = number("/chargingProfile/id", ID);
const LEVEL: Rule = known("/chargingProfile/stackLevel", "the stack level", |lab| {
    json!(lab.parameters.stack_level)
});
const PURPOSE: &str = "/chargingProfile/chargingProfilePurpose";
pub(super) const TX_PROFILE: Rule = is(PURPOSE, "TxProfile");
const TX_DEFAULT: Rule = is(PURPOSE, "TxDefaultProfile");
const STATION_MAX: Rule = is(PURPOSE, "ChargingStationMaxProfile");
const KIND: &str = "/chargingProfile/chargingProfileKind";
const ABSOLUTE: Rule = is(KIND, "Absolute");
const START: &str = "/chargingProfile/chargingSchedule/0/startSchedule";
const VALID_FROM: Rule = known("/chargingProfile/validFrom", "now", |lab| {
    json!(lab.later(0).to_string())
});
const VALID_TO: Rule = known(
    "/chargingProfile/validTo",
    "the end of the schedule",
    |lab| json!(lab.later(DURATION).to_string()),
);
const STARTS_NOW: Rule = known(START, "now", |lab| json!(lab.later(0).to_string()));
const UNIT: Rule = known(
    "/chargingProfile/chargingSchedule/0/chargingRateUnit",
    "the unit",
    |lab| json!(lab.parameters.rate_unit),
);
const FOR_A_WHILE: Rule = number("/chargingProfile/chargingSchedule/0/duration", DURATION);
const AT_ONCE: Rule = number(
    "/chargingProfile/chargingSchedule/0/chargingSchedulePeriod/0/startPeriod",
    0,
);
const LIMIT: &str = "/chargingProfile/chargingSchedule/0/chargingSchedulePeriod/0/limit";
const SIX: Rule = known(LIMIT, "6 A or 6000 W", |lab| json!(limit(lab, 6)));
const SEVEN: Rule = known(LIMIT, "7 A or 7000 W", |lab| json!(limit(lab, 7)));
const EIGHT: Rule = known(LIMIT, "8 A or 8000 W", |lab| json!(limit(lab, 8)));
const PHASES: Rule = rule(
    "/chargingProfile/chargingSchedule/0/chargingSchedulePeriod/0/numberPhases",
    Must::BeIfThere(Want::Number(3)),
);
const ONE_PERIOD: Rule = suits(
    "/chargingProfile/chargingSchedule/0/chargingSchedulePeriod",
    "one period",
    |periods| periods.as_array().is_some_and(|all| all.len() == 1),
);
pub(super) const OF_TRANSACTION: Rule = known(
    "/chargingProfile/transactionId",
    "the running transaction",
    |lab| lab.transaction_id(),
);

/// What holds for Absolute: its schedule has a time; for Relative: it has none.
fn timed(schedule: &Value) -> bool {
    schedule["startSchedule"].is_string()
}

const SET_DEFAULT: Step = operate("set a TxDefaultProfile at the EVSE under test", |lab| {
    set(evse(lab), profile(lab, ID, "TxDefaultProfile", 6))
});
/// What K_01 and K_15 want of it.
const DEFAULT: &[Rule] = &[
    HERE, OWN_ID, LEVEL, TX_DEFAULT, ABSOLUTE, VALID_FROM, VALID_TO, STARTS_NOW, UNIT, FOR_A_WHILE,
    AT_ONCE, SIX, PHASES,
];

/// A TxDefaultProfile is installed.
pub(super) const INSTALLED: Step = Step::Reusable(
    "the station has a TxDefaultProfile",
    &[
        SET_DEFAULT,
        expect_telling(
            "installed",
            SET,
            &[TX_DEFAULT, OWN_ID],
            accepted,
            &[is("/status", "Accepted")],
        ),
    ],
);

pub(super) const BLOCK: Case = Case {
    profile: Profile::SmartCharging,
    applies: smart_charging,
    ..CASE
};

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_K_01_CSMS",
        name: "Set Charging Profile - TxDefaultProfile - Specific EVSE",
        about: "A default is set at an EVSE. The profile is prescribed value by value (erratum 6.3.13).",
        requirements: &["K01.FR.31"],
        steps: &[
            SET_DEFAULT,
            expect_telling("set", SET, DEFAULT, accepted, &[is("/status", "Accepted")]),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_K_02_CSMS",
        name: "Set Charging Profile - TxProfile without ongoing transaction on the specified EVSE",
        about: "The CSMS of this library refuses the typed operation, since the station would have to reject it (K01.FR.03): the operator \
                sends it as it is.",
        requirements: &["K01.FR.09"],
        profile: Profile::None,
        steps: &[
            operate("set a TxProfile, although nobody charges", |lab| {
                let payload =
                    json!({"evseId": lab.here(), "chargingProfile": relative(lab, "TxProfile")});
                raw(SET, &payload)
            }),
            expect_telling(
                "set",
                SET,
                &[
                    HERE,
                    OWN_ID,
                    TX_PROFILE,
                    LEVEL,
                    is(KIND, "Relative"),
                    absent(START),
                    UNIT,
                    AT_ONCE,
                    SEVEN,
                    PHASES,
                ],
                |_| json!({"status": "Rejected"}),
                &[is("/status", "Rejected")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_K_03_CSMS",
        name: "Set Charging Profile - ChargingStationMaxProfile",
        about: "A limit of the whole station. validFrom and validTo need not be there (erratum 6.3.14), and here are.",
        requirements: &["K01.FR.31", "K01.FR.38"],
        steps: &[
            operate("set a ChargingStationMaxProfile", |lab| {
                set(0, profile(lab, ID, "ChargingStationMaxProfile", 8))
            }),
            expect_telling(
                "set",
                SET,
                &[
                    STATION, OWN_ID, LEVEL, STATION_MAX, ABSOLUTE, UNIT, FOR_A_WHILE, AT_ONCE,
                    EIGHT, PHASES, STARTS_NOW,
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_K_04_CSMS",
        name: "Replace charging profile - With chargingProfileId",
        about: "A profile with the same number takes the place of the first.",
        requirements: &["K01.FR.05"],
        steps: &[
            operate("set a TxDefaultProfile", |lab| {
                set(evse(lab), profile(lab, ID, "TxDefaultProfile", 8))
            }),
            expect_telling(
                "first",
                SET,
                &[OWN_ID, AT_ONCE, EIGHT, ONE_PERIOD],
                accepted,
                &[is("/status", "Accepted")],
            ),
            operate("set another one with the same number", |lab| {
                set(evse(lab), profile(lab, ID, "TxDefaultProfile", 6))
            }),
            expect_telling(
                "second",
                SET,
                &[
                    known("/chargingProfile/id", "that of the first", |lab| {
                        lab.requested(SET, "/chargingProfile/id")
                    }),
                    AT_ONCE,
                    SIX,
                    ONE_PERIOD,
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_K_10_CSMS",
        name: "Set Charging Profile - TxDefaultProfile - All EVSE",
        about: "A default for every EVSE. validFrom and validTo need not be there (erratum 6.3.15), and here are.",
        requirements: &["K01.FR.31"],
        steps: &[
            operate("set a TxDefaultProfile at every EVSE", |lab| {
                set(0, profile(lab, ID, "TxDefaultProfile", 6))
            }),
            expect_telling(
                "set",
                SET,
                &[
                    STATION, OWN_ID, LEVEL, TX_DEFAULT, ABSOLUTE, STARTS_NOW, UNIT, AT_ONCE,
                    FOR_A_WHILE, SIX, PHASES,
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_K_15_CSMS",
        name: "Set Charging Profile - Not Supported",
        about: "The station knows nothing of charging profiles.",
        requirements: &["K01.FR.31"],
        steps: &[
            SET_DEFAULT,
            Step::Answer(SET, 1, || Reply::Error("NotSupported")),
            expect("set", SET, DEFAULT),
            told("told", &[flag("/accepted", false), present("/error")]),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_K_19_CSMS",
        name: "Set Charging Profile - ChargingProfileKind is Recurring",
        about: "A default that recurs every day.",
        requirements: &["K01.FR.31"],
        steps: &[
            operate("set a TxDefaultProfile that recurs daily", |lab| {
                let mut profile = profile(lab, ID, "TxDefaultProfile", 6);
                profile["chargingProfileKind"] = json!("Recurring");
                profile["recurrencyKind"] = json!("Daily");
                set(evse(lab), profile)
            }),
            expect_telling(
                "set",
                SET,
                &[
                    HERE,
                    LEVEL,
                    TX_DEFAULT,
                    AT_ONCE,
                    is(KIND, "Recurring"),
                    is("/chargingProfile/recurrencyKind", "Daily"),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_K_60_CSMS",
        name: "Set Charging Profile - TxProfile with ongoing transaction on the specified EVSE",
        about: "A profile for the running transaction. Relative without a time would be as good as Absolute with one (erratum 6.3.13).",
        requirements: &["K01.FR.03", "K01.FR.31"],
        steps: &[
            CHARGING,
            operate("set a TxProfile for the transaction", |lab| {
                set(evse(lab), of_transaction(lab, ID, 6))
            }),
            expect_telling(
                "set",
                SET,
                &[
                    HERE,
                    TX_PROFILE,
                    OF_TRANSACTION,
                    one_of(KIND, &["Absolute", "Relative"]),
                    suits(
                        "/chargingProfile/chargingSchedule/0",
                        "a schedule that begins at a time",
                        timed,
                    ),
                    absent("/chargingProfile/recurrencyKind"),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_K_37_CSMS",
        name: "Remote start transaction with charging profile - Success",
        about: "A remote start brings a profile without a transaction.",
        requirements: &["K05.FR.02", "F01.FR.08", "F01.FR.09", "F01.FR.11"],
        steps: &[
            operate("a remote start with a TxProfile", |lab| {
                operation(Operation::Start {
                    id_token: super::d_local_list::entry(&lab.parameters.valid, true).id_token,
                    evse: Some(evse(lab)),
                    profile: Some(relative(lab, "TxProfile")),
                })
            }),
            expect_telling(
                "start",
                "RequestStartTransaction",
                &[
                    known("/idToken/idToken", "the valid token", |lab| {
                        json!(lab.parameters.valid)
                    }),
                    is("/idToken/type", "ISO14443"),
                    HERE,
                    TX_PROFILE,
                    absent("/chargingProfile/transactionId"),
                    is(KIND, "Relative"),
                    absent(START),
                    present("/remoteStartId"),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
            event!(
                "started",
                Some("Started"),
                "RemoteStart",
                |lab| json!({
                    "idToken": token(lab),
                    "remoteStartId": lab.requested("RequestStartTransaction", "/remoteStartId"),
                }),
                super::ACCEPTED
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_K_70_CSMS",
        name: "Set Charging Profile - Multiple Profiles",
        about: "Two profiles with purposes and numbers of their own (erratum 6.3.19).",
        requirements: &["K01.FR.06"],
        steps: &[
            CHARGING,
            operate("set a TxDefaultProfile", |lab| {
                set(evse(lab), profile(lab, ID, "TxDefaultProfile", 6))
            }),
            expect_telling(
                "first",
                SET,
                &[
                    OWN_ID,
                    TX_DEFAULT,
                    one_of(KIND, &["Absolute", "Recurring"]),
                    present(START),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
            operate(
                "set a ChargingStationMaxProfile with another number",
                |lab| set(0, profile(lab, SECOND_ID, "ChargingStationMaxProfile", 8)),
            ),
            expect_telling(
                "second",
                SET,
                &[
                    number("/chargingProfile/id", SECOND_ID),
                    STATION_MAX,
                    is(KIND, "Absolute"),
                    present(START),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..BLOCK
    },
];
