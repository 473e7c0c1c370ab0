//! The station's idea of UTC.

use core::time::Duration;

use crate::time::{DateTime, Instant, Now};

/// Follows the clock of the CSMS from the first answer that contains it, and the application's clock until then.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Clock {
    reference: Option<(Instant, DateTime)>,
}

impl Clock {
    pub(crate) const fn set(&mut self, at: Instant, utc: DateTime) {
        self.reference = Some((at, utc));
    }

    pub(crate) fn utc(&self, now: Now) -> Option<DateTime> {
        let Some((at, utc)) = self.reference else {
            return now.utc;
        };
        let passed = now.monotonic.saturating_since(at).as_millis();
        Some(utc.saturating_add_millis(i64::try_from(passed).unwrap_or(i64::MAX)))
    }

    /// Whether the time is known.
    pub(crate) const fn knows(&self, now: Now) -> bool {
        self.reference.is_some() || now.utc.is_some()
    }

    /// When it will be `utc`: now if that has passed. `None` while the time is not known.
    pub(crate) fn instant_of(&self, now: Now, utc: DateTime) -> Option<Instant> {
        let wait = utc.millis_since(self.utc(now)?);
        Some(now.monotonic + Duration::from_millis(u64::try_from(wait).unwrap_or(0)))
    }

    /// The next moment after now whose distance from midnight UTC is a multiple of `seconds`.
    pub(crate) fn next_aligned(&self, now: Now, seconds: u32) -> Option<DateTime> {
        const DAY: i64 = 86_400_000;
        if seconds == 0 {
            return None;
        }
        let utc = self.utc(now)?.unix_millis();
        let midnight = utc.div_euclid(DAY) * DAY;
        let step = i64::from(seconds) * 1000;
        let next = midnight + ((utc - midnight) / step + 1) * step;
        // A new day begins a new row of intervals.
        DateTime::from_unix_millis(next.min(midnight + DAY))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligned_moments_count_from_midnight() {
        let at = |text: &str| Now {
            monotonic: Instant::ORIGIN,
            utc: Some(text.parse().unwrap()),
        };
        let next = |text, seconds| {
            let clock = Clock::default();
            let next = clock.next_aligned(at(text), seconds);
            next.map(|next| alloc::format!("{next}"))
        };
        let expect = |text: &str| Some(alloc::format!("{}", text.parse::<DateTime>().unwrap()));
        assert_eq!(
            next("2024-05-15T12:00:00Z", 900),
            expect("2024-05-15T12:15:00Z")
        );
        assert_eq!(
            next("2024-05-15T12:14:59.999Z", 900),
            expect("2024-05-15T12:15:00Z")
        );
        assert_eq!(
            next("2024-05-15T23:59:00Z", 50_000),
            expect("2024-05-16T00:00:00Z")
        );
        assert_eq!(next("2024-05-15T23:59:00Z", 0), None);
    }
}
