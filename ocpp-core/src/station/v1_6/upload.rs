//! Uploads: GetDiagnostics (1.6 sections 4.4 and 5.9) and its successor GetLog (security whitepaper, N01).

use alloc::string::ToString;

use ocpp_types::CiString;
use ocpp_types::v1_6::{
    DiagnosticsStatus, DiagnosticsStatusNotificationRequest, GetDiagnosticsRequest,
    GetDiagnosticsResponse, GetLogRequest, GetLogResponse, LogStatus, LogStatusNotificationRequest,
    LogType, UploadLogStatus,
};

use super::calls::{Calls, Purpose};
use crate::session::CallToken;
use crate::station::common::retries::Retries;
use crate::station::common::upload::{Upload, UploadOrder, UploadStatus};
use crate::station::context::Context;
use crate::station::input::JobFailure;
use crate::station::output::UploadKind;

pub(super) fn get_diagnostics(
    upload: &mut Upload,
    core: &mut Context,
    call: CallToken,
    request: &GetDiagnosticsRequest,
) {
    let order = UploadOrder {
        location: request.location.as_str().to_string(),
        kind: UploadKind::Diagnostics,
        request_id: None,
        from: request.start_time,
        to: request.stop_time,
        retries: Retries::new(request.retries, request.retry_interval),
    };
    let begun = upload.begin(core, order);
    tell_news(upload, core, false);
    let mut response = GetDiagnosticsResponse::new();
    response.file_name = Some(CiString::truncated(&begun.file_name));
    core.answer(call, &response);
}

/// GetLog (WP:N01.FR.01 to WP:N01.FR.03).
pub(super) fn get_log(
    upload: &mut Upload,
    core: &mut Context,
    call: CallToken,
    request: &GetLogRequest,
) {
    let kind = match request.log_type {
        LogType::SecurityLog => UploadKind::SecurityLog,
        _ => UploadKind::Diagnostics,
    };
    let order = UploadOrder {
        location: request.log.remote_location.to_string(),
        kind,
        request_id: Some(request.request_id),
        from: request.log.oldest_timestamp,
        to: request.log.latest_timestamp,
        retries: Retries::new(request.retries, request.retry_interval),
    };
    let begun = upload.begin(core, order);
    tell_news(upload, core, true);
    let status = match begun.replaces {
        true => LogStatus::AcceptedCanceled,
        false => LogStatus::Accepted,
    };
    let mut response = GetLogResponse::new(status);
    response.filename = Some(CiString::truncated(&begun.file_name));
    core.answer(call, &response);
}

/// Says how far uploads are, those of logs with their request id (WP:N01.FR.07 to WP:N01.FR.09). That the upload of a log
/// is canceled is said by the answer to the GetLog that takes its place (WP:N01.FR.12), otherwise by a status.
pub(super) fn tell_news(upload: &mut Upload, core: &mut Context, answer_tells: bool) {
    while let Some(news) = upload.poll(core) {
        let canceled = news.status == UploadStatus::Canceled;
        match news.request_id {
            Some(_) if canceled && answer_tells => {}
            Some(request_id) => tell_log(core, news.status, request_id),
            // The answer to what takes its place says so.
            None if canceled => {}
            None => tell_diagnostics(core, news.status),
        }
    }
}

/// Says how far the upload is, because the CSMS asked.
pub(super) fn report_diagnostics(upload: &Upload, core: &mut Context, calls: &mut Calls) {
    let status = match upload.under_way() {
        Some(_) => DiagnosticsStatus::Uploading,
        None => DiagnosticsStatus::Idle,
    };
    let request = DiagnosticsStatusNotificationRequest::new(status);
    calls.send(core, &request, Purpose::Nothing);
}

/// Says how far the upload of a log is, because the CSMS asked.
pub(super) fn report_log(upload: &Upload, core: &mut Context, calls: &mut Calls) {
    let request_id = upload.under_way().flatten();
    let status = match request_id {
        Some(_) => UploadLogStatus::Uploading,
        None => UploadLogStatus::Idle,
    };
    let mut request = LogStatusNotificationRequest::new(status);
    request.request_id = request_id;
    calls.send(core, &request, Purpose::Nothing);
}

fn tell_diagnostics(core: &mut Context, status: UploadStatus) {
    let status = match status {
        UploadStatus::Uploading => DiagnosticsStatus::Uploading,
        UploadStatus::Uploaded => DiagnosticsStatus::Uploaded,
        UploadStatus::Failed(_) | UploadStatus::Canceled => DiagnosticsStatus::UploadFailed,
    };
    let request = DiagnosticsStatusNotificationRequest::new(status);
    core.enqueue_request(&request, None, false);
}

fn tell_log(core: &mut Context, status: UploadStatus, request_id: i64) {
    let status = match status {
        UploadStatus::Uploading => UploadLogStatus::Uploading,
        UploadStatus::Uploaded => UploadLogStatus::Uploaded,
        UploadStatus::Failed(JobFailure::PermissionDenied) => UploadLogStatus::PermissionDenied,
        UploadStatus::Failed(JobFailure::BadLocation) => UploadLogStatus::NotSupportedOperation,
        UploadStatus::Failed(_) | UploadStatus::Canceled => UploadLogStatus::UploadFailure,
    };
    let mut request = LogStatusNotificationRequest::new(status);
    request.request_id = Some(request_id);
    core.enqueue_request(&request, None, false);
}
