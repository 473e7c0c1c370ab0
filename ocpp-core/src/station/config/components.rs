//! Components and variables of the application (2.x).

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use ocpp_types::Decimal;
use serde::Deserialize;

use super::hardware::decimal;
use super::{InvalidConfig, StationConfig};
use crate::station::device_model::{DataType, VariableAccess};
use crate::station::vocabulary::{ConnectorId, EvseId};

/// How many variables of the application there can be.
const MAX_VARIABLES: usize = 100_000;

/// A component of the application in the device model of 2.x, or further variables of a standard one: a fan, a display, a
/// sensor with what can be read and set of it. Part 1 of the specification names standard components; others are allowed.
///
/// The application owns the values: it tells changed ones with [`Input::Variable`](crate::station::Input::Variable), after a
/// restart too, and is asked with [`Output::SetVariable`](crate::station::Output::SetVariable) when the CSMS sets one.
///
/// ```
/// use ocpp_core::Version;
/// use ocpp_core::station::{ComponentConfig, DataType, EvseConfig, StationConfig, VariableConfig};
///
/// let fan = ComponentConfig::new("CoolingFan")
///     .at_evse(1)
///     .variable(VariableConfig::new("Active", DataType::Boolean, "false"))
///     .variable(
///         VariableConfig::new("Speed", DataType::Decimal, "900")
///             .writable()
///             .unit("RPM")
///             .between(0, 3_000),
///     );
/// let config = StationConfig::builder(Version::V2_0_1, "Vendor", "Model")
///     .evse(EvseConfig::default())
///     .component(fan)
///     .build()?;
/// assert_eq!(config.components[0].variables.len(), 2);
/// # Ok::<(), ocpp_core::station::InvalidConfig>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ComponentConfig {
    /// Its name, 1 to 50 characters without any of `.:[]`.
    pub name: String,
    /// Which one of several with the same name, at most 50 characters without brackets.
    pub instance: Option<String>,
    /// The EVSE that it belongs to.
    pub evse: Option<EvseId>,
    /// The connector of the EVSE that it belongs to.
    pub connector: Option<u32>,
    /// Its variables.
    #[serde(rename = "variable")]
    pub variables: Vec<VariableConfig>,
}

impl ComponentConfig {
    /// A component of the station without variables yet.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_string(),
            ..Self::default()
        }
    }

    /// One of several with the same name.
    #[must_use]
    pub fn instance(mut self, instance: &str) -> Self {
        self.instance = Some(instance.to_string());
        self
    }

    /// A component of an EVSE.
    #[must_use]
    pub const fn at_evse(mut self, evse: EvseId) -> Self {
        self.evse = Some(evse);
        self
    }

    /// A component of a connector.
    #[must_use]
    pub const fn at_connector(mut self, at: ConnectorId) -> Self {
        self.evse = Some(at.evse);
        self.connector = Some(at.connector);
        self
    }

    /// One more variable.
    #[must_use]
    pub fn variable(mut self, variable: VariableConfig) -> Self {
        self.variables.push(variable);
        self
    }
}

/// A variable of a [`ComponentConfig`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct VariableConfig {
    /// Its name, 1 to 50 characters without any of `.:[]`.
    pub name: String,
    /// Which one of several with the same name, at most 50 characters without brackets.
    pub instance: Option<String>,
    /// What sort of value it has.
    pub data: DataType,
    /// What the CSMS may do with it.
    pub access: VariableAccess,
    /// The unit of its value, at most 16 characters.
    pub unit: Option<String>,
    /// The values that there are, for the lists among the data types; together at most 1,000 characters.
    pub values: Vec<String>,
    /// The least value of a number.
    #[serde(
        deserialize_with = "maybe",
        serialize_with = "super::hardware::maybe_exact",
        skip_serializing_if = "Option::is_none"
    )]
    pub min: Option<Decimal>,
    /// The greatest value of a number, or the most characters of a text.
    #[serde(
        deserialize_with = "maybe",
        serialize_with = "super::hardware::maybe_exact",
        skip_serializing_if = "Option::is_none"
    )]
    pub max: Option<Decimal>,
    /// Its value until the application tells another one, at most 2,500 characters.
    pub value: String,
    /// Whether what is set survives a restart of the station; the application keeps it.
    pub persistent: bool,
}

impl VariableConfig {
    /// A variable that the CSMS may read.
    #[must_use]
    pub fn new(name: &str, data: DataType, value: &str) -> Self {
        Self {
            name: name.to_string(),
            instance: None,
            data,
            access: VariableAccess::ReadOnly,
            unit: None,
            values: Vec::new(),
            min: None,
            max: None,
            value: value.to_string(),
            persistent: false,
        }
    }

    /// One of several with the same name.
    #[must_use]
    pub fn instance(mut self, instance: &str) -> Self {
        self.instance = Some(instance.to_string());
        self
    }

    /// The CSMS may set it too.
    #[must_use]
    pub const fn writable(mut self) -> Self {
        self.access = VariableAccess::ReadWrite;
        self
    }

    /// A secret: the CSMS may set it and never reads it.
    #[must_use]
    pub const fn write_only(mut self) -> Self {
        self.access = VariableAccess::WriteOnly;
        self
    }

    /// What is set survives a restart of the station.
    #[must_use]
    pub const fn persistent(mut self) -> Self {
        self.persistent = true;
        self
    }

    /// Its unit.
    #[must_use]
    pub fn unit(mut self, unit: &str) -> Self {
        self.unit = Some(unit.to_string());
        self
    }

    /// The values that there are.
    #[must_use]
    pub fn values(mut self, values: &[&str]) -> Self {
        self.values = values.iter().map(ToString::to_string).collect();
        self
    }

    /// The least and the greatest value of a number.
    #[must_use]
    pub fn between(mut self, min: impl Into<Decimal>, max: impl Into<Decimal>) -> Self {
        self.min = Some(min.into());
        self.max = Some(max.into());
        self
    }

    fn is_number(&self) -> bool {
        matches!(self.data, DataType::Integer | DataType::Decimal)
    }

    fn is_list(&self) -> bool {
        matches!(
            self.data,
            DataType::OptionList | DataType::SequenceList | DataType::MemberList
        )
    }

    /// What is wrong with it.
    fn fault(&self) -> Option<&'static str> {
        let comma = |value: &String| value.is_empty() || value.contains(',');
        let listed: usize = self.values.iter().map(|value| value.len() + 1).sum();
        let unit = self.unit.as_ref().map_or(0, |unit| unit.chars().count());
        let crossed = self.min.zip(self.max).is_some_and(|(min, max)| min > max);
        if !is_name(&self.name) || !is_instance(self.instance.as_ref()) {
            Some("has a name that cannot be")
        } else if unit > 16 {
            Some("has a unit of more than 16 characters")
        } else if listed > 1_000 || self.values.iter().any(comma) {
            Some("has more than 1,000 characters of values, an empty one or one with a comma")
        } else if !self.values.is_empty() && !self.is_list() {
            Some("lists values and is no list")
        } else if self.data == DataType::OptionList && self.values.is_empty() {
            Some("lists no values to choose from")
        } else if self.min.is_some() && !self.is_number()
            || self.max.is_some() && !self.is_number() && self.data != DataType::Text
        {
            Some("has bounds and is no number")
        } else if crossed {
            Some("has no possible value")
        } else if self.value.chars().count() > 2_500 {
            Some("has a value of more than 2,500 characters")
        } else {
            None
        }
    }
}

impl Default for VariableConfig {
    /// A text without a name.
    fn default() -> Self {
        Self::new("", DataType::Text, "")
    }
}

fn maybe<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    decimal(deserializer).map(Some)
}

/// Whether this can be the name of a component or variable. What separates the parts of `EVSE:1.Power[a]` is not part of one.
fn is_name(name: &str) -> bool {
    (1..=50).contains(&name.chars().count()) && !name.contains(['.', ':', '[', ']'])
}

fn is_instance(instance: Option<&String>) -> bool {
    instance.is_none_or(|instance| {
        (1..=50).contains(&instance.chars().count()) && !instance.contains(['[', ']'])
    })
}

impl StationConfig {
    /// Whether the application's components can be. That they are there once, and their values possible, is checked with
    /// the whole device model.
    pub(super) fn check_components(&self) -> Result<(), InvalidConfig> {
        let count: usize = self.components.iter().map(|one| one.variables.len()).sum();
        if count > MAX_VARIABLES {
            return Err(InvalidConfig::new("more variables than 100,000"));
        }
        for component in &self.components {
            let reason = if !is_name(&component.name) || !is_instance(component.instance.as_ref()) {
                Some("has a name that cannot be")
            } else if !self.has_place(component.evse, component.connector) {
                Some("is at an EVSE or connector that is not there")
            } else {
                None
            };
            if let Some(reason) = reason {
                let name = &component.name;
                return Err(InvalidConfig::because(format!(
                    "component {name:?} {reason}"
                )));
            }
            for variable in &component.variables {
                if let Some(reason) = variable.fault() {
                    let (of, name) = (&component.name, &variable.name);
                    let reason = format!("variable {name:?} of component {of:?} {reason}");
                    return Err(InvalidConfig::because(reason));
                }
            }
        }
        Ok(())
    }

    fn has_place(&self, evse: Option<EvseId>, connector: Option<u32>) -> bool {
        let Some(evse) = evse else {
            return connector.is_none();
        };
        let index = usize::try_from(evse)
            .ok()
            .and_then(|evse| evse.checked_sub(1));
        let config = index.and_then(|index| self.evses.get(index));
        config.is_some_and(|config| {
            let number = |connector: u32| usize::try_from(connector).unwrap_or(usize::MAX);
            connector.is_none_or(|one| (1..=config.connectors.len()).contains(&number(one)))
        })
    }
}
