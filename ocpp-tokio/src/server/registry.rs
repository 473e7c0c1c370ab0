//! Who is connected: one connection for each station.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use super::Duplicates;
use super::source::Recent;
use crate::identity::Identity;
use crate::info::next_number;
use crate::websocket::{CloseCode, Credit, End, Kick, RateLimit, SharedCredit};

/// How many stations are remembered that have gone with their rate used up. It comes back within seconds.
const MAX_RESTING: usize = 20_000;

#[derive(Debug)]
pub(super) struct Registry {
    state: Mutex<State>,
    max_connections: usize,
    rate: Option<RateLimit>,
    /// Notified when the last connection is gone, and when the shutdown begins.
    changed: Notify,
}

#[derive(Debug)]
struct State {
    stations: HashMap<Identity, Registered>,
    /// What stations that have gone have left of their message rate, until it is full again.
    resting: Recent<Identity, Credit>,
    /// Connections that exist, replaced ones that are still closing included.
    live: usize,
    shutting_down: bool,
}

#[derive(Debug)]
struct Registered {
    serial: u64,
    kick: Option<oneshot::Sender<Kick>>,
    credit: Option<SharedCredit>,
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
    /// The station has used its message rate up: it may come back after this time.
    TooSoon(Duration),
}

impl Registry {
    pub(super) fn new(max_connections: usize, rate: Option<RateLimit>) -> Self {
        let now = Instant::now();
        let refill = rate.map_or(Duration::ZERO, |rate| {
            Duration::from_secs(1) * rate.burst.max(1) / rate.per_second.max(1)
        });
        let state = State {
            stations: HashMap::new(),
            resting: Recent::new(MAX_RESTING, refill + Duration::from_secs(1), now),
            live: 0,
            shutting_down: false,
        };
        Self {
            state: Mutex::new(state),
            max_connections,
            rate,
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
        let now = Instant::now();
        let mut state = self.state();
        let state = &mut *state;
        if state.shutting_down {
            return Err(NotRegistered::Full);
        }
        let credit = self.rate.map(|rate| state.credit(identity, rate, now));
        if let Some(credit) = &credit {
            let wait = lock(credit).wait(now);
            if let Some(wait) = wait {
                return Err(NotRegistered::TooSoon(wait));
            }
        }
        // Drawn under the lock: in the order in which connections replace one another.
        let serial = next_number();
        let (sender, receiver) = oneshot::channel();
        let registered = Registered {
            serial,
            kick: Some(sender),
            credit: credit.clone(),
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
        state.live += 1;
        state.resting.remove(identity);
        if let Some(credit) = &credit {
            lock(credit).take();
        }
        let registration = Registration {
            registry: Arc::clone(self),
            identity: identity.clone(),
            serial,
            credit,
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

fn lock(credit: &SharedCredit) -> MutexGuard<'_, Credit> {
    credit.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    /// What the station has left of its rate: of the connection that it has, or had a moment ago.
    fn credit(&mut self, identity: &Identity, rate: RateLimit, now: Instant) -> SharedCredit {
        let live = self.stations.get(identity);
        if let Some(credit) = live.and_then(|live| live.credit.clone()) {
            return credit;
        }
        let resting = self.resting.get_mut(now, identity).copied();
        Arc::new(Mutex::new(
            resting.unwrap_or_else(|| Credit::new(rate, now)),
        ))
    }
}

/// Keeps a station registered; lives inside its connection.
#[derive(Debug)]
pub(super) struct Registration {
    registry: Arc<Registry>,
    identity: Identity,
    serial: u64,
    credit: Option<SharedCredit>,
}

impl Registration {
    /// See [`ConnectionInfo::number`](crate::ConnectionInfo::number).
    pub(super) const fn number(&self) -> u64 {
        self.serial
    }

    /// What the station has left of its message rate.
    pub(super) fn credit(&self) -> Option<SharedCredit> {
        self.credit.clone()
    }
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
            let now = Instant::now();
            let credit = self.credit.as_ref().map(|credit| *lock(credit));
            if let Some(mut credit) = credit
                && !credit.is_full(now)
            {
                state.resting.insert(now, self.identity.clone(), credit);
            }
        }
        let empty = state.live == 0;
        drop(state);
        if empty {
            self.registry.changed.notify_waiters();
        }
    }
}
