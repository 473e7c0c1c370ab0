//! What the station has sent, and how it names itself.

use serde::Serialize;
use serde_json::Value;

/// A request that the station sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The action.
    pub action: String,
    /// The payload.
    pub payload: Value,
    /// When it came, in milliseconds of the bench.
    pub at: u64,
    /// Its place among all messages of the case.
    pub order: u64,
    /// What it was answered with; nothing before it was.
    pub answer: Value,
    /// How many requests of its action came before it since the case began.
    pub(crate) nth: usize,
    /// Of the request; nothing where another one is answered for it.
    pub(super) id: String,
    /// Which connection it came over.
    pub(super) link: u32,
    /// How many requests came before it over this connection.
    pub(super) nth_on_link: usize,
    /// Whether it has been answered.
    pub(super) answered: bool,
}

impl Message {
    /// Another message is answered for this one.
    pub(super) fn unanswerable(mut self) -> Self {
        self.id.clear();
        self
    }

    #[cfg(test)]
    pub(super) fn for_tests(action: &str, payload: Value) -> Self {
        Self {
            action: action.to_owned(),
            payload,
            at: 0,
            order: 0,
            answer: Value::Null,
            nth: 0,
            id: "1".to_owned(),
            link: 0,
            nth_on_link: 0,
            answered: false,
        }
    }
}

/// What the station answered to a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The payload; `null` for an error.
    pub payload: Value,
    /// The error code.
    pub error: Option<String>,
    /// When it came, in milliseconds of the bench.
    pub at: u64,
    /// Its place among all messages of the case.
    pub order: u64,
}

/// The station under test, as it names itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Specimen {
    /// The identity with which it connects.
    pub identity: String,
    /// The vendor.
    pub vendor: String,
    /// The model.
    pub model: String,
    /// The serial number, if it tells one.
    pub serial_number: Option<String>,
    /// The version of its firmware, if it tells one.
    pub firmware_version: Option<String>,
}
