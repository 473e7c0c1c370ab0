//! B: registration, variables, reports, network profiles.

use ocpp_core::csms::Registration;
use ocpp_core::csms::remote::{Command, Inventory, Operation, VariableName};
use serde_json::{Value, json};

use super::states::{AVAILABLE, BOOTED};
use super::{CASE, CONNECT, accepted, boot, event_of, everywhere, has, operation, status_of};
use crate::case::{Case, Fact, Profile};
use crate::lab::{Expected, Lab};
use crate::mutation::{Change, fails};
use crate::product::Product;
use crate::step::{
    Must, Rule, Step, by_hand, call, expect_answering, expect_telling, is, is_or_absent, number,
    one_of, operate, rule, suits, told,
};
use crate::unmet::Failed;

const PENDING: Fact = Fact::Registration(Registration::Pending);
const WELCOME: Fact = Fact::Registration(Registration::Accepted);
const ANEW: Step = Step::Reusable("the station begins anew", &[Step::HangUp, CONNECT]);
const IS_ACCEPTED: &[Rule] = &[is("/status", "Accepted")];
const IS_PENDING: &[Rule] = &[is("/status", "Pending")];
const IS_NOT_ACCEPTED: &[Rule] = &[one_of("/status", &["Pending", "Rejected"])];

/// C-44 OR NOT AQ-16.
fn not_at_once(product: &Product) -> Result<(), &'static str> {
    let rows = product.v2_0_1.csms;
    let can = rows.pending || !rows.refuses_strangers;
    can.then_some(())
        .ok_or("no Pending (C-44), and strangers get no connection (AQ-16)")
}

fn summary(product: &Product) -> Result<(), &'static str> {
    let has = product.v2_0_1.summary_inventory;
    has.then_some(()).ok_or("no SummaryInventory")
}

fn threshold() -> VariableName {
    VariableName::new("OCPPCommCtrlr", "OfflineThreshold")
}

fn remote_start() -> VariableName {
    VariableName::new("AuthCtrlr", "AuthorizeRemoteStart")
}

fn get(names: Vec<VariableName>) -> Command {
    operation(Operation::GetVariables(names))
}

fn set(variables: &[(VariableName, &str)]) -> Command {
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

const REQUEST_ID: Rule = suits("/requestId", "at least 0", |id| {
    id.as_i64().is_some_and(|id| id >= 0)
});

fn inventory(which: Inventory) -> Command {
    operation(Operation::Inventory(which))
}

fn network_profile(lab: &Lab<'_>) -> Value {
    json!({
        "messageTimeout": lab.parameters.message_timeout, "ocppCsmsUrl": CSMS_URL,
        "ocppInterface": lab.parameters.network_interface, "ocppTransport": "JSON",
        "ocppVersion": "OCPP20", "securityProfile": 2,
    })
}

const CSMS_URL: &str = "wss://csms.example.com/ocpp";
const SET_PROFILE: Step = operate("set a network profile", |lab| {
    operation(Operation::SetNetworkProfile {
        slot: lab.parameters.network_slots[0].into(),
        profile: network_profile(lab),
    })
});

fn report_of(criterion: &str) -> Command {
    operation(Operation::CustomReport {
        criteria: vec![criterion.to_owned()],
        variables: vec![VariableName {
            evse: Some(1),
            ..VariableName::new("EVSE", "AvailabilityState")
        }],
    })
}

const EVSE_STATE: [Rule; 3] = [
    is("/componentVariable/0/component/name", "EVSE"),
    number("/componentVariable/0/component/evse/id", 1),
    is("/componentVariable/0/variable/name", "AvailabilityState"),
];

/// NotifyReport about a variable of OCPPCommCtrlr.
fn part(lab: &Lab<'_>, seq_no: i64, last: bool, variable: &str, value: &str) -> Value {
    json!({
        "requestId": lab.requested("GetBaseReport", "/requestId"), "seqNo": seq_no, "tbc": !last,
        "generatedAt": lab.utc_in(0),
        "reportData": [{
            "component": {"name": "OCPPCommCtrlr"}, "variable": {"name": variable},
            "variableAttribute": [{"value": value}],
        }],
    })
}

const FIRST_PART: Step = call(
    "part.1",
    "NotifyReport",
    |lab| part(lab, 0, false, "OfflineThreshold", "600"),
    &[],
);
const LAST_PART: Step = call(
    "part.2",
    "NotifyReport",
    |lab| part(lab, 1, true, "HeartbeatInterval", "300"),
    &[],
);
const SHOWN: Step = told(
    "shown",
    &[
        is("/report/0/reportData/0/variableAttribute/0/value", "600"),
        is("/report/1/reportData/0/variableAttribute/0/value", "300"),
    ],
);

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_B_01_CSMS",
        name: "Cold Boot Charging Station - Accepted",
        about: "A station that is known starts.",
        requirements: &["B01.FR.02"],
        steps: &[ANEW, BOOTED],
        ..CASE
    },
    Case {
        id: "TC_B_02_CSMS",
        name: "Cold Boot Charging Station - Pending",
        about: "The station is told Pending, and is accepted when it registers again after the interval that it was told. Meanwhile the \
                operator reads, which the description permits. The status of step 3 is that of step 4.",
        applies: has!(pending, "no Pending (C-44)"),
        requirements: &["B02.FR.01", "B02.FR.06"],
        steps: &[
            Step::Enter(PENDING),
            ANEW,
            boot!("pending", "PowerUp", IS_PENDING),
            operate("read OCPPCommCtrlr.OfflineThreshold meanwhile", |_| {
                get(vec![threshold()])
            }),
            expect_telling(
                "get",
                "GetVariables",
                &[is("/getVariableData/0/variable/name", "OfflineThreshold")],
                |_| json!({"getVariableResult": [result!("OCPPCommCtrlr", "OfflineThreshold", "600")]}),
                &[is("/variables/0/value", "600")],
            ),
            operate("get the FullInventory meanwhile", |_| {
                inventory(Inventory::Full)
            }),
            expect_answering(
                "report",
                "GetBaseReport",
                &[REQUEST_ID, is("/reportBase", "FullInventory")],
                accepted,
            ),
            FIRST_PART,
            LAST_PART,
            SHOWN,
            Step::Enter(WELCOME),
            Step::Interval,
            boot!("boot", "PowerUp", IS_ACCEPTED),
            AVAILABLE,
        ],
        ..CASE
    },
    Case {
        id: "TC_B_30_CSMS",
        name: "Cold Boot Charging Station - Pending/Rejected - SecurityError",
        about: "A station that is not accepted says something else than BootNotification.",
        applies: not_at_once,
        requirements: &["B02.FR.09", "B03.FR.07"],
        steps: &[
            Step::Enter(PENDING),
            ANEW,
            boot!("pending", "PowerUp", IS_NOT_ACCEPTED),
            everywhere(
                "status",
                "StatusNotification",
                |lab| status_of(lab, "Available"),
                Some("SecurityError"),
            ),
            everywhere(
                "event",
                "NotifyEvent",
                |lab| event_of(lab, "Available"),
                Some("SecurityError"),
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_31_CSMS",
        name: "Cold Boot Charging Station - Pending/Rejected - TriggerMessage",
        about: "The CSMS asks a station that is pending to register, before the interval is over.",
        applies: not_at_once,
        requirements: &["B02.FR.01", "F06.FR.17"],
        steps: &[
            Step::Enter(PENDING),
            ANEW,
            boot!("pending", "PowerUp", IS_NOT_ACCEPTED),
            Step::Enter(WELCOME),
            operate("trigger BootNotification", |_| {
                operation(Operation::Trigger {
                    message: "BootNotification".to_owned(),
                    evse: None,
                    connector: None,
                })
            }),
            expect_telling(
                "trigger",
                "TriggerMessage",
                &[is("/requestedMessage", "BootNotification")],
                accepted,
                &[is("/status", "Accepted")],
            ),
            boot!("boot", "Triggered", IS_ACCEPTED),
            AVAILABLE,
        ],
        ..CASE
    },
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
    Case {
        id: "TC_B_12_CSMS",
        name: "Get Base Report - ConfigurationInventory",
        about: "The report comes in two parts, which the operator is shown.",
        applies: has!(configuration_inventory, "no ConfigurationInventory (C-17)"),
        requirements: &["B07.FR.07"],
        steps: &[
            operate("get the ConfigurationInventory", |_| {
                inventory(Inventory::Configuration)
            }),
            expect_answering(
                "report",
                "GetBaseReport",
                &[REQUEST_ID, is("/reportBase", "ConfigurationInventory")],
                accepted,
            ),
            FIRST_PART,
            LAST_PART,
            SHOWN,
        ],
        ..CASE
    },
    Case {
        id: "TC_B_13_CSMS",
        name: "Get Base Report - FullInventory",
        about: "The report comes in two parts, which the operator is shown.",
        applies: has!(full_inventory, "no FullInventory (C-50.2)"),
        requirements: &["B07.FR.08"],
        steps: &[
            operate("get the FullInventory", |_| inventory(Inventory::Full)),
            expect_answering(
                "report",
                "GetBaseReport",
                &[REQUEST_ID, is("/reportBase", "FullInventory")],
                accepted,
            ),
            FIRST_PART,
            LAST_PART,
            SHOWN,
        ],
        ..CASE
    },
    Case {
        id: "TC_B_14_CSMS",
        name: "Get Base Report - SummaryInventory",
        about: "The report comes in two parts, which the operator is shown.",
        applies: summary,
        requirements: &["B07.FR.09"],
        profile: Profile::AdvancedDeviceManagement,
        steps: &[
            operate("get the SummaryInventory", |_| {
                inventory(Inventory::Summary)
            }),
            expect_answering(
                "report",
                "GetBaseReport",
                &[REQUEST_ID, is("/reportBase", "SummaryInventory")],
                accepted,
            ),
            FIRST_PART,
            LAST_PART,
            SHOWN,
        ],
        ..CASE
    },
    Case {
        id: "TC_B_18_CSMS",
        name: "Get Custom Report - with componentCriteria and component/variables",
        about: "A report by criteria, first an empty one.",
        requirements: &["B08.FR.01", "B08.FR.03"],
        profile: Profile::AdvancedDeviceManagement,
        steps: &[
            operate(
                "get AvailabilityState of EVSE 1 if it has a problem",
                |_| report_of("Problem"),
            ),
            expect_telling(
                "problem",
                "GetReport",
                &[
                    is("/componentCriteria/0", "Problem"),
                    EVSE_STATE[0],
                    EVSE_STATE[1],
                    EVSE_STATE[2],
                ],
                |_| json!({"status": "EmptyResultSet"}),
                &[is("/status", "EmptyResultSet")],
            ),
            operate("get AvailabilityState of EVSE 1 if it is available", |_| {
                report_of("Available")
            }),
            expect_answering(
                "available",
                "GetReport",
                &[
                    is("/componentCriteria/0", "Available"),
                    EVSE_STATE[0],
                    EVSE_STATE[1],
                    EVSE_STATE[2],
                ],
                accepted,
            ),
            call(
                "report",
                "NotifyReport",
                |lab| {
                    json!({
                        "requestId": lab.requested("GetReport", "/requestId"), "seqNo": 0,
                        "generatedAt": lab.utc_in(0),
                        "reportData": [{
                            "component": {"name": "EVSE", "evse": {"id": 1}},
                            "variable": {"name": "AvailabilityState"},
                            "variableAttribute": [{"value": "Available"}],
                        }],
                    })
                },
                &[],
            ),
            told(
                "shown",
                &[is(
                    "/report/0/reportData/0/variableAttribute/0/value",
                    "Available",
                )],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_42_CSMS",
        name: "Set new NetworkConnectionProfile - Accepted",
        about: "A network profile for a slot of the station.",
        requirements: &["B09.FR.01"],
        steps: &[
            SET_PROFILE,
            expect_telling(
                "set",
                "SetNetworkProfile",
                &[
                    number("/configurationSlot", 1),
                    number("/connectionData/messageTimeout", 30),
                    is("/connectionData/ocppCsmsUrl", CSMS_URL),
                    is("/connectionData/ocppInterface", "Wired0"),
                    is("/connectionData/ocppTransport", "JSON"),
                    rule("/connectionData/ocppVersion", Must::BeOneOf(&["OCPP20"])),
                    number("/connectionData/securityProfile", 2),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_44_CSMS",
        name: "Set new NetworkConnectionProfile - Failed",
        about: "The station does not take the profile.",
        requirements: &["B09.FR.03"],
        steps: &[
            SET_PROFILE,
            expect_telling(
                "set",
                "SetNetworkProfile",
                &[],
                |_| json!({"status": "Failed"}),
                &[is("/status", "Failed")],
            ),
        ],
        ..CASE
    },
];
