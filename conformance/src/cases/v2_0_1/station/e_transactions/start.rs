//! Start points: E01.

use super::super::{ASK, CASE, REMOTE_ASK, local_start, start_point};
use crate::case::{Case, Setting};
use crate::lab::{Expected, Lab};
use crate::mutation::{Change::*, fails};
use crate::step::{Deed, State, Step, by_hand, expect, is};
use crate::unmet::Failed;

const fn starts_at(value: fn(&crate::lab::Parameters) -> String) -> Setting {
    Setting::or_fixed("TxCtrlr.TxStartPoint", value)
}

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_E_01_CS",
        name: "Start transaction options - PowerPathClosed",
        about: "The transaction starts when somebody is authorized and the car connected (erratum 6.2.44).",
        requirements: &[
            "E01.FR.05", "E01.FR.07", "E01.FR.10", "E01.FR.15", "E01.FR.16",
        ],
        applies: |product| {
            start_point(
                product,
                "PowerPathClosed",
                "no start at PowerPathClosed (C-09.4)",
            )
        },
        config: &[starts_at(|_| "PowerPathClosed".to_owned())],
        steps: &[
            Step::State(State::Authorized),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_02_CS",
        name: "Start transaction options - EnergyTransfer",
        about: "The transaction starts when energy flows.",
        requirements: &[
            "E01.FR.06", "E01.FR.07", "E01.FR.10", "E01.FR.15", "E01.FR.16",
        ],
        applies: |product| {
            start_point(
                product,
                "EnergyTransfer",
                "no start at EnergyTransfer (C-09.5)",
            )
        },
        config: &[starts_at(|_| "EnergyTransfer".to_owned())],
        steps: &[
            Step::State(State::Authorized),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_09_CS",
        name: "Start transaction options - EVConnected",
        about: "The transaction starts when the car is connected (erratum 6.2.44).",
        requirements: &[
            "E01.FR.02", "E01.FR.07", "E01.FR.10", "E01.FR.15", "E01.FR.16",
        ],
        applies: |product| start_point(product, "EVConnected", "no start at EVConnected (C-09.1)"),
        config: &[starts_at(|_| "EVConnected".to_owned())],
        steps: &[
            Step::State(State::ParkingBayOccupied),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::Authorized),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_11_CS",
        name: "Start transaction options - DataSigned",
        about: "The transaction starts when the meter has signed a value for somebody who is authorized with a car that is \
                connected; fiscal meters sign their energy register.",
        requirements: &[
            "E01.FR.04", "E01.FR.07", "E01.FR.10", "E01.FR.15", "E01.FR.16",
        ],
        applies: |product| start_point(product, "DataSigned", "no start at DataSigned (C-09.3)"),
        config: &[
            starts_at(|_| "DataSigned".to_owned()),
            Setting::on("SampledDataCtrlr.SignReadings"),
        ],
        steps: &[
            Step::State(State::Authorized),
            Step::Act(Deed::Plug),
            by_hand(
                "in any order: [status] the connector under test is Occupied; [started] the station sends \
                 TransactionEvent.req\n       eventType is Started\n       triggerReason is SignedDataReceived, or RemoteStart \
                 after RequestStartTransaction\n       idToken is the driver's\n       evse/id, evse/connectorId are present\n       \
                 meterValue has the context Transaction.Begin and a signed register",
                starts_signed,
                &[fails(
                    Remove(
                        "TransactionEvent",
                        0,
                        "/meterValue/0/sampledValue/2/signedMeterValue",
                    ),
                    "started/meterValue",
                )],
            ),
            expect(
                "charging",
                "TransactionEvent",
                &[
                    is("/eventType", "Updated"),
                    is("/triggerReason", "ChargingStateChanged"),
                    is("/transactionInfo/chargingState", "Charging"),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_12_CS",
        name: "Start transaction options - ParkingBayOccupied",
        about: "The transaction starts when a car stands in the parking bay (erratum 6.2.44).",
        requirements: &[
            "E01.FR.01", "E01.FR.07", "E01.FR.10", "E01.FR.15", "E01.FR.16",
        ],
        applies: |product| {
            start_point(
                product,
                "ParkingBayOccupancy",
                "no start at ParkingBayOccupancy (C-09.6)",
            )
        },
        config: &[starts_at(|_| "ParkingBayOccupancy".to_owned())],
        steps: &[
            Step::State(State::ParkingBayOccupied),
            Step::State(State::Authorized),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_10_CS",
        name: "Start transaction options - Authorized - Local",
        about: "The transaction starts when a token at the station is authorized (erratum 6.2.44).",
        requirements: &[
            "E01.FR.03", "E01.FR.07", "E01.FR.10", "E01.FR.15", "E01.FR.16", "C01.FR.02",
            "C02.FR.01", "C06.FR.02",
        ],
        applies: |product| {
            local_start(product)?;
            start_point(product, "Authorized", "no start at Authorized (C-09.2)")
        },
        config: &[starts_at(|_| "Authorized".to_owned()), ASK, REMOTE_ASK],
        steps: &[
            Step::State(State::AuthorizedLocally),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_13_CS",
        name: "Start transaction options - Authorized - Remote",
        about: "The transaction starts when the CSMS starts it (erratum 6.2.44).",
        requirements: &[
            "E01.FR.03", "F01.FR.03", "F01.FR.04", "F01.FR.06", "F01.FR.19", "F02.FR.01",
        ],
        applies: |product| start_point(product, "Authorized", "no start at Authorized (C-09.2)"),
        config: &[starts_at(|_| "Authorized".to_owned()), ASK, REMOTE_ASK],
        steps: &[
            Step::State(State::AuthorizedRemotely),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_38_CS",
        name: "Local start transaction - EV not ready",
        about: "The car that is connected is not ready to charge: the station tells that it is suspended. Decided: it may have \
                said EVConnected, SuspendedEVSE or Charging before, as the reusable state permits.",
        requirements: &["E02.FR.13"],
        applies: |product| match product.v2_0_1.start_points.contains(&"EnergyTransfer") {
            false => Ok(()),
            true => Err("a start at EnergyTransfer (C-09.5)"),
        },
        steps: &[
            Step::State(State::Authorized),
            Step::Act(Deed::NotReady),
            Step::State(State::EvConnectedPreSession),
            by_hand(
                "[suspended] the station sends TransactionEvent.req with chargingState SuspendedEV and triggerReason \
                 ChargingStateChanged; before, it may say EVConnected, SuspendedEVSE or Charging",
                suspended,
                &[],
            ),
        ],
        ..CASE
    },
];

/// The events need not come in one: the car is seen after its plug.
fn suspended(lab: &mut Lab<'_>) -> Result<(), Failed> {
    const STATE: &str = "/transactionInfo/chargingState";
    let event = |label, state: &str| Expected::new(label, "TransactionEvent").at(STATE, state);
    let before = ["EVConnected", "SuspendedEVSE", "Charging"];
    let before = before.map(|state| event("before", state).optional());
    let suspended =
        event("suspended", "SuspendedEV").with("/triggerReason", "ChargingStateChanged");
    lab.unordered(before.into_iter().chain([suspended]).collect())
        .map(|_| ())
}

fn starts_signed(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let evse = lab.parameters.connector;
    let seat = lab.sessions.seat(evse).clone();
    let mut started = Expected::new("started", "TransactionEvent").at("/eventType", "Started");
    started = match seat.remote_start {
        Some(_) => started.one_of("/triggerReason", ["RemoteStart", "SignedDataReceived"]),
        None => started.with("/triggerReason", "SignedDataReceived"),
    };
    if let Some((token, kind)) = seat.token {
        started = started.with("/idToken/idToken", token);
        started = started.with("/idToken/type", kind);
    }
    started = started
        .present("/evse/id")
        .present("/evse/connectorId")
        .judged(
            "/meterValue",
            "in the context Transaction.Begin, with a signed register",
            begins_signed,
        );
    let status = lab.status_here("status", "Occupied");
    let came = lab.unordered(vec![status, started])?;
    if let Some(Some(event)) = came.get(1) {
        lab.sessions.told(evse, &event.payload);
    }
    Ok(())
}

fn begins_signed(values: &serde_json::Value) -> bool {
    let values = values.as_array().into_iter().flatten();
    let mut sampled =
        values.flat_map(|value| value["sampledValue"].as_array().into_iter().flatten());
    let mut signed = false;
    let fits = sampled.all(|value| {
        let measurand = value["measurand"].as_str();
        let register = measurand.is_none_or(|name| name == "Energy.Active.Import.Register");
        signed |= register && value["signedMeterValue"].is_object();
        value["context"] == "Transaction.Begin"
            && (!register || value["signedMeterValue"].is_object())
    });
    fits && signed
}
