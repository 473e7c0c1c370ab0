//! EVSEs and connectors of a station.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// The cable of a connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CableKind {
    /// Attached to the station.
    #[default]
    Fixed,
    /// The driver's own, in a socket.
    Detachable,
}

/// One connector.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ConnectorConfig {
    /// Fixed or detachable.
    pub cable: CableKind,
    /// Whether the station can lock and unlock the cable in the socket.
    pub lock: bool,
    /// The type as 2.x writes it (`cType2`, `sType2`, `cCCS2`).
    pub kind: String,
}

impl ConnectorConfig {
    /// A fixed cable without a lock.
    #[must_use]
    pub fn fixed() -> Self {
        Self {
            cable: CableKind::Fixed,
            lock: false,
            kind: "cType2".to_string(),
        }
    }

    /// A socket with a lock.
    #[must_use]
    pub fn socket() -> Self {
        Self {
            cable: CableKind::Detachable,
            lock: true,
            kind: "sType2".to_string(),
        }
    }
}

/// One EVSE.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct EvseConfig {
    /// Its connectors; one of them can be in use at a time.
    pub connectors: Vec<ConnectorConfig>,
    /// What it can deliver, in amperes for each phase.
    #[serde(deserialize_with = "decimal", serialize_with = "exact")]
    pub max_current: Decimal,
    /// What it can deliver altogether, in watts. Without it that follows from current and phases (for direct current:
    /// current times the voltage of the configuration).
    #[serde(
        deserialize_with = "maybe_decimal",
        serialize_with = "maybe_exact",
        skip_serializing_if = "Option::is_none"
    )]
    pub max_power: Option<Decimal>,
    /// How many phases it has; 0 for direct current.
    pub phases: u8,
    /// Which phase of the grid, 1 to 3, it uses when it uses one: the only one that is wired or, with
    /// [`switch_3_to_1_phase`](super::Features::switch_3_to_1_phase), the one that stays. Profiles may name it as
    /// `phaseToUse` (K01.FR.46), and it loads no other when power is shared. Without it, it may be any of them.
    pub single_phase: Option<u8>,
}

/// The connection of the station to the grid (K04.FR.02): with it, the EVSEs never take more together, whatever charging
/// profiles say, or when there are none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct GridConfig {
    /// The greatest current, in amperes for each phase. Direct current loads all phases alike.
    #[serde(
        deserialize_with = "maybe_decimal",
        serialize_with = "maybe_exact",
        skip_serializing_if = "Option::is_none"
    )]
    pub max_current: Option<Decimal>,
    /// The greatest power, in watts over all phases.
    #[serde(
        deserialize_with = "maybe_decimal",
        serialize_with = "maybe_exact",
        skip_serializing_if = "Option::is_none"
    )]
    pub max_power: Option<Decimal>,
    /// How many phases it has, 1 to 3.
    pub phases: u8,
}

impl GridConfig {
    /// A connection of three phases with so many amperes each.
    #[must_use]
    pub fn of_current(amperes: Decimal) -> Self {
        Self {
            max_current: Some(amperes),
            ..Self::default()
        }
    }

    /// A connection of three phases with so many watts altogether.
    #[must_use]
    pub fn of_power(watts: Decimal) -> Self {
        Self {
            max_power: Some(watts),
            ..Self::default()
        }
    }
}

impl Default for GridConfig {
    /// Three phases without a limit.
    fn default() -> Self {
        Self {
            max_current: None,
            max_power: None,
            phases: 3,
        }
    }
}

impl EvseConfig {
    /// An AC EVSE of 32 amperes on three phases.
    #[must_use]
    pub fn new(connectors: Vec<ConnectorConfig>) -> Self {
        Self {
            connectors,
            max_current: Decimal::new(32, 0),
            max_power: None,
            phases: 3,
            single_phase: None,
        }
    }

    /// A DC EVSE, with what it can deliver in amperes and in watts.
    #[must_use]
    pub fn dc(connectors: Vec<ConnectorConfig>, max_current: Decimal, max_power: Decimal) -> Self {
        Self {
            connectors,
            max_current,
            max_power: Some(max_power),
            phases: 0,
            single_phase: None,
        }
    }

    /// What it can deliver altogether, in watts, at a voltage between phase and neutral.
    pub(crate) fn watts(&self, voltage: Decimal) -> Decimal {
        let phases = rust_decimal::Decimal::from(self.phases.max(1));
        let product = self.max_current.0.checked_mul(voltage.0);
        let product = product.and_then(|watts| watts.checked_mul(phases));
        let product = product.unwrap_or(rust_decimal::Decimal::MAX);
        self.max_power.unwrap_or(Decimal(product))
    }
}

impl Default for EvseConfig {
    /// One fixed cable.
    fn default() -> Self {
        Self::new(alloc::vec![ConnectorConfig::fixed()])
    }
}

fn maybe_decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    decimal(deserializer).map(Some)
}

/// A number of a file, which may be written with or without a fraction, or as text.
pub(super) fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Number {
        Whole(i64),
        Fraction(f64),
        Text(String),
    }
    let number = match Number::deserialize(deserializer)? {
        Number::Whole(number) => Some(Decimal::new(number, 0)),
        Number::Fraction(number) => rust_decimal::Decimal::try_from(number)
            .ok()
            .map(Decimal::from),
        Number::Text(text) => text
            .parse::<rust_decimal::Decimal>()
            .ok()
            .map(Decimal::from),
    };
    number.ok_or_else(|| D::Error::custom("not a decimal number"))
}

/// As text, which keeps all digits wherever it is read.
#[cfg(feature = "serde")]
pub(super) fn exact<S: serde::Serializer>(number: &Decimal, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(number)
}

#[cfg(feature = "serde")]
pub(super) fn maybe_exact<S: serde::Serializer>(
    number: &Option<Decimal>,
    to: S,
) -> Result<S::Ok, S::Error> {
    match number {
        Some(number) => exact(number, to),
        None => to.serialize_none(),
    }
}
