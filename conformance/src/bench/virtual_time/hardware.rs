//! What the station wants done, done: its storage, hardware, file server and link.

use ocpp_core::security::{KeyProvider as _, SigningUse};
use ocpp_core::station::{
    Customer, ENERGY_IMPORT_REGISTER, Input, JobEvent, JobFailure, JobId, Measured, Output, Reading,
};
use ocpp_types::Decimal;

use super::super::tls::signature_fits;
use super::super::{Bench as _, Event};
use super::power::Order;
use super::{JOB, NEW_VERSION, RESTART, VirtualBench};
use crate::mutation::Flaw;
use crate::pki::{FIRMWARE, sign_meter_value};

/// The power of a car that charges, in W.
pub(super) const POWER: i64 = 3_600;

impl VirtualBench {
    pub(super) fn carry_out(&mut self, output: Output) {
        match output {
            Output::Store(record) => {
                self.stored.insert(record.key, record.value);
            }
            Output::Remove(key) => {
                self.stored.remove(&key);
            }
            Output::Transmit(text) => self.transmit(&text),
            Output::Connect(connection) => self.connect(&connection),
            Output::SetClock(_) => self.knows_time = true,
            Output::Ping => self.ping(),
            Output::Disconnect if self.close() => self.soon(Input::Disconnected),
            Output::PingInterval(seconds) => self.set_ping_interval(seconds),
            Output::Dropped {
                action, payload, ..
            } => self.given_up.push((action, payload)),
            Output::Contactor { at, closed } => self.order(Order::Contactor(at, closed)),
            Output::SetLimit { at, limit } => self.order(Order::Limit(at, limit)),
            Output::Lock(at) => self.order(Order::Lock(at)),
            Output::Unlock(at) => self.order(Order::Unlock(at)),
            Output::ReadMeter(evse) => {
                let reading = self.reading(evse);
                self.soon(Input::Meter { evse, reading });
            }
            Output::Reboot { hard } => {
                match hard {
                    true => self.switch_off(),
                    false => self.end_program(),
                }
                self.restart_at = Some(self.now + RESTART);
            }
            Output::ResetEvse(evse) => {
                self.reset_evse(evse);
                self.after(RESTART, Input::EvseReset { evse });
            }
            Output::Upload {
                job,
                location,
                file_name,
                ..
            } => {
                let result = self.upload(&location, file_name);
                self.job(job, result);
            }
            Output::Download { job, location } => {
                let result = match self.can_transfer(&location) {
                    true => JobEvent::Done,
                    false => JobEvent::Failed(JobFailure::NotFound),
                };
                self.firmware_is_good = !location.contains("no_firmware");
                self.job(job, result);
            }
            Output::VerifyFirmware {
                job,
                certificate,
                signature,
            } => {
                let file = if self.firmware_is_good { FIRMWARE } else { &[] };
                let result = if signature_fits(file, &certificate, &signature) {
                    JobEvent::Done
                } else {
                    JobEvent::Failed(JobFailure::Signature)
                };
                self.job(job, result);
            }
            Output::Install { job } if !self.firmware_is_good => {
                self.job(job, JobEvent::Failed(JobFailure::Invalid));
            }
            Output::Install { job } if self.config.features.install_while_charging => {
                self.config.firmware_version = Some(NEW_VERSION.to_owned());
                self.job(job, JobEvent::Done);
            }
            Output::Install { job } => {
                self.job(job, JobEvent::Rebooting);
                self.installed_at = Some(self.now + JOB + 1_000);
            }
            Output::MakeCertificateRequest {
                request,
                mut subject,
            } => {
                if self.flaw() == Some(Flaw::OtherName) {
                    "SOMEBODY".clone_into(&mut subject.common_name);
                }
                let made = self
                    .keys
                    .make_request(SigningUse::ChargingStation, &subject);
                let made = made.ok();
                self.soon(Input::CertificateRequestMade { request, made });
            }
            Output::CustomerData {
                job,
                customer,
                clear,
                ..
            } => {
                let text = self.known_about(&customer, clear);
                self.soon(Input::CustomerData { job, text });
            }
            Output::DeleteKey(key) => {
                // Of keys that the station never had nothing is left to delete.
                let _ = self.keys.delete(&key);
            }
            _ => {}
        }
    }

    /// What the application knows of a customer, and forgets if it is to be cleared.
    fn known_about(&mut self, customer: &Customer, clear: bool) -> String {
        let Customer::Identifier(identifier) = customer else {
            return String::new();
        };
        let known = match clear {
            true => self.customers.remove(identifier),
            false => self.customers.contains(identifier),
        };
        match known {
            true => format!("Customer: {identifier}\n"),
            false => String::new(),
        }
    }

    /// Whether the file server of the bench has such a place, and the station speaks its protocol.
    fn can_transfer(&self, location: &str) -> bool {
        let scheme = location.split_once(':').map_or("", |(scheme, _)| scheme);
        let mut spoken = self.config.file_transfer.iter();
        spoken.any(|protocol| protocol.eq_ignore_ascii_case(scheme))
            && !location.contains("does_not_exist")
    }

    fn job(&mut self, job: JobId, result: JobEvent) {
        let event = JobEvent::Started;
        self.soon(Input::Job { job, event });
        self.after(JOB, Input::Job { job, event: result });
    }

    fn upload(&mut self, location: &str, file_name: String) -> JobEvent {
        if self.can_transfer(location) {
            self.uploads.push(file_name);
            JobEvent::Done
        } else {
            JobEvent::Failed(JobFailure::Connection)
        }
    }

    /// A message of the station arrives at the lab.
    pub(super) fn arrives(&mut self, text: String) {
        let text = match &mut self.custom {
            Some(custom) => custom.outbound(text),
            None => Some(text),
        };
        let Some(text) = text else {
            return;
        };
        let utc = self.utc().to_string();
        let Some(mutator) = &mut self.mutator else {
            return self.report(0, Event::Text(text));
        };
        let fate = mutator.outbound(text, &utc);
        for (seconds, text) in fate.to_lab {
            self.report(seconds, Event::Text(text));
        }
        for text in fate.to_station {
            self.soon(Input::Received(text));
        }
    }

    /// Whether the station has its meters sign: that takes a while.
    fn wants_signatures(&self) -> bool {
        let keys = [
            "SampledDataCtrlr.SignReadings",
            "AlignedDataCtrlr.SignReadings",
        ];
        let station = self.station.as_ref();
        station.is_some_and(|station| {
            let now = self.time();
            let mut values = keys.iter().filter_map(|key| station.variable(now, key));
            self.config.features.signed_meter_values && values.any(|value| value == "true")
        })
    }

    fn reading(&self, evse: u32) -> Reading {
        let index = usize::try_from(evse).unwrap_or(usize::MAX);
        let register = self.registers.get(index).copied().unwrap_or_default();
        let charging = self.charging.iter().any(|at| at.evse == evse);
        let power = if charging { POWER } else { 0 };
        let soc = Measured {
            location: Some("EV".into()),
            ..Measured::new("SoC", "Percent", 50)
        };
        let register = Decimal::from(register.round_dp(3).normalize());
        let mut energy = Measured::new(ENERGY_IMPORT_REGISTER, "Wh", register);
        if evse > 0 && self.wants_signatures() {
            let signed = sign_meter_value(evse, &register.to_string(), &self.utc().to_string());
            energy.signed = signed.ok().map(Box::new);
        }
        Reading::default()
            .and(energy)
            .and(Measured::new("Power.Active.Import", "W", power))
            .and(Measured::new("Power.Offered", "W", POWER))
            .and(Measured::new("Current.Import", "A", power / 230))
            .and(Measured::new("Current.Offered", "A", POWER / 230))
            .and(Measured::new("Voltage", "V", 230))
            .and(soc)
    }
}
