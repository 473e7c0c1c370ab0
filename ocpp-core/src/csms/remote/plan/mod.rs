//! From an operation to the requests of a version.

mod v1_6;
mod v2;

use alloc::collections::VecDeque;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::{DateTime, Version};
use serde_json::{Map, Value, json};

use super::limits::parts;
use super::operation::Operation;
use super::variable::VariableName;
use super::vocabulary::CommandError;
use crate::csms::TransactionId;
use crate::csms::ledger::{IdToken, Ledger};

/// The requests of an operation, in their order. Each is checked against its schema when its turn comes.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Plan {
    pub(super) calls: VecDeque<(&'static str, Value)>,
    /// The number that was chosen.
    pub(super) id: Option<i64>,
    /// The message that brings what was asked for, part by part.
    pub(super) report: Option<&'static str>,
}

/// What an operation depends on.
pub(super) struct Circumstances<'a> {
    pub(super) version: Version,
    pub(super) ledger: &'a Ledger,
    pub(super) now: DateTime,
    /// How many items a request of this action may have.
    pub(super) items: &'a dyn Fn(&str) -> usize,
    /// How many bytes it may have.
    pub(super) bytes: &'a dyn Fn(&str) -> usize,
}

impl Circumstances<'_> {
    /// A list in parts, as the station wants them.
    fn split(&self, action: &str, list: Vec<Value>) -> Vec<Vec<Value>> {
        parts(list, (self.items)(action), (self.bytes)(action))
    }
}

fn one(action: &'static str, payload: Value) -> Plan {
    Plan {
        calls: VecDeque::from([(action, payload)]),
        ..Plan::default()
    }
}

impl Plan {
    fn id(mut self, id: i64) -> Self {
        self.id = Some(id);
        self
    }

    fn report(mut self, action: &'static str) -> Self {
        self.report = Some(action);
        self
    }
}

/// Without the members that are null.
fn without_null(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(_, member)| !member.is_null());
            let kept: Map<String, Value> = kept
                .map(|(name, member)| (name, without_null(member)))
                .collect();
            Value::Object(kept)
        }
        Value::Array(items) => items.into_iter().map(without_null).collect(),
        other => other,
    }
}

fn token(token: &IdToken) -> Value {
    let kind = token.kind.as_deref().unwrap_or("ISO14443");
    json!({"idToken": token.id_token, "type": kind})
}

fn evse(evse: Option<i64>, connector: Option<i64>) -> Value {
    match evse {
        Some(evse) => json!({"id": evse, "connectorId": connector}),
        None => Value::Null,
    }
}

/// The requests of an operation. `id` is a number that was not used before.
pub(super) fn plan(
    operation: &Operation,
    id: i64,
    at: &Circumstances<'_>,
) -> Result<Plan, CommandError> {
    let mut plan = match at.version {
        Version::V1_6 => v1_6::plan(operation, id, at)?,
        _ => v2::plan(operation, id, at)?,
    };
    for (_, payload) in &mut plan.calls {
        *payload = without_null(payload.take());
    }
    Ok(plan)
}

fn running(at: &Circumstances<'_>, reference: u64) -> Result<TransactionId, CommandError> {
    let known = at.ledger.transaction(reference);
    let known = known.filter(|transaction| transaction.is_open());
    let known = known.ok_or(CommandError::NoSuchTransaction)?;
    Ok(known.transaction_id.clone())
}

/// A transaction that may have ended.
fn known(at: &Circumstances<'_>, reference: u64) -> Result<TransactionId, CommandError> {
    let known = at.ledger.transaction(reference);
    let known = known.ok_or(CommandError::NoSuchTransaction)?;
    Ok(known.transaction_id.clone())
}

fn not_admitted(requirement: &'static str, field: &'static str, reason: &str) -> CommandError {
    CommandError::NotAdmitted {
        requirement: requirement.into(),
        field: field.into(),
        reason: reason.to_string(),
    }
}

/// A charging profile for the transaction that a start begins, with its number (F01.FR.09, F01.FR.11; 1.6 says the same in 5.11).
fn of_start(profile: &Value, member: &str, id: i64) -> Result<Value, CommandError> {
    if profile["chargingProfilePurpose"] != "TxProfile" {
        let reason = "a profile for a transaction that begins is a TxProfile";
        return Err(not_admitted("F01.FR.09", "chargingProfilePurpose", reason));
    }
    if !profile["transactionId"].is_null() {
        let reason = "a transaction that is still to begin has no id";
        return Err(not_admitted("F01.FR.11", "transactionId", reason));
    }
    Ok(numbered(profile, member, id).0)
}

/// A profile for a transaction, which it names as the station does.
fn of_transaction(
    at: &Circumstances<'_>,
    profile: &Value,
    transaction: Option<u64>,
) -> Result<Value, CommandError> {
    let mut profile = profile.clone();
    if let Some(reference) = transaction
        && let Some(members) = profile.as_object_mut()
    {
        members.insert("transactionId".into(), json!(running(at, reference)?));
    }
    Ok(profile)
}

/// `A` or `W`.
const fn unit(watts: bool) -> &'static str {
    if watts { "W" } else { "A" }
}

fn log(
    kind: &str,
    id: i64,
    location: &str,
    from: Option<DateTime>,
    until: Option<DateTime>,
) -> Value {
    json!({"logType": kind, "requestId": id, "log": {
        "remoteLocation": location, "oldestTimestamp": from.map(|at| at.to_string()),
        "latestTimestamp": until.map(|at| at.to_string())}})
}

/// The first part replaces the list if it is a full one, the rest is added to it (D01.FR.11). Each part has a version above the one
/// before: a station takes nothing that is added under the version that it has (D01.FR.19).
fn local_list(
    at: &Circumstances<'_>,
    version: i64,
    full: bool,
    entries: &[Value],
    version_member: &str,
) -> Plan {
    let parts = if entries.is_empty() {
        Vec::from([Value::Null])
    } else {
        let entries = entries.iter().cloned().map(without_null).collect();
        let parts = at.split("SendLocalList", entries).into_iter();
        parts.map(Value::Array).collect()
    };
    let mut last = version;
    let calls = parts.into_iter().enumerate().map(|(index, part)| {
        last = version.saturating_add(i64::try_from(index).unwrap_or(i64::MAX));
        let kind = if full && index == 0 {
            "Full"
        } else {
            "Differential"
        };
        let payload = json!({version_member: last, "updateType": kind,
                             "localAuthorizationList": part});
        ("SendLocalList", payload)
    });
    let plan = Plan {
        calls: calls.collect(),
        ..Plan::default()
    };
    plan.id(last)
}

/// A profile with its number: its own, or the one that was chosen.
fn numbered(profile: &Value, member: &str, id: i64) -> (Value, i64) {
    let mut profile = profile.clone();
    let own = profile[member].as_i64();
    if own.is_none()
        && let Some(members) = profile.as_object_mut()
    {
        members.insert(member.into(), id.into());
    }
    (profile, own.unwrap_or(id))
}

fn variable(name: &VariableName) -> Value {
    json!({
        "attributeType": name.attribute,
        "component": {"name": name.component, "instance": name.component_instance,
                      "evse": evse(name.evse, name.connector)},
        "variable": {"name": name.variable, "instance": name.variable_instance},
    })
}

/// A GetVariables for one variable.
pub(super) fn read_variable(name: &VariableName) -> Value {
    without_null(json!({"getVariableData": [variable(name)]}))
}

/// The name in a result of SetVariables or GetVariables.
pub(super) fn name_of(result: &Value) -> VariableName {
    let text = |value: &Value| value.as_str().map(ToString::to_string);
    let (component, variable) = (&result["component"], &result["variable"]);
    VariableName {
        component: text(&component["name"]).unwrap_or_default(),
        component_instance: text(&component["instance"]),
        evse: component["evse"]["id"].as_i64(),
        connector: component["evse"]["connectorId"].as_i64(),
        variable: text(&variable["name"]).unwrap_or_default(),
        variable_instance: text(&variable["instance"]),
        attribute: text(&result["attributeType"]),
    }
}
