//! Configuration, inputs and outputs of certificate requests.

use alloc::string::String;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::security::store::{CertificateId, StoreChange};
use crate::security::{
    CertificateRequest, InvalidSubject, KeyId, SecurityEventKind, SigningUse, Subject,
};

/// How a station gets its certificates signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningConfig {
    /// Sending the request again when no certificate comes; `None` for never, as the whitepaper recommends for 1.6.
    pub retry: Option<SigningRetry>,
    /// CertificateSignedMaxChainSize (1.6), MaxCertificateChainSize (2.x): most characters of a chain (A02.FR.16).
    pub max_chain_length: usize,
    /// Accept client certificates whose validity begins later: WP:A02.FR.08 of 1.6; forbidden by A02.FR.06 of the 2.0.1
    /// errata.
    pub accept_future: bool,
    /// Number the requests, as SignCertificate of 2.1 can.
    pub request_ids: bool,
    /// Most requests that are open at a time: one per use and, towards vehicles, per SeccId.
    pub max_requests: usize,
}

impl SigningConfig {
    /// OCPP 1.6 with the security whitepaper.
    pub const V1_6: Self = Self {
        retry: None,
        max_chain_length: 10_000,
        accept_future: true,
        request_ids: false,
        max_requests: 1,
    };
    /// OCPP 2.0.1 with its errata, without CertSigningWaitMinimum.
    pub const V2: Self = Self {
        accept_future: false,
        max_requests: 8,
        ..Self::V1_6
    };
    /// OCPP 2.1: as 2.0.1, with numbered requests.
    pub const V2_1: Self = Self {
        request_ids: true,
        ..Self::V2
    };
}

/// The back-off of A02.FR.17–19.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SigningRetry {
    /// CertSigningWaitMinimum: how long to wait for the certificate the first time.
    pub wait_minimum: Duration,
    /// CertSigningRepeatTimes: how many times the wait is doubled. The request is sent again after the first wait and
    /// after every doubled one.
    pub repeat_times: u32,
}

/// Names one open request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct RequestHandle(pub u32);

/// The durable part of an open request, so that a certificate which arrives after a restart finds its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingSigning {
    /// What the certificate is for.
    pub signing_use: SigningUse,
    /// The subject of the request.
    pub subject: Subject,
    /// The private key.
    pub key: KeyId,
    /// The request that was sent.
    pub request: CertificateRequest,
    /// Its number (2.1).
    pub request_id: Option<i32>,
    /// Whether the CSMS has taken the request; otherwise it is sent again after a restart.
    #[serde(default)]
    pub accepted: bool,
}

/// What the application does for a certificate request. Outputs come in the order in which they are to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SigningOutput {
    /// Generate a key pair and a request ([`KeyProvider::make_request`](crate::security::KeyProvider::make_request)), then call
    /// [`CertificateSigning::request_made`](super::CertificateSigning::request_made) or [`CertificateSigning::request_failed`](super::CertificateSigning::request_failed).
    MakeRequest {
        /// Which request.
        request: RequestHandle,
        /// What the certificate is for.
        signing_use: SigningUse,
        /// The subject to put into the request.
        subject: Subject,
    },
    /// Make this record durable.
    Store(RequestHandle, PendingSigning),
    /// Remove the record.
    Forget(RequestHandle),
    /// Send SignCertificate, then call [`CertificateSigning::response`](super::CertificateSigning::response).
    Send {
        /// Which request.
        request: RequestHandle,
        /// The request, PEM.
        csr: String,
        /// The certificate type to name (A02.FR.13); 1.6 has no such field.
        signing_use: SigningUse,
        /// The number to give it (2.1).
        request_id: Option<i32>,
    },
    /// Make a change of the certificate store durable.
    Change(StoreChange),
    /// Destroy a key for which no certificate will come.
    DeleteKey(KeyId),
    /// Report or log a security event.
    SecurityEvent {
        /// The event.
        kind: SecurityEventKind,
        /// Text for techInfo, at most 255 characters.
        tech_info: String,
    },
    /// The request is closed.
    Ended(RequestHandle, SigningEnd),
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SigningEnd {
    /// The certificate is installed. When it serves the CSMS, reconnect with it (A02.FR.08), in 1.6 not before it is
    /// valid ([`CertificateStore::next_activation`](crate::security::CertificateStore::next_activation)).
    Installed(CertificateId),
    /// The CSMS refused the request. For certificates towards vehicles it is recommended to switch PnCEnabled off
    /// until the next reboot (A02.FR.21).
    Refused,
    /// No key pair could be made.
    NoKey,
    /// A newer request for the same certificate took its place.
    Superseded,
}

/// How the CSMS answered SignCertificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SigningResponse {
    /// Status Accepted.
    Accepted,
    /// Status Rejected.
    Rejected,
    /// An error. The CSMS may have got the request, so it stays open.
    Failed,
    /// It did not reach the CSMS, as far as anybody knows: [`resend`](super::CertificateSigning::resend) sends it when the
    /// CSMS can be reached.
    Undelivered,
}

/// Why no certificate is requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SigningRefused {
    /// The subject is incomplete; above all when no organization is configured (A02, prerequisites).
    #[error(transparent)]
    Subject(#[from] InvalidSubject),
    /// [`SigningConfig::max_requests`] are open.
    #[error("too many open certificate requests")]
    TooMany,
}

/// The status of the answer to CertificateSigned, the same two in every version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateSigningStatus {
    /// The certificate is valid and installed.
    Accepted,
    /// It is not, or it was not asked for.
    Rejected,
}
