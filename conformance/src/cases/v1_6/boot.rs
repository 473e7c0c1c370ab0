//! Registration: TC_001 and TC_002.

use serde_json::json;

use super::CASE;
use crate::case::Case;
use crate::lab::{Call, Expected, Lab};
use crate::mutation::{Change::*, fails};
use crate::unmet::Failed;

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_001_CS",
        name: "Cold Boot Charge Point",
        about: "A rejected station waits as long as it is told to, then registers, reports all connectors and sends \
                heartbeats at the interval of the answer.",
        requirements: &[
            "1.6 section 4.2",
            "1.6 section 4.6",
            "1.6 section 4.9, erratum 3.22",
        ],
        run: cold_boot,
        mutations: &[
            fails(Late("BootNotification", 1, 20), "retry.seconds"),
            fails(After("BootNotification", 0, "Heartbeat", "{}"), "retry"),
            fails(Drop("StatusNotification", 0), "status.0"),
            fails(
                Replace("StatusNotification", 2, "/status", r#""Preparing""#),
                "status.2/status",
            ),
            fails(Late("Heartbeat", 1, 10), "heartbeat.period"),
            fails(DropAll("Heartbeat"), "heartbeat.1"),
            fails(Remove("BootNotification", 0, "chargePointVendor"), "schema"),
        ],
        ..CASE
    },
    Case {
        id: "TC_002_CS",
        name: "Cold Boot Charge Point - Pending",
        about: "A station whose registration is pending can be configured, sends nothing of its own and registers again \
                after the interval. Decided: the key that is read and changed is MeterValueSampleInterval.",
        requirements: &["1.6 section 4.2", "1.6 section 5.3", "1.6 section 5.8"],
        run: pending,
        mutations: &[
            fails(
                Answer("ChangeConfiguration", 0, "/status", r#""Rejected""#),
                "change/status",
            ),
            fails(Refuse("GetConfiguration", 0, "SecurityError"), "get"),
            fails(
                After(
                    "BootNotification",
                    0,
                    "StatusNotification",
                    r#"{"connectorId": 1, "errorCode": "NoError", "status": "Available"}"#,
                ),
                "retry",
            ),
            fails(Late("BootNotification", 1, 20), "retry.seconds"),
            fails(Drop("StatusNotification", 2), "status.2"),
            fails(Late("Heartbeat", 1, 10), "heartbeat.period"),
        ],
        ..CASE
    },
];

fn cold_boot(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let interval = lab.parameters.boot_interval;
    lab.csms.answer_boot("Rejected", interval);
    lab.power_cycle()?;
    let boot = lab.boot_notification("boot")?;
    registered(lab, boot.at, interval)
}

fn pending(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let interval = lab.parameters.boot_interval;
    lab.csms.answer_boot("Pending", interval);
    lab.power_cycle()?;
    let boot = lab.boot_notification("boot")?;
    let key = "MeterValueSampleInterval";
    let call = Call::new("get", "GetConfiguration", json!({"key": [key]}));
    lab.call(call.with("/configurationKey/0/key", key))?;
    let value = lab.parameters.sample_interval.to_string();
    lab.set_key("change", key, &value)?;
    registered(lab, boot.at, interval)
}

/// The second BootNotification after the interval, with nothing before it; then all statuses and the heartbeats.
fn registered(lab: &mut Lab<'_>, first: u64, interval: u32) -> Result<(), Failed> {
    let limit = lab.parameters.long_timeout;
    let retry = Expected::new("retry", "BootNotification");
    let retry = lab.expect(retry.strictly().within(limit))?;
    let waited = between(first, retry.at);
    lab.check_seconds("retry.seconds", waited, interval.into())?;
    lab.all_statuses("status", |_| "Available")?;
    let period = lab.parameters.heartbeat_interval;
    let limit = std::time::Duration::from_secs(u64::from(period) * 2);
    let first = lab.expect(Expected::new("heartbeat.1", "Heartbeat").within(limit))?;
    let second = lab.expect(Expected::new("heartbeat.2", "Heartbeat").within(limit))?;
    lab.check_seconds(
        "heartbeat.period",
        between(first.at, second.at),
        period.into(),
    )
}

/// Seconds between two moments.
#[allow(clippy::cast_precision_loss)] // Milliseconds of a test run.
pub(super) fn between(from: u64, to: u64) -> f64 {
    to.saturating_sub(from) as f64 / 1000.0
}
