//! Local time for recurring schedules.

use ocpp_types::DateTime;

/// A time zone, handed in by the application: the core knows no zone database.
///
/// Offsets are assumed to change at most once within any two days, by less than a day.
pub trait Zone: Send + Sync {
    /// What local clocks are ahead of UTC at an instant, in seconds.
    fn utc_offset(&self, at: DateTime) -> i32;
}

fn offset_millis(zone: &dyn Zone, utc: i64) -> i64 {
    let at = DateTime::from_unix_millis(
        utc.clamp(DateTime::MIN.unix_millis(), DateTime::MAX.unix_millis()),
    )
    .unwrap_or(DateTime::UNIX_EPOCH);
    i64::from(zone.utc_offset(at)) * 1_000
}

/// What local clocks show at a UTC instant, in milliseconds since 1970-01-01T00:00:00 local.
pub(super) fn wall(zone: &dyn Zone, utc: i64) -> i64 {
    utc.saturating_add(offset_millis(zone, utc))
}

/// The first instant at which local clocks show `wall` or, when they skip it, the instant at which they jump.
pub(super) fn first_instant(zone: &dyn Zone, wall: i64) -> i64 {
    const DAY: i64 = 86_400_000;
    let before = offset_millis(zone, wall.saturating_sub(DAY));
    let after = offset_millis(zone, wall.saturating_add(DAY));
    let early = wall.saturating_sub(before);
    if before == after || offset_millis(zone, early) == before {
        return early;
    }
    let late = wall.saturating_sub(after);
    if offset_millis(zone, late) == after {
        return late;
    }
    // Clocks jump over `wall`: `late` is before the jump, `early` after it. Find the jump between them.
    let (mut low, mut high) = (late, early);
    while low.saturating_add(1) < high {
        let middle = low + (high - low) / 2;
        if offset_millis(zone, middle) == before {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}
