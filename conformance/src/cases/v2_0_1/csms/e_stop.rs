//! E06 to E10: how transactions end.

use ocpp_core::csms::remote::Operation;
use serde_json::json;

use super::states::{
    AUTHORIZED, CHARGES, CHARGING, DISCONNECTED, FREE, STILL_CONNECTED, STOPS, SUSPENDED,
};
use super::{CASE, accepted, event, operation, token};
use crate::case::Case;
use crate::cases::of_csms::{RUNS, ended};
use crate::lab::Lab;
use crate::step::{Step, expect_telling, is, known, one_of, operate};

/// The driver stops the transaction, which ends with that.
const LOCALLY: Step = event!(
    "ended",
    Some("Ended"),
    "StopAuthorized",
    |lab| json!({"stoppedReason": "Local", "idToken": token(lab)}),
    &[]
);

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_E_07_CSMS",
        name: "Stop transaction options - PowerPathClosed - Local stop",
        about: "The transaction ends when the power path is opened.",
        requirements: &["E06.FR.06"],
        steps: &[CHARGING, LOCALLY, ended!("Local")],
        ..CASE
    },
    Case {
        id: "TC_E_08_CSMS",
        name: "Stop transaction options - EnergyTransfer stopped - StopAuthorized",
        about: "The transaction ends when energy flows no more.",
        requirements: &["E06.FR.07"],
        steps: &[
            CHARGING,
            STOPS,
            event!(
                "ended",
                Some("Ended"),
                "ChargingStateChanged",
                |_| json!({"chargingState": "EVConnected", "stoppedReason": "Local"}),
                &[]
            ),
            ended!("Local"),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_14_CSMS",
        name: "Stop transaction options - EVDisconnected - Charging Station side",
        about: "The transaction ends when the cable is taken out of the station.",
        requirements: &["E06.FR.02"],
        steps: &[
            CHARGING,
            STOPS,
            STILL_CONNECTED,
            DISCONNECTED,
            ended!("EVDisconnected"),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_15_CSMS",
        name: "Stop transaction options - StopAuthorized - Local",
        about: "The transaction ends when the driver stops it.",
        requirements: &["E06.FR.03"],
        steps: &[CHARGING, LOCALLY, ended!("Local")],
        ..CASE
    },
    Case {
        id: "TC_E_16_CSMS",
        name: "Stop transaction options - Deauthorized - Invalid idToken",
        about: "Nobody knows the token of a transaction that has begun.",
        requirements: &["E06.FR.04", "E01.FR.11", "E01.FR.12"],
        steps: &[
            Step::Driver(|p| &p.invalid),
            event!(
                "start",
                Some("Started"),
                "Authorized",
                |lab| json!({"idToken": token(lab)}),
                &[one_of("/idTokenInfo/status", &["Invalid", "Unknown"])]
            ),
            event!(
                "ended",
                Some("Ended"),
                "Deauthorized",
                |_| json!({"stoppedReason": "DeAuthorized"}),
                &[]
            ),
            ended!("DeAuthorized"),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_17_CSMS",
        name: "Stop transaction options - Deauthorized - EV side disconnect",
        about: "The transaction ends when the cable is taken out of the car.",
        requirements: &["E06.FR.04"],
        steps: &[
            SUSPENDED,
            event!(
                "ended",
                Some("Ended"),
                "EVCommunicationLost",
                |_| json!({"chargingState": "Idle", "stoppedReason": "EVDisconnected"}),
                &[]
            ),
            ended!("EVDisconnected"),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_19_CSMS",
        name: "Stop transaction options - ParkingBayUnoccupied",
        about: "The transaction ends when the car leaves the parking bay; that it was disconnected does not end it.",
        requirements: &["E06.FR.01"],
        steps: &[
            CHARGING,
            STOPS,
            STILL_CONNECTED,
            FREE,
            event!(
                "disconnected",
                Some("Updated"),
                "EVCommunicationLost",
                |_| json!({"chargingState": "Idle"}),
                &[]
            ),
            event!(
                "ended",
                Some("Ended"),
                "EVDeparted",
                |_| json!({"stoppedReason": "Local"}),
                &[]
            ),
            ended!("Local"),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_20_CSMS",
        name: "Stop transaction options - EVDisconnected - EV side (able to charge IEC 61851-1 EV)",
        about: "The transaction ends when the cable is taken out of the car.",
        requirements: &["E06.FR.02"],
        steps: &[
            SUSPENDED,
            STOPS,
            STILL_CONNECTED,
            DISCONNECTED,
            ended!("EVDisconnected"),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_21_CSMS",
        name: "Stop transaction options - StopAuthorized - Remote",
        about: "The operator stops the transaction.",
        requirements: &["E06.FR.03", "F03.FR.01", "F03.FR.09", "F03.FR.10"],
        steps: &[
            CHARGING,
            operate("a remote stop of the transaction", |lab| {
                operation(Operation::Stop(lab.transaction_number()))
            }),
            expect_telling(
                "remote-stop",
                "RequestStopTransaction",
                &[known("/transactionId", "the running transaction", |lab| {
                    Lab::transaction_id(lab)
                })],
                accepted,
                &[is("/status", "Accepted")],
            ),
            event!(
                "ended",
                Some("Ended"),
                "RemoteStop",
                |_| json!({"stoppedReason": "Remote"}),
                &[]
            ),
            ended!("Remote"),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_22_CSMS",
        name: "Stop transaction options - EnergyTransfer stopped - SuspendedEV",
        about: "The transaction ends when the car takes no more energy.",
        requirements: &["E06.FR.07"],
        steps: &[
            CHARGING,
            event!(
                "ended",
                Some("Ended"),
                "ChargingStateChanged",
                |_| json!({"chargingState": "SuspendedEV", "stoppedReason": "StoppedByEV"}),
                &[]
            ),
            ended!("StoppedByEV"),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_26_CSMS",
        name: "Disconnect cable on EV-side - Suspend transaction",
        about: "The cable is taken out of the car and put in again; the transaction goes on.",
        requirements: &["E10.FR.01"],
        steps: &[
            SUSPENDED,
            event!(
                "unplugged",
                Some("Updated"),
                "EVCommunicationLost",
                |_| json!({"chargingState": "Idle"}),
                &[]
            ),
            FREE,
            event!(
                "plugged",
                Some("Updated"),
                "CablePluggedIn",
                |_| json!({"chargingState": "EVConnected"}),
                &[]
            ),
            CHARGES,
            RUNS,
        ],
        ..CASE
    },
    Case {
        id: "TC_E_39_CSMS",
        name: "Stop transaction options - Deauthorized - timeout",
        about: "The driver is authorized and plugs nothing in. E03.FR.04, which the description names, is not in part 2.",
        requirements: &["E03.FR.05", "E06.FR.04"],
        steps: &[
            AUTHORIZED,
            Step::Wait(|p| p.connection_timeout),
            event!(
                "ended",
                Some("Ended"),
                "EVConnectTimeout",
                |_| json!({"stoppedReason": "Timeout"}),
                &[]
            ),
            ended!("Timeout"),
        ],
        ..CASE
    },
];
