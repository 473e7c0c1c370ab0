//! CustomerInformation and NotifyCustomerInformation (N09, N10).

use alloc::format;
use alloc::string::{String, ToString};

use ocpp_types::BoundedString;

use super::calls::{Calls, Purpose};
use super::info;
use super::token::{from_wire, same, to_wire};
use super::transactions::EvseTransactions;
use super::wire::{
    CertificateHashData, CustomerInformationRequest, CustomerInformationResponse,
    CustomerInformationStatus, NotifyCustomerInformationRequest,
};
use crate::security;
use crate::session::{CallFailure, CallToken};
use crate::station::behaviour::Outcome;
use crate::station::common::customer::{Customers, Inquiry};
use crate::station::context::Context;
use crate::station::vocabulary::{Authorization, Customer, Token, TokenKind};

/// Takes an inquiry about exactly one customer (N09.FR.09) that wants something (N09.FR.01, N09.FR.07, N10.FR.07), if there is room
/// (N09.FR.02, N09.FR.03, N10.FR.01, N10.FR.05). What is to be cleared is cleared when it is answered, but for the local
/// list, which belongs to the CSMS (N10.FR.03, N10.FR.06), and transactions, which are still to be told.
pub(super) fn asked(
    customers: &mut Customers,
    transactions: &EvseTransactions,
    core: &mut Context,
    call: CallToken,
    request: &CustomerInformationRequest,
) {
    let mut named = [
        request
            .id_token
            .as_ref()
            .map(from_wire)
            .map(Customer::Token),
        request
            .customer_identifier
            .as_ref()
            .map(|id| Customer::Identifier(id.to_string())),
        request.customer_certificate.as_ref().and_then(certificate),
    ]
    .into_iter()
    .flatten();
    let (customer, another) = (named.next(), named.next());
    let (status, reason) = match customer {
        Some(customer) if another.is_none() => {
            if !request.report && !request.clear {
                let reason = info("InvalidValue", "neither report nor clear");
                (CustomerInformationStatus::Rejected, Some(reason))
            } else if !customers.has_room() {
                let reason = info("InternalError", "other inquiries are under way");
                (CustomerInformationStatus::Rejected, Some(reason))
            } else {
                begin(customers, transactions, core, request, customer);
                (CustomerInformationStatus::Accepted, None)
            }
        }
        _ => {
            let reason = info("InvalidValue", "not exactly one customer");
            (CustomerInformationStatus::Invalid, Some(reason))
        }
    };
    let mut response = CustomerInformationResponse::new(status);
    response.status_info = reason;
    core.answer(call, &response);
}

fn begin(
    customers: &mut Customers,
    transactions: &EvseTransactions,
    core: &mut Context,
    request: &CustomerInformationRequest,
    customer: Customer,
) {
    let token = match &customer {
        Customer::Token(token) => Some(token.clone()),
        _ => None,
    };
    let own = token
        .as_ref()
        .map(|token| known_about(transactions, core, token));
    let inquiry = Inquiry {
        request_id: request.request_id,
        customer,
        report: request.report,
        clear: request.clear,
        own: own.unwrap_or_default(),
    };
    customers.begin(core, inquiry);
    clear(customers, core);
}

/// Clears what is to be cleared, after the record that knows what there was: also when a power cut came in between.
pub(super) fn clear(customers: &Customers, core: &mut Context) {
    for token in customers.to_clear() {
        let change = core.cache.remove(token);
        core.changes(change);
    }
}

/// What the station knows about a token, a line for each thing.
fn known_about(transactions: &EvseTransactions, core: &Context, token: &Token) -> String {
    let mut text = String::new();
    if token.kind == TokenKind::NoAuthorization {
        // It is nobody's.
        return text;
    }
    let wire = to_wire(token);
    let name = format!("{} ({})", token.id, wire.r#type.as_str());
    if let Some(info) = core.local_list.get(token) {
        text += &format!("Local list: {name}{}\n", described(info));
    }
    if let Some(info) = core.cache.get(token) {
        text += &format!("Authorization cache: {name}{}\n", described(info));
    }
    let own = transactions
        .iter()
        .filter(|transaction| same(&transaction.token, token));
    for transaction in own {
        let id = &transaction.details.id;
        let place = transaction.evse().map(|evse| format!("EVSE {evse}, "));
        let place = place.unwrap_or_default();
        let since = transaction.started;
        text += &format!("Transaction {id}: {name}, {place}since {since}\n");
    }
    text
}

/// Asks the application, and sends what can be sent (N09.FR.05, N10.FR.03, N10.FR.06).
pub(super) fn advance(
    customers: &mut Customers,
    calls: &mut Calls,
    core: &mut Context,
    online: bool,
) {
    customers.advance(core);
    while online
        && let Some(time) = core.utc()
        && let Some(page) = customers.poll_page()
    {
        let data = BoundedString::truncated(&page.text);
        let mut request =
            NotifyCustomerInformationRequest::new(data, page.seq_no, time, page.request_id);
        request.tbc = Some(page.more);
        if !calls.send(core, &request, Purpose::Customer(page.number)) {
            return customers.page_ended(core, page.number, false);
        }
    }
}

/// A page that did not arrive is sent again; one that was refused, or not answered, would be again.
pub(super) fn page_ended(
    customers: &mut Customers,
    core: &mut Context,
    number: u64,
    outcome: &Outcome<'_>,
) {
    let lost = matches!(
        outcome,
        Err(CallFailure::Disconnected | CallFailure::Cancelled)
    );
    customers.page_ended(core, number, !lost);
}

/// `None` for an algorithm that nobody knows.
fn certificate(data: &CertificateHashData) -> Option<Customer> {
    let data = security::CertificateHashData::from_v2_0_1(data).ok()?;
    Some(Customer::Certificate(data))
}

fn described(info: &Authorization) -> String {
    let mut text = format!(", {:?}", info.status);
    if let Some(expiry) = info.expiry {
        text += &format!(", until {expiry}");
    }
    if let Some(group) = &info.group {
        text += &format!(", group {}", group.id);
    }
    text
}
