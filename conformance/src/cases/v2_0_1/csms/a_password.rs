//! A00, A01: passwords.

use ocpp_core::csms::remote::Operation;
use serde_json::Value;

use super::states::BOOTED;
use super::{CASE, CONNECT, dials, operation, result};
use crate::bench::Dial;
use crate::case::Case;
use crate::cases::of_csms::{password, with_password};
use crate::step::{Rule, Step, expect_telling, is, operate, suits};

/// The other password.
const NEW_PASSWORD: &str = "New-Password_of.the:Lab-0815";
/// One that nobody has ever entered.
const WRONG_PASSWORD: &str = "Wrong-Password_of.the:Lab-4711";

/// 16 to 40 characters of a passwordString (A00.FR.205).
fn is_password(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    let permitted = |c: char| {
        c.is_ascii_alphanumeric()
            || matches!(c, '*' | '-' | '_' | '=' | ':' | '+' | '|' | '@' | '.')
    };
    (16..=40).contains(&text.chars().count()) && text.chars().all(permitted)
}

const SET: &str = "SetVariables";
const CHANGE_PASSWORD: Step = operate("give the station a new password", |_| {
    operation(Operation::SetPassword(NEW_PASSWORD.to_owned()))
});
const PASSWORD: &[Rule] = &[
    is("/setVariableData/0/component/name", "SecurityCtrlr"),
    is("/setVariableData/0/variable/name", "BasicAuthPassword"),
    suits(
        "/setVariableData/0/attributeValue",
        "16 to 40 characters of a password",
        is_password,
    ),
];

fn password_result(status: &str) -> Value {
    result("SecurityCtrlr", "BasicAuthPassword", status)
}

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_A_01_CSMS",
        name: "Basic Authentication - Valid username/password combination",
        about: "The station shows its password.",
        requirements: &["A00.FR.204", "B01.FR.02"],
        applies: password,
        secured: with_password,
        steps: &[Step::HangUp, CONNECT, BOOTED],
        ..CASE
    },
    Case {
        id: "TC_A_02_CSMS",
        name: "Basic Authentication -Username does not equal ChargingStationId",
        about: "A station with its own password and another user than its identity gets no connection. At the end it connects as itself, \
                which the description leaves out.",
        requirements: &["A00.FR.204"],
        applies: password,
        secured: with_password,
        steps: &[
            Step::HangUp,
            dials(
                "wrong-user",
                "connects with another user",
                |lab| Dial {
                    user: Some(format!("{}Invalid", lab.parameters.identity)),
                    ..lab.own_dial()
                },
                false,
            ),
            CONNECT,
            BOOTED,
        ],
        ..CASE
    },
    Case {
        id: "TC_A_03_CSMS",
        name: "Basic Authentication - Invalid password",
        about: "A station with a wrong password gets no connection. At the end it connects with its own, which the description leaves out.",
        requirements: &["A00.FR.204"],
        applies: password,
        secured: with_password,
        steps: &[
            Step::HangUp,
            dials(
                "wrong-password",
                "connects with a wrong password",
                |lab| Dial {
                    password: Some(lab.dialect().password_bytes(WRONG_PASSWORD)),
                    ..lab.own_dial()
                },
                false,
            ),
            CONNECT,
            BOOTED,
        ],
        ..CASE
    },
    Case {
        id: "TC_A_09_CSMS",
        name: "Update Charging Station Password for HTTP Basic Authentication - Accepted",
        about: "From the answer on the new password counts.",
        requirements: &["A01.FR.02", "A01.FR.03"],
        applies: password,
        secured: with_password,
        steps: &[
            CHANGE_PASSWORD,
            expect_telling(
                "password",
                SET,
                PASSWORD,
                |_| password_result("Accepted"),
                &[is("/status", "Accepted")],
            ),
            Step::HangUp,
            dials(
                "connect",
                "connects with the new password",
                |lab| {
                    let text = lab.requested(SET, "/setVariableData/0/attributeValue");
                    let text = text.as_str().unwrap_or_default();
                    Dial {
                        password: Some(lab.dialect().password_bytes(text)),
                        ..lab.own_dial()
                    }
                },
                true,
            ),
            BOOTED,
        ],
        ..CASE
    },
    Case {
        id: "TC_A_10_CSMS",
        name: "Update Charging Station Password for HTTP Basic Authentication - Rejected",
        about: "The old password goes on counting.",
        requirements: &["A01.FR.02", "A01.FR.04", "A01.FR.05"],
        applies: password,
        secured: with_password,
        steps: &[
            CHANGE_PASSWORD,
            expect_telling(
                "password",
                SET,
                PASSWORD,
                |_| password_result("Rejected"),
                &[is("/status", "Rejected")],
            ),
            Step::HangUp,
            CONNECT,
            BOOTED,
        ],
        ..CASE
    },
];
