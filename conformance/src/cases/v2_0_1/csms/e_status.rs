//! E14: what a transaction is doing.

use ocpp_core::csms::remote::Operation;
use serde_json::{Value, json};

use super::states::CHARGING;
use super::{CASE, CONNECT, has, operation, status_of};
use crate::case::Case;
use crate::lab::Lab;
use crate::step::{Rule, Step, absent, call, expect_telling, flag, known, operate};

const ASK: Step = operate("ask what the transaction is doing", |lab| {
    operation(Operation::TransactionStatus(Some(lab.transaction_number())))
});
const ASK_ALL: Step = operate("ask whether messages wait", |_| {
    operation(Operation::TransactionStatus(None))
});
const OF_IT: &[Rule] = &[known("/transactionId", "the transaction", |lab| {
    Lab::transaction_id(lab)
})];
const OF_NONE: &[Rule] = &[absent("/transactionId")];

/// Without a connection for a while.
const OFFLINE: Step = Step::Reusable(
    "the station is offline for a while",
    &[
        Step::HangUp,
        Step::Wait(|p| p.transaction_duration),
        CONNECT,
    ],
);

/// What has happened without a connection; so many sequence numbers are skipped, or taken up again.
fn late(lab: &Lab<'_>, kind: &str, trigger: &str, skipped: i64, mut more: Value) -> Value {
    more["offline"] = json!(true);
    lab.event(Some(kind), trigger, skipped, &more)
}

/// A meter value that waited.
const METER: Step = call(
    "late",
    "TransactionEvent",
    |lab| {
        let value = json!([{
            "timestamp": lab.utc_in(-5), "sampledValue": [{"value": 1200}],
        }]);
        late(
            lab,
            "Updated",
            "MeterValuePeriodic",
            0,
            json!({"meterValue": value}),
        )
    },
    &[],
);

const STATUS: &str = "GetTransactionStatus";

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_E_29_CSMS",
        name: "Check Transaction status - Transaction with id ongoing - with message in queue",
        about: "The transaction goes on, and messages about it wait.",
        applies: has!(
            transaction_status,
            "nobody asks what a transaction is doing (C-16)"
        ),
        requirements: &["E14.FR.02", "E14.FR.04"],
        steps: &[
            CHARGING,
            OFFLINE,
            ASK,
            expect_telling(
                "status",
                STATUS,
                OF_IT,
                |_| json!({"ongoingIndicator": true, "messagesInQueue": true}),
                &[flag("/ongoing", true), flag("/waiting", true)],
            ),
            METER,
        ],
        ..CASE
    },
    Case {
        id: "TC_E_30_CSMS",
        name: "Check Transaction status - Transaction with id ongoing - without message in queue",
        about: "The transaction goes on, and nothing waits.",
        applies: has!(
            transaction_status,
            "nobody asks what a transaction is doing (C-16)"
        ),
        requirements: &["E14.FR.02", "E14.FR.05"],
        steps: &[
            CHARGING,
            ASK,
            expect_telling(
                "status",
                STATUS,
                OF_IT,
                |_| json!({"ongoingIndicator": true, "messagesInQueue": false}),
                &[flag("/ongoing", true), flag("/waiting", false)],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_31_CSMS",
        name: "Check Transaction status - Transaction with id ended - with message in queue",
        about: "The end comes before two messages that it follows. That the message of step 5 is GetTransactionStatus is a slip: it is that \
                of step 7.",
        applies: has!(
            transaction_status,
            "nobody asks what a transaction is doing (C-16)"
        ),
        requirements: &["E14.FR.03", "E14.FR.04"],
        steps: &[
            CHARGING,
            OFFLINE,
            call(
                "available",
                "StatusNotification",
                |lab| status_of(lab, "Available"),
                &[],
            ),
            call(
                "ended",
                "TransactionEvent",
                |lab| {
                    let more = json!({"chargingState": "Idle"});
                    late(lab, "Ended", "EVCommunicationLost", 2, more)
                },
                &[],
            ),
            ASK,
            expect_telling(
                "status",
                STATUS,
                OF_IT,
                |_| json!({"ongoingIndicator": false, "messagesInQueue": true}),
                &[flag("/ongoing", false), flag("/waiting", true)],
            ),
            call(
                "first",
                "TransactionEvent",
                |lab| late(lab, "Updated", "StopAuthorized", -3, json!({})),
                &[],
            ),
            call(
                "second",
                "TransactionEvent",
                |lab| {
                    let more = json!({"chargingState": "EVConnected"});
                    late(lab, "Updated", "ChargingStateChanged", 0, more)
                },
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_33_CSMS",
        name: "Check Transaction status - Without transactionId - with message in queue",
        about: "Messages wait; no transaction is asked about.",
        applies: has!(
            transaction_status,
            "nobody asks what a transaction is doing (C-16)"
        ),
        requirements: &["E14.FR.06", "E14.FR.07"],
        steps: &[
            CHARGING,
            OFFLINE,
            ASK_ALL,
            expect_telling(
                "status",
                STATUS,
                OF_NONE,
                |_| json!({"messagesInQueue": true}),
                &[flag("/waiting", true)],
            ),
            METER,
        ],
        ..CASE
    },
    Case {
        id: "TC_E_34_CSMS",
        name: "Check Transaction status - Without transactionId - without message in queue",
        about: "Nothing waits; no transaction is asked about.",
        applies: has!(
            transaction_status,
            "nobody asks what a transaction is doing (C-16)"
        ),
        requirements: &["E14.FR.06", "E14.FR.08"],
        steps: &[
            ASK_ALL,
            expect_telling(
                "status",
                STATUS,
                OF_NONE,
                |_| json!({"messagesInQueue": false}),
                &[flag("/waiting", false)],
            ),
        ],
        ..CASE
    },
];
