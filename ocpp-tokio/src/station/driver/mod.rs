//! Drives a station: hardware, connection, durable memory and people around one [`Station`].

mod files;
mod link;
mod news;
mod output;
mod restart;
mod setup;
mod storage;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ocpp_core::security::SecurityEventKind;
use ocpp_core::security::software::SoftwareVerifier;
use ocpp_core::session::CallId;
use ocpp_core::station::{
    AuthorizationStatus, Input, InvalidConfig, Station, StationConfig, Token,
};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::files::TransferError;
use super::handle::{CallError, Command, StationHandle};
use super::hardware::{Hardware, Notice};
use super::keys::StationKeys;
use super::provision::Provision;
use super::records::{Records, RecordsError};
use crate::clock::Clock;
use files::Firmware;
use link::{Link, LinkEvent};
use news::{News, OpenWork};
use restart::{HardwareState, Phase};

pub(super) use news::Reporter;
pub use setup::{DriverConfig, Storage};

/// Why a station cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StationError {
    /// The configuration is impossible.
    #[error(transparent)]
    Config(#[from] InvalidConfig),
    /// The records cannot be opened, by [`Storage::open`]. A running station waits for its records instead.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// The options of file transfers are impossible.
    #[error("file transfers: {0}")]
    Transfers(TransferError),
}

/// Somebody who has presented a token and waits for the decision.
#[derive(Debug)]
struct Waiting {
    token: Token,
    reply: oneshot::Sender<AuthorizationStatus>,
}

/// Both ends of a channel: tasks get copies of the first.
type Channel<T> = (mpsc::Sender<T>, mpsc::Receiver<T>);

/// A charging station with everything around it. See the [module documentation](super).
#[derive(Debug)]
pub struct StationDriver<H> {
    hardware: H,
    /// As the application gave it.
    config: StationConfig,
    setup: DriverConfig,
    records: Records,
    keys: Arc<Mutex<Box<dyn StationKeys>>>,
    firmware: Firmware,
    clock: Clock,
    station: Station,
    phase: Phase,
    storage: storage::Storage,
    hardware_state: HardwareState,
    /// A firmware is installed: when to restart for it at the latest.
    leaves: Option<Instant>,
    /// Whether the station is to be connected.
    started: bool,
    /// Whether [`Input::Start`] or [`Input::Stop`] is still to come to this station value.
    begins: bool,
    online: bool,
    link: Option<Link>,
    /// What the hardware was told last.
    network: output::Network,
    next_link: u64,
    link_events: Channel<(u64, LinkEvent)>,
    open_work: OpenWork,
    inputs: VecDeque<Input>,
    waiting: Vec<Waiting>,
    calls: HashMap<CallId, oneshot::Sender<Result<String, CallError>>>,
    handle: StationHandle,
    commands: mpsc::UnboundedReceiver<Command>,
}

impl<H: Hardware> StationDriver<H> {
    /// A station as its records describe it. Nothing happens before [`run`](Self::run).
    ///
    /// # Errors
    /// [`StationError`] if the configuration is impossible.
    pub fn new(setup: DriverConfig, hardware: H, storage: Storage) -> Result<Self, StationError> {
        let clock = Clock::new();
        let config = setup.station_config();
        let files = files::files(&setup, &[]).map_err(StationError::Transfers)?;
        // The records are read when it runs: until they can be, contactors are open.
        let station = begin(&config, &hardware, &setup.provision, Vec::new(), clock)?;
        let (sender, commands) = mpsc::unbounded_channel();
        Ok(Self {
            hardware,
            config,
            started: setup.start,
            setup,
            records: storage.records,
            keys: Arc::new(Mutex::new(storage.keys)),
            firmware: Firmware::new(files, storage.firmware),
            clock,
            station,
            phase: Phase::New,
            storage: storage::Storage::default(),
            hardware_state: HardwareState::default(),
            leaves: None,
            begins: true,
            online: true,
            link: None,
            network: output::Network::default(),
            next_link: 0,
            link_events: mpsc::channel(64),
            open_work: OpenWork::new(),
            inputs: VecDeque::new(),
            waiting: Vec::new(),
            calls: HashMap::new(),
            handle: StationHandle { commands: sender },
            commands,
        })
    }

    /// The way to the station while it runs.
    #[must_use]
    pub fn handle(&self) -> StationHandle {
        self.handle.clone()
    }

    /// Runs the station until [`StationHandle::shutdown`], through restarts.
    ///
    /// To drop the future is to cut the power: the station stops between two steps, and a driver that is made with the same
    /// storage carries on. While the disk writes, the thread waits: what a station says must be durable before it says it.
    ///
    /// Records that cannot be written or read do not end it: no energy flows until they can be.
    ///
    /// # Errors
    /// [`StationError::Config`] if the hardware begins, after a restart, with a firmware version that cannot be told.
    pub async fn run(&mut self) -> Result<(), StationError> {
        let ended = self.work().await;
        if ended.is_err() {
            // Nothing more may be said, and whoever waits is told that nothing will come.
            self.phase = Phase::Over;
            self.end();
        }
        ended
    }

    async fn work(&mut self) -> Result<(), StationError> {
        if matches!(self.phase, Phase::Over) {
            return Ok(());
        }
        if matches!(self.phase, Phase::New) {
            self.begin_with_records()?;
        }
        // What was told before the begin is known when it begins.
        while self.begins
            && let Ok(command) = self.commands.try_recv()
        {
            self.command(command)?;
        }
        loop {
            self.settle()?;
            if matches!(self.phase, Phase::Over) {
                self.end();
                return Ok(());
            }
            let wake_up = self.wake_up();
            tokio::select! {
                Some(command) = self.commands.recv() => self.command(command)?,
                Some((number, event)) = self.link_events.1.recv() => self.link_event(number, event),
                Some(news) = self.open_work.news() => self.take_news(news)?,
                () = tokio::time::sleep_until(wake_up) => self.inputs.push_back(Input::TimePassed),
            }
        }
    }

    fn wake_up(&self) -> Instant {
        let station = match self.phase {
            Phase::Running => self.station.next_timeout().map(|at| self.clock.at(at)),
            _ => None,
        };
        let times = [
            station,
            self.phase.until(),
            self.leaves,
            self.open_work.next_timeout(),
            self.storage
                .next_timeout()
                .filter(|_| matches!(self.phase, Phase::Running)),
        ];
        let wake_up = times.into_iter().flatten().min();
        wake_up.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600))
    }

    /// Feeds what waits to the station and carries out what it wants, until there is nothing more.
    fn settle(&mut self) -> Result<(), StationError> {
        loop {
            self.overdue()?;
            while let Some(input) = self.next_input() {
                self.station.handle(self.clock.both(), input);
                self.drain();
            }
            if let Some(news) = self.open_work.try_news() {
                // What the hardware has answered at once.
                self.take_news(news)?;
            } else if !self.goes_on() {
                return Ok(());
            }
        }
    }

    fn next_input(&mut self) -> Option<Input> {
        if !matches!(self.phase, Phase::Running) {
            // A station value that is over takes nothing; the next one is told what is known then.
            self.inputs.clear();
            return None;
        }
        if std::mem::take(&mut self.begins) {
            let waiting = std::mem::take(&mut self.inputs);
            self.inputs.extend(self.hardware_state.inputs());
            self.inputs.push_back(if self.started {
                Input::Start
            } else {
                // What was before the start is dealt with all the same.
                Input::Stop
            });
            let damaged = self.found_damaged();
            self.inputs.extend(damaged);
            self.inputs.extend(waiting);
        }
        self.inputs.pop_front()
    }

    /// Tells what was found to be damaged while it was opened; what the CSMS has to hear of it comes back.
    fn found_damaged(&mut self) -> Option<Input> {
        let mut found = self.records.take_found();
        // Keys that are busy are not waited for: they tell at the next start.
        if let Ok(mut keys) = self.keys.try_lock() {
            found.extend(keys.take_found());
        }
        for damaged in &found {
            self.hardware.notice(&Notice::Damaged(damaged.clone()));
        }
        let info: Vec<&str> = found.iter().map(|damaged| damaged.what.as_str()).collect();
        (!info.is_empty()).then(|| Input::SecurityEvent {
            kind: SecurityEventKind::RecordsUnreadable,
            info: Some(format!("damaged: {}", info.join(", "))),
        })
    }

    fn command(&mut self, command: Command) -> Result<(), StationError> {
        let now = self.clock.both();
        let running = matches!(self.phase, Phase::Running);
        match command {
            Command::Input(input) => {
                self.hardware_state.remember(&self.config, &input);
                self.inputs.push_back(input);
            }
            Command::Start => {
                self.started = true;
                self.inputs.push_back(Input::Start);
            }
            Command::Stop => {
                self.started = false;
                self.inputs.push_back(Input::Stop);
            }
            Command::Network(online) => {
                self.online = online;
                if !online {
                    self.cut();
                }
            }
            // Whoever asked has gone, or asked for the last time.
            Command::Shutdown(reply) => self.shutdown(reply),
            Command::State(reply) => {
                let _ = reply.send(self.station.state());
            }
            Command::Variable(key, reply) => {
                let _ = reply.send(self.station.variable(&key).map(Into::into));
            }
            Command::IsSecret(key, reply) => {
                let _ = reply.send(self.station.is_secret(&key));
            }
            // The reply is dropped: the station restarts, and would forget.
            _ if !running => {}
            Command::Token(evse, token, reply) => {
                self.waiting.retain(|waiting| !waiting.reply.is_closed());
                self.waiting.push(Waiting {
                    token: token.clone(),
                    reply,
                });
                self.inputs.push_back(Input::TokenPresented { evse, token });
            }
            Command::SetVariable(key, value, reply) => {
                let set = self.station.set_variable(now, &key, &value);
                self.drain();
                let _ = reply.send(set);
            }
            Command::SeedCache(token, authorization, reply) => {
                self.station.seed_cache(now, &token, &authorization);
                self.drain();
                let _ = reply.send(());
            }
            Command::SeedLocalList(token, authorization, reply) => {
                let room = self.station.seed_local_list(now, &token, &authorization);
                self.drain();
                let _ = reply.send(room);
            }
            Command::Call(action, payload, reply) => {
                match self.station.call(now, action, payload) {
                    Ok(call) => {
                        self.calls.insert(call, reply);
                    }
                    Err(error) => {
                        let _ = reply.send(Err(CallError::NotQueued(error)));
                    }
                }
            }
        }
        // Changes made without an input leave outputs too.
        self.inputs.push_back(Input::TimePassed);
        Ok(())
    }

    /// What hardware and jobs have to say.
    fn take_news(&mut self, news: News) -> Result<(), StationError> {
        match news {
            News::Input(input) => self.inputs.push_back(input),
            News::Restart(job) => self.installed(job),
            News::Rebooted(done) => self.rebooted(done)?,
            News::Transfer(file, progress) => self.hardware.transfer(file, progress),
            News::Notice(notice) => self.hardware.notice(&notice),
            News::Nothing => {}
        }
        Ok(())
    }

    /// Answers that did not come.
    fn overdue(&mut self) -> Result<(), StationError> {
        let now = Instant::now();
        while let Some(news) = self.open_work.overdue(now) {
            self.take_news(news)?;
        }
        self.phase_overdue(now);
        self.storage_overdue(now)
    }

    fn link_event(&mut self, number: u64, event: LinkEvent) {
        if self.link.as_ref().is_none_or(|link| link.number != number) {
            return;
        }
        self.inputs.push_back(match event {
            LinkEvent::Connected(version) => {
                self.hardware.notice(&Notice::Connected(version));
                Input::Connected { version }
            }
            LinkEvent::Received(text) => {
                self.hardware.message(true, &text);
                Input::Received(text)
            }
            LinkEvent::Alive => Input::LinkAlive,
            LinkEvent::Secured { root, certificate } => Input::ConnectionSecured {
                root,
                client_certificate: certificate,
            },
            LinkEvent::Refused(kind, why) => Input::ConnectionRefused {
                kind,
                info: Some(why),
            },
            LinkEvent::Disconnected(why) => {
                self.hardware.notice(&Notice::NotConnected(why));
                self.link = None;
                Input::Disconnected
            }
        });
    }

    /// Breaks the connection off.
    fn cut(&mut self) {
        if self.link.take().is_some() {
            self.inputs.push_back(Input::Disconnected);
        }
    }

    /// Nobody can ask any more.
    fn end(&mut self) {
        self.commands.close();
        // Those who still wait for something learn that the station has ended.
        while self.commands.try_recv().is_ok() {}
        self.waiting.clear();
        self.calls.clear();
    }
}

/// A new station value from its records.
fn begin(
    config: &StationConfig,
    hardware: &impl Hardware,
    provision: &Provision,
    records: Vec<ocpp_core::station::Record>,
    clock: Clock,
) -> Result<Station, StationError> {
    let mut config = config.clone();
    if let Some(version) = hardware.firmware_version() {
        config.firmware_version = Some(version);
    }
    let mut station = Station::restore(config, records, clock.both())?;
    station.set_verifier(Box::new(SoftwareVerifier));
    station.provision(clock.both(), &provision.provisioned());
    Ok(station)
}
