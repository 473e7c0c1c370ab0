//! GetLog and LogStatusNotification (N01).

use alloc::string::ToString;

use ocpp_types::BoundedString;

use super::calls::{Calls, Purpose};
use super::wire::{
    GetLogRequest, GetLogResponse, LogStatus, LogStatusNotificationRequest, LogType,
    UploadLogStatus,
};
use crate::session::CallToken;
use crate::station::common::retries::Retries;
use crate::station::common::upload::{Upload, UploadOrder, UploadStatus};
use crate::station::context::Context;
use crate::station::input::JobFailure;
use crate::station::output::UploadKind;

/// Says what the file will be called (N01.FR.01), and whether the upload takes the place of another one (N01.FR.12). It
/// has one of the two kinds of log (N01.FR.03, N01.FR.04), no other (N01.FR.05).
pub(super) fn get_log(
    upload: &mut Upload,
    core: &mut Context,
    call: CallToken,
    request: &GetLogRequest,
) {
    let kind = match request.log_type {
        LogType::DiagnosticsLog => UploadKind::Diagnostics,
        LogType::SecurityLog => UploadKind::SecurityLog,
        LogType::Unrecognized(_) => {
            return core.answer(call, &GetLogResponse::new(LogStatus::Rejected));
        }
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
    tell_news(upload, core);
    let status = match begun.replaces {
        true => LogStatus::AcceptedCanceled,
        false => LogStatus::Accepted,
    };
    let mut response = GetLogResponse::new(status);
    response.filename = Some(BoundedString::truncated(&begun.file_name));
    core.answer(call, &response);
}

/// Says how far the upload is (N01.FR.08, N01.FR.09, N01.FR.10), and that it was canceled (N01.FR.20), with the request id
/// of its GetLog (N01.FR.07).
pub(super) fn tell_news(upload: &mut Upload, core: &mut Context) {
    while let Some(news) = upload.poll(core) {
        // One that 1.6 has begun without a request id is nothing that this CSMS asked for.
        if let Some(request_id) = news.request_id {
            let mut request = LogStatusNotificationRequest::new(wire(news.status));
            request.request_id = Some(request_id);
            core.enqueue_request(&request, None, false);
        }
    }
}

/// Says how far the upload is, because the CSMS asked; without a request id if there is none (N01.FR.13).
pub(super) fn report(upload: &Upload, calls: &mut Calls, core: &mut Context) {
    let request_id = upload.under_way().flatten();
    let status = match request_id {
        Some(_) => UploadLogStatus::Uploading,
        None => UploadLogStatus::Idle,
    };
    let mut request = LogStatusNotificationRequest::new(status);
    request.request_id = request_id;
    calls.send(core, &request, Purpose::Nothing);
}

const fn wire(status: UploadStatus) -> UploadLogStatus {
    match status {
        UploadStatus::Uploading => UploadLogStatus::Uploading,
        UploadStatus::Uploaded => UploadLogStatus::Uploaded,
        UploadStatus::Canceled => UploadLogStatus::AcceptedCanceled,
        UploadStatus::Failed(JobFailure::PermissionDenied) => UploadLogStatus::PermissionDenied,
        UploadStatus::Failed(JobFailure::BadLocation) => UploadLogStatus::NotSupportedOperation,
        UploadStatus::Failed(JobFailure::Invalid) => UploadLogStatus::BadMessage,
        UploadStatus::Failed(_) => UploadLogStatus::UploadFailure,
    }
}
