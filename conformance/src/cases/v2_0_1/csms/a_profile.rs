//! A05: higher security profiles.

use ocpp_core::csms::remote::{Operation, VariableName};
use serde_json::{Value, json};

use super::a_certificate::{CHAIN, RENEWED, SIGNED};
use super::states::BOOTED;
use super::{CASE, accepted, operation, result};
use crate::case::Case;
use crate::cases::of_csms::{from_1_to_2, from_2_to_3, two_profiles, with_own_key};
use crate::lab::Lab;
use crate::step::{DialStep, Step, by_hand, expect_telling, is, known, number, operate, suits};

/// The slot of the network profile.
const SLOT: i64 = 1;

fn names_slot(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    text.split(',').any(|slot| slot.trim() == "1")
}

/// The connection data of a network profile.
fn network(lab: &Lab<'_>, security_profile: u8) -> Value {
    json!({
        "messageTimeout": lab.parameters.message_timeout, "ocppCsmsUrl": "wss://csms.example.com/ocpp",
        "ocppInterface": lab.parameters.network_interface, "ocppTransport": "JSON",
        "ocppVersion": "OCPP20", "securityProfile": security_profile,
    })
}

/// The station is sent to a security profile, connects with it, and may not come with the old one any more.
macro_rules! raised {
    ($from:literal, $to:literal, $with:expr) => {
        Step::Reusable(
            concat!("from security profile ", $from, " to ", $to),
            &[
                operate(
                    concat!("set a network profile with security profile ", $to),
                    |lab| {
                        operation(Operation::SetNetworkProfile {
                            slot: SLOT,
                            profile: network(lab, $to),
                        })
                    },
                ),
                expect_telling(
                    "profile",
                    "SetNetworkProfile",
                    &[
                        known("/connectionData/messageTimeout", "the time-out", |lab| {
                            json!(lab.parameters.message_timeout)
                        }),
                        known("/connectionData/ocppInterface", "the interface", |lab| {
                            json!(lab.parameters.network_interface)
                        }),
                        is("/connectionData/ocppTransport", "JSON"),
                        is("/connectionData/ocppVersion", "OCPP20"),
                        number("/connectionData/securityProfile", $to),
                    ],
                    accepted,
                    &[is("/status", "Accepted")],
                ),
                operate("let the station use the network profile first", |_| {
                    let name = VariableName::new("OCPPCommCtrlr", "NetworkConfigurationPriority");
                    operation(Operation::SetVariables(vec![(name, SLOT.to_string())]))
                }),
                expect_telling(
                    "priority",
                    "SetVariables",
                    &[
                        is("/setVariableData/0/component/name", "OCPPCommCtrlr"),
                        is(
                            "/setVariableData/0/variable/name",
                            "NetworkConfigurationPriority",
                        ),
                        suits(
                            "/setVariableData/0/attributeValue",
                            "a list with the slot of the network profile",
                            names_slot,
                        ),
                    ],
                    |_| result("OCPPCommCtrlr", "NetworkConfigurationPriority", "Accepted"),
                    &[is("/variables/0/status", "Accepted")],
                ),
                operate("restart the station", |_| {
                    operation(Operation::Reset {
                        immediately: false,
                        evse: None,
                    })
                }),
                expect_telling(
                    "reset",
                    "Reset",
                    &[],
                    accepted,
                    &[is("/status", "Accepted")],
                ),
                Step::HangUp,
                Step::Dial(DialStep {
                    label: "higher",
                    words: concat!("connects with security profile ", $to),
                    with: $with,
                    agreed: Some("ocpp2.0.1"),
                }),
                BOOTED,
                Step::HangUp,
                Step::Dial(DialStep {
                    label: "lower",
                    words: concat!("connects with security profile ", $from),
                    with: |lab| lab.dial_with($from),
                    agreed: None,
                }),
                Step::Dial(DialStep {
                    label: "again",
                    words: concat!("connects with security profile ", $to),
                    with: $with,
                    agreed: Some("ocpp2.0.1"),
                }),
            ],
        )
    };
}

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[Case {
    id: "TC_A_19_CSMS",
    name: "Upgrade Charging Station Security Profile - Accepted",
    about: "From profile 1 to 2 and from 2 to 3, as far as the product has them; with the lower one the station gets no connection any \
            more (errata 6.3.4 to 6.3.6). Before it goes to 3 it has a certificate signed, with which it connects then.",
    requirements: &["A05.FR.04", "A05.FR.07"],
    applies: two_profiles,
    secured: |product| if from_1_to_2(product) { 1 } else { 2 },
    steps: &[
        Step::Where(
            "security profiles 1 and 2",
            from_1_to_2,
            &[
                raised!(1, 2, |lab| lab.dial_with(2)),
                by_hand(
                    "the station has security profile 2 now",
                    |lab| {
                        lab.parameters.security_profile = 2;
                        Ok(())
                    },
                    &[],
                ),
            ],
        ),
        Step::Where(
            "security profiles 2 and 3",
            from_2_to_3,
            &[
                RENEWED,
                SIGNED,
                raised!(2, 3, |lab| crate::bench::Dial {
                    security_profile: 3,
                    password: None,
                    ..with_own_key(lab, &lab.requested("CertificateSigned", CHAIN))
                }),
            ],
        ),
    ],
    ..CASE
}];
