//! One station: the value of the core, its connection, and who waits for it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ocpp_core::csms::remote::{CloseReason, CommandError, Outcome, RemoteStation};
use tokio::sync::{mpsc, oneshot};

use super::journal::Journal;
use super::store::Row;
use crate::Version;

/// What goes to the task of a connection.
#[derive(Debug)]
pub(super) enum ToStation {
    Text(String),
    Close(CloseReason),
    /// Another process has taken the station.
    Elsewhere,
    /// This node goes away.
    Restart,
    /// The network is gone, as a test wants it.
    #[cfg(feature = "testing")]
    Cut,
}

/// A connection of a station.
#[derive(Debug)]
pub(super) struct Line {
    /// Tells this connection from the station's earlier and later ones.
    pub(super) number: u64,
    pub(super) version: Version,
    pub(super) texts: mpsc::UnboundedSender<ToStation>,
    /// The core has heard of it. What is said before that is for the connection before it.
    pub(super) is_heard: bool,
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
    /// One local list is sent after the other.
    pub(super) sending_list: tokio::sync::Mutex<()>,
    standing: AtomicU8,
    /// See [`Member::is_sealed`].
    sealed: AtomicBool,
    /// How many work with it.
    pins: AtomicUsize,
    /// Memory has all that is stored of it, unless another process has taken it since.
    read: AtomicBool,
    /// See [`Member::claim`].
    pub(super) claim: Mutex<Option<String>>,
    /// Rows that are written together with the next records.
    pub(super) beside: Mutex<Vec<Row>>,
    /// Numbers of transactions that were given away for it and are not stored yet.
    pub(super) fresh: Mutex<Vec<u64>>,
}

/// What a station is to the CSMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// There are no records of it.
    Unknown,
    /// There are records of it, and the operator has not put it.
    Stranger,
    /// The operator has put it.
    Put,
}

/// A poisoned lock protects whole values only.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Member {
    pub(super) fn new(remote: RemoteStation) -> Arc<Self> {
        Arc::new(Self {
            id: remote.identity().into(),
            remote: tokio::sync::Mutex::new(remote),
            line: Mutex::default(),
            commands: Mutex::default(),
            journal: Mutex::default(),
            sending_list: tokio::sync::Mutex::default(),
            standing: AtomicU8::new(Standing::Unknown as u8),
            sealed: AtomicBool::new(false),
            pins: AtomicUsize::new(0),
            read: AtomicBool::new(false),
            claim: Mutex::default(),
            beside: Mutex::default(),
            fresh: Mutex::default(),
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
        self.standing() != Standing::Unknown
    }

    /// Whether the operator has put it.
    pub(super) fn is_put(&self) -> bool {
        self.standing() == Standing::Put
    }

    pub(super) fn standing(&self) -> Standing {
        standing(self.standing.load(Ordering::Relaxed))
    }

    /// Gives what it was before. [`Fleet::stands`](super::fleet::Fleet::stands) counts too.
    pub(super) fn set_standing(&self, is: Standing) -> Standing {
        standing(self.standing.swap(is as u8, Ordering::Relaxed))
    }

    /// Its own record cannot be read: nobody knows its password, so it does not come in, and nothing is written over the record.
    pub(super) fn is_sealed(&self) -> bool {
        self.sealed.load(Ordering::Relaxed)
    }

    pub(super) fn set_sealed(&self, sealed: bool) {
        self.sealed.store(sealed, Ordering::Relaxed);
    }

    /// Somebody works with it.
    pub(super) fn pin(&self) {
        self.pins.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn unpin(&self) {
        self.pins.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn is_pinned(&self) -> bool {
        self.pins.load(Ordering::Relaxed) > 0
    }

    pub(super) fn is_read(&self) -> bool {
        self.read.load(Ordering::Relaxed)
    }

    pub(super) fn set_read(&self, read: bool) {
        self.read.store(read, Ordering::Relaxed);
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

    /// Ends its connection, whose messages are not heard any more. `false`: there is none.
    pub(super) fn throw_out(&self, why: CloseReason) -> bool {
        let line = lock(&self.line).take();
        let is_there = line.is_some();
        if let Some(line) = line {
            // The task may be ending.
            let _ = line.texts.send(ToStation::Close(why));
        }
        is_there
    }

    pub(super) fn is_line(&self, number: u64) -> bool {
        let line = lock(&self.line);
        line.as_ref().is_some_and(|line| line.number == number)
    }

    /// The core hears of a connection; `false`: there is another one by now.
    pub(super) fn hear(&self, number: u64) -> bool {
        let mut line = lock(&self.line);
        let line = line.as_mut().filter(|line| line.number == number);
        let Some(line) = line else {
            return false;
        };
        line.is_heard = true;
        true
    }

    pub(super) fn send(&self, what: ToStation) {
        let line = lock(&self.line);
        if let Some(line) = line.as_ref().filter(|line| line.is_heard) {
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

const fn standing(number: u8) -> Standing {
    match number {
        0 => Standing::Unknown,
        1 => Standing::Stranger,
        _ => Standing::Put,
    }
}
