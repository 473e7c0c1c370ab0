//! Carries out what the station wants, and tells it what happens. One EVSE with a fixed cable; meter and contactor are simulated.

use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::ToString as _;
use alloc::vec;
use alloc::vec::Vec;

use ocpp_core::Version;
use ocpp_core::station::{
    CableState, ConnectorId, EvState, Input, InvalidConfig, Measured, Output, Reading, Record,
    Station, StationConfig, Token,
};
use ocpp_core::time::{DateTime, Instant, Now};
use rust_decimal::Decimal;

use crate::board::{Cells, heap, milliseconds, reset};
use crate::lines::Lines;
use crate::records::{Records, StoreFailed};

/// The only connector.
const AT: ConnectorId = ConnectorId::new(1, 1);
/// What the simulated car takes, in watts: at three phases of 16 A.
const POWER: i32 = 11_040;
/// How long to wait before the flash is tried again, in milliseconds.
const RETRY: u64 = 10_000;

/// A station and its hardware.
pub struct Charger {
    /// To the bridge, and so to the CSMS.
    pub link: Lines,
    station: Station,
    records: Records,
    meter: Meter,
    /// UTC in milliseconds at the start of the program, once the CSMS has told the time.
    started_at: Option<i64>,
    /// What has happened meanwhile.
    inputs: VecDeque<Input>,
    /// When to try the flash again after it has failed.
    retry_storage: Option<u64>,
}

impl Charger {
    pub fn new(
        link: Lines,
        records: Records,
        cells: Cells,
        stored: Vec<Record>,
    ) -> Result<Self, InvalidConfig> {
        let mut config = StationConfig::new(Version::V1_6, "Example", "Microcontroller", 1);
        config.firmware_version = Some(env!("CARGO_PKG_VERSION").to_string());
        // Nothing here fetches or sends files, or speaks TLS.
        config.features.firmware = false;
        config.features.security = false;
        // Message ids must not repeat those of the start before.
        config.seed = (u64::from(cells.boots()) << 1) | 1;
        let now = Now {
            monotonic: Instant::from_millis(milliseconds()),
            utc: None,
        };
        Ok(Self {
            link,
            station: Station::restore(config, stored, now)?,
            records,
            meter: Meter {
                cells,
                closed: false,
                counted: milliseconds(),
                rest: 0,
            },
            started_at: None,
            inputs: VecDeque::new(),
            retry_storage: None,
        })
    }

    /// Connects and registers.
    pub fn begin(&mut self, panel: &mut Lines) {
        self.happens(Input::Start, panel);
    }

    /// A line of the bridge: a message, or what has become of the connection.
    pub fn linked(&mut self, line: &str, panel: &mut Lines) {
        let input = match line {
            "connected" => Input::Connected {
                version: Version::V1_6,
            },
            "disconnected" => Input::Disconnected,
            "alive" => Input::LinkAlive,
            message => Input::Received(message.into()),
        };
        self.happens(input, panel);
    }

    /// A line of the panel: what a driver and a car do.
    pub fn ordered(&mut self, line: &str, panel: &mut Lines) {
        match line.split_once(' ').unwrap_or((line, "")) {
            ("plug", _) => {
                let state = CableState::Connected;
                self.happens(Input::Cable { at: AT, state }, panel);
                let state = EvState::Ready;
                self.happens(Input::Ev { at: AT, state }, panel);
            }
            ("unplug", _) => {
                let state = CableState::Unplugged;
                self.happens(Input::Cable { at: AT, state }, panel);
            }
            ("token", id) => {
                let token = Token::new(id);
                self.happens(Input::TokenPresented { evse: None, token }, panel);
            }
            ("heap", _) => {
                let (used, all) = heap();
                panel.send(&format!("heap {used} of {all}"));
            }
            ("panic", _) => panic!("as the panel wishes"),
            _ => panel.send("plug, unplug, token ID, heap, panic"),
        }
    }

    /// Some time has passed: the meter counts, and the station may wait for just this moment.
    pub fn time_passes(&mut self, panel: &mut Lines) {
        let now = milliseconds();
        self.meter.count(now);
        if self.retry_storage.is_some_and(|at| at <= now) {
            self.retry_storage = self.try_storage().err().map(|_| now + RETRY);
            if self.retry_storage.is_none() {
                self.happens(Input::StorageRestored, panel);
            }
        }
        let timeout = self.station.next_timeout();
        if timeout.is_some_and(|at| at.as_millis() <= now) {
            self.happens(Input::TimePassed, panel);
        }
    }

    fn try_storage(&mut self) -> Result<(), StoreFailed> {
        let probe = Record {
            key: "probe/storage".into(),
            value: "0".into(),
        };
        self.records.store(&probe)?;
        self.records.remove(&probe.key)
    }

    fn now(&self) -> Now {
        let monotonic = milliseconds();
        let utc = self
            .started_at
            .and_then(|at| DateTime::from_unix_millis(at + monotonic as i64));
        Now {
            monotonic: Instant::from_millis(monotonic),
            utc,
        }
    }

    /// Tells the station, and carries out all that follows.
    fn happens(&mut self, input: Input, panel: &mut Lines) {
        self.inputs.push_back(input);
        while let Some(input) = self.inputs.pop_front() {
            self.station.handle(self.now(), input);
            while let Some(output) = self.station.poll_output() {
                if self.carry_out(&output, panel).is_err() {
                    panel.send("the flash takes no records");
                    let mut undone = vec![output];
                    undone.extend(core::iter::from_fn(|| self.station.poll_output()));
                    self.inputs.push_front(Input::StorageFailed { undone });
                    self.retry_storage = Some(milliseconds() + RETRY);
                }
            }
        }
    }

    fn carry_out(&mut self, output: &Output, panel: &mut Lines) -> Result<(), StoreFailed> {
        match output {
            Output::Store(record) => self.records.store(record)?,
            Output::Remove(key) => self.records.remove(key)?,
            Output::Transmit(message) => self.link.send(message),
            Output::Connect(_) => self.link.send("connect ocpp1.6"),
            Output::Disconnect => self.link.send("disconnect"),
            Output::PingInterval(seconds) => self.link.send(&format!("ping-interval {seconds}")),
            Output::Ping => self.link.send("ping"),
            Output::Contactor { closed, .. } => {
                self.meter.count(milliseconds());
                self.meter.closed = *closed;
                panel.send(if *closed {
                    "contactor closed"
                } else {
                    "contactor open"
                });
            }
            Output::ReadMeter(evse) => {
                self.meter.count(milliseconds());
                let (evse, reading) = (*evse, self.meter.reading());
                self.inputs.push_back(Input::Meter { evse, reading });
            }
            Output::SetClock(time) => {
                self.started_at = Some(time.unix_millis() - milliseconds() as i64);
            }
            Output::Reboot { .. } => {
                panel.send("restarts");
                reset();
            }
            Output::TokenDecided { token, status, .. } => {
                panel.send(&format!("token {}: {status:?}", token.id));
            }
            Output::Transaction { news, .. } => panel.send(&format!("transaction: {news:?}")),
            Output::Unreadable(record) => panel.send(&format!("{record:?}")),
            // What this board cannot do, for example transfer files.
            other => self.inputs.extend(other.declined()),
        }
        Ok(())
    }
}

/// The meter and what it measures: a car that takes all it can get.
struct Meter {
    /// Its register.
    cells: Cells,
    /// Whether the contactor lets energy flow.
    closed: bool,
    /// Until when it has counted.
    counted: u64,
    /// What is less than a tenth of a Wh, in watt-milliseconds.
    rest: u64,
}

impl Meter {
    fn count(&mut self, now: u64) {
        let passed = now - core::mem::replace(&mut self.counted, now);
        if self.closed {
            const TENTH: u64 = 360_000;
            self.rest += passed * POWER as u64;
            self.cells.count((self.rest / TENTH) as u32);
            self.rest %= TENTH;
        }
    }

    fn reading(&self) -> Reading {
        let power = if self.closed { POWER } else { 0 };
        Reading::energy(Decimal::new(self.cells.energy().into(), 1)).and(Measured::new(
            "Power.Active.Import",
            "W",
            power,
        ))
    }
}
