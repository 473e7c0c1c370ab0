//! P: data of vendors.

use serde_json::{Value, json};

use super::{CASE, status_of};
use crate::case::Case;
use crate::step::{call, one_of};

fn custom_data() -> Value {
    json!({"vendorId": "org.example", "colour": "green"})
}

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_P_02_CSMS",
        name: "Data Transfer to the CSMS - Rejected / Unknown VendorId / Unknown MessageId",
        about: "A vendor that nobody knows sends data.",
        requirements: &["P02.FR.06", "P02.FR.07"],
        steps: &[call(
            "data",
            "DataTransfer",
            |_| json!({"vendorId": "org.example", "messageId": "Hello", "data": "x"}),
            &[one_of(
                "/status",
                &["UnknownVendorId", "UnknownMessageId", "Rejected"],
            )],
        )],
        ..CASE
    },
    Case {
        id: "TC_P_03_CSMS",
        name: "CustomData - Receive custom data",
        about: "Messages bring data of a vendor beside what the specification knows.",
        requirements: &[],
        steps: &[
            call(
                "status",
                "StatusNotification",
                |lab| {
                    let mut status = status_of(lab, "Available");
                    status["customData"] = custom_data();
                    status
                },
                &[],
            ),
            call(
                "event",
                "TransactionEvent",
                |lab| {
                    let mut event = lab.event(
                        None,
                        "CablePluggedIn",
                        0,
                        &json!({"chargingState": "EVConnected", "customData": custom_data()}),
                    );
                    event["transactionInfo"]["customData"] = custom_data();
                    event
                },
                &[],
            ),
        ],
        ..CASE
    },
];
