//! The examples of both specifications and the numbers of the certification cases.

use ocpp_core::smart_charging::*;

use super::kit::*;

const T: &str = "2024-05-15T12:00:00Z";

fn in_watts(mut profile: ChargingProfile) -> ChargingProfile {
    profile.schedules[0].unit = RateUnit::W;
    profile
}

/// 1.6 section 3.13.7 and 2.0.1 section K.3.6: 6 kW from 08:00 to 20:00, else 11 kW, every day.
#[test]
fn the_daily_default_profile_of_both_specifications() {
    let daily = in_watts(profile(
        100,
        0,
        Purpose::TxDefaultProfile,
        ProfileKind::Recurring,
        Some("2013-01-01T00:00:00Z"),
        Some(86_400),
        &[(0, 11_000), (28_800, 6_000), (72_000, 11_000)],
    ));
    let installed = [on(0, daily)];
    assert_eq!(
        steps(
            &site(1),
            &installed,
            &[],
            1,
            "2024-05-15T06:00:00Z",
            86_400,
            RateUnit::W
        ),
        whole(&[(0, 11_000), (7_200, 6_000), (50_400, 11_000)])
    );
    assert_eq!(
        steps(
            &site(1),
            &installed,
            &[],
            1,
            "2024-05-15T06:00:00Z",
            86_400,
            RateUnit::A
        ),
        [
            (0, "15.9".into()),
            (7_200, "8.6".into()),
            (50_400, "15.9".into())
        ]
    );
}

/// 2.0.1 section K.3.6.1. The text says 17:00 to 20:00; its `duration` of 1080 lacks a zero.
#[test]
fn peak_hours_except_on_sundays_and_christmas_day() {
    let peak = in_watts(profile(
        10,
        1,
        Purpose::TxDefaultProfile,
        ProfileKind::Recurring,
        Some("2020-01-09T17:00:00Z"),
        Some(10_800),
        &[(0, 2_000)],
    ));
    let mut sundays = in_watts(profile(
        11,
        2,
        Purpose::TxDefaultProfile,
        ProfileKind::Recurring,
        Some("2020-01-05T00:00:00Z"),
        Some(86_400),
        &[(0, 999_999)],
    ));
    sundays.recurrency = Some(Recurrency::Weekly);
    let mut christmas = in_watts(absolute(
        12,
        3,
        Purpose::TxDefaultProfile,
        "2020-12-25T00:00:00Z",
        Some(86_400),
        &[(0, 999_999)],
    ));
    christmas.valid_from = Some(at("2020-01-01T00:00:00Z"));
    christmas.valid_to = Some(at("2021-01-01T00:00:00Z"));
    let installed = [on(0, peak), on(0, sundays), on(0, christmas)];
    let day = |date: &str| {
        steps(
            &site(1),
            &installed,
            &[],
            1,
            &format!("{date}T00:00:00Z"),
            86_400,
            RateUnit::W,
        )
    };
    let peak_day = whole(&[(0, 33_120), (61_200, 2_000), (72_000, 33_120)]);
    assert_eq!(day("2020-12-24"), peak_day, "a Thursday");
    assert_eq!(day("2020-12-25"), whole(&[(0, 999_999)]), "Christmas Day");
    assert_eq!(day("2020-12-26"), peak_day, "a Saturday");
    assert_eq!(day("2020-12-27"), whole(&[(0, 999_999)]), "a Sunday");
    assert_eq!(day("2021-12-25"), peak_day, "the exception was for 2020");
    let as_printed = {
        let mut short = (*installed[0].profile).clone();
        short.schedules[0].duration = Some(1_080);
        [on(0, short)]
    };
    assert_eq!(
        steps(
            &site(1),
            &as_printed,
            &[],
            1,
            "2020-12-24T17:00:00Z",
            10_800,
            RateUnit::W
        ),
        whole(&[(0, 2_000), (1_080, 33_120)])
    );
}

/// 2.0.1 section K.3.5, figures 99 and 100: which levels of which purposes take part.
#[test]
fn the_lowest_of_the_leading_profiles_of_all_purposes() {
    let level = |id, level, purpose, limit| absolute(id, level, purpose, T, None, &[(0, limit)]);
    let external = Purpose::ChargingStationExternalConstraints;
    let situation_1 = [
        on(0, level(1, 0, Purpose::ChargingStationMaxProfile, 40)),
        on(1, level(2, 1, Purpose::TxDefaultProfile, 5)),
        on(1, level(3, 2, Purpose::TxDefaultProfile, 30)),
        on(0, level(4, 0, external, 6)),
        on(0, level(5, 1, external, 35)),
    ];
    assert_eq!(
        steps(&site(1), &situation_1, &[], 1, T, 60, RateUnit::A),
        whole(&[(0, 30)])
    );
    let mut situation_2 = situation_1.to_vec();
    situation_2.push(on(1, level(6, 0, Purpose::TxProfile, 7)));
    situation_2.push(on(1, level(7, 1, Purpose::TxProfile, 33)));
    let running = [transaction(1, T)];
    assert_eq!(
        steps(&site(1), &situation_2, &running, 1, T, 60, RateUnit::A),
        whole(&[(0, 33)])
    );
}

/// 1.6 section 3.13.2, erratum 3.7.
#[test]
fn stacking_without_duration_never_falls_back() {
    let low = absolute(1, 0, Purpose::TxDefaultProfile, T, Some(86_400), &[(0, 10)]);
    let high = absolute(2, 1, Purpose::TxDefaultProfile, T, None, &[(0, 20)]);
    let installed = [on(1, low), on(1, high)];
    assert_eq!(
        steps(&site(1), &installed, &[], 1, T, 1_000_000_000, RateUnit::A),
        whole(&[(0, 20)])
    );
}

/// TC_056_CS and TC_082_CS; TC_K_01_CS and TC_K_28_CS are its 2.0.1 relatives.
#[test]
fn tc_056_and_tc_082_tx_default_profile() {
    let mut default = absolute(
        1,
        0,
        Purpose::TxDefaultProfile,
        T,
        Some(300),
        &[(0, 6), (60, 10), (120, 8)],
    );
    default.valid_from = Some(at("2024-05-15T11:59:00Z"));
    default.valid_to = Some(at("2024-05-15T12:06:00Z"));
    let installed = [on(1, default)];
    let expected = whole(&[(0, 6), (60, 10), (120, 8)]);
    assert_eq!(
        steps(&site(1), &installed, &[], 1, T, 300, RateUnit::A),
        expected
    );
    let running = [transaction(1, "2024-05-15T11:00:00Z")];
    assert_eq!(
        steps(&site(1), &installed, &running, 1, T, 300, RateUnit::A),
        expected
    );
    // Asked for five seconds later, everything comes five seconds earlier.
    assert_eq!(
        steps(
            &site(1),
            &installed,
            &[],
            1,
            "2024-05-15T12:00:05Z",
            300,
            RateUnit::A
        ),
        whole(&[(0, 6), (55, 10), (115, 8), (295, 48)])
    );
}

#[test]
fn tc_057_tx_profile() {
    let mut tx = absolute(
        1,
        0,
        Purpose::TxProfile,
        T,
        Some(260),
        &[(0, 6), (60, 10), (120, 8)],
    );
    tx.transaction_id = Some(TransactionId::Number(5));
    assert_eq!(
        steps(
            &site(1),
            &[on(1, tx)],
            &[transaction(1, T)],
            1,
            T,
            300,
            RateUnit::A
        ),
        whole(&[(0, 6), (60, 10), (120, 8), (260, 48)])
    );
}

#[test]
fn tc_059_profile_of_a_remote_start() {
    // TxProfile without transactionId: for whatever transaction runs.
    let tx = profile(
        1,
        0,
        Purpose::TxProfile,
        ProfileKind::Relative,
        None,
        None,
        &[(0, 6), (60, 10), (120, 8)],
    );
    assert_eq!(
        steps(
            &site(1),
            &[on(1, tx)],
            &[transaction(1, "2024-05-15T11:59:50Z")],
            1,
            T,
            300,
            RateUnit::A
        ),
        whole(&[(0, 6), (50, 10), (110, 8)])
    );
}

fn composite_of_three(third: i64, fourth: i64) -> (Vec<Installed>, Vec<Transaction>) {
    let p1 = absolute(
        1,
        0,
        Purpose::ChargingStationMaxProfile,
        T,
        Some(86_400),
        &[(0, 10)],
    );
    let p2 = absolute(
        2,
        0,
        Purpose::TxDefaultProfile,
        T,
        Some(300),
        &[(0, 6), (60, 10), (120, 8), (180, fourth), (260, 8)],
    );
    let p3 = absolute(
        3,
        0,
        Purpose::TxProfile,
        T,
        Some(260),
        &[(0, 8), (50, 11), (140, 16), (200, third), (240, 12)],
    );
    (
        vec![on(0, p1), on(1, p2), on(1, p3)],
        vec![transaction(1, T)],
    )
}

#[test]
fn tc_066_get_composite_schedule() {
    let (installed, running) = composite_of_three(6, 25);
    assert_eq!(
        steps(&site(1), &installed, &running, 1, T, 400, RateUnit::A),
        whole(&[(0, 8), (50, 10), (200, 6), (240, 10), (260, 8), (300, 10)])
    );
}

#[test]
fn tc_k_41_combining_purposes() {
    let (installed, running) = composite_of_three(6, 15);
    assert_eq!(
        steps(&site(1), &installed, &running, 1, T, 400, RateUnit::A),
        whole(&[(0, 8), (50, 10), (200, 6), (240, 10), (260, 8), (300, 10)])
    );
    // The same in watts, limits times 1000, asked for three seconds later.
    let installed: Vec<Installed> = installed
        .iter()
        .map(|entry| {
            let mut profile = in_watts((*entry.profile).clone());
            for period in &mut profile.schedules[0].periods {
                period.limit = period.limit.map(|limit| limit * dec("1000"));
            }
            on(entry.evse, profile)
        })
        .collect();
    assert_eq!(
        steps(
            &site(1),
            &installed,
            &running,
            1,
            "2024-05-15T12:00:03Z",
            400,
            RateUnit::W
        ),
        whole(&[
            (0, 8_000),
            (47, 10_000),
            (197, 6_000),
            (237, 10_000),
            (257, 8_000),
            (297, 10_000)
        ])
    );
}

#[test]
fn tc_067_a_cleared_profile_no_longer_counts() {
    let default = absolute(
        1,
        1,
        Purpose::TxDefaultProfile,
        T,
        Some(400),
        &[(0, 6), (60, 8), (200, 10)],
    );
    let installed = [on(1, default)];
    assert_eq!(
        steps(&site(1), &installed, &[], 1, T, 350, RateUnit::A),
        whole(&[(0, 6), (60, 8), (200, 10)])
    );
    assert_eq!(
        steps(&site(1), &[], &[], 1, T, 350, RateUnit::A),
        whole(&[(0, 48)])
    );
}

/// TC_072_CS and TC_K_40_CS.
#[test]
fn tc_072_and_tc_k_40_stacking() {
    let validity = |mut profile: ChargingProfile| {
        profile.valid_from = Some(at(T));
        profile.valid_to = Some(at("2024-05-15T12:06:41Z"));
        profile
    };
    let p1 = absolute(
        1,
        0,
        Purpose::TxDefaultProfile,
        T,
        Some(400),
        &[(0, 6), (100, 8), (200, 10)],
    );
    let p2 = absolute(
        2,
        1,
        Purpose::TxDefaultProfile,
        T,
        Some(150),
        &[(0, 7), (100, 9)],
    );
    let installed = [on(1, validity(p1)), on(1, validity(p2))];
    assert_eq!(
        steps(&site(1), &installed, &[], 1, T, 350, RateUnit::A),
        whole(&[(0, 7), (100, 9), (150, 8), (200, 10)])
    );
}

#[test]
fn tc_k_39_no_profile_installed() {
    assert_eq!(
        steps(&site(1), &[], &[], 1, T, 300, RateUnit::A),
        whole(&[(0, 48)])
    );
}

/// TC_K_03_CS: a station maximum bears on every EVSE.
#[test]
fn tc_k_03_station_maximum() {
    let max = absolute(
        1,
        0,
        Purpose::ChargingStationMaxProfile,
        T,
        Some(300),
        &[(0, 6)],
    );
    let installed = [on(0, max)];
    for evse in 0..=2 {
        assert_eq!(
            steps(&site(2), &installed, &[], evse, T, 300, RateUnit::A),
            whole(&[(0, 6)]),
            "EVSE {evse}"
        );
    }
}

/// TC_K_21_CS, TC_K_22_CS, TC_K_23_CS: validFrom, validTo and startSchedule.
#[test]
fn tc_k_21_to_23_gates_and_start() {
    let mut default = absolute(1, 0, Purpose::TxDefaultProfile, T, None, &[(0, 6)]);
    default.valid_from = Some(at("2024-05-15T12:00:10Z"));
    let ask = |profile: &ChargingProfile| {
        steps(
            &site(1),
            &[on(1, profile.clone())],
            &[],
            1,
            T,
            60,
            RateUnit::A,
        )
    };
    assert_eq!(ask(&default), whole(&[(0, 48), (10, 6)]));
    default.valid_from = None;
    default.valid_to = Some(at("2024-05-15T12:00:10Z"));
    assert_eq!(ask(&default), whole(&[(0, 6), (10, 48)]));
    default.valid_to = None;
    default.schedules[0].start = Some(at("2024-05-15T12:00:10Z"));
    assert_eq!(ask(&default), whole(&[(0, 48), (10, 6)]));
}

/// TC_K_19_CS: a recurring profile.
#[test]
fn tc_k_19_recurring() {
    let daily = profile(
        1,
        0,
        Purpose::TxDefaultProfile,
        ProfileKind::Recurring,
        Some("2024-05-01T12:00:00Z"),
        Some(300),
        &[(0, 6)],
    );
    assert_eq!(
        steps(
            &site(1),
            &[on(1, daily)],
            &[],
            1,
            T,
            86_400 + 60,
            RateUnit::A
        ),
        whole(&[(0, 6), (300, 48), (86_400, 6)])
    );
}

/// TC_K_47_CS and 1.6 section 5.7: an EVSE that does not exist.
#[test]
fn tc_k_47_unknown_evse() {
    let request = Request::new(3, at(T), 300, RateUnit::A);
    assert_eq!(
        composite(&site(2), &[], &[], &request),
        Err(CompositeError::UnknownEvse { evse: 3 })
    );
}

/// The example of the line tool: relative to a transaction that began 90 seconds before.
#[test]
fn a_tx_profile_relative_to_its_transaction() {
    let tx = profile(
        1,
        0,
        Purpose::TxProfile,
        ProfileKind::Relative,
        None,
        None,
        &[(0, 20), (120, 30)],
    );
    let running = [transaction(1, "2024-05-15T11:58:30Z")];
    assert_eq!(
        steps(&site(1), &[on(1, tx)], &running, 1, T, 300, RateUnit::A),
        whole(&[(0, 20), (30, 30)])
    );
}
