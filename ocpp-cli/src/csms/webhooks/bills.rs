//! Bills on their way to a receiver. They wait in the store, which tells them again and again; here is what has to be known in
//! between.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ocpp_core::csms::ledger::Bill;
use ocpp_tokio::clock;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::super::events::hide_key_codes;
use super::config::BILL;
use super::post::{Delivery, Receiver, back_off};

/// Most bills and stations that are remembered: what is forgotten is told once more, or out of order.
const MAX_REMEMBERED: usize = 100_000;

/// A bill that was not taken is told again sooner than this, unless somebody else has told it.
const STALE: Duration = Duration::from_secs(300);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    /// Until when nothing is tried.
    pause: Option<Instant>,
    /// The first bill of each station that was not taken, and when that was seen last: later ones wait for it.
    blocked: HashMap<String, (u64, Instant)>,
    /// Bills that this receiver has taken, and others perhaps not, by number: their ids.
    taken: HashMap<u64, String>,
}

/// What is known of the bills for one receiver.
#[derive(Debug, Default)]
pub(super) struct Bills(Mutex<State>);

impl Bills {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Whole values.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells a bill, unless it is not its turn. Whether it was taken.
    pub(super) async fn tell(&self, receiver: &Receiver, station: &str, bill: &Bill) -> bool {
        let mut data = serde_json::to_value(bill).unwrap_or_default();
        hide_key_codes(&mut data);
        let id = id(bill.reference, &data);
        {
            let mut state = self.lock();
            if state.taken.get(&bill.reference) == Some(&id) {
                return true;
            }
            if !state.is_turn(station, bill.reference) {
                return false;
            }
        }
        let now = clock::utc();
        let body = json!({"time": now, "station": station, "kind": BILL, "data": data});
        let delivery = receiver.post(&id, &body.to_string()).await;
        let mut state = self.lock();
        if delivery == Delivery::Taken {
            state.was_taken(station, bill.reference, id);
            return true;
        }
        // One that cannot be read is money too.
        state.was_not_taken(station, bill.reference);
        false
    }
}

impl State {
    fn is_turn(&mut self, station: &str, reference: u64) -> bool {
        let now = Instant::now();
        if self.pause.is_some_and(|until| now < until) {
            self.block(station, reference, now);
            return false;
        }
        let earlier = self.blocked.get(station);
        // Whoever has moved to another node is told there.
        let waits_for = earlier.filter(|(_, seen)| now.duration_since(*seen) < STALE);
        waits_for.is_none_or(|(first, _)| *first >= reference)
    }

    fn block(&mut self, station: &str, reference: u64, now: Instant) {
        if self.blocked.len() >= MAX_REMEMBERED {
            self.blocked.clear();
        }
        let entry = self
            .blocked
            .entry(station.into())
            .or_insert((reference, now));
        if now.duration_since(entry.1) >= STALE || reference <= entry.0 {
            *entry = (reference, now);
        }
    }

    fn was_taken(&mut self, station: &str, reference: u64, id: String) {
        self.failures = 0;
        self.pause = None;
        if self
            .blocked
            .get(station)
            .is_some_and(|(first, _)| *first == reference)
        {
            self.blocked.remove(station);
        }
        if self.taken.len() >= MAX_REMEMBERED {
            self.taken.clear();
        }
        self.taken.insert(reference, id);
    }

    fn was_not_taken(&mut self, station: &str, reference: u64) {
        let now = Instant::now();
        self.failures += 1;
        self.pause = Some(now + back_off(self.failures));
        self.block(station, reference, now);
    }
}

/// The same for the same bill, another one if it has become better.
fn id(reference: u64, data: &Value) -> String {
    let digest = Sha256::digest(data.to_string());
    let short: String = digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("bill-{reference}-{short}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn bills_of_a_station_are_told_in_order() {
        let mut state = State::default();
        assert!(state.is_turn("A", 1) && state.is_turn("B", 2));
        state.was_not_taken("A", 1);
        assert!(!state.is_turn("A", 1), "it is waited");
        assert!(!state.is_turn("A", 3) && !state.is_turn("B", 2));
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(!state.is_turn("A", 3), "the first one first");
        assert!(state.is_turn("B", 2), "other stations do not wait for it");
        assert!(state.is_turn("A", 1));
        state.was_taken("A", 1, "x".into());
        assert!(state.is_turn("A", 3));
    }

    #[tokio::test(start_paused = true)]
    async fn a_bill_that_another_node_has_told_is_not_waited_for() {
        let mut state = State::default();
        state.was_not_taken("A", 1);
        tokio::time::advance(STALE).await;
        assert!(state.is_turn("A", 3));
    }

    #[test]
    fn a_better_bill_has_another_id() {
        let id = |data| id(7, &data);
        assert_eq!(id(json!({"a": 1})), id(json!({"a": 1})));
        assert_ne!(id(json!({"a": 1})), id(json!({"a": 2})));
    }
}
