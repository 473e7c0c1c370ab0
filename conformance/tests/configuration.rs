//! Stations that do not take the keys that a case sets before it begins as the one of this library does.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use ocpp_conformance::bench::{Act, Bench, Event, Server, Trouble, VirtualBench};
use ocpp_conformance::lab::Parameters;
use ocpp_conformance::product::Product;
use ocpp_conformance::runner::{Verdict, run_on};
use ocpp_conformance::{Failed, cases};
use ocpp_types::{DateTime, Version};
use serde_json::{Value, json};

mod products;

/// A station that answers the changes of one key with a status of its own, and may change it all the same.
struct Stubborn {
    bench: VirtualBench,
    key: &'static str,
    status: &'static str,
    changes: bool,
    /// Ids of the changes, with those that the lab waits for.
    calls: BTreeMap<String, ()>,
    resets: usize,
}

impl Bench for Stubborn {
    fn name(&self) -> &'static str {
        "virtual"
    }

    fn version(&self) -> Version {
        self.bench.version()
    }

    fn now(&self) -> u64 {
        self.bench.now()
    }

    fn utc(&self) -> DateTime {
        self.bench.utc()
    }

    fn next(&mut self, within: Duration) -> Result<Option<Event>, Trouble> {
        let event = self.bench.next(within)?;
        let Some(Event::Text(text)) = &event else {
            return Ok(event);
        };
        let frame: Value = serde_json::from_str(text).unwrap();
        let id = frame[1].as_str().unwrap();
        if self.calls.remove(id).is_none() {
            return Ok(event);
        }
        let answer = json!([3, id, {"status": self.status}]);
        Ok(Some(Event::Text(answer.to_string())))
    }

    fn send(&mut self, text: &str) -> Result<(), Trouble> {
        let mut frame: Value = serde_json::from_str(text).unwrap();
        if frame[2] == "Reset" {
            self.resets += 1;
        }
        if frame[2] == "ChangeConfiguration" && frame[3]["key"] == self.key {
            self.calls.insert(frame[1].as_str().unwrap().to_owned(), ());
            if !self.changes {
                frame[3]["key"] = json!("NoSuchKey");
            }
        }
        self.bench.send(&frame.to_string())
    }

    fn act(&mut self, act: &Act) -> Result<(), Trouble> {
        self.bench.act(act)
    }

    fn disconnect(&mut self) -> Result<(), Trouble> {
        self.bench.disconnect()
    }

    fn serve(&mut self, server: Server) -> Result<(), Trouble> {
        self.bench.serve(server)
    }

    fn highest_profile(&self) -> u8 {
        self.bench.highest_profile()
    }

    fn uploads(&self) -> Vec<String> {
        self.bench.uploads()
    }
}

/// The verdict about a case, and how often the station was reset.
fn run(
    id: &str,
    product: &str,
    key: &'static str,
    status: &'static str,
    changes: bool,
) -> (Verdict, usize) {
    let products = products::all();
    let is = |product_: &&Product| product_.name == product;
    let product = products.iter().find(is).unwrap();
    let mut bench = Stubborn {
        bench: VirtualBench::new(product.station().unwrap()),
        key,
        status,
        changes,
        calls: BTreeMap::new(),
        resets: 0,
    };
    let case = cases::find(id).unwrap();
    let outcome = run_on(case, product, &mut bench, Parameters::of(product));
    (outcome.verdict, bench.resets)
}

fn failed_check(verdict: Verdict) -> String {
    match verdict {
        Verdict::Fail(Failed::Check(unmet)) => unmet.check,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_change_that_needs_a_restart_is_followed_by_one() {
    for (id, product, key) in [
        ("TC_004_2_CS", "chaevi", "ConnectionTimeOut"),
        ("TC_005_2_CS", "evsis", "StopTransactionOnEVSideDisconnect"),
        ("TC_005_2_CS", "cs-technology", "MinimumStatusDuration"),
        ("TC_061_2_CS", "without reader", "AuthorizeRemoteTxRequests"),
    ] {
        let (verdict, resets) = run(id, product, key, "RebootRequired", true);
        assert_eq!((verdict, resets), (Verdict::Pass, 1), "{id} {key}");
    }
}

#[test]
fn a_key_that_may_be_fixed_may_be_missing_too() {
    let key = "StopTransactionOnEVSideDisconnect";
    for status in ["NotSupported", "Rejected"] {
        let (verdict, _) = run("TC_005_2_CS", "chaevi", key, status, false);
        assert_eq!(verdict, Verdict::Pass, "{status}");
    }
    let (verdict, _) = run(
        "TC_004_2_CS",
        "chaevi",
        "ConnectionTimeOut",
        "NotSupported",
        false,
    );
    assert_eq!(failed_check(verdict), "prepare.ConnectionTimeOut/status");
}

/// AuthorizeRemoteTxRequests may be read-only (errata 2025-04).
#[test]
fn a_station_that_never_asks_at_remote_starts_is_judged_by_what_it_can_show() {
    let key = "AuthorizeRemoteTxRequests";
    let run = |id| run(id, "without reader", key, "Rejected", false).0;
    for id in ["TC_008_2_CS", "TC_010_CS", "TC_011_1_CS"] {
        assert_eq!(run(id), Verdict::Pass, "{id}");
    }
    let why = "AuthorizeRemoteTxRequests is read-only and false: nobody is asked at a remote start";
    let why = Cow::Borrowed(why);
    for id in ["TC_023_5_CS", "TC_053_2_CS", "TC_061_2_CS"] {
        assert_eq!(run(id), Verdict::NotApplicable(why.clone()), "{id}");
    }
    // A remote start that nobody follows with a cable fills no cache then, and the station does not ask all the same.
    assert_eq!(run("TC_007_2_CS"), Verdict::Pass);
}
