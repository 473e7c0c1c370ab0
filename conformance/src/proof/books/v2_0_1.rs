//! OCPP 2.0.1: TransactionEvent. The station chooses the id; `seqNo` counts the events of a transaction (E01.FR.07, E04.FR.06).

use std::collections::{BTreeMap, BTreeSet};

use ocpp_types::DateTime;
use serde_json::Value;

use super::{Ledger, ROUNDING, Span, time};

const ACTION: &str = "TransactionEvent";
const ENERGY: &str = "Energy.Active.Import.Register";

/// A transaction as the CSMS knows it.
#[derive(Debug, Default)]
struct ReportedTransaction {
    /// By sequence number, without what may change when one is told again.
    events: BTreeMap<u64, Value>,
    /// The sequence number of its end, if that has been told.
    end: Option<u64>,
}

/// See the [module documentation](self).
#[derive(Debug, Default)]
pub(super) struct Transactions {
    /// By id.
    told: BTreeMap<String, ReportedTransaction>,
    /// In the order in which they began to be told.
    order: Vec<String>,
}

/// An event that waits while the link goes is `offline` when it is told again (E11.FR.07).
fn without_offline(payload: &Value) -> Value {
    let mut payload = payload.clone();
    if let Some(members) = payload.as_object_mut() {
        members.remove("offline");
    }
    payload
}

fn id_of(payload: &Value) -> String {
    let id = &payload["transactionInfo"]["transactionId"];
    id.as_str().unwrap_or_default().to_owned()
}

impl Transactions {
    /// Notes an event; says what is wrong with it after all that was told before.
    fn note(&mut self, payload: &Value) -> Result<(), String> {
        let id = id_of(payload);
        let number = payload["seqNo"].as_u64().unwrap_or_default();
        let event = without_offline(payload);
        if !self.told.contains_key(&id) {
            self.order.push(id.clone());
        }
        let told = self.told.entry(id).or_default();
        if let Some(before) = told.events.get(&number) {
            return match *before == event {
                true => Ok(()),
                false => Err(format!(
                    "told twice with different data: {before}, then {event}"
                )),
            };
        }
        let last = told.events.last_key_value().map(|(number, _)| *number);
        let ended = told.end;
        if payload["eventType"] == "Ended" {
            told.end.get_or_insert(number);
        }
        told.events.insert(number, event);
        match (last, ended) {
            (_, Some(end)) => Err(format!("after the end, which was {end}: {payload}")),
            (Some(last), _) if number < last => Err(format!("{number} after {last}: {payload}")),
            _ => Ok(()),
        }
    }
}

impl Ledger for Transactions {
    fn enter(&mut self, action: &str, payload: &Value, _: &Value, errors: &mut Vec<String>) {
        if action == ACTION {
            errors.extend(self.note(payload).err());
        }
    }

    fn given_up(&mut self, action: &str, payload: &Value) -> bool {
        // One that has come, without an answer, is not told to a CSMS that answers nothing.
        action == ACTION && {
            let known = self.told.get(&id_of(payload));
            let number = payload["seqNo"].as_u64().unwrap_or_default();
            if known.is_none_or(|told| !told.events.contains_key(&number)) {
                // What others came after it is no matter: it will not come any more.
                let _ = self.note(payload);
            }
            true
        }
    }

    fn described(&self, action: &str, payload: &Value) -> String {
        format!("{action} {}", without_offline(payload))
    }

    fn latest_id(&self, place: usize) -> Option<Value> {
        self.order.get(place).map(|id| Value::from(id.as_str()))
    }

    fn transactions(&self) -> usize {
        self.told.len()
    }

    fn spans(&self, tells_end: bool, errors: &mut Vec<String>) -> BTreeMap<i64, Vec<Span>> {
        let mut spans: BTreeMap<i64, Vec<Span>> = BTreeMap::new();
        for id in &self.order {
            match self.told[id].check(tells_end) {
                Ok((evse, span)) => spans.entry(evse).or_default().push(span),
                Err(found) => {
                    let found = found.into_iter();
                    errors.extend(found.map(|words| format!("{id}: {words}")));
                }
            }
        }
        spans
    }
}

impl ReportedTransaction {
    /// The EVSE, and from when to when it went.
    fn check(&self, tells_end: bool) -> Result<(i64, Span), Vec<String>> {
        let mut errors = Vec::new();
        let numbers: Vec<u64> = self.events.keys().copied().collect();
        if !numbers.iter().copied().eq(0..self.events.len() as u64) {
            errors.push(format!("the sequence numbers are {numbers:?}"));
        }
        let kinds: Vec<&str> = self
            .events
            .values()
            .filter_map(|event| event["eventType"].as_str())
            .collect();
        let right = match kinds.as_slice() {
            ["Started", between @ .., "Ended"] => between.iter().all(|kind| *kind == "Updated"),
            _ => false,
        };
        if !right {
            errors.push(format!("the events are {kinds:?}"));
        }
        let evses: BTreeSet<i64> = self
            .events
            .values()
            .filter_map(|event| event["evse"]["id"].as_i64())
            .collect();
        if evses.len() > 1 {
            errors.push(format!("it is at the EVSEs {evses:?}"));
        }
        let times: Vec<Option<DateTime>> = self.events.values().map(time).collect();
        if !times.is_sorted() {
            errors.push(format!("the times run backwards: {times:?}"));
        }
        let values: Vec<Vec<Reading>> = self.events.values().map(readings).collect();
        let goes_on = |a: &Reading, b: &Reading| a.0 <= b.0 && a.1 <= b.1 + ROUNDING;
        // What is told once more at the end was told in order before, and values of regular times may be told there only.
        let each = values.iter().all(|values| values.is_sorted_by(goes_on));
        let now = |values: &&Vec<Reading>| values.last().is_some_and(|last| !last.2 || tells_end);
        let last = values.iter().filter(now).filter_map(|values| values.last());
        let mut values: Vec<&Reading> = values.iter().flatten().collect();
        values.sort_by_key(|value| value.0);
        if !each
            || !last.is_sorted_by(|a, b| goes_on(a, b))
            || !values.is_sorted_by(|a, b| goes_on(a, b))
        {
            errors.push(format!("the values run backwards: {values:?}"));
        }
        let register = |value: Option<&&Reading>| value.map_or(0.0, |value| value.1);
        let read = values.last().and_then(|value| value.0);
        match (times.first(), times.last()) {
            (Some(Some(from)), Some(Some(to))) if errors.is_empty() => Ok((
                evses.first().copied().unwrap_or_default(),
                Span {
                    from: *from,
                    to: *to,
                    meter_start: register(values.first()),
                    meter_stop: register(values.last()),
                    read: read.filter(|_| !tells_end),
                },
            )),
            _ => Err(errors),
        }
    }
}

/// Time, energy register in Wh, and whether it was read because it was a regular time.
type Reading = (Option<DateTime>, f64, bool);

/// The registers that an event tells.
fn readings(event: &Value) -> Vec<Reading> {
    let values = event["meterValue"].as_array();
    values.into_iter().flatten().filter_map(reading).collect()
}

fn reading(value: &Value) -> Option<Reading> {
    let mut sampled = value["sampledValue"].as_array()?.iter();
    let register = sampled.find(|value| {
        let measurand = value.get("measurand");
        measurand.is_none_or(|name| name == ENERGY) && value.get("phase").is_none()
    })?;
    let unit = &register["unitOfMeasure"];
    let thousand = if unit["unit"] == "kWh" { 1_000.0 } else { 1.0 };
    let power = unit["multiplier"]
        .as_i64()
        .and_then(|power| i32::try_from(power).ok());
    let factor = thousand * 10_f64.powi(power.unwrap_or_default());
    let regular = register["context"] == "Sample.Clock";
    Some((time(value), register["value"].as_f64()? * factor, regular))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(kind: &str, number: u64, second: u32, register: f64) -> Value {
        let time = format!("2024-05-15T12:00:{second:02}Z");
        json!({
            "eventType": kind, "seqNo": number, "timestamp": time, "evse": {"id": 1},
            "transactionInfo": {"transactionId": "T"},
            "meterValue": [{"timestamp": time, "sampledValue": [{"value": register}]}],
        })
    }

    /// What is wrong with events in the order in which they come.
    fn wrong(events: &[Value]) -> String {
        let mut ledger = Transactions::default();
        let mut errors = Vec::new();
        for event in events {
            ledger.enter(ACTION, event, &Value::Null, &mut errors);
        }
        ledger.spans(true, &mut errors);
        errors.join("; ")
    }

    #[test]
    fn a_transaction_that_is_told_in_full_is_a_span() {
        let mut offline = event("Updated", 1, 10, 1_020.0);
        offline["offline"] = json!(true);
        let mut ledger = Transactions::default();
        let mut errors = Vec::new();
        for event in [
            event("Started", 0, 0, 1_000.0),
            event("Updated", 1, 10, 1_020.0),
            offline,
            event("Ended", 2, 30, 1_050.0),
        ] {
            ledger.enter(ACTION, &event, &Value::Null, &mut errors);
        }
        let spans = ledger.spans(true, &mut errors);
        assert!(errors.is_empty(), "{errors:?}");
        let span = &spans[&1][0];
        assert_eq!(span.to.millis_since(span.from), 30_000);
        assert!((span.meter_stop - span.meter_start - 50.0).abs() < 0.01);
    }

    /// The CSMS has switched the values of the end off, and those of regular times on.
    #[test]
    fn values_of_regular_times_come_late_and_say_nothing_of_the_end() {
        let mut ended = event("Ended", 2, 30, 0.0);
        let regular = |second: u32, register: f64| {
            let time = format!("2024-05-15T12:00:{second:02}Z");
            json!({"timestamp": time, "sampledValue": [{"value": register, "context": "Sample.Clock"}]})
        };
        ended["meterValue"] = json!([regular(5, 1_010.0), regular(15, 1_030.0)]);
        let told = |updated: f64, tells_end: bool| {
            let mut ledger = Transactions::default();
            let mut errors = Vec::new();
            for event in [
                event("Started", 0, 0, 1_000.0),
                event("Updated", 1, 20, updated),
                ended.clone(),
            ] {
                ledger.enter(ACTION, &event, &Value::Null, &mut errors);
            }
            (ledger.spans(tells_end, &mut errors), errors)
        };
        let (spans, errors) = told(1_040.0, false);
        assert!(errors.is_empty(), "{errors:?}");
        let span = &spans[&1][0];
        assert_eq!(span.read.unwrap().to_string(), "2024-05-15T12:00:20Z");
        assert!((span.meter_stop - 1_040.0).abs() < 0.01);
        assert!(told(1_040.0, true).1[0].contains("values run backwards"));
        assert!(told(1_020.0, false).1[0].contains("values run backwards"));
    }

    #[test]
    fn every_way_to_lose_or_confuse_an_event_is_seen() {
        let started = || event("Started", 0, 0, 1_000.0);
        let updated = |number, second, register| event("Updated", number, second, register);
        let ended = |number| event("Ended", number, 30, 1_050.0);
        for (events, words) in [
            (vec![started(), ended(2)], "sequence numbers are [0, 2]"),
            (vec![started(), updated(1, 5, 1_001.0)], "the events are"),
            (vec![updated(0, 5, 1_001.0), ended(1)], "the events are"),
            (
                vec![
                    started(),
                    updated(1, 5, 1_001.0),
                    updated(1, 6, 1_001.0),
                    ended(2),
                ],
                "told twice",
            ),
            (
                vec![started(), ended(1), updated(2, 31, 1_050.0)],
                "after the end",
            ),
            (
                vec![started(), ended(2), updated(1, 5, 1_001.0)],
                "after the end",
            ),
            (
                vec![
                    started(),
                    updated(2, 6, 1_001.0),
                    updated(1, 5, 1_001.0),
                    ended(3),
                ],
                "1 after 2",
            ),
            (
                vec![started(), updated(1, 5, 999.0), ended(2)],
                "values run backwards",
            ),
            (
                vec![started(), updated(1, 40, 1_001.0), ended(2)],
                "times run backwards",
            ),
        ] {
            let found = wrong(&events);
            assert!(found.contains(words), "{events:?}: {found}");
        }
    }
}
