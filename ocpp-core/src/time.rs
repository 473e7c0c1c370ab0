//! The two kinds of time that the core knows.
//!
//! *Monotonic* time ([`Instant`]) drives every timer: it never jumps and survives clock changes. *UTC*
//! ([`DateTime`]) goes into messages and decides validity windows; a station may not know it yet. A time zone is needed
//! only for recurring schedules in local time and is handed in there. The core never reads a clock: every input carries
//! a [`Now`].

use core::ops::Add;
use core::time::Duration;

pub use ocpp_types::DateTime;

/// Monotonic time in milliseconds since an origin that the application chooses (usually its start).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(u64);

impl Instant {
    /// The origin.
    pub const ORIGIN: Self = Self(0);

    /// The instant `millis` milliseconds after the origin.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the origin.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Time passed since `earlier`; zero when `earlier` lies in the future.
    #[must_use]
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// Adds whole milliseconds and saturates at the end of time, so that "never" can be a very long duration.
impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, rhs: Duration) -> Self {
        let millis = u64::try_from(rhs.as_millis()).unwrap_or(u64::MAX);
        Self(self.0.saturating_add(millis))
    }
}

/// What an input knows about time: always the monotonic instant, and UTC once the clock has been set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Drives timers.
    pub monotonic: Instant,
    /// Goes into messages. `None` while the clock has not been set.
    pub utc: Option<DateTime>,
}
