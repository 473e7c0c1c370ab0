//! OCPP 1.6: StartTransaction, MeterValues and StopTransaction. The CSMS gives each StartTransaction an id of its own, also a
//! repetition.

use std::collections::{BTreeMap, BTreeSet};

use ocpp_types::DateTime;
use serde_json::Value;

use super::{Ledger, ROUNDING, Span, parsed, time};

/// The id of a transaction whose start was given up (erratum 3.18).
const NO_ID: i64 = -1;

/// A transaction as the CSMS knows it.
#[derive(Debug, Default)]
struct ReportedTransaction {
    /// The ids that it was given: one for each time that its start was reported.
    ids: BTreeSet<i64>,
    /// What was said about its end, without the id.
    stops: BTreeSet<String>,
    /// Time and energy of its meter values, in the order in which they came for the first time.
    values: Vec<(String, f64)>,
    /// The messages with meter values that have come, without the id.
    messages: BTreeSet<String>,
}

/// See the [module documentation](self).
#[derive(Debug, Default)]
pub(super) struct Transactions {
    /// By the whole payload of the start. A repetition is the same.
    told: BTreeMap<String, ReportedTransaction>,
    /// In the order in which they began to be told.
    order: Vec<String>,
}

/// A payload without the transaction id, which a repetition may have another of.
fn without_id(payload: &Value) -> String {
    let mut payload = payload.clone();
    if let Some(members) = payload.as_object_mut() {
        members.remove("transactionId");
    }
    payload.to_string()
}

impl Transactions {
    /// A transaction that begins, or is said once more to have begun.
    fn began(&mut self, start: &Value, id: i64) {
        let start = start.to_string();
        if !self.told.contains_key(&start) {
            self.order.push(start.clone());
        }
        self.told.entry(start).or_default().ids.insert(id);
    }

    fn find(
        &mut self,
        action: &str,
        payload: &Value,
        errors: &mut Vec<String>,
    ) -> Option<&mut ReportedTransaction> {
        let id = payload["transactionId"].as_i64();
        let id = id.unwrap_or_default();
        let latest = self.order.iter().rev();
        let mut known = latest.filter(|start| self.told[*start].ids.contains(&id));
        let Some(key) = known.next().cloned() else {
            let words = format!("{action} of transaction {id}, which never began: {payload}");
            errors.push(words);
            return None;
        };
        self.told.get_mut(&key)
    }
}

impl Ledger for Transactions {
    fn enter(&mut self, action: &str, payload: &Value, answer: &Value, errors: &mut Vec<String>) {
        match action {
            "StartTransaction" => {
                self.began(
                    payload,
                    answer["transactionId"].as_i64().unwrap_or_default(),
                );
            }
            "StopTransaction" => {
                let Some(told) = self.find(action, payload, errors) else {
                    return;
                };
                told.stops.insert(without_id(payload));
                let data = payload["transactionData"].as_array();
                // What is told once more at the end was told in order before, or is checked among itself.
                let mut data: Vec<_> = data.into_iter().flatten().filter_map(reading).collect();
                let sorted = data.is_sorted_by(|a, b| a.1 <= b.1 + ROUNDING);
                data.truncate(40);
                if !sorted {
                    errors.push(format!("transactionData runs backwards: {data:?}"));
                }
            }
            "MeterValues" if payload.get("transactionId").is_some() => {
                let Some(told) = self.find(action, payload, errors) else {
                    return;
                };
                if !told.messages.insert(without_id(payload)) {
                    return;
                }
                if !told.stops.is_empty() {
                    errors.push(format!("meter values after the end: {payload}"));
                    return;
                }
                let values = payload["meterValue"].as_array();
                told.values
                    .extend(values.into_iter().flatten().filter_map(reading));
            }
            _ => {}
        }
    }

    /// Beginnings and ends are what an operator must be told of.
    fn given_up(&mut self, action: &str, payload: &Value) -> bool {
        match action {
            "StartTransaction" => {
                self.began(payload, NO_ID);
                true
            }
            "StopTransaction" => {
                // It is given its id when it is sent. It may have come, and only its answer not.
                let stop = without_id(payload);
                if self.told.values().any(|told| told.stops.contains(&stop)) {
                    return true;
                }
                let latest = self.order.iter().rev();
                let mut open = latest.filter(|start| self.told[*start].stops.is_empty());
                let began = |start: &&String| time(&parsed(start)) <= time(payload);
                if let Some(start) = open.find(began).cloned() {
                    self.told.entry(start).or_default().stops.insert(stop);
                }
                true
            }
            _ => false,
        }
    }

    /// Without the id of its transaction, which it is given when it is sent.
    fn described(&self, action: &str, payload: &Value) -> String {
        format!("{action} {}", without_id(payload))
    }

    fn latest_id(&self, place: usize) -> Option<Value> {
        let told = self.told.get(self.order.get(place)?)?;
        told.ids.last().map(|id| Value::from(*id))
    }

    fn transactions(&self) -> usize {
        self.told.len()
    }

    fn spans(&self, _: bool, errors: &mut Vec<String>) -> BTreeMap<i64, Vec<Span>> {
        let mut spans: BTreeMap<i64, Vec<Span>> = BTreeMap::new();
        for start in &self.order {
            let payload = parsed(start);
            match self.told[start].check(&payload) {
                Ok(span) => {
                    let connector = payload["connectorId"].as_i64().unwrap_or_default();
                    spans.entry(connector).or_default().push(span);
                }
                Err(found) => errors.extend(found),
            }
        }
        spans
    }
}

impl ReportedTransaction {
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
                read: None,
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
