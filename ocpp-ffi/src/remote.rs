//! A station as its CSMS sees it, with inputs and outputs that are JSON.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use ocpp_core::csms::ledger::{self, RecordChange};
use ocpp_core::csms::remote::{self, Input, Output};
use ocpp_core::csms::{BootInfo, Connector, Registration};
use ocpp_core::session::Decoding;
use ocpp_core::time::Instant;
use ocpp_types::{DateTime, Version};
use serde::{Deserialize, Serialize};

use crate::read::{names_one_of, read, read_closed};
use crate::station::{NULL, json};
use crate::{Error, Time};

/// One station, connected or not, as its CSMS sees it (`ocpp_core::csms::RemoteStation`).
#[derive(Debug)]
pub struct RemoteStation {
    station: Box<remote::RemoteStation>,
    /// The output that was polled last, until it is answered: for the safe negative answer, and for a fleet.
    polled: Option<Output>,
}

/// Which station it is, and how it is treated.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Config {
    /// Its identity: the last part of the path that it connects to.
    identity: String,
    /// A random number, another one at each start: it makes message ids and salts.
    seed: u64,
    /// The heartbeat interval in seconds: 300.
    interval: Option<u32>,
    /// Whether messages with known mistakes are repaired: no.
    lenient: Option<bool>,
    /// How many seconds the station may take to answer a call: 30.
    call_timeout: Option<u32>,
    /// How many seconds each part of a report may take: 120.
    report_timeout: Option<u32>,
    /// Whether the cost of each ended transaction is asked for: no.
    asks_cost: Option<bool>,
    /// Whether the cost of a transaction is asked for while it runs too: no.
    asks_running_cost: Option<bool>,
    /// How many commands may wait or be under way: 64.
    max_commands: Option<u32>,
    /// How many items a request has whose limit the station has not told: 1.
    items_per_message: Option<u32>,
}

/// What a CSMS can ask of the value besides its inputs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) enum Order {
    /// The safe negative answer to the output that was polled last; nothing if that one asks nothing.
    Decline,
    /// Which of the station's passwords these bytes are, for the door. The reply is `{"shown": "Current"}`, `{"Next": 2}` or `null`; hand it
    /// in with `Connected`.
    ShowPassword(Vec<u8>),
    /// What is kept of a transaction, by its number. The reply is `{"transaction": …}`, with `null` if there is none.
    GetTransaction(u64),
    /// What can be billed of a transaction, by its number; of one that runs, what could be billed now. The reply is
    /// `{"bill": …}`, with `null` if there is no such transaction.
    GetBill(u64),
}

impl Order {
    fn is_meant_by(input: &str) -> bool {
        const NAMES: [&str; 4] = ["Decline", "ShowPassword", "GetTransaction", "GetBill"];
        names_one_of(input, &NAMES)
    }
}

/// Answers with a value, as JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Reply<'a> {
    Shown(Option<remote::Shown>),
    Transaction(Option<&'a ledger::Transaction>),
    Bill(Option<Box<ledger::Bill>>),
}

/// What is known of a station.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct State<'a> {
    /// Its identity.
    identity: &'a str,
    /// The version of its connection; `null` without one.
    version: Option<Version>,
    /// What it was told when it booted last; `null` if it never did.
    registration: Option<Registration>,
    /// What it told when it booted last.
    info: Option<&'a BootInfo>,
    /// Its connectors, as it reported them.
    connectors: &'a [Connector],
    /// The last status that it reported of lengthy operations, by action.
    progress: alloc::collections::BTreeMap<&'a str, &'a str>,
    /// When its last message came; not stored.
    last_seen: Option<DateTime>,
    /// Whether it has a password.
    has_password: bool,
    /// The numbers of its transactions that have not ended.
    open: Vec<u64>,
}

impl RemoteStation {
    /// A station as its records describe it. `config` is a JSON object with at least `identity` and `seed`; `records` is a JSON array
    /// of the records (`{"key", "record"}`) that are stored, empty for a new station.
    ///
    /// # Errors
    /// When the configuration or a record cannot be read.
    pub fn new(config: &str, records: &str) -> Result<Self, Error> {
        let config: Config = read_closed(config)?;
        let mut limits = remote::Config::default();
        if let Some(interval) = config.interval {
            limits.interval = interval.into();
        }
        if config.lenient == Some(true) {
            limits.decoding = Decoding::Lenient;
        }
        let seconds = |to: &mut Duration, from: Option<u32>| {
            if let Some(from) = from {
                *to = Duration::from_secs(from.into());
            }
        };
        seconds(&mut limits.call_timeout, config.call_timeout);
        seconds(&mut limits.report_timeout, config.report_timeout);
        limits.asks_cost = config.asks_cost.unwrap_or(limits.asks_cost);
        let running = config.asks_running_cost;
        limits.asks_running_cost = running.unwrap_or(limits.asks_running_cost);
        let number = |to: &mut usize, from: Option<u32>| {
            if let Some(from) = from {
                *to = usize::try_from(from).unwrap_or(usize::MAX);
            }
        };
        number(&mut limits.max_commands, config.max_commands);
        number(&mut limits.items_per_message, config.items_per_message);
        let mut station = remote::RemoteStation::new(&config.identity, limits, config.seed);
        let records: Vec<RecordChange> = match records.trim() {
            "" => Vec::new(),
            records => read(records)?,
        };
        let records = records
            .iter()
            .filter_map(|one| one.record.as_deref().map(|record| (&*one.key, record)));
        station
            .restore(records)
            .map_err(|broken| Error::new(&format!("record {}: {}", broken.key, broken.reason)))?;
        Ok(Self {
            station: Box::new(station),
            polled: None,
        })
    }

    /// Takes an input. Poll the outputs afterwards. Gives the reply, JSON: `null` for everything but questions.
    ///
    /// # Errors
    /// When the input cannot be read. Nothing has changed then.
    pub fn handle(&mut self, now: Time, input: &str) -> Result<String, Error> {
        if !Order::is_meant_by(input) {
            self.station.handle(now.into(), read(input)?);
            return Ok(NULL.into());
        }
        let ledger = self.station.ledger();
        Ok(match read(input)? {
            Order::Decline => {
                if let Some(answer) = self.polled.take().and_then(|output| output.declined()) {
                    self.station.handle(now.into(), answer);
                }
                NULL.into()
            }
            Order::ShowPassword(password) => json(&Reply::Shown(self.station.shown(&password))),
            Order::GetTransaction(number) => json(&Reply::Transaction(ledger.transaction(number))),
            Order::GetBill(number) => {
                let bill = ledger.transaction(number).map(|one| Box::new(one.bill()));
                json(&Reply::Bill(bill))
            }
        })
    }

    pub(crate) fn station(&self) -> &remote::RemoteStation {
        &self.station
    }

    /// The output that was polled last and was not answered.
    pub(crate) const fn polled(&self) -> Option<&Output> {
        self.polled.as_ref()
    }

    /// The output that was polled last has been answered.
    pub(crate) fn answered(&mut self, now: Time, answer: Input) {
        self.polled = None;
        self.station.handle(now.into(), answer);
    }

    /// The next output, JSON. `None` when there is nothing more for now. Polling on after `Store` says that it is stored.
    pub fn poll_output(&mut self) -> Option<String> {
        let output = self.station.poll_output()?;
        let text = json(&output);
        self.polled = Some(output);
        Some(text)
    }

    /// When to come back with `"TimePassed"` at the latest, in monotonic milliseconds; `None` when nothing is waited for.
    #[must_use]
    pub fn next_timeout(&self) -> Option<u64> {
        self.station.next_timeout().map(Instant::as_millis)
    }

    /// A look inside, JSON.
    #[must_use]
    pub fn state(&self) -> String {
        let station = &self.station;
        json(&State {
            identity: station.identity(),
            version: station.version(),
            registration: station.registration(),
            info: station.info(),
            connectors: station.connectors(),
            progress: station.progress().collect(),
            last_seen: station.last_seen(),
            has_password: station.has_password(),
            open: station.ledger().open().map(|one| one.reference).collect(),
        })
    }
}
