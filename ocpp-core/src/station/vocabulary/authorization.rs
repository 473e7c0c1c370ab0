//! Tokens, and what is known of them.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use super::EvseId;
use crate::time::DateTime;

/// What a token is (2.0.1 `IdTokenEnumType`, open as in 2.1). 1.6 does not distinguish.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum TokenKind {
    /// A number that the CSMS made up, for a remote start.
    Central,
    /// An eMAID.
    EMaid,
    /// The UID of an RFID card of ISO 14443.
    #[default]
    Iso14443,
    /// The UID of an RFID card of ISO 15693.
    Iso15693,
    /// A code typed by the user.
    KeyCode,
    /// A number that the station made up.
    Local,
    /// The MAC address of a car.
    MacAddress,
    /// No authorization: a button, a key, or free charging.
    NoAuthorization,
    /// Something else, by its name.
    Other(#[cfg_attr(feature = "schema", schemars(with = "String"))] CompactString),
}

/// Something that identifies a user: a card, a car, a number. Compares without case (1.6 section 3.9, 2.0.1 C).
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Token {
    /// The text.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub id: CompactString,
    /// Its kind.
    #[serde(default)]
    pub kind: TokenKind,
}

impl Token {
    /// A token of the default kind.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self::of_kind(id, TokenKind::default())
    }

    /// A token of a kind.
    #[must_use]
    pub fn of_kind(id: &str, kind: TokenKind) -> Self {
        Self {
            id: CompactString::from(id),
            kind,
        }
    }

    /// Whether the texts are the same, whatever the kinds.
    #[must_use]
    pub fn same_id(&self, id: &str) -> bool {
        self.id.eq_ignore_ascii_case(id)
    }
}

/// Shows neither codes that are typed nor what kinds hold that nobody knows: whoever reads a log must not be able to type them
/// (2.0.1 C04.FR.04).
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_secret = matches!(self.kind, TokenKind::KeyCode | TokenKind::Other(_));
        let id = if is_secret { "***" } else { &self.id };
        let mut shown = f.debug_struct("Token");
        shown.field("id", &id).field("kind", &self.kind).finish()
    }
}

impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.same_id(&other.id)
    }
}

impl Eq for Token {}

/// The status of an authorization: the values of 2.0.1, of which 1.6 has the first five.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AuthorizationStatus {
    /// May charge.
    Accepted,
    /// Blocked.
    Blocked,
    /// Has expired.
    Expired,
    /// Not valid.
    Invalid,
    /// Is in another transaction already.
    ConcurrentTx,
    /// Has no credit.
    NoCredit,
    /// May not charge at this kind of EVSE.
    NotAllowedTypeEvse,
    /// May not charge here.
    NotAtThisLocation,
    /// May not charge at this time.
    NotAtThisTime,
    /// Not known. Also the result when nobody could be asked.
    Unknown,
}

/// What is known about a token: `IdTagInfo` of 1.6, `IdTokenInfo` of 2.x.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Authorization {
    /// Whether it may charge.
    pub status: AuthorizationStatus,
    /// Until when this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<DateTime>,
    /// The parent idTag of 1.6, the group id of 2.x.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Token>,
    /// The EVSEs at which it may charge (2.x `evseId`); empty for all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evses: Vec<EvseId>,
    /// For the display, and for who shares power. 1.6 says nothing of it.
    #[serde(default, skip_serializing_if = "DriverInfo::is_empty")]
    pub driver: DriverInfo,
}

/// What the CSMS says of a driver besides: for the display, and for who shares power (2.x `IdTokenInfo`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct DriverInfo {
    /// What to show to the driver (`personalMessage`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    /// The languages that the driver prefers, the best first, as RFC 5646 writes them (`language1`, `language2`): show
    /// everything in the first of them that there is (C01.FR.08, C01.FR.09), else in English (C01.FR.13).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub languages: Vec<CompactString>,
    /// How important it is that this driver gets energy, from -9 to 9; 0 if nothing is said (`chargingPriority`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i8>,
}

impl DriverInfo {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A message for a driver (2.x `MessageContent`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Message {
    /// How it is to be read: `ASCII`, `HTML`, `URI` or `UTF8`.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub format: CompactString,
    /// Its language, as RFC 5646 writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub language: Option<CompactString>,
    /// What it says; never longer than the version permits.
    pub content: String,
}

impl Authorization {
    /// Only a status.
    #[must_use]
    pub const fn new(status: AuthorizationStatus) -> Self {
        Self {
            status,
            expiry: None,
            group: None,
            evses: Vec::new(),
            driver: DriverInfo {
                message: None,
                languages: Vec::new(),
                priority: None,
            },
        }
    }

    /// The status at an EVSE: where it may not charge it is `NotAtThisLocation` (C01.FR.21). Without an EVSE nothing changes.
    #[must_use]
    pub(crate) fn status_for(&self, evse: Option<EvseId>) -> AuthorizationStatus {
        let elsewhere = evse.is_some_and(|evse| !self.may_use(evse));
        match self.status {
            AuthorizationStatus::Accepted if elsewhere => AuthorizationStatus::NotAtThisLocation,
            status => status,
        }
    }

    /// Whether it may charge at an EVSE, as far as that depends on the EVSE.
    pub(crate) fn may_use(&self, evse: EvseId) -> bool {
        self.evses.is_empty() || self.evses.contains(&evse)
    }

    /// The status at `now`: one that has expired in the meantime is [`Expired`](AuthorizationStatus::Expired).
    #[must_use]
    pub fn status_at(&self, now: Option<DateTime>) -> AuthorizationStatus {
        match (self.status, self.expiry, now) {
            (AuthorizationStatus::Accepted, Some(expiry), Some(now)) if expiry <= now => {
                AuthorizationStatus::Expired
            }
            (status, ..) => status,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// C04.FR.04.
    #[test]
    fn a_typed_code_is_not_shown() {
        let shown = |kind| alloc::format!("{:?}", Token::of_kind("1234", kind));
        assert!(!shown(TokenKind::KeyCode).contains("1234"));
        assert!(!shown(TokenKind::Other("PIN".into())).contains("1234"));
        assert!(shown(TokenKind::Iso14443).contains("1234"));
    }
}
