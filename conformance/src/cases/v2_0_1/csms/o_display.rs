//! O: messages on the display.

use ocpp_core::csms::remote::{Command, DisplayMessage, Operation};
use serde_json::{Value, json};

use super::states::{CHARGING, DISCONNECTED, STILL_CONNECTED, STOPS};
use super::{CASE, accepted, operation};
use crate::case::{Case, Profile};
use crate::lab::Lab;
use crate::step::{
    Rule, Step, absent, call, expect_answering, expect_telling, is, known, number, operate,
    present, told,
};

const SET: &str = "SetDisplayMessage";
const GET: &str = "GetDisplayMessages";
const TEXT: &str = "Welcome";
/// `<Configured Priority>`.
const PRIORITY: &str = "InFront";
/// `<Configured State>`.
const STATE: &str = "Idle";
/// `<Configured Format>`.
const FORMAT: &str = "UTF8";
/// A number that no message has.
const UNKNOWN: i64 = 4711;

fn message() -> DisplayMessage {
    DisplayMessage::new(TEXT, PRIORITY)
}

fn show(message: DisplayMessage) -> Command {
    operation(Operation::ShowMessage(Box::new(message)))
}

/// One for the running transaction.
fn of_transaction(lab: &Lab<'_>) -> DisplayMessage {
    DisplayMessage {
        transaction: Some(lab.transaction_number()),
        ..message()
    }
}

/// The number of the message that the station has.
fn configured(lab: &Lab<'_>) -> i64 {
    let id = lab.requested(SET, "/message/id");
    id.as_i64().unwrap_or_default()
}

fn find(ids: Vec<i64>, priority: Option<&str>, state: Option<&str>) -> Command {
    operation(Operation::FindMessages {
        ids,
        priority: priority.map(ToOwned::to_owned),
        state: state.map(ToOwned::to_owned),
    })
}

/// When a message appears, and when it goes.
fn soon(lab: &Lab<'_>) -> ocpp_types::DateTime {
    lab.later(lab.parameters.ahead.into())
}

const ID: Rule = present("/message/id");
const IN_PRIORITY: Rule = is("/message/priority", PRIORITY);
const IN_STATE: Rule = is("/message/state", STATE);
const IN_FORMAT: Rule = is("/message/message/format", FORMAT);
const CONTENT: Rule = is("/message/message/content", TEXT);
const ANY_STATE: Rule = absent("/message/state");
const AT_ONCE: Rule = absent("/message/startDateTime");
const FOR_EVER: Rule = absent("/message/endDateTime");
const FROM: Rule = known(
    "/message/startDateTime",
    "the time that the operator wants",
    |lab| json!(soon(lab).to_string()),
);
const UNTIL: Rule = known(
    "/message/endDateTime",
    "the time that the operator wants",
    |lab| json!(soon(lab).to_string()),
);
const FOR_TRANSACTION: Rule = known("/message/transactionId", "the running transaction", |lab| {
    lab.transaction_id()
});

const SHOW: Step = operate("show a message in front while the station is idle", |_| {
    show(DisplayMessage {
        state: Some(STATE.to_owned()),
        ..message()
    })
});
const SHOWN: &[Rule] = &[ID, IN_PRIORITY, IN_FORMAT, CONTENT, IN_STATE];

/// *A display message is configured*.
const CONFIGURED: Step = Step::Reusable(
    "a display message is configured",
    &[
        SHOW,
        expect_telling(
            "configured",
            SET,
            &[IN_PRIORITY, IN_STATE],
            accepted,
            &[is("/status", "Accepted")],
        ),
    ],
);

/// The station answers the message so.
macro_rules! answered {
    ($status:literal) => {
        &[
            SHOW,
            expect_telling("set", SET, SHOWN, |_| json!({"status": $status}), &[is("/status", $status)]),
        ]
    };
}

const NUMBERED: Rule = present("/requestId");
const ANY_ID: Rule = absent("/id");
const ANY_PRIORITY: Rule = absent("/priority");
const EVERY_STATE: Rule = absent("/state");
const LIST: Step = operate("list all messages", |_| operation(Operation::ListMessages));

fn unknown(_: &Lab<'_>) -> Value {
    json!({"status": "Unknown"})
}

/// The station tells the message that it has, and the operator sees it.
const REPORTED: Step = Step::Reusable(
    "the station reports its message",
    &[
        call(
            "report",
            "NotifyDisplayMessages",
            |lab| {
                json!({
                    "requestId": lab.requested(GET, "/requestId"),
                    "messageInfo": [lab.requested(SET, "/message")],
                })
            },
            &[],
        ),
        told(
            "told",
            &[
                known("/report/0/messageInfo/0/id", "that of the message", |lab| {
                    json!(configured(lab))
                }),
                is("/report/0/messageInfo/0/message/content", TEXT),
            ],
        ),
    ],
);

const BLOCK: Case = Case {
    profile: Profile::AdvancedUserInterface,
    ..CASE
};
const NOT_CERTIFIED: Case = Case {
    profile: Profile::None,
    ..CASE
};

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_O_01_CSMS",
        name: "Set Display Message - Success",
        about: "A message is shown.",
        requirements: &["O01.FR.04"],
        steps: answered!("Accepted"),
        ..BLOCK
    },
    Case {
        id: "TC_O_02_CSMS",
        name: "Get all Display Messages - Success",
        about: "All messages are listed.",
        requirements: &["O03.FR.01", "O03.FR.02"],
        steps: &[
            CONFIGURED,
            LIST,
            expect_answering(
                "get",
                GET,
                &[NUMBERED, ANY_ID, ANY_PRIORITY, EVERY_STATE],
                accepted,
            ),
            REPORTED,
        ],
        ..BLOCK
    },
    Case {
        id: "TC_O_03_CSMS",
        name: "Get all Display Messages - No DisplayMessages configured",
        about: "The station has no message.",
        requirements: &["O03.FR.06"],
        steps: &[
            LIST,
            expect_telling(
                "get",
                GET,
                &[NUMBERED],
                unknown,
                &[is("/status", "Unknown")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_O_04_CSMS",
        name: "Clear Display Message - Success",
        about: "A message is taken back. The list before it is for CSMSs that need one, and is not asked for.",
        requirements: &["O05.FR.01"],
        steps: &[
            CONFIGURED,
            operate("take the message back", |lab| {
                operation(Operation::ClearMessage(configured(lab)))
            }),
            expect_telling(
                "clear",
                "ClearDisplayMessage",
                &[known("/id", "that of the message", |lab| {
                    json!(configured(lab))
                })],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_O_05_CSMS",
        name: "Clear Display Message - Unknown Key",
        about: "There is no such message.",
        requirements: &["O05.FR.02"],
        steps: &[
            operate("take a message back that the station does not have", |_| {
                operation(Operation::ClearMessage(UNKNOWN))
            }),
            expect_telling(
                "clear",
                "ClearDisplayMessage",
                &[number("/id", UNKNOWN)],
                unknown,
                &[is("/status", "Unknown")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_O_06_CSMS",
        name: "Set Display Message - Specific transaction - Success",
        about: "A message is shown while a transaction runs.",
        requirements: &["O02.FR.02"],
        steps: &[
            CHARGING,
            operate("show a message for the transaction", |lab| {
                show(of_transaction(lab))
            }),
            expect_telling(
                "set",
                SET,
                &[FOR_TRANSACTION, IN_PRIORITY],
                accepted,
                &[is("/status", "Accepted")],
            ),
            STOPS,
            STILL_CONNECTED,
            DISCONNECTED,
        ],
        ..BLOCK
    },
    Case {
        id: "TC_O_07_CSMS",
        name: "Get a Specific Display Message - Id",
        about: "A message is asked for by its number.",
        requirements: &["O04.FR.01", "O04.FR.03"],
        steps: &[
            CONFIGURED,
            operate("find the message by its number", |lab| {
                find(vec![configured(lab)], None, None)
            }),
            expect_answering(
                "get",
                GET,
                &[
                    known("/id/0", "that of the message", |lab| json!(configured(lab))),
                    ANY_PRIORITY,
                    EVERY_STATE,
                    NUMBERED,
                ],
                accepted,
            ),
            REPORTED,
        ],
        ..BLOCK
    },
    Case {
        id: "TC_O_08_CSMS",
        name: "Get a Specific Display Message - Priority",
        about: "Messages are asked for by their priority.",
        requirements: &["O04.FR.01", "O04.FR.03"],
        steps: &[
            CONFIGURED,
            operate("find the messages of the priority", |_| {
                find(Vec::new(), Some(PRIORITY), None)
            }),
            expect_answering(
                "get",
                GET,
                &[is("/priority", PRIORITY), ANY_ID, EVERY_STATE, NUMBERED],
                accepted,
            ),
            REPORTED,
        ],
        ..BLOCK
    },
    Case {
        id: "TC_O_09_CSMS",
        name: "Get a Specific Display Message - State",
        about: "Messages are asked for by their state.",
        requirements: &["O04.FR.01", "O04.FR.03"],
        steps: &[
            CONFIGURED,
            operate("find the messages of the state", |_| {
                find(Vec::new(), None, Some(STATE))
            }),
            expect_answering(
                "get",
                GET,
                &[is("/state", STATE), ANY_PRIORITY, ANY_ID, NUMBERED],
                accepted,
            ),
            REPORTED,
        ],
        ..BLOCK
    },
    Case {
        id: "TC_O_10_CSMS",
        name: "Set Display Message - Specific transaction - UnknownTransaction",
        about: "The station says that it does not know the transaction; the CSMS of this library names none that does not run.",
        requirements: &["O02.FR.01"],
        steps: &[
            CHARGING,
            operate("show a message for the transaction", |lab| {
                show(of_transaction(lab))
            }),
            expect_telling(
                "set",
                SET,
                &[present("/message/transactionId"), IN_PRIORITY],
                |_| json!({"status": "UnknownTransaction"}),
                &[is("/status", "UnknownTransaction")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_O_11_CSMS",
        name: "Get a Specific Display Message - Unknown parameters",
        about: "No message has the number.",
        requirements: &["O04.FR.02"],
        steps: &[
            CONFIGURED,
            operate("find a message that the station does not have", |_| {
                find(vec![UNKNOWN], None, None)
            }),
            expect_telling(
                "get",
                GET,
                &[number("/id/0", UNKNOWN), NUMBERED],
                unknown,
                &[is("/status", "Unknown")],
            ),
        ],
        ..NOT_CERTIFIED
    },
    Case {
        id: "TC_O_12_CSMS",
        name: "Set Display Message - Replace DisplayMessage",
        about: "A message with the same number takes the place of the first.",
        requirements: &["O06.FR.01"],
        steps: &[
            CONFIGURED,
            operate("show another message with the same number", |lab| {
                show(DisplayMessage {
                    id: Some(configured(lab)),
                    ..DisplayMessage::new("Good bye", PRIORITY)
                })
            }),
            expect_telling(
                "set",
                SET,
                &[
                    known("/message/id", "that of the first message", |lab| {
                        lab.requested(SET, "/message/id")
                    }),
                    IN_PRIORITY,
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_O_13_CSMS",
        name: "Set Display Message - Display message at StartTime",
        about: "A message appears later.",
        requirements: &["O01.FR.05"],
        steps: &[
            operate("show a message from a time on", |lab| {
                show(DisplayMessage {
                    from: Some(soon(lab)),
                    ..message()
                })
            }),
            expect_telling(
                "set",
                SET,
                &[ID, FROM],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_O_14_CSMS",
        name: "Set Display Message - Remove message after EndTime",
        about: "A message goes by itself.",
        requirements: &["O01.FR.05"],
        steps: &[
            operate("show a message until a time", |lab| {
                show(DisplayMessage {
                    until: Some(soon(lab)),
                    ..message()
                })
            }),
            expect_telling(
                "set",
                SET,
                &[ID, UNTIL],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_O_17_CSMS",
        name: "Set Display Message - NotSupportedPriority",
        about: "The station does not know the priority.",
        requirements: &["O01.FR.01"],
        steps: answered!("NotSupportedPriority"),
        ..BLOCK
    },
    Case {
        id: "TC_O_18_CSMS",
        name: "Set Display Message - NotSupportedState",
        about: "The station does not know the state.",
        requirements: &["O01.FR.02"],
        steps: answered!("NotSupportedState"),
        ..BLOCK
    },
    Case {
        id: "TC_O_19_CSMS",
        name: "Set Display Message - NotSupportedMessageFormat",
        about: "The station does not know the format.",
        requirements: &["O01.FR.03"],
        steps: answered!("NotSupportedMessageFormat"),
        ..BLOCK
    },
    Case {
        id: "TC_O_25_CSMS",
        name: "Set Display Message - Send Specific state",
        about: "A message is shown in a state of the station.",
        requirements: &["O01.FR.04"],
        steps: answered!("Accepted"),
        ..NOT_CERTIFIED
    },
    Case {
        id: "TC_O_26_CSMS",
        name: "Set Display Message - Rejected",
        about: "The station rejects a message of the normal cycle.",
        requirements: &["O01.FR.11"],
        steps: &[
            operate("show a message in the normal cycle", |_| {
                show(DisplayMessage::new(TEXT, "NormalCycle"))
            }),
            expect_telling(
                "set",
                SET,
                &[ID, is("/message/priority", "NormalCycle")],
                |_| json!({"status": "Rejected"}),
                &[is("/status", "Rejected")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_O_27_CSMS",
        name: "Set Display Message - Specific transaction - Display message at StartTime",
        about: "A message for a transaction appears later (erratum 6.3.25).",
        requirements: &["O02.FR.06"],
        steps: &[
            CHARGING,
            operate("show a message for the transaction from a time on", |lab| {
                show(DisplayMessage {
                    from: Some(soon(lab)),
                    ..of_transaction(lab)
                })
            }),
            expect_telling(
                "set",
                SET,
                &[ID, FOR_TRANSACTION, ANY_STATE, FROM, FOR_EVER],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_O_28_CSMS",
        name: "Set Display Message - Specific transaction - Remove message after EndTime",
        about: "A message for a transaction goes by itself (erratum 6.3.26: without a state).",
        requirements: &["O02.FR.07"],
        steps: &[
            CHARGING,
            operate("show a message for the transaction until a time", |lab| {
                show(DisplayMessage {
                    until: Some(soon(lab)),
                    ..of_transaction(lab)
                })
            }),
            expect_telling(
                "set",
                SET,
                &[ID, IN_PRIORITY, FOR_TRANSACTION, ANY_STATE, AT_ONCE, UNTIL],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..BLOCK
    },
];
