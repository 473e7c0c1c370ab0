//! Nodes within one program.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, broadcast};

use super::{Bus, BusError, Delivery};

/// Most events that somebody who listens may be behind.
const EVENTS: usize = 10_000;

/// Most messages that wait for a node. Further ones are refused.
const MESSAGES: usize = 100_000;

/// Connects nodes within one program: for tests, and for programs that serve several fleets. A node that is gone finds its messages
/// when it joins again.
#[derive(Clone)]
pub struct Switchboard(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    news: Notify,
    events: broadcast::Sender<String>,
}

#[derive(Default)]
struct State {
    waiting: BTreeMap<String, VecDeque<String>>,
    processes: BTreeSet<String>,
}

impl fmt::Debug for Switchboard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Switchboard")
    }
}

impl Default for Switchboard {
    fn default() -> Self {
        Self(Arc::new(Shared {
            state: Mutex::default(),
            news: Notify::new(),
            events: broadcast::Sender::new(EVENTS),
        }))
    }
}

impl Switchboard {
    /// With nobody connected.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The connection of another node.
    #[must_use]
    pub fn node(&self) -> impl Bus + use<> {
        Node {
            shared: Arc::clone(&self.0),
            me: Mutex::default(),
        }
    }

    /// What happens from now on, as JSON texts.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<String> {
        self.0.events.subscribe()
    }
}

impl Shared {
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        // A poisoned lock protects whole values only.
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A message that is delivered again unless somebody has said that it is done.
struct Again {
    shared: Arc<Shared>,
    node: String,
    text: Option<String>,
}

impl Again {
    fn done(mut self) {
        self.text = None;
    }
}

impl Drop for Again {
    fn drop(&mut self) {
        if let Some(text) = self.text.take() {
            self.shared.change(|state| {
                if let Some(waiting) = state.waiting.get_mut(&self.node) {
                    waiting.push_back(text);
                }
            });
            self.shared.news.notify_waiters();
        }
    }
}

/// One node.
struct Node {
    shared: Arc<Shared>,
    /// Its name, and that of the process.
    me: Mutex<Option<(String, String)>>,
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Node").field(&self.me).finish()
    }
}

impl Node {
    fn me(&self) -> Option<(String, String)> {
        self.me
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Bus for Node {
    async fn join(&self, node: &str, process: &str) -> Result<(), BusError> {
        self.shared.change(|state| {
            state.waiting.entry(node.into()).or_default();
            state.processes.insert(process.into());
        });
        let me = Some((node.to_owned(), process.to_owned()));
        *self.me.lock().unwrap_or_else(PoisonError::into_inner) = me;
        Ok(())
    }

    async fn receive(&self) -> Result<Delivery, BusError> {
        let (node, _) = self.me().ok_or_else(|| BusError::new("not joined"))?;
        loop {
            let news = self.shared.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            let next = |state: &mut State| state.waiting.get_mut(&node)?.pop_front();
            if let Some(text) = self.shared.change(next) {
                let again = Again {
                    shared: Arc::clone(&self.shared),
                    node,
                    text: Some(text.clone()),
                };
                let done = async move {
                    again.done();
                    Ok(())
                };
                return Ok(Delivery::new(text, done));
            }
            news.await;
        }
    }

    async fn send(&self, node: Option<&str>, _: &str, text: &str) -> Result<(), BusError> {
        let sent = self.shared.change(|state| {
            let mut to = state
                .waiting
                .iter_mut()
                .filter(|(name, _)| node.is_none_or(|node| node == *name))
                .peekable();
            to.peek().is_some()
                && to.all(|(_, waiting)| {
                    waiting.push_back(text.into());
                    waiting.len() <= MESSAGES
                })
        });
        self.shared.news.notify_waiters();
        let refused = || BusError::new("there is no such node, or it has too many messages");
        sent.then_some(()).ok_or_else(refused)
    }

    async fn is_alive(&self, process: &str) -> Result<bool, BusError> {
        Ok(self
            .shared
            .change(|state| state.processes.contains(process)))
    }

    async fn publish(&self, _: &str, _: Option<&str>, event: &str) -> Result<(), BusError> {
        // There may be nobody who listens.
        let _ = self.shared.events.send(event.into());
        Ok(())
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some((_, process)) = self.me() {
            self.shared.change(|state| state.processes.remove(&process));
        }
    }
}
