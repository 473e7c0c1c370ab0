//! Payloads of calls that many cases make.

use serde_json::{Value, json};

/// GetVariables of one variable.
pub(super) fn get(component: &str, variable: &str) -> Value {
    json!({"getVariableData": [{
        "component": {"name": component}, "variable": {"name": variable},
    }]})
}

/// GetVariables of an attribute of one variable.
pub(super) fn get_attribute(component: &str, variable: &str, attribute: &str) -> Value {
    let mut payload = get(component, variable);
    payload["getVariableData"][0]["attributeType"] = attribute.into();
    payload
}

/// SetVariables of one variable.
pub(super) fn set(component: &str, variable: &str, value: &str) -> Value {
    json!({"setVariableData": [{
        "component": {"name": component}, "variable": {"name": variable}, "attributeValue": value,
    }]})
}

/// SetVariables of an attribute of one variable.
pub(super) fn set_attribute(
    component: &str,
    variable: &str,
    value: &str,
    attribute: &str,
) -> Value {
    let mut payload = set(component, variable, value);
    payload["setVariableData"][0]["attributeType"] = attribute.into();
    payload
}
