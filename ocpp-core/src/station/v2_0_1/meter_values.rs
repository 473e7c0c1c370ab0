//! Meter values: sampled and clock-aligned, in transactions and outside of them (J01, J02).

use alloc::vec::Vec;
use core::time::Duration;

use ocpp_types::v2_0_1::{
    Location, Measurand, MeterValue, MeterValuesRequest, Phase, ReadingContext, SampledValue,
    TriggerReason, UnitOfMeasure,
};
use ocpp_types::{BoundedString, DateTime, Enumeration, NonEmpty};

use super::signatures::Signing;
use super::transaction::Cue;
use super::{ChargingStation, Purpose};
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::meter::{Sample, SamplePurpose};
use crate::station::vocabulary::{EvseId, Measured, Reading};
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

impl ChargingStation {
    /// Plans the next periodic samples of an EVSE.
    pub(super) fn plan_sample(&mut self, core: &Context, index: usize) {
        let now = core.instant();
        self.evses[index].next_sample =
            SAMPLED.map(|key| interval(core, key).map(|interval| now + interval));
    }

    /// An interval was changed.
    pub(super) fn plan_samples(&mut self, core: &Context) {
        for index in 0..self.evses.len() {
            let running = self.evses[index].transaction;
            if running.is_some_and(|number| self.knows_place(number)) {
                self.plan_sample(core, index);
            }
        }
        self.next_aligned = [None; 2];
    }

    /// Orders the samples that are due.
    pub(super) fn take_samples(&mut self, core: &mut Context) {
        // While nobody knows the time, as after a power cut, samples are left out.
        let utc = core.utc();
        let now = core.instant();
        for index in self.evses.due(now) {
            let mut wanted = false;
            for (which, key) in SAMPLED.iter().enumerate() {
                let Some(due) = self.evses[index].next_sample[which].filter(|due| *due <= now)
                else {
                    continue;
                };
                // Counted from the moment that it was due, so that lateness does not add up.
                let next = interval(core, *key).map(|interval| (due + interval, now + interval));
                let next = next.map(|(next, late)| if next > now { next } else { late });
                self.evses[index].next_sample[which] = next;
                self.evses[index].sampling[which] |= utc.is_some();
                wanted = true;
            }
            if let Some(utc) = utc.filter(|_| wanted) {
                self.want(core, index, SamplePurpose::Periodic, utc);
            }
        }
        self.transactions.read_for_the_record(core);
        if let Some(utc) = utc {
            self.take_aligned(core, utc);
        }
    }

    pub(super) fn want(
        &self,
        core: &mut Context,
        index: usize,
        purpose: SamplePurpose,
        time: DateTime,
    ) {
        core.sample(Sample {
            purpose,
            at: Some(self.place(index)),
            transaction: self.evses[index]
                .transaction
                .filter(|t| self.knows_place(*t)),
            time,
        });
    }

    /// Meters are read when it is time to (J01.FR.01, J02.FR.01).
    fn take_aligned(&mut self, core: &mut Context, utc: DateTime) {
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
        let Some(time) = moment else {
            return;
        };
        for index in 0..self.evses.len() {
            self.want(core, index, SamplePurpose::Aligned, time);
        }
        if core.config.main_meter {
            core.sample(Sample {
                purpose: SamplePurpose::Aligned,
                at: None,
                transaction: None,
                time,
            });
        }
    }

    pub(super) fn next_sample_timeout(&self, core: &Context) -> Option<Instant> {
        let periodic = self.evses.next_timer();
        let aligned = self.next_aligned.iter().flatten().min();
        let aligned = aligned.and_then(|utc| core.clock.instant_of(core.now, *utc));
        let record = self.transactions.next_reading();
        let all = periodic.into_iter().chain(aligned).chain(record);
        all.min()
    }

    /// A wanted reading is there.
    pub(super) fn sample_taken(&mut self, core: &mut Context, sample: Sample, reading: &Reading) {
        let register = reading.energy_wh();
        if let Some(number) = sample.transaction
            && let Some(transaction) = self.transactions.get_mut(number)
            && !transaction.ended
        {
            // A register never runs backwards; one that does is broken.
            if register.is_some() && register >= transaction.meter_last {
                transaction.meter_last = register;
            }
            transaction.read_at = Some(sample.time);
        }
        let index = sample.at.and_then(|at| self.index_of(at.evse));
        let time = sample.time;
        match (sample.purpose, sample.transaction, index) {
            (SamplePurpose::TransactionBegin, Some(number), _) => {
                let context = ReadingContext::TransactionBegin;
                let list = Standard::SampledStarted;
                let value = self.value(core, Some(number), list, reading, &context, time);
                self.add_data(
                    core,
                    number,
                    Standard::SampledEnded,
                    reading,
                    &context,
                    time,
                );
                self.started(core, number, register, value.map(NonEmpty::of));
            }
            (SamplePurpose::TransactionEnd, Some(number), _) => {
                let evse = sample.at.map_or(0, |at| at.evse);
                // Only after a restart a meter can have been silent so far.
                if !core.meters.has_answered(evse)
                    && let Some(transaction) = self.transactions.get_mut(number)
                    && transaction.meter_start.is_some()
                    && transaction.asks_again(core.instant())
                {
                    core.sample(sample);
                    return;
                }
                let context = ReadingContext::TransactionEnd;
                let list = Standard::SampledEnded;
                let end = self.value(core, Some(number), list, reading, &context, time);
                let values = self.ended_values(core, number, end);
                self.finish(core, number, values);
            }
            (SamplePurpose::Record, Some(number), _) => {
                self.transactions.read_for_record(core, number);
            }
            (SamplePurpose::Periodic, Some(number), Some(index)) => {
                let context = ReadingContext::SamplePeriodic;
                let [updated, ended] = core::mem::take(&mut self.evses[index].sampling);
                // Before the CSMS can hear of the value: after a power cut the end must not lie below it.
                core.changes(self.transactions.store(number));
                if updated {
                    let key = Standard::SampledUpdated;
                    let value = self.value(core, Some(number), key, reading, &context, time);
                    let cue = Cue::new(TriggerReason::MeterValuePeriodic);
                    self.send_value(core, number, cue, value);
                }
                if ended {
                    self.add_data(
                        core,
                        number,
                        Standard::SampledEnded,
                        reading,
                        &context,
                        time,
                    );
                }
            }
            (SamplePurpose::Aligned, transaction, index) => {
                self.aligned_taken(core, transaction, index, reading, time);
            }
            (SamplePurpose::Trigger, Some(number), _) => {
                let context = ReadingContext::Trigger;
                let list = Standard::SampledUpdated;
                let value = self.value(core, Some(number), list, reading, &context, time);
                let cue = Cue::new(TriggerReason::Trigger);
                let time = value.as_ref().map(|value| value.timestamp);
                self.update(core, number, cue, time, value.map(NonEmpty::of));
            }
            (SamplePurpose::Signature, None, Some(index)) => {
                self.signature_came(core, index, reading, time);
            }
            (SamplePurpose::Trigger, None, Some(index)) => {
                self.triggered_taken(core, index, reading, time);
            }
            _ => {}
        }
    }

    /// The meter was read because the CSMS wants to have MeterValues (F06.FR.06).
    fn triggered_taken(
        &mut self,
        core: &mut Context,
        index: usize,
        reading: &Reading,
        time: DateTime,
    ) {
        let context = ReadingContext::Trigger;
        let list = Standard::AlignedMeasurands;
        let value = self.value(core, None, list, reading, &context, time);
        let Some(read) = self.meter_triggers.read(index, value.is_some()) else {
            return;
        };
        // F06.FR.04: the answer comes first.
        if let Some(accepted) = read.verdict {
            Self::answer_meter_trigger(core, read.call, accepted);
        }
        if let Some(value) = value {
            let evse = self.evses[index].id.into();
            let request = MeterValuesRequest::new(evse, NonEmpty::of(value));
            self.call(core, &request, Purpose::Nothing);
        }
    }

    /// Of each EVSE, 0 for the main meter (J01.FR.02, J01.FR.03), in as many messages as it takes, which is one
    /// (J01.FR.14, J01.FR.15).
    fn aligned_taken(
        &mut self,
        core: &mut Context,
        transaction: Option<u64>,
        index: Option<usize>,
        reading: &Reading,
        time: DateTime,
    ) {
        let context = ReadingContext::SampleClock;
        let [updated, ended] = match index {
            Some(index) => core::mem::take(&mut self.evses[index].aligning),
            None => [true, false],
        };
        let key = Standard::AlignedMeasurands;
        let value = match updated {
            true => self.value(core, transaction, key, reading, &context, time),
            false => None,
        };
        // J01.FR.20.
        let idle_only = core.variables.bool(Standard::AlignedIdleOnly);
        let busy = || self.evses.iter().any(|evse| evse.transaction.is_some());
        match (transaction, value) {
            (_, Some(_)) if idle_only && busy() => {}
            (Some(number), value) => {
                let cue = Cue::new(TriggerReason::MeterValueClock);
                self.send_value(core, number, cue, value);
            }
            (None, Some(value)) => {
                let evse = index.map_or(0, |index| i64::from(self.evses[index].id));
                let request = MeterValuesRequest::new(evse, NonEmpty::of(value));
                core.enqueue_request(&request, None, true);
            }
            (None, None) => {}
        }
        if let Some(number) = transaction.filter(|_| ended) {
            let key = Standard::AlignedEndedMeasurands;
            self.add_data(core, number, key, reading, &context, time);
        }
    }

    fn send_value(&mut self, core: &mut Context, number: u64, cue: Cue, value: Option<MeterValue>) {
        if let Some(value) = value {
            let time = Some(value.timestamp);
            self.update(core, number, cue, time, Some(NonEmpty::of(value)));
        }
    }

    /// A reading came, wanted or not.
    pub(super) fn metered(&mut self, core: &mut Context, evse: EvseId) {
        let index = self.index_of(evse);
        if let Some(number) = index.and_then(|index| self.evses[index].transaction) {
            self.transactions.note_meter(core, number, false);
        }
    }

    /// Adds to the values of the later `Ended`.
    /// Samples while somebody charges: J02.FR.10, J02.FR.11, J02.FR.14, E02.FR.10, E02.FR.11, E03.FR.08, E03.FR.09,
    /// E04.FR.06, E04.FR.09, E11.FR.03, E11.FR.06, E12.FR.03, E12.FR.06.
    fn add_data(
        &mut self,
        core: &mut Context,
        number: u64,
        key: Standard,
        reading: &Reading,
        context: &ReadingContext,
        time: DateTime,
    ) {
        let Some(value) = self.value(core, Some(number), key, reading, context, time) else {
            return;
        };
        self.data.add(core, number, value);
    }

    /// What was collected for `Ended`, and the values of the end (E06.FR.11).
    pub(super) fn ended_values(
        &self,
        core: &Context,
        number: u64,
        end: Option<MeterValue>,
    ) -> Option<NonEmpty<MeterValue>> {
        NonEmpty::new(self.data.with_end(core, number, end)?).ok()
    }
}
