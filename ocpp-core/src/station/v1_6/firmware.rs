//! Firmware updates: UpdateFirmware (1.6 sections 4.5 and 5.19) and its successor SignedUpdateFirmware (security
//! whitepaper, L01).

use alloc::string::{String, ToString};

use ocpp_types::v1_6::{
    FirmwareStatus, FirmwareStatusNotificationRequest, SignedFirmwareStatus,
    SignedFirmwareStatusNotificationRequest, SignedUpdateFirmwareRequest,
    SignedUpdateFirmwareResponse, SignedUpdateFirmwareStatus, UpdateFirmwareRequest,
    UpdateFirmwareResponse,
};
use serde::{Deserialize, Serialize};

use super::upload::{Retries, Upload};
use super::{ChargePoint, Purpose, respond};
use crate::security::{CertificateError, SecurityEventKind};
use crate::session::Token as CallToken;
use crate::station::context::Context;
use crate::station::input::JobEvent;
use crate::station::output::{JobId, Output};
use crate::station::record::Records;
use crate::time::{DateTime, Instant};

const RECORD: &str = "firmware";

/// What there is to say about an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Idle,
    DownloadScheduled,
    Downloading,
    DownloadPaused,
    Downloaded,
    DownloadFailed,
    SignatureVerified,
    InvalidSignature,
    InstallScheduled,
    Installing,
    Installed,
    InstallationFailed,
}

impl Progress {
    /// `None` for what only the whitepaper has a word for.
    const fn plain(self) -> Option<FirmwareStatus> {
        Some(match self {
            Self::Idle => FirmwareStatus::Idle,
            Self::Downloading => FirmwareStatus::Downloading,
            Self::Downloaded => FirmwareStatus::Downloaded,
            Self::DownloadFailed => FirmwareStatus::DownloadFailed,
            Self::Installing => FirmwareStatus::Installing,
            Self::Installed => FirmwareStatus::Installed,
            Self::InstallationFailed => FirmwareStatus::InstallationFailed,
            _ => return None,
        })
    }

    const fn signed(self) -> SignedFirmwareStatus {
        match self {
            Self::Idle => SignedFirmwareStatus::Idle,
            Self::DownloadScheduled => SignedFirmwareStatus::DownloadScheduled,
            Self::Downloading => SignedFirmwareStatus::Downloading,
            Self::DownloadPaused => SignedFirmwareStatus::DownloadPaused,
            Self::Downloaded => SignedFirmwareStatus::Downloaded,
            Self::DownloadFailed => SignedFirmwareStatus::DownloadFailed,
            Self::SignatureVerified => SignedFirmwareStatus::SignatureVerified,
            Self::InvalidSignature => SignedFirmwareStatus::InvalidSignature,
            Self::InstallScheduled => SignedFirmwareStatus::InstallScheduled,
            Self::Installing => SignedFirmwareStatus::Installing,
            Self::Installed => SignedFirmwareStatus::Installed,
            Self::InstallationFailed => SignedFirmwareStatus::InstallationFailed,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Until the date that the CSMS gave.
    Scheduled(DateTime),
    Retrying(Instant),
    Downloading(JobId),
    Verifying(JobId),
    /// Until the date that the CSMS gave, and until no transaction is running.
    Ready,
    Installing(JobId),
}

/// What a signed update has besides.
#[derive(Debug)]
struct Signed {
    request_id: i64,
    certificate: String,
    signature: String,
    install_at: Option<DateTime>,
}

/// A firmware update.
#[derive(Debug)]
struct Update {
    location: String,
    retries: Retries,
    phase: Phase,
    signed: Option<Signed>,
}

/// An installation that a restart interrupted or completed.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Installing {
    /// The version before it.
    from: Option<String>,
    /// Of a signed update.
    #[serde(default)]
    request_id: Option<i64>,
}

/// Updates and uploads.
#[derive(Debug, Default)]
pub(super) struct Firmware {
    update: Option<Update>,
    pub(super) upload: Option<Upload>,
    installed: Option<Installing>,
}

impl Firmware {
    pub(super) fn restore(records: &Records) -> Self {
        Self {
            installed: records.get(RECORD),
            ..Self::default()
        }
    }

    /// Whether an installation is going on or waits for the last transaction: nobody should start to charge then.
    pub(super) fn is_installing(&self) -> bool {
        match &self.update {
            Some(update) => match update.phase {
                Phase::Ready => update
                    .signed
                    .as_ref()
                    .is_none_or(|s| s.install_at.is_none()),
                phase => matches!(phase, Phase::Installing(_)),
            },
            None => false,
        }
    }

    fn request_id(&self) -> Option<i64> {
        let signed = self.update.as_ref()?.signed.as_ref()?;
        Some(signed.request_id)
    }
}

impl ChargePoint {
    pub(super) fn update_firmware(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &UpdateFirmwareRequest,
    ) {
        respond(core, call, &UpdateFirmwareResponse::new());
        if !self.firmware.is_installing() {
            self.cancel_update(core);
            self.firmware.update = Some(Update {
                location: request.location.as_str().to_string(),
                retries: Retries::new(request.retries, request.retry_interval),
                phase: Phase::Scheduled(request.retrieve_date),
                signed: None,
            });
        }
    }

    /// SignedUpdateFirmware: the certificate is checked before anything is downloaded (L01.FR.23, L01.FR.24).
    pub(super) fn signed_update_firmware(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &SignedUpdateFirmwareRequest,
    ) {
        let firmware = &request.firmware;
        let pem = firmware.signing_certificate.as_str();
        let checked = match self.security.verifier.as_deref() {
            Some(verifier) => {
                let store = &self.security.store;
                store.verify_firmware_certificate(verifier, pem, core.utc())
            }
            None => Err(CertificateError::Device),
        };
        if let Err(error) = checked {
            let status = SignedUpdateFirmwareStatus::InvalidCertificate;
            respond(core, call, &SignedUpdateFirmwareResponse::new(status));
            let kind = SecurityEventKind::InvalidFirmwareSigningCertificate;
            return self.security_event(core, kind, Some(&alloc::format!("{error}")));
        }
        if self.firmware.is_installing() {
            let status = SignedUpdateFirmwareStatus::Rejected;
            return respond(core, call, &SignedUpdateFirmwareResponse::new(status));
        }
        let status = if self.firmware.update.is_some() {
            SignedUpdateFirmwareStatus::AcceptedCanceled
        } else {
            SignedUpdateFirmwareStatus::Accepted
        };
        respond(core, call, &SignedUpdateFirmwareResponse::new(status));
        self.cancel_update(core);
        let at = firmware.retrieve_date_time;
        self.firmware.update = Some(Update {
            location: firmware.location.to_string(),
            retries: Retries::new(request.retries, request.retry_interval),
            phase: Phase::Scheduled(at),
            signed: Some(Signed {
                request_id: request.request_id,
                certificate: pem.to_string(),
                signature: firmware.signature.to_string(),
                install_at: firmware.install_date_time,
            }),
        });
        if core.utc().is_some_and(|now| at > now) {
            self.progress(core, Progress::DownloadScheduled);
        }
    }

    fn cancel_update(&mut self, core: &mut Context) {
        let phase = self.firmware.update.take().map(|update| update.phase);
        if let Some(Phase::Downloading(job) | Phase::Verifying(job)) = phase {
            core.output(Output::CancelJob(job));
        }
    }

    /// Begins what is due.
    pub(super) fn continue_firmware(&mut self, core: &mut Context) {
        if self.online(core)
            && let Some(Installing { from, request_id }) = self.firmware.installed.take()
        {
            let progress = if from == core.config.firmware_version {
                Progress::InstallationFailed
            } else {
                self.security_event(core, SecurityEventKind::FirmwareUpdated, None);
                Progress::Installed
            };
            notify(core, progress, request_id);
            core.remove(RECORD);
        }
        self.continue_upload(core);
        self.continue_update(core);
    }

    fn continue_update(&mut self, core: &mut Context) {
        let now = core.instant();
        let utc = core.utc();
        let charging = self.slots.iter().any(|slot| slot.transaction.is_some());
        let Some(update) = &mut self.firmware.update else {
            return;
        };
        let due = |at: DateTime| utc.is_some_and(|utc| at <= utc);
        let download = match update.phase {
            Phase::Scheduled(at) => due(at),
            Phase::Retrying(at) => at <= now,
            _ => false,
        };
        if download {
            let job = core.next_job();
            update.phase = Phase::Downloading(job);
            let location = update.location.clone();
            return core.output(Output::Download { job, location });
        }
        let install_at = update.signed.as_ref().and_then(|signed| signed.install_at);
        if update.phase == Phase::Ready && !charging && install_at.is_none_or(due) {
            let job = core.next_job();
            update.phase = Phase::Installing(job);
            let request_id = self.firmware.request_id();
            let from = core.config.firmware_version.clone();
            core.store(RECORD, &Installing { from, request_id });
            self.progress(core, Progress::Installing);
            core.output(Output::Install { job });
        }
    }

    pub(super) fn next_firmware_timeout(&self, core: &Context) -> Option<Instant> {
        let upload = self
            .firmware
            .upload
            .as_ref()
            .and_then(|upload| upload.retry_at);
        let update = self.firmware.update.as_ref();
        let update = update.and_then(|update| match update.phase {
            Phase::Scheduled(at) => core.clock.instant_of(core.now, at),
            Phase::Retrying(at) => Some(at),
            Phase::Ready => {
                let charging = self.slots.iter().any(|slot| slot.transaction.is_some());
                let at = update.signed.as_ref()?.install_at.filter(|_| !charging)?;
                core.clock.instant_of(core.now, at)
            }
            _ => None,
        });
        [upload, update].into_iter().flatten().min()
    }

    /// News of a job.
    pub(super) fn job_news(&mut self, core: &mut Context, job: JobId, event: &JobEvent) {
        let upload = self.firmware.upload.as_ref();
        if upload.is_some_and(|upload| upload.job == Some(job)) {
            self.upload_news(core, event);
        } else {
            self.update_news(core, job, event);
        }
    }

    fn update_news(&mut self, core: &mut Context, job: JobId, event: &JobEvent) {
        let now = core.instant();
        let Some(update) = &mut self.firmware.update else {
            return;
        };
        match (update.phase, event) {
            (Phase::Downloading(of), JobEvent::Started) if of == job => {
                self.progress(core, Progress::Downloading);
            }
            (Phase::Downloading(of), JobEvent::Paused) if of == job => {
                self.progress(core, Progress::DownloadPaused);
            }
            (Phase::Downloading(of), JobEvent::Done) if of == job => {
                let verify = update.signed.as_ref().map(|signed| Output::VerifyFirmware {
                    job,
                    certificate: signed.certificate.clone(),
                    signature: signed.signature.clone(),
                });
                update.phase = match verify {
                    Some(_) => Phase::Verifying(job),
                    None => Phase::Ready,
                };
                self.progress(core, Progress::Downloaded);
                if let Some(verify) = verify {
                    core.output(verify);
                }
            }
            (Phase::Downloading(of), JobEvent::Failed(_)) if of == job => {
                match update.retries.next(now) {
                    Some(at) => update.phase = Phase::Retrying(at),
                    None => self.over(core, Progress::DownloadFailed),
                }
            }
            (Phase::Verifying(of), JobEvent::Done) if of == job => {
                update.phase = Phase::Ready;
                let install_at = update.signed.as_ref().and_then(|signed| signed.install_at);
                self.progress(core, Progress::SignatureVerified);
                if core.utc().zip(install_at).is_some_and(|(now, at)| at > now) {
                    self.progress(core, Progress::InstallScheduled);
                }
            }
            (Phase::Verifying(of), JobEvent::Failed(_)) if of == job => {
                self.over(core, Progress::InvalidSignature);
                let kind = SecurityEventKind::InvalidFirmwareSignature;
                self.security_event(core, kind, None);
            }
            (Phase::Installing(of), JobEvent::Done) if of == job => {
                core.remove(RECORD);
                self.over(core, Progress::Installed);
                self.security_event(core, SecurityEventKind::FirmwareUpdated, None);
            }
            (Phase::Installing(of), JobEvent::Failed(_)) if of == job => {
                core.remove(RECORD);
                self.over(core, Progress::InstallationFailed);
            }
            _ => {}
        }
    }

    /// Says how far the update is.
    fn progress(&self, core: &mut Context, progress: Progress) {
        notify(core, progress, self.firmware.request_id());
    }

    /// The last word about the update.
    fn over(&mut self, core: &mut Context, progress: Progress) {
        self.progress(core, progress);
        self.firmware.update = None;
    }

    fn current_progress(&self) -> Progress {
        match self.firmware.update.as_ref().map(|update| update.phase) {
            None => Progress::Idle,
            Some(Phase::Scheduled(_)) => Progress::DownloadScheduled,
            Some(Phase::Downloading(_) | Phase::Retrying(_)) => Progress::Downloading,
            Some(Phase::Verifying(_) | Phase::Ready) => Progress::Downloaded,
            Some(Phase::Installing(_)) => Progress::Installing,
        }
    }

    /// Says how far the update is, because the CSMS asked.
    pub(super) fn report_firmware(&mut self, core: &mut Context) {
        let status = self
            .current_progress()
            .plain()
            .unwrap_or(FirmwareStatus::Idle);
        let request = FirmwareStatusNotificationRequest::new(status);
        self.call(core, &request, Purpose::Nothing);
    }

    /// The same for a signed update.
    pub(super) fn report_signed_firmware(&mut self, core: &mut Context) {
        let status = self.current_progress().signed();
        let mut request = SignedFirmwareStatusNotificationRequest::new(status);
        request.request_id = self.firmware.request_id();
        self.call(core, &request, Purpose::Nothing);
    }
}

fn notify(core: &mut Context, progress: Progress, request_id: Option<i64>) {
    if request_id.is_some() {
        let mut request = SignedFirmwareStatusNotificationRequest::new(progress.signed());
        request.request_id = request_id;
        ChargePoint::enqueue(core, &request, None, false);
    } else if let Some(status) = progress.plain() {
        let request = FirmwareStatusNotificationRequest::new(status);
        ChargePoint::enqueue(core, &request, None, false);
    }
}
