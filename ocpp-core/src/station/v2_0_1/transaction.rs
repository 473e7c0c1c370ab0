//! Transactions and their events, delivered in order and exactly once (E01 to E14).

use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::String;

use ocpp_types::v2_0_1::{
    AdditionalInfo, ChargingState, Evse as WireEvse, MeterValue, Reason,
    Transaction as TransactionInfo, TransactionEvent, TransactionEventRequest, TriggerReason,
};
use ocpp_types::{CiString, DateTime, Decimal, NonEmpty, Version};
use serde::{Deserialize, Serialize};

use super::ChargingStation;
use super::cable::Claim;
use super::points::Conditions;
use super::token::to_wire;
use crate::station::authorization::{Authorizing as _, Place};
use crate::station::context::{Context, scramble};
use crate::station::device_model::Standard;
use crate::station::meter::{Sample, SamplePurpose};
use crate::station::transaction::{self, Transaction};
use crate::station::vocabulary::{Token, TokenKind};

/// Why something is about to change.
#[derive(Debug, Clone)]
pub(super) struct Cue {
    pub(super) trigger: TriggerReason,
    /// If a transaction ends because of it.
    pub(super) reason: Option<Reason>,
    /// Who wants it.
    pub(super) token: Option<Token>,
}

impl Cue {
    pub(super) const fn new(trigger: TriggerReason) -> Self {
        Self {
            trigger,
            reason: None,
            token: None,
        }
    }

    pub(super) const fn ending(trigger: TriggerReason, reason: Reason) -> Self {
        Self {
            trigger,
            reason: Some(reason),
            token: None,
        }
    }
}

/// How a transaction ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Ending {
    pub(super) trigger: TriggerReason,
    pub(super) reason: Option<Reason>,
    pub(super) token: Option<Token>,
    pub(super) time: DateTime,
    pub(super) state: ChargingState,
}

/// What 2.0.1 wants to know about a transaction.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Details {
    pub(super) id: String,
    /// Of the next event.
    #[serde(default)]
    pub(super) next_seq: i64,
    /// Whether the CSMS was told the connector.
    #[serde(default)]
    pub(super) place_told: bool,
    /// Whether energy may be delivered; kept for the case of a power cut.
    #[serde(default)]
    pub(super) authorized: bool,
    /// The conditions that have held during the transaction.
    #[serde(default)]
    pub(super) reached: Conditions,
    /// Whether the CSMS has the key of the meter, or gets it with what waits.
    #[serde(default)]
    pub(super) key_told: bool,
    /// The charging state that the CSMS knows.
    #[serde(default)]
    pub(super) told: Option<ChargingState>,
    /// Why the authorization ended.
    #[serde(default)]
    pub(super) reason: Option<Reason>,
    #[serde(default)]
    pub(super) ending: Option<Ending>,
}

impl transaction::Details for Details {
    const VERSION: Version = Version::V2_0_1;

    fn is_ending(&self) -> bool {
        self.ending.is_some()
    }
}

/// An event that is not in the queue yet, because it or one before it waits for the meter.
#[derive(Debug)]
pub(super) struct Event {
    kind: TransactionEvent,
    trigger: TriggerReason,
    time: DateTime,
    state: Option<ChargingState>,
    reason: Option<Reason>,
    token: Option<Token>,
    additional_info: Option<NonEmpty<AdditionalInfo>>,
    remote_start_id: Option<i64>,
    pub(super) offline: bool,
    with_place: bool,
    waiting: bool,
    values: Option<NonEmpty<MeterValue>>,
}

/// A random UUID of version 4: unique over all stations and time (E01.FR.08, E02.FR.08), with a seed of its own for each
/// start. With the same seed as others too: random numbers differ from station to station by its names; those of two starts
/// are the same if nothing was sent in the first one, or the records are lost, but the moment is not, nor are the numbers
/// of transactions that wait for delivery.
fn new_id(core: &mut Context, number: u64, time: DateTime) -> String {
    let moment = scramble(time.unix_millis().cast_unsigned());
    let (high, low) = (core.random() ^ moment, core.random() ^ number);
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        low >> 48 & 0x3fff | 0x8000,
        low & 0xffff_ffff_ffff,
    )
}

impl ChargingStation {
    /// Begins a transaction at an EVSE, or, `None`, before it is known at which one.
    pub(super) fn begin(&mut self, core: &mut Context, place: Place, trigger: TriggerReason) {
        let Some(time) = core.utc() else {
            return;
        };
        let at = place.map(|index| self.place(index));
        let auth = self.auth_mut(place).filter(|auth| auth.granted);
        let nobody = Token::of_kind("", TokenKind::NoAuthorization);
        let profile = auth.and_then(|auth| auth.details.profile.take());
        let id = new_id(core, self.transactions.next_number(), time);
        let details = Details {
            id: id.clone(),
            ..Details::default()
        };
        let (number, _) = self
            .transactions
            .add(Transaction::new(at, nobody, time, details));
        match place {
            Some(index) => {
                self.evses[index].transaction = Some(number);
                self.evses[index].locked_for = None;
                self.profile_for_start(core, index, &id, profile);
            }
            None => self.float(number),
        }
        let event = TransactionEvent::Started;
        self.push_event(core, number, event, trigger, None, None);
        core.changes(self.transactions.store(number));
        self.read_begin(core, number);
        self.flush(core, number);
    }

    /// Reads the meter for the event that tells where a transaction runs: the first one after the car was connected
    /// (E01.FR.16), with the meter values of the beginning, be it `Started` (E01.FR.09, E02.FR.09, E03.FR.07, E04.FR.05,
    /// E05.FR.05) or a later one (E01.FR.17, E03.FR.11, E04.FR.11, E05.FR.08).
    fn read_begin(&mut self, core: &mut Context, number: u64) {
        let last = self.pending.get(&number).and_then(VecDeque::back);
        let Some(time) = last
            .filter(|event| event.with_place)
            .map(|event| event.time)
        else {
            return;
        };
        let at = self.transactions.get(number).and_then(|t| t.at);
        let index = at.and_then(|at| self.index_of(at.evse));
        let signed = index.and_then(|index| self.evses[index].signature.reading.take());
        let sample = Sample {
            purpose: SamplePurpose::TransactionBegin,
            at,
            transaction: Some(number),
            time: signed.as_ref().map_or(time, |(time, _)| *time),
        };
        if let Some(index) = index {
            self.plan_sample(core, index);
        }
        match signed {
            // E01.FR.04: the value that began the transaction is that of the begin.
            Some((_, reading)) => self.sample_taken(core, sample, &reading),
            None => {
                core.sample(sample);
            }
        }
    }

    /// Whether the CSMS knows where a transaction runs, or hears of it with an event that waits for the meter.
    pub(super) fn knows_place(&self, number: u64) -> bool {
        let told = self
            .transactions
            .get(number)
            .is_some_and(|t| t.details.place_told);
        let pending = self.pending.get(&number);
        told || pending.is_some_and(|all| all.iter().any(|event| event.with_place))
    }

    /// Notes an event of a running transaction. One that tells the place waits for the meter, and so does `Ended`.
    /// Why, where and who: E01.FR.10, E01.FR.15, E01.FR.16, E02.FR.01, E02.FR.15, E06.FR.15, F01.FR.17, F03.FR.09; a
    /// remote start by its number (F02.FR.01); a known token is told, too (C12.FR.02). What happens without a
    /// connection says so (E08.FR.07).
    fn push_event(
        &mut self,
        core: &Context,
        number: u64,
        kind: TransactionEvent,
        trigger: TriggerReason,
        time: Option<DateTime>,
        values: Option<NonEmpty<MeterValue>>,
    ) {
        let index = self.transactions.get(number).and_then(Transaction::evse);
        // An EVSE that the configuration no longer has can still have a transaction to report.
        let index = index.and_then(|evse| self.index_of(evse));
        let state = index.map_or(ChargingState::Idle, |index| {
            self.charging_state(core, index)
        });
        // E10: a car that has just been connected is no more than that; what it may take follows.
        let state = match (&trigger, state) {
            (TriggerReason::CablePluggedIn, ChargingState::SuspendedEvse) => {
                ChargingState::EvConnected
            }
            (_, state) => state,
        };
        let plugged = index.and_then(|index| self.evses[index].car);
        let offline = !self.online(core);
        let known = self.knows_place(number);
        let ends = kind == TransactionEvent::Ended;
        let with_place = !known && plugged.is_some() && !ends;
        let Some(transaction) = self.transactions.get_mut(number) else {
            return;
        };
        let time = time.or_else(|| core.utc()).or(transaction.read_at);
        let time = time.unwrap_or(transaction.started);
        let details = &mut transaction.details;
        let mut event = Event {
            waiting: with_place || ends && known,
            with_place,
            kind,
            trigger,
            time,
            state: Some(state.clone()),
            reason: None,
            token: None,
            additional_info: None,
            remote_start_id: None,
            offline,
            values,
        };
        details.told = Some(state);
        if let Some(ending) = &details.ending {
            event.reason.clone_from(&ending.reason);
            event.token.clone_from(&ending.token);
            event.time = ending.time;
            event.state = Some(ending.state.clone());
        }
        // E03.FR.01, F01.FR.25: the first event that can say who it is does.
        let auth = match index {
            Some(index) => self.evses[index].auth.as_mut(),
            None => self.floating.auth_of(number),
        };
        if let Some(auth) = auth
            && auth.granted
            && !auth.details.told
        {
            auth.details.told = true;
            event.token = Some(auth.token.clone());
            event.additional_info = auth.details.additional_info.take();
            event.remote_start_id = auth.details.remote_start_id;
            // F01.FR.19, F02.FR.21: whatever else was waited for, the lock or the cable, the first event that follows a
            // remote start says so.
            // E02.FR.20: so does the one after any other, if it only was to bring meter values.
            let periodic = matches!(
                event.trigger,
                TriggerReason::MeterValuePeriodic | TriggerReason::MeterValueClock
            );
            if event.remote_start_id.is_some() && event.kind != TransactionEvent::Ended {
                event.trigger = TriggerReason::RemoteStart;
            } else if periodic {
                event.trigger = TriggerReason::Authorized;
            }
            transaction.token = auth.token.clone();
            transaction.group.clone_from(&auth.group);
        }
        self.pending.entry(number).or_default().push_back(event);
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
        self.push_event(core, number, kind, cue.trigger, time, values);
        let last = self.pending.get_mut(&number).and_then(|all| all.back_mut());
        if let (Some(event), Some(token)) = (last, cue.token) {
            event.token = Some(token);
            event.additional_info = None;
        }
        self.read_begin(core, number);
        self.flush(core, number);
    }

    /// Ends a transaction. Energy stops at once; the message follows when the meter is read.
    /// With the meter values of the transaction (E06.FR.17, E07.FR.08, E07.FR.13, E08.FR.09, E09.FR.05, E10.FR.04,
    /// E12.FR.07) and the reason, which is told also where it could be left out (E07.FR.04, F03.FR.03).
    pub(super) fn end(&mut self, core: &mut Context, number: u64, cue: Cue) {
        let at = self.transactions.get(number).and_then(|t| t.at);
        let index = at.and_then(|at| self.index_of(at.evse));
        match index {
            Some(index) => self.evses[index].auth = None,
            None => self.floating.withdraw(number),
        }
        let state = index.map_or(ChargingState::Idle, |index| {
            self.charging_state(core, index)
        });
        let time = core.utc();
        let Some(transaction) = self.transactions.get_mut(number) else {
            return;
        };
        if transaction.ended || transaction.details.ending.is_some() {
            return;
        }
        // A transaction began, so the time is known; if it was lost since, the last known moment has to do.
        let time = time.or(transaction.read_at);
        let time = time.unwrap_or(transaction.started);
        let reason = transaction.details.reason.clone().or(cue.reason);
        let deauthorized = reason == Some(Reason::DeAuthorized);
        let car_left = reason == Some(Reason::EvDisconnected);
        transaction.details.authorized = false;
        transaction.details.ending = Some(Ending {
            trigger: cue.trigger.clone(),
            reason,
            token: cue.token,
            time,
            state,
        });
        core.changes(self.transactions.store(number));
        if let (Some(at), Some(index)) = (at, index) {
            core.contactor(at, false);
            self.evses[index].next_sample = [None; 2];
            // E05.FR.11, E09.FR.03.
            let kept = car_left && !core.variables.bool(Standard::UnlockOnEvDisconnect);
            if deauthorized || kept {
                self.claim_cable(core, index, number, deauthorized);
            }
        }
        let kind = TransactionEvent::Ended;
        self.push_event(core, number, kind, cue.trigger, None, None);
        if !self.knows_place(number) {
            // No car was connected: there is nothing to read.
            return self.finish(core, number, None);
        }
        core.sample(Sample {
            purpose: SamplePurpose::TransactionEnd,
            at,
            transaction: Some(number),
            time,
        });
    }

    /// Ends the transaction of an EVSE, if there is one, whatever `TxStopPoint` says.
    pub(super) fn end_at(&mut self, core: &mut Context, index: usize, cue: Cue) {
        self.evses[index].auth = None;
        if let Some(number) = self.evses[index].transaction {
            self.end(core, number, cue);
            self.release_cable(core, index);
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
        if let Some(transaction) = self.transactions.get_mut(number) {
            let meter = meter.unwrap_or(Decimal::ZERO);
            transaction.begin_at(meter);
        }
        self.supply(core, number, |event| event.with_place, values);
    }

    /// The meter was read for the last event, or never will be.
    pub(super) fn finish(
        &mut self,
        core: &mut Context,
        number: u64,
        values: Option<NonEmpty<MeterValue>>,
    ) {
        let ended = |event: &Event| event.kind == TransactionEvent::Ended;
        self.supply(core, number, ended, values);
    }

    fn supply(
        &mut self,
        core: &mut Context,
        number: u64,
        waits: impl Fn(&Event) -> bool,
        values: Option<NonEmpty<MeterValue>>,
    ) {
        let events = self.pending.get_mut(&number);
        let event = events.and_then(|all| all.iter_mut().find(|event| waits(event)));
        if let Some(event) = event {
            event.waiting = false;
            event.values = values;
        }
        self.flush(core, number);
    }

    /// Ends a transaction that a restart interrupts, with all energy that has flowed in it (E06.FR.11): contactors are open,
    /// and nobody can have charged before the station is up, so what the meter shows now is what it showed at the end. The
    /// moment of the end is the last one of which it is known that the transaction went on.
    pub(super) fn end_interrupted(&mut self, core: &mut Context, number: u64) {
        let Some(transaction) = self.transactions.get_mut(number) else {
            return;
        };
        let at = transaction.at;
        let evse = transaction.evse();
        let time = transaction.read_at.unwrap_or(transaction.started);
        let state = match transaction.details.place_told {
            true => ChargingState::EvConnected,
            false => ChargingState::Idle,
        };
        let ending = transaction.details.ending.get_or_insert(Ending {
            trigger: TriggerReason::AbnormalCondition,
            reason: Some(Reason::PowerLoss),
            token: None,
            time,
            state,
        });
        let (time, trigger) = (ending.time, ending.trigger.clone());
        // E05.FR.11.
        let kept = ending.reason == Some(Reason::DeAuthorized);
        let owner = kept.then(|| transaction.token.clone());
        core.changes(self.transactions.store(number));
        let kind = TransactionEvent::Ended;
        self.push_event(core, number, kind, trigger, None, None);
        // Others may have charged at the meter of a transaction that was left.
        let left = self.transactions.get(number).is_some_and(|t| t.left);
        let known = self.knows_place(number);
        let index = evse.and_then(|evse| self.index_of(evse));
        let Some(index) = index.filter(|_| known && !left) else {
            // Or the EVSE is not there any more, nor is its meter, or it was not known yet.
            let values = self.ended_values(core, number, None);
            return self.finish(core, number, values);
        };
        let evse = &mut self.evses[index];
        evse.locked_for = owner.map(|owner| Claim {
            owner,
            refused: true,
        });
        // Nobody else can begin before the meter was read.
        evse.transaction.get_or_insert(number);
        core.sample(Sample {
            purpose: SamplePurpose::TransactionEnd,
            at,
            transaction: Some(number),
            time,
        });
    }

    /// Moves events into the queue, up to the first that waits for the meter.
    fn flush(&mut self, core: &mut Context, number: u64) {
        while let Some(events) = self.pending.get_mut(&number) {
            if events.front().is_none_or(|event| event.waiting) {
                break;
            }
            let Some(event) = events.pop_front() else {
                break;
            };
            let over = event.kind == TransactionEvent::Ended;
            self.enqueue_event(core, number, event);
            if over {
                self.close(core, number);
            }
        }
        if self.pending.get(&number).is_some_and(|all| all.is_empty()) {
            self.pending.remove(&number);
        }
    }

    /// Numbered without gap (E01.FR.07, E02.FR.07, E03.FR.06, E08.FR.08, E09.FR.04, E10.FR.03) and kept until the CSMS has
    /// it, online or not (E08.FR.04, E08.FR.05, E08.FR.06, E11.FR.01, E12.FR.01, E12.FR.02, C15.FR.02).
    fn enqueue_event(&mut self, core: &mut Context, number: u64, event: Event) {
        let Some(transaction) = self.transactions.get_mut(number) else {
            return;
        };
        let at = transaction.at;
        // A restart must not end it before something that was told.
        transaction.read_at = transaction.read_at.max(Some(event.time));
        let details = &mut transaction.details;
        let mut info = TransactionInfo::new(CiString::truncated(&details.id));
        info.charging_state = event.state;
        info.stopped_reason = event.reason;
        info.remote_start_id = event.remote_start_id;
        // What only carries meter values may make room when the queue is full (E04.FR.07).
        let spare = matches!(
            event.trigger,
            TriggerReason::MeterValuePeriodic | TriggerReason::MeterValueClock
        );
        let begins = event.kind == TransactionEvent::Started;
        let mut request = TransactionEventRequest::new(
            event.kind,
            event.time,
            event.trigger,
            details.next_seq,
            info,
        );
        details.next_seq = details.next_seq.saturating_add(1);
        request.offline = event.offline.then_some(true);
        request.meter_value = event.values;
        request.id_token = event.token.as_ref().map(to_wire);
        if let Some(token) = &mut request.id_token {
            token.additional_info = event.additional_info;
        }
        details.place_told |= event.with_place;
        // Who asks for all events of all transactions (F06.FR.07, F06.FR.11) sees where each runs.
        let triggered = request.trigger_reason == TriggerReason::Trigger;
        let with_place = event.with_place || triggered && details.place_told;
        if let Some(at) = at.filter(|_| with_place) {
            let mut place = WireEvse::new(at.evse.into());
            place.connector_id = Some(at.connector.into());
            request.evse = Some(place);
        }
        core.enqueue_request(&request, Some(number), spare);
        if begins {
            core.output(transaction.began(Some(transaction.details.id.clone())));
        }
        // After the message, so that a power cut in between leaves no gap in the sequence: a restart counts what is
        // in the queue.
        core.changes(self.transactions.store(number));
    }

    /// Everything about a transaction is stored for delivery.
    fn close(&mut self, core: &mut Context, number: u64) {
        let Some(transaction) = self.transactions.get_mut(number) else {
            return;
        };
        transaction.ended = true;
        let details = &transaction.details;
        let reason = details
            .ending
            .as_ref()
            .and_then(|ending| ending.reason.as_ref());
        let over = transaction.over(Some(details.id.clone()), reason.map_or("", Reason::as_str));
        let evse = transaction.evse();
        core.changes(self.transactions.store(number));
        core.output(over);
        self.data.forget(core, number);
        self.floating.forget(number);
        if let Some(index) = evse.and_then(|evse| self.index_of(evse)) {
            if self.evses[index].transaction == Some(number) {
                self.evses[index].transaction = None;
            }
            self.transaction_over(core, index);
        }
    }
}
