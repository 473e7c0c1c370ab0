//! DataTransfer (1.6 section 5.6): the application answers for the vendors that it knows.

use alloc::string::ToString;
use alloc::vec::Vec;

use ocpp_types::BoundedString;
use ocpp_types::v1_6::{DataTransferRequest, DataTransferResponse, DataTransferStatus};

use super::ChargePoint;
use crate::session::CallToken;
use crate::station::context::Context;
use crate::station::input::DataTransferAnswer;
use crate::station::output::{JobId, Output};
use crate::time::Instant;

/// What the application was handed and has not answered.
#[derive(Debug, Default)]
pub(super) struct Transfers(Vec<(JobId, CallToken, Instant)>);

impl Transfers {
    /// Nobody waits any longer.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn next_timeout(&self) -> Option<Instant> {
        self.0.iter().map(|(.., until)| *until).min()
    }
}

impl ChargePoint {
    pub(super) fn data_transfer(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &DataTransferRequest,
    ) {
        let mut known = core.config.data_transfer.iter();
        let vendor = known.find(|known| {
            let (known, asked) = (&known.vendor_id, request.vendor_id.as_str());
            known.eq_ignore_ascii_case(asked)
        });
        let Some(vendor) = vendor else {
            let status = DataTransferStatus::UnknownVendorId;
            return core.answer(call, &DataTransferResponse::new(status));
        };
        let message = request.message_id.as_ref().map(|id| id.as_str());
        let known = vendor.messages.is_empty()
            || message.is_some_and(|id| {
                let mut messages = vendor.messages.iter();
                messages.any(|known| known.eq_ignore_ascii_case(id))
            });
        if !known {
            let status = DataTransferStatus::UnknownMessageId;
            return core.answer(call, &DataTransferResponse::new(status));
        }
        let job = core.next_job();
        let until = core.instant() + core.config.call_timeout;
        self.transfers.0.push((job, call, until));
        core.output(Output::DataTransfer {
            job,
            vendor_id: request.vendor_id.as_str().to_string(),
            message_id: message.map(ToString::to_string),
            data: request.data.as_ref().map(ToString::to_string),
        });
    }

    pub(super) fn data_transfer_answered(
        &mut self,
        core: &mut Context,
        job: JobId,
        status: DataTransferAnswer,
        data: Option<&str>,
    ) {
        let transfers = &mut self.transfers.0;
        let Some(at) = transfers.iter().position(|(of, ..)| *of == job) else {
            return;
        };
        let (_, call, _) = transfers.swap_remove(at);
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

    /// Rejects what the application has not answered in time.
    pub(super) fn continue_transfers(&mut self, core: &mut Context) {
        let now = core.instant();
        let late = |(.., until): &mut (JobId, CallToken, Instant)| *until <= now;
        let late: Vec<_> = self.transfers.0.extract_if(.., late).collect();
        for (_, call, _) in late {
            let status = DataTransferStatus::Rejected;
            core.answer(call, &DataTransferResponse::new(status));
        }
    }
}
