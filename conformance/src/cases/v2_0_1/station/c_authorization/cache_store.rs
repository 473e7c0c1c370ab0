//! What the cache keeps and forgets: C10, C11.

use serde_json::json;

use super::super::{CASE, LIST, PRE_AUTHORIZE, cache_on, with_cache, with_cached_tokens};
use super::list::ASK_AT_REMOTE_STARTS;
use crate::case::{Case, Setting};
use crate::product::Product;
use crate::step::{State, Step, call, is};

/// The driver takes the cable out although the token is invalid.
fn with_cache_and_a_free_plug(product: &Product) -> Result<(), &'static str> {
    if product.features.detachable_cable {
        // E05.FR.11.
        return Err("a detachable cable stays locked when its token turns out to be invalid");
    }
    with_cached_tokens(product)
}

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_C_32_CS",
        name: "Store Authorization Data in the Authorization Cache - Persistent over reboot",
        about: "A token that was cached is still in the cache after a restart.",
        requirements: &["C10.FR.02"],
        applies: with_cached_tokens,
        config: &[cache_on(), PRE_AUTHORIZE, ASK_AT_REMOTE_STARTS],
        steps: &[
            Step::State(State::IdTokenCached),
            Step::State(State::Booted),
            Step::State(State::Authorized),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_33_CS",
        name: "Store Authorization Data in the Authorization Cache - Update on AuthorizeResponse",
        about: "A token that AuthorizeResponse accepts is in the cache afterwards and is not asked about again. The event \
                that says so, if TxStartPoint asks for one, is answered with Invalid.",
        requirements: &["C10.FR.04", "C12.FR.06"],
        applies: with_cached_tokens,
        config: &[cache_on(), PRE_AUTHORIZE, LIST, ASK_AT_REMOTE_STARTS],
        steps: &[
            Step::State(State::EvConnectedPreSession),
            Step::State(State::Authorized),
            Step::State(State::EnergyTransferStarted),
            Step::State(State::EvConnectedPostSession),
            Step::State(State::EvDisconnected),
            Step::State(State::ParkingBayUnoccupied),
            Step::State(State::ParkingBayOccupied),
            Step::State(State::EvConnectedPreSession),
            Step::TokenInEvents("Invalid"),
            super::IN_CACHE,
            Step::State(State::Authorized),
            Step::State(State::Deauthorized),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_34_CS",
        name: "Store Authorization Data in the Authorization Cache - Update on TransactionEventResponse",
        about: "A token that TransactionEventResponse calls invalid is no longer in the cache as accepted: it is asked about \
                again (erratum 6.2.28).",
        requirements: &["C10.FR.05", "C12.FR.06"],
        applies: with_cache_and_a_free_plug,
        config: &[
            cache_on(),
            PRE_AUTHORIZE,
            LIST,
            ASK_AT_REMOTE_STARTS,
            Setting::on("TxCtrlr.StopTxOnInvalidId"),
            Setting::if_implemented("TxCtrlr.MaxEnergyOnInvalidId", |_| "0".to_owned()),
        ],
        steps: &[
            Step::State(State::IdTokenCached),
            Step::TokenInEvents("Invalid"),
            Step::State(State::Authorized),
            Step::State(State::Deauthorized),
            Step::State(State::EvDisconnected),
            Step::State(State::ParkingBayUnoccupied),
            Step::State(State::ParkingBayOccupied),
            Step::Token("Invalid", None),
            super::NOT_IN_CACHE,
            Step::State(State::Authorized),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_36_CS",
        name: "Store Authorization Data in the Authorization Cache - AuthCacheCtrlr.LocalPreAuthorization = false",
        about: "Without LocalPreAuthorize a token of the cache is asked about.",
        requirements: &["C10.FR.11"],
        applies: with_cached_tokens,
        config: &[
            Setting::on("AuthCacheCtrlr.Enabled"),
            Setting::off("AuthCtrlr.LocalPreAuthorize"),
            ASK_AT_REMOTE_STARTS,
        ],
        steps: &[
            Step::State(State::IdTokenCached),
            Step::Token("Invalid", None),
            Step::State(State::Authorized),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_37_CS",
        name: "Clear Authorization Data in Authorization Cache - Accepted",
        about: "After the cache was cleared its token is asked about.",
        requirements: &["C11.FR.01", "C11.FR.02", "C11.FR.03"],
        applies: with_cached_tokens,
        config: &[cache_on(), PRE_AUTHORIZE, ASK_AT_REMOTE_STARTS],
        steps: &[
            Step::State(State::IdTokenCached),
            call(
                "clear",
                "ClearCache",
                |_| json!({}),
                &[is("/status", "Accepted")],
            ),
            super::NOT_IN_CACHE,
            Step::State(State::ParkingBayOccupied),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::Authorized),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_38_CS",
        name: "Clear Authorization Data in Authorization Cache - Rejected",
        about: "A cache that is switched off is not cleared.",
        requirements: &["C11.FR.01", "C11.FR.02", "C11.FR.04"],
        applies: with_cached_tokens,
        config: &[Setting::if_implemented("AuthCacheCtrlr.Enabled", |_| {
            "false".to_owned()
        })],
        steps: &[
            Step::State(State::IdTokenCached),
            call(
                "clear",
                "ClearCache",
                |_| json!({}),
                &[is("/status", "Rejected")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_46_CS",
        name: "Store Authorization Data in the Authorization Cache - AuthCacheLifeTime",
        about: "A token that was not used for AuthCacheCtrlr.LifeTime is asked about again; energy flows then, which the \
                description does not ask for.",
        requirements: &["C10.FR.08"],
        applies: |product| {
            with_cache(product)?;
            match product.v2_0_1.cache_life_time {
                true => Ok(()),
                false => Err("no life time of cached tokens (C-53)"),
            }
        },
        config: &[
            Setting::new("AuthCacheCtrlr.LifeTime", |p| {
                p.transaction_duration.to_string()
            }),
            PRE_AUTHORIZE,
        ],
        steps: &[
            Step::State(State::IdTokenCached),
            Step::State(State::EvConnectedPreSession),
            Step::Wait(|p| p.transaction_duration + 1),
            super::NOT_IN_CACHE,
            Step::State(State::AuthorizedLocally),
            Step::State(State::EnergyTransferStarted),
        ],
        ..CASE
    },
];
