//! B07, B08: reports of the device model.

use ocpp_core::csms::remote::{Command, Inventory, Operation, VariableName};
use serde_json::{Value, json};

use super::{CASE, accepted, has, operation};
use crate::case::{Case, Profile};
use crate::lab::Lab;
use crate::product::Product;
use crate::step::{
    Rule, Step, call, expect_answering, expect_telling, is, number, operate, suits, told,
};

fn summary(product: &Product) -> Result<(), &'static str> {
    let has = product.v2_0_1.summary_inventory;
    has.then_some(()).ok_or("no SummaryInventory")
}

pub(super) const REQUEST_ID: Rule = suits("/requestId", "at least 0", |id| {
    id.as_i64().is_some_and(|id| id >= 0)
});

pub(super) fn inventory(which: Inventory) -> Command {
    operation(Operation::Inventory(which))
}

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
pub(super) fn part(lab: &Lab<'_>, seq_no: i64, last: bool, variable: &str, value: &str) -> Value {
    json!({
        "requestId": lab.requested("GetBaseReport", "/requestId"), "seqNo": seq_no, "tbc": !last,
        "generatedAt": lab.utc_in(0),
        "reportData": [{
            "component": {"name": "OCPPCommCtrlr"}, "variable": {"name": variable},
            "variableAttribute": [{"value": value}],
        }],
    })
}

pub(super) const FIRST_PART: Step = call(
    "part.1",
    "NotifyReport",
    |lab| part(lab, 0, false, "OfflineThreshold", "600"),
    &[],
);
pub(super) const LAST_PART: Step = call(
    "part.2",
    "NotifyReport",
    |lab| part(lab, 1, true, "HeartbeatInterval", "300"),
    &[],
);
pub(super) const SHOWN: Step = told(
    "shown",
    &[
        is("/report/0/reportData/0/variableAttribute/0/value", "600"),
        is("/report/1/reportData/0/variableAttribute/0/value", "300"),
    ],
);

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
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
];
