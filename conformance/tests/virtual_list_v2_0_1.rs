//! All cases of OCPP 2.0.1 on the virtual bench, with the stations that misbehave as their steps say.

#![allow(missing_docs, clippy::unwrap_used)]

mod products;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use ocpp_conformance::case::Case;
use ocpp_conformance::mutation::Mutation;
use ocpp_conformance::mutation::derive::derived;
use ocpp_conformance::product::Product;
use ocpp_conformance::runner::{Outcome, Verdict, run_virtual};
use ocpp_conformance::step::Step;
use ocpp_conformance::{cases, explain, preset};
use ocpp_types::Version;
use products::all_v2_0_1 as products;

/// What the station of this library does not do yet, by case, with the reason. A case that begins to pass has to be taken
/// out.
const KNOWN_FAILURES: &[(&str, &str)] = &[];

/// All cases, or those whose ids have one of the comma separated words of `OCPP_CASES` in them.
fn v2_0_1() -> Vec<&'static Case> {
    let wanted = std::env::var("OCPP_CASES").unwrap_or_default();
    let mut all = cases::of(Version::V2_0_1);
    all.retain(|case| wanted.is_empty() || wanted.split(',').any(|one| case.id.contains(one)));
    all
}

fn is_known(case: &Case) -> bool {
    KNOWN_FAILURES.iter().any(|(id, _)| *id == case.id)
}

fn story(outcome: &Outcome) -> String {
    let trace: Vec<String> = outcome.trace.iter().map(ToString::to_string).collect();
    trace.join("\n")
}

#[test]
fn the_station_passes_but_for_what_is_known() {
    let mut wrong = Vec::new();
    for product in products() {
        for case in v2_0_1() {
            let outcome = run_virtual(case, &product, None).unwrap();
            if let Verdict::Fail(failed) = &outcome.verdict
                && !is_known(case)
            {
                let story = story(&outcome);
                wrong.push(format!(
                    "{} as {}: {failed}\n{story}\n",
                    case.id, product.name
                ));
            }
        }
    }
    let names: Vec<&str> = wrong
        .iter()
        .filter_map(|story| story.lines().next())
        .collect();
    let names = names.join("\n");
    assert!(wrong.is_empty(), "{}\n{names}", wrong.join("\n"));
}

#[test]
fn what_is_known_to_fail_fails() {
    let product = preset::alpitronic();
    for (id, reason) in KNOWN_FAILURES {
        let case = cases::find(id).unwrap();
        let outcome = run_virtual(case, &product, None).unwrap();
        let fails = matches!(outcome.verdict, Verdict::Fail(_));
        assert!(fails, "{id} does not fail any more: {reason}");
    }
}

fn by_hand(case: &Case) -> impl Iterator<Item = Mutation> {
    let steps = case.steps.iter().filter_map(|step| match step {
        Step::Do(step) => Some(step.mutations),
        _ => None,
    });
    steps.flatten().chain(case.mutations).copied()
}

/// The mutation table: each station that misbehaves in one point fails exactly the check that watches over it.
#[test]
fn every_mutation_fails_exactly_its_check() {
    let mut wrong = Vec::new();
    let mut counts: BTreeMap<char, (usize, usize, usize)> = BTreeMap::new();
    for case in v2_0_1() {
        if is_known(case) {
            continue;
        }
        let products = products();
        let mut applies = products
            .iter()
            .filter(|product| case.applicable(product).is_ok());
        let first = applies.next();
        let first = first.unwrap_or_else(|| panic!("{} applies to nothing", case.id));
        // Begun with another security profile it is another case.
        let begins = |product: &Product| (case.secured)(product);
        let second = applies.find(|product| begins(product) != begins(first));
        let block = case.id.chars().nth(3).unwrap();
        let count = counts.entry(block).or_default();
        count.0 += 1;
        let mut some = false;
        for product in [Some(first), second].into_iter().flatten() {
            let derived = derived(case, product).unwrap();
            if !derived.unbroken.is_empty() {
                wrong.push(format!("{} unbroken: {:?}", case.id, derived.unbroken));
            }
            let by_hand: Vec<Mutation> = by_hand(case)
                .filter(|mutation| mutation.product.is_none_or(|name| name == product.name))
                .collect();
            count.1 += derived.mutations.len();
            count.2 += by_hand.len();
            for mutation in derived.mutations.into_iter().chain(by_hand) {
                some = true;
                let outcome = run_virtual(case, product, Some(mutation.change)).unwrap();
                if !outcome.finds(&mutation) {
                    let verdict = &outcome.verdict;
                    let name = product.name;
                    wrong.push(format!("{} as {name} {mutation:?}: {verdict:?}", case.id));
                }
            }
        }
        assert!(some, "{} cannot fail", case.id);
    }
    for (block, (cases, derived, by_hand)) in &counts {
        println!("block {block}: {cases} cases, {derived} mutations derived, {by_hand} by hand");
    }
    assert!(
        wrong.is_empty(),
        "{}\n{} wrong",
        wrong.join("\n"),
        wrong.len()
    );
}

#[test]
fn the_same_run_gives_the_same_trace() {
    let product = preset::alpitronic();
    for case in v2_0_1() {
        let run = || run_virtual(case, &product, None).unwrap().trace;
        assert_eq!(run(), run(), "{}", case.id);
    }
}

#[test]
fn every_case_can_be_said_in_words() {
    let product = preset::alpitronic();
    let text = explain::explain(cases::find("TC_B_06_CS").unwrap(), &product).unwrap();
    for words in [
        "Setting: OCPPCommCtrlr.OfflineThreshold = 300",
        "[get] the CSMS sends GetVariables.req; GetVariables.conf",
        r#"getVariableResult/0/attributeValue is "300""#,
        "get/getVariableResult/0/attributeValue",
    ] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
}

/// Cases, lines of their modules, and lines for each case.
#[test]
fn cases_are_short() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cases/v2_0_1/station");
    let mut folders = vec![folder];
    let (mut lines, mut ids) = (0, BTreeSet::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(path).unwrap();
            lines += text.lines().count();
            ids.extend(
                text.lines()
                    .filter(|line| line.contains(" id: \"TC_"))
                    .map(str::to_owned),
            );
        }
    }
    println!(
        "{} cases in {lines} lines: {} for each",
        ids.len(),
        lines / ids.len()
    );
    assert_eq!(ids.len(), cases::of(Version::V2_0_1).len());
    assert!(lines / ids.len() < 64, "no shorter than those of 1.6");
}
