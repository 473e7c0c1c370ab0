//! How sessions end at the station: TC_005, TC_068, TC_069.

use serde_json::json;

use super::CASE;
use super::offline::local_stop;
use super::unlock::{detachable, unlock};
use crate::bench::Act;
use crate::case::{Case, Setting};
use crate::lab::{Call, Expected, Lab};
use crate::mutation::{Change::*, fails};
use crate::unmet::Failed;

const STOP: Setting = Setting::or_fixed("StopTransactionOnEVSideDisconnect", |_| "true".to_owned());
const KEEP_LOCKED: Setting =
    Setting::or_fixed("UnlockConnectorOnEVSideDisconnect", |_| "false".to_owned());

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_005_1_CS",
        name: "EV Side Disconnected - StopTransactionOnEVSideDisconnect = true - UnlockConnectorOnEVSideDisconnect = true",
        about: "The cable is unplugged at the car: the transaction ends, and the cable can be taken out.",
        requirements: &[
            "1.6 section 4.10",
            "1.6 section 9.1.27",
            "1.6 section 9.1.35",
        ],
        applies: |product| {
            detachable(product)?;
            match product.features.unlock_on_ev_disconnect {
                true => Ok(()),
                false => Err("no unlocking when the cable is unplugged at the car (C-10.1)"),
            }
        },
        config: &[STOP, Setting::on("UnlockConnectorOnEVSideDisconnect")],
        run: |lab| {
            unplugged_at_car(lab)?;
            taken_out(lab)
        },
        mutations: &[
            fails(Drop("StopTransaction", 0), "stop"),
            fails(Drop("StatusNotification", 2), "finishing"),
            fails(Drop("StatusNotification", 3), "available"),
        ],
        ..CASE
    },
    Case {
        id: "TC_005_2_CS",
        name: "EV Side Disconnected - StopTransactionOnEVSideDisconnect = true - UnlockConnectorOnEVSideDisconnect = false",
        about: "The cable is unplugged at the car: the transaction ends with the reason EVDisconnected. Decided: with a \
                fixed cable the connector is Finishing or Available then, since all of the cable is at the station.",
        requirements: &[
            "1.6 section 4.10",
            "1.6 section 9.1.27",
            "1.6 section 9.1.35, erratum 3.85",
        ],
        applies: |product| match product.features.stop_on_ev_disconnect {
            true => Ok(()),
            false => Err("StopTransactionOnEVSideDisconnect cannot be true (C-06.2)"),
        },
        config: &[
            Setting::if_implemented("MinimumStatusDuration", |_| "0".to_owned()),
            STOP,
            KEEP_LOCKED,
        ],
        run: |lab| {
            unplugged_at_car(lab)?;
            if lab.product.features.detachable_cable {
                unlock(lab, lab.parameters.connector, "Unlocked")?;
                taken_out(lab)
            } else {
                unlock(lab, lab.parameters.connector, "NotSupported")
            }
        },
        mutations: &[
            fails(Drop("StopTransaction", 0), "stop"),
            fails(
                Replace("StopTransaction", 0, "/reason", r#""Local""#),
                "stop/reason",
            ),
            fails(Remove("StopTransaction", 0, "reason"), "stop/reason"),
            fails(
                Replace("StopTransaction", 0, "/transactionId", "5"),
                "stop/transactionId",
            ),
            fails(
                Replace("StatusNotification", 2, "/status", r#""SuspendedEV""#),
                "finishing/status",
            ),
            fails(Drop("StatusNotification", 2), "finishing"),
            fails(
                Answer("UnlockConnector", 0, "/status", r#""UnlockFailed""#),
                "unlock/status",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_005_3_CS",
        name: "EV Side Disconnected - StopTransactionOnEVSideDisconnect = false",
        about: "The cable is unplugged at the car and the transaction goes on, until a remote stop. Decided: SuspendedEV or \
                SuspendedEVSE; with a fixed cable Finishing or Available afterwards.",
        requirements: &["1.6 section 9.1.27", "1.6 section 5.12"],
        applies: |product| match product.features.keep_on_ev_disconnect {
            true => Ok(()),
            false => Err("StopTransactionOnEVSideDisconnect cannot be false (C-06.1)"),
        },
        config: &[
            Setting::off("StopTransactionOnEVSideDisconnect"),
            KEEP_LOCKED,
        ],
        run: kept,
        mutations: &[
            fails(
                Key("StopTransactionOnEVSideDisconnect", "true"),
                "suspended",
            ),
            fails(
                Replace("StatusNotification", 2, "/status", r#""Finishing""#),
                "suspended/status",
            ),
            fails(
                Answer("RemoteStopTransaction", 0, "/status", r#""Rejected""#),
                "remote/status",
            ),
            fails(
                Replace("StopTransaction", 0, "/reason", r#""EVDisconnected""#),
                "stop/reason",
            ),
            fails(Drop("StatusNotification", 3), "finishing"),
        ],
        ..CASE
    },
    Case {
        id: "TC_068_CS",
        name: "Stop transaction - IdTag in StopTransaction matches IdTag in StartTransaction",
        about: "Only the idTag that started the transaction ends it. Decided: no Authorize.req for another one, since the \
                transaction has no parent to compare with.",
        requirements: &["1.6 section 3.10", "1.6 section 4.10"],
        applies: local_stop,
        run: |lab| {
            let tag = lab.parameters.valid.clone();
            let transaction = lab.charging(&tag)?;
            let other = lab.parameters.valid2.clone();
            lab.present(&other)?;
            lab.silence("other", 10, &[])?;
            lab.present(&tag)?;
            let stop = lab.stop(transaction).with("/idTag", tag.as_str());
            let stop = stop.one_of_or_absent("/reason", ["Local"]);
            lab.stopped(stop, lab.status_here("finishing", "Finishing"))?;
            Ok(())
        },
        mutations: &[
            fails(
                After(
                    "StatusNotification",
                    1,
                    "Authorize",
                    r#"{"idTag": "VALID0002"}"#,
                ),
                "other",
            ),
            fails(Drop("StopTransaction", 0), "stop"),
            fails(
                Replace("StopTransaction", 0, "/idTag", r#""VALID0002""#),
                "stop/idTag",
            ),
            fails(
                Replace("StopTransaction", 0, "/transactionId", "5"),
                "stop/transactionId",
            ),
            fails(
                Replace("StopTransaction", 0, "/reason", r#""Remote""#),
                "stop/reason",
            ),
            fails(Drop("StatusNotification", 2), "finishing"),
            fails(
                Before(
                    "StopTransaction",
                    0,
                    "Authorize",
                    r#"{"idTag": "VALID0001"}"#,
                ),
                "stop",
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_069_CS",
        name: "Stop transaction - ParentIdTag in StopTransaction matches ParentIdTag in StartTransaction",
        about: "An idTag with the parent of the one that started the transaction ends it. The parent is told in the answers \
                to Authorize.req and StartTransaction.req.",
        requirements: &["1.6 section 3.10", "1.6 section 4.10"],
        applies: local_stop,
        run: |lab| {
            let (tag, other) = (lab.parameters.valid.clone(), lab.parameters.valid2.clone());
            let parent = lab.parameters.parent.clone();
            lab.csms.set_tag(&tag, "Accepted", Some(&parent));
            lab.csms.set_tag(&other, "Accepted", Some(&parent));
            let transaction = lab.charging(&tag)?;
            lab.present(&other)?;
            lab.expect(Expected::new("authorize", "Authorize").with("/idTag", other.as_str()))?;
            let stop = lab.stop(transaction).with("/idTag", other);
            lab.stopped(stop, lab.status_here("finishing", "Finishing"))?;
            Ok(())
        },
        mutations: &[
            fails(Drop("Authorize", 1), "authorize"),
            fails(
                Replace("Authorize", 1, "/idTag", r#""VALID0001""#),
                "authorize/idTag",
            ),
            fails(Drop("StopTransaction", 0), "stop"),
            fails(
                Replace("StopTransaction", 0, "/idTag", r#""VALID0001""#),
                "stop/idTag",
            ),
            fails(Drop("StatusNotification", 2), "finishing"),
        ],
        ..CASE
    },
];

/// The status of the connector after the end, when the cable is out of the car.
fn finishing(lab: &Lab<'_>) -> Expected {
    if lab.product.features.detachable_cable {
        return lab.status_here("finishing", "Finishing");
    }
    Expected::new("finishing", "StatusNotification")
        .at("/connectorId", lab.parameters.connector)
        .one_of("/status", ["Finishing", "Available"])
        .with("/errorCode", "NoError")
}

fn unplugged_at_car(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let tag = lab.parameters.valid.clone();
    let transaction = lab.charging(&tag)?;
    lab.act(&Act::UnplugAtCar(lab.parameters.connector))?;
    let stop = lab.stop(transaction).with("/reason", "EVDisconnected");
    lab.stopped(stop, finishing(lab))?;
    Ok(())
}

fn taken_out(lab: &mut Lab<'_>) -> Result<(), Failed> {
    lab.unplug()?;
    lab.expect(lab.status_here("available", "Available"))?;
    Ok(())
}

fn kept(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let tag = lab.parameters.valid.clone();
    let transaction = lab.charging(&tag)?;
    lab.act(&Act::UnplugAtCar(lab.parameters.connector))?;
    let suspended = Expected::new("suspended", "StatusNotification")
        .at("/connectorId", lab.parameters.connector)
        .one_of("/status", ["SuspendedEV", "SuspendedEVSE"])
        .with("/errorCode", "NoError");
    lab.expect(suspended)?;
    let payload = json!({"transactionId": transaction});
    let call = Call::new("remote", "RemoteStopTransaction", payload);
    lab.call(call.status("Accepted"))?;
    let stop = lab.stop(transaction).with("/reason", "Remote");
    lab.stopped(stop, finishing(lab))?;
    Ok(())
}
