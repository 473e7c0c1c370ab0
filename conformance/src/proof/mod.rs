//! Proof beyond the list: every case again, with the power cut after every output of the station or its program ended, and
//! with every message of the link lost, doubled, or the last one before the connection breaks, becomes half open or the CSMS
//! stops to answer.
//!
//! A case is [recorded](Script) once: what the person, the network and the CSMS did, and when. Then it is replayed with
//! one mishap: deed after deed, with time between them for the meter to be reported, and after the mishap only when the
//! station seems to be itself again. In the end everything is stopped and unplugged, the station gets the time to deliver
//! what it has, and the [`Books`] are checked:
//!
//! - all energy that has flowed belongs to a transaction that the CSMS was told of, except for the last minute before a
//!   power cut without warning;
//! - in 2.0.1 the events of a transaction are numbered without gap and repetition, from `Started` to `Ended`, with nothing after it;
//! - no transaction is told twice with different data: repetitions are the same to the letter, but for the id;
//! - registers never run backwards, within a transaction, in the order in which values arrive, and from one transaction to
//!   the next;
//! - a message is given up only after it has arrived as often as the station is configured to send it, and the station says so;
//! - the energy of a transaction is what has flowed in it, also until a power cut;
//! - the station is online and idle again, and has nothing left over: somebody charges at each connector that is available,
//!   and nobody at the others.
//!
//! All the time the hardware is watched: its contactors, locks and limits must be what [transactions, faults, availability
//! and charging profiles](ocpp_core::testing::demands) demand.

mod books;
mod csms;
mod histories;
mod of_csms;
mod replay;
mod script;

pub use books::Books;
pub use of_csms::prove_csms;
pub use replay::{Mishap, replay};
pub use script::Script;

use std::panic::{AssertUnwindSafe, catch_unwind};

use ocpp_core::station::StationConfig;

use crate::bench::LinkDirection;
use crate::case::Case;
use crate::product::{Impossible, Product};
use crate::runner::{Verdict, delivered};

/// What came of all replays of a case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proof {
    /// How often the power was cut or the program ended, each time after another output.
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
    let (script, verdict) = Script::record(case, product)?;
    if verdict != Verdict::Pass {
        let words = format!("{}: the recording has not passed: {verdict:?}", case.id);
        proof.broken.push(words);
        return Ok(proof);
    }
    let config = delivered(case, product)?;
    proof.replay_all(
        &format!("{} of {}", case.id, product.name),
        &script,
        &config,
        one_of,
    );
    Ok(proof)
}

/// The same with histories that no case has: limits that are shared and change, faults, resets, connectors out of use.
///
/// # Errors
/// [`Impossible`] if there can be no such product.
pub fn prove_histories(product: &Product, one_of: usize) -> Result<Proof, Impossible> {
    let mut proof = Proof::default();
    if product.connectors >= 2 {
        for (name, script) in histories::all(product) {
            let name = format!("{name} of {}", product.name);
            proof.replay_all(&name, &script, &product.station()?, one_of);
        }
    }
    Ok(proof)
}

impl Proof {
    /// Adds what came of others.
    pub fn add(&mut self, other: Self) {
        self.cuts += other.cuts;
        self.link_faults += other.link_faults;
        self.transactions += other.transactions;
        self.undisturbed += other.undisturbed;
        self.broken.extend(other.broken);
    }

    fn replay_all(&mut self, name: &str, script: &Script, config: &StationConfig, one_of: usize) {
        let calm = match replay(script, config, None) {
            Ok(run) => run,
            Err(trouble) => {
                self.broken.push(format!("{name}: {trouble}"));
                return;
            }
        };
        let (outputs, messages) = (calm.outputs, calm.messages);
        let transactions = calm.books.transactions();
        let calm = calm.books.errors().into_iter();
        self.broken
            .extend(calm.map(|e| format!("{name} without a mishap: {e}")));
        let mut check = |mishap: Mishap| {
            let run = AssertUnwindSafe(|| replay(script, config, Some(mishap)));
            let found = match catch_unwind(run) {
                Ok(Ok(run)) => {
                    self.transactions += run.books.transactions();
                    self.undisturbed += transactions;
                    run.books.errors()
                }
                Ok(Err(trouble)) => vec![trouble.to_string()],
                Err(_) => vec!["the station panicked".to_owned()],
            };
            let broken = found.into_iter().map(|e| format!("{name} {mishap:?}: {e}"));
            self.broken.extend(broken);
        };
        let one_of = one_of.max(1);
        // Each kind of mishap has places of its own.
        let places = |kind: usize, all: usize| (kind % one_of..all).step_by(one_of);
        let (mut cuts, mut link_faults) = (0, 0);
        let ends = [Mishap::PowerCut, Mishap::ProgramEnd];
        for (kind, end) in ends.into_iter().enumerate() {
            for output in places(kind, outputs) {
                check(end(output));
                cuts += 1;
            }
        }
        let faults: [fn(usize) -> Mishap; 9] = [
            Mishap::ConnectionLost,
            Mishap::ConnectionLostAfter,
            Mishap::Outage,
            Mishap::MessageLost,
            Mishap::MessageDoubled,
            |n| Mishap::HalfOpen(LinkDirection::ToCsms, n),
            |n| Mishap::HalfOpen(LinkDirection::ToStation, n),
            |n| Mishap::HalfOpen(LinkDirection::Both, n),
            Mishap::Mute,
        ];
        for (kind, fault) in faults.into_iter().enumerate() {
            for message in places(kind, messages) {
                check(fault(message));
                link_faults += 1;
            }
        }
        self.cuts += cuts;
        self.link_faults += link_faults;
    }
}

#[cfg(test)]
mod tests;
