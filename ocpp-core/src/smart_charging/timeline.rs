//! The composite limit as a function of time.

use alloc::vec::Vec;

use rust_decimal::Decimal;

use super::amount::{Amount, Limit, Units, lower};
use super::candidate::NEVER;
use super::lane::Lane;
use super::parts::{
    Conversion, Parts, higher, local_limit, min_rate, on_one_phase, one_phase, part_limit,
};
use super::site::{CurrentType, Evse, GridConnection, Site};
use super::stacks::Builder;
use super::structure::check;
use super::{CompositeError, EvseId, Installed, Purpose, RateUnit, Transaction};

/// What a calculation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// One EVSE, or 0 for the station.
    pub evse: EvseId,
    /// What limits are wanted in.
    pub unit: RateUnit,
    /// Which of several schedules of a TxProfile counts, from 0 (K15.FR.22). Profiles for other purposes have one.
    pub schedule: usize,
}

/// The stacks that bear on one EVSE alone.
struct EvseLanes {
    evse: Evse,
    transaction: Lane,
    external: Lane,
}

/// The composite limit, ready to be read from an instant onwards.
pub(super) struct Timeline {
    units: Units,
    evses: Vec<EvseLanes>,
    /// Whether the sum over `evses` is wanted, and not the limit of the only one.
    sum: bool,
    station_max: Lane,
    station_external: Lane,
    grid: GridConnection,
    single_evse: bool,
    /// One AC EVSE without caps.
    may_be_plain: bool,
}

/// A stretch of time with one limit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    /// First instant after it.
    pub(super) end: i64,
    pub(super) limit: Limit,
    /// `None` on a DC EVSE.
    pub(super) phases: Option<u8>,
    pub(super) phase_to_use: Option<u8>,
    pub(super) min_rate: Option<Amount>,
    /// EVSEs on different numbers of phases were added in amperes.
    pub(super) mixed: bool,
}

impl Timeline {
    /// Sorts the profiles into stacks, from `start` onwards.
    pub(super) fn new(
        site: &Site,
        installed: &[Installed],
        transactions: &[Transaction],
        scope: Scope,
        start: i64,
    ) -> Result<Self, CompositeError> {
        let evse_count = site.evses.len();
        if scope.evse as usize > evse_count {
            return Err(CompositeError::UnknownEvse { evse: scope.evse });
        }
        for entry in installed {
            check(entry.evse, &entry.profile).map_err(|rejection| {
                CompositeError::InvalidProfile {
                    id: entry.profile.id,
                    rejection,
                }
            })?;
        }
        let builder = Builder {
            site,
            installed,
            transactions,
            scope,
            start,
        };
        let wanted: Vec<EvseId> = match scope.evse {
            0 => (1..=evse_count as EvseId).collect(),
            evse => alloc::vec![evse],
        };
        let evses: Vec<EvseLanes> = wanted
            .into_iter()
            .zip(match scope.evse {
                0 => site.evses.as_slice(),
                evse => &site.evses[evse as usize - 1..evse as usize],
            })
            .map(|(id, evse)| EvseLanes {
                evse: *evse,
                transaction: builder.transaction_lane(id),
                external: builder.lane(id, Purpose::ChargingStationExternalConstraints),
            })
            .collect();
        let mut timeline = Self {
            units: Units::new(scope.unit, site.voltage),
            evses,
            sum: scope.evse == 0,
            station_max: builder.lane(0, Purpose::ChargingStationMaxProfile),
            station_external: builder.lane(0, Purpose::ChargingStationExternalConstraints),
            grid: site.grid,
            single_evse: evse_count == 1 || scope.evse != 0,
            may_be_plain: false,
        };
        timeline.may_be_plain = !timeline.sum
            && !timeline.grid.is_limited()
            && timeline
                .evses
                .iter()
                .all(|lanes| lanes.evse.cap.is_none() && lanes.evse.current == CurrentType::Ac);
        timeline.check_voltage(site.voltage)?;
        Ok(timeline)
    }

    /// A conversion needs a voltage; whether one will be needed is known from the start.
    fn check_voltage(&self, voltage: Option<Decimal>) -> Result<(), CompositeError> {
        if voltage.is_some_and(|voltage| voltage > Decimal::ZERO) {
            return Ok(());
        }
        let other = |unit: RateUnit| unit != self.units.wanted;
        let profiles = self
            .lanes()
            .flat_map(|lane| lane.stack())
            .any(|candidate| other(candidate.schedule().unit));
        let local = self.evses.iter().any(|lanes| {
            lanes.evse.local_limit.in_unit(self.units.wanted).is_none()
                || lanes.evse.cap.is_some_and(|(_, unit)| other(unit))
        });
        let grid = self.grid.limits().any(|(_, unit)| other(unit));
        if profiles || local || grid {
            return Err(CompositeError::NoVoltage);
        }
        Ok(())
    }

    fn lanes(&self) -> impl Iterator<Item = &Lane> {
        self.evses
            .iter()
            .flat_map(|lanes| [&lanes.transaction, &lanes.external])
            .chain([&self.station_max, &self.station_external])
    }

    pub(super) fn units(&self) -> &Units {
        &self.units
    }

    /// Goes back to an earlier instant.
    pub(super) fn rewind(&mut self, t: i64) {
        for lanes in &mut self.evses {
            lanes.transaction.rewind(t);
            lanes.external.rewind(t);
        }
        self.station_max.rewind(t);
        self.station_external.rewind(t);
    }

    /// Goes to an instant that is not before the last. Returns the instant until which the limit stays the same at least,
    /// and what it cost.
    #[inline]
    pub(super) fn advance(&mut self, t: i64) -> (i64, u32) {
        let mut end = NEVER;
        let mut work = 1;
        let mut advance = |lane: &mut Lane| {
            if !lane.is_empty() {
                let (until, cost) = lane.advance(t);
                end = end.min(until);
                work += cost;
            }
        };
        for lanes in &mut self.evses {
            advance(&mut lanes.transaction);
            advance(&mut lanes.external);
        }
        advance(&mut self.station_max);
        advance(&mut self.station_external);
        (end.max(t.saturating_add(1)), work)
    }

    /// The limit at the instant that the timeline stands at.
    pub(super) fn current(&self) -> Segment {
        if self.sum {
            self.station()
        } else {
            self.one_evse()
        }
    }

    /// [`advance`](Self::advance) and [`current`](Self::current) together.
    pub(super) fn segment(&mut self, t: i64) -> Segment {
        let (end, _) = self.advance(t);
        Segment {
            end,
            ..self.current()
        }
    }

    /// Limit and phases in the common case of one EVSE on which every limit is in the wanted unit and the same for all phases.
    #[inline]
    pub(super) fn plain(&self) -> Option<(Decimal, u8)> {
        if !self.may_be_plain {
            return None;
        }
        let lanes = &self.evses[0];
        let mut lowest: Option<(Decimal, u8)> = None;
        for lane in [
            &lanes.transaction,
            &lanes.external,
            &self.station_max,
            &self.station_external,
        ] {
            let Some((schedule, period)) = lane.leading() else {
                continue;
            };
            let limit = period.limit?;
            let phases = period.phases();
            let special = period.v2x.is_some()
                || period.phase_to_use.is_some()
                || schedule.min_charging_rate.is_some();
            if special || schedule.unit != self.units.wanted {
                return None;
            }
            lowest = Some(match lowest {
                None => (limit, phases),
                Some((other, most)) => (lower(other, limit), most.min(phases)),
            });
        }
        lowest
    }

    /// One EVSE: the minimum of everything that bears on it, or its local limit.
    fn one_evse(&self) -> Segment {
        let units = &self.units;
        let lanes = &self.evses[0];
        let own = Parts::of(&lanes.transaction, &lanes.external);
        let station = Parts::of(&self.station_max, &self.station_external);
        let dc = lanes.evse.current == CurrentType::Dc;
        let stated = match (own.phases(), station.phases()) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let phases = if dc {
            1
        } else {
            stated.unwrap_or(lanes.evse.phases())
        };
        let conversion = Conversion::at(&lanes.evse, phases);
        let mut limit: Option<Limit> = None;
        for (schedule, period) in own.iter().chain(station.iter()) {
            let part = part_limit(schedule, period, conversion, dc, units);
            limit = Some(limit.map_or(part, |limit| limit.min(part, phases, units)));
        }
        let mut limit =
            limit.unwrap_or_else(|| Limit::Same(local_limit(&lanes.evse, conversion, units)));
        if let Some((value, unit)) = lanes.evse.cap {
            let cap = Limit::Same(conversion.convert(value, unit, units));
            limit = limit.min(cap, phases, units);
        }
        let grid = match dc {
            true => Conversion::with(self.grid.phases()),
            false => conversion,
        };
        for (value, unit) in self.grid.limits() {
            let most = Limit::Same(grid.convert(value, unit, units));
            limit = limit.min(most, phases, units);
        }
        let phase_to_use = one_phase(phases, dc, own.iter().chain(station.iter()));
        Segment {
            end: NEVER,
            limit: on_one_phase(limit, phases, phase_to_use),
            phases: (!dc).then_some(phases),
            phase_to_use,
            min_rate: min_rate(own.iter().chain(station.iter()), conversion, units),
            mixed: false,
        }
    }

    /// The station: the sum over its EVSEs, then the minimum with what holds for the whole station.
    fn station(&self) -> Segment {
        let units = &self.units;
        let station = Parts::of(&self.station_max, &self.station_external);
        let station_phases = station.phases();
        let mut total: Option<Limit> = None;
        let mut lowest = station_phases;
        let mut common: Option<u8> = None;
        let mut mixed = false;
        let whole = Conversion::with(station_phases.unwrap_or(3));
        let mut rate = min_rate(station.iter(), whole, units);
        let mut ac = false;
        let mut phase_to_use = None;
        for lanes in &self.evses {
            let own = Parts::of(&lanes.transaction, &lanes.external);
            let dc = lanes.evse.current == CurrentType::Dc;
            let stated = own.phases().unwrap_or(lanes.evse.phases());
            let phases = if dc {
                1
            } else {
                station_phases.map_or(stated, |most| most.min(stated))
            };
            if !dc {
                ac = true;
                lowest = Some(lowest.map_or(phases, |lowest| lowest.min(phases)));
            }
            mixed |= common.is_some_and(|common| common != phases);
            common = Some(phases);
            let conversion = Conversion::at(&lanes.evse, phases);
            let mut limit: Option<Limit> = None;
            for (schedule, period) in own.iter() {
                let part = part_limit(schedule, period, conversion, dc, units);
                limit = Some(limit.map_or(part, |limit| limit.min(part, phases, units)));
            }
            let mut limit =
                limit.unwrap_or_else(|| Limit::Same(local_limit(&lanes.evse, conversion, units)));
            if let Some((value, unit)) = lanes.evse.cap {
                let cap = Limit::Same(conversion.convert(value, unit, units));
                limit = limit.min(cap, phases, units);
            }
            if let Some(more) = min_rate(own.iter(), conversion, units) {
                rate = Some(rate.map_or(more, |rate| higher(rate, more, units)));
            }
            if self.single_evse {
                phase_to_use = one_phase(phases, dc, own.iter().chain(station.iter()));
            }
            total = Some(total.map_or(limit, |total| total.plus(limit, phases, units)));
        }
        let phases = if ac { lowest.unwrap_or(3) } else { 1 };
        let mut limit = total.unwrap_or(Limit::Same(Amount::ZERO));
        let whole = Conversion::with(phases);
        for (schedule, period) in station.iter() {
            let part = part_limit(schedule, period, whole, !ac, units);
            limit = limit.min(part, phases, units);
        }
        let grid = match ac {
            true => whole,
            false => Conversion::with(self.grid.phases()),
        };
        for (value, unit) in self.grid.limits() {
            let most = Limit::Same(grid.convert(value, unit, units));
            limit = limit.min(most, phases, units);
        }
        Segment {
            end: NEVER,
            limit: on_one_phase(limit, phases, phase_to_use),
            phases: ac.then_some(phases),
            phase_to_use,
            min_rate: rate,
            mixed: mixed && units.wanted == RateUnit::A,
        }
    }
}
