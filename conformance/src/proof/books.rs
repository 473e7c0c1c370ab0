//! What the CSMS was told about transactions, and whether it adds up.

use std::collections::{BTreeMap, BTreeSet};

use ocpp_core::station::{GivenUp, Registration};
use ocpp_core::testing::demands::Demands;
use ocpp_types::DateTime;
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::Value;

use crate::bench::{Flow, VirtualBench};

/// How far a meter in whole Wh, rounded to the nearest, may be from the register.
const ROUNDING: f64 = 0.5;
/// How long before a power cut without warning the end of its transaction may seem to be, in milliseconds: the station stores
/// the time of a transaction once a minute, and with what was sent. The energy until then is told all the same.
const FORGOTTEN: i64 = 61_000;

/// A transaction as the CSMS knows it.
#[derive(Debug, Default)]
struct Told {
    /// The ids that it was given: one for each time that its start was reported.
    ids: BTreeSet<i64>,
    /// What was said about its end, without the id.
    stops: BTreeSet<String>,
    /// Time and energy of its meter values, in the order in which they came for the first time.
    values: Vec<(String, f64)>,
    /// The messages with meter values that have come, without the id.
    messages: BTreeSet<String>,
}

/// The books of a CSMS. It gives each StartTransaction an id of its own, also a repetition.
#[derive(Debug, Default)]
pub struct Books {
    last_id: i64,
    /// By the whole payload of the start. A repetition is the same.
    transactions: BTreeMap<String, Told>,
    /// In the order in which they began to be told.
    order: Vec<String>,
    /// How often a message has come, answered or not, without the id.
    came: BTreeMap<String, usize>,
    /// The messages about beginnings and ends that were given up.
    lost: Vec<String>,
    /// The actions of all messages that were given up, and how often each message had come by then.
    given_up: Vec<(String, usize)>,
    errors: Vec<String>,
}

/// The id of a transaction whose start was given up (erratum 3.18).
const NO_ID: i64 = -1;

fn parsed(payload: &str) -> Value {
    serde_json::from_str(payload).unwrap_or_default()
}

/// A message without the id of its transaction, which it is given when it is sent.
fn described(action: &str, payload: &Value) -> String {
    format!("{action} {}", without_id(payload))
}

fn time(value: &Value) -> Option<DateTime> {
    value["timestamp"].as_str()?.parse().ok()
}

/// A payload without the transaction id, which a repetition may have another of.
fn without_id(payload: &Value) -> String {
    let mut payload = payload.clone();
    if let Some(members) = payload.as_object_mut() {
        members.remove("transactionId");
    }
    payload.to_string()
}

impl Books {
    pub(super) const fn next_id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id + 1_000
    }

    /// The id that the station may know for a transaction, by its place in the order of their beginning.
    pub(super) fn latest_id(&self, place: usize) -> Option<i64> {
        let told = self.transactions.get(self.order.get(place)?)?;
        told.ids.last().copied()
    }

    pub(super) fn enter(&mut self, action: &str, payload: &Value, answer: &Value) {
        // The answer may be lost.
        self.came(action, payload);
        match action {
            "StartTransaction" => {
                let start = payload.to_string();
                if !self.transactions.contains_key(&start) {
                    self.order.push(start.clone());
                }
                let id = answer["transactionId"].as_i64().unwrap_or_default();
                self.transactions.entry(start).or_default().ids.insert(id);
            }
            "StopTransaction" => {
                let Some(told) = self.find(action, payload) else {
                    return;
                };
                told.stops.insert(without_id(payload));
                let data = payload["transactionData"].as_array();
                // What is told once more at the end was told in order before, or is checked among itself.
                let mut data: Vec<_> = data.into_iter().flatten().filter_map(reading).collect();
                let sorted = data.is_sorted_by(|a, b| a.1 <= b.1 + ROUNDING);
                data.truncate(40);
                if !sorted {
                    let words = format!("transactionData runs backwards: {data:?}");
                    self.errors.push(words);
                }
            }
            "MeterValues" if payload.get("transactionId").is_some() => {
                let Some(told) = self.find(action, payload) else {
                    return;
                };
                if !told.messages.insert(without_id(payload)) {
                    return;
                }
                if !told.stops.is_empty() {
                    let words = format!("meter values after the end: {payload}");
                    self.errors.push(words);
                    return;
                }
                let values = payload["meterValue"].as_array();
                told.values
                    .extend(values.into_iter().flatten().filter_map(reading));
            }
            _ => {}
        }
    }

    /// A message came, perhaps to a CSMS that answers nothing.
    pub(super) fn came(&mut self, action: &str, payload: &Value) {
        *self.came.entry(described(action, payload)).or_default() += 1;
    }

    /// The station has given a message up, and says so: that counts as told to its operator. It may do so only after it has
    /// sent it as often as it is configured to, over a link that lived.
    pub(super) fn given_up(&mut self, action: &str, payload: &str, attempts: usize) {
        let payload = parsed(payload);
        let came = self.came.get(&described(action, &payload)).copied();
        self.given_up
            .push((action.to_owned(), came.unwrap_or_default()));
        if came.unwrap_or_default() < attempts {
            let words = format!("{action} was given up after {came:?} of {attempts}: {payload}");
            self.errors.push(words);
        }
        if ["StartTransaction", "StopTransaction"].contains(&action) {
            self.lost.push(described(action, &payload));
        }
        match action {
            "StartTransaction" => {
                let start = payload.to_string();
                if !self.transactions.contains_key(&start) {
                    self.order.push(start.clone());
                }
                let told = self.transactions.entry(start).or_default();
                told.ids.insert(NO_ID);
            }
            "StopTransaction" => {
                // It is given its id when it is sent.
                let latest = self.order.iter().rev();
                let mut open = latest.filter(|start| self.transactions[*start].stops.is_empty());
                let began = |start: &&String| {
                    let start: Value = serde_json::from_str(start).unwrap_or_default();
                    time(&start) <= time(&payload)
                };
                if let Some(start) = open.find(began).cloned() {
                    let told = self.transactions.entry(start).or_default();
                    told.stops.insert(without_id(&payload));
                }
            }
            _ => {}
        }
    }

    fn find(&mut self, action: &str, payload: &Value) -> Option<&mut Told> {
        let id = payload["transactionId"].as_i64();
        let id = id.unwrap_or_default();
        let latest = self.order.iter().rev();
        let mut known = latest.filter(|start| self.transactions[*start].ids.contains(&id));
        let Some(key) = known.next().cloned() else {
            let words = format!("{action} of transaction {id}, which never began: {payload}");
            self.errors.push(words);
            return None;
        };
        self.transactions.get_mut(&key)
    }

    /// Compares the books with what has flowed and what the station has left, and with themselves.
    pub(super) fn close(&mut self, bench: &VirtualBench, demands: &Demands) {
        self.check_station(bench);
        self.errors.extend(demands.errors().iter().cloned());
        let is_left = |key: &&String| key.starts_with("transaction") || key.starts_with("queue/");
        let left: Vec<_> = bench.stored().keys().filter(is_left).cloned().collect();
        if !left.is_empty() {
            self.errors.push(format!("records are left over: {left:?}"));
        }
        let mut errors = Vec::new();
        // Connector: from when to when, and the register then.
        let mut spans: BTreeMap<i64, Vec<Span>> = BTreeMap::new();
        for start in &self.order {
            let payload: Value = serde_json::from_str(start).unwrap_or_default();
            let told = &self.transactions[start];
            match told.check(&payload) {
                Ok(span) => {
                    let connector = payload["connectorId"].as_i64().unwrap_or_default();
                    spans.entry(connector).or_default().push(span);
                }
                Err(found) => errors.extend(found),
            }
        }
        for (connector, spans) in &mut spans {
            spans.sort_by_key(|span| span.from);
            for pair in spans.windows(2) {
                let [before, after] = pair else { continue };
                if after.from < before.to || after.meter_start + ROUNDING < before.meter_stop {
                    let words = format!("at connector {connector} {after:?} follows {before:?}");
                    errors.push(words);
                }
            }
        }
        for flow in bench.flows() {
            let of = spans.get(&i64::from(flow.connector));
            let to = flow.to.unwrap_or(flow.from);
            // In a power cut without warning the last minute may be forgotten, but not its energy.
            let forgotten = bench.was_dark_within(to, FORGOTTEN);
            let grace = if forgotten { FORGOTTEN } else { 0 };
            // A station that does not know the time says the last one that it knew.
            let ends = |span: &Span| flow.timeless || to <= span.to.saturating_add_millis(grace);
            let covers = |span: &Span| span.from <= flow.from && ends(span);
            if !of.is_some_and(|spans| spans.iter().any(covers)) {
                errors.push(format!("energy that nobody was told of: {flow:?}"));
            }
        }
        for (connector, spans) in &spans {
            errors.extend(check_energy(*connector, spans, bench.flows()));
        }
        self.errors.append(&mut errors);
    }

    /// Notes what is wrong.
    pub(super) fn complain(&mut self, words: String) {
        self.errors.push(words);
    }

    /// Whether the station can be used again.
    fn check_station(&mut self, bench: &VirtualBench) {
        let Some(state) = bench.state() else {
            return self.errors.push("the station is off".to_owned());
        };
        if !state.connected || state.registration != Some(Registration::Accepted) {
            let words = format!("the station has not come back: {state:?}");
            self.errors.push(words);
        }
        for lost in &self.lost {
            let listed = |given_up: &GivenUp| {
                described(&given_up.action, &parsed(&given_up.payload)) == *lost
            };
            if !state.given_up.iter().any(listed) {
                self.errors
                    .push(format!("given up, and not in the list: {lost}"));
            }
        }
        if state.queued > 0 {
            let words = format!("{} messages are left over", state.queued);
            self.errors.push(words);
        }
        for connector in &state.connectors {
            let idle = ["Available", "Unavailable", "Reserved"].contains(&connector.status);
            if !idle || connector.authorized || connector.transaction_id.is_some() {
                self.errors
                    .push(format!("a connector is stuck: {connector:?}"));
            }
        }
    }

    /// What does not add up.
    #[must_use]
    pub fn errors(self) -> Vec<String> {
        self.errors
    }

    /// The actions of all messages that were given up, and how often each message had come by then.
    #[must_use]
    pub fn all_given_up(&self) -> &[(String, usize)] {
        &self.given_up
    }

    /// How many transactions there were.
    #[must_use]
    pub fn transactions(&self) -> usize {
        self.transactions.len()
    }
}

/// From when to when a transaction went, and the register then.
#[derive(Debug)]
struct Span {
    from: DateTime,
    to: DateTime,
    meter_start: f64,
    meter_stop: f64,
}

/// The energy of a transaction is what has flowed in it, whatever happened to the power or the program meanwhile.
fn check_energy(connector: i64, spans: &[Span], flows: &[Flow]) -> Vec<String> {
    let mut errors = Vec::new();
    let begins = spans
        .iter()
        .skip(1)
        .map(|span| Some(span.from))
        .chain([None]);
    for (span, next) in spans.iter().zip(begins) {
        let in_it = |flow: &&Flow| {
            i64::from(flow.connector) == connector
                && span.from <= flow.from
                && next.is_none_or(|next| flow.from < next)
        };
        let flowed: rust_decimal::Decimal = flows.iter().filter(in_it).map(|f| f.energy).sum();
        let flowed = flowed.to_f64().unwrap_or(f64::NAN);
        let billed = span.meter_stop - span.meter_start;
        if (billed - flowed).abs() <= 2.0 * ROUNDING {
            continue;
        }
        errors.push(format!(
            "{flowed:.3} Wh flowed in {span:?} at {connector}, {billed} are told"
        ));
    }
    errors
}

impl Told {
    fn check(&self, start: &Value) -> Result<Span, Vec<String>> {
        let mut errors = Vec::new();
        let from = time(start);
        let meter_start = start["meterStart"].as_f64().unwrap_or_default();
        let stops: Vec<Value> = self
            .stops
            .iter()
            .filter_map(|stop| serde_json::from_str(stop).ok())
            .collect();
        let [stop] = stops.as_slice() else {
            return Err(vec![format!("{start} has the ends {stops:?}")]);
        };
        let meter_stop = stop["meterStop"].as_f64().unwrap_or_default();
        let (mut last, mut at) = (meter_start - ROUNDING, from);
        for (when, energy) in &self.values {
            let when: Option<DateTime> = when.parse().ok();
            if *energy < last || when < at {
                errors.push(format!(
                    "{start}: the values run backwards: {:?}",
                    self.values
                ));
                break;
            }
            (last, at) = (*energy, when);
        }
        if meter_stop + ROUNDING < last || time(stop) < at {
            errors.push(format!("{start}: {stop} after {last} Wh at {at:?}"));
        }
        match (from, time(stop)) {
            (Some(from), Some(to)) if errors.is_empty() => Ok(Span {
                from,
                to,
                meter_start,
                meter_stop,
            }),
            _ => Err(errors),
        }
    }
}

/// Time and energy register of a meter value.
fn reading(value: &Value) -> Option<(String, f64)> {
    let mut sampled = value["sampledValue"].as_array()?.iter();
    let register = sampled.find(|value| {
        value
            .get("measurand")
            .is_none_or(|name| name == "Energy.Active.Import.Register")
    })?;
    let energy = register["value"].as_str()?.parse().ok()?;
    Some((value["timestamp"].as_str()?.to_owned(), energy))
}
