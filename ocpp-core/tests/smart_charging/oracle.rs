//! The composite limit of one instant, written straight from the rules, with nothing of the engine but its data types.
//!
//! Slow on purpose: every instant looks at every profile and every period. Numbers are fractions of integers.

use ocpp_core::smart_charging::*;
use ocpp_core::time::DateTime;
use rust_decimal::Decimal;

/// The answer for one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The limit in tenths, cut downwards.
    pub(crate) tenths: i128,
    pub(crate) phases: u8,
    pub(crate) phase_to_use: Option<u8>,
}

/// A fraction of integers.
#[derive(Debug, Clone, Copy)]
struct Fraction(i128, i128);

impl Fraction {
    fn of(decimal: Decimal) -> Self {
        Self(decimal.mantissa(), 10_i128.pow(decimal.scale()))
    }

    fn reduced(self) -> Self {
        let (mut a, mut b) = (self.0.abs(), self.1);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let divisor = a.max(1);
        Self(self.0 / divisor, self.1 / divisor)
    }

    fn times(self, other: Self) -> Self {
        Self(self.0 * other.0, self.1 * other.1)
    }

    fn over(self, other: Self) -> Self {
        Self(self.0 * other.1, self.1 * other.0)
    }

    /// Reduced, because the denominators of many summands would not fit.
    fn plus(self, other: Self) -> Self {
        Self(self.0 * other.1 + other.0 * self.1, self.1 * other.1).reduced()
    }

    fn lower(self, other: Self) -> Self {
        if other.0 * self.1 < self.0 * other.1 {
            other
        } else {
            self
        }
    }
}

pub(crate) struct Oracle<'a> {
    pub(crate) site: &'a Site,
    pub(crate) installed: &'a [Installed],
    pub(crate) transactions: &'a [Transaction],
    pub(crate) unit: RateUnit,
    /// Start of the window.
    pub(crate) start: DateTime,
}

type Part<'a> = (&'a ChargingSchedule, &'a SchedulePeriod);

impl<'a> Oracle<'a> {
    /// The period of a profile that holds at `t` (milliseconds), if any.
    fn period(profile: &ChargingProfile, relative: DateTime, t: i64) -> Option<Part<'_>> {
        if profile
            .valid_from
            .is_some_and(|from| t < from.unix_millis())
        {
            return None;
        }
        if profile.valid_to.is_some_and(|to| t >= to.unix_millis()) {
            return None;
        }
        let schedule = &profile.schedules[0];
        let start = match profile.kind {
            ProfileKind::Relative => relative,
            _ => schedule.start.unwrap_or(relative),
        };
        let mut elapsed = t - start.unix_millis();
        if elapsed < 0 {
            return None;
        }
        if profile.kind == ProfileKind::Recurring {
            elapsed %= match profile.recurrency.unwrap() {
                Recurrency::Daily => 24 * 3_600_000,
                Recurrency::Weekly => 7 * 24 * 3_600_000,
            };
        }
        if schedule
            .duration
            .is_some_and(|duration| elapsed >= duration * 1_000)
        {
            return None;
        }
        let mut found = None;
        for period in &schedule.periods {
            if period.start * 1_000 <= elapsed {
                found = Some(period);
            }
        }
        found.map(|period| (schedule, period))
    }

    /// The part of the profile with the highest level among those that have a period.
    fn leading(
        &self,
        candidates: impl Iterator<Item = &'a Installed>,
        relative: DateTime,
        t: i64,
    ) -> Option<Part<'a>> {
        let mut best: Option<(i64, Part<'a>)> = None;
        for entry in candidates {
            if let Some(part) = Self::period(&entry.profile, relative, t)
                && best.is_none_or(|(level, _)| entry.profile.stack_level >= level)
            {
                best = Some((entry.profile.stack_level, part));
            }
        }
        best.map(|(_, part)| part)
    }

    fn of_purpose(&self, evse: EvseId, purpose: Purpose) -> impl Iterator<Item = &'a Installed> {
        self.installed
            .iter()
            .filter(move |entry| entry.evse == evse && entry.profile.purpose == purpose)
    }

    /// TxProfile, else TxDefaultProfile, and external limits of the EVSE.
    fn own_parts(&self, evse: EvseId, t: i64) -> Vec<Part<'a>> {
        let transaction = self
            .transactions
            .iter()
            .find(|transaction| transaction.evse == evse);
        let relative = transaction.map_or(self.start, |transaction| transaction.started);
        let tx = self.of_purpose(evse, Purpose::TxProfile).filter(|entry| {
            transaction.is_some_and(|transaction| {
                entry.profile.transaction_id.is_none()
                    || entry.profile.transaction_id == transaction.id
            })
        });
        let replaced = |level: i64| {
            self.of_purpose(evse, Purpose::TxDefaultProfile)
                .any(|entry| entry.profile.stack_level == level)
        };
        let default = self.of_purpose(evse, Purpose::TxDefaultProfile).chain(
            self.of_purpose(0, Purpose::TxDefaultProfile)
                .filter(|entry| !replaced(entry.profile.stack_level)),
        );
        let transaction_limit = self
            .leading(tx, relative, t)
            .or_else(|| self.leading(default, relative, t));
        let external = self.of_purpose(evse, Purpose::ChargingStationExternalConstraints);
        transaction_limit
            .into_iter()
            .chain(self.leading(external, relative, t))
            .collect()
    }

    /// Station maximum and external limits of the station.
    fn station_parts(&self, t: i64) -> Vec<Part<'a>> {
        let relative = self
            .transactions
            .iter()
            .map(|transaction| transaction.started)
            .min()
            .unwrap_or(self.start);
        [
            Purpose::ChargingStationMaxProfile,
            Purpose::ChargingStationExternalConstraints,
        ]
        .into_iter()
        .filter_map(|purpose| self.leading(self.of_purpose(0, purpose), relative, t))
        .collect()
    }

    /// Watts are for the phases of the profiles (K01.FR.50), amperes flow on no more than are wired (K01.FR.51).
    fn convert(&self, limit: Decimal, unit: RateUnit, phases: u8, wired: u8) -> Fraction {
        let limit = Fraction::of(limit);
        let per_ampere = |phases: u8| {
            Fraction::of(self.site.voltage.unwrap_or(Decimal::ONE))
                .times(Fraction(i128::from(phases), 1))
        };
        match (unit, self.unit) {
            (RateUnit::A, RateUnit::W) => limit.times(per_ampere(phases.min(wired))),
            (RateUnit::W, RateUnit::A) => limit.over(per_ampere(phases)),
            _ => limit,
        }
    }

    fn lowest(&self, parts: &[Part<'a>], phases: u8, wired: u8) -> Option<Fraction> {
        parts
            .iter()
            .map(|(schedule, period)| {
                self.convert(period.limit.unwrap(), schedule.unit, phases, wired)
            })
            .reduce(Fraction::lower)
    }

    fn local(&self, evse: EvseId) -> Fraction {
        match self.site.evses[evse as usize - 1].local_limit {
            LocalLimit::Both { amperes, watts } => Fraction::of(if self.unit == RateUnit::A {
                amperes
            } else {
                watts
            }),
            _ => unreachable!("tests give both"),
        }
    }

    /// The limit at `t` (milliseconds) for an EVSE or, with 0, the station.
    pub(crate) fn at(&self, evse: EvseId, t: i64) -> Answer {
        let phases_of = |parts: &[Part<'_>]| {
            parts
                .iter()
                .map(|(_, period)| period.number_phases.unwrap_or(3) as u8)
                .min()
        };
        let station = self.station_parts(t);
        if evse != 0 {
            let mut parts = self.own_parts(evse, t);
            parts.extend(station);
            let wired = self.site.evses[evse as usize - 1].phases;
            let phases = phases_of(&parts).unwrap_or(wired);
            let limit = self
                .lowest(&parts, phases, wired)
                .unwrap_or_else(|| self.local(evse));
            return answer(limit, phases, &parts);
        }
        let mut sum = Fraction(0, 1);
        let mut all = station.clone();
        let mut lowest = phases_of(&station);
        for evse in 1..=self.site.evses.len() as EvseId {
            let parts = self.own_parts(evse, t);
            let wired = self.site.evses[evse as usize - 1].phases;
            let mut phases = phases_of(&parts).unwrap_or(wired);
            if let Some(station) = phases_of(&station) {
                phases = phases.min(station);
            }
            lowest = Some(lowest.map_or(phases, |lowest| lowest.min(phases)));
            sum = sum.plus(
                self.lowest(&parts, phases, wired)
                    .unwrap_or_else(|| self.local(evse)),
            );
            all.extend(parts);
        }
        let phases = lowest.unwrap();
        let limit = match self.lowest(&station, phases, 3) {
            Some(limit) => sum.lower(limit),
            None => sum,
        };
        let mut answer = answer(limit, phases, &all);
        if self.site.evses.len() > 1 {
            answer.phase_to_use = None;
        }
        answer
    }
}

fn answer(limit: Fraction, phases: u8, parts: &[Part<'_>]) -> Answer {
    let mut named: Vec<i64> = parts
        .iter()
        .filter_map(|(_, period)| period.phase_to_use)
        .collect();
    named.sort_unstable();
    named.dedup();
    Answer {
        tenths: (limit.0 * 10).div_euclid(limit.1),
        phases,
        phase_to_use: match named.as_slice() {
            [phase] if phases == 1 => Some(*phase as u8),
            _ => None,
        },
    }
}
