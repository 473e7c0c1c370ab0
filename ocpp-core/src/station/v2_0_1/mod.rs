//! The logic of OCPP 2.0.1, by the functional blocks of its specification.

mod authorization;
mod availability;
mod cable;
mod certificates;
mod customer;
mod data_transfer;
mod delivery;
mod dispatch;
mod events;
mod evses;
mod firmware;
mod floating;
mod guesses;
mod local_list;
mod lock_failure;
mod master_pass;
mod meter_values;
mod model;
mod network;
mod points;
mod registration;
mod remote;
mod report;
mod reset;
mod restart;
mod salvage;
mod session;
mod settings;
mod signatures;
mod smart_charging;
#[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
mod switch;
mod token;
mod transaction;
mod upload;
mod variables;

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;
use core::time::Duration;

use ocpp_types::v2_0_1::{ConnectorStatus, MeterValue, Protocol};
use ocpp_types::{DateTime, Request};

use super::authorization::{Authorizing as _, decided};
use super::behaviour::{Behaviour, CsmsCall, Outcome, Prepared, Retry};
use super::common::certificates::{Certificates, Provisioned};
use super::common::customer::Customers;
use super::common::data_transfer::Transfers;
use super::common::firmware::{Firmware, Rules};
use super::common::network_profiles::NetworkProfiles;
use super::common::security_events::SecurityEvents;
use super::common::upload::Upload;
use super::context::Context;
use super::device_model::{Standard, VariableId};
use super::input::Input;
use super::meter::Sample;
use super::output::TokenEffect;
use super::profiles::Profiles;
use super::queue::Queued;
use super::record::Records;
use super::registration::Registering;
use super::state::{ConnectorState, Registration, StationState};
use super::transaction::{Transaction, Transactions};
use super::transaction_data::TransactionData;
use super::triggers::MeterTriggers;
use super::vocabulary::{AuthorizationStatus, CableState, ConnectorId, EvseId, Reading, Token};
#[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
use super::{behaviour::Handed, switch::Carried};
use crate::security::{CertificateVerifier, RequestHandle};
use crate::session::{CallId, CallToken};
use crate::time::Instant;

pub(crate) use model::variables;

use authorization::{Auth, Goal};
use cable::Claim;
use evses::{Evses, Watch};
use floating::Floating;
use guesses::Guesses;
use master_pass::Selecting;
use points::Conditions;
use registration::Start;
use report::Reports;
use reset::{EvseReset, Reset};
use settings::Settings;
use signatures::Signature;
use transaction::{Cue, Details, Event};

#[derive(Debug)]
struct Connector {
    at: ConnectorId,
    /// Whether the CSMS wants it to be used.
    operative: bool,
    reported: Option<ConnectorStatus>,
    /// How its cable lay when it was looked last.
    cable: CableState,
}

#[derive(Debug)]
struct Evse {
    id: EvseId,
    /// Whether the CSMS wants it to be used.
    operative: bool,
    connectors: Vec<Connector>,
    /// The connector whose car it serves.
    car: Option<ConnectorId>,
    /// Who may charge here, or is being asked about.
    auth: Option<Auth>,
    /// The running transaction.
    transaction: Option<u64>,
    /// What held when it was looked last.
    seen: Conditions,
    /// Energy that begins a transaction is about to flow.
    energy_due: bool,
    /// Why something is about to change.
    cue: Option<Cue>,
    /// The signed value that is to begin a transaction.
    signature: Signature,
    /// For whom the cable stays locked after the end.
    locked_for: Option<Claim>,
    /// What is stored of it.
    stored_claim: Option<Claim>,
    /// The connector whose lock did not hold.
    lock_failed: Option<ConnectorId>,
    /// When the meter is read for `Updated` and for the values of `Ended`.
    next_sample: [Option<Instant>; 2],
    /// For which of the two the periodic and the clock-aligned reading under way are.
    sampling: [bool; 2],
    aligning: [bool; 2],
}

impl Evse {
    /// When something is to be done about it at the latest.
    fn timer(&self) -> Option<Instant> {
        let authorization = self.auth.as_ref().and_then(|auth| auth.deadline);
        let timers = self.next_sample.into_iter();
        let timers = timers.chain([authorization, self.signature.again]);
        timers.flatten().min()
    }
}

/// What every EVSE depends on besides its own state and that of its hardware.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Circumstances {
    may_start: bool,
    online: bool,
    operative: bool,
    shown_held: bool,
    faulted: bool,
    start_points: Conditions,
    stop_points: Conditions,
}

/// What a call under way is for.
#[derive(Debug)]
enum Purpose {
    Boot,
    Heartbeat,
    /// The status of this connector of this EVSE, both as indices.
    Status(usize, usize),
    /// Asks about a token.
    Authorize(Token, Goal),
    /// A page of this report.
    Report(u64),
    /// Wants a certificate.
    SignCertificate(RequestHandle),
    /// A page about a customer.
    Customer(u64),
    /// Nobody waits for the answer.
    Nothing,
}

/// See the [module documentation](self).
#[derive(Debug)]
pub(crate) struct ChargingStation {
    boot: Registering,
    start: Start,
    /// Whether the CSMS wants the station to be used.
    operative: bool,
    evses: Evses,
    /// What every EVSE depends on, as it was when they were looked at last.
    circumstances: Circumstances,
    transactions: Transactions<Details>,
    /// Events that wait for the meter, by transaction.
    pending: BTreeMap<u64, VecDeque<Event>>,
    /// The meter values of the later `Ended`, numbered as they are stored.
    data: TransactionData<MeterValue>,
    /// Somebody who may charge at whatever EVSE is plugged in next.
    floating: Floating,
    /// Somebody with a master pass who selects what to stop.
    selecting: Option<Selecting>,
    guesses: Guesses,
    reset: Option<Reset>,
    /// The EVSEs that are to be reset, or are being.
    evse_resets: Vec<EvseReset>,
    /// Unlock commands that wait for the lock.
    unlocks: Vec<(CallToken, ConnectorId)>,
    meter_triggers: MeterTriggers<()>,
    /// For `Updated` and for the values of `Ended`.
    next_aligned: [Option<DateTime>; 2],
    /// The power is going down.
    going_down: bool,
    /// Messages of the queue with lower numbers were in it when the station went offline last.
    offline_below: u64,
    profiles: Profiles,
    certificates: Certificates,
    events: SecurityEvents,
    networks: NetworkProfiles,
    reports: Reports,
    settings: Settings,
    customers: Customers,
    transfers: Transfers,
    firmware: Firmware,
    /// Whether the CSMS is told that EVSEs are unavailable because of an update.
    shown_held: bool,
    upload: Upload,
    calls: Vec<(CallId, Purpose)>,
}

impl ChargingStation {
    pub(crate) fn restore(core: &mut Context, records: &Records) -> Self {
        let evses = (1..).zip(&core.config.evses).map(|(id, config)| Evse {
            id,
            operative: true,
            connectors: (1..)
                .zip(&config.connectors)
                .map(|(connector, _)| Connector {
                    at: ConnectorId::new(id, connector),
                    operative: true,
                    reported: None,
                    cable: CableState::Unplugged,
                })
                .collect(),
            car: None,
            auth: None,
            transaction: None,
            seen: Conditions::default(),
            cue: None,
            energy_due: false,
            signature: Signature::default(),
            locked_for: None,
            stored_claim: None,
            lock_failed: None,
            next_sample: [None; 2],
            sampling: [false; 2],
            aligning: [false; 2],
        });
        let evses = Evses::new(evses);
        let transactions = Transactions::restore(core, records);
        let mut this = Self {
            boot: registration::restore(records),
            start: Start::restore(records),
            operative: true,
            evses,
            circumstances: Circumstances::default(),
            data: TransactionData::restore(records, &transactions),
            transactions,
            pending: BTreeMap::new(),
            floating: Floating::default(),
            selecting: None,
            guesses: Guesses::default(),
            reset: None,
            evse_resets: Vec::new(),
            unlocks: Vec::new(),
            meter_triggers: MeterTriggers::default(),
            next_aligned: [None; 2],
            going_down: false,
            offline_below: core.queue.next_number(),
            profiles: smart_charging::restore(core, records),
            certificates: certificates::restore(core, records),
            events: SecurityEvents::default(),
            networks: NetworkProfiles::restore(core, records),
            reports: Reports::default(),
            settings: Settings::default(),
            customers: Customers::restore(records),
            transfers: Transfers::default(),
            firmware: Firmware::restore(Rules::V2, records),
            shown_held: false,
            upload: Upload::restore(records),
            calls: Vec::new(),
        };
        variables::follow_back_off(core);
        this.restore_availability(core, records);
        this.restore_claims(records);
        this.restore_reset(core, records);
        this.restore_transactions(core);
        this.clear_customers(core);
        this
    }

    /// The index of an EVSE.
    fn index_of(&self, evse: EvseId) -> Option<usize> {
        // They are numbered from 1 without a gap.
        let index = usize::try_from(evse).ok()?.checked_sub(1)?;
        (index < self.evses.len()).then_some(index)
    }

    /// The index of an EVSE with a number of the wire.
    fn evse_number(&self, evse: i64) -> Option<usize> {
        self.index_of(EvseId::try_from(evse).ok()?)
    }

    /// Touches the EVSEs where something may have changed outside of them.
    fn look_around(&mut self, core: &mut Context) {
        let now = Circumstances {
            may_start: self.may_start(core),
            online: self.online(core),
            operative: self.operative,
            shown_held: self.shown_held,
            faulted: core.hardware.station_faulted(),
            start_points: Conditions::of(core.variables.list(Standard::StartPoint)),
            stop_points: Conditions::of(core.variables.list(Standard::StopPoint)),
        };
        if core::mem::replace(&mut self.circumstances, now) != now {
            self.evses.touch_all(Watch::Sessions);
            self.evses.touch_all(Watch::Statuses);
        }
        for evse in core.hardware.take_touched() {
            if let Some(index) = self.index_of(evse) {
                self.evses.touch(index);
            }
        }
        for number in self.transactions.take_touched() {
            let evse = self.transactions.get(number).and_then(Transaction::evse);
            if let Some(index) = evse.and_then(|evse| self.index_of(evse)) {
                self.evses.touch(index);
            }
        }
    }

    /// Whether a fault prevents charging.
    fn faulted(&self, core: &Context, index: usize) -> bool {
        let evse = &self.evses[index];
        core.hardware.station_faulted()
            || evse.lock_failed.is_some()
            || evse.connectors.iter().any(|connector| {
                core.hardware
                    .get(connector.at)
                    .is_some_and(super::hardware::Connector::faulted)
            })
    }

    /// What the variables say of connections holds.
    fn follow_connection_variables(&mut self, core: &mut Context) {
        for key in [Standard::MessageTimeout, Standard::PingInterval] {
            self.follow_standard(core, key);
        }
    }

    /// Calls the CSMS and remembers what for. `false` without a connection, and for all but a BootNotification before the
    /// CSMS has answered one, or when it has answered that it wants nothing (B01.FR.08, B03.FR.02).
    fn call<R>(&mut self, core: &mut Context, request: &R, purpose: Purpose) -> bool
    where
        R: Request<Protocol = Protocol>,
    {
        let welcome = matches!(
            self.boot.registration,
            Some(Registration::Pending | Registration::Accepted)
        );
        if !welcome && !matches!(purpose, Purpose::Boot) {
            return false;
        }
        let call = core.request(request);
        if let Some(call) = call {
            self.calls.push((call, purpose));
        }
        call.is_some()
    }
}

/// A reason code with an explanation.
fn info(code: &str, text: &str) -> ocpp_types::v2_0_1::StatusInfo {
    let code = ocpp_types::BoundedString::truncated(code);
    let mut info = ocpp_types::v2_0_1::StatusInfo::new(code);
    if !text.is_empty() {
        info.additional_info = Some(ocpp_types::BoundedString::truncated(text));
    }
    info
}

impl Behaviour for ChargingStation {
    fn start(&mut self, core: &mut Context) {
        self.follow_connection_variables(core);
        core.security_event(self.start.event(), None);
    }

    fn resume(&mut self, core: &mut Context) {
        self.forget_claims_without_cable(core);
        self.resume_transactions(core);
        self.resume_reset(core);
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
        self.prepare_connection(core);
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
        self.unlocks.clear();
        self.meter_triggers.clear();
        self.reports.clear();
        self.settings.clear();
        self.certificates.disconnected();
        self.transfers.clear();
        self.customers.disconnected();
        self.events_go_offline(core);
        self.boot_disconnected(core);
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
            Purpose::Heartbeat => Self::heartbeat_answered(core, outcome.as_deref()),
            Purpose::Status(evse, connector) => {
                self.status_answered(evse, connector, outcome);
            }
            Purpose::Authorize(token, goal) => {
                self.authorize_answered(core, token, goal, outcome);
            }
            Purpose::Report(number) => self.continue_report(core, number),
            Purpose::SignCertificate(request) => {
                self.sign_certificate_answered(core, request, outcome);
            }
            Purpose::Customer(number) => self.customer_page_ended(core, number, outcome),
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
        if self.accepted() {
            Prepared::Send(self.payload_of(queued))
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
            self.forget_if_reported(core, number);
        }
    }

    fn input(&mut self, core: &mut Context, input: Input) {
        match input {
            Input::TokenPresented { evse, token } => {
                if self.guesses.refuse(core.instant(), &token) {
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
            Input::Unlocked { at, result } => self.unlocked(core, at, result),
            // What follows is up to the conditions.
            Input::PowerRestored => self.going_down = false,
            Input::PowerFailing { time_to_report } => self.power_failing(core, time_to_report),
            Input::Meter { evse, .. } => self.metered(core, evse),
            Input::EvseReset { evse } => self.evse_has_reset(core, evse),
            Input::CustomerData { job, text } => self.customers.answered(core, job, &text),
            Input::DataTransferAnswered { job, status, data } => {
                self.data_transfer_answered(core, job, status, data.as_deref());
            }
            Input::ExternalLimit(limit) => self.external_limit(core, *limit),
            Input::ExternalLimitReleased { evse, source } => {
                self.external_limit_released(core, evse, &source);
            }
            Input::Job { job, event } => self.job_news(core, job, &event),
            Input::VariableSet { job, answer } => self.variable_set(core, job, answer),
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
        self.update_sessions(core);
        self.take_samples(core);
        self.continue_firmware(core);
        self.update_statuses(core);
        self.continue_connecting(core);
        self.continue_signing(core);
        self.upload.advance(core);
        self.continue_transfers(core);
        self.continue_customers(core);
        self.register_and_beat(core);
        self.continue_settings(core);
        self.continue_evse_resets(core);
        self.continue_reset(core);
    }

    fn next_timeout(&self, core: &Context) -> Option<Instant> {
        let timeouts = [
            self.next_authorization_timeout(),
            self.next_sample_timeout(core),
            self.next_boot_timeout(core),
            self.next_limit_timeout(core),
            self.next_reset_timeout(),
            self.next_evse_reset_timeout(),
            self.settings.next_timeout(),
            self.certificates.next_timeout(self.online(core)),
            self.certificates.next_activation(core),
            self.next_firmware_timeout(core),
            self.upload.next_timeout(core),
            self.transfers.next_timeout(),
            self.customers.next_timeout(),
        ];
        timeouts.into_iter().flatten().min()
    }

    fn state(&self, core: &Context) -> StationState {
        let mut connectors = Vec::new();
        for (index, evse) in self.evses.iter().enumerate() {
            for (which, connector) in evse.connectors.iter().enumerate() {
                connectors.push(self.connector_state(core, index, evse, which, connector));
            }
        }
        StationState {
            version: core.session.version(),
            registration: self.boot.registration,
            connected: core.is_connected(),
            storage_failed: core.storage_fails(),
            queued: core.queue.len(),
            waiting: core.queue.waiting().to_vec(),
            given_up: core.given_up.all().to_vec(),
            transaction_without_evse: self.floating_state(),
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
        self.notify_security_events(core);
    }

    fn variable_changed(&mut self, core: &mut Context, id: VariableId) {
        self.follow_variable(core, id);
    }

    #[cfg(feature = "testing")]
    fn visits(&self) -> usize {
        self.evses.visits().count()
    }
}

impl ChargingStation {
    fn connector_state(
        &self,
        core: &Context,
        index: usize,
        evse: &Evse,
        which: usize,
        connector: &Connector,
    ) -> ConnectorState {
        let here = |t: &&Transaction<Details>| t.at == Some(connector.at);
        let transaction = evse.transaction.and_then(|t| self.transactions.get(t));
        let transaction = transaction.filter(here);
        let auth = evse.auth.as_ref().filter(|auth| auth.granted);
        let owner = transaction.map(|t| &t.token).filter(|t| !t.id.is_empty());
        let token = owner.or(auth.map(|auth| &auth.token));
        let energy = transaction.and_then(|t| {
            let last = core.meters.last(evse.id).energy_wh().or(t.meter_last)?;
            Some(last.0.checked_sub(t.meter_start?.0)?.into())
        });
        let cable = core.hardware.get(connector.at);
        ConnectorState {
            at: connector.at,
            status: availability::name(&self.status_of(core, index, which)),
            cable: cable.map_or_else(Default::default, |connector| connector.cable),
            authorized: auth.is_some(),
            transaction_id: transaction.map(|t| t.details.id.clone()),
            transaction: transaction.map(|t| t.state(Some(t.details.id.clone()))),
            token: token.cloned(),
            energy_wh: energy,
        }
    }
}
