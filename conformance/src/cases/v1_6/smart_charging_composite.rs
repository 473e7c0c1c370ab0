//! Smart charging: several profiles and what follows from them, TC_066, TC_067 and TC_072.

use serde_json::{Value, json};

use super::CASE;
use super::profiles::{Profile, begin, check_composite, composite, deviation, periods, set};
use super::smart_charging::{charging, smart_charging};
use crate::case::{self, Case};
use crate::lab::{Call, Lab};
use crate::mutation::{Change::*, fails};
use crate::product::Product;
use crate::unmet::Failed;

const SMART: Case = Case {
    profile: case::Profile::SmartCharging,
    applies: stack_of_two,
    ..CASE
};

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_066_CS",
        name: "Get Composite Schedule",
        about: "A ChargePointMaxProfile, a TxDefaultProfile and a TxProfile together: the TxProfile overrides the \
                TxDefaultProfile while it lasts, the ChargePointMaxProfile caps both. Decided: a transaction is running, \
                as the TxProfile needs one.",
        requirements: &[
            "1.6 section 3.13.2",
            "1.6 section 3.13.3",
            "1.6 section 5.7",
        ],
        applies: three_profiles,
        run: three_purposes,
        mutations: &[
            fails(
                Answer("SetChargingProfile", 0, "/status", r#""Rejected""#),
                "set.1/status",
            ),
            fails(
                Answer("SetChargingProfile", 1, "/status", r#""Rejected""#),
                "set.2/status",
            ),
            fails(
                Answer("SetChargingProfile", 2, "/status", r#""Rejected""#),
                "set.3/status",
            ),
            fails(
                Answer(
                    "GetCompositeSchedule",
                    0,
                    "/chargingSchedule/chargingSchedulePeriod/0/startPeriod",
                    "1",
                ),
                "schedule.periods",
            ),
            fails(
                Misread("SetChargingProfile", 0, LIMIT_0, "25000"),
                "schedule.periods",
            ),
            fails(
                Misread("SetChargingProfile", 1, LIMIT_4, "6"),
                "schedule.periods",
            ),
            fails(
                Misread("SetChargingProfile", 2, LIMIT_4, "9"),
                "schedule.periods",
            ),
            fails(
                Misread(
                    "SetChargingProfile",
                    2,
                    "/csChargingProfiles/chargingSchedule/duration",
                    "230",
                ),
                "schedule.periods",
            ),
            fails(
                Answer(
                    "GetCompositeSchedule",
                    0,
                    "/chargingSchedule/duration",
                    "300",
                ),
                "schedule/chargingSchedule/duration",
            ),
        ],
        ..SMART
    },
    Case {
        id: "TC_067_CS",
        name: "Clear Charging Profile",
        about: "Profiles are cleared by id, by the other fields together, and all at once. Decided: no transaction; besides \
                the TxDefaultProfile of the description one with stack level 0 and a ChargePointMaxProfile are \
                installed. After the first two clear requests the schedule is what the remaining profiles say, after \
                the last one no limit of the three is left.",
        requirements: &["1.6 section 5.5", "1.6 erratum 3.25", "1.6 section 5.7"],
        applies: three_profiles_on_two_levels,
        run: clear,
        mutations: &[
            fails(
                Answer("ClearChargingProfile", 0, "/status", r#""Unknown""#),
                "clear.1/status",
            ),
            fails(
                Misread("ClearChargingProfile", 0, "/id", "2"),
                "schedule.1.periods",
            ),
            fails(
                Misread("ClearChargingProfile", 1, "/stackLevel", "1"),
                "clear.2/status",
            ),
            fails(
                Misread(
                    "ClearChargingProfile",
                    1,
                    "/chargingProfilePurpose",
                    r#""ChargePointMaxProfile""#,
                ),
                "clear.2/status",
            ),
            fails(
                Misread("ClearChargingProfile", 1, "/id", "3"),
                "schedule.2.periods",
            ),
            fails(
                Misread("ClearChargingProfile", 2, "/connectorId", "2"),
                "clear.3/status",
            ),
            fails(
                Answer(
                    "GetCompositeSchedule",
                    2,
                    "/chargingSchedule/chargingSchedulePeriod/0/limit",
                    "9000",
                ),
                "schedule.3.left",
            ),
        ],
        ..SMART
    },
    Case {
        id: "TC_072_CS",
        name: "Stacking Charging Profiles",
        about: "The higher stack level wins while its schedule lasts; then the lower one goes on at its own offset. \
                Decided: no transaction, and the values of the description.",
        requirements: &[
            "1.6 section 3.13.2",
            "1.6 section 3.13.3",
            "1.6 section 5.7",
        ],
        run: stacking,
        mutations: &[
            fails(
                Answer("SetChargingProfile", 1, "/status", r#""Rejected""#),
                "set.2/status",
            ),
            fails(
                Misread(
                    "SetChargingProfile",
                    1,
                    "/csChargingProfiles/stackLevel",
                    "0",
                ),
                "schedule.periods",
            ),
            fails(
                Misread("SetChargingProfile", 0, LIMIT_2, "9"),
                "schedule.periods",
            ),
            fails(
                Misread(
                    "SetChargingProfile",
                    1,
                    "/csChargingProfiles/chargingSchedule/duration",
                    "160",
                ),
                "schedule.periods",
            ),
            fails(
                Answer(
                    "GetCompositeSchedule",
                    0,
                    "/chargingSchedule/chargingRateUnit",
                    r#""kW""#,
                ),
                "schema",
            ),
        ],
        ..SMART
    },
];

const LIMIT_0: &str = "/csChargingProfiles/chargingSchedule/chargingSchedulePeriod/0/limit";
const LIMIT_2: &str = "/csChargingProfiles/chargingSchedule/chargingSchedulePeriod/2/limit";
const LIMIT_4: &str = "/csChargingProfiles/chargingSchedule/chargingSchedulePeriod/4/limit";

fn stack_of_two(product: &Product) -> Result<(), &'static str> {
    smart_charging(product)?;
    if product.limits.stack_level < 1 {
        return Err("there is one stack level only (ORS-14)");
    }
    room(product, 2, 3)
}

fn three_profiles(product: &Product) -> Result<(), &'static str> {
    smart_charging(product)?;
    room(product, 3, 5)
}

fn three_profiles_on_two_levels(product: &Product) -> Result<(), &'static str> {
    stack_of_two(product)?;
    room(product, 3, 3)
}

fn room(product: &Product, profiles: usize, periods: usize) -> Result<(), &'static str> {
    let limits = &product.limits;
    if limits.charging_profiles.is_some_and(|most| most < profiles) {
        Err("MaxChargingProfilesInstalled is too low (ORS-19)")
    } else if limits.schedule_periods < periods {
        Err("ChargingScheduleMaxPeriods is too low (ORS-15)")
    } else {
        Ok(())
    }
}

fn three_purposes(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let transaction = charging(lab)?;
    let more = deviation(lab);
    let start = begin(lab);
    let connector = lab.parameters.connector;
    let max = Profile::new(1, "ChargePointMaxProfile", (86_400 + more, &[(0, 10)]));
    let default = (
        300 + more,
        &[(0, 6), (60, 10), (120, 8), (180, 25), (260, 8)][..],
    );
    let default = Profile::new(2, "TxDefaultProfile", default);
    let own = (
        260 + more,
        &[(0, 8), (50, 11), (140, 16), (200, 6), (240, 12)][..],
    );
    let own = Profile {
        transaction: Some(transaction),
        ..Profile::new(3, "TxProfile", own)
    };
    set(lab, "set.1", 0, &max, start)?;
    set(lab, "set.2", connector, &default, start)?;
    set(lab, "set.3", connector, &own, start)?;
    let expected = [
        (0, 8),
        (50, 10),
        (200, 6),
        (240, 10),
        (260 + more, 8),
        (300 + more, 10),
    ];
    check_composite(lab, "schedule", 400, start, &expected, 86_400).map(|_| ())
}

fn clear(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let connector = lab.parameters.connector;
    let start = begin(lab);
    let duration = 400 + deviation(lab);
    let first = Profile {
        stack_level: 1,
        ..Profile::new(
            1,
            "TxDefaultProfile",
            (duration, &[(0, 6), (60, 8), (200, 10)]),
        )
    };
    let second = Profile::new(2, "TxDefaultProfile", (duration, &[(0, 7)]));
    let third = Profile::new(3, "ChargePointMaxProfile", (duration, &[(0, 9)]));
    set(lab, "set.1", connector, &first, start)?;
    set(lab, "set.2", connector, &second, start)?;
    set(lab, "set.3", 0, &third, start)?;

    cleared(lab, "clear.1", json!({"id": 1}))?;
    check_composite(lab, "schedule.1", 350, start, &[(0, 7)], duration)?;
    let by_fields = json!({
        "connectorId": connector,
        "chargingProfilePurpose": "TxDefaultProfile",
        "stackLevel": 0,
    });
    cleared(lab, "clear.2", by_fields)?;
    check_composite(lab, "schedule.2", 350, start, &[(0, 9)], duration)?;
    cleared(lab, "clear.3", json!({}))?;
    nothing_left(lab, &[6, 7, 8, 9, 10])
}

fn cleared(lab: &mut Lab<'_>, label: &str, filter: Value) -> Result<(), Failed> {
    let call = Call::new(label, "ClearChargingProfile", filter);
    lab.call(call.status("Accepted")).map(|_| ())
}

/// The composite schedule has none of these limits.
fn nothing_left(lab: &mut Lab<'_>, limits: &[u32]) -> Result<(), Failed> {
    let (_, payload) = composite(lab, "schedule.3", 350)?;
    let factor = if lab.parameters.rate_unit == "W" {
        1000
    } else {
        1
    };
    let is = |limit: f64| {
        let mut limits = limits.iter().map(|known| f64::from(known * factor));
        limits.any(|known| (known - limit).abs() < 1e-9)
    };
    match periods(&payload).iter().find(|(_, limit)| is(*limit)) {
        None => Ok(()),
        Some((_, limit)) => lab.fail(
            "schedule.3.left",
            "no limit of the cleared profiles",
            format!("one was {limit}"),
        ),
    }
}

fn stacking(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let connector = lab.parameters.connector;
    let start = begin(lab);
    let more = deviation(lab);
    let low = Profile {
        valid: Some(400 + more),
        ..Profile::new(
            1,
            "TxDefaultProfile",
            (400 + more, &[(0, 6), (100, 8), (200, 10)]),
        )
    };
    let high = Profile {
        stack_level: 1,
        valid: Some(400 + more),
        ..Profile::new(2, "TxDefaultProfile", (150 + more, &[(0, 7), (100, 9)]))
    };
    set(lab, "set.1", connector, &low, start)?;
    set(lab, "set.2", connector, &high, start)?;
    let expected = [(0, 7), (100, 9), (150 + more, 8), (200, 10)];
    check_composite(lab, "schedule", 350, start, &expected, 400 + more).map(|_| ())
}
