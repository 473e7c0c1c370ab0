//! One simulated station: the station of this library, its drivers, and a connection. No file, no thread: what it stores is
//! forgotten with the program, so nothing is kept.

use std::collections::HashMap;
use std::future::pending;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use ocpp_core::back_off::BackOffPolicy;
use ocpp_core::frame::Frame;
use ocpp_core::station::{
    AuthorizationStatus, CableState, ConnectorId, EvState, EvseId, Fault, FaultCode, Input,
    JobEvent, JobFailure, Output, Range, Station, StationConfig, Token, TransactionNews,
    UnlockResult,
};
use ocpp_core::time::Now;
use ocpp_tokio::clock::Clock;
use ocpp_tokio::{CloseCode, ConnectOptions, Connection, Identity, Incoming, Version, connect};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use super::day::{Act, DAY, Visits};
use super::report::Report;
use super::{Failure, Plan};
use crate::station::hardware::Hardware;

/// How many minutes of the day lie between two meter values.
const METER_INTERVAL: f64 = 5.0;

/// How long a station may take in the end to deliver what waits.
const PATIENCE: Duration = Duration::from_secs(30);

/// Most calls that are waited for; there is one at a time.
const MAX_CALLS: usize = 100;

/// Why nobody answers while the network is cut.
const CUT: &str = "the network is cut";

/// The connection of a station.
enum Link {
    Closed,
    Opening(Instant, JoinHandle<Result<Connection, String>>),
    Open(Box<Connection>),
}

/// What the connection has to say.
enum News {
    Opened(Instant, Box<Result<Connection, String>>),
    Received(Result<Incoming, String>),
    Time,
}

/// One station and everything around it.
pub(super) struct Simulated {
    plan: Arc<Plan>,
    number: u32,
    identity: Identity,
    config: StationConfig,
    station: Station,
    hardware: Hardware,
    clock: Clock,
    link: Link,
    /// The version that was spoken last.
    version: Version,
    /// The calls that wait for their answer: the action, and when they were sent.
    calls: HashMap<String, (String, Instant)>,
    /// One for each EVSE.
    visits: Vec<Visits>,
    /// Whether the network of the district is cut.
    cut: bool,
    /// Whether there ever was a connection.
    came_in: bool,
}

impl Simulated {
    pub(super) fn new(plan: Arc<Plan>, number: u32) -> Result<Self, Failure> {
        let version = plan.version(number);
        let mut config = StationConfig::new(version, "ocpp", "load", plan.evses);
        config.firmware_version = Some(env!("CARGO_PKG_VERSION").into());
        config.seed = plan.seed(number, 0);
        config.limits.sample_interval = Range::new(1, 86_400);
        // Days are short, and so are the pauses.
        config.back_off = BackOffPolicy {
            wait_minimum: 1,
            repeat_times: 3,
            random_range: 4,
        };
        let seconds = plan.real(METER_INTERVAL).as_secs().max(1).to_string();
        let key = match version {
            Version::V1_6 => "MeterValueSampleInterval",
            _ => "SampledDataCtrlr.TxUpdatedInterval",
        };
        config.defaults.push((key.into(), seconds));
        let clock = Clock::new();
        let station = Station::restore(config.clone(), [], clock.both())?;
        // Energy flows as fast as the day passes.
        let speed = DAY * 60.0 / plan.day.as_secs_f64();
        let hardware = Hardware::new(&config, speed as u32, None);
        let identity = Identity::new(format!("{}{number:06}", plan.prefix))?;
        let visits = (1..=plan.evses).map(|evse| Visits::new(plan.seed(number, evse)));
        Ok(Self {
            identity,
            station,
            hardware,
            clock,
            link: Link::Closed,
            version,
            calls: HashMap::new(),
            visits: visits.collect(),
            cut: false,
            came_in: false,
            config,
            number,
            plan,
        })
    }

    fn now(&self) -> Now {
        self.clock.both()
    }

    fn report(&self, change: impl FnOnce(&mut Report)) {
        // A poisoned lock protects figures that are right one by one.
        change(
            &mut self
                .plan
                .report
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
    }

    /// Lives through the day, and delivers what waits in the end.
    pub(super) async fn run(mut self) {
        tokio::time::sleep(self.plan.ramp_of(self.number)).await;
        self.input(Input::Start).await;
        let end = self.plan.begin + self.plan.day;
        while Instant::now() < end {
            self.act().await;
            let next = self.visits.iter_mut().filter_map(Visits::next);
            let next = next.map(|minute| self.plan.at(minute)).min();
            let next = next
                .into_iter()
                .chain(self.plan.network_changes(self.number));
            let next = next.filter(|at| *at > Instant::now()).min();
            self.wait(next.unwrap_or(end).min(end)).await;
        }
        // Whoever is late leaves now too. What was not told yet is told.
        self.act().await;
        let late = Instant::now() + PATIENCE;
        while self.came_in && self.station.state().queued > 0 && Instant::now() < late {
            self.wait(late.min(Instant::now() + Duration::from_millis(200)))
                .await;
        }
        let left = self.station.state().queued;
        self.report(|report| report.left += u64::try_from(left).unwrap_or(u64::MAX));
        if let Link::Open(connection) = &mut self.link {
            connection.close(CloseCode::NORMAL, "").await;
            self.plan.connected(-1);
        }
    }

    /// Does what drivers and the network have done up to now.
    async fn act(&mut self) {
        let cut = self.plan.is_cut(self.number);
        if cut != self.cut {
            self.cut = cut;
            if cut {
                self.hang_up(None).await;
            }
        }
        for evse in 1..=self.plan.evses {
            // There is one for each EVSE.
            let place = usize::try_from(evse - 1).unwrap_or(0);
            while let Some(visits) = self.visits.get_mut(place)
                && let Some(minute) = visits.next()
                && self.plan.at(minute) <= Instant::now()
            {
                let number = visits.number();
                if let Some(act) = visits.take() {
                    self.visitor(evse, number, act).await;
                }
            }
        }
    }

    async fn visitor(&mut self, evse: EvseId, visit: u32, act: Act) {
        let at = ConnectorId::new(evse, 1);
        let now = self.now().monotonic;
        match act {
            Act::Plug => {
                self.hardware.set_cable(now, at, CableState::Connected);
                self.hardware.set_ev(now, at, EvState::Ready);
                let state = CableState::Connected;
                self.input(Input::Cable { at, state }).await;
            }
            Act::Card => {
                self.card(evse, &self.plan.card(self.number, evse, visit))
                    .await;
            }
            Act::WrongCard => self.card(evse, "UNKNOWN").await,
            Act::Full => {
                self.hardware.set_ev(now, at, EvState::Suspended);
                let state = EvState::Suspended;
                self.input(Input::Ev { at, state }).await;
            }
            Act::Fault => {
                let fault = Some(Fault::new(FaultCode::GroundFailure));
                self.input(Input::Fault {
                    at: Some(at),
                    fault,
                })
                .await;
            }
            Act::FaultEnds => {
                let (at, fault) = (Some(at), None);
                self.input(Input::Fault { at, fault }).await;
            }
            Act::Unplug => {
                self.hardware.set_cable(now, at, CableState::Unplugged);
                let state = CableState::Unplugged;
                self.input(Input::Cable { at, state }).await;
            }
        }
    }

    async fn card(&mut self, evse: EvseId, text: &str) {
        let (evse, token) = (Some(evse), Token::new(text));
        self.input(Input::TokenPresented { evse, token }).await;
    }

    /// Waits until then, and takes what comes meanwhile.
    async fn wait(&mut self, until: Instant) {
        while Instant::now() < until {
            let wake = self.station.next_timeout().map(|at| self.clock.at(at));
            let wake = wake.map_or(until, |at| at.min(until));
            let news = tokio::select! {
                news = heard(&mut self.link) => news,
                () = sleep_until(wake) => News::Time,
            };
            match news {
                News::Opened(began, opened) => self.opened(began, *opened).await,
                News::Received(Ok(Incoming::Text(text))) => {
                    self.received(&text);
                    self.input(Input::Received(text)).await;
                }
                News::Received(Ok(Incoming::Alive)) => self.input(Input::LinkAlive).await,
                News::Received(Err(why)) => self.hang_up(Some(why)).await,
                News::Time => {
                    self.overdue();
                    self.input(Input::TimePassed).await;
                }
            }
        }
    }

    async fn opened(&mut self, began: Instant, opened: Result<Connection, String>) {
        match opened {
            Ok(connection) => {
                self.version = connection.info().version;
                self.came_in = true;
                self.plan.connected(1);
                self.report(|report| {
                    report.connected += 1;
                    report.connections.add(began.elapsed());
                });
                self.link = Link::Open(Box::new(connection));
                let version = self.version;
                self.input(Input::Connected { version }).await;
            }
            Err(why) => {
                self.link = Link::Closed;
                if why != CUT {
                    self.report(|report| report.refused.add(why));
                }
                self.input(Input::Disconnected).await;
            }
        }
    }

    /// The connection is gone; `why`: nobody wanted that.
    async fn hang_up(&mut self, why: Option<String>) {
        let was = std::mem::replace(&mut self.link, Link::Closed);
        match was {
            Link::Open(_) => self.plan.connected(-1),
            Link::Opening(_, attempt) => attempt.abort(),
            Link::Closed => return,
        }
        let cut_off = self.calls.drain().count();
        self.report(|report| {
            report.cut_off += u64::try_from(cut_off).unwrap_or(u64::MAX);
            if let Some(why) = why {
                report.lost.add(why);
            }
        });
        self.input(Input::Disconnected).await;
    }

    /// Calls that have waited too long.
    fn overdue(&mut self) {
        let patience = self.config.call_timeout;
        let late = self
            .calls
            .extract_if(|_, (_, sent)| sent.elapsed() >= patience);
        let late: Vec<String> = late.map(|(_, (action, _))| action).collect();
        if !late.is_empty() {
            self.report(|report| {
                late.into_iter()
                    .for_each(|action| report.unanswered.add(action));
            });
        }
    }

    fn received(&mut self, text: &str) {
        let now = Instant::now();
        match Frame::parse(self.version, text) {
            Ok(Frame::Call(_) | Frame::Send(_)) => self.report(|report| report.calls += 1),
            Ok(Frame::CallResult(response)) => {
                if let Some((action, sent)) = self.calls.remove(&*response.id) {
                    self.report(|report| report.answered(&action, now - sent));
                }
            }
            Ok(Frame::CallError(refusal)) => {
                if let Some((action, sent)) = self.calls.remove(&*refusal.id) {
                    let code = refusal.code.as_str(self.version).to_owned();
                    self.report(|report| {
                        report.answered(&action, now - sent);
                        report.call_errors.add(format!("{action}: {code}"));
                    });
                }
            }
            // The station sees it too, and tells.
            Ok(_) | Err(_) => {}
        }
    }

    /// Something has happened; what the station wants is done, until it wants nothing more.
    async fn input(&mut self, input: Input) {
        let now = self.now();
        self.station.handle(now, input);
        while let Some(output) = self.station.poll_output() {
            if let Some(answer) = self.carry_out(output).await {
                let now = self.now();
                self.station.handle(now, answer);
            }
        }
    }

    async fn carry_out(&mut self, output: Output) -> Option<Input> {
        let now = self.now().monotonic;
        match output {
            Output::Transmit(text) => return self.transmit(&text).await,
            Output::Connect(_) => self.open(),
            Output::Disconnect => {
                if let Link::Open(connection) = &mut self.link {
                    connection.close(CloseCode::NORMAL, "").await;
                    self.plan.connected(-1);
                }
                self.link = Link::Closed;
                return Some(Input::Disconnected);
            }
            Output::PingInterval(seconds) => {
                if let Link::Open(connection) = &mut self.link {
                    let interval = (seconds > 0).then(|| Duration::from_secs(seconds.into()));
                    connection.set_ping_interval(interval);
                }
            }
            Output::Contactor { at, closed } => self.hardware.set_contactor(now, at, closed),
            Output::SetLimit { at, limit } => self.hardware.set_limit(now, at, limit),
            Output::ReadMeter(evse) => {
                let reading = self.hardware.read(now, evse);
                return Some(Input::Meter { evse, reading });
            }
            Output::Lock(at) => return Some(Input::Locked { at, success: true }),
            Output::Unlock(at) => {
                let result = UnlockResult::Unlocked;
                return Some(Input::Unlocked { at, result });
            }
            Output::ResetEvse(evse) => return Some(Input::EvseReset { evse }),
            Output::Reboot { .. } => self.reboot(),
            Output::Download { job, .. }
            | Output::Install { job }
            | Output::Upload { job, .. }
            | Output::VerifyFirmware { job, .. } => {
                let event = JobEvent::Failed(JobFailure::NotFound);
                return Some(Input::Job { job, event });
            }
            Output::MakeCertificateRequest { request, .. } => {
                let made = None;
                return Some(Input::CertificateRequestMade { request, made });
            }
            Output::CustomerData { job, .. } => {
                let text = String::new();
                return Some(Input::CustomerData { job, text });
            }
            Output::TokenDecided { token, status, .. }
                if status != AuthorizationStatus::Accepted && token.id != "UNKNOWN" =>
            {
                let why = format!("{status:?}");
                self.report(|report| report.cards_refused.add(why));
            }
            Output::Transaction { news, .. } => self.report(|report| match news {
                TransactionNews::Began { .. } => report.begun += 1,
                TransactionNews::Ended { .. } => report.ended += 1,
                _ => {}
            }),
            Output::Dropped { action, reason, .. } => {
                self.report(|report| report.dropped.add(format!("{action}: {reason}")));
            }
            Output::Seen(seen) => self.report(|report| report.wrong.add(format!("{seen:?}"))),
            _ => {}
        }
        None
    }

    async fn transmit(&mut self, text: &str) -> Option<Input> {
        let Link::Open(connection) = &mut self.link else {
            return None;
        };
        if let Ok(Frame::Call(call)) = Frame::parse(self.version, text)
            && self.calls.len() < MAX_CALLS
        {
            let sent = (call.action.into_owned(), Instant::now());
            self.calls.insert(call.id.into_owned(), sent);
        }
        // An end is told when it is waited for what comes.
        let _ = connection.send(text).await;
        None
    }

    /// Begins to connect; while the network is cut, nobody answers.
    fn open(&mut self) {
        let mut versions = self.config.versions.clone();
        versions.dedup();
        let (endpoint, identity) = (self.plan.url.clone(), self.identity.clone());
        let options = ConnectOptions::new(endpoint, identity, &versions);
        let mut options = options.with_security(self.plan.security.clone());
        // As most stations do; the tables of a compressor would be most of the memory.
        options.connection.compression = None;
        let cut = self.cut;
        let attempt = tokio::spawn(async move {
            if cut {
                tokio::time::sleep(Duration::from_millis(100)).await;
                return Err(CUT.to_owned());
            }
            let connected = connect(&options).await;
            connected.map_err(|error| error.to_string())
        });
        self.link = Link::Opening(Instant::now(), attempt);
    }

    /// A restart in which nothing is remembered but the cables, as after a new begin.
    fn reboot(&mut self) {
        if matches!(self.link, Link::Open(_)) {
            self.plan.connected(-1);
        }
        self.link = Link::Closed;
        self.calls.clear();
        // It has been made from this configuration before.
        if let Ok(station) = Station::restore(self.config.clone(), [], self.clock.both()) {
            self.station = station;
        }
        let now = self.now();
        self.station.handle(now, Input::Start);
        let ids: Vec<ConnectorId> = self.hardware.ids().collect();
        for at in ids {
            let state = self.hardware.cable(at);
            self.station.handle(now, Input::Cable { at, state });
        }
    }
}

/// What the connection says next.
async fn heard(link: &mut Link) -> News {
    match link {
        Link::Closed => pending().await,
        Link::Opening(began, attempt) => {
            let opened = attempt.await;
            let opened = opened.unwrap_or_else(|error| Err(error.to_string()));
            News::Opened(*began, Box::new(opened))
        }
        Link::Open(connection) => {
            let heard = connection.next().await;
            News::Received(heard.map_err(|end| end.to_string()))
        }
    }
}
