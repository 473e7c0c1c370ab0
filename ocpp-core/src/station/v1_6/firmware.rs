//! Firmware updates: UpdateFirmware (1.6 sections 4.5 and 5.19) and its successor SignedUpdateFirmware (security
//! whitepaper, L01).

use alloc::string::{String, ToString};

use ocpp_types::v1_6::{
    SignedUpdateFirmwareRequest, SignedUpdateFirmwareResponse, SignedUpdateFirmwareStatus,
    UpdateFirmwareRequest, UpdateFirmwareResponse,
};
use serde::{Deserialize, Serialize};

use super::ChargePoint;
use super::firmware_status::{Progress, Told};
use super::upload::{Retries, Upload};
use crate::security::{CertificateError, SecurityEventKind};
use crate::session::CallToken;
use crate::station::context::Context;
use crate::station::input::{JobEvent, JobFailure};
use crate::station::output::{JobId, Output};
use crate::station::record::Records;
use crate::time::{DateTime, Instant};

const INSTALLING: &str = "firmware";
const UPDATE: &str = "firmware-update";

/// How far an update is. After a restart it begins again: what was downloaded may be gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Phase {
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
struct Installing {
    /// The version before it.
    from: Option<String>,
    /// Of a signed update.
    #[serde(default)]
    request_id: Option<i64>,
}

/// What a signed update has besides.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Signed {
    request_id: i64,
    certificate: String,
    signature: String,
    install_at: Option<DateTime>,
}

/// A firmware update.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Update {
    location: String,
    retrieve_at: DateTime,
    retries: Retries,
    #[serde(skip)]
    phase: Phase,
    signed: Option<Signed>,
}

/// Updates and uploads.
#[derive(Debug, Default)]
pub(super) struct Firmware {
    update: Option<Update>,
    pub(super) upload: Option<Upload>,
    installed: Option<Installing>,
    pub(super) told: Option<Told>,
}

impl Firmware {
    pub(super) fn restore(records: &Records) -> Self {
        let installed: Option<Installing> = records.get(INSTALLING);
        Self {
            // An update that was about to be installed ends with the installation.
            update: records.get(UPDATE).filter(|_| installed.is_none()),
            upload: Upload::restore(records),
            installed,
            told: Told::restore(records),
        }
    }

    /// Whether an installation is going on or waits for the last transaction: nobody should start to charge then
    /// (WP:L01.FR.07, WP:L01.FR.19).
    /// Whether the hardware is busy writing it.
    pub(super) fn is_being_written(&self) -> bool {
        matches!(self.phase(), Some(Phase::Installing(_)))
    }

    pub(super) fn is_installing(&self) -> bool {
        matches!(self.phase(), Some(Phase::Due | Phase::Installing(_)))
    }

    fn phase(&self) -> Option<Phase> {
        self.update.as_ref().map(|update| update.phase)
    }

    fn request_id(&self) -> Option<i64> {
        let signed = self.update.as_ref()?.signed.as_ref()?;
        Some(signed.request_id)
    }

    /// How far the update is.
    pub(super) fn progress(&self) -> Progress {
        match self.phase() {
            None => Progress::Idle,
            Some(Phase::Scheduled) => Progress::DownloadScheduled,
            Some(Phase::Downloading(_) | Phase::Retrying(_)) => Progress::Downloading,
            Some(Phase::Verifying(_) | Phase::Ready | Phase::Due) => Progress::Downloaded,
            Some(Phase::Installing(_)) => Progress::Installing,
        }
    }
}

impl ChargePoint {
    pub(super) fn update_firmware(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &UpdateFirmwareRequest,
    ) {
        if !self.firmware.is_installing() {
            let retries = Retries::new(request.retries, request.retry_interval);
            let update = Update {
                location: request.location.as_str().to_string(),
                retrieve_at: request.retrieve_date,
                retries,
                phase: Phase::Scheduled,
                signed: None,
            };
            self.begin_update(core, update);
        }
        core.answer(call, &UpdateFirmwareResponse::new());
    }

    /// Takes the place of the update before it, if there is one. It is durable before the CSMS hears of it.
    fn begin_update(&mut self, core: &mut Context, update: Update) {
        if let Some(Phase::Downloading(job) | Phase::Verifying(job)) = self.firmware.phase() {
            core.output(Output::CancelJob(job));
        }
        core.store(UPDATE, &update);
        self.firmware.update = Some(update);
    }

    /// SignedUpdateFirmware: the certificate is checked before anything is downloaded (WP:L01.FR.23, WP:L01.FR.24).
    pub(super) fn signed_update_firmware(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &SignedUpdateFirmwareRequest,
    ) {
        let firmware = &request.firmware;
        let pem = firmware.signing_certificate.as_str();
        let checked = self.certificates.check_firmware_certificate(core, pem);
        if let Err(error) = checked {
            let status = match error {
                CertificateError::Revoked => SignedUpdateFirmwareStatus::RevokedCertificate,
                _ => SignedUpdateFirmwareStatus::InvalidCertificate,
            };
            core.answer(call, &SignedUpdateFirmwareResponse::new(status));
            let kind = SecurityEventKind::InvalidFirmwareSigningCertificate;
            return core.security_event(kind, Some(&alloc::format!("{error}")));
        }
        if self.firmware.is_installing() {
            let status = SignedUpdateFirmwareStatus::Rejected;
            return core.answer(call, &SignedUpdateFirmwareResponse::new(status));
        }
        let status = if self.firmware.update.is_some() {
            SignedUpdateFirmwareStatus::AcceptedCanceled
        } else {
            SignedUpdateFirmwareStatus::Accepted
        };
        let at = firmware.retrieve_date_time;
        let update = Update {
            location: firmware.location.to_string(),
            retrieve_at: at,
            retries: Retries::new(request.retries, request.retry_interval),
            phase: Phase::Scheduled,
            signed: Some(Signed {
                request_id: request.request_id,
                certificate: pem.to_string(),
                signature: firmware.signature.to_string(),
                install_at: firmware.install_date_time,
            }),
        };
        self.begin_update(core, update);
        core.answer(call, &SignedUpdateFirmwareResponse::new(status));
        let later = core.utc().is_some_and(|now| at > now);
        if later || self.download_must_wait(core) {
            self.progress(core, Progress::DownloadScheduled);
        }
    }

    fn is_charging(&self) -> bool {
        self.slots.iter().any(|slot| slot.transaction.is_some())
    }

    fn download_must_wait(&self, core: &Context) -> bool {
        !core.config.features.download_while_charging && self.is_charging()
    }

    /// Begins what is due.
    pub(super) fn continue_firmware(&mut self, core: &mut Context) {
        if self.online(core)
            && let Some(Installing { from, request_id }) = self.firmware.installed.take()
        {
            let progress = if from == core.config.firmware_version {
                Progress::InstallationFailed
            } else {
                core.security_event(SecurityEventKind::FirmwareUpdated, None);
                // Before the record goes that says it.
                self.notify_security_events(core);
                Progress::Installed
            };
            self.tell_progress(core, progress, request_id);
            core.remove(INSTALLING);
        }
        self.continue_upload(core);
        self.continue_update(core);
    }

    fn continue_update(&mut self, core: &mut Context) {
        let now = core.instant();
        let utc = core.utc();
        let charging = self.is_charging();
        let must_wait = self.download_must_wait(core);
        let Some(update) = &mut self.firmware.update else {
            return;
        };
        let due = |at: DateTime| utc.is_some_and(|utc| at <= utc);
        // Files are usually where the CSMS is: without a connection attempts would be wasted.
        let download = core.is_connected()
            && match update.phase {
                Phase::Scheduled => due(update.retrieve_at) && !must_wait,
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
        if update.phase == Phase::Ready && install_at.is_none_or(due) {
            update.phase = Phase::Due;
        }
        if update.phase == Phase::Due && !charging {
            let job = core.next_job();
            update.phase = Phase::Installing(job);
            let request_id = self.firmware.request_id();
            let from = core.config.firmware_version.clone();
            core.store(INSTALLING, &Installing { from, request_id });
            core.remove(UPDATE);
            self.progress(core, Progress::Installing);
            core.output(Output::Install { job });
        }
    }

    pub(super) fn next_firmware_timeout(&self, core: &Context) -> Option<Instant> {
        let upload = self
            .firmware
            .upload
            .as_ref()
            .and_then(|upload| upload.retry_at)
            .filter(|_| core.is_connected());
        let update = self.firmware.update.as_ref();
        let update = update.and_then(|update| match update.phase {
            Phase::Scheduled | Phase::Retrying(_) if !core.is_connected() => None,
            Phase::Scheduled if self.download_must_wait(core) => None,
            Phase::Scheduled => core.clock.instant_of(core.now, update.retrieve_at),
            Phase::Retrying(at) => Some(at),
            Phase::Ready => {
                let at = update.signed.as_ref()?.install_at?;
                core.clock.instant_of(core.now, at)
            }
            _ => None,
        });
        [upload, update].into_iter().flatten().min()
    }

    /// News of a job: of the download, whose signature is checked (WP:L01.FR.04, WP:L01.FR.12), a wrong one being logged
    /// (WP:L01.FR.03), or of the installation.
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
                if let Some(at) = update.retries.next(now) {
                    update.phase = Phase::Retrying(at);
                    core.store(UPDATE, update);
                } else {
                    self.over(core, Progress::DownloadFailed);
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
                core.security_event(kind, None);
            }
            (Phase::Installing(of), JobEvent::Rebooting) if of == job => {
                self.progress(core, Progress::InstallRebooting);
            }
            (Phase::Installing(of), JobEvent::Done) if of == job => {
                self.over(core, Progress::Installed);
                core.security_event(SecurityEventKind::FirmwareUpdated, None);
                self.notify_security_events(core);
                core.remove(INSTALLING);
            }
            (Phase::Installing(of), JobEvent::Failed(failure)) if of == job => {
                let invalid = matches!(failure, JobFailure::Invalid | JobFailure::Signature);
                self.over(
                    core,
                    if invalid {
                        Progress::InstallVerificationFailed
                    } else {
                        Progress::InstallationFailed
                    },
                );
                core.remove(INSTALLING);
            }
            _ => {}
        }
    }

    /// Says how far the update is.
    fn progress(&mut self, core: &mut Context, progress: Progress) {
        let request_id = self.firmware.request_id();
        self.tell_progress(core, progress, request_id);
    }

    /// The last word about the update.
    fn over(&mut self, core: &mut Context, progress: Progress) {
        self.progress(core, progress);
        self.firmware.update = None;
        core.remove(UPDATE);
    }
}
