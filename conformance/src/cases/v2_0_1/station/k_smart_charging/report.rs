//! GetChargingProfiles and ReportChargingProfiles: K09.
//!
//! Decided: which profile of the two is asked for with `<Configured stackLevel>` and the like, the descriptions leave open; the
//! one at the EVSE under test is, and the other one is not reported.

use serde_json::{Value, json};

use super::super::evse;
use super::{
    ACCEPTED, CASE, DEFAULT, FIRST, GET, MISREPORTED, NO_PROFILES, REPORT, SECOND, SET, TOLD_LIMIT,
    levels, on_level, request, room, six, six_at_most, smart_charging,
};
use crate::case::Case;
use crate::lab::Lab;
use crate::mutation::{Change::*, fails};
use crate::product::Product;
use crate::step::{State, Step, by_hand, call};
use crate::unmet::Failed;

/// A ChargingStationMaxProfile for the station.
const MOST: Step = call(
    "set.1",
    SET,
    |lab| request(0, six_at_most(lab, 1)),
    ACCEPTED,
);
/// A TxDefaultProfile at the EVSE under test.
const HERE: Step = call(
    "set.2",
    SET,
    |lab| request(evse(lab), six(lab, 2)),
    ACCEPTED,
);

const REPORTED_MOST: Step = by_hand(
    "the station reports its ChargingStationMaxProfile as it was set, at EVSE 0, and nothing else",
    |lab| lab.profiles_reported("report", FIRST, &[1]),
    MISREPORTED,
);
const REPORTED_HERE: Step = by_hand(
    "the station reports the TxDefaultProfile as it was set, at its EVSE, and nothing else",
    |lab| lab.profiles_reported("report", FIRST, &[2]),
    MISREPORTED,
);

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_K_29_CS",
        name: "Get Charging Profile - EvseId 0",
        about: "What is set for the station is reported, and not what is set at an EVSE.",
        requirements: &["K09.FR.02", "K09.FR.05"],
        applies: two_profiles,
        steps: &[
            MOST,
            HERE,
            call("get", GET, |_| asks(Some(json!(0)), json!({})), ACCEPTED),
            REPORTED_MOST,
        ],
        mutations: &[fails(Misread(GET, 0, "/evseId", "1"), "report/evseId")],
        ..CASE
    },
    Case {
        id: "TC_K_30_CS",
        name: "Get Charging Profile - EvseId > 0",
        about: "What is set at an EVSE is reported, and not what is set for the station.",
        requirements: &["K09.FR.02", "K09.FR.04"],
        applies: two_profiles,
        steps: &[
            MOST,
            HERE,
            call("get", GET, |lab| asks(Some(evse(lab)), json!({})), ACCEPTED),
            REPORTED_HERE,
        ],
        mutations: &[fails(Misread(GET, 0, "/evseId", "0"), "report/evseId")],
        ..CASE
    },
    Case {
        id: "TC_K_31_CS",
        name: "Get Charging Profile - No EvseId",
        about: "Everything is reported, each profile at its EVSE.",
        requirements: &["K09.FR.02", "K09.FR.06"],
        applies: two_profiles,
        steps: &[
            MOST,
            HERE,
            call("get", GET, |_| asks(None, json!({})), ACCEPTED),
            by_hand(
                "the station reports both profiles as they were set, each at its EVSE",
                both_reported,
                &[
                    fails(
                        Replace(REPORT, 1, TOLD_LIMIT, "5"),
                        "report.evse/chargingProfile",
                    ),
                    fails(Replace(REPORT, 0, "/tbc", "false"), "report.tbc"),
                    fails(Replace(REPORT, 1, "/tbc", "true"), "report.tbc"),
                ],
            ),
        ],
        mutations: &[fails(Misread(GET, 0, "/evseId", "0"), "report.evse")],
        ..CASE
    },
    Case {
        id: "TC_K_32_CS",
        name: "Get Charging Profile - chargingProfileId",
        about: "The profile with the id that is asked for is reported.",
        requirements: &["K09.FR.01", "K09.FR.02"],
        applies: two_profiles,
        steps: &[
            MOST,
            HERE,
            call(
                "get",
                GET,
                |_| asks(None, json!({"chargingProfileId": [1]})),
                ACCEPTED,
            ),
            REPORTED_MOST,
        ],
        ..CASE
    },
    Case {
        id: "TC_K_33_CS",
        name: "Get Charging Profile - EvseId > 0 + stackLevel",
        about: "The profile of the level that is asked for is reported. Decided: that is the level of the TxDefaultProfile, 1, for \
                the profile of the station, of level 0, is not at this EVSE.",
        requirements: &["K09.FR.02", "K09.FR.04"],
        applies: two_profiles_on_two_levels,
        steps: &[
            MOST,
            HERE_ABOVE,
            call(
                "get",
                GET,
                |lab| asks(Some(evse(lab)), json!({"stackLevel": 1})),
                ACCEPTED,
            ),
            REPORTED_HERE,
        ],
        mutations: &[fails(
            Misread(GET, 0, "/chargingProfile/stackLevel", "0"),
            "get/status",
        )],
        ..CASE
    },
    Case {
        id: "TC_K_34_CS",
        name: "Get Charging Profile - EvseId > 0 + chargingLimitSource",
        about: "What the operator has set is reported as his, and nothing as of an energy management system, which has set \
                nothing.",
        requirements: &["K09.FR.02", "K09.FR.04"],
        applies: levels,
        steps: &[
            HERE_ABOVE,
            call(
                "get",
                GET,
                |lab| asks(Some(evse(lab)), source("CSO")),
                ACCEPTED,
            ),
            REPORTED_HERE,
            call(
                "other",
                GET,
                |lab| {
                    let mut other = asks(Some(evse(lab)), source("EMS"));
                    other["requestId"] = json!(SECOND);
                    other
                },
                NO_PROFILES,
            ),
        ],
        mutations: &[fails(
            Misread(GET, 1, "/chargingProfile/chargingLimitSource", r#"["CSO"]"#),
            "other/status",
        )],
        ..CASE
    },
    Case {
        id: "TC_K_35_CS",
        name: "Get Charging Profile - EvseId > 0 + chargingProfilePurpose",
        about: "The profile of the purpose that is asked for is reported, while somebody charges (erratum 6.2.70).",
        requirements: &["K09.FR.02", "K09.FR.04"],
        applies: two_profiles,
        steps: &[
            MOST,
            HERE,
            Step::State(State::EnergyTransferStarted),
            call(
                "get",
                GET,
                |lab| asks(Some(evse(lab)), json!({"chargingProfilePurpose": DEFAULT})),
                ACCEPTED,
            ),
            REPORTED_HERE,
        ],
        mutations: &[fails(
            Misread(
                GET,
                0,
                "/chargingProfile/chargingProfilePurpose",
                r#""TxProfile""#,
            ),
            "get/status",
        )],
        ..CASE
    },
    Case {
        id: "TC_K_36_CS",
        name: "Get Charging Profile - EvseId > 0 + chargingProfilePurpose + stackLevel",
        about: "The profile of the purpose and level that are asked for is reported.",
        requirements: &["K09.FR.02", "K09.FR.04"],
        applies: two_profiles,
        steps: &[
            MOST,
            HERE,
            call(
                "get",
                GET,
                |lab| {
                    let of = json!({"chargingProfilePurpose": DEFAULT, "stackLevel": 0});
                    asks(Some(evse(lab)), of)
                },
                ACCEPTED,
            ),
            REPORTED_HERE,
        ],
        mutations: &[fails(
            Misread(GET, 0, "/chargingProfile/stackLevel", "1"),
            "get/status",
        )],
        ..CASE
    },
];

const HERE_ABOVE: Step = call(
    "set.2",
    SET,
    |lab: &Lab<'_>| request(evse(lab), on_level(six(lab, 2), 1)),
    ACCEPTED,
);

/// Two reports in any order, of which the last one says so.
fn both_reported(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let station = lab.report_of("report.station", FIRST, 1);
    let evse = lab.report_of("report.evse", FIRST, 2);
    let mut told: Vec<_> = lab
        .unordered(vec![station, evse])?
        .into_iter()
        .flatten()
        .collect();
    told.sort_by_key(|report| report.order);
    let more = told.iter().map(|report| report.payload["tbc"] == true);
    let more: Vec<bool> = more.collect();
    if more == [true, false] {
        return Ok(());
    }
    let expected = "tbc to be true in the first report only";
    lab.fail("report.tbc", expected, format!("it was {more:?}"))
}

fn two_profiles(product: &Product) -> Result<(), &'static str> {
    smart_charging(product)?;
    room(product, 2, 1)
}

fn two_profiles_on_two_levels(product: &Product) -> Result<(), &'static str> {
    levels(product)?;
    room(product, 2, 1)
}

fn asks(evse: Option<Value>, profiles: Value) -> Value {
    let mut request = json!({"requestId": FIRST});
    request["chargingProfile"] = profiles;
    if let Some(evse) = evse {
        request["evseId"] = evse;
    }
    request
}

fn source(source: &str) -> Value {
    json!({"chargingLimitSource": [source]})
}
