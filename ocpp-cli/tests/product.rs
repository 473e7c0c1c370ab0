//! Descriptions of products: written from a preset, changed, and tested.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::process::{Command, Output};

use common::Folder;
use ocpp_conformance::preset;
use serde_json::Value;

fn conformance(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ocpp"));
    command.arg("conformance").args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A file with a description, as text.
fn described(folder: &Folder, name: &str, text: &str) -> String {
    let file = folder.file(name);
    std::fs::write(&file, text).unwrap();
    file
}

#[test]
fn a_written_description_is_the_preset_in_both_forms() {
    let folder = Folder::new("product-written");
    for name in preset::NAMES {
        let listed = conformance(&["list", "--preset", name]).stdout;
        for (form, file) in [(None, "product.toml"), (Some("--json"), "product.json")] {
            let mut arguments = vec!["product", "--like", name];
            arguments.extend(form);
            let written = conformance(&arguments);
            assert!(written.status.success(), "{}", said(&written));
            let text = String::from_utf8(written.stdout).unwrap();
            let file = described(&folder, file, &text);
            let again = conformance(&["list", "--product", &file]);
            assert!(again.status.success(), "{name}: {}", said(&again));
            assert_eq!(again.stdout, listed, "{name} {form:?}");
        }
    }
}

/// What the product does not have is not applicable, with the reason, and the report names the product.
#[test]
fn cases_that_do_not_suit_a_described_product_say_why() {
    let folder = Folder::new("product-small");
    for (like, case, without) in [
        ("chaevi", "TC_007_1_CS", "authorization_cache = false"),
        ("chaevi", "TC_042_2_CS", "local_list = false"),
        ("alpitronic", "TC_C_08_CS", "authorization_cache = false"),
    ] {
        let text = format!("like = \"{like}\"\nname = \"our own\"\n[features]\n{without}\n");
        let file = described(&folder, "product.toml", &text);
        let run = conformance(&[
            "run",
            "--quiet",
            "--report",
            "json",
            "--product",
            &file,
            case,
        ]);
        let report: Value = serde_json::from_slice(&run.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", said(&run)));
        assert_eq!(report["preset"], "our own");
        let result = &report["cases"][0];
        assert_eq!(result["result"], "NOT_APPLICABLE", "{result}");
        assert!(!result["reason"].as_str().unwrap().is_empty());
        assert_eq!(run.status.code(), Some(0));
    }
}

#[test]
fn one_connector_is_enough() {
    let folder = Folder::new("product-one");
    for (like, cases) in [
        ("chaevi", ["TC_004_1_CS", "TC_057_CS"]),
        ("alpitronic", ["TC_E_03_CS", "TC_G_05_CS"]),
    ] {
        let text = format!("{{\"like\": \"{like}\", \"name\": \"small\", \"connectors\": 1}}");
        let file = described(&folder, "product.json", &text);
        let run = conformance(&["run", "--quiet", "--product", &file, cases[0], cases[1]]);
        assert_eq!(run.status.code(), Some(0), "{}", said(&run));
    }
}

#[test]
fn what_is_wrong_with_a_description_is_named() {
    let folder = Folder::new("product-wrong");
    for (name, text, words) in [
        (
            "a.toml",
            "like = \"evsis\"\n[features]\nwifi = true\n",
            "/features/wifi: ",
        ),
        (
            "b.toml",
            "like = \"evsis\"\nconnectors = \"two\"\n",
            "/connectors: ",
        ),
        (
            "c.json",
            r#"{"like": "evsis", "settings": {"pin": "1"}}"#,
            "/settings/pin: ",
        ),
        (
            "d.json",
            r#"{"like": "nobody"}"#,
            "/like: there is no preset nobody",
        ),
        ("e.json", "{", "EOF"),
        (
            "f.toml",
            "like = \"evsis\"\nconnectors = 0\n",
            "without connectors",
        ),
    ] {
        let file = described(&folder, name, text);
        let run = conformance(&["run", "--product", &file]);
        assert_eq!(run.status.code(), Some(2), "{name}");
        let said = said(&run);
        assert!(said.contains(name) && said.contains(words), "{said}");
    }
    let run = conformance(&["run", "--product", &folder.file("none.toml")]);
    assert_eq!(run.status.code(), Some(2));
    assert!(said(&run).contains("none.toml"), "{}", said(&run));
}
