//! The engine against the oracle.

use ocpp_core::smart_charging::*;
use ocpp_core::time::DateTime;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use rust_decimal::Decimal;

use super::cases::{Case, Scale, case};
use super::oracle::{Answer, Oracle};

/// Cases of the main comparison; with `OCPP_EXHAUSTIVE` set four times as many.
fn cases(default: u32) -> u32 {
    match std::env::var_os("OCPP_EXHAUSTIVE") {
        Some(_) => 4 * default,
        None => default,
    }
}

fn answer_of(period: &CompositePeriod) -> Answer {
    let tenths = period.limit * Decimal::TEN;
    assert!(
        tenths.fract().is_zero(),
        "more than one decimal: {}",
        period.limit
    );
    Answer {
        tenths: tenths.trunc().mantissa() / 10_i128.pow(tenths.trunc().scale()),
        phases: period.phases.unwrap(),
        phase_to_use: period.phase_to_use,
    }
}

fn well_formed(schedule: &CompositeSchedule) {
    assert_eq!(schedule.periods[0].start, 0, "the first period starts at 0");
    for pair in schedule.periods.windows(2) {
        assert!(pair[0].start < pair[1].start, "periods rise");
        assert_ne!(
            answer_of(&pair[0]),
            answer_of(&pair[1]),
            "equal neighbours are merged"
        );
    }
    assert!(
        schedule.periods.last().unwrap().start < schedule.duration,
        "within the window"
    );
}

pub(crate) fn compare(case: &Case, seconds: impl Iterator<Item = i64>) {
    let schedule = composite(
        &case.site,
        &case.installed,
        &case.transactions,
        &case.request,
    )
    .unwrap();
    well_formed(&schedule);
    let oracle = Oracle {
        site: &case.site,
        installed: &case.installed,
        transactions: &case.transactions,
        unit: case.request.unit,
        start: case.request.start,
    };
    for second in seconds {
        let t = case.request.start.unix_millis() + second * 1_000;
        let expected = oracle.at(case.request.evse, t);
        let got = answer_of(schedule.period_at(second).unwrap());
        assert_eq!(
            got,
            expected,
            "second {second} of {:?}: {schedule:#?}",
            DateTime::from_unix_millis(t)
        );
    }
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        ..ProptestConfig::with_source_file(file!())
    }
}

/// Every second of short windows. Together with the long windows more than 100,000 cases when the run is exhaustive.
#[test]
fn every_second_of_a_short_window_is_what_the_rules_say() {
    TestRunner::new(config(cases(25_000)))
        .run(&case(Scale::Seconds, 8, 8), |case| {
            compare(&case, 0..case.request.duration);
            Ok(())
        })
        .unwrap();
}

/// Long windows are compared where something happens, a second before and after, and at instants strewn over the window.
#[test]
fn long_windows_are_what_the_rules_say() {
    TestRunner::new(config(cases(3_000)))
        .run(&case(Scale::Days, 3, 6), |case| {
            let duration = case.request.duration;
            let schedule = composite(
                &case.site,
                &case.installed,
                &case.transactions,
                &case.request,
            )
            .unwrap();
            let every = schedule.periods.len() / 40 + 1;
            let edges = schedule
                .periods
                .iter()
                .step_by(every)
                .flat_map(|period| [period.start - 1, period.start, period.start + 1]);
            let strewn = (0..40).map(|part| duration * part / 40 + part * 7_919 % 3_600);
            let seconds: Vec<i64> = edges
                .chain(strewn)
                .filter(|second| (0..duration).contains(second))
                .collect();
            compare(&case, seconds.into_iter());
            Ok(())
        })
        .unwrap();
}
