//! A station in virtual time, with simulated hardware, storage that survives power cuts, and a scripted CSMS.

mod csms;
mod disk;
mod hardware;

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use ocpp_types::Version;
use serde_json::Value;

pub use self::csms::{Answer, Answered, Call, friendly, friendly_v1_6, friendly_v2_0_1};
pub use self::hardware::Outlet;
use super::demands::Sight;
use crate::security::CertificateVerifier;
use crate::station::{
    CableState, Connection, ConnectorId, EvState, FaultCode, Input, JobEvent, Output, Record,
    Station, StationConfig, Token, VariableError,
};
use crate::time::{DateTime, Instant, Now};

type Script = Box<dyn FnMut(&str, &Value) -> Answer>;
type World = Box<dyn FnMut(&Output) -> Option<Vec<Input>>>;
type MakeVerifier = fn() -> Box<dyn CertificateVerifier + Send + Sync>;

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
    /// The version of OCPP that the CSMS chooses, if it is offered; `None` for the one that the station speaks.
    pub csms_version: Option<Version>,
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
    /// The locks that are closed.
    locked: BTreeSet<ConnectorId>,
    /// The faults that there are; `None` for the whole station.
    faults: BTreeMap<Option<ConnectorId>, FaultCode>,
    power_fails: bool,
    /// How often the station has started.
    starts: usize,
    /// The station is about to be started: it is told how cables lie.
    starting: bool,
    /// What was seen, if somebody looks.
    sights: Option<Vec<Sight>>,
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
            csms_version: None,
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
            locked: BTreeSet::new(),
            faults: BTreeMap::new(),
            power_fails: false,
            starts: 0,
            starting: true,
            sights: None,
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
        self.starting = false;
        self.input(Input::Start);
    }

    /// Something happens to the station.
    pub fn input(&mut self, input: Input) {
        self.note(&input);
        let now = self.time();
        self.station.handle(now, input);
        self.drain();
        self.look(None);
    }

    /// The owner sets a variable.
    ///
    /// # Errors
    /// Those of [`Station::set_variable`].
    pub fn set_variable(&mut self, key: &str, value: &str) -> Result<(), VariableError> {
        let now = self.time();
        self.station.set_variable(now, key, value)?;
        self.drain();
        Ok(())
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
    ///
    /// # Panics
    /// When the station wants to be woken again and again at the same moment.
    pub fn run(&mut self, seconds: u64) {
        let end = self.now + seconds * 1000;
        let (mut wakes, mut since) = (0, self.now);
        loop {
            let wake = self.station.next_timeout().map(Instant::as_millis);
            let arrival = self.later.iter().map(|(at, _)| *at);
            let next = arrival.chain(wake).filter(|next| *next <= end).min();
            let Some(next) = next else {
                break;
            };
            self.pass_to(next.max(self.now));
            wakes = if since == self.now { wakes + 1 } else { 0 };
            since = self.now;
            assert!(
                wakes < 10_000,
                "the station spins: it is to be woken at {wake:?}"
            );
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
        self.faults.clear();
        self.power_fails = false;
        self.starting = true;
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
        self.starts += 1;
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
}
