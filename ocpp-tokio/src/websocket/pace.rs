//! What a connection does by the clock: pings, and reading no faster than allowed.

use core::future::Future as _;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::{Duration, Instant, Sleep, sleep_until};

use super::RateLimit;

/// Pings, and what they tell.
#[derive(Debug)]
pub(super) struct KeepAlive {
    interval: Option<Duration>,
    timeout: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    /// A ping went out and nothing has arrived since.
    awaiting: bool,
    /// The timer runs for the answer to a ping, not for the next ping.
    timeout_running: bool,
}

#[derive(PartialEq, Eq)]
pub(super) enum Due {
    Nothing,
    Ping,
    Dead,
}

impl KeepAlive {
    pub(super) fn new(interval: Option<Duration>, timeout: Duration) -> Self {
        let mut keep_alive = Self {
            interval: None,
            timeout,
            timer: None,
            awaiting: false,
            timeout_running: false,
        };
        keep_alive.set_interval(interval);
        keep_alive
    }

    /// Something arrived: the peer lives.
    pub(super) fn heard(&mut self) {
        self.awaiting = false;
    }

    pub(super) fn set_interval(&mut self, interval: Option<Duration>) {
        self.interval = interval.filter(|interval| !interval.is_zero());
        self.awaiting = false;
        self.timeout_running = false;
        self.timer = self
            .interval
            .map(|interval| Box::pin(sleep_until(Instant::now() + interval)));
    }

    pub(super) fn poll_due(&mut self, cx: &mut Context<'_>) -> Due {
        let (Some(interval), Some(timer)) = (self.interval, &mut self.timer) else {
            return Due::Nothing;
        };
        let timeout = self.timeout.min(interval);
        loop {
            if timer.as_mut().poll(cx).is_pending() {
                return Due::Nothing;
            }
            if self.awaiting {
                return Due::Dead;
            }
            // Two kinds of expiry take turns: after a ping the time-out, after the time-out the rest of the interval.
            let now = timer.deadline();
            if self.timeout_running {
                self.timeout_running = false;
                timer.as_mut().reset(now + (interval - timeout));
            } else {
                self.timeout_running = true;
                self.awaiting = true;
                timer.as_mut().reset(Instant::now() + timeout);
                // Arms the timer for this task.
                let _ = timer.as_mut().poll(cx);
                return Due::Ping;
            }
        }
    }
}

/// A token bucket without a timer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Credit {
    /// What one costs, what there is at most, and what is left: in time that brings it back.
    price: Duration,
    full: Duration,
    left: Duration,
    updated: Instant,
}

impl Credit {
    pub(crate) fn new(limit: RateLimit, now: Instant) -> Self {
        let price = Duration::from_secs(1) / limit.per_second.max(1);
        let full = price.saturating_mul(limit.burst.max(1));
        Self {
            price,
            full,
            left: full,
            updated: now,
        }
    }

    /// How long until one more may come; `None` if it may come now.
    pub(crate) fn wait(&mut self, now: Instant) -> Option<Duration> {
        if self.left < self.price {
            self.refill(now);
        }
        let missing = self.price.saturating_sub(self.left);
        (!missing.is_zero()).then_some(missing)
    }

    pub(crate) fn take(&mut self) {
        self.left = self.left.saturating_sub(self.price);
    }

    /// Whether nothing is left to remember.
    pub(crate) fn is_full(&mut self, now: Instant) -> bool {
        self.refill(now);
        self.left == self.full
    }

    fn refill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.updated);
        self.left = self.full.min(self.left.saturating_add(passed));
        self.updated = now;
    }
}

/// What the connections of one station have left together.
pub(crate) type SharedCredit = Arc<Mutex<Credit>>;

/// A token bucket over tokio's clock.
#[derive(Debug)]
pub(super) struct Bucket {
    credit: SharedCredit,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Bucket {
    pub(super) fn new(credit: SharedCredit) -> Self {
        Self {
            credit,
            timer: None,
        }
    }

    /// No code that can panic runs under the lock, so a poisoned lock would still guard a sound state.
    fn credit(&self) -> MutexGuard<'_, Credit> {
        self.credit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn take(&mut self) {
        self.credit().take();
    }

    pub(super) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let now = Instant::now();
            let Some(wait) = self.credit().wait(now) else {
                self.timer = None;
                return Poll::Ready(());
            };
            let at = now + wait;
            let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(at)));
            timer.as_mut().reset(at);
            ready!(timer.as_mut().poll(cx));
        }
    }
}
