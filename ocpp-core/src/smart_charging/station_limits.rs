//! What the station as a whole may take at an instant.

use alloc::vec::Vec;

use ocpp_types::DateTime;
use rust_decimal::Decimal;

use super::candidate::NEVER;
use super::stacks::Builder;
use super::{Installed, Purpose, RateUnit, Scope, Site, Transaction};

/// A limit of the station as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StationLimit {
    /// Watts over all phases.
    Power(Decimal),
    /// Amperes on each of L1, L2, L3.
    Current([Decimal; 3]),
}

/// What the station as a whole may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StationLimits {
    /// All of them hold.
    pub(crate) limits: Vec<StationLimit>,
    /// When they may change. `None` for never.
    pub(crate) until: Option<DateTime>,
}

/// The limits of the leading ChargingStationMaxProfile, the leading external limit of the station and the grid connection,
/// each as it was set: what follows from it for an EVSE depends on the phases that the EVSE uses.
pub(super) fn station_limits(
    site: &Site,
    installed: &[Installed],
    transactions: &[Transaction],
    now: DateTime,
) -> StationLimits {
    let start = now.unix_millis();
    let builder = Builder {
        site,
        installed,
        transactions,
        scope: Scope {
            evse: 0,
            unit: RateUnit::W,
            schedule: 0,
        },
        start,
    };
    let mut until = NEVER;
    let grid = site
        .grid
        .limits()
        .map(|(value, unit)| limit(unit, [value; 3], false));
    let mut limits: Vec<StationLimit> = grid.collect();
    for purpose in [
        Purpose::ChargingStationMaxProfile,
        Purpose::ChargingStationExternalConstraints,
    ] {
        let mut lane = builder.lane(0, purpose);
        if lane.is_empty() {
            continue;
        }
        until = until.min(lane.advance(start).0);
        let Some((schedule, period)) = lane.leading() else {
            continue;
        };
        let first = period.limit.unwrap_or(Decimal::ZERO);
        let others = period.v2x.as_ref();
        let each = [
            Some(first),
            others.and_then(|extras| extras.limit_l2),
            others.and_then(|extras| extras.limit_l3),
        ];
        let apart = each[1].is_some() || each[2].is_some();
        let each = each.map(|value| value.unwrap_or(first));
        limits.push(limit(schedule.unit, each, apart));
    }
    StationLimits {
        limits,
        until: (until != NEVER)
            .then(|| DateTime::from_unix_millis(until))
            .flatten(),
    }
}

/// Watts for single phases are no more than their sum.
fn limit(unit: RateUnit, each: [Decimal; 3], apart: bool) -> StationLimit {
    match unit {
        RateUnit::A => StationLimit::Current(each),
        RateUnit::W if apart => StationLimit::Power(
            each.into_iter()
                .reduce(|sum, more| sum.checked_add(more).unwrap_or(Decimal::MAX))
                .unwrap_or_default(),
        ),
        RateUnit::W => StationLimit::Power(each[0]),
    }
}
