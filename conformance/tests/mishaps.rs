//! Every case with every mishap: power cuts after every output, faults of the link at every message. That takes a minute: one
//! of seven places has to do, and `OCPP_EXHAUSTIVE=1 cargo test -p ocpp-conformance` tries them all.

#![allow(missing_docs, clippy::unwrap_used)]

mod products;

use ocpp_conformance::cases;
use ocpp_conformance::proof::{Proof, prove};
use ocpp_types::Version;
use products::all;

/// Of so many places one is tried.
fn one_of() -> usize {
    match std::env::var_os("OCPP_EXHAUSTIVE") {
        Some(_) => 1,
        None => 7,
    }
}

/// One part of the cases, so that parts run side by side.
fn prove_part(part: usize, of: usize) {
    let products = all();
    let mut sum = Proof::default();
    for case in cases::of(Version::V1_6).iter().skip(part).step_by(of) {
        let applies = |product: &&ocpp_conformance::Product| case.applicable(product).is_ok();
        let product = products.iter().find(applies).unwrap();
        let proof = prove(case, product, one_of()).unwrap();
        assert!(proof.cuts > 0 && proof.link_faults > 0, "{}", case.id);
        sum.cuts += proof.cuts;
        sum.link_faults += proof.link_faults;
        sum.transactions += proof.transactions;
        sum.undisturbed += proof.undisturbed;
        sum.broken.extend(proof.broken);
    }
    println!(
        "{} power cuts, {} faults of the link; {} transactions, {} without mishaps",
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
fn no_mishap_loses_a_transaction_or_changes_what_was_said_of_it_1() {
    prove_part(0, 2);
}

#[test]
fn no_mishap_loses_a_transaction_or_changes_what_was_said_of_it_2() {
    prove_part(1, 2);
}
