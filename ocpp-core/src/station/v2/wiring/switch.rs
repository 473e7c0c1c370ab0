//! The end of 2.0.1 and its beginning at run time, when a connection settles on another version.

use alloc::vec::Vec;

use super::super::ChargingStation;
use super::super::authorization::Auth;
use super::super::per_evse::{connectors_of, evse_of};
use super::super::transactions::Cue;
use super::super::wire::{Reason, TriggerReason};
use crate::station::authorization::{Authorizing as _, deadline};
use crate::station::behaviour::Handed;
use crate::station::common::firmware::{Firmware, Rules};
use crate::station::common::network_profiles::NetworkProfiles;
use crate::station::context::Context;
use crate::station::record::Records;
use crate::station::switch::Carried;

impl ChargingStation {
    /// Ends everything that another version could not go on with.
    pub(super) fn end_everything(&mut self, core: &mut Context) -> Vec<Carried> {
        let mut carried = Vec::new();
        let cue = Cue::ending(TriggerReason::AbnormalCondition, Reason::Other);
        if self.transactions.number(None).is_none() {
            self.authorizations.set(None, None);
        }
        if let Some(number) = self.transactions.number(None) {
            self.end(core, number, &cue);
        }
        for index in 0..self.evses() {
            if self.cables.give_back(index).is_some() {
                self.cables.release(core, index);
            }
            let running = self.running(index);
            let running = running.filter(|t| t.details.ending.is_none() && !t.ended);
            let auth = self.authorizations.granted(Some(index));
            let auth = auth.filter(|_| running.is_none_or(|t| !t.suspended));
            let place = running.and_then(|t| t.at).or(self.cables.car(index));
            let place = place.or_else(|| connectors_of(core, evse_of(index)).next());
            if let (Some(auth), Some(at)) = (auth, place) {
                carried.push(Carried {
                    at,
                    token: auth.token.clone(),
                    group: auth.group.clone(),
                });
            }
            if running.is_some() {
                self.end_at(core, index, &cue);
            } else if self.authorizations.get(Some(index)).is_some() {
                self.authorizations.set(Some(index), None);
            }
        }
        carried
    }

    /// Whether the last message of every transaction is stored, and nothing is under way that must not be broken off.
    pub(super) fn has_ended(&self) -> bool {
        !self.resets.is_pending()
            && !self.firmware.is_writing()
            && self.transactions.all_have_ended()
    }

    pub(super) fn hand_over(&mut self, core: &mut Context) -> Handed {
        let none = NetworkProfiles::restore(core, &Records::default());
        let networks = core::mem::replace(&mut self.networks, none);
        Handed {
            networks: networks.without_slots(core),
            firmware: core::mem::replace(&mut self.firmware, Firmware::idle(Rules::V2)),
            upload: core::mem::take(&mut self.upload),
            events: core::mem::take(&mut self.events),
            verifier: self.certificates.take_verifier(),
        }
    }

    pub(super) fn adopt(&mut self, core: &mut Context, handed: Handed) {
        self.firmware = handed.firmware.under(Rules::V2);
        self.upload = handed.upload;
        self.events = handed.events;
        if let Some(networks) = handed.networks {
            self.networks = networks;
        }
        if let Some(verifier) = handed.verifier {
            self.certificates.set_verifier(verifier);
        }
        self.registration.without_restart();
        self.follow_connection_variables(core);
    }

    /// As if the CSMS had accepted the token: what it thinks of it is in its answer to the first event.
    pub(super) fn carry_on(&mut self, core: &mut Context, carried: Carried) {
        let index = self.index_of(carried.at.evse);
        let free = |index: &usize| self.is_free_for(core, *index, &carried.token);
        let characters = carried.token.id.chars().count();
        let tellable = characters <= Self::MAX_TOKEN;
        let Some(index) = index.filter(free).filter(|_| tellable) else {
            return;
        };
        let plugged = self.cables.car(index).is_some();
        let mut auth = Auth::asking(carried.token);
        auth.granted = true;
        auth.group = carried.group;
        auth.deadline = deadline(core).filter(|_| !plugged);
        self.authorizations.set(Some(index), Some(auth));
        let cue = Cue::new(TriggerReason::Authorized);
        self.sessions.because(Some(index), cue);
    }
}
