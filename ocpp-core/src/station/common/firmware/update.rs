//! An update of the firmware: what was ordered, how far it is, and its records.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::security::CertificateError;
use crate::station::common::retries::Retries;
use crate::station::output::{JobId, Output};
use crate::time::{DateTime, Instant};

/// How far an update is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum UpdateStatus {
    Idle,
    DownloadScheduled,
    Downloading,
    DownloadPaused,
    Downloaded,
    DownloadFailed,
    SignatureVerified,
    InvalidSignature,
    InstallScheduled,
    InstallRebooting,
    Installing,
    Installed,
    InstallationFailed,
    InstallVerificationFailed,
}

/// A status, with the request id of its update where the version gives one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UpdateNews {
    pub(crate) status: UpdateStatus,
    pub(crate) request_id: Option<i64>,
}

/// The last status of an update with a request id that the CSMS was told.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct LastStatus {
    #[serde(rename = "progress")]
    pub(super) status: UpdateStatus,
    pub(super) request_id: i64,
}

/// The certificate that a firmware is signed with, PEM, and the signature as the CSMS writes it.
#[derive(Debug)]
pub(crate) struct Signature {
    pub(crate) certificate: String,
    pub(crate) signature: String,
}

/// What the CSMS wants to be installed.
#[derive(Debug)]
pub(crate) struct UpdateOrder {
    pub(crate) location: String,
    pub(crate) retrieve_at: DateTime,
    /// `None` for as soon as possible.
    pub(crate) install_at: Option<DateTime>,
    /// `None` where the version gives none.
    pub(crate) request_id: Option<i64>,
    pub(crate) signed: Option<Signature>,
    pub(crate) retries: Retries,
}

/// What becomes of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UpdateAnswer {
    Accepted,
    /// It takes the place of another one (L01.FR.24).
    AcceptedCanceled,
    /// The hardware is being written, or fetches a file, which cannot be broken off (L01.FR.27).
    Rejected,
    InvalidCertificate,
    RevokedCertificate,
}

impl UpdateAnswer {
    /// The answer to an order whose signing certificate is not valid (L01.FR.22).
    pub(crate) const fn to(error: &CertificateError) -> Self {
        match error {
            CertificateError::Revoked => Self::RevokedCertificate,
            _ => Self::InvalidCertificate,
        }
    }
}

/// How far an update is. After a restart it begins again: what was downloaded may be gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Phase {
    /// Until the date that the CSMS gave, and perhaps until nobody charges.
    #[default]
    Scheduled,
    Retrying(Instant),
    Downloading(JobId),
    Verifying(JobId),
    /// Until the date that the CSMS gave.
    Ready,
    /// Until no transaction is running.
    Due,
    Installing(JobId),
}

/// An installation that a restart interrupted or completed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Installing {
    /// The version before it.
    pub(super) from: Option<String>,
    #[serde(default)]
    pub(super) request_id: Option<i64>,
}

/// What an update with a request id has besides.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Details {
    request_id: i64,
    /// Both are there, or the firmware is not signed.
    certificate: Option<String>,
    signature: Option<String>,
    install_at: Option<DateTime>,
}

/// A firmware update.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Update {
    pub(super) location: String,
    pub(super) retrieve_at: DateTime,
    pub(super) retries: Retries,
    #[serde(skip)]
    pub(super) phase: Phase,
    /// When the last attempt to download began.
    #[serde(skip)]
    pub(super) begun: Option<Instant>,
    #[serde(rename = "signed")]
    details: Option<Details>,
}

impl Update {
    pub(super) fn new(order: UpdateOrder) -> Self {
        let (certificate, signature) = match order.signed {
            Some(signed) => (Some(signed.certificate), Some(signed.signature)),
            None => (None, None),
        };
        Self {
            location: order.location,
            retrieve_at: order.retrieve_at,
            retries: order.retries,
            phase: Phase::Scheduled,
            begun: None,
            details: order.request_id.map(|request_id| Details {
                request_id,
                certificate,
                signature,
                install_at: order.install_at,
            }),
        }
    }

    pub(super) fn request_id(&self) -> Option<i64> {
        Some(self.details.as_ref()?.request_id)
    }

    pub(super) fn install_at(&self) -> Option<DateTime> {
        self.details.as_ref()?.install_at
    }

    /// The order to check the signature of what was downloaded, if it is signed.
    pub(super) fn verification(&self, job: JobId) -> Option<Output> {
        let details = self.details.as_ref()?;
        Some(Output::VerifyFirmware {
            job,
            certificate: details.certificate.clone()?,
            signature: details.signature.clone()?,
        })
    }
}
