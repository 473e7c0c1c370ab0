//! What people and cars do at the EVSEs of a 2.0.1 station, and the books of what the station tells of it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Message;
use super::moments::Points;
use crate::unmet::{Failed, Unmet};

/// How a session was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// By a token at the station.
    Locally,
    /// By the CSMS.
    Remotely,
    /// By an answer of the CSMS that calls the token invalid.
    ByAnswer,
    /// By a master pass.
    ByMasterPass,
}

/// An EVSE as people see it, and what the station has told of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seat {
    /// A car stands in the bay.
    pub(crate) bay: bool,
    /// The car that is to be connected is not ready to charge.
    pub(crate) unready: bool,
    /// The car is connected.
    pub(crate) connected: bool,
    /// Somebody may charge.
    pub(crate) authorized: bool,
    /// Text and type of the token that may charge.
    pub(crate) token: Option<(String, &'static str)>,
    /// The token with which the session was stopped.
    pub(crate) stop_token: Option<String>,
    /// The remote start that nothing has been told of yet.
    pub(crate) remote_start: Option<i64>,
    /// The CSMS has started the session.
    pub(crate) from_afar: bool,
    /// The token was told in an event.
    pub(crate) token_told: bool,
    /// The connector was told in an event.
    pub(crate) place_told: bool,
    /// Energy flows, or has flowed.
    pub(crate) charged: bool,
    /// The session was stopped.
    pub(crate) stopped: Option<Stopped>,
    /// The transaction that was begun and is not ended.
    pub(crate) transaction: Option<String>,
    /// The charging state that the CSMS knows.
    pub(crate) told: Option<String>,
}

/// An event of a transaction that has come.
#[derive(Debug, Clone)]
struct Entry {
    kind: String,
    link: u32,
    /// The CSMS has not accepted it: it has to come again.
    withheld: bool,
    /// A step has dealt with it.
    done: bool,
}

/// See the [module documentation](self).
#[derive(Debug, Clone)]
pub(crate) struct Sessions {
    /// `TxStartPoint`.
    pub(crate) start: Points,
    /// `TxStopPoint`.
    pub(crate) stop: Points,
    /// `AuthorizeRemoteStart`.
    pub(crate) asks_at_remote_starts: bool,
    seats: Vec<Seat>,
    /// By transaction and sequence number.
    books: BTreeMap<String, BTreeMap<i64, Entry>>,
    /// By EVSE and connector.
    statuses: BTreeMap<(i64, i64), Value>,
    remote_starts: i64,
    /// The last transaction that has begun.
    pub(crate) last: Option<String>,
}

impl Sessions {
    pub(super) fn new(evses: u32) -> Self {
        let seats = (0..=evses).map(|_| Seat::default());
        Self {
            start: Points::default(),
            stop: Points::default(),
            asks_at_remote_starts: true,
            seats: seats.collect(),
            books: BTreeMap::new(),
            statuses: BTreeMap::new(),
            remote_starts: 0,
            last: None,
        }
    }

    fn index(&self, evse: u32) -> usize {
        let index = usize::try_from(evse).unwrap_or(0);
        index.min(self.seats.len() - 1)
    }

    /// The EVSE of that number.
    pub(crate) fn seat(&self, evse: u32) -> &Seat {
        &self.seats[self.index(evse)]
    }

    /// The same, to be changed.
    pub(crate) fn seat_mut(&mut self, evse: u32) -> &mut Seat {
        let index = self.index(evse);
        &mut self.seats[index]
    }

    /// Whether an event belongs to the transaction at another EVSE than this one.
    pub(super) fn is_of_another(&self, evse: u32, message: &Message) -> bool {
        let id = message.payload["transactionInfo"]["transactionId"].as_str();
        let own = self.seat(evse).transaction.as_deref();
        let mut seats = self.seats.iter();
        id.is_some() && id != own && seats.any(|seat| seat.transaction.as_deref() == id)
    }

    /// The transactions that run.
    pub(super) fn running(&self) -> Vec<String> {
        let running = self
            .seats
            .iter()
            .filter_map(|seat| seat.transaction.clone());
        running.collect()
    }

    /// The number of the next remote start.
    pub(crate) const fn next_remote_start(&mut self) -> i64 {
        self.remote_starts += 1;
        self.remote_starts
    }

    /// An event of a transaction has come. One that the CSMS has accepted may not come again.
    pub(super) fn received(&mut self, message: &Message) -> Result<(), Failed> {
        if message.action != "TransactionEvent" {
            return Ok(());
        }
        let payload = &message.payload;
        let id = &payload["transactionInfo"]["transactionId"];
        let book = self.books.entry(text(id)).or_default();
        let number = payload["seqNo"].as_i64().unwrap_or_default();
        let entry = Entry {
            kind: text(&payload["eventType"]),
            link: message.link,
            withheld: false,
            done: false,
        };
        match book.insert(number, entry) {
            Some(before) if !before.withheld && before.link == message.link => fail(
                "transaction.seqNo",
                "each event once",
                format!("the event with seqNo {number} came again"),
            ),
            _ => Ok(()),
        }
    }

    /// Whether an event is the next one of its transaction. Events need not come in order (general rules of part 6): one
    /// that does not follow waits for those before it.
    pub(super) fn is_next(&self, evse: u32, message: &Message) -> bool {
        let payload = &message.payload;
        let id = text(&payload["transactionInfo"]["transactionId"]);
        let number = payload["seqNo"].as_i64().unwrap_or_default();
        let book = self.books.get(&id);
        let last = book.and_then(|book| book.iter().rev().find(|(_, entry)| entry.done));
        match last {
            Some((last, _)) => number <= last + 1,
            // It has begun in another case, or says that it belongs to a transaction that there is not.
            None if self.seat(evse).transaction.is_some() => true,
            None => number == 0 || payload["eventType"] == "Started",
        }
    }

    /// A request was answered; `accepted` unless with an error, or not at all.
    pub(super) fn answered(&mut self, message: &Message, accepted: bool) {
        if message.action != "TransactionEvent" {
            return;
        }
        let id = text(&message.payload["transactionInfo"]["transactionId"]);
        let number = message.payload["seqNo"].as_i64().unwrap_or_default();
        if let Some(entry) = self
            .books
            .get_mut(&id)
            .and_then(|book| book.get_mut(&number))
        {
            entry.withheld = !accepted;
            entry.done = true;
        }
    }

    /// What a station that stays still had to tell of transactions before the case is none of its business.
    pub(super) fn case_begins(&mut self) {
        let running = self.running();
        self.books.retain(|id, _| running.contains(id));
    }

    /// At the end of a case: every transaction begins with `Started`, has no gap, and nothing after `Ended`.
    pub(super) fn check_books(&self) -> Result<(), Failed> {
        for book in self.books.values() {
            let numbers: Vec<i64> = book.keys().copied().collect();
            let gap = numbers.windows(2).find(|pair| pair[0] + 1 != pair[1]);
            if let Some(pair) = gap {
                let got = format!("{} follows {}", pair[1], pair[0]);
                return fail("transaction.seqNo", "seqNo without gap", got);
            }
            let kinds: Vec<&str> = book.values().map(|entry| entry.kind.as_str()).collect();
            let started = kinds.iter().filter(|kind| **kind == "Started").count();
            if kinds.first() != Some(&"Started") || started > 1 {
                let got = format!("it was {}", kinds.join(", "));
                return fail("transaction.started", "the first event to be Started", got);
            }
            let ended = kinds.iter().position(|kind| *kind == "Ended");
            if ended.is_some_and(|place| place + 1 < kinds.len()) {
                let got = format!("it was {}", kinds.join(", "));
                return fail("transaction.ended", "nothing after Ended", got);
            }
        }
        Ok(())
    }

    /// An event of an EVSE was taken by the step that expected it.
    pub(crate) fn told(&mut self, evse: u32, payload: &Value) {
        let id = text(&payload["transactionInfo"]["transactionId"]);
        let ended = payload["eventType"] == "Ended";
        self.last = Some(id.clone());
        let seat = self.seat_mut(evse);
        seat.transaction = (!ended).then_some(id);
        if let Some(state) = payload["transactionInfo"]["chargingState"].as_str() {
            seat.told = Some(state.to_owned());
        }
        if payload["idToken"].is_object() {
            seat.token_told = true;
            seat.remote_start = None;
        }
        if payload["evse"]["connectorId"].is_number() && seat.connected {
            seat.place_told = true;
        }
    }

    /// The connector that a message tells the status of, and the status; in 1.6 with the error.
    fn status(message: &Message) -> Option<((i64, i64), Value)> {
        let payload = &message.payload;
        if let Some(connector) = payload["connectorId"].as_i64()
            && payload["status"].is_string()
        {
            let status = json!([payload["status"], payload["errorCode"]]);
            return Some(((connector, 0), status));
        }
        let place = (
            payload["evseId"].as_i64()?,
            payload["connectorId"].as_i64()?,
        );
        Some((place, payload["connectorStatus"].clone()))
    }

    /// Whether a status of a connector is the one that was told before, which does no harm.
    pub(super) fn repeats_status(&self, message: &Message) -> bool {
        Self::status(message)
            .is_some_and(|(place, status)| self.statuses.get(&place) == Some(&status))
    }

    /// Whether the last status of a connector was this one.
    pub(crate) fn has_status(&self, evse: u32, status: &str) -> bool {
        let told = self.statuses.get(&(evse.into(), 1));
        told.is_some_and(|told| told == status)
    }

    /// A status was taken.
    pub(super) fn note_status(&mut self, message: &Message) {
        if let Some((place, status)) = Self::status(message) {
            self.statuses.insert(place, status);
        }
    }

    /// All connectors are reported anew after a restart.
    pub(crate) fn forget_statuses(&mut self) {
        self.statuses.clear();
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn fail<T>(check: &str, expected: &str, got: String) -> Result<T, Failed> {
    Err(Failed::Check(Box::new(Unmet {
        check: check.to_owned(),
        expected: expected.to_owned(),
        got,
        after: "the events of a transaction".to_owned(),
    })))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use serde_json::json;

    use super::*;

    fn books(events: &[(&str, i64)]) -> Result<(), String> {
        let mut sessions = Sessions::new(1);
        for (kind, number) in events {
            let payload = json!({
                "eventType": kind, "seqNo": number, "transactionInfo": {"transactionId": "T"},
            });
            let message = Message::for_tests("TransactionEvent", payload);
            sessions.received(&message).map_err(check)?;
        }
        sessions.check_books().map_err(check)
    }

    fn check(failed: Failed) -> String {
        match failed {
            Failed::Check(unmet) => unmet.check,
            other => other.to_string(),
        }
    }

    #[test]
    fn the_books_show_gaps_repetitions_and_events_out_of_place() {
        assert_eq!(
            books(&[("Started", 0), ("Updated", 1), ("Ended", 2)]),
            Ok(())
        );
        assert_eq!(
            books(&[("Updated", 1), ("Started", 0)]),
            Ok(()),
            "any order"
        );
        let wrong = |events: &[(&str, i64)]| books(events).unwrap_err();
        assert_eq!(wrong(&[("Started", 0), ("Ended", 2)]), "transaction.seqNo");
        assert_eq!(
            wrong(&[("Started", 0), ("Started", 0)]),
            "transaction.seqNo"
        );
        assert_eq!(wrong(&[("Updated", 0)]), "transaction.started");
        assert_eq!(
            wrong(&[("Started", 0), ("Started", 1)]),
            "transaction.started"
        );
        let after = [("Started", 0), ("Ended", 1), ("Updated", 2)];
        assert_eq!(wrong(&after), "transaction.ended");
    }

    #[test]
    fn what_the_csms_has_not_accepted_may_come_again() {
        let mut sessions = Sessions::new(1);
        let payload = json!({
            "eventType": "Started", "seqNo": 0, "transactionInfo": {"transactionId": "T"},
        });
        let message = Message::for_tests("TransactionEvent", payload);
        sessions.received(&message).unwrap();
        sessions.answered(&message, false);
        sessions.received(&message).unwrap();
        sessions.answered(&message, true);
        sessions.received(&message).unwrap_err();
    }
}
