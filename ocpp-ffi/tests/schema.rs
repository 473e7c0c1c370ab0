//! The schemas in the folder `schema` are those of this program. `OCPP_UPDATE_SCHEMAS=1` writes them anew.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

/// With the members of all objects sorted: another crate of the build decides whether they keep the order in which they were made.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(all) => all.into_iter().map(sorted).collect(),
        Value::Object(members) => {
            let mut members: Vec<_> = members.into_iter().collect();
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
            let members = members
                .into_iter()
                .map(|(name, value)| (name, sorted(value)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        other => other,
    }
}

#[test]
fn the_schemas_in_the_repository_are_those_of_the_program() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
    let update = std::env::var_os("OCPP_UPDATE_SCHEMAS").is_some();
    let mut names = Vec::new();
    for (name, schema) in ocpp_ffi::schema::schemas() {
        let schema = sorted(schema);
        let mut text = serde_json::to_string_pretty(&schema).unwrap();
        text.push('\n');
        let file = folder.join(name).with_extension("json");
        if update {
            fs::write(&file, &text).unwrap();
        }
        let there = fs::read_to_string(&file).unwrap_or_default();
        assert!(
            there == text,
            "{} is out of date: OCPP_UPDATE_SCHEMAS=1 cargo test -p ocpp-ffi --test schema",
            file.display()
        );
        names.push(format!("{name}.json"));
    }
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(names.contains(&name), "nobody makes {name}");
    }
}

#[test]
fn descriptions_have_no_links_that_lead_nowhere() {
    for (name, schema) in ocpp_ffi::schema::schemas() {
        let text = serde_json::to_string(&schema).unwrap();
        assert!(!text.contains("](") && !text.contains("[`"), "{name}");
    }
}
