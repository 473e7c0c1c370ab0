//! K12, K13: limits that do not come from the CSMS.

use serde_json::json;

use super::event;
use super::k_set::BLOCK;
use super::states::CHARGING;
use crate::case::{Case, Profile};
use crate::step::{Step, call};

const RELEASED: Step = call(
    "released",
    "ClearedChargingLimit",
    |_| json!({"chargingLimitSource": "EMS"}),
    &[],
);

const NOT_CERTIFIED: Case = Case {
    profile: Profile::None,
    ..BLOCK
};

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_K_48_CSMS",
        name: "Set / Update External Charging Limit (not on a transaction)",
        about: "An energy manager limits the station.",
        requirements: &["K12.FR.02"],
        steps: &[call(
            "limit",
            "NotifyChargingLimit",
            |_| json!({"chargingLimit": {"chargingLimitSource": "EMS"}}),
            &[],
        )],
        ..NOT_CERTIFIED
    },
    Case {
        id: "TC_K_50_CSMS",
        name: "Reset / release external charging limit - Without ongoing transaction",
        about: "The energy manager takes its limit back.",
        requirements: &["K13.FR.02"],
        steps: &[RELEASED],
        ..NOT_CERTIFIED
    },
    Case {
        id: "TC_K_51_CSMS",
        name: "Reset / release external charging limit - With ongoing transaction",
        about: "The same while somebody charges.",
        requirements: &["K13.FR.02", "K13.FR.03"],
        steps: &[
            CHARGING,
            RELEASED,
            event!(
                "rate",
                Some("Updated"),
                "ChargingRateChanged",
                |_| json!({}),
                &[]
            ),
        ],
        ..NOT_CERTIFIED
    },
];
