//! What a station tells after it was offline, and how it connects again: B04 and part 4, section 5.3.

use super::super::CASE;
use crate::bench::Event;
use crate::case::{Case, Setting};
use crate::lab::{Lab, Moment, Parameters};
use crate::mutation::{Change::*, Flaw, fails};
use crate::step::{Deed, Step, by_hand};
use crate::unmet::Failed;

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_B_51_CS",
        name: "Status change during offline period - > Offline Threshold",
        about: "After a longer time offline than OfflineThreshold the station tells the status of every connector.",
        requirements: &["B04.FR.01"],
        config: &[
            Setting::new("OCPPCommCtrlr.OfflineThreshold", |p| {
                p.offline_threshold.to_string()
            }),
            Setting::new("OCPPCommCtrlr.RetryBackOffWaitMinimum", |p| {
                (p.offline_threshold + 2).to_string()
            }),
            NO_RANDOM,
        ],
        steps: &[
            Step::Offline,
            Step::Act(Deed::Plug),
            Step::Wait(|p| p.offline_threshold + 1),
            Step::Online,
            Step::Statuses("status", "Occupied", "Available"),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_52_CS",
        name: "Status change during offline period - < Offline Threshold",
        about: "After a shorter time offline than OfflineThreshold the station tells the status that has changed, \
                and no others (B04.FR.02).",
        requirements: &["B04.FR.02"],
        config: &[
            Setting::new("OCPPCommCtrlr.OfflineThreshold", |p| {
                p.offline_threshold.to_string()
            }),
            Setting::new("OCPPCommCtrlr.RetryBackOffWaitMinimum", |p| {
                (p.offline_threshold - 2).to_string()
            }),
            NO_RANDOM,
        ],
        steps: &[
            Step::Offline,
            Step::Act(Deed::Plug),
            by_hand(
                "the CSMS accepts connections again; [reconnect] the station connects\n     [changed] it tells that the connector \
                 under test is Occupied, [others] and the status of no other",
                tells_what_has_changed,
                &[
                    fails(Link(Flaw::StaysAway), "reconnect"),
                    fails(
                        After("StatusNotification", 0, "StatusNotification", OTHER_STATUS),
                        "others",
                    ),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_57_CS",
        name: "Network Reconnection - After connection loss",
        about: "A station that has lost its connection waits for RetryBackOffWaitMinimum before it connects again, and for \
                twice as long after it was refused.",
        requirements: &["2.0.1 part 4, section 5.3"],
        config: &[
            Setting::new("OCPPCommCtrlr.NetworkProfileConnectionAttempts", |_| {
                "3".to_owned()
            }),
            Setting::new("OCPPCommCtrlr.RetryBackOffRepeatTimes", |_| "2".to_owned()),
            NO_RANDOM,
            Setting::new("OCPPCommCtrlr.RetryBackOffWaitMinimum", |p| {
                p.back_off.to_string()
            }),
        ],
        steps: &[by_hand(
            "the connection is closed; [first.seconds] the station connects again, not before the wait is over\n     it is \
             closed again and the first attempt refused; [second.seconds] not before the wait is over\n     [third.seconds] \
             the next attempt comes after twice that time at least",
            connects_again,
            &[fails(Link(Flaw::StaysAway), "reconnect")],
        )],
        ..CASE
    },
];

pub(in super::super) const NO_RANDOM: Setting =
    Setting::new("OCPPCommCtrlr.RetryBackOffRandomRange", |_| "0".to_owned());

/// Of the second EVSE.
const OTHER_STATUS: &str = r#"{"timestamp": "2024-05-15T12:00:20Z", "evseId": 2, "connectorId": 1,
    "connectorStatus": "Available"}"#;

fn tells_what_has_changed(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let since = lab.trace().len();
    lab.accept_connections()?;
    lab.play(&Step::Status("changed", Moment::PluggedIn, "Occupied"))?;
    lab.lull()?;
    let here = lab.parameters.connector;
    for (action, payload) in lab.requests_since(since) {
        let events = payload["eventData"].as_array().into_iter().flatten();
        let mut statuses = events.filter(|event| {
            event["component"]["name"] == "Connector"
                && event["variable"]["name"] == "AvailabilityState"
        });
        let other = match action.as_str() {
            "StatusNotification" => payload["evseId"] != here,
            "NotifyEvent" => statuses.any(|event| event["component"]["evse"]["id"] != here),
            _ => false,
        };
        if other {
            let expected = "no status that has not changed";
            return lab.fail("others", expected, format!("{action}.req {payload} came"));
        }
    }
    Ok(())
}

fn connects_again(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let wait = u64::from(lab.parameters.back_off) * 1_000;
    let since = lab.now();
    lab.take_links();
    lab.drop_connection()?;
    let (at, _) = lab.expect_connection("reconnect")?;
    not_before(lab, "first.seconds", at - since, wait)?;
    let since = lab.now();
    lab.go_offline()?;
    let refused = attempt(lab, "refused")?;
    not_before(lab, "second.seconds", refused - since, wait)?;
    lab.serve_at(lab.connected().endpoint, true)?;
    let (at, _) = lab.expect_connection("reconnect.again")?;
    not_before(lab, "third.seconds", at - refused, 2 * (refused - since))
}

/// When the next attempt was refused.
fn attempt(lab: &mut Lab<'_>, label: &str) -> Result<u64, Failed> {
    let limit = Parameters::clone(&lab.parameters).long_timeout.as_secs();
    for _ in 0..limit {
        let links = lab.take_links();
        let refused = links
            .iter()
            .find(|(_, event)| matches!(event, Event::Refused(_)));
        if let Some((at, _)) = refused {
            return Ok(*at);
        }
        lab.wait(1)?;
    }
    lab.fail(label, "an attempt to connect", "none came")
}

/// A second of tolerance: clocks differ.
fn not_before(lab: &Lab<'_>, label: &str, took: u64, least: u64) -> Result<(), Failed> {
    if took + 1_000 >= least {
        return Ok(());
    }
    lab.fail(
        label,
        format!("at least {least} ms"),
        format!("it took {took} ms"),
    )
}
