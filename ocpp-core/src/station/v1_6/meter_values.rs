//! Meter values: sampled, clock-aligned, triggered, and those of StopTransaction (1.6 section 3.16 with errata 3.13 to
//! 3.16).

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use ocpp_types::v1_6::{
    Location, Measurand, MeterValue, MeterValuesRequest, Phase, ReadingContext, SampledValue,
    UnitOfMeasure,
};
use ocpp_types::{DateTime, Enumeration, NonEmpty, Text};

use super::calls::{Calls, Purpose};
use super::connectors::{Connectors, connector_id};
use super::keys;
use super::triggers::Triggering;
use crate::session::CallToken;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::meter::{Sample, SamplePurpose};
use crate::station::triggers::MeterTriggers;
use crate::station::vocabulary::{ENERGY_IMPORT_REGISTER, Measured, Reading};
use crate::time::Instant;

/// Whether transactions are sampled at all.
pub(super) fn samples_periodically(core: &Context) -> bool {
    interval(core, Standard::SampledUpdatedInterval).is_some()
}

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

/// The values of a reading that a key asks for; `None` if there are none.
pub(super) fn meter_value(
    core: &Context,
    key: Standard,
    reading: &Reading,
    context: &ReadingContext,
    time: DateTime,
) -> Option<MeterValue> {
    let values = sampled_values(reading, &items(core, key), context);
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

/// A reading of a connector, and what it is good for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken<'a> {
    pub(super) sample: &'a Sample,
    pub(super) reading: &'a Reading,
    pub(super) context: &'a ReadingContext,
}

impl Taken<'_> {
    /// The values that a key asks for.
    pub(super) fn values(self, core: &Context, key: Standard) -> Option<MeterValue> {
        meter_value(core, key, self.reading, self.context, self.sample.time)
    }

    fn request(
        self,
        core: &Context,
        connectors: &Connectors,
        key: Standard,
    ) -> Option<MeterValuesRequest> {
        let value = self.values(core, key)?;
        let number = number_of(connectors, self.sample)?;
        let values = NonEmpty::of(value);
        Some(MeterValuesRequest::new(connector_id(number), values))
    }

    /// Stores a MeterValues for delivery.
    pub(super) fn send(self, core: &mut Context, connectors: &Connectors, key: Standard) {
        let Some(mut request) = self.request(core, connectors, key) else {
            return;
        };
        // The id is filled in when the message is sent.
        request.transaction_id = self.sample.transaction.map(|_| 0);
        core.enqueue_request(&request, self.sample.transaction, true);
    }
}

/// The number of the connector that a sample is about.
fn number_of(connectors: &Connectors, sample: &Sample) -> Option<usize> {
    sample.at.map_or(Some(0), |at| connectors.number_of(at))
}

/// The samples of one connector.
#[derive(Debug, Default)]
struct Plan {
    /// When the next periodic one is due.
    next: Option<Instant>,
    /// Whether the next one is the first after a power cut.
    interrupted: bool,
}

/// When which meter is read.
#[derive(Debug)]
pub(super) struct Sampling {
    /// By number, the station itself first.
    plans: Vec<Plan>,
    next_aligned: Option<DateTime>,
    triggers: MeterTriggers<Triggering>,
}

impl Sampling {
    pub(super) fn new(connectors: &Connectors) -> Self {
        let plans = connectors.with_station().map(|_| Plan::default());
        Self {
            plans: plans.collect(),
            next_aligned: None,
            triggers: MeterTriggers::default(),
        }
    }

    /// Plans the next periodic sample of a connector.
    pub(super) fn plan(&mut self, core: &Context, number: usize) {
        let now = core.instant();
        let next = interval(core, Standard::SampledUpdatedInterval).map(|interval| now + interval);
        self.plans[number].next = next;
    }

    /// There is nothing more to sample at a connector.
    pub(super) fn end(&mut self, number: usize) {
        self.plans[number].next = None;
    }

    /// The interval was changed.
    pub(super) fn plan_anew(&mut self, core: &Context, charging: impl Iterator<Item = usize>) {
        for number in charging {
            self.plan(core, number);
        }
        self.next_aligned = None;
    }

    /// A transaction goes on after a power cut: the next sample will be the first after it (7.33). Says what the reading
    /// before it is good for, if there is one.
    pub(super) fn interrupted(&mut self, number: usize) -> ReadingContext {
        self.plans[number].interrupted = true;
        ReadingContext::InterruptionBegin
    }

    /// What a periodic reading is good for.
    pub(super) fn periodic_context(&mut self, number: Option<usize>) -> ReadingContext {
        let plan = number.and_then(|number| self.plans.get_mut(number));
        if plan.is_some_and(|plan| ::core::mem::take(&mut plan.interrupted)) {
            ReadingContext::InterruptionEnd
        } else {
            ReadingContext::SamplePeriodic
        }
    }

    /// Orders the periodic samples that are due.
    pub(super) fn take_periodic(
        &mut self,
        core: &mut Context,
        connectors: &Connectors,
        transaction: impl Fn(usize) -> Option<u64>,
    ) {
        // While nobody knows the time, as after a power cut, samples are left out.
        let utc = core.utc();
        let now = core.instant();
        for number in connectors.numbers() {
            let plan = &mut self.plans[number];
            if plan.next.is_none_or(|next| next > now) {
                continue;
            }
            // Counted from the moment that it was due, so that lateness does not add up.
            let interval = interval(core, Standard::SampledUpdatedInterval);
            plan.next = match (plan.next, interval) {
                (Some(due), Some(interval)) if due + interval > now => Some(due + interval),
                (_, Some(interval)) => Some(now + interval),
                (_, None) => None,
            };
            if let Some(time) = utc {
                core.sample(Sample {
                    purpose: SamplePurpose::Periodic,
                    at: Some(connectors.at(number)),
                    transaction: transaction(number),
                    time,
                });
            }
        }
    }

    /// Orders the clock-aligned samples that are due.
    pub(super) fn take_aligned(
        &mut self,
        core: &mut Context,
        connectors: &Connectors,
        transaction: impl Fn(usize) -> Option<u64>,
    ) {
        let Some(utc) = core.utc() else {
            return;
        };
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
        for number in metered(core, connectors) {
            core.sample(Sample {
                purpose: SamplePurpose::Aligned,
                at: (number > 0).then_some(connectors.at(number)),
                transaction: transaction(number),
                time,
            });
        }
    }

    pub(super) fn next_timeout(&self, core: &Context) -> Option<Instant> {
        let periodic = self.plans.iter().filter_map(|plan| plan.next).min();
        let aligned = self.next_aligned;
        let aligned = aligned.and_then(|utc| core.clock.instant_of(core.now, utc));
        [periodic, aligned].into_iter().flatten().min()
    }

    /// Reads the meters of a connector, or of all of them, for a call that is answered when it is known whether they have
    /// anything to send (5.17).
    pub(super) fn trigger(
        &mut self,
        core: &mut Context,
        connectors: &Connectors,
        (call, triggering): (CallToken, Triggering),
        connector: Option<usize>,
        transaction: impl Fn(usize) -> Option<u64>,
    ) {
        let Some(time) = core.utc() else {
            return triggering.answer(core, call, false);
        };
        let mut places = Vec::new();
        let numbers = match connector {
            Some(number) => number..number + 1,
            None => metered(core, connectors),
        };
        for number in numbers {
            let comes = core.sample(Sample {
                purpose: SamplePurpose::Trigger,
                at: (number > 0).then_some(connectors.at(number)),
                transaction: transaction(number),
                time,
            });
            places.extend(comes.then_some(number));
        }
        if !self.triggers.add(call, triggering, places) {
            triggering.answer(core, call, false);
        }
    }

    /// Sends the MeterValues that the CSMS asked for, at once (5.17, erratum 3.46). `id` is that of the transaction.
    pub(super) fn triggered(
        &mut self,
        core: &mut Context,
        calls: &mut Calls,
        connectors: &Connectors,
        taken: Taken<'_>,
        id: Option<i64>,
    ) {
        let request = taken.request(core, connectors, Standard::SampledUpdated);
        let number = number_of(connectors, taken.sample);
        let read = number.and_then(|number| self.triggers.read(number, request.is_some()));
        let Some(read) = read else {
            return;
        };
        if let Some(accepted) = read.verdict {
            read.answer.answer(core, read.call, accepted);
        }
        if let Some(mut request) = request {
            request.transaction_id = id;
            calls.send(core, &request, Purpose::Nothing);
        }
    }

    /// The connection is gone: nobody waits for answers any more.
    pub(super) fn disconnected(&mut self) {
        self.triggers.clear();
    }
}

/// The connectors whose meters are read, and the station itself if it has one.
fn metered(core: &Context, connectors: &Connectors) -> ::core::ops::Range<usize> {
    usize::from(!core.config.main_meter)..connectors.with_station().end
}
