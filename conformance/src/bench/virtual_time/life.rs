//! The station is switched on, does what it has to do, and ends.

use ocpp_core::security::{KeyProvider as _, SigningUse, Subject};
use ocpp_core::station::{Fault, Input, Provisioned, Record};

use super::super::{Bench as _, Trouble};
use super::on_bench::external_limit;
use super::{Driven, End, RESTART, VirtualBench};
use crate::pki::Authority;

/// The serial number of the certificate that the station left the factory with: below those of the lab.
const FACTORY_CERTIFICATE: u64 = 999;

impl VirtualBench {
    /// Carries out what the station wants, and what follows from that at the same moment.
    pub(super) fn drain(&mut self) {
        loop {
            while let Some(output) = self.take() {
                self.outputs += 1;
                match &mut self.fuse {
                    Some((0, end)) => {
                        let end = *end;
                        self.fuse = None;
                        self.mishaps += 1;
                        match end {
                            End::Power => self.switch_off(),
                            End::Program => self.end_program(),
                        }
                        self.restart_at = Some(self.now + RESTART);
                        return;
                    }
                    Some((left, _)) => *left -= 1,
                    None => {}
                }
                self.carry_out(output);
            }
            let due = self.later.first_entry();
            let Some(entry) = due.filter(|entry| entry.key().0 <= self.now) else {
                break;
            };
            let input = entry.remove();
            self.hand(input);
        }
        self.obey_late();
        if !self.starting {
            self.look(None);
        }
    }

    /// The power is gone.
    pub(super) fn switch_off(&mut self) {
        self.end_program();
        for at in core::mem::take(&mut self.charging) {
            self.flow_ends(at);
        }
        self.hardware.lose_power();
    }

    /// The program is gone. The hardware stays as it is: energy goes on flowing.
    pub(super) fn end_program(&mut self) {
        self.close();
        if self.station.is_some() {
            self.dark_since.push(self.utc());
        }
        self.probed(|station| *station = None);
        self.later.clear();
        self.restart_at = None;
        self.installed_at = None;
    }

    /// The power comes back.
    pub(super) fn switch_on(&mut self) -> Result<(), Trouble> {
        self.switch_off();
        self.start_program()
    }

    /// What a station left the factory with whose security profile from the beginning is 3: a root, and a certificate for
    /// the first of its keys.
    fn provisioned(&mut self) -> Result<Option<Provisioned>, Trouble> {
        let key = "SecurityCtrlr.SecurityProfile";
        let set = self.config.defaults.iter().rfind(|(name, _)| name == key);
        if self.factory.is_some() || set.is_none_or(|(_, profile)| profile != "3") {
            return Ok(self.factory.clone());
        }
        let serial = self.config.serial_number.clone().unwrap_or_default();
        let subject = Subject::station(&serial, &self.config.vendor);
        let made = self
            .keys
            .make_request(SigningUse::ChargingStation, &subject);
        let (key, request) = made.map_err(Trouble::broken)?;
        let csms = Authority::csms()?;
        let mut provisioned = Provisioned::default();
        provisioned.roots.push(csms.pem()?);
        provisioned.own = Some((csms.sign(&request.pem, FACTORY_CERTIFICATE)?, key));
        self.factory = Some(provisioned);
        Ok(self.factory.clone())
    }

    pub(super) fn start_program(&mut self) -> Result<(), Trouble> {
        self.restart_at = None;
        if let Some(mutator) = &self.mutator {
            self.stored.retain(|key, _| !mutator.forgets(key));
        }
        let records = self.stored.iter().map(|(key, value)| Record {
            key: key.clone(),
            value: value.clone(),
        });
        let records: Vec<Record> = records.collect();
        let now = self.time();
        let config = self.config.clone();
        let provisioned = self.provisioned()?;
        let host = self.host.clone();
        let restored = self.probed(|station| {
            let records = records.iter().cloned();
            let restored = Driven::restore(
                host.as_ref(),
                config.clone(),
                records,
                provisioned.as_ref(),
                now,
            );
            restored.map(|restored| *station = Some(restored))
        });
        if let Some(Err(error)) = restored {
            return Err(Trouble::broken(error));
        }
        self.host_works()?;
        self.knows_time = false;
        self.hardware.begin();
        self.starting = true;
        self.drain();
        for (at, power) in self.hardware.at.clone() {
            let (state, ev) = (power.cable, power.ev);
            self.input(Input::Cable { at, state });
            self.input(Input::Ev { at, state: ev });
            let fault = power.fault.map(Fault::new);
            self.input(Input::Fault {
                at: Some(at),
                fault,
            });
        }
        for evse in self.bays.clone() {
            self.bay(evse, true);
        }
        for (evse, limit) in self.limited.clone() {
            self.input(external_limit(evse, limit));
        }
        self.starting = false;
        self.input(Input::Start);
        Ok(())
    }
}
