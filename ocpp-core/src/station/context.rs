//! What the logic of every version works with: session, outputs, storage, hardware, time.

use alloc::borrow::Cow;
use alloc::collections::VecDeque;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use ocpp_types::{DecodeError, Payload, Protocol, Request, Version};

use super::behaviour::CsmsCall;
use super::cache::Cache;
use super::clock::Clock;
use super::common::security_events::Noticed;
use super::config::StationConfig;
use super::connection::Link;
use super::device_model::{DeviceModel, Standard, VariableAccess, VariableError, VariableId};
use super::given_up::GivenUps;
use super::hardware::{Connector, Hardware, LockState};
use super::identity::Identity;
use super::local_list::LocalList;
use super::meter::{Meters, Sample};
use super::output::{Connection, JobId, Output};
use super::pulse::Pulse;
use super::queue::{Change, Queue, Queued};
use super::record::aside::keep_aside;
use super::record::{Record, Records, RecordsReport, record};
use super::storage::Held;
use super::vocabulary::{CableState, ConnectorId, EvseId, Limit, UnlockResult};
use crate::frame::{self, ErrorCode, Number};
use crate::security::SecurityEventKind;
use crate::session::{
    self, CallEnded, CallFailure, CallId, CallOptions, CallToken, Config, MessageIds, NotQueued,
    Received, Role, Seen, SendError, Session, Verdict,
};
use crate::time::{DateTime, Instant, Now};

const MESSAGE_IDS: &str = "message-ids";
/// Why messages that concern no transaction are left out.
const OTHERS_FULL: &str = "too many messages wait that concern no transaction";
/// How long nothing suspicious is logged after something was.
const SUSPICION_PAUSE: Duration = Duration::from_secs(60);
/// How many message ids are reserved with one write.
const MESSAGE_ID_BLOCK: u32 = 200;

/// See the [module documentation](self).
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) config: StationConfig,
    /// The time of the input that is being handled.
    pub(crate) now: Now,
    pub(crate) clock: Clock,
    pub(crate) hardware: Hardware,
    pub(crate) meters: Meters,
    pub(crate) variables: DeviceModel,
    pub(crate) cache: Cache,
    pub(crate) local_list: LocalList,
    pub(crate) queue: Queue,
    /// How to connect. The version's logic keeps it up to date.
    pub(crate) connection: Connection,
    pub(super) link: Link,
    pub(super) session: Session,
    pub(super) failed_calls: VecDeque<(CallId, CallFailure)>,
    pub(super) outputs: VecDeque<Output>,
    /// Calls of the application.
    foreign: Vec<CallId>,
    pub(super) pulse: Pulse,
    pub(super) given_up: GivenUps,
    /// Security events that the CSMS may want to hear of.
    pub(super) security_events: Noticed,
    /// When the last message came that is worth a security event.
    last_suspicion: Option<Instant>,
    /// What waits for its record while nothing can be stored.
    pub(super) held: Option<Held>,
    /// When the CSMS was told last that nothing could be stored.
    pub(super) storage_event: Option<Instant>,
    /// The EVSE that a driver has chosen, and until when that holds.
    pub(super) selected: Option<(EvseId, Instant)>,
    next_job: u64,
    random: u64,
    /// Whether what was before the start has been dealt with. Until then nobody charges.
    pub(crate) begun: bool,
    /// Set when the station value is to end.
    pub(super) over: bool,
}

impl Context {
    pub(super) fn restore(
        config: StationConfig,
        version: Version,
        variables: DeviceModel,
        records: &Records,
        now: Now,
    ) -> Self {
        let next_id = records.get(MESSAGE_IDS).unwrap_or(0);
        let ids = MessageIds::counter(next_id, MESSAGE_ID_BLOCK);
        let mut session_config = Config::new(Role::Station);
        session_config.call_timeout = config.call_timeout;
        session_config.keep_queued = false;
        session_config.max_queue = 1_000;
        let limits = config.limits;
        let identity = Identity::of(version);
        let (local_list, mut clean_up) = LocalList::restore(limits.local_list, identity, records);
        let (cache, strangers) = Cache::restore(limits.cache, identity, records);
        clean_up.extend(strangers);
        let (queue, queued) = Queue::restore(limits.queue, version, records);
        let connection = Connection {
            versions: config.versions.clone(),
            ..Connection::default()
        };
        let mut session = Session::new(version, Role::Station, session_config, ids);
        session.decode_calls();
        let mut core = Self {
            now,
            clock: Clock::default(),
            hardware: Hardware::new(&config),
            meters: Meters::new(config.evses.len(), config.meter_timeout),
            variables: variables.restore(&config.defaults, records),
            cache,
            local_list,
            queue,
            connection,
            link: Link::new(config.back_off),
            session,
            failed_calls: VecDeque::new(),
            outputs: VecDeque::new(),
            foreign: Vec::new(),
            pulse: Pulse::default(),
            given_up: GivenUps::restore(limits.given_up, records),
            security_events: Noticed::default(),
            last_suspicion: None,
            held: None,
            storage_event: None,
            selected: None,
            next_job: 0,
            // The message id counter differs from start to start.
            random: config.seed ^ next_id.rotate_left(32),
            begun: false,
            over: false,
            config,
        };
        core.changes(clean_up.into_iter().chain(queued));
        core
    }

    // Time

    pub(crate) const fn instant(&self) -> Instant {
        self.now.monotonic
    }

    /// The station's time.
    pub(crate) fn utc(&self) -> Option<DateTime> {
        self.clock.utc(self.now)
    }

    /// Follows the clock of the CSMS.
    pub(crate) fn set_clock(&mut self, utc: DateTime) {
        self.clock.set(self.now.monotonic, utc);
        self.output(Output::SetClock(utc));
    }

    pub(crate) const fn random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    // Outputs

    pub(crate) fn output(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    pub(crate) fn changes(&mut self, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            self.outputs.push_back(match change {
                Change::Store(record) => Output::Store(record),
                Change::Remove(key) => Output::Remove(key),
            });
        }
    }

    /// Puts what opening the records has changed, and what is kept of those that cannot be read, around what the restart
    /// has stored so far: in this order a power cut in between loses nothing.
    pub(super) fn keep_aside(
        &mut self,
        records: &Records,
        opened: Vec<Change>,
        report: &mut RecordsReport,
    ) {
        let stored = core::mem::take(&mut self.outputs);
        let keys = stored.iter().filter_map(|output| match output {
            Output::Store(record) => Some(record.key.clone()),
            _ => None,
        });
        let max = self.config.limits.unreadable;
        let kept = keep_aside(records, &keys.collect(), max, report);
        self.changes(opened);
        self.changes(kept.stores);
        self.outputs.extend(stored);
        self.changes(kept.removes);
        let found = report.found.iter().cloned();
        self.outputs.extend(found.map(Output::Unreadable));
    }

    pub(crate) fn store(&mut self, key: &str, value: &impl serde::Serialize) {
        let record: Option<Record> = record(key.into(), value);
        self.outputs.extend(record.map(Output::Store));
    }

    pub(crate) fn remove(&mut self, key: &str) {
        self.output(Output::Remove(key.into()));
    }

    /// Sets a variable, also a read-only one, and stores it.
    pub(crate) fn set_variable(
        &mut self,
        id: VariableId,
        value: &str,
    ) -> Result<(), VariableError> {
        let change = self.variables.set(id, value)?;
        self.changes(change);
        Ok(())
    }

    /// Tells the application of a variable that the CSMS has changed.
    pub(crate) fn variable_changed(&mut self, id: VariableId) {
        let variable = self.variables.get(id);
        let variable = variable.filter(|variable| variable.access != VariableAccess::WriteOnly);
        if let Some(variable) = variable {
            let key = self.variables.key_of(variable).into_owned();
            let value = variable.value.to_string();
            self.output(Output::VariableChanged { key, value });
        }
    }

    /// Sets what means this to the logic, if the station has it and the value is allowed.
    pub(crate) fn set_standard(&mut self, standard: Standard, value: &str) {
        if let Some(id) = self.variables.id(standard) {
            let _ = self.set_variable(id, value);
        }
    }

    /// Sets a number, or the allowed one that comes nearest to it.
    pub(crate) fn set_nearest(&mut self, standard: Standard, number: u32) {
        let nearest = self.variables.nearest(standard, number);
        self.set_standard(standard, &alloc::format!("{nearest}"));
    }

    pub(crate) const fn next_job(&mut self) -> JobId {
        self.next_job += 1;
        JobId(self.next_job)
    }

    /// Restarts; nothing happens to this station value any more.
    pub(crate) fn reboot(&mut self, hard: bool) {
        self.output(Output::Reboot { hard });
        self.over = true;
    }

    // Hardware

    /// After a start nobody knows how the hardware was left: contactors open first of all. Limits and locks follow as soon as
    /// it is known what they have to be.
    pub(super) fn make_safe(&mut self) {
        for at in self.hardware.meant(None) {
            self.contactor(at, false);
        }
    }

    /// The hardware may not have done what it was told: it is told again, contactors at the end of the input.
    pub(super) fn doubt(&mut self, at: Option<ConnectorId>) {
        for at in self.hardware.meant(at) {
            if let Some(connector) = self.hardware.get_mut(at) {
                connector.contactor.doubt();
            }
            self.repeat_limit(at);
        }
    }

    fn repeat_limit(&mut self, at: ConnectorId) {
        if let Some(connector) = self.hardware.get_mut(at) {
            connector.limit.doubt();
            if let Some(limit) = connector.limit.decision() {
                self.limit(at, limit);
            }
        }
    }

    /// The hardware has forgotten everything: contactors open, and limits and locks are as they were before energy flows
    /// again.
    pub(super) fn hardware_restarted(&mut self, at: Option<ConnectorId>) {
        for at in self.hardware.meant(at) {
            let Some(connector) = self.hardware.get_mut(at) else {
                continue;
            };
            connector.contactor.doubt();
            let lock = match connector.lock {
                LockState::Locking => Some(Output::Lock(at)),
                LockState::Unlocking => Some(Output::Unlock(at)),
                _ => {
                    connector.lock = LockState::Unknown;
                    self.hardware.locks_in_doubt = true;
                    None
                }
            };
            self.contactor(at, false);
            self.repeat_limit(at);
            self.outputs.extend(lock);
        }
    }

    /// Closes or opens a contactor unless the hardware was told so already.
    pub(crate) fn contactor(&mut self, at: ConnectorId, closed: bool) {
        let before = self.hardware.get(at);
        if before.is_some_and(|before| before.contactor.is_news(closed))
            && let Some(connector) = self.hardware.get_mut(at)
            && connector.contactor.decide(closed)
        {
            self.output(Output::Contactor { at, closed });
        }
    }

    /// Limits a connector unless the hardware was told so already.
    pub(crate) fn limit(&mut self, at: ConnectorId, limit: Option<Limit>) {
        let before = self.hardware.get(at);
        if before.is_some_and(|before| before.limit.is_news(limit))
            && let Some(connector) = self.hardware.get_mut(at)
            && connector.limit.decide(limit)
        {
            self.output(Output::SetLimit { at, limit });
        }
    }

    /// Tells the locks of which nobody knows how they are what is wanted of them.
    pub(crate) fn settle_locks(&mut self, wanted: impl Fn(&Connector) -> bool) {
        if !core::mem::replace(&mut self.hardware.locks_in_doubt, false) {
            return;
        }
        let unknown =
            |connector: &&Connector| connector.config.lock && connector.lock == LockState::Unknown;
        let all = self.hardware.connectors.iter().filter(unknown);
        let all: Vec<(ConnectorId, bool)> = all.map(|c| (c.id, wanted(c))).collect();
        for (at, locked) in all {
            let _ = if locked {
                self.lock(at)
            } else {
                self.unlock(at)
            };
        }
    }

    /// Orders to lock the cable. Says whether there is anything to wait for.
    pub(crate) fn lock(&mut self, at: ConnectorId) -> bool {
        let connector = self.hardware.get(at).filter(|c| c.config.lock);
        match connector.map(|connector| connector.lock) {
            None | Some(LockState::Locked) => false,
            Some(LockState::Locking) => true,
            Some(LockState::Unknown | LockState::Open | LockState::Unlocking) => {
                if let Some(connector) = self.hardware.get_mut(at) {
                    connector.lock = LockState::Locking;
                }
                self.output(Output::Lock(at));
                true
            }
        }
    }

    /// What a lock answered to an order to lock. Says whether that matters to anybody.
    pub(super) fn locked(&mut self, at: ConnectorId, success: bool) -> bool {
        let Some(connector) = self.hardware.get_mut(at) else {
            return false;
        };
        if connector.lock != LockState::Locking {
            // The cable was pulled in the meantime: a lock that has closed would keep the next one out.
            if success && connector.lock == LockState::Open {
                self.unlock(at);
            }
            return false;
        }
        connector.lock = if success {
            LockState::Locked
        } else {
            LockState::Open
        };
        true
    }

    /// What a lock answered to an order to unlock. A later order to lock has overtaken it.
    pub(super) fn unlocked(&mut self, at: ConnectorId, result: UnlockResult) {
        if let Some(connector) = self.hardware.get_mut(at)
            && connector.lock == LockState::Unlocking
        {
            connector.lock = match result {
                UnlockResult::Failed
                    if connector.was_locked && connector.cable != CableState::Unplugged =>
                {
                    LockState::Locked
                }
                // Without a cable nothing is held; and a lock of which nobody knows that it was closed is told to close
                // before energy flows.
                _ => LockState::Open,
            };
        }
    }

    /// Orders to unlock the cable. Says whether an answer will come.
    pub(crate) fn unlock(&mut self, at: ConnectorId) -> bool {
        let Some(connector) = self.hardware.get_mut(at).filter(|c| c.config.lock) else {
            return false;
        };
        if connector.lock != LockState::Unlocking {
            connector.was_locked = connector.lock == LockState::Locked;
            connector.lock = LockState::Unlocking;
            self.output(Output::Unlock(at));
        }
        true
    }

    /// Wants a reading of a meter. `false` if too many are wanted already.
    pub(crate) fn sample(&mut self, sample: Sample) -> bool {
        let evse = self.meters.want(self.now.monotonic, sample);
        self.outputs.extend(evse.map(Output::ReadMeter));
        evse.is_some()
    }

    // Messages

    pub(crate) fn is_connected(&self) -> bool {
        self.session.is_connected()
    }

    /// Calls the CSMS. Without a connection nothing is sent, and `None` is returned.
    pub(super) fn call(
        &mut self,
        action: impl Into<Cow<'static, str>>,
        payload: String,
        options: CallOptions,
    ) -> Option<CallId> {
        let now = self.now.monotonic;
        let call = self.session.call(now, action, payload, options).ok();
        self.pump();
        call
    }

    /// Calls the CSMS with a typed request. `None` without a connection.
    pub(crate) fn request<R: Request>(&mut self, request: &R) -> Option<CallId> {
        let payload = request.encode().ok()?;
        let action = R::Protocol::info(R::ACTION).name.into();
        let (now, options) = (self.now.monotonic, CallOptions::new());
        let call = self.session.call_encoded(now, action, payload, options);
        self.pump();
        call.ok()
    }

    /// Stores a typed request for delivery in order. See [`Queued`] for the rest.
    pub(crate) fn enqueue_request<R: Request>(
        &mut self,
        request: &R,
        transaction: Option<u64>,
        spare: bool,
    ) {
        if let Ok(payload) = request.encode() {
            let action = R::Protocol::info(R::ACTION).name;
            self.enqueue(Queued::new(action, payload, transaction, spare));
        }
    }

    /// Stores a typed request where a message was that cannot be read any more.
    pub(crate) fn replace_lost<R: Request>(&mut self, number: u64, request: &R, transaction: u64) {
        if let Ok(payload) = request.encode() {
            let action = R::Protocol::info(R::ACTION).name;
            let queued = Queued::new(action, payload, Some(transaction), false);
            let change = self.queue.replace_lost(number, queued);
            self.changes(change);
        }
    }

    /// Answers a call. A response that is built from valid parts can be encoded.
    pub(crate) fn answer(&mut self, call: CallToken, response: &impl Payload) {
        // The connection may be gone in the meantime: nobody waits for the answer then.
        if let Err(SendError::Encode(error)) = self.session.respond_with(call, response) {
            let description = alloc::format!("{error}");
            let code = ErrorCode::InternalError;
            let _ = self.session.refuse(call, code, &description, "{}");
        }
        self.pump();
    }

    /// Takes a call back that has not gone out.
    pub(super) fn withdraw(&mut self, call: CallId) {
        self.session.withdraw(self.now.monotonic, call);
        self.pump();
    }

    pub(crate) fn set_call_timeout(&mut self, timeout: Duration) {
        self.session.config_mut().call_timeout = timeout;
    }

    /// A call on behalf of the application.
    pub(super) fn foreign_call(
        &mut self,
        action: Cow<'static, str>,
        payload: String,
    ) -> Result<CallId, NotQueued> {
        let now = self.now.monotonic;
        let call = self
            .session
            .call(now, action, payload, CallOptions::new())?;
        self.foreign.push(call);
        self.pump();
        Ok(call)
    }

    pub(crate) fn refuse(&mut self, call: CallToken, code: ErrorCode, description: &str) {
        let _ = self.session.refuse(call, code, description, "{}");
        self.pump();
    }

    /// Refuses a call whose payload does not match its schema, or is no JSON object at all.
    pub(crate) fn refuse_payload<P: Protocol>(&mut self, call: CsmsCall<'_>, error: &DecodeError) {
        if let Err(fault) = frame::check_payload(call.payload) {
            self.session.refuse_unreadable(call.token, fault);
            return self.pump();
        }
        let code = ErrorCode::from(error.violation());
        let (description, details) = session::explain::<P>(error);
        let _ = self
            .session
            .refuse(call.token, code, &description, &details);
        self.pump();
    }

    /// Stores a message for delivery in order.
    fn enqueue(&mut self, queued: Queued) {
        if !queued.is_transactional() && self.others_have_their_share() {
            // The older news of the same kind is the one that matters less.
            let Some((oldest, change)) = self.queue.remove_oldest(&queued.action) else {
                return self.dropped(queued, OTHERS_FULL);
            };
            self.dropped(oldest, OTHERS_FULL);
            self.changes([change]);
        }
        let (changes, dropped) = self.queue.push(queued);
        if let Some(dropped) = dropped {
            self.dropped(dropped, "the queue is full");
        }
        self.changes(changes);
    }

    /// Whether messages that do not concern transactions have taken their quarter of the queue: they must not leave
    /// transactions without room.
    pub(crate) fn others_have_their_share(&self) -> bool {
        self.queue.others() >= (self.config.limits.queue / 4).max(2)
    }

    /// Tells that a message is given up. Comes before its record is removed: after a power cut in between it is told once more
    /// or sent after all, and never lost without a word.
    pub(crate) fn dropped(&mut self, queued: Queued, reason: &str) {
        self.output(Output::Dropped {
            action: queued.action.into_owned(),
            payload: queued.payload,
            reason: reason.into(),
        });
    }

    /// Closes the connection; it is opened again at once.
    pub(crate) fn reconnect(&mut self) {
        self.link.reconnect_at_once();
        self.disconnect();
    }

    fn disconnect(&mut self) {
        if self.session.is_connected() {
            self.link.closes();
            self.output(Output::Disconnect);
        }
    }

    /// Makes a new connection because the old one may be dead: at once, but after a wait if the last new one was no better.
    pub(super) fn renew_link(&mut self) {
        if self.pulse.renew() {
            self.link.reconnect_at_once();
        }
        self.disconnect();
    }

    /// Sets how often to ping, in seconds; 0 for never.
    pub(crate) fn set_ping_interval(&mut self, seconds: u32) {
        self.pulse.set_interval(seconds);
        if self.session.is_connected() {
            self.output(Output::PingInterval(seconds));
        }
    }

    /// A link is open: what holds for every link is said anew.
    pub(super) fn link_opened(&mut self) {
        self.pulse.opened(self.now.monotonic);
        self.output(Output::PingInterval(self.pulse.interval()));
    }

    /// A message of the queue is under way.
    pub(super) fn waits_for_answer(&mut self) {
        let timeout = self.session.config().call_timeout;
        self.pulse.sent(self.now.monotonic, timeout);
    }

    /// A call that is not of the queue has failed: the link may be dead.
    pub(super) fn suspects_the_link(&mut self, failure: Option<&CallFailure>) {
        let timeout = self.session.config().call_timeout;
        if failure == Some(&CallFailure::TimedOut)
            && self.pulse.is_suspect(self.now.monotonic, timeout)
        {
            self.renew_link();
        }
    }

    /// Messages that nobody who keeps to the protocol sends are security events (whitepaper chapter 8, 2.0.1 appendix 1).
    /// A flood of them must not push everything else out of the security log.
    fn suspect(&mut self, seen: &Seen) {
        let kind = match seen.verdict {
            Verdict::Malformed(_) => SecurityEventKind::InvalidMessages,
            Verdict::DuplicateId | Verdict::Repeated => SecurityEventKind::AttemptedReplayAttacks,
            _ => return,
        };
        let now = self.instant();
        let recent = |at: Instant| now.saturating_since(at) < SUSPICION_PAUSE;
        if !self.last_suspicion.is_some_and(recent) {
            self.last_suspicion = Some(now);
            let info = alloc::format!("{}", seen.verdict);
            self.security_event(kind, Some(&info));
        }
    }

    pub(super) fn session_input(&mut self, input: session::Input<'_>) {
        // Only messages can be misused.
        let _ = self.session.handle(self.now.monotonic, input);
        self.pump();
    }

    /// Takes a message of the CSMS. Responses to calls of the application go to it.
    pub(super) fn receive<'a>(&mut self, text: &'a str) -> Received<'a> {
        self.pulse.heard(self.now.monotonic);
        // Misuse cannot happen: messages are handed in while connected only, and outputs are taken at once.
        let received = self.session.receive(self.now.monotonic, text);
        self.pump();
        match received.unwrap_or(Received::Other) {
            Received::Result {
                call,
                action,
                payload,
                ..
            } if self.ends_foreign(call) => {
                self.output(Output::CallEnded(CallEnded {
                    call,
                    action,
                    result: Ok(payload.into()),
                }));
                Received::Other
            }
            received => received,
        }
    }

    /// Whether a call that has ended was one of the application.
    fn ends_foreign(&mut self, call: CallId) -> bool {
        let at = self.foreign.iter().position(|foreign| *foreign == call);
        at.map(|at| self.foreign.swap_remove(at)).is_some()
    }

    pub(super) fn session_timeout(&self) -> Option<Instant> {
        self.session.next_timeout()
    }

    /// Takes what the session wants to its place.
    fn pump(&mut self) {
        while let Some(output) = self.session.poll_output() {
            match output {
                session::Output::StoreNextId(next) => self.store(MESSAGE_IDS, &next),
                session::Output::Transmit(transmit) => {
                    if transmit.number == Number::Call {
                        let timeout = self.session.config().call_timeout;
                        self.pulse.called(self.now.monotonic, timeout);
                    }
                    self.output(Output::Transmit(transmit.text));
                }
                session::Output::CallEnded(ended) => {
                    if self.ends_foreign(ended.call) {
                        self.output(Output::CallEnded(ended));
                    } else if let Err(failure) = ended.result {
                        self.failed_calls.push_back((ended.call, failure));
                    }
                }
                session::Output::Seen(seen) => {
                    self.suspect(&seen);
                    self.output(Output::Seen(seen));
                }
                _ => {}
            }
        }
    }
}
