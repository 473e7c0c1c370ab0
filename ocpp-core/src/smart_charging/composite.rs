//! Composite schedules.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

use ocpp_types::DateTime;
use rust_decimal::Decimal;

use super::amount::{Amount, Limit, Units, same};
use super::candidate::millis;
use super::timeline::{Scope, Segment, Timeline};
use super::{ChargingProfile, EvseId, RateUnit, Rejection, Site, Transaction};

/// A profile and the EVSE that it is installed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// 0 for the station.
    pub evse: EvseId,
    /// The profile.
    pub profile: Arc<ChargingProfile>,
}

/// What to calculate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// One EVSE, or 0 for the station: the sum over its EVSEs (K08.FR.03).
    pub evse: EvseId,
    /// The first instant.
    pub start: DateTime,
    /// Seconds; at least 1.
    pub duration: i64,
    /// What limits are wanted in.
    pub unit: RateUnit,
    /// How limits are written that a conversion gave.
    pub precision: Precision,
    /// Which of several schedules of a TxProfile counts, from 0 (K15.FR.22).
    pub schedule: usize,
}

impl Request {
    /// A request with limits cut to tenths, as messages want them.
    #[must_use]
    pub const fn new(evse: EvseId, start: DateTime, duration: i64, unit: RateUnit) -> Self {
        Self {
            evse,
            start,
            duration,
            unit,
            precision: Precision::Tenths,
            schedule: 0,
        }
    }
}

/// How limits are written that were converted. Others always stay as they were received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// One decimal, cut downwards, so that no limit is exceeded.
    #[default]
    Tenths,
    /// Twelve decimals, cut downwards.
    Exact,
}

/// A composite schedule: limits over the whole of the requested window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompositeSchedule {
    /// One EVSE, or 0 for the station.
    pub evse: EvseId,
    /// What the periods count from.
    pub start: DateTime,
    /// Seconds.
    pub duration: i64,
    /// What limits are expressed in.
    pub unit: RateUnit,
    /// By rising start, the first at 0; no two neighbours are equal.
    pub periods: Vec<CompositePeriod>,
    /// The highest `minChargingRate` of all schedules that take part, in `unit`, rounded up to tenths.
    pub min_charging_rate: Option<Decimal>,
    /// EVSEs on different numbers of phases were added in amperes: the sum says little, ask for watts instead.
    pub mixed_phases: bool,
}

/// One step of a composite schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompositePeriod {
    /// Seconds after the start of the schedule.
    pub start: i64,
    /// The limit, or that of L1 when the other phases have their own.
    pub limit: Decimal,
    /// Limits of L2 and L3, when profiles set them apart (2.1).
    pub other_phases: Option<Box<[Decimal; 2]>>,
    /// The lowest number of phases of all that take part. `None` for DC.
    pub phases: Option<u8>,
    /// The phase to use, when there is but one and all who name one agree.
    pub phase_to_use: Option<u8>,
}

/// Why there is no composite schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompositeError {
    /// The EVSE does not exist (K08.FR.05).
    #[error("there is no EVSE {evse}")]
    UnknownEvse {
        /// The number asked for.
        evse: EvseId,
    },
    /// A window must last at least a second.
    #[error("a duration of {duration} s is no window")]
    DurationNotPositive {
        /// The duration asked for, in seconds.
        duration: i64,
    },
    /// The window ends later than can be expressed.
    #[error("a duration of {duration} s is too long")]
    DurationTooLong {
        /// The duration asked for, in seconds.
        duration: i64,
    },
    /// The station does not offer limits in this unit (K08.FR.07).
    #[error("limits in {unit:?} are not offered")]
    UnitNotSupported {
        /// The unit asked for.
        unit: RateUnit,
    },
    /// Limits in another unit take part, and no voltage is configured.
    #[error("amperes and watts cannot be converted without a voltage")]
    NoVoltage,
    /// A profile contradicts itself. A store would have refused it.
    #[error("profile {id} cannot be calculated with: {rejection}")]
    InvalidProfile {
        /// The profile.
        id: i64,
        /// What is wrong with it.
        rejection: Rejection,
    },
    /// The answer would take more steps than [`Site::max_steps`] allows.
    #[error("the schedule takes more than {bound} steps")]
    TooManySteps {
        /// The bound.
        bound: u32,
    },
}

/// Calculates a composite schedule (1.6 section 5.7, K08.FR.02): never above any of the profiles that are merged (K08.FR.04).
///
/// `startPeriod` counts whole seconds from [`Request::start`]: the limit of second `s` is that of the instant
/// `start + s`. The cost grows with the number of steps within the window, not with its length in seconds.
///
/// # Errors
///
/// [`CompositeError`]; the station answers `Rejected` to all of them (K08.FR.05).
pub fn composite(
    site: &Site,
    installed: &[Installed],
    transactions: &[Transaction],
    request: &Request,
) -> Result<CompositeSchedule, CompositeError> {
    let duration = request.duration;
    if duration < 1 {
        return Err(CompositeError::DurationNotPositive { duration });
    }
    let start = request.start.unix_millis();
    let end = duration
        .checked_mul(1_000)
        .and_then(|length| start.checked_add(length))
        .ok_or(CompositeError::DurationTooLong { duration })?;
    let scope = Scope {
        evse: request.evse,
        unit: request.unit,
        schedule: request.schedule,
    };
    let mut timeline = Timeline::new(site, installed, transactions, scope, start)?;

    let mut periods: Vec<CompositePeriod> = Vec::new();
    let mut rate: Option<Decimal> = None;
    let mut mixed = false;
    let mut steps = 0_u32;
    let mut at = start;
    // The first second that has no limit yet.
    let mut second = 0;
    while at < end {
        let (until, work) = timeline.advance(at);
        steps = steps.saturating_add(work);
        if steps > site.max_steps {
            return Err(CompositeError::TooManySteps {
                bound: site.max_steps,
            });
        }
        let next = until.min(end);
        // Whole seconds that begin within [at, next).
        let next_second = ceil_seconds(next - start);
        if next_second > second {
            if let Some((limit, phases)) = timeline.plain() {
                push(&mut periods, CompositePeriod::plain(second, limit, phases));
            } else {
                let segment = timeline.current();
                let units = timeline.units();
                push(
                    &mut periods,
                    period(second, &segment, request.precision, units),
                );
                if let Some(more) = segment.min_rate.map(|amount| amount.raise(units)) {
                    rate = Some(rate.map_or(more, |rate| rate.max(more)));
                }
                mixed |= segment.mixed;
            }
            second = next_second;
        }
        at = next;
    }
    Ok(CompositeSchedule {
        evse: request.evse,
        start: request.start,
        duration,
        unit: request.unit,
        periods,
        min_charging_rate: rate,
        mixed_phases: mixed,
    })
}

#[inline]
fn ceil_seconds(span: i64) -> i64 {
    span.div_euclid(1_000) + i64::from(span.rem_euclid(1_000) != 0)
}

/// Adds a period unless it repeats the last.
#[inline]
fn push(periods: &mut Vec<CompositePeriod>, period: CompositePeriod) {
    if let Some(last) = periods.last()
        && last.phases == period.phases
        && last.phase_to_use == period.phase_to_use
        && same(last.limit, period.limit)
        && last.other_phases == period.other_phases
    {
        return;
    }
    periods.push(period);
}

impl CompositePeriod {
    #[inline]
    const fn plain(start: i64, limit: Decimal, phases: u8) -> Self {
        Self {
            start,
            limit,
            other_phases: None,
            phases: Some(phases),
            phase_to_use: None,
        }
    }
}

fn period(start: i64, segment: &Segment, precision: Precision, units: &Units) -> CompositePeriod {
    let write = |amount: Amount| match precision {
        Precision::Tenths => amount.cut(units),
        Precision::Exact => amount.exact(units),
    };
    let (limit, other_phases) = match segment.limit {
        Limit::Same(amount) => (write(amount), None),
        Limit::Each([l1, l2, l3]) => (write(l1), Some(Box::new([write(l2), write(l3)]))),
    };
    CompositePeriod {
        start,
        limit,
        other_phases,
        phases: segment.phases,
        phase_to_use: segment.phase_to_use,
    }
}

impl CompositeSchedule {
    /// The period that holds `offset` seconds after the start. `None` outside the window.
    #[must_use]
    pub fn period_at(&self, offset: i64) -> Option<&CompositePeriod> {
        if !(0..self.duration).contains(&offset) {
            return None;
        }
        let after = self
            .periods
            .partition_point(|period| period.start <= offset);
        self.periods.get(after.checked_sub(1)?)
    }

    /// The first instant after the window.
    #[must_use]
    pub fn end(&self) -> DateTime {
        self.start.saturating_add_millis(millis(self.duration))
    }
}
