//! The beginning, the course and the end of transactions, for all blocks that take part in them.

use alloc::vec::Vec;

use ocpp_types::{DateTime, Decimal, NonEmpty};

use super::super::authorization::Auth;
use super::super::cable::{Claim, is_gone};
use super::super::per_evse::evse_of;
use super::super::points::Point;
use super::super::transactions::{Cue, Scene, Supplied};
use super::super::wire::{ChargingState, MeterValue, Reason, TransactionEvent, TriggerReason};
use super::super::{ChargingStation, smart_charging};
use crate::station::authorization::{Place, deadline};
use crate::station::config::CableKind;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::meter::{Sample, SamplePurpose};
use crate::station::vocabulary::CableState;

impl ChargingStation {
    /// Begins a transaction at an EVSE, or, `None`, before it is known at which one.
    pub(super) fn begin(&mut self, core: &mut Context, place: Place, trigger: TriggerReason) {
        let Some(time) = core.utc() else {
            return;
        };
        let at = place.map(|index| self.place(index));
        let auth = self
            .authorizations
            .get_mut(place)
            .filter(|auth| auth.granted);
        let priority = auth.as_ref().and_then(|auth| auth.details.priority);
        let profile = auth.and_then(|auth| auth.details.profile.take());
        let (number, id) = self.transactions.begin(core, place, at, time, priority);
        if let Some(index) = place {
            self.cables.give_back(index);
            smart_charging::begin(&mut self.profiles, core, evse_of(index), &id, profile);
        }
        self.note(core, number, TransactionEvent::Started, trigger, None, None);
        self.transactions.store(core, number);
        self.read_begin(core, number);
        self.flush(core, number);
    }

    /// The transaction that has begun before it was known where goes on at this EVSE.
    pub(super) fn seat_transaction(&mut self, core: &mut Context, index: usize) {
        self.cables.give_back(index);
        let at = self.place(index);
        if let Some(id) = self.transactions.seat(core, index, at) {
            smart_charging::begin(&mut self.profiles, core, evse_of(index), &id, None);
        }
    }

    /// Notes an event of a running transaction.
    fn note(
        &mut self,
        core: &Context,
        number: u64,
        kind: TransactionEvent,
        trigger: TriggerReason,
        time: Option<DateTime>,
        values: Option<NonEmpty<MeterValue>>,
    ) {
        let place = self.transactions.place_of(number);
        let index = self.transactions.index_of_number(number);
        let state = index.map_or(ChargingState::Idle, |index| {
            self.charging_state(core, index)
        });
        let scene = Scene {
            state,
            car: index.and_then(|index| self.cables.car(index)),
            offline: !self.online(core),
            auth: place.and_then(|place| self.authorizations.get_mut(place)),
        };
        self.transactions
            .push(core, number, (kind, trigger), time, values, scene);
    }

    /// Reads the meter for the event that tells where a transaction runs: the first one after the car was connected
    /// (E01.FR.16), with the meter values of the beginning, be it `Started` (E01.FR.09, E02.FR.09, E03.FR.07, E04.FR.05,
    /// E05.FR.05) or a later one (E01.FR.17, E03.FR.11, E04.FR.11, E05.FR.08).
    /// Requirements: F01.FR.14, F02.FR.02.
    fn read_begin(&mut self, core: &mut Context, number: u64) {
        let Some(time) = self.transactions.place_told_at(number) else {
            return;
        };
        let at = self.transactions.get(number).and_then(|t| t.at);
        let index = self.transactions.index_of_number(number);
        let signed = index.and_then(|index| self.signatures.take_reading(index));
        let sample = Sample {
            purpose: SamplePurpose::TransactionBegin,
            at,
            transaction: Some(number),
            time: signed.as_ref().map_or(time, |(time, _)| *time),
        };
        if let Some(index) = index {
            self.metering.plan(core, index);
        }
        match signed {
            // E01.FR.04: the value that began the transaction is that of the begin.
            Some((_, reading)) => self.sample_taken(core, sample, &reading),
            None => {
                core.sample(sample);
            }
        }
    }

    /// Reports something about a running transaction.
    pub(super) fn update(
        &mut self,
        core: &mut Context,
        number: u64,
        cue: Cue,
        time: Option<DateTime>,
        values: Option<NonEmpty<MeterValue>>,
    ) {
        let open = self.transactions.get(number);
        if open.is_none_or(|t| t.ended || t.details.ending.is_some()) {
            return;
        }
        let kind = TransactionEvent::Updated;
        self.note(core, number, kind, cue.trigger, time, values);
        if let Some(token) = cue.token {
            self.transactions.attribute(number, token);
        }
        self.read_begin(core, number);
        self.flush(core, number);
    }

    /// Ends a transaction. Energy stops at once; the message follows when the meter is read.
    /// With the meter values of the transaction (E06.FR.17, E07.FR.08, E07.FR.13, E08.FR.09, E09.FR.05, E10.FR.04,
    /// E12.FR.07) and the reason, which is told also where it could be left out (E07.FR.04, F03.FR.03).
    pub(super) fn end(&mut self, core: &mut Context, number: u64, cue: &Cue) {
        if let Some(place) = self.transactions.place_of(number) {
            self.authorizations.set(place, None);
        }
        let index = self.transactions.index_of_number(number);
        let state = index.map_or(ChargingState::Idle, |index| {
            self.charging_state(core, index)
        });
        let Some(ends) = self.transactions.end(core, number, cue, state) else {
            return;
        };
        if let (Some(at), Some(index)) = (ends.at, index) {
            core.contactor(at, false);
            self.metering.stop(index);
            // E05.FR.11, E09.FR.03.
            let refused = ends.reason == Some(Reason::DeAuthorized);
            let car_left = ends.reason == Some(Reason::EvDisconnected);
            if refused || car_left && !core.variables.bool(Standard::UnlockOnEvDisconnect) {
                let owner = ends.owner;
                self.cables.keep(core, index, Claim { owner, refused });
            }
        }
        let kind = TransactionEvent::Ended;
        self.note(core, number, kind, ends.trigger, None, None);
        if !self.transactions.knows_place(number) {
            // No car was connected: there is nothing to read.
            return self.finish(core, number, None);
        }
        core.sample(Sample {
            purpose: SamplePurpose::TransactionEnd,
            at: ends.at,
            transaction: Some(number),
            time: ends.time,
        });
    }

    /// Ends the transaction of an EVSE, if there is one, whatever `TxStopPoint` says. Nobody may begin one either.
    pub(super) fn end_at(&mut self, core: &mut Context, index: usize, cue: &Cue) {
        let number = self.transactions.number(Some(index));
        let waited = self.is_authorized(index);
        self.authorizations.set(Some(index), None);
        if let Some(number) = number {
            self.end(core, number, cue);
        }
        if number.is_some() || waited {
            self.cables.release(core, index);
        }
    }

    /// The meter was read for the first event: the transaction can be told.
    pub(super) fn started(
        &mut self,
        core: &mut Context,
        number: u64,
        meter: Option<Decimal>,
        values: Option<NonEmpty<MeterValue>>,
    ) {
        self.transactions
            .supply(number, Supplied::Begin(meter), values);
        self.flush(core, number);
    }

    /// The meter was read for the last event, or never will be.
    pub(super) fn finish(
        &mut self,
        core: &mut Context,
        number: u64,
        values: Option<NonEmpty<MeterValue>>,
    ) {
        self.transactions.supply(number, Supplied::End, values);
        self.flush(core, number);
    }

    /// Puts events into the queue. When that was the last one, the transaction is over.
    fn flush(&mut self, core: &mut Context, number: u64) {
        let floats = self.transactions.number(None) == Some(number);
        let index = self.transactions.index_of_number(number);
        if !self.transactions.flush(core, number) {
            return;
        }
        if floats {
            self.transactions.forget_floating();
            self.authorizations.set(None, None);
            self.sessions.take_cause(None);
        }
        if let Some(index) = index {
            self.profiles.transaction_ended(core, evse_of(index));
        }
    }

    /// Ends a transaction that a restart interrupts.
    fn end_interrupted(&mut self, core: &mut Context, number: u64) {
        let Some(ends) = self.transactions.interrupt(core, number) else {
            return;
        };
        // E05.FR.11.
        let kept = ends.reason == Some(Reason::DeAuthorized);
        let claim = kept.then_some(Claim {
            owner: ends.owner,
            refused: true,
        });
        let kind = TransactionEvent::Ended;
        self.note(core, number, kind, ends.trigger, None, None);
        // Others may have charged at the meter of a transaction that was left.
        let left = self.transactions.get(number).is_some_and(|t| t.left);
        let known = self.transactions.knows_place(number);
        let index = self.transactions.index_of_number(number);
        let Some(index) = index.filter(|_| known && !left) else {
            // Or the EVSE is not there any more, nor is its meter, or it was not known yet.
            let values = self.transactions.ended_values(core, number, None);
            return self.finish(core, number, values);
        };
        self.cables.keep_unseen(index, claim);
        // Nobody else can begin before the meter was read.
        self.transactions.resume(index, number);
        core.sample(Sample {
            purpose: SamplePurpose::TransactionEnd,
            at: ends.at,
            transaction: Some(number),
            time: ends.time,
        });
    }

    /// Goes on with the transactions that were running, or ends them (`Features::resume_transactions`).
    pub(super) fn resume_transactions(&mut self, core: &mut Context) {
        let open = self.transactions.iter().filter(|t| !t.ended);
        let open: Vec<_> = open.map(|t| (t.number, t.at)).collect();
        for (number, at) in open {
            let index = at.and_then(|at| self.index_of(at.evse));
            // The car may have left in the dark: the next one must not charge at its expense.
            let connector = at.and_then(|at| core.hardware.get(at));
            let plugged = connector.is_some_and(|c| c.cable == CableState::Connected);
            let stops = core.variables.bool(Standard::StopOnEvDisconnect);
            let gone = connector.is_some_and(is_gone);
            let fixed = connector.is_some_and(|c| c.config.cable == CableKind::Fixed);
            let until = deadline(core);
            let free = index.is_some_and(|index| self.transactions.number(Some(index)).is_none());
            let Some(transaction) = self.transactions.get(number) else {
                continue;
            };
            if let Some(index) = index
                && free
                && core.config.features.resume_transactions
                && transaction.details.ending.is_none()
                && !transaction.left
                && !(transaction.details.reached.has(Point::EvConnected)
                    && !plugged
                    && (stops || gone))
            {
                let mut auth = Auth::asking(transaction.token.clone());
                auth.granted = true;
                auth.details.told = true;
                auth.group.clone_from(&transaction.group);
                // As without the power cut: the time to plug in begins anew (E03.FR.05, E10.FR.02).
                let waits = fixed || !transaction.details.reached.has(Point::EvConnected);
                auth.deadline = until.filter(|_| waits && !plugged);
                let authorized = transaction.details.authorized;
                self.authorizations
                    .set(Some(index), authorized.then_some(auth));
                self.transactions.resume(index, number);
                self.cables.resume(index, at.filter(|_| plugged));
                // A car that was there all the time is not plugged in now.
                self.sessions.take_cause(Some(index));
                self.metering.plan(core, index);
                continue;
            }
            self.end_interrupted(core, number);
        }
    }
}
