//! What is kept of a station beside its transactions: one small record.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use ocpp_types::DateTime;
use serde::{Deserialize, Serialize};

use super::needs::Offer;
use super::password::Passwords;
use crate::csms::ledger::IdToken;
use crate::csms::{BootInfo, Connector, Registration};
use crate::security::SecurityProfile;

/// The key of the record.
pub(super) const KEY: &str = "station";

/// How many commands that started something are remembered until the station begins.
pub(super) const MAX_REMOTE_STARTS: usize = 16;

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct State {
    /// The operator has put it. What earlier builds stored does not say so: then it is taken for granted.
    #[serde(default = "granted")]
    pub(super) put: bool,
    /// What it is told when it boots.
    pub(super) boot: Registration,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) interval: Option<i64>,
    /// What it was told when it booted last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) registration: Option<Registration>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) info: Option<BootInfo>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) connectors: Vec<Connector>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) reports: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) passwords: Passwords,
    /// As the operator knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) serial_number: Option<String>,
    /// The lowest security profile that it may connect with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lowest_profile: Option<SecurityProfile>,
    /// The last number that was chosen for a request.
    #[serde(default)]
    pub(super) next_id: i64,
    /// Commands that started something, until the station begins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) remote_starts: Vec<RemoteStart>,
    /// What cars were offered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) offers: Vec<Offer>,
    /// How many items a request of an action may have, as the station told.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) items: BTreeMap<String, i64>,
    /// How many bytes it may have, as the station told.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) bytes: BTreeMap<String, i64>,
    /// How many messages with meter values came outside of transactions.
    #[serde(default)]
    pub(super) outside: u64,
}

const fn granted() -> bool {
    true
}

/// A command that started something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RemoteStart {
    pub(super) id: i64,
    pub(super) id_token: IdToken,
    pub(super) at: DateTime,
    /// Where; in 1.6 the connector. `None` leaves it to the station.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) evse: Option<i64>,
    /// The transaction that it began: it begins no further one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) began: Option<u64>,
}
