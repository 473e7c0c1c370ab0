//! The header in the repository is that of this source. `OCPP_UPDATE_HEADER=1` writes it anew.

use std::fs;
use std::path::Path;

#[test]
fn the_header_in_the_repository_is_that_of_the_source() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(folder.join("cbindgen.toml")).unwrap();
    let made = cbindgen::Builder::new()
        .with_config(config)
        // Its modules come along.
        .with_src(folder.join("src/lib.rs"))
        .generate()
        .unwrap();
    let mut text = Vec::new();
    made.write(&mut text);
    // What Rust's documentation asks of those who write unsafe code stands at the top of the header.
    let text = without_safety(&String::from_utf8(text).unwrap());
    let file = folder.join("include/ocpp.h");
    if std::env::var_os("OCPP_UPDATE_HEADER").is_some() {
        fs::write(&file, &text).unwrap();
    }
    let there = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        there == text,
        "{} is out of date: OCPP_UPDATE_HEADER=1 cargo test -p ocpp-c --test header",
        file.display()
    );
}

fn without_safety(header: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut skipped = false;
    for line in header.lines() {
        match line.trim() {
            "* # Safety" => {
                skipped = true;
                kept.pop();
            }
            "*/" => skipped = false,
            _ if skipped => continue,
            _ => {}
        }
        if !skipped {
            kept.push(line);
        }
    }
    kept.join("\n") + "\n"
}
