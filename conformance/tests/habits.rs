//! The table of habits: every case with every legal way of a station to do what the specification leaves to it, and with products
//! that differ from the certified ones. None may fail.

#![allow(missing_docs, clippy::unwrap_used)]

use ocpp_conformance::case::Case;
use ocpp_conformance::habit::Habit;
use ocpp_conformance::product::Product;
use ocpp_conformance::runner::{Outcome, Verdict, run_accustomed, run_virtual};
use ocpp_conformance::{cases, preset};

/// The cases whose description wants the status Accepted for a change at one of its own steps, so that a station may not say
/// RebootRequired there.
const WANT_ACCEPTED: [&str; 9] = [
    "TC_002_CS",
    "TC_021_CS",
    "TC_073_CS",
    "TC_083_CS",
    "TC_B_02_CS",
    "TC_B_09_CS",
    "TC_B_10_CS",
    "TC_B_11_CS",
    "TC_P_03_CS",
];

/// It measures the time between attempts to connect, of which the lab hears of a slow station too late.
const MEASURES_ATTEMPTS: &str = "TC_B_57_CS";

/// Runs all cases of a product. Those that fail, but for those that the certified product fails too.
fn failed(name: &str, product: &Product, run: impl Fn(&'static Case) -> Outcome) -> Vec<String> {
    let certified = preset::named(product.name).unwrap();
    let (mut pass, mut not_applicable) = (0, 0);
    let mut failed = Vec::new();
    for case in cases::of(product.version) {
        match run(case).verdict {
            Verdict::Pass => pass += 1,
            Verdict::NotApplicable(_) => not_applicable += 1,
            Verdict::Fail(_)
                if matches!(
                    run_virtual(case, &certified, None).unwrap().verdict,
                    Verdict::Fail(_)
                ) => {}
            Verdict::Fail(why) => {
                failed.push(format!("{name}, {}: {}: {why}", product.name, case.id));
            }
        }
    }
    println!(
        "{name}, {}: {pass} pass, {not_applicable} do not apply, {} fail",
        product.name,
        failed.len()
    );
    assert!(pass > 0);
    failed
}

fn certified() -> [Product; 2] {
    [preset::chaevi(), preset::alpitronic()]
}

#[test]
fn a_habit_fails_no_case() {
    let mut wrong = Vec::new();
    for product in certified() {
        for habit in Habit::ALL {
            let run = |case| run_accustomed(case, &product, habit).unwrap();
            let failed = failed(&format!("{habit:?}"), &product, run).into_iter();
            let excused = |failed: &String| match habit {
                Habit::RebootRequired => WANT_ACCEPTED.iter().any(|id| failed.contains(id)),
                Habit::Slow => failed.contains(MEASURES_ATTEMPTS),
                Habit::WaitsForAnswers | Habit::ClosesWhenRejected => false,
            };
            wrong.extend(failed.filter(|failed| !excused(failed)));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} fail:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

type Variant = (&'static str, fn(&mut Product));

/// What another product may be.
const VARIANTS: [Variant; 7] = [
    ("one connector", |product| product.connectors = 1),
    ("sockets", |product| {
        product.features.detachable_cable = true;
    }),
    ("a reader for each EVSE", |product| {
        product.features.single_reader = false;
    }),
    ("no cache", |product| {
        product.features.authorization_cache = false;
    }),
    ("no reader", |product| {
        product.features.local_start = false;
        product.features.local_stop = false;
    }),
    ("watts only", |product| {
        product.features.rate_in_amperes = false;
        product.features.rate_in_watts = true;
    }),
    ("amperes only", |product| {
        product.features.rate_in_amperes = true;
        product.features.rate_in_watts = false;
    }),
];

#[test]
fn another_product_fails_no_case() {
    let mut wrong = Vec::new();
    for certified in certified() {
        for (name, change) in VARIANTS {
            let mut product = certified.clone();
            change(&mut product);
            let run = |case| run_virtual(case, &product, None).unwrap();
            wrong.extend(failed(name, &product, run));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} fail:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
