//! From JSON to values: with the place where something is wrong, and without a word that nobody understands.

use alloc::format;
use alloc::string::String;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use crate::Error;

/// Reads a value. Members that it does not have are refused: what they mean would be lost in silence.
pub(crate) fn read<T: Serialize + DeserializeOwned>(json: &str) -> Result<T, Error> {
    let value: T = read_closed(json)?;
    let understood = serde_json::to_value(&value).map_err(|error| Error::new(&error))?;
    let said = serde_json::from_str(json).map_err(|error| Error::new(&error))?;
    match unknown(&said, &understood, "") {
        None => Ok(value),
        Some(pointer) => Err(Error::at(pointer, &"there is no such member")),
    }
}

/// Reads a value of a type that refuses unknown members by itself.
pub(crate) fn read_closed<T: DeserializeOwned>(json: &str) -> Result<T, Error> {
    let mut from = serde_json::Deserializer::from_str(json);
    let value = serde_path_to_error::deserialize(&mut from)
        .map_err(|error| Error::at(pointer(error.path()), error.inner()))?;
    from.end()
        .map_err(|error| Error::at(String::new(), &error))?;
    Ok(value)
}

/// Whether an input (`"Name"` or `{"Name": …}`) is one of these.
pub(crate) fn names_one_of(input: &str, names: &[&str]) -> bool {
    let name = input.trim_start_matches(['{', ' ', '\t', '\r', '\n']);
    let name = name
        .strip_prefix('"')
        .and_then(|rest| rest.split('"').next());
    name.is_some_and(|name| names.contains(&name))
}

fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            // Numbers are read through a member that only serde_json and its callers know.
            Segment::Map { key } if key.starts_with("$serde_json::") => {}
            Segment::Map { key } => add(&mut pointer, key),
            Segment::Enum { variant } => add(&mut pointer, variant),
            Segment::Unknown => break,
        }
    }
    pointer
}

fn add(pointer: &mut String, name: &str) {
    pointer.push('/');
    pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
}

/// The first member of what was said that is not in what was understood. `null` says nothing.
fn unknown(said: &Value, understood: &Value, at: &str) -> Option<String> {
    match (said, understood) {
        (Value::Object(said), Value::Object(understood)) => {
            said.iter().find_map(|(name, member)| {
                let mut at = String::from(at);
                add(&mut at, name);
                match understood.get(name) {
                    Some(understood) => unknown(member, understood, &at),
                    None if member.is_null() => None,
                    None => Some(at),
                }
            })
        }
        (Value::Array(said), Value::Array(understood)) => said
            .iter()
            .zip(understood)
            .enumerate()
            .find_map(|(index, (said, understood))| {
                unknown(said, understood, &format!("{at}/{index}"))
            }),
        // An enumeration value may be written as `{"Start": null}` too.
        _ => None,
    }
}
