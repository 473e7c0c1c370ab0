//! What the generated modules look like from outside: names that programs rely on, and no type that checks nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

const VERSIONS: [(&str, &str); 3] = [
    ("v1_6", include_str!(concat!(env!("OUT_DIR"), "/v1_6.rs"))),
    (
        "v2_0_1",
        include_str!(concat!(env!("OUT_DIR"), "/v2_0_1.rs")),
    ),
    ("v2_1", include_str!(concat!(env!("OUT_DIR"), "/v2_1.rs"))),
];

/// `(name, members)` of every type, each member as it is declared.
fn types(source: &str) -> Vec<(&str, Vec<&str>)> {
    let mut types = Vec::new();
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        let declared = line
            .strip_prefix("pub struct ")
            .or(line.strip_prefix("pub enum "));
        let Some(declared) = declared else { continue };
        let name = declared.trim_end_matches([' ', '{', '}', ';']);
        let mut members = Vec::new();
        if declared.ends_with('{') {
            for member in lines.by_ref().take_while(|line| *line != "}") {
                let of_this_level = member
                    .strip_prefix("    ")
                    .filter(|rest| !rest.starts_with([' ', '/', '#', '>']));
                members.extend(
                    of_this_level.map(|member| member.strip_prefix("pub ").unwrap_or(member)),
                );
            }
        }
        types.push((name, members));
    }
    types
}

#[test]
fn the_types_of_every_version_are_counted() {
    for (version, source) in VERSIONS {
        let count = |word: &str| source.lines().filter(|line| line.starts_with(word)).count();
        let (objects, enumerations) = (count("pub struct "), count("pub enum "));
        println!("{version}: {objects} objects, {enumerations} enumerations");
        assert!(objects >= 78 && enumerations >= 40);
    }
}

#[test]
fn names_of_types_and_members_stay_what_they_are() {
    for (version, source) in VERSIONS {
        let mut names = String::new();
        for (name, members) in types(source) {
            let members: Vec<_> = members
                .iter()
                .map(|member| member.split([':', '(', ',']).next().unwrap_or_default())
                .collect();
            writeln!(names, "{name}: {}", members.join(" ")).unwrap();
        }
        let path = format!("{}/tests/names/{version}.txt", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("OCPP_BLESS").is_some() {
            fs::write(&path, &names).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        let (new, old): (BTreeSet<_>, BTreeSet<_>) =
            (names.lines().collect(), expected.lines().collect());
        assert!(
            names == expected,
            "{version} has other names than {path} (OCPP_BLESS=1 accepts them)\ngone: {:#?}\nnew: {:#?}",
            old.difference(&new).collect::<Vec<_>>(),
            new.difference(&old).collect::<Vec<_>>(),
        );
    }
}

#[test]
fn no_member_is_of_a_type_that_checks_nothing() {
    for (version, source) in VERSIONS {
        let defined: BTreeSet<_> = types(source).into_iter().map(|(name, _)| name).collect();
        let mut members = 0;
        for (name, fields) in types(source) {
            for field in fields {
                let Some((field, ty)) = field.split_once(": ") else {
                    continue;
                };
                members += 1;
                for word in ty.split(|c: char| !(c.is_alphanumeric() || c == '_')) {
                    let known = defined.contains(word)
                        || word.trim_end_matches("usize").parse::<u64>().is_ok()
                        || [
                            "",
                            "Option",
                            "ocpp_types",
                            "generated",
                            "Box",
                            "bool",
                            "i64",
                            "MIN",
                            "MAX",
                            "usize",
                            "u32",
                            "BoundedString",
                            "CiString",
                            "Text",
                            "BoundedInteger",
                            "NonNegative",
                            "BoundedNumber",
                            "Number",
                            "Tenths",
                            "DateTime",
                            "Uri",
                            "CustomData",
                            "BoundedVec",
                            "NonEmpty",
                            "Json",
                        ]
                        .contains(&word);
                    assert!(known, "{version}::{name}.{field} is {ty}: what is {word}?");
                }
            }
        }
        assert!(
            members > 150,
            "{version}: only {members} members were found"
        );
    }
}

#[test]
fn every_type_and_member_is_documented() {
    for (version, source) in VERSIONS {
        let lines: Vec<_> = source.lines().map(str::trim_start).collect();
        for (at, line) in lines.iter().enumerate() {
            if !line.starts_with("pub ") {
                continue;
            }
            let above = lines[..at].iter().rev();
            let docs = above
                .skip_while(|line| line.starts_with("#["))
                .take_while(|line| line.starts_with("///"));
            assert!(docs.count() > 0, "{version}: {line} has no documentation");
        }
    }
}
