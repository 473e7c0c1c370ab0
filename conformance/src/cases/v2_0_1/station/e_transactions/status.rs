//! GetTransactionStatus: E14.

use serde_json::{Value, json};

use super::super::{CASE, transaction};
use super::offline::{
    BACK_OFF, ENDED, NO_RANDOM, QUEUED as MEANWHILE, SAMPLES, SILENT, THRESHOLD, UPDATED,
    offline_session,
};
use crate::case::{Case, Setting};
use crate::lab::Lab;
use crate::mutation::{Change::*, fails};
use crate::step::{Rule, State, Step, absent, by_hand, call, drain, flag};

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_E_28_CS",
        name: "Check Transaction status - TransactionId unknown",
        about: "A transaction that there is not is not ongoing, and has no messages.",
        requirements: &["E14.FR.01"],
        steps: &[status(
            |_| json!({"transactionId": "0b1c6e3c-5f0d-4b5a-9a53-unknown00000"}),
            &[flag(ONGOING, false), flag(QUEUED, false)],
        )],
        ..CASE
    },
    Case {
        id: "TC_E_29_CS",
        name: "Check Transaction status - Transaction with id ongoing - with message in queue",
        about: "After a time offline a transaction goes on and has messages to tell; those are told afterwards. The station \
                must not have told them before it answers, although it may begin to as soon as it is connected.",
        requirements: &["E14.FR.02", "E14.FR.04"],
        config: &[SAMPLES, THRESHOLD, BACK_OFF, NO_RANDOM],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            Step::Offline,
            Step::Wait(|p| p.back_off),
            Step::Online,
            status(of_transaction, &[flag(ONGOING, true), flag(QUEUED, true)]),
            drain("events", "TransactionEvent", UPDATED, MEANWHILE),
        ],
        mutations: SILENT,
        ..CASE
    },
    Case {
        id: "TC_E_30_CS",
        name: "Check Transaction status - Transaction with id ongoing - without message in queue",
        about: "A transaction goes on and has nothing to tell.",
        requirements: &["E14.FR.02", "E14.FR.05"],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            status(of_transaction, &[flag(ONGOING, true), flag(QUEUED, false)]),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_31_CS",
        name: "Check Transaction status - Transaction with id ended - with message in queue",
        about: "A transaction has ended while the station was offline, and has messages to tell; all of them are told \
                afterwards, up to the end (erratum 6.2.53). The car stops the energy transfer where nobody can stop with a \
                token.",
        requirements: &["E14.FR.03", "E14.FR.04"],
        config: &[
            SAMPLES,
            THRESHOLD,
            BACK_OFF,
            NO_RANDOM,
            Setting::if_possible("OCPPCommCtrlr.UnlockOnEVSideDisconnect", |_| {
                "true".to_owned()
            }),
        ],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            by_hand(
                "offline the session is stopped and the car disconnected",
                offline_session,
                &[],
            ),
            status(of_transaction, &[flag(ONGOING, false), flag(QUEUED, true)]),
            drain(
                "events",
                "TransactionEvent",
                &[flag("/offline", true)],
                ENDED,
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_32_CS",
        name: "Check Transaction status - Transaction with id ended - without message in queue",
        about: "A transaction has ended and was told.",
        requirements: &["E14.FR.03", "E14.FR.05"],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            Step::State(State::ParkingBayUnoccupied),
            status(of_transaction, &[flag(ONGOING, false), flag(QUEUED, false)]),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_33_CS",
        name: "Check Transaction status - Without transactionId - with message in queue",
        about: "After a time offline there are messages to tell of some transaction.",
        requirements: &["E14.FR.06", "E14.FR.07"],
        config: &[SAMPLES, THRESHOLD, BACK_OFF, NO_RANDOM],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            Step::Offline,
            Step::Wait(|p| p.back_off),
            Step::Online,
            status(|_| json!({}), &[absent(ONGOING), flag(QUEUED, true)]),
            drain("events", "TransactionEvent", UPDATED, MEANWHILE),
        ],
        mutations: SILENT,
        ..CASE
    },
    Case {
        id: "TC_E_34_CS",
        name: "Check Transaction status - Without transactionId - without message in queue",
        about: "There are no messages to tell of any transaction.",
        requirements: &["E14.FR.06", "E14.FR.08"],
        steps: &[status(
            |_| json!({}),
            &[absent(ONGOING), flag(QUEUED, false)],
        )],
        mutations: &[fails(
            AnswerWith("GetTransactionStatus", 0, r#"{"messagesInQueue": true}"#),
            "status/messagesInQueue",
        )],
        ..CASE
    },
];

const ONGOING: &str = "/ongoingIndicator";
const QUEUED: &str = "/messagesInQueue";

const fn status(with: fn(&Lab<'_>) -> Value, rules: &'static [Rule]) -> Step {
    call("status", "GetTransactionStatus", with, rules)
}

fn of_transaction(lab: &Lab<'_>) -> Value {
    json!({"transactionId": transaction(lab)})
}
