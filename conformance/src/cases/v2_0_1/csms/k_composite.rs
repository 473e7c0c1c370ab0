//! K08: what the profiles of a station come to.

use ocpp_core::csms::remote::{Command, Operation};
use serde_json::{Value, json};

use super::k_set::{BLOCK, DURATION, STATION, limit};
use super::{HERE, evse, operation};
use crate::case::Case;
use crate::lab::Lab;
use crate::step::{Rule, expect_telling, is, known, number, operate};

const GET: &str = "GetCompositeSchedule";

fn ask(lab: &Lab<'_>, evse: i64) -> Command {
    operation(Operation::CompositeSchedule {
        evse,
        duration: DURATION,
        watts: Some(lab.parameters.rate_unit == "W"),
    })
}

fn schedule(lab: &Lab<'_>, evse: &Value) -> Value {
    json!({
        "status": "Accepted",
        "schedule": {
            "evseId": evse, "duration": DURATION,
            "scheduleStart": lab.utc_in(0),
            "chargingRateUnit": lab.parameters.rate_unit,
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit(lab, 10)}],
        },
    })
}

const LENGTH: Rule = number("/duration", DURATION);
const UNIT: Rule = known("/chargingRateUnit", "the unit", |lab| {
    json!(lab.parameters.rate_unit)
});

const SCHEDULE: &[Rule] = &[
    is("/status", "Accepted"),
    known(
        "/response/schedule/chargingSchedulePeriod/0/limit",
        "10 A or 10000 W",
        |lab| json!(limit(lab, 10)),
    ),
];

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_K_43_CSMS",
        name: "Get Composite Schedule - Specific EVSE",
        about: "The schedule of an EVSE.",
        requirements: &["K08.FR.01"],
        steps: &[
            operate(
                "ask for the composite schedule of the EVSE under test",
                |lab| ask(lab, evse(lab)),
            ),
            expect_telling(
                "get",
                GET,
                &[HERE, LENGTH, UNIT],
                |lab| schedule(lab, &lab.here()),
                SCHEDULE,
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_K_44_CSMS",
        name: "Get Composite Schedule - Charging Station",
        about: "The schedule of the whole station.",
        requirements: &["K08.FR.01"],
        steps: &[
            operate("ask for the composite schedule of the station", |lab| {
                ask(lab, 0)
            }),
            expect_telling(
                "get",
                GET,
                &[STATION, LENGTH, UNIT],
                |lab| schedule(lab, &json!(0)),
                SCHEDULE,
            ),
        ],
        ..BLOCK
    },
];
