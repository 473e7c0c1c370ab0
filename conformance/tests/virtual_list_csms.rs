//! All cases of a CSMS on the virtual bench, with the CSMSs that misbehave as their steps say.

#![allow(missing_docs, clippy::unwrap_used)]

use std::collections::BTreeMap;

use ocpp_conformance::case::{Case, Side};
use ocpp_conformance::mutation::Mutation;
use ocpp_conformance::mutation::derive::derived;
use ocpp_conformance::product::Product;
use ocpp_conformance::runner::{Outcome, Verdict, run_virtual};
use ocpp_conformance::step::Step;
use ocpp_conformance::{cases, explain, preset};

/// All products with their cases, or those whose ids have one of the comma separated words of `OCPP_CASES` in them.
fn all() -> impl Iterator<Item = (Product, &'static Case)> {
    let wanted = std::env::var("OCPP_CASES").unwrap_or_default();
    let products = preset::CSMS_NAMES.map(|name| preset::named(name).unwrap());
    let pairs = products.into_iter().flat_map(|product| {
        let cases = cases::of_side(product.version, Side::Csms).into_iter();
        cases.map(move |case| (product.clone(), case))
    });
    pairs.filter(move |(_, case)| {
        wanted.is_empty() || wanted.split(',').any(|one| case.id.contains(one))
    })
}

fn story(outcome: &Outcome) -> String {
    let trace: Vec<String> = outcome.trace.iter().map(ToString::to_string).collect();
    trace.join("\n")
}

#[test]
fn the_csms_passes_as_every_product() {
    let mut wrong = Vec::new();
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (product, case) in all() {
        let outcome = run_virtual(case, &product, None).unwrap();
        let count = counts.entry(product.name).or_default();
        match &outcome.verdict {
            Verdict::Pass => count.0 += 1,
            Verdict::NotApplicable(_) => count.1 += 1,
            Verdict::Fail(failed) => wrong.push(format!(
                "{} as {}: {failed}\n{}\n",
                case.id,
                product.name,
                story(&outcome)
            )),
        }
    }
    for (product, (passed, not_applicable)) in &counts {
        println!("{product}: {passed} pass, {not_applicable} not applicable");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn by_hand(case: &Case) -> impl Iterator<Item = Mutation> {
    let steps = case.steps.iter().filter_map(|step| match step {
        Step::Do(step) => Some(step.mutations),
        _ => None,
    });
    steps.flatten().chain(case.mutations).copied()
}

/// Each CSMS that misbehaves in one point fails exactly the check that watches over it.
#[test]
fn every_mutation_fails_exactly_its_check() {
    let mut wrong = Vec::new();
    let mut total = (0, 0);
    let mut unbroken = Vec::new();
    let mut done = Vec::new();
    for (product, case) in all() {
        if case.applicable(&product).is_err() || done.contains(&case.id) {
            continue;
        }
        done.push(case.id);
        let derived = derived(case, &product).unwrap();
        let labels = derived
            .unbroken
            .iter()
            .map(|label| (case.id, label.clone()));
        unbroken.extend(labels);
        total.0 += derived.mutations.len();
        total.1 += by_hand(case).count();
        let mut some = false;
        for mutation in derived.mutations.iter().copied().chain(by_hand(case)) {
            some = true;
            let outcome = run_virtual(case, &product, Some(mutation.change)).unwrap();
            if !outcome.finds(&mutation) {
                let verdict = &outcome.verdict;
                wrong.push(format!("{} {mutation:?}: {verdict:?}", case.id));
            }
        }
        assert!(some, "{} cannot fail", case.id);
    }
    let (cases, (derived, by_hand)) = (done.len(), total);
    println!("{cases} cases, {derived} mutations derived, {by_hand} by hand");
    assert!(
        wrong.is_empty(),
        "{}\n{} wrong",
        wrong.join("\n"),
        wrong.len()
    );
    assert!(unbroken.is_empty(), "no mutation breaks {unbroken:?}");
}

#[test]
fn the_same_run_gives_the_same_trace() {
    for (product, case) in all() {
        let run = || run_virtual(case, &product, None).unwrap().trace;
        assert_eq!(run(), run(), "{}", case.id);
    }
}

#[test]
fn every_case_can_be_said_in_words() {
    let product = preset::csms_1_6();
    let text = explain::explain(cases::find("TC_012_CSMS").unwrap(), &product).unwrap();
    for words in [
        "state Charging:",
        "operator: a remote stop of the transaction",
        "[remote-stop] the CSMS sends RemoteStopTransaction.req",
        "transactionId is the running transaction",
        "[stop] the station sends StopTransaction.req; StopTransaction.conf",
        "remote-stop/transactionId",
    ] {
        assert!(text.contains(words), "{words} in\n{text}");
    }
}
