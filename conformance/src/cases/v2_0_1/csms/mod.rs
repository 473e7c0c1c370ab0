//! The cases of a CSMS, by block; the reusable states are in [`states`], once each.

mod a_certificate;
mod a_password;
mod a_profile;
mod a_tls;
mod b_boot;
mod b_connection;
mod b_network;
mod b_reports;
mod b_reset;
mod b_variables;
mod c_authorization;
mod d_local_list;
mod e_start;
mod e_status;
mod e_stop;
mod f_remote_control;
mod g_availability;
mod h_reservation;
mod i_tariff;
mod j_meter_values;
mod k_clear;
mod k_composite;
mod k_external;
mod k_get;
mod k_needs;
mod k_set;
mod l_firmware;
mod l_publish;
mod m_certificates;
mod m_vehicles;
mod n_customer;
mod n_events;
mod n_logs;
mod n_monitoring;
mod o_display;
mod p_data_transfer;
mod states;

use ocpp_core::csms::remote::{Command, Operation};
use ocpp_types::Version;
use serde_json::{Value, json};

use crate::bench::Dial;
use crate::case::{Case, Profile, Side, always};
use crate::lab::Lab;
use crate::product::Product;
use crate::step::{CallStep, DialStep, Rule, Step, call, is, known};

/// All of them.
pub(super) const ALL: &[&[Case]] = &[
    a_certificate::CASES,
    a_password::CASES,
    a_profile::CASES,
    a_tls::CASES,
    b_boot::CASES,
    b_connection::CASES,
    b_network::CASES,
    b_reports::CASES,
    b_reset::CASES,
    b_variables::CASES,
    c_authorization::CASES,
    d_local_list::CASES,
    e_start::CASES,
    e_status::CASES,
    e_stop::CASES,
    f_remote_control::CASES,
    g_availability::CASES,
    h_reservation::CASES,
    i_tariff::CASES,
    j_meter_values::CASES,
    k_clear::CASES,
    k_composite::CASES,
    k_external::CASES,
    k_get::CASES,
    k_needs::CASES,
    k_set::CASES,
    l_firmware::CASES,
    l_publish::CASES,
    m_certificates::CASES,
    m_vehicles::CASES,
    n_customer::CASES,
    n_logs::CASES,
    n_events::CASES,
    n_monitoring::CASES,
    o_display::CASES,
    p_data_transfer::CASES,
];

/// What most cases have in common; to be completed with `..CASE`.
const CASE: Case = Case {
    id: "",
    version: Version::V2_0_1,
    side: Side::Csms,
    profile: Profile::Core,
    name: "",
    about: "",
    requirements: &[],
    applies: always,
    file_server: false,
    config: &[],
    facts: &[],
    secured: |_| 0,
    highest: |_| 3,
    raises: false,
    run: |_| Ok(()),
    steps: &[],
    mutations: &[],
};

const ACCEPTED: &[Rule] = &[is("/idTokenInfo/status", "Accepted")];

const HERE: Rule = known("/evseId", "the EVSE under test", |lab| lab.here());

fn local_list(product: &Product) -> Result<(), &'static str> {
    let has = product.features.local_list;
    has.then_some(()).ok_or("no local authorization lists")
}

fn smart_charging(product: &Product) -> Result<(), &'static str> {
    let has = product.features.smart_charging;
    has.then_some(()).ok_or("no smart charging")
}

/// Whether a product has what a row of its table says.
macro_rules! has {
    ($row:ident, $why:literal) => {
        |product| {
            let has = product.v2_0_1.csms.$row;
            has.then_some(()).ok_or($why)
        }
    };
}
use has;

/// Whether a product can ask for a message (C-29).
macro_rules! triggers {
    ($message:literal) => {
        |product| {
            let has = product.v2_0_1.trigger_messages.contains(&$message);
            let why = concat!("nobody can ask for ", $message, " (C-29)");
            has.then_some(()).ok_or(why)
        }
    };
}
use triggers;

/// The station of the lab has a second EVSE.
fn two_evses(product: &crate::product::Product) -> Result<(), &'static str> {
    let two = product.connectors > 1;
    two.then_some(()).ok_or("the case needs a second EVSE")
}

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

fn evse(lab: &Lab<'_>) -> i64 {
    lab.parameters.connector.into()
}

fn accepted(_: &Lab<'_>) -> Value {
    json!({"status": "Accepted"})
}

fn rejected(_: &Lab<'_>) -> Value {
    json!({"status": "Rejected"})
}

/// What became of the only variable of the last request.
fn result(component: &str, variable: &str, status: &str) -> Value {
    json!({"setVariableResult": [{
        "attributeStatus": status, "component": {"name": component}, "variable": {"name": variable},
    }]})
}

/// The token of the driver.
fn token(lab: &Lab<'_>) -> Value {
    json!({"idToken": lab.driver, "type": "ISO14443"})
}

/// TransactionEvent with what the steps say; see [`Lab::event`].
macro_rules! event {
    ($label:expr, $kind:expr, $trigger:literal, $more:expr, $rules:expr) => {
        $crate::step::call(
            $label,
            "TransactionEvent",
            |lab| {
                let more: fn(&$crate::lab::Lab<'_>) -> ::serde_json::Value = $more;
                let more = more(lab);
                lab.event($kind, $trigger, 0, &more)
            },
            $rules,
        )
    };
}
use event;

/// StatusNotification of the connector of the EVSE under test.
fn status_of(lab: &Lab<'_>, status: &str) -> Value {
    json!({
        "timestamp": lab.utc_in(0), "connectorStatus": status,
        "evseId": lab.parameters.connector, "connectorId": 1,
    })
}

/// NotifyEvent that says the same.
fn event_of(lab: &Lab<'_>, status: &str) -> Value {
    json!({
        "generatedAt": lab.utc_in(0), "seqNo": 0,
        "eventData": [{
            "eventId": 1, "timestamp": lab.utc_in(0), "trigger": "Delta", "actualValue": status,
            "eventNotificationType": "HardWiredNotification",
            "component": {
                "name": "Connector", "evse": {"id": lab.parameters.connector, "connectorId": 1},
            },
            "variable": {"name": "AvailabilityState"},
        }],
    })
}

/// The connector has another status.
macro_rules! connector_is {
    ($name:literal, $status:literal, $label:literal) => {
        $crate::step::Step::Reusable(
            $name,
            &[
                $crate::step::call(
                    concat!($label, ".status"),
                    "StatusNotification",
                    |lab| super::status_of(lab, $status),
                    &[],
                ),
                $crate::step::call(
                    concat!($label, ".event"),
                    "NotifyEvent",
                    |lab| super::event_of(lab, $status),
                    &[],
                ),
            ],
        )
    };
}
use connector_is;

/// For every connector.
const fn everywhere(
    label: &'static str,
    action: &'static str,
    with: fn(&Lab<'_>) -> Value,
    error: Option<&'static str>,
) -> Step {
    Step::EachConnector(CallStep {
        label,
        action,
        with,
        rules: &[],
        error,
    })
}

/// BootNotification for a reason, which must be answered so.
macro_rules! boot {
    ($label:literal, $reason:literal, $rules:expr) => {
        $crate::step::call(
            $label,
            "BootNotification",
            |lab| {
                let mut boot = lab.dialect().registers(&lab.parameters);
                boot["reason"] = ::serde_json::json!($reason);
                boot
            },
            $rules,
        )
    };
}
use boot;

/// An attempt that must be taken, or must not.
const fn dials(
    label: &'static str,
    words: &'static str,
    with: fn(&Lab<'_>) -> Dial,
    taken: bool,
) -> Step {
    Step::Dial(DialStep {
        label,
        words,
        with,
        agreed: if taken { Some("ocpp2.0.1") } else { None },
    })
}

/// The station connects again, as before.
const CONNECT: Step = Step::Dial(DialStep {
    label: "connect",
    words: "connects",
    with: |lab| lab.own_dial(),
    agreed: Some("ocpp2.0.1"),
});

/// AuthorizeRequest of the driver.
const fn authorize(label: &'static str, rules: &'static [Rule]) -> Step {
    call(
        label,
        "Authorize",
        |lab| json!({"idToken": token(lab)}),
        rules,
    )
}
