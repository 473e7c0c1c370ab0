//! What a CSMS knows, in the words of no version.

use alloc::string::String;
use core::fmt;

use ocpp_types::DateTime;
use serde::{Deserialize, Serialize};

/// Whether a station may take part (B01 to B03; 1.6 section 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Registration {
    /// The station works as usual.
    #[default]
    Accepted,
    /// The CSMS wants to prepare something first; the station sends only what it is asked for.
    Pending,
    /// The station is turned away and tries again later.
    Rejected,
}

/// Whether a token may charge: the values of 2.x, of which 1.6 knows five.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum TokenStatus {
    /// It may charge.
    Accepted,
    /// It has been blocked.
    Blocked,
    /// It charges elsewhere, and may not do so twice.
    ConcurrentTx,
    /// Its time has passed.
    Expired,
    /// It is not known.
    Invalid,
    /// It has no credit left. 1.6: `Blocked`.
    NoCredit,
    /// It may not charge at this type of EVSE. 1.6: `Invalid`.
    #[serde(rename = "NotAllowedTypeEVSE")]
    NotAllowedTypeEvse,
    /// It may not charge here. 1.6: `Invalid`.
    NotAtThisLocation,
    /// It may not charge now. 1.6: `Invalid`.
    NotAtThisTime,
    /// It is not known. 1.6: `Invalid`.
    Unknown,
}

/// What a station told when it booted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BootInfo {
    /// The maker.
    pub vendor: String,
    /// The model.
    pub model: String,
    /// The serial number, if the station has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<String>,
    /// The version of its firmware.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firmware_version: Option<String>,
    /// Why it booted (2.x).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The last state that a station reported of one of its connectors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Connector {
    /// The EVSE. 1.6 knows none: the number of the connector, 0 for the station itself.
    pub evse: i64,
    /// The connector of the EVSE; 1 in 1.6.
    pub connector: i64,
    /// As the station wrote it.
    pub status: String,
    /// The error code of 1.6, `NoError` included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// When it took this state.
    pub since: DateTime,
}

/// How a transaction is called: a number that the CSMS gives in 1.6, a text that the station gives in 2.x.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum TransactionId {
    /// 1.6.
    Number(i64),
    /// 2.x.
    Text(String),
}

impl fmt::Display for TransactionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// What became of a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "UPPERCASE")]
pub enum ReservationStatus {
    /// The station keeps it.
    Accepted,
    /// The station refused it: it is faulted.
    Faulted,
    /// The station refused it: it is occupied.
    Occupied,
    /// The station refused it.
    Rejected,
    /// The station refused it: it is not available.
    Unavailable,
    /// The CSMS took it back.
    Cancelled,
    /// It was used by a transaction.
    Used,
    /// Its time has passed.
    Expired,
    /// The station dropped it (2.x).
    Removed,
}

/// A reservation that a station was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reservation {
    /// The number, once per station.
    pub id: i64,
    /// Where.
    pub station: String,
    /// The EVSE, in 1.6 the connector; `None` for any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evse: Option<i64>,
    /// For whom.
    pub id_token: String,
    /// What became of it.
    pub status: ReservationStatus,
    /// Until when.
    pub expiry_date: DateTime,
}
