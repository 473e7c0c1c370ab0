//! JSON Schemas of what crosses the border.

use alloc::string::String;
use alloc::vec::Vec;

use ocpp_core::station::{self, Record, StationConfig, StationState};
use schemars::{JsonSchema, schema_for};
use serde_json::Value;

use crate::{message, session};

/// What a station can be told: an input, or an order of its application.
#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)] // Only its schema is wanted.
enum StationInput {
    Input(station::Input),
    Order(crate::station::Order),
}

/// The name of each text that crosses the border, and its schema.
#[must_use]
pub fn schemas() -> Vec<(&'static str, Value)> {
    let all = [
        ("station-config", schema_for!(StationConfig)),
        ("station-records", schema_for!(Vec<Record>)),
        ("station-input", schema_for!(StationInput)),
        ("station-output", schema_for!(station::Output)),
        ("station-state", schema_for!(StationState)),
        ("session-config", schema_for!(session::Config)),
        ("session-input", schema_for!(session::Input)),
        ("session-output", schema_for!(ocpp_core::session::Output)),
        ("session-state", schema_for!(session::State)),
        ("decoded", schema_for!(message::Decoded)),
        ("frame", schema_for!(message::Message<'static>)),
        ("error", schema_for!(crate::Error)),
    ];
    all.into_iter()
        .map(|(name, schema)| {
            let mut schema = schema.to_value();
            plain(&mut schema);
            (name, schema)
        })
        .collect()
}

/// Makes descriptions plain: links of Rust's documentation lead nowhere from a schema.
fn plain(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(text)) = members.get_mut("description") {
                *text = without_links(text);
            }
            members.values_mut().for_each(plain);
        }
        Value::Array(items) => items.iter_mut().for_each(plain),
        _ => {}
    }
}

/// ``[`A`](b)`` and ``[`A`]`` become `` `A` ``; lines that are broken for the source are joined.
fn without_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once("[`") {
        let Some((name, after)) = link.split_once("`]") else {
            break;
        };
        plain.push_str(before);
        plain.push('`');
        plain.push_str(name);
        plain.push('`');
        rest = match after
            .strip_prefix('(')
            .and_then(|after| after.split_once(')'))
        {
            Some((_, after)) => after,
            None => after,
        };
    }
    plain.push_str(rest);
    let paragraphs = plain
        .split("\n\n")
        .map(|paragraph| paragraph.replace('\n', " "));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}
