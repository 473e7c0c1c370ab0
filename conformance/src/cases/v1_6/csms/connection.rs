//! How charge points connect: subprotocols, and security profiles that rise.

use super::security::signed;
use super::{CASE, accepted, available, each_status, registers, reset_hard, set_key};
use crate::bench::Dial;
use crate::case::Case;
use crate::cases::of_csms::{from_1_to_2, from_2_to_3, subprotocols, two_profiles, with_own_key};
use crate::step::{DialStep, Step, by_hand, call, expect_telling, is, operate};

/// The charge point is sent to a security profile, connects with it, and may not come with the old one any more.
macro_rules! raised {
    ($from:literal, $to:literal, $with:expr) => {
        Step::Reusable(
            concat!("from security profile ", $from, " to ", $to),
            &[
                operate(concat!("set SecurityProfile to ", $to), |_| {
                    set_key("SecurityProfile", stringify!($to))
                }),
                expect_telling(
                    "set",
                    "ChangeConfiguration",
                    &[is("/key", "SecurityProfile"), is("/value", stringify!($to))],
                    accepted,
                    &[is("/variables/0/status", "Accepted")],
                ),
                operate("a hard reset", reset_hard),
                expect_telling(
                    "reset",
                    "Reset",
                    &[is("/type", "Hard")],
                    accepted,
                    &[is("/status", "Accepted")],
                ),
                Step::HangUp,
                Step::Dial(DialStep {
                    label: "connect-raised",
                    words: concat!("connects with security profile ", $to),
                    with: $with,
                    agreed: Some("ocpp1.6"),
                }),
                call(
                    "boot",
                    "BootNotification",
                    registers,
                    &[is("/status", "Accepted")],
                ),
                each_status("status", available),
                Step::HangUp,
                Step::Dial(DialStep {
                    label: "connect-as-before",
                    words: concat!("connects with security profile ", $from),
                    with: |lab| lab.dial_with($from),
                    agreed: None,
                }),
                Step::Dial(DialStep {
                    label: "connect-raised",
                    words: concat!("connects with security profile ", $to),
                    with: $with,
                    agreed: Some("ocpp1.6"),
                }),
            ],
        )
    };
}

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_083_CSMS",
        name: "Upgrade Charge Point Security Profile - Accepted",
        about: "From profile 1 to 2 and from 2 to 3, as far as the product has them; after that the old profile is refused. Before it goes \
                to 2 the root of the central system is installed, and before it goes to 3 the charge point has a certificate signed.",
        requirements: &["WP:A05.FR.01", "WP:A05.FR.06"],
        applies: two_profiles,
        secured: |product| if from_1_to_2(product) { 1 } else { 2 },
        highest: |product| if from_1_to_2(product) { 1 } else { 2 },
        raises: true,
        steps: &[
            Step::Where(
                "security profiles 1 and 2",
                from_1_to_2,
                &[
                    super::security::INSTALL_ROOT,
                    super::security::INSTALLED_ROOT,
                    raised!(1, 2, |lab| lab.dial_with(2)),
                    by_hand(
                        "the charge point has security profile 2 now",
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
                    super::security::RENEWED,
                    raised!(2, 3, |lab| Dial {
                        security_profile: 3,
                        password: None,
                        ..with_own_key(lab, &signed(lab))
                    }),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_088_CSMS",
        name: "WebSocket Subprotocol negotiation",
        about: "A subprotocol that nobody speaks gets no connection; beside it that of the version is agreed on.",
        requirements: &["OCPP-J 3.1.2"],
        steps: subprotocols!("ocpp1.6"),
        ..CASE
    },
];
