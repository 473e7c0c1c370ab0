//! Rules that implementations get wrong, one by one.

use ocpp_core::smart_charging::*;

use super::kit::*;

const NOON: &str = "2024-05-15T12:00:00Z";

#[test]
fn without_profiles_the_local_limit_holds() {
    assert_eq!(
        steps(&site(1), &[], &[], 1, NOON, 300, RateUnit::A),
        whole(&[(0, 48)])
    );
    assert_eq!(
        steps(&site(1), &[], &[], 1, NOON, 300, RateUnit::W),
        whole(&[(0, 33_120)])
    );
    assert_eq!(
        steps(&site(3), &[], &[], 0, NOON, 300, RateUnit::A),
        whole(&[(0, 144)])
    );
}

#[test]
fn the_local_limit_fills_gaps_and_caps_nothing() {
    let default = absolute(1, 0, Purpose::TxDefaultProfile, NOON, Some(60), &[(0, 80)]);
    let installed = [on(1, default)];
    assert_eq!(
        steps(&site(1), &installed, &[], 1, NOON, 120, RateUnit::A),
        whole(&[(0, 80), (60, 48)])
    );
    let mut capped = site(1);
    capped.evses[0].cap = Some((dec("63"), RateUnit::A));
    assert_eq!(
        steps(&capped, &installed, &[], 1, NOON, 120, RateUnit::A),
        whole(&[(0, 63), (60, 48)])
    );
    capped.grid.power = Some(dec("6900"));
    assert_eq!(
        steps(&capped, &installed, &[], 0, NOON, 120, RateUnit::A),
        whole(&[(0, 10)])
    );
}

#[test]
fn a_higher_level_without_a_period_hides_nothing() {
    let low = absolute(1, 0, Purpose::TxDefaultProfile, NOON, None, &[(0, 10)]);
    let high =
        |start, duration| absolute(2, 5, Purpose::TxDefaultProfile, start, duration, &[(0, 20)]);
    // Before its start and past its duration.
    let installed = [
        on(1, low.clone()),
        on(1, high("2024-05-15T12:01:00Z", Some(60))),
    ];
    assert_eq!(
        steps(&site(1), &installed, &[], 1, NOON, 300, RateUnit::A),
        whole(&[(0, 10), (60, 20), (120, 10)])
    );
    // Outside validity, which shifts nothing.
    let mut gated = high(NOON, None);
    gated.valid_from = Some(at("2024-05-15T12:00:30Z"));
    gated.valid_to = Some(at("2024-05-15T12:00:40Z"));
    gated.schedules[0]
        .periods
        .push(SchedulePeriod::new(35, dec("30")));
    let installed = [on(1, low.clone()), on(1, gated)];
    assert_eq!(
        steps(&site(1), &installed, &[], 1, NOON, 300, RateUnit::A),
        whole(&[(0, 10), (30, 20), (35, 30), (40, 10)])
    );
    // Between recurrences.
    let mut recurring = high("2024-05-14T12:00:00Z", Some(60));
    recurring.kind = ProfileKind::Recurring;
    recurring.recurrency = Some(Recurrency::Daily);
    let installed = [on(1, low), on(1, recurring)];
    assert_eq!(
        steps(&site(1), &installed, &[], 1, NOON, 2 * 86_400, RateUnit::A),
        whole(&[(0, 20), (60, 10), (86_400, 20), (86_460, 10)])
    );
}

#[test]
fn levels_are_compared_within_one_purpose_only() {
    let default = absolute(1, 0, Purpose::TxDefaultProfile, NOON, None, &[(0, 10)]);
    let max = absolute(
        2,
        9,
        Purpose::ChargingStationMaxProfile,
        NOON,
        None,
        &[(0, 30)],
    );
    let installed = [on(1, default), on(0, max)];
    assert_eq!(
        steps(&site(1), &installed, &[], 1, NOON, 60, RateUnit::A),
        whole(&[(0, 10)])
    );
}

#[test]
fn recurring_runs_start_at_start_schedule_plus_days_and_a_new_run_cuts_the_old_one() {
    // 30 hours of schedule, every 24 hours, from 20:00: the last 6 hours are never executed.
    let mut daily = profile(
        1,
        0,
        Purpose::TxDefaultProfile,
        ProfileKind::Recurring,
        Some("2024-05-10T20:00:00Z"),
        Some(30 * 3_600),
        &[(0, 6), (3_600, 16), (25 * 3_600, 1)],
    );
    let installed = [on(1, daily.clone())];
    assert_eq!(
        steps(&site(1), &installed, &[], 1, NOON, 86_400, RateUnit::A),
        whole(&[(0, 16), (8 * 3_600, 6), (9 * 3_600, 16)])
    );
    // Before the first run there is nothing, not even yesterday's.
    assert_eq!(
        steps(
            &site(1),
            &installed,
            &[],
            1,
            "2024-05-10T12:00:00Z",
            86_400,
            RateUnit::A
        ),
        whole(&[(0, 48), (8 * 3_600, 6), (9 * 3_600, 16)])
    );
    // Weekly: seven days later, at the same time of day.
    daily.recurrency = Some(Recurrency::Weekly);
    daily.schedules[0].duration = Some(2 * 3_600);
    assert_eq!(
        steps(
            &site(1),
            &[on(1, daily)],
            &[],
            1,
            "2024-05-15T20:00:00Z",
            3 * 86_400,
            RateUnit::A
        ),
        whole(&[
            (0, 48),
            (2 * 86_400, 6),
            (2 * 86_400 + 3_600, 16),
            (2 * 86_400 + 7_200, 48)
        ])
    );
}

#[test]
fn a_recurring_schedule_without_duration_lasts_until_the_next_run() {
    let daily = profile(
        1,
        0,
        Purpose::TxDefaultProfile,
        ProfileKind::Recurring,
        Some("2024-05-10T08:00:00Z"),
        None,
        &[(0, 6), (4 * 3_600, 16)],
    );
    assert_eq!(
        steps(
            &site(1),
            &[on(1, daily)],
            &[],
            1,
            "2024-05-15T00:00:00Z",
            86_400,
            RateUnit::A
        ),
        whole(&[(0, 16), (8 * 3_600, 6), (12 * 3_600, 16)])
    );
}

#[test]
fn periods_at_or_past_the_duration_are_not_executed() {
    let default = absolute(
        1,
        0,
        Purpose::TxDefaultProfile,
        NOON,
        Some(100),
        &[(0, 6), (100, 7), (200, 8)],
    );
    assert_eq!(
        steps(&site(1), &[on(1, default)], &[], 1, NOON, 300, RateUnit::A),
        whole(&[(0, 6), (100, 48)])
    );
}

#[test]
fn a_limit_of_zero_is_a_limit() {
    let default = absolute(1, 0, Purpose::TxDefaultProfile, NOON, None, &[(0, 0)]);
    assert_eq!(
        steps(&site(1), &[on(1, default)], &[], 1, NOON, 60, RateUnit::A),
        whole(&[(0, 0)])
    );
}

#[test]
fn a_change_at_the_end_of_the_window_is_not_reported() {
    let default = absolute(
        1,
        0,
        Purpose::TxDefaultProfile,
        NOON,
        None,
        &[(0, 6), (60, 7), (61, 8)],
    );
    let installed = [on(1, default)];
    assert_eq!(
        steps(&site(1), &installed, &[], 1, NOON, 60, RateUnit::A),
        whole(&[(0, 6)])
    );
    assert_eq!(
        steps(&site(1), &installed, &[], 1, NOON, 61, RateUnit::A),
        whole(&[(0, 6), (60, 7)])
    );
}

#[test]
fn equal_neighbours_are_merged_and_phases_alone_make_a_period() {
    let mut default = absolute(
        1,
        0,
        Purpose::TxDefaultProfile,
        NOON,
        None,
        &[(0, 6), (10, 6), (20, 6), (30, 6)],
    );
    default.schedules[0].periods[2].number_phases = Some(1);
    default.schedules[0].periods[3].number_phases = Some(3);
    let request = Request::new(1, at(NOON), 60, RateUnit::A);
    let schedule = composite(&site(1), &[on(1, default)], &[], &request).unwrap();
    let phases: Vec<_> = schedule
        .periods
        .iter()
        .map(|p| (p.start, p.phases))
        .collect();
    assert_eq!(phases, [(0, Some(3)), (20, Some(1)), (30, Some(3))]);
}

#[test]
fn a_tx_profile_may_raise_the_limit_and_gives_way_when_it_ends() {
    let default = absolute(1, 7, Purpose::TxDefaultProfile, NOON, None, &[(0, 10)]);
    let tx = absolute(2, 0, Purpose::TxProfile, NOON, Some(60), &[(0, 32)]);
    let max = absolute(
        3,
        0,
        Purpose::ChargingStationMaxProfile,
        NOON,
        None,
        &[(0, 25)],
    );
    let installed = [on(1, default), on(1, tx), on(0, max)];
    let running = [transaction(1, NOON)];
    assert_eq!(
        steps(&site(2), &installed, &running, 1, NOON, 120, RateUnit::A),
        whole(&[(0, 25), (60, 10)])
    );
    // Not without a transaction, and not for another EVSE.
    assert_eq!(
        steps(&site(2), &installed, &[], 1, NOON, 120, RateUnit::A),
        whole(&[(0, 10)])
    );
    assert_eq!(
        steps(&site(2), &installed, &running, 2, NOON, 120, RateUnit::A),
        whole(&[(0, 25)])
    );
}

#[test]
fn a_tx_profile_of_another_transaction_does_not_count() {
    let mut tx = absolute(2, 0, Purpose::TxProfile, NOON, None, &[(0, 32)]);
    tx.transaction_id = Some(TransactionId::Number(6));
    let running = [transaction(1, NOON)];
    assert_eq!(
        steps(
            &site(1),
            &[on(1, tx.clone())],
            &running,
            1,
            NOON,
            60,
            RateUnit::A
        ),
        whole(&[(0, 48)])
    );
    tx.transaction_id = Some(TransactionId::Number(5));
    assert_eq!(
        steps(&site(1), &[on(1, tx)], &running, 1, NOON, 60, RateUnit::A),
        whole(&[(0, 32)])
    );
}

#[test]
fn a_default_on_evse_0_holds_for_every_evse_unless_the_evse_has_its_own_of_that_level() {
    let everywhere = absolute(1, 1, Purpose::TxDefaultProfile, NOON, None, &[(0, 16)]);
    let mut own = absolute(2, 1, Purpose::TxDefaultProfile, NOON, None, &[(0, 10)]);
    let installed = [on(0, everywhere.clone()), on(2, own.clone())];
    assert_eq!(
        steps(&site(2), &installed, &[], 1, NOON, 60, RateUnit::A),
        whole(&[(0, 16)])
    );
    assert_eq!(
        steps(&site(2), &installed, &[], 2, NOON, 60, RateUnit::A),
        whole(&[(0, 10)])
    );
    assert_eq!(
        steps(&site(2), &installed, &[], 0, NOON, 60, RateUnit::A),
        whole(&[(0, 26)])
    );
    // Replaced also while its own is not valid yet (1.6 section 3.13.2).
    own.valid_from = Some(at("2024-05-15T12:00:30Z"));
    let installed = [on(0, everywhere.clone()), on(2, own.clone())];
    assert_eq!(
        steps(&site(2), &installed, &[], 2, NOON, 60, RateUnit::A),
        whole(&[(0, 48), (30, 10)])
    );
    // Another level stacks.
    own.stack_level = 2;
    let installed = [on(0, everywhere), on(2, own)];
    assert_eq!(
        steps(&site(2), &installed, &[], 2, NOON, 60, RateUnit::A),
        whole(&[(0, 16), (30, 10)])
    );
}

/// Found by the comparison with the oracle: where two profiles of one level have a period at the same time (which a store
/// prevents), it was not always the same one that led.
#[test]
fn of_two_profiles_of_one_level_the_later_in_the_list_leads_wherever_both_have_a_period() {
    let first = absolute(
        1,
        3,
        Purpose::TxDefaultProfile,
        NOON,
        Some(60),
        &[(0, 16), (20, 8)],
    );
    let second = absolute(
        2,
        3,
        Purpose::TxDefaultProfile,
        "2024-05-15T12:00:10Z",
        Some(30),
        &[(0, 20)],
    );
    let below = absolute(3, 0, Purpose::TxDefaultProfile, NOON, None, &[(0, 6)]);
    let installed = [
        on(1, first.clone()),
        on(1, second.clone()),
        on(1, below.clone()),
    ];
    assert_eq!(
        steps(&site(1), &installed, &[], 1, NOON, 90, RateUnit::A),
        whole(&[(0, 16), (10, 20), (40, 8), (60, 6)])
    );
    let installed = [on(1, below), on(1, second), on(1, first)];
    assert_eq!(
        steps(&site(1), &installed, &[], 1, NOON, 90, RateUnit::A),
        whole(&[(0, 16), (20, 8), (60, 6)])
    );
}

#[test]
fn relative_counts_from_the_transaction_else_from_the_window() {
    let relative = profile(
        1,
        0,
        Purpose::TxDefaultProfile,
        ProfileKind::Relative,
        None,
        None,
        &[(0, 20), (120, 30)],
    );
    let installed = [on(1, relative)];
    let running = [transaction(1, "2024-05-15T11:58:30Z")];
    assert_eq!(
        steps(&site(1), &installed, &running, 1, NOON, 300, RateUnit::A),
        whole(&[(0, 20), (30, 30)])
    );
    assert_eq!(
        steps(&site(1), &installed, &[], 1, NOON, 300, RateUnit::A),
        whole(&[(0, 20), (120, 30)])
    );
}

#[test]
fn watts_are_a_total_and_amperes_count_for_each_phase() {
    let mut default = absolute(1, 0, Purpose::TxDefaultProfile, NOON, None, &[(0, 16)]);
    let ask = |profile: &ChargingProfile, unit| {
        steps(&site(1), &[on(1, profile.clone())], &[], 1, NOON, 60, unit)
    };
    assert_eq!(ask(&default, RateUnit::W), whole(&[(0, 11_040)]));
    default.schedules[0].periods[0].number_phases = Some(1);
    assert_eq!(ask(&default, RateUnit::W), whole(&[(0, 3_680)]));
    default.schedules[0].unit = RateUnit::W;
    default.schedules[0].periods[0].limit = Some(dec("11000"));
    assert_eq!(ask(&default, RateUnit::A), [(0, "47.8".into())]);
    default.schedules[0].periods[0].number_phases = None;
    assert_eq!(ask(&default, RateUnit::A), [(0, "15.9".into())]);
    let request = Request {
        precision: Precision::Exact,
        ..Request::new(1, at(NOON), 60, RateUnit::A)
    };
    let schedule = composite(&site(1), &[on(1, default)], &[], &request).unwrap();
    assert_eq!(schedule.periods[0].limit, dec("15.942028985507"));
}

#[test]
fn a_conversion_uses_the_phases_of_the_composite_period() {
    // 11 kW on three phases and a station maximum on one phase: all of it on one phase.
    let mut default = absolute(1, 0, Purpose::TxDefaultProfile, NOON, None, &[(0, 11_500)]);
    default.schedules[0].unit = RateUnit::W;
    let mut max = absolute(
        2,
        0,
        Purpose::ChargingStationMaxProfile,
        NOON,
        None,
        &[(0, 63)],
    );
    max.schedules[0].periods[0].number_phases = Some(1);
    let installed = [on(1, default), on(0, max)];
    assert_eq!(
        steps(&site(1), &installed, &[], 1, NOON, 60, RateUnit::A),
        whole(&[(0, 50)])
    );
}

#[test]
fn without_a_voltage_nothing_is_converted() {
    let default = absolute(1, 0, Purpose::TxDefaultProfile, NOON, None, &[(0, 16)]);
    let mut site = site(1);
    site.voltage = None;
    let installed = [on(1, default)];
    assert_eq!(
        steps(&site, &installed, &[], 1, NOON, 60, RateUnit::A),
        whole(&[(0, 16)])
    );
    let request = Request::new(1, at(NOON), 60, RateUnit::W);
    assert_eq!(
        composite(&site, &installed, &[], &request),
        Err(CompositeError::NoVoltage)
    );
    assert!(
        composite(&site, &[], &[], &request).is_ok(),
        "local limits are given in both units"
    );
}

#[test]
fn the_station_is_the_sum_over_its_evses_and_its_maximum_is_not_divided() {
    let first = absolute(1, 0, Purpose::TxDefaultProfile, NOON, None, &[(0, 16)]);
    let max = absolute(
        2,
        0,
        Purpose::ChargingStationMaxProfile,
        NOON,
        None,
        &[(0, 60), (30, 100)],
    );
    let installed = [on(1, first), on(0, max)];
    // 16 and the other EVSE's local 48.
    assert_eq!(
        steps(&site(2), &installed, &[], 0, NOON, 60, RateUnit::A),
        whole(&[(0, 60), (30, 64)])
    );
    assert_eq!(
        steps(&site(2), &installed, &[], 1, NOON, 60, RateUnit::A),
        whole(&[(0, 16)])
    );
    assert_eq!(
        steps(&site(2), &installed, &[], 2, NOON, 60, RateUnit::A),
        whole(&[(0, 60), (30, 100)])
    );
}

#[test]
fn evses_on_different_phases_added_in_amperes_are_pointed_out() {
    let mut first = absolute(1, 0, Purpose::TxDefaultProfile, NOON, None, &[(0, 16)]);
    first.schedules[0].periods[0].number_phases = Some(1);
    let installed = [on(1, first)];
    let ask = |unit| {
        composite(
            &site(2),
            &installed,
            &[],
            &Request::new(0, at(NOON), 60, unit),
        )
        .unwrap()
    };
    assert!(ask(RateUnit::A).mixed_phases);
    assert_eq!(ask(RateUnit::A).periods[0].phases, Some(1));
    // In watts each EVSE counts with its own phases: 16 × 230 + 33,120.
    assert!(!ask(RateUnit::W).mixed_phases);
    assert_eq!(ask(RateUnit::W).periods[0].limit, dec("36800"));
}

#[test]
fn external_constraints_take_part_for_the_station_and_for_one_evse() {
    let purpose = Purpose::ChargingStationExternalConstraints;
    let station = absolute(-1, 0, purpose, NOON, Some(30), &[(0, 20)]);
    let own = absolute(-2, 0, purpose, NOON, None, &[(0, 25)]);
    let default = absolute(1, 0, Purpose::TxDefaultProfile, NOON, None, &[(0, 32)]);
    let installed = [on(0, station), on(1, own), on(0, default)];
    assert_eq!(
        steps(&site(2), &installed, &[], 1, NOON, 60, RateUnit::A),
        whole(&[(0, 20), (30, 25)])
    );
    assert_eq!(
        steps(&site(2), &installed, &[], 2, NOON, 60, RateUnit::A),
        whole(&[(0, 20), (30, 32)])
    );
    assert_eq!(
        steps(&site(2), &installed, &[], 0, NOON, 60, RateUnit::A),
        whole(&[(0, 20), (30, 57)])
    );
}

#[test]
fn phase_to_use_is_reported_when_all_who_name_one_agree() {
    let mut default = absolute(1, 0, Purpose::TxDefaultProfile, NOON, None, &[(0, 16)]);
    default.schedules[0].periods[0].number_phases = Some(1);
    default.schedules[0].periods[0].phase_to_use = Some(2);
    let mut max = absolute(
        2,
        0,
        Purpose::ChargingStationMaxProfile,
        NOON,
        None,
        &[(0, 63)],
    );
    let ask = |max: &ChargingProfile| {
        let installed = [on(1, default.clone()), on(0, max.clone())];
        let request = Request::new(1, at(NOON), 60, RateUnit::A);
        composite(&site(1), &installed, &[], &request)
            .unwrap()
            .periods[0]
            .phase_to_use
    };
    assert_eq!(ask(&max), Some(2));
    max.schedules[0].periods[0].number_phases = Some(1);
    max.schedules[0].periods[0].phase_to_use = Some(3);
    assert_eq!(ask(&max), None);
}

#[test]
fn fractions_of_seconds_take_effect_with_the_next_whole_second() {
    let default = absolute(
        1,
        0,
        Purpose::TxDefaultProfile,
        "2024-05-15T12:00:10.400Z",
        None,
        &[(0, 16)],
    );
    assert_eq!(
        steps(&site(1), &[on(1, default)], &[], 1, NOON, 60, RateUnit::A),
        whole(&[(0, 48), (11, 16)])
    );
}

#[test]
fn the_highest_min_charging_rate_is_reported_rounded_up() {
    let mut default = absolute(1, 0, Purpose::TxDefaultProfile, NOON, None, &[(0, 16)]);
    default.schedules[0].min_charging_rate = Some(dec("6"));
    let mut max = absolute(
        2,
        0,
        Purpose::ChargingStationMaxProfile,
        NOON,
        None,
        &[(0, 63)],
    );
    max.schedules[0].unit = RateUnit::W;
    max.schedules[0].min_charging_rate = Some(dec("5000"));
    let installed = [on(1, default), on(0, max)];
    let request = Request::new(1, at(NOON), 60, RateUnit::A);
    let schedule = composite(&site(1), &installed, &[], &request).unwrap();
    // 5,000 W / 690 V = 7.246… A
    assert_eq!(schedule.min_charging_rate, Some(dec("7.3")));
}

#[test]
fn limits_of_single_phases_are_compared_phase_by_phase() {
    let mut default = absolute(1, 0, Purpose::TxDefaultProfile, NOON, None, &[(0, 16)]);
    default.schedules[0].periods[0].v2x = Some(Box::new(PeriodExtras {
        limit_l2: Some(dec("10")),
        limit_l3: Some(dec("32")),
        operation_mode: Some(OperationMode::ChargingOnly),
        ..PeriodExtras::default()
    }));
    let max = absolute(
        2,
        0,
        Purpose::ChargingStationMaxProfile,
        NOON,
        None,
        &[(0, 20)],
    );
    let installed = [on(1, default), on(0, max)];
    let ask = |unit| {
        let request = Request::new(1, at(NOON), 60, unit);
        let schedule = composite(&site(1), &installed, &[], &request).unwrap();
        let period = &schedule.periods[0];
        (
            period.limit,
            period.other_phases.as_deref().copied().unwrap(),
        )
    };
    assert_eq!(ask(RateUnit::A), (dec("16"), [dec("10"), dec("20")]));
    assert_eq!(ask(RateUnit::W), (dec("3680"), [dec("2300"), dec("4600")]));
    // A total in watts is shared evenly: 3,000 W for each phase.
    let mut max = absolute(
        2,
        0,
        Purpose::ChargingStationMaxProfile,
        NOON,
        None,
        &[(0, 9_000)],
    );
    max.schedules[0].unit = RateUnit::W;
    let installed = [installed[0].clone(), on(0, max)];
    let request = Request::new(1, at(NOON), 60, RateUnit::W);
    let schedule = composite(&site(1), &installed, &[], &request).unwrap();
    assert_eq!(schedule.periods[0].limit, dec("3000"));
    assert_eq!(
        schedule.periods[0].other_phases.as_deref(),
        Some(&[dec("2300"), dec("3000")])
    );
}

#[test]
fn direct_current_knows_no_phases() {
    let mut site = site(1);
    site.evses[0].current = CurrentType::Dc;
    site.evses[0].local_limit = LocalLimit::Watts(dec("150000"));
    site.voltage = Some(dec("400"));
    let mut default = absolute(1, 0, Purpose::TxDefaultProfile, NOON, Some(30), &[(0, 100)]);
    default.schedules[0].periods[0].number_phases = Some(3);
    let installed = [on(1, default)];
    let request = Request::new(1, at(NOON), 60, RateUnit::W);
    let schedule = composite(&site, &installed, &[], &request).unwrap();
    assert_eq!(schedule.periods[0].phases, None);
    let limits: Vec<_> = schedule
        .periods
        .iter()
        .map(|p| (p.start, p.limit))
        .collect();
    assert_eq!(limits, [(0, dec("40000")), (30, dec("150000"))]);
}

#[test]
fn each_of_several_schedules_makes_its_own_composite() {
    // K15.FR.22: first with first, second with second, where there is one.
    let mut high = absolute(1, 1, Purpose::TxProfile, NOON, Some(30), &[(0, 10)]);
    let mut low = absolute(2, 0, Purpose::TxProfile, NOON, None, &[(0, 20)]);
    let mut second = low.schedules[0].clone();
    second.periods[0].limit = Some(dec("25"));
    low.schedules.push(second.clone());
    second.periods[0].limit = Some(dec("26"));
    low.schedules.push(second.clone());
    second.duration = Some(40);
    second.periods[0].limit = Some(dec("15"));
    high.schedules.push(second);
    let installed = [on(1, high), on(1, low)];
    let running = [transaction(1, NOON)];
    let ask = |schedule| {
        let request = Request {
            schedule,
            ..Request::new(1, at(NOON), 60, RateUnit::A)
        };
        composite(&site(1), &installed, &running, &request)
            .unwrap()
            .periods
            .iter()
            .map(|p| (p.start, p.limit.to_string()))
            .collect::<Vec<_>>()
    };
    assert_eq!(ask(0), whole(&[(0, 10), (30, 20)]));
    assert_eq!(ask(1), whole(&[(0, 15), (40, 25)]));
    assert_eq!(ask(2), whole(&[(0, 26)]));
}
