//! GetCompositeSchedule, K08: of several profiles, of none, and refused.
//!
//! Decided as in [`composite`](super::composite).

use serde_json::json;

use super::super::{evse, transaction};
use super::composite::{START, schedule};
use super::set::{one_unit, other_unit};
use super::{
    ACCEPTED, CASE, COMPOSITE, DEFAULT, LIMIT, MAX, MAY_TELL, SET, TX, from, levels, on_level,
    profile, request, room, smart_charging, valid,
};
use crate::case::Case;
use crate::lab::{Lab, Wanted::*, Window};
use crate::mutation::{Change::*, fails};
use crate::step::{Rule, State, Step, absent, by_hand, call, is};

const REFUSED: &[Rule] = &[is("/status", "Rejected"), absent("/schedule")];

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
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
