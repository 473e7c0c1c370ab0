//! How stations connect: subprotocols.

use super::CASE;
use crate::bench::Dial;
use crate::case::Case;
use crate::step::{DialStep, Step};

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[Case {
    id: "TC_B_58_CSMS",
    name: "WebSocket Subprotocol validation",
    about: "A subprotocol that nobody speaks gets no connection; beside it that of the version is agreed on (erratum 6.2.21).",
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
            words: "offers ocpp0.1 and ocpp2.0.1",
            with: |lab| Dial {
                subprotocols: &["ocpp0.1", "ocpp2.0.1"],
                ..lab.own_dial()
            },
            agreed: Some("ocpp2.0.1"),
        }),
    ],
    ..CASE
}];
