//! Block G, availability.

pub(super) mod change;
pub(super) mod lock_failure;
pub(super) mod persistent;
pub(super) mod status;
pub(super) mod with_transaction;

use serde_json::{Value, json};

use crate::lab::Lab;
use crate::step::{Rule, Step, call, is};

const ACCEPTED: &[Rule] = &[is("/status", "Accepted")];
const SCHEDULED: &[Rule] = &[is("/status", "Scheduled")];

const fn change(with: fn(&Lab<'_>) -> Value, rules: &'static [Rule]) -> Step {
    call("change", "ChangeAvailability", with, rules)
}

fn station(status: &str) -> Value {
    json!({"operationalStatus": status})
}

fn of_evse(lab: &Lab<'_>, status: &str) -> Value {
    json!({"operationalStatus": status, "evse": {"id": lab.parameters.connector}})
}

fn of_connector(lab: &Lab<'_>, status: &str) -> Value {
    json!({"operationalStatus": status, "evse": {"id": lab.parameters.connector, "connectorId": 1}})
}
