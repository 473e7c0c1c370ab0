//! The table of components and variables, and how it is searched.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::str;

use ocpp_types::Version;

use super::id::{self, ComponentName, VariableId, VariableName};
use super::standard::Standard;
use super::value::{Kind, VariableAccess, VariableError, items};
use super::variable::{Owner, Variable};
use super::visits::Visits;
use crate::order;
use crate::station::config::{ComponentConfig, InvalidConfig};
use crate::station::queue::Change;
use crate::station::record::{Records, key_part, record};
use crate::station::vocabulary::EvseId;

const PREFIX: &str = "variable/";

#[derive(Debug, Clone)]
struct Component {
    name: Cow<'static, str>,
    instance: Option<Cow<'static, str>>,
    evse: Option<EvseId>,
    connector: Option<u32>,
}

impl Component {
    fn name(&self) -> ComponentName<'_> {
        ComponentName {
            name: &self.name,
            instance: self.instance.as_deref(),
            evse: self.evse,
            connector: self.connector,
        }
    }
}

/// What was not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Component,
    Variable,
}

/// All variables of a station.
#[derive(Debug)]
pub(crate) struct DeviceModel {
    version: Version,
    components: Vec<Component>,
    /// In the order in which they are reported.
    variables: Vec<Variable>,
    /// The numbers of the variables, ordered by their names.
    index: Vec<u32>,
    /// The numbers of the variables that the logic reads.
    standard: Vec<Option<VariableId>>,
    /// Grows with every value that changes.
    revision: u64,
    visits: Visits,
}

impl DeviceModel {
    pub(crate) fn new(version: Version) -> Self {
        Self {
            version,
            components: Vec::new(),
            variables: Vec::new(),
            index: Vec::new(),
            standard: Vec::new(),
            revision: 0,
            visits: Visits::default(),
        }
    }

    /// Adds a variable. [`finish`](Self::finish) makes it known.
    pub(crate) fn add(&mut self, component: ComponentName<'static>, variable: Variable) {
        let same = |last: &Component| last.name() == component;
        if !self.components.last().is_some_and(same) {
            self.components.push(Component {
                name: component.name.into(),
                instance: component.instance.map(Cow::Borrowed),
                evse: component.evse,
                connector: component.connector,
            });
        }
        self.push(variable);
    }

    /// Adds the variables of a component of the application.
    pub(crate) fn add_component(&mut self, config: &ComponentConfig) {
        self.components.push(Component {
            name: config.name.clone().into(),
            instance: config.instance.clone().map(Cow::Owned),
            evse: config.evse,
            connector: config.connector,
        });
        for variable in &config.variables {
            self.push(Variable::of_application(variable));
        }
    }

    fn push(&mut self, mut variable: Variable) {
        let at = self.components.len().saturating_sub(1);
        variable.component = u32::try_from(at).unwrap_or(u32::MAX);
        self.variables.push(variable);
    }

    /// Makes what was added known.
    pub(crate) fn finish(mut self) -> Self {
        let count = u32::try_from(self.variables.len()).unwrap_or(u32::MAX);
        let mut index: Vec<u32> = (0..count).collect();
        order::sort_by(&mut index, |one, other| {
            self.compare(VariableId(*one), VariableId(*other))
        });
        self.index = index;
        let found = |standard: &Standard| match standard.name(self.version) {
            "" => None,
            // What an application calls so means nothing to the logic.
            name => self.find(name).filter(|id| {
                let variable = self.get(*id);
                variable.is_some_and(|variable| variable.owner == Owner::Core)
            }),
        };
        self.standard = Standard::ALL.iter().map(found).collect();
        for (standard, id) in Standard::ALL.iter().zip(&self.standard) {
            if let Some(variable) = id.and_then(|id| self.variables.get_mut(id.index())) {
                variable.standard = Some(*standard);
            }
        }
        // There will never be more.
        self.components.shrink_to_fit();
        self.variables.shrink_to_fit();
        self
    }

    /// Whether the application's variables are there once, and have possible values.
    pub(crate) fn check_application(&self) -> Result<(), InvalidConfig> {
        let two = |pair: &[u32]| match *pair {
            [one, other] => self.compare(VariableId(one), VariableId(other)).is_eq(),
            _ => false,
        };
        let twice = self.index.windows(2).find(|pair| two(pair));
        let twice = twice.and_then(|pair| self.get(VariableId(*pair.first()?)));
        if let Some(twice) = twice {
            let reason = format!("variable {} is there twice", self.key_of(twice));
            return Err(InvalidConfig::because(reason));
        }
        for variable in &self.variables {
            let value = &variable.value;
            let good =
                variable.owner == Owner::Core || variable.accepts(value) && variable.offers(value);
            if !good {
                let key = self.key_of(variable);
                let reason = format!("{value:?} is no value of {key}");
                return Err(InvalidConfig::because(reason));
            }
        }
        Ok(())
    }

    /// Brings values to what they were, or to the configured first ones; of those unknown keys and impossible values are
    /// ignored.
    pub(crate) fn restore(mut self, defaults: &[(String, String)], records: &Records) -> Self {
        // Of several for the same variable the first counts.
        for (key, value) in defaults.iter().rev() {
            if let Some(id) = self.find(key)
                && let Some(variable) = self.variables.get_mut(id.index())
                && let Some(value) = variable.accept(value)
            {
                variable.value = value;
            }
        }
        for key in records.keys(PREFIX) {
            let name = key.strip_prefix(PREFIX).and_then(name_of_key);
            let id = name.and_then(|name| self.find(&name));
            let variable = id.and_then(|id| self.variables.get_mut(id.index()));
            let Some(variable) = variable.filter(|found| found.owner == Owner::Core) else {
                // That of another version, or of other features.
                continue;
            };
            let Some(stored) = records.get::<String>(key) else {
                continue;
            };
            match variable.accept(&stored) {
                Some(value) => variable.value = value,
                None => records.reject(key, "its value is not allowed (any more)"),
            }
        }
        self
    }

    fn compare(&self, one: VariableId, other: VariableId) -> Ordering {
        let (Some(one), Some(other)) = (
            self.variables.get(one.index()),
            self.variables.get(other.index()),
        ) else {
            return Ordering::Equal;
        };
        let components = if one.component == other.component {
            Ordering::Equal
        } else {
            self.component_of(one).compare(self.component_of(other))
        };
        components.then_with(|| one.variable_name().compare(other.variable_name()))
    }

    /// All variables, in the order in which they are reported.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Variable> {
        self.variables.iter()
    }

    /// How many there are; their ids are numbered from 0.
    pub(crate) const fn len(&self) -> usize {
        self.variables.len()
    }

    /// The variable at a place of the table.
    pub(crate) fn nth(&self, at: usize) -> Option<VariableId> {
        let id = VariableId(u32::try_from(at).ok()?);
        (at < self.variables.len()).then_some(id)
    }

    pub(crate) fn get(&self, id: VariableId) -> Option<&Variable> {
        self.visits.note();
        self.variables.get(id.index())
    }

    /// The component of a variable.
    pub(crate) fn component_of(&self, variable: &Variable) -> ComponentName<'_> {
        let at = usize::try_from(variable.component).unwrap_or(usize::MAX);
        self.components
            .get(at)
            .map(Component::name)
            .unwrap_or_default()
    }

    /// The name of a variable as one text.
    pub(crate) fn key_of<'a>(&self, variable: &'a Variable) -> Cow<'a, str> {
        id::text(self.component_of(variable), variable.variable_name())
    }

    /// The part of the index for which `order` says equal.
    fn range(&self, order: impl Fn(ComponentName<'_>, &Variable) -> Ordering) -> &[u32] {
        let order = |number: &u32| {
            let variable = self.get(VariableId(*number));
            variable.map_or(Ordering::Greater, |variable| {
                order(self.component_of(variable), variable)
            })
        };
        let begin = self.index.partition_point(|at| order(at).is_lt());
        let rest = self.index.get(begin..).unwrap_or_default();
        let count = rest.partition_point(|at| order(at).is_eq());
        rest.get(..count).unwrap_or_default()
    }

    /// A variable by the names of the wire.
    pub(crate) fn lookup(
        &self,
        component: ComponentName<'_>,
        variable: VariableName<'_>,
    ) -> Result<VariableId, Missing> {
        let found = self.range(|own, candidate| {
            let components = own.compare(component);
            components.then_with(|| candidate.variable_name().compare(variable))
        });
        if let Some(number) = found.first() {
            return Ok(VariableId(*number));
        }
        let known = !self.range(|own, _| own.compare(component)).is_empty();
        Err(if known {
            Missing::Variable
        } else {
            Missing::Component
        })
    }

    /// The variables of all components of this name and, as far as they are given, of this EVSE and connector.
    pub(crate) fn of_components(
        &self,
        wanted: ComponentName<'_>,
    ) -> impl Iterator<Item = VariableId> {
        let found = self.range(|own, _| own.compare_open(wanted));
        found.iter().copied().map(VariableId)
    }

    /// A variable by its name as one text.
    pub(crate) fn find(&self, key: &str) -> Option<VariableId> {
        let (component, variable) = if self.version == Version::V1_6 {
            let variable = VariableName {
                name: key,
                instance: None,
            };
            (ComponentName::default(), variable)
        } else {
            id::parse(key)?
        };
        self.lookup(component, variable).ok()
    }

    /// The variable that means something to the logic, if the station has it.
    pub(crate) fn id(&self, standard: Standard) -> Option<VariableId> {
        self.standard.get(standard.index()).copied().flatten()
    }

    /// Empty if there is no such variable.
    pub(crate) fn text(&self, standard: Standard) -> &str {
        let variable = self.id(standard).and_then(|id| self.get(id));
        variable.map_or("", |variable| &variable.value)
    }

    /// `false` if there is no such variable.
    pub(crate) fn bool(&self, standard: Standard) -> bool {
        self.text(standard) == "true"
    }

    /// 0 if there is no such variable.
    pub(crate) fn u32(&self, standard: Standard) -> u32 {
        self.text(standard).parse().unwrap_or(0)
    }

    pub(crate) fn list(&self, standard: Standard) -> impl Iterator<Item = &str> {
        items(self.text(standard))
    }

    /// Whether the CSMS could set this value, without setting it.
    pub(crate) fn check(&self, id: VariableId, value: &str) -> Result<&Variable, VariableError> {
        let variable = self.get(id).ok_or(VariableError::Unknown)?;
        if variable.access == VariableAccess::ReadOnly {
            return Err(VariableError::ReadOnly);
        }
        if !variable.accepts(value) {
            return Err(VariableError::Invalid);
        }
        Ok(variable)
    }

    /// The allowed number that comes nearest to this one.
    pub(crate) fn nearest(&self, standard: Standard, number: u32) -> i64 {
        let number = i64::from(number);
        let variable = self.id(standard).and_then(|id| self.get(id));
        match variable.map(|variable| variable.kind) {
            Some(Kind::Integer { min, max }) if min <= max => number.clamp(min, max),
            _ => number,
        }
    }

    /// Whether there was a value of this variable that cannot be read any more.
    #[cfg_attr(not(feature = "v1_6"), allow(dead_code))]
    pub(crate) fn was_unreadable(&self, standard: Standard, records: &Records) -> bool {
        records.is_rejected(&record_key(standard.name(self.version)))
    }

    /// Sets a value, also of a read-only variable.
    pub(crate) fn set(
        &mut self,
        id: VariableId,
        value: &str,
    ) -> Result<Option<Change>, VariableError> {
        let variable = self.get(id).ok_or(VariableError::Unknown)?;
        let value = variable.accept(value);
        let value = value.ok_or(VariableError::Invalid)?;
        if value == variable.value {
            return Ok(None);
        }
        let change = match variable.owner {
            Owner::Core => {
                let key = record_key(&self.key_of(variable));
                record(key, &value).map(Change::Store)
            }
            Owner::Application => None,
        };
        if let Some(variable) = self.variables.get_mut(id.index()) {
            variable.value = value;
            self.revision = self.revision.wrapping_add(1);
        }
        Ok(change)
    }

    /// Another one than before if a value has changed since: what follows from values need not be found with every input.
    #[cfg_attr(not(feature = "v2_0_1"), allow(dead_code))]
    pub(crate) const fn revision(&self) -> u64 {
        self.revision
    }

    /// How often variables were looked at.
    #[cfg(feature = "testing")]
    pub(crate) const fn visits(&self) -> &Visits {
        &self.visits
    }
}

pub(crate) fn record_key(key: &str) -> String {
    format!("{PREFIX}{}", key_part(key))
}

/// The name behind the part of a record's key that [`key_part`] has made of it, in lower case.
fn name_of_key(part: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = part.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first == b'%' {
            let (digits, after) = rest.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?);
            rest = after;
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}
