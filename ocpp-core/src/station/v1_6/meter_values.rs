//! Meter values: sampled, clock-aligned, triggered, and those of StopTransaction (1.6 section 3.16 with errata 3.13 to
//! 3.16).

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use ocpp_types::v1_6::{
    Location, Measurand, MeterValue, MeterValuesRequest, Phase, ReadingContext, SampledValue,
    UnitOfMeasure,
};
use ocpp_types::{BoundedVec, DateTime, Decimal, Enumeration, NonEmpty, Text};

use super::calls::Purpose;
use super::connectors::connector_id;
use super::{ChargePoint, keys};
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::meter::{Sample, SamplePurpose};
use crate::station::vocabulary::{ENERGY_IMPORT_REGISTER, EvseId, Measured, Reading};
use crate::time::Instant;

fn interval(core: &Context, key: Standard) -> Option<Duration> {
    let seconds = core.variables.u32(key);
    (seconds > 0).then(|| Duration::from_secs(seconds.into()))
}

/// The values of a reading that `items` ask for: `Voltage` for all phases, `Voltage.L1` for one.
fn sampled_values(
    reading: &Reading,
    items: &[String],
    context: &ReadingContext,
) -> Vec<SampledValue> {
    let mut values = Vec::new();
    for item in items {
        let (measurand, phase) = keys::measurand_and_phase(item);
        let wanted = |value: &&Measured| {
            value.measurand == measurand && phase.is_none_or(|p| value.phase.as_deref() == Some(p))
        };
        for value in reading.values.iter().filter(wanted) {
            values.extend(sampled_value(value, context));
        }
    }
    values
}

/// `None` for what 1.6 has no name for.
fn sampled_value(value: &Measured, context: &ReadingContext) -> Option<SampledValue> {
    let text = Text::from_text(&value.value.to_string());
    let mut sampled = SampledValue::new(text);
    sampled.context = Some(context.clone());
    sampled.measurand = Some(Measurand::from_name(&value.measurand)?);
    if let Some(phase) = &value.phase {
        sampled.phase = Some(Phase::from_name(phase)?);
    }
    if let Some(location) = &value.location {
        sampled.location = Some(Location::from_name(location)?);
    }
    if !value.unit.is_empty() {
        sampled.unit = UnitOfMeasure::from_name(&value.unit);
    }
    Some(sampled)
}

fn meter_value(
    reading: &Reading,
    items: &[String],
    context: &ReadingContext,
    time: DateTime,
) -> Option<MeterValue> {
    let values = sampled_values(reading, items, context);
    Some(MeterValue::new(time, NonEmpty::new(values).ok()?))
}

/// The measurands that a key lists. `MeterValuesSampledData` and `MeterValuesAlignedData` without any mean the register.
fn items(core: &Context, key: Standard) -> Vec<String> {
    let mut items: Vec<String> = core.variables.list(key).map(ToString::to_string).collect();
    if items.is_empty() && (key == Standard::SampledUpdated || key == Standard::AlignedMeasurands) {
        items.push(ENERGY_IMPORT_REGISTER.to_string());
    }
    items
}

impl ChargePoint {
    /// Plans the next periodic sample of a connector.
    pub(super) fn plan_sample(&mut self, core: &Context, number: usize) {
        let now = core.instant();
        let next = interval(core, Standard::SampledUpdatedInterval).map(|interval| now + interval);
        self.slots[number].next_sample = next;
    }

    /// A transaction goes on after a power cut: what was read last was read at the beginning of the interruption, and the
    /// next sample will be the first after it (7.33).
    pub(super) fn note_interruption(
        &mut self,
        core: &mut Context,
        number: usize,
        transaction: u64,
    ) {
        self.slots[number].interrupted = true;
        let Some(found) = self.transactions.get(transaction) else {
            return;
        };
        let (Some(register), Some(time)) = (found.meter_last, found.read_at) else {
            return;
        };
        let sample = Sample {
            purpose: SamplePurpose::Periodic,
            at: found.at,
            transaction: Some(transaction),
            time,
        };
        let (reading, context) = (Reading::energy(register), ReadingContext::InterruptionBegin);
        if interval(core, Standard::SampledUpdatedInterval).is_some() {
            self.send_values(core, &sample, Standard::SampledUpdated, &reading, &context);
        }
        let key = Standard::SampledEnded;
        self.add_data(core, transaction, key, &reading, &context, time);
    }

    /// The interval was changed.
    pub(super) fn plan_samples(&mut self, core: &Context) {
        for number in self.connectors.numbers() {
            if self.slots[number].transaction.is_some() {
                self.plan_sample(core, number);
            }
        }
        self.next_aligned = None;
    }

    /// Orders the samples that are due.
    pub(super) fn take_samples(&mut self, core: &mut Context) {
        // While nobody knows the time, as after a power cut, samples are left out.
        let utc = core.utc();
        let now = core.instant();
        for number in self.connectors.numbers() {
            let slot = &self.slots[number];
            if slot.next_sample.is_none_or(|next| next > now) {
                continue;
            }
            let (at, transaction) = (slot.at, slot.transaction);
            // Counted from the moment that it was due, so that lateness does not add up.
            let interval = interval(core, Standard::SampledUpdatedInterval);
            self.slots[number].next_sample = match (slot.next_sample, interval) {
                (Some(due), Some(interval)) if due + interval > now => Some(due + interval),
                (_, Some(interval)) => Some(now + interval),
                (_, None) => None,
            };
            if let Some(time) = utc {
                core.sample(Sample {
                    purpose: SamplePurpose::Periodic,
                    at: Some(at),
                    transaction,
                    time,
                });
            }
        }
        self.transactions.read_for_the_record(core);
        if let Some(utc) = utc {
            self.take_aligned(core, utc);
        }
    }

    fn take_aligned(&mut self, core: &mut Context, utc: DateTime) {
        let seconds = core.variables.u32(Standard::AlignedInterval);
        let next = core.clock.next_aligned(core.now, seconds);
        let due = self.next_aligned.filter(|due| *due <= utc);
        // Also when the clock has jumped back.
        if due.is_some() || self.next_aligned.is_none() || next < self.next_aligned {
            self.next_aligned = next;
        }
        let Some(time) = due.filter(|_| seconds > 0) else {
            return;
        };
        let first = usize::from(!core.config.main_meter);
        for number in first..self.slots.len() {
            let slot = &self.slots[number];
            core.sample(Sample {
                purpose: SamplePurpose::Aligned,
                at: (number > 0).then_some(slot.at),
                transaction: slot.transaction,
                time,
            });
        }
    }

    pub(super) fn next_sample_timeout(&self, core: &Context) -> Option<Instant> {
        let periodic = self.slots.iter().filter_map(|slot| slot.next_sample).min();
        let aligned = self.next_aligned;
        let aligned = aligned.and_then(|utc| core.clock.instant_of(core.now, utc));
        let record = self.transactions.next_reading();
        [periodic, aligned, record].into_iter().flatten().min()
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
        let over = |number: u64| {
            let transaction = self.transactions.get(number);
            transaction.is_none_or(|t| t.ended || t.details.stopping.is_some())
        };
        let late = sample.purpose != SamplePurpose::TransactionBegin
            && sample.purpose != SamplePurpose::TransactionEnd
            && sample.transaction.is_some_and(over);
        let mut sample = sample;
        if late {
            // After the end nothing more is said about a transaction.
            if sample.purpose != SamplePurpose::Trigger {
                return;
            }
            sample.transaction = None;
        }
        match (sample.purpose, sample.transaction) {
            (SamplePurpose::TransactionBegin, Some(number)) => {
                let evse = sample.at.map_or(0, |at| at.evse);
                // A meter without a register counts from nothing; one that is silent is asked again.
                let nothing = || core.meters.has_answered(evse).then_some(Decimal::ZERO);
                let register = register.or_else(nothing);
                self.started(core, number, register);
                if register.is_none() {
                    return;
                }
                let context = ReadingContext::TransactionBegin;
                self.add_data(
                    core,
                    number,
                    Standard::SampledEnded,
                    reading,
                    &context,
                    sample.time,
                );
            }
            (SamplePurpose::TransactionEnd, Some(number)) => {
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
                let items = items(core, Standard::SampledEnded);
                let context = ReadingContext::TransactionEnd;
                let end = meter_value(reading, &items, &context, sample.time);
                self.finish(core, number, end);
            }
            (SamplePurpose::Record, Some(number)) => {
                self.transactions.note_meter(core, number, true);
            }
            (SamplePurpose::Periodic, Some(number)) => {
                // Before the CSMS can hear of the value: after a power cut the end must not lie below it.
                core.changes(self.transactions.store(number));
                let slot = sample.at.and_then(|at| self.connectors.number_of(at));
                let first =
                    slot.is_some_and(|slot| core::mem::take(&mut self.slots[slot].interrupted));
                let context = if first {
                    ReadingContext::InterruptionEnd
                } else {
                    ReadingContext::SamplePeriodic
                };
                self.send_values(core, &sample, Standard::SampledUpdated, reading, &context);
                self.add_data(
                    core,
                    number,
                    Standard::SampledEnded,
                    reading,
                    &context,
                    sample.time,
                );
            }
            (SamplePurpose::Aligned, transaction) => {
                if let Some(number) = transaction {
                    core.changes(self.transactions.store(number));
                }
                let context = ReadingContext::SampleClock;
                self.send_values(
                    core,
                    &sample,
                    Standard::AlignedMeasurands,
                    reading,
                    &context,
                );
                if let Some(number) = transaction {
                    let key = Standard::AlignedEndedMeasurands;
                    self.add_data(core, number, key, reading, &context, sample.time);
                }
            }
            (SamplePurpose::Trigger, transaction) => {
                if let Some(number) = transaction {
                    core.changes(self.transactions.store(number));
                }
                self.send_triggered(core, &sample, reading);
            }
            _ => {}
        }
    }

    /// A reading came, wanted or not.
    pub(super) fn metered(&mut self, core: &mut Context, evse: EvseId) {
        for number in self.connectors.numbers() {
            if self.connectors.evse(number) == evse
                && let Some(transaction) = self.slots[number].transaction
            {
                self.transactions.note_meter(core, transaction, false);
            }
        }
    }

    fn meter_values(
        &self,
        sample: &Sample,
        key: Standard,
        core: &Context,
        reading: &Reading,
        context: &ReadingContext,
    ) -> Option<MeterValuesRequest> {
        let value = meter_value(reading, &items(core, key), context, sample.time)?;
        let number = sample
            .at
            .map_or(Some(0), |at| self.connectors.number_of(at))?;
        let values = NonEmpty::of(value);
        Some(MeterValuesRequest::new(connector_id(number), values))
    }

    /// Stores a MeterValues for delivery.
    fn send_values(
        &self,
        core: &mut Context,
        sample: &Sample,
        key: Standard,
        reading: &Reading,
        context: &ReadingContext,
    ) {
        let Some(mut request) = self.meter_values(sample, key, core, reading, context) else {
            return;
        };
        // The id is filled in when the message is sent.
        request.transaction_id = sample.transaction.map(|_| 0);
        core.enqueue_request(&request, sample.transaction, true);
    }

    /// Sends the MeterValues that the CSMS asked for, at once (5.17, erratum 3.46).
    fn send_triggered(&mut self, core: &mut Context, sample: &Sample, reading: &Reading) {
        let context = ReadingContext::Trigger;
        let request = self.meter_values(sample, Standard::SampledUpdated, core, reading, &context);
        let number = sample
            .at
            .map_or(Some(0), |at| self.connectors.number_of(at));
        let read = number.and_then(|number| self.meter_triggers.read(number, request.is_some()));
        let Some(read) = read else {
            return;
        };
        if let Some(accepted) = read.verdict {
            read.answer.answer(core, read.call, accepted);
        }
        let Some(mut request) = request else {
            return;
        };
        let transaction = sample.transaction.and_then(|t| self.transactions.get(t));
        request.transaction_id = transaction.and_then(|t| t.details.id);
        self.calls.send(core, &request, Purpose::Nothing);
    }

    /// Adds to the `transactionData` of the later StopTransaction.
    fn add_data(
        &mut self,
        core: &mut Context,
        number: u64,
        key: Standard,
        reading: &Reading,
        context: &ReadingContext,
        time: DateTime,
    ) {
        let items = items(core, key);
        if items.is_empty() {
            return;
        }
        let Some(value) = meter_value(reading, &items, context, time) else {
            return;
        };
        self.data.add(core, number, value);
    }

    /// What was collected for StopTransaction, and the values of its end (3.16.5: nothing if nothing is configured).
    pub(super) fn transaction_data(
        &self,
        core: &Context,
        number: u64,
        end: Option<MeterValue>,
    ) -> Option<BoundedVec<MeterValue, 0, { usize::MAX }>> {
        BoundedVec::new(self.data.with_end(core, number, end)?).ok()
    }
}
