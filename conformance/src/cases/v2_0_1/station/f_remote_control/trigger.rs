//! TriggerMessage: F06.

use serde_json::{Value, json};

use super::super::{CASE, evse};
use crate::case::Case;
use crate::lab::{Expected, Lab};
use crate::product::Product;
use crate::step::{Rule, State, Step, by_hand, call, expect, is, known, number};
use crate::unmet::Failed;

const ACCEPTED: &[Rule] = &[is("/status", "Accepted")];

const fn trigger(with: fn(&Lab<'_>) -> Value, rules: &'static [Rule]) -> Step {
    call("trigger", "TriggerMessage", with, rules)
}

fn triggers(product: &Product, message: &str, otherwise: &'static str) -> Result<(), &'static str> {
    match product.v2_0_1.trigger_messages.contains(&message) {
        true => Ok(()),
        false => Err(otherwise),
    }
}

fn meter_values(product: &Product) -> Result<(), &'static str> {
    triggers(
        product,
        "MeterValues",
        "MeterValues cannot be triggered (C-29.1)",
    )
}

fn statuses(product: &Product) -> Result<(), &'static str> {
    triggers(
        product,
        "StatusNotification",
        "StatusNotification cannot be triggered (C-29.5)",
    )
}

fn of_connector(lab: &Lab<'_>) -> Value {
    json!({"requestedMessage": "StatusNotification", "evse": {"id": evse(lab), "connectorId": 1}})
}

const CONTEXT: &str = "/meterValue/0/sampledValue/0/context";

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_F_11_CS",
        name: "Trigger message - MeterValues - Specific EVSE",
        about: "Meter values of one EVSE are asked for.",
        requirements: &[
            "F06.FR.02", "F06.FR.04", "F06.FR.05", "F06.FR.06", "F06.FR.10",
        ],
        applies: meter_values,
        steps: &[
            trigger(
                |lab| json!({"requestedMessage": "MeterValues", "evse": {"id": evse(lab)}}),
                ACCEPTED,
            ),
            expect(
                "values",
                "MeterValues",
                &[
                    known("/evseId", "the EVSE under test", evse),
                    is(CONTEXT, "Trigger"),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_12_CS",
        name: "Trigger message - MeterValues - All EVSE",
        about: "Meter values of all EVSEs are asked for; those of the main meter may come, too.",
        requirements: &[
            "F06.FR.04", "F06.FR.05", "F06.FR.06", "F06.FR.10", "F06.FR.11",
        ],
        applies: meter_values,
        steps: &[
            trigger(|_| json!({"requestedMessage": "MeterValues"}), ACCEPTED),
            by_hand(
                "[values.N] in any order the station sends MeterValues.req of every EVSE N, and may send those of the main \
                 meter\n       meterValue/0/sampledValue/0/context is Trigger",
                values_of_all,
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_20_CS",
        name: "Trigger message - Heartbeat",
        about: "A heartbeat is asked for.",
        requirements: &["F06.FR.04", "F06.FR.05", "F06.FR.10"],
        steps: &[
            trigger(|_| json!({"requestedMessage": "Heartbeat"}), ACCEPTED),
            expect("heartbeat", "Heartbeat", &[]),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_23_CS",
        name: "Trigger message - StatusNotification - Specific EVSE - Available",
        about: "The status of a connector is asked for where no car is connected.",
        requirements: &["F06.FR.02", "F06.FR.04", "F06.FR.05", "F06.FR.10"],
        applies: statuses,
        steps: &[trigger(of_connector, ACCEPTED), told("Available")],
        ..CASE
    },
    Case {
        id: "TC_F_24_CS",
        name: "Trigger message - StatusNotification - Specific EVSE - Occupied",
        about: "The status of a connector is asked for where a car is connected.",
        requirements: &["F06.FR.02", "F06.FR.04", "F06.FR.05", "F06.FR.10"],
        applies: statuses,
        steps: &[
            Step::State(State::EvConnectedPreSession),
            trigger(of_connector, ACCEPTED),
            told("Occupied"),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_26_CS",
        name: "Trigger message - BootNotification - Rejected",
        about: "A station that is registered does not register again.",
        requirements: &["F06.FR.04", "F06.FR.05", "F06.FR.17"],
        applies: |product| {
            triggers(
                product,
                "BootNotification",
                "BootNotification cannot be triggered (C-29.6)",
            )
        },
        steps: &[trigger(
            |_| json!({"requestedMessage": "BootNotification"}),
            &[is("/status", "Rejected")],
        )],
        ..CASE
    },
];

/// The status of the connector under test.
const fn told(status: &'static str) -> Step {
    const HERE: Rule = known("/evseId", "the EVSE under test", evse);
    const CONNECTOR: Rule = number("/connectorId", 1);
    const AVAILABLE: &[Rule] = &[HERE, CONNECTOR, is("/connectorStatus", "Available")];
    const OCCUPIED: &[Rule] = &[HERE, CONNECTOR, is("/connectorStatus", "Occupied")];
    let rules = match status.as_bytes() {
        b"Available" => AVAILABLE,
        _ => OCCUPIED,
    };
    expect("status", "StatusNotification", rules)
}

fn values_of_all(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let values = |evse: u32| {
        Expected::new(format!("values.{evse}"), "MeterValues")
            .at("/evseId", evse)
            .with(CONTEXT, "Trigger")
    };
    let mut expected: Vec<Expected> = (1..=lab.parameters.connectors).map(values).collect();
    expected.push(values(0).optional());
    lab.unordered(expected).map(|_| ())
}
