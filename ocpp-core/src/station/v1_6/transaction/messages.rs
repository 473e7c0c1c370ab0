//! StartTransaction, StopTransaction and MeterValues: how they are made, completed when they are sent, and answered.

use alloc::string::String;

use ocpp_types::v1_6::{
    Action, MeterValue, MeterValuesRequest, StartTransactionRequest, StartTransactionResponse,
    StopTransactionRequest, StopTransactionResponse,
};
use ocpp_types::{BoundedVec, CiString, Decimal, Payload, Request};
use rust_decimal::prelude::ToPrimitive;

use super::{ChargingTransactions, Details, Stopping};
use crate::station::behaviour::{Outcome, Prepared};
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::queue::Queued;
use crate::station::transaction::Transaction;
use crate::station::v1_6::connectors::{Connectors, connector_id};
use crate::station::v1_6::known_tokens::from_wire;
use crate::station::vocabulary::{Authorization, AuthorizationStatus, Token};

/// Stands for the transaction id until the message is sent.
const PLACEHOLDER: i64 = 0;
/// The id of a transaction whose start the CSMS never took (erratum 3.18).
const NO_ID: i64 = -1;

/// The register in whole Wh, as the messages want it.
fn whole_wh(value: Option<Decimal>) -> i64 {
    value
        .and_then(|value| value.0.round().to_i64())
        .unwrap_or(0)
}

/// What the CSMS has answered to a message about a transaction.
#[derive(Debug)]
pub(in crate::station::v1_6) struct Answered {
    pub(in crate::station::v1_6) token: Token,
    pub(in crate::station::v1_6) info: Authorization,
    /// The id of the transaction that runs at this connector.
    pub(in crate::station::v1_6) identified: Option<(usize, i64)>,
    /// The transaction whose token was refused, so that it has to end.
    pub(in crate::station::v1_6) deauthorized: Option<u64>,
}

impl ChargingTransactions {
    pub(super) fn enqueue_start(&self, core: &mut Context, connectors: &Connectors, number: u64) {
        if let Some(request) = self.start_request(connectors, number) {
            core.enqueue_request(&request, Some(number), false);
        }
    }

    /// The StartTransaction of a transaction, by its record.
    pub(super) fn start_request(
        &self,
        connectors: &Connectors,
        number: u64,
    ) -> Option<StartTransactionRequest> {
        let transaction = self.all.get(number)?;
        let connector = self.connector_of(connectors, number)?;
        let mut request = StartTransactionRequest::new(
            connector_id(connector),
            CiString::truncated(&transaction.token.id),
            whole_wh(transaction.meter_start),
            transaction.started,
        );
        request.reservation_id = transaction.reservation;
        Some(request)
    }

    /// The StopTransaction of a transaction, with the values of its end if there are any.
    pub(super) fn stop_request(
        &self,
        core: &Context,
        transaction: &Transaction<Details>,
        stopping: &Stopping,
        end: Option<MeterValue>,
    ) -> StopTransactionRequest {
        let meter = transaction.meter_last.or(transaction.meter_start);
        let mut request = StopTransactionRequest::new(whole_wh(meter), stopping.time, PLACEHOLDER);
        let token = stopping.token.as_ref();
        request.id_tag = token.map(|token| CiString::truncated(&token.id));
        request.reason = Some(stopping.reason.clone());
        // What was collected, and the values of the end (3.16.5: nothing if nothing is configured).
        let data = self.data.with_end(core, transaction.number, end);
        request.transaction_data = data.and_then(|data| BoundedVec::new(data).ok());
        request
    }

    /// Completes a message of the queue with the transaction id.
    pub(in crate::station::v1_6) fn prepare(&self, queued: &Queued) -> Prepared {
        let Some(number) = queued.transaction else {
            return Prepared::Send(queued.payload.clone());
        };
        let Some(transaction) = self.all.get(number) else {
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
    pub(in crate::station::v1_6) fn delivered(
        &mut self,
        core: &mut Context,
        connectors: &Connectors,
        queued: &Queued,
        outcome: &Outcome<'_>,
    ) -> Option<Answered> {
        let number = queued.transaction?;
        let text = outcome.as_ref().ok();
        if is::<StartTransactionRequest>(queued) {
            let response =
                text.and_then(|text| StartTransactionResponse::decode_lenient(text).ok());
            if let Some(response) = response {
                return self.start_answered(core, connectors, number, &response.value);
            }
            if let Some(transaction) = self.all.get_mut(number) {
                transaction.details.start_lost = true;
            }
            core.changes(self.all.store(number));
            None
        } else if is::<StopTransactionRequest>(queued) {
            let response = StopTransactionResponse::decode_lenient(text?).ok()?;
            let info = response.value.id_tag_info?;
            let request = StopTransactionRequest::decode(&queued.payload).ok()?;
            Some(Answered {
                token: Token::new(&request.id_tag?),
                info: from_wire(&info),
                identified: None,
                deauthorized: None,
            })
        } else {
            None
        }
    }

    /// StartTransaction.conf: the id, and what the CSMS says about the token (4.8 with erratum 3.17).
    fn start_answered(
        &mut self,
        core: &mut Context,
        connectors: &Connectors,
        number: u64,
        response: &StartTransactionResponse,
    ) -> Option<Answered> {
        let info = from_wire(&response.id_tag_info);
        let transaction = self.all.get_mut(number)?;
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
        core.changes(self.all.store(number));
        // The answer may come when somebody else charges here already.
        let connector = self.connector_of(connectors, number);
        let connector = connector.filter(|connector| self.running[*connector] == Some(number));
        Some(Answered {
            token,
            info,
            identified: connector.map(|connector| (connector, response.transaction_id)),
            deauthorized: (refused && open && stop).then_some(number),
        })
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
