//! GetCompositeSchedule, K08, and the cases of K01 and K10 that look at one.
//!
//! Decided: the start of a composite schedule is the time of the request, give or take `<Configured max time deviation>`, in
//! every case (errata 6.2.71 to 6.2.74); what a description calls x is counted from the schedule that was sent. Periods with
//! the same limit may be merged. What comes after the last schedule is the station's own limit and is not looked at.

use serde_json::json;

use super::super::{evse, transaction};
use super::set::{LIMITED, one_unit, other_unit};
use super::{
    ACCEPTED, CASE, CLEAR, COMPOSITE, DEFAULT, LIMIT, MAX, MAY_TELL, SET, SIGNIFICANCE, TX, from,
    levels, on_level, profile, request, room, smart_charging, valid,
};
use crate::case::Case;
use crate::lab::{Lab, Steps, Wanted::*, Window};
use crate::mutation::{Change::*, Mutation, fails};
use crate::step::{Rule, State, Step, absent, by_hand, call, is};
use crate::unmet::Failed;

const START: &str = "/chargingSchedule/0/startSchedule";
const TOLD_LIMIT: &str = "/schedule/chargingSchedulePeriod/0/limit";
const REFUSED: &[Rule] = &[is("/status", "Rejected"), absent("/schedule")];

/// The first limit is another one, or the wrong unit is told.
const WRONG: &[Mutation] = &[
    fails(Answer(COMPOSITE, 0, TOLD_LIMIT, "5.5"), "schedule.periods"),
    fails(
        Answer(
            COMPOSITE,
            0,
            "/schedule/chargingSchedulePeriod",
            "[{\"startPeriod\":0,\"limit\":1}]",
        ),
        "schedule.periods",
    ),
];

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_K_09_CS",
        name: "Clear Charging Profile - Clearing a TxDefaultProfile - With ongoing transaction",
        about: "A TxDefaultProfile without validFrom and validTo (erratum 6.2.66) limits the running transaction until it is \
                cleared. Decided: the first request asks for 300 seconds, as its answer must be of them; of the second answer \
                only the first limit is looked at.",
        requirements: &["K10.FR.07", "K08.FR.02"],
        applies: smart_charging,
        config: &[SIGNIFICANCE],
        steps: &[
            call(
                "set",
                SET,
                |lab| {
                    let more = lab.deviation();
                    let six = profile(lab, 1, DEFAULT, "Absolute", &[(0, 6)]);
                    request(evse(lab), from(six, lab, 0, 400 + more))
                },
                ACCEPTED,
            ),
            Step::State(State::EnergyTransferStarted),
            LIMITED,
            by_hand(
                "GetCompositeSchedule.req for 300 s: the limit is 6",
                |lab| schedule(lab, "schedule", 300, (START, &[(0, Is(6))], 400)),
                WRONG,
            ),
            call(
                "clear",
                CLEAR,
                |_| json!({"chargingProfileCriteria": {"chargingProfilePurpose": DEFAULT}}),
                ACCEPTED,
            ),
            MAY_TELL,
            by_hand(
                "the hardware is told another limit, where that can be seen",
                |lab| lab.check_limit("limit.after", IsNot(6)),
                &[fails(
                    Misread(
                        CLEAR,
                        0,
                        "/chargingProfileCriteria/chargingProfilePurpose",
                        r#""TxProfile""#,
                    ),
                    "clear/status",
                )],
            ),
            by_hand(
                "GetCompositeSchedule.req for 300 s: the first limit is not 6",
                no_longer_six,
                &[fails(Stale(COMPOSITE, 1), "after.periods")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_K_21_CS",
        name: "Set Charging Profile - ValidFrom",
        about: "A profile that is valid in 300 s limits from then on.",
        requirements: &["K01.FR.36", "K08.FR.02"],
        applies: smart_charging,
        steps: &[
            call(
                "set",
                SET,
                |lab| {
                    let mut six = profile(lab, 1, DEFAULT, "Relative", &[(0, 6)]);
                    six["validFrom"] = json!(lab.utc_in(300));
                    request(evse(lab), six)
                },
                ACCEPTED,
            ),
            by_hand(
                "GetCompositeSchedule.req for 400 s: the station's own limit, and 6 after 300 s",
                |lab| {
                    let steps = &[(-300, Local), (0, Is(6))];
                    schedule(lab, "schedule", 400, ("/validFrom", steps, 100))
                },
                &[
                    fails(
                        Misread(
                            SET,
                            0,
                            "/chargingProfile/validFrom",
                            r#""2001-01-01T00:00:00Z""#,
                        ),
                        "schedule.periods",
                    ),
                    fails(Misread(SET, 0, LIMIT, "5"), "schedule.periods"),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_K_22_CS",
        name: "Set Charging Profile - ValidTo",
        about: "A profile for all EVSEs that is valid for 300 s limits the station and each EVSE until then.",
        requirements: &["K01.FR.37", "K08.FR.02", "K08.FR.03"],
        applies: smart_charging,
        steps: &[
            call(
                "set",
                SET,
                |lab| {
                    let mut six = profile(lab, 1, DEFAULT, "Absolute", &[(0, 6)]);
                    six["chargingSchedule"][0]["startSchedule"] = json!(lab.utc_in(0));
                    request(0, valid(six, lab, -lab.deviation(), 300))
                },
                ACCEPTED,
            ),
            by_hand(
                "GetCompositeSchedule.req for 400 s of the station and of each EVSE: the limit is 6, that of the station so \
                 many times 6 as there are EVSEs, for 300 s; then whatever the station can do",
                |lab| {
                    for evse in 0..=lab.parameters.connectors {
                        let window = Window {
                            evse,
                            duration: 400,
                        };
                        let since = lab.instant_of(1, "/validTo");
                        let steps = &[(-300, Is(6)), (0, Local)];
                        // Only that something else begins then is looked at.
                        let wanted = Steps {
                            since,
                            steps,
                            until: 2 * lab.deviation() + 1,
                        };
                        lab.check_composite(&format!("schedule.{evse}"), window, wanted)?;
                    }
                    Ok(())
                },
                &[
                    fails(
                        Misread(
                            SET,
                            0,
                            "/chargingProfile/validTo",
                            r#""2099-01-01T00:00:00Z""#,
                        ),
                        "schedule.0.periods",
                    ),
                    fails(Misread(SET, 0, "/evseId", "1"), "schedule.0.periods"),
                    fails(
                        Answer(COMPOSITE, 1, TOLD_LIMIT, "5.5"),
                        "schedule.1.periods",
                    ),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_K_23_CS",
        name: "Set Charging Profile - StartSchedule",
        about: "A profile whose schedule starts in 60 s limits from then on; it has no validFrom and no validTo (erratum \
                6.2.67).",
        requirements: &["K01.FR.30", "K08.FR.02"],
        applies: smart_charging,
        steps: &[
            call(
                "set",
                SET,
                |lab| {
                    let mut six = profile(lab, 1, DEFAULT, "Absolute", &[(0, 6)]);
                    six["chargingSchedule"][0]["startSchedule"] = json!(lab.utc_in(60));
                    request(evse(lab), six)
                },
                ACCEPTED,
            ),
            by_hand(
                "GetCompositeSchedule.req for 300 s: the station's own limit, and 6 after 60 s",
                |lab| {
                    let steps = &[(-60, Local), (0, Is(6))];
                    schedule(lab, "schedule", 300, (START, steps, 300))
                },
                &[
                    fails(
                        Misread(
                            SET,
                            0,
                            "/chargingProfile/chargingSchedule/0/startSchedule",
                            r#""2001-01-01T00:00:00Z""#,
                        ),
                        "schedule.periods",
                    ),
                    fails(Misread(SET, 0, LIMIT, "5"), "schedule.periods"),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_K_28_CS",
        name: "Set Charging Profile - TxDefaultProfile with transaction ongoing",
        about: "A TxDefaultProfile without validFrom and validTo (erratum 6.2.68) limits a transaction that runs already.",
        requirements: &["K01.FR.32", "K08.FR.02"],
        applies: smart_charging,
        config: &[SIGNIFICANCE],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            call(
                "set",
                SET,
                |lab| {
                    let more = lab.deviation();
                    let six = profile(lab, 1, DEFAULT, "Absolute", &[(0, 6)]);
                    request(evse(lab), from(six, lab, -more, 400 + more))
                },
                ACCEPTED,
            ),
            MAY_TELL,
            LIMITED,
            by_hand(
                "GetCompositeSchedule.req for 300 s: the limit is 6",
                |lab| schedule(lab, "schedule", 300, (START, &[(0, Is(6))], 400)),
                WRONG,
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_K_39_CS",
        name: "Get Composite Schedule - No ChargingProfile installed on Charging Station",
        about: "Without profiles the composite schedule is what the station can do, whatever that is.",
        requirements: &["K08.FR.02", "K08.FR.03", "K08.FR.06"],
        applies: smart_charging,
        steps: &[by_hand(
            "GetCompositeSchedule.req for 300 s of the station: it begins now and at second 0",
            |lab| {
                let window = Window {
                    evse: 0,
                    duration: 300,
                };
                lab.composite("schedule", window).map(|_| ())
            },
            &[fails(
                Answer(COMPOSITE, 0, "/schedule/evseId", "1"),
                "schedule/schedule/evseId",
            )],
        )],
        ..CASE
    },
    Case {
        id: "TC_K_40_CS",
        name: "Get Composite Schedule - Stacking ChargingProfiles",
        about: "The higher stack level leads while its schedule lasts; then the lower one goes on where it is by then (errata \
                6.2.72, 6.2.74).",
        requirements: &["K08.FR.02", "K08.FR.06"],
        applies: |product| {
            levels(product)?;
            room(product, 2, 3)
        },
        steps: &[
            call(
                "set.1",
                SET,
                |lab| {
                    let low = &[(0, 6), (100, 8), (200, 10)];
                    request(evse(lab), lasting(lab, 1, DEFAULT, 400, low))
                },
                ACCEPTED,
            ),
            call(
                "set.2",
                SET,
                |lab| {
                    let mut high = lasting(lab, 2, DEFAULT, 150, &[(0, 7), (100, 9)]);
                    // The same start for both.
                    high["chargingSchedule"][0]["startSchedule"] = lab.of_profile(1, START);
                    request(evse(lab), on_level(high, 1))
                },
                ACCEPTED,
            ),
            by_hand(
                "GetCompositeSchedule.req for 350 s: 7, after 100 s 9, after 150 s 8, after 200 s 10",
                |lab| {
                    let end = 150 + lab.deviation();
                    let steps = [(0, Is(7)), (100, Is(9)), (end, Is(8)), (200, Is(10))];
                    let until = 400 + lab.deviation();
                    schedule(lab, "schedule", 350, (START, &steps, until))
                },
                &[
                    fails(
                        Misread(
                            SET,
                            1,
                            "/chargingProfile/chargingSchedule/0/duration",
                            "190",
                        ),
                        "schedule.periods",
                    ),
                    fails(
                        Misread(
                            SET,
                            0,
                            "/chargingProfile/chargingSchedule/0/chargingSchedulePeriod/2/limit",
                            "9",
                        ),
                        "schedule.periods",
                    ),
                    fails(Misread(SET, 1, LIMIT, "6"), "schedule.periods"),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_K_41_CS",
        name: "Get Composite Schedule - Combining chargingProfilePurposes",
        about: "The TxProfile leads while it lasts, then the TxDefaultProfile; the ChargingStationMaxProfile caps both (errata \
                6.2.73 to 6.2.75). Decided: energy flows before the profiles are set, as a TxProfile needs a transaction; the three \
                begin at the same instant, from which x and y are counted, and last `<Configured max time deviation>` longer.",
        requirements: &["K08.FR.02", "K08.FR.04"],
        applies: |product| {
            smart_charging(product)?;
            room(product, 3, 5)
        },
        steps: &[
            Step::State(State::EnergyTransferStarted),
            call(
                "set.1",
                SET,
                |lab| {
                    let more = lab.deviation();
                    let ten = profile(lab, 1, MAX, "Absolute", &[(0, 10)]);
                    request(0, from(ten, lab, -more, 86_400 + more))
                },
                ACCEPTED,
            ),
            call(
                "set.2",
                SET,
                |lab| {
                    let steps = &[(0, 6), (60, 10), (120, 8), (180, 15), (260, 8)];
                    request(evse(lab), together(lab, 2, DEFAULT, 300, steps))
                },
                ACCEPTED,
            ),
            call(
                "set.3",
                SET,
                |lab| {
                    let steps = &[(0, 8), (50, 11), (140, 16), (200, 6), (240, 12)];
                    let mut own = together(lab, 3, TX, 260, steps);
                    own["transactionId"] = transaction(lab);
                    request(evse(lab), own)
                },
                ACCEPTED,
            ),
            MAY_TELL,
            MAY_TELL,
            MAY_TELL,
            by_hand(
                "the hardware is told the limit of the TxProfile, where that can be seen",
                |lab| lab.check_limit("limit", Is(8)),
                &[fails(Misread(SET, 2, LIMIT, "7"), "limit")],
            ),
            by_hand(
                "GetCompositeSchedule.req for 400 s: 8, after 50 s 10, after 200 s 6, after 240 s 10, after 260 s 8, after \
                 300 s 10",
                |lab| {
                    let more = lab.deviation();
                    let steps = [
                        (0, Is(8)),
                        (50, Is(10)),
                        (200, Is(6)),
                        (240, Is(10)),
                        (260 + more, Is(8)),
                        (300 + more, Is(10)),
                    ];
                    schedule(lab, "schedule", 400, (START, &steps, 86_400))
                },
                &[
                    fails(Misread(SET, 0, LIMIT, "25"), "schedule.periods"),
                    fails(
                        Misread(
                            SET,
                            1,
                            "/chargingProfile/chargingSchedule/0/chargingSchedulePeriod/4/limit",
                            "9",
                        ),
                        "schedule.periods",
                    ),
                    fails(
                        Misread(
                            SET,
                            2,
                            "/chargingProfile/chargingSchedule/0/duration",
                            "220",
                        ),
                        "schedule.periods",
                    ),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_K_42_CS",
        name: "Get Composite Schedule - chargingRateUnit not supported",
        about: "A composite schedule in a unit that the station does not take is refused.",
        requirements: &["K08.FR.07"],
        applies: one_unit,
        steps: &[call(
            "schedule",
            COMPOSITE,
            |lab| json!({"evseId": 0, "duration": 300, "chargingRateUnit": other_unit(lab)}),
            REFUSED,
        )],
        ..CASE
    },
    Case {
        id: "TC_K_47_CS",
        name: "Get Composite Schedule - Unknown EVSEId",
        about: "A composite schedule of an EVSE that there is not is refused.",
        requirements: &["K08.FR.05"],
        applies: smart_charging,
        steps: &[call(
            "schedule",
            COMPOSITE,
            |lab| {
                json!({
                    "evseId": lab.parameters.connectors + 1, "duration": 300,
                    "chargingRateUnit": lab.parameters.rate_unit,
                })
            },
            REFUSED,
        )],
        ..CASE
    },
];

/// A profile that begins `<Configured max time deviation>` ago, lasts so many seconds from now, and is valid a little longer
/// than any.
fn lasting(
    lab: &Lab<'_>,
    id: i64,
    purpose: &str,
    duration: i64,
    periods: &[(u32, u32)],
) -> serde_json::Value {
    let more = lab.deviation();
    let lasting = profile(lab, id, purpose, "Absolute", periods);
    let lasting = from(lasting, lab, -more, duration + more);
    valid(lasting, lab, -more, more + 401)
}

/// The same with the start of the first profile.
fn together(
    lab: &Lab<'_>,
    id: i64,
    purpose: &str,
    duration: i64,
    periods: &[(u32, u32)],
) -> serde_json::Value {
    let mut together = lasting(lab, id, purpose, duration, periods);
    together["chargingSchedule"][0]["startSchedule"] = lab.of_profile(1, START);
    together
}

/// The composite schedule of the EVSE under test begins with another limit than 6.
fn no_longer_six(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let window = Window {
        evse: lab.parameters.connector,
        duration: 300,
    };
    let (_, periods) = lab.composite("after", window)?;
    let first = periods.first().map(|(_, limit)| *limit);
    let six = f64::from(6 * lab.multiplier());
    if first.is_some_and(|limit| (limit - six).abs() >= 1e-9) {
        return Ok(());
    }
    lab.fail(
        "after.periods",
        format!("another limit than {six} at first"),
        format!("it was {first:?}"),
    )
}

/// The composite schedule of the EVSE under test, counted from an instant of the first profile.
fn schedule(
    lab: &mut Lab<'_>,
    label: &str,
    duration: u32,
    (since, steps, until): (&str, &[(i64, crate::lab::Wanted)], i64),
) -> Result<(), Failed> {
    let evse = lab.parameters.connector;
    let since = lab.instant_of(1, since);
    let window = Window { evse, duration };
    let wanted = Steps {
        since,
        steps,
        until,
    };
    lab.check_composite(label, window, wanted)
}
