//! A look inside a station.

use alloc::string::String;
use alloc::vec::Vec;

use ocpp_types::{Decimal, Version};
use serde::Serialize;

use super::given_up::GivenUp;
use super::vocabulary::{CableState, ConnectorId, Token};
use crate::time::DateTime;

/// Whether the CSMS has accepted the station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Registration {
    /// It has.
    Accepted,
    /// It wants to configure the station first.
    Pending,
    /// It does not know the station.
    Rejected,
}

/// What a station is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StationState {
    /// The version of OCPP that is spoken: statuses, keys and variables have its names.
    pub version: Version,
    /// `None` before the CSMS has answered for the first time since the start.
    pub registration: Option<Registration>,
    /// Whether the connection is open.
    pub connected: bool,
    /// Whether nothing can be stored at present: no energy flows, nobody can begin to charge.
    pub storage_failed: bool,
    /// How many messages wait for delivery.
    pub queued: usize,
    /// How many messages wait for another version of OCPP: they are written in it, and go out when it is spoken again. Each
    /// version has room for [`Limits::queue`](super::Limits::queue) messages of its own.
    pub waiting: Vec<(Version, usize)>,
    /// Messages about transactions that were given up, oldest first, until somebody has dealt with them.
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::given_up::shown"))]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Vec<super::given_up::Shown<'static>>")
    )]
    pub given_up: Vec<GivenUp>,
    /// A transaction that has begun before it is known at which EVSE (2.0.1 with `TxStartPoint` Authorized and one reader for
    /// several EVSEs).
    pub transaction_without_evse: Option<TransactionState>,
    /// The connectors.
    pub connectors: Vec<ConnectorState>,
}

/// What a connector is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConnectorState {
    /// Which one.
    pub at: ConnectorId,
    /// The status as the version writes it.
    pub status: &'static str,
    /// The cable.
    pub cable: CableState,
    /// Whether somebody may charge, or charges.
    pub authorized: bool,
    /// The id of the transaction, if one is running and the CSMS knows it.
    pub transaction_id: Option<String>,
    /// The transaction that is running, whether or not the CSMS knows it.
    pub transaction: Option<TransactionState>,
    /// Who charges, or is about to.
    pub token: Option<Token>,
    /// The energy delivered in the running transaction, in Wh.
    pub energy_wh: Option<Decimal>,
}

/// A transaction that is running.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TransactionState {
    /// Tells it from the station's other transactions, from its first moment on.
    pub number: u64,
    /// Its id; `None` in 1.6 until the CSMS has given it.
    pub id: Option<String>,
    /// When it began.
    pub started: DateTime,
    /// The energy register at the begin, in Wh; `None` until the meter was read.
    pub meter_start: Option<Decimal>,
}
