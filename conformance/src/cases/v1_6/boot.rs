//! Registration: TC_001 and TC_002.

use serde_json::json;

use super::CASE;
use crate::case::Case;
use crate::lab::{Call, Expected, Lab, Message};
use crate::mutation::{Change::*, fails};
use crate::unmet::Failed;

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_001_CS",
        name: "Cold Boot Charge Point",
        about: "A rejected station waits as long as it is told to, then registers, reports all connectors and sends \
                heartbeats at the interval of the answer, which is another one than it had before. On the new \
                connection nothing comes before the first BootNotification.",
        requirements: &[
            "1.6 section 4.2",
            "1.6 section 4.6",
            "1.6 section 4.9, erratum 3.22",
        ],
        run: cold_boot,
        mutations: &[
            fails(Before("BootNotification", 0, "Heartbeat", "{}"), "boot"),
            fails(
                MisreadAnswer("BootNotification", 0, "/interval", "14"),
                "retry.early",
            ),
            fails(
                MisreadAnswer("BootNotification", 0, "/interval", "200"),
                "retry",
            ),
            fails(After("BootNotification", 0, "Heartbeat", "{}"), "retry"),
            fails(Drop("StatusNotification", 0), "status.0"),
            fails(
                Replace("StatusNotification", 2, "/status", r#""Preparing""#),
                "status.2/status",
            ),
            fails(
                MisreadAnswer("BootNotification", 1, "/interval", "60"),
                "heartbeat.period",
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
                Answer(
                    "GetConfiguration",
                    0,
                    "/configurationKey",
                    r#"[{"key": "MeterValueSampleInterval", "readonly": false}]"#,
                ),
                "get/configurationKey/0/value",
            ),
            fails(
                Before(
                    "BootNotification",
                    0,
                    "StatusNotification",
                    r#"{"connectorId": 1, "errorCode": "NoError", "status": "Available"}"#,
                ),
                "boot",
            ),
            fails(
                MisreadAnswer("BootNotification", 0, "/interval", "14"),
                "retry.early",
            ),
            fails(
                After(
                    "BootNotification",
                    0,
                    "StatusNotification",
                    r#"{"connectorId": 1, "errorCode": "NoError", "status": "Available"}"#,
                ),
                "retry",
            ),
            fails(
                MisreadAnswer("BootNotification", 0, "/interval", "200"),
                "retry",
            ),
            fails(Drop("StatusNotification", 2), "status.2"),
            fails(
                MisreadAnswer("BootNotification", 1, "/interval", "60"),
                "heartbeat.period",
            ),
            fails(Late("Heartbeat", 1, 10), "heartbeat.period"),
        ],
        ..CASE
    },
];

/// The power is cut; the first BootNotification is not accepted yet, the second one will be. When the first came.
fn boots(lab: &mut Lab<'_>, status: &'static str) -> Result<Message, Failed> {
    lab.csms.answer_boot(status, lab.parameters.boot_interval);
    let other = lab.parameters.other_heartbeat_interval;
    lab.csms.answer_boot("Accepted", other);
    lab.take_links();
    lab.power_cycle()?;
    lab.begins_anew("boot")?;
    let limit = lab.parameters.long_timeout;
    let boot = Expected::new("boot", "BootNotification");
    lab.expect(boot.strictly().within(limit))
}

fn cold_boot(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let interval = lab.parameters.boot_interval;
    let boot = boots(lab, "Rejected")?;
    registered(lab, boot.at, interval)
}

fn pending(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let interval = lab.parameters.boot_interval;
    let boot = boots(lab, "Pending")?;
    let key = "MeterValueSampleInterval";
    let call = Call::new("get", "GetConfiguration", json!({"key": [key]}));
    let call = call.with("/configurationKey/0/key", key);
    lab.call(call.present("/configurationKey/0/value"))?;
    let value = lab.parameters.sample_interval.to_string();
    lab.set_key("change", key, &value)?;
    registered(lab, boot.at, interval)
}

/// The second BootNotification after the interval, with nothing before it. The interval is the least that the station waits
/// (4.2): only the time for long operations bounds it. Then all statuses and the heartbeats.
fn registered(lab: &mut Lab<'_>, first: u64, interval: u32) -> Result<(), Failed> {
    let limit = lab.parameters.long_timeout;
    let retry = Expected::new("retry", "BootNotification");
    let retry = lab.expect(retry.strictly().within(limit))?;
    let waited = between(first, retry.at);
    if waited + EARLY < f64::from(interval) {
        let expected = format!("not before {interval} s");
        return lab.fail("retry.early", expected, format!("it came after {waited} s"));
    }
    lab.all_statuses("status", |_| "Available")?;
    let period = lab.parameters.other_heartbeat_interval;
    let limit = std::time::Duration::from_secs(u64::from(period) * 2);
    let first = lab.expect(Expected::new("heartbeat.1", "Heartbeat").within(limit))?;
    let second = lab.expect(Expected::new("heartbeat.2", "Heartbeat").within(limit))?;
    lab.check_seconds(
        "heartbeat.period",
        between(first.at, second.at),
        period.into(),
    )
}

/// How much earlier than it should something may come, because clocks are not the same, in seconds.
const EARLY: f64 = 0.1;

/// Seconds between two moments.
#[allow(clippy::cast_precision_loss)] // Milliseconds of a test run.
pub(super) fn between(from: u64, to: u64) -> f64 {
    to.saturating_sub(from) as f64 / 1000.0
}
