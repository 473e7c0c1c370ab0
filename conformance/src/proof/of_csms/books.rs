//! What the store of a CSMS says in the end.

use ocpp_core::csms::ledger::Transaction;
use serde_json::Value;

use crate::bench::VirtualCsms;

/// What the store of a CSMS says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Books {
    /// The transactions that can be billed, without the CSMS's own numbers.
    pub(super) transactions: Vec<String>,
    /// The meter values, each once.
    meters: Vec<String>,
    /// How often each transaction was told to be over, since the process began last.
    ended: Vec<usize>,
}

pub(super) fn books(bench: &VirtualCsms) -> Books {
    let mut books = Books::default();
    for (key, record) in bench.stored() {
        if key.starts_with("open/") || key.starts_with("closed/") {
            let read = serde_json::from_str::<Transaction>(record);
            books.transactions.push(match read {
                Ok(transaction) => {
                    let bill = transaction.bill();
                    let mut bill = serde_json::to_value(&bill).unwrap_or_default();
                    bill["open"] = transaction.is_open().into();
                    // What depends on when the messages came, and on the CSMS's own numbers.
                    for member in [
                        "reference",
                        "receivedAt",
                        "endReceivedAt",
                        "received_at",
                        "end_received_at",
                    ] {
                        bill[member] = Value::Null;
                    }
                    if bill["transactionId"].is_number() {
                        bill["transactionId"] = Value::Null;
                    }
                    bill.to_string()
                }
                Err(error) => format!("{key} cannot be read: {error}"),
            });
        } else if key.starts_with("meter/") {
            books.meters.push(record.to_owned());
        }
    }
    books.transactions.sort();
    books.meters.sort();
    books.meters.dedup();
    books.ended = bench.ends().values().copied().collect();
    books
}

pub(super) fn difference(calm: &Books, books: &Books) -> Vec<String> {
    let mut found = Vec::new();
    if calm.transactions != books.transactions {
        found.push(format!(
            "the transactions are {:?} instead of {:?}",
            books.transactions, calm.transactions
        ));
    }
    if calm.meters != books.meters {
        found.push(format!(
            "the meter values are {:?} instead of {:?}",
            books.meters, calm.meters
        ));
    }
    if books.ended.iter().any(|times| *times > 1) {
        found.push("somebody is billed twice".to_owned());
    }
    found
}
