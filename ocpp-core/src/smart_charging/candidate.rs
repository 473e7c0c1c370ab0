//! One profile on the axis of time: when it is in force and which of its periods then holds.
//!
//! All instants are UTC in milliseconds since 1970 as `i64`; `i64::MAX` stands for never. Arithmetic saturates, so that
//! absurd inputs move an instant to the end of time and nothing else.

use alloc::sync::Arc;

use super::zone::{self, Zone};
use super::{ChargingProfile, ChargingSchedule, ProfileKind, Recurrency, SchedulePeriod};

/// No further change.
pub(super) const NEVER: i64 = i64::MAX;

const DAY: i64 = 86_400_000;

/// Seconds as milliseconds.
#[inline]
pub(super) fn millis(seconds: i64) -> i64 {
    seconds.saturating_mul(1_000)
}

/// A profile, with everything that the calculation needs worked out.
pub(super) struct Candidate {
    pub(super) profile: Arc<ChargingProfile>,
    schedule: usize,
    valid_from: i64,
    valid_to: i64,
    /// Start of the only or the first run; before it the schedule limits nothing (K01.FR.30).
    start: i64,
    /// Length of one run in milliseconds of its clock.
    length: i64,
    repeats: Repeats,
}

enum Repeats {
    Never,
    /// Every so many milliseconds.
    Utc(i64),
    /// Every so many days of local time.
    Local {
        zone: Arc<dyn Zone>,
        wall: i64,
        every: i64,
    },
}

/// One run of a schedule: `[start, end)`.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub(super) start: i64,
    pub(super) end: i64,
    /// Local time at the start, for recurrence in local time.
    wall: i64,
}

/// Where an instant lies between the runs of a schedule.
pub(super) enum Place {
    /// Before the first run, which starts then.
    Before(i64),
    /// Within a run.
    Within(Run),
    /// Between two runs; the next starts then.
    Between(i64),
    /// After the only run.
    After,
}

/// The period that holds, and the instant at which it ends.
pub(super) struct Step {
    pub(super) run: Run,
    pub(super) index: usize,
    pub(super) end: i64,
}

impl Candidate {
    /// `relative_start` is what schedules without a start of their own count from; `schedule` selects one of several.
    /// `None` when the profile has no such schedule.
    /// Requirements: K01.FR.10.
    pub(super) fn new(
        profile: Arc<ChargingProfile>,
        schedule: usize,
        relative_start: i64,
        zone: Option<&Arc<dyn Zone>>,
    ) -> Option<Self> {
        let chosen = profile.schedules.get(schedule)?;
        let start = match (profile.kind, chosen.start) {
            (ProfileKind::Absolute | ProfileKind::Recurring, Some(start)) => start.unix_millis(),
            // 1.6 section 7.13: without startSchedule the schedule is relative.
            _ => relative_start,
        };
        let days = match profile.recurrency {
            Some(Recurrency::Weekly) => 7,
            _ => 1,
        };
        let repeats = match (profile.kind, zone) {
            (ProfileKind::Recurring, None) => Repeats::Utc(days * DAY),
            (ProfileKind::Recurring, Some(zone)) => Repeats::Local {
                zone: Arc::clone(zone),
                wall: zone::wall(zone.as_ref(), start),
                every: days * DAY,
            },
            _ => Repeats::Never,
        };
        let length = chosen.duration.map_or(NEVER, millis).max(0);
        Some(Self {
            valid_from: profile.valid_from.map_or(i64::MIN, |at| at.unix_millis()),
            valid_to: profile.valid_to.map_or(NEVER, |at| at.unix_millis()),
            start,
            length,
            repeats,
            schedule,
            profile,
        })
    }

    /// The schedule in use.
    #[inline]
    pub(super) fn schedule(&self) -> &ChargingSchedule {
        &self.profile.schedules[self.schedule]
    }

    /// The period with an index that [`step`](Self::step) gave.
    #[inline]
    pub(super) fn period(&self, index: usize) -> &SchedulePeriod {
        &self.schedule().periods[index]
    }

    pub(super) fn valid_from(&self) -> i64 {
        self.valid_from
    }

    pub(super) fn valid_to(&self) -> i64 {
        self.valid_to
    }

    /// Where `t` lies, regardless of validity.
    /// Requirements: K01.FR.13.
    pub(super) fn place(&self, t: i64) -> Place {
        if t < self.start {
            return Place::Before(self.start);
        }
        match &self.repeats {
            Repeats::Never => {
                let run = Run {
                    start: self.start,
                    end: self.start.saturating_add(self.length),
                    wall: 0,
                };
                if t < run.end || self.length == NEVER {
                    Place::Within(run)
                } else {
                    Place::After
                }
            }
            Repeats::Utc(every) => {
                let start = t - t.saturating_sub(self.start).rem_euclid(*every);
                let end = start.saturating_add(self.length.min(*every));
                if t < end {
                    Place::Within(Run {
                        start,
                        end,
                        wall: 0,
                    })
                } else {
                    Place::Between(start.saturating_add(*every))
                }
            }
            Repeats::Local { zone, wall, every } => {
                let zone = zone.as_ref();
                let now = zone::wall(zone, t);
                let mut begin = wall.saturating_add(
                    now.saturating_sub(*wall)
                        .div_euclid(*every)
                        .saturating_mul(*every),
                );
                // Around a change of the clocks the wall may be ahead of or behind the run by an hour.
                if zone::first_instant(zone, begin) > t {
                    begin = begin.saturating_sub(*every);
                }
                let mut next = begin.saturating_add(*every);
                if zone::first_instant(zone, next) <= t {
                    begin = next;
                    next = begin.saturating_add(*every);
                }
                let next_start = zone::first_instant(zone, next);
                let end = if self.length < *every {
                    zone::first_instant(zone, begin.saturating_add(self.length))
                } else {
                    next_start
                };
                if begin < *wall {
                    Place::Before(zone::first_instant(zone, *wall))
                } else if t < end {
                    let start = zone::first_instant(zone, begin);
                    Place::Within(Run {
                        start,
                        end,
                        wall: begin,
                    })
                } else {
                    Place::Between(next_start)
                }
            }
        }
    }

    /// Whether a run follows the other without a gap.
    #[inline]
    fn is_gapless(&self) -> bool {
        match &self.repeats {
            Repeats::Never => false,
            Repeats::Utc(every) | Repeats::Local { every, .. } => self.length >= *every,
        }
    }

    /// Whether the profile has a period at `t`, and until when that stays so at least.
    pub(super) fn activity(&self, t: i64) -> (bool, i64) {
        if t >= self.valid_to {
            return (false, NEVER);
        }
        if t < self.valid_from {
            let opens = self.valid_from < self.valid_to;
            return (false, if opens { self.valid_from } else { NEVER });
        }
        let start = match self.place(t) {
            Place::Within(run) => {
                let end = if self.is_gapless() { NEVER } else { run.end };
                return (true, end.min(self.valid_to));
            }
            Place::After => NEVER,
            Place::Before(start) | Place::Between(start) => start,
        };
        // `start > t` also where saturation glued both together.
        if start > t && start < self.valid_to {
            (false, start)
        } else {
            (false, NEVER)
        }
    }

    /// The period at `t`, when there is one.
    pub(super) fn step(&self, t: i64) -> Option<Step> {
        if t < self.valid_from || t >= self.valid_to {
            return None;
        }
        match self.place(t) {
            Place::Within(run) => self.step_in(run, t),
            _ => None,
        }
    }

    /// Requirements: K01.FR.12.
    fn step_in(&self, run: Run, t: i64) -> Option<Step> {
        let after = self
            .schedule()
            .periods
            .partition_point(|period| self.instant(&run, period.start) <= t);
        let index = after.checked_sub(1)?;
        Some(Step {
            run,
            index,
            end: self.step_end(&run, index),
        })
    }

    /// Goes on to the next period of the same run, if there is one.
    #[inline]
    pub(super) fn go_on(&self, step: &mut Step) -> bool {
        let index = step.index + 1;
        if step.end >= step.run.end
            || step.end >= self.valid_to
            || index >= self.schedule().periods.len()
        {
            return false;
        }
        step.index = index;
        step.end = self.step_end(&step.run, index);
        true
    }

    #[inline]
    fn step_end(&self, run: &Run, index: usize) -> i64 {
        let end = match self.schedule().periods.get(index + 1) {
            Some(next) => self.instant(run, next.start).min(run.end),
            // A single limit around the clock needs no break at the turn of the day.
            None if index == 0 && self.is_gapless() => NEVER,
            None => run.end,
        };
        end.min(self.valid_to)
    }

    /// The instant `offset` seconds into a run: by the clock that the recurrence follows.
    #[inline]
    fn instant(&self, run: &Run, offset: i64) -> i64 {
        match &self.repeats {
            Repeats::Local { zone, .. } => {
                zone::first_instant(zone.as_ref(), run.wall.saturating_add(millis(offset)))
            }
            _ => run.start.saturating_add(millis(offset)),
        }
    }
}
