//! ChangeAvailability where somebody charges: G03, G04.

use super::super::CASE;
use super::{SCHEDULED, change, of_connector, of_evse, station};
use crate::case::Case;
use crate::lab::{Expected, Lab};
use crate::step::{State, Step, by_hand};
use crate::unmet::Failed;

const AFTERWARDS: Step = by_hand(
    "the states from StopAuthorized to ParkingBayUnoccupied; [unavailable] after the one that ends the transaction the \
     connector under test tells that it is Unavailable, [EVDisconnected.status] with the event if that is when the car is gone",
    unavailable_afterwards,
    &[],
);

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_G_11_CS",
        name: "Change Availability EVSE - With ongoing transaction",
        about: "An EVSE at which somebody charges is put out of order when the transaction has ended.",
        requirements: &["G03.FR.01", "G03.FR.02", "G03.FR.04", "G03.FR.05"],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            change(|lab| of_evse(lab, "Inoperative"), SCHEDULED),
            AFTERWARDS,
        ],
        ..CASE
    },
    Case {
        id: "TC_G_14_CS",
        name: "Change Availability Charging Station - With ongoing transaction",
        about: "The station is put out of order: EVSEs at which nobody charges at once, the other one when its transaction \
                has ended.",
        requirements: &[
            "G04.FR.01", "G04.FR.02", "G04.FR.03", "G04.FR.05", "G04.FR.06",
        ],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            change(|_| station("Inoperative"), SCHEDULED),
            by_hand(
                "[others.N] every connector N but the one under test tells that it is Unavailable",
                others_unavailable,
                &[],
            ),
            AFTERWARDS,
        ],
        ..CASE
    },
    Case {
        id: "TC_G_17_CS",
        name: "Change Availability Connector - With ongoing transaction",
        about: "A connector at which somebody charges is put out of order when the transaction has ended.",
        requirements: &["G03.FR.01", "G03.FR.02", "G03.FR.04", "G03.FR.05"],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            change(|lab| of_connector(lab, "Inoperative"), SCHEDULED),
            AFTERWARDS,
        ],
        ..CASE
    },
];

fn others_unavailable(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let here = lab.parameters.connector;
    let others = (1..=lab.parameters.connectors).filter(|evse| *evse != here);
    let status =
        |evse: u32| -> Expected { lab.status(format!("others.{evse}"), evse, "Unavailable") };
    let expected: Vec<Expected> = others.map(status).collect();
    lab.unordered(expected).map(|_| ())
}

fn unavailable_afterwards(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let evse = lab.parameters.connector;
    for state in [
        State::StopAuthorized,
        State::EvConnectedPostSession,
        State::EvDisconnected,
        State::ParkingBayUnoccupied,
    ] {
        let before = lab.sessions.seat(evse).transaction.is_some();
        // What ends with the car gone is out of order at once; then there is no Available in between.
        lab.out_of_order |= state == State::EvDisconnected;
        lab.reach(state)?;
        let ended = before && lab.sessions.seat(evse).transaction.is_none();
        if ended && state != State::EvDisconnected {
            lab.expect(lab.status_here("unavailable", "Unavailable"))?;
            lab.out_of_order = true;
        } else if ended && !lab.sessions.has_status(evse, "Unavailable") {
            lab.expect(lab.status_here("unavailable", "Unavailable"))?;
        }
    }
    Ok(())
}
