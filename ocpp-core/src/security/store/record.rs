//! What the store keeps, and what must survive a restart.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::security::{CertificateHashData, CertificateUse, KeyId, SigningUse};
use crate::time::DateTime;

/// Names one record of the store. Higher means installed later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct CertificateId(pub u64);

impl CertificateId {
    pub(super) const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// A trusted root certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootRecord {
    /// What it is trusted for.
    pub certificate_use: CertificateUse,
    /// The certificate, PEM (A00.FR.507).
    pub pem: String,
    /// Identifies it towards the CSMS. Kept because the issuer of a root that an older root has signed may be gone.
    pub hash_data: CertificateHashData,
    /// End of its validity.
    pub not_after: DateTime,
    /// The predecessor of the current CSMS root, kept until a connection was made with the current one.
    #[serde(default)]
    pub fallback: bool,
}

/// A certificate for one of the station's own keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnRecord {
    /// What it is for.
    pub signing_use: SigningUse,
    /// The end certificate and its sub-CAs, PEM, in that order.
    pub chain: String,
    /// The private key that belongs to it.
    pub key: KeyId,
    /// Common name of the end certificate.
    pub common_name: String,
    /// Identifies the end certificate.
    pub hash_data: CertificateHashData,
    /// Identify the sub-CAs, in the order of [`chain`](Self::chain).
    pub child_hash_data: Vec<CertificateHashData>,
    /// The root that it is derived from.
    pub root: CertificateId,
    /// Start of the validity of the end certificate.
    pub not_before: DateTime,
    /// End of the validity of the end certificate.
    pub not_after: DateTime,
    /// When it was installed.
    pub installed_at: DateTime,
    /// Whether a connection was made with it.
    #[serde(default)]
    pub proven: bool,
}

/// One durable record of the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StoreRecord {
    /// A trusted root.
    Root(RootRecord),
    /// A certificate of the station itself.
    Own(OwnRecord),
}

/// One durable change. Changes of one operation are carried out in order, each completely before the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreChange {
    /// Write the record, new or in place of an older one with the same id.
    Put(CertificateId, StoreRecord),
    /// Remove the record.
    Remove(CertificateId),
    /// Destroy this private key: no certificate refers to it any longer.
    DeleteKey(KeyId),
}
