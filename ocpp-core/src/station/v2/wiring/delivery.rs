//! What the CSMS says about transactions (E05, C15).

use ocpp_types::{Decimal, Payload};

use super::super::ChargingStation;
use super::super::authorization::remember;
use super::super::token::{from_wire, from_wire_info, message_from_wire, priority, same};
use super::super::transactions::{Cue, Details};
use super::super::wire::{
    Reason, TransactionEventRequest, TransactionEventResponse, TriggerReason,
};
use crate::station::behaviour::Outcome;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::output::TransactionNews;
use crate::station::queue::Queued;
use crate::station::transaction::Transaction;
use crate::station::vocabulary::AuthorizationStatus;

impl ChargingStation {
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
        self.prioritize(core, number, &request, &response.value);
        let (Some(info), Some(token)) = (response.value.id_token_info, request.id_token) else {
            return;
        };
        let token = from_wire(&token);
        let info = from_wire_info(&info);
        // C10.FR.05.
        remember(core, &token, &info);
        let own = |t: &&mut Transaction<Details>| same(&t.token, &token);
        let Some(transaction) = self.transactions.get_mut(number).filter(own) else {
            return;
        };
        // C01.FR.21: whoever began without a question may be at the wrong EVSE.
        let status = info.status_for(transaction.evse());
        if info.group.is_some() && transaction.group != info.group {
            // C09.FR.03: whoever has the same group may stop it, wherever the group was told first.
            transaction.group.clone_from(&info.group);
            self.transactions.store(core, number);
            let place = self.transactions.place_of(number);
            let here = place.filter(|place| self.transactions.number(*place) == Some(number));
            if let Some(auth) = here.and_then(|place| self.authorizations.get_mut(place)) {
                auth.group.clone_from(&info.group);
            }
        }
        if self.transactions.number(None) == Some(number)
            && let Some(auth) = self.authorizations.get_mut(None)
        {
            auth.details.limit_to(&info.evses);
        }
        if status != AuthorizationStatus::Accepted {
            self.refused(core, number);
        }
    }

    /// What the CSMS says of how important a transaction is counts from here on, also after a power cut.
    /// Requirements: K03.FR.05.
    fn prioritize(
        &mut self,
        core: &mut Context,
        number: u64,
        request: &TransactionEventRequest,
        response: &TransactionEventResponse,
    ) {
        // An event can have the token of somebody else, who stops it.
        let token = request.id_token.as_ref().map(from_wire);
        let running = self.transactions.get(number);
        let is_its = token.is_some_and(|token| running.is_some_and(|t| same(&t.token, &token)));
        let of_token = response.id_token_info.as_ref().filter(|_| is_its);
        let of_token = of_token.and_then(|info| info.charging_priority);
        let of_token = of_token.and_then(priority);
        let own = response.charging_priority.and_then(priority);
        self.transactions.prioritize(core, number, of_token, own);
    }

    /// What the CSMS says of a transaction to its driver, and to who shares power: the response overrules what was said with
    /// the token.
    /// Requirements: K03.FR.05.
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
    /// Requirements: C15.FR.03, E05.FR.09.
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
            self.transactions.store(core, number);
        }
    }
}
