//! What a CSMS knows, in the words of no version.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use ocpp_types::{DateTime, Decimal};
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

/// A token that the CSMS knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Token {
    /// Whether it may charge.
    pub status: TokenStatus,
    /// From when on it may not any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry_date: Option<DateTime>,
    /// The group that it belongs to: `parentIdTag` of 1.6, `groupIdToken` of 2.x.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id_tag: Option<String>,
}

/// What the CSMS says about a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorization {
    /// Whether it may charge.
    pub status: TokenStatus,
    /// How long a station may remember that.
    pub expiry_date: Option<DateTime>,
    /// The group that it belongs to.
    pub parent_id_tag: Option<String>,
}

impl Authorization {
    /// Nothing but a status.
    #[must_use]
    pub const fn of(status: TokenStatus) -> Self {
        Self {
            status,
            expiry_date: None,
            parent_id_tag: None,
        }
    }
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

/// A station, connected or not.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Station {
    /// What it is told when it boots.
    pub boot: Registration,
    /// The heartbeat interval in seconds, or the time until the next attempt to boot; `None` for the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<i64>,
    /// The password of HTTP Basic authentication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// What it was told when it booted last; `None` if it never did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<Registration>,
    /// What it told when it booted last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info: Option<BootInfo>,
    /// Its connectors.
    #[serde(default)]
    pub connectors: Vec<Connector>,
    /// The last status that it reported of lengthy operations, by action: `FirmwareStatusNotification` and others.
    #[serde(default)]
    pub reports: BTreeMap<String, String>,
    /// When its last message came. Not stored.
    #[serde(skip)]
    pub last_seen: Option<DateTime>,
    /// What it was asked to send while its registration is pending. Not stored.
    #[serde(skip)]
    pub(super) triggered: Vec<&'static str>,
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

/// A transaction, running or ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transaction {
    /// Names it among all transactions of the CSMS; never used twice.
    pub reference: u64,
    /// Where it takes or took place.
    pub station: String,
    /// How the station calls it.
    pub transaction_id: TransactionId,
    /// Who charges; empty while nobody is known.
    pub id_token: String,
    /// Where. 1.6: the connector. 0 while it is not known.
    pub evse: i64,
    /// When it began; of a transaction whose begin never arrived, the time of the first message.
    pub started_at: DateTime,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<DateTime>,
    /// Why it ended, as the station wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_reason: Option<String>,
    /// The energy register at the begin in Wh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meter_start: Option<Decimal>,
    /// The energy register at the end in Wh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meter_stop: Option<Decimal>,
    /// The last reading of the energy register in Wh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meter_last: Option<Decimal>,
    /// The charging state (2.x).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charging_state: Option<String>,
    /// The highest sequence number that has arrived (2.x).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seq_no: Option<i64>,
}

impl Transaction {
    /// Whether it has not ended.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.stopped_at.is_none()
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
    /// For whom.
    pub id_token: String,
    /// What became of it.
    pub status: ReservationStatus,
    /// Until when.
    pub expiry_date: DateTime,
}
