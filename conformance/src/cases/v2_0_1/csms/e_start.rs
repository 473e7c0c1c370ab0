//! E01 to E05: how transactions begin.

use serde_json::json;

use super::states::{
    AUTHORIZED, CHARGES, CHARGING, CONNECTED, DISCONNECTED, OCCUPIED, STILL_CONNECTED, STOPS,
};
use super::{ACCEPTED, CASE, authorize, event, token};
use crate::case::Case;
use crate::cases::of_csms::{RUNS, RUNS_FOR_SOMEBODY, ended};

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_E_01_CSMS",
        name: "Start transaction options - PowerPathClosed",
        about: "The transaction begins when the power path is closed.",
        requirements: &["E01.FR.05"],
        steps: &[
            authorize("authorize", ACCEPTED),
            OCCUPIED,
            event!(
                "start",
                Some("Started"),
                "ChargingStateChanged",
                |lab| json!({"chargingState": "SuspendedEVSE", "idToken": token(lab)}),
                ACCEPTED
            ),
            CHARGES,
            RUNS,
        ],
        ..CASE
    },
    Case {
        id: "TC_E_02_CSMS",
        name: "Start transaction options - EnergyTransfer",
        about: "The transaction begins when energy flows.",
        requirements: &["E01.FR.06"],
        steps: &[
            authorize("authorize", ACCEPTED),
            OCCUPIED,
            event!(
                "start",
                Some("Started"),
                "ChargingStateChanged",
                |lab| json!({"chargingState": "Charging", "idToken": token(lab)}),
                ACCEPTED
            ),
            RUNS,
        ],
        ..CASE
    },
    Case {
        id: "TC_E_03_CSMS",
        name: "Local start transaction - Cable plugin first - Success",
        about: "The cable is plugged in before the driver is authorized.",
        requirements: &["E02.FR.02"],
        steps: &[CONNECTED, AUTHORIZED, CHARGES, RUNS],
        ..CASE
    },
    Case {
        id: "TC_E_04_CSMS",
        name: "Local start transaction - Authorization first - Success",
        about: "The driver is authorized before the cable is plugged in.",
        requirements: &["E03.FR.02"],
        steps: &[CHARGING, RUNS],
        ..CASE
    },
    Case {
        id: "TC_E_09_CSMS",
        name: "Start transaction options - EVConnected",
        about: "The transaction begins when the cable is plugged in.",
        requirements: &["E01.FR.02"],
        steps: &[
            OCCUPIED,
            event!(
                "start",
                Some("Started"),
                "CablePluggedIn",
                |_| json!({"chargingState": "EVConnected"}),
                &[]
            ),
            RUNS_FOR_SOMEBODY,
        ],
        ..CASE
    },
    Case {
        id: "TC_E_10_CSMS",
        name: "Start transaction options - Authorized - Local",
        about: "The transaction begins when the driver is authorized.",
        requirements: &["E01.FR.03"],
        steps: &[
            authorize("authorize", ACCEPTED),
            event!(
                "start",
                Some("Started"),
                "Authorized",
                |lab| json!({"idToken": token(lab)}),
                ACCEPTED
            ),
            RUNS,
        ],
        ..CASE
    },
    Case {
        id: "TC_E_11_CSMS",
        name: "Start transaction options - DataSigned",
        about: "The transaction begins with a signed meter value. Nobody says whose: the value is not verified.",
        requirements: &["E01.FR.04"],
        steps: &[
            authorize("authorize", ACCEPTED),
            OCCUPIED,
            event!(
                "start",
                Some("Started"),
                "SignedDataReceived",
                |lab| json!({
                    "idToken": token(lab),
                    "meterValue": [{
                        "timestamp": lab.utc_in(0),
                        "sampledValue": [{
                            "value": 0.0, "context": "Transaction.Begin",
                            "signedMeterValue": {
                                "signedMeterData": "AAAA", "signingMethod": "ECDSA-secp256r1-SHA256",
                                "encodingMethod": "OCMF", "publicKey": "AAAA",
                            },
                        }],
                    }],
                }),
                ACCEPTED
            ),
            CHARGES,
            RUNS,
        ],
        ..CASE
    },
    Case {
        id: "TC_E_12_CSMS",
        name: "Start transaction options - ParkingBayOccupied",
        about: "The transaction begins when a car is in the parking bay.",
        requirements: &["E01.FR.01"],
        steps: &[
            event!("start", Some("Started"), "EVDetected", |_| json!({}), &[]),
            RUNS_FOR_SOMEBODY,
        ],
        ..CASE
    },
    Case {
        id: "TC_E_38_CSMS",
        name: "Local start transaction - EV not ready",
        about: "The car takes no energy.",
        requirements: &["E03.FR.02"],
        steps: &[
            AUTHORIZED,
            CONNECTED,
            event!(
                "suspended",
                Some("Updated"),
                "ChargingStateChanged",
                |_| json!({"chargingState": "SuspendedEV"}),
                &[]
            ),
            RUNS,
        ],
        ..CASE
    },
    Case {
        id: "TC_E_53_CSMS",
        name: "Reset Sequence Number - CSMS accepting seqNo = 0 at start of transaction",
        about: "Two transactions, one after the other, each with numbers of its own from 0 on.",
        requirements: &["E01.FR.07"],
        steps: &[
            CHARGING,
            STOPS,
            STILL_CONNECTED,
            DISCONNECTED,
            CHARGING,
            STOPS,
            STILL_CONNECTED,
            DISCONNECTED,
            ended!("EVDisconnected"),
        ],
        ..CASE
    },
];
