//! GetVariables: B06.

use serde_json::json;

use super::super::{CASE, payload};
use crate::case::{Case, Setting};
use crate::step::{call, is, is_or_absent, suits};

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_B_06_CS",
        name: "Get Variables - single value",
        about: "One variable that every station has is read.",
        requirements: &[
            "B06.FR.01", "B06.FR.02", "B06.FR.03", "B06.FR.04", "B06.FR.10", "B06.FR.11",
        ],
        config: &[THRESHOLD],
        steps: &[call(
            "get",
            "GetVariables",
            |_| payload::get_attribute("OCPPCommCtrlr", "OfflineThreshold", "Actual"),
            &[
                is("/getVariableResult/0/attributeStatus", "Accepted"),
                is("/getVariableResult/0/attributeType", "Actual"),
                is("/getVariableResult/0/attributeValue", "300"),
                is("/getVariableResult/0/component/name", "OCPPCommCtrlr"),
                is("/getVariableResult/0/variable/name", "OfflineThreshold"),
                is_or_absent(
                    "/getVariableResult/0/attributeStatusInfo/reasonCode",
                    "NoError",
                ),
            ],
        )],
        ..CASE
    },
    Case {
        id: "TC_B_07_CS",
        name: "Get Variables - multiple values",
        about: "Two variables that every station has are read; the results may come in any order. The description calls \
                the second one LocalAuthorizationOffline; the specification LocalAuthorizeOffline.",
        requirements: &[
            "B06.FR.01", "B06.FR.02", "B06.FR.03", "B06.FR.04", "B06.FR.10",
        ],
        config: &[THRESHOLD, Setting::on("AuthCtrlr.LocalAuthorizeOffline")],
        steps: &[call(
            "get",
            "GetVariables",
            |_| {
                json!({"getVariableData": [
                    {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "OfflineThreshold"},
                     "attributeType": "Actual"},
                    {"component": {"name": "AuthCtrlr"}, "variable": {"name": "LocalAuthorizeOffline"},
                     "attributeType": "Actual"},
                ]})
            },
            &[suits(
                "/getVariableResult",
                "both values, accepted, without a reason but NoError",
                |results| {
                    let results = results.as_array().map_or(&[][..], Vec::as_slice);
                    let told = |component: &str, variable: &str, value: &str| {
                        results.iter().any(|result| {
                            let info = &result["attributeStatusInfo"];
                            result["attributeStatus"] == "Accepted"
                                && result["attributeType"] == "Actual"
                                && result["attributeValue"] == value
                                && result["component"]["name"] == component
                                && result["variable"]["name"] == variable
                                && (info.is_null() || info["reasonCode"] == "NoError")
                        })
                    };
                    told("OCPPCommCtrlr", "OfflineThreshold", "300")
                        && told("AuthCtrlr", "LocalAuthorizeOffline", "true")
                        && results.len() == 2
                },
            )],
        )],
        ..CASE
    },
    Case {
        id: "TC_B_32_CS",
        name: "Get Variables - Unknown component",
        about: "A variable of a component that does not exist is asked for.",
        requirements: &["B06.FR.06"],
        steps: &[call(
            "get",
            "GetVariables",
            |_| payload::get("UnknownComponent", "OfflineThreshold"),
            &[
                is("/getVariableResult/0/attributeStatus", "UnknownComponent"),
                is("/getVariableResult/0/component/name", "UnknownComponent"),
                is("/getVariableResult/0/variable/name", "OfflineThreshold"),
            ],
        )],
        ..CASE
    },
    Case {
        id: "TC_B_33_CS",
        name: "Get Variables - Unknown variable",
        about: "A variable that does not exist is asked for.",
        requirements: &["B06.FR.07"],
        steps: &[call(
            "get",
            "GetVariables",
            |_| payload::get("OCPPCommCtrlr", "UnknownVariable"),
            &[
                is("/getVariableResult/0/attributeStatus", "UnknownVariable"),
                is("/getVariableResult/0/component/name", "OCPPCommCtrlr"),
                is("/getVariableResult/0/variable/name", "UnknownVariable"),
            ],
        )],
        ..CASE
    },
    Case {
        id: "TC_B_34_CS",
        name: "Get Variables - Not supported attribute type",
        about: "The target of a variable that has none is asked for.",
        requirements: &["B06.FR.08"],
        steps: &[call(
            "get",
            "GetVariables",
            |_| payload::get_attribute("OCPPCommCtrlr", "OfflineThreshold", "Target"),
            &[
                is(
                    "/getVariableResult/0/attributeStatus",
                    "NotSupportedAttributeType",
                ),
                is("/getVariableResult/0/component/name", "OCPPCommCtrlr"),
                is("/getVariableResult/0/variable/name", "OfflineThreshold"),
                is("/getVariableResult/0/attributeType", "Target"),
            ],
        )],
        ..CASE
    },
];

const THRESHOLD: Setting = Setting::new("OCPPCommCtrlr.OfflineThreshold", |_| "300".to_owned());
