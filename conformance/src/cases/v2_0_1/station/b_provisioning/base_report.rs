//! GetBaseReport: B07.

mod required;

use serde_json::{Value, json};

use super::super::CASE;
use crate::case::Case;
use crate::lab::{Expected, Lab};
use crate::mutation::{Change::*, Mutation, fails};
use crate::step::{Rule, Step, by_hand, call, is, is_or_absent};
use crate::unmet::Failed;
use required::complete;

/// The request of the reports.
const REPORT: i64 = 112;

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_B_12_CS",
        name: "Get Base Report - ConfigurationInventory",
        about: "All variables that can be set are told, among them those that every station must have for what it offers.",
        requirements: &[
            "B07.FR.01", "B07.FR.03", "B07.FR.04", "B07.FR.07", "B07.FR.10", "B07.FR.12",
        ],
        steps: &[
            call(
                "ask",
                "GetBaseReport",
                |_| ask("ConfigurationInventory"),
                ACCEPTED,
            ),
            by_hand(
                "[report] the station sends NotifyReport.req with the requestId and seqNo from 0 until tbc is false\n     \
                 [report.characteristics] each variable has them, [report.values-list] with a list if the type needs one\n     \
                 [report.mutability] each can be written, [report.required] and those are there that have to be",
                |lab| {
                    let all = reported(lab, "report", REPORT)?;
                    described(lab, &all)?;
                    let readable = all.iter().find(|item| {
                        let mut attributes = attributes(item);
                        !attributes.any(|one| mutability(one) != "ReadOnly")
                    });
                    if let Some(item) = readable {
                        let expected = "variables that can be written";
                        return lab.fail("report.mutability", expected, name(item));
                    }
                    complete(lab, &all, true)
                },
                &[
                    REPORT_WITHOUT_CHARACTERISTICS,
                    REPORT_WITHOUT_VALUES,
                    fails(
                        Replace("NotifyReport", 0, MUTABILITY, r#""ReadOnly""#),
                        "report.mutability",
                    ),
                    fails(
                        ReplaceAll("NotifyReport", "/reportData", ONE_ITEM),
                        "report.required",
                    ),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_13_CS",
        name: "Get Base Report - FullInventory",
        about: "All variables are told, among them those that every station must have for what it offers.",
        requirements: &[
            "B07.FR.01", "B07.FR.03", "B07.FR.04", "B07.FR.08", "B07.FR.10", "B07.FR.12",
        ],
        steps: &[
            call("ask", "GetBaseReport", |_| ask("FullInventory"), ACCEPTED),
            by_hand(
                "[report] the station sends NotifyReport.req with the requestId and seqNo from 0 until tbc is false\n     \
                 [report.characteristics] each variable has them, [report.values-list] with a list if the type needs one\n     \
                 [report.required] and those are there that have to be",
                |lab| {
                    let all = reported(lab, "report", REPORT)?;
                    described(lab, &all)?;
                    complete(lab, &all, false)
                },
                &[
                    REPORT_WITHOUT_CHARACTERISTICS,
                    REPORT_WITHOUT_VALUES,
                    fails(
                        ReplaceAll("NotifyReport", "/reportData", ONE_ITEM),
                        "report.required",
                    ),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_14_CS",
        name: "Get Base Report - SummaryInventory",
        about: "The states of the station and of every EVSE are told, those of connectors where they differ. That the \
                variables of components with a problem are told cannot be checked: no step brings one about.",
        requirements: &[
            "B07.FR.01", "B07.FR.03", "B07.FR.04", "B07.FR.09", "B07.FR.10", "B07.FR.12",
        ],
        applies: |product| match product.v2_0_1.summary_inventory {
            true => Ok(()),
            false => Err("SummaryInventory is not supported (C-56)"),
        },
        steps: &[
            call(
                "ask",
                "GetBaseReport",
                |_| ask("SummaryInventory"),
                ACCEPTED,
            ),
            by_hand(
                "[report] the station sends NotifyReport.req with the requestId and seqNo from 0 until tbc is false\n     \
                 [report.characteristics] each variable has them, [report.values-list] with a list if the type needs one\n     \
                 [report.required] AvailabilityState of the station and of every EVSE is there",
                |lab| {
                    let all = reported(lab, "report", REPORT)?;
                    described(lab, &all)?;
                    tells_states(lab, &all)
                },
                &[
                    REPORT_WITHOUT_CHARACTERISTICS,
                    REPORT_WITHOUT_VALUES,
                    fails(
                        ReplaceAll("NotifyReport", "/reportData", ONE_ITEM),
                        "report.required",
                    ),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_15_CS",
        name: "Get Base Report - Not Supported base report",
        about: "A station without SummaryInventory says so, and reports nothing.",
        requirements: &["B07.FR.02"],
        applies: |product| match product.v2_0_1.summary_inventory {
            true => Err("SummaryInventory is supported (C-56)"),
            false => Ok(()),
        },
        steps: &[
            call(
                "ask",
                "GetBaseReport",
                |_| ask("SummaryInventory"),
                &[
                    is("/status", "NotSupported"),
                    is_or_absent("/statusInfo/reasonCode", "UnsupportedParam"),
                ],
            ),
            Step::Silence("silence", |_| 10, &[]),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_53_CS",
        name: "Get Base Report - Test mandatory DM variables via FullInventory",
        about: "The variables that every station must have are there, with lists of values where their type needs one, values \
                that are among them, no value where it can only be written, and one everywhere else but in EVSE.Power, which \
                has a maxLimit (erratum 6.2.19).",
        requirements: &["2.0.1 part 2, Referenced Components and Variables"],
        steps: &[
            call("ask", "GetBaseReport", |_| ask("FullInventory"), ACCEPTED),
            by_hand(
                "[report] the station sends NotifyReport.req with the requestId and seqNo from 0 until tbc is false\n     \
                 [report.required] the variables that have to be there are, [report.values-list] with lists, \
                 [report.allowed] and values from them\n     [report.write-only] what can only be written has no value, \
                 [report.value] all else has one\n     [report.limit] EVSE.Power has maxLimit",
                |lab| {
                    let all = reported(lab, "report", REPORT)?;
                    complete(lab, &all, false)?;
                    described(lab, &all)?;
                    valued(lab, &all)
                },
                &[
                    fails(
                        ReplaceAll("NotifyReport", "/reportData", ONE_ITEM),
                        "report.required",
                    ),
                    REPORT_WITHOUT_VALUES,
                    fails(
                        Replace(
                            "NotifyReport",
                            0,
                            "/reportData/0/variableCharacteristics",
                            r#"{"dataType": "OptionList", "supportsMonitoring": false, "valuesList": "Something else"}"#,
                        ),
                        "report.allowed",
                    ),
                    fails(
                        Replace("NotifyReport", 0, MUTABILITY, r#""WriteOnly""#),
                        "report.write-only",
                    ),
                    fails(
                        Remove("NotifyReport", 0, "/reportData/0/variableAttribute/0/value"),
                        "report.value",
                    ),
                    fails(
                        Replace("NotifyReport", 0, ONE_MORE, POWER_WITHOUT_LIMIT),
                        "report.limit",
                    ),
                ],
            ),
        ],
        ..CASE
    },
];

const ACCEPTED: &[Rule] = &[
    is("/status", "Accepted"),
    is_or_absent("/statusInfo/reasonCode", "NoError"),
];
const MUTABILITY: &str = "/reportData/0/variableAttribute/0/mutability";
const ONE_MORE: &str = "/reportData/-";
const POWER_WITHOUT_LIMIT: &str = r#"{"component": {"name": "EVSE", "evse": {"id": 1}},
    "variable": {"name": "Power"}, "variableAttribute": [{"mutability": "ReadOnly"}],
    "variableCharacteristics": {"dataType": "decimal", "supportsMonitoring": true}}"#;
const ONE_ITEM: &str = r#"[{"component": {"name": "Invented"}, "variable": {"name": "Invented"},
    "variableAttribute": [{"value": "1", "mutability": "ReadWrite"}],
    "variableCharacteristics": {"dataType": "integer", "supportsMonitoring": false}}]"#;
const REPORT_WITHOUT_CHARACTERISTICS: Mutation = fails(
    Remove("NotifyReport", 0, "/reportData/0/variableCharacteristics"),
    "report.characteristics",
);
const REPORT_WITHOUT_VALUES: Mutation = fails(
    Replace(
        "NotifyReport",
        0,
        "/reportData/0/variableCharacteristics",
        r#"{"dataType": "MemberList", "supportsMonitoring": false}"#,
    ),
    "report.values-list",
);

fn ask(base: &str) -> Value {
    json!({"requestId": REPORT, "reportBase": base})
}

/// The variables of a report, whose parts come in order.
pub(in super::super) fn reported(
    lab: &mut Lab<'_>,
    label: &str,
    request: i64,
) -> Result<Vec<Value>, Failed> {
    let mut all = Vec::new();
    for number in 0_i64.. {
        let page = Expected::new(label, "NotifyReport")
            .at("/seqNo", number)
            .with("/requestId", request)
            .present("/generatedAt");
        let page = lab.expect(page)?;
        let items = page.payload["reportData"].as_array();
        all.extend(items.into_iter().flatten().cloned());
        if page.payload["tbc"] != true {
            break;
        }
    }
    Ok(all)
}

/// Component and variable of an item, in words.
pub(super) fn name(item: &Value) -> String {
    format!("it was {} {}", item["component"], item["variable"])
}

pub(super) fn attributes(item: &Value) -> impl Iterator<Item = &Value> {
    item["variableAttribute"].as_array().into_iter().flatten()
}

/// What is not said can be read and written.
pub(super) fn mutability(attribute: &Value) -> &str {
    attribute["mutability"].as_str().unwrap_or("ReadWrite")
}

fn is_list(item: &Value) -> bool {
    let kind = item["variableCharacteristics"]["dataType"].as_str();
    matches!(kind, Some("OptionList" | "SequenceList" | "MemberList"))
}

fn values(item: &Value) -> &str {
    let values = &item["variableCharacteristics"]["valuesList"];
    values.as_str().unwrap_or_default()
}

pub(super) fn described(lab: &Lab<'_>, all: &[Value]) -> Result<(), Failed> {
    for item in all {
        if !item["variableCharacteristics"].is_object() {
            let expected = "variableCharacteristics of every variable";
            return lab.fail("report.characteristics", expected, name(item));
        }
        if is_list(item) && values(item).is_empty() {
            let expected = "a valuesList for every list";
            return lab.fail("report.values-list", expected, name(item));
        }
    }
    Ok(())
}

fn valued(lab: &Lab<'_>, all: &[Value]) -> Result<(), Failed> {
    for item in all {
        let limit_only = item["component"]["name"] == "EVSE" && item["variable"]["name"] == "Power";
        if limit_only && !item["variableCharacteristics"]["maxLimit"].is_number() {
            return lab.fail("report.limit", "maxLimit of EVSE.Power", name(item));
        }
        for attribute in attributes(item) {
            let value = attribute["value"].as_str();
            let (check, expected) = match (mutability(attribute) == "WriteOnly", value) {
                (true, Some(_)) => ("report.write-only", "no value"),
                (false, None) if !limit_only => ("report.value", "a value"),
                _ => {
                    let list: Vec<&str> = values(item).split(',').map(str::trim).collect();
                    let mut items = value.unwrap_or_default().split(',').map(str::trim);
                    let fits = |one: &str| one.is_empty() || list.contains(&one);
                    if !is_list(item) || items.all(fits) {
                        continue;
                    }
                    ("report.allowed", "a value of the valuesList")
                }
            };
            return lab.fail(check, expected, name(item));
        }
    }
    Ok(())
}

/// The states of the station and of its EVSEs are among the variables.
fn tells_states(lab: &Lab<'_>, all: &[Value]) -> Result<(), Failed> {
    let evses = (1..=lab.parameters.connectors).map(Some);
    for evse in std::iter::once(None).chain(evses) {
        let component = if evse.is_some() {
            "EVSE"
        } else {
            "ChargingStation"
        };
        let told = all.iter().any(|item| {
            item["component"]["name"] == component
                && item["component"]["evse"]["id"].as_u64() == evse.map(u64::from)
                && item["variable"]["name"] == "AvailabilityState"
        });
        if !told {
            let expected = format!("AvailabilityState of {component} {evse:?}");
            return lab.fail("report.required", expected, format!("{} came", all.len()));
        }
    }
    Ok(())
}
