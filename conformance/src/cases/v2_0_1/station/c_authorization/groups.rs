//! Tokens of one group: C09.

use super::super::{
    CASE, LIST, PRE_AUTHORIZE, cache_on, local_start, still_ongoing, with_cache, with_list,
};
use super::local_authorize;
use crate::case::{Case, Profile, Setting};
use crate::mutation::{Change::Remove, Mutation, fails};
use crate::product::Product;
use crate::step::{Deed, State, Step, by_hand};

const GROUP: Option<fn(&crate::lab::Parameters) -> &str> = Some(|p| &p.parent);

fn with_list_and_reader(product: &Product) -> Result<(), &'static str> {
    with_list(product)?;
    local_start(product)
}

/// The other token of the group stops the session; the event has to have it.
const STOPS: Step = by_hand(
    "[StopAuthorized.event] StopAuthorized, [stop.token] with the other token",
    |lab| super::stopped_with_token(lab, crate::lab::Stopped::Locally),
    &[],
);

/// The third event of the only session of a case is the one that is stopped.
const WITHOUT_TOKEN: Mutation = fails(Remove("TransactionEvent", 2, "/idToken"), "stop.token");

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_C_39_CS",
        name: "Authorization by GroupId - Success",
        about: "A token stops a transaction that another one of its group has started; the CSMS is asked about both. The event \
                that stops has the second token, where the description names the first one.",
        requirements: &["C09.FR.02", "C09.FR.03", "C09.FR.05"],
        applies: local_start,
        mutations: &[WITHOUT_TOKEN],
        steps: &[
            Step::Token("Accepted", GROUP),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::AuthorizedLocally),
            Step::State(State::EnergyTransferStarted),
            Step::Driver(|p| &p.valid2),
            Step::Token("Accepted", GROUP),
            Step::Act(Deed::Present),
            local_authorize("authorize.other"),
            STOPS,
            Step::State(State::EvConnectedPostSession),
            Step::State(State::EvDisconnected),
            Step::State(State::ParkingBayUnoccupied),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_40_CS",
        name: "Authorization by GroupId - Success with Local Authorization List",
        about: "The same with two tokens that are in the local list: nobody is asked about them. The event that stops may be the \
                last one (erratum 6.2.117).",
        profile: Profile::LocalAuthorizationList,
        requirements: &["C09.FR.02", "C09.FR.03", "C09.FR.07"],
        applies: with_list_and_reader,
        config: &[LIST, PRE_AUTHORIZE],
        mutations: &[WITHOUT_TOKEN],
        steps: &[
            Step::Driver(|p| &p.valid2),
            Step::Token("Accepted", GROUP),
            Step::State(State::IdTokenLocalAuthList),
            Step::Driver(|p| &p.valid),
            Step::Token("Accepted", GROUP),
            Step::State(State::IdTokenLocalAuthList),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::AuthorizedLocally),
            Step::State(State::EnergyTransferStarted),
            Step::Driver(|p| &p.valid2),
            Step::Act(Deed::Present),
            STOPS,
            Step::State(State::EvConnectedPostSession),
            Step::State(State::EvDisconnected),
            Step::State(State::ParkingBayUnoccupied),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_41_CS",
        name: "Authorization by GroupId - Success with Authorization Cache",
        about: "The same with two tokens that are in the cache: nobody is asked about them.",
        requirements: &["C09.FR.02", "C09.FR.03", "C09.FR.07"],
        applies: with_cache,
        config: &[cache_on(), PRE_AUTHORIZE],
        steps: &[
            Step::Token("Accepted", GROUP),
            Step::State(State::IdTokenCached),
            Step::Driver(|p| &p.valid2),
            Step::Token("Accepted", GROUP),
            Step::State(State::IdTokenCached),
            Step::Driver(|p| &p.valid),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::AuthorizedLocally),
            Step::State(State::EnergyTransferStarted),
            Step::Driver(|p| &p.valid2),
            Step::Act(Deed::Present),
            STOPS,
            Step::State(State::EvConnectedPostSession),
            Step::State(State::EvDisconnected),
            Step::State(State::ParkingBayUnoccupied),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_42_CS",
        name: "Authorization by GroupId - Not stopped by GroupId",
        about: "A token of the group that is not valid does not stop the transaction.",
        requirements: &["C09.FR.11"],
        applies: local_start,
        steps: &[
            Step::Token("Accepted", GROUP),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::AuthorizedLocally),
            Step::State(State::EnergyTransferStarted),
            Step::Driver(|p| &p.invalid),
            Step::Token("Invalid", GROUP),
            Step::Act(Deed::Present),
            local_authorize("authorize.other"),
            Step::Silence("goes-on", |_| 30, &[]),
            by_hand(
                "[goes-on.status] the transaction is still ongoing",
                still_ongoing,
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_43_CS",
        name: "Authorization by GroupId - Invalid status with Local Authorization List",
        about: "A token of the group that is in the local list as invalid is asked about and does not stop the transaction. The \
                token of AuthorizeRequest is the one that is presented, where the description names the first one; its \
                validation of a step 6 belongs to no step.",
        profile: Profile::LocalAuthorizationList,
        requirements: &["C09.FR.02", "C09.FR.03", "C09.FR.07"],
        applies: with_list_and_reader,
        config: &[
            LIST,
            PRE_AUTHORIZE,
            Setting::if_possible("LocalAuthListCtrlr.DisablePostAuthorize", |_| {
                "false".to_owned()
            }),
        ],
        steps: &[
            Step::Driver(|p| &p.invalid),
            Step::Token("Invalid", GROUP),
            Step::State(State::IdTokenLocalAuthList),
            Step::Driver(|p| &p.valid),
            Step::Token("Accepted", GROUP),
            Step::State(State::IdTokenLocalAuthList),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::AuthorizedLocally),
            Step::State(State::EnergyTransferStarted),
            Step::Driver(|p| &p.invalid),
            Step::Act(Deed::Present),
            local_authorize("authorize.other"),
            Step::Silence("goes-on", |_| 30, &[]),
            by_hand(
                "[goes-on.status] the transaction is still ongoing",
                still_ongoing,
                &[],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_44_CS",
        name: "Authorization by GroupId - Invalid status with Authorization Cache",
        about: "A token of the group that is in the cache as invalid is asked about and does not stop the transaction.",
        requirements: &["C09.FR.02", "C09.FR.03", "C09.FR.07"],
        applies: with_cache,
        config: &[
            cache_on(),
            PRE_AUTHORIZE,
            Setting::if_possible("AuthCacheCtrlr.DisablePostAuthorize", |_| {
                "false".to_owned()
            }),
        ],
        steps: &[
            Step::Token("Accepted", GROUP),
            Step::State(State::IdTokenCached),
            Step::Driver(|p| &p.invalid),
            Step::Token("Invalid", GROUP),
            Step::State(State::IdTokenCached),
            Step::Driver(|p| &p.valid),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::AuthorizedLocally),
            Step::State(State::EnergyTransferStarted),
            Step::Driver(|p| &p.invalid),
            Step::Act(Deed::Present),
            local_authorize("authorize.other"),
            Step::Silence("goes-on", |_| 30, &[]),
            by_hand(
                "[goes-on.status] the transaction is still ongoing",
                still_ongoing,
                &[],
            ),
        ],
        ..CASE
    },
];
