//! The limit that applies now is the composite schedule, instant by instant.

use ocpp_core::smart_charging::*;
use ocpp_core::time::DateTime;
use proptest::prelude::*;

use super::cases::{Scale, case};
use super::kit::*;

fn scope(evse: EvseId, unit: RateUnit) -> Scope {
    Scope {
        evse,
        unit,
        schedule: 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn it_is_what_the_composite_schedule_says(
        case in case(Scale::Seconds, 3, 6),
        mut instants in proptest::collection::vec(0_i64..90_000, 1..40),
        back in any::<bool>(),
    ) {
        let start = case.request.start;
        let scope = scope(case.request.evse, case.request.unit);
        let mut now = LimitNow::new(&case.site, &case.installed, &case.transactions, scope, start).unwrap();
        if !back {
            instants.sort_unstable();
        }
        for millis in instants {
            let t = start.saturating_add_millis(millis);
            let limit = now.at(t).clone();
            // A composite schedule of one second from the same anchor for relative schedules.
            let request = Request::new(case.request.evse, t, 1, case.request.unit);
            let mut transactions = case.transactions.clone();
            let relative = case.installed.iter().any(|entry| entry.profile.kind == ProfileKind::Relative);
            if relative && transactions.is_empty() {
                continue;
            }
            transactions.retain(|transaction| transaction.evse > 0);
            let everywhere = (1..=case.site.evses.len() as u32)
                .all(|evse| transactions.iter().any(|transaction| transaction.evse == evse));
            if relative && !everywhere {
                continue;
            }
            let schedule = composite(&case.site, &case.installed, &transactions, &request).unwrap();
            let period = &schedule.periods[0];
            prop_assert_eq!(limit.limit, period.limit);
            prop_assert_eq!(limit.phases, period.phases);
            prop_assert_eq!(limit.phase_to_use, period.phase_to_use);
            // Nothing changes before the announced instant.
            if let Some(until) = limit.until {
                prop_assert!(until > t);
                let last = until.saturating_add_millis(-1);
                let request = Request::new(case.request.evse, last, 1, case.request.unit);
                let schedule = composite(&case.site, &case.installed, &transactions, &request).unwrap();
                prop_assert_eq!(schedule.periods[0].limit, limit.limit);
            }
        }
    }
}

#[test]
fn the_next_change_is_announced_across_equal_periods() {
    let default = absolute(
        1,
        0,
        Purpose::TxDefaultProfile,
        "2024-05-15T12:00:00Z",
        Some(300),
        &[(0, 16), (60, 16), (120, 10)],
    );
    let mut now = LimitNow::new(
        &site(1),
        &[on(1, default)],
        &[],
        scope(1, RateUnit::A),
        at("2024-05-15T12:00:10Z"),
    )
    .unwrap();
    let first = now.at(at("2024-05-15T12:00:20Z")).clone();
    assert_eq!(
        (first.limit, first.until),
        (dec("16"), Some(at("2024-05-15T12:02:00Z")))
    );
    let second = now.at(at("2024-05-15T12:02:00Z")).clone();
    assert_eq!(
        (second.limit, second.until),
        (dec("10"), Some(at("2024-05-15T12:05:00Z")))
    );
    let third = now.at(at("2024-05-15T12:05:00Z")).clone();
    assert_eq!((third.limit, third.until), (dec("48"), None));
    // A clock that was set back is no reason for another answer.
    assert_eq!(*now.at(at("2024-05-15T12:00:20Z")), first);
}

#[test]
fn a_limit_that_never_changes_has_no_next_change() {
    let mut daily = profile(
        1,
        0,
        Purpose::TxDefaultProfile,
        ProfileKind::Recurring,
        Some("2024-01-01T00:00:00Z"),
        None,
        &[(0, 16)],
    );
    let mut now = LimitNow::new(
        &site(1),
        &[on(1, daily.clone())],
        &[],
        scope(1, RateUnit::A),
        at("2024-05-15T12:00:00Z"),
    )
    .unwrap();
    assert_eq!(now.at(DateTime::MAX).until, None);
    daily.valid_to = Some(at("2024-06-01T00:00:00Z"));
    let mut now = LimitNow::new(
        &site(1),
        &[on(1, daily)],
        &[],
        scope(1, RateUnit::A),
        at("2024-05-15T12:00:00Z"),
    )
    .unwrap();
    assert_eq!(
        now.at(at("2024-05-15T12:00:00Z")).until,
        Some(at("2024-06-01T00:00:00Z"))
    );
}
