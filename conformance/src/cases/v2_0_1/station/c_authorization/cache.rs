//! Authorization from the cache: C12.

use super::super::e_transactions::offline::SILENT;
use super::super::{CASE, PRE_AUTHORIZE, cache_on, with_cache};
use super::local_authorize;
use crate::case::{Case, Setting};
use crate::step::{Deed, State, Step, by_hand, drain, is, known};

const CONFIG: &[Setting] = &[
    cache_on(),
    PRE_AUTHORIZE,
    Setting::if_possible("AuthCacheCtrlr.DisablePostAuthorize", |_| {
        "false".to_owned()
    }),
];

/// A token that was cached with one status and is answered with another one.
const fn cached_as(steps: &'static [Step]) -> Case {
    Case {
        requirements: &["C12.FR.05", "C10.FR.03"],
        applies: with_cache,
        config: CONFIG,
        steps,
        ..CASE
    }
}

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_C_08_CS",
        name: "Authorization through authorization cache - Accepted",
        about: "A token that is in the cache as accepted is not asked about; energy flows.",
        requirements: &["C12.FR.02", "C12.FR.04"],
        applies: with_cache,
        config: &[cache_on(), PRE_AUTHORIZE],
        steps: &[
            Step::State(State::IdTokenCached),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::Authorized),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_09_CS",
        name: "Authorization through authorization cache - Invalid & Not Accepted",
        about: "A token that is in the cache as invalid is asked about again. That nothing follows is checked, although the \
                description does not say so.",
        ..cached_as(&[
            Step::Driver(|p| &p.invalid),
            Step::Token("Invalid", None),
            Step::State(State::IdTokenCached),
            Step::State(State::EvConnectedPreSession),
            Step::Act(Deed::Present),
            local_authorize("authorize"),
        ])
    },
    Case {
        id: "TC_C_10_CS",
        name: "Authorization through authorization cache - Blocked",
        about: "A token that is in the cache as blocked is asked about again. The preparations of the description are \
                damaged; they are those of TC_C_09 and TC_C_11.",
        ..cached_as(&[
            Step::Driver(|p| &p.invalid),
            Step::Token("Blocked", None),
            Step::State(State::IdTokenCached),
            Step::State(State::EvConnectedPreSession),
            Step::Act(Deed::Present),
            local_authorize("authorize"),
        ])
    },
    Case {
        id: "TC_C_11_CS",
        name: "Authorization through authorization cache - Expired",
        about: "A token that is in the cache as expired is asked about again.",
        ..cached_as(&[
            Step::Driver(|p| &p.invalid),
            Step::Token("Expired", None),
            Step::State(State::IdTokenCached),
            Step::State(State::EvConnectedPreSession),
            Step::Act(Deed::Present),
            local_authorize("authorize"),
        ])
    },
    Case {
        id: "TC_C_12_CS",
        name: "Authorization through authorization cache - Invalid & Accepted",
        about: "A token that is in the cache as invalid is asked about again, and is accepted now: energy flows.",
        ..cached_as(&[
            Step::Token("Invalid", None),
            Step::State(State::IdTokenCached),
            Step::Token("Accepted", None),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::AuthorizedLocally),
            Step::State(State::EnergyTransferStarted),
        ])
    },
    Case {
        id: "TC_C_13_CS",
        name: "Authorization through authorization cache - Accepted but cable not connected yet.",
        about: "A token that is in the cache as accepted is presented before the cable is plugged in: it is not asked about, \
                and energy flows as soon as it is.",
        requirements: &["C12.FR.02", "C12.FR.04"],
        applies: with_cache,
        config: &[cache_on(), PRE_AUTHORIZE],
        steps: &[
            Step::State(State::IdTokenCached),
            Step::State(State::ParkingBayOccupied),
            Step::State(State::Authorized),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_16_CS",
        name: "Authorization through authorization cache - StopTxOnInvalidId = true",
        about: "A token of the cache starts a transaction without a connection, and the CSMS calls it invalid afterwards: the \
                transaction is deauthorized. That energy stops flowing shows in the charging state of the event.",
        requirements: &["C12.FR.02", "C12.FR.04"],
        applies: with_cache,
        config: &[
            cache_on(),
            PRE_AUTHORIZE,
            Setting::on("AuthCtrlr.LocalAuthorizeOffline"),
            Setting::on("TxCtrlr.StopTxOnInvalidId"),
            NO_ENERGY,
        ],
        steps: &[
            Step::State(State::IdTokenCached),
            Step::State(State::IdTokenLocalAuthList),
            Step::State(State::EvConnectedPreSession),
            Step::TokenInEvents("Invalid"),
            Step::Offline,
            Step::Wait(|_| 3),
            Step::Act(Deed::Present),
            Step::Wait(|_| 5),
            Step::Online,
            drain(
                "events",
                "TransactionEvent",
                &[],
                &[
                    (
                        "token",
                        &[
                            known("/idToken/idToken", "the token", |lab| {
                                lab.driver.clone().into()
                            }),
                            is("/idToken/type", "ISO14443"),
                        ],
                    ),
                    ("charging", &[is("/triggerReason", "ChargingStateChanged")]),
                    ("deauthorized", &[is("/triggerReason", "Deauthorized")]),
                    (
                        "stopped",
                        &[crate::step::one_of(
                            STATE,
                            &["EVConnected", "SuspendedEVSE"],
                        )],
                    ),
                ],
            ),
        ],
        mutations: SILENT,
        ..CASE
    },
    Case {
        id: "TC_C_17_CS",
        name: "Authorization through authorization cache - StopTxOnInvalidId = false",
        about: "A token of the cache starts a transaction without a connection, and the CSMS calls it invalid afterwards: \
                energy stops flowing, which shows in the charging state SuspendedEVSE, and the transaction goes on. \
                SuspendedEVSE is no trigger reason; the schema refuses it.",
        requirements: &["C12.FR.02", "C12.FR.04"],
        applies: |product| {
            with_cache(product)?;
            super::goes_on_suspended(product)
        },
        config: &[
            cache_on(),
            PRE_AUTHORIZE,
            Setting::if_implemented("AuthCtrlr.OfflineTxForUnknownIdEnabled", |_| {
                "true".to_owned()
            }),
            Setting::off("TxCtrlr.StopTxOnInvalidId"),
            NO_ENERGY,
        ],
        steps: &[
            Step::State(State::IdTokenCached),
            Step::State(State::IdTokenLocalAuthList),
            Step::State(State::EvConnectedPreSession),
            Step::TokenInEvents("Invalid"),
            Step::Offline,
            Step::Wait(|_| 3),
            Step::Act(Deed::Present),
            Step::Wait(|_| 5),
            Step::Online,
            drain(
                "events",
                "TransactionEvent",
                &[],
                &[
                    (
                        "token",
                        &[
                            known("/idToken/idToken", "the token", |lab| {
                                lab.driver.clone().into()
                            }),
                            is("/idToken/type", "ISO14443"),
                        ],
                    ),
                    ("suspended", &[is(STATE, "SuspendedEVSE")]),
                ],
            ),
            by_hand(
                "[suspended] the last charging state is SuspendedEVSE: energy flows no longer",
                |lab| {
                    let evse = lab.parameters.connector;
                    let told = lab.sessions.seat(evse).told.clone().unwrap_or_default();
                    match told == "SuspendedEVSE" {
                        true => Ok(()),
                        false => lab.fail(
                            "suspended",
                            "SuspendedEVSE at the end",
                            format!("it was {told}"),
                        ),
                    }
                },
                &[],
            ),
        ],
        ..CASE
    },
];

const STATE: &str = "/transactionInfo/chargingState";
const NO_ENERGY: Setting =
    Setting::if_implemented("TxCtrlr.MaxEnergyOnInvalidId", |_| "0".to_owned());
