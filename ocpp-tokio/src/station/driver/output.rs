//! Carries out what the station wants.

use std::sync::{Arc, PoisonError};

use ocpp_core::security::{KeyError, KeyId, RequestHandle, SigningUse, Subject};
use ocpp_core::station::UnlockResult;
use ocpp_core::station::{
    Apn, AuthorizationStatus, Connection, DataTransferAnswer, Input, Output, Token, VariableAnswer,
    Vpn,
};
use ocpp_types::Version;

use super::StationDriver;
use super::link::Link;
use super::news::News;
use super::restart::{Then, after};
use crate::station::handle::CallError;
use crate::station::hardware::{CustomerInquiry, Hardware, Notice, VendorData};
use crate::station::keys::FileKeys;
use crate::station::records::LogEntry;

/// The network that a connection is made over.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Network {
    interface: Option<String>,
    apn: Option<Box<Apn>>,
    vpn: Option<Box<Vpn>>,
}

impl Network {
    fn of(wanted: &Connection) -> Self {
        Self {
            interface: wanted.interface.clone(),
            apn: wanted.apn.clone(),
            vpn: wanted.vpn.clone(),
        }
    }
}

impl<H: Hardware> StationDriver<H> {
    pub(super) fn carry_out(&mut self, output: Output) {
        let until = after(self.setup.patience);
        match output {
            Output::Transmit(text) => {
                if let Some(link) = &self.link {
                    self.hardware.message(false, &text);
                    link.send(text);
                }
            }
            Output::Connect(connection) => self.connect(connection),
            Output::Disconnect => match &self.link {
                Some(link) => link.close(),
                None => self.inputs.push_back(Input::Disconnected),
            },
            Output::PingInterval(seconds) => {
                if let Some(link) = &self.link {
                    link.ping_interval(seconds);
                }
            }
            Output::Ping => {
                if let Some(link) = &self.link {
                    link.ping();
                }
            }
            Output::Contactor { at, closed } => self.hardware.contactor(at, closed),
            Output::Lock(at) => {
                let news = move |success: Option<bool>| {
                    let success = success.unwrap_or(false);
                    News::Input(Input::Locked { at, success })
                };
                let answer = self.open_work.ask(until, news);
                self.hardware.lock(at, answer);
            }
            Output::Unlock(at) => {
                let news = move |result: Option<UnlockResult>| {
                    let result = result.unwrap_or(UnlockResult::Failed);
                    News::Input(Input::Unlocked { at, result })
                };
                let answer = self.open_work.ask(until, news);
                self.hardware.unlock(at, answer);
            }
            Output::SetLimit { at, limit } => self.hardware.set_limit(at, limit),
            Output::ExternalLimitRefused {
                evse,
                source,
                reason,
            } => (self.hardware).external_limit_refused(evse, &source, &reason),
            Output::ReadMeter(evse) => {
                let news = move |reading| match reading {
                    Some(reading) => News::Input(Input::Meter { evse, reading }),
                    // The station itself knows how long it can wait.
                    None => News::Nothing,
                };
                let answer = self.open_work.ask(until, news);
                self.hardware.read_meter(evse, answer);
            }
            Output::SetClock(utc) => self.hardware.set_clock(utc),
            Output::ResetEvse(evse) => {
                let news = move |up: Option<()>| match up {
                    Some(()) => News::Input(Input::EvseReset { evse }),
                    // The station itself knows how long it can wait.
                    None => News::Nothing,
                };
                let answer = self.open_work.ask(until, news);
                self.hardware.reset_evse(evse, answer);
            }
            Output::Reboot { hard } => self.close(Then::Reboot { hard }),
            Output::Download { job, location } => self.download(job, location),
            Output::Upload { .. } => self.upload(output),
            Output::VerifyFirmware {
                job,
                certificate,
                signature,
            } => self.verify(job, certificate, signature),
            Output::Install { job } => self.install(job),
            Output::CancelJob(job) => self.open_work.cancel(job),
            Output::MakeCertificateRequest { request, subject } => {
                self.make_certificate_request(request, subject);
            }
            Output::DeleteKey(key) => self.delete_key(key),
            Output::SecurityEvent { kind, info } => {
                let event = match self.station.version() {
                    Version::V1_6 => kind.name_1_6(),
                    _ => kind.name_2_x(),
                };
                self.hardware.notice(&Notice::SecurityEvent {
                    kind,
                    event,
                    info: info.clone(),
                });
                self.log(LogEntry {
                    time: self.clock.both().utc.map(|time| time.to_string()),
                    event: event.into(),
                    info,
                });
            }
            Output::TokenDecided {
                evse,
                token,
                status,
                effect,
                info,
            } => {
                self.decided(&token, status);
                let info = info.as_deref();
                self.hardware
                    .token_decided(evse, &token, (status, effect), info);
            }
            Output::DataTransfer {
                job,
                vendor_id,
                message_id,
                data,
            } => {
                let news = move |answer: Option<(DataTransferAnswer, Option<String>)>| {
                    let (status, data) = answer.unwrap_or((DataTransferAnswer::Rejected, None));
                    News::Input(Input::DataTransferAnswered { job, status, data })
                };
                let answer = self.open_work.ask(until, news);
                let data = VendorData {
                    vendor_id,
                    message_id,
                    data,
                };
                self.hardware.data_transfer(data, answer);
            }
            Output::CustomerData {
                job,
                customer,
                report,
                clear,
            } => {
                let news = move |answer: Option<String>| {
                    let text = answer.unwrap_or_default();
                    News::Input(Input::CustomerData { job, text })
                };
                let answer = self.open_work.ask(until, news);
                let inquiry = CustomerInquiry {
                    customer,
                    report,
                    clear,
                };
                self.hardware.customer_data(inquiry, answer);
            }
            Output::SetVariable(order) => {
                let job = order.job;
                let news = move |answer: Option<VariableAnswer>| {
                    let answer = answer.unwrap_or(VariableAnswer::Rejected);
                    News::Input(Input::VariableSet { job, answer })
                };
                let answer = self.open_work.ask(until, news);
                self.hardware.set_variable(&order.key, &order.value, answer);
            }
            Output::CallEnded(ended) => {
                if let Some(reply) = self.calls.remove(&ended.call) {
                    let _ = reply.send(ended.result.map_err(CallError::Failed));
                }
            }
            Output::Transaction {
                at,
                id,
                token,
                news,
            } => self.hardware.notice(&Notice::Transaction {
                at,
                id,
                token,
                news,
            }),
            Output::VariableChanged { key, value } => self.hardware.variable_changed(&key, &value),
            Output::Unreadable(record) => self.hardware.notice(&Notice::Unreadable(record)),
            Output::VersionChanged { from, to } => {
                self.hardware.notice(&Notice::VersionChanged { from, to });
            }
            Output::Waiting { version, messages } => {
                self.hardware.notice(&Notice::Waiting { version, messages });
            }
            Output::Dropped { action, reason, .. } => {
                self.hardware.notice(&Notice::GivenUp { action, reason });
            }
            // Logs of messages are the CSMS's.
            _ => {}
        }
    }

    fn connect(&mut self, wanted: Connection) {
        // An earlier one is broken off.
        self.link = None;
        if !self.online {
            return self.inputs.push_back(Input::Disconnected);
        }
        let network = Network::of(&wanted);
        if self.network != network {
            let (apn, vpn) = (network.apn.as_deref(), network.vpn.as_deref());
            self.hardware
                .network(network.interface.as_deref(), apn, vpn);
            self.network = network;
        }
        self.firmware.trust(&self.setup, &wanted.roots);
        self.next_link += 1;
        let (provision, keys) = (self.setup.provision.clone(), Arc::clone(&self.keys));
        let (url, identity) = (self.setup.url.clone(), self.setup.identity.clone());
        let attempts = move || {
            // A secure element that hangs must not keep a station from connecting that does not need it.
            if wanted.client_certificate.is_none() {
                return provision.attempts(&url, &identity, &wanted, &FileKeys::memory());
            }
            let keys = keys.lock().unwrap_or_else(PoisonError::into_inner);
            provision.attempts(&url, &identity, &wanted, &**keys)
        };
        let events = self.link_events.0.clone();
        let patience = self.setup.patience;
        self.link = Some(Link::open(self.next_link, attempts, patience, events));
    }

    fn decided(&mut self, token: &Token, status: AuthorizationStatus) {
        let mut waiting = self.waiting.iter();
        if let Some(at) = waiting.position(|waiting| waiting.token == *token) {
            let _ = self.waiting.swap_remove(at).reply.send(status);
        }
    }

    fn make_certificate_request(&mut self, request: RequestHandle, subject: Subject) {
        let keys = Arc::clone(&self.keys);
        // A secure element may need long for a key pair, but not for ever.
        let patience = self.setup.patience.saturating_mul(4);
        self.open_work.run(None, |reporter| async move {
            // A secure element may need seconds.
            let made = tokio::task::spawn_blocking(move || {
                let mut keys = keys.lock().unwrap_or_else(PoisonError::into_inner);
                keys.make_request(SigningUse::ChargingStation, &subject)
            });
            let made = match tokio::time::timeout(patience, made).await {
                Ok(made) => made.map_err(|error| error.to_string()),
                Err(_) => Err("the keys do not answer".to_owned()),
            };
            let made = made.and_then(|made| made.map_err(|error| error.to_string()));
            if let Err(why) = &made {
                let why = format!("no certificate request: {why}");
                reporter.tell(News::Notice(Notice::Keys(why)));
            }
            let made = made.ok();
            reporter.last(News::Input(Input::CertificateRequestMade { request, made }));
        });
    }

    fn delete_key(&mut self, key: KeyId) {
        let keys = Arc::clone(&self.keys);
        // Not a job of the station: it goes on whatever becomes of that.
        let deleting = tokio::task::spawn_blocking(move || {
            let mut keys = keys.lock().unwrap_or_else(PoisonError::into_inner);
            keys.delete(&key)
        });
        self.open_work.run(None, |reporter| async move {
            let told = match deleting.await {
                // One that is gone already is no error.
                Ok(Err(error)) if error != KeyError::NotFound => {
                    News::Notice(Notice::Keys(error.to_string()))
                }
                _ => News::Nothing,
            };
            reporter.last(told);
        });
    }
}
