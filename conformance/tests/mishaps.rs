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
use ocpp_conformance::runner::{Verdict, run_virtual};
use ocpp_conformance::{Case, Product, cases};
use ocpp_types::Version;
use products::{all, all_v2_0_1};

/// Of so many places one is tried. Stations of 2.0.1 have more EVSEs, and more to say.
fn one_of(version: Version) -> usize {
    let wanted = std::env::var("OCPP_ONE_OF").ok();
    match wanted.and_then(|number| number.parse().ok()) {
        _ if is_exhaustive() => 1,
        Some(number) if version == Version::V1_6 => number,
        Some(number) => number * 24,
        None => {
            let few = if cfg!(debug_assertions) { 97 } else { 5 };
            if version == Version::V1_6 {
                few
            } else {
                few * 3
            }
        }
    }
}

fn is_exhaustive() -> bool {
    std::env::var_os("OCPP_EXHAUSTIVE").is_some()
}

/// Products whose hardware is of another kind: their cables have locks, or their transactions outlive a power cut.
const OTHER_HARDWARE: [&str; 3] = ["with sockets", "with transactions that go on", "full-2.0.1"];

/// The products that go through a case. What the station of this library does not do yet is not replayed: the list of 2.0.1
/// names those cases.
fn chosen<'a>(case: &'static Case, products: &'a [Product]) -> Vec<&'a Product> {
    let passes = |product: &&Product| {
        case.version == Version::V1_6
            || run_virtual(case, product, None).unwrap().verdict == Verdict::Pass
    };
    let applies = |product: &&Product| case.applicable(product).is_ok() && passes(product);
    let first = products.iter().find(applies).map(|first| &first.name);
    let wanted = |product: &&Product| {
        is_exhaustive() || Some(&product.name) == first || OTHER_HARDWARE.contains(&product.name)
    };
    products.iter().filter(applies).filter(wanted).collect()
}

/// One part of the cases, so that parts run side by side.
fn prove_part(version: Version, part: usize, of: usize) {
    let products = match version {
        Version::V1_6 => all(),
        _ => all_v2_0_1(),
    };
    let named = std::env::var("OCPP_CASES").ok();
    let wanted = |case: &&&Case| {
        let mut names = named.iter().flat_map(|names| names.split(','));
        named.is_none() || names.any(|name| name == case.id)
    };
    let mut sum = Proof::default();
    // Without optimisation those of 2.0.1 would take minutes.
    let sample = cfg!(debug_assertions) && !is_exhaustive() && named.is_none();
    let few = if sample && version != Version::V1_6 {
        5
    } else {
        1
    };
    for case in cases::of(version)
        .iter()
        .filter(wanted)
        .skip(part)
        .step_by(of * few)
    {
        for product in chosen(case, &products) {
            let proof = prove(case, product, one_of(version)).unwrap();
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
    prove_part(Version::V1_6, 0, 2);
}

#[test]
fn no_mishap_loses_a_transaction_or_leaves_the_hardware_wrong_2() {
    prove_part(Version::V1_6, 1, 2);
}

#[test]
fn no_mishap_loses_an_event_of_2_0_1_or_leaves_the_hardware_wrong_1() {
    prove_part(Version::V2_0_1, 0, 2);
}

#[test]
fn no_mishap_loses_an_event_of_2_0_1_or_leaves_the_hardware_wrong_2() {
    prove_part(Version::V2_0_1, 1, 2);
}

#[test]
fn no_mishap_breaks_a_history_that_no_case_has() {
    let mut sum = Proof::default();
    for product in all().into_iter().chain(all_v2_0_1()) {
        if is_exhaustive()
            || ["chaevi", "alpitronic"].contains(&product.name)
            || OTHER_HARDWARE.contains(&product.name)
        {
            sum.add(prove_histories(&product, one_of(product.version)).unwrap());
        }
    }
    assert!(sum.cuts > 0 && sum.link_faults > 0);
    judge(&sum);
}
