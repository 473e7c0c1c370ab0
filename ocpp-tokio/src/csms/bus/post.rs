//! What leaves a node over the bus in the background, in order, and again until the bus has taken it. Answers for which somebody waits do not
//! wait for what nodes tell each other, and that does not wait for the events: these are many.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;

use super::{AnyBus, MaybeBus, Message};

/// Most messages, and most events, that wait for the bus. What does not fit is lost: of the services all is read again then, events are missed.
const WAITING: usize = 10_000;

/// How long to wait before the bus is tried again.
const RETRY: Duration = Duration::from_millis(500);

enum Letter {
    To(Option<String>, Box<Message>),
    Event {
        station: String,
        event: String,
    },
    /// Tells when everything before it has left.
    Flushed(tokio::sync::oneshot::Sender<()>),
}

/// See the [module documentation](self).
#[derive(Debug, Clone)]
pub(crate) struct Post(Option<Arc<Shared>>);

#[derive(Debug)]
struct Shared {
    /// Somebody waits for what these say.
    answers: mpsc::Sender<Letter>,
    messages: mpsc::Sender<Letter>,
    events: mpsc::Sender<Letter>,
    ids: Ids,
    /// What services have changed has not all been told.
    lost: AtomicBool,
    missed: AtomicU64,
}

/// Ids that nobody else gives away.
#[derive(Debug)]
struct Ids {
    process: String,
    next: AtomicU64,
}

impl Ids {
    fn next(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        format!("{}-{number}", self.process)
    }
}

impl Post {
    /// Nothing leaves without a bus.
    pub(crate) fn begin(bus: &MaybeBus, process: &str) -> Self {
        let Some(bus) = bus else {
            return Self(None);
        };
        let (answers, waiting_answers) = mpsc::channel(WAITING);
        let (messages, waiting_messages) = mpsc::channel(WAITING);
        let (events, waiting_events) = mpsc::channel(WAITING);
        let shared = Arc::new(Shared {
            answers,
            messages,
            events,
            ids: Ids {
                process: process.into(),
                next: AtomicU64::new(0),
            },
            lost: AtomicBool::new(false),
            missed: AtomicU64::new(0),
        });
        for waiting in [waiting_answers, waiting_messages, waiting_events] {
            tokio::spawn(carry(Arc::clone(bus), Arc::downgrade(&shared), waiting));
        }
        Self(Some(shared))
    }

    /// An id that nobody else gives away.
    pub(crate) fn id(&self) -> String {
        self.0
            .as_ref()
            .map(|shared| shared.ids.next())
            .unwrap_or_default()
    }

    /// Sends a message in the background; `None`: to all nodes.
    pub(crate) fn tell(&self, node: Option<&str>, message: Message) {
        let Some(shared) = &self.0 else {
            return;
        };
        let is_service = matches!(message, Message::Services(_));
        // Transactions are many, and an operator need not wait behind them.
        let is_awaited = matches!(
            message,
            Message::Ended { .. } | Message::AskLinks { .. } | Message::Links { .. }
        );
        let letters = match is_awaited {
            true => &shared.answers,
            false => &shared.messages,
        };
        let letter = Letter::To(node.map(Into::into), Box::new(message));
        if letters.try_send(letter).is_err() && is_service {
            shared.lost.store(true, Ordering::Relaxed);
        }
    }

    /// Tells who follows what happens, in the background.
    pub(crate) fn event(&self, station: &str, event: impl FnOnce() -> Option<String>) {
        let Some(shared) = &self.0 else {
            return;
        };
        if let Some(event) = event() {
            let station = station.into();
            let letter = Letter::Event { station, event };
            if shared.events.try_send(letter).is_err() {
                shared.missed.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// How many events the bus has not been told, because it could not be reached for too long.
    pub(crate) fn missed(&self) -> u64 {
        let shared = self.0.as_ref();
        shared.map_or(0, |shared| shared.missed.load(Ordering::Relaxed))
    }

    /// Waits until all that waits now has left.
    pub(crate) async fn flush(&self) {
        let Some(shared) = &self.0 else {
            return;
        };
        for letters in [&shared.answers, &shared.messages, &shared.events] {
            let (flushed, wait) = tokio::sync::oneshot::channel();
            if letters.send(Letter::Flushed(flushed)).await.is_ok() {
                // If nobody carries letters any more, none waits.
                let _ = wait.await;
            }
        }
    }
}

async fn carry(
    bus: Arc<dyn AnyBus>,
    shared: std::sync::Weak<Shared>,
    mut waiting: mpsc::Receiver<Letter>,
) {
    while let Some(letter) = waiting.recv().await {
        let Some(here) = shared.upgrade() else {
            return;
        };
        let id = here.ids.next();
        let again = here.lost.swap(false, Ordering::Relaxed);
        drop(here);
        match letter {
            Letter::To(node, message) => deliver(&*bus, node.as_deref(), &id, &message).await,
            Letter::Event { station, event } => {
                let event = Sending::Event(&station, &event);
                until_taken(&*bus, &id, event).await;
            }
            Letter::Flushed(flushed) => {
                // Whoever waited may have gone away.
                let _ = flushed.send(());
            }
        }
        if again {
            let all = Message::Services(Vec::new());
            deliver(&*bus, None, &format!("{id}-all"), &all).await;
        }
    }
}

async fn deliver(bus: &dyn AnyBus, node: Option<&str>, id: &str, message: &Message) {
    // Plain values; serde_json writes all of them.
    if let Ok(text) = serde_json::to_string(message) {
        until_taken(bus, id, Sending::To(node, &text)).await;
    }
}

/// What is given to the bus.
#[derive(Clone, Copy)]
enum Sending<'a> {
    To(Option<&'a str>, &'a str),
    Event(&'a str, &'a str),
}

/// So many attempts: a node that is not there any more does not hold up the others for ever.
const ATTEMPTS: usize = 240;

async fn until_taken(bus: &dyn AnyBus, id: &str, sending: Sending<'_>) {
    for _ in 0..ATTEMPTS {
        let sent = match sending {
            Sending::To(node, text) => bus.send(node, id, text).await,
            Sending::Event(station, event) => bus.publish(station, Some(id), event).await,
        };
        if sent.is_ok() {
            return;
        }
        tokio::time::sleep(RETRY).await;
    }
}
