//! Arbitrary profiles, transactions and requests, up to the extremes of 64 bits: an answer or a named refusal, in bounded
//! work, and never a panic or an overflow.
#![no_main]

use std::sync::Arc;

use arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use ocpp_core::smart_charging::*;
use ocpp_core::time::DateTime;
use rust_decimal::Decimal;

/// Mostly near each other, sometimes anywhere.
fn instant(u: &mut Unstructured<'_>) -> Result<DateTime> {
    let millis = match u.int_in_range(0..=3)? {
        0 => i64::arbitrary(u)?,
        1 => 1_715_774_400_000 + i64::from(i32::arbitrary(u)?),
        _ => 1_715_774_400_000 + i64::from(i16::arbitrary(u)?) * 1_000,
    };
    let millis = millis.clamp(DateTime::MIN.unix_millis(), DateTime::MAX.unix_millis());
    Ok(DateTime::from_unix_millis(millis).unwrap_or(DateTime::UNIX_EPOCH))
}

fn seconds(u: &mut Unstructured<'_>) -> Result<i64> {
    Ok(match u.int_in_range(0..=4)? {
        0 => i64::arbitrary(u)?,
        1 => i64::from(i32::arbitrary(u)?),
        _ => i64::from(u16::arbitrary(u)?),
    })
}

fn decimal(u: &mut Unstructured<'_>) -> Result<Decimal> {
    Ok(match u.int_in_range(0..=3)? {
        0 => Decimal::try_from_i128_with_scale(i128::arbitrary(u)? >> 33, u.int_in_range(0..=28)?)
            .unwrap_or(Decimal::MAX),
        1 => Decimal::new(i64::arbitrary(u)?, u.int_in_range(0..=18)?),
        _ => Decimal::new(i64::from(u16::arbitrary(u)?), 1),
    })
}

fn optional<T>(
    u: &mut Unstructured<'_>,
    f: impl Fn(&mut Unstructured<'_>) -> Result<T>,
) -> Result<Option<T>> {
    Ok(if bool::arbitrary(u)? {
        Some(f(u)?)
    } else {
        None
    })
}

fn unit(u: &mut Unstructured<'_>) -> Result<RateUnit> {
    Ok(if bool::arbitrary(u)? {
        RateUnit::A
    } else {
        RateUnit::W
    })
}

fn period(u: &mut Unstructured<'_>, rising: Option<i64>) -> Result<SchedulePeriod> {
    let start = match rising {
        Some(before) if u.ratio(31, 32)? => before.saturating_add(i64::from(u16::arbitrary(u)?)),
        _ => seconds(u)?,
    };
    let mut period = SchedulePeriod::new(start, decimal(u)?);
    period.number_phases = optional(u, |u| u.int_in_range(0..=4))?;
    if u.ratio(1, 8)? {
        period.number_phases = Some(1);
        period.phase_to_use = optional(u, |u| u.int_in_range(0..=4))?;
    }
    if u.ratio(1, 8)? {
        period.v2x = Some(Box::new(PeriodExtras {
            limit_l2: optional(u, decimal)?,
            limit_l3: optional(u, decimal)?,
            ..PeriodExtras::default()
        }));
    }
    Ok(period)
}

fn schedule(u: &mut Unstructured<'_>) -> Result<ChargingSchedule> {
    let count = u.int_in_range(0..=8)?;
    let mut periods: Vec<SchedulePeriod> = Vec::new();
    for _ in 0..count {
        let before = periods.last().map(|period| period.start);
        let mut next = period(u, before)?;
        if periods.is_empty() && u.ratio(15, 16)? {
            next.start = 0;
        }
        periods.push(next);
    }
    Ok(ChargingSchedule {
        id: 0,
        start: optional(u, instant)?,
        duration: optional(u, seconds)?,
        unit: unit(u)?,
        min_charging_rate: optional(u, decimal)?,
        periods,
        extras: None,
        rest: Rest::NONE,
    })
}

fn profile(u: &mut Unstructured<'_>) -> Result<ChargingProfile> {
    let kind = *u.choose(&[
        ProfileKind::Absolute,
        ProfileKind::Recurring,
        ProfileKind::Relative,
        ProfileKind::Dynamic,
    ])?;
    Ok(ChargingProfile {
        id: i64::from(i8::arbitrary(u)?),
        stack_level: if u.ratio(1, 16)? {
            i64::arbitrary(u)?
        } else {
            u.int_in_range(0..=4)?
        },
        purpose: *u.choose(&[
            Purpose::TxProfile,
            Purpose::TxDefaultProfile,
            Purpose::ChargingStationMaxProfile,
            Purpose::ChargingStationExternalConstraints,
            Purpose::PriorityCharging,
        ])?,
        kind,
        recurrency: optional(u, |u| {
            Ok(*u.choose(&[Recurrency::Daily, Recurrency::Weekly])?)
        })?,
        valid_from: optional(u, instant)?,
        valid_to: optional(u, instant)?,
        transaction_id: optional(u, |u| Ok(TransactionId::Number(u.int_in_range(0..=2)?)))?,
        schedules: {
            let mut schedules = vec![schedule(u)?];
            if u.ratio(1, 8)? {
                schedules.push(schedule(u)?);
            }
            schedules
        },
        online: None,
        rest: Rest::NONE,
    })
}

/// A zone whose clocks change often and far.
struct Wild(i32);

impl Zone for Wild {
    fn utc_offset(&self, at: DateTime) -> i32 {
        let summer = at.unix_seconds().div_euclid(180 * 86_400) % 2 == 0;
        if summer {
            self.0 % 50_400
        } else {
            (self.0 % 50_400) / 2
        }
    }
}

fn run(u: &mut Unstructured<'_>) -> Result<()> {
    let evses = u.int_in_range(1..=3)?;
    let limit = match u.int_in_range(0..=2)? {
        0 => LocalLimit::Amperes(decimal(u)?),
        1 => LocalLimit::Watts(decimal(u)?),
        _ => LocalLimit::Both {
            amperes: decimal(u)?,
            watts: decimal(u)?,
        },
    };
    let mut evse = Evse::ac(limit, u8::arbitrary(u)?);
    if u.ratio(1, 4)? {
        evse.current = CurrentType::Dc;
    }
    evse.cap = optional(u, |u| Ok((decimal(u)?, unit(u)?)))?;
    let mut site = Site::new(vec![evse; evses]);
    site.voltage = optional(u, decimal)?;
    site.grid.current = optional(u, decimal)?;
    site.grid.power = optional(u, decimal)?;
    site.grid.phases = u8::arbitrary(u)?;
    site.max_steps = 20_000;
    if u.ratio(1, 4)? {
        site.zone = Some(Arc::new(Wild(i32::arbitrary(u)?)));
    }
    let mut transactions = Vec::new();
    for evse in 1..=evses as EvseId {
        if bool::arbitrary(u)? {
            let id = optional(u, |u| Ok(TransactionId::Number(u.int_in_range(0..=2)?)))?;
            transactions.push(Transaction {
                evse,
                id,
                started: instant(u)?,
            });
        }
    }
    let request = Request {
        evse: u.int_in_range(0..=4)?,
        start: instant(u)?,
        duration: seconds(u)?,
        unit: unit(u)?,
        precision: if bool::arbitrary(u)? {
            Precision::Tenths
        } else {
            Precision::Exact
        },
        schedule: u.int_in_range(0..=2)?,
    };
    let rules = if bool::arbitrary(u)? {
        Rules::V1_6
    } else {
        Rules::V2
    };
    let mut store = ProfileStore::new(StoreConfig::new(rules, evses as EvseId));
    for transaction in &transactions {
        store.resume_transaction(transaction.clone());
    }
    let mut installed = Vec::new();
    for _ in 0..u.int_in_range(0..=8)? {
        let evse = u.int_in_range(0..=4)?;
        let profile = profile(u)?;
        let before = store.profiles().to_vec();
        if store.install(evse, profile.clone()).is_err() {
            assert_eq!(before, store.profiles(), "a refusal changed something");
        }
        installed.push(Installed {
            evse,
            profile: Arc::new(profile),
        });
    }
    check(&site, &request, &transactions, &installed);
    check(&site, &request, &transactions, &store.installed());
    let scope = Scope {
        evse: request.evse,
        unit: request.unit,
        schedule: request.schedule,
    };
    if let Ok(mut limit) = store.limit_now(&site, scope, request.start) {
        for _ in 0..8 {
            let _ = limit.at(instant(u)?);
        }
    }
    let _ = explain(
        &site,
        &store.installed(),
        &transactions,
        scope,
        request.start,
    );
    Ok(())
}

fn check(site: &Site, request: &Request, transactions: &[Transaction], installed: &[Installed]) {
    let Ok(schedule) = composite(site, installed, transactions, request) else {
        return;
    };
    assert_eq!(schedule.periods[0].start, 0);
    assert!(
        schedule
            .periods
            .windows(2)
            .all(|pair| pair[0].start < pair[1].start)
    );
    assert!(
        schedule
            .periods
            .iter()
            .all(|period| period.start < schedule.duration)
    );
    assert!(schedule.periods.len() <= site.max_steps as usize);
}

fuzz_target!(|data: &[u8]| {
    let _ = run(&mut Unstructured::new(data));
});
