//! Cars that are disconnected at their own side while somebody may charge: E09, E10.

use super::super::{ASK, CASE, REMOTE_ASK, iec_61851, local_start};
use super::stop::{AT_AUTHORIZED, TIMEOUT, by_authorization};
use crate::case::{Case, Setting};
use crate::lab::{Expected, Lab};
use crate::product::Product;
use crate::step::{Deed, State, Step, by_hand};
use crate::unmet::Failed;

/// The cable stays locked when the car is gone; it cannot be otherwise where it is fixed.
pub(super) const KEEP_LOCKED: Setting =
    Setting::or_fixed("OCPPCommCtrlr.UnlockOnEVSideDisconnect", |_| {
        "false".to_owned()
    });
const DEAUTHORIZE: Setting = Setting::on("TxCtrlr.StopTxOnEVSideDisconnect");
const SUSPEND: Setting = Setting::off("TxCtrlr.StopTxOnEVSideDisconnect");

const GONE: &str = "[gone] the station sends TransactionEvent.req, unless the transaction has ended before\n       triggerReason \
    is EVCommunicationLost\n       transactionInfo/chargingState is Idle\n     a detachable cable is taken out of the station, \
    [status] the connector under test is Available";

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_E_24_CS",
        name: "Disconnect cable on EV-side - Deauthorize transaction - UnlockEVSideDisconnect is true",
        about: "The car is gone, and the cable can be taken out of the station at once.",
        requirements: &["E09.FR.01", "E09.FR.02", "E09.FR.04"],
        applies: |product| {
            deauthorizes(product)?;
            match product.features.detachable_cable && product.features.unlock_on_ev_disconnect {
                true => Ok(()),
                false => Err("the cable cannot be let go (HFS-1, C-12.1)"),
            }
        },
        config: &[
            DEAUTHORIZE,
            Setting::on("OCPPCommCtrlr.UnlockOnEVSideDisconnect"),
        ],
        steps: &[
            Step::State(State::EnergyTransferSuspended),
            Step::Act(Deed::UnplugAtCar),
            by_hand(GONE, |lab| gone(lab, false), &[]),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_25_CS",
        name: "Disconnect cable on EV-side - Deauthorize transaction - UnlockOnEVSideDisconnect is false",
        about: "The car is gone, and a detachable cable can be taken out of the station when the token that has started the \
                transaction was presented, about which the station may ask.",
        requirements: &["E09.FR.01", "E09.FR.03", "E09.FR.04"],
        applies: |product| {
            deauthorizes(product)?;
            keeps_locked(product)
        },
        config: &[DEAUTHORIZE, KEEP_LOCKED],
        steps: &[
            Step::State(State::EnergyTransferSuspended),
            Step::Act(Deed::UnplugAtCar),
            by_hand(GONE, |lab| gone(lab, true), &[]),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_26_CS",
        name: "Disconnect cable on EV-side - Suspend transaction",
        about: "The car is gone and comes back: it charges again. The conversion has lost the state to begin with: that of \
                TC_E_27_CS is taken. Decided: TxStopPoint is Authorized; the status Occupied of a fixed cable may come.",
        requirements: &["E10.FR.01", "E10.FR.03"],
        applies: |product| {
            suspends(product)?;
            keeps_locked(product)
        },
        config: &[AT_AUTHORIZED, KEEP_LOCKED, SUSPEND, ASK, REMOTE_ASK],
        steps: &[
            Step::State(State::EnergyTransferSuspended),
            Step::Act(Deed::UnplugAtCar),
            by_hand(SUSPENDED, suspended, &[]),
            Step::Act(Deed::Plug),
            by_hand(
                "[plugged] the station sends TransactionEvent.req\n       triggerReason is CablePluggedIn\n       \
                 transactionInfo/chargingState is EVConnected\n       eventType is Updated\n     [charging] and \
                 TransactionEvent.req\n       triggerReason is ChargingStateChanged\n       transactionInfo/chargingState is \
                 Charging\n       eventType is Updated",
                goes_on,
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_27_CS",
        name: "Disconnect cable on EV-side - Suspend transaction - Fixed cable connection timeout",
        about: "The car is gone and does not come back within EVConnectionTimeOut (erratum 6.2.52): the transaction ends. \
                Decided: TxStopPoint is Authorized; the status Available may come again.",
        requirements: &["E10.FR.02", "E10.FR.03"],
        applies: |product| {
            suspends(product)?;
            match product.features.detachable_cable {
                true => Err("the cables are detachable (HFS-2)"),
                false => Ok(()),
            }
        },
        config: &[AT_AUTHORIZED, KEEP_LOCKED, SUSPEND, TIMEOUT],
        steps: &[
            Step::State(State::EnergyTransferSuspended),
            Step::Act(Deed::UnplugAtCar),
            by_hand(SUSPENDED, suspended, &[]),
            by_hand(
                "[timeout] the station sends TransactionEvent.req when EVConnectionTimeOut is over\n       triggerReason is \
                 EVConnectTimeout\n       eventType is Ended\n       transactionInfo/stoppedReason is Timeout",
                |lab| {
                    let timeout = lab.parameters.long_timeout;
                    let event = Expected::new("timeout", "TransactionEvent")
                        .with("/triggerReason", "EVConnectTimeout")
                        .with("/eventType", "Ended")
                        .with("/transactionInfo/stoppedReason", "Timeout");
                    event_of_seat(lab, event.within(timeout))
                },
                &[],
            ),
        ],
        ..CASE
    },
];

const SUSPENDED: &str = "[gone] the station sends TransactionEvent.req\n       triggerReason is EVCommunicationLost\n       \
    transactionInfo/chargingState is Idle\n       eventType is Updated\n     [status] where the cable is fixed the connector \
    under test is Available";

/// Whether the authorization can end with the connection (C-06.2), of cars that tell by it.
pub(super) fn deauthorizes(product: &Product) -> Result<(), &'static str> {
    iec_61851(product)?;
    match product.features.stop_on_ev_disconnect {
        true => Ok(()),
        false => Err("the authorization is kept when the car is disconnected (C-06.2)"),
    }
}

/// Whether a cable can stay locked (C-12.2), for a driver who has a token to let it go.
pub(super) fn keeps_locked(product: &Product) -> Result<(), &'static str> {
    if !product.features.keep_locked_on_ev_disconnect {
        return Err("the cable is let go when the car is disconnected (C-12.2)");
    }
    match product.features.detachable_cable {
        true => local_start(product),
        false => Ok(()),
    }
}

fn suspends(product: &Product) -> Result<(), &'static str> {
    iec_61851(product)?;
    by_authorization(product)?;
    match product.features.keep_on_ev_disconnect {
        true => Ok(()),
        false => Err("the authorization ends when the car is disconnected (C-06.1)"),
    }
}

/// An event of the transaction at the EVSE under test.
fn event_of_seat(lab: &mut Lab<'_>, event: Expected) -> Result<(), Failed> {
    let evse = lab.parameters.connector;
    let message = lab.expect(event)?;
    lab.sessions.told(evse, &message.payload);
    Ok(())
}

fn gone(lab: &mut Lab<'_>, locked: bool) -> Result<(), Failed> {
    let evse = lab.parameters.connector;
    let running = lab.sessions.seat(evse).transaction.is_some();
    let event = Expected::new("gone", "TransactionEvent")
        .with("/triggerReason", "EVCommunicationLost")
        .with("/transactionInfo/chargingState", "Idle");
    car_leaves(lab, running.then_some(event), locked)
}

/// The car is gone, with an event; then a detachable cable is, for which a token has to be presented if it stays locked.
pub(super) fn car_leaves(
    lab: &mut Lab<'_>,
    event: Option<Expected>,
    locked: bool,
) -> Result<(), Failed> {
    let evse = lab.parameters.connector;
    let status = lab.status_here("status", "Available");
    if !lab.product.features.detachable_cable {
        let expected = event.into_iter().chain([status]).collect();
        let came = lab.unordered(expected)?;
        for message in came.iter().flatten() {
            if message.action == "TransactionEvent" {
                lab.sessions.told(evse, &message.payload);
            }
        }
        return Ok(());
    }
    if let Some(event) = event {
        event_of_seat(lab, event)?;
    }
    let mut expected = vec![status];
    if locked {
        let token = lab.driver.clone();
        lab.present(&token)?;
        expected.push(Expected::new("token", "Authorize").optional());
    }
    lab.unplug()?;
    lab.unordered(expected).map(|_| ())
}

fn suspended(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let evse = lab.parameters.connector;
    let event = Expected::new("gone", "TransactionEvent")
        .with("/triggerReason", "EVCommunicationLost")
        .with("/transactionInfo/chargingState", "Idle")
        .with("/eventType", "Updated");
    let mut expected = Vec::new();
    if !lab.product.features.detachable_cable {
        expected.push(lab.status_here("status", "Available"));
    }
    expected.push(event);
    let came = lab.unordered(expected)?;
    if let Some(Some(event)) = came.last() {
        lab.sessions.told(evse, &event.payload);
    }
    Ok(())
}

fn goes_on(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let evse = lab.parameters.connector;
    let plugged = Expected::new("plugged", "TransactionEvent")
        .at("/triggerReason", "CablePluggedIn")
        .with("/transactionInfo/chargingState", "EVConnected")
        .with("/eventType", "Updated");
    let status = lab.status_here("status.again", "Occupied").optional();
    let came = lab.unordered(vec![plugged, status])?;
    if let Some(Some(event)) = came.first() {
        lab.sessions.told(evse, &event.payload);
    }
    let charging = Expected::new("charging", "TransactionEvent")
        .with("/triggerReason", "ChargingStateChanged")
        .with("/transactionInfo/chargingState", "Charging")
        .with("/eventType", "Updated");
    event_of_seat(lab, charging)
}
