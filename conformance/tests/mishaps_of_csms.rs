//! Every case of a CSMS with every kind of mishap: the store fails at a write, the process dies before or after one, the link dies
//! at a message. One of several places has to do without optimisation.
//!
//! `OCPP_ONE_OF=7` tries one of seven places, `OCPP_EXHAUSTIVE=1` each of them. `OCPP_CASES=TC_004_1_CSMS,E_29` chooses cases whose
//! ids have one of the words in them.

#![allow(missing_docs, clippy::unwrap_used)]

use ocpp_conformance::case::Side;
use ocpp_conformance::proof::{Proof, prove_csms};
use ocpp_conformance::{cases, preset};
use ocpp_types::Version;

/// Of so many places one is tried.
fn one_of() -> usize {
    if std::env::var_os("OCPP_EXHAUSTIVE").is_some() {
        return 1;
    }
    let wanted = std::env::var("OCPP_ONE_OF").ok();
    let wanted = wanted.and_then(|number| number.parse().ok());
    wanted.unwrap_or(if cfg!(debug_assertions) { 11 } else { 3 })
}

fn prove_all(version: Version, preset: &str) {
    let product = preset::named(preset).unwrap();
    let wanted = std::env::var("OCPP_CASES").unwrap_or_default();
    let mut sum = Proof::default();
    for case in cases::of_side(version, Side::Csms) {
        let chosen = wanted.is_empty() || wanted.split(',').any(|word| case.id.contains(word));
        if chosen && case.applicable(&product).is_ok() {
            sum.add(prove_csms(case, &product, one_of()).unwrap());
        }
    }
    println!(
        "{preset}: {} writes that failed or ended with the process, {} dead links; {} transactions, {} without mishaps",
        sum.cuts, sum.link_faults, sum.transactions, sum.undisturbed
    );
    let some: Vec<_> = sum.broken.iter().take(40).cloned().collect();
    let (all, some) = (sum.broken.len(), some.join("\n"));
    assert!(sum.broken.is_empty(), "{all} broken:\n{some}");
    assert!(sum.cuts > 0 && sum.link_faults > 0);
    assert_eq!(sum.transactions, sum.undisturbed);
}

#[test]
fn no_mishap_of_a_central_system_loses_or_doubles_anything() {
    prove_all(Version::V1_6, "csms-1.6");
}

#[test]
fn no_mishap_of_a_csms_loses_or_doubles_anything() {
    prove_all(Version::V2_0_1, "csms-2.0.1");
}
