//! B01 to B03: registration.

use ocpp_core::csms::Registration;
use ocpp_core::csms::remote::{Inventory, Operation};
use serde_json::json;

use super::b_reports::{FIRST_PART, LAST_PART, REQUEST_ID, SHOWN, inventory};
use super::b_variables::{get, result, threshold};
use super::states::{AVAILABLE, BOOTED};
use super::{CASE, CONNECT, accepted, boot, event_of, everywhere, has, operation, status_of};
use crate::case::{Case, Fact};
use crate::product::Product;
use crate::step::{Rule, Step, expect_answering, expect_telling, is, one_of, operate};

const PENDING: Fact = Fact::Registration(Registration::Pending);
const WELCOME: Fact = Fact::Registration(Registration::Accepted);
const ANEW: Step = Step::Reusable("the station begins anew", &[Step::HangUp, CONNECT]);
const IS_ACCEPTED: &[Rule] = &[is("/status", "Accepted")];
const IS_PENDING: &[Rule] = &[is("/status", "Pending")];
const IS_NOT_ACCEPTED: &[Rule] = &[one_of("/status", &["Pending", "Rejected"])];

/// C-44 OR NOT AQ-16.
fn not_at_once(product: &Product) -> Result<(), &'static str> {
    let rows = product.v2_0_1.csms;
    let can = rows.pending || !rows.refuses_strangers;
    can.then_some(())
        .ok_or("no Pending (C-44), and strangers get no connection (AQ-16)")
}

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_B_01_CSMS",
        name: "Cold Boot Charging Station - Accepted",
        about: "A station that is known starts.",
        requirements: &["B01.FR.02"],
        steps: &[ANEW, BOOTED],
        ..CASE
    },
    Case {
        id: "TC_B_02_CSMS",
        name: "Cold Boot Charging Station - Pending",
        about: "The station is told Pending, and is accepted when it registers again after the interval that it was told. Meanwhile the \
                operator reads, which the description permits. The status of step 3 is that of step 4.",
        applies: has!(pending, "no Pending (C-44)"),
        requirements: &["B02.FR.01", "B02.FR.06"],
        steps: &[
            Step::Enter(PENDING),
            ANEW,
            boot!("pending", "PowerUp", IS_PENDING),
            operate("read OCPPCommCtrlr.OfflineThreshold meanwhile", |_| {
                get(vec![threshold()])
            }),
            expect_telling(
                "get",
                "GetVariables",
                &[is("/getVariableData/0/variable/name", "OfflineThreshold")],
                |_| json!({"getVariableResult": [result!("OCPPCommCtrlr", "OfflineThreshold", "600")]}),
                &[is("/variables/0/value", "600")],
            ),
            operate("get the FullInventory meanwhile", |_| {
                inventory(Inventory::Full)
            }),
            expect_answering(
                "report",
                "GetBaseReport",
                &[REQUEST_ID, is("/reportBase", "FullInventory")],
                accepted,
            ),
            FIRST_PART,
            LAST_PART,
            SHOWN,
            Step::Enter(WELCOME),
            Step::Interval,
            boot!("boot", "PowerUp", IS_ACCEPTED),
            AVAILABLE,
        ],
        ..CASE
    },
    Case {
        id: "TC_B_30_CSMS",
        name: "Cold Boot Charging Station - Pending/Rejected - SecurityError",
        about: "A station that is not accepted says something else than BootNotification.",
        applies: not_at_once,
        requirements: &["B02.FR.09", "B03.FR.07"],
        steps: &[
            Step::Enter(PENDING),
            ANEW,
            boot!("pending", "PowerUp", IS_NOT_ACCEPTED),
            everywhere(
                "status",
                "StatusNotification",
                |lab| status_of(lab, "Available"),
                Some("SecurityError"),
            ),
            everywhere(
                "event",
                "NotifyEvent",
                |lab| event_of(lab, "Available"),
                Some("SecurityError"),
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_31_CSMS",
        name: "Cold Boot Charging Station - Pending/Rejected - TriggerMessage",
        about: "The CSMS asks a station that is pending to register, before the interval is over.",
        applies: not_at_once,
        requirements: &["B02.FR.01", "F06.FR.17"],
        steps: &[
            Step::Enter(PENDING),
            ANEW,
            boot!("pending", "PowerUp", IS_NOT_ACCEPTED),
            Step::Enter(WELCOME),
            operate("trigger BootNotification", |_| {
                operation(Operation::Trigger {
                    message: "BootNotification".to_owned(),
                    evse: None,
                    connector: None,
                })
            }),
            expect_telling(
                "trigger",
                "TriggerMessage",
                &[is("/requestedMessage", "BootNotification")],
                accepted,
                &[is("/status", "Accepted")],
            ),
            boot!("boot", "Triggered", IS_ACCEPTED),
            AVAILABLE,
        ],
        ..CASE
    },
];
