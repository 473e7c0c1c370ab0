//! DataTransfer (P01): the application answers for the vendors that it knows. The station sends none of its own accord
//! (P01.FR.01).

use alloc::borrow::Cow;

use ocpp_types::Json;

use super::wire::{DataTransferRequest, DataTransferResponse, DataTransferStatus};
use crate::session::CallToken;
use crate::station::common::data_transfer::Transfers;
use crate::station::context::Context;
use crate::station::input::DataTransferAnswer;
use crate::station::output::JobId;

pub(super) fn asked(
    transfers: &mut Transfers,
    core: &mut Context,
    call: CallToken,
    request: &DataTransferRequest,
) {
    let vendor = request.vendor_id.as_str();
    let message = request.message_id.as_ref().map(|id| id.as_str());
    let data = request.data.as_ref().map(text_of);
    let data = data.as_deref();
    if let Some(status) = transfers.begin(core, call, vendor, message, data) {
        answer(core, call, status, None);
    }
}

pub(super) fn application_answered(
    transfers: &mut Transfers,
    core: &mut Context,
    job: JobId,
    status: DataTransferAnswer,
    data: Option<&str>,
) {
    if let Some(call) = transfers.answered(job) {
        answer(core, call, status, data);
    }
}

/// Rejects what the application has not answered in time.
pub(super) fn advance(transfers: &mut Transfers, core: &mut Context) {
    while let Some(call) = transfers.poll_late(core.instant()) {
        answer(core, call, DataTransferAnswer::Rejected, None);
    }
}

/// A text as it is, everything else as JSON: so that an application need not know which version is spoken.
fn text_of(data: &Json) -> Cow<'_, str> {
    match data.read() {
        Ok(text) => Cow::Owned(text),
        Err(_) => Cow::Borrowed(data.as_str()),
    }
}

fn json_of(text: &str) -> Option<Json> {
    let structured = text.trim_start().starts_with(['{', '[']);
    let json = structured.then(|| serde_json::from_str(text).ok());
    json.flatten().or_else(|| Json::new(text).ok())
}

/// What the data means is between the vendor and the CSMS (P01.FR.07).
fn answer(core: &mut Context, call: CallToken, status: DataTransferAnswer, data: Option<&str>) {
    let status = match status {
        DataTransferAnswer::Accepted => DataTransferStatus::Accepted,
        DataTransferAnswer::Rejected => DataTransferStatus::Rejected,
        DataTransferAnswer::UnknownMessageId => DataTransferStatus::UnknownMessageId,
        DataTransferAnswer::UnknownVendorId => DataTransferStatus::UnknownVendorId,
    };
    let mut response = DataTransferResponse::new(status);
    response.data = data.and_then(json_of);
    core.answer(call, &response);
}
