//! B11, B12: resets.

use ocpp_core::csms::remote::{Command, Operation};
use serde_json::{Value, json};

use super::states::{AVAILABLE, CHARGING};
use super::{
    CASE, CONNECT, accepted, boot, event, event_of, everywhere, evse, operation, status_of, token,
};
use crate::case::Case;
use crate::lab::Lab;
use crate::product::Product;
use crate::step::{Rule, Step, absent, expect_telling, is, known, operate};

fn resets_evses(product: &Product) -> Result<(), &'static str> {
    let has = product.v2_0_1.reset_evse;
    has.then_some(()).ok_or("EVSEs are not reset (C-13)")
}

fn reset(immediately: bool, evse: Option<i64>) -> Command {
    operation(Operation::Reset { immediately, evse })
}

fn scheduled(_: &Lab<'_>) -> Value {
    json!({"status": "Scheduled"})
}

const HERE: Rule = known("/evseId", "the EVSE under test", |lab| lab.here());
const IS_ACCEPTED: &[Rule] = &[is("/status", "Accepted")];
const ANEW: Step = Step::Reusable("the station restarts", &[Step::HangUp, CONNECT]);

/// The driver stops and drives away.
const DRIVES_AWAY: Step = Step::Reusable(
    "the driver stops and drives away",
    &[
        event!(
            "stop",
            Some("Updated"),
            "StopAuthorized",
            |lab| json!({"chargingState": "EVConnected", "idToken": token(lab)}),
            &[]
        ),
        event!(
            "ended",
            Some("Ended"),
            "EVCommunicationLost",
            |_| json!({"chargingState": "Idle", "stoppedReason": "EVDisconnected"}),
            &[]
        ),
    ],
);

/// The reset ends the transaction.
const ENDED: Step = event!(
    "ended",
    Some("Ended"),
    "ResetCommand",
    |_| json!({"chargingState": "EVConnected", "stoppedReason": "ImmediateReset"}),
    &[]
);

/// Occupied at the EVSE under test, Available elsewhere.
fn occupied_here(lab: &Lab<'_>) -> &'static str {
    if lab.parameters.connector == 1 {
        "Occupied"
    } else {
        "Available"
    }
}

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_B_20_CSMS",
        name: "Reset Charging Station - Without ongoing transaction - OnIdle",
        about: "The station restarts. evseId is missing (erratum 6.2.13).",
        requirements: &["B11.FR.04"],
        steps: &[
            operate("reset the station when it is idle", |_| reset(false, None)),
            expect_telling(
                "reset",
                "Reset",
                &[is("/type", "OnIdle"), absent("/evseId")],
                accepted,
                &[is("/status", "Accepted")],
            ),
            ANEW,
            boot!("boot", "RemoteReset", IS_ACCEPTED),
            AVAILABLE,
        ],
        ..CASE
    },
    Case {
        id: "TC_B_21_CSMS",
        name: "Reset Charging Station - With Ongoing Transaction - OnIdle",
        about: "The station restarts when the transaction is over. evseId is missing (erratum 6.2.14). E07.FR.03, which the description \
                names, is not in part 2.",
        requirements: &["B12.FR.01", "B12.FR.03"],
        steps: &[
            CHARGING,
            operate("reset the station when it is idle", |_| reset(false, None)),
            expect_telling(
                "reset",
                "Reset",
                &[is("/type", "OnIdle"), absent("/evseId")],
                scheduled,
                &[is("/status", "Scheduled")],
            ),
            DRIVES_AWAY,
            ANEW,
            boot!("boot", "ScheduledReset", IS_ACCEPTED),
            AVAILABLE,
        ],
        ..CASE
    },
    Case {
        id: "TC_B_22_CSMS",
        name: "Reset Charging Station - With Ongoing Transaction - Immediate",
        about: "The station ends the transaction and restarts. evseId is missing (erratum 6.2.15).",
        requirements: &["B12.FR.02"],
        steps: &[
            CHARGING,
            operate("reset the station immediately", |_| reset(true, None)),
            expect_telling(
                "reset",
                "Reset",
                &[is("/type", "Immediate"), absent("/evseId")],
                accepted,
                &[is("/status", "Accepted")],
            ),
            ENDED,
            ANEW,
            boot!("boot", "RemoteReset", IS_ACCEPTED),
            everywhere(
                "status",
                "StatusNotification",
                |lab| status_of(lab, occupied_here(lab)),
                None,
            ),
            everywhere(
                "event",
                "NotifyEvent",
                |lab| event_of(lab, occupied_here(lab)),
                None,
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_25_CSMS",
        name: "Reset EVSE - Without ongoing transaction",
        about: "One EVSE restarts.",
        applies: resets_evses,
        requirements: &["B11.FR.04"],
        steps: &[
            operate("reset the EVSE under test when it is idle", |lab| {
                reset(false, Some(evse(lab)))
            }),
            expect_telling(
                "reset",
                "Reset",
                &[is("/type", "OnIdle"), HERE],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_26_CSMS",
        name: "Reset EVSE - With Ongoing Transaction - OnIdle",
        about: "The EVSE restarts when its transaction is over.",
        applies: resets_evses,
        requirements: &["B12.FR.07"],
        steps: &[
            CHARGING,
            operate("reset the EVSE under test when it is idle", |lab| {
                reset(false, Some(evse(lab)))
            }),
            expect_telling(
                "reset",
                "Reset",
                &[is("/type", "OnIdle"), HERE],
                scheduled,
                &[is("/status", "Scheduled")],
            ),
            DRIVES_AWAY,
        ],
        ..CASE
    },
    Case {
        id: "TC_B_27_CSMS",
        name: "Reset EVSE - With Ongoing Transaction - Immediate",
        about: "The EVSE ends its transaction and restarts.",
        applies: resets_evses,
        requirements: &["B12.FR.02", "B12.FR.08"],
        steps: &[
            CHARGING,
            operate("reset the EVSE under test immediately", |lab| {
                reset(true, Some(evse(lab)))
            }),
            expect_telling(
                "reset",
                "Reset",
                &[is("/type", "Immediate"), HERE],
                accepted,
                &[is("/status", "Accepted")],
            ),
            ENDED,
        ],
        ..CASE
    },
];
