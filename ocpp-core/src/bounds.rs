//! Floors and ceilings of times and counts that the other side tells: whatever they are, it is neither silenced for good nor
//! asked without a pause.

use core::time::Duration;

/// The longest wait for anything that is tried again. Whoever is told to wait longer cannot be repaired.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(86_400);
/// The shortest pause between two attempts of the same thing.
pub(crate) const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
/// A week, in seconds: the most that an interval can be configured to.
#[cfg(any(feature = "v1_6", feature = "v2_0_1"))]
pub(crate) const LONGEST_INTERVAL: u32 = 7 * 86_400;
/// How often anything is tried again at the command of a CSMS.
#[cfg(any(feature = "v1_6", feature = "v2_0_1"))]
pub(crate) const MOST_RETRIES: i64 = 20;

/// A wait within the bounds.
pub(crate) fn wait(wait: Duration) -> Duration {
    wait.clamp(SHORTEST_PAUSE, LONGEST_WAIT)
}

/// A wait in seconds as the other side tells it, within the bounds; `otherwise` if it leaves it open, with nothing or with a
/// number that is no wait.
#[cfg(any(feature = "v1_6", feature = "v2_0_1"))]
pub(crate) fn seconds(seconds: Option<i64>, otherwise: Duration) -> Duration {
    let told = seconds.and_then(|seconds| u64::try_from(seconds).ok());
    let told = told.filter(|seconds| *seconds > 0).map(Duration::from_secs);
    wait(told.unwrap_or(otherwise))
}

/// The wait before an attempt, `factor` times the configured one. None is none; otherwise it is within the ceiling.
#[cfg(any(feature = "v1_6", feature = "v2_0_1"))]
pub(crate) fn multiple(of: Duration, factor: u32) -> Duration {
    of.saturating_mul(factor).min(LONGEST_WAIT)
}

#[cfg(all(test, any(feature = "v1_6", feature = "v2_0_1")))]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_a_peer_is_a_wait_between_a_second_and_a_day() {
        let otherwise = Duration::from_secs(60);
        for (told, expected) in [
            (None, 60),
            (Some(i64::MIN), 60),
            (Some(-1), 60),
            (Some(0), 60),
            (Some(1), 1),
            (Some(86_400), 86_400),
            (Some(86_401), 86_400),
            (Some(i64::from(u32::MAX) + 1), 86_400),
            (Some(i64::MAX), 86_400),
        ] {
            assert_eq!(seconds(told, otherwise).as_secs(), expected, "{told:?}");
        }
        assert_eq!(seconds(None, Duration::ZERO), SHORTEST_PAUSE);
        assert_eq!(multiple(Duration::MAX, u32::MAX), LONGEST_WAIT);
        assert_eq!(multiple(Duration::ZERO, 9), Duration::ZERO);
    }
}
