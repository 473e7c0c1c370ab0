//! Who may begin a handshake: shares of the places, so that whoever is slow keeps nobody else waiting.
//!
//! There are so many places for handshakes of a listener, and one address has at most a share of them; its other
//! connections wait, in their order. A free place goes to the address that has the fewest. When all are taken, the address
//! that has most of them gives up its longest handshake for one that has fewer, but not before that had a fair time. In the
//! same way an address makes room for its own connections that wait.
//!
//! Established connections have no share: a fleet behind one address reconnects as fast as its handshakes succeed.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use super::source::Source;

/// The numbers behind the shares.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shares {
    /// Handshakes at a time.
    pub(super) places: usize,
    /// Connections that wait for a place.
    pub(super) waiting: usize,
    /// How long a handshake goes on undisturbed although an address with fewer waits.
    pub(super) fair: Duration,
    /// How long although one of the same address waits.
    pub(super) own: Duration,
}

#[derive(Debug)]
pub(super) struct Gate {
    shares: Shares,
    state: Mutex<State>,
    /// Notified when a handshake ends while others wait.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    sources: HashMap<Source, Queue>,
    /// Sources with somebody waiting who may have a place: how many places they have, who came first.
    ready: BTreeSet<(usize, u64, Source)>,
    /// Sources whose own share keeps somebody waiting: since when their longest handshake lasts.
    stuck: BTreeSet<(Instant, Source)>,
    /// Sources by their places, and by those who wait.
    busy: BTreeSet<(usize, Source)>,
    queued: BTreeSet<(usize, Source)>,
    /// Places that are taken, also by those that wait for the application after their handshake.
    taken: usize,
    waiting: usize,
    next: u64,
    /// When a handshake has had its fair time although others wait.
    due: Option<Instant>,
}

/// What one source has.
#[derive(Debug, Default)]
struct Queue {
    share: usize,
    active: VecDeque<Active>,
    waiting: VecDeque<(u64, oneshot::Sender<Pass>)>,
}

#[derive(Debug)]
struct Active {
    number: u64,
    since: Instant,
    stop: oneshot::Sender<()>,
}

impl State {
    /// Changes what a source has; the indexes follow.
    fn change<T>(&mut self, source: Source, change: impl FnOnce(&mut Queue) -> T) -> T {
        let queue = self.sources.entry(source).or_default();
        let before = (queue.active.len(), queue.waiting.len());
        if let Some((first, _)) = queue.waiting.front() {
            self.ready.remove(&(before.0, *first, source));
        }
        if let Some(oldest) = queue.active.front() {
            self.stuck.remove(&(oldest.since, source));
        }
        self.busy.remove(&(before.0, source));
        self.queued.remove(&(before.1, source));
        let result = change(queue);
        let after = (queue.active.len(), queue.waiting.len());
        if let Some((first, _)) = queue.waiting.front() {
            self.queued.insert((after.1, source));
            match queue.active.front() {
                Some(oldest) if after.0 >= queue.share => {
                    self.stuck.insert((oldest.since, source));
                }
                _ => {
                    self.ready.insert((after.0, *first, source));
                }
            }
        }
        if after.0 > 0 {
            self.busy.insert((after.0, source));
        }
        if after == (0, 0) {
            self.sources.remove(&source);
        }
        self.taken = self.taken + after.0 - before.0;
        self.waiting = self.waiting + after.1 - before.1;
        result
    }

    /// Ends the longest handshake of a source.
    fn evict(&mut self, source: Source) {
        if let Some(active) = self.change(source, |queue| queue.active.pop_front()) {
            // It may have ended by itself meanwhile.
            let _ = active.stop.send(());
        }
    }
}

impl Gate {
    pub(super) fn new(shares: Shares) -> Arc<Self> {
        Arc::new(Self {
            shares,
            state: Mutex::default(),
            changed: Notify::new(),
        })
    }

    /// No code that can panic runs under the lock, so a poisoned lock would still guard a sound state.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection has come: its turn for a handshake comes at once or later, or never when there are too many. A source
    /// may have `share` handshakes at a time.
    pub(super) fn arrive(self: &Arc<Self>, source: Source, share: usize, now: Instant) -> Turn {
        let (go, pass) = oneshot::channel();
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        state.change(source, |queue| {
            queue.share = share.max(1);
            queue.waiting.push_back((number, go));
        });
        self.fill(&mut state, now);
        // Whoever sends most of those that wait makes room.
        while state.waiting > self.shares.waiting
            && let Some((_, most)) = state.queued.last().copied()
        {
            let refused = state.change(most, |queue| queue.waiting.pop_back());
            drop(refused);
        }
        if state.waiting > 0 {
            // When somebody has had its time may have changed.
            self.changed.notify_one();
        }
        drop(state);
        Turn {
            gate: Arc::clone(self),
            source,
            number,
            pass,
            came: false,
        }
    }

    /// The system has no room for more connections: those that wait longest in the largest crowd go.
    pub(super) fn shed(&self) {
        let mut state = self.state();
        if let Some((_, most)) = state.queued.last().copied() {
            let refused = state.change(most, |queue| queue.waiting.pop_front());
            drop(refused);
        } else if let Some((_, most)) = state.busy.last().copied() {
            state.evict(most);
        }
    }

    /// Waits until places may go to others: a handshake ended, or has had its time.
    pub(super) async fn changed(self: &Arc<Self>) {
        let due = self.state().due;
        let overdue = async {
            match due {
                Some(due) => tokio::time::sleep_until(due).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.changed.notified() => {}
            () = overdue => {}
        }
        self.fill(&mut self.state(), Instant::now());
    }

    /// Gives places to those that wait.
    fn fill(self: &Arc<Self>, state: &mut State, now: Instant) {
        state.due = None;
        loop {
            // An address makes room for its own.
            if let Some((since, source)) = state.stuck.first().copied() {
                if now >= since + self.shares.own {
                    state.evict(source);
                    continue;
                }
                state.due = Some(since + self.shares.own);
            }
            let Some((places, _, source)) = state.ready.first().copied() else {
                return;
            };
            if state.taken < self.shares.places {
                self.admit(state, source, now);
                continue;
            }
            let Some((most, victim)) = state.busy.last().copied() else {
                return;
            };
            let oldest = state.sources.get(&victim).and_then(|it| it.active.front());
            let Some(oldest) = oldest.filter(|_| most > places + 1) else {
                return;
            };
            let due = oldest.since + self.shares.fair;
            if now < due {
                state.due = Some(state.due.map_or(due, |other| other.min(due)));
                return;
            }
            state.evict(victim);
        }
    }

    fn admit(self: &Arc<Self>, state: &mut State, source: Source, now: Instant) {
        state.change(source, |queue| {
            let Some((number, go)) = queue.waiting.pop_front() else {
                return;
            };
            let (stop, stopped) = oneshot::channel();
            let pass = Pass {
                gate: Some(Arc::clone(self)),
                source,
                number,
                finished: false,
                stopped,
            };
            match go.send(pass) {
                Ok(()) => queue.active.push_back(Active {
                    number,
                    since: now,
                    stop,
                }),
                // Whoever waited has gone; the pass must not come back into this.
                Err(mut pass) => pass.gate = None,
            }
        });
    }

    fn leave(&self, pass: &Pass) {
        let mut state = self.state();
        if pass.finished {
            state.taken -= 1;
        } else {
            state.change(pass.source, |queue| {
                queue.active.retain(|active| active.number != pass.number);
            });
        }
        if state.waiting > 0 {
            self.changed.notify_one();
        }
    }
}

/// A connection that waits for its handshake; dropping it gives that up.
#[derive(Debug)]
pub(super) struct Turn {
    gate: Arc<Gate>,
    source: Source,
    number: u64,
    pass: oneshot::Receiver<Pass>,
    /// The pass came, or never will.
    came: bool,
}

impl Turn {
    /// Waits for the pass; nothing if others are more important.
    pub(super) async fn pass(&mut self) -> Option<Pass> {
        let pass = (&mut self.pass).await;
        self.came = true;
        pass.ok()
    }

    #[cfg(test)]
    fn try_pass(&mut self) -> Result<Pass, oneshot::error::TryRecvError> {
        let pass = self.pass.try_recv();
        self.came = !matches!(pass, Err(oneshot::error::TryRecvError::Empty));
        pass
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.came {
            let number = self.number;
            let mut state = self.gate.state();
            state.change(self.source, |queue| {
                queue.waiting.retain(|(waiting, _)| *waiting != number);
            });
        }
    }
}

/// The place of a handshake; dropping it gives it back.
#[derive(Debug)]
pub(super) struct Pass {
    gate: Option<Arc<Gate>>,
    source: Source,
    number: u64,
    finished: bool,
    stopped: oneshot::Receiver<()>,
}

impl Pass {
    /// Waits until somebody else needs the place.
    pub(super) async fn stopped(&mut self) {
        if (&mut self.stopped).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// The handshake is done. The place stays taken as long as the application does not take the connection, but is no
    /// longer part of the source's share, and nobody takes it away. `false` if somebody did before.
    pub(super) fn finish(&mut self) -> bool {
        let Some(gate) = &self.gate else { return false };
        let mut state = gate.state();
        let number = self.number;
        let there = state.change(self.source, |queue| {
            let before = queue.active.len();
            queue.active.retain(|active| active.number != number);
            queue.active.len() < before
        });
        if there {
            state.taken += 1;
            self.finished = true;
        }
        there
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if let Some(gate) = self.gate.take() {
            gate.leave(self);
        }
    }
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
