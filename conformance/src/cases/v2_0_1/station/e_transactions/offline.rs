//! Transactions of a station without connection: E08, E11, E12.

use ocpp_core::station::EvState;

use super::super::{CASE, local_start};
use crate::bench::Act;
use crate::case::{Case, Setting};
use crate::lab::Lab;
use crate::mutation::{Change::*, Mutation, fails};
use crate::step::{Deed, Rule, State, Step, drain, flag, is, present};
use crate::unmet::Failed;

/// Meter values come more often than the time offline lasts.
pub(super) const SAMPLES: Setting = Setting::new("SampledDataCtrlr.TxUpdatedInterval", |p| {
    (p.back_off / 3).to_string()
});
pub(super) const THRESHOLD: Setting = Setting::new("OCPPCommCtrlr.OfflineThreshold", |p| {
    (p.back_off + p.transaction_duration + 60).to_string()
});
pub(in super::super) const BACK_OFF: Setting =
    Setting::new("OCPPCommCtrlr.RetryBackOffWaitMinimum", |p| {
        p.back_off.to_string()
    });
pub(in super::super) const NO_RANDOM: Setting =
    Setting::new("OCPPCommCtrlr.RetryBackOffRandomRange", |_| "0".to_owned());

/// What was measured without a connection.
pub(super) const UPDATED: &[Rule] = &[is("/eventType", "Updated"), present("/meterValue")];
/// Some of it was; what comes afterwards is told, too.
pub(super) const QUEUED: &[(&str, &[Rule])] = &[("queued", &[flag("/offline", true)])];
/// A station that does not say so.
pub(in super::super) const SILENT: &[Mutation] = &[fails(
    ReplaceAll("TransactionEvent", "/offline", "false"),
    "events.offline",
)];
/// The end is told.
pub(super) const ENDED: &[(&str, &[Rule])] = &[("ended", &[is("/eventType", "Ended")])];

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_E_40_CS",
        name: "Offline Behaviour - Connection loss during transaction",
        about: "What was measured without a connection is told afterwards.",
        requirements: &["E11.FR.01", "E11.FR.02", "E11.FR.06"],
        config: &[
            SAMPLES,
            Setting::if_possible("SampledDataCtrlr.Enabled", |_| "true".to_owned()),
            THRESHOLD,
            BACK_OFF,
            NO_RANDOM,
        ],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            Step::Offline,
            Step::Wait(|p| p.back_off),
            Step::Online,
            drain("events", "TransactionEvent", UPDATED, QUEUED),
        ],
        mutations: SILENT,
        ..CASE
    },
    Case {
        id: "TC_E_43_CS",
        name: "Offline Behaviour - Transaction during offline period",
        about: "A whole transaction without a connection is told afterwards (erratum 6.2.54).",
        requirements: &["E12.FR.01", "E12.FR.02", "E12.FR.06"],
        applies: |product| {
            local_start(product)?;
            match product.features.offline_authorization {
                true => Ok(()),
                false => Err("no authorization offline (C-01)"),
            }
        },
        config: &[Setting::if_implemented(
            "AuthCtrlr.OfflineTxForUnknownIdEnabled",
            |_| "true".to_owned(),
        )],
        steps: &[
            Step::State(State::IdTokenCached),
            Step::State(State::IdTokenLocalAuthList),
            Step::State(State::TransactionEventsInQueueEnded),
            drain(
                "events",
                "TransactionEvent",
                &[flag("/offline", true)],
                &[
                    ("started", &[is("/eventType", "Started")]),
                    ("ended", &[is("/eventType", "Ended")]),
                ],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_44_CS",
        name: "Offline Behaviour - Stop transaction during offline period",
        about: "The end of a transaction without a connection is told afterwards.",
        requirements: &[
            "E08.FR.01", "E08.FR.04", "E08.FR.05", "E08.FR.06", "E08.FR.07", "E08.FR.08",
        ],
        applies: local_start,
        config: &[THRESHOLD, BACK_OFF, NO_RANDOM],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            Step::Offline,
            Step::Wait(|_| 5),
            Step::Act(Deed::Present),
            Step::Wait(|_| 5),
            Step::Act(Deed::Unplug),
            Step::Wait(|_| 5),
            Step::Online,
            drain(
                "events",
                "TransactionEvent",
                &[flag("/offline", true)],
                ENDED,
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_E_45_CS",
        name: "Offline Behaviour - Stop transaction during offline period - Same GroupId",
        about: "Another token of the group stops a transaction without a connection; the end is told afterwards.",
        requirements: &[
            "E08.FR.02", "E08.FR.04", "E08.FR.05", "E08.FR.06", "E08.FR.07", "E08.FR.08",
        ],
        applies: |product| {
            local_start(product)?;
            match product.features.authorization_cache || product.features.local_list {
                true => Ok(()),
                false => Err("neither a cache (C-49) nor a local list (LA-0)"),
            }
        },
        config: &[THRESHOLD, BACK_OFF, NO_RANDOM],
        steps: &[
            Step::Driver(|p| &p.valid2),
            Step::Token("Accepted", Some(|p| &p.parent)),
            Step::State(State::IdTokenCached),
            Step::State(State::IdTokenLocalAuthList),
            Step::Driver(|p| &p.valid),
            Step::Token("Accepted", Some(|p| &p.parent)),
            Step::State(State::Authorized),
            Step::State(State::EnergyTransferStarted),
            Step::Offline,
            Step::Wait(|_| 5),
            Step::Driver(|p| &p.valid2),
            Step::Act(Deed::Present),
            Step::Wait(|_| 5),
            Step::Act(Deed::Unplug),
            Step::Wait(|_| 5),
            Step::Online,
            drain(
                "events",
                "TransactionEvent",
                &[flag("/offline", true)],
                ENDED,
            ),
        ],
        ..CASE
    },
];

/// The session is stopped and the car disconnected while the station is offline.
pub(super) fn offline_session(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let evse = lab.parameters.connector;
    lab.go_offline()?;
    lab.wait(5)?;
    if lab.product.features.local_start && lab.product.features.local_stop {
        let token = lab.driver.clone();
        lab.present(&token)?;
        lab.wait(5)?;
        lab.unplug()?;
    } else {
        // A detachable cable is locked in the station until then.
        lab.act(&Act::Car(evse, EvState::Suspended))?;
        lab.wait(5)?;
        lab.act(&Act::UnplugAtCar(evse))?;
    }
    lab.wait(lab.parameters.transaction_duration)?;
    lab.accept_connections()
}
