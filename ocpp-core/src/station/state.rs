//! A look inside a station.

use alloc::string::String;
use alloc::vec::Vec;

use ocpp_types::Decimal;
use serde::Serialize;

use super::vocabulary::{CableState, ConnectorId, Token};

/// Whether the CSMS has accepted the station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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
pub struct StationState {
    /// `None` before the CSMS has answered for the first time since the start.
    pub registration: Option<Registration>,
    /// Whether the connection is open.
    pub connected: bool,
    /// How many messages wait for delivery.
    pub queued: usize,
    /// The connectors.
    pub connectors: Vec<ConnectorState>,
}

/// What a connector is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Who charges, or is about to.
    pub token: Option<Token>,
    /// The energy delivered in the running transaction, in Wh.
    pub energy_wh: Option<Decimal>,
}
