//! Recurrence in local time, on both days of the year on which clocks change.

use std::sync::Arc;

use ocpp_core::smart_charging::*;
use ocpp_core::time::DateTime;

use super::kit::*;

/// Central European time in 2024: summer time from 31 March 01:00 UTC to 27 October 01:00 UTC.
struct Amsterdam;

impl Zone for Amsterdam {
    fn utc_offset(&self, instant: DateTime) -> i32 {
        let summer = at("2024-03-31T01:00:00Z")..at("2024-10-27T01:00:00Z");
        if summer.contains(&instant) {
            7_200
        } else {
            3_600
        }
    }
}

fn local_site() -> Site {
    let mut site = site(1);
    site.zone = Some(Arc::new(Amsterdam));
    site
}

/// 10 A from 08:00 to 20:00 local, else 16 A. Started on a winter's midnight.
fn day_and_night() -> ChargingProfile {
    profile(
        1,
        0,
        Purpose::TxDefaultProfile,
        ProfileKind::Recurring,
        Some("2024-01-01T00:00:00+01:00"),
        Some(86_400),
        &[(0, 16), (8 * 3_600, 10), (20 * 3_600, 16)],
    )
}

#[test]
fn without_a_zone_recurrence_counts_in_utc() {
    let installed = [on(1, day_and_night())];
    // In summer the schedule is an hour late by local clocks.
    assert_eq!(
        steps(
            &site(1),
            &installed,
            &[],
            1,
            "2024-07-01T00:00:00+02:00",
            86_400,
            RateUnit::A
        ),
        whole(&[(0, 16), (9 * 3_600, 10), (21 * 3_600, 16)])
    );
}

#[test]
fn with_a_zone_it_follows_local_clocks() {
    let installed = [on(1, day_and_night())];
    for midnight in ["2024-01-15T00:00:00+01:00", "2024-07-01T00:00:00+02:00"] {
        assert_eq!(
            steps(
                &local_site(),
                &installed,
                &[],
                1,
                midnight,
                86_400,
                RateUnit::A
            ),
            whole(&[(0, 16), (8 * 3_600, 10), (20 * 3_600, 16)]),
            "{midnight}"
        );
    }
}

#[test]
fn the_day_of_23_hours() {
    let installed = [on(1, day_and_night())];
    // 08:00 local is seven hours after midnight; the next day is back to normal.
    assert_eq!(
        steps(
            &local_site(),
            &installed,
            &[],
            1,
            "2024-03-31T00:00:00+01:00",
            (23 + 24) * 3_600,
            RateUnit::A
        ),
        whole(&[
            (0, 16),
            (7 * 3_600, 10),
            (19 * 3_600, 16),
            ((23 + 8) * 3_600, 10),
            ((23 + 20) * 3_600, 16)
        ])
    );
}

#[test]
fn the_day_of_25_hours() {
    let installed = [on(1, day_and_night())];
    assert_eq!(
        steps(
            &local_site(),
            &installed,
            &[],
            1,
            "2024-10-27T00:00:00+02:00",
            (25 + 24) * 3_600,
            RateUnit::A
        ),
        whole(&[
            (0, 16),
            (9 * 3_600, 10),
            (21 * 3_600, 16),
            ((25 + 8) * 3_600, 10),
            ((25 + 20) * 3_600, 16)
        ])
    );
}

#[test]
fn steps_within_the_hour_that_is_skipped_or_repeated() {
    // Steps at 01:30, 02:30 and 03:30 local.
    let early = profile(
        1,
        0,
        Purpose::TxDefaultProfile,
        ProfileKind::Recurring,
        Some("2024-01-01T00:00:00+01:00"),
        None,
        &[(0, 1), (5_400, 2), (9_000, 3), (12_600, 4)],
    );
    let installed = [on(1, early)];
    // 02:30 does not exist: it is the jump from 02:00 to 03:00, two hours after midnight.
    assert_eq!(
        steps(
            &local_site(),
            &installed,
            &[],
            1,
            "2024-03-31T00:00:00+01:00",
            23 * 3_600,
            RateUnit::A
        ),
        whole(&[(0, 1), (5_400, 2), (7_200, 3), (9_000, 4)])
    );
    // 02:30 exists twice: the first counts and holds through the repeated hour.
    assert_eq!(
        steps(
            &local_site(),
            &installed,
            &[],
            1,
            "2024-10-27T00:00:00+02:00",
            25 * 3_600,
            RateUnit::A
        ),
        whole(&[(0, 1), (5_400, 2), (9_000, 3), (16_200, 4)])
    );
}

#[test]
fn a_run_that_starts_within_the_skipped_hour_starts_with_the_jump() {
    let nightly = profile(
        1,
        0,
        Purpose::TxDefaultProfile,
        ProfileKind::Recurring,
        Some("2024-01-01T02:30:00+01:00"),
        Some(3_600),
        &[(0, 6)],
    );
    let installed = [on(1, nightly)];
    // From the jump (03:00 local) to 03:30 local.
    assert_eq!(
        steps(
            &local_site(),
            &installed,
            &[],
            1,
            "2024-03-31T00:00:00+01:00",
            23 * 3_600,
            RateUnit::A
        ),
        whole(&[(0, 48), (7_200, 6), (9_000, 48)])
    );
    // From the first 02:30 to 03:30, which is two hours later.
    assert_eq!(
        steps(
            &local_site(),
            &installed,
            &[],
            1,
            "2024-10-27T00:00:00+02:00",
            25 * 3_600,
            RateUnit::A
        ),
        whole(&[(0, 48), (9_000, 6), (16_200, 48)])
    );
}

#[test]
fn weekly_in_local_time() {
    let mut weekly = day_and_night();
    weekly.recurrency = Some(Recurrency::Weekly);
    weekly.schedules[0].duration = Some(12 * 3_600);
    // Mondays, the week in which summer time begins: the run of 1 April starts at local midnight, 167 hours later.
    assert_eq!(
        steps(
            &local_site(),
            &[on(1, weekly)],
            &[],
            1,
            "2024-03-25T00:00:00+01:00",
            8 * 86_400,
            RateUnit::A
        ),
        whole(&[
            (0, 16),
            (8 * 3_600, 10),
            (12 * 3_600, 48),
            (167 * 3_600, 16),
            (175 * 3_600, 10),
            (179 * 3_600, 48)
        ])
    );
}

/// Every second of the days around both changes, against plain local clock arithmetic.
#[test]
fn every_minute_around_both_changes() {
    let installed = [on(1, day_and_night())];
    for start in ["2024-03-29T00:00:00+01:00", "2024-10-25T00:00:00+02:00"] {
        let request = Request::new(1, at(start), 5 * 86_400, RateUnit::A);
        let schedule = composite(&local_site(), &installed, &[], &request).unwrap();
        for second in (0..request.duration).step_by(60) {
            let instant = request.start.saturating_add_millis(second * 1_000);
            let local = instant.unix_seconds() + i64::from(Amsterdam.utc_offset(instant));
            let hour = local.rem_euclid(86_400) / 3_600;
            let expected = if (8..20).contains(&hour) { "10" } else { "16" };
            assert_eq!(
                schedule.period_at(second).unwrap().limit.to_string(),
                expected,
                "{instant}"
            );
        }
    }
}
