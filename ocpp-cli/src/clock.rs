//! The clocks of this machine.

use std::time::{Instant as StdInstant, SystemTime, UNIX_EPOCH};

use ocpp_core::time::{DateTime, Instant, Now};

/// UTC now.
pub(crate) fn utc() -> DateTime {
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
pub(crate) struct Clock(StdInstant);

impl Clock {
    /// A clock that begins now.
    pub(crate) fn new() -> Self {
        Self(StdInstant::now())
    }

    pub(crate) fn now(self) -> Instant {
        let millis = u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX);
        Instant::from_millis(millis)
    }

    /// Both kinds of time.
    pub(crate) fn both(self) -> Now {
        Now {
            monotonic: self.now(),
            utc: Some(utc()),
        }
    }

    /// The moment of this machine's clock that `instant` stands for.
    pub(crate) fn at(self, instant: Instant) -> tokio::time::Instant {
        let since = instant.saturating_since(Instant::ORIGIN);
        // Whatever is further away than a day is asked for again then.
        let since = since.min(self.0.elapsed() + std::time::Duration::from_secs(86_400));
        (self.0 + since).into()
    }
}
