//! What the reports of GetReport have to be.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::base_report::{attributes, described, mutability, name, reported};
use super::REPORT;
use crate::lab::{Call, Lab};
use crate::unmet::Failed;

const INVENTORY: i64 = 117;

pub(super) fn is_single(items: &Value) -> bool {
    items.as_array().is_some_and(|items| items.len() == 1)
}

pub(super) fn has_all_states(list: &Value) -> bool {
    let list = list.as_str().unwrap_or_default();
    let list: BTreeSet<&str> = list.split(',').map(str::trim).collect();
    list == BTreeSet::from([
        "Available",
        "Occupied",
        "Reserved",
        "Unavailable",
        "Faulted",
    ])
}

fn is_true(item: &Value) -> bool {
    let mut actual = attributes(item);
    actual.all(|one| mutability(one) == "WriteOnly" || one["value"] == "true")
}

pub(super) fn enabled(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let all = reported(lab, "report", REPORT)?;
    described(lab, &all)?;
    for item in &all {
        if item["variable"]["name"] != "Enabled" {
            return lab.fail("report.name", "variables named Enabled", name(item));
        }
        if !is_true(item) {
            return lab.fail("report.value", "the value true", name(item));
        }
    }
    let most = lab.key("items", "DeviceDataCtrlr.ItemsPerMessage[GetVariables]")?;
    let most: usize = most.parse().unwrap_or(1);
    for some in all.chunks(most.max(1)) {
        same_values(lab, some)?;
    }
    lab.silence("report.end", 1, &[])?;
    let request = json!({"requestId": INVENTORY, "reportBase": "FullInventory"});
    let inventory = Call::new("inventory", "GetBaseReport", request);
    lab.call(inventory.status("Accepted"))?;
    for item in reported(lab, "inventory.report", INVENTORY)? {
        let same = |other: &Value| {
            other["component"] == item["component"] && other["variable"] == item["variable"]
        };
        let mut values = attributes(&item);
        let wanted =
            item["variable"]["name"] == "Enabled" && values.any(|one| one["value"] == "true");
        if wanted && !all.iter().any(same) {
            let expected = "every variable Enabled that is true";
            return lab.fail(
                "report.complete",
                expected,
                format!("without {}", name(&item)),
            );
        }
    }
    Ok(())
}

/// GetVariables tells of these variables that they are true.
fn same_values(lab: &mut Lab<'_>, items: &[Value]) -> Result<(), Failed> {
    let data: Vec<Value> = items
        .iter()
        .map(|item| json!({"component": item["component"], "variable": item["variable"]}))
        .collect();
    let answer = lab.call(Call::new(
        "get",
        "GetVariables",
        json!({"getVariableData": data}),
    ))?;
    let results = answer.payload["getVariableResult"].as_array();
    let results: Vec<&Value> = results.into_iter().flatten().collect();
    for item in items {
        // The order of the results is free (B06).
        let result = results.iter().find(|result| {
            result["component"] == item["component"] && result["variable"] == item["variable"]
        });
        let secret = attributes(item).any(|one| mutability(one) == "WriteOnly");
        let fits = result.is_some_and(|result| match secret {
            true => result["attributeStatus"] == "Rejected" && result["attributeValue"].is_null(),
            false => result["attributeStatus"] == "Accepted" && result["attributeValue"] == "true",
        });
        if !fits {
            let got = result.map_or("no result".to_owned(), |result| format!("it was {result}"));
            return lab.fail("get.value", "Accepted and true", got);
        }
    }
    Ok(())
}

pub(super) fn instances(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let all = reported(lab, "report", REPORT)?;
    described(lab, &all)?;
    named(lab, &all, "DeviceDataCtrlr", "ItemsPerMessage")?;
    for wanted in ["GetReport", "GetVariables"] {
        if !all
            .iter()
            .any(|item| item["variable"]["instance"] == wanted)
        {
            let got = format!("{} came", all.len());
            return lab.fail("report.instances", format!("the instance {wanted}"), got);
        }
    }
    Ok(())
}

pub(super) fn evses(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let all = reported(lab, "report", REPORT)?;
    described(lab, &all)?;
    named(lab, &all, "EVSE", "AvailabilityState")?;
    let ids: Vec<Option<u64>> = all
        .iter()
        .map(|item| item["component"]["evse"]["id"].as_u64())
        .collect();
    let wanted = 1..=u64::from(lab.parameters.connectors);
    let complete = wanted.clone().all(|id| ids.contains(&Some(id)));
    if !complete || ids.len() != wanted.count() {
        let expected = format!("{} EVSEs", lab.parameters.connectors);
        return lab.fail("report.evses", expected, format!("it was {ids:?}"));
    }
    Ok(())
}

fn named(lab: &Lab<'_>, all: &[Value], component: &str, variable: &str) -> Result<(), Failed> {
    let other = |item: &&Value| {
        item["component"]["name"] != component || item["variable"]["name"] != variable
    };
    match all.iter().find(other) {
        Some(item) => lab.fail("report.name", format!("{component}.{variable}"), name(item)),
        None => Ok(()),
    }
}
