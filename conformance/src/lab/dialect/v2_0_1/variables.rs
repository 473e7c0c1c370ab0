//! Variables as keys of a configuration, `Component.Variable[Instance]`, and the reports that tell them.

use serde_json::{Value, json};

use super::super::super::{Call, Expected, Lab};
use crate::draft::ReportedVariable;
use crate::unmet::Failed;

/// The request of the report with which variables are read before and after a case.
const REPORT: i64 = 990;

/// Component, variable and instance.
pub(super) fn names(key: &str) -> (Value, Value) {
    let (component, variable) = key.split_once('.').unwrap_or((key, ""));
    let component = json!({"name": component});
    let (name, instance) = variable.split_once('[').unwrap_or((variable, ""));
    let mut variable = json!({"name": name});
    if let Some(instance) = instance.strip_suffix(']') {
        variable["instance"] = json!(instance);
    }
    (component, variable)
}

/// The other way round.
pub(super) fn key(component: &Value, variable: &Value) -> Option<String> {
    if component.get("evse").is_some() || component.get("instance").is_some() {
        return None;
    }
    let name = format!(
        "{}.{}",
        component["name"].as_str()?,
        variable["name"].as_str()?
    );
    Some(match variable["instance"].as_str() {
        Some(instance) => format!("{name}[{instance}]"),
        None => name,
    })
}

/// The entries of a report of all pages.
pub(super) fn reported(lab: &mut Lab<'_>, base: &str) -> Result<Vec<Value>, Failed> {
    let asked = json!({"requestId": REPORT, "reportBase": base});
    lab.call(Call::new("keys", "GetBaseReport", asked).status("Accepted"))?;
    let mut all = Vec::new();
    loop {
        let page = Expected::new("keys.report", "NotifyReport").at("/requestId", REPORT);
        let page = lab.expect(page)?;
        let items = page.payload["reportData"].as_array();
        all.extend(items.into_iter().flatten().cloned());
        if page.payload["tbc"] != true {
            return Ok(all);
        }
    }
}

/// The attribute Actual of an entry.
pub(super) fn actual(item: &Value) -> Option<&Value> {
    let mut attributes = item["variableAttribute"].as_array()?.iter();
    attributes.find(|attribute| attribute["type"].is_null() || attribute["type"] == "Actual")
}

/// An entry of a report, also of an EVSE.
pub(super) fn told(item: &Value) -> ReportedVariable {
    let mut component = item["component"].clone();
    let evse = component["evse"]["id"].as_u64();
    if let Some(members) = component.as_object_mut() {
        members.remove("evse");
    }
    let actual = actual(item);
    let facts = &item["variableCharacteristics"];
    let values = facts["valuesList"].as_str().unwrap_or_default().split(',');
    let values = values.map(str::trim).filter(|value| !value.is_empty());
    ReportedVariable {
        key: key(&component, &item["variable"]).unwrap_or_default(),
        evse,
        value: actual.and_then(|actual| Some(actual["value"].as_str()?.to_owned())),
        // Without a word about it, it can be written.
        writable: actual.is_some_and(|actual| actual["mutability"] != "ReadOnly"),
        values: values.map(ToOwned::to_owned).collect(),
        range: (facts["minLimit"].as_f64(), facts["maxLimit"].as_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_written_as_keys() {
        for text in [
            "OCPPCommCtrlr.OfflineThreshold",
            "OCPPCommCtrlr.MessageAttempts[TransactionEvent]",
        ] {
            let (component, variable) = names(text);
            assert_eq!(key(&component, &variable).as_deref(), Some(text));
        }
    }
}
