//! Tokens that the CSMS decides about: C01.

use super::super::{ASK, CASE, REMOTE_ASK, local_start};
use crate::case::Case;
use crate::product::Product;
use crate::step::{Deed, State, Step, by_hand, expect, is, known};

fn plug_in_first(product: &Product) -> Result<(), &'static str> {
    local_start(product)?;
    match product.features.lock_prevents_plug_in {
        true => Err("the cable is locked until somebody is authorized (AQ-2)"),
        false => Ok(()),
    }
}

/// AuthorizeRequest about the driver's token.
const AUTHORIZE: Step = expect(
    "authorize",
    "Authorize",
    &[
        known("/idToken/idToken", "the token", |lab| {
            lab.driver.clone().into()
        }),
        is("/idToken/type", "ISO14443"),
    ],
);

/// A token that the CSMS answers with this status: nobody charges.
const fn not_accepted(steps: &'static [Step]) -> Case {
    Case {
        requirements: &["C01.FR.02"],
        applies: plug_in_first,
        config: &[ASK, REMOTE_ASK],
        steps,
        ..CASE
    }
}

/// For the time of a message nothing is told of a transaction.
const NO_TRANSACTION: Step = super::silence("no-transaction");

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_C_02_CS",
        name: "Local start transaction - Authorization Invalid/Unknown",
        about: "The CSMS answers Invalid: no TransactionEvent follows.",
        requirements: &["C01.FR.02", "C06.FR.02"],
        ..not_accepted(&[
            Step::State(State::EvConnectedPreSession),
            Step::Driver(|p| &p.invalid),
            Step::Token("Invalid", None),
            Step::Act(Deed::Present),
            AUTHORIZE,
            NO_TRANSACTION,
        ])
    },
    Case {
        id: "TC_C_05_CS",
        name: "Local start transaction - Authorization invalid - Cable lock",
        about: "A cable is locked until somebody is authorized: the CSMS answers Invalid, and no TransactionEvent follows.",
        requirements: &["C01.FR.02", "C06.FR.02"],
        applies: |product| {
            local_start(product)?;
            match product.features.lock_prevents_plug_in {
                true => Ok(()),
                false => Err("no cable is locked until somebody is authorized (AQ-2)"),
            }
        },
        ..not_accepted(&[
            Step::Driver(|p| &p.invalid),
            Step::Token("Invalid", None),
            Step::Act(Deed::Present),
            AUTHORIZE,
            NO_TRANSACTION,
        ])
    },
    Case {
        id: "TC_C_06_CS",
        name: "Local start transaction - Authorization Blocked",
        about: "The CSMS answers Blocked (the description writes Locked in one place): no TransactionEvent follows.",
        ..not_accepted(&[
            Step::State(State::EvConnectedPreSession),
            Step::Driver(|p| &p.invalid),
            Step::Token("Blocked", None),
            Step::Act(Deed::Present),
            AUTHORIZE,
            NO_TRANSACTION,
        ])
    },
    Case {
        id: "TC_C_07_CS",
        name: "Local start transaction - Authorization Expired",
        about: "The CSMS answers Expired: no TransactionEvent follows.",
        ..not_accepted(&[
            Step::State(State::EvConnectedPreSession),
            Step::Driver(|p| &p.invalid),
            Step::Token("Expired", None),
            Step::Act(Deed::Present),
            AUTHORIZE,
            NO_TRANSACTION,
        ])
    },
    Case {
        id: "TC_C_56_CS",
        name: "Local start transaction - Authorization Unknown",
        about: "The CSMS answers Unknown: no TransactionEvent follows.",
        ..not_accepted(&[
            Step::State(State::EvConnectedPreSession),
            Step::Driver(|p| &p.invalid),
            Step::Token("Unknown", None),
            Step::Act(Deed::Present),
            AUTHORIZE,
            NO_TRANSACTION,
        ])
    },
    Case {
        id: "TC_C_04_CS",
        name: "Local Stop Transaction - Different idToken",
        about: "Somebody else's token is presented while a car charges: the transaction goes on, and no event has the token. \
                The description leaves the content of AuthorizeRequest open, and whether one is sent where one reader \
                serves several EVSEs; it is asked for here. The certified product has one reader, although the \
                prerequisite leaves such stations out.",
        requirements: &["C01.FR.02", "C01.FR.03"],
        applies: local_start,
        config: &[ASK, REMOTE_ASK],
        steps: &[
            Step::State(State::EnergyTransferStarted),
            Step::Driver(|p| &p.valid2),
            Step::Act(Deed::Present),
            expect("authorize", "Authorize", &[]),
            super::silence("goes-on"),
            by_hand(
                "[goes-on.status] the transaction is still ongoing",
                super::super::still_ongoing,
                &[],
            ),
        ],
        ..CASE
    },
];
