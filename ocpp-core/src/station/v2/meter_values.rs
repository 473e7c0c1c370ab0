//! Meter values: sampled and clock-aligned, in transactions and outside of them (J01, J02).

use alloc::vec::Vec;
use core::time::Duration;

use ocpp_types::{BoundedString, DateTime, Enumeration, NonEmpty};

use super::per_evse::{PerEvse, Timed};
use super::signatures::Signing;
use super::wire::{
    Location, Measurand, MeterValue, Phase, ReadingContext, SampledValue, UnitOfMeasure,
};
use crate::session::CallToken;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::triggers::{MeterTriggers, Read};
use crate::station::vocabulary::{Measured, Reading};
use crate::time::Instant;

/// The intervals of `Updated` and of the values of `Ended`.
const SAMPLED: [Standard; 2] = [
    Standard::SampledUpdatedInterval,
    Standard::SampledEndedInterval,
];
const ALIGNED: [Standard; 2] = [Standard::AlignedInterval, Standard::AlignedEndedInterval];

fn interval(core: &Context, key: Standard) -> Option<Duration> {
    let seconds = core.variables.u32(key);
    (seconds > 0).then(|| Duration::from_secs(seconds.into()))
}

/// `None` for what 2.0.1 has no name for.
/// With measurand and context (J01.FR.07, J01.FR.08, J02.FR.03, J02.FR.04).
/// Requirements: J01.FR.09, J01.FR.10, J01.FR.11, J02.FR.05, J02.FR.06, J02.FR.07, J02.FR.17.
fn sampled_value(
    value: &Measured,
    context: &ReadingContext,
    signing: Signing,
) -> Option<SampledValue> {
    let mut sampled = SampledValue::new(value.value.into());
    sampled.context = Some(context.clone());
    sampled.measurand = Some(Measurand::from_name(&value.measurand)?);
    if let Some(phase) = &value.phase {
        sampled.phase = Some(Phase::from_name(phase)?);
    }
    if let Some(location) = &value.location {
        sampled.location = Some(Location::from_name(location)?);
    }
    if !value.unit.is_empty() {
        let mut unit = UnitOfMeasure::new();
        unit.unit = Some(BoundedString::truncated(&value.unit));
        sampled.unit_of_measure = Some(unit);
    }
    sampled.signed_meter_value = value
        .signed
        .as_deref()
        .and_then(|signed| signing.of(signed));
    Some(sampled)
}

/// The values of a reading that a variable lists.
/// All values of one moment together (J01.FR.06, J02.FR.02).
/// Requirements: J01.FR.05, J01.FR.17, J02.FR.18.
pub(super) fn meter_value(
    core: &Context,
    key: Standard,
    reading: &Reading,
    context: &ReadingContext,
    time: DateTime,
    signing: Signing,
) -> Option<MeterValue> {
    let mut values = Vec::new();
    for measurand in core.variables.list(key) {
        let wanted = reading.values.iter().filter(|v| v.measurand == measurand);
        values.extend(wanted.filter_map(|value| sampled_value(value, context, signing)));
    }
    Some(MeterValue::new(NonEmpty::new(values).ok()?, time))
}

/// When the meter of an EVSE is read, and what for.
#[derive(Debug, Default)]
struct Plan {
    /// When it is read for `Updated` and for the values of `Ended`.
    next_sample: [Option<Instant>; 2],
    /// For which of the two the periodic and the clock-aligned reading under way are.
    sampling: [bool; 2],
    aligning: [bool; 2],
}

impl Timed for Plan {
    fn timer(&self) -> Option<Instant> {
        self.next_sample.into_iter().flatten().min()
    }
}

/// When meters are read, and what for.
#[derive(Debug)]
pub(super) struct Metering {
    evses: PerEvse<Plan>,
    /// For `Updated` and for the values of `Ended`.
    next_aligned: [Option<DateTime>; 2],
    triggers: MeterTriggers<()>,
}

impl Metering {
    pub(super) fn new(evses: usize) -> Self {
        Self {
            evses: PerEvse::new((0..evses).map(|_| Plan::default())),
            next_aligned: [None; 2],
            triggers: MeterTriggers::default(),
        }
    }

    /// The connection is gone: nobody waits for triggered values.
    pub(super) fn disconnected(&mut self) {
        self.triggers.clear();
    }

    /// Plans the next periodic samples of an EVSE.
    pub(super) fn plan(&mut self, core: &Context, index: usize) {
        let now = core.instant();
        self.evses[index].next_sample =
            SAMPLED.map(|key| interval(core, key).map(|interval| now + interval));
    }

    /// No transaction runs at an EVSE any more.
    pub(super) fn stop(&mut self, index: usize) {
        self.evses[index].next_sample = [None; 2];
    }

    /// An interval was changed.
    pub(super) fn plan_anew(&mut self, core: &Context, runs: impl Fn(usize) -> bool) {
        for index in (0..self.evses.len()).filter(|index| runs(*index)) {
            self.plan(core, index);
        }
        self.next_aligned = [None; 2];
    }

    /// The EVSEs whose meters are to be read now for their transactions. While nobody knows the time, as after a power cut,
    /// samples are left out.
    pub(super) fn due(&mut self, core: &Context) -> Vec<usize> {
        let known = core.utc().is_some();
        let now = core.instant();
        let mut due = self.evses.due(now);
        due.retain(|index| {
            let mut wanted = false;
            for (which, key) in SAMPLED.iter().enumerate() {
                let Some(due) = self.evses[*index].next_sample[which].filter(|due| *due <= now)
                else {
                    continue;
                };
                // Counted from the moment that it was due, so that lateness does not add up.
                let next = interval(core, *key).map(|interval| (due + interval, now + interval));
                let next = next.map(|(next, late)| if next > now { next } else { late });
                let plan = &mut self.evses[*index];
                plan.next_sample[which] = next;
                plan.sampling[which] |= known;
                wanted = true;
            }
            wanted && known
        });
        due
    }

    /// The moment for which all meters are to be read now, if it is time to (J01.FR.01, J02.FR.01).
    pub(super) fn aligned_due(&mut self, core: &Context, utc: DateTime) -> Option<DateTime> {
        let mut moment = None;
        for (which, key) in ALIGNED.iter().enumerate() {
            let seconds = core.variables.u32(*key);
            let next = core.clock.next_aligned(core.now, seconds);
            let due = self.next_aligned[which].filter(|due| *due <= utc);
            // Also when the clock has jumped back.
            if due.is_some()
                || self.next_aligned[which].is_none()
                || next < self.next_aligned[which]
            {
                self.next_aligned[which] = next;
            }
            if due.is_some() && seconds > 0 {
                moment = due;
                for index in 0..self.evses.len() {
                    self.evses[index].aligning[which] = true;
                }
            }
        }
        moment
    }

    /// A periodic reading came: whether it is for `Updated`, and for the values of `Ended`.
    pub(super) fn sampled(&mut self, index: usize) -> [bool; 2] {
        core::mem::take(&mut self.evses[index].sampling)
    }

    /// A clock-aligned reading came: whether it is for `Updated`, and for the values of `Ended`. That of the main meter is told.
    pub(super) fn aligned(&mut self, index: Option<usize>) -> [bool; 2] {
        match index {
            Some(index) => core::mem::take(&mut self.evses[index].aligning),
            None => [true, false],
        }
    }

    /// The meters of these EVSEs were ordered to be read for a TriggerMessage. `false` if nothing will come.
    pub(super) fn triggered(&mut self, call: CallToken, indices: Vec<usize>) -> bool {
        self.triggers.add(call, (), indices)
    }

    /// A meter was read for a TriggerMessage; `None` if nobody waits for it any more.
    pub(super) fn trigger_read(&mut self, index: usize, has_value: bool) -> Option<Read<()>> {
        self.triggers.read(index, has_value)
    }

    pub(super) fn next_timeout(&self, core: &Context) -> Option<Instant> {
        let periodic = self.evses.next_timer();
        let aligned = self.next_aligned.iter().flatten().min();
        let aligned = aligned.and_then(|utc| core.clock.instant_of(core.now, *utc));
        periodic.into_iter().chain(aligned).min()
    }

    /// How often EVSEs were looked at.
    #[cfg(feature = "testing")]
    pub(super) fn visits(&self) -> usize {
        self.evses.visits()
    }
}
