//! What becomes of readings (J01, J02): meter values in transactions and outside of them.

use ocpp_types::{DateTime, NonEmpty};

use super::super::ChargingStation;
use super::super::calls::Purpose;
use super::super::per_evse::evse_of;
use super::super::transactions::Cue;
use super::super::wire::{MeterValue, MeterValuesRequest, ReadingContext, TriggerReason};
use super::remote::answer_meter_trigger;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::meter::{Sample, SamplePurpose};
use crate::station::vocabulary::{EvseId, Reading};

impl ChargingStation {
    /// An interval was changed.
    pub(super) fn plan_samples(&mut self, core: &Context) {
        let transactions = &self.transactions;
        let runs = |index: usize| {
            let number = transactions.number(Some(index));
            number.is_some_and(|number| transactions.knows_place(number))
        };
        self.metering.plan_anew(core, runs);
    }

    /// Orders the samples that are due.
    /// Requirements: F01.FR.15, F02.FR.03.
    pub(super) fn take_samples(&mut self, core: &mut Context) {
        let due = self.metering.due(core);
        if let Some(utc) = core.utc() {
            for index in due {
                self.want(core, index, SamplePurpose::Periodic, utc);
            }
        }
        self.transactions.read_for_the_record(core);
        if let Some(utc) = core.utc() {
            self.take_aligned(core, utc);
        }
    }

    /// Requirements: J02.FR.22.
    fn want(&self, core: &mut Context, index: usize, purpose: SamplePurpose, time: DateTime) {
        let number = self.transactions.number(Some(index));
        core.sample(Sample {
            purpose,
            at: Some(self.place(index)),
            transaction: number.filter(|number| self.transactions.knows_place(*number)),
            time,
        });
    }

    /// Requirements: J01.FR.04.
    fn take_aligned(&mut self, core: &mut Context, utc: DateTime) {
        let Some(time) = self.metering.aligned_due(core, utc) else {
            return;
        };
        for index in 0..self.evses() {
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

    /// A wanted reading is there.
    /// Requirements: J02.FR.16.
    pub(super) fn sample_taken(&mut self, core: &mut Context, sample: Sample, reading: &Reading) {
        let register = reading.energy_wh();
        self.transactions.read(&sample, reading);
        let index = sample.at.and_then(|at| self.index_of(at.evse));
        let time = sample.time;
        match (sample.purpose, sample.transaction, index) {
            (SamplePurpose::TransactionBegin, Some(number), _) => {
                let context = ReadingContext::TransactionBegin;
                let list = Standard::SampledStarted;
                let value =
                    self.transactions
                        .value(core, Some(number), list, reading, &context, time);
                self.transactions.add_data(
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
                let end =
                    self.transactions
                        .value(core, Some(number), list, reading, &context, time);
                let values = self.transactions.ended_values(core, number, end);
                self.finish(core, number, values);
            }
            (SamplePurpose::Record, Some(number), _) => {
                self.transactions.read_for_record(core, number);
            }
            (SamplePurpose::Periodic, Some(number), Some(index)) => {
                let context = ReadingContext::SamplePeriodic;
                let [updated, ended] = self.metering.sampled(index);
                // Before the CSMS can hear of the value: after a power cut the end must not lie below it.
                self.transactions.store(core, number);
                if updated {
                    let key = Standard::SampledUpdated;
                    let value =
                        self.transactions
                            .value(core, Some(number), key, reading, &context, time);
                    let cue = Cue::new(TriggerReason::MeterValuePeriodic);
                    self.send_value(core, number, cue, value);
                }
                if ended {
                    self.transactions.add_data(
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
                let value =
                    self.transactions
                        .value(core, Some(number), list, reading, &context, time);
                let cue = Cue::new(TriggerReason::Trigger);
                let time = value.as_ref().map(|value| value.timestamp);
                self.update(core, number, cue, time, value.map(NonEmpty::of));
            }
            (SamplePurpose::Signature, None, Some(index)) => {
                self.signatures.answered(core, index, reading, time);
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
        let value = self
            .transactions
            .value(core, None, list, reading, &context, time);
        let Some(read) = self.metering.trigger_read(index, value.is_some()) else {
            return;
        };
        // F06.FR.04: the answer comes first.
        if let Some(accepted) = read.verdict {
            answer_meter_trigger(core, read.call, accepted);
        }
        if let Some(value) = value {
            let evse = evse_of(index).into();
            let request = MeterValuesRequest::new(evse, NonEmpty::of(value));
            self.calls.send(core, &request, Purpose::Nothing);
        }
    }

    /// Of each EVSE, 0 for the main meter (J01.FR.02, J01.FR.03), in as many messages as it takes, which is one
    /// (J01.FR.14, J01.FR.15).
    /// Requirements: J01.FR.22.
    fn aligned_taken(
        &mut self,
        core: &mut Context,
        transaction: Option<u64>,
        index: Option<usize>,
        reading: &Reading,
        time: DateTime,
    ) {
        let context = ReadingContext::SampleClock;
        let [updated, ended] = self.metering.aligned(index);
        let key = Standard::AlignedMeasurands;
        let value = match updated {
            true => self
                .transactions
                .value(core, transaction, key, reading, &context, time),
            false => None,
        };
        // J01.FR.20.
        let idle_only = core.variables.bool(Standard::AlignedIdleOnly);
        let busy = || self.transactions.any_at_evses();
        match (transaction, value) {
            (_, Some(_)) if idle_only && busy() => {}
            (Some(number), value) => {
                let cue = Cue::new(TriggerReason::MeterValueClock);
                self.send_value(core, number, cue, value);
            }
            (None, Some(value)) => {
                let evse = index.map_or(0, |index| i64::from(evse_of(index)));
                let request = MeterValuesRequest::new(evse, NonEmpty::of(value));
                core.enqueue_request(&request, None, true);
            }
            (None, None) => {}
        }
        if let Some(number) = transaction.filter(|_| ended) {
            let key = Standard::AlignedEndedMeasurands;
            self.transactions
                .add_data(core, number, key, reading, &context, time);
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
        if let Some(number) = index.and_then(|index| self.transactions.number(Some(index))) {
            self.transactions.note_meter(core, number, false);
        }
    }
}
