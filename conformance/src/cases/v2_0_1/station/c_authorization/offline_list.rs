//! Tokens of the local authorization list while the CSMS cannot be asked: C13.

use super::super::e_transactions::offline::{BACK_OFF, NO_RANDOM, SILENT};
use super::super::{CASE, LIST, PRE_AUTHORIZE, cache_on, local_start, with_cache, with_list};
use crate::case::{Case, Profile, Setting};
use crate::mutation::{Change::*, Mutation, fails};
use crate::product::Product;
use crate::step::{Deed, State, Step, drain, is};

const OFFLINE: Setting = Setting::on("AuthCtrlr.LocalAuthorizeOffline");
const STRANGERS_ARE_REFUSED: Setting =
    Setting::if_implemented("AuthCtrlr.OfflineTxForUnknownIdEnabled", |_| {
        "false".to_owned()
    });
/// Statuses are not told again when the station is back.
pub(super) const THRESHOLD: Setting = Setting::new("OCPPCommCtrlr.OfflineThreshold", |p| {
    (p.back_off + p.transaction_duration + 60).to_string()
});

fn with_list_and_reader(product: &Product) -> Result<(), &'static str> {
    with_list(product)?;
    local_start(product)?;
    match product.features.offline_authorization {
        true => Ok(()),
        false => Err("no authorization offline (C-01)"),
    }
}

/// A station that begins a transaction.
const BEGINS: &[Mutation] = &[fails(
    AfterAnswer(
        "SendLocalList",
        0,
        "TransactionEvent",
        r#"{"eventType": "Started", "timestamp": "2024-05-15T12:00:00Z", "triggerReason": "Authorized", "seqNo": 0,
            "offline": true, "transactionInfo": {"transactionId": "T"}}"#,
    ),
    "no-transaction",
)];

/// A token that is in the list, but not as accepted, is presented without a connection.
const fn refused(status: &'static [Step]) -> Case {
    Case {
        profile: Profile::LocalAuthorizationList,
        about: "A token of the list that is not accepted there starts nothing without a connection. What the description asks \
                of events is for stations whose transactions begin with a car in the parking bay: none of the products has \
                a sensor for that, and no event may come.",
        requirements: &["C13.FR.02"],
        applies: with_list_and_reader,
        config: &[
            LIST,
            PRE_AUTHORIZE,
            STRANGERS_ARE_REFUSED,
            OFFLINE,
            THRESHOLD,
            BACK_OFF,
            NO_RANDOM,
        ],
        steps: status,
        mutations: BEGINS,
        ..CASE
    }
}

/// From the preparations on.
macro_rules! listed_as {
    ($status:literal) => {
        &[
            Step::Driver(|p| &p.invalid),
            Step::Token($status, None),
            Step::State(State::IdTokenLocalAuthList),
            Step::Offline,
            Step::State(State::ParkingBayOccupied),
            Step::Wait(|_| 3),
            Step::Act(Deed::Present),
            Step::Wait(|_| 5),
            Step::Online,
            super::silence("no-transaction"),
        ]
    };
}

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_C_21_CS",
        name: "Offline authorization through local authorization list - Accepted",
        about: "A token of the list starts a transaction without a connection, and stops it: what has happened without a \
                connection says so. The driver comes back when that was told, since the state StartOfflineTransaction ends \
                with the new connection.",
        config: &[LIST, PRE_AUTHORIZE, STRANGERS_ARE_REFUSED, OFFLINE],
        mutations: SILENT,
        ..refused(&[
            Step::State(State::IdTokenLocalAuthList),
            Step::State(State::StartOfflineTransaction),
            drain(
                "events",
                "TransactionEvent",
                &[],
                &[
                    ("started", &[is("/eventType", "Started")]),
                    (
                        "token",
                        &[crate::step::known("/idToken/idToken", "the token", |lab| {
                            lab.driver.clone().into()
                        })],
                    ),
                ],
            ),
            super::OCCUPIED,
            Step::State(State::StopAuthorizedLocally),
            Step::State(State::EvConnectedPostSession),
            Step::State(State::EvDisconnected),
            Step::State(State::ParkingBayUnoccupied),
        ])
    },
    Case {
        id: "TC_C_22_CS",
        name: "Offline authorization through local authorization list - Invalid",
        ..refused(listed_as!("Invalid"))
    },
    Case {
        id: "TC_C_23_CS",
        name: "Offline authorization through local authorization list - Blocked",
        ..refused(listed_as!("Blocked"))
    },
    Case {
        id: "TC_C_24_CS",
        name: "Offline authorization through local authorization list - Expired",
        ..refused(listed_as!("Expired"))
    },
    Case {
        id: "TC_C_25_CS",
        name: "Offline authorization through local authorization list - Local Authorization List > Authorization Cache",
        about: "A token that the cache accepts and the list does not starts nothing without a connection, although unknown ones \
                would: the list comes first. Meter values are allowed.",
        requirements: &["C13.FR.01", "C14.FR.01"],
        applies: |product| {
            with_list_and_reader(product)?;
            with_cache(product)?;
            match product.features.offline_unknown_ids {
                true => Ok(()),
                false => Err("no charging of unknown tokens offline (C-02)"),
            }
        },
        config: &[
            LIST,
            cache_on(),
            PRE_AUTHORIZE,
            Setting::on("AuthCtrlr.OfflineTxForUnknownIdEnabled"),
            OFFLINE,
            Setting::off("TxCtrlr.StopTxOnInvalidId"),
            THRESHOLD,
            BACK_OFF,
            NO_RANDOM,
        ],
        mutations: &[fails(
            Misread(
                "SendLocalList",
                0,
                "/localAuthorizationList/0/idTokenInfo/status",
                r#""Accepted""#,
            ),
            "no-transaction",
        )],
        ..refused(&[
            Step::State(State::IdTokenCached),
            Step::Token("Invalid", None),
            Step::State(State::IdTokenLocalAuthList),
            Step::State(State::EvConnectedPreSession),
            Step::Offline,
            Step::Wait(|_| 3),
            Step::Act(Deed::Present),
            Step::Wait(|p| p.transaction_duration),
            Step::Online,
            super::silence("no-transaction"),
        ])
    },
];
