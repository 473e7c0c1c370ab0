//! Bounds and rules.

use alloc::vec::Vec;

use super::super::{EvseId, RateUnit};

/// What a station takes. Every bound is one that the device model or the configuration keys publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreConfig {
    /// The version's rules.
    pub rules: Rules,
    /// EVSEs (2.x) or connectors (1.6), numbered from 1.
    pub evse_count: EvseId,
    /// Whether those numbers count connectors, as 1.6 does. Kept with every profile, because the next program may count
    /// the other way.
    pub by_connector: bool,
    /// `ChargeProfileMaxStackLevel`, `SmartChargingCtrlr.ProfileStackLevel`.
    pub max_stack_level: i64,
    /// `ChargingScheduleMaxPeriods`, `SmartChargingCtrlr.PeriodsPerSchedule`.
    pub max_periods: usize,
    /// `MaxChargingProfilesInstalled`, `SmartChargingCtrlr.Entries[ChargingProfiles].maxLimit`. External limits do not
    /// count.
    pub max_profiles: usize,
    /// External limits that are held at once.
    pub max_external: usize,
    /// Highest identifier given to an external limit (2.1 `MaxExternalConstraintsId`); further ones count down.
    pub max_external_id: i64,
    /// `ChargingScheduleAllowedChargingRateUnit`, `SmartChargingCtrlr.RateUnit`.
    pub units: RateUnits,
    /// What each EVSE can do about phases, number 1 first.
    pub phases: Vec<PhaseAbility>,
    /// What EVSEs can do about phases of which [`phases`](Self::phases) says nothing.
    pub other_phases: PhaseAbility,
}

impl StoreConfig {
    /// Generous bounds for a number of EVSEs.
    #[must_use]
    pub const fn new(rules: Rules, evse_count: EvseId) -> Self {
        Self {
            rules,
            evse_count,
            by_connector: false,
            max_stack_level: 100,
            max_periods: 1_024,
            max_profiles: 100,
            max_external: 16,
            max_external_id: -1,
            units: RateUnits {
                amperes: true,
                watts: true,
            },
            phases: Vec::new(),
            other_phases: PhaseAbility::FLEXIBLE,
        }
    }

    /// What an EVSE can do about phases; all of them for 0.
    pub(super) fn phases_of(&self, evse: EvseId) -> impl Iterator<Item = PhaseAbility> + '_ {
        let count = usize::try_from(self.evse_count).unwrap_or(usize::MAX);
        let known = self.phases.get(..count).unwrap_or(&self.phases);
        let index = usize::try_from(evse).unwrap_or(usize::MAX);
        let (listed, others) = match index.checked_sub(1) {
            None => (known, known.len() < count),
            Some(index) => {
                let one = known.get(index..).and_then(|rest| rest.get(..1));
                (one.unwrap_or_default(), one.is_none())
            }
        };
        let others = others.then_some(self.other_phases);
        listed.iter().copied().chain(others)
    }
}

/// The units that limits may be set in and are reported in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateUnits {
    /// Amperes.
    pub amperes: bool,
    /// Watts.
    pub watts: bool,
}

impl RateUnits {
    /// Whether a unit is among them.
    #[must_use]
    pub const fn contains(self, unit: RateUnit) -> bool {
        match unit {
            RateUnit::A => self.amperes,
            RateUnit::W => self.watts,
        }
    }
}

/// What an EVSE can do about phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhaseAbility {
    /// Direct current: phases in profiles are accepted and ignored (K01.FR.44).
    pub dc: bool,
    /// The phases that are wired, 1 to 3. A profile for more is accepted and holds for these (K01.FR.45).
    pub count: u8,
    /// Whether an EV can be held to fewer phases than are wired (`ConnectorSwitch3to1PhaseSupported`,
    /// `SmartChargingCtrlr.Phases3to1`). Without it, a profile for fewer phases is refused in 2.x (K01.FR.43).
    pub holds_to_fewer: bool,
    /// Whether the single phase can be chosen (`SmartChargingCtrlr.ACPhaseSwitchingSupported`).
    pub switches: bool,
    /// The phase that is used when one is used: a profile may name it (K01.FR.46). `None` if that is not known.
    pub single: Option<u8>,
}

impl PhaseAbility {
    /// Three phases of alternating current, of which fewer can be used.
    pub const FLEXIBLE: Self = Self {
        dc: false,
        count: 3,
        holds_to_fewer: true,
        switches: false,
        single: None,
    };

    /// Whether no more than so many phases are used where a profile wants that (K01.FR.43).
    fn keeps_to(self, phases: i64) -> bool {
        self.dc || self.holds_to_fewer || phases >= i64::from(self.count)
    }

    /// Whether this phase is used, or can be (K01.FR.46, K01.FR.48).
    fn uses(self, phase: i64) -> bool {
        self.dc || self.switches || self.single.map(i64::from) == Some(phase)
    }

    pub(super) fn allows_phases(self, phases: Option<i64>) -> bool {
        phases.is_none_or(|phases| self.keeps_to(phases))
    }

    pub(super) fn allows_phase(self, phase: Option<i64>) -> bool {
        phase.is_none_or(|phase| self.uses(phase))
    }
}

impl Default for PhaseAbility {
    /// [`FLEXIBLE`](Self::FLEXIBLE).
    fn default() -> Self {
        Self::FLEXIBLE
    }
}

/// What is done with a second profile of one purpose and stack level on one EVSE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflicts {
    /// It replaces the first (1.6 section 5.16).
    Replace,
    /// It is refused when both can be valid together (K01.FR.06, K01.FR.39, K01.FR.52, K01.FR.53).
    Refuse,
}

/// How versions differ in what they take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Second profiles of one level.
    pub conflicts: Conflicts,
    /// Absolute and recurring profiles must have a start (K01.FR.40), relative ones must not (K01.FR.41).
    pub strict_start: bool,
    /// Station limits must not be relative (K01.FR.38).
    pub strict_station_limit: bool,
    /// A TxProfile must name its transaction (K01.FR.03).
    pub strict_transaction: bool,
    /// A station that cannot hold the EV to fewer phases refuses profiles that want that (K01.FR.43).
    pub strict_phases: bool,
}

impl Rules {
    /// OCPP 1.6.
    pub const V1_6: Self = Self {
        conflicts: Conflicts::Replace,
        strict_start: false,
        strict_station_limit: false,
        strict_transaction: false,
        strict_phases: false,
    };

    /// OCPP 2.0.1 and 2.1.
    pub const V2: Self = Self {
        conflicts: Conflicts::Refuse,
        strict_start: true,
        strict_station_limit: true,
        strict_transaction: true,
        strict_phases: true,
    };
}
