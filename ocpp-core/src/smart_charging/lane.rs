//! A stack of profiles of which at any instant one leads.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Reverse;

use super::candidate::{Candidate, NEVER, Step};
use super::{ChargingSchedule, SchedulePeriod};

/// Candidates from the strongest to the weakest, swept along the axis of time.
///
/// A heap holds, for each candidate, the next instant at which it gets or loses its period; a bit set holds those that
/// have one. Moving on costs O(log n) for each such change and nothing for candidates that stay hidden.
pub(super) struct Lane {
    stack: Vec<Candidate>,
    active: Vec<u64>,
    events: BinaryHeap<Reverse<(i64, u32)>>,
    current: Option<(usize, Step)>,
    /// The next instant in `events`.
    next_event: i64,
}

impl Lane {
    /// `stack` has the strongest candidate first.
    pub(super) fn new(stack: Vec<Candidate>, start: i64) -> Self {
        let mut lane = Self {
            active: alloc::vec![0; stack.len().div_ceil(64)],
            events: BinaryHeap::with_capacity(stack.len()),
            current: None,
            next_event: NEVER,
            stack,
        };
        lane.rewind(start);
        lane
    }

    pub(super) fn is_empty(&self) -> bool {
        self.stack.is_empty()
    }

    pub(super) fn stack(&self) -> &[Candidate] {
        &self.stack
    }

    /// Goes to an instant that may lie before the last.
    pub(super) fn rewind(&mut self, t: i64) {
        self.events.clear();
        self.current = None;
        self.next_event = i64::MIN;
        for index in 0..self.stack.len() {
            self.look(index, t);
        }
    }

    /// Brings one candidate up to date.
    fn look(&mut self, index: usize, t: i64) {
        let (active, until) = self.stack[index].activity(t);
        let bit = 1_u64 << (index % 64);
        let word = &mut self.active[index / 64];
        if active {
            *word |= bit;
        } else {
            *word &= !bit;
        }
        if until != NEVER {
            self.events
                .push(Reverse((until.max(t.saturating_add(1)), index as u32)));
        }
    }

    fn leader(&self) -> Option<usize> {
        self.active
            .iter()
            .position(|&word| word != 0)
            .map(|at| at * 64 + self.active[at].trailing_zeros() as usize)
    }

    /// Goes to an instant that is not before the last. Returns the instant until which the same period leads at least,
    /// and what it cost.
    #[inline]
    pub(super) fn advance(&mut self, t: i64) -> (i64, u32) {
        // Nearly always the leader stays and merely goes on to its next period.
        if t < self.next_event
            && let Some((leader, step)) = &mut self.current
            && (t < step.end || (t == step.end && self.stack[*leader].go_on(step)))
        {
            return (step.end.min(self.next_event), 0);
        }
        self.find_leader(t)
    }

    fn find_leader(&mut self, t: i64) -> (i64, u32) {
        let mut work = 0;
        while let Some(&Reverse((at, index))) = self.events.peek() {
            if at > t {
                break;
            }
            self.events.pop();
            self.look(index as usize, t);
            work += 1;
        }
        self.next_event = self.events.peek().map_or(NEVER, |event| event.0.0);
        self.current = self
            .leader()
            .and_then(|leader| Some((leader, self.stack[leader].step(t)?)));
        let end = self.current.as_ref().map_or(NEVER, |(_, step)| step.end);
        (end.min(self.next_event), work)
    }

    /// The leading schedule and its period.
    #[inline]
    pub(super) fn leading(&self) -> Option<(&ChargingSchedule, &SchedulePeriod)> {
        let (index, step) = self.current.as_ref()?;
        let candidate = &self.stack[*index];
        Some((candidate.schedule(), candidate.period(step.index)))
    }
}
