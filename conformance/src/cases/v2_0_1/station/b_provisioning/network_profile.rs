//! Network connection profiles: B09. Cases that need a second address of the CSMS (TC_B_45, 46, 49, 50) are not here yet.

use serde_json::json;

use super::super::CASE;
use crate::case::Case;
use crate::step::{call, is};

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[Case {
    id: "TC_B_43_CS",
    name: "Set new NetworkConnectionProfile - Rejected",
    about: "A profile for a slot that does not exist is rejected.",
    requirements: &["B09.FR.02"],
    steps: &[call(
        "profile",
        "SetNetworkProfile",
        |_| {
            json!({"configurationSlot": 999, "connectionData": {
                "messageTimeout": 30, "ocppCsmsUrl": "wss://csms.example.com/ocpp",
                "ocppInterface": "Wired0", "ocppTransport": "JSON", "ocppVersion": "OCPP20",
                "securityProfile": 2,
            }})
        },
        &[is("/status", "Rejected")],
    )],
    ..CASE
}];
