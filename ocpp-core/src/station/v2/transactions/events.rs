//! Events of transactions: noted as they happen, and put into the queue once the meter was read.

use ocpp_types::{CiString, DateTime, Decimal, NonEmpty};

use super::super::authorization::Auth;
use super::super::token::to_wire;
use super::super::wire::{
    AdditionalInfo, ChargingState, Evse as WireEvse, MeterValue, Reason,
    Transaction as TransactionInfo, TransactionEvent, TransactionEventRequest, TriggerReason,
};
use super::EvseTransactions;
use crate::station::context::Context;
use crate::station::vocabulary::{ConnectorId, Token};

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

/// What is to be told of the place where something happens.
#[derive(Debug)]
pub(in super::super) struct Scene<'a> {
    pub(in super::super) state: ChargingState,
    /// The connector whose car the EVSE serves.
    pub(in super::super) car: Option<ConnectorId>,
    pub(in super::super) offline: bool,
    /// Who is authorized there.
    pub(in super::super) auth: Option<&'a mut Auth>,
}

/// For which event a meter was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Supplied {
    /// The one that tells where the transaction runs, with the register at its beginning.
    Begin(Option<Decimal>),
    End,
}

impl EvseTransactions {
    /// Whether the CSMS knows where a transaction runs, or hears of it with an event that waits for the meter.
    pub(in super::super) fn knows_place(&self, number: u64) -> bool {
        let told = self.all.get(number).is_some_and(|t| t.details.place_told);
        let pending = self.pending.get(&number);
        told || pending.is_some_and(|all| all.iter().any(|event| event.with_place))
    }

    /// The time of the last event, if it tells where the transaction runs: then the meter is to be read for it.
    pub(in super::super) fn place_told_at(&self, number: u64) -> Option<DateTime> {
        let last = self.pending.get(&number)?.back()?;
        last.with_place.then_some(last.time)
    }

    /// Notes an event of a running transaction. One that tells the place waits for the meter, and so does `Ended`.
    /// Why, where and who: E01.FR.10, E01.FR.15, E01.FR.16, E02.FR.01, E02.FR.15, E06.FR.15, F01.FR.17, F03.FR.09; a
    /// remote start by its number (F02.FR.01); a known token is told, too (C12.FR.02). What happens without a
    /// connection says so (E08.FR.07).
    /// Requirements: C05.FR.03, C05.FR.05, E02.FR.21, F02.FR.05, F02.FR.11.
    pub(in super::super) fn push(
        &mut self,
        core: &Context,
        number: u64,
        (kind, trigger): (TransactionEvent, TriggerReason),
        time: Option<DateTime>,
        values: Option<NonEmpty<MeterValue>>,
        scene: Scene<'_>,
    ) {
        // E10: a car that has just been connected is no more than that; what it may take follows.
        let state = match (&trigger, scene.state) {
            (TriggerReason::CablePluggedIn, ChargingState::SuspendedEvse) => {
                ChargingState::EvConnected
            }
            (_, state) => state,
        };
        let known = self.knows_place(number);
        let ends = kind == TransactionEvent::Ended;
        let with_place = !known && scene.car.is_some() && !ends;
        let Some(transaction) = self.all.get_mut(number) else {
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
            offline: scene.offline,
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
        if let Some(auth) = scene.auth
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

    /// The last event was caused by somebody.
    pub(in super::super) fn attribute(&mut self, number: u64, token: Token) {
        let last = self.pending.get_mut(&number).and_then(|all| all.back_mut());
        if let Some(event) = last {
            event.token = Some(token);
            event.additional_info = None;
        }
    }

    /// The meter was read for an event, or never will be: it can be told.
    pub(in super::super) fn supply(
        &mut self,
        number: u64,
        supplied: Supplied,
        values: Option<NonEmpty<MeterValue>>,
    ) {
        if let Supplied::Begin(meter) = supplied
            && let Some(transaction) = self.all.get_mut(number)
        {
            transaction.begin_at(meter.unwrap_or(Decimal::ZERO));
        }
        let waits = |event: &Event| match supplied {
            Supplied::Begin(_) => event.with_place,
            Supplied::End => event.kind == TransactionEvent::Ended,
        };
        let events = self.pending.get_mut(&number);
        let event = events.and_then(|all| all.iter_mut().find(|event| waits(event)));
        if let Some(event) = event {
            event.waiting = false;
            event.values = values;
        }
    }

    /// Moves events into the queue, up to the first that waits for the meter. Says whether the transaction is over with that.
    pub(in super::super) fn flush(&mut self, core: &mut Context, number: u64) -> bool {
        let mut closed = false;
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
                closed = true;
            }
        }
        if self.pending.get(&number).is_some_and(|all| all.is_empty()) {
            self.pending.remove(&number);
        }
        closed
    }

    /// Numbered without gap (E01.FR.07, E02.FR.07, E03.FR.06, E08.FR.08, E09.FR.04, E10.FR.03) and kept until the CSMS has
    /// it, online or not (E08.FR.04, E08.FR.05, E08.FR.06, E11.FR.01, E12.FR.01, E12.FR.02, C15.FR.02).
    /// Requirements: E04.FR.01, E04.FR.04, E05.FR.04, E06.FR.14, E07.FR.11.
    fn enqueue_event(&mut self, core: &mut Context, number: u64, event: Event) {
        let Some(transaction) = self.all.get_mut(number) else {
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
        // Values say nothing where nobody knows whose meter it was: after a power cut the end may be the first to tell it.
        let with_place = event.with_place || request.meter_value.is_some() && !details.place_told;
        details.place_told |= with_place;
        // Who asks for all events of all transactions (F06.FR.07, F06.FR.11) sees where each runs.
        let triggered = request.trigger_reason == TriggerReason::Trigger;
        let with_place = with_place || triggered && details.place_told;
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
        core.changes(self.all.store(number));
    }

    /// Everything about a transaction is stored for delivery.
    fn close(&mut self, core: &mut Context, number: u64) {
        let Some(transaction) = self.all.get_mut(number) else {
            return;
        };
        transaction.ended = true;
        let details = &transaction.details;
        let reason = details
            .ending
            .as_ref()
            .and_then(|ending| ending.reason.as_ref());
        let over = transaction.over(Some(details.id.clone()), reason.map_or("", Reason::as_str));
        core.changes(self.all.store(number));
        core.output(over);
        self.data.forget(core, number);
        if let Some(index) = self.index_of_number(number)
            && self.at[index] == Some(number)
        {
            self.at[index] = None;
        }
    }

    /// The transaction without an EVSE is over.
    pub(in super::super) fn forget_floating(&mut self) {
        self.floating = None;
    }
}
