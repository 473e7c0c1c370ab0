//! Uploads: GetDiagnostics (1.6 sections 4.4 and 5.9) and its successor GetLog (security whitepaper, N01).

use alloc::string::{String, ToString};
use core::time::Duration;

use ocpp_types::CiString;
use ocpp_types::v1_6::{
    DiagnosticsStatus, DiagnosticsStatusNotificationRequest, GetDiagnosticsRequest,
    GetDiagnosticsResponse, GetLogRequest, GetLogResponse, LogStatus, LogStatusNotificationRequest,
    LogType, UploadLogStatus,
};

use serde::{Deserialize, Serialize};

use super::{ChargePoint, Purpose};
use crate::bounds;
use crate::session::CallToken;
use crate::station::context::Context;
use crate::station::input::{JobEvent, JobFailure};
use crate::station::output::{JobId, Output, UploadKind};
use crate::station::record::Records;
use crate::time::{DateTime, Instant};

/// The pause between attempts when the CSMS leaves it open.
const RETRY_INTERVAL: Duration = Duration::from_secs(60);
const RECORD: &str = "upload";

/// How often something is tried again.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Retries {
    left: i64,
    /// In seconds.
    interval: u64,
}

impl Retries {
    pub(super) fn new(retries: Option<i64>, interval: Option<i64>) -> Self {
        let interval = match interval {
            // As fast as it is permitted.
            Some(0) => bounds::SHORTEST_PAUSE,
            interval => bounds::seconds(interval, RETRY_INTERVAL),
        };
        Self {
            left: retries.unwrap_or(0).clamp(0, bounds::MOST_RETRIES),
            interval: interval.as_secs(),
        }
    }

    /// When to try again.
    pub(super) fn next(&mut self, now: Instant) -> Option<Instant> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        Some(now + Duration::from_secs(self.interval))
    }
}

/// An upload. After a restart it begins again.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Upload {
    location: String,
    kind: UploadKind,
    /// For a log; `None` for diagnostics.
    pub(super) request_id: Option<i64>,
    file_name: String,
    from: Option<DateTime>,
    to: Option<DateTime>,
    retries: Retries,
    #[serde(skip)]
    pub(super) job: Option<JobId>,
    #[serde(skip)]
    pub(super) retry_at: Option<Instant>,
}

impl Upload {
    pub(super) fn restore(records: &Records) -> Option<Self> {
        let mut upload: Self = records.get(RECORD)?;
        upload.retry_at = Some(Instant::ORIGIN);
        Some(upload)
    }
}

impl ChargePoint {
    pub(super) fn get_diagnostics(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &GetDiagnosticsRequest,
    ) {
        let file_name = file_name(core, "diagnostics");
        let mut response = GetDiagnosticsResponse::new();
        response.file_name = Some(CiString::truncated(&file_name));
        let upload = Upload {
            location: request.location.as_str().to_string(),
            kind: UploadKind::Diagnostics,
            request_id: None,
            file_name,
            from: request.start_time,
            to: request.stop_time,
            retries: Retries::new(request.retries, request.retry_interval),
            job: None,
            retry_at: Some(core.instant()),
        };
        self.begin_upload(core, upload);
        core.answer(call, &response);
    }

    /// GetLog (WP:N01.FR.01 to WP:N01.FR.03).
    pub(super) fn get_log(&mut self, core: &mut Context, call: CallToken, request: &GetLogRequest) {
        let (kind, name) = match request.log_type {
            LogType::SecurityLog => (UploadKind::SecurityLog, "security"),
            _ => (UploadKind::Diagnostics, "diagnostics"),
        };
        let file_name = file_name(core, name);
        let status = if self.firmware.upload.is_some() {
            LogStatus::AcceptedCanceled
        } else {
            LogStatus::Accepted
        };
        let mut response = GetLogResponse::new(status);
        response.filename = Some(CiString::truncated(&file_name));
        let upload = Upload {
            location: request.log.remote_location.to_string(),
            kind,
            request_id: Some(request.request_id),
            file_name,
            from: request.log.oldest_timestamp,
            to: request.log.latest_timestamp,
            retries: Retries::new(request.retries, request.retry_interval),
            job: None,
            retry_at: Some(core.instant()),
        };
        self.begin_upload(core, upload);
        core.answer(call, &response);
    }

    /// Takes the place of the upload before it, if there is one. It is durable before the CSMS hears of it.
    fn begin_upload(&mut self, core: &mut Context, upload: Upload) {
        if let Some(before) = self.firmware.upload.take() {
            if let Some(job) = before.job {
                core.output(Output::CancelJob(job));
            }
            // A log's upload that a GetLog replaces is told with AcceptedCanceled (WP:N01.FR.12); nothing else tells its end.
            if let Some(request_id) = before.request_id.filter(|_| upload.request_id.is_none()) {
                tell_log(core, UploadLogStatus::UploadFailure, request_id);
            }
        }
        core.store(RECORD, &upload);
        self.firmware.upload = Some(upload);
    }

    pub(super) fn continue_upload(&mut self, core: &mut Context) {
        let now = core.instant();
        if let Some(upload) = &mut self.firmware.upload
            && upload.retry_at.is_some_and(|at| at <= now)
            && core.is_connected()
        {
            let job = core.next_job();
            upload.retry_at = None;
            upload.job = Some(job);
            core.output(Output::Upload {
                job,
                location: upload.location.clone(),
                kind: upload.kind,
                file_name: upload.file_name.clone(),
                from: upload.from,
                to: upload.to,
            });
        }
    }

    pub(super) fn upload_news(&mut self, core: &mut Context, event: &JobEvent) {
        let now = core.instant();
        let Some(upload) = &mut self.firmware.upload else {
            return;
        };
        let request_id = upload.request_id;
        match event {
            JobEvent::Started => {}
            JobEvent::Paused | JobEvent::Rebooting => return,
            JobEvent::Done => {}
            JobEvent::Failed(_) => {
                upload.retry_at = upload.retries.next(now);
                upload.job = None;
                if upload.retry_at.is_some() {
                    return core.store(RECORD, upload);
                }
            }
        }
        // The last word is durable before the upload is forgotten.
        self.tell_upload(core, event, request_id);
        if *event != JobEvent::Started {
            self.firmware.upload = None;
            core.remove(RECORD);
        }
    }

    /// How far the upload is, with the request id if it has one (WP:N01.FR.07 to WP:N01.FR.09).
    fn tell_upload(&self, core: &mut Context, event: &JobEvent, request_id: Option<i64>) {
        let Some(request_id) = request_id else {
            let status = match event {
                JobEvent::Done => DiagnosticsStatus::Uploaded,
                JobEvent::Failed(_) => DiagnosticsStatus::UploadFailed,
                _ => DiagnosticsStatus::Uploading,
            };
            let request = DiagnosticsStatusNotificationRequest::new(status);
            return core.enqueue_request(&request, None, false);
        };
        let status = match event {
            JobEvent::Done => UploadLogStatus::Uploaded,
            JobEvent::Failed(JobFailure::PermissionDenied) => UploadLogStatus::PermissionDenied,
            JobEvent::Failed(JobFailure::BadLocation) => UploadLogStatus::NotSupportedOperation,
            JobEvent::Failed(_) => UploadLogStatus::UploadFailure,
            _ => UploadLogStatus::Uploading,
        };
        tell_log(core, status, request_id);
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

    /// Says how far the upload of a log is, because the CSMS asked.
    pub(super) fn report_log(&mut self, core: &mut Context) {
        let request_id = self
            .firmware
            .upload
            .as_ref()
            .and_then(|upload| upload.request_id);
        let status = match request_id {
            Some(_) => UploadLogStatus::Uploading,
            None => UploadLogStatus::Idle,
        };
        let mut request = LogStatusNotificationRequest::new(status);
        request.request_id = request_id;
        self.call(core, &request, Purpose::Nothing);
    }
}

fn tell_log(core: &mut Context, status: UploadLogStatus, request_id: i64) {
    let mut request = LogStatusNotificationRequest::new(status);
    request.request_id = Some(request_id);
    core.enqueue_request(&request, None, false);
}

fn file_name(core: &Context, kind: &str) -> String {
    let serial = core.config.serial_number.as_deref().unwrap_or("station");
    let time = core.utc().map_or(0, DateTime::unix_seconds);
    alloc::format!("{kind}-{serial}-{time}.log")
}
