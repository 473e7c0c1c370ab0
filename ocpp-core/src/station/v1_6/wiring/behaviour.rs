//! What the station asks of the logic of a version: inputs go to the blocks, in an order that matters.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{ChargePoint, requests};
use crate::security::{CertificateVerifier, SecurityEventKind};
use crate::session::CallId;
use crate::station::authorization::Authorizing as _;
use crate::station::behaviour::{Behaviour, CsmsCall, Outcome, Prepared, Retry};
use crate::station::common::certificates::Provisioned;
use crate::station::context::Context;
use crate::station::device_model::{Standard, VariableId};
use crate::station::input::Input;
use crate::station::meter::Sample;
use crate::station::queue::Queued;
use crate::station::registration::Registering;
use crate::station::state::{ConnectorState, StationState};
use crate::station::v1_6::calls::{Calls, Purpose};
use crate::station::v1_6::{certificates, data_transfer, events, smart_charging};
use crate::station::vocabulary::Reading;
#[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
use crate::station::{behaviour::Handed, switch::Carried};
use crate::time::Instant;

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
        self.connection_not_opened(core);
    }

    fn connected(&mut self, core: &mut Context) {
        self.connection_opened(core);
    }

    fn disconnected(&mut self, _core: &mut Context) {
        self.calls.clear();
        self.cables.disconnected();
        self.sampling.disconnected();
        self.transfers.clear();
        self.certificates.disconnected();
    }

    fn request(&mut self, core: &mut Context, call: CsmsCall<'_>) {
        self.dispatch(core, call);
    }

    fn ends_with_its_answer(&self, action: &str) -> bool {
        requests::ends_with_its_answer(action)
    }

    fn call_ended(&mut self, core: &mut Context, call: CallId, outcome: &Outcome<'_>) {
        let Some(purpose) = self.calls.ended(call) else {
            return;
        };
        match purpose {
            Purpose::Boot => self.boot_ended(core, outcome),
            Purpose::Heartbeat => {
                Registering::heartbeat_ended::<Calls>(core, outcome.as_deref());
            }
            Purpose::Status(number) => self.statuses.answered(number, outcome),
            Purpose::Authorize(token, goal) => {
                self.authorize_ended(core, token, goal, outcome);
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
            self.transactions.forget_if_reported(core, number);
        }
    }

    fn input(&mut self, core: &mut Context, input: Input) {
        match input {
            Input::TokenPresented { evse, token } => self.token_presented(core, evse, token),
            Input::StopPressed { evse, emergency } => self.stop_pressed(core, evse, emergency),
            Input::Cable { at, state } => self.cable_changed(core, at, state),
            Input::Fault { at, .. } => self.fault_changed(core, at),
            Input::StorageRestored => self.try_start_everywhere(core),
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
        self.reservations.expire(core);
        self.take_samples(core);
        self.settle_locks(core);
        self.update_limits(core);
        self.update_contactors(core);
        self.continue_jobs(core);
        self.continue_connecting(core);
        let online = self.registration.online(core);
        certificates::continue_signing(&mut self.certificates, core, &mut self.calls, online);
        data_transfer::reject_late(&mut self.transfers, core);
        self.register_and_beat(core);
        self.update_statuses(core);
        self.continue_reset(core);
    }

    fn next_timeout(&self, core: &Context) -> Option<Instant> {
        let online = self.registration.online(core);
        let timeouts = [
            self.authorizations.next_timeout(core, &self.connectors),
            self.reservations.next_timeout(core),
            self.next_sample_timeout(core),
            self.next_boot_timeout(core),
            online.then(|| self.statuses.next_timeout(core)).flatten(),
            self.firmware
                .next_timeout(core, self.transactions.any_busy()),
            self.certificates.next_timeout(online),
            self.upload.next_timeout(core),
            self.next_connecting_timeout(core),
            self.transfers.next_timeout(),
            self.profiles.next_timeout(core),
            self.shutdown.next_timeout(),
        ];
        timeouts.into_iter().flatten().min()
    }

    fn state(&self, core: &Context) -> StationState {
        let connectors = self.connectors.numbers().map(|number| {
            let at = self.connectors.at(number);
            let transaction = self.transactions.at(number);
            let auth = self.authorizations.get(Some(number));
            let auth = auth.filter(|auth| auth.granted);
            let token = transaction.map(|t| &t.token).or(auth.map(|a| &a.token));
            let energy = transaction.and_then(|t| {
                let last = core.meters.last(at.evse).energy_wh();
                let last = last.or(t.meter_last)?;
                Some(last.0.checked_sub(t.meter_start?.0)?.into())
            });
            let id = transaction.and_then(|t| t.details.id);
            ConnectorState {
                at,
                status: self.statuses.status(number).as_str(),
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
            registration: self.registration.status(),
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

impl ChargePoint {
    /// Restarts if that was promised, and nothing is waited for any more.
    fn continue_reset(&mut self, core: &mut Context) {
        let Some(hard) = self.reset_due(core) else {
            return;
        };
        let info = if hard { "hard reset" } else { "soft reset" };
        core.security_event(SecurityEventKind::ResetOrReboot, Some(info));
        if hard || core.config.features.soft_reset_reboots {
            events::notify(&mut self.events, core);
            core.reboot(hard);
        } else {
            self.registration.anew();
            self.register_and_beat(core);
        }
    }
}
