//! What a CSMS under test has kept of what it was told.

use ocpp_core::csms::TransactionId;
use ocpp_core::csms::ledger::Transaction;
use serde_json::{Value, json};

/// What the operator looks up.
#[derive(Debug, Clone, PartialEq)]
pub enum Record {
    /// The last transaction with this id: a text, or the number of 1.6. `ended`, `evse`, `idToken`, `stopReason`, `meterStart`,
    /// `meterStop`, `meterLast`, `chargingState`.
    Transaction(Value),
    /// The first connector of an EVSE; in 1.6 the connector with this number. `status`.
    Connector(u32),
    /// How far a lengthy operation is, by the action with which the station tells it. `status`.
    Progress(&'static str),
}

/// A transaction as steps read it; see [`Record::Transaction`].
#[must_use]
pub fn transaction_record(transaction: &Transaction) -> Value {
    let end = transaction.end.as_ref();
    let token = transaction.id_token.as_ref();
    json!({
        "ended": end.is_some(), "evse": transaction.evse,
        "idToken": token.map(|token| &token.id_token),
        "stopReason": end.map(|end| &end.reason),
        "meterStart": transaction.meter_start, "meterStop": transaction.meter_stop,
        "meterLast": transaction.meter_last, "chargingState": transaction.charging_state,
    })
}

/// An id as JSON has it.
pub(super) fn transaction_id(id: &TransactionId) -> Value {
    match id {
        TransactionId::Number(number) => json!(number),
        TransactionId::Text(text) => json!(text.as_str()),
    }
}
