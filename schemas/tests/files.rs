//! The crate is what the folders are, and the folders are what was published.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ocpp_schemas::{ALL, Set};
use serde_json::Value;
use sha2::{Digest, Sha256};

fn folder(set: &Set) -> String {
    format!("v{}", set.version)
}

/// The JSON files of a folder, as `v1.6/Authorize.json` below the crate.
fn files(folder: &Path, prefix: &str) -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return BTreeSet::new();
    };
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .map(|name| format!("{prefix}/{name}"))
        .collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_list_is_the_folders() {
    let mut amendments = BTreeSet::new();
    for set in ALL {
        let listed: Vec<_> = set.schemas.iter().map(|schema| schema.path).collect();
        assert!(
            listed.is_sorted(),
            "{} is not in the order of names",
            set.version
        );
        let listed: BTreeSet<_> = listed.into_iter().map(String::from).collect();
        assert_eq!(
            listed.len(),
            set.schemas.len(),
            "{} has duplicates",
            set.version
        );
        let folder = folder(&set);
        assert_eq!(listed, files(&root().join(&folder), &folder));

        let listed: BTreeSet<_> = set
            .amendments
            .iter()
            .map(|amendment| amendment.path.to_owned())
            .collect();
        let folder = format!("amendments/{folder}");
        assert_eq!(listed, files(&root().join(&folder), &folder));
        amendments.insert(folder);
    }
    let on_disk: BTreeSet<_> = files(&root().join("amendments"), "amendments");
    assert!(on_disk.is_subset(&amendments), "{on_disk:?}");
    assert_eq!(ALL.map(|set| set.schemas.len()), [78, 128, 181]);
}

#[test]
fn every_file_is_byte_for_byte_as_published() {
    let sums = fs::read_to_string(root().join("SHA256SUMS")).unwrap();
    let published: BTreeSet<_> = sums
        .lines()
        .map(|line| {
            line.split_once("  ")
                .expect("a checksum, two spaces, a path")
        })
        .map(|(sum, path)| (path.to_owned(), sum.to_owned()))
        .collect();
    let embedded: BTreeSet<_> = ALL
        .iter()
        .flat_map(|set| set.schemas)
        .map(|schema| {
            let on_disk = fs::read(root().join(schema.path)).unwrap();
            assert_eq!(on_disk, schema.text.as_bytes(), "{}", schema.path);
            let sum = Sha256::digest(schema.text);
            let hex: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
            (schema.path.to_owned(), hex)
        })
        .collect();
    assert_eq!(embedded, published);
}

#[test]
fn every_schema_is_an_object_of_a_known_draft_and_message_names_are_regular() {
    let mut drafts = std::collections::BTreeMap::<_, usize>::new();
    for set in ALL {
        for schema in set.schemas {
            let json = schema.parse();
            assert_eq!(json["type"], "object", "{}", schema.path);
            let draft = json["$schema"].as_str().unwrap().to_owned();
            *drafts.entry((set.version, draft)).or_default() += 1;

            let stem = schema
                .path
                .rsplit('/')
                .next()
                .unwrap()
                .strip_suffix(".json")
                .unwrap();
            let expected = if set.version == "1.6" && !stem.ends_with("Response") {
                format!("{stem}Request")
            } else {
                stem.to_owned()
            };
            assert_eq!(schema.message, expected, "{}", schema.path);
            assert_eq!(
                ocpp_schemas::find(set, &expected).unwrap().path,
                schema.path
            );
        }
    }
    let of = |version, draft: &str| {
        let draft = format!("http://json-schema.org/{draft}/schema#");
        drafts.get(&(version, draft)).copied().unwrap_or_default()
    };
    assert_eq!((of("1.6", "draft-04"), of("1.6", "draft-06")), (56, 22));
    assert_eq!((of("2.0.1", "draft-06"), of("2.1", "draft-06")), (128, 181));
}

#[test]
fn every_request_has_its_response_but_the_one_sent_with_send() {
    for set in ALL {
        let alone: Vec<_> = set
            .schemas
            .iter()
            .map(|schema| schema.message)
            .filter(|message| {
                let counterpart = match (
                    message.strip_suffix("Request"),
                    message.strip_suffix("Response"),
                ) {
                    (Some(action), _) => format!("{action}Response"),
                    (_, Some(action)) => format!("{action}Request"),
                    _ => return true,
                };
                ocpp_schemas::find(set, &counterpart).is_none()
            })
            .collect();
        let expected: &[&str] = if set.version == "2.1" {
            &["NotifyPeriodicEventStream"]
        } else {
            &[]
        };
        assert_eq!(alone, expected);
    }
}

#[test]
fn every_amendment_gives_its_reasons_and_changes_its_schema() {
    for set in ALL {
        for amendment in set.amendments {
            let json: Value = serde_json::from_str(amendment.text).unwrap();
            let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
            assert!(
                !text("reason").is_empty() && !text("source").is_empty(),
                "{}",
                amendment.path
            );
            let schema = set
                .schemas
                .iter()
                .find(|schema| schema.path == text("schema"))
                .unwrap_or_else(|| panic!("{} amends no schema", amendment.path));
            assert!(
                amendment.path.ends_with(schema.path),
                "{} is misplaced",
                amendment.path
            );
            let operations: json_patch::Patch =
                serde_json::from_value(json["patch"].clone()).unwrap();
            let mut amended = schema.parse();
            json_patch::patch(&mut amended, &operations)
                .unwrap_or_else(|error| panic!("{}: {error}", amendment.path));
            assert_ne!(
                amended,
                schema.parse(),
                "{} changes nothing",
                amendment.path
            );
        }
    }
}
