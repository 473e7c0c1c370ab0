//! The master pass: somebody who may stop other people's transactions, and start none (C16).

use alloc::vec::Vec;

use ocpp_types::v2_0_1::Reason;

use super::ChargingStation;
use crate::station::SELECTION;
use crate::station::authorization::{Place, decided_by};
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::output::TokenEffect;
use crate::station::vocabulary::{Authorization, AuthorizationStatus, EvseId, Token};
use crate::time::Instant;

/// A user of a master pass who selects what to stop.
#[derive(Debug)]
pub(super) struct Selecting {
    token: Token,
    /// Until when; then the station goes on as if nothing had been (C16, error handling).
    until: Instant,
}

/// Whether a token that is accepted is a master pass, whoever has said so: the CSMS, the cache or the list (C16.FR.04,
/// C16.FR.05).
pub(super) fn is_master(core: &Context, info: &Authorization) -> bool {
    let master = core.variables.text(Standard::MasterPass);
    let group = info.group.as_ref();
    info.status == AuthorizationStatus::Accepted
        && !master.is_empty()
        && group.is_some_and(|group| group.same_id(master))
}

impl ChargingStation {
    /// Where somebody charges, or would if the car wanted to.
    fn places_in_use(&self) -> Vec<Place> {
        let evses = 0..self.evses.len();
        let used = evses.filter(|index| self.in_use(*index)).map(Some);
        used.chain(self.floating.is_in_use().then_some(None))
            .collect()
    }

    /// A master pass was presented. With a display its user selects which transactions to stop (C16.FR.01), without one all
    /// of them are stopped (C16.FR.02). It starts nothing (C12.FR.09, C16.FR.03).
    pub(super) fn use_master_pass(
        &mut self,
        core: &mut Context,
        evse: Option<EvseId>,
        token: Token,
        info: &Authorization,
    ) {
        let places = self.places_in_use();
        let (status, effect) = if places.is_empty() {
            (AuthorizationStatus::NotAtThisLocation, TokenEffect::None)
        } else if core.config.features.master_pass_selection {
            let until = core.instant() + SELECTION;
            let token = token.clone();
            self.selecting = Some(Selecting { token, until });
            (AuthorizationStatus::Accepted, TokenEffect::SelectStops)
        } else {
            self.stop_with_master_pass(core, &places, &token);
            (AuthorizationStatus::Accepted, TokenEffect::Stopped)
        };
        decided_by(core, evse, token, info, (status, effect));
    }

    /// The user of a master pass has selected the transactions of these EVSEs, or all.
    pub(super) fn stops_selected(&mut self, core: &mut Context, evses: Option<&[EvseId]>) {
        let now = core.instant();
        let selecting = self.selecting.take();
        let Some(selecting) = selecting.filter(|selecting| now < selecting.until) else {
            return;
        };
        let mut places = self.places_in_use();
        if let Some(evses) = evses {
            places.retain(|place| place.is_some_and(|index| evses.contains(&self.evses[index].id)));
        }
        self.stop_with_master_pass(core, &places, &selecting.token);
    }

    /// As in E07, for the reason `MasterPass` (C16.FR.07).
    fn stop_with_master_pass(&mut self, core: &mut Context, places: &[Place], token: &Token) {
        for place in places {
            self.stop_by(core, *place, token.clone(), Reason::MasterPass);
        }
    }
}
