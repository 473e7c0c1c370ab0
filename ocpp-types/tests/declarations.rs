//! The type definitions for other languages in the repository are those of the schemas. `OCPP_UPDATE_DECLARATIONS=1` writes them
//! anew.

#![allow(clippy::unwrap_used)] // A test that cannot go on fails.

use std::fs;
use std::path::Path;

#[path = "../generator.rs"]
mod generator;

#[test]
fn the_declarations_in_the_repository_are_those_of_the_schemas() {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ocpp-ffi");
    if !packages.is_dir() {
        // This crate stands alone: there is nothing to compare with.
        return;
    }
    let update = std::env::var_os("OCPP_UPDATE_DECLARATIONS").is_some();
    for (version, number, set) in [
        ("V1_6", "1.6", ocpp_schemas::V1_6),
        ("V2_0_1", "2.0.1", ocpp_schemas::V2_0_1),
        ("V2_1", "2.1", ocpp_schemas::V2_1),
    ] {
        let generator = generator::generator(version, set).unwrap();
        let module = version.to_lowercase();
        // Without the descriptions, whose licence permits no changes.
        let title =
            format!("The messages of OCPP {number} as types, for those who check their programs.");
        for (file, text) in [
            (
                format!("wasm/js/{module}.d.ts"),
                generator.typescript(false).unwrap(),
            ),
            (
                format!("python/python/ocpp_core/{module}.py"),
                generator.python(&title, false).unwrap(),
            ),
        ] {
            let path = packages.join(file);
            if update {
                fs::write(&path, &text).unwrap();
            }
            let there = fs::read_to_string(&path).unwrap_or_default();
            assert!(
                there == text,
                "{} is out of date: OCPP_UPDATE_DECLARATIONS=1 cargo test -p ocpp-types --test declarations",
                path.display()
            );
        }
    }
}
