//! Events on their way to a receiver, in memory.
//!
//! Stations are spread over some lanes. In a lane one event is told after the other, so that for each station the order is kept; a lane
//! waits while the receiver is away.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::mpsc;

use super::super::events::Event;
use super::post::{Delivery, Receiver, back_off};

const LANES: usize = 8;

/// How many events wait for a receiver, and how many bytes of them.
const MAX_EVENTS: usize = 10_000;
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// What waits.
#[derive(Debug, Default)]
struct Waiting {
    events: AtomicUsize,
    bytes: AtomicUsize,
}

impl Waiting {
    /// Takes room for an event. `false`: there is none.
    fn take(&self, bytes: usize) -> bool {
        let events = self.events.fetch_add(1, Ordering::Relaxed);
        let there = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        let fits = events < MAX_EVENTS && (there == 0 || there + bytes <= MAX_BYTES);
        if !fits {
            self.give(bytes);
        }
        fits
    }

    fn give(&self, bytes: usize) {
        self.events.fetch_sub(1, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// The lanes to one receiver.
pub(super) struct Lanes {
    lanes: Vec<mpsc::UnboundedSender<Arc<Event>>>,
    hasher: RandomState,
    waiting: Arc<Waiting>,
    receiver: Arc<Receiver>,
}

impl Lanes {
    /// Each is a task, which ends when this is dropped and everything is told.
    pub(super) fn new(receiver: &Arc<Receiver>) -> Self {
        let waiting = Arc::<Waiting>::default();
        let lanes = (0..LANES).map(|_| {
            // [`Waiting`] is the bound.
            let (sender, events) = mpsc::unbounded_channel();
            tokio::spawn(run(events, Arc::clone(receiver), Arc::clone(&waiting)));
            sender
        });
        Self {
            lanes: lanes.collect(),
            hasher: RandomState::new(),
            waiting,
            receiver: Arc::clone(receiver),
        }
    }

    pub(super) fn put(&self, event: &Arc<Event>) {
        let number = self.hasher.hash_one(&event.station) % LANES as u64;
        let lane = usize::try_from(number)
            .ok()
            .and_then(|number| self.lanes.get(number));
        let Some(lane) = lane.filter(|_| self.waiting.take(event.data.len())) else {
            self.receiver.miss();
            return;
        };
        if lane.send(Arc::clone(event)).is_err() {
            self.waiting.give(event.data.len());
            self.receiver.miss();
        }
    }

    /// How many events wait.
    pub(super) fn waiting(&self) -> u64 {
        self.waiting.events.load(Ordering::Relaxed) as u64
    }
}

async fn run(
    mut events: mpsc::UnboundedReceiver<Arc<Event>>,
    receiver: Arc<Receiver>,
    waiting: Arc<Waiting>,
) {
    while let Some(event) = events.recv().await {
        let id = receiver.event_id(event.number);
        let mut failures = 0;
        loop {
            match receiver.post(&id, &event.data).await {
                Delivery::Taken => break,
                Delivery::Refused => {
                    receiver.miss();
                    break;
                }
                Delivery::Failed => {
                    failures += 1;
                    tokio::time::sleep(back_off(failures)).await;
                }
            }
        }
        waiting.give(event.data.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_bounded_in_number_and_in_bytes() {
        let waiting = Waiting::default();
        for _ in 0..MAX_EVENTS {
            assert!(waiting.take(1));
        }
        assert!(!waiting.take(1));
        waiting.give(1);
        assert!(waiting.take(1) && !waiting.take(1));
        let waiting = Waiting::default();
        // One that is longer than all that may wait still goes out.
        assert!(waiting.take(2 * MAX_BYTES) && !waiting.take(1));
        waiting.give(2 * MAX_BYTES);
        assert!(waiting.take(MAX_BYTES / 2) && waiting.take(MAX_BYTES / 2) && !waiting.take(1));
    }
}
