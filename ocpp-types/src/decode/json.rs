//! JSON text taken apart by one level, every value kept as its text.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The place of a syntax error, with a little of the text around it.
pub(super) fn describe_syntax(json: &str, error: &serde_json::Error) -> String {
    let line = json
        .lines()
        .nth(error.line().saturating_sub(1))
        .unwrap_or_default();
    let near: String = line
        .chars()
        .skip(error.column().saturating_sub(20))
        .take(40)
        .collect();
    format!("{error}, near {near:?}")
}

/// The element of an array that has exactly one.
pub(super) fn only_element(json: &str) -> Option<&str> {
    match serde_json::from_str::<[&RawValue; 1]>(json) {
        Ok([element]) => Some(element.get()),
        Err(_) => None,
    }
}

/// The members of an object, in order, duplicates included.
pub(super) struct Members<'a>(pub(super) Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(MembersVisitor)
    }
}
