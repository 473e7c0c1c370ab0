//! What a 2.0.1 CSMS has been told of transactions, and whether it can be true.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::{Value, json};

use super::station::Call;

/// What was told of one transaction.
#[derive(Debug, Default)]
struct ReportedTransaction {
    /// By `seqNo`.
    events: BTreeMap<i64, Value>,
    /// What made room in a full queue, by `seqNo`.
    dropped: BTreeSet<i64>,
    evse: Option<i64>,
    token: Option<Value>,
    ended: bool,
}

impl ReportedTransaction {
    fn brief(&self) -> Vec<String> {
        self.events.values().map(brief).collect()
    }
}

/// The transactions of a station, as its events tell them. An event may be told twice, with another `offline` and nothing
/// else; new ones come in order, from one `Started` to one `Ended`, one transaction at a time at an EVSE (E01, E04, E06,
/// E11, E13).
#[derive(Debug, Default)]
pub(super) struct Ledger(BTreeMap<String, ReportedTransaction>);

fn without_offline(event: &Value) -> Value {
    let mut event = event.clone();
    if let Some(members) = event.as_object_mut() {
        members.remove("offline");
    }
    event
}

/// An event in a few words.
fn brief(event: &Value) -> String {
    let member = |pointer: &str| match event.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => "-".to_string(),
    };
    let (number, kind, trigger) = (
        member("/seqNo"),
        member("/eventType"),
        member("/triggerReason"),
    );
    let (state, token) = (
        member("/transactionInfo/chargingState"),
        member("/idToken/idToken"),
    );
    format!("{number} {kind} {trigger} {state} {token}")
}

fn id_of(event: &Value) -> String {
    let id = event.pointer("/transactionInfo/transactionId");
    id.and_then(Value::as_str).unwrap_or_default().to_string()
}

fn number_of(event: &Value) -> i64 {
    event
        .get("seqNo")
        .and_then(Value::as_i64)
        .unwrap_or(i64::MIN)
}

impl Ledger {
    /// The station has told this.
    pub(super) fn note(&mut self, calls: &[Call]) -> Result<(), String> {
        let events = calls
            .iter()
            .filter(|call| call.action == "TransactionEvent");
        for event in events.map(|call| &call.payload) {
            self.note_event(event).map_err(|error| {
                let before = self.0.get(&id_of(event)).map(ReportedTransaction::brief);
                format!("{error}: {event}, after {before:?}")
            })?;
        }
        Ok(())
    }

    /// The station has given this up, perhaps before it was told.
    pub(super) fn note_dropped(&mut self, payload: &str) {
        let event: Value = serde_json::from_str(payload).unwrap_or_default();
        let told = self.0.entry(id_of(&event)).or_default();
        told.dropped.insert(number_of(&event));
    }

    fn note_event(&mut self, event: &Value) -> Result<(), String> {
        let (id, number) = (id_of(event), number_of(event));
        let evse = event.pointer("/evse/id").and_then(Value::as_i64);
        let is = |kind: &str| event.get("eventType") == Some(&json!(kind));
        if is("Started") {
            let busy = |(other, told): (&String, &ReportedTransaction)| {
                *other != id && told.evse == evse && evse.is_some() && !told.ended
            };
            if let Some((other, _)) = self.0.iter().find(|(other, told)| busy((other, told))) {
                return Err(format!("{other} still runs there"));
            }
        }
        let told = self.0.entry(id).or_default();
        if let Some(before) = told.events.get(&number) {
            if without_offline(before) != without_offline(event) {
                return Err(format!("it was told otherwise: {before}"));
            }
            if before.get("offline").is_some() && event.get("offline").is_none() {
                return Err("it was offline".to_string());
            }
            return Ok(());
        }
        let last = told.events.last_key_value().map(|(last, _)| *last);
        if is("Started") != (number == 0) || last.is_none() && number != 0 {
            return Err("a transaction begins with Started and 0".to_string());
        }
        if told.ended || last.is_some_and(|last| number <= last) {
            return Err("it comes too late".to_string());
        }
        // What began without a token may become somebody's.
        let nobody = json!("NoAuthorization");
        let token = event.get("idToken");
        if let Some(token) = token.filter(|token| token.get("type") != Some(&nobody)) {
            let stops = event.get("triggerReason") == Some(&json!("StopAuthorized"));
            let owner = told.token.get_or_insert_with(|| token.clone());
            if owner != token && !stops {
                return Err(format!("the transaction belongs to {owner}"));
            }
        }
        told.evse = told.evse.or(evse);
        told.ended |= is("Ended");
        told.events.insert(number, event.clone());
        Ok(())
    }

    /// Whether the CSMS knows that a transaction has ended.
    pub(super) fn has_ended(&self, id: &str) -> bool {
        self.0.get(id).is_some_and(|told| told.ended)
    }

    /// Everything is delivered, and only these transactions run.
    pub(super) fn settle(&self, running: &[String]) -> Result<(), String> {
        for (id, told) in &self.0 {
            let last = told.events.last_key_value().map_or(-1, |(last, _)| *last);
            let lost =
                |number: &i64| !told.events.contains_key(number) && !told.dropped.contains(number);
            let lost: Vec<i64> = (0..=last).filter(lost).collect();
            if !lost.is_empty() {
                let told = told.brief();
                return Err(format!("of {id} nobody was told {lost:?}, but {told:?}"));
            }
            if !told.ended && !running.contains(id) {
                let told = told.brief();
                return Err(format!("nobody was told that {id} has ended, but {told:?}"));
            }
        }
        Ok(())
    }
}
