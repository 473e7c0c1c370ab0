//! How charge points connect: subprotocols, and security profiles that rise.

use super::{CASE, accepted, available, each_status, registers, reset_hard, set_key};
use crate::bench::Dial;
use crate::case::Case;
use crate::lab::Lab;
use crate::step::{DialStep, Rule, Step, call, expect_telling, is, operate};

const KEY: &[Rule] = &[is("/key", "SecurityProfile"), is("/value", "2")];

/// With the next security profile.
fn raised(lab: &Lab<'_>) -> Dial {
    let dial = lab.own_dial();
    Dial {
        security_profile: dial.security_profile + 1,
        ..dial
    }
}

const CONNECT_RAISED: Step = Step::Dial(DialStep {
    label: "connect-raised",
    words: "connects with the next security profile",
    with: raised,
    agreed: Some("ocpp1.6"),
});

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_083_CSMS",
        name: "Upgrade Charge Point Security Profile - Accepted",
        about: "From profile 1 to profile 2; the root of the central system is installed before. After that the old profile is refused. \
                The way from 2 to 3 is not played.",
        requirements: &["WP:A05.FR.01", "WP:A05.FR.06"],
        applies: |product| {
            let features = &product.features;
            let has = features.security_profile_1 && features.security_profile_2;
            has.then_some(())
                .ok_or("not both of the security profiles 1 and 2")
        },
        secured: |_| 1,
        highest: |_| 1,
        raises: true,
        steps: &[
            super::security::INSTALL_ROOT,
            super::security::INSTALLED_ROOT,
            operate("set SecurityProfile to 2", |_| {
                set_key("SecurityProfile", "2")
            }),
            expect_telling(
                "set",
                "ChangeConfiguration",
                KEY,
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
            CONNECT_RAISED,
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
                words: "connects with the old security profile",
                with: |lab| lab.own_dial(),
                agreed: None,
            }),
            CONNECT_RAISED,
        ],
        ..CASE
    },
    Case {
        id: "TC_088_CSMS",
        name: "WebSocket Subprotocol negotiation",
        about: "A subprotocol that nobody speaks gets no connection; beside it that of the version is agreed on.",
        requirements: &["OCPP-J 3.1.2"],
        steps: &[
            Step::HangUp,
            Step::Dial(DialStep {
                label: "unknown",
                words: "offers ocpp0.1",
                with: |lab| Dial {
                    subprotocols: &["ocpp0.1"],
                    ..lab.own_dial()
                },
                agreed: None,
            }),
            Step::Dial(DialStep {
                label: "known",
                words: "offers ocpp0.1 and ocpp1.6",
                with: |lab| Dial {
                    subprotocols: &["ocpp0.1", "ocpp1.6"],
                    ..lab.own_dial()
                },
                agreed: Some("ocpp1.6"),
            }),
        ],
        ..CASE
    },
];
