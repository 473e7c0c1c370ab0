//! Master passes: C12, C16.

use super::super::{
    ASK, CASE, PRE_AUTHORIZE, REMOTE_ASK, cache_on, local_start, still_ongoing, until_ended,
    with_cache,
};
use super::{local_authorize, seconds, silence, stopped_with_token};
use crate::bench::Act;
use crate::case::{Case, Profile, Setting};
use crate::lab::{Lab, Stopped};
use crate::mutation::{Change::*, fails};
use crate::product::Product;
use crate::step::{Deed, State, Step, by_hand};
use crate::unmet::Failed;

const GROUP: Setting = Setting::new("AuthCtrlr.MasterPassGroupId", |p| p.master_group.clone());

const CONFIG: &[Setting] = &[ASK, REMOTE_ASK, GROUP];

fn with_master_pass(product: &Product) -> Result<(), &'static str> {
    local_start(product)?;
    match product.v2_0_1.master_pass_with_ui || product.v2_0_1.master_pass_without_ui {
        true => Ok(()),
        false => Err("no master pass (C-07, C-08)"),
    }
}

fn with_ui(product: &Product) -> Result<(), &'static str> {
    local_start(product)?;
    match product.v2_0_1.master_pass_with_ui {
        true => Ok(()),
        false => Err("no master pass with a display (C-07)"),
    }
}

fn without_ui(product: &Product) -> Result<(), &'static str> {
    local_start(product)?;
    match product.v2_0_1.master_pass_without_ui {
        true => Ok(()),
        false => Err("no master pass without a display (C-08)"),
    }
}

/// Somebody has a master pass.
const MASTER: [Step; 2] = [
    Step::Driver(|p| &p.master),
    Step::Token("Accepted", Some(|p| &p.master_group)),
];

/// The same at one EVSE after the other, the one under test being the last.
fn at_each(
    lab: &mut Lab<'_>,
    evses: u32,
    mut run: impl FnMut(&mut Lab<'_>) -> Result<(), Failed>,
) -> Result<(), Failed> {
    let tested = lab.parameters.connector;
    for evse in (1..=evses.min(lab.parameters.connectors)).rev() {
        lab.parameters.connector = evse;
        run(lab)?;
    }
    lab.parameters.connector = tested;
    Ok(())
}

/// Energy flows at so many EVSEs, for a driver of its own at the first one.
fn charging_at(lab: &mut Lab<'_>, evses: u32) -> Result<(), Failed> {
    at_each(lab, evses, |lab| {
        lab.driver = match lab.parameters.connector {
            1 => lab.parameters.valid.clone(),
            _ => lab.parameters.valid2.clone(),
        };
        lab.reach(State::EnergyTransferStarted)
    })
}

/// The master pass stops the transaction at the EVSE under test.
fn stopped(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let token = lab.driver.clone();
    let evse = lab.parameters.connector;
    lab.sessions.seat_mut(evse).stop_token = Some(token);
    lab.stop_told("StopAuthorized", Stopped::ByMasterPass)
}

/// It stops so many of them, and everybody drives away.
fn all_stopped(lab: &mut Lab<'_>, evses: u32) -> Result<(), Failed> {
    at_each(lab, evses, stopped)?;
    at_each(lab, evses, |lab| {
        for state in [
            State::EvConnectedPostSession,
            State::EvDisconnected,
            State::ParkingBayUnoccupied,
        ] {
            lab.reach(state)?;
        }
        Ok(())
    })
}

/// Energy still flows at all EVSEs but the one under test: the last charging state is Charging, and the transaction goes on.
fn others_charge(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let tested = lab.parameters.connector;
    let all = lab.parameters.connectors;
    at_each(lab, all, |lab| {
        let evse = lab.parameters.connector;
        if evse == tested {
            return Ok(());
        }
        let seat = lab.sessions.seat(evse).clone();
        if seat.told.as_deref() != Some("Charging") {
            let got = format!("it was {}", seat.told.unwrap_or_default());
            return lab.fail("others", format!("energy at EVSE {evse}"), got);
        }
        lab.sessions.last = seat.transaction;
        still_ongoing(lab)
    })
}

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_C_14_CS",
        name: "Authorization through authorization cache - GroupID equal to MasterPassGroupId.",
        about: "A master pass that is in the cache stops a transaction without a question; at a station with a display its \
                user selects what to stop, which the description does not mention.",
        profile: Profile::None,
        requirements: &["C12.FR.09", "C16.FR.03"],
        applies: |product| {
            with_master_pass(product)?;
            with_cache(product)
        },
        config: &[cache_on(), PRE_AUTHORIZE, GROUP],
        steps: &[
            MASTER[0],
            MASTER[1],
            Step::Act(Deed::Present),
            local_authorize("cached"),
            silence("cached.nothing"),
            Step::Driver(|p| &p.valid),
            Step::State(State::EnergyTransferStarted),
            Step::Driver(|p| &p.master),
            Step::Act(Deed::Present),
            by_hand(
                "where there is a display the user of the master pass selects all transactions; [StopAuthorized.event] the \
                 transaction is stopped, [stop.token] by the master pass",
                |lab| {
                    if lab.product.v2_0_1.master_pass_with_ui {
                        lab.act(&Act::SelectStops(None))?;
                    }
                    stopped_with_token(lab, Stopped::ByMasterPass)
                },
                &[fails(
                    Remove("TransactionEvent", 2, "/idToken"),
                    "stop.token",
                )],
            ),
            by_hand("the session ends", until_ended, &[]),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_45_CS",
        name: "Authorization by GroupId - Master pass - Not able to start transaction + groupId",
        about: "A master pass starts nothing. The start point is Authorized, or PowerPathClosed where that is not possible. The \
                token of AuthorizeRequest is the master pass, where the description names another one.",
        requirements: &["C16.FR.03"],
        applies: |product| {
            with_master_pass(product)?;
            let points = product.v2_0_1.start_points;
            match points.contains(&"Authorized") || points.contains(&"PowerPathClosed") {
                true => Ok(()),
                false => Err("no start at Authorized or PowerPathClosed (C-09)"),
            }
        },
        config: &[
            ASK,
            REMOTE_ASK,
            GROUP,
            Setting::if_possible("TxCtrlr.TxStartPoint", |_| "Authorized".to_owned()),
        ],
        steps: &[
            MASTER[0],
            MASTER[1],
            Step::Act(Deed::Present),
            local_authorize("authorize"),
            silence("no-transaction"),
            Step::State(State::EvConnectedPreSession),
            silence("no-energy"),
        ],
        mutations: &[fails(
            Key("AuthCtrlr.MasterPassGroupId", "ANOTHER"),
            "no-transaction",
        )],
        ..CASE
    },
    Case {
        id: "TC_C_47_CS",
        name: "Stop Transaction with a Master Pass - With UI - All transactions",
        about: "The user of a master pass selects all transactions at the display: all of them are stopped (erratum 6.2.32).",
        requirements: &["C16.FR.01"],
        applies: with_ui,
        config: CONFIG,
        steps: &[
            by_hand(
                "energy flows at every EVSE",
                |lab| charging_at(lab, lab.parameters.connectors),
                &[],
            ),
            MASTER[0],
            MASTER[1],
            Step::Act(Deed::Present),
            local_authorize("authorize"),
            Step::Act(Deed::SelectAllStops),
            by_hand(
                "[StopAuthorized.event] at every EVSE the transaction is stopped by the master pass, and the driver leaves",
                |lab| all_stopped(lab, lab.parameters.connectors),
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_48_CS",
        name: "Stop Transaction with a Master Pass - With UI - With UI - Specific transactions",
        about: "The user of a master pass selects one transaction at the display: it is stopped, and energy flows at all other \
                EVSEs as before.",
        requirements: &["C16.FR.01"],
        applies: with_ui,
        config: CONFIG,
        steps: &[
            by_hand(
                "energy flows at every EVSE",
                |lab| charging_at(lab, lab.parameters.connectors),
                &[],
            ),
            MASTER[0],
            MASTER[1],
            Step::Act(Deed::Present),
            local_authorize("authorize"),
            Step::Act(Deed::SelectStop),
            by_hand(
                "[StopAuthorized.event] at the EVSE under test the transaction is stopped by the master pass, and the driver \
                 leaves",
                |lab| all_stopped(lab, 1),
                &[],
            ),
            by_hand(
                "[others] energy still flows at all other EVSEs",
                |lab| {
                    let limit = seconds(lab.parameters.response_timeout);
                    lab.silence("others", limit, &[])?;
                    others_charge(lab)
                },
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_49_CS",
        name: "Stop Transaction with a Master Pass - Without UI",
        about: "A master pass at a station without a display stops all transactions; two of them, if there are two EVSEs.",
        requirements: &["C16.FR.02"],
        applies: without_ui,
        config: CONFIG,
        steps: &[
            by_hand(
                "energy flows at EVSE 1, and at EVSE 2 if there is one",
                |lab| charging_at(lab, 2),
                &[],
            ),
            MASTER[0],
            MASTER[1],
            Step::Act(Deed::Present),
            local_authorize("authorize"),
            by_hand(
                "[StopAuthorized.event] at both the transaction is stopped by the master pass, and the driver leaves",
                |lab| all_stopped(lab, 2),
                &[],
            ),
        ],
        ..CASE
    },
];
