//! D: local authorization lists.

use ocpp_core::csms::TokenStatus;
use ocpp_core::csms::ledger::IdToken;
use ocpp_core::csms::remote::{Command, ListEntry, Operation, TokenInfo};
use serde_json::{Value, json};

use super::{CASE, accepted, local_list, operation};
use crate::case::{Case, Profile};
use crate::lab::Lab;
use crate::step::{Rule, Step, absent, expect_telling, is, known, number, operate, suits};

/// The version of the list that the station has.
const VERSION: i64 = 1;

/// A token of the list, with what holds for it or to be taken out.
pub(super) fn entry(token: &str, listed: bool) -> ListEntry {
    ListEntry {
        id_token: IdToken {
            id_token: token.to_owned(),
            kind: Some("ISO14443".to_owned()),
        },
        info: listed.then(|| TokenInfo::of(TokenStatus::Accepted)),
    }
}

fn send(version: i64, full: bool, entries: Vec<ListEntry>) -> Command {
    operation(Operation::SendLocalList {
        version,
        full,
        entries,
    })
}

/// A full list with the valid token, which the station takes.
pub(super) const LISTED: Step = Step::Reusable(
    "the local list has the valid token",
    &[
        operate("send a full list with the valid token", |lab| {
            send(VERSION, true, vec![entry(&lab.parameters.valid, true)])
        }),
        expect_telling(
            "listed",
            "SendLocalList",
            &[FULL],
            accepted,
            &[is("/status", "Accepted")],
        ),
    ],
);

/// The station's list has this version, if it is asked.
fn version(_: &Lab<'_>) -> Value {
    json!({"versionNumber": VERSION})
}

fn infos(list: &Value, there: bool) -> bool {
    let mut entries = list.as_array().into_iter().flatten();
    list.as_array().is_some_and(|all| !all.is_empty())
        && entries.all(|entry| entry.get("idTokenInfo").is_some() == there)
}

fn has_infos(list: &Value) -> bool {
    infos(list, true)
}

fn has_no_infos(list: &Value) -> bool {
    infos(list, false)
}

fn is_later(version: &Value) -> bool {
    version.as_i64().is_some_and(|version| version > VERSION)
}

const ASK: Step = operate("ask for the version of the list", |_| {
    operation(Operation::LocalListVersion)
});
const FULL: Rule = is("/updateType", "Full");
pub(super) const DIFFERENTIAL: Rule = is("/updateType", "Differential");
pub(super) const LATER: Rule = suits(
    "/versionNumber",
    "above the version that the station has",
    is_later,
);
const BY_CARD: Rule = is("/localAuthorizationList/0/idToken/type", "ISO14443");
const VALID: Rule = known(
    "/localAuthorizationList/0/idToken/idToken",
    "the valid token",
    |lab| json!(lab.parameters.valid),
);

const BLOCK: Case = Case {
    profile: Profile::LocalAuthorizationList,
    applies: local_list,
    ..CASE
};

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_D_01_CSMS",
        name: "Send Local Authorization List - Full",
        about: "A full list; every entry says what holds for it (erratum 6.3.10). The question for the version is optional, and not asked.",
        requirements: &["D01.FR.01", "D01.FR.06", "D01.FR.18"],
        steps: &[
            operate("send a full list with one token", |lab| {
                send(VERSION, true, vec![entry(&lab.parameters.valid, true)])
            }),
            expect_telling(
                "send",
                "SendLocalList",
                &[
                    FULL,
                    suits("/versionNumber", "more than 0", |version| {
                        version.as_i64().is_some_and(|version| version > 0)
                    }),
                    suits(
                        "/localAuthorizationList",
                        "a list in which every entry has an idTokenInfo",
                        has_infos,
                    ),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_D_02_CSMS",
        name: "Send Local Authorization List - Differential Update",
        about: "A token is added to the list that the station has.",
        requirements: &["D01.FR.01", "D01.FR.06", "D01.FR.18"],
        steps: &[
            ASK,
            expect_telling(
                "version",
                "GetLocalListVersion",
                &[],
                version,
                &[number("/response/versionNumber", VERSION)],
            ),
            operate("add the second token to the list", |lab| {
                send(
                    VERSION + 1,
                    false,
                    vec![entry(&lab.parameters.valid2, true)],
                )
            }),
            expect_telling(
                "send",
                "SendLocalList",
                &[
                    DIFFERENTIAL,
                    LATER,
                    suits("/localAuthorizationList", "not empty", has_infos),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_D_03_CSMS",
        name: "Send Local Authorization List - Differential Remove",
        about: "A token is taken out of the list.",
        requirements: &["D01.FR.01", "D01.FR.06", "D01.FR.17", "D01.FR.18"],
        steps: &[
            operate("take the valid token out of the list", |lab| {
                send(
                    VERSION + 1,
                    false,
                    vec![entry(&lab.parameters.valid, false)],
                )
            }),
            expect_telling(
                "send",
                "SendLocalList",
                &[
                    DIFFERENTIAL,
                    LATER,
                    VALID,
                    BY_CARD,
                    suits(
                        "/localAuthorizationList",
                        "entries without idTokenInfo",
                        has_no_infos,
                    ),
                ],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_D_04_CSMS",
        name: "Send Local Authorization List - Full with empy list",
        about: "The list is emptied.",
        requirements: &["D01.FR.01", "D01.FR.06", "D01.FR.18"],
        steps: &[
            operate("send an empty list", |_| {
                send(VERSION + 1, true, Vec::new())
            }),
            expect_telling(
                "send",
                "SendLocalList",
                &[FULL, absent("/localAuthorizationList")],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_D_08_CSMS",
        name: "Get Local List Version - Success",
        about: "The station tells the version of its list.",
        requirements: &["D02.FR.01"],
        steps: &[
            ASK,
            expect_telling(
                "version",
                "GetLocalListVersion",
                &[],
                version,
                &[number("/response/versionNumber", VERSION)],
            ),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_D_09_CSMS",
        name: "Get Local List Version - No list available",
        about: "The station has no list.",
        requirements: &["D02.FR.03"],
        steps: &[
            ASK,
            expect_telling(
                "version",
                "GetLocalListVersion",
                &[],
                |_| json!({"versionNumber": 0}),
                &[number("/response/versionNumber", 0)],
            ),
        ],
        ..BLOCK
    },
];
