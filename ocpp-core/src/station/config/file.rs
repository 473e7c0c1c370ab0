//! How a configuration is written in a file.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use ocpp_types::Version;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

pub(super) fn versions<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<Version>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    let version = |name: &String| {
        name.parse::<Version>()
            .map_err(|_| D::Error::custom(alloc::format!("{name} is no version of OCPP")))
    };
    names.iter().map(version).collect()
}

pub(super) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    u64::deserialize(deserializer).map(Duration::from_secs)
}

pub(super) fn table<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<(String, String)>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Value {
        Flag(bool),
        Number(i64),
        Text(String),
    }
    let table = BTreeMap::<String, Value>::deserialize(deserializer)?;
    let text = |value| match value {
        Value::Flag(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text,
    };
    Ok(table
        .into_iter()
        .map(|(key, value)| (key, text(value)))
        .collect())
}

#[cfg(feature = "serde")]
pub(super) fn whole_seconds<S: serde::Serializer>(
    duration: &Duration,
    to: S,
) -> Result<S::Ok, S::Error> {
    to.serialize_u64(duration.as_secs())
}

/// Of what stands there twice the last counts.
#[cfg(feature = "serde")]
pub(super) fn as_table<S: serde::Serializer>(
    pairs: &[(String, String)],
    to: S,
) -> Result<S::Ok, S::Error> {
    let table: BTreeMap<_, _> = pairs.iter().map(|(key, value)| (key, value)).collect();
    to.collect_map(table)
}
