//! The cases of a central system. Modules by subject; the reusable states are here, once each.

mod boot;
mod configuration;
mod connection;
mod firmware;
mod local_list;
mod offline;
mod remote;
mod reservation;
mod security;
mod security_files;
mod session;
mod smart_charging;
mod trigger;
mod unlock;

use ocpp_core::csms::ledger::IdToken;
use ocpp_core::csms::remote::{Command, Operation, VariableName};
use serde_json::{Value, json};

use crate::case::{Case, Side};
use crate::lab::Lab;
use crate::product::Product;
use crate::step::{CallStep, Rule, Step, call, is, known, suits};

/// All of them.
pub const CASES: &[&[Case]] = &[
    boot::CASES,
    configuration::CASES,
    connection::CASES,
    firmware::CASES,
    local_list::CASES,
    offline::CASES,
    remote::CASES,
    reservation::CASES,
    security::CASES,
    security_files::CASES,
    session::CASES,
    smart_charging::CASES,
    trigger::CASES,
    unlock::CASES,
];

/// What most cases have in common; to be completed with `..CASE`.
const CASE: Case = Case {
    side: Side::Csms,
    ..super::CASE
};

const ACCEPTED: &[Rule] = &[is("/idTagInfo/status", "Accepted")];
const BEGUN: &[Rule] = &[
    is("/idTagInfo/status", "Accepted"),
    suits("/transactionId", "a number", Value::is_i64),
];
const HERE: Rule = known("/connectorId", "the connector under test", |lab| lab.here());

fn reservation(product: &Product) -> Result<(), &'static str> {
    let has = product.features.reservation;
    has.then_some(()).ok_or("no reservations")
}

fn local_list(product: &Product) -> Result<(), &'static str> {
    let has = product.features.local_list;
    has.then_some(()).ok_or("no local authorization lists")
}

fn remote_trigger(product: &Product) -> Result<(), &'static str> {
    let has = product.features.remote_trigger;
    has.then_some(()).ok_or("no remote trigger")
}

fn smart_charging(product: &Product) -> Result<(), &'static str> {
    let has = product.features.smart_charging;
    has.then_some(()).ok_or("no smart charging")
}

/// StatusNotification of the connector under test.
const fn status(label: &'static str, with: fn(&Lab<'_>) -> Value) -> Step {
    call(label, "StatusNotification", with, &[])
}

/// StatusNotification of the station and of each connector.
const fn each_status(label: &'static str, with: fn(&Lab<'_>) -> Value) -> Step {
    Step::EachConnector(CallStep {
        label,
        action: "StatusNotification",
        with,
        rules: &[],
        error: None,
    })
}

fn told(lab: &Lab<'_>, status: &str) -> Value {
    json!({"connectorId": lab.here(), "status": status, "errorCode": "NoError"})
}

fn available(lab: &Lab<'_>) -> Value {
    told(lab, "Available")
}

fn preparing(lab: &Lab<'_>) -> Value {
    told(lab, "Preparing")
}

fn charging(lab: &Lab<'_>) -> Value {
    told(lab, "Charging")
}

fn finishing(lab: &Lab<'_>) -> Value {
    told(lab, "Finishing")
}

fn reserved(lab: &Lab<'_>) -> Value {
    told(lab, "Reserved")
}

fn unavailable(lab: &Lab<'_>) -> Value {
    told(lab, "Unavailable")
}

/// BootNotification.
fn registers(lab: &Lab<'_>) -> Value {
    lab.dialect().registers(&lab.parameters)
}

/// Authorize and StartTransaction of the driver.
fn driver(lab: &Lab<'_>) -> Value {
    json!({"idTag": lab.driver})
}

fn start(lab: &Lab<'_>) -> Value {
    json!({
        "connectorId": lab.here(), "idTag": lab.driver, "meterStart": 1000,
        "timestamp": lab.utc_in(0),
    })
}

fn stopped(lab: &Lab<'_>, reason: &str) -> Value {
    json!({
        "transactionId": lab.answered_with("StartTransaction", "/transactionId"),
        "meterStop": 1500, "timestamp": lab.utc_in(0), "reason": reason,
    })
}

fn nothing(_: &Lab<'_>) -> Value {
    json!({})
}

fn accepted(_: &Lab<'_>) -> Value {
    json!({"status": "Accepted"})
}

fn rejected(_: &Lab<'_>) -> Value {
    json!({"status": "Rejected"})
}

/// *Booted*.
const BOOTED: Step = Step::Reusable(
    "Booted",
    &[
        call(
            "booted.boot",
            "BootNotification",
            registers,
            &[is("/status", "Accepted")],
        ),
        each_status("booted.status", available),
    ],
);

/// *Authorized*.
const AUTHORIZED: Step = Step::Reusable(
    "Authorized",
    &[call("authorized", "Authorize", driver, ACCEPTED)],
);

/// *Charging*, after *Authorized*.
const CHARGING: Step = Step::Reusable(
    "Charging",
    &[
        AUTHORIZED,
        status("charging.preparing", preparing),
        call("charging.start", "StartTransaction", start, BEGUN),
        status("charging.status", charging),
    ],
);

/// A typed operation.
fn operation(operation: Operation) -> Command {
    Command::Operation(operation)
}

/// A request as it is, where no operation says it.
fn raw(action: &str, payload: &Value) -> Command {
    Command::Call {
        action: action.to_owned(),
        payload: payload.to_string(),
    }
}

fn connector(lab: &Lab<'_>) -> i64 {
    lab.parameters.connector.into()
}

fn start_remotely(lab: &Lab<'_>) -> Command {
    operation(Operation::Start {
        id_token: IdToken::of_1_6(&lab.parameters.valid),
        evse: Some(connector(lab)),
        profile: None,
    })
}

fn reset_hard(_: &Lab<'_>) -> Command {
    operation(Operation::Reset {
        immediately: true,
        evse: None,
    })
}

fn key(name: &str) -> VariableName {
    VariableName::new("", name)
}

fn set_key(name: &str, value: &str) -> Command {
    operation(Operation::SetVariables(vec![(key(name), value.to_owned())]))
}
