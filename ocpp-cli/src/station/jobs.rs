//! Firmware, diagnostics and logs: what the station orders about files.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ocpp_core::security::CertificateVerifier;
use ocpp_core::security::software::SoftwareVerifier;
use ocpp_core::station::{JobFailure, Output, UploadKind};
use ocpp_core::time::DateTime;
use ocpp_tokio::station::{Downloaded, Files, LogEntry, TransferError};
use serde_json::json;

use super::actor::{Actor, Failure};

/// How long a simulated installation takes.
const INSTALLATION: Duration = Duration::from_secs(1);

/// What a job is to the end.
type Work = std::pin::Pin<Box<dyn Future<Output = Result<(), JobFailure>> + Send>>;

/// The firmware that was downloaded last.
#[derive(Debug, Clone)]
pub(super) struct Firmware {
    files: Files,
    path: PathBuf,
    downloaded: Arc<Mutex<Option<Downloaded>>>,
}

impl Firmware {
    /// Firmware is kept in a file while it waits for its installation.
    pub(super) fn new(files: Files, path: PathBuf) -> Self {
        Self {
            files,
            path,
            downloaded: Arc::default(),
        }
    }

    fn downloaded(&self) -> Option<Downloaded> {
        let downloaded = self.downloaded.lock();
        *downloaded.unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, downloaded: Option<Downloaded>) {
        let place = self.downloaded.lock();
        *place.unwrap_or_else(PoisonError::into_inner) = downloaded;
    }

    /// The version of the downloaded firmware, which is a simulated one: any file will do.
    pub(super) fn version(&self) -> Option<String> {
        let digits = self.downloaded()?.sha256;
        let digits = digits.iter().take(4).map(|byte| format!("{byte:02x}"));
        Some(format!("firmware-{}", digits.collect::<String>()))
    }

    async fn download(self, location: String) -> Result<(), JobFailure> {
        self.keep(None);
        let downloaded = self.files.download(&location, &self.path, |_| {}).await;
        let downloaded = downloaded.map_err(|error| tell(&error))?;
        self.keep(Some(downloaded));
        Ok(())
    }

    async fn upload(
        self,
        location: String,
        name: String,
        content: String,
    ) -> Result<(), JobFailure> {
        let content = content.into_bytes();
        let done = self.files.upload(&location, &name, content, |_| {}).await;
        done.map_err(|error| tell(&error))
    }

    fn verify(&self, certificate: &str, signature: &str) -> Result<(), JobFailure> {
        let downloaded = self.downloaded().ok_or(JobFailure::NotFound)?;
        let parsed = SoftwareVerifier.parse(certificate);
        let parsed = parsed.map_err(|_| JobFailure::Signature)?;
        let signer = parsed.first().ok_or(JobFailure::Signature)?;
        let verified = SoftwareVerifier.verify_firmware(&signer.der, &downloaded.sha256, signature);
        verified.map_err(|_| JobFailure::Signature)
    }

    /// Whether there is something that could be installed.
    async fn check(self) -> Result<(), JobFailure> {
        tokio::time::sleep(INSTALLATION).await;
        match self.downloaded() {
            None => Err(JobFailure::NotFound),
            Some(downloaded) if downloaded.size == 0 => Err(JobFailure::Invalid),
            Some(_) => Ok(()),
        }
    }
}

fn tell(error: &TransferError) -> JobFailure {
    eprintln!("transfer: {error}");
    error.failure()
}

impl Actor {
    /// The work for an order about files; `None` for all other outputs.
    pub(super) fn work(&self, output: &Output) -> Result<Option<Work>, Failure> {
        let firmware = self.firmware.clone();
        Ok(Some(match output {
            Output::Download { location, .. } => Box::pin(firmware.download(location.clone())),
            Output::Upload {
                location,
                kind,
                file_name,
                from,
                to,
                ..
            } => {
                let content = match kind {
                    UploadKind::SecurityLog => self.security_log(*from, *to)?,
                    UploadKind::Diagnostics => self.diagnostics(),
                };
                Box::pin(firmware.upload(location.clone(), file_name.clone(), content))
            }
            Output::VerifyFirmware {
                certificate,
                signature,
                ..
            } => {
                let verified = firmware.verify(certificate, signature);
                Box::pin(std::future::ready(verified))
            }
            Output::Install { .. } => Box::pin(firmware.check()),
            _ => return Ok(None),
        }))
    }

    fn security_log(
        &self,
        from: Option<DateTime>,
        to: Option<DateTime>,
    ) -> Result<String, Failure> {
        let text = |time: Option<DateTime>| time.map(|time| time.to_string());
        let (from, to) = (text(from), text(to));
        let entries = self.records.security_log(from.as_deref(), to.as_deref())?;
        let line = |entry: &LogEntry| format!("{}\n", json!(entry));
        Ok(entries.iter().map(line).collect())
    }

    /// What a technician may want to know. No secrets.
    fn diagnostics(&self) -> String {
        let state = self.station.state();
        let connectors = state.connectors.iter().map(|connector| {
            json!({
                "evse": connector.at.evse,
                "connector": connector.at.connector,
                "status": connector.status,
            })
        });
        let report = json!({
            "vendor": self.config.vendor,
            "model": self.config.model,
            "firmwareVersion": self.config.firmware_version,
            "registration": state.registration,
            "queued": state.queued,
            "connectors": connectors.collect::<Vec<_>>(),
        });
        format!("{report:#}\n")
    }
}
