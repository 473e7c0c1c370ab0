//! What a CSMS must not send, although the schema permits it.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString as _};

use ocpp_types::Version;
use serde_json::Value;

use super::operation::Operation;
use super::plan::name_of;
use super::variable::VariableName;
use super::vocabulary::CommandError;

fn invalid(pointer: String, reason: &str) -> CommandError {
    CommandError::Invalid {
        pointer,
        reason: reason.into(),
    }
}

/// Judges an operation; pointers are those into its JSON.
pub(super) fn check(version: Version, operation: &Operation) -> Result<(), CommandError> {
    match operation {
        Operation::SendLocalList {
            version, entries, ..
        } => {
            list_version(*version, "/version")?;
            let tokens = entries.iter().map(|entry| {
                let kind = entry.id_token.kind.as_deref();
                (entry.id_token.id_token.as_str(), kind)
            });
            once(tokens, "/entries")
        }
        // In 1.6 each key has a request of its own.
        Operation::SetVariables(variables) if version != Version::V1_6 => {
            variables_once(variables.iter().map(|(name, _)| name.clone()), "")
        }
        _ => Ok(()),
    }
}

/// Judges a request as it is sent.
pub(super) fn check_request(action: &str, payload: &str) -> Result<(), CommandError> {
    if !matches!(action, "SendLocalList" | "SetVariables") {
        return Ok(());
    }
    let request: Value = serde_json::from_str(payload).unwrap_or_default();
    let items = |member: &str| request[member].as_array().map_or(&[][..], |items| items);
    if action == "SetVariables" {
        let names = items("setVariableData").iter().map(name_of);
        return variables_once(names, "/setVariableData");
    }
    for member in ["listVersion", "versionNumber"] {
        if let Some(version) = request[member].as_i64() {
            list_version(version, &format!("/{member}"))?;
        }
    }
    let tokens = items("localAuthorizationList").iter().map(|entry| {
        let tag = entry["idTag"].as_str();
        let token = tag.or(entry["idToken"]["idToken"].as_str());
        (token.unwrap_or_default(), entry["idToken"]["type"].as_str())
    });
    once(tokens, "/localAuthorizationList")
}

/// D01.FR.18; 1.6 keeps 0 and -1 for lists that are not there.
fn list_version(version: i64, pointer: &str) -> Result<(), CommandError> {
    if version > 0 {
        return Ok(());
    }
    let reason = "the version of a local list is above 0 (D01.FR.18)";
    Err(invalid(pointer.into(), reason))
}

/// D01.FR.06: no token twice. Tokens compare without case.
fn once<'a>(
    tokens: impl Iterator<Item = (&'a str, Option<&'a str>)>,
    pointer: &str,
) -> Result<(), CommandError> {
    let mut seen = BTreeSet::new();
    for (at, (token, kind)) in tokens.enumerate() {
        let kind = kind.unwrap_or("ISO14443").to_string();
        if !seen.insert((token.to_ascii_lowercase(), kind)) {
            let reason = "this token is in the list before (D01.FR.06)";
            return Err(invalid(format!("{pointer}/{at}"), reason));
        }
    }
    Ok(())
}

/// B05.FR.13: no attribute twice. Names compare without case.
fn variables_once(
    names: impl Iterator<Item = VariableName>,
    pointer: &str,
) -> Result<(), CommandError> {
    let mut seen = BTreeSet::new();
    for (at, name) in names.enumerate() {
        if !seen.insert(name.folded()) {
            let reason = "this variable is set before in the same request (B05.FR.13)";
            return Err(invalid(format!("{pointer}/{at}"), reason));
        }
    }
    Ok(())
}
