//! What the calculation has to know about the station.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use rust_decimal::Decimal;

use super::RateUnit;
use super::zone::Zone;

/// Whether an EVSE delivers alternating or direct current.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CurrentType {
    /// Alternating current, on up to three phases.
    #[default]
    Ac,
    /// Direct current. Phases of profiles are ignored (K01.FR.44); power is current times voltage.
    Dc,
}

/// The limit of an EVSE where no profile says anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalLimit {
    /// Amperes for each phase; converted when watts are wanted.
    Amperes(Decimal),
    /// Watts in total; converted when amperes are wanted.
    Watts(Decimal),
    /// Both, so that nothing need be converted.
    Both {
        /// Amperes for each phase.
        amperes: Decimal,
        /// Watts in total.
        watts: Decimal,
    },
}

impl LocalLimit {
    /// The limit as it is configured in a unit.
    #[must_use]
    pub const fn in_unit(self, unit: RateUnit) -> Option<Decimal> {
        match (self, unit) {
            (Self::Amperes(amperes) | Self::Both { amperes, .. }, RateUnit::A) => Some(amperes),
            (Self::Watts(watts) | Self::Both { watts, .. }, RateUnit::W) => Some(watts),
            _ => None,
        }
    }

    /// The limit in whatever unit it is configured.
    pub(super) const fn any(self) -> (Decimal, RateUnit) {
        match self {
            Self::Amperes(amperes) | Self::Both { amperes, .. } => (amperes, RateUnit::A),
            Self::Watts(watts) => (watts, RateUnit::W),
        }
    }
}

/// One EVSE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evse {
    /// What it delivers.
    pub current: CurrentType,
    /// The phases that are wired, 1 to 3: used where no profile says anything, and never exceeded.
    pub phases: u8,
    /// The limit where no profile says anything. It fills gaps and caps nothing.
    pub local_limit: LocalLimit,
    /// What the hardware can stand: never exceeded, whatever profiles say. `None` for no such cap.
    pub cap: Option<(Decimal, RateUnit)>,
}

impl Evse {
    /// An AC EVSE without a cap.
    #[must_use]
    pub const fn ac(local_limit: LocalLimit, phases: u8) -> Self {
        Self {
            current: CurrentType::Ac,
            phases,
            local_limit,
            cap: None,
        }
    }

    pub(super) fn phases(&self) -> u8 {
        self.phases.clamp(1, 3)
    }
}

/// The connection of the station to the grid (K04.FR.02). The default has no limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GridConnection {
    /// The greatest current in amperes, for each phase.
    pub current: Option<Decimal>,
    /// The greatest power in watts, over all phases.
    pub power: Option<Decimal>,
    /// Its phases, 1 to 3. Direct current is made of all of them alike.
    pub phases: u8,
}

impl GridConnection {
    /// No limits.
    pub const UNLIMITED: Self = Self {
        current: None,
        power: None,
        phases: 3,
    };

    /// Whether there is a limit.
    #[must_use]
    pub const fn is_limited(&self) -> bool {
        self.current.is_some() || self.power.is_some()
    }

    /// The limits, each in its unit.
    pub(super) fn limits(&self) -> impl Iterator<Item = (Decimal, RateUnit)> {
        let current = self.current.map(|amperes| (amperes, RateUnit::A));
        let power = self.power.map(|watts| (watts, RateUnit::W));
        current.into_iter().chain(power)
    }

    pub(super) fn phases(&self) -> u8 {
        self.phases.clamp(1, 3)
    }
}

impl Default for GridConnection {
    fn default() -> Self {
        Self::UNLIMITED
    }
}

/// The station as the calculation sees it.
#[derive(Clone)]
pub struct Site {
    /// The EVSEs (2.x) or connectors (1.6), numbered from 1.
    pub evses: Vec<Evse>,
    /// The line voltage of the area, in volts, not a measured one (K01.FR.50). Without it nothing is converted.
    pub voltage: Option<Decimal>,
    /// What the whole station can take from the grid: never exceeded, whatever profiles say.
    pub grid: GridConnection,
    /// A time zone makes recurring schedules follow local clocks: a run starts, steps and ends when local clocks show what
    /// they showed on the first day. `None` for UTC, as the specifications count.
    pub zone: Option<Arc<dyn Zone>>,
    /// How many stretches of time one calculation may go through before it is given up.
    pub max_steps: u32,
}

impl Site {
    /// Enough for a year of a thousand periods a day, ten times over.
    pub const DEFAULT_MAX_STEPS: u32 = 4_000_000;

    /// A station of equal AC EVSEs.
    #[must_use]
    pub fn new(evses: Vec<Evse>) -> Self {
        Self {
            evses,
            voltage: None,
            grid: GridConnection::UNLIMITED,
            zone: None,
            max_steps: Self::DEFAULT_MAX_STEPS,
        }
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site")
            .field("evses", &self.evses)
            .field("voltage", &self.voltage)
            .field("grid", &self.grid)
            .field("zone", &self.zone.is_some())
            .field("max_steps", &self.max_steps)
            .finish()
    }
}
