//! Meter values: when meters are read, and what becomes of readings (1.6 section 3.16 with errata 3.13 to 3.16).

use ocpp_types::Decimal;
use ocpp_types::v1_6::ReadingContext;

use super::ChargePoint;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::meter::{Sample, SamplePurpose};
use crate::station::v1_6::meter_values::{Taken, samples_periodically};
use crate::station::vocabulary::{EvseId, Reading};
use crate::time::Instant;

impl ChargePoint {
    /// Orders the samples that are due.
    pub(super) fn take_samples(&mut self, core: &mut Context) {
        let transactions = &mut self.transactions;
        let connectors = &self.connectors;
        self.sampling
            .take_periodic(core, connectors, |number| transactions.number_at(number));
        transactions.read_for_the_record(core);
        self.sampling
            .take_aligned(core, connectors, |number| transactions.number_at(number));
    }

    pub(super) fn next_sample_timeout(&self, core: &Context) -> Option<Instant> {
        let record = self.transactions.next_reading();
        let sampling = self.sampling.next_timeout(core);
        [sampling, record].into_iter().flatten().min()
    }

    /// An interval was changed.
    pub(super) fn plan_samples(&mut self, core: &Context) {
        let transactions = &self.transactions;
        let numbers = self.connectors.numbers();
        let charging = numbers.filter(|number| transactions.is_busy(*number));
        self.sampling.plan_anew(core, charging);
    }

    /// A transaction goes on after a power cut: what was read last was read at the beginning of the interruption, and the
    /// next sample will be the first after it (7.33).
    pub(super) fn note_interruption(
        &mut self,
        core: &mut Context,
        connector: usize,
        transaction: u64,
    ) {
        let context = self.sampling.interrupted(connector);
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
        let taken = Taken {
            sample: &sample,
            reading: &Reading::energy(register),
            context: &context,
        };
        if samples_periodically(core) {
            taken.send(core, &self.connectors, Standard::SampledUpdated);
        }
        self.add_data(core, taken, Standard::SampledEnded);
    }

    /// A wanted reading is there.
    pub(super) fn sample_taken(&mut self, core: &mut Context, sample: Sample, reading: &Reading) {
        let register = reading.energy_wh();
        let Some(sample) = self.transactions.note_sample(sample, register) else {
            return;
        };
        let evse = sample.at.map_or(0, |at| at.evse);
        let taken = |context| Taken {
            sample: &sample,
            reading,
            context,
        };
        match (sample.purpose, sample.transaction) {
            (SamplePurpose::TransactionBegin, Some(number)) => {
                // A meter without a register counts from nothing; one that is silent is asked again.
                let nothing = || core.meters.has_answered(evse).then_some(Decimal::ZERO);
                let register = register.or_else(nothing);
                self.started(core, number, register);
                if register.is_some() {
                    let taken = taken(&ReadingContext::TransactionBegin);
                    self.add_data(core, taken, Standard::SampledEnded);
                }
            }
            (SamplePurpose::TransactionEnd, Some(number)) => {
                if self.transactions.asks_again(core, number, evse) {
                    core.sample(sample);
                    return;
                }
                let taken = taken(&ReadingContext::TransactionEnd);
                let end = taken.values(core, Standard::SampledEnded);
                self.finish(core, number, end);
            }
            (SamplePurpose::Record, Some(number)) => {
                self.transactions.read_for_record(core, number);
            }
            (SamplePurpose::Periodic, Some(number)) => {
                self.transactions.store(core, number);
                let connector = sample.at.and_then(|at| self.connectors.number_of(at));
                let context = self.sampling.periodic_context(connector);
                let taken = taken(&context);
                taken.send(core, &self.connectors, Standard::SampledUpdated);
                self.add_data(core, taken, Standard::SampledEnded);
            }
            (SamplePurpose::Aligned, transaction) => {
                if let Some(number) = transaction {
                    self.transactions.store(core, number);
                }
                let taken = taken(&ReadingContext::SampleClock);
                taken.send(core, &self.connectors, Standard::AlignedMeasurands);
                self.add_data(core, taken, Standard::AlignedEndedMeasurands);
            }
            (SamplePurpose::Trigger, transaction) => {
                if let Some(number) = transaction {
                    self.transactions.store(core, number);
                }
                let transaction = transaction.and_then(|t| self.transactions.get(t));
                let id = transaction.and_then(|t| t.details.id);
                let taken = taken(&ReadingContext::Trigger);
                let (calls, connectors) = (&mut self.calls, &self.connectors);
                self.sampling.triggered(core, calls, connectors, taken, id);
            }
            _ => {}
        }
    }

    /// The meter was read at the start of a transaction: now the CSMS can be told.
    fn started(&mut self, core: &mut Context, number: u64, meter: Option<Decimal>) {
        let connectors = &self.connectors;
        let Some(started) = self.transactions.started(core, connectors, number, meter) else {
            return;
        };
        // From here on the transaction outlives a power cut.
        if let Some(id) = started.reservation {
            self.reservations.consume(core, id);
        }
        if let Some(connector) = started.connector {
            self.sampling.plan(core, connector);
        }
    }

    /// Keeps what a key asks for until the end of the transaction, if the reading belongs to one.
    fn add_data(&mut self, core: &mut Context, taken: Taken<'_>, key: Standard) {
        if let Some(number) = taken.sample.transaction
            && let Some(value) = taken.values(core, key)
        {
            self.transactions.add_data(core, number, value);
        }
    }

    /// A reading came, wanted or not.
    pub(super) fn metered(&mut self, core: &mut Context, evse: EvseId) {
        for number in self.connectors.of_evse(Some(evse)) {
            if let Some(transaction) = self.transactions.number_at(number) {
                self.transactions.note_meter(core, transaction, false);
            }
        }
    }
}
