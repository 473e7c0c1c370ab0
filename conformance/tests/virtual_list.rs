//! All cases of OCPP 1.6 on the virtual bench, for the certified products and for some that have what those have not.

#![allow(missing_docs, clippy::unwrap_used, clippy::cast_possible_truncation)]

use ocpp_conformance::bench::VirtualBench;
use ocpp_conformance::case::Case;
use ocpp_conformance::cases;
use ocpp_conformance::lab::Parameters;
use ocpp_conformance::mutation::Change::{self, *};
use ocpp_conformance::preset;
use ocpp_conformance::product::Product;
use ocpp_conformance::runner::{Outcome, Verdict, run_on, run_virtual};
use ocpp_types::Version;
use products::all;

mod products;

fn run(case: &'static Case, product: &Product) -> Outcome {
    run_virtual(case, product, None).unwrap()
}

fn failures(product: &Product) -> Vec<String> {
    let mut failures = Vec::new();
    for case in cases::of(Version::V1_6) {
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

/// Nobody's clock is that of the lab: what a case expects must not depend on more than the deviation that it declares.
#[test]
fn the_station_passes_with_a_clock_that_is_a_little_off() {
    let mut failures = Vec::new();
    for product in all() {
        let deviation = Parameters::of(&product).deviation;
        for off in [-0.95 * deviation, 0.95 * deviation] {
            for case in cases::of(Version::V1_6) {
                if case.applicable(&product).is_err() {
                    continue;
                }
                let mut bench = VirtualBench::new(product.station().unwrap());
                bench.set_clock_error((off * 1000.0) as i64);
                let outcome = run_on(case, &product, &mut bench, Parameters::of(&product));
                if let Verdict::Fail(failed) = &outcome.verdict {
                    failures.push(format!("{} {off} s, {}: {failed}", product.name, case.id));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The mutation table.
#[test]
fn every_mutation_fails_exactly_its_check() {
    let products = all();
    let mut wrong = Vec::new();
    let mut count = 0;
    for case in cases::of(Version::V1_6) {
        assert!(!case.mutations.is_empty(), "{} cannot fail", case.id);
        let applies = |product: &&Product| case.applicable(product).is_ok();
        for mutation in case.mutations {
            count += 1;
            let wanted =
                |product: &&Product| mutation.product.is_none_or(|name| name == product.name);
            let mut suitable = products.iter().filter(applies).filter(wanted);
            let product = suitable.next();
            let product =
                product.unwrap_or_else(|| panic!("{}: no product for {mutation:?}", case.id));
            let outcome = run_virtual(case, product, Some(mutation.change)).unwrap();
            if !outcome.finds(mutation) {
                let verdict = &outcome.verdict;
                wrong.push(format!("{} {mutation:?}: {verdict:?}", case.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!(
        "{count} mutations of {} cases",
        cases::of(Version::V1_6).len()
    );
}

#[test]
fn the_same_run_gives_the_same_trace() {
    let product = preset::chaevi();
    for case in cases::of(Version::V1_6) {
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
        assert_eq!(case.applicable(&product), Ok(()), "{id}");
    }
    assert!(missing.is_empty(), "{missing:?}");
}

/// What applies to the product besides the 81 cases of its certificate, and why. None of the features that section 1.4 of
/// the descriptions names decides about them: they are of an older list of cases, and a laboratory does not run them.
const NOT_CERTIFIED: [&str; 7] = [
    // Its cables are fixed.
    "TC_017_2_CS",
    "TC_018_2_CS",
    // Every station has remote starts.
    "TC_027_CS",
    // It has a reader, and can have faults.
    "TC_041_CS",
    // It has a local list (LA-0).
    "TC_043_3_CS",
    // It has reservations (R-0, R-1), and can have faults.
    "TC_048_1_CS",
    "TC_050_1_CS",
];

#[test]
fn what_applies_to_the_certified_product_is_what_its_certificate_lists() {
    let product = preset::chaevi();
    let certified = include_str!("certified.tsv").lines();
    let mut expected: Vec<&str> = certified.filter_map(|row| row.split('\t').next()).collect();
    assert_eq!(expected.len(), 81);
    expected.extend(NOT_CERTIFIED);
    expected.sort_unstable();
    let applicable = cases::of(Version::V1_6).into_iter();
    let applicable = applicable.filter(|case| case.applicable(&product).is_ok());
    let applicable: Vec<&str> = applicable.map(|case| case.id).collect();
    assert_eq!(applicable, expected);
}

/// AQ-2: nobody can plug in before an idTag is accepted.
#[test]
fn a_lock_until_authorization_leaves_out_what_needs_a_cable_before() {
    let products = all();
    let named = |name: &str| {
        products
            .iter()
            .find(|product| product.name == name)
            .unwrap()
    };
    let locked = named("with locks that prevent plugging in");
    let mut open = locked.clone();
    open.features.lock_prevents_plug_in = false;
    let left_out = cases::of(Version::V1_6)
        .into_iter()
        .filter(|case| case.applicable(&open).is_ok() && case.applicable(locked).is_err());
    let left_out: Vec<&str> = left_out.map(|case| case.id).collect();
    let expected = [
        "TC_003_CS",
        "TC_010_CS",
        "TC_023_4_CS",
        "TC_037_1_CS",
        "TC_037_2_CS",
        "TC_037_3_CS",
        "TC_039_CS",
        "TC_048_2_CS",
        "TC_050_2_CS",
    ];
    assert_eq!(left_out, expected);
}

/// What the descriptions permit, although the station of this library does it otherwise.
const PERMITTED: &[(&str, &str, Change)] = &[
    // The car needs a moment.
    (
        "TC_003_CS",
        "chaevi",
        Before("StatusNotification", 1, "StatusNotification", SUSPENDED),
    ),
    // A soft reset is a restart of the program.
    ("TC_014_CS", "chaevi", BeginAnew(3)),
    ("TC_016_CS", "chaevi", BeginAnew(3)),
    // StopTransaction is kept over the reset.
    ("TC_015_CS", "chaevi", Lose("StopTransaction", 0)),
    // Preparing after the power failure, and Finishing after that or never.
    (
        "TC_032_2_CS",
        "evsis",
        Replace("StatusNotification", 3, "/status", r#""Preparing""#),
    ),
    (
        "TC_032_2_CS",
        "evsis",
        Before("StatusNotification", 3, "StatusNotification", PREPARING),
    ),
    // A new registration after a mere reconnect.
    (
        "TC_036_CS",
        "chaevi",
        Before("MeterValues", 0, "BootNotification", BOOT),
    ),
    (
        "TC_037_1_CS",
        "chaevi",
        Before("StartTransaction", 0, "BootNotification", BOOT),
    ),
    (
        "TC_037_2_CS",
        "chaevi",
        Before("StartTransaction", 0, "BootNotification", BOOT),
    ),
    (
        "TC_037_3_CS",
        "chaevi",
        Before("StartTransaction", 0, "BootNotification", BOOT),
    ),
    (
        "TC_038_CS",
        "chaevi",
        Before("StopTransaction", 0, "BootNotification", BOOT),
    ),
    (
        "TC_039_CS",
        "chaevi",
        Before("StartTransaction", 0, "BootNotification", BOOT),
    ),
    // Connectors that were unavailable while the firmware was on its way.
    (
        "TC_044_2_CS",
        "without security",
        Before(NEWS, 1, "StatusNotification", AVAILABLE),
    ),
    (
        "TC_044_2_CS",
        "without security",
        After(NEWS, 1, "StatusNotification", AVAILABLE),
    ),
    // A restart although the installation has failed.
    (
        "TC_044_3_CS",
        "without security",
        Before(NEWS, 3, "BootNotification", BOOT),
    ),
    (
        "TC_046_2_CS",
        "chaevi",
        AfterAnswer("RemoteStartTransaction", 0, "Authorize", AUTHORIZE),
    ),
    // Reset came too late for the old connection, and is heard on the new one.
    ("TC_083_CS", "chaevi", Deaf("Reset", 0)),
];

const NEWS: &str = "FirmwareStatusNotification";
const BOOT: &str = r#"{"chargePointVendor": "Vendor", "chargePointModel": "Model"}"#;
const AUTHORIZE: &str = r#"{"idTag": "VALID0001"}"#;
const SUSPENDED: &str = r#"{"connectorId": 1, "errorCode": "NoError", "status": "SuspendedEV"}"#;
const PREPARING: &str = r#"{"connectorId": 1, "errorCode": "NoError", "status": "Preparing"}"#;
const AVAILABLE: &str = r#"{"connectorId": 1, "errorCode": "NoError", "status": "Available"}"#;

#[test]
fn what_is_permitted_does_not_fail() {
    let products = all();
    for (id, name, change) in PERMITTED {
        let product = products
            .iter()
            .find(|product| product.name == *name)
            .unwrap();
        let outcome = run_virtual(cases::find(id).unwrap(), product, Some(*change)).unwrap();
        let trace: Vec<String> = outcome.trace.iter().map(ToString::to_string).collect();
        let trace = trace.join("\n");
        assert_eq!(outcome.verdict, Verdict::Pass, "{id} {change:?}\n{trace}");
    }
}
