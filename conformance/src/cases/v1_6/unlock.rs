//! UnlockConnector: TC_017, TC_018, TC_030, TC_031.

use serde_json::json;

use super::CASE;
use crate::bench::Act;
use crate::case::Case;
use crate::lab::{Call, Lab};
use crate::mutation::{Change::*, fails};
use crate::product::Product;
use crate::unmet::Failed;

const UNLOCKED: &str = r#""Unlocked""#;
const UNLOCK_FAILED: &str = r#""UnlockFailed""#;
const FINISHING: &str = r#"{"connectorId": 1, "errorCode": "NoError", "status": "Finishing"}"#;
const NOT_SUPPORTED: &str = r#""NotSupported""#;

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_017_1_CS",
        name: "Unlock Connector no charging session running (not fixed cable)",
        about: "A connector without a transaction can be unlocked.",
        requirements: &["1.6 section 5.18"],
        applies: detachable,
        run: |lab| {
            unlock(lab, lab.parameters.connector, "Unlocked")?;
            lab.silence("nothing", 5, &[])
        },
        mutations: &[
            fails(
                Answer("UnlockConnector", 0, "/status", NOT_SUPPORTED),
                "unlock/status",
            ),
            fails(
                Answer("UnlockConnector", 0, "/status", UNLOCK_FAILED),
                "unlock/status",
            ),
            fails(Refuse("UnlockConnector", 0, "NotSupported"), "unlock"),
            fails(
                AfterAnswer("UnlockConnector", 0, "StatusNotification", FINISHING),
                "nothing",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_017_2_CS",
        name: "Unlock Connector no charging session running (fixed cable)",
        about: "A fixed cable cannot be unlocked.",
        requirements: &["1.6 section 5.18"],
        applies: fixed,
        run: |lab| {
            unlock(lab, lab.parameters.connector, "NotSupported")?;
            lab.silence("nothing", 5, &[])
        },
        mutations: &[
            fails(
                Answer("UnlockConnector", 0, "/status", UNLOCKED),
                "unlock/status",
            ),
            fails(
                Answer("UnlockConnector", 0, "/status", UNLOCK_FAILED),
                "unlock/status",
            ),
            fails(Refuse("UnlockConnector", 0, "NotSupported"), "unlock"),
            fails(
                AfterAnswer("UnlockConnector", 0, "StatusNotification", FINISHING),
                "nothing",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_018_1_CS",
        name: "Unlock Connector with charging session (not fixed cable)",
        about: "Unlocking ends the transaction with the reason UnlockCommand.",
        requirements: &["1.6 section 5.18, erratum 3.87"],
        applies: detachable,
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            let transaction = lab.charging(&tag)?;
            unlock(lab, lab.parameters.connector, "Unlocked")?;
            let stop = lab.stop(transaction).with("/reason", "UnlockCommand");
            lab.stopped(stop, lab.status_here("finishing", "Finishing"))?;
            lab.unplug()?;
            lab.expect(lab.status_here("available", "Available"))?;
            Ok(())
        },
        mutations: &[
            fails(
                Answer("UnlockConnector", 0, "/status", r#""UnlockFailed""#),
                "unlock/status",
            ),
            fails(
                Replace("StopTransaction", 0, "/reason", r#""Local""#),
                "stop/reason",
            ),
            fails(
                Replace("StopTransaction", 0, "/transactionId", "5"),
                "stop/transactionId",
            ),
            fails(Drop("StopTransaction", 0), "stop"),
            fails(Drop("StatusNotification", 2), "finishing"),
            fails(Drop("StatusNotification", 3), "available"),
        ],
        ..CASE
    },
    Case {
        id: "TC_018_2_CS",
        name: "Unlock Connector with charging session (fixed cable)",
        about: "A fixed cable cannot be unlocked, and the transaction goes on.",
        requirements: &["1.6 section 5.18, erratum 3.87"],
        applies: fixed,
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            lab.charging(&tag)?;
            unlock(lab, lab.parameters.connector, "NotSupported")?;
            lab.silence("goes-on", 10, &[])
        },
        mutations: &[
            fails(
                Answer("UnlockConnector", 0, "/status", UNLOCKED),
                "unlock/status",
            ),
            fails(
                AfterAnswer(
                    "UnlockConnector",
                    0,
                    "StopTransaction",
                    r#"{"transactionId": 1001, "meterStop": 5, "timestamp": "2024-05-15T12:00:00Z"}"#,
                ),
                "goes-on",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_030_CS",
        name: "Unlock Connector - Unlock Failure",
        about: "A lock that does not move is reported. The cable is locked by a transaction, which section 5.18 wants \
            finished first; the description says neither that nor the contrary, so both pass.",
        requirements: &["1.6 section 5.18"],
        applies: detachable,
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            let transaction = lab.charging(&tag)?;
            lab.act(&Act::LocksFail(true))?;
            unlock(lab, lab.parameters.connector, "UnlockFailed")?;
            let stop = lab.stop(transaction).with("/reason", "UnlockCommand");
            if lab.maybe(&stop)?.is_some() {
                lab.maybe(&lab.status_here("finishing", "Finishing"))?;
            }
            lab.silence("nothing", 5, &[])
        },
        mutations: &[
            fails(
                Answer("UnlockConnector", 0, "/status", UNLOCKED),
                "unlock/status",
            ),
            fails(
                Answer("UnlockConnector", 0, "/status", NOT_SUPPORTED),
                "unlock/status",
            ),
            fails(NoAnswer("UnlockConnector", 0), "unlock"),
            fails(
                Replace("StopTransaction", 0, "/reason", r#""Local""#),
                "stop/reason",
            ),
            fails(
                Replace("StopTransaction", 0, "/transactionId", "5"),
                "stop/transactionId",
            ),
            fails(
                Replace("StatusNotification", 2, "/status", r#""Available""#),
                "finishing/status",
            ),
            fails(Duplicate("StopTransaction", 0), "nothing"),
        ],
        ..CASE
    },
    Case {
        id: "TC_031_CS",
        name: "Unlock Connector Unknown Connector",
        about: "A connector that does not exist cannot be unlocked.",
        requirements: &["1.6 section 5.18"],
        run: |lab| unlock(lab, lab.parameters.connectors + 1, "NotSupported"),
        mutations: &[
            fails(
                Answer("UnlockConnector", 0, "/status", UNLOCKED),
                "unlock/status",
            ),
            fails(
                Refuse("UnlockConnector", 0, "PropertyConstraintViolation"),
                "unlock",
            ),
        ],
        ..CASE
    },
];

/// HFS-1.
pub(super) const fn detachable(product: &Product) -> Result<(), &'static str> {
    if product.features.detachable_cable {
        Ok(())
    } else {
        Err("fixed cables (HFS-2)")
    }
}

const fn fixed(product: &Product) -> Result<(), &'static str> {
    if product.features.detachable_cable {
        Err("detachable cables (HFS-1)")
    } else {
        Ok(())
    }
}

/// UnlockConnector and the status of its answer.
pub(super) fn unlock(lab: &mut Lab<'_>, connector: u32, status: &str) -> Result<(), Failed> {
    let payload = json!({"connectorId": connector});
    let call = Call::new("unlock", "UnlockConnector", payload);
    lab.call(call.status(status)).map(|_| ())
}
