//! How long a station waits before it connects again (part 4 section 5.3 with erratum 2025-04 4.12).
//!
//! The first wait is `RetryBackOffWaitMinimum`, every further one twice the wait before it, `RetryBackOffRepeatTimes`
//! times, and each gets a new random addition of at most `RetryBackOffRandomRange`. After that the wait stays what it
//! is. A connection that succeeds starts it all over. Whatever the variables say, no wait is shorter than a second or longer
//! than a day: a station that cannot be reached cannot be repaired.
//!
//! OCPP 1.6 asks for "an appropriate back-off" (OCPP-J erratum 3.4) and has no configuration keys for it; the same
//! calculation serves with [`BackOffPolicy::V1_6`].

use core::time::Duration;

use crate::bounds;

/// The three variables of `OCPPCommCtrlr`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BackOffPolicy {
    /// `RetryBackOffWaitMinimum`, in seconds.
    pub wait_minimum: u32,
    /// `RetryBackOffRepeatTimes`: how often the wait is doubled.
    pub repeat_times: u32,
    /// `RetryBackOffRandomRange`, in seconds.
    pub random_range: u32,
}

impl BackOffPolicy {
    /// For OCPP 1.6, where nothing is prescribed: 10 seconds, doubled five times (to 320 seconds), and up to 20 seconds
    /// at random.
    pub const V1_6: Self = Self {
        wait_minimum: 10,
        repeat_times: 5,
        random_range: 20,
    };

    /// The wait before reconnection attempt number `attempt`, counted from 0, without the random part.
    #[must_use]
    pub fn base(&self, attempt: u32) -> Duration {
        let doublings = attempt.min(self.repeat_times);
        let factor = 1_u64.checked_shl(doublings).unwrap_or(u64::MAX);
        let seconds = u64::from(self.wait_minimum).saturating_mul(factor);
        bounds::wait(Duration::from_secs(seconds))
    }

    /// The random part that belongs to `random`, spread evenly over the range, in milliseconds.
    fn random(&self, random: u64) -> Duration {
        let range = u64::from(self.random_range) * 1000 + 1;
        // The high half of the product is below `range` for every `random`.
        let millis = (u128::from(random) * u128::from(range)) >> 64;
        Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
    }
}

/// Counts failed attempts and says how long to wait.
///
/// ```
/// use ocpp_core::back_off::{BackOff, BackOffPolicy};
///
/// let policy = BackOffPolicy { wait_minimum: 10, repeat_times: 2, random_range: 0 };
/// let mut back_off = BackOff::new(policy);
/// let random = 0; // from a generator of the caller's
/// let waits: Vec<_> = (0..5).map(|_| back_off.next_wait(random).as_secs()).collect();
/// assert_eq!(waits, [10, 20, 40, 40, 40]);
/// back_off.connected();
/// assert_eq!(back_off.next_wait(random).as_secs(), 10);
/// ```
#[derive(Debug, Clone)]
pub struct BackOff {
    policy: BackOffPolicy,
    attempts: u32,
    last: Option<Duration>,
}

impl BackOff {
    /// Nothing has failed yet.
    #[must_use]
    pub const fn new(policy: BackOffPolicy) -> Self {
        Self {
            policy,
            attempts: 0,
            last: None,
        }
    }

    /// The wait before the next attempt. `random` is any 64 random bits.
    pub fn next_wait(&mut self, random: u64) -> Duration {
        let wait = match self.last {
            // "Keep reconnecting with the last back-off time", its random part included.
            Some(last) if self.attempts > self.policy.repeat_times => last,
            _ => bounds::wait(self.policy.base(self.attempts) + self.policy.random(random)),
        };
        self.attempts = self.attempts.saturating_add(1);
        self.last = Some(wait);
        wait
    }

    /// A connection was made: the next wait is the shortest again.
    pub const fn connected(&mut self) {
        self.attempts = 0;
        self.last = None;
    }

    /// Waits that were asked for since the last connection.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Changes the variables, as `SetVariables` demands. The attempts so far count.
    pub const fn set_policy(&mut self, policy: BackOffPolicy) {
        self.policy = policy;
        self.last = None;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POLICY: BackOffPolicy = BackOffPolicy {
        wait_minimum: 5,
        repeat_times: 3,
        random_range: 4,
    };

    #[test]
    fn every_doubled_wait_gets_a_new_random_part_and_then_it_stays() {
        let mut back_off = BackOff::new(POLICY);
        let mut wait = |random| back_off.next_wait(random).as_millis();
        assert_eq!(wait(0), 5_000);
        assert_eq!(wait(u64::MAX), 14_000);
        assert_eq!(wait(u64::MAX / 2), 22_000);
        assert_eq!(wait(u64::MAX / 4), 41_000);
        assert_eq!(wait(0), 41_000, "the last wait again");
        assert_eq!(wait(u64::MAX), 41_000);
    }

    #[test]
    fn without_repeat_times_the_first_wait_stays() {
        let mut back_off = BackOff::new(BackOffPolicy {
            repeat_times: 0,
            ..POLICY
        });
        assert_eq!(back_off.next_wait(u64::MAX).as_secs(), 9);
        assert_eq!(back_off.next_wait(0).as_secs(), 9);
    }

    #[test]
    fn no_variables_make_a_station_ask_without_a_pause() {
        let mut back_off = BackOff::new(BackOffPolicy {
            wait_minimum: 0,
            repeat_times: 0,
            random_range: 0,
        });
        for _ in 0..3 {
            assert_eq!(back_off.next_wait(u64::MAX).as_secs(), 1);
        }
    }

    #[test]
    fn changed_variables_hold_from_the_next_wait_on() {
        let mut back_off = BackOff::new(POLICY);
        for _ in 0..10 {
            back_off.next_wait(0);
        }
        back_off.set_policy(BackOffPolicy {
            wait_minimum: 1,
            repeat_times: 2,
            random_range: 0,
        });
        assert_eq!(back_off.next_wait(0).as_secs(), 4);
    }

    proptest! {
        #[test]
        fn waits_stay_within_their_bounds(
            wait_minimum: u32, repeat_times: u32, random_range: u32, random: Vec<u64>,
        ) {
            let policy = BackOffPolicy { wait_minimum, repeat_times, random_range };
            let mut back_off = BackOff::new(policy);
            for (attempt, random) in random.into_iter().enumerate() {
                let wait = back_off.next_wait(random);
                let base = policy.base(attempt as u32);
                prop_assert!(wait >= base);
                prop_assert!(wait <= base + Duration::from_secs(random_range.into()));
                prop_assert!(base >= bounds::SHORTEST_PAUSE && wait <= bounds::LONGEST_WAIT);
            }
        }
    }
}
