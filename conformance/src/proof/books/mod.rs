//! What the CSMS was told about transactions, and whether it adds up.

mod v1_6;
mod v2_0_1;

use std::collections::BTreeMap;
use std::fmt;

use ocpp_core::station::{GivenUp, Registration};
use ocpp_core::testing::demands::Demands;
use ocpp_types::{DateTime, Version};
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::Value;

use crate::bench::{Flow, VirtualBench};

/// How far a meter in whole Wh, rounded to the nearest, may be from the register.
const ROUNDING: f64 = 0.5;
/// How long before a power cut without warning the end of its transaction may seem to be, in milliseconds: the station stores
/// the time of a transaction once a minute, and with what was sent. The energy until then is told all the same.
const FORGOTTEN: i64 = 61_000;

/// What a 2.0.1 station measures at the end of a transaction. In 1.6 the register is a member of the message.
const END_MEASURANDS: &str = "SampledDataCtrlr.TxEndedMeasurands";

/// What one version of OCPP tells about transactions.
trait Ledger: fmt::Debug {
    /// A request that was answered.
    fn enter(&mut self, action: &str, payload: &Value, answer: &Value, errors: &mut Vec<String>);
    /// A message that was given up counts as told. Whether it is one that the operator must be told of.
    fn given_up(&mut self, action: &str, payload: &Value) -> bool;
    /// A message without what may be another one when it is repeated.
    fn described(&self, action: &str, payload: &Value) -> String;
    /// The id that the station may know for a transaction, by its place in the order of their beginning.
    fn latest_id(&self, place: usize) -> Option<Value>;
    /// How many transactions there were.
    fn transactions(&self) -> usize;
    /// From when to when each went, by connector, counted over the station.
    /// `tells_end`: whether the values of the end are switched on.
    fn spans(&self, tells_end: bool, errors: &mut Vec<String>) -> BTreeMap<i64, Vec<Span>>;
}

/// The books of a CSMS.
#[derive(Debug)]
pub struct Books {
    ledger: Box<dyn Ledger>,
    /// How often a message has come, answered or not, without the id.
    came: BTreeMap<String, usize>,
    /// The messages about transactions that were given up.
    lost: Vec<String>,
    /// The actions of all messages that were given up, and how often each message had come by then.
    given_up: Vec<(String, usize)>,
    errors: Vec<String>,
}

fn parsed(payload: &str) -> Value {
    serde_json::from_str(payload).unwrap_or_default()
}

fn time(value: &Value) -> Option<DateTime> {
    value["timestamp"].as_str()?.parse().ok()
}

impl Books {
    pub(super) fn new(version: Version) -> Self {
        let ledger: Box<dyn Ledger> = match version {
            Version::V1_6 => Box::<v1_6::Transactions>::default(),
            _ => Box::<v2_0_1::Transactions>::default(),
        };
        Self {
            ledger,
            came: BTreeMap::new(),
            lost: Vec::new(),
            given_up: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// The id that the station may know for a transaction, by its place in the order of their beginning.
    pub(super) fn latest_id(&self, place: usize) -> Option<Value> {
        self.ledger.latest_id(place)
    }

    pub(super) fn enter(&mut self, action: &str, payload: &Value, answer: &Value) {
        // The answer may be lost.
        self.came(action, payload);
        self.ledger.enter(action, payload, answer, &mut self.errors);
    }

    /// A message came, perhaps to a CSMS that answers nothing.
    pub(super) fn came(&mut self, action: &str, payload: &Value) {
        let described = self.ledger.described(action, payload);
        *self.came.entry(described).or_default() += 1;
    }

    /// The station has given a message up, and says so: that counts as told to its operator. It may do so only after it has
    /// sent it as often as it is configured to, over a link that lived.
    pub(super) fn given_up(&mut self, action: &str, payload: &str, attempts: usize) {
        let payload = parsed(payload);
        let described = self.ledger.described(action, &payload);
        let came = self.came.get(&described).copied();
        self.given_up
            .push((action.to_owned(), came.unwrap_or_default()));
        if came.unwrap_or_default() < attempts {
            let words = format!("{action} was given up after {came:?} of {attempts}: {payload}");
            self.errors.push(words);
        }
        if self.ledger.given_up(action, &payload) {
            self.lost.push(described);
        }
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
        let at_end = bench.text(END_MEASURANDS);
        let tells_end = at_end.is_none_or(|measurands| !measurands.is_empty());
        let mut spans = self.ledger.spans(tells_end, &mut errors);
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
                let payload = parsed(&given_up.payload);
                self.ledger.described(&given_up.action, &payload) == *lost
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
        self.ledger.transactions()
    }
}

/// From when to when a transaction went, and the register then.
#[derive(Debug)]
struct Span {
    from: DateTime,
    to: DateTime,
    meter_start: f64,
    meter_stop: f64,
    /// When the last register was read, if that was not at the end: the CSMS has switched the values of the end off.
    read: Option<DateTime>,
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
        let sum = |known: &dyn Fn(&&Flow) -> bool| {
            let flows = flows.iter().filter(in_it).filter(known);
            let sum: rust_decimal::Decimal = flows.map(|flow| flow.energy).sum();
            sum.to_f64().unwrap_or(f64::NAN)
        };
        let flowed = sum(&|_| true);
        // What had flowed in full when the register was read last is told in any case.
        let least = span.read.map_or(flowed, |read| {
            sum(&|flow| flow.to.is_some_and(|to| to <= read))
        });
        let billed = span.meter_stop - span.meter_start;
        if billed >= least - 2.0 * ROUNDING && billed <= flowed + 2.0 * ROUNDING {
            continue;
        }
        errors.push(format!(
            "{flowed:.3} Wh flowed in {span:?} at {connector}, {billed} are told"
        ));
    }
    errors
}
