//! The charging station management system: what it knows, and what it answers.
//!
//! - [`RemoteStation`] is one station as its CSMS sees it: requests, transactions, commands, typed operations. Begin here.
//! - [`services`] are what takes more than one station: tokens, reservations, local lists.
//! - [`ledger`] is what [`RemoteStation`] makes of messages about transactions: bills with warnings.
//!
//! All of them are values without sockets, files and clock. `ocpp_tokio::csms` drives them: listeners, a store, one value for each
//! station.
//!
//! # What is decided here
//!
//! - A token that nobody has put is `Invalid` (unless [`services::TokensConfig::accept_any_token`] says otherwise, or the operator has
//!   named it in a command); tokens compare without case. Past its expiry date it is `Expired`. A token that charges already is
//!   `ConcurrentTx` for a further transaction, unless that is on the same EVSE: there the end of the earlier one was lost.
//! - A message that comes once more changes nothing and gets the same answer (`StartTransaction` the same id).
//! - The end of a transaction that nobody knows is acknowledged (1.6 section 4.10); in 2.x the transaction is noted from
//!   whichever of its messages arrives.
//! - While a station is not accepted, it may only boot and send what it was asked for; the rest gets `SecurityError`
//!   (B01.FR.10, B02.FR.09, B03.FR.07; the same in 1.6, which names no error).
//! - A password that the operator sets at a station (A01) is the one that the CSMS expects from then on.
//! - Whatever nobody answers (certificates, EV contracts, data of vendors) is answered in the way that each message provides for it.

pub mod ledger;
mod model;
pub mod remote;
pub mod services;

#[cfg(test)]
mod examples;

use alloc::string::{String, ToString as _};
use core::fmt;

use ocpp_types::{Lenient, Protocol};

use crate::frame::{self, ErrorCode};
use crate::session::{Decoding, explain};

pub use model::{
    BootInfo, Connector, Registration, Reservation, ReservationStatus, TokenStatus, TransactionId,
};
pub use remote::RemoteStation;

/// A stored record cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("record {key:?} cannot be read: {reason}")]
pub struct BrokenRecord {
    /// Its key.
    pub key: String,
    /// Why.
    pub reason: String,
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
