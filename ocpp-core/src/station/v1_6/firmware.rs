//! Firmware updates and diagnostics (1.6 sections 4.4, 4.5, 5.9, 5.19).

use alloc::string::{String, ToString};
use core::time::Duration;

use ocpp_types::CiString;
use ocpp_types::v1_6::{
    DiagnosticsStatus, DiagnosticsStatusNotificationRequest, FirmwareStatus,
    FirmwareStatusNotificationRequest, GetDiagnosticsRequest, GetDiagnosticsResponse,
    UpdateFirmwareRequest, UpdateFirmwareResponse,
};
use serde::{Deserialize, Serialize};

use super::{ChargePoint, Purpose, respond};
use crate::session::Token as CallToken;
use crate::station::context::Context;
use crate::station::input::JobEvent;
use crate::station::output::{JobId, Output, UploadKind};
use crate::station::record::Records;
use crate::time::{DateTime, Instant};

const RECORD: &str = "firmware";
/// No command makes a station try for ever.
const MAX_RETRIES: i64 = 20;
/// The pause between attempts when the CSMS leaves it open.
const RETRY_INTERVAL: Duration = Duration::from_secs(60);

/// How often something is tried again.
#[derive(Debug, Clone, Copy)]
struct Retries {
    left: i64,
    interval: Duration,
}

impl Retries {
    fn new(retries: Option<i64>, interval: Option<i64>) -> Self {
        let seconds = interval.and_then(|seconds| u64::try_from(seconds).ok());
        Self {
            left: retries.unwrap_or(0).clamp(0, MAX_RETRIES),
            interval: seconds.map_or(RETRY_INTERVAL, Duration::from_secs),
        }
    }

    /// When to try again.
    fn next(&mut self, now: Instant) -> Option<Instant> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        Some(now + self.interval)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Until the date that the CSMS gave.
    Scheduled(DateTime),
    Retrying(Instant),
    Downloading(JobId),
    /// Until no transaction is running.
    Downloaded,
    Installing(JobId),
}

/// A firmware update.
#[derive(Debug)]
struct Update {
    location: String,
    retries: Retries,
    phase: Phase,
}

/// An upload of diagnostics.
#[derive(Debug)]
struct Upload {
    request: GetDiagnosticsRequest,
    file_name: String,
    retries: Retries,
    job: Option<JobId>,
    retry_at: Option<Instant>,
}

/// An installation that a restart interrupted or completed.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Installing {
    /// The version before it.
    from: Option<String>,
}

/// Updates and uploads.
#[derive(Debug, Default)]
pub(super) struct Firmware {
    update: Option<Update>,
    upload: Option<Upload>,
    installed: Option<Installing>,
}

impl Firmware {
    pub(super) fn restore(records: &Records) -> Self {
        Self {
            installed: records.get(RECORD),
            ..Self::default()
        }
    }

    /// Whether an installation is going on: nobody should start to charge then.
    pub(super) fn is_installing(&self) -> bool {
        let phase = self.update.as_ref().map(|update| update.phase);
        matches!(phase, Some(Phase::Downloaded | Phase::Installing(_)))
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
        if let Some(Update {
            phase: Phase::Downloading(job),
            ..
        }) = &self.firmware.update
        {
            core.output(Output::CancelJob(*job));
        }
        if self.firmware.is_installing() {
            return;
        }
        self.firmware.update = Some(Update {
            location: request.location.as_str().to_string(),
            retries: Retries::new(request.retries, request.retry_interval),
            phase: Phase::Scheduled(request.retrieve_date),
        });
    }

    pub(super) fn get_diagnostics(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &GetDiagnosticsRequest,
    ) {
        let serial = core.config.serial_number.as_deref().unwrap_or("station");
        let time = core.utc().map_or(0, DateTime::unix_seconds);
        let file_name = alloc::format!("diagnostics-{serial}-{time}.log");
        let mut response = GetDiagnosticsResponse::new();
        response.file_name = Some(CiString::truncated(&file_name));
        respond(core, call, &response);
        if let Some(job) = self.firmware.upload.take().and_then(|upload| upload.job) {
            core.output(Output::CancelJob(job));
        }
        self.firmware.upload = Some(Upload {
            request: request.clone(),
            file_name,
            retries: Retries::new(request.retries, request.retry_interval),
            job: None,
            retry_at: Some(core.instant()),
        });
    }

    /// Begins what is due.
    pub(super) fn continue_firmware(&mut self, core: &mut Context) {
        let now = core.instant();
        if self.online(core)
            && let Some(Installing { from }) = self.firmware.installed.take()
        {
            let status = if from == core.config.firmware_version {
                FirmwareStatus::InstallationFailed
            } else {
                FirmwareStatus::Installed
            };
            notify_firmware(core, status);
            core.remove(RECORD);
        }
        if let Some(upload) = &mut self.firmware.upload
            && upload.retry_at.is_some_and(|at| at <= now)
        {
            let job = core.next_job();
            upload.retry_at = None;
            upload.job = Some(job);
            core.output(Output::Upload {
                job,
                location: upload.request.location.as_str().to_string(),
                kind: UploadKind::Diagnostics,
                file_name: upload.file_name.clone(),
                from: upload.request.start_time,
                to: upload.request.stop_time,
            });
        }
        let charging = self.slots.iter().any(|slot| slot.transaction.is_some());
        let utc = core.utc();
        let Some(update) = &mut self.firmware.update else {
            return;
        };
        match update.phase {
            Phase::Scheduled(at) if utc.is_some_and(|utc| at <= utc) => {
                let job = core.next_job();
                update.phase = Phase::Downloading(job);
                let location = update.location.clone();
                core.output(Output::Download { job, location });
            }
            Phase::Retrying(at) if at <= now => {
                let job = core.next_job();
                update.phase = Phase::Downloading(job);
                let location = update.location.clone();
                core.output(Output::Download { job, location });
            }
            Phase::Downloaded if !charging => {
                let job = core.next_job();
                update.phase = Phase::Installing(job);
                let from = core.config.firmware_version.clone();
                core.store(RECORD, &Installing { from });
                notify_firmware(core, FirmwareStatus::Installing);
                core.output(Output::Install { job });
            }
            _ => {}
        }
    }

    pub(super) fn next_firmware_timeout(&self, core: &Context) -> Option<Instant> {
        let upload = self
            .firmware
            .upload
            .as_ref()
            .and_then(|upload| upload.retry_at);
        let update = self.firmware.update.as_ref().map(|update| update.phase);
        let update = match update {
            Some(Phase::Scheduled(at)) => core.clock.instant_of(core.now, at),
            Some(Phase::Retrying(at)) => Some(at),
            _ => None,
        };
        [upload, update].into_iter().flatten().min()
    }

    /// News of a job.
    pub(super) fn job_news(&mut self, core: &mut Context, job: JobId, event: &JobEvent) {
        let now = core.instant();
        if let Some(upload) = self.firmware.upload.as_mut().filter(|u| u.job == Some(job)) {
            let status = match event {
                JobEvent::Started => DiagnosticsStatus::Uploading,
                JobEvent::Paused => return,
                JobEvent::Done => DiagnosticsStatus::Uploaded,
                JobEvent::Failed(_) => {
                    upload.retry_at = upload.retries.next(now);
                    upload.job = None;
                    if upload.retry_at.is_some() {
                        return;
                    }
                    DiagnosticsStatus::UploadFailed
                }
            };
            if *event != JobEvent::Started {
                self.firmware.upload = None;
            }
            let request = DiagnosticsStatusNotificationRequest::new(status);
            return Self::enqueue(core, &request, None, false);
        }
        let Some(update) = &mut self.firmware.update else {
            return;
        };
        let status = match (update.phase, event) {
            (Phase::Downloading(of), JobEvent::Started) if of == job => FirmwareStatus::Downloading,
            (Phase::Downloading(of), JobEvent::Done) if of == job => {
                update.phase = Phase::Downloaded;
                FirmwareStatus::Downloaded
            }
            (Phase::Downloading(of), JobEvent::Failed(_)) if of == job => {
                if let Some(at) = update.retries.next(now) {
                    update.phase = Phase::Retrying(at);
                    return;
                }
                self.firmware.update = None;
                FirmwareStatus::DownloadFailed
            }
            (Phase::Installing(of), JobEvent::Done) if of == job => {
                self.firmware.update = None;
                core.remove(RECORD);
                FirmwareStatus::Installed
            }
            (Phase::Installing(of), JobEvent::Failed(_)) if of == job => {
                self.firmware.update = None;
                core.remove(RECORD);
                FirmwareStatus::InstallationFailed
            }
            _ => return,
        };
        notify_firmware(core, status);
    }

    /// Says how far the upload is, because the CSMS asked.
    pub(super) fn report_diagnostics(&mut self, core: &mut Context) {
        let status = match &self.firmware.upload {
            Some(_) => DiagnosticsStatus::Uploading,
            None => DiagnosticsStatus::Idle,
        };
        let request = DiagnosticsStatusNotificationRequest::new(status);
        self.call(core, &request, Purpose::Nothing);
    }

    /// Says how far the update is, because the CSMS asked.
    pub(super) fn report_firmware(&mut self, core: &mut Context) {
        let status = match self.firmware.update.as_ref().map(|update| update.phase) {
            None | Some(Phase::Scheduled(_)) => FirmwareStatus::Idle,
            Some(Phase::Downloading(_) | Phase::Retrying(_)) => FirmwareStatus::Downloading,
            Some(Phase::Downloaded) => FirmwareStatus::Downloaded,
            Some(Phase::Installing(_)) => FirmwareStatus::Installing,
        };
        let request = FirmwareStatusNotificationRequest::new(status);
        self.call(core, &request, Purpose::Nothing);
    }
}

fn notify_firmware(core: &mut Context, status: FirmwareStatus) {
    let request = FirmwareStatusNotificationRequest::new(status);
    ChargePoint::enqueue(core, &request, None, false);
}
