//! Sharing the limit of a site among its EVSEs (K03, K04).

use alloc::vec::Vec;

use rust_decimal::Decimal;

use super::allocation::{Resource, Want, allocate};
use super::{CompositePeriod, CompositeSchedule, EvseId, RateUnit};
use crate::order;

/// The phases of the grid that an EVSE loads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadedPhases {
    /// L1
    pub l1: bool,
    /// L2
    pub l2: bool,
    /// L3
    pub l3: bool,
}

impl LoadedPhases {
    /// All three.
    pub const ALL: Self = Self {
        l1: true,
        l2: true,
        l3: true,
    };
    /// L1 alone.
    pub const L1: Self = Self {
        l1: true,
        l2: false,
        l3: false,
    };
    /// L2 alone.
    pub const L2: Self = Self {
        l1: false,
        l2: true,
        l3: false,
    };
    /// L3 alone.
    pub const L3: Self = Self {
        l1: false,
        l2: false,
        l3: true,
    };

    /// One alone, 1 to 3; all of them for any other number.
    #[cfg(any(feature = "v1_6", feature = "v2_0_1"))]
    pub(crate) const fn only(phase: u8) -> Self {
        match phase {
            1 => Self::L1,
            2 => Self::L2,
            3 => Self::L3,
            _ => Self::ALL,
        }
    }

    pub(super) const fn contains(self, phase: usize) -> bool {
        match phase {
            0 => self.l1,
            1 => self.l2,
            _ => self.l3,
        }
    }
}

/// What one EVSE could use. The order of claims is the order of arrival.
#[derive(Debug, Clone)]
pub struct Claim<'a> {
    /// The EVSE.
    pub evse: EvseId,
    /// What its own profiles allow it.
    pub ceiling: &'a CompositeSchedule,
    /// Below this rate it does not charge: it gets at least this, or nothing. `minChargingRate`, or the 6 A of a control
    /// pilot.
    pub minimum: Decimal,
    /// For [`Sharing::Weighted`]; at least 1.
    pub weight: u32,
    /// The phases it loads. They count for amperes; watts are a total.
    pub phases: LoadedPhases,
    /// From -9 to 9: who has a higher one gets all that it can use before others get anything (K03.FR.04, K03.FR.06: 0 if
    /// nothing is known).
    pub priority: i8,
}

/// How to share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// The same for everybody; who cannot use it all leaves the rest to the others.
    EqualShare,
    /// In proportion to weights. When not even minimums fit, lower weights wait.
    Weighted,
    /// As much as possible for who came first.
    FirstCome,
}

/// Why nothing can be shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BalanceError {
    /// A schedule in another unit than the site's.
    #[error("the schedule of EVSE {evse} is in another unit")]
    OtherUnit {
        /// The EVSE.
        evse: EvseId,
    },
    /// A schedule of another window than the site's.
    #[error("the schedule of EVSE {evse} covers another time")]
    OtherWindow {
        /// The EVSE.
        evse: EvseId,
    },
    /// A weight of zero, a negative minimum, or no phase.
    #[error("EVSE {evse} claims with no weight, no phase or a negative minimum")]
    BadClaim {
        /// The EVSE.
        evse: EvseId,
    },
}

/// Shares the limit of a site, step by step over its window. Returns a schedule for each claim, in the same order.
///
/// At every instant each EVSE gets nothing, or at least its minimum and at most its ceiling, and no phase carries more than
/// the site allows. Shares are cut down to tenths. EVSEs that arrived later wait when not all minimums fit.
///
/// # Errors
///
/// [`BalanceError`] when schedules do not go together.
pub fn split(
    site: &CompositeSchedule,
    claims: &[Claim<'_>],
    strategy: Sharing,
) -> Result<Vec<CompositeSchedule>, BalanceError> {
    for claim in claims {
        let evse = claim.evse;
        if claim.ceiling.unit != site.unit {
            return Err(BalanceError::OtherUnit { evse });
        }
        if claim.ceiling.start != site.start || claim.ceiling.duration != site.duration {
            return Err(BalanceError::OtherWindow { evse });
        }
        let loads = (0..3).any(|phase| claim.phases.contains(phase));
        if claim.weight == 0 || claim.minimum < Decimal::ZERO || !loads {
            return Err(BalanceError::BadClaim { evse });
        }
    }
    let mut starts: Vec<i64> = site
        .periods
        .iter()
        .chain(claims.iter().flat_map(|claim| &claim.ceiling.periods))
        .map(|period| period.start)
        .collect();
    order::sort_by_key(&mut starts, |start| *start);
    starts.dedup();

    let mut shares: Vec<CompositeSchedule> = claims
        .iter()
        .map(|claim| CompositeSchedule {
            evse: claim.evse,
            periods: Vec::new(),
            mixed_phases: false,
            ..claim.ceiling.clone()
        })
        .collect();
    for start in starts {
        let Some(limit) = site.period_at(start) else {
            continue;
        };
        let amounts = allocate(
            &wants(claims, strategy, start),
            &resources(site.unit, limit, claims),
            strategy,
        );
        for (index, share) in shares.iter_mut().enumerate() {
            let amount = amounts[index];
            let ceiling = claims[index].ceiling.period_at(start);
            let period = CompositePeriod {
                start,
                limit: amount,
                other_phases: None,
                phases: ceiling.and_then(|period| period.phases),
                phase_to_use: ceiling.and_then(|period| period.phase_to_use),
            };
            let repeats = share.periods.last().is_some_and(|last| {
                last.limit == period.limit
                    && last.phases == period.phases
                    && last.phase_to_use == period.phase_to_use
            });
            if !repeats {
                share.periods.push(period);
            }
        }
    }
    Ok(shares)
}

/// What each could use at an instant.
fn wants(claims: &[Claim<'_>], strategy: Sharing, start: i64) -> Vec<Want> {
    let want = |claim: &Claim<'_>| Want {
        ceiling: claim
            .ceiling
            .period_at(start)
            .map_or(Decimal::ZERO, |period| usable(claim.ceiling.unit, period)),
        minimum: claim.minimum,
        rate: match strategy {
            Sharing::Weighted => Decimal::from(claim.weight),
            Sharing::EqualShare | Sharing::FirstCome => Decimal::ONE,
        },
        priority: claim.priority,
    };
    claims.iter().map(want).collect()
}

/// One value for all phases: amperes must suit the weakest, watts add up.
fn usable(unit: RateUnit, period: &CompositePeriod) -> Decimal {
    match (&period.other_phases, unit) {
        (None, _) => period.limit,
        (Some(others), RateUnit::A) => period.limit.min(others[0]).min(others[1]),
        (Some(others), RateUnit::W) => add(add(period.limit, others[0]), others[1]),
    }
}

/// Amperes are limited on each phase, watts altogether.
fn resources(unit: RateUnit, limit: &CompositePeriod, claims: &[Claim<'_>]) -> Vec<Resource> {
    let others = limit.other_phases.as_deref();
    match unit {
        RateUnit::A => {
            let room = others.map_or([limit.limit; 3], |[l2, l3]| [limit.limit, *l2, *l3]);
            let phase = |(phase, room): (usize, Decimal)| Resource {
                room,
                loads: claims
                    .iter()
                    .map(|claim| Decimal::from(u8::from(claim.phases.contains(phase))))
                    .collect(),
            };
            room.into_iter().enumerate().map(phase).collect()
        }
        RateUnit::W => alloc::vec![Resource {
            room: usable(unit, limit),
            loads: alloc::vec![Decimal::ONE; claims.len()],
        }],
    }
}

fn add(a: Decimal, b: Decimal) -> Decimal {
    a.checked_add(b).unwrap_or(Decimal::MAX)
}
