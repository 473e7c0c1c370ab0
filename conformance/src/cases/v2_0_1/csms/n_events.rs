//! N07, N08: the events that monitors bring.

use serde_json::{Value, json};

use super::n_monitoring::{BLOCK, POWER, at_evse};
use crate::case::{Case, Profile};
use crate::lab::Lab;
use crate::step::{Step, call, suits};

/// NotifyEvent of a monitor.
fn alert(lab: &Lab<'_>, trigger: &str, value: &str, number: u64) -> Value {
    json!({
        "generatedAt": lab.utc_in(0), "seqNo": 0,
        "eventData": [{
            "eventId": number, "timestamp": lab.utc_in(0), "trigger": trigger, "actualValue": value,
            "eventNotificationType": "CustomMonitor", "variableMonitoringId": 1,
            "component": at_evse(lab), "variable": {"name": POWER},
        }],
    })
}

const PERIODIC: Step = Step::Reusable(
    "a periodic monitor tells its value",
    &[
        Step::Wait(|p| p.sample_interval),
        call(
            "event",
            "NotifyEvent",
            |lab| alert(lab, "Periodic", "11000", lab.now() / 1_000),
            &[suits("", "an empty body", |body| {
                body.as_object().is_some_and(serde_json::Map::is_empty)
            })],
        ),
    ],
);

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_N_24_CSMS",
        name: "Set Variable Monitoring - Periodic event",
        about: "A periodic monitor tells its value three times.",
        requirements: &["N08.FR.02"],
        steps: &[PERIODIC, PERIODIC, PERIODIC],
        ..BLOCK
    },
    Case {
        id: "TC_N_48_CSMS",
        name: "Alert Event - Variable monitoring on write only",
        about: "The value of a variable that nobody may read is left out.",
        requirements: &["N07.FR.10"],
        profile: Profile::None,
        steps: &[call(
            "event",
            "NotifyEvent",
            |lab| alert(lab, "Alerting", "", 1),
            &[],
        )],
        ..BLOCK
    },
    Case {
        id: "TC_N_49_CSMS",
        name: "Alert Event - LowerThreshold/UpperThreshold cleared after reboot",
        about: "What was wrong is over.",
        requirements: &["N07.FR.14"],
        steps: &[call(
            "event",
            "NotifyEvent",
            |lab| {
                let mut event = alert(lab, "Alerting", "11000", 1);
                event["eventData"][0]["cleared"] = json!(true);
                event
            },
            &[],
        )],
        ..BLOCK
    },
    Case {
        id: "TC_N_50_CSMS",
        name: "Alert Event - Periodic Triggered",
        about: "A periodic monitor tells its value.",
        requirements: &["N08.FR.02"],
        steps: &[call(
            "event",
            "NotifyEvent",
            |lab| alert(lab, "Periodic", "11000", 1),
            &[],
        )],
        ..BLOCK
    },
];
