//! Tokens that nobody can be asked about: C13, C15.

use super::super::{CASE, PRE_AUTHORIZE};
use crate::case::{Case, Setting};
use crate::step::{State, Step, drain, is};

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[Case {
    id: "TC_C_26_CS",
    name: "Offline Authorization - Unknown Id",
    about: "A token that is not known starts a transaction without a connection; the CSMS calls it invalid afterwards, and \
            energy is suspended while the transaction goes on, until the token stops it (erratum 6.2.34). The status of the \
            connector and the events may come in any order.",
    requirements: &["C15.FR.02", "C15.FR.06", "C15.FR.08", "C13.FR.04"],
    applies: |product| match product.features.offline_unknown_ids {
        true => super::goes_on_suspended(product),
        false => Err("no charging of unknown tokens offline (C-02)"),
    },
    config: &[
        Setting::if_implemented("LocalAuthListCtrlr.Enabled", |_| "true".to_owned()),
        PRE_AUTHORIZE,
        Setting::on("AuthCtrlr.OfflineTxForUnknownIdEnabled"),
        Setting::on("AuthCtrlr.LocalAuthorizeOffline"),
        Setting::if_implemented("TxCtrlr.MaxEnergyOnInvalidId", |_| "0".to_owned()),
        Setting::off("TxCtrlr.StopTxOnInvalidId"),
    ],
    steps: &[
        Step::Driver(|p| &p.invalid),
        Step::Token("Invalid", None),
        Step::State(State::StartOfflineTransaction),
        drain(
            "events",
            "TransactionEvent",
            &[],
            &[
                ("started", &[is("/eventType", "Started")]),
                (
                    "suspended",
                    &[
                        is("/transactionInfo/chargingState", "SuspendedEVSE"),
                        is("/eventType", "Updated"),
                    ],
                ),
            ],
        ),
        super::OCCUPIED,
        Step::State(State::StopAuthorizedLocally),
        Step::State(State::EvConnectedPostSession),
        Step::State(State::EvDisconnected),
    ],
    mutations: super::super::e_transactions::offline::SILENT,
    ..CASE
}];
