//! Smart charging: setting profiles, TC_056 to TC_060 and TC_082.
//!
//! Decided for all of them: schedules begin `<deviation>` before they are set, and what is expected is shifted by the
//! time that has passed since then, with `<deviation>` as the tolerance. After the end of a schedule the answer is not
//! looked at: there is the station's own limit, or nothing.

use serde_json::{Value, json};

use super::CASE;
use super::profiles::{COMMON, Profile, begin, check_composite, set, set_call, utc};
use crate::case::{self, Case};
use crate::lab::{Call, Lab};
use crate::mutation::{Change::*, fails};
use crate::product::Product;
use crate::unmet::Failed;

const SMART: Case = Case {
    profile: case::Profile::SmartCharging,
    applies: smart_charging,
    ..CASE
};

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_056_CS",
        name: "Central Smart Charging - TxDefaultProfile",
        about: "A TxDefaultProfile is installed and is the composite schedule. Decided: no session is started between the \
                two, as the case has no state; TC_082 is the same with a session.",
        requirements: &["1.6 section 3.13.2", "1.6 section 5.7", "1.6 section 5.16"],
        run: tx_default,
        mutations: &[
            fails(
                Answer("SetChargingProfile", 0, "/status", r#""Rejected""#),
                "set/status",
            ),
            fails(
                Answer("SetChargingProfile", 0, "/status", r#""Fine""#),
                "schema",
            ),
            fails(
                Misread("SetChargingProfile", 0, FIRST_LIMIT, "7"),
                "schedule.periods",
            ),
            fails(
                Misread("SetChargingProfile", 0, SECOND_START, "70"),
                "schedule.periods",
            ),
            fails(
                Misread("SetChargingProfile", 0, "/connectorId", "2"),
                "schedule.periods",
            ),
            fails(
                Misread(
                    "SetChargingProfile",
                    0,
                    "/csChargingProfiles/validTo",
                    r#""2024-05-15T12:03:00Z""#,
                ),
                "schedule.periods",
            ),
            fails(
                Answer("GetCompositeSchedule", 0, "/status", r#""Rejected""#),
                "schedule/status",
            ),
            fails(
                Answer("GetCompositeSchedule", 0, "/connectorId", "0"),
                "schedule/connectorId",
            ),
            fails(
                Answer(
                    "GetCompositeSchedule",
                    0,
                    "/chargingSchedule/duration",
                    "299",
                ),
                "schedule/chargingSchedule/duration",
            ),
            fails(
                Answer(
                    "GetCompositeSchedule",
                    0,
                    "/scheduleStart",
                    r#""2024-05-15T13:00:00Z""#,
                ),
                "schedule.start",
            ),
        ],
        ..SMART
    },
    Case {
        id: "TC_057_CS",
        name: "Central Smart Charging - TxProfile",
        about: "A TxProfile for the running transaction is installed and is the composite schedule. Decided: it lasts 260 s, \
                so that the station's own limit can be seen in the last 40 s of the answer.",
        requirements: &[
            "1.6 section 3.13.2",
            "1.6 section 5.7",
            "1.6 section 5.16.2",
        ],
        run: tx_profile,
        mutations: &[
            fails(
                Answer("SetChargingProfile", 0, "/status", r#""NotSupported""#),
                "set/status",
            ),
            fails(
                Misread(
                    "SetChargingProfile",
                    0,
                    "/csChargingProfiles/transactionId",
                    "7",
                ),
                "set/status",
            ),
            fails(
                Misread(
                    "SetChargingProfile",
                    0,
                    "/csChargingProfiles/chargingSchedule/duration",
                    "100",
                ),
                "schedule.periods",
            ),
            fails(
                Misread(
                    "SetChargingProfile",
                    0,
                    "/csChargingProfiles/chargingSchedule/duration",
                    "400",
                ),
                "schedule.after",
            ),
            fails(
                Answer(
                    "GetCompositeSchedule",
                    0,
                    "/chargingSchedule/chargingSchedulePeriod/2/limit",
                    "10.1",
                ),
                "schedule.periods",
            ),
        ],
        ..SMART
    },
    Case {
        id: "TC_058_1_CS",
        name: "Central Smart Charging - No ongoing transaction",
        about: "A TxProfile without a transaction is refused. Decided: that it was not stored is seen from \
                ClearChargingProfile, which does not know it.",
        requirements: &[
            "1.6 section 3.13.2",
            "1.6 section 5.16.2",
            "1.6 erratum 3.39",
        ],
        run: no_transaction,
        mutations: &[
            fails(
                Answer("SetChargingProfile", 0, "/status", r#""Accepted""#),
                "set/status",
            ),
            fails(Refuse("SetChargingProfile", 0, "NotSupported"), "set"),
            fails(
                Answer("ClearChargingProfile", 0, "/status", r#""Accepted""#),
                "stored/status",
            ),
        ],
        ..SMART
    },
    Case {
        id: "TC_058_2_CS",
        name: "Central Smart Charging - Wrong transactionId",
        about: "A TxProfile for another transaction than the running one is refused. Decided: the error \
                PropertyConstraintViolation is as good as Rejected, as in TC_058_1.",
        requirements: &["1.6 section 3.13.2", "1.6 section 5.16.2"],
        run: wrong_transaction,
        mutations: &[
            fails(
                Misread(
                    "SetChargingProfile",
                    0,
                    "/csChargingProfiles/transactionId",
                    "1001",
                ),
                "set/status",
            ),
            fails(Refuse("SetChargingProfile", 0, "GenericError"), "set"),
            fails(
                Answer("ClearChargingProfile", 0, "/status", r#""Accepted""#),
                "stored/status",
            ),
        ],
        ..SMART
    },
    Case {
        id: "TC_059_CS",
        name: "Remote Start Transaction with Charging Profile",
        about: "The profile of a remote start belongs to the transaction that it leads to. Decided: the profile is \
                relative, so its schedule begins with the transaction.",
        requirements: &["1.6 section 5.11", "1.6 section 5.16.2", "1.6 erratum 3.41"],
        run: remote_start,
        mutations: &[
            fails(
                Answer("RemoteStartTransaction", 0, "/status", r#""Rejected""#),
                "remote/status",
            ),
            fails(Drop("StartTransaction", 0), "session.start"),
            fails(
                Misread(
                    "RemoteStartTransaction",
                    0,
                    "/chargingProfile/chargingSchedule/chargingSchedulePeriod/0/limit",
                    "7000",
                ),
                "schedule.periods",
            ),
            fails(
                Misread("RemoteStartTransaction", 0, "/chargingProfile", "null"),
                "remote",
            ),
            fails(
                Answer("GetCompositeSchedule", 0, "/connectorId", "2"),
                "schedule/connectorId",
            ),
        ],
        ..SMART
    },
    Case {
        id: "TC_060_CS",
        name: "Remote Start Transaction with Charging Profile - Rejected",
        about: "A remote start with a profile that is not a TxProfile is refused, and nothing starts. Decided: first a \
                TxDefaultProfile, then a ChargePointMaxProfile.",
        requirements: &["1.6 section 5.11", "1.6 section 5.16.2", "1.6 erratum 3.67"],
        run: remote_start_rejected,
        mutations: &[
            fails(
                Answer("RemoteStartTransaction", 0, "/status", r#""Accepted""#),
                "default/status",
            ),
            fails(
                Misread(
                    "RemoteStartTransaction",
                    1,
                    "/chargingProfile/chargingProfilePurpose",
                    r#""TxProfile""#,
                ),
                "max/status",
            ),
            fails(Refuse("RemoteStartTransaction", 1, "InternalError"), "max"),
            fails(
                AfterAnswer(
                    "RemoteStartTransaction",
                    1,
                    "StartTransaction",
                    r#"{"connectorId": 1, "idTag": "VALID0001", "meterStart": 0, "timestamp": "2024-05-15T12:00:00Z"}"#,
                ),
                "nothing",
            ),
        ],
        ..SMART
    },
    Case {
        id: "TC_082_CS",
        name: "Central Smart Charging - TxDefaultProfile - with ongoing transaction",
        about: "A TxDefaultProfile that comes while a transaction is running applies to it.",
        requirements: &["1.6 section 3.13.1", "1.6 erratum 3.8", "1.6 section 5.7"],
        run: |lab| {
            charging(lab)?;
            tx_default(lab)
        },
        mutations: &[
            fails(
                Answer("SetChargingProfile", 0, "/status", r#""Rejected""#),
                "set/status",
            ),
            fails(
                Misread("SetChargingProfile", 0, SECOND_START, "50"),
                "schedule.periods",
            ),
            fails(
                Misread("SetChargingProfile", 0, "/connectorId", "2"),
                "schedule.periods",
            ),
            fails(
                Answer("GetCompositeSchedule", 0, "/status", r#""Rejected""#),
                "schedule/status",
            ),
        ],
        ..SMART
    },
];

const FIRST_LIMIT: &str = "/csChargingProfiles/chargingSchedule/chargingSchedulePeriod/0/limit";
const SECOND_START: &str =
    "/csChargingProfiles/chargingSchedule/chargingSchedulePeriod/1/startPeriod";

/// The profile Smart Charging.
pub(super) const fn smart_charging(product: &Product) -> Result<(), &'static str> {
    if product.features.smart_charging {
        Ok(())
    } else {
        Err("no Smart Charging")
    }
}

/// *Charging* with the valid idTag; the transaction id is the result.
pub(super) fn charging(lab: &mut Lab<'_>) -> Result<i64, Failed> {
    let tag = lab.parameters.valid.clone();
    lab.charging(&tag)
}

fn tx_default(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let profile = Profile {
        stack_level: lab.parameters.stack_level,
        valid: Some(COMMON.0),
        ..Profile::new(1, "TxDefaultProfile", COMMON)
    };
    is_the_schedule(lab, &profile)
}

fn tx_profile(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let transaction = charging(lab)?;
    let profile = Profile {
        stack_level: lab.parameters.stack_level,
        duration: 260,
        ..of_transaction(transaction)
    };
    let start = begin(lab);
    let connector = lab.parameters.connector;
    set(lab, "set", connector, &profile, start)?;
    let end = profile.duration;
    let periods = check_composite(lab, "schedule", 300, start, profile.periods, end)?;
    let deviation = lab.parameters.deviation;
    let at_end = |(at, _): &(f64, f64)| (at - f64::from(end)).abs() <= deviation;
    if periods.iter().any(at_end) {
        return Ok(());
    }
    let expected = format!("another limit from second {end} on");
    lab.fail("schedule.after", expected, format!("it was {periods:?}"))
}

const fn of_transaction(id: i64) -> Profile {
    Profile {
        transaction: Some(id),
        ..Profile::new(1, "TxProfile", COMMON)
    }
}

/// The profile is installed and becomes the composite schedule.
fn is_the_schedule(lab: &mut Lab<'_>, profile: &Profile) -> Result<(), Failed> {
    let start = begin(lab);
    let connector = lab.parameters.connector;
    set(lab, "set", connector, profile, start)?;
    let (duration, periods) = COMMON;
    check_composite(lab, "schedule", duration, start, periods, duration).map(|_| ())
}

fn no_transaction(lab: &mut Lab<'_>) -> Result<(), Failed> {
    is_refused(lab, &of_transaction(1))
}

fn wrong_transaction(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let transaction = charging(lab)?;
    is_refused(lab, &of_transaction(transaction + 1))
}

const VIOLATION: &[&str] = &["PropertyConstraintViolation"];

/// The profile is refused and not stored.
fn is_refused(lab: &mut Lab<'_>, profile: &Profile) -> Result<(), Failed> {
    let connector = lab.parameters.connector;
    let call = set_call(lab, "set", connector, profile, begin(lab));
    lab.call(call.status("Rejected").or_error(VIOLATION))?;
    let clear = Call::new("stored", "ClearChargingProfile", json!({"id": profile.id}));
    lab.call(clear.status("Unknown")).map(|_| ())
}

fn remote_start(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let profile = Profile::new(1, "TxProfile", COMMON).relative(lab);
    let tag = lab.parameters.valid.clone();
    lab.remote_start_with("remote", &tag, Some(profile))?;
    lab.expect(lab.status_here("preparing", "Preparing"))?;
    lab.plug()?;
    lab.started("session", &tag, None)?;
    let start = utc(lab);
    let (duration, periods) = COMMON;
    check_composite(lab, "schedule", duration, start, periods, duration).map(|_| ())
}

fn remote_start_rejected(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let default = Profile::new(1, "TxDefaultProfile", COMMON).relative(lab);
    remote_start_refused(lab, "default", &default)?;
    let mut max = Profile::new(1, "ChargePointMaxProfile", COMMON).relative(lab);
    max["chargingProfileKind"] = json!("Absolute");
    max["chargingSchedule"]["startSchedule"] = json!(begin(lab).to_string());
    remote_start_refused(lab, "max", &max)?;
    lab.silence("nothing", 10, &[])
}

fn remote_start_refused(lab: &mut Lab<'_>, label: &str, profile: &Value) -> Result<(), Failed> {
    let payload = json!({
        "connectorId": lab.parameters.connector,
        "idTag": lab.parameters.valid,
        "chargingProfile": profile,
    });
    let call = Call::new(label, "RemoteStartTransaction", payload);
    lab.call(call.status("Rejected").or_error(VIOLATION))
        .map(|_| ())
}
