//! K08: what the profiles of a station come to.

use serde_json::{Value, json};

use super::k_set::{BLOCK, DURATION, STATION, limit};
use super::{HERE, raw};
use crate::case::Case;
use crate::lab::Lab;
use crate::step::{Rule, expect_answering, known, number, operate};

const GET: &str = "GetCompositeSchedule";

fn ask(lab: &Lab<'_>, evse: &Value) -> ocpp_core::csms::remote::Command {
    let payload = json!({
        "evseId": evse, "duration": DURATION, "chargingRateUnit": lab.parameters.rate_unit,
    });
    raw(GET, &payload)
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

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_K_43_CSMS",
        name: "Get Composite Schedule - Specific EVSE",
        about: "The schedule of an EVSE. What the operator is told stands in the trace.",
        requirements: &["K08.FR.01"],
        steps: &[
            operate(
                "ask for the composite schedule of the EVSE under test",
                |lab| ask(lab, &lab.here()),
            ),
            expect_answering("get", GET, &[HERE, LENGTH, UNIT], |lab| {
                schedule(lab, &lab.here())
            }),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_K_44_CSMS",
        name: "Get Composite Schedule - Charging Station",
        about: "The schedule of the whole station. What the operator is told stands in the trace.",
        requirements: &["K08.FR.01"],
        steps: &[
            operate("ask for the composite schedule of the station", |lab| {
                ask(lab, &json!(0))
            }),
            expect_answering("get", GET, &[STATION, LENGTH, UNIT], |lab| {
                schedule(lab, &json!(0))
            }),
        ],
        ..BLOCK
    },
];
