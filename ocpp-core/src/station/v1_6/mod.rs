//! The logic of OCPP 1.6, by the parts of its specification.
//!
//! A connector is known by its number as 1.6 counts: from 1 over the whole station, 0 for the station itself.

mod authorization;
mod availability;
mod calls;
mod certificates;
mod configuration;
mod connectors;
mod data_transfer;
mod dispatch;
mod events;
mod firmware;
mod keys;
mod known_tokens;
mod link;
mod meter_values;
mod registration;
mod remote;
mod reservation;
mod reset;
mod restart;
mod salvage;
mod session;
mod smart_charging;
mod status;
#[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
mod switch;
mod transaction;
mod triggers;
mod upload;

use alloc::boxed::Box;
use alloc::vec::Vec;

use ocpp_types::DateTime;
use ocpp_types::v1_6::MeterValue;

use super::authorization::Authorizing as _;
use super::behaviour::{Behaviour, CsmsCall, Outcome, Prepared, Retry};
use super::common::certificates::{Certificates, Provisioned};
use super::common::data_transfer::Transfers;
use super::common::firmware::{Firmware, Rules};
use super::common::network::{self, ProfileTrial};
use super::common::security_events::SecurityEvents;
use super::common::upload::Upload;
use super::context::Context;
use super::device_model::{Standard, VariableId};
use super::input::{Input, JobEvent};
use super::meter::Sample;
use super::output::JobId;
use super::profiles::Profiles;
use super::queue::Queued;
use super::record::Records;
use super::registration::Registering;
use super::state::{ConnectorState, StationState};
use super::transaction::Transactions;
use super::transaction_data::TransactionData;
use super::triggers::MeterTriggers;
use super::vocabulary::{ConnectorId, Reading};
#[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
use super::{behaviour::Handed, common::network_profiles::NetworkProfiles, switch::Carried};
use crate::security::{CertificateVerifier, SecurityEventKind};
use crate::session::{CallId, CallToken};
use crate::smart_charging::{Transaction, TransactionId};
use crate::time::Instant;

pub(crate) use keys::variables;

use authorization::Auth;
use calls::{Calls, Purpose};
use connectors::Connectors;
use known_tokens::KnownTokens;
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
    meter_triggers: MeterTriggers<triggers::Triggering>,
    next_aligned: Option<DateTime>,
    /// The `transactionData` of open transactions, numbered as they are stored.
    data: TransactionData<MeterValue>,
    tokens: KnownTokens,
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
    calls: Calls,
    connectors: Connectors,
}

impl ChargePoint {
    pub(crate) fn restore(core: &mut Context, records: &Records) -> Self {
        let connectors = Connectors::of(&core.config);
        let now = core.instant();
        let slots = connectors.with_station();
        let slots = slots.map(|number| Slot::new(connectors.at(number), now));
        let slots = slots.collect();
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
            tokens: KnownTokens::default(),
            going_down: false,
            firmware: Firmware::restore(Rules::V1_6, records),
            upload: Upload::restore(records),
            profiles: smart_charging::restore(core, records),
            certificates: certificates::restore(core, records),
            profile_trial: ProfileTrial::restore(core, records),
            #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
            networks: switch::networks(core, records),
            events: SecurityEvents::default(),
            transfers: Transfers::default(),
            calls: Calls::default(),
            connectors,
        };
        this.restore_availability(core, records);
        this.restore_owners(records);
        let has = link::prerequisites(core, &this.certificates);
        this.profile_trial.salvage(core, records, has);
        this.restore_transactions(core);
        this
    }

    /// The number of the connector of a transaction.
    fn connector_of(&self, number: u64) -> Option<usize> {
        self.connectors
            .number_of(self.transactions.get(number)?.at?)
    }

    fn faulted(&self, core: &Context, number: usize) -> bool {
        let connector = core.hardware.get(self.connectors.at(number));
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

    /// Follows a key that was changed.
    pub(super) fn key_changed(&mut self, core: &mut Context, key: Standard) {
        match key {
            Standard::HeartbeatInterval => self.boot.plan_heartbeat(core),
            Standard::SampledUpdatedInterval | Standard::AlignedInterval => {
                self.plan_samples(core);
            }
            Standard::PingInterval => {
                let seconds = core.variables.u32(key);
                core.set_ping_interval(seconds);
            }
            Standard::SecurityProfile => self.profile_trial.changed(core),
            Standard::Password => network::password_changed(core, "AuthorizationKey"),
            Standard::MessageTimeout => {
                let seconds = core.variables.u32(key);
                core.set_call_timeout(core::time::Duration::from_secs(seconds.into()));
            }
            _ => {}
        }
    }

    /// Says how to connect now: with the identity and the password (WP:A00.FR.202 to WP:A00.FR.204), over TLS in profiles
    /// 2 and 3 (WP:A00.FR.311, WP:A00.FR.312, WP:A00.FR.318) that verifies the Central System (WP:A00.FR.307,
    /// WP:A00.FR.310), in profile 3 with the client certificate (WP:A00.FR.401, WP:A00.FR.402).
    pub(super) fn prepare_connection(&mut self, core: &mut Context) {
        let profile = core.variables.u32(Standard::SecurityProfile);
        let profile = u8::try_from(profile).unwrap_or(0);
        #[cfg(feature = "v2_0_1")]
        let profile = self
            .choose_network(core)
            .map_or(profile, |of| of.max(profile));
        let roots = self.certificates.csms_roots(false);
        let own = self.certificates.client_certificate(core);
        network::secure(core, profile, roots, own);
        self.profile_trial.connecting();
    }

    /// Connects anew when that is due, and with certificates that become valid.
    pub(super) fn continue_connecting(&mut self, core: &mut Context) {
        self.profile_trial.time_passed(core);
        if self.certificates.another_is_due(core) {
            core.reconnect();
        }
    }

    pub(super) fn next_connecting_timeout(&self, core: &Context) -> Option<Instant> {
        let activation = self.certificates.next_activation(core);
        let trial = self.profile_trial.next_timeout();
        [trial, activation].into_iter().flatten().min()
    }

    fn is_charging(&self) -> bool {
        self.slots.iter().any(|slot| slot.transaction.is_some())
    }

    /// Whether nobody should begin to charge because of an update (WP:L01.FR.07, WP:L01.FR.19).
    fn is_held_for_firmware(&self, core: &Context) -> bool {
        let charging = self.is_charging();
        self.firmware.holds_evses(core, charging, false)
    }

    /// Begins what is due.
    fn continue_firmware(&mut self, core: &mut Context) {
        let (charging, online) = (self.is_charging(), self.boot.online(core));
        self.upload.advance(core);
        self.firmware.advance(core, charging, online);
        firmware::tell_news(&mut self.firmware, &mut self.events, core);
    }

    /// News of a job.
    fn job_news(&mut self, core: &mut Context, job: JobId, event: &JobEvent) {
        if self.upload.job_news(core, job, event) {
            upload::tell_news(&mut self.upload, core, false);
        } else {
            self.firmware.job_news(core, job, event);
            firmware::tell_news(&mut self.firmware, &mut self.events, core);
        }
    }

    /// Registers or sends a heartbeat if it is time to.
    fn register_and_beat(&mut self, core: &mut Context) {
        if self.reset.is_none() {
            self.boot.register_and_beat(core, &mut self.calls);
        }
    }

    fn next_boot_timeout(&self, core: &Context) -> Option<Instant> {
        let waits = core.is_connected() && self.reset.is_none();
        waits.then(|| self.boot.next_timeout()).flatten()
    }

    fn boot_ended(&mut self, core: &mut Context, outcome: &Outcome<'_>) {
        if self.boot.boot_ended::<Calls>(core, outcome) {
            // All statuses are reported after the station was accepted (erratum 3.22).
            for slot in &mut self.slots {
                slot.reported = None;
            }
        }
    }

    /// Transactions that go on after a restart keep their profiles.
    fn resume_profiles(&mut self, core: &mut Context) {
        let running = self.connectors.numbers().filter_map(|number| {
            let transaction = self.slots[number].transaction?;
            let transaction = self.transactions.get(transaction)?;
            Some(Transaction {
                evse: smart_charging::evse(number),
                id: transaction.details.id.map(TransactionId::Number),
                started: transaction.started,
            })
        });
        self.profiles.resume(core, running);
    }

    /// Hands limits to the hardware when they change.
    fn update_limits(&mut self, core: &mut Context) {
        for (number, limit) in self.profiles.limits_due(core) {
            if let Some(number) = self.connectors.by_id(number.into()) {
                core.limit(self.connectors.at(number), limit);
            }
        }
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
        self.boot.connected();
        self.register_and_beat(core);
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
        let Some(purpose) = self.calls.ended(call) else {
            return;
        };
        match purpose {
            Purpose::Boot => self.boot_ended(core, outcome),
            Purpose::Heartbeat => Registering::heartbeat_ended::<Calls>(core, outcome),
            Purpose::Status(number) => self.status_answered(number, outcome),
            Purpose::Authorize(token, goal) => {
                self.authorize_answered(core, token, goal, outcome);
            }
            Purpose::SignCertificate(request) => {
                certificates::signing_answered(&mut self.certificates, core, request, outcome);
            }
            Purpose::Nothing => {}
        }
    }

    fn calls_about_records(&self) -> Vec<CallId> {
        self.calls.about_records()
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
                    let about = at.is_none() || at == Some(self.connectors.at(number));
                    if about && self.faulted(core, number) {
                        self.end_reservations_of(core, number);
                    }
                }
                // What waited for the end of a fault goes on.
                for number in self.connectors.numbers() {
                    self.try_start(core, number);
                }
            }
            Input::StorageRestored => {
                for number in self.connectors.numbers() {
                    self.try_start(core, number);
                }
            }
            Input::PowerRestored => self.power_restored(core),
            Input::Locked { at, success } => self.locked(core, at, success),
            Input::Unlocked { at, result } => self.unlocked(core, at, result),
            Input::PowerFailing { time_to_report } => self.power_failing(core, time_to_report),
            Input::Meter { evse, .. } => self.metered(core, evse),
            Input::ExternalLimit(limit) => {
                smart_charging::external_limit(&mut self.profiles, core, *limit);
            }
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
                data_transfer::answered(&mut self.transfers, core, job, status, data.as_deref());
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
        let online = self.boot.online(core);
        certificates::continue_signing(&mut self.certificates, core, &mut self.calls, online);
        data_transfer::reject_late(&mut self.transfers, core);
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
            self.firmware.next_timeout(core, self.is_charging()),
            self.certificates.next_timeout(self.boot.online(core)),
            self.upload.next_timeout(core),
            self.next_connecting_timeout(core),
            self.transfers.next_timeout(),
            self.profiles.next_timeout(core),
            self.reset.as_ref().map(|reset| reset.deadline),
        ];
        timeouts.into_iter().flatten().min()
    }

    fn state(&self, core: &Context) -> StationState {
        let connectors = self.connectors.numbers().map(|number| {
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
                cable: self.connectors.cable(core, number),
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
        events::notify(&mut self.events, core);
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
