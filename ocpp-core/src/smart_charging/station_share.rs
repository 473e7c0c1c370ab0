//! Sharing what a station may take among the EVSEs that offer energy (K04).

use alloc::vec::Vec;

use rust_decimal::Decimal;

use super::allocation::{Resource, Want, allocate};
use super::station_limits::StationLimit;
use super::{CurrentType, Evse, LoadedPhases, RateUnit, Sharing, Site};

/// In A. Below this no car charges (IEC 61851).
pub(crate) const LEAST_CURRENT: Decimal = Decimal::from_parts(6, 0, 0, false, 0);
/// Divisible by 1, 2 and 3 phases: what is multiplied with it is shared among phases without a remainder.
const SIX: Decimal = Decimal::from_parts(6, 0, 0, false, 0);

/// An EVSE that offers energy, or is about to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Consumer {
    /// What it is.
    pub(crate) evse: Evse,
    /// What its own profiles allow it.
    pub(crate) ceiling: Decimal,
    /// The unit of the ceiling and of the share: amperes for alternating current, either for direct current.
    pub(crate) unit: RateUnit,
    /// On how many phases a car may take that much (AC).
    pub(crate) phases: u8,
    /// The phases of the grid that it may load (AC).
    pub(crate) loads: LoadedPhases,
    /// Its `chargingPriority`.
    pub(crate) priority: i8,
}

impl Consumer {
    /// The watts that one unit of its share takes.
    fn watts_per_unit(&self, voltage: Decimal) -> Decimal {
        match (self.evse.current, self.unit) {
            (CurrentType::Ac, _) => times(voltage, Decimal::from(self.phases)),
            (CurrentType::Dc, RateUnit::W) => Decimal::ONE,
            // The voltage is the car's: at least that at which the EVSE gives all its power with all its current.
            (CurrentType::Dc, RateUnit::A) => {
                let of = |unit| self.evse.local_limit.in_unit(unit);
                let most = of(RateUnit::W).zip(of(RateUnit::A));
                let most = most.and_then(|(watts, amperes)| watts.checked_div(amperes));
                most.map_or(voltage, |most| most.max(voltage))
            }
        }
    }

    /// Six times the watts that one unit of its share takes from a phase of the grid.
    fn phase_load(&self, phase: usize, site: &Site, voltage: Decimal) -> Decimal {
        match self.evse.current {
            CurrentType::Ac if !self.loads.contains(phase) => Decimal::ZERO,
            CurrentType::Ac => times(SIX, voltage),
            CurrentType::Dc => {
                let share = Decimal::from(6 / site.grid.phases());
                times(share, self.watts_per_unit(voltage))
            }
        }
    }

    const fn minimum(&self) -> Decimal {
        match self.evse.current {
            CurrentType::Ac => LEAST_CURRENT,
            // Direct current has no minimum that all cars share.
            CurrentType::Dc => Decimal::ZERO,
        }
    }

    /// Shares grow alike in amperes of each phase or, where the station is limited in watts, in watts.
    fn rate(&self, by_power: bool, site: &Site, voltage: Decimal) -> Decimal {
        let watts = self.watts_per_unit(voltage);
        let rate = if by_power {
            over(times(SIX, voltage), watts)
        } else {
            match self.evse.current {
                CurrentType::Ac => Decimal::ONE,
                CurrentType::Dc => over(times(voltage, Decimal::from(site.grid.phases())), watts),
            }
        };
        rate.max(Decimal::new(1, 12))
    }
}

/// Who may take how much, in the order of the consumers, which is that of arrival. Together they never take more than each of
/// the limits says, in watts and in amperes on each phase, on whichever phases cars charge (K04.FR.05). Higher priorities
/// are served first (K03.FR.04); among equals all get the same, and who needs less leaves it to the others.
pub(crate) fn share(site: &Site, limits: &[StationLimit], consumers: &[Consumer]) -> Vec<Decimal> {
    let voltage = site.voltage.unwrap_or_default();
    let power = |limit: &StationLimit| matches!(limit, StationLimit::Power(_));
    let by_power = limits.iter().any(power);
    let want = |consumer: &Consumer| Want {
        ceiling: consumer.ceiling,
        minimum: consumer.minimum(),
        rate: consumer.rate(by_power, site, voltage),
        priority: consumer.priority,
    };
    let wants: Vec<Want> = consumers.iter().map(want).collect();
    let mut resources = Vec::new();
    for limit in limits {
        match *limit {
            StationLimit::Power(room) => {
                let loads = consumers.iter().map(|one| one.watts_per_unit(voltage));
                resources.push(Resource {
                    room,
                    loads: loads.collect(),
                });
            }
            StationLimit::Current(rooms) => {
                for (phase, room) in rooms.into_iter().enumerate() {
                    let load = |one: &Consumer| one.phase_load(phase, site, voltage);
                    resources.push(Resource {
                        room: times(room, times(SIX, voltage)),
                        loads: consumers.iter().map(load).collect(),
                    });
                }
            }
        }
    }
    allocate(&wants, &resources, Sharing::EqualShare)
}

fn times(a: Decimal, b: Decimal) -> Decimal {
    a.checked_mul(b).unwrap_or(Decimal::MAX)
}

fn over(a: Decimal, b: Decimal) -> Decimal {
    a.checked_div(b).unwrap_or(Decimal::MAX)
}
