//! JSON Schemas of what crosses the border.

use alloc::string::String;
use alloc::vec::Vec;

use ocpp_core::csms;
use ocpp_core::station::{self, Record, StationConfig, StationState};
use schemars::{JsonSchema, schema_for};
use serde_json::Value;

use crate::{fleet, message, remote, session};

/// What a station can be told: an input, or an order of its application.
#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)] // Only its schema is wanted.
enum StationInput {
    Input(station::Input),
    Order(crate::station::Order),
}

/// What the CSMS's side of a station can be told: an input, or an order of its application.
#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)] // Only its schema is wanted.
enum RemoteInput {
    Input(csms::remote::Input),
    Order(remote::Order),
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
        ("remote-config", schema_for!(remote::Config)),
        (
            "remote-records",
            schema_for!(Vec<csms::ledger::RecordChange>),
        ),
        ("remote-input", schema_for!(RemoteInput)),
        ("remote-output", schema_for!(csms::remote::Output)),
        ("remote-state", schema_for!(remote::State<'static>)),
        ("fleet-config", schema_for!(fleet::Config)),
        ("fleet-input", schema_for!(fleet::Order)),
        ("fleet-output", schema_for!(fleet::FleetOutput<'static>)),
        ("fleet-state", schema_for!(fleet::State)),
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

/// ``[`A`](b)`` and ``[`A`]`` become `` `A` ``, `[a](b)` becomes `a`; lines that are broken for the source are joined.
fn without_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        plain.push_str(before);
        let Some((name, after)) = link.split_once(']') else {
            plain.push('[');
            rest = link;
            continue;
        };
        let target = after.strip_prefix('(').and_then(|at| at.split_once(')'));
        match target {
            Some((_, after)) => {
                plain.push_str(name);
                rest = after;
            }
            None if name.starts_with('`') => {
                plain.push_str(name);
                rest = after;
            }
            None => {
                plain.push('[');
                rest = link;
            }
        }
    }
    plain.push_str(rest);
    let paragraphs = plain
        .split("\n\n")
        .map(|paragraph| paragraph.replace('\n', " "));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}
