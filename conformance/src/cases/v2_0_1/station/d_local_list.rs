//! Block D, the local authorization list: D01, D02.

use serde_json::{Value, json};

use super::{CASE, LIST, with_list};
use crate::case::{Case, Profile, Setting};
use crate::lab::Lab;
use crate::step::{Rule, State, Step, call, is, known};

const ACCEPTED: &[Rule] = &[is("/status", "Accepted")];
/// The list has the version that the case sent.
const NEXT: &[Rule] = &[known("/versionNumber", "the version sent", |lab| {
    version(lab, 1).into()
})];
/// It has the one that it had when the case began, or that of a full list.
const CONFIGURED: &[Rule] = &[known("/versionNumber", "the version of the list", |lab| {
    version(lab, 0).into()
})];
/// There is no list.
const NONE: &[Rule] = &[crate::step::number("/versionNumber", 0)];

fn version(lab: &Lab<'_>, above: i64) -> i64 {
    lab.parameters.list_version + above
}

/// SendLocalList with this version above the configured one; without an element the list is left out.
fn list(lab: &Lab<'_>, update: &str, above: i64, entries: &[Value]) -> Value {
    let mut payload = json!({"updateType": update, "versionNumber": version(lab, above)});
    if !entries.is_empty() {
        payload["localAuthorizationList"] = json!(entries);
    }
    payload
}

fn accepted(token: &str) -> Value {
    json!({
        "idToken": {"idToken": token, "type": "ISO14443"},
        "idTokenInfo": {"status": "Accepted"},
    })
}

const fn send(with: fn(&Lab<'_>) -> Value, rules: &'static [Rule]) -> Step {
    call("send", "SendLocalList", with, rules)
}

const fn asks(rules: &'static [Rule]) -> Step {
    call("version", "GetLocalListVersion", |_| json!({}), rules)
}

const fn with_steps(steps: &'static [Step]) -> Case {
    Case {
        profile: Profile::LocalAuthorizationList,
        applies: with_list,
        config: &[LIST],
        steps,
        ..CASE
    }
}

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_D_01_CS",
        name: "Send Local Authorization List - Full",
        about: "A full list is accepted and has its version. The elements have an idTokenInfo, without which a full list \
                has nothing to say of its tokens.",
        requirements: &["D01.FR.02", "D01.FR.15"],
        ..with_steps(&[
            send(
                |lab| list(lab, "Full", 0, &[accepted(&lab.parameters.valid)]),
                ACCEPTED,
            ),
            asks(CONFIGURED),
        ])
    },
    Case {
        id: "TC_D_02_CS",
        name: "Send Local Authorization List - Differential Update",
        about: "A differential list adds a token and gives the list its version.",
        requirements: &["D01.FR.02", "D01.FR.16"],
        ..with_steps(&[
            Step::State(State::IdTokenLocalAuthList),
            send(
                |lab| {
                    let added = accepted(&lab.parameters.valid2);
                    list(lab, "Differential", 1, &[added])
                },
                ACCEPTED,
            ),
            asks(NEXT),
        ])
    },
    Case {
        id: "TC_D_03_CS",
        name: "Send Local Authorization List - Differential Remove",
        about: "A differential list whose element has no idTokenInfo removes the token and gives the list its version. That \
                the token is gone is not checked: the description does not ask for it, and no message tells it.",
        requirements: &["D01.FR.02", "D01.FR.17"],
        ..with_steps(&[
            Step::State(State::IdTokenLocalAuthList),
            send(
                |lab| {
                    let token = json!({"idToken": lab.parameters.valid, "type": "ISO14443"});
                    list(lab, "Differential", 1, &[json!({"idToken": token})])
                },
                ACCEPTED,
            ),
            asks(NEXT),
        ])
    },
    Case {
        id: "TC_D_04_CS",
        name: "Send Local Authorization List - Full with empty list",
        about: "A full list without elements is accepted and has its version. It is left out, since the schema permits no \
                empty one; its version is another than that of the list before, or nothing would have to change.",
        requirements: &["D01.FR.02", "D01.FR.04"],
        ..with_steps(&[
            Step::State(State::IdTokenLocalAuthList),
            send(|lab| list(lab, "Full", 1, &[]), ACCEPTED),
            asks(NEXT),
        ])
    },
    Case {
        id: "TC_D_05_CS",
        name: "Send Local Authorization List - Differential with empty list",
        about: "A differential list without elements is accepted and gives the list its version.",
        requirements: &["D01.FR.02", "D01.FR.05"],
        ..with_steps(&[
            Step::State(State::IdTokenLocalAuthList),
            send(|lab| list(lab, "Differential", 1, &[]), ACCEPTED),
            asks(NEXT),
        ])
    },
    Case {
        id: "TC_D_06_CS",
        name: "Send Local Authorization List - VersionMismatch",
        about: "A differential list with a lower version than that of the list is refused, and the list keeps its version.",
        requirements: &["D01.FR.19"],
        ..with_steps(&[
            Step::State(State::IdTokenLocalAuthList),
            send(
                |lab| {
                    let added = accepted(&lab.parameters.valid2);
                    list(lab, "Differential", -1, &[added])
                },
                &[is("/status", "VersionMismatch")],
            ),
            asks(CONFIGURED),
        ])
    },
    Case {
        id: "TC_D_07_CS",
        name: "Send Local Authorization List - Persistent over reboot",
        about: "The list has its version after a restart.",
        requirements: &["D01.FR.10"],
        mutations: &[crate::mutation::fails(
            crate::mutation::Change::Forget("local-list"),
            "version/versionNumber",
        )],
        ..with_steps(&[
            Step::State(State::IdTokenLocalAuthList),
            Step::State(State::Booted),
            asks(CONFIGURED),
        ])
    },
    Case {
        id: "TC_D_08_CS",
        name: "Get Local List Version - Success",
        about: "The station tells the version of its list.",
        requirements: &["D02.FR.01"],
        ..with_steps(&[Step::State(State::IdTokenLocalAuthList), asks(CONFIGURED)])
    },
    Case {
        id: "TC_D_10_CS",
        name: "Get Local List Version - Function disabled",
        about: "A station whose list is switched off tells the version 0.",
        requirements: &["D02.FR.03"],
        config: &[Setting::if_implemented(
            "LocalAuthListCtrlr.Enabled",
            |_| "false".to_owned(),
        )],
        ..with_steps(&[asks(NONE)])
    },
];
