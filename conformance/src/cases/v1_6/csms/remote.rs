//! Remote starts and stops.

use ocpp_core::csms::remote::Operation;
use serde_json::{Value, json};

use super::{
    ACCEPTED, BEGUN, CASE, CHARGING, accepted, available, charging, finishing, operation,
    preparing, raw, rejected, start_remotely, status, stopped,
};
use crate::case::Case;
use crate::cases::of_csms::RUNS;
use crate::lab::Lab;
use crate::step::{Rule, Step, call, expect_telling, is, known, operate};

/// Authorize with the token of the remote start.
fn remote_driver(lab: &Lab<'_>) -> Value {
    json!({"idTag": lab.requested("RemoteStartTransaction", "/idTag")})
}

/// StartTransaction with the token of the remote start.
pub(super) fn remote_transaction(lab: &Lab<'_>) -> Value {
    json!({
        "connectorId": lab.here(), "meterStart": 1000, "timestamp": lab.utc_in(0),
        "idTag": lab.requested("RemoteStartTransaction", "/idTag"),
    })
}

const START: Step = operate("a remote start", start_remotely);
const STARTED: Step = expect_telling(
    "remote-start",
    "RemoteStartTransaction",
    &[],
    accepted,
    &[is("/status", "Accepted")],
);
pub(super) const AUTHORIZE: Step = call("authorize", "Authorize", remote_driver, ACCEPTED);
pub(super) const TRANSACTION: Step = call("start", "StartTransaction", remote_transaction, BEGUN);
const RUNNING: &[Rule] = &[known("/transactionId", "the running transaction", |lab| {
    lab.answered_with("StartTransaction", "/transactionId")
})];

fn stop_remotely(lab: &Lab<'_>) -> ocpp_core::csms::remote::Command {
    operation(Operation::Stop(lab.transaction_number()))
}

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_010_CSMS",
        name: "Remote Start Charging Session - Cable Plugged in First",
        about: "A remote start for a cable that is plugged in. Connector and idTag are the operator's.",
        requirements: &["5.11"],
        steps: &[
            status("preparing", preparing),
            START,
            STARTED,
            AUTHORIZE,
            TRANSACTION,
            status("charging", charging),
            RUNS,
        ],
        ..CASE
    },
    Case {
        id: "TC_011_1_CSMS",
        name: "Remote Start Charging Session - Remote Start First",
        about: "A remote start before the cable is plugged in.",
        requirements: &["5.11"],
        steps: &[
            START,
            STARTED,
            AUTHORIZE,
            status("preparing", preparing),
            TRANSACTION,
            status("charging", charging),
            RUNS,
        ],
        ..CASE
    },
    Case {
        id: "TC_011_2_CSMS",
        name: "Remote Start Charging Session - Time Out",
        about: "A remote start after which nothing is plugged in.",
        requirements: &["5.11"],
        steps: &[
            START,
            STARTED,
            AUTHORIZE,
            status("preparing", preparing),
            Step::Wait(|p| p.connection_timeout),
            status("available", available),
        ],
        ..CASE
    },
    Case {
        id: "TC_012_CSMS",
        name: "Remote Stop Charging Session",
        about: "A remote stop of the running transaction.",
        requirements: &["5.12"],
        steps: &[
            CHARGING,
            operate("a remote stop of the transaction", stop_remotely),
            expect_telling(
                "remote-stop",
                "RemoteStopTransaction",
                RUNNING,
                accepted,
                &[is("/status", "Accepted")],
            ),
            call("stop", "StopTransaction", |lab| stopped(lab, "Remote"), &[]),
            status("finishing", finishing),
            status("available", available),
        ],
        ..CASE
    },
    Case {
        id: "TC_026_CSMS",
        name: "Remote Start Charging Session - Rejected",
        about: "The charge point rejects a remote start.",
        requirements: &["5.11"],
        steps: &[
            START,
            expect_telling(
                "remote-start",
                "RemoteStartTransaction",
                &[],
                rejected,
                &[is("/status", "Rejected")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_028_CSMS",
        name: "Remote Stop Transaction - Rejected",
        about: "The charge point rejects the remote stop of a transaction that it does not know.",
        requirements: &["5.12"],
        steps: &[
            CHARGING,
            operate("a remote stop of transaction 999999", |_| {
                raw("RemoteStopTransaction", &json!({"transactionId": 999_999}))
            }),
            expect_telling(
                "remote-stop",
                "RemoteStopTransaction",
                &[],
                rejected,
                &[is("/status", "Rejected")],
            ),
        ],
        ..CASE
    },
];
