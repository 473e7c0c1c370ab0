//! All cases on the virtual bench, for the certified products.

#![allow(missing_docs, clippy::unwrap_used)]

use ocpp_conformance::preset;
use ocpp_conformance::runner::{Verdict, run_virtual};

/// The first failure with its trace.
fn failures(name: &str) -> Vec<String> {
    let product = preset::named(name).unwrap();
    let mut failures = Vec::new();
    for case in ocpp_conformance::cases::all() {
        let outcome = run_virtual(case, &product, None).unwrap();
        if let Verdict::Fail(failed) = &outcome.verdict {
            let trace: Vec<String> = outcome.trace.iter().map(ToString::to_string).collect();
            failures.push(format!("{}: {failed}\n{}\n", case.id, trace.join("\n")));
        }
    }
    failures
}

#[test]
fn the_station_passes_as_every_preset() {
    for name in preset::NAMES {
        let failures = failures(name);
        assert!(failures.is_empty(), "{name}:\n{}", failures.join("\n"));
    }
}

#[test]
fn every_mutation_fails_exactly_its_check() {
    let products: Vec<_> = preset::NAMES
        .iter()
        .map(|name| preset::named(name).unwrap())
        .collect();
    let mut wrong = Vec::new();
    for case in ocpp_conformance::cases::all() {
        assert!(!case.mutations.is_empty(), "{} cannot fail", case.id);
        let Some(product) = products
            .iter()
            .find(|product| (case.applies)(product).is_ok())
        else {
            continue;
        };
        for mutation in case.mutations {
            let outcome = run_virtual(case, product, Some(mutation.change)).unwrap();
            if outcome.failed_check() != Some(mutation.fails) {
                let verdict = &outcome.verdict;
                wrong.push(format!("{} {:?}: {verdict:?}", case.id, mutation));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
