//! What the CSMS says about transactions, and what is still to be told (E05, E14, C15).

use alloc::string::String;

use ocpp_types::v2_0_1::{
    Action, GetTransactionStatusRequest, GetTransactionStatusResponse, Reason,
    TransactionEventRequest, TransactionEventResponse, TriggerReason,
};
use ocpp_types::{Decimal, Payload};

use super::ChargingStation;
use super::token::{from_wire, from_wire_info, message_from_wire, priority, same};
use super::transaction::{Cue, Details};
use crate::session::CallToken;
use crate::station::behaviour::Outcome;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::output::TransactionNews;
use crate::station::queue::Queued;
use crate::station::transaction::Transaction;
use crate::station::vocabulary::AuthorizationStatus;

impl ChargingStation {
    /// The connection is gone.
    ///
    /// A TransactionEvent is told as `offline` if it occurred while the station was offline (E04.FR.03), and also if it had
    /// not been delivered when the station went offline, answered or not (E11.FR.02, E11.FR.07). A restart goes offline
    /// too: whatever it finds in the queue was there before.
    pub(super) fn events_go_offline(&mut self, core: &Context) {
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

    /// A message of the queue has been answered, or was given up.
    /// An event that was not accepted is tried again as often and as late as MessageAttempts and
    /// MessageAttemptInterval say (E13.FR.01).
    pub(super) fn queued_delivered(
        &mut self,
        core: &mut Context,
        queued: &Queued,
        result: &Outcome<'_>,
    ) {
        let Some(number) = queued.transaction else {
            return;
        };
        let Ok(text) = result else {
            return;
        };
        let Ok(response) = TransactionEventResponse::decode_lenient(text) else {
            return;
        };
        let Ok(request) = TransactionEventRequest::decode(&queued.payload) else {
            return;
        };
        self.tell_driver(core, number, &response.value);
        let (Some(info), Some(token)) = (response.value.id_token_info, request.id_token) else {
            return;
        };
        let token = from_wire(&token);
        let info = from_wire_info(&info);
        // C10.FR.05.
        self.remember(core, &token, &info);
        let own = |t: &&mut Transaction<Details>| same(&t.token, &token);
        let Some(transaction) = self.transactions.get_mut(number).filter(own) else {
            return;
        };
        // C01.FR.21: whoever began without a question may be at the wrong EVSE.
        let status = info.status_for(transaction.evse());
        if info.group.is_some() && transaction.group != info.group {
            // C09.FR.03: whoever has the same group may stop it, wherever the group was told first.
            transaction.group.clone_from(&info.group);
            let evse = transaction.evse();
            core.changes(self.transactions.store(number));
            let index = evse.and_then(|evse| self.index_of(evse));
            let index = index.filter(|index| self.evses[*index].transaction == Some(number));
            let auth = match index {
                Some(index) => self.evses[index].auth.as_mut(),
                None => self.floating.auth_of(number),
            };
            if let Some(auth) = auth {
                auth.group.clone_from(&info.group);
            }
        }
        if let Some(auth) = self.floating.auth_of(number) {
            auth.details.limit_to(&info.evses);
        }
        if status != AuthorizationStatus::Accepted {
            self.refused(core, number);
        }
    }

    /// What the CSMS says of a transaction to its driver, and to who shares power: the response overrules what was said with
    /// the token.
    fn tell_driver(&self, core: &mut Context, number: u64, response: &TransactionEventResponse) {
        let info = response.id_token_info.as_ref().map(from_wire_info);
        let driver = info.map(|info| info.driver).unwrap_or_default();
        let message = response.updated_personal_message.as_ref();
        let message = message.map(message_from_wire).or(driver.message);
        let priority = response.charging_priority.and_then(priority);
        let priority = priority.or(driver.priority);
        let cost = response.total_cost.as_ref();
        let cost = cost.and_then(|cost| cost.to_decimal().ok());
        let Some(transaction) = self.transactions.get(number) else {
            return;
        };
        if message.is_some() || priority.is_some() || cost.is_some() {
            let news = TransactionNews::Told {
                cost,
                message,
                priority,
            };
            core.output(transaction.news(Some(transaction.details.id.clone()), news));
        }
    }

    /// The CSMS does not accept who charges (E05, C15).
    /// The CSMS does not accept the token of a running transaction: it ends (C15.FR.04, E06.FR.04), or energy stops
    /// (C15.FR.06), at once or when MaxEnergyOnInvalidId was delivered (C15.FR.07).
    fn refused(&mut self, core: &mut Context, number: u64) {
        let Some(transaction) = self.transactions.get_mut(number) else {
            return;
        };
        if transaction.ended || transaction.details.ending.is_some() {
            return;
        }
        if core.variables.bool(Standard::StopOnInvalid) {
            let cue = Cue::ending(TriggerReason::Deauthorized, Reason::DeAuthorized);
            self.deauthorize_transaction(number, cue);
        } else {
            let share = core.variables.u32(Standard::MaxEnergyInvalid);
            transaction.limit_energy(Decimal::from(i64::from(share)));
            core.changes(self.transactions.store(number));
        }
    }

    /// Forgets a transaction that has ended and about which the CSMS knows everything.
    pub(super) fn forget_if_reported(&mut self, core: &mut Context, number: u64) {
        let ended = self.transactions.get(number).is_some_and(|t| t.ended);
        if ended && !core.queue.has(number) {
            core.changes(self.transactions.remove(number));
        }
    }

    /// The transaction with this id that is still running.
    pub(super) fn running_with_id(&self, id: &str) -> Option<u64> {
        let mut running = self.transactions.iter().filter(|t| !t.ended);
        let found = running.find(|t| t.details.id.eq_ignore_ascii_case(id))?;
        found.details.ending.is_none().then_some(found.number)
    }

    /// Whether a transaction goes on (E14.FR.01, E14.FR.02, E14.FR.03) and has messages to tell (E14.FR.04,
    /// E14.FR.05); without one only whether there are any (E14.FR.06, E14.FR.07, E14.FR.08).
    pub(super) fn get_transaction_status(
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
                let mut all = self.transactions.iter();
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
