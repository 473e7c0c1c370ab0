//! The master pass: somebody who may stop other people's transactions, and start none (C16).

use alloc::vec::Vec;

use super::super::ChargingStation;
use super::super::per_evse::evse_of;
use super::super::wire::Reason;
use crate::station::authorization::{Place, decided_by};
use crate::station::context::Context;
use crate::station::output::TokenEffect;
use crate::station::vocabulary::{Authorization, AuthorizationStatus, EvseId, Token};

impl ChargingStation {
    /// Where somebody charges, or would if the car wanted to.
    fn places_in_use(&self) -> Vec<Place> {
        let places = (0..self.evses()).map(Some).chain([None]);
        places.filter(|place| self.in_use(*place)).collect()
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
            self.authorizations.select(core, token.clone());
            (AuthorizationStatus::Accepted, TokenEffect::SelectStops)
        } else {
            self.stop_with_master_pass(core, &places, &token);
            (AuthorizationStatus::Accepted, TokenEffect::Stopped)
        };
        decided_by(core, evse, token, info, (status, effect));
    }

    /// The user of a master pass has selected the transactions of these EVSEs, or all.
    pub(super) fn stops_selected(&mut self, core: &mut Context, evses: Option<&[EvseId]>) {
        let Some(token) = self.authorizations.selected(core) else {
            return;
        };
        let mut places = self.places_in_use();
        if let Some(evses) = evses {
            places.retain(|place| place.is_some_and(|index| evses.contains(&evse_of(index))));
        }
        self.stop_with_master_pass(core, &places, &token);
    }

    /// As in E07, for the reason `MasterPass` (C16.FR.07).
    fn stop_with_master_pass(&mut self, core: &mut Context, places: &[Place], token: &Token) {
        for place in places {
            self.stop_by(core, *place, token.clone(), Reason::MasterPass);
        }
    }
}
