//! Proof beyond the list: every case again, with the power cut after every output of the station, and with every
//! message of the link lost, doubled, or the last one before the connection breaks.
//!
//! A case is [recorded](Script) once: what the person, the network and the CSMS did, and when. Then it is replayed with
//! one mishap. The script goes on as it was, whether or not it still makes sense, as a person would who does not know
//! what happened inside. In the end everything is stopped and unplugged, the station gets the time to deliver what it
//! has, and the [`Books`] are checked: no transaction is lost, none is reported twice with different data, its meter
//! values never run backwards.

mod books;
mod replay;
mod script;

pub use books::Books;
pub use replay::{Mishap, replay};
pub use script::Script;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::case::Case;
use crate::product::{Impossible, Product};

/// What came of all replays of a case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proof {
    /// How often the power was cut, each time after another output.
    pub cuts: usize,
    /// How often a message was concerned.
    pub link_faults: usize,
    /// What went wrong: the case, the mishap, and the entry of the books.
    pub broken: Vec<String>,
}

/// Replays a case with every mishap there can be. Nothing for a case that does not apply.
///
/// # Errors
/// [`Impossible`] if there can be no such product.
pub fn prove(case: &'static Case, product: &Product) -> Result<Proof, Impossible> {
    let mut proof = Proof::default();
    if (case.applies)(product).is_err() {
        return Ok(proof);
    }
    let config = product.station()?;
    let script = Script::record(case, product)?;
    let calm = replay(&script, &config, None);
    let mut check = |mishap: Mishap| {
        let run = AssertUnwindSafe(|| replay(&script, &config, Some(mishap)));
        let found = match catch_unwind(run) {
            Ok(run) => run.map_or_else(
                |trouble| vec![trouble.to_string()],
                |run| run.books.errors(),
            ),
            Err(_) => vec!["the station panicked".to_owned()],
        };
        let name = case.id;
        let broken = found.into_iter().map(|e| format!("{name} {mishap:?}: {e}"));
        proof.broken.extend(broken);
    };
    let (outputs, messages) = match calm {
        Ok(run) => (run.outputs, run.messages),
        Err(trouble) => {
            let words = format!("{}: {}", case.id, trouble);
            proof.broken.push(words);
            return Ok(proof);
        }
    };
    for output in 0..outputs {
        check(Mishap::PowerCut(output));
    }
    for message in 0..messages {
        check(Mishap::ConnectionLost(message));
        check(Mishap::MessageLost(message));
        check(Mishap::MessageDoubled(message));
    }
    proof.cuts = outputs;
    proof.link_faults = messages * 3;
    Ok(proof)
}
