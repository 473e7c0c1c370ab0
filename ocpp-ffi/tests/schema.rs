//! The schemas in the folder `schema` are those of this program. `OCPP_UPDATE_SCHEMAS=1` writes them anew.

use std::fs;
use std::path::Path;

#[test]
fn the_schemas_in_the_repository_are_those_of_the_program() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
    let update = std::env::var_os("OCPP_UPDATE_SCHEMAS").is_some();
    let mut names = Vec::new();
    for (name, schema) in ocpp_ffi::schema::schemas() {
        let mut text = serde_json::to_string_pretty(&schema).unwrap();
        text.push('\n');
        let file = folder.join(name).with_extension("json");
        if update {
            fs::write(&file, &text).unwrap();
        }
        // As values: another crate of the build decides in which order members are written.
        let there = fs::read_to_string(&file).unwrap_or_default();
        let [there, made] = [there, text].map(|text| serde_json::from_str(&text).ok());
        let there: Option<serde_json::Value> = there;
        assert!(
            there.is_some() && there == made,
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
