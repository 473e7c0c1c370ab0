//! The station that a virtual bench drives: that of `ocpp-core`, or one in a program of another language.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use ocpp_core::security::software::SoftwareVerifier;
use ocpp_core::station::{
    Input, Output, Provisioned, Record, Station, StationConfig, StationState,
};
use ocpp_core::time::{Instant, Now};
use serde_json::{Value, json};

/// The way to a program that holds a station, for example in another language: docs/interfaces.md has the lines.
pub trait Lines: fmt::Debug {
    /// Hands a line over and waits for the answer, a line too; both without the end of line.
    ///
    /// # Errors
    /// What went wrong, for people: the program has ended, for example.
    fn exchange(&mut self, line: &str) -> Result<String, String>;
}

/// A program that holds the station of a [`VirtualBench`](super::VirtualBench), one at a time. Copies mean the same program.
#[derive(Debug, Clone)]
pub struct Host(Rc<RefCell<Program>>);

#[derive(Debug)]
struct Program {
    lines: Box<dyn Lines>,
    /// What went wrong with it. Nothing is asked of it afterwards.
    broken: Option<String>,
}

impl Host {
    /// A program at the other end of these lines.
    #[must_use]
    pub fn new(lines: Box<dyn Lines>) -> Self {
        let broken = None;
        Self(Rc::new(RefCell::new(Program { lines, broken })))
    }

    /// What went wrong with the program: no verdict about the station is possible.
    #[must_use]
    pub fn broken(&self) -> Option<String> {
        self.0.borrow().broken.clone()
    }

    /// Asks for something; an error if the station refuses it, `Null` if the program does not answer as it should.
    fn ask(&self, fields: &[&str]) -> Result<Value, String> {
        let program = &mut *self.0.borrow_mut();
        if program.broken.is_some() {
            return Ok(Value::Null);
        }
        let line = fields.join("\t");
        let answered = program.lines.exchange(&line).and_then(|answer| {
            let (word, json) = answer.split_once('\t').unwrap_or_default();
            let value = serde_json::from_str::<Value>(json);
            match (word, value) {
                ("ok", Ok(value)) => Ok(Ok(value)),
                ("error", Ok(value)) => Ok(Err(value.to_string())),
                _ => Err(format!("that is no answer: {answer}")),
            }
        });
        match answered {
            Ok(answer) => answer,
            Err(why) => {
                program.broken = Some(format!("{why} (after {line})"));
                Ok(Value::Null)
            }
        }
    }

    /// Asks for what cannot be refused.
    fn demand(&self, fields: &[&str]) -> Value {
        self.ask(fields).unwrap_or_else(|why| {
            self.breaks(format!("{why} (after {})", fields.join("\t")));
            Value::Null
        })
    }

    fn breaks(&self, why: String) {
        self.0.borrow_mut().broken.get_or_insert(why);
    }
}

/// A station in a program.
#[derive(Debug)]
pub(super) struct Hosted(Host);

impl Hosted {
    fn handle(&self, now: Now, input: &Value) -> Result<Value, String> {
        let at = now.monotonic.as_millis().to_string();
        self.0.ask(&["handle", &at, &input.to_string()])
    }
}

impl Drop for Hosted {
    fn drop(&mut self) {
        self.0.demand(&["free"]);
    }
}

/// See the [module documentation](self).
#[derive(Debug)]
// There is one of them in a bench.
#[allow(clippy::large_enum_variant)]
pub(super) enum Driven {
    Here(Station),
    There(Hosted),
}

impl Driven {
    /// A station that starts with its records.
    pub(super) fn restore(
        host: Option<&Host>,
        config: StationConfig,
        records: impl Iterator<Item = Record>,
        provisioned: Option<&Provisioned>,
        now: Now,
    ) -> Result<Self, String> {
        let Some(host) = host else {
            let restored = Station::restore(config, records, now);
            let mut station = restored.map_err(|error| error.to_string())?;
            station.set_verifier(Box::new(SoftwareVerifier));
            if let Some(provisioned) = provisioned {
                station.provision(now, provisioned);
            }
            return Ok(Self::Here(station));
        };
        let text = |value: serde_json::Result<String>| value.map_err(|error| error.to_string());
        let config = text(serde_json::to_string(&config))?;
        let records: Vec<Record> = records.collect();
        let records = text(serde_json::to_string(&records))?;
        let at = now.monotonic.as_millis().to_string();
        host.ask(&["new", &at, &config, &records])?;
        let station = Hosted(host.clone());
        if let Some(provisioned) = provisioned {
            let own = provisioned.own.as_ref();
            let own = own.map(|(chain, key)| json!([chain, key.0]));
            let order = json!({"Provision": {"roots": provisioned.roots, "own": own}});
            station.handle(now, &order)?;
        }
        Ok(Self::There(station))
    }

    pub(super) fn handle(&mut self, now: Now, input: Input) {
        match self {
            Self::Here(station) => station.handle(now, input),
            Self::There(station) => {
                let done = serde_json::to_value(&input)
                    .map_err(|error| error.to_string())
                    .and_then(|input| station.handle(now, &input));
                if let Err(why) = done {
                    station.0.breaks(format!("{input:?} is refused: {why}"));
                }
            }
        }
    }

    pub(super) fn poll_output(&mut self) -> Option<Output> {
        match self {
            Self::Here(station) => station.poll_output(),
            Self::There(Hosted(host)) => match host.demand(&["poll_output"]) {
                Value::Null => None,
                output => match serde_json::from_value(output.clone()) {
                    Ok(output) => Some(output),
                    Err(error) => {
                        host.breaks(format!("{output} is no output: {error}"));
                        None
                    }
                },
            },
        }
    }

    /// In milliseconds.
    pub(super) fn next_timeout(&self) -> Option<u64> {
        match self {
            Self::Here(station) => station.next_timeout().map(Instant::as_millis),
            Self::There(Hosted(host)) => host.demand(&["next_timeout"]).as_u64(),
        }
    }

    pub(super) fn variable(&self, now: Now, key: &str) -> Option<String> {
        match self {
            Self::Here(station) => station.variable(key).map(ToOwned::to_owned),
            Self::There(station) => {
                let reply = station.handle(now, &json!({"GetVariable": {"key": key}}));
                reply.ok()?["value"].as_str().map(ToOwned::to_owned)
            }
        }
    }

    pub(super) fn set_variable(&mut self, now: Now, key: &str, value: &str) -> Result<(), String> {
        match self {
            Self::Here(station) => {
                let set = station.set_variable(now, key, value);
                set.map_err(|error| error.to_string())
            }
            Self::There(station) => {
                let order = json!({"SetVariable": {"key": key, "value": value}});
                station.handle(now, &order).map(drop)
            }
        }
    }

    /// `None` of a station in a program: nobody looks inside.
    pub(super) fn state(&self) -> Option<StationState> {
        match self {
            Self::Here(station) => Some(station.state()),
            Self::There(_) => None,
        }
    }
}
