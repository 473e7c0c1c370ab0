//! Which requirements of the specification the code names, and which it does not: docs/requirements.
//!
//! `OCPP_UPDATE_REQUIREMENTS=1 cargo test -p ocpp-conformance --test requirements` writes the tables anew.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use ocpp_conformance::case::Side;
use ocpp_conformance::product::Product;
use ocpp_conformance::runner::{Verdict, run_virtual};
use ocpp_conformance::{cases, preset};

mod scan;

/// What the lists say of one requirement.
struct Requirement {
    /// `station`, `csms`, `local controller` or `both`: whom the wording concerns.
    subject: String,
}

impl Requirement {
    fn concerns_stations(&self) -> bool {
        matches!(self.subject.as_str(), "station" | "both")
    }
}

/// Where an id stands.
#[derive(Default)]
struct Places {
    code: BTreeSet<String>,
    tests: BTreeSet<String>,
    /// Cases of the test lab, and whether each passes on the station of this library.
    cases: BTreeMap<String, bool>,
    /// The same of the CSMS of this library.
    csms_cases: BTreeMap<String, bool>,
}

type Index = BTreeMap<String, Places>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn folder() -> PathBuf {
    root().join("docs/requirements")
}

fn rows(file: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(folder().join(file)).unwrap();
    let lines = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| line.split('\t').map(str::to_owned).collect())
        .collect()
}

fn requirements() -> BTreeMap<String, Requirement> {
    let rows = ["2.0.1.ids", "whitepaper.ids"].into_iter().flat_map(rows);
    rows.map(|row| {
        (
            row[0].clone(),
            Requirement {
                subject: row[1].clone(),
            },
        )
    })
    .collect()
}

/// Why a requirement is not offered, by the most special entry.
fn reason<'r>(not_offered: &'r [Vec<String>], id: &str) -> Option<&'r str> {
    let matching = not_offered
        .iter()
        .filter(|row| id.starts_with(row[0].as_str()));
    matching
        .max_by_key(|row| row[0].len())
        .map(|row| row[1].as_str())
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules" {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Reads every source file. What follows `#[cfg(test)]` in a file is test, and so is everything in a folder `tests`.
fn index(requirements: &BTreeMap<String, Requirement>) -> Index {
    let known = |id: &str| requirements.contains_key(id);
    let mut files = Vec::new();
    sources(&root(), &mut files);
    let mut index = Index::new();
    for file in files {
        let name = file
            .strip_prefix(root())
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/");
        let text = fs::read_to_string(&file).unwrap();
        // The requirements that a case claims are no code that meets them, and this test names ids that do not exist.
        if name.starts_with("conformance/src/cases")
            || name.starts_with("conformance/tests/requirements")
        {
            continue;
        }
        let is_test = name.contains("/tests/") || name.ends_with("/tests.rs");
        let split = if is_test {
            0
        } else {
            text.find("#[cfg(test)]").unwrap_or(text.len())
        };
        for id in scan::ids(&text[..split], &known) {
            index.entry(id).or_default().code.insert(name.clone());
        }
        for id in scan::ids(&text[split..], &known) {
            index.entry(id).or_default().tests.insert(name.clone());
        }
    }
    add_cases(&mut index, &known);
    index
}

fn add_cases(index: &mut Index, known: &dyn Fn(&str) -> bool) {
    let named = |names: &[&str]| -> Vec<Product> {
        let products = names.iter().map(|name| preset::named(name).unwrap());
        products.collect()
    };
    let (stations, csmss) = (named(&preset::NAMES), named(&preset::CSMS_NAMES));
    for case in cases::all() {
        let products = match case.side {
            Side::Station => &stations,
            Side::Csms => &csmss,
        };
        let outcomes = products
            .iter()
            .filter(|product| case.applicable(product).is_ok());
        let mut verdicts = outcomes
            .map(|product| run_virtual(case, product, None).unwrap().verdict)
            .peekable();
        let passes =
            verdicts.peek().is_some() && verdicts.all(|verdict| matches!(verdict, Verdict::Pass));
        for named in case.requirements {
            for id in scan::ids(named, known) {
                let places = index.entry(id).or_default();
                // What a CSMS does says nothing of the station.
                let cases = match case.side {
                    Side::Station => &mut places.cases,
                    Side::Csms => &mut places.csms_cases,
                };
                cases.insert(case.id.to_owned(), passes);
            }
        }
    }
}

fn table(
    block: char,
    requirements: &BTreeMap<String, Requirement>,
    index: &Index,
    not_offered: &[Vec<String>],
) -> String {
    let mut text = format!(
        "# OCPP 2.0.1, block {block}\n\nMade by a test from the ids in the source; see [README](../README.md).\n\n\
         | requirement | subject | named in the code of | named in the tests of | cases | cases of a CSMS | not offered |\n|---|---|---|---|---|---|---|\n"
    );
    let nowhere = Places::default();
    for (id, requirement) in requirements
        .iter()
        .filter(|(id, _)| id.starts_with(block) && !id.starts_with("WP:"))
    {
        let places = index.get(id).unwrap_or(&nowhere);
        let list = |names: &BTreeSet<String>| {
            names
                .iter()
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let cases = |cases: &BTreeMap<String, bool>| {
            let cases = cases.iter();
            let words = |(case, passes): (&String, &bool)| {
                format!("{case} {}", if *passes { "passes" } else { "-" })
            };
            cases.map(words).collect::<Vec<_>>().join(", ")
        };
        writeln!(
            text,
            "| {id} | {} | {} | {} | {} | {} | {} |",
            requirement.subject,
            list(&places.code),
            list(&places.tests),
            cases(&places.cases),
            cases(&places.csms_cases),
            reason(not_offered, id).unwrap_or("")
        )
        .unwrap();
    }
    text
}

/// Compares with the file, or writes it when asked to.
fn agrees(path: &Path, text: &str) -> bool {
    if std::env::var_os("OCPP_UPDATE_REQUIREMENTS").is_some() {
        fs::write(path, text).unwrap();
    }
    fs::read_to_string(path).is_ok_and(|present| present == text)
}

/// A requirement that nobody has heard of is a slip of the pen, or one of the whitepaper without its `WP:`.
#[test]
fn every_id_in_the_source_exists() {
    let requirements = requirements();
    let unknown: Vec<String> = index(&requirements)
        .into_iter()
        .filter(|(id, _)| !id.starts_with("2.1:") && !requirements.contains_key(id))
        .map(|(id, places)| {
            format!(
                "{id}: {:?} {:?} {:?} {:?}",
                places.code, places.tests, places.cases, places.csms_cases
            )
        })
        .collect();
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
}

/// A case that passes although no code knows the requirement that it checks passes by accident.
#[test]
fn what_a_passing_case_checks_stands_in_the_code() {
    let requirements = requirements();
    let orphans: Vec<String> = index(&requirements)
        .into_iter()
        .filter(|(id, places)| {
            let passes = places.cases.values().any(|passes| *passes);
            passes
                && places.code.is_empty()
                && requirements
                    .get(id)
                    .is_some_and(Requirement::concerns_stations)
        })
        .map(|(id, places)| format!("{id}: {:?}", places.cases.keys()))
        .collect();
    assert!(orphans.is_empty(), "{}", orphans.join("\n"));
}

#[test]
fn the_tables_are_up_to_date_and_the_unexplained_do_not_grow() {
    let requirements = requirements();
    let not_offered = rows("not-offered.tsv");
    let index = index(&requirements);
    let mut summary = String::from(
        "# Requirements of OCPP 2.0.1 that concern stations, by block\n\n\
         Made by a test; see [README](README.md). Unexplained: neither named in the code nor listed as not offered.\n\n\
         | block | all | of stations | named in the code | named in tests | not offered | unexplained |\n|---|---|---|---|---|---|---|\n",
    );
    let mut stale = Vec::new();
    let mut sums = [0_usize; 6];
    for block in 'A'..='P' {
        let path = folder().join(format!("2.0.1/{block}.md"));
        if !agrees(&path, &table(block, &requirements, &index, &not_offered)) {
            stale.push(path.display().to_string());
        }
        let of_block = || {
            requirements
                .iter()
                .filter(|(id, _)| id.starts_with(block) && !id.starts_with("WP:"))
        };
        let of_stations = || of_block().filter(|(_, requirement)| requirement.concerns_stations());
        let in_code = |id: &str| index.get(id).is_some_and(|places| !places.code.is_empty());
        let in_tests = |id: &str| index.get(id).is_some_and(|places| !places.tests.is_empty());
        let offered = |id: &str| reason(&not_offered, id).is_none();
        let row = [
            of_block().count(),
            of_stations().count(),
            of_stations().filter(|(id, _)| in_code(id)).count(),
            of_stations().filter(|(id, _)| in_tests(id)).count(),
            of_stations().filter(|(id, _)| !offered(id)).count(),
            of_stations()
                .filter(|(id, _)| offered(id) && !in_code(id))
                .count(),
        ];
        writeln!(
            summary,
            "| [{block}](2.0.1/{block}.md) | {} |",
            row.map(|count| count.to_string()).join(" | ")
        )
        .unwrap();
        for (sum, count) in sums.iter_mut().zip(row) {
            *sum += count;
        }
    }
    writeln!(
        summary,
        "| all | {} |",
        sums.map(|count| count.to_string()).join(" | ")
    )
    .unwrap();
    let path = folder().join("summary.md");
    let before = fs::read_to_string(&path).unwrap_or_default();
    let unexplained = |summary: &str| {
        summary
            .trim_end()
            .rsplit('|')
            .nth(1)?
            .trim()
            .parse::<usize>()
            .ok()
    };
    if let (Some(before), Some(now)) = (unexplained(&before), unexplained(&summary)) {
        assert!(
            now <= before,
            "{now} requirements are unexplained, {before} were: name what meets them, or why they are not offered"
        );
    }
    if !agrees(&path, &summary) {
        stale.push(path.display().to_string());
    }
    assert!(
        stale.is_empty(),
        "run again with OCPP_UPDATE_REQUIREMENTS=1; these have changed:\n{}",
        stale.join("\n")
    );
}
