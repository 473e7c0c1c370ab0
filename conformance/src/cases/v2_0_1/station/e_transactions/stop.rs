//! Stop points: E06.

use super::super::{ASK, CASE, REMOTE_ASK, iec_61851, local_start, stop_point};
use super::disconnect::{KEEP_LOCKED, car_leaves, deauthorizes, keeps_locked};
use crate::case::{Case, Setting};
use crate::lab::{Expected, Lab, Message, Moment, Stopped};
use crate::mutation::{Change::*, fails};
use crate::product::Product;
use crate::step::{Deed, State, Step, by_hand, drain, expect, is};
use crate::unmet::Failed;

const fn stops_at(value: fn(&crate::lab::Parameters) -> String) -> Setting {
    Setting::or_fixed("TxCtrlr.TxStopPoint", value)
}

const AT_PATH: Setting = stops_at(|_| "PowerPathClosed".to_owned());
const AT_CONNECTED: Setting = stops_at(|_| "EVConnected".to_owned());
/// The driver goes on with the car that is connected again.
const GO_ON: Setting = Setting::off_if_writable("TxCtrlr.StopTxOnEVSideDisconnect");
const AT_ENERGY: Setting = stops_at(|_| "EnergyTransfer".to_owned());
pub(super) const AT_AUTHORIZED: Setting = stops_at(|_| "Authorized".to_owned());

fn by_path(product: &Product) -> Result<(), &'static str> {
    stop_point(
        product,
        "PowerPathClosed",
        "no stop at PowerPathClosed (C-10.3)",
    )
}

fn by_energy(product: &Product) -> Result<(), &'static str> {
    stop_point(
        product,
        "EnergyTransfer",
        "no stop at EnergyTransfer (C-10.4)",
    )
}

pub(super) fn by_authorization(product: &Product) -> Result<(), &'static str> {
    stop_point(product, "Authorized", "no stop at Authorized (C-10.2)")
}

fn by_connection(product: &Product) -> Result<(), &'static str> {
    stop_point(product, "EVConnected", "no stop at EVConnected (C-10.1)")
}

pub(super) fn local_stop(product: &Product) -> Result<(), &'static str> {
    match product.features.local_start && product.features.local_stop {
        true => Ok(()),
        false => Err("no local stop (C-70 to C-75)"),
    }
}

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_E_16_CS",
        name: "Stop transaction options - Deauthorized - Invalid idToken",
        about: "A transaction that began without a connection ends when the CSMS calls the token invalid.",
        requirements: &["E06.FR.04", "E06.FR.15", "C15.FR.04"],
        applies: |product| {
            local_start(product)?;
            by_authorization(product)?;
            match product.features.offline_authorization {
                true => Ok(()),
                false => Err("no authorization offline (C-01)"),
            }
        },
        config: &[
            stops_at(|_| "PowerPathClosed,Authorized".to_owned()),
            ASK,
            REMOTE_ASK,
            Setting::if_implemented("AuthCtrlr.OfflineTxForUnknownIdEnabled", |_| {
                "true".to_owned()
            }),
            Setting::on("TxCtrlr.StopTxOnInvalidId"),
        ],
        steps: &[
            Step::State(State::IdTokenCached),
            Step::State(State::IdTokenLocalAuthList),
            Step::TokenInEvents("Invalid"),
            Step::State(State::StartOfflineTransaction),
            drain(
                "events",
                "TransactionEvent",
                &[],
                &[(
                    "deauthorized",
                    &[
                        is("/eventType", "Ended"),
                        is("/triggerReason", "Deauthorized"),
                        is("/transactionInfo/stoppedReason", "DeAuthorized"),
                    ],
                )],
            ),
        ],
        mutations: &[fails(
            ReplaceAll("TransactionEvent", "/offline", "false"),
            "events.offline",
        )],
        ..CASE
    },
    Case {
        id: "TC_E_39_CS",
        name: "Stop transaction options - Deauthorized - timeout",
        about: "Nobody plugs in: a transaction that has begun ends when EVConnectionTimeOut is over, and a cable that is \
                plugged in afterwards does not make the car charge (erratum 6.2.47). Whether there is a transaction depends \
                on TxStartPoint; the status Available may come and is not asked for.",
        requirements: &["E06.FR.04", "E06.FR.15"],
        applies: by_authorization,
        config: &[AT_AUTHORIZED, TIMEOUT, ASK, REMOTE_ASK],
        steps: &[
            Step::State(State::Authorized),
            by_hand(TIMES_OUT, times_out, &[]),
            by_hand(
                "the car is connected\n     [plugged] PluggedIn: the connector under test is Occupied, and the \
                 TransactionEvents that TxStartPoint and TxStopPoint ask for\n       [plugged.trigger] with the triggerReason \
                 CablePluggedIn and no other\n     [no-energy] no event says Charging",
                plugged_too_late,
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_07_CS",
        name: "Stop transaction options - PowerPathClosed - Local stop",
        about: "A token at the station ends the transaction.",
        requirements: &["E06.FR.06", "E06.FR.15"],
        applies: |product| {
            local_stop(product)?;
            by_path(product)
        },
        config: &[AT_PATH],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            Step::State(State::StopAuthorizedLocally),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_35_CS",
        name: "Stop transaction options - PowerPathClosed - Remote stop",
        about: "The CSMS ends the transaction; one event has the trigger RemoteStop, and the last one is Ended with the reason \
                Remote (erratum 6.2.49).",
        requirements: &["E06.FR.06", "E06.FR.15"],
        applies: by_path,
        config: &[AT_PATH],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            Step::State(State::StopAuthorizedRemotely),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_08_CS",
        name: "Stop transaction options - EnergyTransfer stopped - StopAuthorized",
        about: "The transaction ends when energy flows no longer because the session was stopped.",
        requirements: &["E06.FR.07", "E06.FR.15"],
        applies: by_energy,
        config: &[AT_ENERGY],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            Step::State(State::StopAuthorized),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_22_CS",
        name: "Stop transaction options - EnergyTransfer stopped - SuspendedEV",
        about: "The transaction ends when the car has had enough (erratum 6.2.50).",
        requirements: &["E06.FR.07", "E06.FR.15"],
        applies: by_energy,
        config: &[AT_ENERGY],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            Step::Act(Deed::Suspend),
            Step::Transaction("suspended", Moment::Suspended),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_54_CS",
        name: "Stop transaction options - EVDisconnected - EV side (not able to charge IEC 61851-1 EV)",
        about: "The transaction ends when the car is gone. The status of the connector comes besides (general rules).",
        requirements: &["E06.FR.02", "E06.FR.15"],
        applies: by_connection,
        config: &[AT_CONNECTED, GO_ON],
        steps: &[
            Step::State(State::EnergyTransferSuspended),
            Step::Act(Deed::UnplugAtCar),
            by_hand(
                "[ended] the station sends TransactionEvent.req\n       triggerReason is EVCommunicationLost\n       \
                 transactionInfo/chargingState is Idle\n       transactionInfo/stoppedReason is StoppedByEV or \
                 EVDisconnected\n       eventType is Ended\n     [status] the status of the connector may come",
                ends_without_car,
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_17_CS",
        name: "Stop transaction options - Deauthorized - EV side disconnect",
        about: "The transaction ends with the authorization when the car is gone (errata 6.2.45, 6.2.46); a cable that stays \
                locked is let go for the token that has started it, about which the station may ask. The conversion has lost \
                the state to begin with: that of TC_E_20_CS is taken.",
        requirements: &["E06.FR.04", "E06.FR.15"],
        applies: |product| {
            by_authorization(product)?;
            deauthorizes(product)?;
            keeps_locked(product)
        },
        config: &[
            AT_AUTHORIZED,
            Setting::on("TxCtrlr.StopTxOnEVSideDisconnect"),
            KEEP_LOCKED,
            ASK,
            REMOTE_ASK,
        ],
        steps: &[
            Step::State(State::EnergyTransferSuspended),
            Step::Act(Deed::UnplugAtCar),
            by_hand(
                "[gone] the station sends TransactionEvent.req\n       triggerReason is EVCommunicationLost\n       \
                 transactionInfo/chargingState is Idle\n       transactionInfo/stoppedReason is EVDisconnected\n       \
                 eventType is Ended\n     a detachable cable: the driver presents the token and takes it out\n     [status] the \
                 connector under test is Available",
                |lab| {
                    let event = Expected::new("gone", "TransactionEvent")
                        .with("/triggerReason", "EVCommunicationLost")
                        .with("/transactionInfo/chargingState", "Idle")
                        .with("/transactionInfo/stoppedReason", "EVDisconnected")
                        .with("/eventType", "Ended");
                    car_leaves(lab, Some(event), true)
                },
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_37_CS",
        name: "Stop transaction options - PowerPathClosed - EV side disconnect",
        about: "The transaction ends when the car is gone. The status of the connector may come besides (general rules).",
        requirements: &["E06.FR.06", "E06.FR.15"],
        applies: |product| {
            by_path(product)?;
            iec_61851(product)
        },
        config: &[AT_PATH, GO_ON],
        steps: &[
            Step::State(State::EnergyTransferSuspended),
            Step::Act(Deed::UnplugAtCar),
            by_hand(
                "[ended] the station sends TransactionEvent.req\n       triggerReason is EVCommunicationLost\n       \
                 transactionInfo/chargingState is Idle\n       transactionInfo/stoppedReason is StoppedByEV or \
                 EVDisconnected\n       eventType is Ended\n     [status] the status of the connector may come",
                ends_without_car,
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_14_CS",
        name: "Stop transaction options - EVDisconnected - Charging Station side",
        about: "The transaction ends when the cable is taken out of the station (erratum 6.2.51).",
        requirements: &["E06.FR.02", "E06.FR.15"],
        applies: |product| {
            by_connection(product)?;
            match product.features.detachable_cable {
                true => Ok(()),
                false => Err("the cables are fixed (HFS-1)"),
            }
        },
        config: &[AT_CONNECTED],
        steps: &[
            Step::State(State::EvConnectedPostSession),
            Step::Act(Deed::Unplug),
            by_hand(
                "in any order: [status] the connector under test is Available; [ended] the station sends \
                 TransactionEvent.req\n       triggerReason is EVCommunicationLost\n       transactionInfo/chargingState is \
                 Idle\n       transactionInfo/stoppedReason is EVDisconnected, or Remote after RequestStopTransaction, or Local \
                 or absent otherwise\n       eventType is Ended",
                ends_at_station,
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_20_CS",
        name: "Stop transaction options - EVDisconnected - EV side (able to charge IEC 61851-1 EV)",
        about: "The transaction ends when the car is gone. The status of the connector may come besides (general rules).",
        requirements: &["E06.FR.02", "E06.FR.15"],
        applies: |product| {
            by_connection(product)?;
            iec_61851(product)
        },
        config: &[AT_CONNECTED, GO_ON],
        steps: &[
            Step::State(State::EnergyTransferSuspended),
            Step::Act(Deed::UnplugAtCar),
            by_hand(
                "[ended] the station sends TransactionEvent.req\n       triggerReason is EVCommunicationLost\n       \
                 transactionInfo/chargingState is Idle\n       transactionInfo/stoppedReason is EVDisconnected\n       eventType \
                 is Ended\n     [status] the status of the connector may come",
                |lab| {
                    let event = ended().with("/transactionInfo/stoppedReason", "EVDisconnected");
                    let status = lab.status_here("status", "Available").optional();
                    lab.unordered(vec![event, status]).map(|_| ())
                },
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_19_CS",
        name: "Stop transaction options - ParkingBayUnoccupied",
        about: "The transaction ends when the car has left the parking bay, with the reason why the session was stopped; of \
                Local the general rules say that it may be omitted.",
        requirements: &["E06.FR.01", "E06.FR.15"],
        applies: |product| {
            stop_point(
                product,
                "ParkingBayOccupancy",
                "no stop at ParkingBayOccupancy (C-10.5)",
            )
        },
        config: &[stops_at(|_| "ParkingBayOccupancy".to_owned())],
        steps: &[
            Step::State(State::EvConnectedPostSession),
            Step::State(State::EvDisconnected),
            Step::State(State::ParkingBayUnoccupied),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_15_CS",
        name: "Stop transaction options - StopAuthorized - Local",
        about: "A token at the station ends the transaction at once. Of stoppedReason Local the general rules say that it may \
                be omitted.",
        requirements: &["E06.FR.03", "E06.FR.15"],
        applies: |product| {
            local_stop(product)?;
            by_authorization(product)
        },
        config: &[AT_AUTHORIZED],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            Step::Wait(|p| p.transaction_duration),
            Step::Act(Deed::Present),
            expect(
                "ended",
                "TransactionEvent",
                &[
                    is("/triggerReason", "StopAuthorized"),
                    crate::step::is_or_absent("/transactionInfo/stoppedReason", "Local"),
                    is("/eventType", "Ended"),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_21_CS",
        name: "Stop transaction options - StopAuthorized - Remote",
        about: "The CSMS ends the transaction at once.",
        requirements: &["E06.FR.03", "E06.FR.15", "F03.FR.09"],
        applies: by_authorization,
        config: &[AT_AUTHORIZED],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            super::super::f_remote_control::stop::STOP,
            expect(
                "ended",
                "TransactionEvent",
                &[
                    is("/triggerReason", "RemoteStop"),
                    is("/transactionInfo/stoppedReason", "Remote"),
                    is("/eventType", "Ended"),
                ],
            ),
        ],
        ..CASE
    },
];

/// How long drivers have to plug in.
pub(in super::super) const TIMEOUT: Setting = Setting::new("TxCtrlr.EVConnectionTimeOut", |p| {
    p.connection_timeout.to_string()
});
pub(in super::super) const TIMES_OUT: &str = "[timeout] TimedOut: the TransactionEvents that TxStartPoint and TxStopPoint ask \
    for, [timeout.seconds] when EVConnectionTimeOut is over; the status Available may come";

/// Nobody plugs in.
pub(in super::super) fn times_out(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let evse = lab.parameters.connector;
    let since = lab.now();
    let timeout = lab.parameters.connection_timeout;
    let running = lab.sessions.seat(evse).transaction.is_some();
    if running {
        let within = lab.parameters.long_timeout;
        lab.moment_within("timeout", Moment::TimedOut, Vec::new(), Some(within))?;
        lab.check_moment("timeout.seconds", since, timeout)?;
    } else {
        // The station's own time, which no bench shortens.
        lab.wait(timeout + 2)?;
        lab.silence("timeout", 3, &["StatusNotification"])?;
    }
    lab.forget_session();
    Ok(())
}

/// A car that nobody has authorized any more does not charge.
fn plugged_too_late(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let evse = lab.parameters.connector;
    lab.plug()?;
    lab.sessions.seat_mut(evse).connected = true;
    lab.taken.clear();
    let status = lab.status_here("plugged.status", "Occupied");
    lab.moment("plugged", Moment::PluggedIn, vec![status])?;
    let other = |message: &&Message| {
        message.action == "TransactionEvent" && message.payload["triggerReason"] != "CablePluggedIn"
    };
    if let Some(message) = lab.taken.iter().find(other) {
        let got = format!("it was {}", message.payload["triggerReason"]);
        return lab.fail("plugged.trigger", "CablePluggedIn", got);
    }
    let told = lab.sessions.seat(evse).told.clone();
    if told.as_deref() == Some("Charging") {
        return lab.fail("no-energy", "no energy", "the state was Charging");
    }
    lab.silence("no-energy", 10, &[])
}

/// The end of a transaction whose car is gone.
fn ended() -> Expected {
    Expected::new("ended", "TransactionEvent")
        .with("/triggerReason", "EVCommunicationLost")
        .with("/transactionInfo/chargingState", "Idle")
        .with("/eventType", "Ended")
}

fn ends_at_station(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let evse = lab.parameters.connector;
    let at = "/transactionInfo/stoppedReason";
    let ended = match lab.sessions.seat(evse).stopped {
        Some(Stopped::Remotely) => ended().one_of(at, ["Remote", "EVDisconnected"]),
        _ => ended().one_of_or_absent(at, ["Local", "EVDisconnected"]),
    };
    let status = lab.status_here("status", "Available");
    lab.unordered(vec![status, ended]).map(|_| ())
}

fn ends_without_car(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let ended = ended().one_of(
        "/transactionInfo/stoppedReason",
        ["StoppedByEV", "EVDisconnected"],
    );
    let status = lab.status_here("status", "Available").optional();
    lab.unordered(vec![ended, status]).map(|_| ())
}
