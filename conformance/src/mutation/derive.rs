//! Misbehaving stations that follow from the steps of a case.
//!
//! A run that passes shows which checks were made on which messages. For each check there is a station that says something
//! else there, does not send the message, sends it twice, or sends it too late; and exactly that check has to fail.

mod candidates;
mod told;

use std::collections::BTreeSet;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::{Change, Mutation, fails};
use crate::case::{Case, Side};
use crate::lab::dialect::{Dialect, dialect};
use crate::lab::{INTERVAL, Of, Witness};
use crate::product::{Impossible, Product};
use crate::runner::{Verdict, run_virtual};
use candidates::candidates;

/// The misbehaving stations of a case, and the checks for which there can be none.
#[derive(Debug, Default)]
pub struct Derived {
    /// The stations.
    pub mutations: Vec<Mutation>,
    /// Checks that no change of the message alone can break.
    pub unbroken: Vec<String>,
}

/// The misbehaving stations of a case that is data, for a product that passes it.
///
/// # Errors
/// [`Impossible`] if there can be no such product.
pub fn derived(case: &'static Case, product: &Product) -> Result<Derived, Impossible> {
    let mut derived = Derived::default();
    if case.steps.is_empty() {
        return Ok(derived);
    }
    let outcome = run_virtual(case, product, None)?;
    if outcome.verdict != Verdict::Pass {
        return Ok(derived);
    }
    let dialect = dialect(case.version);
    let all = &outcome.witnesses;
    for witness in all {
        rules(witness, all, dialect, &mut derived);
        match &witness.of {
            Of::Answer(action, nth) | Of::Error(action, nth) => {
                answer(witness, action, *nth, &mut derived.mutations);
                if case.side == Side::Csms {
                    answer_of_csms(witness, action, *nth, product, &mut derived.mutations);
                }
            }
            Of::Outcome(nth) => told::misreports(witness, *nth, dialect, &mut derived.mutations),
            Of::Dial(nth) => {
                let otherwise = Change::DialOtherwise(*nth);
                derived
                    .mutations
                    .push(fails(otherwise, intern(&witness.label)));
            }
            // What it shows is all that there is to it.
            Of::Hello(_) => {}
            Of::Request(action, nth) => {
                request(witness, intern(action), *nth, all, &mut derived.mutations);
            }
        }
    }
    let events = all.iter().filter(|witness| match &witness.of {
        Of::Request(action, _) => action == "TransactionEvent",
        _ => false,
    });
    let last = events.max_by_key(|witness| match &witness.of {
        Of::Request(_, nth) => *nth,
        _ => 0,
    });
    if let Some(Witness {
        label,
        of: Of::Request(_, nth),
        ..
    }) = last
    {
        let by_number = all
            .iter()
            .any(|witness| witness.selectors.iter().any(|(at, _)| *at == "/seqNo"));
        let wrong = Change::Replace("TransactionEvent", *nth, "/seqNo", "7777");
        if witness_begins(last) {
            // Numbers may begin anywhere.
        } else if label.contains(".event") {
            // The step waits for those that would be before it.
            derived.mutations.push(fails(wrong, intern(label)));
        } else if !by_number {
            derived.mutations.push(fails(wrong, "transaction.seqNo"));
        }
    }
    let mut seen = BTreeSet::new();
    derived
        .mutations
        .retain(|mutation| seen.insert(format!("{:?}", mutation.change)));
    Ok(derived)
}

fn witness_begins(last: Option<&Witness>) -> bool {
    last.is_some_and(|last| last.payload["eventType"] == "Started")
}

/// A text that lives as long as the program; each one once.
fn intern(text: &str) -> &'static str {
    static ALL: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut all = ALL
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(known) = all.get(text) {
        return known;
    }
    let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
    all.insert(text);
    text
}

/// For each member that is checked a value that breaks the check.
fn rules(witness: &Witness, all: &[Witness], dialect: &dyn Dialect, derived: &mut Derived) {
    let selected = witness
        .selectors
        .iter()
        .map(|(pointer, _)| (*pointer, true));
    let checked = witness.rules.pointers().map(|pointer| (pointer, false));
    for (pointer, selects) in selected.chain(checked) {
        let whole = selects || witness.one_of_many;
        let check = match whole {
            true => witness.label.clone(),
            false => format!("{}{pointer}", witness.label),
        };
        // What is not one of the messages that the step wants has not to come.
        if selects && witness.optional {
            continue;
        }
        match breaking(witness, all, pointer, dialect) {
            Some((value, by_schema)) => {
                let (pointer, value) = placed(witness, pointer, value);
                let check = if by_schema { "schema" } else { intern(&check) };
                let change = change(witness, pointer, value.as_ref());
                derived.mutations.push(fails(change, check));
            }
            None => derived.unbroken.push(check),
        }
    }
}

fn change(witness: &Witness, pointer: &'static str, value: Option<&Value>) -> Change {
    let value = value.map(|value| intern(&value.to_string()));
    match (&witness.of, value) {
        (Of::Request(action, nth), Some(value)) => {
            Change::Replace(intern(action), *nth, pointer, value)
        }
        (Of::Request(action, nth), None) => Change::Remove(intern(action), *nth, pointer),
        (Of::Answer(action, nth) | Of::Error(action, nth), Some(value)) => {
            Change::Answer(action, *nth, pointer, value)
        }
        (Of::Answer(action, nth) | Of::Error(action, nth), None) => {
            Change::AnswerWithout(action, *nth, pointer)
        }
        (Of::Outcome(nth), Some(value)) => Change::Misreport(*nth, pointer, value),
        (Of::Outcome(nth), None) => Change::ReportWithout(*nth, pointer),
        (Of::Dial(nth), _) => Change::DialOtherwise(*nth),
        (Of::Hello(nth), Some(value)) => Change::Show(*nth, pointer, value),
        (Of::Hello(nth), None) => Change::ShowWithout(*nth, pointer),
    }
}

/// A value that breaks the check of a member, and no check of the same message before it; nothing for a member that must
/// be missing. Says whether the schema finds out first.
fn breaking(
    witness: &Witness,
    all: &[Witness],
    pointer: &'static str,
    dialect: &dyn Dialect,
) -> Option<(Option<Value>, bool)> {
    let valid = |payload: &Value| match &witness.of {
        Of::Request(action, _) => dialect.wrong_request(action, payload).is_none(),
        Of::Answer(action, _) | Of::Error(action, _) => {
            dialect.wrong_response(action, payload).is_none()
        }
        Of::Outcome(_) | Of::Dial(_) | Of::Hello(_) => true,
    };
    let breaks = |payload: &Value| {
        let same = all.iter().filter(|other| other.of == witness.of);
        for other in same {
            let selected = other
                .selectors
                .iter()
                .find(|(at, wanted)| payload.pointer(at) != Some(wanted))
                .map(|(at, _)| *at);
            let broken = selected.or_else(|| other.rules.first_broken(payload));
            if let Some(broken) = broken {
                return broken == pointer && std::ptr::eq(other, witness);
            }
        }
        false
    };
    let changed = |value: Option<&Value>| {
        let mut payload = witness.payload.clone();
        let (pointer, value) = placed(witness, pointer, value.cloned());
        let value = value.as_ref();
        match value {
            Some(value) => super::set(&mut payload, pointer, &value.to_string()),
            None => super::remove(&mut payload, pointer),
        }
        payload
    };
    let mut by_schema = None;
    for value in candidates(witness.payload.pointer(pointer)) {
        let payload = changed(value.as_ref());
        if !breaks(&payload) {
            continue;
        }
        if valid(&payload) {
            return Some((value, false));
        }
        // A member that the schema demands: that it is there needs no other check.
        if value.is_none() {
            by_schema = Some((None, true));
        }
    }
    by_schema
}

/// A value for a member of something that is not there comes with all of it.
fn placed(
    witness: &Witness,
    pointer: &'static str,
    value: Option<Value>,
) -> (&'static str, Option<Value>) {
    match (value, pointer.rsplit_once('/')) {
        (Some(value), Some((parent, name))) if witness.payload.pointer(parent).is_none() => {
            let name = name.to_owned();
            (parent, Some(json!({ name: value })))
        }
        (value, _) => (pointer, value),
    }
}

fn answer(witness: &Witness, action: &'static str, nth: usize, all: &mut Vec<Mutation>) {
    let label = intern(&witness.label);
    all.push(fails(Change::NoAnswer(action, nth), label));
    if !witness.errors_too {
        all.push(fails(Change::Refuse(action, nth, "InternalError"), label));
    }
}

/// A CSMS that answers late, twice, or with the id of another message.
fn answer_of_csms(
    witness: &Witness,
    action: &'static str,
    nth: usize,
    product: &Product,
    all: &mut Vec<Mutation>,
) {
    let late = product.limits.timeouts.response.saturating_add(5);
    let late = Change::LateAnswer(action, nth, late);
    all.push(fails(late, intern(&witness.label)));
    // An answer to nothing is no message of OCPP.
    all.push(fails(Change::AnswerTwice(action, nth), "schema"));
    all.push(fails(Change::AnswerToAnother(action, nth), "schema"));
}

/// The step that sees a second copy of a message: the next one, unless the copy is as good as what that wants. Then it is the
/// step after that which sees one too many.
/// A copy that the next step takes for its own fails that one's first rule.
fn sees_copy(witness: &Witness, all: &[Witness]) -> Option<String> {
    let action = |of: &Of| match of {
        Of::Request(action, _) => Some(action.clone()),
        _ => None,
    };
    let is_wanted = |other: &Witness| {
        let selected =
            |(at, value): &(&'static str, Value)| witness.payload.pointer(at) == Some(value);
        action(&other.of) == action(&witness.of) && other.selectors.iter().all(selected)
    };
    let mut at = all.iter().position(|other| std::ptr::eq(other, witness))?;
    loop {
        let next = all[at].next.as_deref()?;
        let mut later = (at + 1..all.len()).filter(|later| all[*later].label == next);
        match later.find(|later| matches!(all[*later].of, Of::Request(..))) {
            Some(later) if is_wanted(&all[later]) => {
                match all[later].rules.first_broken(&witness.payload) {
                    Some(pointer) => return Some(format!("{next}{pointer}")),
                    // A copy that would be early is seen by that.
                    None if all[later].not_before.is_some() => {
                        return all[later].not_before.clone();
                    }
                    // The operator is told what came of his second command before that has begun.
                    None if is_told(all, later) => return Some(all[later + 1].label.clone()),
                    None => at = later,
                }
            }
            _ => return Some(next.to_owned()),
        }
    }
}

/// Whether a step for a request also asks what the operator is told then.
fn is_told(all: &[Witness], request: usize) -> bool {
    let told = format!("{}.told", all[request].label);
    let next = all.get(request + 1);
    next.is_some_and(|next| matches!(next.of, Of::Outcome(_)) && next.label == told)
}

/// A station that does not send a request, sends it twice, too late, or after the one that should follow it.
fn request(
    witness: &Witness,
    action: &'static str,
    nth: usize,
    all: &[Witness],
    mutations: &mut Vec<Mutation>,
) {
    let label = intern(&witness.label);
    if !witness.optional {
        mutations.push(fails(Change::Drop(action, nth), label));
    }
    if witness.one_of_many {
        return;
    }
    match action {
        // What is told twice of a transaction shows in its books.
        "TransactionEvent" if witness.withheld => {}
        "TransactionEvent" => {
            mutations.push(fails(Change::Duplicate(action, nth), "transaction.seqNo"));
        }
        // What may come at any time, and a status that is told again, do no harm.
        "StatusNotification" | "Heartbeat" | "SecurityEventNotification" => {}
        _ if witness.optional => {}
        _ => {
            // In the interval of a station that is Pending a CSMS may read what it wants, also twice.
            if let Some(next) = sees_copy(witness, all).filter(|next| next != INTERVAL) {
                mutations.push(fails(Change::Duplicate(action, nth), intern(&next)));
            }
        }
    }
    // A station whose registration, or whose request for a certificate, is not answered repeats it, and one that has told
    // how far a file is tells it again, which is as good.
    let told_again = [
        "BootNotification",
        "FirmwareStatusNotification",
        "LogStatusNotification",
        "SignCertificate",
    ];
    let repeats = witness.optional || told_again.contains(&action);
    if let Some(within) = witness.within.filter(|_| !repeats) {
        let late = u32::try_from(within.as_secs()).unwrap_or(u32::MAX);
        let late = Change::Late(action, nth, late.saturating_add(10));
        mutations.push(fails(late, label));
    }
    if let Some((check, deviation)) = &witness.timed {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // A few seconds.
        let late = Change::Late(action, nth, deviation.ceil() as u32 + 5);
        mutations.push(fails(late, intern(check)));
    }
    let ordered = action == "BootNotification" && !witness.optional;
    let position = all.iter().position(|other| std::ptr::eq(other, witness));
    let following = position.and_then(|position| all.get(position + 1));
    if ordered && following.is_some_and(|next| matches!(next.of, Of::Request(..))) {
        mutations.push(fails(Change::Swap(action, nth), label));
    }
}
