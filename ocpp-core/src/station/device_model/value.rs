//! What a value may be, and who may read and write it.

use alloc::vec::Vec;

use compact_str::{CompactString, ToCompactString};
use ocpp_types::{Decimal, is_visible};
use serde::Deserialize;

/// What the CSMS may do with a value (`MutabilityEnumType` of 2.x).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum VariableAccess {
    /// Read it.
    ReadOnly,
    /// Read and set it.
    ReadWrite,
    /// Set it: a secret, which the CSMS never gets.
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
    /// Comma separated, each item checked, so many different ones.
    List {
        allowed: fn(&str) -> bool,
        min: usize,
        max: usize,
    },
    /// Judged by a function.
    Checked(fn(&str) -> bool),
}

impl Kind {
    /// A value in its usual spelling, if it is one.
    pub(super) fn accept(self, value: &str) -> Option<CompactString> {
        match self {
            Self::Boolean => {
                let is = |text: &str| value.trim().eq_ignore_ascii_case(text);
                let value = value.trim().to_ascii_lowercase();
                (is("true") || is("false")).then(|| value.into())
            }
            Self::Integer { min, max } => {
                let number: i64 = value.trim().parse().ok()?;
                (min..=max)
                    .contains(&number)
                    .then(|| number.to_compact_string())
            }
            Self::Text { max } => (value.chars().count() <= max).then(|| value.into()),
            Self::List { allowed, min, max } => {
                let mut distinct = Vec::new();
                for item in items(value) {
                    if !distinct.contains(&item) {
                        distinct.push(item);
                    }
                }
                let items = distinct;
                let number = (min..=max).contains(&items.len());
                let good = number && items.iter().all(|item| allowed(item));
                good.then(|| items.join(",").into())
            }
            Self::Checked(check) => check(value).then(|| value.into()),
        }
    }
}

/// The name of an organization that may stand in a certificate (WP:A00.FR.404, WP:A02.FR.13): at most 64
/// characters, all of which are seen. It may be empty: then there is none.
pub(crate) fn is_organization(name: &str) -> bool {
    name.chars().count() <= 64 && name.chars().all(is_visible)
}

/// Whether an integer is written as 2.x wants it: neither leading zeros nor a plus sign (part 2, table 1), nor spaces.
pub(super) fn is_plain_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    match digits.as_bytes() {
        [b'0'] => digits == text,
        [first, rest @ ..] => (b'1'..=b'9').contains(first) && rest.iter().all(u8::is_ascii_digit),
        [] => false,
    }
}

/// A decimal as people write it: as in JSON, with spaces around it or a plus before it.
pub(crate) fn decimal(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let positive = text.strip_prefix('+').filter(|rest| !rest.starts_with('-'));
    positive.unwrap_or(text).parse().ok()
}

/// The items of a comma separated list.
pub(crate) fn items(value: &str) -> impl Iterator<Item = &str> {
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
    /// Nothing can be stored at present ([`Input::StorageFailed`](crate::station::Input::StorageFailed)).
    NotStored,
}

impl core::fmt::Display for VariableError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Unknown => "there is no such key",
            Self::ReadOnly => "the key is read-only",
            Self::Invalid => "the value is not allowed",
            Self::NotStored => crate::station::storage::EXPLANATION,
        })
    }
}

impl core::error::Error for VariableError {}
