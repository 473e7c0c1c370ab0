//! What stations of 2.1 tell about the price of a transaction.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Most settlements that are kept of a transaction.
const MAX_SETTLEMENTS: usize = 8;

/// What a station of 2.1 tells about the price of a transaction, as it wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Prices {
    /// The tariff that it charges for (I09).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tariff_id: Option<String>,
    /// What it has calculated (I12): CostDetails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_details: Option<Value>,
    /// The limit that holds for the transaction (E16): TransactionLimit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Value>,
    /// What has been paid at a terminal (C21, C25), the first ones: NotifySettlement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settlements: Vec<Value>,
}

impl Prices {
    /// Whether nothing was told.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.tariff_id.is_none()
            && self.cost_details.is_none()
            && self.limit.is_none()
            && self.settlements.is_empty()
    }

    /// Takes what a message tells: in the place of what is known, or only what is not known yet.
    pub(super) fn take(&mut self, told: &Self, replaces: bool) {
        fn take<T: Clone>(known: &mut Option<T>, told: Option<&T>, replaces: bool) {
            if let Some(told) = told.filter(|_| replaces || known.is_none()) {
                *known = Some(told.clone());
            }
        }
        take(&mut self.tariff_id, told.tariff_id.as_ref(), replaces);
        take(&mut self.cost_details, told.cost_details.as_ref(), replaces);
        take(&mut self.limit, told.limit.as_ref(), replaces);
    }

    pub(super) fn settle(&mut self, settlement: &Value) {
        if self.settlements.len() < MAX_SETTLEMENTS && !self.settlements.contains(settlement) {
            self.settlements.push(settlement.clone());
        }
    }
}
