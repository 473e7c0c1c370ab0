//! Messages that the operator asks for.

use ocpp_core::csms::remote::{Command, Operation};
use serde_json::{Value, json};

use super::{
    CASE, HERE, accepted, available, connector, nothing, operation, rejected, remote_trigger,
    status,
};
use crate::case::Case;
use crate::lab::Lab;
use crate::step::{call, expect_telling, is, operate, present};

fn trigger(message: &str, evse: Option<i64>) -> Command {
    operation(Operation::Trigger {
        message: message.to_owned(),
        evse,
        connector: None,
    })
}

fn meter_values(lab: &Lab<'_>) -> Value {
    json!({
        "connectorId": lab.here(),
        "meterValue": [{
            "timestamp": lab.utc_in(0),
            "sampledValue": [{"value": "1000", "context": "Trigger"}],
        }],
    })
}

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_054_CSMS",
        name: "Trigger Message",
        about: "Five messages are asked for, one after the other. The charge point can tell of firmware, too.",
        requirements: &["5.17"],
        applies: remote_trigger,
        steps: &[
            operate("trigger MeterValues of the connector under test", |lab| {
                trigger("MeterValues", Some(connector(lab)))
            }),
            expect_telling(
                "meter",
                "TriggerMessage",
                &[is("/requestedMessage", "MeterValues"), HERE],
                accepted,
                &[is("/status", "Accepted")],
            ),
            call("values", "MeterValues", meter_values, &[]),
            operate("trigger Heartbeat", |_| trigger("Heartbeat", None)),
            expect_telling(
                "heart",
                "TriggerMessage",
                &[is("/requestedMessage", "Heartbeat")],
                accepted,
                &[is("/status", "Accepted")],
            ),
            call(
                "heartbeat",
                "Heartbeat",
                nothing,
                &[present("/currentTime")],
            ),
            operate(
                "trigger StatusNotification of the connector under test",
                |lab| trigger("StatusNotification", Some(connector(lab))),
            ),
            expect_telling(
                "state",
                "TriggerMessage",
                &[is("/requestedMessage", "StatusNotification"), HERE],
                accepted,
                &[is("/status", "Accepted")],
            ),
            status("status", available),
            operate("trigger DiagnosticsStatusNotification", |_| {
                trigger("DiagnosticsStatusNotification", None)
            }),
            expect_telling(
                "upload",
                "TriggerMessage",
                &[is("/requestedMessage", "DiagnosticsStatusNotification")],
                accepted,
                &[is("/status", "Accepted")],
            ),
            call(
                "diagnostics",
                "DiagnosticsStatusNotification",
                |_| json!({"status": "Idle"}),
                &[],
            ),
            operate("trigger FirmwareStatusNotification", |_| {
                trigger("FirmwareStatusNotification", None)
            }),
            expect_telling(
                "update",
                "TriggerMessage",
                &[is("/requestedMessage", "FirmwareStatusNotification")],
                accepted,
                &[is("/status", "Accepted")],
            ),
            call(
                "firmware",
                "FirmwareStatusNotification",
                |_| json!({"status": "Idle"}),
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_055_CSMS",
        name: "Trigger Message - Rejected",
        about: "The charge point rejects the request.",
        requirements: &["5.17"],
        applies: remote_trigger,
        steps: &[
            operate("trigger MeterValues of the connector under test", |lab| {
                trigger("MeterValues", Some(connector(lab)))
            }),
            expect_telling(
                "trigger",
                "TriggerMessage",
                &[is("/requestedMessage", "MeterValues")],
                rejected,
                &[is("/status", "Rejected")],
            ),
        ],
        ..CASE
    },
];
