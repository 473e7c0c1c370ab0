//! The station of `ocpp-core` in virtual time, with simulated hardware and storage that survives power cuts.

mod driven;
mod faults;
mod hardware;
mod heap;
mod life;
mod observed;
mod on_bench;
mod power;

use std::collections::{BTreeMap, BTreeSet};

use ocpp_core::security::software::SoftwareKeys;
use ocpp_core::station::{
    CableKind, CableState, ConnectorId, EvState, Input, Provisioned, StationConfig,
};
use ocpp_core::time::{Instant, Now};
use ocpp_types::DateTime;

use self::driven::Driven;
pub use self::driven::{Host, Lines};
use self::faults::End;
pub use self::faults::{LinkDirection, LinkFault};
use self::hardware::POWER;
pub use self::heap::HeapProbe;
pub use self::observed::Flow;
pub(crate) use self::on_bench::limit_of_ems;
use self::power::Hardware;
pub use self::power::{DriverFlaw, Part};
use super::{Bench, Connected, Endpoint, Event, Server, Trouble};
use crate::habit::{Custom, Habit};
use crate::mutation::{Change, Mutator};

/// 2024-05-15T12:00:00Z
const BEGIN: i64 = 1_715_774_400_000;
/// How long a restart takes, in milliseconds.
const RESTART: u64 = 2_000;
/// How long a transfer or an installation takes, in milliseconds.
const JOB: u64 = 5_000;
/// Wake-ups without time passing before the bench says that the station spins.
const MAX_WAKES: usize = 10_000;
/// The version of the firmware that is installed.
const NEW_VERSION: &str = "2.0.0";

type Keys = SoftwareKeys<Box<dyn FnMut(&mut [u8]) + Send>>;

/// The random numbers of a station whose runs are all the same.
fn random() -> impl FnMut(&mut [u8]) + Send {
    let mut counter = 100_u8;
    move |bytes| {
        counter = counter.wrapping_add(1);
        bytes.fill(counter);
    }
}

/// A station with its hardware, storage, network and clock, all simulated: the same calls give the same trace.
#[derive(Debug)]
pub struct VirtualBench {
    config: StationConfig,
    /// `None` while it is off.
    station: Option<Driven>,
    /// The program that the station is in, if it is not in this one.
    host: Option<Host>,
    stored: BTreeMap<String, String>,
    hardware: Hardware,
    charging: BTreeSet<ConnectorId>,
    /// In Wh: of the main meter, then of the EVSEs.
    registers: Vec<rust_decimal::Decimal>,
    locks_fail: bool,
    /// Of whom the application has data.
    customers: BTreeSet<String>,
    /// The EVSEs in whose parking bays a car stands.
    bays: BTreeSet<u32>,
    /// What an energy management system has said last of each EVSE, and says again to a station that has started.
    limited: BTreeMap<u32, Option<(u32, &'static str)>>,
    pub(super) connected: bool,
    pub(super) server: Server,
    /// That at the second address.
    pub(super) second: Server,
    /// How the station connected last.
    pub(super) last: Connected,
    /// How it had connected when the case began.
    pub(super) habit: Connected,
    keys: Keys,
    /// What the station left the factory with.
    factory: Option<Provisioned>,
    /// Whether what was downloaded last is firmware.
    firmware_is_good: bool,
    /// When an installation is over, and the new firmware starts.
    installed_at: Option<u64>,
    now: u64,
    /// When the station is on again.
    restart_at: Option<u64>,
    /// What happens to the station, and when.
    later: BTreeMap<(u64, u64), Input>,
    /// What reaches the lab, and when.
    events: BTreeMap<(u64, u64), Event>,
    counter: u64,
    uploads: Vec<String>,
    mutator: Option<Mutator>,
    /// What the station does in a way of its own.
    custom: Option<Custom>,
    /// Until when it makes no connection.
    away_until: u64,
    /// The mutation that begins with the case.
    change: Option<Change>,
    /// Outputs until the station ends, and how.
    fuse: Option<(usize, End)>,
    outputs: usize,
    /// What happens to a message, and after how many others.
    link_fault: Option<(LinkFault, usize)>,
    messages: usize,
    /// How many cuts and faults there were.
    mishaps: usize,
    /// When the CSMS can be reached again.
    outage_until: Option<u64>,
    /// When the CSMS answers again.
    mute_until: u64,
    /// Which way the open link delivers nothing.
    dead: Option<LinkDirection>,
    /// How often the open link is to be pinged, in seconds; 0 for never.
    ping_interval: u32,
    /// When the next ping is sent.
    next_ping: Option<u64>,
    /// Until when a pong must have come.
    pong_until: Option<u64>,
    /// The messages that the station has given up: action and payload.
    given_up: Vec<(String, String)>,
    flows: Vec<Flow>,
    probe: Option<Box<dyn HeapProbe>>,
    /// Whether the station knows the time.
    knows_time: bool,
    /// Whether the station is about to be started: it is told how the hardware lies.
    starting: bool,
    /// By how much the station's clock is ahead of the lab's, in milliseconds.
    clock_error: i64,
    /// When the power went.
    dark_since: Vec<DateTime>,
}

impl VirtualBench {
    /// A new station that is switched off.
    #[must_use]
    pub fn new(config: StationConfig) -> Self {
        let evses = config.evses.len();
        let connectors = config.connectors().map(|(at, _)| at);
        Self {
            hardware: Hardware::new(connectors),
            station: None,
            host: None,
            stored: BTreeMap::new(),
            charging: BTreeSet::new(),
            registers: vec![rust_decimal::Decimal::ONE_THOUSAND; evses + 1],
            locks_fail: false,
            customers: BTreeSet::new(),
            bays: BTreeSet::new(),
            limited: BTreeMap::new(),
            connected: false,
            server: Server::default(),
            second: Server {
                endpoint: Endpoint::Second,
                ..Server::default()
            },
            last: Connected::default(),
            habit: Connected::default(),
            keys: Keys::new(Box::new(random())),
            factory: None,
            firmware_is_good: true,
            installed_at: None,
            now: 0,
            restart_at: None,
            later: BTreeMap::new(),
            events: BTreeMap::new(),
            counter: 0,
            uploads: Vec::new(),
            mutator: None,
            custom: None,
            away_until: 0,
            change: None,
            fuse: None,
            outputs: 0,
            link_fault: None,
            messages: 0,
            mishaps: 0,
            outage_until: None,
            mute_until: 0,
            dead: None,
            ping_interval: 0,
            next_ping: None,
            pong_until: None,
            given_up: Vec::new(),
            flows: Vec::new(),
            probe: None,
            knows_time: false,
            starting: false,
            clock_error: 0,
            dark_since: Vec::new(),
            config,
        }
    }

    /// The station is in a program of another language: a new one that is switched off.
    #[must_use]
    pub fn hosted(config: StationConfig, host: Host) -> Self {
        let host = Some(host);
        Self {
            host,
            ..Self::new(config)
        }
    }

    /// An error if the program that holds the station is broken.
    fn host_works(&self) -> Result<(), Trouble> {
        match self.host.as_ref().and_then(Host::broken) {
            Some(why) => Err(Trouble::broken(why)),
            None => Ok(()),
        }
    }

    /// The station's clock is ahead of the lab's by so many milliseconds, or behind it.
    pub const fn set_clock_error(&mut self, millis: i64) {
        self.clock_error = millis;
    }

    /// A message as a station reads it whose clock is not quite right.
    fn by_its_clock(&self, text: String) -> String {
        if self.clock_error == 0 || !text.contains("currentTime") {
            return text;
        }
        let mut frame: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        let time = &mut frame[2]["currentTime"];
        if let Some(utc) = time.as_str().and_then(|text| text.parse::<DateTime>().ok()) {
            *time = utc
                .saturating_add_millis(self.clock_error)
                .to_string()
                .into();
        }
        frame.to_string()
    }

    /// The station has a habit.
    pub fn accustom(&mut self, habit: Habit) {
        self.custom = Some(Custom::new(habit));
    }

    fn time(&self) -> Now {
        Now {
            monotonic: Instant::from_millis(self.now),
            utc: None,
        }
    }

    const fn next_number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    pub(super) fn soon(&mut self, input: Input) {
        self.after(0, input);
    }

    pub(super) fn after(&mut self, millis: u64, input: Input) {
        let key = (self.now + millis, self.next_number());
        self.later.insert(key, input);
    }

    pub(super) fn report(&mut self, seconds: u32, event: Event) {
        let seconds = seconds + self.custom.as_ref().map_or(0, Custom::seconds);
        let key = (self.now + u64::from(seconds) * 1000, self.next_number());
        self.events.insert(key, event);
    }

    fn place(&self, connector: u32) -> Result<ConnectorId, Trouble> {
        let index = usize::try_from(connector).unwrap_or(usize::MAX);
        let found = index.checked_sub(1);
        let found = found.and_then(|index| self.config.connectors().nth(index));
        found
            .map(|(at, _)| at)
            .ok_or_else(|| Trouble::broken(format_args!("there is no connector {connector}")))
    }

    /// Something happens to the station, if it is on.
    fn input(&mut self, input: Input) {
        if self.station.is_some() {
            self.hand(input);
            self.drain();
        }
    }

    pub(super) const fn server(&self, endpoint: Endpoint) -> &Server {
        match endpoint {
            Endpoint::First => &self.server,
            Endpoint::Second => &self.second,
        }
    }

    /// Whether the CSMS can be reached at an address.
    pub(super) fn reachable(&self, endpoint: Endpoint) -> bool {
        self.server(endpoint).reachable && self.outage_until.is_none_or(|until| until <= self.now)
    }

    /// The car at the other end is seen at the same moment.
    fn cable(&mut self, connector: u32, state: CableState, ev: EvState) -> Result<(), Trouble> {
        let at = self.place(connector)?;
        if state == CableState::Unplugged && self.is_held(at) {
            let why = format!("the lock of connector {connector} holds the plug");
            return Err(Trouble::NotDone(why));
        }
        if let Some(power) = self.hardware.at.get_mut(&at) {
            power.cable = state;
            power.ev = ev;
        }
        if self.station.is_some() {
            self.hand(Input::Cable { at, state });
            self.hand(Input::Ev { at, state: ev });
            self.drain();
        }
        Ok(())
    }

    fn bay(&mut self, evse: u32, occupied: bool) {
        let token = None;
        self.input(Input::ParkingBay {
            evse,
            occupied,
            token,
        });
    }

    fn unplug_at_car(&mut self, connector: u32) -> Result<(), Trouble> {
        let at = self.place(connector)?;
        let kind = self.config.connectors().find(|(id, _)| *id == at);
        let detachable = kind.is_some_and(|(_, config)| config.cable == CableKind::Detachable);
        let state = if detachable {
            CableState::InSocket
        } else {
            CableState::Unplugged
        };
        self.cable(connector, state, EvState::default())
    }

    fn pass_to(&mut self, millis: u64) {
        let passed = i64::try_from(millis.saturating_sub(self.now)).unwrap_or(i64::MAX);
        self.now = self.now.max(millis);
        let energy = rust_decimal::Decimal::new(POWER.saturating_mul(passed), 0);
        let energy = energy / rust_decimal::Decimal::new(3_600_000, 0);
        for at in &self.charging {
            for register in [0, usize::try_from(at.evse).unwrap_or(usize::MAX)] {
                if let Some(register) = self.registers.get_mut(register) {
                    *register += energy;
                }
            }
        }
        for flow in self.flows.iter_mut().filter(|flow| flow.to.is_none()) {
            flow.energy += energy;
        }
    }

    fn wake_at(&self) -> Option<u64> {
        let station = self.station.as_ref().and_then(Driven::next_timeout);
        let later = self.later.first_key_value().map(|(key, _)| key.0);
        let event = self.events.first_key_value().map(|(key, _)| key.0);
        let order = self.hardware.next_order();
        let (restart, installed) = (self.restart_at, self.installed_at);
        let link = self.next_link_event();
        [station, later, event, restart, installed, order, link]
            .into_iter()
            .flatten()
            .min()
    }

    fn due_event(&mut self) -> Option<Event> {
        let entry = self.events.first_entry()?;
        (entry.key().0 <= self.now).then(|| entry.remove())
    }

    /// Does what is due now.
    fn wake(&mut self) -> Result<(), Trouble> {
        if self.installed_at.is_some_and(|at| at <= self.now) {
            self.config.firmware_version = Some(NEW_VERSION.to_owned());
            self.switch_off();
            self.restart_at = Some(self.now + RESTART);
        }
        if self.restart_at.is_some_and(|at| at <= self.now) {
            self.start_program()?;
        }
        self.keep_alive();
        self.input(Input::TimePassed);
        self.drain();
        Ok(())
    }
}
