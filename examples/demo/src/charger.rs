//! What a real charger has instead: a contactor, a meter, and a car that takes what it is offered.

use std::time::Instant;

use ocpp_core::station::{Limit, LimitUnit, Measured, Reading};
use ocpp_types::Decimal;

/// How much faster than time energy flows: a second is ten minutes of charging.
const TIME_SCALE: i64 = 600;

/// What the car takes of each phase without a limit.
pub(crate) const AMPERES: i32 = 32;

/// Volts between a phase and neutral, and how many phases there are.
pub(crate) const VOLTS: i32 = 230;
pub(crate) const PHASES: i32 = 3;

/// Watt-milliseconds in a Wh.
const WMS_PER_WH: i64 = 3_600_000;

/// A charger with one connector, and the car.
pub(crate) struct Charger {
    pub(crate) plugged: bool,
    closed: bool,
    /// In watts.
    limit: Option<i64>,
    /// The energy register in watt-milliseconds, and until when it is right.
    energy: i64,
    metered: Instant,
}

impl Charger {
    pub(crate) fn new() -> Self {
        Self {
            plugged: false,
            closed: false,
            limit: None,
            energy: 0,
            metered: Instant::now(),
        }
    }

    /// The power that flows, in watts.
    fn power(&self) -> i64 {
        if !(self.plugged && self.closed) {
            return 0;
        }
        let full = i64::from(AMPERES * VOLTS * PHASES);
        self.limit.map_or(full, |limit| limit.min(full))
    }

    /// Counts what has flowed; comes before whatever changes the power.
    fn count(&mut self) {
        let millis = self.metered.elapsed().as_millis();
        self.metered = Instant::now();
        let millis = i64::try_from(millis).unwrap_or(i64::MAX);
        let flowed = self
            .power()
            .saturating_mul(millis.saturating_mul(TIME_SCALE));
        self.energy = self.energy.saturating_add(flowed);
    }

    pub(crate) fn plug(&mut self, plugged: bool) {
        self.count();
        self.plugged = plugged;
    }

    pub(crate) fn set_contactor(&mut self, closed: bool) {
        self.count();
        self.closed = closed;
    }

    pub(crate) fn set_limit(&mut self, limit: Option<Limit>) {
        self.count();
        self.limit = limit.map(|limit| {
            let value = i64::try_from(limit.value.trunc()).unwrap_or(0);
            let phases = limit.phases.map_or(PHASES, i32::from);
            match limit.unit {
                LimitUnit::Amperes => value.saturating_mul((VOLTS * phases).into()),
                LimitUnit::Watts => value,
            }
        });
    }

    /// What the meter shows.
    pub(crate) fn read(&mut self) -> Reading {
        self.count();
        let power = Decimal::from(self.power());
        Reading::energy(Decimal::from(self.energy / WMS_PER_WH)).and(Measured::new(
            "Power.Active.Import",
            "W",
            power,
        ))
    }
}
