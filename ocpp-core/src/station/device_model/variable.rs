//! A variable: its value, and what the model says about it.

use alloc::borrow::Cow;
use alloc::boxed::Box;

use compact_str::{CompactString, ToCompactString};
use ocpp_types::{DateTime, Decimal};
use rust_decimal::prelude::ToPrimitive;
use serde::Deserialize;

use super::id::VariableName;
use super::standard::Standard;
use super::value::{Kind, VariableAccess, decimal, is_plain_integer, items};
use crate::station::config::VariableConfig;

/// What sort of value a variable has (`DataEnumType` of 2.x).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DataType {
    /// Any text (`string`).
    Text,
    /// A decimal number.
    Decimal,
    /// A whole number.
    Integer,
    /// A moment.
    DateTime,
    /// `true` or `false`.
    Boolean,
    /// One of the listed values.
    OptionList,
    /// Some of the listed values, comma separated, in an order that matters.
    SequenceList,
    /// Some of the listed values, comma separated.
    MemberList,
}

/// Who keeps a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The station, over restarts too.
    Core,
    /// The application.
    Application,
}

impl DataType {
    const fn of(kind: Kind) -> Self {
        match kind {
            Kind::Boolean => Self::Boolean,
            Kind::Integer { .. } => Self::Integer,
            Kind::List { .. } => Self::MemberList,
            Kind::Text { .. } | Kind::Checked(_) => Self::Text,
        }
    }
}

/// Characters of the longest value that 2.x can tell.
const LONGEST_VALUE: usize = 2_500;

/// What most variables do without.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct More {
    instance: Option<Cow<'static, str>>,
    unit: Option<Cow<'static, str>>,
    values: Option<Cow<'static, str>>,
    /// Of a number that is no integer, or of a text of the application.
    bounds: Option<Box<Bounds>>,
}

/// The least and the greatest value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Bounds {
    min: Option<Decimal>,
    max: Option<Decimal>,
}

/// A variable with its value and what it may be. Firmwares have dozens of them, big stations ten thousand: what is short
/// takes no memory of its own, and what is rare takes none where it is not.
#[derive(Debug, Clone)]
pub(crate) struct Variable {
    name: Cow<'static, str>,
    /// What it is; at first its default.
    pub(crate) value: CompactString,
    pub(crate) kind: Kind,
    more: Option<Box<More>>,
    /// The number of its component.
    pub(super) component: u32,
    /// What it means to the logic.
    pub(crate) standard: Option<Standard>,
    pub(crate) access: VariableAccess,
    pub(crate) data: DataType,
    pub(crate) owner: Owner,
    /// Whether what was set survives a restart.
    pub(crate) persistent: bool,
    /// Whether a change counts only after a restart.
    pub(crate) reboot: bool,
}

impl Variable {
    // Numbers, flags and texts alike.
    #[allow(clippy::needless_pass_by_value)]
    pub(crate) fn new(
        name: impl Into<Cow<'static, str>>,
        kind: Kind,
        access: VariableAccess,
        default: impl ToCompactString,
    ) -> Self {
        Self {
            name: name.into(),
            value: default.to_compact_string(),
            kind,
            more: None,
            component: 0,
            standard: None,
            access,
            data: DataType::of(kind),
            owner: Owner::Core,
            persistent: access != VariableAccess::ReadOnly,
            reboot: false,
        }
    }

    /// A variable of the application.
    pub(crate) fn of_application(config: &VariableConfig) -> Self {
        let whole = |bound: Option<Decimal>| bound.and_then(|bound| bound.0.to_i64());
        let kind = match config.data {
            DataType::Boolean => Kind::Boolean,
            DataType::Integer => Kind::Integer {
                min: whole(config.min).unwrap_or(i64::MIN),
                max: whole(config.max).unwrap_or(i64::MAX),
            },
            DataType::Decimal => Kind::Checked(is_decimal),
            DataType::DateTime => Kind::Checked(is_date_time),
            DataType::Text | DataType::OptionList => {
                let max = config.max.and_then(|max| max.0.to_usize());
                let max = max.unwrap_or(LONGEST_VALUE).min(LONGEST_VALUE);
                Kind::Text { max }
            }
            DataType::SequenceList | DataType::MemberList => Kind::List {
                allowed: |_| true,
                min: 0,
                max: LONGEST_VALUE,
            },
        };
        let mut variable = Self::new(config.name.clone(), kind, config.access, &config.value);
        variable.data = config.data;
        variable.owner = Owner::Application;
        variable.persistent = config.persistent;
        let bounds = Bounds {
            min: config.min,
            max: config.max,
        };
        let more = More {
            instance: config.instance.clone().map(Cow::Owned),
            unit: config.unit.clone().map(Cow::Owned),
            values: (!config.values.is_empty()).then(|| config.values.join(",").into()),
            bounds: (bounds != Bounds::default()).then(|| Box::new(bounds)),
        };
        if more != More::default() {
            variable.more = Some(Box::new(more));
        }
        variable
    }

    fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }

    pub(crate) fn with_instance(mut self, instance: &'static str) -> Self {
        self.more().instance = Some(instance.into());
        self
    }

    pub(crate) fn with_unit(mut self, unit: &'static str) -> Self {
        self.more().unit = Some(unit.into());
        self
    }

    /// The values that there are, comma separated.
    pub(crate) fn with_values(mut self, values: impl Into<Cow<'static, str>>) -> Self {
        self.more().values = Some(values.into());
        self
    }

    /// The greatest value of a number that is no integer.
    pub(crate) fn with_max(mut self, max: Option<i64>) -> Self {
        if let Some(max) = max {
            let bounds = self.more().bounds.get_or_insert_default();
            bounds.max = Some(max.into());
        }
        self
    }

    pub(crate) const fn with_data(mut self, data: DataType) -> Self {
        self.data = data;
        self
    }

    /// What is read-only for the CSMS, and survives a restart.
    pub(crate) const fn with_persistence(mut self) -> Self {
        self.persistent = true;
        self
    }

    /// What it means to the logic, if it is not the only one that means that.
    pub(crate) const fn with_meaning(mut self, standard: Standard) -> Self {
        self.standard = Some(standard);
        self
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn instance(&self) -> Option<&str> {
        self.more.as_ref()?.instance.as_deref()
    }

    pub(crate) fn unit(&self) -> Option<&str> {
        self.more.as_ref()?.unit.as_deref()
    }

    pub(crate) fn values(&self) -> Option<&str> {
        self.more.as_ref()?.values.as_deref()
    }

    fn bounds(&self) -> Option<&Bounds> {
        self.more.as_ref()?.bounds.as_deref()
    }

    /// The least value of a number, if there is one.
    pub(crate) fn min(&self) -> Option<Decimal> {
        match self.kind {
            Kind::Integer { min, .. } => (min > i64::MIN).then(|| min.into()),
            _ => self.bounds()?.min,
        }
    }

    /// The greatest value of a number, if there is one.
    pub(crate) fn max(&self) -> Option<Decimal> {
        match self.kind {
            Kind::Integer { max, .. } => (max < i64::MAX).then(|| max.into()),
            _ => self.bounds()?.max,
        }
    }

    pub(super) fn variable_name(&self) -> VariableName<'_> {
        VariableName {
            name: self.name(),
            instance: self.instance(),
        }
    }

    /// The value in its usual spelling, if it can have it.
    pub(super) fn accept(&self, value: &str) -> Option<CompactString> {
        let value = self.kind.accept(value)?;
        if self.data == DataType::Decimal {
            let number = decimal(&value)?;
            let inside = self.min().is_none_or(|min| min <= number)
                && self.max().is_none_or(|max| number <= max);
            return inside.then_some(value);
        }
        Some(value)
    }

    /// Whether it can have this value.
    pub(crate) fn accepts(&self, value: &str) -> bool {
        self.accept(value).is_some()
    }

    /// Whether a value consists of those that are listed, if any are.
    pub(crate) fn offers(&self, value: &str) -> bool {
        let Some(values) = self.values() else {
            return true;
        };
        let listed = |item: &str| values.split(',').any(|possible| possible == item);
        match self.data {
            DataType::OptionList => listed(value.trim()),
            _ => items(value).all(listed),
        }
    }

    /// Whether a CSMS of 2.x may write the value so (B05.FR.07).
    pub(crate) fn is_well_written(&self, value: &str) -> bool {
        self.data != DataType::Integer || is_plain_integer(value)
    }

    /// Whether the rest of the configuration says something else: what is read-only for the CSMS is what the station is
    /// (how many connectors, which limits), and has no other first value.
    pub(crate) fn contradicts(&self, value: &str) -> bool {
        let other = |value| value != self.value;
        self.access == VariableAccess::ReadOnly && self.accept(value).is_some_and(other)
    }
}

fn is_decimal(text: &str) -> bool {
    decimal(text).is_some()
}

fn is_date_time(text: &str) -> bool {
    text.parse::<DateTime>().is_ok()
}
