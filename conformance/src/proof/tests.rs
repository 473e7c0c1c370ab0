//! What the replays see: stations, drivers and hardware that are not as they should be.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use crate::bench::{Bench as _, DriverFlaw, Part, VirtualBench};
use crate::cases;
use crate::mutation::Change;
use crate::preset;

/// Cuts the power in a charging session at a station that loses records; what the books say.
fn found(product: &Product, case: &str, cuts: usize, loses: &'static str) -> String {
    let case = cases::find(case).unwrap();
    let (script, _) = Script::record(case, product).unwrap();
    let mut found = Vec::new();
    for output in 0..cuts {
        let mut bench = VirtualBench::new(product.station().unwrap());
        bench.misbehave(Change::Forget(loses));
        bench.case_begins();
        bench.cut_power_after(output);
        let run = replay::replay_on(bench, &script, None).unwrap();
        found.extend(run.books.errors());
    }
    found.join("\n")
}

#[test]
fn the_books_show_what_a_careless_station_loses() {
    let chaevi = preset::chaevi();
    let found = |loses| found(&chaevi, "TC_004_1_CS", 200, loses);
    assert_eq!(found("no such record"), "");
    for loses in ["transaction/", "queue/"] {
        let found = found(loses);
        let lost = "energy that nobody was told of";
        assert!(
            found.contains(lost) || found.contains("has the ends []"),
            "{loses}: {found}"
        );
    }
}

#[test]
fn the_books_show_what_a_careless_station_of_2_0_1_loses() {
    let mut product = preset::alpitronic();
    product.connectors = 1;
    let found = |loses| found(&product, "TC_E_03_CS", 100, loses);
    assert_eq!(found("no such record"), "");
    for loses in ["transaction/", "queue/"] {
        let found = found(loses);
        assert!(
            found.contains("the events are") || found.contains("energy that nobody was told of"),
            "{loses}: {found}"
        );
    }
}

/// Whether the power is cut in the middle of a replay.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Cut {
    No,
    Yes,
}

/// Fixed cables, and transactions that end with the power.
const FIXED: &str = "fixed";
/// Sockets with locks.
const SOCKETS: &str = "sockets";
/// Transactions that go on after a power cut.
const RESUMING: &str = "resuming";

fn product(name: &str) -> Product {
    let mut product = match name {
        RESUMING => preset::evsis(),
        _ => preset::chaevi(),
    };
    product.features.resume_after_power_loss = name == RESUMING;
    product.features.detachable_cable = name == SOCKETS;
    product
}

/// What the hardware and the books say when a driver has a flaw, or none.
fn with_driver(flaw: Option<DriverFlaw>, product_name: &str, case: &str, cut: Cut) -> Vec<String> {
    let product = product(product_name);
    let case = cases::find(case).unwrap();
    let (script, verdict) = Script::record(case, &product).unwrap();
    assert_eq!(verdict, Verdict::Pass, "{}", case.id);
    let config = product.station().unwrap();
    let outputs = replay(&script, &config, None).unwrap().outputs;
    let cuts = match cut {
        Cut::No => vec![None],
        // At the end somebody charges, often.
        Cut::Yes => (0..outputs).step_by(7).map(Some).collect(),
    };
    let mut found = Vec::new();
    for cut in cuts {
        let mut bench = VirtualBench::new(config.clone());
        if let Some(flaw) = flaw {
            bench.flawed_driver(flaw);
        }
        if let Some(output) = cut {
            bench.cut_power_after(output);
        }
        let run = replay::replay_on(bench, &script, None).unwrap();
        found.extend(run.books.errors());
    }
    found
}

/// A charging session.
const SESSION: &str = "TC_004_1_CS";
/// A session with a limit that changes while it goes on.
const LIMITED: &str = "TC_057_CS";
/// A limit for whoever comes.
const DEFAULT_LIMIT: &str = "TC_056_CS";

/// Every way in which a driver can forget, delay, repeat or confuse what the station tells the hardware, and what shows it.
const FLAWS: &[(DriverFlaw, &str, &str, Cut, &str)] = {
    use Cut::{No, Yes};
    use DriverFlaw::*;
    use Part::{Close, Limit, Lock, Open, Unlock};
    &[
        (
            Forgets(Limit),
            FIXED,
            DEFAULT_LIMIT,
            No,
            "what it answers does not fit the limits",
        ),
        (
            ForgetsAfterRestart(Limit),
            FIXED,
            DEFAULT_LIMIT,
            Yes,
            "limit is not in force",
        ),
        (
            ForgetsAfterRestart(Limit),
            RESUMING,
            LIMITED,
            Yes,
            "before the contactor closes",
        ),
        (
            ForgetsLater(Limit, 2),
            FIXED,
            LIMITED,
            No,
            "limit is not in force",
        ),
        (
            Delays(Limit, 0),
            RESUMING,
            LIMITED,
            Yes,
            "before the contactor closes",
        ),
        (
            Delays(Limit, 5_000),
            FIXED,
            LIMITED,
            No,
            "limit is not in force",
        ),
        (Repeats(Limit, 90_000), FIXED, LIMITED, No, "limit"),
        (
            Confuses(Limit),
            FIXED,
            DEFAULT_LIMIT,
            No,
            "limit is not in force",
        ),
        (
            Forgets(Open),
            FIXED,
            SESSION,
            No,
            "energy without a transaction",
        ),
        (
            Delays(Open, 1_000),
            FIXED,
            SESSION,
            No,
            "energy without a transaction",
        ),
        (
            ForgetsAfterRestart(Open),
            FIXED,
            SESSION,
            Yes,
            "energy without a transaction",
        ),
        (
            Confuses(Open),
            FIXED,
            SESSION,
            No,
            "energy without a transaction",
        ),
        (
            Repeats(Open, 45_000),
            FIXED,
            SESSION,
            No,
            "no energy, although it says Charging",
        ),
        (
            Forgets(Close),
            FIXED,
            SESSION,
            No,
            "no energy, although it says Charging",
        ),
        (
            ForgetsAfterRestart(Close),
            FIXED,
            SESSION,
            Yes,
            "no energy, although it says Charging",
        ),
        (
            Delays(Close, 1_000),
            FIXED,
            SESSION,
            No,
            "no energy, although it says Charging",
        ),
        (
            Repeats(Close, 60_000),
            FIXED,
            SESSION,
            No,
            "energy without a transaction",
        ),
        (
            Confuses(Close),
            FIXED,
            SESSION,
            No,
            "energy without a transaction",
        ),
        (
            Forgets(Lock),
            SOCKETS,
            SESSION,
            No,
            "a plug that is not locked",
        ),
        (
            ForgetsAfterRestart(Lock),
            SOCKETS,
            SESSION,
            Yes,
            "a plug that is not locked",
        ),
        (
            Delays(Lock, 1_000),
            SOCKETS,
            SESSION,
            No,
            "a plug that is not locked",
        ),
        (
            Confuses(Lock),
            SOCKETS,
            SESSION,
            No,
            "a plug that is not locked",
        ),
        (
            Forgets(Unlock),
            SOCKETS,
            SESSION,
            No,
            "a lock holds a cable for nobody",
        ),
        (
            ForgetsAfterRestart(Unlock),
            SOCKETS,
            SESSION,
            Yes,
            "a lock holds a cable for nobody",
        ),
        (
            Delays(Unlock, 1_000),
            SOCKETS,
            SESSION,
            No,
            "a lock holds a cable for nobody",
        ),
        (
            Confuses(Unlock),
            SOCKETS,
            SESSION,
            No,
            "a lock holds a cable for nobody",
        ),
        (
            Repeats(Unlock, 45_000),
            SOCKETS,
            SESSION,
            No,
            "a plug that is not locked",
        ),
    ]
};

#[test]
fn every_flaw_of_a_driver_is_seen() {
    let mut wrong = Vec::new();
    for (flaw, product, case, cut, words) in FLAWS {
        let found = with_driver(Some(*flaw), product, case, *cut);
        if !found.iter().any(|error| error.contains(words)) {
            wrong.push(format!("{flaw:?} at {product}, {case}: {found:#?}"));
        }
    }
    for product in [FIXED, SOCKETS, RESUMING] {
        for case in [SESSION, LIMITED, DEFAULT_LIMIT] {
            let found = with_driver(None, product, case, Cut::Yes);
            wrong.extend(found.into_iter().map(|e| format!("without a flaw: {e}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// 1.6 3.7.1, 9.1.34, E13.FR.02: an attempt counts if the link proved alive after it. Without pings a link that was opened for
/// the message is the proof, so one more may come over the old one.
#[test]
fn attempts_count_over_a_link_that_lives_and_over_no_other() {
    let product = product(FIXED);
    let (script, _) = Script::record(cases::find(SESSION).unwrap(), &product).unwrap();
    for (pings, most) in [("60", 3), ("0", 4)] {
        let mut config = product.station().unwrap();
        let key = "WebSocketPingInterval";
        config.defaults.retain(|(name, _)| name != key);
        config.defaults.push((key.to_owned(), pings.to_owned()));
        let messages = replay(&script, &config, None).unwrap().messages;
        let mut given_up = 0;
        for message in 0..messages {
            for way in [
                LinkDirection::ToCsms,
                LinkDirection::ToStation,
                LinkDirection::Both,
            ] {
                let mishap = Mishap::HalfOpen(way, message);
                let run = replay(&script, &config, Some(mishap)).unwrap();
                let lost = run.books.all_given_up();
                assert!(lost.is_empty(), "pings {pings}, {mishap:?}: {lost:?}");
                assert_eq!(run.books.errors(), [""; 0], "pings {pings}, {mishap:?}");
            }
            let mishap = Mishap::Mute(message);
            let run = replay(&script, &config, Some(mishap)).unwrap();
            let lost = run.books.all_given_up();
            let right = lost.iter().all(|(_, came)| (3..=most).contains(came));
            assert!(right, "pings {pings}, {mishap:?}: {lost:?}");
            given_up += lost.len();
            // Those about transactions are in the list of the station, or the books complain.
            assert_eq!(run.books.errors(), [""; 0], "pings {pings}, {mishap:?}");
        }
        assert!(given_up > 10, "pings {pings}: {given_up}");
    }
}
