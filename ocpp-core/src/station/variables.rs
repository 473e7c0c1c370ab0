//! What the CSMS may configure: typed values with access and bounds that survive a restart. Configuration keys of 1.6,
//! `Component.Variable` in 2.x.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use compact_str::{CompactString, ToCompactString};
use ocpp_types::is_visible;

use super::queue::Change;
use super::record::{Records, key_part, record};

const PREFIX: &str = "variable/";

/// Who may read and write a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    ReadOnly,
    ReadWrite,
    /// A secret: the CSMS never gets it.
    WriteOnly,
}

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Boolean,
    Integer {
        min: i64,
        max: i64,
    },
    /// At most so many characters.
    Text {
        max: usize,
    },
    /// Comma separated, each item checked, at most so many.
    List {
        allowed: fn(&str) -> bool,
        max: usize,
    },
    /// Judged by a function.
    #[allow(dead_code)] // 2.x needs it
    Checked(fn(&str) -> bool),
}

/// A value with what it may be. Firmwares have dozens of them: what is short takes no memory of its own.
#[derive(Debug, Clone)]
pub(crate) struct Variable {
    pub(crate) key: Cow<'static, str>,
    pub(crate) kind: Kind,
    pub(crate) access: Access,
    /// What it is; at first its default.
    pub(crate) value: CompactString,
    /// Whether a change counts only after a restart.
    pub(crate) reboot: bool,
}

impl Variable {
    // Numbers, flags and texts alike.
    #[allow(clippy::needless_pass_by_value)]
    pub(crate) fn new(
        key: &'static str,
        kind: Kind,
        access: Access,
        default: impl ToCompactString,
    ) -> Self {
        Self {
            key: Cow::Borrowed(key),
            kind,
            access,
            value: default.to_compact_string(),
            reboot: false,
        }
    }

    /// Whether it can have this value.
    pub(crate) fn accepts(&self, value: &str) -> bool {
        self.accept(value).is_some()
    }

    /// Whether the rest of the configuration says something else: what is read-only for the CSMS is what the station is
    /// (how many connectors, which limits), and has no other first value.
    pub(crate) fn contradicts(&self, value: &str) -> bool {
        let other = |value| value != self.value;
        self.access == Access::ReadOnly && self.accept(value).is_some_and(other)
    }

    /// The value in its usual spelling, if it is one.
    fn accept(&self, value: &str) -> Option<CompactString> {
        match self.kind {
            Kind::Boolean => {
                let is = |text: &str| value.trim().eq_ignore_ascii_case(text);
                let value = value.trim().to_ascii_lowercase();
                (is("true") || is("false")).then(|| value.into())
            }
            Kind::Integer { min, max } => {
                let number: i64 = value.trim().parse().ok()?;
                (min..=max)
                    .contains(&number)
                    .then(|| number.to_compact_string())
            }
            Kind::Text { max } => (value.chars().count() <= max).then(|| value.into()),
            Kind::List { allowed, max } => {
                let items: Vec<_> = items(value).collect();
                let good = items.len() <= max && items.iter().all(|item| allowed(item));
                good.then(|| items.join(",").into())
            }
            Kind::Checked(check) => check(value).then(|| value.into()),
        }
    }
}

/// The name of an organization that may stand in a certificate (WP:A00.FR.404, WP:A02.FR.13): at most 64
/// characters, all of which are seen. It may be empty: then there is none.
pub(crate) fn is_organization(name: &str) -> bool {
    name.chars().count() <= 64 && name.chars().all(is_visible)
}

fn items(value: &str) -> impl Iterator<Item = &str> {
    value
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

/// Why a value was not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum VariableError {
    /// There is no such key.
    Unknown,
    /// The CSMS may not change it.
    ReadOnly,
    /// The value is not allowed.
    Invalid,
}

impl core::fmt::Display for VariableError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Unknown => "there is no such key",
            Self::ReadOnly => "the key is read-only",
            Self::Invalid => "the value is not allowed",
        })
    }
}

impl core::error::Error for VariableError {}

/// All values of a station.
#[derive(Debug, Default)]
pub(crate) struct Variables(Vec<Variable>);

impl Variables {
    /// `overrides` are other defaults; unknown keys and impossible values among them are ignored.
    pub(crate) fn restore(
        definitions: Vec<Variable>,
        overrides: &[(String, String)],
        records: &Records,
    ) -> Self {
        let restore = |mut variable: Variable| {
            let key = record_key(&variable.key);
            let stored: Option<String> = records.get(&key);
            let stored = stored.and_then(|value| {
                let accepted = variable.accept(&value);
                if accepted.is_none() {
                    records.reject(&key, "its value is not allowed (any more)");
                }
                accepted
            });
            let configured = || {
                let named = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(&variable.key);
                let (_, value) = overrides.iter().find(named)?;
                variable.accept(value)
            };
            if let Some(value) = stored.or_else(configured) {
                variable.value = value;
            }
            variable
        };
        let mut all: Vec<Variable> = definitions.into_iter().map(restore).collect();
        // There will never be more.
        all.shrink_to_fit();
        Self(all)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Variable> {
        self.0.iter()
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Variable> {
        self.0
            .iter()
            .find(|variable| variable.key.eq_ignore_ascii_case(key))
    }

    pub(crate) fn text(&self, key: &str) -> &str {
        self.get(key).map_or("", |variable| &variable.value)
    }

    /// `false` if there is no such key.
    pub(crate) fn bool(&self, key: &str) -> bool {
        self.text(key) == "true"
    }

    /// 0 if there is no such key.
    pub(crate) fn u32(&self, key: &str) -> u32 {
        self.text(key).parse().unwrap_or(0)
    }

    pub(crate) fn list(&self, key: &str) -> impl Iterator<Item = &str> {
        items(self.text(key))
    }

    /// Whether the CSMS could set this value, without setting it.
    pub(crate) fn check(&self, key: &str, value: &str) -> Result<&Variable, VariableError> {
        let variable = self.get(key).ok_or(VariableError::Unknown)?;
        if variable.access == Access::ReadOnly {
            return Err(VariableError::ReadOnly);
        }
        variable.accept(value).ok_or(VariableError::Invalid)?;
        Ok(variable)
    }

    /// The allowed number that comes nearest to this one.
    pub(crate) fn nearest(&self, key: &str, number: u32) -> i64 {
        let number = i64::from(number);
        match self.get(key).map(|variable| variable.kind) {
            Some(Kind::Integer { min, max }) if min <= max => number.clamp(min, max),
            _ => number,
        }
    }

    /// Whether there was a value of this key that cannot be read any more.
    #[cfg_attr(not(feature = "v1_6"), allow(dead_code))]
    pub(crate) fn was_unreadable(key: &str, records: &Records) -> bool {
        records.is_rejected(&record_key(key))
    }

    /// Sets a value, also of a read-only key.
    pub(crate) fn set(&mut self, key: &str, value: &str) -> Result<Option<Change>, VariableError> {
        let variable = self
            .0
            .iter_mut()
            .find(|variable| variable.key.eq_ignore_ascii_case(key))
            .ok_or(VariableError::Unknown)?;
        let value = variable.accept(value);
        let value = value.ok_or(VariableError::Invalid)?;
        if value == variable.value {
            return Ok(None);
        }
        let key = record_key(&variable.key);
        let change = record(key, &value).map(Change::Store);
        variable.value = value;
        Ok(change)
    }
}

fn record_key(key: &str) -> String {
    format!("{PREFIX}{}", key_part(key))
}
