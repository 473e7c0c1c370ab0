//! Starts and restarts (B).

use ocpp_core::csms::remote::Operation;

use super::{BOOTED, CASE, accepted, each_status, nothing, operation, registers, reset_hard};
use crate::case::Case;
use crate::step::{Step, call, expect_telling, is, operate, present, suits};

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_001_CSMS",
        name: "Cold Boot Charge Point",
        about: "A charge point connects, registers, and sends heartbeats in the interval that it was told.",
        requirements: &["4.2", "4.6"],
        steps: &[
            Step::HangUp,
            CONNECT,
            call(
                "boot",
                "BootNotification",
                registers,
                &[
                    is("/status", "Accepted"),
                    present("/currentTime"),
                    suits("/interval", "more than 0", |interval| {
                        interval.as_i64().is_some_and(|interval| interval > 0)
                    }),
                ],
            ),
            each_status("status", super::available),
            Step::Interval,
            call(
                "heartbeat",
                "Heartbeat",
                nothing,
                &[present("/currentTime")],
            ),
            Step::Interval,
            call(
                "heartbeat.2",
                "Heartbeat",
                nothing,
                &[present("/currentTime")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_013_CSMS",
        name: "Hard Reset",
        about: "The operator resets the charge point, which registers anew.",
        requirements: &["5.14"],
        steps: &[
            operate("a hard reset", reset_hard),
            expect_telling(
                "reset",
                "Reset",
                &[is("/type", "Hard")],
                accepted,
                &[is("/status", "Accepted")],
            ),
            Step::HangUp,
            CONNECT,
            BOOTED,
        ],
        ..CASE
    },
    Case {
        id: "TC_014_CSMS",
        name: "Soft Reset",
        about: "The operator resets the charge point, which registers anew.",
        requirements: &["5.14"],
        steps: &[
            operate("a soft reset", |_| {
                operation(Operation::Reset {
                    immediately: false,
                    evse: None,
                })
            }),
            expect_telling(
                "reset",
                "Reset",
                &[is("/type", "Soft")],
                accepted,
                &[is("/status", "Accepted")],
            ),
            Step::HangUp,
            CONNECT,
            BOOTED,
        ],
        ..CASE
    },
];

/// The charge point connects again, as before.
pub(super) const CONNECT: Step = Step::Dial(crate::step::DialStep {
    label: "connect",
    words: "connects",
    with: |lab| lab.own_dial(),
    agreed: Some("ocpp1.6"),
});
