//! Reset, hard and soft, without and with a transaction: TC_013 to TC_016.

use serde_json::json;

use super::{CASE, OTHER_STATUS};
use crate::case::Case;
use crate::lab::{Call, Expected, Lab};
use crate::mutation::{Change::*, Flaw, fails};
use crate::unmet::Failed;

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_013_CS",
        name: "Hard Reset Without transaction",
        about: "A connector that was made unavailable is so after the reset.",
        requirements: &["1.6 section 5.14", "1.6 section 5.2, erratum 3.21"],
        run: |lab| without_transaction(lab, "Hard"),
        mutations: &[
            fails(
                Answer("ChangeAvailability", 0, "/status", r#""Rejected""#),
                "unavailable/status",
            ),
            fails(Drop("StatusNotification", 0), "unavailable.status"),
            fails(
                Answer("Reset", 0, "/status", r#""Rejected""#),
                "reset/status",
            ),
            fails(Drop("BootNotification", 0), "boot"),
            fails(Link(Flaw::KeepsConnection), "connection"),
            fails(Forget("availability"), "statuses.1/status"),
            fails(
                Replace("StatusNotification", 3, "/status", OTHER_STATUS),
                "statuses.2/status",
            ),
            fails(
                Answer("ChangeAvailability", 1, "/status", r#""Scheduled""#),
                "operative/status",
            ),
            fails(Drop("StatusNotification", 4), "available"),
        ],
        ..CASE
    },
    Case {
        id: "TC_014_CS",
        name: "Soft Reset Without Transaction",
        about: "As TC_013; a soft reset may be a restart of the program without BootNotification.",
        requirements: &["1.6 section 5.14", "1.6 section 5.2, erratum 3.21"],
        run: |lab| without_transaction(lab, "Soft"),
        mutations: &[
            fails(
                Answer("Reset", 0, "/status", r#""Rejected""#),
                "reset/status",
            ),
            fails(Drop("StatusNotification", 0), "unavailable.status"),
            fails(Forget("availability"), "statuses.1/status"),
            fails(Drop("StatusNotification", 1), "statuses.0"),
            fails(Drop("StatusNotification", 4), "available"),
        ],
        ..CASE
    },
    Case {
        id: "TC_015_CS",
        name: "Hard Reset With Transaction",
        about: "The transaction ends with the reason HardReset, reported once, before or after the restart, which also \
                renews the connection. Decided: 20 s are long enough to see that it is not reported again.",
        requirements: &["1.6 section 5.14", "1.6 section 4.10"],
        run: hard_with_transaction,
        mutations: &[
            fails(
                Answer("Reset", 0, "/status", r#""Rejected""#),
                "reset/status",
            ),
            fails(
                Replace("StopTransaction", 0, "/reason", r#""SoftReset""#),
                "stop/reason",
            ),
            fails(
                Replace("StopTransaction", 0, "/transactionId", "5"),
                "stop/transactionId",
            ),
            fails(Drop("StopTransaction", 0), "stop"),
            fails(Duplicate("StopTransaction", 0), "boot"),
            fails(Drop("StatusNotification", 2), "finishing"),
            fails(
                After("StatusNotification", 5, "StopTransaction", STOP),
                "once",
            ),
            fails(Drop("BootNotification", 0), "boot"),
            fails(Link(Flaw::KeepsConnection), "connection"),
            fails(
                Replace("StatusNotification", 4, "/status", r#""Available""#),
                "statuses.1/status",
            ),
            fails(
                Replace("StatusNotification", 5, "/status", OTHER_STATUS),
                "statuses.2/status",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_016_CS",
        name: "Soft Reset With Transaction",
        about: "The transaction ends with the reason SoftReset before the reset. Decided: with the cable in, the connector \
                is Finishing or Preparing afterwards.",
        requirements: &["1.6 section 5.14", "1.6 section 4.10"],
        run: soft_with_transaction,
        mutations: &[
            fails(
                Answer("Reset", 0, "/status", r#""Rejected""#),
                "reset/status",
            ),
            fails(
                Replace("StopTransaction", 0, "/reason", r#""HardReset""#),
                "stop/reason",
            ),
            fails(
                Replace("StopTransaction", 0, "/transactionId", "5"),
                "stop/transactionId",
            ),
            fails(Drop("StopTransaction", 0), "stop"),
            fails(Lose("StopTransaction", 0), "stop"),
            fails(Drop("StatusNotification", 2), "finishing"),
            fails(
                Replace("StatusNotification", 4, "/status", OTHER_STATUS),
                "statuses.1/status",
            ),
        ],
        ..CASE
    },
];

const STOP: &str =
    r#"{"transactionId": 1001, "meterStop": 5, "timestamp": "2024-05-15T12:00:00Z"}"#;

fn reset(lab: &mut Lab<'_>, kind: &str) -> Result<(), Failed> {
    lab.take_links();
    let call = Call::new("reset", "Reset", json!({"type": kind}));
    lab.call(call.status("Accepted")).map(|_| ())
}

/// A BootNotification, if the reset leads to one.
fn boots(lab: &mut Lab<'_>) -> Result<bool, Failed> {
    let boot = Expected::new("boot", "BootNotification").within(lab.parameters.long_timeout);
    Ok(lab.maybe(&boot)?.is_some())
}

fn without_transaction(lab: &mut Lab<'_>, kind: &str) -> Result<(), Failed> {
    let connector = lab.parameters.connector;
    lab.set_unavailable(connector)?;
    reset(lab, kind)?;
    let booted = if kind == "Hard" {
        lab.boot_notification("boot")?;
        lab.has_reconnected("connection")?;
        true
    } else {
        boots(lab)?
    };
    if booted {
        let status = |other: u32| match other == connector {
            true => "Unavailable",
            false => "Available",
        };
        lab.all_statuses("statuses", status)?;
    }
    let payload = json!({"connectorId": connector, "type": "Operative"});
    let call = Call::new("operative", "ChangeAvailability", payload);
    lab.call(call.status("Accepted"))?;
    lab.expect(lab.status_here("available", "Available"))?;
    Ok(())
}

/// All statuses after the restart, the connector of the transaction Finishing or Preparing, and `more`.
pub(super) fn statuses_after_transaction(
    lab: &mut Lab<'_>,
    more: Option<Expected>,
) -> Result<(), Failed> {
    let mut expected: Vec<Expected> = more.into_iter().collect();
    for connector in 0..=lab.parameters.connectors {
        let label = format!("statuses.{connector}");
        expected.push(if connector == lab.parameters.connector {
            Expected::new(label, "StatusNotification")
                .at("/connectorId", connector)
                .one_of("/status", ["Finishing", "Preparing"])
                .with("/errorCode", "NoError")
        } else {
            lab.status(label, connector, "Available")
        });
    }
    lab.unordered(expected).map(|_| ())
}

fn hard_with_transaction(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let tag = lab.parameters.valid.clone();
    let transaction = lab.charging(&tag)?;
    reset(lab, "Hard")?;
    let stop = |lab: &Lab<'_>| lab.stop(transaction).with("/reason", "HardReset");
    let limit = lab.parameters.long_timeout;
    let before = lab.unordered(vec![
        Expected::new("boot", "BootNotification").within(limit),
        stop(lab).optional(),
        lab.status_here("finishing", "Finishing").optional(),
    ])?;
    lab.no_more_optional();
    lab.has_reconnected("connection")?;
    let stopped = matches!(before.get(1), Some(Some(_)));
    let finishing = matches!(before.get(2), Some(Some(_)));
    if stopped && !finishing {
        return lab.fail(
            "finishing",
            "Finishing after StopTransaction.req",
            "it did not come",
        );
    }
    let stop = (!stopped).then(|| stop(lab));
    statuses_after_transaction(lab, stop)?;
    lab.silence("once", 20, &[])
}

fn soft_with_transaction(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let tag = lab.parameters.valid.clone();
    let transaction = lab.charging(&tag)?;
    reset(lab, "Soft")?;
    let stop = lab.stop(transaction).with("/reason", "SoftReset");
    lab.stopped(stop, lab.status_here("finishing", "Finishing"))?;
    if boots(lab)? {
        statuses_after_transaction(lab, None)?;
    }
    Ok(())
}
