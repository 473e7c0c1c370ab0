//! Firmware, diagnostics and logs: what the station orders about files.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ocpp_core::security::CertificateVerifier;
use ocpp_core::security::software::SoftwareVerifier;
use ocpp_core::station::{Input, JobEvent, JobFailure, JobId, Output, TrustedRoot, UploadKind};
use ocpp_core::time::DateTime;
use serde_json::json;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::news::{News, Reporter};
use super::restart::after;
use super::{DriverConfig, StationDriver};
use crate::station::files::{Downloaded, Files, Progress, TransferError};
use crate::station::hardware::{Answer, Hardware, Installation, Notice, Transfer};
use crate::station::records::{LogEntry, RecordsError};

/// How often progress is told.
const PROGRESS: Duration = Duration::from_secs(1);

/// The firmware that was downloaded last.
#[derive(Debug, Clone)]
pub(super) struct Firmware {
    files: Files,
    path: PathBuf,
    downloaded: Arc<Mutex<Option<Downloaded>>>,
    /// The roots that the CSMS has installed and files are trusted with.
    installed: Vec<TrustedRoot>,
}

impl Firmware {
    /// Firmware is kept in a file while it waits for its installation.
    pub(super) fn new(files: Files, path: PathBuf) -> Self {
        Self {
            files,
            path,
            downloaded: Arc::default(),
            installed: Vec::new(),
        }
    }

    /// Servers of files are trusted below the same roots as the CSMS (N01.FR.15): those that it has installed, and those of
    /// the factory.
    pub(super) fn trust(&mut self, setup: &DriverConfig, installed: &[TrustedRoot]) {
        if self.installed == installed {
            return;
        }
        // The roots of the options were read before.
        if let Ok(files) = files(setup, installed) {
            self.files = files;
        }
        self.installed = installed.to_vec();
    }

    fn downloaded(&self) -> Option<Downloaded> {
        let downloaded = self.downloaded.lock();
        *downloaded.unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, downloaded: Option<Downloaded>) {
        let place = self.downloaded.lock();
        *place.unwrap_or_else(PoisonError::into_inner) = downloaded;
    }

    fn verify(&self, certificate: &str, signature: &str) -> Result<(), JobFailure> {
        let downloaded = self.downloaded().ok_or(JobFailure::NotFound)?;
        let parsed = SoftwareVerifier.parse(certificate);
        let parsed = parsed.map_err(|_| JobFailure::Signature)?;
        let signer = parsed.first().ok_or(JobFailure::Signature)?;
        let verified = SoftwareVerifier.verify_firmware(&signer.der, &downloaded.sha256, signature);
        verified.map_err(|_| JobFailure::Signature)
    }
}

/// Files, trusted as this setup and the CSMS say.
pub(super) fn files(
    setup: &DriverConfig,
    installed: &[TrustedRoot],
) -> Result<Files, TransferError> {
    let installed = installed.iter().map(|root| root.pem.as_bytes());
    let roots: Vec<&[u8]> = installed.chain(setup.provision.roots.as_deref()).collect();
    Files::trusting(setup.transfers.clone(), &roots)
}

/// Tells how far a file is: first, last, and now and then in between.
fn pace(reporter: &Reporter, file: Transfer) -> impl FnMut(Progress) {
    let mut told: Option<Instant> = None;
    move |progress| {
        let over = progress.total == Some(progress.done);
        if over || told.is_none_or(|at| at.elapsed() >= PROGRESS) {
            told = Some(Instant::now());
            reporter.tell(News::Transfer(file, progress));
        }
    }
}

/// The end of a transfer.
fn end<T>(reporter: Reporter, file: Transfer, done: Result<T, TransferError>) {
    match done {
        Ok(_) => reporter.end(JobEvent::Done),
        Err(error) => {
            let notice = Notice::TransferFailed(file, error.to_string());
            reporter.tell(News::Notice(notice));
            reporter.end(JobEvent::Failed(error.failure()));
        }
    }
}

impl<H: Hardware> StationDriver<H> {
    pub(super) fn download(&mut self, job: JobId, location: String) {
        let firmware = self.firmware.clone();
        self.open_work.run(Some(job), |reporter| async move {
            reporter.event(JobEvent::Started);
            firmware.keep(None);
            let file = Transfer::Firmware;
            let progress = pace(&reporter, file);
            let done = firmware.files.download(&location, &firmware.path, progress);
            let done = done.await.map(|done| firmware.keep(Some(done)));
            end(reporter, file, done);
        });
    }

    pub(super) fn verify(&mut self, job: JobId, certificate: String, signature: String) {
        let firmware = self.firmware.clone();
        self.open_work.run(Some(job), |reporter| async move {
            reporter.event(JobEvent::Started);
            reporter.end(match firmware.verify(&certificate, &signature) {
                Ok(()) => JobEvent::Done,
                Err(failure) => JobEvent::Failed(failure),
            });
        });
    }

    pub(super) fn install(&mut self, job: JobId) {
        let failed = JobEvent::Failed(JobFailure::Other);
        let limit = (after(self.setup.installation), failed);
        let reporter = self.open_work.job(job, Some(limit));
        reporter.event(JobEvent::Started);
        match self.firmware.downloaded() {
            Some(downloaded) => self.hardware.install(Installation {
                reporter: Some(reporter),
                file: self.firmware.path.clone(),
                downloaded,
            }),
            None => reporter.end(JobEvent::Failed(JobFailure::NotFound)),
        }
    }

    pub(super) fn upload(&mut self, order: Output) {
        let Output::Upload {
            job,
            location,
            kind,
            file_name,
            from,
            to,
        } = order
        else {
            return;
        };
        let (file, content, more) = match kind {
            UploadKind::SecurityLog => {
                let file = Transfer::SecurityLog;
                match self.security_log(from, to) {
                    Ok(log) => (file, log, None),
                    Err(error) => return self.not_sent(job, file, &error),
                }
            }
            UploadKind::Diagnostics => {
                let (sender, more) = oneshot::channel();
                let answer = Answer::new(move |answer: Option<Vec<u8>>| {
                    // The job may have been cancelled.
                    let _ = sender.send(answer.unwrap_or_default());
                });
                self.hardware.diagnostics(from, to, answer);
                (Transfer::Diagnostics, self.report(), Some(more))
            }
        };
        let (files, patience) = (self.firmware.files.clone(), self.setup.patience);
        self.open_work.run(Some(job), |reporter| async move {
            reporter.event(JobEvent::Started);
            let mut content = content.into_bytes();
            if let Some(more) = more
                && let Ok(Ok(more)) = tokio::time::timeout(patience, more).await
            {
                content.extend(more);
            }
            let progress = pace(&reporter, file);
            let done = files.upload(&location, &file_name, content, progress).await;
            end(reporter, file, done);
        });
    }

    /// The log cannot be read.
    fn not_sent(&mut self, job: JobId, file: Transfer, error: &RecordsError) {
        let notice = Notice::TransferFailed(file, error.to_string());
        self.hardware.notice(&notice);
        let event = JobEvent::Failed(JobFailure::Other);
        self.inputs.push_back(Input::Job { job, event });
    }

    fn security_log(
        &self,
        from: Option<DateTime>,
        to: Option<DateTime>,
    ) -> Result<String, RecordsError> {
        let text = |time: Option<DateTime>| time.map(|time| time.to_string());
        let (from, to) = (text(from), text(to));
        let entries = self.records.security_log(from.as_deref(), to.as_deref())?;
        let line = |entry: &LogEntry| format!("{}\n", json!(entry));
        Ok(entries.iter().map(line).collect())
    }

    /// What a technician may want to know. No secrets.
    fn report(&self) -> String {
        let state = self.station.state();
        let connectors = state.connectors.iter().map(|connector| {
            json!({
                "evse": connector.at.evse,
                "connector": connector.at.connector,
                "status": connector.status,
            })
        });
        let config = self.station.config();
        let report = json!({
            "vendor": config.vendor,
            "model": config.model,
            "firmwareVersion": config.firmware_version,
            "registration": state.registration,
            "queued": state.queued,
            "connectors": connectors.collect::<Vec<_>>(),
        });
        format!("{report:#}\n")
    }
}
