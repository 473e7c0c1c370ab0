//! What the CSMS was told about transactions, and whether it adds up.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::bench::VirtualBench;

/// A transaction as its start describes it: connector, idTag, meter and time. A repetition is the same.
type Start = (i64, String, i64, String);

/// The books of a CSMS. It gives each StartTransaction an id of its own, also a repetition.
#[derive(Debug, Default)]
pub struct Books {
    last_id: i64,
    /// The ids that a transaction was given.
    starts: BTreeMap<Start, BTreeSet<i64>>,
    /// What was reported about the end of the transaction with an id.
    stops: BTreeMap<i64, BTreeSet<(i64, String, String)>>,
    /// Time and energy of the meter values of the transaction with an id.
    values: BTreeMap<i64, BTreeMap<String, BTreeSet<String>>>,
    errors: Vec<String>,
}

impl Books {
    pub(super) const fn next_id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id + 1_000
    }

    pub(super) fn enter(&mut self, action: &str, payload: &Value, answer: &Value) {
        let text = |member: &str| payload[member].as_str().unwrap_or_default().to_owned();
        let number = |member: &str| payload[member].as_i64().unwrap_or_default();
        match action {
            "StartTransaction" => {
                let start = (
                    number("connectorId"),
                    text("idTag"),
                    number("meterStart"),
                    text("timestamp"),
                );
                let id = answer["transactionId"].as_i64().unwrap_or_default();
                self.starts.entry(start).or_default().insert(id);
            }
            "StopTransaction" => {
                let stop = (number("meterStop"), text("timestamp"), text("reason"));
                self.stops
                    .entry(number("transactionId"))
                    .or_default()
                    .insert(stop);
            }
            "MeterValues" if payload.get("transactionId").is_some() => {
                let of = self.values.entry(number("transactionId")).or_default();
                for value in payload["meterValue"].as_array().into_iter().flatten() {
                    let time = value["timestamp"].as_str().unwrap_or_default().to_owned();
                    let energy = energy(value);
                    of.entry(time).or_default().extend(energy);
                }
            }
            _ => {}
        }
    }

    /// Compares the books with what the station has stored, and with themselves.
    pub(super) fn close(&mut self, bench: &VirtualBench) {
        match bench.queued() {
            Some(0) => {}
            queued => self
                .errors
                .push(format!("{queued:?} messages are left over")),
        }
        let is_left = |key: &&String| key.starts_with("transaction") || key.starts_with("queue/");
        let left: Vec<_> = bench.stored().keys().filter(is_left).cloned().collect();
        if !left.is_empty() {
            self.errors.push(format!("records are left over: {left:?}"));
        }
        for (connector, started) in bench.begun() {
            let (connector, started) = (i64::from(*connector), started.as_str());
            let told = |start: &Start| start.0 == connector && start.3 == started;
            if !self.starts.keys().any(told) {
                let words = format!("the transaction at {connector} of {started} is lost");
                self.errors.push(words);
            }
        }
        let starts = self.starts.clone();
        let mut known = BTreeSet::new();
        for (start, ids) in &starts {
            self.check_transaction(start, ids);
            known.extend(ids.iter().copied());
        }
        for id in self.stops.keys().filter(|id| !known.contains(id)) {
            let words = format!("the end of transaction {id}, which never began");
            self.errors.push(words);
        }
        let places: BTreeSet<_> = starts.keys().map(|start| (start.0, &start.3)).collect();
        if places.len() != starts.len() {
            let words = format!("a transaction began with different data: {starts:?}");
            self.errors.push(words);
        }
    }

    fn check_transaction(&mut self, start: &Start, ids: &BTreeSet<i64>) {
        let stops = ids.iter().filter_map(|id| self.stops.get(id)).flatten();
        let stops: BTreeSet<_> = stops.collect();
        let mut errors = Vec::new();
        if stops.len() != 1 {
            errors.push(format!("{start:?} has the ends {stops:?}"));
        }
        let mut last = f64::from(i32::try_from(start.2).unwrap_or_default());
        let mut values: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
        let all = ids.iter().filter_map(|id| self.values.get(id)).flatten();
        for (time, energy) in all {
            values.entry(time).or_default().extend(energy);
        }
        for (time, energies) in values {
            if energies.len() > 1 {
                errors.push(format!("{start:?} had {energies:?} at {time}"));
            }
            for energy in energies {
                let energy = energy.parse().unwrap_or(f64::MIN);
                // A register in whole Wh at the start may be rounded up by less than one.
                if energy + 1.0 < last {
                    errors.push(format!("{start:?}: {energy} Wh after {last} Wh at {time}"));
                }
                last = last.max(energy);
            }
        }
        if let Some((meter, ..)) = stops.first() {
            let meter = f64::from(i32::try_from(*meter).unwrap_or_default());
            if meter + 1.0 < last {
                errors.push(format!("{start:?}: {meter} Wh at the end after {last} Wh"));
            }
        }
        self.errors.extend(errors);
    }

    /// What does not add up.
    #[must_use]
    pub fn errors(self) -> Vec<String> {
        self.errors
    }

    /// How many transactions there were.
    #[must_use]
    pub fn transactions(&self) -> usize {
        self.starts.len()
    }
}

/// The energy register of a meter value.
fn energy(value: &Value) -> Option<String> {
    let mut sampled = value["sampledValue"].as_array()?.iter();
    let register = sampled.find(|value| {
        value
            .get("measurand")
            .is_none_or(|name| name == "Energy.Active.Import.Register")
    })?;
    register["value"].as_str().map(ToOwned::to_owned)
}
