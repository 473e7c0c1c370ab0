//! What cannot be calculated has a name; what can takes bounded work.

use ocpp_core::smart_charging::*;
use ocpp_core::time::DateTime;
use rust_decimal::Decimal;

use super::kit::*;

const T: &str = "2024-05-15T12:00:00Z";

fn refused(change: impl FnOnce(&mut ChargingProfile)) -> Reason {
    let mut profile = absolute(9, 0, Purpose::TxDefaultProfile, T, None, &[(0, 6), (60, 7)]);
    change(&mut profile);
    let request = Request::new(1, at(T), 60, RateUnit::A);
    match composite(&site(1), &[on(1, profile)], &[], &request) {
        Err(CompositeError::InvalidProfile { id: 9, rejection }) => {
            assert!(!rejection.requirement.is_empty() && !rejection.field.is_empty());
            rejection.reason
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_contradiction_has_a_name() {
    assert_eq!(refused(|p| p.schedules.clear()), Reason::ScheduleCount);
    assert_eq!(
        refused(|p| p.schedules[0].periods.clear()),
        Reason::NoPeriods
    );
    assert_eq!(
        refused(|p| p.schedules[0].periods[0].start = 1),
        Reason::FirstPeriodNotZero
    );
    assert_eq!(
        refused(|p| p.schedules[0].periods[0].start = -1),
        Reason::FirstPeriodNotZero
    );
    assert_eq!(
        refused(|p| p.schedules[0].periods[1].start = 0),
        Reason::PeriodsNotRising
    );
    assert_eq!(
        refused(|p| p.schedules[0].periods[1].start = i64::MIN),
        Reason::PeriodsNotRising
    );
    assert_eq!(
        refused(|p| p.schedules[0].periods[1].start = i64::MAX),
        Reason::PeriodsNotRising
    );
    assert_eq!(
        refused(|p| p.schedules[0].periods[0].limit = None),
        Reason::LimitOutOfRange
    );
    assert_eq!(
        refused(|p| p.schedules[0].periods[0].limit = Some(dec("-0.1"))),
        Reason::LimitOutOfRange
    );
    assert_eq!(
        refused(|p| p.schedules[0].periods[0].limit = Some(Decimal::MAX)),
        Reason::LimitOutOfRange
    );
    assert_eq!(
        refused(|p| p.schedules[0].min_charging_rate = Some(dec("-1"))),
        Reason::LimitOutOfRange
    );
    for phases in [0, 4, -1, i64::MAX] {
        assert_eq!(
            refused(|p| p.schedules[0].periods[0].number_phases = Some(phases)),
            Reason::NumberPhases
        );
    }
    assert_eq!(
        refused(|p| p.schedules[0].periods[0].phase_to_use = Some(1)),
        Reason::PhaseToUse
    );
    for duration in [0, -1, i64::MIN, i64::MAX] {
        assert_eq!(
            refused(|p| p.schedules[0].duration = Some(duration)),
            Reason::Duration
        );
    }
    assert_eq!(
        refused(|p| {
            p.valid_from = Some(at(T));
            p.valid_to = Some(at(T));
        }),
        Reason::NeverValid
    );
    assert_eq!(
        refused(|p| p.kind = ProfileKind::Recurring),
        Reason::NoRecurrency
    );
    assert_eq!(
        refused(|p| p.kind = ProfileKind::Dynamic),
        Reason::UnsupportedKind
    );
    assert_eq!(
        refused(|p| p.purpose = Purpose::ChargingStationMaxProfile),
        Reason::WrongEvse
    );
    assert_eq!(
        refused(|p| p.purpose = Purpose::LocalGeneration),
        Reason::UnsupportedPurpose
    );
    assert_eq!(
        refused(|p| {
            p.schedules[0].extras = Some(Box::new(ScheduleExtras {
                limit_at_soc: true,
                ..Default::default()
            }));
        }),
        Reason::UnsupportedMember
    );
    assert_eq!(
        refused(|p| {
            p.schedules[0].periods[0].v2x = Some(Box::new(PeriodExtras {
                operation_mode: Some(OperationMode::CentralSetpoint),
                ..Default::default()
            }));
        }),
        Reason::UnsupportedMember
    );
}

#[test]
fn a_window_has_a_length_that_can_be_expressed() {
    for duration in [0, -1, i64::MIN] {
        assert_eq!(
            composite(
                &site(1),
                &[],
                &[],
                &Request::new(1, at(T), duration, RateUnit::A)
            ),
            Err(CompositeError::DurationNotPositive { duration })
        );
    }
    let duration = i64::MAX;
    assert_eq!(
        composite(
            &site(1),
            &[],
            &[],
            &Request::new(1, at(T), duration, RateUnit::A)
        ),
        Err(CompositeError::DurationTooLong { duration })
    );
    // The longest that can: nothing happens in it, so it is one step.
    let duration = (i64::MAX - at(T).unix_millis()) / 1_000;
    assert_eq!(
        steps(&site(1), &[], &[], 1, T, duration, RateUnit::A),
        whole(&[(0, 48)])
    );
}

#[test]
fn a_daily_profile_over_all_time_is_given_up_with_a_name() {
    let daily = profile(
        1,
        0,
        Purpose::TxDefaultProfile,
        ProfileKind::Recurring,
        Some(T),
        Some(60),
        &[(0, 6)],
    );
    let mut site = site(1);
    site.max_steps = 1_000;
    let duration = (i64::MAX - at(T).unix_millis()) / 1_000;
    let request = Request::new(1, at(T), duration, RateUnit::A);
    assert_eq!(
        composite(&site, &[on(1, daily.clone())], &[], &request),
        Err(CompositeError::TooManySteps { bound: 1_000 })
    );
    // One limit around the clock is one step for ever.
    let mut constant = daily;
    constant.schedules[0].duration = None;
    assert_eq!(
        steps(&site, &[on(1, constant)], &[], 1, T, duration, RateUnit::A),
        whole(&[(0, 6)])
    );
}

#[test]
fn the_ends_of_time() {
    let mut early = absolute(
        1,
        0,
        Purpose::TxDefaultProfile,
        "0000-01-01T00:00:00Z",
        None,
        &[(0, 6)],
    );
    early.schedules[0].duration = Some(i64::MAX / 1_000);
    early.valid_from = Some(DateTime::MIN);
    early.valid_to = Some(DateTime::MAX);
    assert_eq!(
        steps(
            &site(1),
            &[on(1, early)],
            &[],
            1,
            "9999-12-31T23:59:58Z",
            10,
            RateUnit::A
        ),
        whole(&[(0, 6), (2, 48)])
    );
    let mut daily = profile(
        1,
        0,
        Purpose::TxDefaultProfile,
        ProfileKind::Recurring,
        Some("0000-01-01T00:00:00Z"),
        Some(3_600),
        &[(0, 6)],
    );
    assert_eq!(
        steps(
            &site(1),
            &[on(1, daily.clone())],
            &[],
            1,
            "9999-12-31T00:00:00Z",
            172_800,
            RateUnit::A
        ),
        whole(&[(0, 6), (3_600, 48), (86_400, 6), (90_000, 48)])
    );
    daily.schedules[0]
        .periods
        .push(SchedulePeriod::new(i64::MAX / 1_000, dec("7")));
    assert_eq!(
        steps(
            &site(1),
            &[on(1, daily)],
            &[],
            1,
            "9999-12-31T00:00:00Z",
            172_800,
            RateUnit::A
        ),
        whole(&[(0, 6), (3_600, 48), (86_400, 6), (90_000, 48)])
    );
}

#[test]
fn thousands_of_profiles_are_bounded_work() {
    let installed: Vec<Installed> = (0..5_000)
        .map(|id| {
            let start = at(T).saturating_add_millis(id * 1_000).to_string();
            on(
                1,
                absolute(
                    id,
                    id,
                    Purpose::TxDefaultProfile,
                    &start,
                    Some(2),
                    &[(0, 6 + id % 2)],
                ),
            )
        })
        .collect();
    let schedule = steps(&site(1), &installed, &[], 1, T, 6_000, RateUnit::A);
    assert_eq!(schedule.len(), 5_001);
}
