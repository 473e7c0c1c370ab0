//! Without a connection, and without power.

use serde_json::{Value, json};

use super::boot::CONNECT;
use super::{BEGUN, CASE, CHARGING, charging, each_status, finishing, registers, status, stopped};
use crate::case::Case;
use crate::cases::of_csms::{RUNS, ended, register};
use crate::lab::Lab;
use crate::step::{Step, call, is, suits};

/// How long ago a transaction began while there was no connection, in seconds.
const AGO: i64 = -300;

fn start_offline(lab: &Lab<'_>) -> Value {
    json!({
        "connectorId": lab.here(), "idTag": lab.driver, "meterStart": 1000,
        "timestamp": lab.utc_in(AGO),
    })
}

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_032_1_CSMS",
        name: "Power failure boot charging point - configured to stop transaction(s)",
        about: "The power fails while a car charges; the transaction is stopped after the restart.",
        requirements: &["4.2", "4.10"],
        steps: &[
            CHARGING,
            Step::HangUp,
            CONNECT,
            call(
                "boot",
                "BootNotification",
                registers,
                &[is("/status", "Accepted")],
            ),
            each_status("status", |lab| {
                let tested = lab.here() == 1;
                super::told(lab, if tested { "Finishing" } else { "Available" })
            }),
            call(
                "stop",
                "StopTransaction",
                |lab| stopped(lab, "PowerLoss"),
                &[],
            ),
            ended!(
                "PowerLoss",
                register("/meterStart", "1000 Wh", |_| json!(1000)),
                register("/meterStop", "1500 Wh", |_| json!(1500))
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_037_1_CSMS",
        name: "Offline Start Transaction - Valid IdTag",
        about: "A transaction that began without a connection is told later.",
        requirements: &["3.7", "4.8"],
        steps: &[
            Step::HangUp,
            CONNECT,
            call("start", "StartTransaction", start_offline, BEGUN),
            status("charging", charging),
            RUNS,
        ],
        ..CASE
    },
    Case {
        id: "TC_037_3_CSMS",
        name: "Offline Start Transaction - Invalid IdTag - StopTransactionOnInvalidId = true",
        about: "A transaction that began without a connection has a token that nobody knows: it has a number all the same.",
        requirements: &["3.7", "4.8", "4.10"],
        steps: &[
            Step::Driver(|p| &p.invalid),
            Step::HangUp,
            CONNECT,
            call(
                "start",
                "StartTransaction",
                start_offline,
                &[
                    is("/idTagInfo/status", "Invalid"),
                    suits("/transactionId", "a number", Value::is_i64),
                ],
            ),
            status("charging", charging),
            call(
                "stop",
                "StopTransaction",
                |lab| stopped(lab, "DeAuthorized"),
                &[],
            ),
            status("finishing", finishing),
            ended!(
                "DeAuthorized",
                register("/meterStart", "1000 Wh", |_| json!(1000)),
                register("/meterStop", "1500 Wh", |_| json!(1500))
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_039_CSMS",
        name: "Offline Transaction",
        about: "A transaction began and ended without a connection.",
        requirements: &["3.7", "4.8", "4.10"],
        steps: &[
            Step::HangUp,
            CONNECT,
            call("start", "StartTransaction", start_offline, BEGUN),
            call("stop", "StopTransaction", |lab| stopped(lab, "Local"), &[]),
            ended!(
                "Local",
                register("/meterStart", "1000 Wh", |_| json!(1000)),
                register("/meterStop", "1500 Wh", |_| json!(1500))
            ),
        ],
        ..CASE
    },
];
