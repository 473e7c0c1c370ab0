//! One station: the value of the core, its connection, and who waits for it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ocpp_core::csms::remote::{CloseReason, CommandError, Outcome, RemoteStation};
use tokio::sync::{mpsc, oneshot};

use super::journal::Journal;
use crate::Version;

/// What goes to the task of a connection.
#[derive(Debug)]
pub(super) enum ToStation {
    Text(String),
    Close(CloseReason),
}

/// A connection of a station.
#[derive(Debug)]
pub(super) struct Line {
    /// Tells this connection from the station's earlier and later ones.
    pub(super) number: u64,
    pub(super) version: Version,
    pub(super) texts: mpsc::UnboundedSender<ToStation>,
}

type Waiting = oneshot::Sender<Result<Outcome, CommandError>>;

/// A station that is known or connected.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) id: Arc<str>,
    pub(super) remote: tokio::sync::Mutex<RemoteStation>,
    line: Mutex<Option<Line>>,
    commands: Mutex<HashMap<u64, Waiting>>,
    pub(super) journal: Mutex<Journal>,
    /// There are records of it.
    kept: AtomicBool,
}

/// A poisoned lock protects whole values only.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Member {
    pub(super) fn new(remote: RemoteStation, kept: bool) -> Arc<Self> {
        Arc::new(Self {
            id: remote.identity().into(),
            remote: tokio::sync::Mutex::new(remote),
            line: Mutex::default(),
            commands: Mutex::default(),
            journal: Mutex::default(),
            kept: AtomicBool::new(kept),
        })
    }

    /// The version of its connection, if it has one.
    pub(super) fn version(&self) -> Option<Version> {
        lock(&self.line).as_ref().map(|line| line.version)
    }

    pub(super) fn is_connected(&self) -> bool {
        lock(&self.line).is_some()
    }

    /// Whether there is something to remember of it.
    pub(super) fn is_kept(&self) -> bool {
        self.kept.load(Ordering::Relaxed)
    }

    pub(super) fn set_kept(&self, kept: bool) {
        self.kept.store(kept, Ordering::Relaxed);
    }

    /// Takes a connection. `false`: there is a newer one.
    pub(super) fn attach(&self, line: Line) -> bool {
        let mut there = lock(&self.line);
        if there
            .as_ref()
            .is_some_and(|there| there.number > line.number)
        {
            return false;
        }
        *there = Some(line);
        true
    }

    /// A connection has ended; `false`: there is another one by now.
    pub(super) fn detach(&self, number: u64) -> bool {
        let mut there = lock(&self.line);
        let is_it = there.as_ref().is_some_and(|line| line.number == number);
        if is_it {
            *there = None;
        }
        is_it
    }

    pub(super) fn is_line(&self, number: u64) -> bool {
        let line = lock(&self.line);
        line.as_ref().is_some_and(|line| line.number == number)
    }

    pub(super) fn send(&self, what: ToStation) {
        if let Some(line) = &*lock(&self.line) {
            // The task may be ending.
            let _ = line.texts.send(what);
        }
    }

    pub(super) fn await_outcome(&self, command: u64, waiting: Waiting) {
        lock(&self.commands).insert(command, waiting);
    }

    pub(super) fn ended(&self, command: u64, outcome: Result<Outcome, CommandError>) {
        if let Some(waiting) = lock(&self.commands).remove(&command) {
            // The operator may have gone away.
            let _ = waiting.send(outcome);
        }
    }
}
