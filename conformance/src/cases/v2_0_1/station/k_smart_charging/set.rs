//! SetChargingProfile: K01.

use serde_json::{Value, json};

use super::super::{evse, transaction};
use super::{
    ACCEPTED, ASKED, CASE, DEFAULT, MAY_TELL, REJECTED, REPORTED, SET, SIX, TX, by_id, profile,
    request, six, six_at_most, smart_charging,
};
use crate::case::{Case, Profile};
use crate::lab::{Lab, Wanted};
use crate::mutation::{Change::*, fails};
use crate::product::Product;
use crate::step::{State, Step, by_hand, call, refused};

/// See the [module documentation](self).
pub(in super::super) const CASES: &[Case] = &[
    Case {
        id: "TC_K_01_CS",
        name: "Set Charging Profile - TxDefaultProfile - Specific EVSE",
        about: "A TxDefaultProfile for one EVSE is installed and reported as it was sent.",
        requirements: &["K01.FR.07", "K01.FR.15", "K09.FR.01", "K09.FR.02"],
        applies: smart_charging,
        steps: &[SIX, LIMITED, ASKED, REPORTED],
        ..CASE
    },
    Case {
        id: "TC_K_02_CS",
        name: "Set Charging Profile - TxProfile without ongoing transaction on the specified EVSE",
        about: "A TxProfile for a transaction that there is not is refused.",
        requirements: &["K01.FR.04", "K01.FR.07", "K01.FR.09"],
        applies: smart_charging,
        steps: &[call("set", SET, stray, REJECTED)],
        ..CASE
    },
    Case {
        id: "TC_K_03_CS",
        name: "Set Charging Profile - ChargingStationMaxProfile",
        about: "A limit for the whole station is installed and reported as it was sent.",
        requirements: &["K01.FR.07", "K04.FR.03", "K09.FR.01", "K09.FR.02"],
        applies: smart_charging,
        steps: &[
            call("set", SET, |lab| request(0, six_at_most(lab, 1)), ACCEPTED),
            ASKED,
            REPORTED,
        ],
        ..CASE
    },
    Case {
        id: "TC_K_04_CS",
        name: "Replace charging profile - With chargingProfileId",
        about: "A profile with the id of another one takes its place.",
        requirements: &["K01.FR.05", "K01.FR.07", "K09.FR.01", "K09.FR.02"],
        applies: smart_charging,
        steps: &[
            SIX,
            call(
                "replace",
                SET,
                |lab| {
                    let mut ten = profile(lab, 1, DEFAULT, "Relative", &[(0, 10)]);
                    ten["chargingSchedule"][0]["duration"] = json!(300);
                    request(evse(lab), ten)
                },
                ACCEPTED,
            ),
            by_hand(
                "the hardware is told the new limit, where that can be seen",
                |lab| lab.check_limit("limit", Wanted::Is(10)),
                &[fails(Misread(SET, 1, super::LIMIT, "9"), "limit")],
            ),
            ASKED,
            REPORTED,
        ],
        ..CASE
    },
    Case {
        id: "TC_K_10_CS",
        name: "Set Charging Profile - TxDefaultProfile - All EVSE",
        about: "A TxDefaultProfile for all EVSEs is installed and reported as it was sent, in one report that is the last.",
        requirements: &["K01.FR.07", "K01.FR.14", "K09.FR.01", "K09.FR.02"],
        applies: smart_charging,
        steps: &[
            call("set", SET, |lab| request(0, six(lab, 1)), ACCEPTED),
            LIMITED,
            ASKED,
            REPORTED,
        ],
        ..CASE
    },
    Case {
        id: "TC_K_11_CS",
        name: "Set Charging Profile - Unable to set TxProfile on all EVSE at once",
        about: "A TxProfile for all EVSEs is refused. It names a transaction, as every TxProfile does.",
        requirements: &["K01.FR.04", "K01.FR.16"],
        applies: smart_charging,
        steps: &[call(
            "set",
            SET,
            |lab| {
                let mut stray = stray(lab);
                stray["evseId"] = json!(0);
                stray
            },
            REJECTED,
        )],
        ..CASE
    },
    Case {
        id: "TC_K_12_CS",
        name: "Set Charging Profile - ChargerRateUnit Rejected",
        about: "A profile in a unit that the station does not take is refused.",
        requirements: &["K01.FR.26"],
        applies: one_unit,
        steps: &[call(
            "set",
            SET,
            |lab| {
                let mut other = six(lab, 1);
                other["chargingSchedule"][0]["chargingRateUnit"] = json!(other_unit(lab));
                request(evse(lab), other)
            },
            REJECTED,
        )],
        ..CASE
    },
    Case {
        id: "TC_K_13_CS",
        name: "Set Charging Profile - Persistent over reboot",
        about: "A profile is still there, and still holds, when the power was off. The description names no instant for the \
                limit; the hardware is looked at when the station has registered.",
        requirements: &["K01.FR.07", "K01.FR.27", "K09.FR.01", "K09.FR.02"],
        applies: smart_charging,
        steps: &[
            SIX,
            Step::State(State::Booted),
            by_hand(
                "the hardware is told the limit again, where that can be seen",
                |lab| lab.check_limit("limit", Wanted::Is(6)),
                &[fails(Forget("charging-profile/"), "limit")],
            ),
            call("get", super::GET, |_| by_id(super::FIRST, 1), ACCEPTED),
            REPORTED,
        ],
        ..CASE
    },
    Case {
        id: "TC_K_14_CS",
        name: "Set Charging Profile - Unexisting EVSEid",
        about: "A profile for an EVSE that there is not is refused.",
        requirements: &["K01.FR.28"],
        applies: smart_charging,
        steps: &[call(
            "set",
            SET,
            |lab| request(lab.parameters.connectors + 1, six(lab, 1)),
            REJECTED,
        )],
        ..CASE
    },
    Case {
        id: "TC_K_15_CS",
        profile: Profile::None,
        name: "Set Charging Profile - Not Supported",
        about: "A station without smart charging says that it has none. The description names the error NotSupported.",
        requirements: &["K01.FR.29"],
        applies: |product| match product.features.smart_charging {
            true => Err("the station has Smart Charging"),
            false => Ok(()),
        },
        steps: &[refused(
            "set",
            SET,
            |lab| request(evse(lab), six(lab, 1)),
            "NotSupported",
        )],
        ..CASE
    },
    Case {
        id: "TC_K_16_CS",
        name: "Set Charging Profile - Unknown transactionId",
        about: "A TxProfile for another transaction than the one that runs is refused.",
        requirements: &["K01.FR.33"],
        applies: smart_charging,
        steps: &[
            Step::State(State::EnergyTransferStarted),
            call("set", SET, stray, REJECTED),
        ],
        ..CASE
    },
    Case {
        id: "TC_K_19_CS",
        name: "Set Charging Profile - ChargingProfileKind is Recurring",
        about: "A profile that comes back every day is installed. It has a start, from which the days count.",
        requirements: &["K01.FR.40"],
        applies: smart_charging,
        steps: &[call(
            "set",
            SET,
            |lab| {
                let mut daily = profile(lab, 1, DEFAULT, "Recurring", &[(0, 6)]);
                daily["recurrencyKind"] = json!("Daily");
                daily["chargingSchedule"][0]["startSchedule"] = json!(lab.utc_in(0));
                request(evse(lab), daily)
            },
            ACCEPTED,
        )],
        ..CASE
    },
    Case {
        id: "TC_K_60_CS",
        name: "Set Charging Profile - TxProfile with ongoing transaction on the specified EVSE",
        about: "A TxProfile for the running transaction is installed, limits it, and is reported as it was sent.",
        requirements: &[
            "K01.FR.04", "K01.FR.07", "K01.FR.15", "K09.FR.01", "K09.FR.02",
        ],
        applies: smart_charging,
        steps: &[
            Step::State(State::EnergyTransferStarted),
            call(
                "set",
                SET,
                |lab| {
                    let mut own = profile(lab, 1, TX, "Relative", &[(0, 6)]);
                    own["transactionId"] = transaction(lab);
                    request(evse(lab), own)
                },
                ACCEPTED,
            ),
            MAY_TELL,
            LIMITED,
            ASKED,
            REPORTED,
        ],
        ..CASE
    },
];

/// The hardware follows the profile of 6.
pub(super) const LIMITED: Step = by_hand(
    "the hardware is told the limit, where that can be seen",
    |lab| lab.check_limit("limit", Wanted::Is(6)),
    &[fails(Misread(SET, 0, super::LIMIT, "7"), "limit")],
);

/// A TxProfile for a transaction that there is not.
fn stray(lab: &Lab<'_>) -> Value {
    let mut stray = profile(lab, 1, TX, "Relative", &[(0, 6)]);
    stray["transactionId"] = json!("UNKNOWN-TRANSACTION-ID");
    request(evse(lab), stray)
}

/// Limits in one unit only.
pub(super) fn one_unit(product: &Product) -> Result<(), &'static str> {
    smart_charging(product)?;
    match product.features.rate_in_amperes && product.features.rate_in_watts {
        true => Err("the station takes both units (SC-2.1, SC-2.2)"),
        false => Ok(()),
    }
}

/// The unit that the station does not take.
pub(super) fn other_unit(lab: &Lab<'_>) -> &'static str {
    match lab.parameters.rate_unit {
        "W" => "A",
        _ => "W",
    }
}
