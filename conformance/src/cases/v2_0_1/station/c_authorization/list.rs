//! Tokens of the local authorization list while the CSMS could be asked: C14.

use super::super::{CASE, LIST, PRE_AUTHORIZE, authorizes, with_list};
use crate::case::{Case, Profile, Setting};
use crate::mutation::{Change::*, fails};
use crate::product::Product;
use crate::step::{Deed, State, Step};

/// Whoever has no reader is asked at remote starts, if that can be chosen.
pub(super) const ASK_AT_REMOTE_STARTS: Setting =
    Setting::if_possible("AuthCtrlr.AuthorizeRemoteStart", |_| "true".to_owned());

const CONFIG: &[Setting] = &[
    LIST,
    PRE_AUTHORIZE,
    Setting::if_possible("LocalAuthListCtrlr.DisablePostAuthorize", |_| {
        "false".to_owned()
    }),
    ASK_AT_REMOTE_STARTS,
];

fn with_list_and_tokens(product: &Product) -> Result<(), &'static str> {
    with_list(product)?;
    authorizes(product)
}

/// A token that is in the list, and perhaps not as accepted.
const fn listed_as(steps: &'static [Step]) -> Case {
    Case {
        profile: Profile::LocalAuthorizationList,
        requirements: &["C14.FR.03"],
        applies: with_list_and_tokens,
        config: CONFIG,
        steps,
        ..CASE
    }
}

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_C_27_CS",
        name: "Online authorization through local authorization list - Accepted",
        about: "A token that is in the list as accepted is not asked about; energy flows (erratum 6.2.22: by a remote start \
                where there is no reader).",
        requirements: &["C14.FR.02"],
        ..listed_as(&[
            Step::State(State::IdTokenLocalAuthList),
            Step::State(State::Authorized),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::EnergyTransferStarted),
        ])
    },
    Case {
        id: "TC_C_28_CS",
        name: "Online authorization through local authorization list - Invalid & Not Accepted",
        about: "A token that is in the list as invalid is asked about. That nothing follows is checked, although the \
                description does not say so.",
        ..listed_as(&[
            Step::Driver(|p| &p.invalid),
            Step::Token("Invalid", None),
            Step::State(State::IdTokenLocalAuthList),
            Step::State(State::Authorized),
        ])
    },
    Case {
        id: "TC_C_29_CS",
        name: "Online authorization through local authorization list - Blocked",
        about: "A token that is in the list as blocked is asked about.",
        ..listed_as(&[
            Step::Driver(|p| &p.invalid),
            Step::Token("Blocked", None),
            Step::State(State::IdTokenLocalAuthList),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::Authorized),
        ])
    },
    Case {
        id: "TC_C_30_CS",
        name: "Online authorization through local authorization list - Expired",
        about: "A token that is in the list as expired is asked about.",
        ..listed_as(&[
            Step::Driver(|p| &p.invalid),
            Step::Token("Expired", None),
            Step::State(State::IdTokenLocalAuthList),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::Authorized),
        ])
    },
    Case {
        id: "TC_C_31_CS",
        name: "Online authorization through local authorization list - Invalid & Accepted",
        about: "A token that is in the list as invalid is asked about and accepted: energy flows.",
        ..listed_as(&[
            Step::Token("Invalid", None),
            Step::State(State::IdTokenLocalAuthList),
            Step::Token("Accepted", None),
            Step::State(State::Authorized),
            Step::State(State::EvConnectedPreSession),
            Step::State(State::EnergyTransferStarted),
        ])
    },
    Case {
        id: "TC_C_58_CS",
        name: "Online authorization through local authorization list - LocalAuthListDisablePostAuthorization",
        about: "A token that is in the list as invalid is refused without a question. As in TC_E_52 (erratum 6.2.48) the car \
                is connected then: otherwise nobody could see that it is refused.",
        applies: |product| {
            with_list(product)?;
            super::super::local_start(product)?;
            match product.v2_0_1.list_disable_post_authorize {
                true => Ok(()),
                false => Err("no DisablePostAuthorize of the list (LA-3)"),
            }
        },
        config: &[
            LIST,
            PRE_AUTHORIZE,
            Setting::on("LocalAuthListCtrlr.DisablePostAuthorize"),
        ],
        mutations: &[fails(
            Key("LocalAuthListCtrlr.DisablePostAuthorize", "false"),
            "unasked",
        )],
        ..listed_as(&[
            Step::Driver(|p| &p.invalid),
            Step::Token("Invalid", None),
            Step::State(State::IdTokenLocalAuthList),
            Step::Act(Deed::Present),
            super::silence("unasked"),
            Step::State(State::EvConnectedPreSession),
            super::silence("refused"),
        ])
    },
];
