//! Unlocking connectors.

use ocpp_core::csms::remote::{Command, Operation};
use serde_json::json;

use super::{CASE, CHARGING, available, connector, finishing, operation, status, stopped};
use crate::case::Case;
use crate::cases::of_csms::{ended, register};
use crate::lab::Lab;
use crate::step::{Step, call, expect_telling, is, operate};

fn unlock(lab: &Lab<'_>) -> Command {
    operation(Operation::Unlock {
        evse: connector(lab),
        connector: 1,
    })
}

const UNLOCK: Step = operate("unlock the connector under test", unlock);
const UNLOCKED: Step = expect_telling(
    "unlock",
    "UnlockConnector",
    &[super::HERE],
    |_| json!({"status": "Unlocked"}),
    &[is("/status", "Unlocked")],
);

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_017_1_CSMS",
        name: "Unlock connector - no charging session running (Not fixed cable)",
        about: "The charge point unlocks.",
        requirements: &["5.18"],
        steps: &[UNLOCK, UNLOCKED],
        ..CASE
    },
    Case {
        id: "TC_017_2_CSMS",
        name: "Unlock connector - no charging session running (Fixed cable)",
        about: "There is nothing to unlock.",
        requirements: &["5.18"],
        steps: &[
            UNLOCK,
            expect_telling(
                "unlock",
                "UnlockConnector",
                &[super::HERE],
                |_| json!({"status": "NotSupported"}),
                &[is("/status", "NotSupported")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_018_1_CSMS",
        name: "Unlock Connector - With Charging Session (Not fixed cable)",
        about: "Unlocking ends the transaction.",
        requirements: &["5.18", "4.10"],
        steps: &[
            CHARGING,
            UNLOCK,
            UNLOCKED,
            status("finishing", finishing),
            call(
                "stop",
                "StopTransaction",
                |lab| stopped(lab, "UnlockCommand"),
                &[],
            ),
            status("available", available),
            ended!(
                "UnlockCommand",
                register("/meterStart", "1000 Wh", |_| json!(1000)),
                register("/meterStop", "1500 Wh", |_| json!(1500))
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_030_CSMS",
        name: "Unlock Connector - Unlock Failure",
        about: "The lock does not open.",
        requirements: &["5.18"],
        steps: &[
            UNLOCK,
            expect_telling(
                "unlock",
                "UnlockConnector",
                &[super::HERE],
                |_| json!({"status": "UnlockFailed"}),
                &[is("/status", "UnlockFailed")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_031_CSMS",
        name: "Unlock Connector - Unknown Connector",
        about: "There is no such connector; the operator names one anyway.",
        requirements: &["5.18"],
        steps: &[
            operate(
                "unlock a connector that the charge point does not have",
                |lab| {
                    operation(Operation::Unlock {
                        evse: i64::from(lab.parameters.connectors) + 1,
                        connector: 1,
                    })
                },
            ),
            expect_telling(
                "unlock",
                "UnlockConnector",
                &[],
                |_| json!({"status": "NotSupported"}),
                &[is("/status", "NotSupported")],
            ),
        ],
        ..CASE
    },
];
