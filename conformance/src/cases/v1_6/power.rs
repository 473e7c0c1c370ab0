//! Power failures: TC_032 and TC_034.

use super::reset::statuses_after_transaction;
use super::{CASE, OTHER_STATUS};
use crate::bench::Act;
use crate::case::Case;
use crate::lab::{Expected, Lab};
use crate::mutation::{Change::*, fails};
use crate::unmet::Failed;

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_032_1_CS",
        name: "Power failure boot charging point - configured to stop transaction before going down",
        about: "The transaction ends with the reason PowerLoss before the power is gone, and is not reported again. \
                Decided: StopTransaction and Finishing may come in any order, as in the other cases; 20 s are long \
                enough to see that it is not reported again.",
        requirements: &["1.6 section 4.10", "1.6 section 4.2"],
        applies: |product| match product.features.stop_before_power_loss {
            true => Ok(()),
            false => Err("transactions are stopped after the power is back (AQ-7.2)"),
        },
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            let transaction = lab.charging(&tag)?;
            lab.act(&Act::PowerOff {
                time_to_report: true,
            })?;
            let stop = lab.stop(transaction).with("/reason", "PowerLoss");
            lab.stopped(stop, lab.status_here("finishing", "Finishing"))?;
            lab.act(&Act::PowerOn)?;
            lab.boot_notification("boot")?;
            statuses_after_transaction(lab, None)?;
            lab.silence("once", 20, &[])
        },
        mutations: &[
            fails(Drop("StopTransaction", 0), "stop"),
            fails(
                Replace("StopTransaction", 0, "/reason", r#""Other""#),
                "stop/reason",
            ),
            fails(
                Replace("StopTransaction", 0, "/transactionId", "5"),
                "stop/transactionId",
            ),
            fails(Drop("StatusNotification", 2), "finishing"),
            fails(Drop("BootNotification", 0), "boot"),
            fails(
                Replace("StatusNotification", 4, "/status", OTHER_STATUS),
                "statuses.1/status",
            ),
            fails(
                After(
                    "StatusNotification",
                    5,
                    "StopTransaction",
                    r#"{"transactionId": 1001, "meterStop": 5, "timestamp": "2024-05-15T12:00:00Z"}"#,
                ),
                "once",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_032_2_CS",
        name: "Power failure boot charging point - configured to stop transaction after going down",
        about: "The transaction ends with the reason PowerLoss after the restart. If the station goes on with it instead, \
                the driver ends it with the same idTag. The statuses and StopTransaction may come in any order.",
        requirements: &["1.6 section 4.10", "1.6 section 4.2"],
        applies: |product| match product.features.stop_before_power_loss {
            true => Err("transactions are stopped before the power is gone (AQ-7.1)"),
            false => Ok(()),
        },
        run: after_going_down,
        mutations: &[
            fails(Drop("BootNotification", 0), "boot"),
            fails(Drop("StopTransaction", 0), "stop"),
            fails(
                Replace("StopTransaction", 0, "/reason", r#""Local""#),
                "stop/reason",
            ),
            fails(
                Replace("StopTransaction", 0, "/transactionId", "5"),
                "stop/transactionId",
            ),
            fails(Forget("transaction/"), "stop"),
            fails(Drop("StatusNotification", 4), "statuses.2"),
            fails(
                Replace("StatusNotification", 3, "/status", OTHER_STATUS),
                "statuses.1/status",
            ),
            fails(
                After("StatusNotification", 4, "StopTransaction", STOP),
                "once",
            ),
            fails(Drop("StopTransaction", 0), "stop").of(RESUMING),
            fails(
                Replace("StopTransaction", 0, "/reason", r#""PowerLoss""#),
                "stop/reason",
            )
            .of(RESUMING),
            fails(
                Replace("StopTransaction", 0, "/transactionId", "5"),
                "stop/transactionId",
            )
            .of(RESUMING),
            fails(Drop("StatusNotification", 5), "finishing").of(RESUMING),
            fails(
                Replace("StatusNotification", 5, "/status", r#""Available""#),
                "finishing/status",
            )
            .of(RESUMING),
        ],
        ..CASE
    },
    Case {
        id: "TC_034_CS",
        name: "Power Failure with Unavailable Status",
        about: "A station that was made unavailable is so after a power failure.",
        requirements: &["1.6 section 5.2, erratum 3.21", "1.6 section 4.9"],
        run: |lab| {
            lab.station_unavailable()?;
            lab.power_cycle()?;
            lab.boot_notification("boot")?;
            lab.all_statuses("statuses", |_| "Unavailable")
        },
        mutations: &[
            fails(
                Answer("ChangeAvailability", 0, "/status", r#""Rejected""#),
                "unavailable/status",
            ),
            fails(Drop("StatusNotification", 1), "unavailable.status.1"),
            fails(
                Replace("StatusNotification", 0, "/status", r#""Available""#),
                "unavailable.status.0/status",
            ),
            fails(Drop("BootNotification", 0), "boot"),
            fails(Forget("availability"), "statuses.0/status"),
            fails(Drop("StatusNotification", 5), "statuses.2"),
        ],
        ..CASE
    },
];

/// A product whose transactions survive a power failure.
const RESUMING: &str = "with transactions that go on";

const STOP: &str =
    r#"{"transactionId": 1001, "meterStop": 5, "timestamp": "2024-05-15T12:00:00Z"}"#;

fn after_going_down(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let tag = lab.parameters.valid.clone();
    let transaction = lab.charging(&tag)?;
    lab.power_cycle()?;
    lab.boot_notification("boot")?;
    let stop = |lab: &Lab<'_>| lab.stop(transaction).with("/reason", "PowerLoss");
    // Finishing only if it was not reported yet.
    let finishing = |lab: &Lab<'_>| lab.status_is("finishing", "Finishing").optional();
    let mut expected = vec![stop(lab).optional()];
    for connector in 0..=lab.parameters.connectors {
        let label = format!("statuses.{connector}");
        expected.push(if connector == lab.parameters.connector {
            Expected::new(label, "StatusNotification")
                .at("/connectorId", connector)
                .one_of("/status", ["Charging", "Finishing", "Preparing"])
                .with("/errorCode", "NoError")
        } else {
            lab.status(label, connector, "Available")
        });
    }
    expected.push(finishing(lab));
    let here = usize::try_from(lab.parameters.connector).unwrap_or_default();
    let mut messages = lab.unordered(expected)?;
    lab.no_more_optional();
    let is_there = |index: usize| messages.get(index).is_some_and(Option::is_some);
    let (stopped, finished) = (is_there(0), is_there(messages.len() - 1));
    let status = messages.get_mut(here + 1).and_then(Option::take);
    let status = status.map(|m| m.payload["status"].clone());
    let status = status.unwrap_or_default();
    if status == "Charging" && !stopped && !finished {
        lab.present(&tag)?;
        let stop = lab.stop(transaction);
        let stop = stop.one_of_or_absent("/reason", ["Local"]);
        lab.stopped(stop, lab.status_here("finishing", "Finishing"))?;
        return Ok(());
    }
    let mut rest = Vec::new();
    if !stopped {
        rest.push(stop(lab));
    }
    if status != "Finishing" && !finished {
        rest.push(finishing(lab));
    }
    lab.unordered(rest)?;
    lab.silence("once", 20, &[])
}
