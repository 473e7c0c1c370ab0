//! Every set of values of `TxStartPoint` with every set of values of `TxStopPoint`, against the model of transactions: whole sessions
//! with the token first and with the cable first tell the events that belong to them, and no others.
//!
//! Without optimisation one of several pairs is tried; `OCPP_EXHAUSTIVE=1` tries all.

#![allow(missing_docs, clippy::unwrap_used)]

use ocpp_conformance::product::Product;
use ocpp_conformance::runner::{Verdict, run_virtual};
use ocpp_conformance::{cases, preset};

/// Sessions: the cable first, the token first, and up to the moment at which the car has left.
const SESSIONS: [&str; 3] = ["TC_E_03_CS", "TC_E_04_CS", "TC_E_06_CS"];
/// Of so many pairs one is tried, a number that has nothing in common with those of the sets.
const SAMPLE: usize = 11;

/// All sets of these values but the empty one, as variables have them.
fn sets(points: &[&str]) -> Vec<&'static str> {
    let all = 1..1_usize << points.len();
    let set = |bits: usize| {
        let chosen = points.iter().enumerate();
        let chosen = chosen.filter(|(at, _)| bits & 1 << at != 0);
        let chosen: Vec<&str> = chosen.map(|(_, point)| *point).collect();
        &*chosen.join(",").leak()
    };
    all.map(set).collect()
}

#[test]
fn sessions_are_told_as_start_and_stop_points_say() {
    let full = preset::full_v2_0_1();
    let starts = sets(full.v2_0_1.start_points);
    let stops = sets(full.v2_0_1.stop_points);
    let pairs = starts
        .iter()
        .flat_map(|start| stops.iter().map(move |stop| (*start, *stop)));
    let exhaustive = std::env::var("OCPP_EXHAUSTIVE").is_ok();
    let step = if exhaustive { 1 } else { SAMPLE };
    let (mut runs, mut wrong) = (0, Vec::new());
    // Nothing begins with a signature while SignReadings is off, as it is at first (E01.FR.04).
    let pairs = pairs.filter(|(start, _)| *start != "DataSigned");
    for points in pairs.step_by(step) {
        let mut product: Product = full.clone();
        product.v2_0_1.points = points;
        for id in SESSIONS {
            let case = cases::find(id).unwrap();
            let outcome = run_virtual(case, &product, None).unwrap();
            runs += 1;
            if outcome.verdict != Verdict::Pass {
                wrong.push(format!("{id} with {points:?}: {:?}", outcome.verdict));
            }
        }
    }
    println!(
        "{} starts, {} stops, {runs} sessions",
        starts.len(),
        stops.len()
    );
    assert_eq!((starts.len(), stops.len()), (63, 31));
    assert!(
        wrong.is_empty(),
        "{} of {runs}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Every value of `TxStopPoint` alone: what ends with the session, and what goes on after it (erratum 6.2.117).
#[test]
fn a_remote_stop_is_told_as_each_stop_point_says() {
    let full = preset::full_v2_0_1();
    let case = cases::find("TC_F_08_CS").unwrap();
    for stop in full.v2_0_1.stop_points {
        let mut product: Product = full.clone();
        product.v2_0_1.points = ("PowerPathClosed", stop);
        let outcome = run_virtual(case, &product, None).unwrap();
        assert_eq!(outcome.verdict, Verdict::Pass, "{stop}");
    }
}

/// Nobody plugs in at a station whose transactions begin with a car in the bay, and cannot begin with a token.
#[test]
fn a_timeout_is_told_where_only_the_bay_begins_a_transaction() {
    let mut product = preset::full_v2_0_1();
    product.v2_0_1.start_points = &["ParkingBayOccupancy"];
    let case = cases::find("TC_F_04_CS").unwrap();
    for stop in ["ParkingBayOccupancy", "Authorized", "PowerPathClosed"] {
        product.v2_0_1.points = ("ParkingBayOccupancy", stop);
        let outcome = run_virtual(case, &product, None).unwrap();
        assert_eq!(outcome.verdict, Verdict::Pass, "{stop}");
        let mut lines = outcome.trace.iter().map(|line| &line.text);
        assert!(
            lines.any(|text| text.contains("EVConnectTimeout")),
            "{stop}"
        );
    }
}
