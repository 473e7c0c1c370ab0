//! Who is connected: one connection for each station.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, oneshot};

use super::Duplicates;
use crate::identity::Identity;
use crate::websocket::{CloseCode, End, Kick};

#[derive(Debug)]
pub(super) struct Registry {
    state: Mutex<State>,
    max_connections: usize,
    /// Notified when the last connection is gone, and when the shutdown begins.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    stations: HashMap<Identity, Registered>,
    /// Connections that exist, replaced ones that are still closing included.
    live: usize,
    next_serial: u64,
    shutting_down: bool,
}

#[derive(Debug)]
struct Registered {
    serial: u64,
    kick: Option<oneshot::Sender<Kick>>,
}

impl Registered {
    fn kick(&mut self, code: CloseCode, end: End) {
        if let Some(kick) = self.kick.take() {
            // The connection may have ended by itself meanwhile.
            let _ = kick.send(Kick { code, end });
        }
    }
}

/// Why a station was not registered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotRegistered {
    Duplicate,
    Full,
}

impl Registry {
    pub(super) fn new(max_connections: usize) -> Self {
        Self {
            state: Mutex::default(),
            max_connections,
            changed: Notify::new(),
        }
    }

    /// No code that can panic runs under the lock, so a poisoned lock would still guard a sound state.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn len(&self) -> usize {
        self.state().live
    }

    pub(super) fn contains(&self, identity: &Identity) -> bool {
        self.state().stations.contains_key(identity)
    }

    pub(super) fn register(
        self: &Arc<Self>,
        identity: &Identity,
        duplicates: Duplicates,
    ) -> Result<(Registration, oneshot::Receiver<Kick>), NotRegistered> {
        let mut state = self.state();
        let state = &mut *state;
        if state.shutting_down {
            return Err(NotRegistered::Full);
        }
        let serial = state.next_serial;
        let (sender, receiver) = oneshot::channel();
        let registered = Registered {
            serial,
            kick: Some(sender),
        };
        match state.stations.entry(identity.clone()) {
            Entry::Occupied(_) if duplicates == Duplicates::OldestWins => {
                return Err(NotRegistered::Duplicate);
            }
            // Takes the place of the old one, so the server does not become fuller.
            Entry::Occupied(mut entry) => {
                entry
                    .insert(registered)
                    .kick(CloseCode::POLICY, End::Replaced);
            }
            Entry::Vacant(_) if state.live >= self.max_connections => {
                return Err(NotRegistered::Full);
            }
            Entry::Vacant(entry) => {
                entry.insert(registered);
            }
        }
        state.next_serial += 1;
        state.live += 1;
        let registration = Registration {
            registry: Arc::clone(self),
            identity: identity.clone(),
            serial,
        };
        Ok((registration, receiver))
    }

    pub(super) fn disconnect(&self, identity: &Identity, reason: &str) -> bool {
        let code = CloseCode::POLICY;
        let end = End::ClosedHere {
            code,
            reason: reason.to_owned(),
        };
        match self.state().stations.get_mut(identity) {
            Some(registered) => {
                registered.kick(code, end);
                true
            }
            None => false,
        }
    }

    pub(super) fn shutdown(&self) {
        let mut state = self.state();
        state.shutting_down = true;
        let code = CloseCode::GOING_AWAY;
        for registered in state.stations.values_mut() {
            registered.kick(
                code,
                End::ClosedHere {
                    code,
                    reason: "server shutdown".to_owned(),
                },
            );
        }
        drop(state);
        self.changed.notify_waiters();
    }

    /// Waits until the shutdown begins.
    pub(super) async fn shutdown_begun(&self) {
        self.wait_for(|state| state.shutting_down).await;
    }

    /// Waits until no connection is left.
    pub(super) async fn emptied(&self) {
        self.wait_for(|state| state.live == 0).await;
    }

    async fn wait_for(&self, condition: impl Fn(&State) -> bool) {
        loop {
            let changed = self.changed.notified();
            if condition(&self.state()) {
                return;
            }
            changed.await;
        }
    }
}

/// Keeps a station registered; lives inside its connection.
#[derive(Debug)]
pub(super) struct Registration {
    registry: Arc<Registry>,
    identity: Identity,
    serial: u64,
}

impl Drop for Registration {
    fn drop(&mut self) {
        let mut state = self.registry.state();
        state.live = state.live.saturating_sub(1);
        // A newer connection of the same station stays.
        if let Entry::Occupied(entry) = state.stations.entry(self.identity.clone())
            && entry.get().serial == self.serial
        {
            entry.remove();
        }
        let empty = state.live == 0;
        drop(state);
        if empty {
            self.registry.changed.notify_waiters();
        }
    }
}
