//! The end of 1.6 and its beginning at run time, when a connection settles on another version.

use alloc::vec::Vec;

use ocpp_types::Version;
use ocpp_types::v1_6::Reason;

use super::ChargePoint;
use crate::station::authorization::{Authorizing as _, deadline};
use crate::station::behaviour::Handed;
use crate::station::common::firmware::{Firmware, Rules};
use crate::station::common::network_profiles::NetworkProfiles;
use crate::station::context::Context;
use crate::station::record::Records;
use crate::station::switch::Carried;
use crate::station::v1_6::authorization::Auth;

/// The network profiles that the CSMS has set in a version that knows them. As long as the station can speak that, it goes on
/// with them.
pub(super) fn networks(core: &mut Context, records: &Records) -> Option<NetworkProfiles> {
    if !core.config.versions.contains(&Version::V2_0_1) {
        return None;
    }
    NetworkProfiles::restore(core, records).without_slots(core)
}

impl ChargePoint {
    /// Ends everything that another version could not go on with.
    pub(super) fn end_everything(&mut self, core: &mut Context) -> Vec<Carried> {
        let mut carried = Vec::new();
        self.authorizations.set(None, None);
        for number in self.connectors.numbers() {
            let at = self.connectors.at(number);
            let waiting = self.authorizations.take_granted(Some(number));
            self.authorizations.set(Some(number), None);
            carried.extend(waiting.map(|auth| Carried {
                at,
                token: auth.token,
                group: auth.group,
            }));
            if self.cables.is_kept(number) {
                self.cables.free(core, &self.connectors, number);
            }
            let running = self.transactions.at(number);
            let Some(running) = running.filter(|t| t.details.stopping.is_none() && !t.ended) else {
                continue;
            };
            if !running.suspended {
                carried.push(Carried {
                    at,
                    token: running.token.clone(),
                    group: running.group.clone(),
                });
            }
            let transaction = running.number;
            self.stop(core, transaction, Reason::Other, None);
        }
        carried
    }

    /// Whether the last message of every transaction is stored, and nothing is under way that must not be broken off.
    pub(super) fn has_ended(&self) -> bool {
        !self.shutdown.is_resetting()
            && !self.firmware.is_writing()
            && self.transactions.have_ended()
    }

    pub(super) fn hand_over(&mut self) -> Handed {
        Handed {
            networks: self.networks.take(),
            firmware: core::mem::replace(&mut self.firmware, Firmware::idle(Rules::V1_6)),
            upload: core::mem::take(&mut self.upload),
            events: core::mem::take(&mut self.events),
            verifier: self.certificates.take_verifier(),
        }
    }

    pub(super) fn adopt(&mut self, core: &mut Context, handed: Handed) {
        self.firmware = handed.firmware.under(Rules::V1_6);
        self.upload = handed.upload;
        self.events = handed.events;
        self.networks = handed.networks;
        if let Some(verifier) = handed.verifier {
            self.certificates.set_verifier(verifier);
        }
        self.follow_connection_keys(core);
    }

    /// As if the CSMS had accepted the token: what it thinks of it is in its answer to StartTransaction. A token that 1.6
    /// cannot tell begins nothing.
    pub(super) fn carry_on(&mut self, core: &mut Context, carried: Carried) {
        let characters = carried.token.id.chars().count();
        let tellable = (1..=Self::MAX_TOKEN).contains(&characters);
        let number = self.connectors.number_of(carried.at).filter(|_| tellable);
        let conditions = self.conditions(core);
        let vacant = |number: &usize| self.is_vacant(core, &conditions, *number, &carried.token);
        let Some(number) = number.filter(vacant) else {
            return;
        };
        let mut auth = Auth::asking(carried.token);
        auth.granted = true;
        auth.group = carried.group;
        let plugged = self.connectors.is_plugged(core, number);
        auth.deadline = deadline(core).filter(|_| !plugged);
        self.authorizations.set(Some(number), Some(auth));
        self.try_start(core, number);
    }
}
