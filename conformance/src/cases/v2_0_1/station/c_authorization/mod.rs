//! Block C, authorization.

pub(super) mod cache;
pub(super) mod cache_store;
pub(super) mod groups;
pub(super) mod local;
pub(super) mod offline;

use crate::product::Product;
use crate::step::{Rule, Step, by_hand, expect, is, known};

/// AuthorizeRequest about the driver's token.
const fn local_authorize(label: &'static str) -> Step {
    const RULES: &[Rule] = &[
        known("/idToken/idToken", "the driver's token", |lab| {
            lab.driver.clone().into()
        }),
        is("/idToken/type", "ISO14443"),
    ];
    expect(label, "Authorize", RULES)
}

/// The station has the driver's token in its cache now.
const IN_CACHE: Step = by_hand(
    "from now on the station knows the token from its cache",
    |lab| {
        lab.cached.insert(lab.driver.clone());
        Ok(())
    },
    &[],
);

/// The station has the driver's token in its cache no longer.
const NOT_IN_CACHE: Step = by_hand(
    "from now on the station does not know the token from its cache",
    |lab| {
        lab.cached.remove(&lab.driver);
        Ok(())
    },
    &[],
);

/// The cases about energy that is suspended are about transactions that go on then.
fn goes_on_suspended(product: &Product) -> Result<(), &'static str> {
    super::local_start(product)?;
    match product.v2_0_1.points.1 {
        "EnergyTransfer" => {
            Err("TxStopPoint EnergyTransfer ends a transaction whose energy is suspended")
        }
        _ => Ok(()),
    }
}
