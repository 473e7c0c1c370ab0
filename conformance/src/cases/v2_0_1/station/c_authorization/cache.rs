//! Authorization from the cache: C12.

use std::time::Duration;

use super::super::e_transactions::offline::{BACK_OFF, NO_RANDOM, SILENT};
use super::super::{
    CASE, LIST, PRE_AUTHORIZE, cache_on, still_ongoing, with_cache, with_cached_tokens,
};
use super::list::ASK_AT_REMOTE_STARTS;
use super::offline_list::THRESHOLD;
use crate::case::{Case, Setting};
use crate::lab::{Expected, Lab, Stopped};
use crate::mutation::{Change::*, fails};
use crate::product::Product;
use crate::step::{Deed, Must, Rule, State, Step, Want, by_hand, drain, is, known, one_of};
use crate::unmet::Failed;

const CONFIG: &[Setting] = &[
    cache_on(),
    PRE_AUTHORIZE,
    Setting::if_possible("AuthCacheCtrlr.DisablePostAuthorize", |_| {
        "false".to_owned()
    }),
    ASK_AT_REMOTE_STARTS,
];

/// A token that was cached with one status and is answered with another one; by a remote start where there is no reader
/// (erratum 6.2.22).
const fn cached_as(steps: &'static [Step]) -> Case {
    Case {
        requirements: &["C12.FR.05", "C10.FR.03"],
        applies: with_cached_tokens,
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
        applies: with_cached_tokens,
        config: &[cache_on(), PRE_AUTHORIZE, ASK_AT_REMOTE_STARTS],
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
            Step::State(State::Authorized),
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
            Step::State(State::Authorized),
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
            Step::State(State::Authorized),
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
            Step::State(State::Authorized),
            Step::State(State::EnergyTransferStarted),
        ])
    },
    Case {
        id: "TC_C_13_CS",
        name: "Authorization through authorization cache - Accepted but cable not connected yet.",
        about: "A token that is in the cache as accepted is presented before the cable is plugged in: it is not asked about, \
                and energy flows as soon as it is.",
        requirements: &["C12.FR.02", "C12.FR.04"],
        applies: with_cached_tokens,
        config: &[cache_on(), PRE_AUTHORIZE, ASK_AT_REMOTE_STARTS],
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
        id: "TC_C_57_CS",
        name: "Authorization through authorization cache - AuthCacheDisablePostAuthorize",
        about: "A token that is in the cache as invalid is refused without a question. The car is connected: it would charge.",
        applies: |product| {
            with_cache(product)?;
            match product.v2_0_1.cache_disable_post_authorize {
                true => Ok(()),
                false => Err("no DisablePostAuthorize of the cache (C-59)"),
            }
        },
        config: &[
            cache_on(),
            PRE_AUTHORIZE,
            Setting::on("AuthCacheCtrlr.DisablePostAuthorize"),
        ],
        mutations: &[fails(
            Key("AuthCacheCtrlr.DisablePostAuthorize", "false"),
            "unasked",
        )],
        ..cached_as(&[
            Step::Driver(|p| &p.invalid),
            Step::Token("Invalid", None),
            Step::State(State::IdTokenCached),
            Step::State(State::EvConnectedPreSession),
            Step::Act(Deed::Present),
            super::silence("unasked"),
        ])
    },
    Case {
        id: "TC_C_15_CS",
        name: "Authorization through authorization cache - StopTxOnInvalidId = false, MaxEnergyOnInvalidId > 0",
        about: "A token of the cache starts a transaction without a connection, and the CSMS calls it invalid afterwards: energy \
                flows on, and nothing is told of an end; a transaction that begins with PowerPathClosed says SuspendedEVSE in \
                its first event, as the state EnergyTransferStarted asks for. The 10 kWh of MaxEnergyOnInvalidId take hours: \
                that no more than those are delivered is checked in virtual time only.",
        requirements: &["C12.FR.02", "C12.FR.04", "C15.FR.07"],
        applies: with_cache_and_energy,
        config: &[
            cache_on(),
            LIST,
            PRE_AUTHORIZE,
            Setting::on("AuthCtrlr.LocalAuthorizeOffline"),
            OFFLINE_UNKNOWN,
            Setting::off("TxCtrlr.StopTxOnInvalidId"),
            Setting::new("TxCtrlr.MaxEnergyOnInvalidId", |_| "10000".to_owned()),
            // Nothing needs to be told of those hours.
            Setting::if_possible("SampledDataCtrlr.TxUpdatedInterval", |_| "0".to_owned()),
            Setting::if_possible("OCPPCommCtrlr.HeartbeatInterval", |p| {
                p.heartbeat_seldom.to_string()
            }),
            THRESHOLD,
            BACK_OFF,
            NO_RANDOM,
        ],
        steps: &[
            Step::State(State::IdTokenCached),
            Step::State(State::IdTokenLocalAuthList),
            Step::State(State::EvConnectedPreSession),
            Step::TokenInEvents("Invalid"),
            Step::Offline,
            Step::Wait(|_| 3),
            Step::Act(Deed::Present),
            Step::Wait(|p| p.transaction_duration),
            Step::Online,
            drain(
                "events",
                "TransactionEvent",
                GOES_ON,
                &[("token", TOKEN), ("charging", STARTS)],
            ),
            super::silence("goes-on"),
            by_hand(
                "[goes-on.status] the transaction is still ongoing",
                still_ongoing,
                &[],
            ),
            by_hand(
                "[flows] the last charging state is Charging; in virtual time [energy] energy is suspended after \
                 MaxEnergyOnInvalidId, and [delivered] no more was delivered than that and what flows in a minute",
                flows_until_spent,
                &[
                    fails(Key("TxCtrlr.MaxEnergyOnInvalidId", "0"), "flows"),
                    fails(Key("TxCtrlr.MaxEnergyOnInvalidId", "5000"), "delivered"),
                    fails(Key("TxCtrlr.MaxEnergyOnInvalidId", "50000"), "energy"),
                ],
            ),
        ],
        mutations: &[
            SILENT[0],
            fails(Key("TxCtrlr.StopTxOnInvalidId", "true"), "events/eventType"),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_18_CS",
        name: "Authorization through authorization cache - StopTxOnInvalidId = true, MaxEnergyOnInvalidId > 0",
        about: "A token of the cache starts a transaction without a connection, and the CSMS calls it invalid afterwards: the \
                transaction is deauthorized, whatever MaxEnergyOnInvalidId is. That energy stops flowing shows in the \
                charging state of that event.",
        requirements: &["C12.FR.02", "C12.FR.04", "C15.FR.04"],
        applies: with_cache_and_energy,
        config: &[
            cache_on(),
            LIST,
            PRE_AUTHORIZE,
            Setting::on("AuthCtrlr.LocalAuthorizeOffline"),
            OFFLINE_UNKNOWN,
            Setting::on("TxCtrlr.StopTxOnInvalidId"),
            Setting::new("TxCtrlr.MaxEnergyOnInvalidId", |_| "500".to_owned()),
            THRESHOLD,
            BACK_OFF,
            NO_RANDOM,
        ],
        steps: &[
            Step::State(State::IdTokenCached),
            Step::State(State::IdTokenLocalAuthList),
            Step::State(State::EvConnectedPreSession),
            Step::TokenInEvents("Invalid"),
            Step::Offline,
            Step::Wait(|_| 3),
            Step::Act(Deed::Present),
            Step::Wait(|p| p.transaction_duration),
            Step::Online,
            drain(
                "events",
                "TransactionEvent",
                &[],
                &[
                    ("token", TOKEN),
                    ("charging", STARTS),
                    (
                        "deauthorized",
                        &[
                            is("/triggerReason", "Deauthorized"),
                            crate::step::rule("/offline", Must::BeIfThere(Want::Flag(false))),
                            one_of(STATE, &["EVConnected", "SuspendedEVSE"]),
                        ],
                    ),
                ],
            ),
        ],
        mutations: SILENT,
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
                    ("token", TOKEN),
                    ("charging", STARTS),
                    ("deauthorized", &[is("/triggerReason", "Deauthorized")]),
                    (
                        "stopped",
                        &[one_of(STATE, &["EVConnected", "SuspendedEVSE"])],
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
                SuspendedEVSE is no trigger reason; the schema refuses it. The event with the token need not say Authorized: \
                at PowerPathClosed a transaction begins with ChargingStateChanged.",
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
                    ("token", TOKEN),
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

/// The token is told. That it is told as offline is the check `events.offline`, as with everything else.
const TOKEN: &[Rule] = &[
    known("/idToken/idToken", "the token", |lab| {
        lab.driver.clone().into()
    }),
    is("/idToken/type", "ISO14443"),
];
/// Energy begins to flow.
const STARTS: &[Rule] = &[is("/triggerReason", "ChargingStateChanged")];
/// Nothing is told of an end.
const GOES_ON: &[Rule] = &[
    one_of("/eventType", &["Started", "Updated"]),
    one_of(
        "/triggerReason",
        &[
            "Authorized",
            "CablePluggedIn",
            "ChargingStateChanged",
            "MeterValuePeriodic",
            "MeterValueClock",
        ],
    ),
];
const OFFLINE_UNKNOWN: Setting =
    Setting::if_implemented("AuthCtrlr.OfflineTxForUnknownIdEnabled", |_| {
        "true".to_owned()
    });

fn with_cache_and_energy(product: &Product) -> Result<(), &'static str> {
    with_cache(product)?;
    match product.features.max_energy_on_invalid_id {
        true => Ok(()),
        false => Err("no energy for invalid tokens (C-03)"),
    }
}

/// What an invalid token may still take, in Wh.
const SHARE: f64 = 10_000.0;

/// See the words of the step.
fn flows_until_spent(lab: &mut Lab<'_>) -> Result<(), Failed> {
    let evse = lab.parameters.connector;
    let told = lab.sessions.seat(evse).told.clone().unwrap_or_default();
    if told != "Charging" {
        return lab.fail("flows", "Charging at the end", format!("it was {told}"));
    }
    if lab.parameters.time_scale < 1.0 {
        return Ok(());
    }
    let suspended = Expected::new("energy", "TransactionEvent")
        .at("/triggerReason", "ChargingStateChanged")
        .with("/eventType", "Updated")
        .with(STATE, "SuspendedEVSE")
        .within(Duration::from_secs(4 * 3_600))
        // One that comes late is sent again in time.
        .optional();
    let event = lab.expect(suspended)?;
    lab.sessions.told(evse, &event.payload);
    let token = lab.driver.clone();
    lab.present(&token)?;
    lab.sessions.seat_mut(evse).stop_token = Some(token);
    lab.stop_told("StopAuthorized", Stopped::Locally)?;
    let register = |context: &str| {
        let mut values = lab.taken.iter().filter_map(|message| {
            let values = message.payload["meterValue"]
                .as_array()
                .into_iter()
                .flatten();
            let mut sampled =
                values.flat_map(|value| value["sampledValue"].as_array().into_iter().flatten());
            let found = sampled.find(|value| {
                value["context"] == context && value["measurand"] == "Energy.Active.Import.Register"
            });
            found.and_then(|value| value["value"].as_f64())
        });
        values.next_back()
    };
    let both = register("Transaction.Begin").zip(register("Transaction.End"));
    let delivered = both.map_or(0.0, |(begin, end)| end - begin);
    match (SHARE..SHARE + 500.0).contains(&delivered) {
        true => Ok(()),
        false => {
            let got = format!("{delivered} Wh were delivered");
            lab.fail("delivered", format!("{SHARE} Wh and no more"), got)
        }
    }
}

const STATE: &str = "/transactionInfo/chargingState";
const NO_ENERGY: Setting =
    Setting::if_implemented("TxCtrlr.MaxEnergyOnInvalidId", |_| "0".to_owned());
