//! Transactions: StartTransaction and StopTransaction, delivered in order and exactly once (1.6 sections 3.7, 4.8,
//! 4.10).

use alloc::string::String;

use ocpp_types::v1_6::{
    Action, MeterValue, MeterValuesRequest, Reason, StartTransactionRequest,
    StartTransactionResponse, StopTransactionRequest, StopTransactionResponse,
};
use ocpp_types::{CiString, DateTime, Decimal, Payload, Request, Version};
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

use super::ChargePoint;
use super::authorization::from_wire;
use super::connectors::connector_id;
use super::session::Owner;
use super::smart_charging;
use crate::smart_charging::TransactionId;
use crate::station::authorization::Authorizing as _;
use crate::station::behaviour::{Outcome, Prepared};
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::meter::{Sample, SamplePurpose};
use crate::station::queue::Queued;
use crate::station::transaction::{self, Transaction};
use crate::station::vocabulary::{AuthorizationStatus, CableState, ConnectorId, Token};

/// Stands for the transaction id until the message is sent.
const PLACEHOLDER: i64 = 0;
/// The id of a transaction whose start the CSMS never took (erratum 3.18).
const NO_ID: i64 = -1;

/// How a transaction ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Stopping {
    pub(super) reason: Reason,
    pub(super) token: Option<Token>,
    pub(super) time: DateTime,
}

/// What 1.6 wants to know about a transaction.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Details {
    /// From `StartTransaction.conf`.
    #[serde(default)]
    pub(super) id: Option<i64>,
    /// Whether the start was given up.
    #[serde(default)]
    pub(super) start_lost: bool,
    #[serde(default)]
    pub(super) stopping: Option<Stopping>,
}

impl Details {
    /// The id as texts have it.
    pub(super) fn told_id(&self) -> Option<String> {
        self.id.map(|id| alloc::format!("{id}"))
    }
}

impl transaction::Details for Details {
    const VERSION: Version = Version::V1_6;

    fn is_ending(&self) -> bool {
        self.stopping.is_some()
    }
}

/// The register in whole Wh, as the messages want it.
fn whole_wh(value: Option<Decimal>) -> i64 {
    value
        .and_then(|value| value.0.round().to_i64())
        .unwrap_or(0)
}

impl ChargePoint {
    /// Starts a transaction if everything for it is in place.
    pub(super) fn try_start(&mut self, core: &mut Context, number: usize) {
        let slot = &self.slots[number];
        let granted = slot.auth.as_ref().is_some_and(|auth| auth.granted);
        if !granted
            || !slot.operative
            || self
                .slots
                .iter()
                .any(|other| other.at.evse == slot.at.evse && other.transaction.is_some())
            || !self.connectors.is_plugged(core, number)
            || self.faulted(core, number)
            || !self.may_start(core)
        {
            return;
        }
        let at = slot.at;
        if core.lock(at) {
            return;
        }
        let Some(time) = core.utc() else {
            return;
        };
        let Some(auth) = self.slots[number].auth.take() else {
            return;
        };
        let mut transaction = Transaction::new(Some(at), auth.token, time, Details::default());
        transaction.group = auth.group;
        transaction.reservation = auth.details.reservation;
        let (transaction, change) = self.transactions.add(transaction);
        core.changes(change);
        let profile = auth.details.profile;
        let profile = profile.and_then(|profile| smart_charging::from_wire(&profile));
        let evse = smart_charging::evse(number);
        self.profiles.transaction_began(core, evse, None, profile);
        let slot = &mut self.slots[number];
        slot.transaction = Some(transaction);
        slot.finishing = false;
        self.keep_locked(core, number, None);
        self.read_begin(core, at, transaction, time);
    }

    fn read_begin(&self, core: &mut Context, at: ConnectorId, number: u64, time: DateTime) {
        core.sample(Sample {
            purpose: SamplePurpose::TransactionBegin,
            at: Some(at),
            transaction: Some(number),
            time,
        });
    }

    /// The meter was read at the start: now the CSMS can be told.
    pub(super) fn started(&mut self, core: &mut Context, number: u64, meter: Option<Decimal>) {
        let Some(transaction) = self.transactions.get_mut(number) else {
            return;
        };
        if transaction.ended || transaction.meter_start.is_some() {
            return;
        }
        let ending = transaction.details.stopping.is_some();
        let at = transaction.at;
        let Some(meter) = meter else {
            // Nobody may be charged for what a register says that was never read: the energy waits.
            if !ending && let Some(at) = at {
                let time = transaction.started;
                self.read_begin(core, at, number, time);
            }
            return;
        };
        transaction.begin_at(meter);
        let reservation = transaction.reservation;
        let began = transaction.began(transaction.details.told_id());
        core.changes(self.transactions.store(number));
        self.enqueue_start(core, number);
        core.output(began);
        // From here on the transaction outlives a power cut.
        if let Some(id) = reservation {
            self.consume_reservation(core, id);
        }
        if let Some(connector) = self.connector_of(number)
            && !ending
        {
            self.plan_sample(core, connector);
        }
    }

    pub(super) fn enqueue_start(&self, core: &mut Context, number: u64) {
        if let Some(request) = self.start_request(number) {
            core.enqueue_request(&request, Some(number), false);
        }
    }

    /// The StartTransaction of a transaction, by its record.
    pub(super) fn start_request(&self, number: u64) -> Option<StartTransactionRequest> {
        let transaction = self.transactions.get(number)?;
        let connector = self.connector_of(number)?;
        let mut request = StartTransactionRequest::new(
            connector_id(connector),
            CiString::truncated(&transaction.token.id),
            whole_wh(transaction.meter_start),
            transaction.started,
        );
        request.reservation_id = transaction.reservation;
        Some(request)
    }

    /// Ends a transaction. Energy stops at once; the message follows when the meter is read.
    pub(super) fn stop(
        &mut self,
        core: &mut Context,
        number: u64,
        reason: Reason,
        token: Option<Token>,
    ) {
        let time = core.utc();
        let Some(transaction) = self.transactions.get_mut(number) else {
            return;
        };
        if transaction.ended || transaction.details.stopping.is_some() {
            return;
        }
        // A transaction began, so the time is known; if it was lost since, the last known moment has to do.
        let time = time.or(transaction.read_at);
        let time = time.unwrap_or(transaction.started);
        let at = transaction.at;
        // When the car is gone, the configuration decides about the lock.
        let keeps_lock = matches!(reason, Reason::DeAuthorized | Reason::EvDisconnected);
        let owner = Owner::of(transaction);
        transaction.details.stopping = Some(Stopping {
            reason,
            token,
            time,
        });
        core.changes(self.transactions.store(number));
        let Some(at) = at else {
            return;
        };
        core.contactor(at, false);
        if let Some(connector) = self.connectors.number_of(at) {
            let cable = self.connectors.cable(core, connector);
            let slot = &mut self.slots[connector];
            slot.finishing = cable != CableState::Unplugged;
            slot.next_sample = None;
            if keeps_lock {
                self.keep_locked(core, connector, Some(owner));
            } else {
                core.unlock(at);
            }
        }
        Self::read_end(core, at, number, time);
    }

    pub(super) fn read_end(core: &mut Context, at: ConnectorId, number: u64, time: DateTime) {
        core.sample(Sample {
            purpose: SamplePurpose::TransactionEnd,
            at: Some(at),
            transaction: Some(number),
            time,
        });
    }

    /// The meter was read at the end, or never will be: stores the StopTransaction, with the values of the end if there are
    /// any, and frees the connector.
    pub(super) fn finish(&mut self, core: &mut Context, number: u64, end: Option<MeterValue>) {
        let Some(transaction) = self.transactions.get(number) else {
            return;
        };
        let Some(stopping) = transaction.details.stopping.clone() else {
            return;
        };
        let connector = self.connector_of(number);
        if transaction.meter_start.is_none() {
            // The meter was never read: no energy has flowed, and nobody was told of a start.
            core.changes(self.transactions.remove(number));
            return self.free_connector(core, connector, number);
        }
        let meter = transaction.meter_last.or(transaction.meter_start);
        let mut request = StopTransactionRequest::new(whole_wh(meter), stopping.time, PLACEHOLDER);
        request.id_tag = stopping.token.map(|token| CiString::truncated(&token.id));
        request.reason = Some(stopping.reason.clone());
        request.transaction_data = self.transaction_data(core, number, end);
        core.enqueue_request(&request, Some(number), false);
        let reason = stopping.reason.as_str();
        let over = self.transactions.get_mut(number).map(|transaction| {
            transaction.ended = true;
            transaction.over(transaction.details.told_id(), reason)
        });
        core.changes(self.transactions.store(number));
        if let Some(over) = over {
            core.output(over);
        }
        self.free_connector(core, connector, number);
    }

    fn free_connector(&mut self, core: &mut Context, connector: Option<usize>, number: u64) {
        if let Some(connector) = connector {
            let slot = &mut self.slots[connector];
            if slot.transaction == Some(number) {
                slot.transaction = None;
            }
            let evse = smart_charging::evse(connector);
            self.profiles.transaction_ended(core, evse);
        }
    }

    /// Completes a message of the queue with the transaction id.
    pub(super) fn prepare_queued(&self, queued: &Queued) -> Prepared {
        if !self.boot.accepted() {
            return Prepared::Wait;
        }
        let Some(number) = queued.transaction else {
            return Prepared::Send(queued.payload.clone());
        };
        let Some(transaction) = self.transactions.get(number) else {
            return Prepared::Drop("nothing is known about its transaction");
        };
        let start = is::<StartTransactionRequest>(queued);
        let id = match transaction.details.id {
            // The answer is stored before the message leaves the queue.
            Some(_) if start => return Prepared::Delivered,
            None if start => return Prepared::Send(queued.payload.clone()),
            Some(id) => id,
            None => NO_ID,
        };
        let payload = if is::<StopTransactionRequest>(queued) {
            complete(&queued.payload, |stop: &mut StopTransactionRequest| {
                stop.transaction_id = id;
            })
        } else {
            complete(&queued.payload, |values: &mut MeterValuesRequest| {
                values.transaction_id = Some(id);
            })
        };
        payload.map_or(Prepared::Drop("it cannot be read"), Prepared::Send)
    }

    /// A message of the queue has been answered, or was given up.
    pub(super) fn queued_delivered(
        &mut self,
        core: &mut Context,
        queued: &Queued,
        result: &Outcome<'_>,
    ) {
        let Some(number) = queued.transaction else {
            return;
        };
        if is::<StartTransactionRequest>(queued) {
            let response = result.as_ref().ok();
            let response =
                response.and_then(|text| StartTransactionResponse::decode_lenient(text).ok());
            match response {
                Some(response) => self.start_answered(core, number, &response.value),
                None => {
                    if let Some(transaction) = self.transactions.get_mut(number) {
                        transaction.details.start_lost = true;
                    }
                    core.changes(self.transactions.store(number));
                }
            }
        } else if is::<StopTransactionRequest>(queued)
            && let Ok(text) = result
            && let Ok(response) = StopTransactionResponse::decode_lenient(text)
            && let Some(info) = response.value.id_tag_info
            && let Ok(request) = StopTransactionRequest::decode(&queued.payload)
            && let Some(id_tag) = request.id_tag
        {
            self.tokens
                .remember(core, &Token::new(&id_tag), &from_wire(&info));
        }
    }

    /// StartTransaction.conf: the id, and what the CSMS says about the token (4.8 with erratum 3.17).
    fn start_answered(
        &mut self,
        core: &mut Context,
        number: u64,
        response: &StartTransactionResponse,
    ) {
        let info = from_wire(&response.id_tag_info);
        let Some(transaction) = self.transactions.get_mut(number) else {
            return;
        };
        transaction.details.id = Some(response.transaction_id);
        if info.group.is_some() {
            transaction.group.clone_from(&info.group);
        }
        let token = transaction.token.clone();
        let open = transaction.details.stopping.is_none() && !transaction.ended;
        let refused = info.status != AuthorizationStatus::Accepted;
        let stop = core.variables.bool(Standard::StopOnInvalid);
        if refused && open && !stop {
            let energy = core.variables.u32(Standard::MaxEnergyInvalid);
            transaction.limit_energy(Decimal::from(i64::from(energy)));
        }
        core.changes(self.transactions.store(number));
        self.tokens.remember(core, &token, &info);
        // The answer may come when somebody else charges here already.
        if let Some(connector) = self.connector_of(number)
            && self.slots[connector].transaction == Some(number)
        {
            let id = TransactionId::Number(response.transaction_id);
            let evse = smart_charging::evse(connector);
            self.profiles.store.identify_transaction(evse, id);
        }
        if refused && open && stop {
            // The status before the end is news to the CSMS too (TC_037_3: Charging, then Finishing).
            self.update_statuses(core);
            self.stop(core, number, Reason::DeAuthorized, None);
        }
    }

    /// Forgets a transaction that has ended and about which the CSMS knows everything.
    pub(super) fn forget_if_reported(&mut self, core: &mut Context, number: u64) {
        let ended = self.transactions.get(number).is_some_and(|t| t.ended);
        if ended && !core.queue.has(number) {
            self.data.forget(core, number);
            core.changes(self.transactions.remove(number));
        }
    }

    /// The running transaction with this id.
    pub(super) fn running_with_id(&self, id: i64) -> Option<u64> {
        let running = self.transactions.iter().filter(|t| !t.ended);
        let mut running = running.filter(|t| t.details.stopping.is_none());
        running.find(|t| t.details.id == Some(id)).map(|t| t.number)
    }
}

fn is<R: Request<Protocol = ocpp_types::v1_6::Protocol>>(queued: &Queued) -> bool {
    Action::from_name(&queued.action) == Some(R::ACTION)
}

fn complete<R: Payload>(payload: &str, change: impl FnOnce(&mut R)) -> Option<String> {
    let mut request = R::decode(payload).ok()?;
    change(&mut request);
    request.encode().ok()
}
