//! Generates types from the schemas of this vendor.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut generator = ocpp_codegen::Generator::new(ocpp_codegen::Settings::default());
    for message in [
        "SetDisplayBrightnessRequest",
        "SetDisplayBrightnessResponse",
        "DisplayInfo",
    ] {
        generator.add_file(message, format!("schemas/{message}.json"))?;
    }
    generator.write_to_out_dir("vendor.rs")?;
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
