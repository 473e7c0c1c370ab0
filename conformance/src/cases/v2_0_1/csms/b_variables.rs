//! B05, B06: variables.

use ocpp_core::csms::remote::{Command, Operation, VariableName};
use serde_json::{Value, json};

use super::{CASE, has, operation};
use crate::case::{Case, Profile};
use crate::lab::{Expected, Lab};
use crate::mutation::{Change, fails};
use crate::step::{by_hand, expect_telling, is, is_or_absent, operate, suits, told};
use crate::unmet::Failed;

pub(super) fn threshold() -> VariableName {
    VariableName::new("OCPPCommCtrlr", "OfflineThreshold")
}

pub(super) fn remote_start() -> VariableName {
    VariableName::new("AuthCtrlr", "AuthorizeRemoteStart")
}

pub(super) fn get(names: Vec<VariableName>) -> Command {
    operation(Operation::GetVariables(names))
}

pub(super) fn set(variables: &[(VariableName, &str)]) -> Command {
    let variables = variables.iter();
    let variables = variables.map(|(name, value)| (name.clone(), (*value).to_owned()));
    operation(Operation::SetVariables(variables.collect()))
}

/// A variable and its value.
macro_rules! result {
    ($component:literal, $variable:literal, $value:literal) => {
        json!({
            "attributeStatus": "Accepted", "attributeValue": $value,
            "component": {"name": $component}, "variable": {"name": $variable},
        })
    };
}
pub(super) use result;

/// The variables of a request, in any order.
fn names(data: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let name = |one: &Value| {
        let (component, variable) = (&one["component"]["name"], &one["variable"]);
        let instance = text(&variable["instance"]);
        let name = format!("{}.{}", text(component), text(&variable["name"]));
        match instance.as_str() {
            "" => name,
            instance => format!("{name}[{instance}]"),
        }
    };
    let mut all: Vec<String> = data.as_array().into_iter().flatten().map(name).collect();
    all.sort();
    all
}

/// What TC_B_08 reads.
fn five() -> Vec<VariableName> {
    let of = |variable: &str, action: &str| VariableName {
        variable_instance: Some(action.to_owned()),
        ..VariableName::new("DeviceDataCtrlr", variable)
    };
    vec![
        of("ItemsPerMessage", "GetReport"),
        of("ItemsPerMessage", "GetVariables"),
        of("BytesPerMessage", "GetReport"),
        of("BytesPerMessage", "GetVariables"),
        remote_start(),
    ]
}

fn two_requests(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let mut read: Vec<String> = Vec::new();
    for _ in 0..2 {
        let few = |data: &Value| data.as_array().is_some_and(|data| data.len() <= 4);
        let request = Expected::new("request", "GetVariables");
        let request = request.judged("/getVariableData", "four variables at most", few);
        let request = lab.expect(request)?;
        let these = names(&request.payload["getVariableData"]);
        if these.iter().all(|name| read.contains(name)) {
            return lab.fail("end", "nothing to be read twice", format!("{these:?} were"));
        }
        read.extend(these);
    }
    read.sort();
    let wanted = [
        "AuthCtrlr.AuthorizeRemoteStart",
        "DeviceDataCtrlr.BytesPerMessage[GetReport]",
        "DeviceDataCtrlr.BytesPerMessage[GetVariables]",
        "DeviceDataCtrlr.ItemsPerMessage[GetReport]",
        "DeviceDataCtrlr.ItemsPerMessage[GetVariables]",
    ];
    if read == wanted {
        return Ok(());
    }
    let expected = format!("{wanted:?} to be read");
    lab.fail("all", expected, format!("it was {read:?}"))
}

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_B_06_CSMS",
        name: "Get Variables - single value",
        about: "Any attribute may be asked for.",
        requirements: &["B06.FR.01", "B06.FR.02", "B06.FR.03", "B06.FR.04"],
        steps: &[
            operate("read OCPPCommCtrlr.OfflineThreshold", |_| {
                get(vec![threshold()])
            }),
            expect_telling(
                "get",
                "GetVariables",
                &[
                    is("/getVariableData/0/component/name", "OCPPCommCtrlr"),
                    is("/getVariableData/0/variable/name", "OfflineThreshold"),
                ],
                |_| json!({"getVariableResult": [result!("OCPPCommCtrlr", "OfflineThreshold", "600")]}),
                &[
                    is("/variables/0/status", "Accepted"),
                    is("/variables/0/value", "600"),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_07_CSMS",
        name: "Get Variables - multiple values",
        about: "Both in one request, in any order. AuthorizationRemoteStart of step 1 is AuthorizeRemoteStart.",
        applies: has!(get_several, "one variable at a time is read (C-45)"),
        requirements: &["B06.FR.01", "B06.FR.02", "B06.FR.03"],
        steps: &[
            operate(
                "read OCPPCommCtrlr.OfflineThreshold and AuthCtrlr.AuthorizeRemoteStart",
                |_| get(vec![threshold(), remote_start()]),
            ),
            expect_telling(
                "get",
                "GetVariables",
                &[suits("/getVariableData", "both variables", |data| {
                    names(data)
                        == [
                            "AuthCtrlr.AuthorizeRemoteStart",
                            "OCPPCommCtrlr.OfflineThreshold",
                        ]
                })],
                |_| {
                    json!({"getVariableResult": [
                        result!("OCPPCommCtrlr", "OfflineThreshold", "600"),
                        result!("AuthCtrlr", "AuthorizeRemoteStart", "true"),
                    ]})
                },
                &[
                    is("/variables/0/value", "600"),
                    is("/variables/1/value", "true"),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_08_CSMS",
        name: "Get Variables - limit to maximum number of values",
        about: "The station takes four variables at a time, and five are read: in two requests, with any of them in either.",
        requirements: &["B06.FR.05"],
        profile: Profile::None,
        steps: &[
            operate("read five variables", |_| get(five())),
            by_hand(
                "the CSMS sends two GetVariables.req with four variables at most each, and all five in both",
                two_requests,
                &[fails(
                    Change::Replace(
                        "GetVariables",
                        2,
                        "/getVariableData/0/variable/name",
                        r#""Other""#,
                    ),
                    "all",
                )],
            ),
            told("told", &[is("/variables/4/status", "Accepted")]),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_09_CSMS",
        name: "Set Variables - single value",
        about: "One variable is set.",
        requirements: &[
            "B05.FR.01", "B05.FR.02", "B05.FR.03", "B05.FR.10", "B05.FR.12",
        ],
        steps: &[
            operate("set OCPPCommCtrlr.OfflineThreshold to 123", |_| {
                set(&[(threshold(), "123")])
            }),
            expect_telling(
                "set",
                "SetVariables",
                &[
                    is("/setVariableData/0/component/name", "OCPPCommCtrlr"),
                    is("/setVariableData/0/variable/name", "OfflineThreshold"),
                    is("/setVariableData/0/attributeValue", "123"),
                    is_or_absent("/setVariableData/0/attributeType", "Actual"),
                ],
                |_| {
                    json!({"setVariableResult": [{
                        "attributeStatus": "Accepted", "component": {"name": "OCPPCommCtrlr"},
                        "variable": {"name": "OfflineThreshold"},
                    }]})
                },
                &[is("/variables/0/status", "Accepted")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_10_CSMS",
        name: "Set Variables - multiple values",
        about: "Both in one request, in any order.",
        applies: has!(set_several, "one variable at a time is set (C-46)"),
        requirements: &["B05.FR.01", "B05.FR.02", "B05.FR.03"],
        steps: &[
            operate(
                "set OCPPCommCtrlr.OfflineThreshold to 123 and AuthCtrlr.AuthorizeRemoteStart to false",
                |_| set(&[(threshold(), "123"), (remote_start(), "false")]),
            ),
            expect_telling(
                "set",
                "SetVariables",
                &[
                    suits("/setVariableData", "both variables", |data| {
                        names(data)
                            == [
                                "AuthCtrlr.AuthorizeRemoteStart",
                                "OCPPCommCtrlr.OfflineThreshold",
                            ]
                    }),
                    suits(
                        "/setVariableData",
                        "with their values, which are actual ones",
                        |data| {
                            let mut data = data.as_array().into_iter().flatten();
                            data.all(|one| {
                                let is_threshold = one["variable"]["name"] == "OfflineThreshold";
                                let wanted = if is_threshold { "123" } else { "false" };
                                let kind = one.get("attributeType");
                                one["attributeValue"] == wanted
                                    && kind.is_none_or(|kind| kind == "Actual")
                            })
                        },
                    ),
                ],
                |_| {
                    json!({"setVariableResult": [
                        {"attributeStatus": "Accepted", "component": {"name": "OCPPCommCtrlr"},
                         "variable": {"name": "OfflineThreshold"}},
                        {"attributeStatus": "Accepted", "component": {"name": "AuthCtrlr"},
                         "variable": {"name": "AuthorizeRemoteStart"}},
                    ]})
                },
                &[
                    is("/variables/0/status", "Accepted"),
                    is("/variables/1/status", "Accepted"),
                ],
            ),
        ],
        ..CASE
    },
];
