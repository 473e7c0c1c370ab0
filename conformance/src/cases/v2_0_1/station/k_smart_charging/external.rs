//! Limits of external systems: K11, K12.

use serde_json::json;

use super::{ACCEPTED, CASE, FIRST, GET, REPORT};
use crate::bench::Act;
use crate::case::{Case, Profile};
use crate::lab::{Expected, Lab};
use crate::mutation::{Change::*, fails};
use crate::step::{by_hand, call};
use crate::unmet::Failed;

const CONSTRAINTS: &str = "ChargingStationExternalConstraints";
const NOTICE: &str = "NotifyChargingLimit";

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[Case {
    id: "TC_K_52_CS",
    profile: Profile::None,
    name: "Set External Charging Limit (not on a transaction) - ChargingStationExternalConstraints in report",
    about: "What an external system has limited the station to is reported, with the purpose of such limits. Decided: the limit \
            is for the whole station, comes from an energy management system, and is told when it is set (K12.FR.02), not as one \
            of the operator (K12.FR.04); the report does not call it one of the operator either.",
    requirements: &["K12.FR.02", "K12.FR.04", "K12.FR.05", "K09.FR.02"],
    applies: |product| {
        super::smart_charging(product)?;
        match product.v2_0_1.external_limits {
            true => Ok(()),
            false => Err("no limits of external systems"),
        }
    },
    steps: &[
        by_hand(
            "an external system limits the station, and the station tells so",
            |lab| {
                let unit = lab.parameters.rate_unit;
                let limit = 6 * lab.multiplier() * lab.parameters.connectors;
                lab.act(&Act::ExternalLimit(0, Some((limit, unit))))?;
                let notice = Expected::new("limit", NOTICE);
                lab.expect(notice.one_of("/chargingLimit/chargingLimitSource", OTHERS))
                    .map(|_| ())
            },
            &[fails(
                Replace(NOTICE, 0, "/chargingLimit/chargingLimitSource", r#""CSO""#),
                "limit/chargingLimit/chargingLimitSource",
            )],
        ),
        call(
            "get",
            GET,
            |_| {
                json!({
                    "requestId": FIRST, "chargingProfile": {"chargingProfilePurpose": CONSTRAINTS},
                })
            },
            ACCEPTED,
        ),
        by_hand(
            "the station reports at least one profile of this purpose, until a report is the last",
            reported,
            &[
                fails(
                    Replace(
                        REPORT,
                        0,
                        "/chargingProfile/0/chargingProfilePurpose",
                        r#""TxDefaultProfile""#,
                    ),
                    "report/chargingProfile",
                ),
                fails(
                    Replace(REPORT, 0, "/chargingLimitSource", r#""CSO""#),
                    "report/chargingLimitSource",
                ),
                fails(Replace(REPORT, 0, "/tbc", "true"), "report"),
            ],
        ),
    ],
    ..CASE
}];

/// Everybody but the operator.
const OTHERS: [&str; 3] = ["EMS", "SO", "Other"];

fn reported(lab: &mut Lab<'_>) -> Result<(), Failed> {
    loop {
        let page = Expected::new("report", REPORT)
            .with("/requestId", FIRST)
            .one_of("/chargingLimitSource", OTHERS)
            .judged("/chargingProfile", "limits of external systems", |told| {
                let told = told.as_array().into_iter().flatten();
                let mut purposes = told.map(|told| &told["chargingProfilePurpose"]);
                purposes.all(|purpose| purpose == CONSTRAINTS)
            });
        if lab.expect(page)?.payload["tbc"] != true {
            // A page has at least one profile, as its schema says.
            return Ok(());
        }
    }
}
