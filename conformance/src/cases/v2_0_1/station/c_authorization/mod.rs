//! Block C, authorization.

pub(super) mod cache;
pub(super) mod cache_store;
pub(super) mod groups;
pub(super) mod list;
pub(super) mod local;
pub(super) mod master_pass;
pub(super) mod offline;
pub(super) mod offline_list;

use crate::lab::{Lab, Stopped};
use crate::mutation::{Change::DropAll, fails};
use crate::product::Product;
use crate::step::{Rule, Step, by_hand, expect, is, known};
use crate::unmet::Failed;

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

/// For the time of a message nothing comes.
const fn silence(label: &'static str) -> Step {
    Step::Silence(label, |p| seconds(p.response_timeout), &[])
}

const fn seconds(duration: std::time::Duration) -> u32 {
    #[allow(clippy::cast_possible_truncation)] // Limits of the section Performance.
    let seconds = duration.as_secs() as u32;
    seconds
}

/// The session is stopped with the token of who is there now, and an event says so with that token.
fn stopped_with_token(lab: &mut Lab<'_>, how: Stopped) -> Result<(), Failed> {
    let token = lab.driver.clone();
    let evse = lab.parameters.connector;
    lab.sessions.seat_mut(evse).stop_token = Some(token.clone());
    lab.taken.clear();
    lab.stop_told("StopAuthorized", how)?;
    let says = lab.taken.iter().any(|message| {
        let payload = &message.payload;
        payload["triggerReason"] == "StopAuthorized"
            && payload["idToken"]["idToken"] == token.as_str()
            && payload["idToken"]["type"] == "ISO14443"
    });
    match says {
        true => Ok(()),
        false => lab.fail(
            "stop.token",
            "the token that stops in the event",
            "it was not there",
        ),
    }
}

/// While events of a car that came without a connection were taken, its connector has told its status.
const OCCUPIED: Step = by_hand(
    "[status] meanwhile the connector has told that it is Occupied",
    |lab| match lab
        .sessions
        .has_status(lab.parameters.connector, "Occupied")
    {
        true => Ok(()),
        false => lab.fail("status", "the status Occupied", "it did not come"),
    },
    &[fails(DropAll("StatusNotification"), "status")],
);

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
