//! Transactions and their events, delivered in order and exactly once (E01 to E14).

mod details;
mod events;
mod restart;
mod salvage;

use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;

use ocpp_types::{DateTime, NonEmpty, Payload};

use super::meter_values::meter_value;
use super::per_evse::{PerEvse, index_of};
use super::points::{Conditions, Point};
use super::signatures::{Signing, sign_variable};
use super::wire::{
    Action, ChargingState, GetTransactionStatusRequest, GetTransactionStatusResponse, MeterValue,
    ReadingContext, Reason, TransactionEventRequest, TriggerReason,
};
use crate::session::CallToken;
use crate::station::authorization::Place;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::meter::Sample;
use crate::station::queue::Queued;
use crate::station::record::Records;
use crate::station::state::TransactionState;
use crate::station::transaction::{Transaction, Transactions};
use crate::station::transaction_data::TransactionData;
use crate::station::vocabulary::{ConnectorId, EvseId, Reading, Token, TokenKind};
use crate::time::Instant;

use details::new_id;
pub(super) use details::{Cue, Details, Ending};
use events::Event;
pub(super) use events::{Scene, Supplied};

/// The transactions of the EVSEs and the one that has none yet, with the events and meter values that are still to be told.
#[derive(Debug)]
pub(super) struct EvseTransactions {
    all: Transactions<Details>,
    /// The running transaction of every EVSE.
    at: PerEvse<Option<u64>>,
    /// The one that has begun before it was known at which EVSE.
    floating: Option<u64>,
    /// Events that wait for the meter, by transaction.
    pending: BTreeMap<u64, VecDeque<Event>>,
    /// The meter values of the later `Ended`, numbered as they are stored.
    data: TransactionData<MeterValue>,
    /// Messages of the queue with lower numbers were in it when the station went offline last.
    offline_below: u64,
}

/// How a transaction ends that runs no longer.
#[derive(Debug)]
pub(super) struct Ends {
    pub(super) at: Option<ConnectorId>,
    pub(super) trigger: TriggerReason,
    pub(super) reason: Option<Reason>,
    pub(super) owner: Token,
    pub(super) time: DateTime,
}

impl EvseTransactions {
    pub(super) fn restore(core: &mut Context, records: &Records) -> Self {
        let all = Transactions::restore(core, records);
        Self {
            at: PerEvse::new(core.config.evses.iter().map(|_| None)),
            floating: None,
            pending: BTreeMap::new(),
            data: TransactionData::restore(records, &all),
            offline_below: core.queue.next_number(),
            all,
        }
    }

    /// The number of EVSEs.
    pub(super) const fn evses(&self) -> usize {
        self.at.len()
    }

    fn index_of(&self, evse: EvseId) -> Option<usize> {
        index_of(self.at.len(), evse)
    }

    pub(super) fn get(&self, number: u64) -> Option<&Transaction<Details>> {
        self.all.get(number)
    }

    /// Touches the transaction.
    pub(super) fn get_mut(&mut self, number: u64) -> Option<&mut Transaction<Details>> {
        self.all.get_mut(number)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Transaction<Details>> {
        self.all.iter()
    }

    /// The number of the transaction of an EVSE, or of the one that has none yet.
    pub(super) fn number(&self, place: Place) -> Option<u64> {
        match place {
            Some(index) => self.at[index],
            None => self.floating,
        }
    }

    /// The transaction of an EVSE, or the one that has none yet.
    pub(super) fn running(&self, place: Place) -> Option<&Transaction<Details>> {
        self.get(self.number(place)?)
    }

    /// Where a transaction runs.
    pub(super) fn place_of(&self, number: u64) -> Option<Place> {
        if self.floating == Some(number) {
            return Some(None);
        }
        // An EVSE that the configuration no longer has can still have a transaction to report.
        let evse = self.get(number)?.evse()?;
        Some(Some(self.index_of(evse)?))
    }

    /// The index of the EVSE of a transaction.
    pub(super) fn index_of_number(&self, number: u64) -> Option<usize> {
        let evse = self.get(number).and_then(Transaction::evse)?;
        self.index_of(evse)
    }

    /// Whether a transaction is running.
    pub(super) fn any(&self) -> bool {
        self.floating.is_some() || self.any_at_evses()
    }

    /// Whether a transaction is running at an EVSE.
    pub(super) fn any_at_evses(&self) -> bool {
        self.at.iter().any(Option::is_some)
    }

    /// Stores a transaction as it is now.
    pub(super) fn store(&self, core: &mut Context, number: u64) {
        core.changes(self.all.store(number));
    }

    /// The EVSEs where something may have changed since the last time.
    pub(super) fn take_changed(&mut self) -> Vec<usize> {
        let mut changed = self.at.take_changed();
        for number in self.all.take_touched() {
            changed.extend(self.index_of_number(number));
        }
        changed
    }

    /// How often EVSEs were looked at.
    #[cfg(feature = "testing")]
    pub(super) fn visits(&self) -> usize {
        self.at.visits()
    }

    /// Begins a transaction at an EVSE, or, `None`, before it is known at which one, with the `chargingPriority` of its token.
    pub(super) fn begin(
        &mut self,
        core: &mut Context,
        place: Place,
        at: Option<ConnectorId>,
        time: DateTime,
        priority: Option<i8>,
    ) -> (u64, String) {
        let nobody = Token::of_kind("", TokenKind::NoAuthorization);
        let id = new_id(core, self.all.next_number(), time);
        let mut details = Details {
            id: id.clone(),
            ..Details::default()
        };
        details.prioritize(priority, None);
        if place.is_none() {
            details.authorized = true;
            details.reached = Conditions::default().with(Point::Authorized, true);
        }
        let transaction = Transaction::new(at, nobody, time, details);
        let (number, _) = self.all.add(transaction);
        match place {
            Some(index) => self.at[index] = Some(number),
            None => self.floating = Some(number),
        }
        (number, id)
    }

    /// The transaction that has none yet runs at an EVSE from now on. Returns its id.
    pub(super) fn seat(
        &mut self,
        core: &mut Context,
        index: usize,
        at: ConnectorId,
    ) -> Option<String> {
        let number = self.floating.take()?;
        self.at[index] = Some(number);
        let transaction = self.all.get_mut(number)?;
        transaction.at = Some(at);
        let id = transaction.details.id.clone();
        self.store(core, number);
        Some(id)
    }

    /// A transaction goes on at an EVSE after a restart, or holds it until its end is told.
    pub(super) fn resume(&mut self, index: usize, number: u64) {
        self.at[index].get_or_insert(number);
    }

    /// There is no such transaction any more.
    pub(super) fn forget_at(&mut self, index: usize) {
        self.at[index] = None;
    }

    /// Notes how important a transaction is: what the CSMS says of its token, and of it alone. Where it says nothing, or nothing
    /// new, nothing is stored.
    pub(super) fn prioritize(
        &mut self,
        core: &mut Context,
        number: u64,
        of_token: Option<i8>,
        own: Option<i8>,
    ) {
        let runs = self.get(number).is_some_and(|t| !t.ended);
        if runs
            && of_token.or(own).is_some()
            && let Some(transaction) = self.all.get_mut(number)
            && transaction.details.prioritize(of_token, own)
        {
            self.store(core, number);
        }
    }

    /// Decides that a transaction ends. `None` if that was decided before.
    /// Requirements: F03.FR.04.
    pub(super) fn end(
        &mut self,
        core: &mut Context,
        number: u64,
        cue: &Cue,
        state: ChargingState,
    ) -> Option<Ends> {
        let time = core.utc();
        let transaction = self.all.get_mut(number)?;
        if transaction.ended || transaction.details.ending.is_some() {
            return None;
        }
        // A transaction began, so the time is known; if it was lost since, the last known moment has to do.
        let time = time.or(transaction.read_at);
        let time = time.unwrap_or(transaction.started);
        let reason = transaction
            .details
            .reason
            .clone()
            .or_else(|| cue.reason.clone());
        transaction.details.authorized = false;
        transaction.details.ending = Some(Ending {
            trigger: cue.trigger.clone(),
            reason: reason.clone(),
            token: cue.token.clone(),
            time,
            state,
        });
        let ends = Ends {
            at: transaction.at,
            trigger: cue.trigger.clone(),
            reason,
            owner: transaction.token.clone(),
            time,
        };
        self.store(core, number);
        Some(ends)
    }

    /// Ends a transaction that a restart interrupts, with all energy that has flowed in it (E06.FR.11): contactors are open,
    /// and nobody can have charged before the station is up, so what the meter shows now is what it showed at the end. The
    /// moment of the end is the last one of which it is known that the transaction went on.
    pub(super) fn interrupt(&mut self, core: &mut Context, number: u64) -> Option<Ends> {
        let transaction = self.all.get_mut(number)?;
        let time = transaction.read_at.unwrap_or(transaction.started);
        // The first value is read when a car was connected, and kept before that is told.
        let had_car = transaction.details.place_told || self.data.last(number).is_some();
        let state = match had_car {
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
        let ends = Ends {
            at: transaction.at,
            trigger: ending.trigger.clone(),
            reason: ending.reason.clone(),
            owner: transaction.token.clone(),
            time: ending.time,
        };
        self.store(core, number);
        Some(ends)
    }

    /// The meter was read for a transaction.
    pub(super) fn read(&mut self, sample: &Sample, reading: &Reading) {
        if let Some(number) = sample.transaction
            && let Some(transaction) = self.all.get_mut(number)
            && !transaction.ended
        {
            let register = reading.energy_wh();
            // A register never runs backwards; one that does is broken.
            if register.is_some() && register >= transaction.meter_last {
                transaction.meter_last = register;
            }
            transaction.read_at = Some(sample.time);
        }
    }

    /// Keeps the last reading with a transaction, and stores it now and then, or at once.
    pub(super) fn note_meter(&mut self, core: &mut Context, number: u64, store: bool) {
        self.all.note_meter(core, number, store);
    }

    /// The meter was read for the record of a transaction.
    pub(super) fn read_for_record(&mut self, core: &mut Context, number: u64) {
        self.all.read_for_record(core, number);
    }

    /// Reads the meters of running transactions that were not read for a while.
    pub(super) fn read_for_the_record(&mut self, core: &mut Context) {
        self.all.read_for_the_record(core);
    }

    /// When [`read_for_the_record`](Self::read_for_the_record) has something to do.
    pub(super) fn next_reading(&self) -> Option<Instant> {
        self.all.next_reading()
    }

    /// The values of a reading that a variable lists, signed if they are to be, and with the public key if that is to be told.
    pub(super) fn value(
        &mut self,
        core: &Context,
        number: Option<u64>,
        list: Standard,
        reading: &Reading,
        context: &ReadingContext,
        time: DateTime,
    ) -> Option<MeterValue> {
        let transaction = number.and_then(|number| self.all.get(number));
        let once = core.variables.text(Standard::SendPublicKey) == "OncePerTransaction";
        let untold = transaction.is_some_and(|t| !t.details.key_told);
        let signing = Signing {
            wanted: core.variables.bool(sign_variable(list)),
            key: once && untold
                || core.variables.text(Standard::SendPublicKey) == "EveryMeterValue",
        };
        let value = meter_value(core, list, reading, context, time, signing)?;
        let signed = |value: &MeterValue| {
            let mut values = value.sampled_value.iter();
            values.any(|value| value.signed_meter_value.is_some())
        };
        if once
            && untold
            && signed(&value)
            && let Some(transaction) = number.and_then(|number| self.all.get_mut(number))
        {
            transaction.details.key_told = true;
        }
        Some(value)
    }

    /// Adds to the values of the later `Ended`.
    /// Samples while somebody charges: J02.FR.10, J02.FR.11, J02.FR.14, E02.FR.10, E02.FR.11, E03.FR.08, E03.FR.09,
    /// E04.FR.06, E04.FR.09, E11.FR.03, E11.FR.06, E12.FR.03, E12.FR.06.
    pub(super) fn add_data(
        &mut self,
        core: &mut Context,
        number: u64,
        key: Standard,
        reading: &Reading,
        context: &ReadingContext,
        time: DateTime,
    ) {
        if let Some(value) = self.value(core, Some(number), key, reading, context, time) {
            self.data.add(core, number, value);
        }
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

    /// The connection is gone.
    ///
    /// A TransactionEvent is told as `offline` if it occurred while the station was offline (E04.FR.03), and also if it had
    /// not been delivered when the station went offline, answered or not (E11.FR.02, E11.FR.07). A restart goes offline
    /// too: whatever it finds in the queue was there before.
    pub(super) fn disconnected(&mut self, core: &Context) {
        self.offline_below = core.queue.next_number();
        for event in self.pending.values_mut().flatten() {
            event.offline = true;
        }
    }

    /// A message of the queue as it is to be sent now.
    pub(super) fn payload_of(&self, queued: &Queued) -> String {
        let is_event = Action::from_name(&queued.action) == Some(Action::TransactionEvent);
        if is_event
            && queued.number < self.offline_below
            && let Ok(mut event) = TransactionEventRequest::decode(&queued.payload)
        {
            event.offline = Some(true);
            if let Ok(payload) = event.encode() {
                return payload;
            }
        }
        queued.payload.clone()
    }

    /// Forgets a transaction that has ended and about which the CSMS knows everything.
    pub(super) fn forget_if_reported(&mut self, core: &mut Context, number: u64) {
        let ended = self.all.get(number).is_some_and(|t| t.ended);
        if ended && !core.queue.has(number) {
            core.changes(self.all.remove(number));
        }
    }

    /// The transaction with this id that is still running.
    pub(super) fn running_with_id(&self, id: &str) -> Option<u64> {
        let mut running = self.all.iter().filter(|t| !t.ended);
        let found = running.find(|t| t.details.id.eq_ignore_ascii_case(id))?;
        found.details.ending.is_none().then_some(found.number)
    }

    /// Whether all have ended and nothing waits for a meter.
    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    pub(super) fn all_have_ended(&self) -> bool {
        let untold = self.pending.values().any(|events| !events.is_empty());
        !untold && self.all.iter().all(|transaction| transaction.ended)
    }

    /// The transaction that runs without an EVSE, for a look inside.
    pub(super) fn floating_state(&self) -> Option<TransactionState> {
        let transaction = self.running(None)?;
        Some(transaction.state(Some(transaction.details.id.clone())))
    }

    /// Whether a transaction goes on (E14.FR.01, E14.FR.02, E14.FR.03) and has messages to tell (E14.FR.04,
    /// E14.FR.05); without one only whether there are any (E14.FR.06, E14.FR.07, E14.FR.08).
    pub(super) fn status_asked(
        &self,
        core: &mut Context,
        call: CallToken,
        request: &GetTransactionStatusRequest,
    ) {
        let response = match &request.transaction_id {
            None => {
                let queued = !core.queue.transactions().is_empty();
                GetTransactionStatusResponse::new(queued || !self.pending.is_empty())
            }
            Some(id) => {
                let mut all = self.all.iter();
                let found = all.find(|t| t.details.id.eq_ignore_ascii_case(id));
                let queued = found.is_some_and(|t| {
                    core.queue.has(t.number) || self.pending.contains_key(&t.number)
                });
                let mut response = GetTransactionStatusResponse::new(queued);
                let ongoing = found.is_some_and(|t| !t.ended && t.details.ending.is_none());
                response.ongoing_indicator = Some(ongoing);
                response
            }
        };
        core.answer(call, &response);
    }
}
