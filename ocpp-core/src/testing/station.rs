//! A station in virtual time, with simulated hardware, storage that survives power cuts, and a scripted CSMS.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use ocpp_types::{Decimal, Version};
use serde_json::{Value, json};

use crate::security::CertificateVerifier;
use crate::station::{
    CableState, Connection, ConnectorId, EvState, Input, JobEvent, JobId, Limit, Measured, Output,
    Reading, Record, Station, StationConfig, Token, UnlockResult,
};
use crate::time::{DateTime, Instant, Now};

/// How the CSMS answers a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// With this response.
    Respond(Value),
    /// With this response, so many seconds later: [`Bench::run`] brings it.
    Late(u64, Value),
    /// With this error code.
    Refuse(&'static str),
    /// Not at all.
    Silence,
}

/// A call that the station made.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Seconds since the bench was made.
    pub at: f64,
    /// The action.
    pub action: String,
    /// The payload.
    pub payload: Value,
}

/// How the station answered a call of the CSMS: the response, or the code of the error.
pub type Answered = Result<Value, String>;

type Script = Box<dyn FnMut(&str, &Value) -> Answer>;
type World = Box<dyn FnMut(&Output) -> Option<Vec<Input>>>;
type MakeVerifier = fn() -> Box<dyn CertificateVerifier + Send>;

/// What the hardware of a connector was told since the station was switched on; `None` for nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Outlet {
    /// Whether the contactor is closed.
    pub closed: Option<bool>,
    /// The limit.
    pub limit: Option<Option<Limit>>,
    /// Whether the lock is closed.
    pub locked: Option<bool>,
}

/// A station, its hardware and its CSMS. See the [module documentation](self).
pub struct Bench {
    /// The station.
    pub station: Station,
    /// Outputs other than messages and storage, in order.
    pub outputs: Vec<Output>,
    /// The stored records.
    pub stored: BTreeMap<String, String>,
    /// Whether the station knows the time without the CSMS.
    pub real_time_clock: bool,
    /// Whether locks fail to lock, and to unlock.
    pub locks_fail: bool,
    /// Energy registers in Wh: of the main meter, then of the EVSEs.
    pub registers: Vec<rust_decimal::Decimal>,
    /// The power of a car that charges, in W.
    pub power: i64,
    /// What becomes of downloads, installations and uploads.
    pub jobs: JobEvent,
    /// The version that an installation brings with a restart; without one it needs none.
    pub new_firmware: Option<String>,
    world: Option<World>,
    verifier: Option<MakeVerifier>,
    config: StationConfig,
    now: u64,
    calls: Vec<Call>,
    answers: BTreeMap<String, Answered>,
    next_id: u64,
    script: Script,
    network: bool,
    connected: bool,
    /// The link delivers nothing and closes nothing.
    half_open: bool,
    /// So are new links.
    all_half_open: bool,
    ping_interval: Option<u32>,
    /// Outputs until the power is cut.
    fuse: Option<usize>,
    /// Writes until storing fails. What comes right after each other is one write.
    writes_left: Option<usize>,
    /// Whether the station was told that storing fails.
    storage_failed: bool,
    charging: Vec<(ConnectorId, bool)>,
    outlets: BTreeMap<ConnectorId, Outlet>,
    pending: Vec<Input>,
    /// What is on its way, and when it arrives.
    later: Vec<(u64, Input)>,
}

impl fmt::Debug for Bench {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bench")
            .field("station", &self.station)
            .finish_non_exhaustive()
    }
}

/// 2024-05-15T12:00:00Z
const BEGIN: i64 = 1_715_774_400_000;

impl Bench {
    /// A new station, not started, whose CSMS answers as `script` says.
    ///
    /// # Panics
    /// When the configuration is impossible.
    #[allow(clippy::panic)]
    pub fn new(
        config: StationConfig,
        script: impl FnMut(&str, &Value) -> Answer + 'static,
    ) -> Self {
        let evses = config.evses.len();
        let now = Now {
            monotonic: Instant::ORIGIN,
            utc: None,
        };
        let station = match Station::restore(config.clone(), [], now) {
            Ok(station) => station,
            Err(error) => panic!("{error}"),
        };
        Self {
            station,
            outputs: Vec::new(),
            stored: BTreeMap::new(),
            real_time_clock: false,
            locks_fail: false,
            registers: alloc::vec![rust_decimal::Decimal::ONE_THOUSAND; evses + 1],
            power: 3_600,
            jobs: JobEvent::Done,
            new_firmware: None,
            world: None,
            verifier: None,
            config,
            now: 0,
            calls: Vec::new(),
            answers: BTreeMap::new(),
            next_id: 0,
            script: Box::new(script),
            network: true,
            connected: false,
            half_open: false,
            all_half_open: false,
            ping_interval: None,
            fuse: None,
            writes_left: None,
            storage_failed: false,
            charging: Vec::new(),
            outlets: BTreeMap::new(),
            pending: Vec::new(),
            later: Vec::new(),
        }
    }

    /// UTC of the bench.
    #[must_use]
    pub fn utc(&self) -> DateTime {
        let millis = i64::try_from(self.now).unwrap_or(i64::MAX);
        DateTime::UNIX_EPOCH.saturating_add_millis(BEGIN.saturating_add(millis))
    }

    /// UTC of the bench `seconds` from now, as text.
    #[must_use]
    pub fn utc_in(&self, seconds: i64) -> String {
        self.utc().saturating_add_millis(seconds * 1000).to_string()
    }

    fn time(&self) -> Now {
        Now {
            monotonic: Instant::from_millis(self.now),
            utc: self.real_time_clock.then(|| self.utc()),
        }
    }

    /// Changes how the CSMS answers.
    pub fn answer_with(&mut self, script: impl FnMut(&str, &Value) -> Answer + 'static) {
        self.script = Box::new(script);
    }

    /// Gives the station, and every one that follows it after a restart, the means to verify certificates.
    pub fn verify_with(&mut self, make: MakeVerifier) {
        self.verifier = Some(make);
        self.station.set_verifier(make());
    }

    /// Answers outputs in another way than the bench does: keys, firmware files, refused connections. `None` leaves an
    /// output to the bench.
    pub fn world(&mut self, world: impl FnMut(&Output) -> Option<Vec<Input>> + 'static) {
        self.world = Some(Box::new(world));
    }

    /// The password, roots and certificate of the last connection that the station asked for.
    ///
    /// # Panics
    /// When there was none.
    #[must_use]
    #[allow(clippy::panic)]
    pub fn connection(&self) -> Connection {
        let connection = |output: &Output| match output {
            Output::Connect(connection) => Some(connection.clone()),
            _ => None,
        };
        match self.outputs.iter().rev().find_map(connection) {
            Some(connection) => connection,
            None => panic!("the station has not connected"),
        }
    }

    /// Starts the station: it connects and registers.
    pub fn start(&mut self) {
        self.input(Input::Start);
    }

    /// Something happens to the station.
    pub fn input(&mut self, input: Input) {
        let now = self.time();
        self.station.handle(now, input);
        self.drain();
    }

    /// The cable is put into station and car.
    pub fn plug(&mut self, evse: u32, connector: u32) {
        let at = ConnectorId::new(evse, connector);
        self.cable(at, CableState::Connected);
    }

    /// The cable is taken out altogether.
    pub fn unplug(&mut self, evse: u32, connector: u32) {
        let at = ConnectorId::new(evse, connector);
        self.cable(at, CableState::Unplugged);
    }

    /// The cable changes.
    pub fn cable(&mut self, at: ConnectorId, state: CableState) {
        self.input(Input::Cable { at, state });
    }

    /// The car changes.
    pub fn ev(&mut self, evse: u32, state: EvState) {
        let at = ConnectorId::new(evse, 1);
        self.input(Input::Ev { at, state });
    }

    /// A card is presented at an EVSE.
    pub fn present(&mut self, evse: u32, token: &str) {
        let token = Token::new(token);
        let evse = (evse > 0).then_some(evse);
        self.input(Input::TokenPresented { evse, token });
    }

    /// Cuts or restores the network.
    pub fn network(&mut self, online: bool) {
        self.network = online;
        if !online && self.connected {
            self.connected = false;
            self.input(Input::Disconnected);
        }
    }

    /// The link that is open delivers nothing any more, in neither direction, and does not close. Links made later are good,
    /// or, if `all`, as bad.
    pub const fn half_open(&mut self, all: bool) {
        self.half_open = true;
        self.all_half_open = all;
    }

    /// Links made from now on are good.
    pub const fn good_links(&mut self) {
        self.all_half_open = false;
    }

    /// How often to ping over the link that is open, as far as the station has said so for this link.
    #[must_use]
    pub const fn ping_interval(&self) -> Option<u32> {
        self.ping_interval
    }

    /// Whether the connection is open.
    #[must_use]
    pub const fn is_connected(&self) -> bool {
        self.connected
    }

    /// Whether a contactor is closed.
    #[must_use]
    pub fn is_charging(&self, at: ConnectorId) -> bool {
        self.charging.contains(&(at, true))
    }

    /// What the hardware of a connector was told since the station was switched on.
    #[must_use]
    pub fn outlet(&self, at: ConnectorId) -> Outlet {
        self.outlets.get(&at).copied().unwrap_or_default()
    }

    /// Lets virtual time pass, stopping wherever the station wants to be woken.
    pub fn run(&mut self, seconds: u64) {
        let end = self.now + seconds * 1000;
        // The bound makes a station that spins a failing test instead of a hanging one.
        for _ in 0..100_000 {
            let wake = self.station.next_timeout().map(Instant::as_millis);
            let arrival = self.later.iter().map(|(at, _)| *at);
            let next = arrival.chain(wake).filter(|next| *next <= end).min();
            let Some(next) = next else {
                break;
            };
            self.pass_to(next.max(self.now));
            let now = self.now;
            let arrived = self.later.extract_if(.., |(at, _)| *at <= now);
            let arrived: Vec<Input> = arrived.map(|(_, input)| input).collect();
            for input in arrived {
                if !self.half_open {
                    self.input(input);
                }
            }
            self.input(Input::TimePassed);
        }
        self.pass_to(end);
        self.input(Input::TimePassed);
    }

    /// Lets virtual time pass for everything but the station, which is [off](Self::off).
    pub fn run_dark(&mut self, seconds: u64) {
        self.pass_to(self.now + seconds * 1000);
    }

    fn pass_to(&mut self, millis: u64) {
        let passed = Duration::from_millis(millis.saturating_sub(self.now));
        let passed = i64::try_from(passed.as_millis()).unwrap_or(i64::MAX);
        self.now = millis;
        for (at, charging) in &self.charging {
            if *charging && let Ok(evse) = usize::try_from(at.evse) {
                let energy = rust_decimal::Decimal::new(self.power * passed, 0);
                let energy = energy / rust_decimal::Decimal::new(3_600_000, 0);
                for register in [0, evse] {
                    if let Some(register) = self.registers.get_mut(register) {
                        *register += energy;
                    }
                }
            }
        }
    }

    /// What the station called since the last time, heartbeats and (in 1.6) the security events of every start left out.
    pub fn calls(&mut self) -> Vec<Call> {
        let mut calls = core::mem::take(&mut self.calls);
        let v1_6 = self.station.version() == Version::V1_6;
        let starts = [json!("StartupOfTheDevice"), json!("ResetOrReboot")];
        calls.retain(|call| {
            let start = call
                .payload
                .get("type")
                .is_some_and(|kind| starts.contains(kind));
            call.action != "Heartbeat" && !(v1_6 && start)
        });
        calls
    }

    /// What the station called since the last time, everything included.
    pub fn all_calls(&mut self) -> Vec<Call> {
        core::mem::take(&mut self.calls)
    }

    /// The actions that the station called since the last time, each `StatusNotification` with connector and status
    /// (`Status 1 Charging`, `Status 1.1 Occupied`), each `TransactionEvent` with its type, trigger and charging state
    /// (`Updated CablePluggedIn EVConnected`).
    pub fn story(&mut self) -> Vec<String> {
        self.calls().iter().map(tell).collect()
    }

    /// The CSMS calls; the answer, if it came at once.
    #[allow(clippy::needless_pass_by_value)] // Reads better in tests.
    pub fn call(&mut self, action: &str, payload: Value) -> Option<Answered> {
        let id = alloc::format!("csms-{}", self.next_id);
        self.next_id += 1;
        let text = json!([2, id, action, payload]).to_string();
        if !self.half_open {
            self.input(Input::Received(text));
        }
        self.answers.remove(&id)
    }

    /// An answer of the station that did not come at once.
    pub fn late_answer(&mut self) -> Option<Answered> {
        Some(self.answers.pop_first()?.1)
    }

    /// Cuts the power without warning and restores it: the station begins again from what was stored.
    pub fn power_cycle(&mut self) {
        let cables = self.cables();
        self.power_on(&cables);
    }

    /// How the cables lie.
    #[must_use]
    pub fn cables(&self) -> Vec<(ConnectorId, CableState)> {
        let state = self.station.state();
        let cables = state.connectors.iter();
        cables
            .map(|connector| (connector.at, connector.cable))
            .collect()
    }

    /// Cuts the power. Nothing happens to the station until [`switch_on`](Self::switch_on) or [`power_on`](Self::power_on).
    pub fn off(&mut self) {
        self.connected = false;
        self.charging.clear();
        self.outlets.clear();
        self.pending.clear();
        self.later.clear();
        self.fuse = None;
        self.storage_failed = false;
        self.writes_left = None;
    }

    /// The station begins again, with cables as they are then.
    ///
    /// # Panics
    /// When it cannot.
    pub fn power_on(&mut self, cables: &[(ConnectorId, CableState)]) {
        self.switch_on();
        for (at, state) in cables {
            self.cable(*at, *state);
        }
        self.start();
    }

    /// A new station value begins with what is stored. It is told nothing yet, not even to start.
    ///
    /// # Panics
    /// When it cannot.
    #[allow(clippy::panic)]
    pub fn switch_on(&mut self) {
        self.off();
        let records = self.stored.iter().map(|(key, value)| Record {
            key: key.clone(),
            value: value.clone(),
        });
        let records: Vec<_> = records.collect();
        let now = self.time();
        self.station = match Station::restore(self.config.clone(), records, now) {
            Ok(station) => station,
            Err(error) => panic!("{error}"),
        };
        if let Some(make) = self.verifier {
            self.station.set_verifier(make());
        }
        self.drain();
    }

    /// Cuts the power after so many further outputs; [`power_was_cut`](Self::power_was_cut) says whether it happened.
    pub const fn cut_power_after(&mut self, outputs: usize) {
        self.fuse = Some(outputs);
    }

    /// Whether the cut that was ordered has happened; otherwise it is called off.
    pub fn power_was_cut(&mut self) -> bool {
        self.fuse.take() == Some(0)
    }

    /// Lets storing fail after so many further writes; [`storage_failed`](Self::storage_failed) says whether it has. After
    /// a restart it works.
    pub const fn fail_storage_after(&mut self, writes: usize) {
        self.writes_left = Some(writes);
    }

    /// Whether storing has failed, and still does.
    #[must_use]
    pub const fn storage_failed(&self) -> bool {
        self.storage_failed
    }

    /// Storing works again; the station is told if it was told of the failure.
    pub fn restore_storage(&mut self) {
        self.writes_left = None;
        if core::mem::take(&mut self.storage_failed) {
            self.input(Input::StorageRestored);
        }
    }

    /// Carries out what the station wants, as long as storing may fail.
    ///
    /// # Panics
    /// When the station wants something stored, or energy to flow, although it was told that storing fails.
    fn drain_to_a_weak_disk(&mut self) {
        let mut batch: Vec<Output> = Vec::new();
        loop {
            let output = self.station.poll_output();
            let change = matches!(output, Some(Output::Store(_) | Output::Remove(_)));
            let closes = matches!(output, Some(Output::Contactor { closed: true, .. }));
            assert!(
                !self.storage_failed || !change && !closes,
                "while storing fails: {output:?}"
            );
            match output {
                Some(output) if change => {
                    batch.push(output);
                    continue;
                }
                output => {
                    match &mut self.writes_left {
                        _ if batch.is_empty() => {}
                        Some(0) => {
                            let undone = core::mem::take(&mut batch).into_iter().chain(output);
                            let undone = undone.collect();
                            self.storage_failed = true;
                            let now = self.time();
                            self.station.handle(now, Input::StorageFailed { undone });
                            continue;
                        }
                        Some(left) => *left -= 1,
                        None => {}
                    }
                    for change in batch.drain(..) {
                        self.carry_out(change);
                    }
                    match output {
                        Some(output) => self.carry_out(output),
                        None => return,
                    }
                }
            }
        }
    }

    /// Carries out what the station wants.
    fn drain(&mut self) {
        loop {
            if self.writes_left.is_some() {
                self.drain_to_a_weak_disk();
            }
            while let Some(output) = self.station.poll_output() {
                match &mut self.fuse {
                    Some(0) => continue,
                    Some(left) => *left -= 1,
                    None => {}
                }
                self.carry_out(output);
            }
            if self.fuse == Some(0) {
                self.pending.clear();
                return;
            }
            if self.pending.is_empty() {
                return;
            }
            let input = self.pending.remove(0);
            match input {
                Input::Connected { .. } => {
                    self.connected = true;
                    self.half_open = self.all_half_open;
                    self.ping_interval = None;
                }
                Input::Disconnected => self.connected = false,
                _ => {}
            }
            let now = self.time();
            self.station.handle(now, input);
        }
    }

    fn carry_out(&mut self, output: Output) {
        match &output {
            Output::Store(record) => {
                self.stored.insert(record.key.clone(), record.value.clone());
                return;
            }
            Output::Remove(key) => {
                self.stored.remove(key);
                return;
            }
            Output::Transmit(text) => return self.transmitted(text),
            _ => {}
        }
        self.wire(&output);
        if let Some(world) = &mut self.world
            && let Some(inputs) = world(&output)
        {
            self.pending.extend(inputs);
            return self.outputs.push(output);
        }
        match &output {
            Output::Connect(_) => {
                let version = self.station.version();
                self.pending.push(if self.network {
                    Input::Connected { version }
                } else {
                    Input::Disconnected
                });
            }
            Output::Disconnect if core::mem::take(&mut self.connected) => {
                self.pending.push(Input::Disconnected);
            }
            Output::PingInterval(seconds) => self.ping_interval = Some(*seconds),
            Output::Ping if self.connected && !self.half_open => {
                self.pending.push(Input::LinkAlive);
            }
            Output::Contactor { at, closed } => {
                self.charging.retain(|(other, _)| other != at);
                self.charging.push((*at, *closed));
                return self.outputs.push(output);
            }
            Output::Lock(at) => self.pending.push(Input::Locked {
                at: *at,
                success: !self.locks_fail,
            }),
            Output::Unlock(at) => self.pending.push(Input::Unlocked {
                at: *at,
                result: if self.locks_fail {
                    UnlockResult::Failed
                } else {
                    UnlockResult::Unlocked
                },
            }),
            Output::ReadMeter(evse) => {
                let reading = self.reading(*evse);
                self.pending.push(Input::Meter {
                    evse: *evse,
                    reading,
                });
                return;
            }
            Output::Reboot { .. } => {
                let cables = self.cables();
                self.outputs.push(output);
                self.off();
                self.power_on(&cables);
                return;
            }
            Output::Install { job } if self.new_firmware.is_some() => {
                let (job, event) = (*job, JobEvent::Rebooting);
                self.pending.push(Input::Job { job, event });
                self.outputs.push(output);
                self.finish_installation();
                return;
            }
            Output::Download { job, .. }
            | Output::Install { job }
            | Output::Upload { job, .. }
            | Output::VerifyFirmware { job, .. } => self.job(*job),
            _ => {}
        }
        self.outputs.push(output);
    }

    /// What the hardware is told.
    fn wire(&mut self, output: &Output) {
        let outlets = &mut self.outlets;
        match output {
            Output::Contactor { at, closed } => {
                outlets.entry(*at).or_default().closed = Some(*closed);
            }
            Output::SetLimit { at, limit } => outlets.entry(*at).or_default().limit = Some(*limit),
            Output::Lock(at) => outlets.entry(*at).or_default().locked = Some(true),
            Output::Unlock(at) => outlets.entry(*at).or_default().locked = Some(false),
            _ => {}
        }
    }

    /// The new firmware starts, after the old one has said so.
    fn finish_installation(&mut self) {
        self.drain();
        self.config.firmware_version = self.new_firmware.take();
        self.power_cycle();
    }

    fn job(&mut self, job: JobId) {
        let event = JobEvent::Started;
        self.pending.push(Input::Job { job, event });
        let event = self.jobs.clone();
        self.pending.push(Input::Job { job, event });
    }

    fn reading(&self, evse: u32) -> Reading {
        let at = usize::try_from(evse).unwrap_or(usize::MAX);
        let register = self.registers.get(at).copied().unwrap_or_default();
        let charging = self
            .charging
            .iter()
            .any(|(at, closed)| at.evse == evse && *closed);
        let power = if charging { self.power } else { 0 };
        Reading::energy(Decimal::from(register.round_dp(3).normalize()))
            .and(Measured::new("Power.Active.Import", "W", power))
            .and(Measured::new("Voltage", "V", 230).on_phase("L1-N"))
            .and(Measured::new("Voltage", "V", 231).on_phase("L2-N"))
    }

    fn transmitted(&mut self, text: &str) {
        if self.half_open {
            return;
        }
        let Ok(Value::Array(frame)) = serde_json::from_str::<Value>(text) else {
            return;
        };
        let id = frame.get(1).cloned().unwrap_or_default();
        let third = frame.get(2).cloned().unwrap_or_default();
        match frame.first().and_then(Value::as_i64) {
            Some(2) => {
                let payload = frame.get(3).cloned().unwrap_or_default();
                let action = third.as_str().unwrap_or_default().to_string();
                #[allow(clippy::cast_precision_loss)]
                let at = self.now as f64 / 1000.0;
                let mut answer = (self.script)(&action, &payload);
                if let Answer::Respond(Value::Object(response))
                | Answer::Late(_, Value::Object(response)) = &mut answer
                    && response.get("currentTime") == Some(&json!("now"))
                {
                    response.insert("currentTime".into(), json!(self.utc().to_string()));
                }
                self.calls.push(Call {
                    at,
                    action,
                    payload,
                });
                let text = match answer {
                    Answer::Respond(response) => json!([3, id, response]),
                    Answer::Refuse(code) => json!([4, id, code, "", {}]),
                    Answer::Late(seconds, response) => {
                        let at = self.now + seconds * 1000;
                        let text = json!([3, id, response]).to_string();
                        return self.later.push((at, Input::Received(text)));
                    }
                    Answer::Silence => return,
                };
                self.pending.push(Input::Received(text.to_string()));
            }
            Some(3) => self.answered(&id, Ok(third)),
            Some(4) => self.answered(&id, Err(third.as_str().unwrap_or_default().to_string())),
            _ => {}
        }
    }

    fn answered(&mut self, id: &Value, answer: Answered) {
        let id = id.as_str().unwrap_or_default();
        self.answers.insert(id.to_string(), answer);
    }
}

fn tell(call: &Call) -> String {
    let member = |name: &str| match call.payload.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    match call.action.as_str() {
        "StatusNotification" if call.payload.get("connectorStatus").is_some() => {
            let (evse, connector) = (member("evseId"), member("connectorId"));
            alloc::format!("Status {evse}.{connector} {}", member("connectorStatus"))
        }
        "TransactionEvent" => {
            let info = call.payload.get("transactionInfo");
            let state = info.and_then(|info| info.get("chargingState"));
            let state = state.and_then(Value::as_str).unwrap_or_default();
            let (event, trigger) = (member("eventType"), member("triggerReason"));
            alloc::format!("{event} {trigger} {state}")
        }
        "StatusNotification" => {
            alloc::format!("Status {} {}", member("connectorId"), member("status"))
        }
        "StopTransaction" => alloc::format!("StopTransaction {}", member("reason")),
        action => action.to_string(),
    }
}

/// A 1.6 CSMS that accepts everything: transactions get the ids 1001, 1002 …
pub fn friendly_v1_6() -> impl FnMut(&str, &Value) -> Answer {
    let mut transaction = 1000;
    move |action, _| {
        Answer::Respond(match action {
            "BootNotification" => {
                json!({"status": "Accepted", "currentTime": "now", "interval": 300})
            }
            "Heartbeat" => json!({"currentTime": "now"}),
            "Authorize" => json!({"idTagInfo": {"status": "Accepted"}}),
            "StartTransaction" => {
                transaction += 1;
                json!({"transactionId": transaction, "idTagInfo": {"status": "Accepted"}})
            }
            _ => json!({}),
        })
    }
}

/// A 2.0.1 CSMS that accepts everything.
pub fn friendly_v2_0_1() -> impl FnMut(&str, &Value) -> Answer {
    move |action, payload| {
        Answer::Respond(match action {
            "BootNotification" => {
                json!({"status": "Accepted", "currentTime": "now", "interval": 300})
            }
            "Heartbeat" => json!({"currentTime": "now"}),
            "Authorize" => json!({"idTokenInfo": {"status": "Accepted"}}),
            "TransactionEvent" if payload.get("idToken").is_some() => {
                json!({"idTokenInfo": {"status": "Accepted"}})
            }
            _ => json!({}),
        })
    }
}
