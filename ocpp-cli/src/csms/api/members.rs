//! What stands in a body although its schema has no place for it. Reading alone passes over it, and somebody's wish would be carried
//! out in another way than he meant.

use serde_json::{Map, Value};

/// A schema with the others that it refers to by name.
#[derive(Clone, Copy)]
pub(super) struct Schemas<'a>(pub(super) &'a Map<String, Value>);

impl Schemas<'_> {
    /// The JSON pointer of the first member that the schema does not know; `None` if all are known.
    pub(super) fn unknown(self, schema: &Value, body: &Value) -> Option<String> {
        self.look(&self.alternatives(&[schema]), body)
    }

    /// The schemas that a value may have to match: alternatives and parts are taken apart, and names are followed.
    fn alternatives<'s>(&'s self, schemas: &[&'s Value]) -> Vec<&'s Value> {
        let mut all = Vec::new();
        let mut next: Vec<&Value> = schemas.to_vec();
        while let Some(schema) = next.pop() {
            let name = schema["$ref"].as_str().and_then(|to| to.rsplit('/').next());
            next.extend(name.and_then(|name| self.0.get(name)));
            for group in ["allOf", "anyOf", "oneOf"] {
                next.extend(schema[group].as_array().into_iter().flatten());
            }
            all.push(schema);
        }
        all
    }

    fn look(&self, schemas: &[&Value], value: &Value) -> Option<String> {
        match value {
            Value::Object(members) => {
                let objects = || {
                    schemas
                        .iter()
                        .filter_map(|schema| schema["properties"].as_object())
                };
                // Whatever a station is to make of it: charging profiles, data of vendors.
                objects().next()?;
                members.iter().find_map(|(name, member)| {
                    let of: Vec<&Value> = objects().filter_map(|known| known.get(name)).collect();
                    let step = name.replace('~', "~0").replace('/', "~1");
                    if of.is_empty() {
                        return Some(format!("/{step}"));
                    }
                    let inside = self.look(&self.alternatives(&of), member);
                    inside.map(|inside| format!("/{step}{inside}"))
                })
            }
            Value::Array(items) => items.iter().enumerate().find_map(|(at, item)| {
                let of = schemas.iter().filter_map(|schema| {
                    let place = schema["prefixItems"].get(at);
                    place.or_else(|| schema.get("items"))
                });
                let of: Vec<&Value> = of.collect();
                let inside = self.look(&self.alternatives(&of), item);
                inside.map(|inside| format!("/{at}{inside}"))
            }),
            _ => None,
        }
    }
}
