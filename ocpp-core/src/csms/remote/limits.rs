//! Requests with lists: how many items they may have, and what came of each.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::mem;

use serde_json::Value;

use super::command::Running;
use super::operation::{Operation, VariableResult};
use super::plan::name_of;
use super::variable::VariableName;

/// The request whose number of items the station limits.
pub(super) fn limited(operation: &Operation) -> Option<&'static str> {
    Some(match operation {
        Operation::SetVariables(_) => "SetVariables",
        Operation::GetVariables(_) => "GetVariables",
        Operation::SendLocalList { .. } => "SendLocalList",
        Operation::SetMonitors(_) => "SetVariableMonitoring",
        Operation::ClearMonitors(_) => "ClearVariableMonitoring",
        _ => return None,
    })
}

/// The most keys that are read without asking how many a station of 1.6 takes: every station takes so many.
const KEYS_OF_ANY: usize = 8;

/// In 1.6 configuration keys limit requests.
const KEYS: [(&str, &str); 2] = [
    ("SendLocalListMaxLength", "SendLocalList"),
    ("GetConfigurationMaxKeys", "GetConfiguration"),
];

/// The request of 1.6 whose number of items matters, because there is more than what every station takes.
pub(super) const fn limited_1_6(operation: &Operation) -> Option<&'static str> {
    match operation {
        Operation::SendLocalList { entries, .. } if entries.len() > 1 => Some("SendLocalList"),
        Operation::GetVariables(names) if names.len() > KEYS_OF_ANY => Some("GetConfiguration"),
        _ => None,
    }
}

/// The key that limits the items of a request of 1.6.
pub(super) fn limit_key(action: &str) -> &'static str {
    let found = KEYS.iter().find(|(_, of)| *of == action);
    found.map_or("", |(key, _)| key)
}

/// The action whose requests a key of 1.6 limits.
pub(super) fn limited_by_key(key: &str) -> Option<&'static str> {
    let found = KEYS.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
    found.map(|(_, action)| *action)
}

/// The requests that are split.
pub(super) const LIMITED: [&str; 5] = [
    "SetVariables",
    "GetVariables",
    "SendLocalList",
    "SetVariableMonitoring",
    "ClearVariableMonitoring",
];

/// The variable that limits the items of a request.
pub(super) fn limit_variable(action: &str) -> VariableName {
    let component = match action {
        "SendLocalList" => "LocalAuthListCtrlr",
        "SetVariableMonitoring" | "ClearVariableMonitoring" => "MonitoringCtrlr",
        _ => "DeviceDataCtrlr",
    };
    let mut name = VariableName::new(component, "ItemsPerMessage");
    if component != "LocalAuthListCtrlr" {
        name.variable_instance = Some(action.into());
    }
    name
}

/// What a variable limits of the requests of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    Items,
    Bytes,
}

/// What a variable limits, and the action whose requests it limits (B05.FR.11, B06.FR.05, N06.FR.04, D01.FR.11).
pub(super) fn limited_by(name: &VariableName) -> Option<(Limit, String)> {
    let limit = if name.variable.eq_ignore_ascii_case("ItemsPerMessage") {
        Limit::Items
    } else if name.variable.eq_ignore_ascii_case("BytesPerMessage") {
        Limit::Bytes
    } else {
        return None;
    };
    let action = match name.component.as_str() {
        "LocalAuthListCtrlr" => "SendLocalList".into(),
        "MonitoringCtrlr" | "DeviceDataCtrlr" => name.variable_instance.clone()?,
        _ => return None,
    };
    Some((limit, action))
}

/// What a request has besides its items: the frame, and its other members, at most.
const AROUND_ITEMS: usize = 160;

/// The parts of a list: so many items and bytes each at most, and one item at least.
pub(super) fn parts(list: Vec<Value>, items: usize, bytes: usize) -> Vec<Vec<Value>> {
    let mut parts: Vec<Vec<Value>> = Vec::new();
    let mut length = 0;
    for item in list {
        let more = item.to_string().len() + 1;
        let fits = parts
            .last()
            .is_some_and(|part| part.len() < items && length + more <= bytes);
        match parts.last_mut().filter(|_| fits) {
            Some(part) => part.push(item),
            None => {
                length = AROUND_ITEMS;
                parts.push(Vec::from([item]));
            }
        }
        length += more;
    }
    parts
}

/// Takes the results of a part. They are known by their names: nothing fixes their order (B05.FR.02).
pub(super) fn collect_variables(
    running: &mut Running,
    action: &str,
    request: &Value,
    value: &Value,
) {
    let text = |value: &Value| value.as_str().map(ToString::to_string);
    let result = |name: VariableName, status: Option<String>, value: Option<String>| {
        let status = status.unwrap_or_else(|| "Accepted".into());
        VariableResult {
            name,
            status,
            value,
        }
    };
    let results = &mut running.results;
    let list = |member: &str| value[member].as_array().cloned().unwrap_or_default();
    match action {
        "ChangeConfiguration" => {
            let key = request["key"].as_str().unwrap_or_default();
            results.push(result(VariableName::key(key), text(&value["status"]), None));
        }
        "GetConfiguration" => {
            for key in list("configurationKey") {
                let name = VariableName::key(key["key"].as_str().unwrap_or_default());
                results.push(result(name, None, text(&key["value"])));
            }
            for key in list("unknownKey") {
                let name = VariableName::key(key.as_str().unwrap_or_default());
                results.push(result(name, Some("NotSupported".into()), None));
            }
        }
        _ => {
            for one in list("setVariableResult")
                .iter()
                .chain(&list("getVariableResult"))
            {
                let status = text(&one["attributeStatus"]);
                results.push(result(name_of(one), status, text(&one["attributeValue"])));
            }
        }
    }
}

/// The results in the order of the request.
pub(super) fn sorted(running: &mut Running) -> Vec<VariableResult> {
    let results = mem::take(&mut running.results);
    let names = mem::take(&mut running.names).into_iter();
    let named = names.map(|name| {
        let found = results.iter().find(|result| result.name.matches(&name));
        match found {
            Some(found) => VariableResult {
                name,
                ..found.clone()
            },
            None => VariableResult {
                name,
                status: "Missing".into(),
                value: None,
            },
        }
    });
    named.collect()
}
