//! B09: network profiles.

use ocpp_core::csms::remote::Operation;
use serde_json::{Value, json};

use super::{CASE, accepted, operation};
use crate::case::Case;
use crate::lab::Lab;
use crate::step::{Must, Step, expect_telling, is, number, operate, rule};

fn network_profile(lab: &Lab<'_>) -> Value {
    json!({
        "messageTimeout": lab.parameters.message_timeout, "ocppCsmsUrl": CSMS_URL,
        "ocppInterface": lab.parameters.network_interface, "ocppTransport": "JSON",
        "ocppVersion": "OCPP20", "securityProfile": 2,
    })
}

const CSMS_URL: &str = "wss://csms.example.com/ocpp";
const SET_PROFILE: Step = operate("set a network profile", |lab| {
    operation(Operation::SetNetworkProfile {
        slot: lab.parameters.network_slots[0].into(),
        profile: network_profile(lab),
    })
});

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_B_42_CSMS",
        name: "Set new NetworkConnectionProfile - Accepted",
        about: "A network profile for a slot of the station.",
        requirements: &["B09.FR.01"],
        steps: &[
            SET_PROFILE,
            expect_telling(
                "set",
                "SetNetworkProfile",
                &[
                    number("/configurationSlot", 1),
                    number("/connectionData/messageTimeout", 30),
                    is("/connectionData/ocppCsmsUrl", CSMS_URL),
                    is("/connectionData/ocppInterface", "Wired0"),
                    is("/connectionData/ocppTransport", "JSON"),
                    rule("/connectionData/ocppVersion", Must::BeOneOf(&["OCPP20"])),
                    number("/connectionData/securityProfile", 2),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_44_CSMS",
        name: "Set new NetworkConnectionProfile - Failed",
        about: "The station does not take the profile.",
        requirements: &["B09.FR.03"],
        steps: &[
            SET_PROFILE,
            expect_telling(
                "set",
                "SetNetworkProfile",
                &[],
                |_| json!({"status": "Failed"}),
                &[is("/status", "Failed")],
            ),
        ],
        ..CASE
    },
];
