//! SetVariables: B05.

use serde_json::json;

use super::super::{CASE, payload};
use crate::case::Case;
use crate::lab::{Call, Lab};
use crate::mutation::{Change::*, fails};
use crate::step::{by_hand, call, is, is_or_absent, suits};
use crate::unmet::Failed;

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_B_09_CS",
        name: "Set Variables - single value",
        about: "One variable that every station has is set.",
        requirements: &[
            "B05.FR.01", "B05.FR.02", "B05.FR.03", "B05.FR.10", "B05.FR.12",
        ],
        steps: &[call(
            "set",
            "SetVariables",
            |_| payload::set_attribute("OCPPCommCtrlr", "OfflineThreshold", "300", "Actual"),
            &[
                is("/setVariableResult/0/attributeStatus", "Accepted"),
                is("/setVariableResult/0/attributeType", "Actual"),
                is("/setVariableResult/0/component/name", "OCPPCommCtrlr"),
                is("/setVariableResult/0/variable/name", "OfflineThreshold"),
                is_or_absent(
                    "/setVariableResult/0/attributeStatusInfo/reasonCode",
                    "NoError",
                ),
            ],
        )],
        ..CASE
    },
    Case {
        id: "TC_B_10_CS",
        name: "Set Variables - multiple values",
        about: "Two variables that every station has are set; the results may come in any order.",
        requirements: &[
            "B05.FR.01", "B05.FR.02", "B05.FR.03", "B05.FR.10", "B05.FR.12",
        ],
        steps: &[call(
            "set",
            "SetVariables",
            |_| {
                json!({"setVariableData": [
                    {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "OfflineThreshold"},
                     "attributeValue": "300", "attributeType": "Actual"},
                    {"component": {"name": "AuthCtrlr"}, "variable": {"name": "LocalAuthorizeOffline"},
                     "attributeValue": "true", "attributeType": "Actual"},
                ]})
            },
            &[suits(
                "/setVariableResult",
                "both variables, accepted, without a reason but NoError",
                |results| {
                    let results = results.as_array().map_or(&[][..], Vec::as_slice);
                    let told = |component: &str, variable: &str| {
                        results.iter().any(|result| {
                            let info = &result["attributeStatusInfo"];
                            result["attributeStatus"] == "Accepted"
                                && result["attributeType"] == "Actual"
                                && result["component"]["name"] == component
                                && result["variable"]["name"] == variable
                                && (info.is_null() || info["reasonCode"] == "NoError")
                        })
                    };
                    told("OCPPCommCtrlr", "OfflineThreshold")
                        && told("AuthCtrlr", "LocalAuthorizeOffline")
                        && results.len() == 2
                },
            )],
        )],
        ..CASE
    },
    Case {
        id: "TC_B_35_CS",
        name: "Set Variables - Unknown component",
        about: "A variable of a component that does not exist is set.",
        requirements: &["B05.FR.04"],
        steps: &[call(
            "set",
            "SetVariables",
            |_| payload::set("UnknownComponent", "OfflineThreshold", "300"),
            &[
                is("/setVariableResult/0/attributeStatus", "UnknownComponent"),
                is("/setVariableResult/0/component/name", "UnknownComponent"),
                is("/setVariableResult/0/variable/name", "OfflineThreshold"),
            ],
        )],
        ..CASE
    },
    Case {
        id: "TC_B_36_CS",
        name: "Set Variables - Unknown variable",
        about: "A variable that does not exist is set.",
        requirements: &["B05.FR.05"],
        steps: &[call(
            "set",
            "SetVariables",
            |_| payload::set("OCPPCommCtrlr", "UnknownVariable", "300"),
            &[
                is("/setVariableResult/0/attributeStatus", "UnknownVariable"),
                is("/setVariableResult/0/component/name", "OCPPCommCtrlr"),
                is("/setVariableResult/0/variable/name", "UnknownVariable"),
            ],
        )],
        ..CASE
    },
    Case {
        id: "TC_B_37_CS",
        name: "Set Variables - Not supported attribute type",
        about: "The target of a variable that has none is set.",
        requirements: &["B05.FR.06"],
        steps: &[call(
            "set",
            "SetVariables",
            |_| payload::set_attribute("OCPPCommCtrlr", "OfflineThreshold", "300", "Target"),
            &[
                is(
                    "/setVariableResult/0/attributeStatus",
                    "NotSupportedAttributeType",
                ),
                is("/setVariableResult/0/component/name", "OCPPCommCtrlr"),
                is("/setVariableResult/0/variable/name", "OfflineThreshold"),
                is("/setVariableResult/0/attributeType", "Target"),
            ],
        )],
        ..CASE
    },
    Case {
        id: "TC_B_11_CS",
        name: "Set Variables - invalidly formatted values",
        about: "A whole number, a number with a fraction, true, a time and a word are set for a whole number, a decimal, a \
                switch and a date, as far as the station has them: what suits the type is accepted, all else rejected. \
                The reason InvalidValue is not required; another one is wrong.",
        requirements: &["B05.FR.07"],
        steps: &[by_hand(
            "five values are set for each variable; those that suit its type are accepted, the others rejected",
            formatted_values,
            &[
                fails(
                    Answer("SetVariables", 1, STATUS, r#""Accepted""#),
                    "OfflineThreshold",
                ),
                fails(
                    Answer("SetVariables", 0, STATUS, r#""Rejected""#),
                    "OfflineThreshold",
                ),
                fails(
                    Answer(
                        "SetVariables",
                        1,
                        "/setVariableResult/0/attributeStatusInfo",
                        r#"{"reasonCode":"InternalError"}"#,
                    ),
                    "OfflineThreshold.reason",
                ),
            ],
        )],
        ..CASE
    },
    Case {
        id: "TC_B_39_CS",
        name: "Set Variables - Read-only",
        about: "A variable that can only be read is set.",
        requirements: &["B05.FR.09"],
        steps: &[call(
            "set",
            "SetVariables",
            |_| {
                let mut payload = payload::set("OCPPCommCtrlr", "MessageTimeout", "30");
                payload["setVariableData"][0]["variable"]["instance"] = json!("Default");
                payload
            },
            &[
                is("/setVariableResult/0/attributeStatus", "Rejected"),
                is("/setVariableResult/0/component/name", "OCPPCommCtrlr"),
                is("/setVariableResult/0/variable/name", "MessageTimeout"),
                is("/setVariableResult/0/variable/instance", "Default"),
            ],
        )],
        ..CASE
    },
];

const STATUS: &str = "/setVariableResult/0/attributeStatus";

/// What the values of a variable look like.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Whole,
    Decimal,
    Switch,
    Date,
}

fn formatted_values(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let variables = [
        ("OCPPCommCtrlr", "OfflineThreshold", Kind::Whole, true),
        (
            "SmartChargingCtrlr",
            "LimitChangeSignificance",
            Kind::Decimal,
            false,
        ),
        ("AuthCtrlr", "AuthorizeRemoteStart", Kind::Switch, false),
        (
            "ClockCtrlr",
            "NextTimeOffsetTransitionDateTime",
            Kind::Date,
            false,
        ),
    ];
    let threshold = lab.parameters.offline_threshold;
    let values = [
        threshold.to_string(),
        format!("{threshold}.1"),
        "true".to_owned(),
        lab.utc_in(86_400),
        "abc".to_owned(),
    ];
    let suitable: [&[Kind]; 5] = [
        &[Kind::Whole, Kind::Decimal],
        &[Kind::Decimal],
        &[Kind::Switch],
        &[Kind::Date],
        &[],
    ];
    for (component, variable, kind, required) in variables {
        if !required && !writable(lab, component, variable)? {
            continue;
        }
        for (value, kinds) in values.iter().zip(suitable) {
            let set = Call::new(
                variable,
                "SetVariables",
                payload::set(component, variable, value),
            )
            .with_or_absent("/setVariableResult/0/attributeType", "Actual")
            .with("/setVariableResult/0/component/name", component)
            .with("/setVariableResult/0/variable/name", variable)
            .one_of(STATUS, ["Accepted", "Rejected"]);
            let answer = lab.call(set)?;
            let wanted = if kinds.contains(&kind) {
                "Accepted"
            } else {
                "Rejected"
            };
            let reason = "/setVariableResult/0/attributeStatusInfo/reasonCode";
            let fine = if wanted == "Accepted" {
                "NoError"
            } else {
                "InvalidValue"
            };
            if let Some(told) = answer.payload.pointer(reason)
                && told != fine
            {
                let label = format!("{variable}.reason");
                let expected = format!("the reason {fine}, or none, for {value}");
                return lab.fail(label, expected, format!("it was {told}"));
            }
            let got = answer.payload.pointer(STATUS);
            if got.is_none_or(|got| got != wanted) {
                let got = format!("{value} was {}", got.cloned().unwrap_or_default());
                return lab.fail(variable, format!("{value} to be {wanted}"), got);
            }
        }
    }
    Ok(())
}

/// Whether the station has a variable that can be set.
fn writable(lab: &mut Lab<'_>, component: &str, variable: &str) -> Result<bool, Failed> {
    let get = Call::new("has", "GetVariables", payload::get(component, variable));
    let answer = lab.call(get)?;
    let result = &answer.payload["getVariableResult"][0];
    if result["attributeStatus"] != "Accepted" {
        return Ok(false);
    }
    let value = result["attributeValue"].as_str().unwrap_or_default();
    let set = Call::new(
        "has",
        "SetVariables",
        payload::set(component, variable, value),
    );
    let answer = lab.call(set)?;
    let status = answer.payload.pointer(STATUS);
    Ok(status.is_some_and(|status| status == "Accepted"))
}
