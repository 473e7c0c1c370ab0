//! CSMSs that tell their operator something else than the station has said.

use serde_json::Value;

use super::super::{Change, Mutation, fails};
use super::{candidates, intern};
use crate::lab::dialect::Dialect;
use crate::lab::{Of, Witness};

/// A CSMS that tells the operator nothing, or that has understood something else than the lab has said: for each member that is
/// checked and that the lab has said so, in a message that the CSMS has got since the operator was asked.
pub(super) fn misreports(
    witness: &Witness,
    nth: usize,
    dialect: &dyn Dialect,
    all: &mut Vec<Mutation>,
) {
    let label = &witness.label;
    all.push(fails(Change::Untold(nth), intern(label)));
    for pointer in witness.rules.pointers() {
        let Some(value) = witness.payload.pointer(pointer) else {
            continue;
        };
        let misread = witness.heard.iter().rev().find_map(|heard| {
            let at = place_of(&heard.payload, value, pointer)?;
            let other = |candidate: &Value| {
                let mut payload = heard.payload.clone();
                super::super::set(&mut payload, &at, &candidate.to_string());
                let valid = match &heard.of {
                    Of::Answer(action, _) => dialect.wrong_request(action, &payload).is_none(),
                    Of::Request(action, _) => dialect.wrong_response(action, &payload).is_none(),
                    _ => false,
                };
                valid && payload != heard.payload
            };
            let candidates = candidates(Some(value)).into_iter().flatten();
            let breaks = |other: &Value| {
                let mut told = witness.payload.clone();
                super::super::set(&mut told, pointer, &other.to_string());
                witness.rules.first_broken(&told) == Some(pointer)
            };
            let other = candidates
                .into_iter()
                .find(|value| breaks(value) && other(value))?;
            let (at, other) = (intern(&at), intern(&other.to_string()));
            Some(match &heard.of {
                Of::Answer(action, nth) => Change::Misread(action, *nth, at, other),
                Of::Request(action, nth) => Change::MisreadAnswer(intern(action), *nth, at, other),
                _ => return None,
            })
        });
        let check = intern(&format!("{label}{pointer}"));
        all.extend(misread.map(|change| fails(change, check)));
    }
}

/// Where a payload has a text, number or flag: of several places the one with the same numbers of items in its pointer.
fn place_of(payload: &Value, wanted: &Value, like: &str) -> Option<String> {
    fn walk(value: &Value, at: &str, wanted: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    walk(member, &format!("{at}/{name}"), wanted, found);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    walk(item, &format!("{at}/{index}"), wanted, found);
                }
            }
            value if value == wanted => found.push(at.to_owned()),
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(payload, "", wanted, &mut found);
    let numbers = |pointer: &str| -> Vec<usize> {
        let parts = pointer.split('/');
        parts.filter_map(|part| part.parse().ok()).collect()
    };
    let same = found.iter().find(|at| numbers(at) == numbers(like));
    same.or(found.first()).cloned()
}
