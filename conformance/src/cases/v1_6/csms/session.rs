//! Charging sessions, and tokens that may not charge.

use ocpp_core::csms::TokenStatus;
use serde_json::{Value, json};

use super::{
    ACCEPTED, AUTHORIZED, BEGUN, CASE, CHARGING, available, charging, driver, finishing, preparing,
    start, status, stopped, told,
};
use crate::case::{Case, Fact};
use crate::cases::of_csms::{RUNS, connector, ended, register};
use crate::step::{Step, call, is};

const STRANGER: Fact = Fact::Token(|p| &p.invalid, TokenStatus::Expired);

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_003_CSMS",
        name: "Regular Charging Session - Plugin First",
        about: "The cable is plugged in before the driver is authorized.",
        requirements: &["4.1", "4.8"],
        steps: &[
            status("preparing", preparing),
            call("authorize", "Authorize", driver, ACCEPTED),
            call("start", "StartTransaction", start, BEGUN),
            status("charging", charging),
            RUNS,
        ],
        ..CASE
    },
    Case {
        id: "TC_004_1_CSMS",
        name: "Regular Charging Session - Identification First",
        about: "The driver is authorized before the cable is plugged in.",
        requirements: &["4.1", "4.8"],
        steps: &[CHARGING, RUNS],
        ..CASE
    },
    Case {
        id: "TC_004_2_CSMS",
        name: "Regular Charging Session - Identification First - ConnectionTimeOut",
        about: "The driver is authorized and plugs nothing in.",
        requirements: &["4.1", "4.9"],
        steps: &[
            AUTHORIZED,
            status("preparing", preparing),
            Step::Wait(|p| p.connection_timeout),
            status("available", available),
            connector!("Available"),
        ],
        ..CASE
    },
    Case {
        id: "TC_005_1_CSMS",
        name: "EV Side Disconnected - StopTransactionOnEVSideDisconnect = true - UnlockConnectorOnEVSideDisconnect = true",
        about: "The cable is taken out of the car, which ends the transaction.",
        requirements: &["4.10"],
        steps: &[
            CHARGING,
            status("suspended", |lab| told(lab, "SuspendedEV")),
            call(
                "stop",
                "StopTransaction",
                |lab| stopped(lab, "EVDisconnected"),
                &[],
            ),
            status("finishing", finishing),
            status("available", available),
            ended!(
                "EVDisconnected",
                register("/meterStart", "1000 Wh", |_| json!(1000)),
                register("/meterStop", "1500 Wh", |_| json!(1500))
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_007_CSMS",
        name: "Regular Start Charging Session - Cached Id",
        about: "The charge point knows the token and does not ask before it starts.",
        requirements: &["3.5.1", "4.8"],
        steps: &[
            status("preparing", preparing),
            call("start", "StartTransaction", start, BEGUN),
            status("charging", charging),
            RUNS,
        ],
        ..CASE
    },
    Case {
        id: "TC_023_1_CSMS",
        name: "Start Charging Session - Authorize invalid",
        about: "Nobody knows the token.",
        requirements: &["4.1"],
        steps: &[
            Step::Driver(|p| &p.invalid),
            call(
                "authorize",
                "Authorize",
                driver,
                &[is("/idTagInfo/status", "Invalid")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_023_2_CSMS",
        name: "Start Charging Session - Authorize expired",
        about: "The time of the token is over.",
        requirements: &["4.1"],
        facts: &[STRANGER],
        steps: &[
            Step::Driver(|p| &p.invalid),
            call(
                "authorize",
                "Authorize",
                driver,
                &[is("/idTagInfo/status", "Expired")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_023_3_CSMS",
        name: "Start Charging Session - Authorize blocked",
        about: "The token is blocked.",
        requirements: &["4.1"],
        facts: &[Fact::Token(|p| &p.invalid, TokenStatus::Blocked)],
        steps: &[
            Step::Driver(|p| &p.invalid),
            call(
                "authorize",
                "Authorize",
                driver,
                &[is("/idTagInfo/status", "Blocked")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_024_CSMS",
        name: "Start Charging Session Lock Failure",
        about: "The cable cannot be locked.",
        requirements: &["4.9"],
        steps: &[
            AUTHORIZED,
            status("preparing", preparing),
            status("faulted", |lab| -> Value {
                json!({"connectorId": lab.here(), "status": "Faulted", "errorCode": "ConnectorLockFailure"})
            }),
            connector!("Faulted"),
        ],
        ..CASE
    },
];
