//! Proof beyond the list: every case again, with the power cut after every output of the station, and with every
//! message of the link lost, doubled, or the last one before the connection breaks.
//!
//! A case is [recorded](Script) once: what the person, the network and the CSMS did, and when. Then it is replayed with
//! one mishap: deed after deed, with time between them for the meter to be reported, and after the mishap only when the
//! station seems to be itself again. In the end everything is stopped and unplugged, the station gets the time to deliver
//! what it has, and the [`Books`] are checked:
//!
//! - all energy that has flowed belongs to a transaction that the CSMS was told of, except for the last minute before a
//!   power cut without warning;
//! - no transaction is told twice with different data: repetitions are the same to the letter, but for the id;
//! - registers never run backwards, within a transaction, in the order in which values arrive, and from one transaction to
//!   the next;
//! - the station is online and idle again, and has nothing left over.

mod books;
mod replay;
mod script;

pub use books::Books;
pub use replay::{Mishap, replay};
pub use script::Script;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::case::Case;
use crate::product::{Impossible, Product};
use crate::runner::Verdict;

/// What came of all replays of a case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proof {
    /// How often the power was cut, each time after another output.
    pub cuts: usize,
    /// How often a message was concerned.
    pub link_faults: usize,
    /// The transactions of all replays.
    pub transactions: usize,
    /// What they would have been without a mishap.
    pub undisturbed: usize,
    /// What went wrong: the case, the mishap, and the entry of the books.
    pub broken: Vec<String>,
}

/// Replays a case with every mishap there can be, or with one of so many. Nothing for a case that does not apply.
///
/// # Errors
/// [`Impossible`] if there can be no such product.
pub fn prove(case: &'static Case, product: &Product, one_of: usize) -> Result<Proof, Impossible> {
    let mut proof = Proof::default();
    if case.applicable(product).is_err() {
        return Ok(proof);
    }
    let config = product.station()?;
    let (script, verdict) = Script::record(case, product)?;
    if verdict != Verdict::Pass {
        let words = format!("{}: the recording has not passed: {verdict:?}", case.id);
        proof.broken.push(words);
        return Ok(proof);
    }
    let calm = match replay(&script, &config, None) {
        Ok(run) => run,
        Err(trouble) => {
            let words = format!("{}: {}", case.id, trouble);
            proof.broken.push(words);
            return Ok(proof);
        }
    };
    let (outputs, messages) = (calm.outputs, calm.messages);
    let transactions = calm.books.transactions();
    let calm = calm.books.errors().into_iter();
    proof
        .broken
        .extend(calm.map(|e| format!("{} without a mishap: {e}", case.id)));
    let mut check = |mishap: Mishap| {
        let run = AssertUnwindSafe(|| replay(&script, &config, Some(mishap)));
        let found = match catch_unwind(run) {
            Ok(Ok(run)) => {
                proof.transactions += run.books.transactions();
                proof.undisturbed += transactions;
                run.books.errors()
            }
            Ok(Err(trouble)) => vec![trouble.to_string()],
            Err(_) => vec!["the station panicked".to_owned()],
        };
        let name = case.id;
        let broken = found.into_iter().map(|e| format!("{name} {mishap:?}: {e}"));
        proof.broken.extend(broken);
    };
    let one_of = one_of.max(1);
    let (mut cuts, mut link_faults) = (0, 0);
    for output in (0..outputs).step_by(one_of) {
        check(Mishap::PowerCut(output));
        cuts += 1;
    }
    for message in (0..messages).step_by(one_of) {
        let faults: [fn(usize) -> Mishap; 5] = [
            Mishap::ConnectionLost,
            Mishap::ConnectionLostAfter,
            Mishap::Outage,
            Mishap::MessageLost,
            Mishap::MessageDoubled,
        ];
        for fault in faults {
            check(fault(message));
            link_faults += 1;
        }
    }
    proof.cuts = cuts;
    proof.link_faults = link_faults;
    Ok(proof)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use crate::bench::{Bench as _, VirtualBench};
    use crate::cases;
    use crate::mutation::Change;
    use crate::preset;

    /// Cuts the power everywhere in a charging session at a station that loses records; what the books say.
    fn found(loses: &'static str) -> String {
        let product = preset::chaevi();
        let case = cases::find("TC_004_1_CS").unwrap();
        let (script, _) = Script::record(case, &product).unwrap();
        let mut found = Vec::new();
        for output in 0..200 {
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
}
