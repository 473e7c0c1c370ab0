//! How stations connect: subprotocols.

use super::CASE;
use crate::case::Case;
use crate::cases::of_csms::subprotocols;

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[Case {
    id: "TC_B_58_CSMS",
    name: "WebSocket Subprotocol validation",
    about: "A subprotocol that nobody speaks gets no connection; beside it that of the version is agreed on (erratum 6.2.21).",
    requirements: &["OCPP-J 3.1.2"],
    steps: subprotocols!("ocpp2.0.1"),
    ..CASE
}];
