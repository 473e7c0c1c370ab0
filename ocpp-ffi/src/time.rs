//! The time that comes with every input.

use ocpp_core::time::{DateTime, Instant, Now};

/// What an input knows about time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Time {
    /// Monotonic time in milliseconds since any origin, usually the start of the program: drives timers.
    pub monotonic: u64,
    /// UTC in milliseconds since 1970, if the clock was set. An instant outside the years 0000 to 9999 counts as none.
    pub utc: Option<i64>,
}

impl From<Time> for Now {
    fn from(time: Time) -> Self {
        Self {
            monotonic: Instant::from_millis(time.monotonic),
            utc: time.utc.and_then(DateTime::from_unix_millis),
        }
    }
}
