//! A variable: its value, and what the model says about it.

use alloc::borrow::Cow;
use alloc::boxed::Box;

use compact_str::{CompactString, ToCompactString};

use super::id::VariableName;
use super::standard::Standard;
use super::value::{Access, Kind};

/// What sort of value a variable has (`DataEnumType` of 2.x).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DataType {
    Text,
    Decimal,
    Integer,
    DateTime,
    Boolean,
    OptionList,
    SequenceList,
    MemberList,
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

/// What most variables do without.
#[derive(Debug, Clone, Default)]
struct More {
    instance: Option<Cow<'static, str>>,
    unit: Option<&'static str>,
    values: Option<Cow<'static, str>>,
    max: Option<i64>,
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
    pub(crate) access: Access,
    pub(crate) data: DataType,
    /// Whether a change counts only after a restart.
    pub(crate) reboot: bool,
}

impl Variable {
    // Numbers, flags and texts alike.
    #[allow(clippy::needless_pass_by_value)]
    pub(crate) fn new(
        name: impl Into<Cow<'static, str>>,
        kind: Kind,
        access: Access,
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
            reboot: false,
        }
    }

    fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }

    pub(crate) fn with_instance(mut self, instance: &'static str) -> Self {
        self.more().instance = Some(instance.into());
        self
    }

    pub(crate) fn with_unit(mut self, unit: &'static str) -> Self {
        self.more().unit = Some(unit);
        self
    }

    /// The values that there are, comma separated.
    pub(crate) fn with_values(mut self, values: impl Into<Cow<'static, str>>) -> Self {
        self.more().values = Some(values.into());
        self
    }

    /// The greatest value of a number that is no integer.
    pub(crate) fn with_max(mut self, max: Option<i64>) -> Self {
        self.more().max = max;
        self
    }

    pub(crate) const fn with_data(mut self, data: DataType) -> Self {
        self.data = data;
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

    pub(crate) fn unit(&self) -> Option<&'static str> {
        self.more.as_ref()?.unit
    }

    pub(crate) fn values(&self) -> Option<&str> {
        self.more.as_ref()?.values.as_deref()
    }

    /// The least value of a number, if there is one.
    pub(crate) const fn min(&self) -> Option<i64> {
        match self.kind {
            Kind::Integer { min, .. } => Some(min),
            _ => None,
        }
    }

    /// The greatest value of a number, if there is one.
    pub(crate) fn max(&self) -> Option<i64> {
        match self.kind {
            Kind::Integer { max, .. } => (max < i64::MAX).then_some(max),
            _ => self.more.as_ref()?.max,
        }
    }

    pub(super) fn variable_name(&self) -> VariableName<'_> {
        VariableName {
            name: self.name(),
            instance: self.instance(),
        }
    }

    /// Whether it can have this value.
    pub(crate) fn accepts(&self, value: &str) -> bool {
        self.kind.accept(value).is_some()
    }

    /// Whether the rest of the configuration says something else: what is read-only for the CSMS is what the station is
    /// (how many connectors, which limits), and has no other first value.
    pub(crate) fn contradicts(&self, value: &str) -> bool {
        let other = |value| value != self.value;
        self.access == Access::ReadOnly && self.kind.accept(value).is_some_and(other)
    }
}
