//! When to open the connection.

use crate::back_off::{BackOff, BackOffPolicy};
use crate::time::Instant;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Not wanted.
    Stopped,
    /// Asked for, not open yet.
    Opening,
    Open,
    /// Waits until the next attempt.
    Waiting(Instant),
}

/// The way from being started to an open connection, and back to it after it was lost.
#[derive(Debug)]
pub(crate) struct Link {
    state: State,
    back_off: BackOff,
    at_once: bool,
    /// It was told to close, and is not closed yet.
    closing: bool,
}

impl Link {
    pub(super) const fn new(policy: BackOffPolicy) -> Self {
        Self {
            state: State::Stopped,
            back_off: BackOff::new(policy),
            at_once: false,
            closing: false,
        }
    }

    /// Says whether to open the connection now.
    pub(super) fn start(&mut self) -> bool {
        let stopped = self.state == State::Stopped;
        if stopped {
            self.state = State::Opening;
        }
        stopped
    }

    /// Says whether there is something to close.
    pub(super) fn stop(&mut self) -> bool {
        let open = matches!(self.state, State::Opening | State::Open);
        self.state = State::Stopped;
        open
    }

    /// The connection that was asked for is open.
    pub(super) fn connected(&mut self) {
        self.state = State::Open;
        self.back_off.connected();
    }

    /// Whether it was asked for and is not open yet.
    pub(super) fn is_opening(&self) -> bool {
        self.state == State::Opening
    }

    /// Says whether to open it again at once.
    pub(super) fn disconnected(&mut self, now: Instant, random: u64) -> bool {
        self.closing = false;
        if self.state == State::Stopped {
            return false;
        }
        if core::mem::take(&mut self.at_once) {
            self.state = State::Opening;
            return true;
        }
        self.state = State::Waiting(now + self.back_off.next_wait(random));
        false
    }

    /// Says whether to open it now.
    pub(super) fn time_passed(&mut self, now: Instant) -> bool {
        let due = matches!(self.state, State::Waiting(until) if until <= now);
        if due {
            self.state = State::Opening;
        }
        due
    }

    pub(super) const fn next_timeout(&self) -> Option<Instant> {
        match self.state {
            State::Waiting(until) => Some(until),
            _ => None,
        }
    }

    pub(super) const fn reconnect_at_once(&mut self) {
        self.at_once = true;
    }

    /// It was told to close.
    pub(super) const fn closes(&mut self) {
        self.closing = true;
    }

    /// Whether what is sent now is lost.
    pub(super) const fn is_closing(&self) -> bool {
        self.closing
    }

    /// Changes the waiting times.
    pub(crate) const fn set_policy(&mut self, policy: BackOffPolicy) {
        self.back_off.set_policy(policy);
    }
}
