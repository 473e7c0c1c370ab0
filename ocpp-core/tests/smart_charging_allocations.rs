//! How often smart charging asks for memory. A test program of its own, because it counts the allocations of all threads.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use ocpp_core::smart_charging::*;
use ocpp_core::time::DateTime;
use rust_decimal::Decimal;

fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

/// A day of 24 steps, every day.
fn daily(id: i64, purpose: Purpose) -> Arc<ChargingProfile> {
    Arc::new(ChargingProfile {
        id,
        stack_level: id,
        purpose,
        kind: ProfileKind::Recurring,
        recurrency: Some(Recurrency::Daily),
        valid_from: None,
        valid_to: None,
        transaction_id: None,
        schedules: vec![ChargingSchedule {
            id: 1,
            start: Some(at("2024-01-01T00:00:00Z")),
            duration: None,
            unit: RateUnit::A,
            min_charging_rate: None,
            periods: (0..24)
                .map(|hour| {
                    SchedulePeriod::new(hour * 3_600, Decimal::from(6 + (hour * 7 + id) % 26))
                })
                .collect(),
            extras: None,
            rest: Rest::NONE,
        }],
        online: None,
        rest: Rest::NONE,
    })
}

fn site() -> Site {
    let local_limit = LocalLimit::Amperes(Decimal::from(32));
    let mut site = Site::new(vec![Evse::ac(local_limit, 3)]);
    site.voltage = Some(Decimal::from(230));
    site
}

fn installed() -> Vec<Installed> {
    vec![
        Installed {
            evse: 0,
            profile: daily(1, Purpose::ChargingStationMaxProfile),
        },
        Installed {
            evse: 1,
            profile: daily(2, Purpose::TxDefaultProfile),
        },
        Installed {
            evse: 1,
            profile: daily(3, Purpose::TxDefaultProfile),
        },
        Installed {
            evse: 0,
            profile: daily(-1, Purpose::ChargingStationExternalConstraints),
        },
    ]
}

#[test]
fn a_composite_schedule_allocates_less_than_three_times_for_each_period() {
    let (site, installed) = (site(), installed());
    for unit in [RateUnit::A, RateUnit::W] {
        let request = Request::new(1, at("2024-05-15T07:30:00Z"), 86_400, unit);
        let mut periods = 0;
        let counted = allocation_counter::measure(|| {
            periods = composite(&site, &installed, &[], &request)
                .unwrap()
                .periods
                .len() as u64;
        });
        assert!(periods > 20);
        assert!(
            counted.count_total < 3 * periods,
            "{} allocations for {periods} periods",
            counted.count_total
        );
    }
}

#[test]
fn the_control_loop_does_not_allocate() {
    let (site, installed) = (site(), installed());
    let start = at("2024-05-15T07:30:00Z");
    let scope = Scope {
        evse: 1,
        unit: RateUnit::W,
        schedule: 0,
    };
    let mut limit = LimitNow::new(&site, &installed, &[], scope, start).unwrap();
    let mut changes = 0;
    let counted = allocation_counter::measure(|| {
        let mut before = Decimal::ZERO;
        for minute in 0..100_000 {
            let now = limit.at(start.saturating_add_millis(minute * 60_000)).limit;
            changes += u32::from(now != before);
            before = now;
        }
        // Back in time, too.
        limit.at(start);
    });
    assert!(changes > 1_000);
    assert_eq!(counted.count_total, 0);
}
