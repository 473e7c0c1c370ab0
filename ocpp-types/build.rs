//! Generates the messages of every enabled version from the official schemas.

mod generator;

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=generator.rs");
    println!("cargo::rerun-if-changed=versions");
    for (feature, set) in [
        ("V1_6", ocpp_schemas::V1_6),
        ("V2_0_1", ocpp_schemas::V2_0_1),
        ("V2_1", ocpp_schemas::V2_1),
    ] {
        if std::env::var_os(format!("CARGO_FEATURE_{feature}")).is_some() {
            let generator = generator::generator(feature, set)?;
            generator.write_to_out_dir(&format!("{}.rs", feature.to_lowercase()))?;
        }
    }
    Ok(())
}
