//! What happens to the station, and what is due: which block hears of it, and in which order.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;

use super::super::calls::Purpose;
use super::super::per_evse::{connectors_of, evse_of};
use super::super::transactions::Details;
use super::super::{
    ChargingStation, certificates, customer, data_transfer, events, network, registration,
    smart_charging,
};
use super::dispatch;
use crate::security::CertificateVerifier;
use crate::session::CallId;
use crate::station::authorization::{Authorizing as _, decided};
use crate::station::behaviour::{Behaviour, CsmsCall, Outcome, Prepared, Retry};
use crate::station::common::certificates::Provisioned;
use crate::station::context::Context;
use crate::station::device_model::{Standard, VariableId};
use crate::station::input::Input;
use crate::station::meter::Sample;
use crate::station::output::TokenEffect;
use crate::station::queue::Queued;
use crate::station::state::StationState;
use crate::station::transaction::Transaction;
use crate::station::vocabulary::{AuthorizationStatus, Reading};
#[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
use crate::station::{behaviour::Handed, switch::Carried};
use crate::time::Instant;

impl Behaviour for ChargingStation {
    fn start(&mut self, core: &mut Context) {
        self.follow_connection_variables(core);
        core.security_event(self.registration.event(), None);
    }

    fn resume(&mut self, core: &mut Context) {
        self.cables.forget_claims_without_cable(core);
        self.resume_transactions(core);
        let goes_on = |t: &Transaction<Details>| !t.ended && t.details.ending.is_none();
        let charging = self.transactions.iter().any(goes_on);
        self.resets.resume(core, charging);
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
    fn hand_over(&mut self, core: &mut Context) -> Handed {
        self.hand_over(core)
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
        network::prepare_connection(&mut self.networks, &self.certificates, core);
    }

    fn connection_failed(&mut self, core: &mut Context) {
        if self.networks.failed(core) {
            self.certificates.connection_failed(core);
        }
    }

    fn connected(&mut self, core: &mut Context) {
        self.events.connected();
        self.network_connected(core);
        self.boot_connected(core);
    }

    fn disconnected(&mut self, core: &mut Context) {
        self.calls.clear();
        self.cables.disconnected();
        self.metering.disconnected();
        self.reports.clear();
        self.settings.clear();
        self.certificates.disconnected();
        self.transfers.clear();
        self.customers.disconnected();
        self.transactions.disconnected(core);
        self.registration.disconnected(core);
    }

    fn request(&mut self, core: &mut Context, call: CsmsCall<'_>) {
        self.dispatch(core, call);
    }

    fn ends_with_its_answer(&self, action: &str) -> bool {
        dispatch::ends_with_its_answer(action)
    }

    fn call_ended(&mut self, core: &mut Context, call: CallId, outcome: &Outcome<'_>) {
        let Some(purpose) = self.calls.ended(call) else {
            return;
        };
        match purpose {
            Purpose::Boot => self.boot_answered(core, outcome.as_deref()),
            Purpose::Heartbeat => registration::heartbeat_answered(core, outcome.as_deref()),
            Purpose::Status(evse, connector) => {
                self.availability.answered(evse, connector, outcome);
            }
            Purpose::Authorize(token, goal) => {
                self.authorize_answered(core, token, goal, outcome);
            }
            Purpose::Report(number) => {
                let (reports, calls, values) = self.reporting();
                reports.advance(core, calls, values, number);
            }
            Purpose::SignCertificate(request) => {
                certificates::sign_answered(&mut self.certificates, core, request, outcome);
            }
            Purpose::Customer(number) => {
                customer::page_ended(&mut self.customers, core, number, outcome);
            }
            Purpose::Nothing => {}
        }
    }

    fn calls_about_records(&self) -> Vec<CallId> {
        self.calls.about_records()
    }

    fn prepare(&mut self, _core: &mut Context, queued: &Queued) -> Prepared {
        if self.registration.accepted() {
            Prepared::Send(self.transactions.payload_of(queued))
        } else {
            Prepared::Wait
        }
    }

    fn retry(&self, core: &Context) -> Retry {
        let interval = core.variables.u32(Standard::MessageRetry);
        Retry {
            attempts: core.variables.u32(Standard::MessageAttempts),
            interval: Duration::from_secs(interval.into()),
        }
    }

    fn delivered(&mut self, core: &mut Context, queued: &Queued, outcome: &Outcome<'_>) {
        self.queued_delivered(core, queued, outcome);
    }

    fn removed(&mut self, core: &mut Context, queued: &Queued) {
        if let Some(number) = queued.transaction {
            self.transactions.forget_if_reported(core, number);
        }
    }

    fn input(&mut self, core: &mut Context, input: Input) {
        match input {
            Input::TokenPresented { evse, token } => {
                if self.authorizations.refuses(core.instant(), &token) {
                    let status = AuthorizationStatus::Invalid;
                    return decided(core, evse, token, status, TokenEffect::None);
                }
                self.token_presented(core, evse, token);
            }
            Input::StopsSelected { evses } => self.stops_selected(core, evses.as_deref()),
            Input::StopPressed { evse, emergency } => self.stop_pressed(core, evse, emergency),
            Input::Cable { at, state } => self.cable_changed(core, at, state),
            Input::ParkingBay { evse, occupied, .. } => self.bay_changed(evse, occupied),
            Input::Locked { at, success } => self.locked(core, at, success),
            Input::Unlocked { at, result } => {
                let index = self.index_of(at.evse);
                self.cables.unlocked(core, index, at, result);
            }
            // What follows is up to the conditions.
            Input::PowerRestored => self.sessions.power(false),
            Input::PowerFailing { time_to_report } => self.power_failing(core, time_to_report),
            Input::Meter { evse, .. } => self.metered(core, evse),
            Input::EvseReset { evse } => self.resets.evse_has_restarted(core, evse),
            Input::CustomerData { job, text } => self.customers.answered(core, job, &text),
            Input::DataTransferAnswered { job, status, data } => {
                let data = data.as_deref();
                data_transfer::application_answered(&mut self.transfers, core, job, status, data);
            }
            Input::ExternalLimit(limit) => {
                smart_charging::external_limit(&mut self.profiles, core, *limit);
            }
            Input::ExternalLimitReleased { evse, source } => {
                smart_charging::external_limit_released(&mut self.profiles, core, evse, &source);
            }
            Input::Job { job, event } => self.job_news(core, job, &event),
            Input::VariableSet { job, answer } => {
                let changed = self.settings.application_answered(core, job, answer);
                self.follow_variables(core, changed);
            }
            Input::CertificateRequestMade { request, made } => {
                self.certificates.made(request, made);
            }
            Input::ConnectionSecured {
                root,
                client_certificate,
            } => self
                .certificates
                .connection_secured(core, root, client_certificate),
            Input::ConnectionRefused { kind, info } => {
                self.events.connection_refused(core, kind, info.as_deref());
            }
            // Conditions, statuses and contactors follow at the end of every input.
            _ => {}
        }
    }

    fn sampled(&mut self, core: &mut Context, sample: Sample, reading: &Reading) {
        self.sample_taken(core, sample, reading);
    }

    fn time_passed(&mut self, core: &mut Context) {
        self.expire_authorizations(core);
        self.update_limits(core);
        self.update_statuses(core);
        if self.update_sessions(core) {
            // Who has just begun may have a profile (F01.FR.10), and who has just ended leaves a share to others.
            self.update_limits(core);
            self.update_sessions(core);
        }
        self.take_samples(core);
        self.continue_firmware(core);
        self.update_statuses(core);
        let online = self.online(core);
        certificates::continue_signing(&mut self.certificates, &mut self.calls, core, online);
        self.upload.advance(core);
        data_transfer::advance(&mut self.transfers, core);
        customer::advance(&mut self.customers, &mut self.calls, core, online);
        self.register_and_beat(core);
        let changed = self.settings.advance(core);
        self.follow_variables(core, changed);
        self.continue_resets(core);
    }

    fn next_timeout(&self, core: &Context) -> Option<Instant> {
        let timeouts = [
            self.authorizations.next_timeout(),
            self.metering.next_timeout(core),
            self.signatures.next_timeout(),
            self.transactions.next_reading(),
            self.registration.next_timeout(
                core,
                self.resets.is_restarting(),
                self.calls.is_empty(),
            ),
            self.profiles.next_timeout(core),
            self.resets.next_timeout(),
            self.settings.next_timeout(),
            self.certificates.next_timeout(self.online(core)),
            self.certificates.next_activation(core),
            self.firmware.next_timeout(core, self.concerns_somebody()),
            self.upload.next_timeout(core),
            self.transfers.next_timeout(),
            self.customers.next_timeout(),
        ];
        timeouts.into_iter().flatten().min()
    }

    fn state(&self, core: &Context) -> StationState {
        let mut connectors = Vec::new();
        for index in 0..self.evses() {
            let own = connectors_of(core, evse_of(index));
            for (which, at) in own.enumerate() {
                connectors.push(self.connector_state(core, index, which, at));
            }
        }
        StationState {
            version: core.session.version(),
            registration: self.registration.state(),
            connected: core.is_connected(),
            storage_failed: core.storage_fails(),
            queued: core.queue.len(),
            waiting: core.queue.waiting().to_vec(),
            given_up: core.given_up.all().to_vec(),
            transaction_without_evse: self.transactions.floating_state(),
            connectors,
        }
    }

    fn set_verifier(&mut self, verifier: Box<dyn CertificateVerifier + Send + Sync>) {
        self.certificates.set_verifier(verifier);
    }

    fn provision(&mut self, core: &mut Context, provisioned: &Provisioned) {
        self.certificates.take_over(core, provisioned);
    }

    fn tell_security_events(&mut self, core: &mut Context) {
        events::notify(&mut self.events, core);
    }

    fn variable_changed(&mut self, core: &mut Context, id: VariableId) {
        self.follow_variable(core, id);
    }

    #[cfg(feature = "testing")]
    fn visits(&self) -> usize {
        self.transactions.visits()
            + self.authorizations.visits()
            + self.sessions.visits()
            + self.metering.visits()
            + self.signatures.visits()
            + self.availability.visits()
            + self.cables.visits()
    }
}
