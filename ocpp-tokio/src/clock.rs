//! The clocks of this machine, in the terms of the core.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ocpp_core::time::{DateTime, Instant, Now};

/// UTC now.
#[must_use]
pub fn utc() -> DateTime {
    let millis = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        });
    // A clock beyond the year 9999 is as good as none.
    DateTime::from_unix_millis(millis).unwrap_or(DateTime::UNIX_EPOCH)
}

/// Monotonic time since an origin.
#[derive(Debug, Clone, Copy)]
pub struct Clock(tokio::time::Instant);

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock {
    /// A clock that begins now.
    #[must_use]
    pub fn new() -> Self {
        Self(tokio::time::Instant::now())
    }

    /// Monotonic time now.
    #[must_use]
    pub fn now(self) -> Instant {
        let millis = u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX);
        Instant::from_millis(millis)
    }

    /// Both kinds of time.
    #[must_use]
    pub fn both(self) -> Now {
        Now {
            monotonic: self.now(),
            utc: Some(utc()),
        }
    }

    /// The moment of tokio's clock that `instant` stands for; what is more than a day away is told as a day from now.
    #[must_use]
    pub fn at(self, instant: Instant) -> tokio::time::Instant {
        let since = instant.saturating_since(Instant::ORIGIN);
        // Whatever is further away is asked for again then.
        let since = since.min(self.0.elapsed() + Duration::from_secs(86_400));
        self.0 + since
    }
}
