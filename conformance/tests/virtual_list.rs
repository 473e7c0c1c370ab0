//! All cases on the virtual bench, for the certified products and for some that have what those have not.

#![allow(missing_docs, clippy::unwrap_used)]

use ocpp_conformance::case::Case;
use ocpp_conformance::cases;
use ocpp_conformance::preset;
use ocpp_conformance::product::Product;
use ocpp_conformance::runner::{Outcome, Verdict, run_virtual};
use products::all;

mod products;

fn run(case: &'static Case, product: &Product) -> Outcome {
    run_virtual(case, product, None).unwrap()
}

fn failures(product: &Product) -> Vec<String> {
    let mut failures = Vec::new();
    for case in cases::all() {
        let outcome = run(case, product);
        if let Verdict::Fail(failed) = &outcome.verdict {
            let trace: Vec<String> = outcome.trace.iter().map(ToString::to_string).collect();
            failures.push(format!("{}: {failed}\n{}\n", case.id, trace.join("\n")));
        }
    }
    failures
}

#[test]
fn the_station_passes_as_every_product() {
    for product in all() {
        let failures = failures(&product);
        assert!(
            failures.is_empty(),
            "{}:\n{}",
            product.name,
            failures.join("\n")
        );
    }
}

/// The mutation table.
#[test]
fn every_mutation_fails_exactly_its_check() {
    let products = all();
    let mut wrong = Vec::new();
    let mut count = 0;
    for case in cases::all() {
        assert!(!case.mutations.is_empty(), "{} cannot fail", case.id);
        let applies = |product: &&Product| (case.applies)(product).is_ok();
        let product = products.iter().find(applies);
        let product = product.unwrap_or_else(|| panic!("{} applies to nothing", case.id));
        for mutation in case.mutations {
            count += 1;
            let outcome = run_virtual(case, product, Some(mutation.change)).unwrap();
            if outcome.failed_check() != Some(mutation.fails) {
                let verdict = &outcome.verdict;
                wrong.push(format!("{} {mutation:?}: {verdict:?}", case.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{count} mutations of {} cases", cases::all().len());
}

#[test]
fn the_same_run_gives_the_same_trace() {
    let product = preset::chaevi();
    for case in cases::all() {
        assert_eq!(
            run(case, &product).trace,
            run(case, &product).trace,
            "{}",
            case.id
        );
    }
}

/// The 81 cases of a certificate, with their profiles and names, all apply to its product.
#[test]
fn the_certified_list_is_here_under_its_names() {
    let product = preset::chaevi();
    let mut missing = Vec::new();
    let rows = include_str!("certified.tsv").lines();
    for row in rows {
        let columns: Vec<&str> = row.split('\t').collect();
        let [id, profile, name] = columns.as_slice() else {
            panic!("{row}");
        };
        let Some(case) = cases::find(id) else {
            missing.push(*id);
            continue;
        };
        assert_eq!(case.profile.to_string(), *profile, "{id}");
        assert_eq!(case.name, *name, "{id}");
        assert_eq!((case.applies)(&product), Ok(()), "{id}");
    }
    assert!(missing.is_empty(), "{missing:?}");
}
