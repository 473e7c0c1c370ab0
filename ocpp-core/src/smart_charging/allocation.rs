//! Dividing what there is among those who want it, so that nothing is overloaded.

use alloc::vec::Vec;
use core::cmp::Reverse;

use rust_decimal::Decimal;

use super::Sharing;
use crate::order;

/// What somebody wants, in a unit of its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Want {
    /// It can use no more.
    pub(super) ceiling: Decimal,
    /// It gets at least this, or nothing.
    pub(super) minimum: Decimal,
    /// How fast its share grows while all shares grow together; more than zero.
    pub(super) rate: Decimal,
    /// Who has a higher one is served first (K03.FR.04).
    pub(super) priority: i8,
}

/// What several use: a phase of the grid, or the power of a connection.
#[derive(Debug, Clone)]
pub(super) struct Resource {
    /// How much of it there is.
    pub(super) room: Decimal,
    /// How much of it each takes for one unit of its share.
    pub(super) loads: Vec<Decimal>,
}

/// The shares, in the order of the wants, which is that of arrival. Zero for who has to wait.
pub(super) fn allocate(wants: &[Want], resources: &[Resource], strategy: Sharing) -> Vec<Decimal> {
    let mut allocation = Allocation {
        wants,
        resources,
        admitted: alloc::vec![false; wants.len()],
        shares: alloc::vec![Decimal::ZERO; wants.len()],
    };
    let mut priorities: Vec<i8> = wants.iter().map(|want| want.priority).collect();
    order::sort_by_key(&mut priorities, |&priority| Reverse(priority));
    priorities.dedup();
    for priority in priorities {
        let group = (0..wants.len()).filter(|&index| wants[index].priority == priority);
        let group: Vec<usize> = group.collect();
        allocation.admit(&group, strategy);
        match strategy {
            Sharing::FirstCome => allocation.serve(&group),
            Sharing::EqualShare | Sharing::Weighted => allocation.fill(&group),
        }
    }
    let shares = (0..wants.len()).map(|index| allocation.cut(index));
    shares.collect()
}

struct Allocation<'a> {
    wants: &'a [Want],
    resources: &'a [Resource],
    admitted: Vec<bool>,
    shares: Vec<Decimal>,
}

impl Allocation<'_> {
    /// What is left of a resource.
    fn left(&self, resource: &Resource) -> Decimal {
        let taken = resource.loads.iter().zip(&self.shares);
        taken.fold(resource.room, |left, (&load, &share)| {
            left.checked_sub(times(load, share)).unwrap_or(Decimal::MIN)
        })
    }

    /// What one could get on top of its share.
    fn left_for(&self, index: usize) -> Decimal {
        let used = self
            .resources
            .iter()
            .filter(|resource| !resource.loads[index].is_zero());
        used.map(|resource| over(self.left(resource), resource.loads[index]))
            .min()
            .unwrap_or(Decimal::MAX)
    }

    /// Gives minimums to as many of the group as fit, in order.
    fn admit(&mut self, group: &[usize], strategy: Sharing) {
        let mut order = group.to_vec();
        if strategy == Sharing::Weighted {
            order::sort_by_key(&mut order, |&index| Reverse(self.wants[index].rate));
        }
        for index in order {
            let Want {
                minimum, ceiling, ..
            } = self.wants[index];
            if minimum <= ceiling && minimum <= self.left_for(index) {
                self.admitted[index] = true;
                self.shares[index] = minimum;
            }
        }
    }

    /// Gives each of the group as much as there is, in order.
    fn serve(&mut self, group: &[usize]) {
        for &index in group {
            if self.admitted[index] {
                let more = self.left_for(index).max(Decimal::ZERO);
                self.shares[index] = add(self.shares[index], more).min(self.wants[index].ceiling);
            }
        }
    }

    /// Raises a common level. Each of the group follows it from its minimum to its ceiling, at its rate, until something
    /// that it uses is used up: then nobody who uses that gets more.
    fn fill(&mut self, group: &[usize]) {
        let wants = self.wants;
        let level_of = |index: usize, bound: Decimal| over(bound, wants[index].rate);
        // The levels at which a share begins to rise and at which it reaches its ceiling.
        let bounds = |index: &usize| {
            let begin = level_of(*index, self.shares[*index]);
            (*index, begin, level_of(*index, wants[*index].ceiling))
        };
        let admitted = group.iter().filter(|&&index| self.admitted[index]);
        let mut open: Vec<(usize, Decimal, Decimal)> = admitted.map(bounds).collect();
        let mut level = Decimal::ZERO;
        // Every round closes a share or lets one begin to rise.
        for _ in 0..=2 * group.len() {
            let mut next: Option<Decimal> = None;
            let mut lower = |candidate: Decimal| {
                next = Some(next.map_or(candidate, |next| next.min(candidate)));
            };
            for &(_, begin, top) in &open {
                lower(if begin <= level { top } else { begin });
            }
            for resource in self.resources {
                let rising = open.iter().filter(|(_, begin, _)| *begin <= level);
                let slope = rising.fold(Decimal::ZERO, |sum, &(index, ..)| {
                    add(sum, times(resource.loads[index], wants[index].rate))
                });
                if !slope.is_zero() {
                    let left = self.left(resource).max(Decimal::ZERO);
                    lower(add(level, over(left, slope)));
                }
            }
            let Some(next) = next else {
                return;
            };
            let rising: Vec<(usize, Decimal)> = open
                .iter()
                .filter(|(_, begin, _)| *begin <= level)
                .map(|&(index, _, top)| (index, top))
                .collect();
            level = next.max(level);
            for (index, top) in rising {
                self.shares[index] = if top <= level {
                    wants[index].ceiling
                } else {
                    times(wants[index].rate, level).max(self.shares[index])
                };
            }
            // Quotients are rounded in their 28th digit.
            open.retain(|&(index, _, top)| {
                top > level && self.left_for(index) > Decimal::new(1, 12)
            });
        }
    }

    /// A share in tenths, but not below a minimum with more digits.
    fn cut(&self, index: usize) -> Decimal {
        if !self.admitted[index] {
            return Decimal::ZERO;
        }
        let Want {
            minimum, ceiling, ..
        } = self.wants[index];
        // What rounding in the 28th digit took away comes back; ceilings and minimums are exact.
        let share = add(self.shares[index], Decimal::new(1, 15)).min(ceiling);
        share.trunc_with_scale(1).max(minimum).normalize()
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
