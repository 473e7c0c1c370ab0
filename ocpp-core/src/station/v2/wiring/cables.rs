//! What cables mean for those who charge: when a car comes, and when a car or a cable is gone.

use super::super::ChargingStation;
use super::super::cable::{CableChange, Claim, is_gone};
use super::super::per_evse::evse_of;
use super::super::points::Point;
use super::super::transactions::Cue;
use super::super::wire::{Reason, TriggerReason, UnlockConnectorRequest};
use crate::session::CallToken;
use crate::station::authorization::deadline;
use crate::station::config::CableKind;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::vocabulary::{CableState, ConnectorId};

impl ChargingStation {
    pub(super) fn cable_changed(&mut self, core: &mut Context, at: ConnectorId, state: CableState) {
        let Some(index) = self.index_of(at.evse) else {
            return;
        };
        match self.cables.changed(index, at, state) {
            CableChange::CarCame => self.serve_car(core, index),
            CableChange::CarLeft => self.car_left(core, index, at),
            CableChange::PlugLeft => self.plug_left(index, at),
            CableChange::Nothing => {}
        }
        if state == CableState::Unplugged {
            self.cables.emptied(core, index, at);
        }
    }

    /// Lets an EVSE serve a car. While somebody may charge in a transaction that is only a car at the connector of that
    /// transaction, lest another one charges at their expense.
    pub(super) fn serve_car(&mut self, core: &mut Context, index: usize) {
        if self.cables.car(index).is_some() {
            return;
        }
        let running = self.running(index);
        if running.is_some_and(|t| t.details.ending.is_some()) {
            return;
        }
        let begun = running.filter(|t| t.details.reached.has(Point::EvConnected));
        let bound = begun
            .filter(|_| self.is_authorized(index))
            .and_then(|t| t.at);
        // Nobody charges where the connector is not to be used, but for a transaction that runs there.
        let used = begun.and_then(|t| t.at);
        let availability = &self.availability;
        let usable = |at| used == Some(at) || availability.is_connector_operative(index, at);
        if self.cables.serve(core, index, bound, usable) {
            self.plugged(core, index);
        }
    }

    fn plugged(&mut self, core: &mut Context, index: usize) {
        self.seat(core, index);
        if self.is_authorized(index) {
            // From here on it no longer depends on the cable being plugged in in time.
            self.authorizations.wait(Some(index), None);
        }
        let cue = Cue::new(TriggerReason::CablePluggedIn);
        self.sessions.because(Some(index), cue);
    }

    /// The car is gone; the cable may still be in the socket.
    fn car_left(&mut self, core: &mut Context, index: usize, at: ConnectorId) {
        let until = deadline(core);
        let gone = core.hardware.get(at).is_some_and(is_gone);
        let stop = core.variables.bool(Standard::StopOnEvDisconnect);
        let fixed = core
            .hardware
            .get(at)
            .is_some_and(|connector| connector.config.cable == CableKind::Fixed);
        let Some(running) = self.running(index) else {
            if self.is_authorized(index) {
                // E03: the time to plug in begins anew.
                self.authorizations.wait(Some(index), until);
                // Nothing has begun: who drives away takes the cable along.
                self.cables.release(core, index);
            }
            return;
        };
        let owner = running.token.clone();
        let cue = Cue::ending(TriggerReason::EvCommunicationLost, Reason::EvDisconnected);
        self.sessions.because(Some(index), cue);
        if stop || gone {
            // E09.FR.01.
            self.authorizations.set(Some(index), None);
            if core.variables.bool(Standard::UnlockOnEvDisconnect) {
                // E09.FR.02.
                core.unlock(at);
            } else {
                let refused = false;
                self.cables.keep(core, index, Claim { owner, refused });
            }
        } else if fixed {
            // E10.FR.02.
            self.authorizations.wait(Some(index), until);
        }
    }

    /// The plug is out of the socket although its cable was to stay locked until the driver is back (E10.FR.01): nobody
    /// can go on with the transaction, and the next cable must not charge at the driver's expense.
    fn plug_left(&mut self, index: usize, at: ConnectorId) {
        let suspended = self
            .running(index)
            .is_some_and(|t| t.at == Some(at) && t.details.reached.has(Point::EvConnected))
            && self.is_authorized(index);
        if suspended {
            let reason = Reason::EvDisconnected;
            self.deauthorize(
                Some(index),
                Cue::ending(TriggerReason::AbnormalCondition, reason),
            );
        }
    }

    pub(super) fn unlock_connector(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &UnlockConnectorRequest,
    ) {
        let index = self.evse_number(request.evse_id);
        let connector = u32::try_from(request.connector_id).ok();
        let at = index
            .zip(connector)
            .map(|(index, connector)| ConnectorId::new(evse_of(index), connector));
        let charging = index.is_some_and(|index| {
            let running = self.running(index);
            let here = running.is_some_and(|t| t.at == at && t.details.ending.is_none());
            here && self.is_authorized(index)
        });
        self.cables.unlock_asked(core, call, at, charging);
    }

    /// A lock holds, or not: then nobody begins to charge (G05.FR.01).
    pub(super) fn locked(&mut self, core: &mut Context, at: ConnectorId, success: bool) {
        let Some(index) = self.index_of(at.evse).filter(|_| !success) else {
            return;
        };
        let cue = Cue::ending(TriggerReason::AbnormalCondition, Reason::Other);
        self.deauthorize(Some(index), cue);
        self.cables.locked(core, index, at);
    }
}
