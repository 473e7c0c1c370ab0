//! How often something is tried again.

use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::time::Instant;

/// The pause between attempts when the CSMS leaves it open.
const RETRY_INTERVAL: Duration = Duration::from_secs(60);

/// How often something is tried again.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Retries {
    left: i64,
    /// In seconds.
    interval: u64,
}

impl Retries {
    /// As the CSMS wants it, within bounds.
    pub(crate) fn new(retries: Option<i64>, interval: Option<i64>) -> Self {
        let interval = match interval {
            // As fast as it is permitted.
            Some(0) => bounds::SHORTEST_PAUSE,
            interval => bounds::seconds(interval, RETRY_INTERVAL),
        };
        Self {
            left: retries.unwrap_or(0).clamp(0, bounds::MOST_RETRIES),
            interval: interval.as_secs(),
        }
    }

    /// When to try again after an attempt that began then: the interval lies between the begins of attempts, unless one takes
    /// longer.
    pub(crate) fn next(&mut self, begun: Instant, now: Instant) -> Option<Instant> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        let next = begun + Duration::from_secs(self.interval);
        Some(next.max(now + bounds::SHORTEST_PAUSE))
    }
}
