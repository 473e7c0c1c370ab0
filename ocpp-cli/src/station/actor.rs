//! Drives the station: hardware, connection, durable memory and people around one [`Station`].

use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::time::Duration;

use ocpp_core::security::software::SoftwareVerifier;
use ocpp_core::session::{CallFailure, CallId};
use ocpp_core::station::{
    AuthorizationStatus, CableState, Connection, Input, JobEvent, JobId, Output, Station,
    StationConfig, Token, UnlockResult,
};
use ocpp_tokio::Identity;
use ocpp_tokio::station::{Change, Files, LogEntry, Records};
use ocpp_types::Version;
use serde_json::json;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::hardware::Hardware;
use super::jobs::Firmware;
use super::keys::Keys;
use super::link::{Link, LinkEvent};
use super::order::Ordered;
use super::security::Provision;
use crate::clock::Clock;
use crate::http::Reply;

/// How long the power stays away.
pub(super) const POWER_OFF: Duration = Duration::from_millis(200);

/// How long the back-up power lasts when transactions can be stopped.
pub(super) const BACK_UP_POWER: Duration = Duration::from_secs(1);
/// How long nothing must happen on the link before the power may go.
pub(super) const QUIET: Duration = Duration::from_millis(300);

/// How long somebody who presents a token waits at most.
pub(super) const TOKEN_PATIENCE: Duration = Duration::from_secs(90);

pub(super) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What a station needs to run.
pub(crate) struct Setup {
    pub(crate) config: StationConfig,
    /// The URL of the CSMS without the identity.
    pub(crate) url: String,
    pub(crate) identity: Identity,
    /// What it was given to secure its connection.
    pub(crate) provision: Provision,
    pub(crate) keys: Keys,
    pub(crate) files: Files,
    /// Where firmware waits for its installation.
    pub(crate) firmware: PathBuf,
    pub(crate) records: Records,
    /// How much faster than time energy flows.
    pub(crate) time_scale: u32,
    /// Whether to connect without being told.
    pub(crate) start: bool,
    /// Whether to tell about connections on standard error.
    pub(crate) verbose: bool,
}

/// Somebody who has presented a token and waits for the decision.
pub(super) struct Waiting {
    pub(super) token: Token,
    pub(super) reply: oneshot::Sender<Reply>,
    pub(super) until: tokio::time::Instant,
}

/// A file on its way.
struct Job {
    task: JoinHandle<()>,
    /// An installation, which ends with a restart.
    installs: bool,
}

/// Both ends of a channel: tasks get copies of the first.
type Channel<T> = (mpsc::Sender<T>, mpsc::Receiver<T>);

/// A station with everything around it.
pub(crate) struct Actor {
    pub(super) config: StationConfig,
    url: String,
    identity: Identity,
    provision: Provision,
    keys: Keys,
    pub(super) firmware: Firmware,
    pub(super) records: Records,
    verbose: bool,
    pub(super) clock: Clock,
    pub(super) station: Station,
    pub(super) hardware: Hardware,
    pub(super) online: bool,
    pub(super) link: Option<Link>,
    next_link: u64,
    pub(super) link_events: Channel<(u64, LinkEvent)>,
    job_events: Channel<(JobId, JobEvent)>,
    jobs: HashMap<JobId, Job>,
    pub(super) inputs: VecDeque<Input>,
    pub(super) waiting: Vec<Waiting>,
    pub(super) calls: HashMap<CallId, oneshot::Sender<Reply>>,
    pub(super) started: bool,
}

impl Actor {
    /// Makes the station from its records.
    pub(crate) fn new(setup: Setup) -> Result<Self, Failure> {
        let clock = Clock::new();
        let remembered = setup.records.hardware()?;
        let mut config = setup.config;
        let hardware = Hardware::new(&config, setup.time_scale, remembered.as_deref());
        if let Some(installed) = hardware.firmware() {
            config.firmware_version = Some(installed.to_string());
        }
        let records = setup.records.all()?;
        let mut station = Station::restore(config.clone(), records, clock.both())?;
        station.set_verifier(Box::new(SoftwareVerifier));
        let mut actor = Self {
            config,
            url: setup.url,
            identity: setup.identity,
            provision: setup.provision,
            keys: setup.keys,
            firmware: Firmware::new(setup.files, setup.firmware),
            records: setup.records,
            verbose: setup.verbose,
            clock,
            station,
            hardware,
            online: true,
            link: None,
            next_link: 0,
            link_events: mpsc::channel(64),
            job_events: mpsc::channel(16),
            jobs: HashMap::new(),
            inputs: VecDeque::new(),
            waiting: Vec::new(),
            calls: HashMap::new(),
            started: setup.start,
        };
        actor.tell_hardware();
        Ok(actor)
    }

    /// Runs until nobody can give orders any more.
    pub(crate) async fn run(mut self, mut orders: mpsc::Receiver<Ordered>) -> Result<(), Failure> {
        loop {
            self.settle().await?;
            let wake_up = self.wake_up();
            tokio::select! {
                ordered = orders.recv() => match ordered {
                    Some(Ordered { order, reply }) => self.obey(order, reply).await?,
                    None => return Ok(()),
                },
                Some((number, event)) = self.link_events.1.recv() => self.link_event(number, event),
                Some((job, event)) = self.job_events.1.recv() => {
                    self.job_event(job, event).await?;
                }
                () = tokio::time::sleep_until(wake_up) => {
                    self.inputs.push_back(Input::TimePassed);
                }
            }
        }
    }

    fn wake_up(&self) -> tokio::time::Instant {
        let station = self.station.next_timeout().map(|at| self.clock.at(at));
        let patience = self.waiting.iter().map(|waiting| waiting.until).min();
        let wake_up = [station, patience].into_iter().flatten().min();
        wake_up.unwrap_or_else(|| tokio::time::Instant::now() + Duration::from_secs(3600))
    }

    /// The station hears of cables and faults, and begins.
    fn tell_hardware(&mut self) {
        for at in self.hardware.ids().collect::<Vec<_>>() {
            let state = self.hardware.cable(at);
            if state != CableState::Unplugged {
                self.inputs.push_back(Input::Cable { at, state });
            }
            if let Some(fault) = self.hardware.fault(Some(at)).cloned() {
                let (at, fault) = (Some(at), Some(fault));
                self.inputs.push_back(Input::Fault { at, fault });
            }
        }
        if let Some(fault) = self.hardware.fault(None).cloned() {
            let fault = Some(fault);
            self.inputs.push_back(Input::Fault { at: None, fault });
        }
        if self.started {
            self.inputs.push_back(Input::Start);
        }
    }

    /// Feeds what waits to the station and carries out what it wants, until there is nothing more.
    pub(super) async fn settle(&mut self) -> Result<(), Failure> {
        let now = tokio::time::Instant::now();
        for waiting in std::mem::take(&mut self.waiting) {
            if waiting.until <= now {
                let undecided = Reply::conflict("nobody decided about the token");
                let _ = waiting.reply.send(undecided);
            } else {
                self.waiting.push(waiting);
            }
        }
        while let Some(input) = self.inputs.pop_front() {
            self.station.handle(self.clock.both(), input);
            self.drain().await?;
        }
        Ok(())
    }

    async fn drain(&mut self) -> Result<(), Failure> {
        let mut changes = Vec::new();
        while let Some(output) = self.station.poll_output() {
            match output {
                Output::Store(record) => changes.push(Change::Store(record)),
                Output::Remove(key) => changes.push(Change::Remove(key)),
                other => {
                    // Nothing is carried out before what came earlier is durable.
                    if !changes.is_empty() {
                        self.records.change(std::mem::take(&mut changes))?;
                    }
                    if let Output::Reboot { .. } = other {
                        return self.restart().await;
                    }
                    self.carry_out(other)?;
                }
            }
        }
        if changes.is_empty() {
            Ok(())
        } else {
            Ok(self.records.change(changes)?)
        }
    }

    fn carry_out(&mut self, output: Output) -> Result<(), Failure> {
        let now = self.clock.now();
        match output {
            Output::Transmit(text) => {
                if let Some(link) = &self.link {
                    link.send(text);
                }
            }
            Output::Connect(connection) => self.connect(&connection),
            Output::Disconnect => match &self.link {
                Some(link) => link.close(),
                None => self.inputs.push_back(Input::Disconnected),
            },
            Output::PingInterval(seconds) => {
                if let Some(link) = &self.link {
                    link.ping_interval(seconds);
                }
            }
            Output::Contactor { at, closed } => {
                self.hardware.set_contactor(now, at, closed);
            }
            Output::Lock(at) => {
                let success = self.hardware.lock_moves(at);
                self.inputs.push_back(Input::Locked { at, success });
            }
            Output::Unlock(at) => {
                let result = if self.hardware.lock_moves(at) {
                    UnlockResult::Unlocked
                } else {
                    UnlockResult::Failed
                };
                self.inputs.push_back(Input::Unlocked { at, result });
            }
            Output::SetLimit { at, limit } => self.hardware.set_limit(now, at, limit),
            Output::ReadMeter(evse) => {
                let reading = self.hardware.read(now, evse);
                // What a transaction was told must not be forgotten by the meter.
                self.records.keep_hardware(self.hardware.remember())?;
                self.inputs.push_back(Input::Meter { evse, reading });
            }
            Output::Download { job, .. }
            | Output::Upload { job, .. }
            | Output::Install { job }
            | Output::VerifyFirmware { job, .. } => self.job(job, &output)?,
            Output::MakeCertificateRequest { request, subject } => {
                let made = self.keys.make_request(&subject);
                if let Err(why) = &made {
                    self.say(&format!("no certificate request: {why}"));
                }
                let made = made.ok();
                let input = Input::CertificateRequestMade { request, made };
                self.inputs.push_back(input);
            }
            Output::DeleteKey(key) => self.keys.delete(&key)?,
            Output::SecurityEvent { kind, info } => {
                self.say(&format!("security event {kind:?}"));
                let event = match self.station.version() {
                    Version::V1_6 => kind.name_1_6(),
                    _ => kind.name_2_x(),
                };
                self.records.log(&LogEntry {
                    time: self.clock.both().utc.map(|time| time.to_string()),
                    event: event.into(),
                    info,
                })?;
            }
            Output::CancelJob(job) => {
                if let Some(job) = self.jobs.remove(&job) {
                    job.task.abort();
                }
            }
            Output::TokenDecided { token, status, .. } => self.decided(&token, status),
            Output::CallEnded(ended) => {
                if let Some(reply) = self.calls.remove(&ended.call) {
                    let version = self.station.version();
                    let _ = reply.send(call_reply(version, ended.result));
                }
            }
            Output::Dropped { action, reason, .. } => {
                self.say(&format!("{action} is given up: {reason}"));
            }
            // The clock of this machine is not the station's to set, and logs are the CSMS's.
            _ => {}
        }
        Ok(())
    }

    fn say(&self, what: &str) {
        if self.verbose {
            eprintln!("{}: {what}", &*self.identity);
        }
    }

    fn connect(&mut self, wanted: &Connection) {
        if let Some(link) = self.link.take() {
            link.cut();
        }
        let ways = self
            .provision
            .ways(&self.url, &self.identity, wanted, &self.keys);
        let ways = match ways {
            Ok(ways) if self.online => ways,
            Ok(_) => return self.inputs.push_back(Input::Disconnected),
            Err(why) => {
                self.say(&why);
                return self.inputs.push_back(Input::Disconnected);
            }
        };
        self.next_link += 1;
        let events = self.link_events.0.clone();
        self.link = Some(Link::open(self.next_link, ways, events));
    }

    pub(super) fn link_event(&mut self, number: u64, event: LinkEvent) {
        if self.link.as_ref().is_none_or(|link| link.number != number) {
            return;
        }
        self.inputs.push_back(match event {
            LinkEvent::Connected(version) => {
                self.say(&format!("connected, OCPP {version}"));
                Input::Connected { version }
            }
            LinkEvent::Received(text) => Input::Received(text),
            LinkEvent::Secured { root, certificate } => Input::ConnectionSecured {
                root,
                client_certificate: certificate,
            },
            LinkEvent::Refused(kind, why) => Input::ConnectionRefused {
                kind,
                info: Some(why),
            },
            LinkEvent::Disconnected(why) => {
                self.say(&format!("not connected: {why}"));
                self.link = None;
                Input::Disconnected
            }
        });
    }

    pub(super) fn cut(&mut self) {
        if let Some(link) = self.link.take() {
            link.cut();
            self.inputs.push_back(Input::Disconnected);
        }
    }

    /// News of a job that was not cancelled. A new firmware is there after a restart.
    async fn job_event(&mut self, job: JobId, event: JobEvent) -> Result<(), Failure> {
        let Some(known) = self.jobs.get(&job) else {
            return Ok(());
        };
        if !known.installs || event != JobEvent::Done {
            self.inputs.push_back(Input::Job { job, event });
            return Ok(());
        }
        let event = JobEvent::Rebooting;
        self.inputs.push_back(Input::Job { job, event });
        self.settle().await?;
        // What was told before the restart should not have to be told again after it.
        self.deliver(tokio::time::Instant::now() + BACK_UP_POWER)
            .await?;
        if let Some(version) = self.firmware.version() {
            self.hardware.set_firmware(&version);
            self.config.firmware_version = Some(version);
        }
        self.restart().await
    }

    /// Runs a job; its events come while it is not cancelled.
    fn job(&mut self, job: JobId, order: &Output) -> Result<(), Failure> {
        let Some(work) = self.work(order)? else {
            return Ok(());
        };
        let installs = matches!(order, Output::Install { .. });
        let events = self.job_events.0.clone();
        let task = tokio::spawn(async move {
            // The station may have ended.
            let _ = events.send((job, JobEvent::Started)).await;
            let event = match work.await {
                Ok(()) => JobEvent::Done,
                Err(failure) => JobEvent::Failed(failure),
            };
            let _ = events.send((job, event)).await;
        });
        self.jobs.insert(job, Job { task, installs });
        Ok(())
    }

    fn decided(&mut self, token: &Token, status: AuthorizationStatus) {
        let at = self
            .waiting
            .iter()
            .position(|waiting| waiting.token.same_id(&token.id));
        if let Some(at) = at {
            let waiting = self.waiting.swap_remove(at);
            let _ = waiting.reply.send(Reply::ok(&json!({"status": status})));
        }
    }

    /// Ends this station value and begins a new one with the same memory.
    async fn restart(&mut self) -> Result<(), Failure> {
        if let Some(link) = self.link.take() {
            // What was sent before the restart has been handed to the link; let it go out.
            link.close();
        }
        self.power_off(POWER_OFF).await
    }

    pub(super) async fn power_off(&mut self, pause: Duration) -> Result<(), Failure> {
        for (_, job) in self.jobs.drain() {
            job.task.abort();
        }
        for waiting in self.waiting.drain(..) {
            let _ = waiting.reply.send(Reply::conflict("the station restarts"));
        }
        for (_, reply) in self.calls.drain() {
            let _ = reply.send(Reply::conflict("the station restarts"));
        }
        self.hardware.power_cut(self.clock.now());
        self.records.keep_hardware(self.hardware.remember())?;
        self.inputs.clear();
        tokio::time::sleep(pause).await;
        if let Some(link) = self.link.take() {
            link.cut();
        }
        let records = self.records.all()?;
        self.station = Station::restore(self.config.clone(), records, self.clock.both())?;
        self.station.set_verifier(Box::new(SoftwareVerifier));
        self.tell_hardware();
        Ok(())
    }
}

fn call_reply(version: Version, result: Result<String, CallFailure>) -> Reply {
    match result {
        Ok(response) if crate::redact::is_json(&response) => {
            Reply::json(format!(r#"{{"result":{response}}}"#))
        }
        Ok(_) => Reply::error(hyper::StatusCode::BAD_GATEWAY, "the response is not JSON"),
        Err(CallFailure::Refused(refusal)) => Reply::ok(&json!({"error": {
            "code": refusal.code.as_str(version),
            "description": refusal.description,
        }})),
        Err(failure) => Reply::error(hyper::StatusCode::GATEWAY_TIMEOUT, failure),
    }
}
