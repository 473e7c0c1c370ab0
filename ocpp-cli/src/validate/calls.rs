//! The calls that were seen, so that a response can be checked against what it answers.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use ocpp_types::Version;

use super::line::Side;

/// How many calls are remembered.
const REMEMBERED: usize = 100_000;

/// How many calls with one id are remembered: both directions, and stations in one log that count alike.
const PER_ID: usize = 4;

/// A call that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) version: Version,
    pub(super) action: &'static str,
    from: Side,
    answered: bool,
    number: u64,
}

/// The last calls.
#[derive(Debug, Default)]
pub(super) struct Calls {
    by_id: HashMap<Arc<str>, Vec<Call>>,
    oldest_first: VecDeque<(u64, Arc<str>)>,
    next_number: u64,
}

impl Calls {
    pub(super) fn insert(&mut self, id: &str, from: Side, version: Version, action: &'static str) {
        if self.oldest_first.len() >= REMEMBERED {
            self.forget_oldest();
        }
        let number = self.next_number;
        self.next_number += 1;
        let id: Arc<str> = id.into();
        let same = self.by_id.entry(Arc::clone(&id)).or_default();
        if same.len() == PER_ID {
            same.remove(0);
        }
        same.push(Call {
            version,
            action,
            from,
            answered: false,
            number,
        });
        self.oldest_first.push_back((number, id));
    }

    fn forget_oldest(&mut self) {
        let Some((number, id)) = self.oldest_first.pop_front() else {
            return;
        };
        if let Some(same) = self.by_id.get_mut(&id) {
            same.retain(|call| call.number != number);
            if same.is_empty() {
                self.by_id.remove(&id);
            }
        }
    }

    /// The calls that a response with this id from this side may answer, the likeliest first: those without an answer
    /// yet, oldest first, then the others.
    pub(super) fn candidates(&self, id: &str, from: Side) -> impl Iterator<Item = Call> + use<> {
        let same = self.by_id.get(id).map_or(&[][..], Vec::as_slice);
        let fitting = |answered| {
            let fits = move |call: &&Call| call.answered == answered && from.answers(call.from);
            same.iter().filter(fits).copied()
        };
        let mut found = [None; PER_ID];
        for (slot, call) in found.iter_mut().zip(fitting(false).chain(fitting(true))) {
            *slot = Some(call);
        }
        found.into_iter().flatten()
    }

    /// Notes that a call has its answer.
    pub(super) fn answered(&mut self, id: &str, answered: &Call) {
        let same = self.by_id.get_mut(id).into_iter().flatten();
        for call in same.filter(|call| call.number == answered.number) {
            call.answered = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actions(calls: &Calls, id: &str, from: Side) -> Vec<&'static str> {
        calls.candidates(id, from).map(|call| call.action).collect()
    }

    #[test]
    fn both_directions_may_use_the_same_id() {
        let mut calls = Calls::default();
        calls.insert("1", Side::Station, Version::V1_6, "Heartbeat");
        calls.insert("1", Side::Csms, Version::V1_6, "Reset");
        assert_eq!(actions(&calls, "1", Side::Csms), ["Heartbeat"]);
        assert_eq!(actions(&calls, "1", Side::Station), ["Reset"]);
        assert_eq!(actions(&calls, "1", Side::Unknown), ["Heartbeat", "Reset"]);
        let first = calls.candidates("1", Side::Unknown).next().unwrap();
        calls.answered("1", &first);
        assert_eq!(actions(&calls, "1", Side::Unknown), ["Reset", "Heartbeat"]);
    }

    #[test]
    fn memory_is_bounded_by_number_and_by_id() {
        let mut calls = Calls::default();
        for n in 0..REMEMBERED + 10 {
            calls.insert(&n.to_string(), Side::Unknown, Version::V1_6, "Heartbeat");
        }
        assert_eq!(calls.oldest_first.len(), REMEMBERED);
        assert_eq!(calls.by_id.len(), REMEMBERED);
        assert_eq!(actions(&calls, "9", Side::Unknown), [""; 0]);
        assert_eq!(actions(&calls, "10", Side::Unknown), ["Heartbeat"]);
        for _ in 0..REMEMBERED {
            calls.insert("same", Side::Unknown, Version::V1_6, "Reset");
        }
        assert_eq!(calls.by_id.len(), 1);
        assert_eq!(calls.candidates("same", Side::Unknown).count(), PER_ID);
    }
}
