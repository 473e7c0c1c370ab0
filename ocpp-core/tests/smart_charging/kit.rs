//! Short ways to write profiles, sites and expected schedules.

use std::sync::Arc;

use ocpp_core::smart_charging::*;
use ocpp_core::time::DateTime;
use rust_decimal::Decimal;

pub(crate) fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

pub(crate) fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// A profile with one schedule in amperes; change what a test is about.
pub(crate) fn profile(
    id: i64,
    level: i64,
    purpose: Purpose,
    kind: ProfileKind,
    start: Option<&str>,
    duration: Option<i64>,
    periods: &[(i64, i64)],
) -> ChargingProfile {
    ChargingProfile {
        id,
        stack_level: level,
        purpose,
        kind,
        recurrency: (kind == ProfileKind::Recurring).then_some(Recurrency::Daily),
        valid_from: None,
        valid_to: None,
        transaction_id: None,
        schedules: vec![ChargingSchedule {
            id: 1,
            start: start.map(at),
            duration,
            unit: RateUnit::A,
            min_charging_rate: None,
            periods: periods
                .iter()
                .map(|&(start, limit)| SchedulePeriod::new(start, Decimal::from(limit)))
                .collect(),
            extras: None,
            rest: Rest::NONE,
        }],
        online: None,
        rest: Rest::NONE,
    }
}

pub(crate) fn absolute(
    id: i64,
    level: i64,
    purpose: Purpose,
    start: &str,
    duration: Option<i64>,
    periods: &[(i64, i64)],
) -> ChargingProfile {
    profile(
        id,
        level,
        purpose,
        ProfileKind::Absolute,
        Some(start),
        duration,
        periods,
    )
}

pub(crate) fn on(evse: EvseId, profile: ChargingProfile) -> Installed {
    Installed {
        evse,
        profile: Arc::new(profile),
    }
}

/// EVSEs of 48 A or 33,120 W on three phases of 230 V, as in the examples of the line tool.
pub(crate) fn site(evses: usize) -> Site {
    let local_limit = LocalLimit::Both {
        amperes: Decimal::from(48),
        watts: Decimal::from(33_120),
    };
    let mut site = Site::new(vec![Evse::ac(local_limit, 3); evses]);
    site.voltage = Some(Decimal::from(230));
    site
}

pub(crate) fn transaction(evse: EvseId, started: &str) -> Transaction {
    Transaction {
        evse,
        id: Some(TransactionId::Number(5)),
        started: at(started),
    }
}

/// The composite schedule as `(startPeriod, limit)`.
pub(crate) fn steps(
    site: &Site,
    installed: &[Installed],
    transactions: &[Transaction],
    evse: EvseId,
    start: &str,
    duration: i64,
    unit: RateUnit,
) -> Vec<(i64, String)> {
    let request = Request::new(evse, at(start), duration, unit);
    composite(site, installed, transactions, &request)
        .unwrap()
        .periods
        .iter()
        .map(|period| (period.start, period.limit.to_string()))
        .collect()
}

/// Expected steps in whole numbers.
pub(crate) fn whole(steps: &[(i64, i64)]) -> Vec<(i64, String)> {
    steps
        .iter()
        .map(|&(start, limit)| (start, limit.to_string()))
        .collect()
}
