//! HTTP Basic authentication: A00, A01.
//!
//! Decided for all of them: over plain WebSocket if the product has profile 1, otherwise over TLS. The password that the
//! operator of the test system has configured is the one of the station; it is text, and travels as it is.

use super::super::{CASE, payload};
use crate::case::{Case, Need};
use crate::cases::v1_6::security::{basic, check_credentials, lowest_basic};
use crate::lab::{Call, Lab, Set};
use crate::mutation::{Change::*, Flaw, fails};
use crate::step::{State, Step, by_hand, call, is};
use crate::unmet::Failed;

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_A_01_CS",
        name: "Basic Authentication - Valid username/password combination",
        about: "The station is switched off and on, and shows its identity and its password when it connects. Length and \
                characters of the password are those of the configured one, which it must equal.",
        requirements: &[
            "A00.FR.202",
            "A00.FR.203",
            "A00.FR.204",
            "A00.FR.205",
            "A00.FR.301",
            "A00.FR.302",
            "A00.FR.304",
            "B01.FR.01",
            "B01.FR.05",
            "B01.FR.09",
        ],
        applies: basic,
        secured: lowest_basic,
        highest: |_| 2,
        steps: &[Step::State(State::Booted), CREDENTIALS],
        ..CASE
    },
    Case {
        id: "TC_A_09_CS",
        name: "Update Charging Station Password for HTTP Basic Authentication - Accepted",
        about: "The station takes a new password and connects anew with it. Decided: the description has no Reset, but one that \
                says RebootRequired waits for it, so it gets one, and must register then; another one may. The entry in the \
                security log (A01.FR.11) cannot be seen from here.",
        requirements: &["A01.FR.01", "B01.FR.01"],
        applies: basic,
        secured: lowest_basic,
        highest: |_| 2,
        steps: &[by_hand(
            "[new] the CSMS sets SecurityCtrlr.BasicAuthPassword: Accepted or RebootRequired; [reset] if RebootRequired it sends \
             Reset; [reconnect] the station connects anew, [reconnect.credentials] [reconnect.user] [reconnect.password] with its \
             identity and the new password; [restart.boot] [restart.status] after a Reset it registers",
            new_password,
            &[
                fails(
                    Answer(
                        "SetVariables",
                        0,
                        "/setVariableResult/0/attributeStatus",
                        r#""Rejected""#,
                    ),
                    "new/setVariableResult/0/attributeStatus",
                ),
                fails(Link(Flaw::StaysAway), "reconnect"),
                fails(Link(Flaw::OldPassword), "reconnect.password"),
                fails(Link(Flaw::PasswordAsText), "reconnect.password"),
                fails(Link(Flaw::OtherUser), "reconnect.user"),
                fails(Link(Flaw::NoCredentials), "reconnect.credentials"),
            ],
        )],
        ..CASE
    },
    Case {
        id: "TC_A_10_CS",
        name: "Update Charging Station Password for HTTP Basic Authentication - Rejected",
        about: "The station does not take a password that is too short, and connects with the old one after it is switched off \
                and on.",
        requirements: &["A01.FR.01"],
        applies: basic,
        secured: lowest_basic,
        highest: |_| 2,
        steps: &[
            call(
                "new",
                "SetVariables",
                |_| payload::set("SecurityCtrlr", "BasicAuthPassword", TOO_SHORT),
                &[is("/setVariableResult/0/attributeStatus", "Rejected")],
            ),
            Step::State(State::Booted),
            CREDENTIALS,
        ],
        mutations: &[fails(
            Misread(
                "SetVariables",
                0,
                "/setVariableData/0/attributeValue",
                r#""OCA_OCTT_admin_test""#,
            ),
            "new/setVariableResult/0/attributeStatus",
        )],
        ..CASE
    },
];

const KEY: &str = "SecurityCtrlr.BasicAuthPassword";
const NEW_PASSWORD: &str = "OCA_OCTT_admin_test";
/// Of 15 characters.
const TOO_SHORT: &str = "OCA_OCTT_admin_";

/// What the station showed when it connected last.
const CREDENTIALS: Step = by_hand(
    "[connect.credentials] [connect.user] [connect.password] the station has shown its identity and its password",
    |lab| {
        let connected = lab.connected().clone();
        let password = lab.parameters.authorization_key.clone();
        check_credentials(lab, "connect", &connected, &password)
    },
    &[
        fails(Link(Flaw::NoCredentials), "connect.credentials"),
        fails(Link(Flaw::OtherUser), "connect.user"),
        fails(Link(Flaw::PasswordAsText), "connect.password"),
    ],
);

fn new_password(lab: &mut Lab<'_>) -> Result<(), Failed> {
    lab.take_links();
    let set = lab
        .dialect()
        .set(lab, "new", KEY, NEW_PASSWORD, Need::Must)?;
    if set == Set::AfterReset {
        // It may connect anew before.
        let reset = Call::new("reset", "Reset", lab.dialect().reset());
        lab.call(reset.status("Accepted").on_any_link())?;
    }
    let (_, connected) = lab.expect_connection("reconnect")?;
    check_credentials(lab, "reconnect", &connected, NEW_PASSWORD)?;
    match set {
        Set::AfterReset => lab.boots("restart", &[], ("Available", "Available"), false),
        _ => lab.may_register("reconnect"),
    }
}
