//! The limit that applies now, for the control loop of a charger.

use ocpp_types::DateTime;
use rust_decimal::Decimal;

use super::amount::{Limit, Units};
use super::candidate::NEVER;
use super::composite::{CompositeError, Installed};
use super::timeline::{Scope, Segment, Timeline};
use super::{Site, Transaction};

/// Steps that are looked ahead for one that changes something.
const LOOK_AHEAD: u32 = 64;

/// Follows the composite limit of one EVSE, or of the station, through time.
///
/// Build it when profiles or transactions have changed; then ask as often as you like. An answer costs a comparison while
/// nothing changes and O(log n) when something does, and never allocates.
pub struct LimitNow {
    timeline: Timeline,
    current: Segment,
    start: i64,
    answer: CurrentLimit,
}

/// A limit and how long it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentLimit {
    /// The limit in the wanted unit, or that of L1 when the other phases have their own. Cut to tenths after a conversion.
    pub limit: Decimal,
    /// Limits of L2 and L3, when profiles set them apart (2.1).
    pub other_phases: Option<[Decimal; 2]>,
    /// The phases that may be used. `None` for DC.
    pub phases: Option<u8>,
    /// The phase to use, when there is but one and all who name one agree.
    pub phase_to_use: Option<u8>,
    /// The next instant at which the limit changes or, after very many steps without a change, should be asked for again.
    /// `None` when it never changes.
    pub until: Option<DateTime>,
}

impl LimitNow {
    /// Prepares the answers from `now` on. Relative schedules without a transaction count from `now`.
    ///
    /// # Errors
    ///
    /// [`CompositeError`], as for a composite schedule.
    pub fn new(
        site: &Site,
        installed: &[Installed],
        transactions: &[Transaction],
        scope: Scope,
        now: DateTime,
    ) -> Result<Self, CompositeError> {
        let start = now.unix_millis();
        let mut timeline = Timeline::new(site, installed, transactions, scope, start)?;
        let current = timeline.segment(start);
        let answer = answer(&current, timeline.units());
        let mut limit = Self {
            timeline,
            current,
            start,
            answer,
        };
        limit.look_ahead();
        Ok(limit)
    }

    /// The limit at `now`. Going back in time is allowed and costs as much as building anew.
    pub fn at(&mut self, now: DateTime) -> &CurrentLimit {
        let t = now.unix_millis();
        if t < self.start {
            self.timeline.rewind(t);
            self.take(t);
        } else if t >= self.current.end {
            self.take(t);
        }
        &self.answer
    }

    fn take(&mut self, t: i64) {
        self.start = t;
        self.current = self.timeline.segment(t);
        self.answer = answer(&self.current, self.timeline.units());
        self.look_ahead();
    }

    /// Extends the current segment over followers that change nothing.
    fn look_ahead(&mut self) {
        for _ in 0..LOOK_AHEAD {
            if self.current.end == NEVER {
                break;
            }
            let ahead = self.timeline.segment(self.current.end);
            if !same(&self.current, &ahead) {
                break;
            }
            self.current.end = ahead.end;
        }
        self.answer.until = (self.current.end != NEVER)
            .then(|| DateTime::from_unix_millis(self.current.end))
            .flatten();
    }
}

fn answer(segment: &Segment, units: &Units) -> CurrentLimit {
    let (limit, other_phases) = match segment.limit {
        Limit::Same(amount) => (amount.cut(units), None),
        Limit::Each([l1, l2, l3]) => (l1.cut(units), Some([l2.cut(units), l3.cut(units)])),
    };
    CurrentLimit {
        limit,
        other_phases,
        phases: segment.phases,
        phase_to_use: segment.phase_to_use,
        until: None,
    }
}

fn same(a: &Segment, b: &Segment) -> bool {
    a.limit == b.limit && a.phases == b.phases && a.phase_to_use == b.phase_to_use
}
