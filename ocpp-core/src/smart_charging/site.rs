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
    /// Phases used where no profile says anything: 1 to 3.
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

/// The station as the calculation sees it.
#[derive(Clone)]
pub struct Site {
    /// The EVSEs (2.x) or connectors (1.6), numbered from 1.
    pub evses: Vec<Evse>,
    /// The line voltage of the area, in volts, not a measured one (K01.FR.50). Without it nothing is converted.
    pub voltage: Option<Decimal>,
    /// A cap for the whole station, as of its grid connection. `None` for none.
    pub cap: Option<(Decimal, RateUnit)>,
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
            cap: None,
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
            .field("cap", &self.cap)
            .field("zone", &self.zone.is_some())
            .field("max_steps", &self.max_steps)
            .finish()
    }
}
