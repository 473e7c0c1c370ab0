//! Triggered messages: TC_054 and TC_055.

use std::time::Duration;

use serde_json::{Value, json};

use super::{CASE, OTHER_STATUS};
use crate::case::{Case, Setting};
use crate::lab::{Answer, Call, Expected, Lab, Message};
use crate::mutation::{Change::*, fails};
use crate::product::Product;
use crate::unmet::Failed;

const REJECTED: &str = r#""Rejected""#;

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_054_CS",
        name: "Trigger Message",
        about: "MeterValues, Heartbeat and StatusNotification come when they are asked for, each after the answer; the \
                statuses of diagnostics and firmware are Idle, if they are implemented. Decided: HeartbeatInterval is as \
                long as the product permits; where that is short, the trigger follows a regular heartbeat, and the next \
                one must come before half of the interval is over.",
        requirements: &["1.6 section 5.17", "1.6 erratum 3.46"],
        applies: remote_trigger,
        config: &[Setting::new("HeartbeatInterval", |p| {
            p.heartbeat_seldom.to_string()
        })],
        run: trigger,
        mutations: &[
            fails(
                Answer("TriggerMessage", 0, "/status", REJECTED),
                "meter-values/status",
            ),
            fails(Drop("MeterValues", 0), "meter-values.request"),
            fails(
                Replace("MeterValues", 0, "/connectorId", "2"),
                "meter-values.request",
            ),
            fails(
                Replace("MeterValues", 0, "/transactionId", "7"),
                "meter-values.request/transactionId",
            ),
            fails(
                Replace(
                    "MeterValues",
                    0,
                    "/meterValue/0/sampledValue/0/context",
                    r#""Sample.Periodic""#,
                ),
                "meter-values.request/meterValue",
            ),
            fails(
                Answer("TriggerMessage", 1, "/status", REJECTED),
                "heartbeat/status",
            ),
            fails(Drop("Heartbeat", 0), "heartbeat.request"),
            fails(Drop("Heartbeat", 1), "heartbeat.request").of("evsis"),
            fails(Hasty("TriggerMessage", 0), "meter-values.order"),
            fails(Hasty("TriggerMessage", 1), "heartbeat.order"),
            fails(Hasty("TriggerMessage", 2), "status.order"),
            fails(Hasty("TriggerMessage", 3), "diagnostics.order"),
            fails(Hasty("TriggerMessage", 4), "firmware.order"),
            fails(
                Answer("TriggerMessage", 2, "/status", r#""NotImplemented""#),
                "status/status",
            ),
            fails(Drop("StatusNotification", 0), "status.request"),
            fails(
                Replace("StatusNotification", 0, "/status", OTHER_STATUS),
                "status.request/status",
            ),
            fails(
                Answer("TriggerMessage", 3, "/status", REJECTED),
                "diagnostics/status",
            ),
            fails(
                Replace(
                    "DiagnosticsStatusNotification",
                    0,
                    "/status",
                    r#""Uploaded""#,
                ),
                "diagnostics.request/status",
            ),
            fails(
                Drop("DiagnosticsStatusNotification", 0),
                "diagnostics.request",
            ),
            fails(
                Answer("TriggerMessage", 4, "/status", REJECTED),
                "firmware/status",
            ),
            fails(
                Replace("FirmwareStatusNotification", 0, "/status", r#""Installed""#),
                "firmware.request/status",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_055_CS",
        name: "Trigger Message - Rejected",
        about: "Meter values of a connector that does not exist are refused, by status or by error. Decided: any error \
                code will do; meter values of that connector must not come with any context.",
        requirements: &["1.6 section 5.17"],
        applies: remote_trigger,
        run: |lab| {
            let connector = lab.parameters.connectors + 1;
            let payload = json!({"requestedMessage": "MeterValues", "connectorId": connector});
            let call = Call::new("trigger", "TriggerMessage", payload);
            lab.call(call.status("Rejected").or_error(&[]))?;
            let at = json!(connector);
            let values_of_it = move |message: &Message| {
                message.action == "MeterValues" && message.payload["connectorId"] == at
            };
            lab.silence_about("nothing", 10, &[], values_of_it)
        },
        mutations: &[
            fails(
                Answer("TriggerMessage", 0, "/status", r#""Accepted""#),
                "trigger/status",
            ),
            fails(NoAnswer("TriggerMessage", 0), "trigger"),
            fails(
                AfterAnswer(
                    "TriggerMessage",
                    0,
                    "MeterValues",
                    r#"{"connectorId": 3, "meterValue": [{"timestamp": "2024-05-15T12:00:00Z",
                        "sampledValue": [{"value": "1", "context": "Trigger"}]}]}"#,
                ),
                "nothing",
            ),
            fails(
                AfterAnswer(
                    "TriggerMessage",
                    0,
                    "MeterValues",
                    r#"{"connectorId": 3, "meterValue": [{"timestamp": "2024-05-15T12:00:00Z",
                        "sampledValue": [{"value": "1", "context": "Sample.Clock"}]}]}"#,
                ),
                "nothing",
            ),
        ],
        ..CASE
    },
];

/// RT-0.
const fn remote_trigger(product: &Product) -> Result<(), &'static str> {
    if product.features.remote_trigger {
        Ok(())
    } else {
        Err("no remote trigger (RT-0)")
    }
}

fn all_triggered(values: &Value) -> bool {
    let mut sampled = values
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|value| value["sampledValue"].as_array())
        .flatten();
    sampled.all(|value| value["context"] == "Trigger")
}

fn trigger(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let connector = lab.parameters.connector;
    let values = Expected::new("meter-values.request", "MeterValues")
        .at("/connectorId", connector)
        .absent("/transactionId")
        .judged(
            "/meterValue",
            "with the context Trigger throughout",
            all_triggered,
        );
    let answer = ask(lab, "meter-values", "MeterValues", Some(connector))?;
    follows(lab, "meter-values.order", answer, values)?;
    let within = triggered_heartbeat(lab)?;
    let beat = Expected::new("heartbeat.request", "Heartbeat").within(within);
    let answer = ask(lab, "heartbeat", "Heartbeat", None)?;
    follows(lab, "heartbeat.order", answer, beat)?;
    let status = lab.status_here("status.request", "Available");
    let answer = ask(lab, "status", "StatusNotification", Some(connector))?;
    follows(lab, "status.order", answer, status)?;
    for (label, action) in [
        ("diagnostics", "DiagnosticsStatusNotification"),
        ("firmware", "FirmwareStatusNotification"),
    ] {
        let payload = json!({"requestedMessage": action});
        let call = Call::new(label, "TriggerMessage", payload);
        let since = lab.now();
        let answer = lab.call(call.one_of("/status", ["Accepted", "NotImplemented"]))?;
        if answer.payload["status"] == "Accepted" {
            let request = Expected::new(format!("{label}.request"), action);
            let order = format!("{label}.order");
            let request = request.with("/status", "Idle");
            follows(lab, &order, (since, answer), request)?;
        }
    }
    Ok(())
}

fn ask(
    lab: &mut Lab<'_>,
    label: &str,
    action: &str,
    connector: Option<u32>,
) -> Result<(u64, Answer), Failed> {
    let since = lab.now();
    let mut payload = json!({"requestedMessage": action});
    if let Some(connector) = connector {
        payload["connectorId"] = json!(connector);
    }
    let call = Call::new(label, "TriggerMessage", payload);
    Ok((since, lab.call(call.status("Accepted"))?))
}

/// How long a triggered heartbeat may take so that it cannot be a regular one.
fn triggered_heartbeat(lab: &mut Lab<'_>) -> Result<Duration, Failed> {
    let limit = lab.parameters.trigger_timeout;
    let interval = Duration::from_secs(lab.parameters.heartbeat_seldom.into());
    if interval <= limit * 2 {
        let regular = Expected::new("heartbeat.regular", "Heartbeat");
        lab.maybe(&regular.within(interval + Duration::from_secs(2)))?;
    }
    Ok(limit.min(interval / 2))
}

/// The answer goes before the message that it promises.
fn follows(
    lab: &mut Lab<'_>,
    label: &str,
    (since, answer): (u64, Answer),
    request: Expected,
) -> Result<Message, Failed> {
    let message = lab.expect(request)?;
    lab.triggered(since, &message);
    if message.order > answer.order {
        return Ok(message);
    }
    lab.fail(label, "the answer before the message", "it came after it")
}
