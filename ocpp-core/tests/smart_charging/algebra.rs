//! Laws that hold whatever the profiles are.

use std::sync::Arc;

use ocpp_core::smart_charging::*;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::cases::{Case, Scale, case};

fn calculate(case: &Case) -> CompositeSchedule {
    composite(
        &case.site,
        &case.installed,
        &case.transactions,
        &case.request,
    )
    .unwrap()
}

/// `(second, limit)` for every second.
fn limits(schedule: &CompositeSchedule) -> Vec<Decimal> {
    (0..schedule.duration)
        .map(|second| schedule.period_at(second).unwrap().limit)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn raising_a_limit_never_lowers_the_composite(
        case in case(Scale::Seconds, 3, 6),
        which in any::<prop::sample::Index>(),
        more in 1_i64..50,
    ) {
        prop_assume!(!case.installed.is_empty());
        let mut raised = case.clone();
        let index = which.index(raised.installed.len());
        let profile = Arc::make_mut(&mut raised.installed[index].profile);
        for period in &mut profile.schedules[0].periods {
            period.limit = period.limit.map(|limit| limit + Decimal::from(more));
        }
        for (before, after) in limits(&calculate(&case)).iter().zip(limits(&calculate(&raised))) {
            prop_assert!(after >= *before);
        }
    }

    #[test]
    fn a_station_maximum_never_raises_the_composite(
        case in case(Scale::Seconds, 3, 6),
        limit in 0_i64..60,
    ) {
        // Where nothing took part the local limit held, which caps nothing: only profiles are compared. A maximum that
        // also lowers the number of phases changes conversions, so it allows three.
        let mut with = case.clone();
        let unit = case.request.unit;
        with.installed.push(Installed {
            evse: 0,
            profile: Arc::new(super::kit::absolute(
                900, 99, Purpose::ChargingStationMaxProfile, "2000-01-01T00:00:00Z", None, &[(0, limit)],
            )),
        });
        Arc::make_mut(&mut with.installed.last_mut().unwrap().profile).schedules[0].unit = unit;
        let without: Vec<Installed> = case
            .installed
            .iter()
            .filter(|entry| entry.profile.purpose != Purpose::ChargingStationMaxProfile)
            .cloned()
            .collect();
        let bare = Case { installed: without, ..case.clone() };
        with.installed.retain(|entry| {
            entry.profile.purpose != Purpose::ChargingStationMaxProfile || entry.profile.id == 900
        });
        let local = case.site.evses[0].local_limit.in_unit(unit).unwrap();
        for (before, after) in limits(&calculate(&bare)).iter().zip(limits(&calculate(&with))) {
            let fills_a_gap = case.request.evse != 0 && *before == local;
            prop_assert!(after <= *before || fills_a_gap);
            prop_assert!(after <= Decimal::from(limit));
        }
    }

    #[test]
    fn clearing_what_was_installed_restores_the_former_result(
        case in case(Scale::Seconds, 3, 6),
        level in 50_i64..60,
        limit in 0_i64..60,
    ) {
        let mut store = ProfileStore::new(StoreConfig::new(Rules::V1_6, 8));
        for transaction in &case.transactions {
            let _ = store.start_transaction(transaction.clone(), None);
        }
        for entry in &case.installed {
            // Some are refused: no transaction, or the purpose of an external system.
            let _ = store.install(entry.evse, (*entry.profile).clone());
        }
        let before = store.composite(&case.site, &case.request).unwrap();
        let extra = super::kit::absolute(
            900, level, Purpose::TxDefaultProfile, "2000-01-01T00:00:00Z", None, &[(0, limit)],
        );
        let _ = store.install(0, extra).unwrap();
        let _ = store.clear(&ClearFilter { id: Some(900), ..ClearFilter::default() });
        prop_assert_eq!(store.composite(&case.site, &case.request).unwrap(), before);
    }

    #[test]
    fn a_window_split_in_two_is_the_whole(
        case in case(Scale::Seconds, 3, 6),
        part in any::<prop::sample::Index>(),
    ) {
        prop_assume!(case.request.duration > 1);
        // Relative schedules without a transaction count from the start of the window and would move with it.
        let mut case = case;
        for evse in 1..=case.site.evses.len() as u32 {
            if case.transactions.iter().all(|transaction| transaction.evse != evse) {
                case.transactions.push(super::kit::transaction(evse, "2024-05-15T12:00:20Z"));
            }
        }
        let at = 1 + part.index(case.request.duration as usize - 1) as i64;
        let mut first = case.clone();
        first.request.duration = at;
        let mut second = case.clone();
        second.request.start = case.request.start.saturating_add_millis(at * 1_000);
        second.request.duration -= at;
        let whole = calculate(&case);
        let mut joined = limits(&calculate(&first));
        joined.extend(limits(&calculate(&second)));
        prop_assert_eq!(limits(&whole), joined);
    }

    #[test]
    fn amperes_to_watts_and_back(
        tenths in 0_i64..1_000_000, volts in 1_i64..10_000, phases in 1_i64..=3,
    ) {
        let amperes = Decimal::new(tenths, 1);
        let volts = Decimal::new(volts, 1);
        let mut site = super::kit::site(1);
        site.voltage = Some(volts);
        let mut profile = super::kit::absolute(
            1, 0, Purpose::TxDefaultProfile, "2000-01-01T00:00:00Z", None, &[(0, 0)],
        );
        let ask = |profile: &ChargingProfile, unit| {
            let request = Request {
                precision: Precision::Exact,
                ..Request::new(1, super::kit::at("2024-05-15T12:00:00Z"), 60, unit)
            };
            let installed = [super::kit::on(1, profile.clone())];
            composite(&site, &installed, &[], &request).unwrap().periods[0].limit
        };
        profile.schedules[0].periods[0].limit = Some(amperes);
        profile.schedules[0].periods[0].number_phases = Some(phases);
        let watts = ask(&profile, RateUnit::W);
        prop_assert_eq!(watts, amperes * volts * Decimal::from(phases));
        profile.schedules[0].unit = RateUnit::W;
        profile.schedules[0].periods[0].limit = Some(watts);
        prop_assert_eq!(ask(&profile, RateUnit::A), amperes);
    }

    #[test]
    fn a_converted_limit_is_cut_and_never_exceeds_the_exact_one(
        watts in 0_i64..50_000_000, volts in 1_i64..10_000, phases in 1_i64..=3,
    ) {
        let mut site = super::kit::site(1);
        let volts = Decimal::new(volts, 1);
        site.voltage = Some(volts);
        let mut profile = super::kit::absolute(
            1, 0, Purpose::TxDefaultProfile, "2000-01-01T00:00:00Z", None, &[(0, 0)],
        );
        profile.schedules[0].unit = RateUnit::W;
        profile.schedules[0].periods[0].limit = Some(Decimal::new(watts, 1));
        profile.schedules[0].periods[0].number_phases = Some(phases);
        let installed = [super::kit::on(1, profile)];
        let request = Request::new(1, super::kit::at("2024-05-15T12:00:00Z"), 60, RateUnit::A);
        let cut = composite(&site, &installed, &[], &request).unwrap().periods[0].limit;
        let request = Request { precision: Precision::Exact, ..request };
        let exact = composite(&site, &installed, &[], &request).unwrap().periods[0].limit;
        let divisor = volts * Decimal::from(phases);
        prop_assert!(exact * divisor <= Decimal::new(watts, 1));
        prop_assert!(cut <= exact);
        prop_assert!((cut + Decimal::new(1, 1)) * divisor > Decimal::new(watts, 1));
    }
}
