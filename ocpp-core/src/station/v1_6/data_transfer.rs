//! DataTransfer (1.6 section 5.6): the application answers for the vendors that it knows.

use ocpp_types::BoundedString;
use ocpp_types::v1_6::{DataTransferRequest, DataTransferResponse, DataTransferStatus};

use crate::session::CallToken;
use crate::station::common::data_transfer::Transfers;
use crate::station::context::Context;
use crate::station::input::DataTransferAnswer;
use crate::station::output::JobId;

pub(super) fn data_transfer(
    transfers: &mut Transfers,
    core: &mut Context,
    call: CallToken,
    request: &DataTransferRequest,
) {
    let vendor = request.vendor_id.as_str();
    let message = request.message_id.as_ref().map(|id| id.as_str());
    let data = request.data.as_deref();
    if let Some(status) = transfers.begin(core, call, vendor, message, data) {
        answer(core, call, status, None);
    }
}

pub(super) fn answered(
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
pub(super) fn reject_late(transfers: &mut Transfers, core: &mut Context) {
    while let Some(call) = transfers.poll_late(core.instant()) {
        answer(core, call, DataTransferAnswer::Rejected, None);
    }
}

fn answer(core: &mut Context, call: CallToken, status: DataTransferAnswer, data: Option<&str>) {
    let status = match status {
        DataTransferAnswer::Accepted => DataTransferStatus::Accepted,
        DataTransferAnswer::Rejected => DataTransferStatus::Rejected,
        DataTransferAnswer::UnknownMessageId => DataTransferStatus::UnknownMessageId,
        DataTransferAnswer::UnknownVendorId => DataTransferStatus::UnknownVendorId,
    };
    let mut response = DataTransferResponse::new(status);
    response.data = data.map(BoundedString::truncated);
    core.answer(call, &response);
}
