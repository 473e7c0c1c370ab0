//! What takes part in a minimum: the leading profiles, and how their limits are converted.

use rust_decimal::Decimal;

use super::amount::{Amount, Limit, Units};
use super::lane::Lane;
use super::site::{CurrentType, Evse};
use super::{ChargingSchedule, RateUnit, SchedulePeriod};

/// What takes part in a minimum, gathered before the number of phases is known.
pub(super) struct Parts<'a> {
    parts: [Option<(&'a ChargingSchedule, &'a SchedulePeriod)>; 2],
}

impl<'a> Parts<'a> {
    pub(super) fn of(first: &'a Lane, second: &'a Lane) -> Self {
        Self {
            parts: [first.leading(), second.leading()],
        }
    }

    pub(super) fn iter(
        &self,
    ) -> impl Iterator<Item = (&'a ChargingSchedule, &'a SchedulePeriod)> + '_ {
        self.parts.iter().flatten().copied()
    }

    pub(super) fn phases(&self) -> Option<u8> {
        self.iter().map(|(_, period)| period.phases()).min()
    }
}

/// Limits for single phases mean one of them when one phase is used.
pub(super) fn on_one_phase(limit: Limit, phases: u8, phase_to_use: Option<u8>) -> Limit {
    match limit {
        Limit::Each(amounts) if phases == 1 => {
            let phase = usize::from(phase_to_use.unwrap_or(1)).clamp(1, 3);
            Limit::Same(amounts[phase - 1])
        }
        _ => limit,
    }
}

/// How many phases stand between watts and amperes.
#[derive(Clone, Copy)]
pub(super) struct Conversion {
    /// Watts of a profile are for as many phases as profiles say (K01.FR.50).
    to_amperes: u8,
    /// Amperes flow on no more phases than are wired (K01.FR.51).
    to_watts: u8,
}

impl Conversion {
    pub(super) const fn with(phases: u8) -> Self {
        Self {
            to_amperes: phases,
            to_watts: phases,
        }
    }

    /// At an EVSE of which profiles say so many phases.
    pub(super) fn at(evse: &Evse, phases: u8) -> Self {
        Self {
            to_amperes: phases,
            to_watts: match evse.current {
                CurrentType::Ac => phases.min(evse.phases()),
                CurrentType::Dc => phases,
            },
        }
    }

    pub(super) fn convert(self, value: Decimal, unit: RateUnit, units: &Units) -> Amount {
        let phases = match unit {
            RateUnit::A => self.to_watts,
            RateUnit::W => self.to_amperes,
        };
        Amount::convert(value, unit, phases, units)
    }
}

pub(super) fn part_limit(
    schedule: &ChargingSchedule,
    period: &SchedulePeriod,
    conversion: Conversion,
    dc: bool,
    units: &Units,
) -> Limit {
    // Checked on the way in: only modes that the calculation refuses have no limit.
    let limit = period.limit.unwrap_or(Decimal::ZERO);
    if let Some(extras) = &period.v2x
        && !dc
        && (extras.limit_l2.is_some() || extras.limit_l3.is_some())
    {
        return Limit::Each(
            [Some(limit), extras.limit_l2, extras.limit_l3].map(|value| {
                Amount::convert_one_phase(value.unwrap_or(limit), schedule.unit, units)
            }),
        );
    }
    Limit::Same(conversion.convert(limit, schedule.unit, units))
}

pub(super) fn local_limit(evse: &Evse, conversion: Conversion, units: &Units) -> Amount {
    match evse.local_limit.in_unit(units.wanted) {
        Some(value) => conversion.convert(value, units.wanted, units),
        None => {
            let (value, unit) = evse.local_limit.any();
            conversion.convert(value, unit, units)
        }
    }
}

/// The one phase that all who name one agree on.
pub(super) fn one_phase<'a>(
    phases: u8,
    dc: bool,
    parts: impl Iterator<Item = (&'a ChargingSchedule, &'a SchedulePeriod)>,
) -> Option<u8> {
    if phases != 1 || dc {
        return None;
    }
    let mut named = None;
    for phase in parts.filter_map(|(_, period)| period.phase_to_use) {
        if named.is_some_and(|named| named != phase) {
            return None;
        }
        named = Some(phase);
    }
    named.and_then(|phase| u8::try_from(phase).ok())
}

pub(super) fn higher(a: Amount, b: Amount, units: &Units) -> Amount {
    if a.min(b, units) == a { b } else { a }
}

pub(super) fn min_rate<'a>(
    parts: impl Iterator<Item = (&'a ChargingSchedule, &'a SchedulePeriod)>,
    conversion: Conversion,
    units: &Units,
) -> Option<Amount> {
    parts
        .filter_map(|(schedule, _)| Some((schedule.min_charging_rate?, schedule.unit)))
        .map(|(rate, unit)| conversion.convert(rate, unit, units))
        .reduce(|a, b| higher(a, b, units))
}
