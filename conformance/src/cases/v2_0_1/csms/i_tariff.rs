//! I: what a transaction costs.

use serde_json::{Value, json};

use super::j_meter_values::{CONNECTED_METERED, PERIODIC};
use super::states::{AUTHORIZED, CHARGES, FREE, OCCUPIED, STILL_CONNECTED, STOPS};
use super::{CASE, event};
use crate::case::{Case, Fact, Profile};
use crate::lab::{Expected, Lab};
use crate::mutation::{Change, fails};
use crate::step::{by_hand, suits};
use crate::unmet::Failed;

/// The CSMS has a tariff for energy.
const TARIFF: &[Fact] = &[Fact::Price(30)];

/// The running cost comes with the answer to the last event, or else with CostUpdated.
fn cost_is_told(lab: &mut Lab<'_>) -> Result<(), Failed> {
    if !lab
        .answered_with("TransactionEvent", "/totalCost")
        .is_null()
    {
        return Ok(());
    }
    let updated = Expected::new("cost", "CostUpdated");
    let updated = updated.with("/transactionId", lab.transaction_id());
    lab.expect(updated).map(|_| ())
}

/// A reading of the register in Wh.
fn reading(lab: &Lab<'_>, wh: i64, context: &str) -> Value {
    json!([{
        "timestamp": lab.utc_in(0),
        "sampledValue": [{
            "value": wh, "context": context, "measurand": "Energy.Active.Import.Register",
        }],
    }])
}

/// After a sample. The mutations are of the events of TC_I_01: that of the driver, of the cable, of the energy, then samples.
macro_rules! told {
    ($nth:literal) => {
        by_hand(
            "the running cost comes with the answer, or else with CostUpdated",
            cost_is_told,
            &[fails(
                Change::AnswerWithout("TransactionEvent", $nth, "/totalCost"),
                "cost",
            )],
        )
    };
}

const BLOCK: Case = Case {
    profile: Profile::AdvancedUserInterface,
    facts: TARIFF,
    ..CASE
};

/// See the [module documentation](self).
pub(super) const CASES: &[Case] = &[
    Case {
        id: "TC_I_01_CSMS",
        name: "Show EV Driver running total cost during charging - CostUpdatedRequest",
        about: "After each of two samples the running cost is told, with CostUpdated unless the answer has it. The register at the begin \
                comes with the cable.",
        requirements: &["I02.FR.01"],
        steps: &[
            AUTHORIZED,
            CONNECTED_METERED,
            CHARGES,
            PERIODIC,
            told!(3),
            PERIODIC,
            told!(4),
        ],
        ..BLOCK
    },
    Case {
        id: "TC_I_02_CSMS",
        name: "Show EV Driver Final Total Cost After Charging",
        about: "The answer to the end tells what 5 kWh cost (erratum 6.3.12).",
        requirements: &["I03.FR.02"],
        steps: &[
            OCCUPIED,
            event!(
                "connected",
                None,
                "CablePluggedIn",
                |lab| json!({
                    "chargingState": "EVConnected",
                    "meterValue": reading(lab, 1_000, "Transaction.Begin"),
                }),
                &[]
            ),
            AUTHORIZED,
            CHARGES,
            STOPS,
            STILL_CONNECTED,
            FREE,
            event!(
                "ended",
                Some("Ended"),
                "EVCommunicationLost",
                |lab| json!({
                    "chargingState": "Idle", "stoppedReason": "EVDisconnected",
                    "meterValue": reading(lab, 6_000, "Transaction.End"),
                }),
                &[suits("/totalCost", "more than 0", |cost| {
                    cost.as_f64().is_some_and(|cost| cost > 0.0)
                })]
            ),
        ],
        ..BLOCK
    },
];
