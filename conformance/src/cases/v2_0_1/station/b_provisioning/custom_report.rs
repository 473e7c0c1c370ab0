//! GetReport: B08.

mod checks;

use serde_json::{Value, json};

use super::super::CASE;
use crate::case::{Case, Profile};
use crate::mutation::{Change::*, Mutation, fails};
use crate::product::Product;
use crate::step::{
    Rule, Step, by_hand, call, expect, is, is_or_absent, number, one_of_or_absent, present, suits,
};
use checks::{enabled, evses, has_all_states, instances, is_single};

/// The requests of the reports.
const REPORT: i64 = 116;

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_B_16_CS",
        name: "Get Custom Report - with component criteria",
        about: "The variables named Enabled that are true are reported, all of them, and GetVariables tells the same. What can \
                only be written is not told (erratum 6.2.12). Decided: the report has no other variables, as the description \
                says of each item.",
        requirements: &[
            "B08.FR.01", "B08.FR.03", "B08.FR.04", "B08.FR.09", "B08.FR.12", "B08.FR.14",
            "B06.FR.09",
        ],
        applies: reports,
        steps: &[
            call(
                "ask",
                "GetReport",
                |_| json!({"requestId": REPORT, "componentCriteria": ["Enabled"]}),
                ACCEPTED,
            ),
            by_hand(
                "[report] the station sends NotifyReport.req with the requestId and seqNo from 0 until tbc is false\n     \
                 [report.characteristics] each variable has them, [report.name] and the name Enabled, [report.value] and the \
                 value true\n     [get] the CSMS reads them all with GetVariables.req: Accepted and true, or Rejected without \
                 value where they can only be written\n     [report.end] nothing more comes; [inventory] the CSMS asks for the FullInventory; \
                 [report.complete] every Enabled that is true there was reported",
                enabled,
                &[
                    fails(
                        Remove("NotifyReport", 0, "/reportData/0/variableCharacteristics"),
                        "report.characteristics",
                    ),
                    fails(
                        Replace(
                            "NotifyReport",
                            0,
                            "/reportData/0/variable",
                            r#"{"name": "Available"}"#,
                        ),
                        "report.name",
                    ),
                    fails(
                        Replace(
                            "NotifyReport",
                            0,
                            "/reportData/0/variableAttribute/0/value",
                            r#""false""#,
                        ),
                        "report.value",
                    ),
                    fails(
                        Replace("NotifyReport", 0, "/reportData", ONE_ENABLED),
                        "report.complete",
                    ),
                    OTHER_REQUEST,
                ],
            ),
        ],
        ..REPORT_CASE
    },
    Case {
        id: "TC_B_17_CS",
        name: "Get Custom Report - with component/variable",
        about: "One variable of one EVSE is reported, as a list of the five states.",
        requirements: &[
            "B08.FR.01", "B08.FR.03", "B08.FR.04", "B08.FR.11", "B08.FR.12", "B08.FR.14",
        ],
        applies: reports,
        steps: &[
            call(
                "ask",
                "GetReport",
                |_| ask(&json!([state_of_first()])),
                ACCEPTED,
            ),
            expect("report", "NotifyReport", STATE),
        ],
        ..REPORT_CASE
    },
    Case {
        id: "TC_B_18_CS",
        name: "Get Custom Report - with component criteria and component/variable",
        about: "The variable of an EVSE that is available is reported, and not that of one that has a problem. Mutability and \
                type of the attribute, which the description has the wrong way round, are checked as in TC_B_17_CS.",
        requirements: &[
            "B08.FR.01", "B08.FR.03", "B08.FR.04", "B08.FR.05", "B08.FR.11", "B08.FR.12",
            "B08.FR.14", "B08.FR.15",
        ],
        applies: reports,
        steps: &[
            call(
                "ask",
                "GetReport",
                |_| with_criterion("Available"),
                ACCEPTED,
            ),
            expect("report", "NotifyReport", STATE),
            call(
                "problem",
                "GetReport",
                |_| with_criterion("Problem"),
                &[
                    is("/status", "EmptyResultSet"),
                    is_or_absent("/statusInfo/reasonCode", "NotFound"),
                ],
            ),
        ],
        ..REPORT_CASE
    },
    Case {
        id: "TC_B_19_CS",
        name: "Get Custom Report - for unknown component criteria",
        about: "A criterion that the station does not support is refused, and nothing is reported.",
        profile: Profile::None,
        requirements: &["B08.FR.02"],
        applies: |product| {
            reports(product)?;
            match unsupported(product) {
                Some(_) => Ok(()),
                None => Err("all criteria are supported"),
            }
        },
        steps: &[
            call(
                "ask",
                "GetReport",
                |lab| {
                    let unsupported = unsupported(lab.product).unwrap_or_default();
                    json!({
                        "requestId": REPORT, "componentCriteria": ["Available", unsupported],
                    })
                },
                &[
                    is("/status", "NotSupported"),
                    one_of_or_absent(
                        "/statusInfo/reasonCode",
                        &["UnsupportedParam", "InvalidValue"],
                    ),
                ],
            ),
            Step::Silence("silence", |_| 10, &[]),
        ],
        ..REPORT_CASE
    },
    Case {
        id: "TC_B_54_CS",
        name: "Get Custom Report - with component/variable, but no instance",
        about: "Without an instance all are reported, those of GetReport and GetVariables (which the description writes \
                GetVariable) among them, in any order.",
        requirements: &[
            "B08.FR.01", "B08.FR.03", "B08.FR.04", "B08.FR.11", "B08.FR.12", "B08.FR.14",
            "B08.FR.21",
        ],
        applies: reports,
        steps: &[
            call("ask", "GetReport", |_| ask(&json!([items(None)])), ACCEPTED),
            by_hand(
                "[report] the station sends NotifyReport.req with the requestId and seqNo from 0 until tbc is false\n     \
                 [report.name] each variable is DeviceDataCtrlr.ItemsPerMessage, [report.instances] and GetReport and \
                 GetVariables are among the instances",
                instances,
                &[
                    fails(
                        Replace(
                            "NotifyReport",
                            0,
                            "/reportData/0/variable/name",
                            r#""Other""#,
                        ),
                        "report.name",
                    ),
                    fails(
                        Replace(
                            "NotifyReport",
                            0,
                            "/reportData/0/component/name",
                            r#""Other""#,
                        ),
                        "report.name",
                    ),
                    fails(
                        Replace(
                            "NotifyReport",
                            0,
                            "/reportData/0/variable/instance",
                            r#""Other""#,
                        ),
                        "report.instances",
                    ),
                    OTHER_REQUEST,
                ],
            ),
        ],
        ..REPORT_CASE
    },
    Case {
        id: "TC_B_55_CS",
        name: "Get Custom Report - with component/variable/instance",
        about: "With an instance only that is reported.",
        requirements: &[
            "B08.FR.01", "B08.FR.03", "B08.FR.04", "B08.FR.11", "B08.FR.12", "B08.FR.14",
        ],
        applies: reports,
        steps: &[
            call(
                "ask",
                "GetReport",
                |_| ask(&json!([items(Some("GetReport"))])),
                ACCEPTED,
            ),
            expect(
                "report",
                "NotifyReport",
                &[
                    number("/requestId", REPORT),
                    present("/generatedAt"),
                    number("/seqNo", 0),
                    suits("/reportData", "of one variable", is_single),
                    is("/reportData/0/component/name", "DeviceDataCtrlr"),
                    is("/reportData/0/variable/name", "ItemsPerMessage"),
                    is("/reportData/0/variable/instance", "GetReport"),
                    present("/reportData/0/variableCharacteristics"),
                ],
            ),
        ],
        ..REPORT_CASE
    },
    Case {
        id: "TC_B_56_CS",
        name: "Get Custom Report - with component/variable, but no evseId",
        about: "Without an EVSE the variable of all is reported.",
        requirements: &[
            "B08.FR.01", "B08.FR.03", "B08.FR.04", "B08.FR.11", "B08.FR.12", "B08.FR.14",
            "B08.FR.23",
        ],
        applies: reports,
        steps: &[
            call(
                "ask",
                "GetReport",
                |_| {
                    ask(&json!([{
                        "component": {"name": "EVSE"}, "variable": {"name": "AvailabilityState"},
                    }]))
                },
                ACCEPTED,
            ),
            by_hand(
                "[report] the station sends NotifyReport.req with the requestId and seqNo from 0 until tbc is false\n     \
                 [report.name] each variable is EVSE.AvailabilityState, [report.evses] of every EVSE once",
                evses,
                &[
                    fails(
                        Replace(
                            "NotifyReport",
                            0,
                            "/reportData/0/variable/name",
                            r#""Other""#,
                        ),
                        "report.name",
                    ),
                    fails(
                        Replace("NotifyReport", 0, "/reportData/0/component/evse/id", "99"),
                        "report.evses",
                    ),
                    OTHER_REQUEST,
                ],
            ),
        ],
        ..REPORT_CASE
    },
];

const REPORT_CASE: Case = Case {
    profile: Profile::AdvancedDeviceManagement,
    ..CASE
};
const ACCEPTED: &[Rule] = &[
    is("/status", "Accepted"),
    is_or_absent("/statusInfo/reasonCode", "NoError"),
];
const OTHER_REQUEST: Mutation = fails(
    Replace("NotifyReport", 0, "/requestId", "1"),
    "report/requestId",
);
const ONE_ENABLED: &str = r#"[{"component": {"name": "AuthCtrlr"}, "variable": {"name": "Enabled"},
    "variableAttribute": [{"value": "true", "mutability": "ReadOnly"}],
    "variableCharacteristics": {"dataType": "boolean", "supportsMonitoring": false}}]"#;

/// The state of the first EVSE.
const STATE: &[Rule] = &[
    number("/requestId", REPORT),
    present("/generatedAt"),
    number("/seqNo", 0),
    suits("/reportData", "of one variable", is_single),
    is("/reportData/0/component/name", "EVSE"),
    number("/reportData/0/component/evse/id", 1),
    is("/reportData/0/variable/name", "AvailabilityState"),
    is(
        "/reportData/0/variableCharacteristics/dataType",
        "OptionList",
    ),
    suits(
        "/reportData/0/variableCharacteristics/valuesList",
        "Available, Occupied, Reserved, Unavailable and Faulted",
        has_all_states,
    ),
    is("/reportData/0/variableAttribute/0/mutability", "ReadOnly"),
    is_or_absent("/reportData/0/variableAttribute/0/type", "Actual"),
];

fn reports(product: &Product) -> Result<(), &'static str> {
    match product.v2_0_1.report_criteria.is_empty() {
        true => Err("no custom reports (Advanced Device Management)"),
        false => Ok(()),
    }
}

/// A criterion that is not supported.
fn unsupported(product: &Product) -> Option<&'static str> {
    let supported = product.v2_0_1.report_criteria;
    let all = ["Active", "Available", "Enabled", "Problem"];
    all.into_iter().find(|one| !supported.contains(one))
}

fn ask(variables: &Value) -> Value {
    json!({"requestId": REPORT, "componentVariable": variables})
}

fn state_of_first() -> Value {
    json!({
        "component": {"name": "EVSE", "evse": {"id": 1}},
        "variable": {"name": "AvailabilityState"},
    })
}

fn with_criterion(criterion: &str) -> Value {
    json!({
        "requestId": REPORT, "componentCriteria": [criterion],
        "componentVariable": [state_of_first()],
    })
}

fn items(instance: Option<&str>) -> Value {
    let mut variable = json!({"name": "ItemsPerMessage"});
    if let Some(instance) = instance {
        variable["instance"] = instance.into();
    }
    json!({"component": {"name": "DeviceDataCtrlr"}, "variable": variable})
}
