//! What a connection does by the clock: pings, and reading no faster than allowed.

use core::future::Future as _;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

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

/// A token bucket over tokio's clock.
#[derive(Debug)]
pub(super) struct Bucket {
    limit: RateLimit,
    /// Tokens in units of 1/per_second second, that is: nanoseconds of credit.
    credit: Duration,
    updated: Instant,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Bucket {
    pub(super) fn new(limit: RateLimit) -> Self {
        let limit = RateLimit {
            burst: limit.burst.max(1),
            per_second: limit.per_second.max(1),
        };
        let mut bucket = Self {
            limit,
            credit: Duration::ZERO,
            updated: Instant::now(),
            timer: None,
        };
        bucket.credit = bucket.full();
        bucket
    }

    /// What one message costs.
    fn price(&self) -> Duration {
        Duration::from_secs(1) / self.limit.per_second
    }

    fn full(&self) -> Duration {
        self.price().saturating_mul(self.limit.burst)
    }

    pub(super) fn take(&mut self) {
        self.credit = self.credit.saturating_sub(self.price());
    }

    pub(super) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            if self.credit >= self.price() {
                return Poll::Ready(());
            }
            let now = Instant::now();
            self.credit = self.full().min(self.credit + (now - self.updated));
            self.updated = now;
            if self.credit >= self.price() {
                self.timer = None;
                continue;
            }
            let at = now + (self.price() - self.credit);
            let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(at)));
            timer.as_mut().reset(at);
            ready!(timer.as_mut().poll(cx));
        }
    }
}
