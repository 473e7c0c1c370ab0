//! What drivers do at a charging point in the course of a day. Times are minutes of that day.

use std::collections::VecDeque;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

/// The minutes of a day.
pub(super) const DAY: f64 = 1440.0;

/// How many cars come to a charging point in each hour, on average: few at night, most before and after work.
const ARRIVALS: [f64; 24] = [
    0.03, 0.02, 0.02, 0.02, 0.03, 0.06, 0.15, 0.35, 0.45, 0.35, 0.28, 0.28, 0.32, 0.30, 0.28, 0.30,
    0.38, 0.50, 0.48, 0.35, 0.25, 0.15, 0.08, 0.05,
];

/// After so many minutes it is looked again whether somebody comes.
const STEP: f64 = 5.0;

/// Something that is done at a charging point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Plug,
    /// The card of this visit.
    Card,
    /// One that nobody knows.
    WrongCard,
    /// The battery is full; the car takes no more.
    Full,
    Fault,
    FaultEnds,
    Unplug,
}

/// The visits to one charging point, one after the other. The same seed gives the same day.
#[derive(Debug)]
pub(super) struct Visits {
    rng: StdRng,
    /// Up to when it is known what happens.
    until: f64,
    acts: VecDeque<(f64, Act)>,
    /// How many have come.
    count: u32,
}

impl Visits {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            rng: StdRng::seed_from_u64(seed),
            until: 0.0,
            acts: VecDeque::new(),
            count: 0,
        }
    }

    /// The number of the visit that is under way or comes next.
    pub(super) const fn number(&self) -> u32 {
        self.count
    }

    /// When something happens next; `None`: nothing more that is over by the end of the day.
    pub(super) fn next(&mut self) -> Option<f64> {
        while self.acts.is_empty() && self.until < DAY {
            self.plan();
        }
        self.acts.front().map(|(at, _)| *at)
    }

    /// What happens then.
    pub(super) fn take(&mut self) -> Option<Act> {
        self.acts.pop_front().map(|(_, act)| act)
    }

    fn between(&mut self, least: f64, most: f64) -> f64 {
        self.rng.random_range(least..most)
    }

    /// Looks whether somebody comes in the next minutes, and what he does.
    fn plan(&mut self) {
        // A whole number from 0 to 23, as long as the day lasts.
        let hour = (self.until / 60.0) as usize;
        let arrivals = ARRIVALS.get(hour).copied().unwrap_or(0.0);
        let comes = self.rng.random_bool(arrivals * STEP / 60.0);
        let at = self.until + self.between(0.0, STEP);
        self.until += STEP;
        if !comes {
            return;
        }
        // Most stay for an hour or two, some for an afternoon.
        let short = self.rng.random_bool(0.8);
        let charging = match short {
            true => self.between(15.0, 110.0),
            false => self.between(110.0, 300.0),
        };
        let (card, leaves) = (at + self.between(0.5, 2.0), at + charging + 3.0);
        let mut acts = vec![(at, Act::Plug), (card, Act::Card), (leaves, Act::Unplug)];
        if self.rng.random_bool(0.04) {
            acts.push((at + 0.3, Act::WrongCard));
        }
        if self.rng.random_bool(0.3) {
            acts.push((card + charging * 0.8, Act::Full));
        }
        if self.rng.random_bool(0.7) {
            // Most stop it with the card, others simply pull the cable out.
            acts.push((leaves - 1.0, Act::Card));
        }
        if self.rng.random_bool(0.01) {
            let breaks = card + charging * 0.5;
            acts.push((breaks, Act::Fault));
            acts.push((breaks + 2.0, Act::FaultEnds));
        }
        if leaves >= DAY {
            // He would still be there in the evening.
            return;
        }
        acts.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        self.acts.extend(acts);
        self.count += 1;
        self.until = leaves + 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(seed: u64) -> Vec<(f64, Act)> {
        let mut visits = Visits::new(seed);
        let mut all = Vec::new();
        while let Some(at) = visits.next() {
            all.extend(visits.take().map(|act| (at, act)));
        }
        all
    }

    #[test]
    fn the_same_seed_gives_the_same_day_and_another_one_another() {
        assert_eq!(all(7), all(7));
        assert_ne!(all(7), all(8));
    }

    #[test]
    fn whoever_comes_plugs_in_shows_a_card_and_leaves_in_order() {
        let mut sessions = 0;
        for seed in 0..200 {
            let acts = all(seed);
            assert!(acts.is_sorted_by(|(one, _), (other, _)| one <= other));
            assert!(acts.iter().all(|(at, _)| (0.0..DAY).contains(at)));
            let mut plugged = false;
            for (_, act) in acts {
                match act {
                    Act::Plug => {
                        assert!(!plugged);
                        sessions += 1;
                        plugged = true;
                    }
                    Act::Unplug => {
                        assert!(plugged);
                        plugged = false;
                    }
                    _ => assert!(plugged),
                }
            }
            assert!(!plugged, "nobody is left in the evening");
        }
        assert!((400..1400).contains(&sessions), "{sessions} in 200 days");
    }
}
