//! GetCompositeSchedule, K08, and the cases of K01 and K10 that look at one.
//!
//! Decided: the start of a composite schedule is the time of the request, give or take `<Configured max time deviation>`, in
//! every case (errata 6.2.71 to 6.2.74); what a description calls x is counted from the schedule that was sent. Periods with
//! the same limit may be merged. What comes after the last schedule is the station's own limit and is not looked at.

use serde_json::json;

use super::super::evse;
use super::set::LIMITED;
use super::{
    ACCEPTED, CASE, CLEAR, COMPOSITE, DEFAULT, LIMIT, MAY_TELL, SET, SIGNIFICANCE, from, profile,
    request, smart_charging, valid,
};
use crate::case::Case;
use crate::lab::{Lab, Steps, Wanted::*, Window};
use crate::mutation::{Change::*, Mutation, fails};
use crate::step::{State, Step, by_hand, call};
use crate::unmet::Failed;

pub(super) const START: &str = "/chargingSchedule/0/startSchedule";
const TOLD_LIMIT: &str = "/schedule/chargingSchedulePeriod/0/limit";

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
];

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
pub(super) fn schedule(
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
