//! Small schemas beside the Rust that they become: one for every construct of the three versions of OCPP.
//!
//! `OCPP_BLESS=1 cargo test -p ocpp-codegen --test golden` writes the expected files; look at the difference before
//! committing it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::PathBuf;

use ocpp_codegen::{ActionSettings, Generator, ProtocolSettings, Settings};
use serde_json::Value;

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden"))
}

fn schema(name: &str) -> Value {
    let text = fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|&(from, to)| (from.to_owned(), to.to_owned()))
        .collect()
}

/// Compares what becomes of schemas in each language with the expected files.
fn check(name: &str, generator: &Generator) {
    compare(&format!("{name}.rs"), &generator.generate().unwrap());
    compare(
        &format!("{name}.d.ts"),
        &generator.typescript(true).unwrap(),
    );
    compare(
        &format!("{name}.py"),
        &generator.python("Types.", true).unwrap(),
    );
}

/// Compares with the expected file, or writes it.
fn compare(file: &str, source: &str) {
    let path = folder().join(file);
    if std::env::var_os("OCPP_BLESS").is_some() {
        fs::write(&path, source).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    let different = source
        .lines()
        .zip(expected.lines())
        .position(|(new, old)| new != old);
    assert!(
        source == expected,
        "{} is no longer what the generator writes, from line {} on; OCPP_BLESS=1 accepts the change:\n{source}",
        path.display(),
        different.unwrap_or(0) + 1,
    );
}

fn golden(name: &str, root: &str, settings: Settings) {
    let mut generator = Generator::new(settings);
    generator
        .add(root, &format!("{name}.json"), &schema(name))
        .unwrap();
    check(name, &generator);
}

#[test]
fn draft_04_with_everything_inline() {
    let settings = Settings {
        inline_names: pairs(&[
            ("chargingProfile", "ChargingProfile"),
            (
                "ChargingProfile/chargingProfilePurpose",
                "ChargingProfilePurpose",
            ),
        ]),
        case_insensitive: vec!["*[20]".into()],
        ..Settings::default()
    };
    golden("draft_04_inline", "StartChargingRequest", settings);
}

#[test]
fn draft_06_with_shared_definitions() {
    let settings = Settings {
        cut_suffixes: vec!["EnumType".into(), "Type".into()],
        renames: pairs(&[("LogEnumType", "LogType")]),
        custom_data: vec!["CustomDataType".into()],
        // customData is always left out.
        lenience: pairs(&[("StatusRequest.*", "Schedule")]),
        ..Settings::default()
    };
    golden("draft_06_shared", "StatusRequest", settings);
}

#[test]
fn every_bound_is_a_type() {
    let settings = Settings {
        case_insensitive: vec!["Bounds.identifier".into()],
        lenience: pairs(&[
            ("Bounds.tenths", "Limit"),
            ("*.identifier", "Identity"),
            ("Bounds.free", "AnyAsText"),
            ("Bounds.at", "LeaveOut"),
        ]),
        ..Settings::default()
    };
    golden("bounds", "Bounds", settings);
}

#[test]
fn arrays_with_and_without_bounds() {
    golden(
        "arrays",
        "Arrays",
        Settings {
            cut_suffixes: vec!["Type".into()],
            ..Settings::default()
        },
    );
}

#[test]
fn open_objects_keep_what_they_do_not_know() {
    golden("open_object", "OpenObject", Settings::default());
}

#[test]
fn an_object_without_members() {
    golden("empty", "Empty", Settings::default());
}

#[test]
fn types_that_contain_themselves_are_boxed() {
    golden(
        "recursion",
        "Tree",
        Settings {
            cut_suffixes: vec!["Type".into()],
            ..Settings::default()
        },
    );
}

#[test]
fn names_that_rust_does_not_allow() {
    golden("names", "Names", Settings::default());
}

#[test]
fn actions_with_requests_responses_and_messages_without_response() {
    let action = |name: &str, sender: &str| ActionSettings {
        name: name.into(),
        sender: sender.into(),
        block: "Core".into(),
    };
    let protocol = ProtocolSettings {
        version: "V2_1".into(),
        actions: vec![action("Ping", "Both"), action("Notify", "ChargingStation")],
    };
    let mut generator = Generator::new(Settings {
        protocol: Some(protocol),
        ..Settings::default()
    });
    for root in ["PingRequest", "PingResponse", "Notify"] {
        generator.add(root, "empty.json", &schema("empty")).unwrap();
    }
    check("protocol", &generator);
}

#[test]
fn the_output_does_not_depend_on_the_order_of_files_nor_on_the_run() {
    let settings = || Settings {
        cut_suffixes: vec!["Type".into()],
        ..Settings::default()
    };
    let generate = |names: &[&str]| {
        let mut generator = Generator::new(settings());
        for name in names {
            generator
                .add(&ocpp_codegen::type_name(name), name, &schema(name))
                .unwrap();
        }
        generator.generate().unwrap()
    };
    let first = generate(&["arrays", "recursion", "names", "bounds"]);
    assert_eq!(first, generate(&["arrays", "recursion", "names", "bounds"]));
    assert_eq!(first, generate(&["bounds", "names", "recursion", "arrays"]));
}
