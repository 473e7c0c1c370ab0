//! Every case with every kind of mishap: the power cut or the program ended after an output, faults of the link at a message.
//! One of several places has to do, of many without optimisation.
//!
//! `OCPP_ONE_OF=7` tries one of seven places. With `OCPP_EXHAUSTIVE=1` each place is tried, and every product goes through
//! it, not only the first to which a case applies and those with other hardware:
//! `OCPP_EXHAUSTIVE=1 cargo test --release -p ocpp-conformance --test mishaps`.
//! `OCPP_CASES=TC_004_1_CS,TC_056_CS` chooses cases.

#![allow(missing_docs, clippy::unwrap_used)]

mod products;

use ocpp_conformance::proof::{Proof, prove, prove_histories};
use ocpp_conformance::{Case, Product, cases};
use ocpp_types::Version;
use products::all;

/// Of so many places one is tried.
fn one_of() -> usize {
    let wanted = std::env::var("OCPP_ONE_OF").ok();
    match wanted.and_then(|number| number.parse().ok()) {
        _ if is_exhaustive() => 1,
        Some(number) => number,
        None if cfg!(debug_assertions) => 97,
        None => 5,
    }
}

fn is_exhaustive() -> bool {
    std::env::var_os("OCPP_EXHAUSTIVE").is_some()
}

/// Products whose hardware is of another kind: their cables have locks, or their transactions outlive a power cut.
const OTHER_HARDWARE: [&str; 2] = ["with sockets", "with transactions that go on"];

/// The products that go through a case.
fn chosen<'a>(case: &Case, products: &'a [Product]) -> Vec<&'a Product> {
    let applies = |product: &&Product| case.applicable(product).is_ok();
    let first = products.iter().find(applies).unwrap();
    let wanted = |product: &&Product| {
        is_exhaustive() || product.name == first.name || OTHER_HARDWARE.contains(&product.name)
    };
    products.iter().filter(applies).filter(wanted).collect()
}

/// One part of the cases, so that parts run side by side.
fn prove_part(part: usize, of: usize) {
    let products = all();
    let named = std::env::var("OCPP_CASES").ok();
    let wanted = |case: &&&Case| {
        let mut names = named.iter().flat_map(|names| names.split(','));
        named.is_none() || names.any(|name| name == case.id)
    };
    let mut sum = Proof::default();
    for case in cases::of(Version::V1_6)
        .iter()
        .filter(wanted)
        .skip(part)
        .step_by(of)
    {
        for product in chosen(case, &products) {
            let proof = prove(case, product, one_of()).unwrap();
            assert!(proof.cuts > 0 && proof.link_faults > 0, "{}", case.id);
            sum.add(proof);
        }
    }
    judge(&sum);
}

fn judge(sum: &Proof) {
    println!(
        "{} ends without warning, {} faults of the link; {} transactions, {} without mishaps",
        sum.cuts, sum.link_faults, sum.transactions, sum.undisturbed
    );
    let some: Vec<_> = sum.broken.iter().take(40).cloned().collect();
    assert!(
        sum.broken.is_empty(),
        "{} broken:\n{}",
        sum.broken.len(),
        some.join("\n")
    );
    // A mishap keeps somebody from charging now and then; replays in which nobody ever does would prove nothing.
    assert!(sum.transactions * 10 >= sum.undisturbed * 8);
}

#[test]
fn no_mishap_loses_a_transaction_or_leaves_the_hardware_wrong_1() {
    prove_part(0, 2);
}

#[test]
fn no_mishap_loses_a_transaction_or_leaves_the_hardware_wrong_2() {
    prove_part(1, 2);
}

#[test]
fn no_mishap_breaks_a_history_that_no_case_has() {
    let mut sum = Proof::default();
    for product in all() {
        if is_exhaustive() || product.name == "chaevi" || OTHER_HARDWARE.contains(&product.name) {
            sum.add(prove_histories(&product, one_of()).unwrap());
        }
    }
    assert!(sum.cuts > 0 && sum.link_faults > 0);
    judge(&sum);
}
