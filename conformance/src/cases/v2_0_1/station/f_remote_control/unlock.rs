//! UnlockConnector: F05.

use serde_json::{Value, json};

use super::super::{CASE, evse};
use crate::case::Case;
use crate::lab::Lab;
use crate::product::Product;
use crate::step::{Rule, State, Step, call, is};

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_F_05_CS",
        name: "Remote unlock Connector - With ongoing transaction",
        about: "The cable of somebody who charges stays locked.",
        requirements: &["F05.FR.01", "F05.FR.02"],
        applies: sockets,
        steps: &[
            Step::State(State::EnergyTransferStarted),
            unlock(
                of_connector,
                &[is("/status", "OngoingAuthorizedTransaction")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_06_CS",
        name: "Remote unlock Connector - Without ongoing transaction - Accepted",
        about: "The lock of a connector where nobody charges opens. The description names no state to begin with.",
        requirements: &["F05.FR.01", "F05.FR.04"],
        applies: sockets,
        steps: &[unlock(of_connector, UNLOCKED)],
        ..CASE
    },
    Case {
        id: "TC_F_07_CS",
        name: "Remote unlock Connector - Without ongoing transaction - No cable connected",
        about: "The lock of a connector without a cable opens.",
        requirements: &["F05.FR.01", "F05.FR.06"],
        applies: sockets,
        steps: &[unlock(of_connector, UNLOCKED)],
        ..CASE
    },
    Case {
        id: "TC_F_10_CS",
        name: "Remote unlock Connector - Without ongoing transaction - UnknownConnector",
        about: "There is no such connector.",
        requirements: &["F05.FR.03"],
        applies: sockets,
        steps: &[unlock(
            |lab| json!({"evseId": evse(lab), "connectorId": 999}),
            &[is("/status", "UnknownConnector")],
        )],
        ..CASE
    },
];

const UNLOCKED: &[Rule] = &[is("/status", "Unlocked")];

const fn unlock(with: fn(&Lab<'_>) -> Value, rules: &'static [Rule]) -> Step {
    call("unlock", "UnlockConnector", with, rules)
}

fn of_connector(lab: &Lab<'_>) -> Value {
    json!({"evseId": evse(lab), "connectorId": 1})
}

fn sockets(product: &Product) -> Result<(), &'static str> {
    match product.features.detachable_cable {
        true => Ok(()),
        false => Err("the cables are fixed (HFS-1)"),
    }
}
