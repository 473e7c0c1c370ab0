//! Changes of a payload.

use serde_json::Value;

/// Sets the member that a JSON pointer names, also one that was not there; a list grows by one that it does not have.
pub(super) fn set(payload: &mut Value, pointer: &str, value: &str) {
    let value: Value = serde_json::from_str(value).unwrap_or_default();
    if let Some(place) = payload.pointer_mut(pointer) {
        *place = value;
    } else if let Some((parent, member)) = pointer.rsplit_once('/') {
        match payload.pointer_mut(parent) {
            Some(Value::Object(parent)) => {
                parent.insert(member.to_owned(), value);
            }
            Some(Value::Array(parent)) => parent.push(value),
            _ => {}
        }
    }
}

/// Removes the member that a JSON pointer or the name of a member names.
pub(super) fn remove(payload: &mut Value, member: &str) {
    let (parent, name) = member.rsplit_once('/').unwrap_or(("", member));
    match payload.pointer_mut(parent) {
        Some(Value::Object(parent)) => {
            parent.remove(name);
        }
        Some(Value::Array(parent)) => {
            if let Ok(index) = name.parse::<usize>()
                && index < parent.len()
            {
                parent.remove(index);
            }
        }
        _ => {}
    }
}
