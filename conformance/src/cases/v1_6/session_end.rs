//! Sessions whose cable is unplugged at the car: TC_005.

use serde_json::json;

use super::CASE;
use super::unlock::{detachable, unlock};
use crate::bench::Act;
use crate::case::{Case, Setting};
use crate::lab::{Call, Expected, Lab};
use crate::mutation::{Change::*, fails};
use crate::product::Product;
use crate::unmet::Failed;

const STOP: Setting = Setting::or_fixed("StopTransactionOnEVSideDisconnect", |_| "true".to_owned());
const KEEP_LOCKED: Setting =
    Setting::or_fixed("UnlockConnectorOnEVSideDisconnect", |_| "false".to_owned());

const AT_ONCE: Setting = Setting::if_implemented("MinimumStatusDuration", |_| "0".to_owned());

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
            stops(product)?;
            match product.features.unlock_on_ev_disconnect {
                true => Ok(()),
                false => Err("no unlocking when the cable is unplugged at the car (C-10.1)"),
            }
        },
        config: &[
            AT_ONCE,
            STOP,
            Setting::on("UnlockConnectorOnEVSideDisconnect"),
        ],
        run: |lab| {
            unplugged_at_car(lab)?;
            taken_out(lab)
        },
        mutations: &[
            fails(Drop("StopTransaction", 0), "stop"),
            fails(
                Replace("StopTransaction", 0, "/reason", r#""Local""#),
                "stop/reason",
            ),
            fails(
                Replace("StopTransaction", 0, "/transactionId", "5"),
                "stop/transactionId",
            ),
            fails(
                Key("StopTransactionOnEVSideDisconnect", "false"),
                "finishing/status",
            ),
            fails(
                Replace("StatusNotification", 2, "/status", r#""Available""#),
                "finishing/status",
            ),
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
        applies: |product| {
            stops(product)?;
            keeps_locked(product)
        },
        config: &[AT_ONCE, STOP, KEEP_LOCKED],
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
        applies: |product| {
            keeps_locked(product)?;
            match product.features.keep_on_ev_disconnect {
                true => Ok(()),
                false => Err("StopTransactionOnEVSideDisconnect cannot be false (C-06.1)"),
            }
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
];

/// C-06.2.
const fn stops(product: &Product) -> Result<(), &'static str> {
    if product.features.stop_on_ev_disconnect {
        Ok(())
    } else {
        Err("StopTransactionOnEVSideDisconnect cannot be true (C-06.2)")
    }
}

/// C-10.2.
const fn keeps_locked(product: &Product) -> Result<(), &'static str> {
    if product.features.keep_locked_on_ev_disconnect {
        Ok(())
    } else {
        Err("UnlockConnectorOnEVSideDisconnect cannot be false (C-10.2)")
    }
}

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
