//! Locks that do not hold: G05.

use super::super::CASE;
use crate::bench::Act;
use crate::case::{Case, Profile};
use crate::lab::{Expected, Lab};
use crate::mutation::{Change::*, fails};
use crate::step::{State, Step, by_hand};
use crate::unmet::Failed;

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[Case {
    id: "TC_G_20_CS",
    name: "Connector status Notification - Lock Failure",
    about: "A plug is not quite in, so that it cannot be locked: that is told, and no energy flows. The status of the connector, \
            and events of a transaction that ends because of it, may come besides. The description wants a MonitoringLevel at \
            which lock failures are told; a station with hard-wired monitors tells them as delivered.",
    profile: Profile::None,
    requirements: &["G05.FR.01", "G05.FR.02"],
    applies: |product| {
        if product.features.lock_prevents_plug_in {
            return Err("the cable is locked until somebody is authorized (AQ-2)");
        }
        match product.features.detachable_cable && product.v2_0_1.hard_wired_monitors {
            true => Ok(()),
            false => Err("locks are not monitored (HFS-1, AQ-5)"),
        }
    },
    steps: &[
        by_hand(
            "the plug will not be quite in",
            |lab| lab.act(&Act::LocksFail(true)),
            &[],
        ),
        Step::State(State::EvConnectedPreSession),
        by_hand(
            "state Authorized; [event] the station sends NotifyEvent.req\n       eventData/0/trigger is Delta\n       \
             eventData/0/component/name is ConnectorPlugRetentionLock\n       eventData/0/variable/name is Problem\n       \
             eventData/0/actualValue is true\n     [no-energy] and no event that says Charging",
            lock_fails,
            &[fails(
                After("NotifyEvent", 0, "TransactionEvent", CHARGING),
                "no-energy",
            )],
        ),
    ],
    ..CASE
}];

const CHARGING: &str = r#"{"eventType": "Started", "timestamp": "2024-05-15T12:00:20Z", "seqNo": 0,
    "triggerReason": "ChargingStateChanged",
    "transactionInfo": {"transactionId": "INVENTED", "chargingState": "Charging"}}"#;

fn lock_fails(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let since = lab.trace().len();
    lab.reach(State::Authorized)?;
    let evse = lab.parameters.connector;
    let event = Expected::new("event", "NotifyEvent")
        .with("/eventData/0/trigger", "Delta")
        .with("/eventData/0/component/name", "ConnectorPlugRetentionLock")
        .with("/eventData/0/variable/name", "Problem")
        .with("/eventData/0/actualValue", "true");
    let status = Expected::new("status", "StatusNotification")
        .at("/evseId", evse)
        .at("/connectorStatus", "Faulted");
    let ends = Expected::new("ends", "TransactionEvent");
    lab.unordered(vec![event, status.optional(), ends.optional()])?;
    lab.a_while(5)?;
    let sent = lab.requests_since(since);
    let charging = sent.iter().find(|(action, payload)| {
        action == "TransactionEvent" && payload["transactionInfo"]["chargingState"] == "Charging"
    });
    match charging {
        Some((_, payload)) => {
            let got = format!("TransactionEvent.req {payload} came");
            lab.fail("no-energy", "no energy", got)
        }
        None => Ok(()),
    }
}
