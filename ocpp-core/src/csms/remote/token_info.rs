//! What the CSMS says about a token.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use ocpp_types::{DateTime, Decimal};

use crate::csms::TokenStatus;
use crate::csms::ledger::IdToken;

/// What the CSMS says about a token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub struct TokenInfo {
    /// Whether it may charge.
    pub status: TokenStatus,
    /// How long a station may remember that.
    pub cache_expiry: Option<DateTime>,
    /// The group that it belongs to. Its type is that of a token of the CSMS, `Central`, unless it has one.
    pub group: Option<IdToken>,
    /// The EVSEs that it may use, if not all (2.x, C01.FR.18).
    #[cfg_attr(feature = "serde", serde(default))]
    pub evses: Vec<i64>,
    /// The language of the person, a tag of RFC 5646 (2.x).
    pub language: Option<String>,
    /// A message to show (2.x).
    pub message: Option<String>,
    /// The priority from −9 to 9 (2.x).
    pub priority: Option<i64>,
    /// How far a transaction for it may go (2.1, E16).
    #[cfg_attr(feature = "serde", serde(default))]
    pub limit: Option<Box<TransactionLimit>>,
    /// What is to be said about the contract certificate (2.x, C07): a value of AuthorizeCertificateStatus.
    #[cfg_attr(
        feature = "serde",
        serde(default, deserialize_with = "certificate_status")
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub certificate_status: Option<CertificateStatus>,
}

impl TokenInfo {
    /// Nothing but a status.
    #[must_use]
    pub const fn of(status: TokenStatus) -> Self {
        Self {
            status,
            cache_expiry: None,
            group: None,
            evses: Vec::new(),
            language: None,
            message: None,
            priority: None,
            limit: None,
            certificate_status: None,
        }
    }
}

/// How far a transaction may go; then the station ends energy transfer (2.1, E16).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase", default))]
pub struct TransactionLimit {
    /// What it may cost, in the currency of the tariff.
    pub max_cost: Option<Decimal>,
    /// The most energy in Wh.
    pub max_energy: Option<Decimal>,
    /// The longest time in seconds.
    pub max_time: Option<i64>,
    /// The highest state of charge in percent.
    pub max_soc: Option<i64>,
}

/// A value of AuthorizeCertificateStatus. Under a name of its own, because serde takes a reference for borrowed text.
type CertificateStatus = &'static str;

#[cfg(feature = "serde")]
fn certificate_status<'de, D: serde::Deserializer<'de>>(
    from: D,
) -> Result<Option<CertificateStatus>, D::Error> {
    const ALL: [&str; 7] = [
        "Accepted",
        "SignatureError",
        "CertificateExpired",
        "CertificateRevoked",
        "NoCertificateAvailable",
        "CertChainError",
        "ContractCancelled",
    ];
    let said: Option<String> = serde::Deserialize::deserialize(from)?;
    let Some(said) = said else { return Ok(None) };
    let known = ALL.into_iter().find(|one| *one == said);
    known.map(Some).ok_or_else(|| {
        let wanted = serde::de::Unexpected::Str(&said);
        serde::de::Error::invalid_value(wanted, &"a value of AuthorizeCertificateStatus")
    })
}
