//! K09: which charging profiles a station has.

use ocpp_core::csms::remote::{Command, Operation, ProfileCriteria};
use serde_json::{Value, json};

use super::k_set::{BLOCK, ID, INSTALLED, STATION, profile};
use super::states::CHARGING;
use super::{HERE, accepted, everywhere, evse, operation};
use crate::case::{Case, Profile};
use crate::lab::Lab;
use crate::step::{
    Rule, Step, absent, call, compared, expect_answering, is, known, number, operate, present, told,
};

const GET: &str = "GetChargingProfiles";
/// `<Configured chargingProfilePurpose>`.
const PURPOSE: &str = "TxDefaultProfile";
/// `<Configured chargingLimitSource>`.
const SOURCE: &str = "CSO";

fn list(evse: Option<i64>, criteria: ProfileCriteria) -> Command {
    operation(Operation::ListProfiles { evse, criteria })
}

fn by_purpose() -> ProfileCriteria {
    ProfileCriteria {
        purpose: Some(PURPOSE.to_owned()),
        ..ProfileCriteria::default()
    }
}

fn by_level(lab: &Lab<'_>) -> ProfileCriteria {
    ProfileCriteria {
        stack_level: Some(lab.parameters.stack_level.into()),
        ..ProfileCriteria::default()
    }
}

/// ReportChargingProfiles of a profile at an EVSE.
fn report(lab: &Lab<'_>, evse: u32, purpose: &str, source: &str) -> Value {
    json!({
        "requestId": lab.requested(GET, "/requestId"), "chargingLimitSource": source,
        "evseId": evse, "chargingProfile": [profile(lab, ID, purpose, 6)],
    })
}

/// The operator is told about the profile.
const TOLD: Step = told(
    "told",
    &[
        number("/report/0/chargingProfile/0/id", ID),
        is(
            "/report/0/chargingProfile/0/chargingProfilePurpose",
            PURPOSE,
        ),
    ],
);
const HERE_REPORTED: Step = Step::Reusable(
    "the station reports the profile at the EVSE under test",
    &[
        call(
            "report",
            "ReportChargingProfiles",
            |lab| report(lab, lab.parameters.connector, PURPOSE, SOURCE),
            &[],
        ),
        TOLD,
    ],
);

const ANYWHERE: Rule = absent("/evseId");
const NO_ID: Rule = absent("/chargingProfile/chargingProfileId");
const NO_LEVEL: Rule = absent("/chargingProfile/stackLevel");
const NO_PURPOSE: Rule = absent("/chargingProfile/chargingProfilePurpose");
const NO_SOURCE: Rule = absent("/chargingProfile/chargingLimitSource");
const OF_PURPOSE: Rule = is("/chargingProfile/chargingProfilePurpose", PURPOSE);
const OF_LEVEL: Rule = known("/chargingProfile/stackLevel", "the stack level", |lab| {
    json!(lab.parameters.stack_level)
});
const NUMBERED: Rule = present("/requestId");

/// The station has told which profiles it has.
pub(super) const REPORTED: Step = Step::Reusable(
    "the station reports the profile",
    &[
        operate("list the profiles at the EVSE under test", |lab| {
            list(Some(evse(lab)), by_purpose())
        }),
        expect_answering("listed", GET, &[HERE, OF_PURPOSE], accepted),
        HERE_REPORTED,
    ],
);

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_K_29_CSMS",
        name: "Get Charging Profile - EvseId 0",
        about: "The profiles of the station itself; a purpose, because something has to be asked for (erratum 6.3.13).",
        requirements: &["K09.FR.03"],
        steps: &[
            CHARGING,
            operate("list the profiles of the station itself", |_| {
                list(Some(0), by_purpose())
            }),
            expect_answering(
                "get",
                GET,
                &[NUMBERED, STATION, OF_PURPOSE, NO_LEVEL, NO_SOURCE, NO_ID],
                accepted,
            ),
            call(
                "report",
                "ReportChargingProfiles",
                |lab| report(lab, 0, PURPOSE, SOURCE),
                &[],
            ),
            TOLD,
        ],
        ..BLOCK
    },
    Case {
        id: "TC_K_30_CSMS",
        name: "Get Charging Profile - EvseId > 0",
        about: "The profiles at an EVSE; a purpose, because something has to be asked for (erratum 6.3.13).",
        requirements: &["K09.FR.03"],
        steps: &[
            INSTALLED,
            operate("list the profiles at the EVSE under test", |lab| {
                list(Some(evse(lab)), by_purpose())
            }),
            expect_answering(
                "get",
                GET,
                &[NUMBERED, HERE, OF_PURPOSE, NO_LEVEL, NO_SOURCE, NO_ID],
                accepted,
            ),
            HERE_REPORTED,
        ],
        ..BLOCK
    },
    Case {
        id: "TC_K_31_CSMS",
        name: "Get Charging Profile - No EvseId",
        about: "The profiles everywhere, in a report for each EVSE; a purpose, because something has to be asked for (erratum 6.3.13).",
        requirements: &["K09.FR.03"],
        steps: &[
            INSTALLED,
            operate("list the profiles at every EVSE", |_| {
                list(None, by_purpose())
            }),
            expect_answering(
                "get",
                GET,
                &[NUMBERED, ANYWHERE, OF_PURPOSE, NO_LEVEL, NO_SOURCE, NO_ID],
                accepted,
            ),
            everywhere(
                "report",
                "ReportChargingProfiles",
                |lab| {
                    let evse = lab.parameters.connector;
                    let mut report = report(lab, evse, PURPOSE, SOURCE);
                    report["tbc"] = json!(evse < lab.parameters.connectors);
                    report
                },
                None,
            ),
            told(
                "told",
                &[compared(
                    "/report",
                    "a report of each EVSE, with the profile",
                    |lab| json!(lab.parameters.connectors),
                    |reports, evses| {
                        let all = reports.as_array().into_iter().flatten();
                        let with = all.filter(|report| {
                            let profile = &report["chargingProfile"][0];
                            profile["id"] == ID && profile["chargingProfilePurpose"] == PURPOSE
                        });
                        json!(with.count()) == *evses
                    },
                )],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_K_32_CSMS",
        name: "Get Charging Profile - chargingProfileId",
        about: "A profile by its number alone.",
        requirements: &["K09.FR.03"],
        steps: &[
            INSTALLED,
            operate(
                "list the profile with the number of the installed one",
                |_| {
                    list(
                        None,
                        ProfileCriteria {
                            ids: vec![ID],
                            ..ProfileCriteria::default()
                        },
                    )
                },
            ),
            expect_answering(
                "get",
                GET,
                &[
                    NUMBERED,
                    ANYWHERE,
                    NO_PURPOSE,
                    NO_LEVEL,
                    NO_SOURCE,
                    number("/chargingProfile/chargingProfileId/0", ID),
                ],
                accepted,
            ),
            HERE_REPORTED,
        ],
        ..BLOCK
    },
    Case {
        id: "TC_K_33_CSMS",
        name: "Get Charging Profile - EvseId > 0 + stackLevel",
        about: "The profiles of a stack level.",
        requirements: &["K09.FR.03"],
        steps: &[
            INSTALLED,
            operate(
                "list the profiles of the stack level at the EVSE under test",
                |lab| list(Some(evse(lab)), by_level(lab)),
            ),
            expect_answering(
                "get",
                GET,
                &[NUMBERED, HERE, OF_LEVEL, NO_PURPOSE, NO_SOURCE, NO_ID],
                accepted,
            ),
            HERE_REPORTED,
        ],
        ..BLOCK
    },
    Case {
        id: "TC_K_34_CSMS",
        name: "Get Charging Profile - EvseId > 0 + chargingLimitSource",
        about: "The profiles of a source.",
        requirements: &["K09.FR.03"],
        steps: &[
            INSTALLED,
            operate(
                "list the profiles of the operator at the EVSE under test",
                |lab| {
                    let criteria = ProfileCriteria {
                        source: Some(SOURCE.to_owned()),
                        ..ProfileCriteria::default()
                    };
                    list(Some(evse(lab)), criteria)
                },
            ),
            expect_answering(
                "get",
                GET,
                &[
                    NUMBERED,
                    HERE,
                    is("/chargingProfile/chargingLimitSource/0", SOURCE),
                    NO_LEVEL,
                    NO_PURPOSE,
                    NO_ID,
                ],
                accepted,
            ),
            HERE_REPORTED,
        ],
        ..BLOCK
    },
    Case {
        id: "TC_K_35_CSMS",
        name: "Get Charging Profile - EvseId > 0 + chargingProfilePurpose",
        about: "The profiles of a purpose.",
        requirements: &["K09.FR.03"],
        steps: &[
            INSTALLED,
            operate(
                "list the profiles of the purpose at the EVSE under test",
                |lab| list(Some(evse(lab)), by_purpose()),
            ),
            expect_answering(
                "get",
                GET,
                &[NUMBERED, HERE, OF_PURPOSE, NO_LEVEL, NO_SOURCE, NO_ID],
                accepted,
            ),
            HERE_REPORTED,
        ],
        ..BLOCK
    },
    Case {
        id: "TC_K_36_CSMS",
        name: "Get Charging Profile - EvseId > 0 + chargingProfilePurpose + stackLevel",
        about: "The profiles of a purpose and a stack level.",
        requirements: &["K09.FR.03"],
        steps: &[
            INSTALLED,
            operate(
                "list the profiles of the purpose and the stack level at the EVSE under test",
                |lab| {
                    let criteria = ProfileCriteria {
                        purpose: Some(PURPOSE.to_owned()),
                        ..by_level(lab)
                    };
                    list(Some(evse(lab)), criteria)
                },
            ),
            expect_answering(
                "get",
                GET,
                &[NUMBERED, HERE, OF_PURPOSE, NO_SOURCE, OF_LEVEL, NO_ID],
                accepted,
            ),
            HERE_REPORTED,
        ],
        ..BLOCK
    },
    Case {
        id: "TC_K_52_CSMS",
        name: "Set / Update External Charging Limit (not on a transaction) - ChargingStationExternalConstraints in report",
        about: "The station reports a limit that does not come from the CSMS.",
        requirements: &["K12.FR.05"],
        profile: Profile::None,
        steps: &[
            operate("list all profiles", |_| {
                list(None, ProfileCriteria::default())
            }),
            expect_answering("get", GET, &[NUMBERED], accepted),
            call(
                "report",
                "ReportChargingProfiles",
                |lab| report(lab, 0, "ChargingStationExternalConstraints", "EMS"),
                &[],
            ),
            told(
                "told",
                &[
                    is("/report/0/chargingLimitSource", "EMS"),
                    is(
                        "/report/0/chargingProfile/0/chargingProfilePurpose",
                        "ChargingStationExternalConstraints",
                    ),
                ],
            ),
        ],
        ..BLOCK
    },
];
