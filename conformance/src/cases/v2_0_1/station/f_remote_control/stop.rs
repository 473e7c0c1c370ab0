//! RequestStopTransaction: F03.

use serde_json::json;

use super::super::{CASE, still_ongoing, transaction};
use crate::case::Case;
use crate::step::{State, Step, by_hand, call, is};

/// The CSMS stops the transaction.
pub(in super::super) const STOP: Step = call(
    "stop",
    "RequestStopTransaction",
    |lab| json!({"transactionId": transaction(lab)}),
    &[is("/status", "Accepted")],
);

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_F_08_CS",
        name: "Remote stop transaction - Success",
        about: "The CSMS stops a session.",
        requirements: &["F03.FR.02", "F03.FR.03", "F03.FR.07", "F03.FR.09"],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            Step::State(State::StopAuthorizedRemotely),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_09_CS",
        name: "Remote stop transaction - Rejected",
        about: "The CSMS stops a transaction that there is not; the one that there is goes on.",
        requirements: &["F03.FR.08"],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            call(
                "stop",
                "RequestStopTransaction",
                |_| json!({"transactionId": "there is no such transaction"}),
                &[is("/status", "Rejected")],
            ),
            by_hand(
                "[goes-on.status] the transaction is still ongoing",
                still_ongoing,
                &[],
            ),
        ],
        ..CASE
    },
];
