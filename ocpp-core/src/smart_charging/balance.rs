//! Sharing the limit of a site among its EVSEs (K03, K04).

use alloc::vec::Vec;

use rust_decimal::Decimal;

use super::{CompositePeriod, CompositeSchedule, EvseId, RateUnit};

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

    const fn contains(self, phase: usize) -> bool {
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
    starts.sort_unstable();
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
        let mut instant = Instant::new(site.unit, limit, claims, start);
        instant.admit(strategy);
        instant.share(strategy);
        for (index, share) in shares.iter_mut().enumerate() {
            let amount = instant.cut(index);
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

/// The shares of one instant.
struct Instant<'a> {
    claims: &'a [Claim<'a>],
    unit: RateUnit,
    /// What each phase can carry; for watts only the first counts.
    room: [Decimal; 3],
    ceilings: Vec<Decimal>,
    admitted: Vec<bool>,
    shares: Vec<Decimal>,
}

impl<'a> Instant<'a> {
    fn new(unit: RateUnit, limit: &CompositePeriod, claims: &'a [Claim<'a>], start: i64) -> Self {
        let mut room = [limit.limit; 3];
        if let Some(others) = &limit.other_phases {
            match unit {
                RateUnit::A => room = [limit.limit, others[0], others[1]],
                RateUnit::W => room = [add(add(limit.limit, others[0]), others[1]); 3],
            }
        }
        let ceilings = claims
            .iter()
            .map(|claim| {
                let Some(period) = claim.ceiling.period_at(start) else {
                    return Decimal::ZERO;
                };
                match &period.other_phases {
                    None => period.limit,
                    // One value for all phases: amperes must suit the weakest, watts add up.
                    Some(others) => match unit {
                        RateUnit::A => period.limit.min(others[0]).min(others[1]),
                        RateUnit::W => add(add(period.limit, others[0]), others[1]),
                    },
                }
            })
            .collect();
        Self {
            claims,
            unit,
            room,
            ceilings,
            admitted: alloc::vec![false; claims.len()],
            shares: alloc::vec![Decimal::ZERO; claims.len()],
        }
    }

    fn loads(&self, index: usize, phase: usize) -> bool {
        match self.unit {
            RateUnit::A => self.claims[index].phases.contains(phase),
            RateUnit::W => true,
        }
    }

    /// What a phase has left.
    fn left(&self, phase: usize) -> Decimal {
        (0..self.claims.len())
            .filter(|&index| self.loads(index, phase))
            .fold(self.room[phase], |left, index| {
                left.checked_sub(self.shares[index]).unwrap_or(Decimal::MIN)
            })
    }

    /// What an EVSE could get on top of its share.
    fn left_for(&self, index: usize) -> Decimal {
        (0..3)
            .filter(|&phase| self.loads(index, phase))
            .map(|phase| self.left(phase))
            .min()
            .unwrap_or(Decimal::ZERO)
    }

    /// Gives minimums to as many as fit, in order.
    fn admit(&mut self, strategy: Sharing) {
        let mut order: Vec<usize> = (0..self.claims.len()).collect();
        if strategy == Sharing::Weighted {
            order.sort_by_key(|&index| core::cmp::Reverse(self.claims[index].weight));
        }
        for index in order {
            let minimum = self.claims[index].minimum;
            if minimum <= self.ceilings[index] && minimum <= self.left_for(index) {
                self.admitted[index] = true;
                self.shares[index] = minimum;
            }
        }
    }

    fn share(&mut self, strategy: Sharing) {
        match strategy {
            Sharing::FirstCome => {
                for index in 0..self.claims.len() {
                    if self.admitted[index] {
                        let more = self.left_for(index).max(Decimal::ZERO);
                        self.shares[index] =
                            add(self.shares[index], more).min(self.ceilings[index]);
                    }
                }
            }
            Sharing::EqualShare => self.fill(|_| Decimal::ONE),
            Sharing::Weighted => self.fill(|claim| Decimal::from(claim.weight)),
        }
    }

    /// Raises a common level. A claim follows it from its minimum to its ceiling, `weight` times as fast, until one of its
    /// phases is full: then nobody on that phase gets more.
    fn fill(&mut self, weight: impl Fn(&Claim<'_>) -> Decimal) {
        let claims = self.claims;
        let weights: Vec<Decimal> = claims.iter().map(weight).collect();
        let levels = |bounds: &[Decimal]| -> Vec<Decimal> {
            bounds
                .iter()
                .zip(&weights)
                .map(|(&bound, &weight)| over(bound, weight))
                .collect()
        };
        // The levels at which a claim begins to rise and at which it reaches its ceiling.
        let (begins, tops) = (levels(&self.shares), levels(&self.ceilings));
        let mut open = self.admitted.clone();
        let mut level = Decimal::ZERO;
        // Every round closes a claim or lets one begin to rise.
        for _ in 0..=2 * claims.len() {
            let rising: Vec<bool> = (0..claims.len())
                .map(|index| open[index] && begins[index] <= level)
                .collect();
            let mut next: Option<Decimal> = None;
            let mut lower = |candidate: Decimal| {
                next = Some(next.map_or(candidate, |next| next.min(candidate)));
            };
            for index in (0..claims.len()).filter(|&index| open[index]) {
                lower(if rising[index] {
                    tops[index]
                } else {
                    begins[index]
                });
            }
            for phase in 0..3 {
                let slope = (0..claims.len())
                    .filter(|&index| rising[index] && self.loads(index, phase))
                    .fold(Decimal::ZERO, |sum, index| add(sum, weights[index]));
                if !slope.is_zero() {
                    lower(add(level, over(self.left(phase).max(Decimal::ZERO), slope)));
                }
            }
            let Some(next) = next else {
                return;
            };
            level = next.max(level);
            for index in (0..claims.len()).filter(|&index| rising[index]) {
                self.shares[index] = if tops[index] <= level {
                    self.ceilings[index]
                } else {
                    times(weights[index], level).max(self.shares[index])
                };
            }
            for (index, open) in open.iter_mut().enumerate() {
                // Quotients are rounded in their 28th digit.
                let full = self.left_for(index) <= Decimal::new(1, 12);
                *open &= !full && tops[index] > level;
            }
        }
    }

    /// A share in tenths, but not below a minimum with more digits.
    fn cut(&self, index: usize) -> Decimal {
        if !self.admitted[index] {
            return Decimal::ZERO;
        }
        // What rounding in the 28th digit took away comes back; ceilings and minimums are exact.
        let share = add(self.shares[index], Decimal::new(1, 15)).min(self.ceilings[index]);
        share
            .trunc_with_scale(1)
            .max(self.claims[index].minimum)
            .normalize()
    }
}

fn add(a: Decimal, b: Decimal) -> Decimal {
    a.checked_add(b).unwrap_or(Decimal::MAX)
}

fn times(a: Decimal, b: Decimal) -> Decimal {
    a.checked_mul(b).unwrap_or(Decimal::MAX)
}

fn over(a: Decimal, b: Decimal) -> Decimal {
    a.checked_div(b).unwrap_or(Decimal::MAX)
}
