//! C: tokens, groups, master passes, the cache.

use ocpp_core::csms::TokenStatus;
use ocpp_core::csms::remote::Operation;
use serde_json::json;

use super::states::{CHARGES, CHARGING, CONNECTED, DISCONNECTED, STILL_CONNECTED};
use super::{ACCEPTED, CASE, accepted, authorize, event, operation, token, two_evses};
use crate::case::{Case, Fact, Profile};
use crate::cases::of_csms::{RUNS, ended};
use crate::step::{Rule, Step, expect_telling, is, known, one_of, operate};

const GROUP: &[Fact] = &[
    Fact::TokenOfGroup(|p| &p.valid, |p| &p.parent),
    Fact::TokenOfGroup(|p| &p.valid2, |p| &p.parent),
];
const OF_GROUP: &[Rule] = &[
    ACCEPTED[0],
    known("/idTokenInfo/groupIdToken/idToken", "the group", |lab| {
        json!(lab.parameters.parent)
    }),
];
const MASTER: &[Fact] = &[Fact::TokenOfGroup(|p| &p.master, |p| &p.master_group)];
const OF_MASTERS: &[Rule] = &[
    ACCEPTED[0],
    known(
        "/idTokenInfo/groupIdToken/idToken",
        "the group of master passes",
        |lab| json!(lab.parameters.master_group),
    ),
];
const NOT_VALID: &[Rule] = &[one_of("/idTokenInfo/status", &["Invalid", "Unknown"])];

/// The driver's token is told with a start that nobody asked about before.
const fn begins(label: &'static str, rules: &'static [Rule]) -> Step {
    event!(
        label,
        None,
        "Authorized",
        |lab| json!({"idToken": token(lab)}),
        rules
    )
}

/// The driver's token is told with the stop.
const fn stops(label: &'static str, rules: &'static [Rule]) -> Step {
    event!(
        label,
        Some("Updated"),
        "StopAuthorized",
        |lab| json!({"idToken": token(lab)}),
        rules
    )
}

/// A master pass ends the transaction at the EVSE under test.
const fn ends(label: &'static str, rules: &'static [Rule]) -> Step {
    event!(
        label,
        Some("Ended"),
        "StopAuthorized",
        |lab| json!({"stoppedReason": "MasterPass", "idToken": token(lab)}),
        rules
    )
}

const FIRST: Step = Step::Driver(|p| &p.valid);
const SECOND: Step = Step::Driver(|p| &p.valid2);
const BOTH_CHARGE: Step = Step::Reusable(
    "EnergyTransferStarted at both EVSEs",
    &[CHARGING, Step::At(2), SECOND, CHARGING, Step::At(1)],
);

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_C_02_CSMS",
        name: "Local start transaction - Authorization Invalid/Unknown",
        about: "Nobody knows the token.",
        requirements: &["C01.FR.07", "C04.FR.01", "C06.FR.04"],
        steps: &[
            Step::Driver(|p| &p.invalid),
            authorize("authorize", NOT_VALID),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_06_CSMS",
        name: "Local start transaction - Authorization Blocked",
        about: "The token is blocked, which the description calls linked.",
        requirements: &["C01.FR.07"],
        facts: &[Fact::Token(|p| &p.invalid, TokenStatus::Blocked)],
        steps: &[
            Step::Driver(|p| &p.invalid),
            authorize(
                "authorize",
                &[one_of("/idTokenInfo/status", &["Blocked", "Invalid"])],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_07_CSMS",
        name: "Local start transaction - Authorization Expired",
        about: "The time of the token is over.",
        requirements: &["C01.FR.07"],
        facts: &[Fact::Token(|p| &p.invalid, TokenStatus::Expired)],
        steps: &[
            Step::Driver(|p| &p.invalid),
            authorize(
                "authorize",
                &[one_of("/idTokenInfo/status", &["Expired", "Invalid"])],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_08_CSMS",
        name: "Authorization through authorization cache - Accepted",
        about: "The station knows the token and does not ask before it tells of it.",
        requirements: &["C12.FR.03"],
        steps: &[CONNECTED, begins("event", ACCEPTED), RUNS],
        ..CASE
    },
    Case {
        id: "TC_C_20_CSMS",
        name: "Authorization through authorization cache - Invalid",
        about: "The station thinks that it knows the token, and the CSMS knows better.",
        requirements: &["C12.FR.03"],
        steps: &[
            CONNECTED,
            Step::Driver(|p| &p.invalid),
            begins("event", NOT_VALID),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_37_CSMS",
        name: "Clear Authorization Data in Authorization Cache - Accepted",
        about: "The operator clears the cache.",
        requirements: &["C11.FR.01"],
        steps: &[
            operate("clear the cache", |_| operation(Operation::ClearCache)),
            expect_telling(
                "clear",
                "ClearCache",
                &[],
                accepted,
                &[is("/status", "Accepted")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_38_CSMS",
        name: "Clear Authorization Data in Authorization Cache - Rejected",
        about: "The station does not clear its cache.",
        requirements: &["C11.FR.03"],
        steps: &[
            operate("clear the cache", |_| operation(Operation::ClearCache)),
            expect_telling(
                "clear",
                "ClearCache",
                &[],
                |_| json!({"status": "Rejected"}),
                &[is("/status", "Rejected")],
            ),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_39_CSMS",
        name: "Authorization by GroupId - Success",
        about: "One token starts, another one of its group stops. The cable was plugged in before: the states that follow leave out what \
                has happened.",
        requirements: &["C09.FR.02", "C09.FR.03"],
        facts: GROUP,
        steps: &[
            CONNECTED,
            SECOND,
            authorize("authorize", OF_GROUP),
            FIRST,
            begins("start", OF_GROUP),
            CHARGES,
            SECOND,
            authorize("authorize.2", OF_GROUP),
            stops("stop", OF_GROUP),
            STILL_CONNECTED,
            DISCONNECTED,
            ended!("EVDisconnected"),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_40_CSMS",
        name: "Authorization by Groupid - Success with Local Authorization List",
        about: "The station has both tokens in its list and asks for none.",
        requirements: &["C09.FR.02", "C09.FR.03"],
        profile: Profile::LocalAuthorizationList,
        facts: GROUP,
        steps: &[
            CONNECTED,
            begins("start", OF_GROUP),
            CHARGES,
            SECOND,
            stops("stop", OF_GROUP),
            STILL_CONNECTED,
            DISCONNECTED,
            ended!("EVDisconnected"),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_43_CSMS",
        name: "Authorization by GroupId - Invalid status with Local Authorization List",
        about: "The station has the second token in its list as invalid, and asks.",
        requirements: &["C09.FR.02", "C09.FR.03"],
        profile: Profile::LocalAuthorizationList,
        facts: GROUP,
        steps: &[
            CONNECTED,
            begins("start", OF_GROUP),
            CHARGES,
            SECOND,
            authorize("authorize", OF_GROUP),
            stops("stop", OF_GROUP),
            STILL_CONNECTED,
            DISCONNECTED,
            ended!("EVDisconnected"),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_47_CSMS",
        name: "Stop Transaction with a Master Pass - With UI - All transactions",
        about: "A master pass ends both transactions. The description has no validations; those of TC_C_48 are checked.",
        applies: two_evses,
        requirements: &["C16.FR.01"],
        facts: MASTER,
        steps: &[
            BOTH_CHARGE,
            Step::Driver(|p| &p.master),
            authorize("authorize", OF_MASTERS),
            ends("ended", OF_MASTERS),
            Step::At(2),
            ends("ended.2", OF_MASTERS),
            ended!("MasterPass"),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_48_CSMS",
        name: "Stop Transaction with a Master Pass - With UI - With UI - Specific transactions",
        about: "A master pass ends one transaction. Step 1 says the valid token and step 2 the group of master passes: the token of step 3 \
                is meant.",
        applies: two_evses,
        requirements: &["C16.FR.01"],
        facts: MASTER,
        steps: &[
            BOTH_CHARGE,
            Step::Driver(|p| &p.master),
            authorize("authorize", OF_MASTERS),
            ends("ended", OF_MASTERS),
            ended!("MasterPass"),
        ],
        ..CASE
    },
    Case {
        id: "TC_C_49_CSMS",
        name: "Stop Transaction with a Master Pass - Without UI",
        about: "A master pass ends both transactions, which are told with the token that has started the first one. The description has no \
                validations; that the pass is one is checked.",
        applies: two_evses,
        requirements: &["C16.FR.02"],
        facts: MASTER,
        steps: &[
            BOTH_CHARGE,
            Step::Driver(|p| &p.master),
            authorize("authorize", OF_MASTERS),
            FIRST,
            ends("ended", &[]),
            Step::At(2),
            ends("ended.2", &[]),
            ended!("MasterPass"),
        ],
        ..CASE
    },
];
