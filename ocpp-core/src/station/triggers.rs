//! TriggerMessage for meter values: the answer waits for the meters.

use alloc::vec::Vec;

use crate::session::CallToken;

/// How many such calls wait for meters at most.
const MAX_WAITING: usize = 20;

/// A call that waits. `A` says how to answer it.
#[derive(Debug)]
struct Waiting<A> {
    call: CallToken,
    answer: A,
    /// The places whose meters have not answered yet.
    places: Vec<usize>,
    accepted: bool,
}

/// A meter has answered to a call.
#[derive(Debug)]
pub(crate) struct Read<A> {
    pub(crate) call: CallToken,
    pub(crate) answer: A,
    /// Whether the call is accepted, if it is to be answered now.
    pub(crate) verdict: Option<bool>,
}

/// What is accepted is sent (1.6 section 5.17, F06.FR.10). Only the reading shows whether a meter has any of the configured
/// measurands: the call is accepted with the first value that there is to send, and rejected if there is none.
#[derive(Debug)]
pub(crate) struct MeterTriggers<A>(Vec<Waiting<A>>);

impl<A> Default for MeterTriggers<A> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<A: Copy> MeterTriggers<A> {
    /// Waits for the meters of these places. `false` if there are none, or too many calls wait.
    pub(crate) fn add(&mut self, call: CallToken, answer: A, places: Vec<usize>) -> bool {
        let room = !places.is_empty() && self.0.len() < MAX_WAITING;
        if room {
            self.0.push(Waiting {
                call,
                answer,
                places,
                accepted: false,
            });
        }
        room
    }

    /// A meter has answered to the oldest call that waits for it; `None` if nobody does any more.
    pub(crate) fn read(&mut self, place: usize, has_value: bool) -> Option<Read<A>> {
        let waits = |waiting: &Waiting<A>| waiting.places.contains(&place);
        let at = self.0.iter().position(waits)?;
        let waiting = &mut self.0[at];
        if let Some(which) = waiting.places.iter().position(|other| *other == place) {
            waiting.places.swap_remove(which);
        }
        let first = has_value && !waiting.accepted;
        waiting.accepted |= has_value;
        let (call, answer, accepted) = (waiting.call, waiting.answer, waiting.accepted);
        let over = waiting.places.is_empty();
        if over {
            self.0.remove(at);
        }
        Some(Read {
            call,
            answer,
            verdict: (first || over && !accepted).then_some(accepted),
        })
    }

    /// Nobody waits for the answers any more; the readings that come count for nobody.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
