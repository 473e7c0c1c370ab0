//! RequestStartTransaction: F01, F02.

use serde_json::json;

use super::super::e_transactions::stop::{TIMEOUT, TIMES_OUT, times_out};
use super::super::{ASK, CASE, REMOTE_ASK};
use crate::case::{Case, Setting};
use crate::step::{Rule, State, Step, by_hand, call, is};

const REMOTE_KEY: &str = "AuthCtrlr.AuthorizeRemoteStart";
const VALUE: &str = "/getVariableResult/0/attributeValue";

/// Whether the station asks the CSMS about the token of a remote start is what the case is about: it is looked at first.
const fn prepared(rules: &'static [Rule]) -> Step {
    call(
        "prepared.AuthorizeRemoteStart",
        "GetVariables",
        |_| {
            json!({
                "getVariableData": [{
                    "component": {"name": "AuthCtrlr"},
                    "variable": {"name": "AuthorizeRemoteStart"},
                }],
            })
        },
        rules,
    )
}

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_F_01_CS",
        name: "Remote start transaction - Cable plugin first",
        about: "The cable is plugged in, then the CSMS starts: energy flows.",
        requirements: &[
            "F01.FR.03", "F01.FR.04", "F01.FR.05", "F01.FR.13", "F01.FR.17", "F01.FR.19",
            "F02.FR.01",
        ],
        applies: |product| match product.features.lock_prevents_plug_in {
            true => Err("the cable is locked until somebody is authorized (AQ-2)"),
            false => Ok(()),
        },
        config: &[ASK, REMOTE_ASK],
        steps: &[
            Step::State(State::EvConnectedPreSession),
            Step::State(State::AuthorizedRemotely),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_02_CS",
        name: "Remote start transaction - Remote start first - AuthorizationRemoteStart is true",
        about: "The CSMS starts, is asked about the token, and the cable is plugged in: energy flows. The variable is called \
                AuthorizeRemoteStart, and its value is looked at first.",
        requirements: &["F02.FR.01", "F01.FR.01"],
        applies: |product| match product.v2_0_1.authorize_remote_start.contains(&true) {
            true => Ok(()),
            false => Err("AuthorizeRemoteStart cannot be true (C-48.1)"),
        },
        config: &[
            ASK,
            REMOTE_ASK,
            Setting::or_fixed(REMOTE_KEY, |_| "true".to_owned()),
        ],
        steps: &[
            prepared(&[is(VALUE, "true")]),
            Step::State(State::ParkingBayOccupied),
            Step::State(State::AuthorizedRemotely),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_03_CS",
        name: "Remote start transaction - Remote start first - AuthorizationRemoteStart is false",
        about: "The CSMS starts, is not asked about the token, and the cable is plugged in: energy flows. The variable is \
                called AuthorizeRemoteStart, and its value is looked at first.",
        requirements: &["F02.FR.01", "F01.FR.02"],
        applies: |product| match product.v2_0_1.authorize_remote_start.contains(&false) {
            true => Ok(()),
            false => Err("AuthorizeRemoteStart cannot be false (C-48.2)"),
        },
        config: &[
            ASK,
            REMOTE_ASK,
            Setting::or_fixed(REMOTE_KEY, |_| "false".to_owned()),
        ],
        steps: &[
            prepared(&[is(VALUE, "false")]),
            Step::State(State::ParkingBayOccupied),
            Step::State(State::AuthorizedRemotely),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
    Case {
        id: "TC_F_04_CS",
        name: "Remote start transaction - Remote start first - Cable plugin timeout",
        about: "The CSMS starts and nobody plugs in: the transaction ends when EVConnectionTimeOut is over, and the EVSE can \
                be started again (errata 6.2.56, 6.2.57). The end is asked for unless TxStopPoint waits for the bay \
                (F02.FR.07, F02.FR.08); the status Available may come. TxStartPoint is Authorized where the product has \
                that, else ParkingBayOccupancy.",
        requirements: &["F02.FR.01", "E03.FR.01", "E03.FR.05"],
        config: &[
            TIMEOUT,
            ASK,
            REMOTE_ASK,
            Setting::if_possible("TxCtrlr.TxStartPoint", |p| p.start_before_plug.to_owned()),
        ],
        steps: &[
            Step::State(State::AuthorizedRemotely),
            by_hand(TIMES_OUT, times_out, &[]),
            Step::State(State::AuthorizedRemotely),
        ],
        ..CASE
    },
];
