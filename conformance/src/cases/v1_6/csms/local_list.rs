//! The local authorization list.

use ocpp_core::csms::TokenStatus;
use ocpp_core::csms::ledger::IdToken;
use ocpp_core::csms::remote::{Command, ListEntry, Operation, TokenInfo};
use serde_json::{Value, json};

use super::{CASE, accepted, local_list, operation};
use crate::case::Case;
use crate::step::{Must, Rule, Step, compared, expect_telling, is, number, operate, rule, suits};

/// The first version.
const VERSION: i64 = 1;

fn entry(token: &str) -> ListEntry {
    ListEntry {
        id_token: IdToken::of_1_6(token),
        info: Some(TokenInfo::of(TokenStatus::Accepted)),
    }
}

fn full(lab: &crate::lab::Lab<'_>) -> Command {
    operation(Operation::SendLocalList {
        version: VERSION,
        full: true,
        entries: vec![entry(&lab.parameters.valid)],
    })
}

/// Every entry says what holds for its token.
fn has_infos(list: &Value) -> bool {
    let mut entries = list.as_array().into_iter().flatten();
    list.as_array().is_some_and(|all| !all.is_empty())
        && entries.all(|entry| entry.get("idTagInfo").is_some())
}

const ASK: Step = operate("ask for the version of the list", |_| {
    operation(Operation::LocalListVersion)
});
const SEND: Step = operate("send a full list with one token", full);
const FULL: Rule = is("/updateType", "Full");

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_042_1_CSMS",
        name: "Get Local List Version (not supported)",
        about: "The charge point has no list.",
        requirements: &["5.10"],
        applies: local_list,
        steps: &[
            ASK,
            expect_telling(
                "version",
                "GetLocalListVersion",
                &[],
                |_| json!({"listVersion": -1}),
                &[number("/response/listVersion", -1)],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_042_2_CSMS",
        name: "Get Local List Version (empty)",
        about: "The list is empty.",
        requirements: &["5.10"],
        applies: local_list,
        steps: &[
            ASK,
            expect_telling(
                "version",
                "GetLocalListVersion",
                &[],
                |_| json!({"listVersion": 0}),
                &[number("/response/listVersion", 0)],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_043_1_CSMS",
        name: "Send Local Authorization List - NotSupported",
        about: "The charge point has no list.",
        requirements: &["5.15"],
        applies: local_list,
        steps: &[
            SEND,
            expect_telling(
                "send",
                "SendLocalList",
                &[FULL],
                |_| json!({"status": "NotSupported"}),
                &[is("/status", "NotSupported")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_043_3_CSMS",
        name: "Send Local Authorization List - Failed",
        about: "The charge point does not take the list.",
        requirements: &["5.15"],
        applies: local_list,
        steps: &[
            SEND,
            expect_telling(
                "send",
                "SendLocalList",
                &[FULL],
                |_| json!({"status": "Failed"}),
                &[is("/status", "Failed")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_043_4_CSMS",
        name: "Send Local Authorization List - Full",
        about: "A full list; every entry has an idTagInfo. The version 0 is not for lists (erratum).",
        requirements: &["5.15"],
        applies: local_list,
        steps: &[
            SEND,
            expect_telling(
                "send",
                "SendLocalList",
                &[
                    FULL,
                    suits(
                        "/localAuthorizationList",
                        "a list in which every entry has an idTagInfo",
                        has_infos,
                    ),
                    suits("/listVersion", "more than 0", |version| {
                        version.as_i64().is_some_and(|version| version > 0)
                    }),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_043_5_CSMS",
        name: "Send Local Authorization List - Differential",
        about: "A token is added to a list that was sent before. The version that is asked for in between is optional, and not asked.",
        requirements: &["5.15"],
        applies: local_list,
        steps: &[
            SEND,
            expect_telling(
                "full",
                "SendLocalList",
                &[FULL],
                accepted,
                &[is("/status", "Accepted")],
            ),
            operate("add another token to the list", |lab| {
                operation(Operation::SendLocalList {
                    version: VERSION + 1,
                    full: false,
                    entries: vec![entry(&lab.parameters.valid2)],
                })
            }),
            expect_telling(
                "differential",
                "SendLocalList",
                &[
                    is("/updateType", "Differential"),
                    crate::step::known(
                        "/localAuthorizationList/0/idTag",
                        "the token that is added",
                        |lab| json!(lab.parameters.valid2),
                    ),
                    rule("/localAuthorizationList/0/idTagInfo", Must::BePresent),
                    rule("/localAuthorizationList/1", Must::BeAbsent),
                    compared(
                        "/listVersion",
                        "a later version than before",
                        |lab| lab.requested("SendLocalList", "/listVersion"),
                        |version, before| version.as_i64() > before.as_i64(),
                    ),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..CASE
    },
];
