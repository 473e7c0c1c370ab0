//! Reset: B11, B12.

use serde_json::json;

use super::super::{CASE, until_ended};
use crate::case::Case;
use crate::lab::{Expected, Lab};
use crate::product::Product;
use crate::step::{Rule, State, Step, absent, by_hand, call, expect, is};
use crate::unmet::Failed;

const BY_CSMS: &[Rule] = &[is("/reason", "RemoteReset")];
const SCHEDULED: &[Rule] = &[is("/reason", "ScheduledReset")];

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_B_20_CS",
        name: "Reset Charging Station - Without ongoing transaction - OnIdle",
        about: "Nobody charges: the station restarts at once.",
        requirements: &["B11.FR.01", "B11.FR.03", "B11.FR.04", "B01.FR.03"],
        steps: &[
            on_idle("Accepted"),
            Step::Boots("restart", &[], "Available", "Available", false),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_21_CS",
        name: "Reset Charging Station - With Ongoing Transaction - OnIdle",
        about: "Somebody charges: the station restarts when the transaction has ended. The states after StopAuthorized are \
                played until it has, which depends on TxStopPoint (the description writes TxStartPoint there).",
        requirements: &["B12.FR.01", "B12.FR.03"],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            on_idle("Scheduled"),
            Step::State(State::StopAuthorized),
            by_hand(
                "the states after StopAuthorized, until the transaction has ended",
                until_ended,
                &[],
            ),
            by_hand(
                "[restart] the station registers with the reason ScheduledReset; the connector under test is Occupied if \
                 the EV is still connected, every other one Available; and a security event",
                |lab| restarts(lab, true),
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_22_CS",
        name: "Reset Charging Station - With Ongoing Transaction - Immediate",
        about: "Somebody charges: the transaction is ended and told before the station restarts. E07.FR.03, which \
                the description names, is not in part 2.",
        requirements: &["B12.FR.02", "B12.FR.04", "B01.FR.03"],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            call(
                "reset",
                "Reset",
                |_| json!({"type": "Immediate"}),
                &[is("/status", "Accepted")],
            ),
            expect(
                "ended",
                "TransactionEvent",
                &[
                    is("/eventType", "Ended"),
                    is("/triggerReason", "ResetCommand"),
                    is("/transactionInfo/chargingState", "EVConnected"),
                    is("/transactionInfo/stoppedReason", "ImmediateReset"),
                    absent("/idToken"),
                ],
            ),
            Step::Boots("restart", BY_CSMS, "Occupied", "Available", false),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_23_CS",
        name: "Reset Charging Station - Unavailable persists reset",
        about: "A connector that is out of order is still so after a restart.",
        requirements: &[
            "B11.FR.01", "B11.FR.02", "B11.FR.03", "B11.FR.04", "B01.FR.03",
        ],
        steps: &[
            Step::State(State::UnavailableConnector),
            on_idle("Accepted"),
            Step::Boots("restart", BY_CSMS, "Unavailable", "Available", false),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_41_CS",
        name: "Reset Charging Station - With multiple ongoing transactions - OnIdle",
        about: "Somebody charges at two EVSEs: the station restarts when both transactions have ended. Each driver has a \
                token of their own. E07.FR.03, which the description names, is not in part 2.",
        requirements: &["B12.FR.01", "B12.FR.03"],
        applies: |product| match product.connectors > 1 {
            true => Ok(()),
            false => Err("only one EVSE (HFS-8)"),
        },
        steps: &[
            Step::State(State::EnergyTransferStarted),
            Step::At(2),
            Step::Driver(|p| &p.valid2),
            Step::State(State::EnergyTransferStarted),
            on_idle("Scheduled"),
            Step::At(1),
            Step::Driver(|p| &p.valid),
            Step::State(State::StopAuthorized),
            Step::State(State::EvConnectedPostSession),
            Step::State(State::EvDisconnected),
            Step::State(State::ParkingBayUnoccupied),
            Step::At(2),
            Step::Driver(|p| &p.valid2),
            Step::State(State::StopAuthorized),
            by_hand(
                "the states after StopAuthorized, until the transaction has ended",
                until_ended,
                &[],
            ),
            by_hand(
                "[restart] the station registers with the reason ScheduledReset; the connector under test is Occupied if \
                 the EV is still connected, every other one Available",
                |lab| restarts(lab, false),
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_B_25_CS",
        name: "Reset EVSE - Without ongoing transaction",
        about: "Nobody charges: the EVSE restarts at once. That it does cannot be seen; it may be told Unavailable meanwhile.",
        requirements: &["B11.FR.01", "B11.FR.08", "B11.FR.10"],
        applies: single_evses,
        steps: &[evse_on_idle("Accepted"), MAY_BE_TOLD],
        ..CASE
    },
    Case {
        id: "TC_B_26_CS",
        name: "Reset EVSE - With Ongoing Transaction - OnIdle",
        about: "Somebody charges: the EVSE restarts when the transaction has ended. It may be told Unavailable then.",
        requirements: &["B12.FR.01", "B12.FR.07"],
        applies: single_evses,
        steps: &[
            Step::State(State::EnergyTransferStarted),
            evse_on_idle("Scheduled"),
            Step::State(State::StopAuthorized),
            MAY_BE_TOLD,
            Step::State(State::EvConnectedPostSession),
            Step::State(State::EvDisconnected),
            Step::State(State::ParkingBayUnoccupied),
            MAY_BE_TOLD,
        ],
        ..CASE
    },
    Case {
        id: "TC_B_27_CS",
        name: "Reset EVSE - With Ongoing Transaction - Immediate",
        about: "Somebody charges: the transaction is ended and told before the EVSE restarts. It may be told Unavailable then. \
                E07.FR.03, which the description names, is not in part 2.",
        requirements: &["B12.FR.02", "B12.FR.08"],
        applies: single_evses,
        steps: &[
            Step::State(State::EnergyTransferStarted),
            call(
                "reset",
                "Reset",
                |lab| json!({"type": "Immediate", "evseId": lab.parameters.connector}),
                &[is("/status", "Accepted")],
            ),
            expect(
                "ended",
                "TransactionEvent",
                &[
                    is("/eventType", "Ended"),
                    is("/triggerReason", "ResetCommand"),
                    is("/transactionInfo/chargingState", "EVConnected"),
                    is("/transactionInfo/stoppedReason", "ImmediateReset"),
                ],
            ),
            MAY_BE_TOLD,
        ],
        ..CASE
    },
    Case {
        id: "TC_B_28_CS",
        name: "Reset EVSE - Not Supported",
        about: "A station that cannot reset a single EVSE refuses to.",
        requirements: &["B11.FR.01", "B11.FR.09", "B12.FR.01", "B12.FR.09"],
        applies: whole_station_only,
        steps: &[RESET_EVSE],
        ..CASE
    },
    Case {
        id: "TC_B_29_CS",
        name: "Reset EVSE - With ongoing transaction - Not Supported",
        about: "A station that cannot reset a single EVSE refuses to, also while somebody charges there.",
        requirements: &["B12.FR.01", "B12.FR.09"],
        applies: whole_station_only,
        steps: &[Step::State(State::EnergyTransferStarted), RESET_EVSE],
        ..CASE
    },
];

const RESET_EVSE: Step = call(
    "reset",
    "Reset",
    |lab| json!({"type": "OnIdle", "evseId": lab.parameters.connector}),
    &[is("/status", "Rejected")],
);

/// A Reset of the whole station as soon as nobody charges.
const fn on_idle(status: &'static str) -> Step {
    const ACCEPTED: &[Rule] = &[is("/status", "Accepted")];
    const LATER: &[Rule] = &[is("/status", "Scheduled")];
    let rules = match status.len() {
        8 => ACCEPTED,
        _ => LATER,
    };
    call("reset", "Reset", |_| json!({"type": "OnIdle"}), rules)
}

/// A Reset of the EVSE under test as soon as nobody charges there.
const fn evse_on_idle(status: &'static str) -> Step {
    const ACCEPTED: &[Rule] = &[is("/status", "Accepted")];
    const LATER: &[Rule] = &[is("/status", "Scheduled")];
    let rules = match status.len() {
        8 => ACCEPTED,
        _ => LATER,
    };
    call(
        "reset",
        "Reset",
        |lab| json!({"type": "OnIdle", "evseId": lab.parameters.connector}),
        rules,
    )
}

/// B11.FR.08.
const MAY_BE_TOLD: Step = by_hand(
    "the EVSE may be told Unavailable, and what it was before; where transactions start with a car that is connected, one may \
     start",
    |lab| {
        let evse = lab.parameters.connector;
        let statuses = ["Unavailable", "Occupied", "Available"].map(|status| {
            Expected::new("restart", "StatusNotification")
                .at("/evseId", evse)
                .at("/connectorStatus", status)
                .optional()
        });
        let started = lab.start_of_connected("restart");
        let all = statuses.into_iter().chain(started).collect();
        lab.unordered(all).map(|_| ())
    },
    &[],
);

fn single_evses(product: &Product) -> Result<(), &'static str> {
    match product.v2_0_1.reset_evse {
        true => Ok(()),
        false => Err("EVSEs cannot be reset (C-13)"),
    }
}

fn whole_station_only(product: &Product) -> Result<(), &'static str> {
    match product.v2_0_1.reset_evse {
        true => Err("EVSEs can be reset (C-13)"),
        false => Ok(()),
    }
}

fn restarts(lab: &mut Lab<'_>, security: bool) -> Result<(), Failed> {
    let evse = lab.parameters.connector;
    let here = match lab.sessions.seat(evse).connected {
        true => "Occupied",
        false => "Available",
    };
    lab.boots("restart", SCHEDULED, (here, "Available"), security)
}
