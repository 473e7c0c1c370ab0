//! Names of variables.

use alloc::string::String;

use serde::{Deserialize, Serialize};

/// One attribute of a variable, of 2.x; in 1.6 a configuration key, with `component` empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct VariableName {
    /// The component.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub component: String,
    /// The instance of the component.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component_instance: Option<String>,
    /// The EVSE that the component belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evse: Option<i64>,
    /// The connector that the component belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connector: Option<i64>,
    /// The variable.
    pub variable: String,
    /// The instance of the variable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variable_instance: Option<String>,
    /// `Actual`, `Target`, `MinSet` or `MaxSet`; absent means `Actual`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
}

impl VariableName {
    /// An actual value.
    #[must_use]
    pub fn new(component: &str, variable: &str) -> Self {
        Self {
            component: component.into(),
            variable: variable.into(),
            ..Self::default()
        }
    }

    /// A configuration key of 1.6.
    #[must_use]
    pub fn key(key: &str) -> Self {
        Self::new("", key)
    }

    /// The name of the same attribute as all spell it that [match](Self::matches) this one.
    pub(super) fn folded(&self) -> Self {
        let lower = |text: &Option<String>| text.as_ref().map(|text| text.to_ascii_lowercase());
        Self {
            component: self.component.to_ascii_lowercase(),
            component_instance: lower(&self.component_instance),
            variable: self.variable.to_ascii_lowercase(),
            variable_instance: lower(&self.variable_instance),
            attribute: Some(self.attribute.clone().unwrap_or_else(|| "Actual".into())),
            ..*self
        }
    }

    /// Whether both name the same attribute: names compare without case.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        let same = |one: &Option<String>, other: &Option<String>| match (one, other) {
            (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
            (one, other) => one.is_none() && other.is_none(),
        };
        let attribute = |name: &Self| match name.attribute.as_deref() {
            None => String::from("Actual"),
            Some(attribute) => attribute.into(),
        };
        self.component.eq_ignore_ascii_case(&other.component)
            && self.variable.eq_ignore_ascii_case(&other.variable)
            && same(&self.component_instance, &other.component_instance)
            && same(&self.variable_instance, &other.variable_instance)
            && (self.evse, self.connector) == (other.evse, other.connector)
            && attribute(self) == attribute(other)
    }
}
