//! One station, as its CSMS sees it. See [`RemoteStation`].

mod command;
mod config;
mod decline;
mod effect;
mod inbound;
mod learn;
mod limits;
mod look;
mod needs;
mod notes;
mod operation;
mod password;
mod plan;
mod profiles;
mod question;
mod report;
mod response;
mod rules;
mod said;
mod starts;
mod state;
mod token_info;
mod variable;
mod vocabulary;
mod wire;

#[cfg(feature = "v1_6")]
mod v1_6;
#[cfg(any(feature = "v2_0_1", feature = "v2_1"))]
mod v2;

#[cfg(test)]
mod tests;

use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::{DateTime, Decimal};

use super::BrokenRecord;
use super::ledger::Ledger;
use crate::session::{
    self, CallToken, MessageIds, Output as SessionOutput, Received, Role, Session,
};
use crate::time::{Instant, Now};

pub use config::Config;
pub use operation::{
    Customer, DisplayMessage, Inventory, ListEntry, MonitoringBase, Operation, Outcome,
    ProfileCriteria, VariableResult,
};
pub use vocabulary::{
    Answer, Authorize, CertificateHash, CloseReason, Command, CommandError, Input, Link, Output,
    Purpose, Question, Shown, SigningRequest, StationEvent, TokenInfo, TransactionLimit,
};

pub use profiles::InstalledProfile;
pub use variable::VariableName;

use command::{CallUse, Running};
use effect::{Effect, Refused};
use learn::Allowed;
use profiles::Profiles;
use question::Waiting;
use state::State;

/// One station, connected or not, as its CSMS sees it: a value without sockets, files and clock.
///
/// It speaks 1.6, 2.0.1 and 2.1, answers the station's requests, keeps what a CSMS must remember of one station, and carries
/// out commands. It knows nothing of other stations: whatever takes more than one to decide is [asked](Output::Ask). Whoever has
/// a back end answers himself; whoever has none takes the [services](super::services).
///
/// # How to drive it
///
/// Hand in what happens with [`handle`](Self::handle), then carry out what [`poll_output`](Self::poll_output) gives, one after the
/// other, until it gives `None`; come back at [`next_timeout`](Self::next_timeout). Records of a [`Store`](Output::Store) must be
/// durable before the next output is asked for. If they cannot be stored, hand [`Input::NotStored`] in: everything is as it was, the
/// station is told an error and sends again what counts. So nothing is acknowledged that is not stored, and nothing is
/// remembered that is not.
///
/// ```
/// use ocpp_core::csms::remote::{Answer, Config, Input, Link, Output, Question, RemoteStation, TokenInfo};
/// use ocpp_core::csms::TokenStatus;
/// use ocpp_core::time::{Instant, Now};
/// use ocpp_core::Version;
///
/// let now = Now { monotonic: Instant::ORIGIN, utc: Some("2024-05-15T12:00:00Z".parse()?) };
/// let mut station = RemoteStation::new("CP1", Config::default(), 42);
/// station.handle(now, Input::Connected(Link::unsecured(Version::V1_6)));
/// station.handle(now, Input::Received(r#"[2,"1","Authorize",{"idTag":"04A2"}]"#.into()));
/// let mut sent = Vec::new();
/// while let Some(output) = station.poll_output() {
///     match output {
///         Output::Ask { question, about: Question::Authorize(_) } => {
///             let answer = Answer::Token(TokenInfo::of(TokenStatus::Accepted));
///             station.handle(now, Input::Answer { question, answer });
///         }
///         Output::Transmit(text) => sent.push(text),
///         // Store it, tell the application.
///         _ => {}
///     }
/// }
/// assert_eq!(sent, [r#"[3,"1",{"idTagInfo":{"status":"Accepted"}}]"#]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RemoteStation {
    identity: String,
    config: Config,
    seed: u64,
    state: State,
    /// The state before the changes that are not stored yet.
    before: Option<alloc::boxed::Box<State>>,
    ledger: Ledger,
    profiles: Profiles,
    session: Option<alloc::boxed::Box<Session>>,
    link: Option<Link>,
    now: Instant,
    utc: DateTime,
    last_seen: Option<DateTime>,
    tasks: VecDeque<Task>,
    outputs: VecDeque<Output>,
    /// What is said once the records are stored.
    held: Option<Vec<Effect>>,
    /// The last output was a `Store`.
    storing: bool,
    next_question: u64,
    waiting: Vec<Waiting>,
    /// Questions that nobody waits for any more, and the transactions that their answers hold tokens for.
    abandoned: VecDeque<(u64, u64)>,
    running: Vec<Running>,
    calls: Vec<CallUse>,
    /// What the station was asked to send while its registration is pending.
    triggered: Vec<(&'static str, Allowed)>,
    /// What people who charge are to be shown, by the numbers of their transactions, until they are told.
    messages: BTreeMap<u64, String>,
}

/// Something to do that an input brought.
#[derive(Debug)]
enum Task {
    Command(u64, Command),
    Answer(u64, Answer),
    Call {
        token: CallToken,
        action: &'static str,
        payload: String,
    },
    Result {
        call: session::CallId,
        id: compact_str::CompactString,
        payload: String,
    },
    Login(Shown),
    /// A call came to nothing with its connection.
    Failed(session::CallEnded),
    /// The connection is gone.
    Gone,
    /// There is a connection.
    Here(Link),
}

impl RemoteStation {
    /// A station that nothing is known of but its identity. `seed` makes message ids and salts: another one at each start.
    #[must_use]
    pub fn new(identity: &str, config: Config, seed: u64) -> Self {
        Self {
            identity: identity.into(),
            ledger: Ledger::new(config.ledger),
            config,
            seed,
            state: State::default(),
            before: None,
            profiles: Profiles::default(),
            session: None,
            link: None,
            now: Instant::ORIGIN,
            utc: DateTime::UNIX_EPOCH,
            last_seen: None,
            tasks: VecDeque::new(),
            outputs: VecDeque::new(),
            held: None,
            storing: false,
            next_question: 0,
            waiting: Vec::new(),
            abandoned: VecDeque::new(),
            running: Vec::new(),
            calls: Vec::new(),
            triggered: Vec::new(),
            messages: BTreeMap::new(),
        }
    }

    /// Takes records back that an earlier value wanted stored, in any order. Of the closed transactions the newest
    /// [`Limits::closed`](crate::csms::ledger::Limits::closed) are enough; meter records are not needed.
    ///
    /// # Errors
    ///
    /// A record that cannot be read. The others are taken; what it meant is not known.
    pub fn restore<'a>(
        &mut self,
        records: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<(), BrokenRecord> {
        let mut broken = None;
        for (key, record) in records {
            let restored = if key == state::KEY {
                serde_json::from_str(record)
                    .map(|state| self.state = state)
                    .map_err(|error| error.to_string())
            } else {
                match self.profiles.restore(key, record) {
                    Ok(false) => self.ledger.restore(key, record).map(drop),
                    restored => restored.map(drop),
                }
            };
            if let Err(reason) = restored {
                broken.get_or_insert(BrokenRecord {
                    key: key.into(),
                    reason,
                });
            }
        }
        broken.map_or(Ok(()), Err)
    }

    /// Takes an input. Poll the outputs afterwards.
    pub fn handle(&mut self, now: Now, input: Input) {
        self.now = now.monotonic;
        self.utc = now.utc.unwrap_or(self.utc);
        if let Some(utc) = now.utc {
            self.ledger.set_time(utc);
        }
        match input {
            Input::Connected(link) => self.connected(link),
            Input::Received(text) => self.received(&text),
            Input::Disconnected => self.disconnected(),
            Input::Command { id, command } => self.tasks.push_back(Task::Command(id, command)),
            Input::Answer { question, answer } => {
                self.tasks.push_back(Task::Answer(question, answer));
            }
            Input::TimePassed => {
                if let Some(session) = &mut self.session {
                    // Only messages are refused.
                    let _ = session.handle(self.now, session::Input::TimePassed);
                }
            }
            Input::NotStored => self.not_stored(),
        }
    }

    /// The next thing to do or to know. `None` when there is nothing more for now.
    pub fn poll_output(&mut self) -> Option<Output> {
        loop {
            if let Some(output) = self.outputs.pop_front() {
                self.storing = matches!(output, Output::Store(_));
                return Some(output);
            }
            if let Some(effects) = self.held.take() {
                // Whoever asks on has stored.
                self.storing = false;
                self.commit();
                self.carry_out(effects);
                continue;
            }
            if let Some(task) = self.tasks.pop_front() {
                self.perform(task);
                continue;
            }
            if let Some(output) = self.session.as_mut().and_then(|s| s.poll_output()) {
                self.of_session(output);
                continue;
            }
            if self.expire_reports() {
                continue;
            }
            self.rest();
            return None;
        }
    }

    /// When to come back with [`Input::TimePassed`] at the latest; `None` when nothing is waited for.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Instant> {
        let session = self.session.as_ref().and_then(|s| s.next_timeout());
        let reports = self.running.iter().filter_map(Running::deadline).min();
        [session, reports].into_iter().flatten().min()
    }

    /// Whoever charges in this transaction, by its number, is to be shown something else from now on: it goes with the next answer to a
    /// TransactionEvent that says nothing of the token (2.x, `updatedPersonalMessage`, I06.FR.02). Not stored.
    pub fn show_message(&mut self, reference: u64, message: &str) {
        let open = self.ledger.open();
        let open: Vec<u64> = open.map(|transaction| transaction.reference).collect();
        self.messages
            .retain(|reference, _| open.contains(reference));
        if open.contains(&reference) {
            self.messages.insert(reference, message.into());
        }
    }

    /// The answer to an event of a transaction.
    fn event_reply(
        &mut self,
        reference: Option<u64>,
        info: Option<TokenInfo>,
        cost: Option<Decimal>,
    ) -> said::Reply {
        let message = reference.and_then(|reference| self.messages.remove(&reference));
        // What is said about the token has it.
        let message = message.filter(|_| info.is_none());
        said::Reply::Event {
            info,
            cost,
            message,
        }
    }

    fn salt(&self) -> u64 {
        let bytes = self.identity.bytes();
        bytes.fold(self.seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }

    fn connected(&mut self, link: Link) {
        self.disconnected();
        let mut config = session::Config::new(Role::Csms);
        config.call_timeout = self.config.call_timeout;
        config.max_queue = self.config.max_commands;
        // Decoding checks them.
        config.check_payloads = false;
        self.seed = self
            .seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let ids = MessageIds::seeded(self.seed ^ self.salt());
        let mut session = Session::new(link.version, Role::Csms, config, ids);
        // A new session takes it.
        let _ = session.handle(self.now, session::Input::Connected);
        self.session = Some(alloc::boxed::Box::new(session));
        if let Some(shown) = link.shown {
            self.tasks.push_back(Task::Login(shown));
        }
        self.tasks.push_back(Task::Here(link.clone()));
        self.link = Some(link);
    }

    fn disconnected(&mut self) {
        let Some(mut session) = self.session.take() else {
            return;
        };
        let _ = session.handle(self.now, session::Input::Disconnected);
        // Nobody waits for answers any more.
        self.tasks
            .retain(|task| !matches!(task, Task::Call { .. } | Task::Result { .. }));
        self.abandon(|_| true);
        if let Some(held) = &mut self.held {
            held.retain(|effect| {
                matches!(
                    effect,
                    Effect::Event(_) | Effect::Ended(..) | Effect::Close(_)
                )
            });
        }
        while let Some(output) = session.poll_output() {
            if let SessionOutput::CallEnded(ended) = output {
                self.tasks.push_back(Task::Failed(ended));
            }
        }
        self.tasks.push_back(Task::Gone);
        self.link = None;
    }

    fn received(&mut self, text: &str) {
        self.last_seen = Some(self.utc);
        let Some(session) = &mut self.session else {
            return;
        };
        match session.receive(self.now, text) {
            Ok(Received::Call {
                token,
                action,
                payload,
                ..
            }) => self.tasks.push_back(Task::Call {
                token,
                action,
                payload: payload.into(),
            }),
            Ok(Received::Result {
                call, id, payload, ..
            }) => self.tasks.push_back(Task::Result {
                call,
                id,
                payload: payload.into(),
            }),
            Ok(Received::Send {
                action, payload, ..
            }) => {
                let version = session.version();
                self.push(StationEvent::Notified {
                    version,
                    action,
                    payload: payload.into(),
                });
            }
            Ok(Received::Other) => {}
            Err(_) => self.outputs.push_back(Output::Close(CloseReason::Flooded)),
        }
    }

    fn perform(&mut self, task: Task) {
        match task {
            Task::Command(id, command) => self.command(id, command),
            Task::Answer(question, answer) => self.answered(question, answer),
            Task::Call {
                token,
                action,
                payload,
            } => self.call(token, action, &payload),
            Task::Result { call, id, payload } => self.result(call, &id, &payload),
            Task::Login(shown) => {
                self.change(|state| state.passwords.logged_in(shown));
                self.finish(Vec::new());
            }
            Task::Failed(ended) => self.call_failed(ended),
            Task::Here(link) => self.here(&link),
            Task::Gone => {
                self.triggered.clear();
                self.fail_running();
                self.push(StationEvent::Disconnected);
            }
        }
    }

    /// The station has connected: it may come with no lower security profile any more.
    fn here(&mut self, link: &Link) {
        self.push(StationEvent::Connected(link.version));
        let lowest = self.lowest_profile();
        if self.config.raises_profile && link.profile > lowest {
            self.change(|state| state.lowest_profile = Some(link.profile));
        }
        self.finish(Vec::new());
    }

    fn of_session(&mut self, output: SessionOutput) {
        match output {
            SessionOutput::Transmit(message) => {
                self.outputs.push_back(Output::Transmit(message.text));
            }
            SessionOutput::CallEnded(ended) => self.call_failed(ended),
            SessionOutput::Unanswered { token, .. } => {
                self.abandon(|waiting| waiting.token == token);
            }
            SessionOutput::Seen(seen) => self.push(StationEvent::Seen(seen)),
            // Calls come from `receive`; ids are seeded; attempts are one.
            _ => {}
        }
    }

    /// Nothing is under way: most of a hundred thousand stations are like this most of the time, so no room is kept for it.
    fn rest(&mut self) {
        self.outputs = VecDeque::new();
        self.tasks = VecDeque::new();
        if self.waiting.is_empty() {
            self.waiting = Vec::new();
        }
    }

    fn push(&mut self, event: StationEvent) {
        self.outputs.push_back(Output::Event(event));
    }

    /// Changes what is kept of the station.
    fn change(&mut self, change: impl FnOnce(&mut State)) {
        if self.before.is_none() {
            self.before = Some(alloc::boxed::Box::new(self.state.clone()));
        }
        change(&mut self.state);
    }

    /// A number for requests, reservations, profiles and messages.
    fn next_id(&mut self) -> i64 {
        self.change(|state| state.next_id = state.next_id % i64::from(i32::MAX) + 1);
        self.state.next_id
    }
}
