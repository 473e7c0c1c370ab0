//! The logic of OCPP 1.6, by the parts of its specification.
//!
//! A connector is known by its number as 1.6 counts: from 1 over the whole station, 0 for the station itself.

mod authorization;
mod availability;
mod configuration;
mod data_transfer;
mod dispatch;
mod events;
mod firmware;
mod keys;
mod link;
mod local_list;
mod meter_values;
mod registration;
mod remote;
mod reservation;
mod reset;
mod restart;
mod salvage;
mod security;
mod session;
mod smart_charging;
mod status;
#[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
mod switch;
mod transaction;
mod upload;

use alloc::boxed::Box;
use alloc::vec::Vec;

use ocpp_types::v1_6::{MeterValue, Protocol};
use ocpp_types::{DateTime, Request};

use super::authorization::Authorizing as _;
use super::behaviour::{Behaviour, CsmsCall, Outcome, Prepared, Retry};
use super::common::certificates::{Certificates, Provisioned};
use super::common::data_transfer::Transfers;
use super::common::firmware::{Firmware, Rules};
use super::common::network::ProfileTrial;
use super::common::security_events::SecurityEvents;
use super::common::upload::Upload;
use super::context::Context;
use super::device_model::{Standard, VariableId};
use super::input::Input;
use super::meter::Sample;
use super::profiles::Profiles;
use super::queue::Queued;
use super::record::Records;
use super::registration::Registering;
use super::state::{ConnectorState, StationState};
use super::transaction::Transactions;
use super::transaction_data::TransactionData;
use super::triggers::MeterTriggers;
use super::vocabulary::{CableState, ConnectorId, Reading, Token};
#[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
use super::{behaviour::Handed, common::network_profiles::NetworkProfiles, switch::Carried};
use crate::security::{CertificateVerifier, RequestHandle, SecurityEventKind};
use crate::session::{CallId, CallToken};
use crate::time::Instant;

pub(crate) use keys::variables;

use authorization::{Auth, Goal};
use reservation::Reservation;
use reset::Reset;
use session::Owner;
use status::{Reported, Status};
use transaction::Details;

/// A connector as 1.6 sees it, or (number 0) the station.
#[derive(Debug)]
struct Slot {
    at: ConnectorId,
    /// Whether the CSMS wants it to be used.
    operative: bool,
    status: Status,
    /// Since when the status is what it is.
    since: Instant,
    reported: Option<Reported>,
    /// Who may charge here, or is being asked about.
    auth: Option<Auth>,
    /// The running transaction.
    transaction: Option<u64>,
    /// Whether a transaction has ended and the cable is still there.
    finishing: bool,
    /// For whom the cable stays locked after the end.
    locked_for: Option<Owner>,
    /// Whether the lock did not hold.
    lock_failed: bool,
    next_sample: Option<Instant>,
    /// Whether the next sample is the first after a power cut.
    interrupted: bool,
}

impl Slot {
    fn new(at: ConnectorId, since: Instant) -> Self {
        Self {
            at,
            operative: true,
            status: Status::Available,
            since,
            reported: None,
            auth: None,
            transaction: None,
            finishing: false,
            locked_for: None,
            lock_failed: false,
            next_sample: None,
            interrupted: false,
        }
    }
}

/// What a call under way is for.
#[derive(Debug)]
enum Purpose {
    Boot,
    Heartbeat,
    /// The status of this connector.
    Status(usize),
    /// Asks about a token.
    Authorize(Token, Goal),
    /// Wants a certificate.
    SignCertificate(RequestHandle),
    /// Nobody waits for the answer.
    Nothing,
}

/// See the [module documentation](self).
#[derive(Debug)]
pub(crate) struct ChargePoint {
    boot: Registering,
    /// The station itself, then the connectors.
    slots: Vec<Slot>,
    transactions: Transactions<Details>,
    /// Somebody who may charge at whatever connector is plugged in next.
    floating: Option<Auth>,
    reservations: Vec<Reservation>,
    reset: Option<Reset>,
    /// Unlock commands that wait for the lock.
    unlocks: Vec<(CallToken, usize)>,
    meter_triggers: MeterTriggers<remote::Triggering>,
    next_aligned: Option<DateTime>,
    /// The `transactionData` of open transactions, numbered as they are stored.
    data: TransactionData<MeterValue>,
    /// Whether the CSMS has contradicted the local list (3.5.2).
    list_conflict: bool,
    /// The power is going down.
    going_down: bool,
    firmware: Firmware,
    upload: Upload,
    profiles: Profiles,
    certificates: Certificates,
    profile_trial: ProfileTrial,
    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    networks: Option<NetworkProfiles>,
    events: SecurityEvents,
    transfers: Transfers,
    calls: Vec<(CallId, Purpose)>,
}

impl ChargePoint {
    pub(crate) fn restore(core: &mut Context, records: &Records) -> Self {
        let station = ConnectorId::new(0, 0);
        let connectors = core.config.connectors().map(|(at, _)| at);
        let now = core.instant();
        let slots = core::iter::once(station).chain(connectors);
        let slots = slots.map(|at| Slot::new(at, now)).collect();
        let transactions = Transactions::restore(core, records);
        let mut this = Self {
            boot: Registering::restore(records),
            slots,
            data: TransactionData::restore(records, &transactions),
            transactions,
            floating: None,
            reservations: reservation::restore(records),
            reset: None,
            unlocks: Vec::new(),
            meter_triggers: MeterTriggers::default(),
            next_aligned: None,
            list_conflict: false,
            going_down: false,
            firmware: Firmware::restore(Rules::V1_6, records),
            upload: Upload::restore(records),
            profiles: smart_charging::restore(core, records),
            certificates: security::restore(core, records),
            profile_trial: ProfileTrial::restore(core, records),
            #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
            networks: switch::networks(core, records),
            events: SecurityEvents::default(),
            transfers: Transfers::default(),
            calls: Vec::new(),
        };
        this.restore_availability(core, records);
        this.restore_owners(records);
        let has = this.prerequisites(core);
        this.profile_trial.salvage(core, records, has);
        this.restore_transactions(core);
        this
    }

    /// The numbers of the connectors.
    fn connectors(&self) -> core::ops::Range<usize> {
        1..self.slots.len()
    }

    /// The connector with a number of the wire, 0 for the station.
    fn slot_number(&self, connector_id: i64) -> Option<usize> {
        let number = usize::try_from(connector_id).ok()?;
        (number < self.slots.len()).then_some(number)
    }

    /// The number of a connector.
    fn number_of(&self, at: ConnectorId) -> Option<usize> {
        self.slots.iter().position(|slot| slot.at == at)
    }

    /// The number of the connector of a transaction.
    fn connector_of(&self, number: u64) -> Option<usize> {
        self.number_of(self.transactions.get(number)?.at?)
    }

    fn cable(&self, core: &Context, number: usize) -> CableState {
        let connector = core.hardware.get(self.slots[number].at);
        connector.map_or(CableState::Unplugged, |connector| connector.cable)
    }

    fn faulted(&self, core: &Context, number: usize) -> bool {
        let connector = core.hardware.get(self.slots[number].at);
        self.slots[number].lock_failed
            || core.hardware.station_faulted()
            || connector.is_some_and(super::hardware::Connector::faulted)
    }

    /// What the keys say of connections holds.
    fn follow_connection_keys(&mut self, core: &mut Context) {
        for key in [Standard::MessageTimeout, Standard::PingInterval] {
            self.key_changed(core, key);
        }
    }

    /// Calls the CSMS and remembers what for. `false` without a connection.
    fn call<R>(&mut self, core: &mut Context, request: &R, purpose: Purpose) -> bool
    where
        R: Request<Protocol = Protocol>,
    {
        let call = core.request(request);
        if let Some(call) = call {
            self.calls.push((call, purpose));
        }
        call.is_some()
    }
}

impl Behaviour for ChargePoint {
    fn start(&mut self, core: &mut Context) {
        self.follow_connection_keys(core);
        core.security_event(SecurityEventKind::StartupOfTheDevice, None);
    }

    fn resume(&mut self, core: &mut Context) {
        self.resume_transactions(core);
        self.resume_profiles(core);
    }

    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    fn wind_up(&mut self, core: &mut Context) -> Vec<Carried> {
        self.end_everything(core)
    }

    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    fn is_wound_up(&self, _core: &Context) -> bool {
        self.has_ended()
    }

    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    fn hand_over(&mut self, _core: &mut Context) -> Handed {
        self.hand_over()
    }

    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    fn adopt(&mut self, core: &mut Context, handed: Handed) {
        self.adopt(core, handed);
    }

    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    fn carry_on(&mut self, core: &mut Context, carried: Carried) {
        self.carry_on(core, carried);
    }

    fn connecting(&mut self, core: &mut Context) {
        self.prepare_connection(core);
    }

    fn connection_failed(&mut self, core: &mut Context) {
        self.certificates.connection_failed(core);
        self.profile_trial.failed(core);
        #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
        self.network_failed(core);
    }

    fn connected(&mut self, core: &mut Context) {
        self.profile_trial.works(core);
        #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
        self.network_connected(core);
        self.events.connected();
        self.boot_connected(core);
    }

    fn disconnected(&mut self, _core: &mut Context) {
        self.calls.clear();
        self.unlocks.clear();
        self.meter_triggers.clear();
        self.transfers.clear();
        self.certificates.disconnected();
    }

    fn request(&mut self, core: &mut Context, call: CsmsCall<'_>) {
        self.dispatch(core, call);
    }

    fn call_ended(&mut self, core: &mut Context, call: CallId, outcome: &Outcome<'_>) {
        let Some(at) = self.calls.iter().position(|(made, _)| *made == call) else {
            return;
        };
        let (_, purpose) = self.calls.swap_remove(at);
        match purpose {
            Purpose::Boot => self.boot_answered(core, outcome.as_deref()),
            Purpose::Heartbeat => self.heartbeat_answered(core, outcome.as_deref()),
            Purpose::Status(number) => self.status_answered(number, outcome),
            Purpose::Authorize(token, goal) => {
                self.authorize_answered(core, token, goal, outcome);
            }
            Purpose::SignCertificate(request) => {
                self.sign_certificate_answered(core, request, outcome);
            }
            Purpose::Nothing => {}
        }
    }

    fn calls_about_records(&self) -> Vec<CallId> {
        let signing = self.calls.iter().filter_map(|(call, purpose)| {
            matches!(purpose, Purpose::SignCertificate(_)).then_some(*call)
        });
        signing.collect()
    }

    fn prepare(&mut self, _core: &mut Context, queued: &Queued) -> Prepared {
        self.prepare_queued(queued)
    }

    fn retry(&self, core: &Context) -> Retry {
        Retry {
            attempts: core.variables.u32(Standard::MessageAttempts),
            interval: core::time::Duration::from_secs(
                core.variables.u32(Standard::MessageRetry).into(),
            ),
        }
    }

    fn delivered(&mut self, core: &mut Context, queued: &Queued, outcome: &Outcome<'_>) {
        self.queued_delivered(core, queued, outcome);
    }

    fn removed(&mut self, core: &mut Context, queued: &Queued) {
        if let Some(number) = queued.transaction {
            self.forget_if_reported(core, number);
        }
    }

    fn input(&mut self, core: &mut Context, input: Input) {
        match input {
            Input::TokenPresented { evse, token } => self.token_presented(core, evse, token),
            Input::StopPressed { evse, emergency } => self.stop_pressed(core, evse, emergency),
            Input::Cable { at, state } => self.cable_changed(core, at, state),
            Input::Fault { at, .. } => {
                for number in 0..self.slots.len() {
                    let about = at.is_none() || at == Some(self.slots[number].at);
                    if about && self.faulted(core, number) {
                        self.end_reservations_of(core, number);
                    }
                }
                // What waited for the end of a fault goes on.
                for number in self.connectors() {
                    self.try_start(core, number);
                }
            }
            Input::StorageRestored => {
                for number in self.connectors() {
                    self.try_start(core, number);
                }
            }
            Input::PowerRestored => self.power_restored(core),
            Input::Locked { at, success } => self.locked(core, at, success),
            Input::Unlocked { at, result } => self.unlocked(core, at, result),
            Input::PowerFailing { time_to_report } => self.power_failing(core, time_to_report),
            Input::Meter { evse, .. } => self.metered(core, evse),
            Input::ExternalLimit(limit) => self.external_limit(core, *limit),
            Input::ExternalLimitReleased { evse, source } => {
                let followed = self.profiles.release_external(evse, &source);
                core.changes(followed.changes);
            }
            Input::Job { job, event } => self.job_news(core, job, &event),
            Input::CertificateRequestMade { request, made } => {
                self.certificates.made(request, made);
            }
            Input::ConnectionRefused { kind, info } => {
                self.events.connection_refused(core, kind, info.as_deref());
            }
            Input::ConnectionSecured {
                root,
                client_certificate,
            } => self
                .certificates
                .connection_secured(core, root, client_certificate),
            Input::DataTransferAnswered { job, status, data } => {
                self.data_transfer_answered(core, job, status, data.as_deref());
            }
            // Statuses and contactors follow at the end of every input.
            _ => {}
        }
    }

    fn sampled(&mut self, core: &mut Context, sample: Sample, reading: &Reading) {
        self.sample_taken(core, sample, reading);
    }

    fn time_passed(&mut self, core: &mut Context) {
        self.expire_authorizations(core);
        self.expire_reservations(core);
        self.take_samples(core);
        self.settle_locks(core);
        self.update_limits(core);
        self.update_contactors(core);
        self.continue_firmware(core);
        self.continue_connecting(core);
        self.continue_signing(core);
        self.continue_transfers(core);
        self.register_and_beat(core);
        self.update_statuses(core);
        self.continue_reset(core);
    }

    fn next_timeout(&self, core: &Context) -> Option<Instant> {
        let timeouts = [
            self.next_authorization_timeout(core),
            self.next_reservation_timeout(core),
            self.next_sample_timeout(core),
            self.next_boot_timeout(core),
            self.next_status_timeout(core),
            self.next_firmware_timeout(core),
            self.certificates.next_timeout(self.online(core)),
            self.upload.next_timeout(core),
            self.next_connecting_timeout(core),
            self.transfers.next_timeout(),
            self.next_limit_timeout(core),
            self.reset.as_ref().map(|reset| reset.deadline),
        ];
        timeouts.into_iter().flatten().min()
    }

    fn state(&self, core: &Context) -> StationState {
        let connectors = self.connectors().map(|number| {
            let slot = &self.slots[number];
            let transaction = slot.transaction.and_then(|t| self.transactions.get(t));
            let auth = slot.auth.as_ref().filter(|auth| auth.granted);
            let token = transaction.map(|t| &t.token).or(auth.map(|a| &a.token));
            let energy = transaction.and_then(|t| {
                let last = core
                    .meters
                    .last(slot.at.evse)
                    .energy_wh()
                    .or(t.meter_last)?;
                Some(last.0.checked_sub(t.meter_start?.0)?.into())
            });
            let id = transaction.and_then(|t| t.details.id);
            ConnectorState {
                at: slot.at,
                status: slot.status.as_str(),
                cable: self.cable(core, number),
                authorized: token.is_some(),
                transaction_id: id.map(|id| alloc::format!("{id}")),
                transaction: transaction.map(|t| t.state(t.details.told_id())),
                token: token.cloned(),
                energy_wh: energy,
            }
        });
        StationState {
            version: core.session.version(),
            registration: self.boot.registration,
            connected: core.is_connected(),
            storage_failed: core.storage_fails(),
            queued: core.queue.len(),
            waiting: core.queue.waiting().to_vec(),
            given_up: core.given_up.all().to_vec(),
            transaction_without_evse: None,
            connectors: connectors.collect(),
        }
    }

    fn set_verifier(&mut self, verifier: Box<dyn CertificateVerifier + Send + Sync>) {
        self.certificates.set_verifier(verifier);
    }

    fn tell_security_events(&mut self, core: &mut Context) {
        self.notify_security_events(core);
    }

    fn provision(&mut self, core: &mut Context, provisioned: &Provisioned) {
        self.certificates.take_over(core, provisioned);
    }

    fn variable_changed(&mut self, core: &mut Context, id: VariableId) {
        let standard = core.variables.get(id).and_then(|key| key.standard);
        if let Some(standard) = standard {
            self.key_changed(core, standard);
        }
    }
}
