//! The numbers that keep peers apart.

use std::time::Duration;

use crate::websocket::RateLimit;

/// What becomes of an address (an IPv4 address, or a /64 network of IPv6) whose handshakes fail: TLS that breaks, requests
/// that are none, stations that are not known, wrong passwords, handshakes that take too long.
///
/// Its handshakes are not refused: others may be behind the same address, and succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailureLimit {
    /// How many handshakes may fail at once, and how many in a second in the long run. Default: 100 and 1.
    pub rate: RateLimit,
    /// Beyond that: how many handshakes the address has at a time, instead of
    /// [`ServerOptions::handshakes_per_address`](super::ServerOptions::handshakes_per_address). Default: 4.
    pub share: usize,
    /// Beyond that: how long the answer to a handshake that failed is held back. Default: half a second.
    pub hold: Duration,
}

impl Default for FailureLimit {
    fn default() -> Self {
        Self {
            rate: RateLimit {
                burst: 100,
                per_second: 1,
            },
            share: 4,
            hold: Duration::from_millis(500),
        }
    }
}

/// How wrong passwords delay the next attempt for the same identity from the same address. The right password ends it. The
/// same station from another address, and other stations from the same one, do not wait.
///
/// An attempt that would wait longer than five seconds is answered with 429 and `Retry-After`, others are answered late.
/// Passwords that are not wrong are forgotten at once, wrong ones ten to twenty minutes after the last.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PasswordDelays {
    /// So many wrong passwords cost nothing. Default: 3.
    pub free: u32,
    /// The delay after that; it doubles with every further one. Default: one second.
    pub first: Duration,
    /// The longest delay. Default: a minute.
    pub longest: Duration,
}

impl Default for PasswordDelays {
    fn default() -> Self {
        Self {
            free: 3,
            first: Duration::from_secs(1),
            longest: Duration::from_secs(60),
        }
    }
}

impl PasswordDelays {
    /// The delay after so many wrong passwords.
    pub(super) fn after(&self, wrong: u32) -> Duration {
        let Some(doublings) = wrong.checked_sub(self.free) else {
            return Duration::ZERO;
        };
        let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
        self.first.saturating_mul(factor).min(self.longest)
    }
}
