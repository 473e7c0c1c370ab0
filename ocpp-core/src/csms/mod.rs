//! The charging station management system: what it knows, and what it answers.
//!
//! - [`RemoteStation`] is one station as its CSMS sees it: requests, transactions, commands, typed operations. Begin here.
//! - [`services`] are what takes more than one station: tokens, reservations, local lists.
//! - [`ledger`] is what [`RemoteStation`] makes of messages about transactions: bills with warnings.
//! - [`Csms`] is an older, smaller thing: one value for a whole fleet, without sessions and commands. Programs that use it go on
//!   working for now; new ones take [`RemoteStation`].
//!
//! # One value for a fleet
//!
//! A [`Csms`] is a value without sockets, files and clock. It knows tokens, stations, transactions and reservations in
//! words of no version, answers every request that a station can send in 1.6, 2.0.1 and 2.1, and learns from what
//! stations answer to the calls of the operator.
//!
//! - **input**: [`answer`](Csms::answer) for the text of a request, or [`handle_1_6`](Csms::handle_1_6) and its
//!   siblings for typed ones; [`called`](Csms::called) for the response to a call of the operator;
//! - **mutators**: [`set_station`](Csms::set_station), [`put_token`](Csms::put_token),
//!   [`delete_token`](Csms::delete_token);
//! - **output**: [`poll_output`](Csms::poll_output): records to be stored. Poll until `None` after any of the above, and
//!   store before the answer is sent, so that nothing is acknowledged that could be lost;
//! - **getters**: everything else.
//!
//! A CSMS waits for nothing, so there are no timers; `now` is UTC.
//!
//! ```
//! use ocpp_core::Version;
//! use ocpp_core::csms::{Config, Csms, Token, TokenStatus};
//! use ocpp_core::session::Decoding;
//!
//! let mut csms = Csms::new(Config::default());
//! let token = Token { status: TokenStatus::Accepted, expiry_date: None, parent_id_tag: None };
//! csms.put_token("04A2B3", token)?;
//!
//! let now = "2024-05-15T12:00:00Z".parse()?;
//! let request = r#"{"idTag":"04a2b3"}"#;
//! let answer = csms.answer(now, Version::V1_6, Decoding::Strict, "CP1", "Authorize", request)?;
//! assert_eq!(answer, r#"{"idTagInfo":{"status":"Accepted"}}"#);
//! while let Some(output) = csms.poll_output() {
//!     // Store it.
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is decided here
//!
//! - A token that the CSMS does not know is `Invalid` (unless [`Config::accept_any_token`] says otherwise); tokens compare without case. Past its expiry date it is `Expired`.
//!   A token that charges already is `ConcurrentTx` for a further transaction, unless that is on the same EVSE: there the
//!   end of the earlier one was lost.
//! - A message that comes once more changes nothing and gets the same answer (`StartTransaction` the same id).
//! - The end of a transaction that nobody knows is acknowledged (1.6 section 4.10); in 2.x the transaction is noted from
//!   whichever of its messages arrives.
//! - While a station is not accepted, it may only boot and send what it was asked for; the rest gets `SecurityError`
//!   (B01.FR.10, B02.FR.09, B03.FR.07; the same in 1.6, which names no error).
//! - A password that the operator sets at a station (A01) is the one that the CSMS expects from then on.
//! - Certificates are not signed, EV contracts not provisioned and vendors' data not understood here: the answers say so
//!   in the way each message provides.

pub mod ledger;
mod model;
pub mod remote;
mod reservations;
pub mod services;
mod stations;
mod store;
mod tokens;
mod transactions;
#[cfg(feature = "v1_6")]
mod v1_6;
#[cfg(feature = "v2_0_1")]
mod v2_0_1;
#[cfg(feature = "v2_1")]
mod v2_1;

#[cfg(test)]
mod examples;
#[cfg(test)]
mod tests;

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::{String, ToString};
use core::fmt;

use ocpp_types::{DateTime, Lenient, Protocol, Version};
use serde::Serialize;

use crate::frame::{self, ErrorCode};
use crate::session::{Decoding, explain};

pub use model::{
    Authorization, BootInfo, Connector, Registration, Reservation, ReservationStatus, Station,
    Token, TokenStatus, Transaction, TransactionId,
};
pub use remote::RemoteStation;
pub use store::{BrokenRecord, Output, Table};

/// Limits and behaviour.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// The heartbeat interval of stations that have none of their own, in seconds. Default: 300.
    pub interval: i64,
    /// Whether a token may charge at several places at a time. Default: no.
    pub concurrent_transactions: bool,
    /// Whether a token that nobody has put may charge. Default: no. For experiments.
    pub accept_any_token: bool,
    /// Most stations. Default: 200,000. Further ones are not admitted.
    pub max_stations: usize,
    /// Most tokens. Default: 1,000,000. Further ones are not taken.
    pub max_tokens: usize,
    /// Most transactions that are remembered. Default: 100,000. Then the oldest is forgotten, if possible an ended one.
    pub max_transactions: usize,
    /// Most reservations that are remembered. Default: 100,000. Then the oldest is forgotten.
    pub max_reservations: usize,
    /// Most connectors of a station. Default: 256. The state of further ones is not kept.
    pub max_connectors: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            interval: 300,
            concurrent_transactions: false,
            accept_any_token: false,
            max_stations: 200_000,
            max_tokens: 1_000_000,
            max_transactions: 100_000,
            max_reservations: 100_000,
            max_connectors: 256,
        }
    }
}

/// A request is answered with a CALLERROR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub code: ErrorCode,
    /// For people.
    pub description: String,
    /// The JSON text of an object.
    pub details: String,
}

impl Refusal {
    fn new(code: ErrorCode, description: &str) -> Self {
        Self {
            code,
            description: description.into(),
            details: "{}".into(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.code, self.description)
    }
}

impl core::error::Error for Refusal {}

/// A limit of the [`Config`] is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the CSMS takes no more of these")]
pub struct Full;

/// A CSMS. See the [module documentation](self).
#[derive(Debug, Clone)]
pub struct Csms {
    config: Config,
    stations: BTreeMap<String, Station>,
    tokens: BTreeMap<String, Token>,
    transactions: BTreeMap<u64, Transaction>,
    by_id: BTreeMap<(String, TransactionId), u64>,
    open: BTreeSet<u64>,
    next_reference: u64,
    reservations: VecDeque<Reservation>,
    outputs: VecDeque<Output>,
}

impl Csms {
    /// A CSMS that knows nothing yet.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            config,
            stations: BTreeMap::new(),
            tokens: BTreeMap::new(),
            transactions: BTreeMap::new(),
            by_id: BTreeMap::new(),
            open: BTreeSet::new(),
            next_reference: 1,
            reservations: VecDeque::new(),
            outputs: VecDeque::new(),
        }
    }

    /// Takes a record back that an earlier CSMS wanted stored. Records may come in any order, reservations oldest first.
    ///
    /// # Errors
    ///
    /// The record is none; nothing has changed then.
    pub fn restore(&mut self, table: Table, key: &str, record: &str) -> Result<(), BrokenRecord> {
        self.read_record(table, key, record)
            .map_err(|error| BrokenRecord {
                table,
                key: key.into(),
                reason: error.to_string(),
            })
    }

    fn read_record(
        &mut self,
        table: Table,
        key: &str,
        record: &str,
    ) -> Result<(), serde_json::Error> {
        match table {
            Table::Stations => {
                self.stations
                    .insert(key.into(), serde_json::from_str(record)?);
            }
            Table::Tokens => {
                self.tokens
                    .insert(key.into(), serde_json::from_str(record)?);
            }
            Table::Transactions => self.index(serde_json::from_str(record)?),
            Table::Reservations => self.reservations.push_back(serde_json::from_str(record)?),
            Table::Counter => {
                let next: u64 = serde_json::from_str(record)?;
                self.next_reference = self.next_reference.max(next);
            }
        }
        Ok(())
    }

    /// The next thing to store. `None` when there is nothing more for now.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn store<T: Serialize>(&mut self, table: Table, key: String, record: &T) {
        // The records are plain values; serde_json writes all of them.
        if let Ok(record) = serde_json::to_string(record) {
            self.outputs.push_back(Output::Store { table, key, record });
        }
    }

    fn erase(&mut self, table: Table, key: String) {
        self.outputs.push_back(Output::Erase { table, key });
    }

    /// Answers a request of a station: the JSON text of the response.
    ///
    /// # Errors
    ///
    /// What to refuse the call with.
    pub fn answer(
        &mut self,
        now: DateTime,
        version: Version,
        decoding: Decoding,
        station: &str,
        action: &str,
        payload: &str,
    ) -> Result<String, Refusal> {
        match version {
            #[cfg(feature = "v1_6")]
            Version::V1_6 => {
                let request = decode::<ocpp_types::v1_6::Protocol>(decoding, action, payload)?;
                encode(&self.handle_1_6(now, station, &request)?)
            }
            #[cfg(feature = "v2_0_1")]
            Version::V2_0_1 => {
                let request = decode::<ocpp_types::v2_0_1::Protocol>(decoding, action, payload)?;
                encode(&self.handle_2_0_1(now, station, &request)?)
            }
            #[cfg(feature = "v2_1")]
            Version::V2_1 => {
                let request = decode::<ocpp_types::v2_1::Protocol>(decoding, action, payload)?;
                encode(&self.handle_2_1(now, station, &request)?)
            }
            #[allow(unreachable_patterns)] // when all versions are on
            _ => Err(Refusal::new(
                ErrorCode::NotSupported,
                "version not supported",
            )),
        }
    }

    /// Answers a request of a station that speaks 1.6.
    ///
    /// # Errors
    ///
    /// What to refuse the call with.
    #[cfg(feature = "v1_6")]
    pub fn handle_1_6(
        &mut self,
        now: DateTime,
        station: &str,
        request: &ocpp_types::v1_6::AnyRequest,
    ) -> Result<ocpp_types::v1_6::AnyResponse, Refusal> {
        use ocpp_types::v1_6::Protocol;
        self.admit(
            now,
            station,
            Protocol::info(Protocol::action_of(request)).name,
        )?;
        v1_6::handle(self, now, station, request)
    }

    /// Answers a request of a station that speaks 2.0.1.
    ///
    /// # Errors
    ///
    /// What to refuse the call with.
    #[cfg(feature = "v2_0_1")]
    pub fn handle_2_0_1(
        &mut self,
        now: DateTime,
        station: &str,
        request: &ocpp_types::v2_0_1::AnyRequest,
    ) -> Result<ocpp_types::v2_0_1::AnyResponse, Refusal> {
        use ocpp_types::v2_0_1::Protocol;
        self.admit(
            now,
            station,
            Protocol::info(Protocol::action_of(request)).name,
        )?;
        v2_0_1::handle(self, now, station, request)
    }

    /// Answers a request of a station that speaks 2.1.
    ///
    /// # Errors
    ///
    /// What to refuse the call with.
    #[cfg(feature = "v2_1")]
    pub fn handle_2_1(
        &mut self,
        now: DateTime,
        station: &str,
        request: &ocpp_types::v2_1::AnyRequest,
    ) -> Result<ocpp_types::v2_1::AnyResponse, Refusal> {
        use ocpp_types::v2_1::Protocol;
        self.admit(
            now,
            station,
            Protocol::info(Protocol::action_of(request)).name,
        )?;
        v2_1::handle(self, now, station, request)
    }

    /// Learns from the response to a call of the operator. `request` and `response` are JSON texts; what cannot be
    /// decoded teaches nothing.
    pub fn called(
        &mut self,
        version: Version,
        station: &str,
        action: &str,
        request: &str,
        response: &str,
    ) {
        match version {
            #[cfg(feature = "v1_6")]
            Version::V1_6 => {
                use ocpp_types::v1_6::Protocol;
                if let Some((request, response)) = exchange::<Protocol>(action, request, response) {
                    v1_6::called(self, station, &request, &response);
                }
            }
            #[cfg(feature = "v2_0_1")]
            Version::V2_0_1 => {
                use ocpp_types::v2_0_1::Protocol;
                if let Some((request, response)) = exchange::<Protocol>(action, request, response) {
                    v2_0_1::called(self, station, &request, &response);
                }
            }
            #[cfg(feature = "v2_1")]
            Version::V2_1 => {
                use ocpp_types::v2_1::Protocol;
                if let Some((request, response)) = exchange::<Protocol>(action, request, response) {
                    v2_1::called(self, station, &request, &response);
                }
            }
            #[allow(unreachable_patterns)] // when all versions are on
            _ => {}
        }
    }
}

fn decode<P: Protocol>(
    decoding: Decoding,
    action: &str,
    payload: &str,
) -> Result<P::Request, Refusal> {
    let Some(action) = P::action(action) else {
        return Err(Refusal::new(
            ErrorCode::NotImplemented,
            "the action is not known",
        ));
    };
    let decoded = match decoding {
        Decoding::Strict => P::decode_request(action, payload),
        Decoding::Lenient => {
            P::decode_request_lenient(action, payload).map(|Lenient { value, .. }| value)
        }
    };
    decoded.map_err(|error| {
        if let Err(fault) = frame::check_payload(payload) {
            return Refusal::new(fault.code(P::VERSION), &fault.to_string());
        }
        let (description, details) = explain::<P>(&error);
        Refusal {
            code: error.violation().into(),
            description,
            details,
        }
    })
}

fn encode<T: Serialize>(response: &T) -> Result<String, Refusal> {
    let refused =
        |error: serde_json::Error| Refusal::new(ErrorCode::InternalError, &error.to_string());
    serde_json::to_string(response).map_err(refused)
}

/// A request of the operator and the station's response to it.
fn exchange<P: Protocol>(
    action: &str,
    request: &str,
    response: &str,
) -> Option<(P::Request, P::Response)> {
    let action = P::action(action)?;
    let request = P::decode_request(action, request).ok()?;
    let response = P::decode_response_lenient(action, response).ok()?;
    Some((request, response.value))
}
