//! DataTransfer: the application answers for the vendors that it knows.

use alloc::string::ToString;
use alloc::vec::Vec;

use crate::session::CallToken;
use crate::station::context::Context;
use crate::station::input::DataTransferAnswer;
use crate::station::output::{JobId, Output};
use crate::time::Instant;

/// How many calls wait for the application at most: a session handles eight at a time, and others must find room.
const MAX_WAITING: usize = 4;

/// A call that the application was handed and has not answered.
#[derive(Debug)]
struct Waiting {
    job: JobId,
    call: CallToken,
    until: Instant,
}

/// The calls that wait for the application.
#[derive(Debug, Default)]
pub(crate) struct Transfers(Vec<Waiting>);

impl Transfers {
    /// Hands data of whatever length (P01.FR.04) to the application, or says at once what becomes of it: a vendor (P01.FR.02) or
    /// a message of his (P01.FR.03) may not be known (P01.FR.05, P01.FR.06), or too much may wait already.
    pub(crate) fn begin(
        &mut self,
        core: &mut Context,
        call: CallToken,
        vendor: &str,
        message: Option<&str>,
        data: Option<&str>,
    ) -> Option<DataTransferAnswer> {
        let mut known = core.config.data_transfer.iter();
        let Some(known) = known.find(|known| known.vendor_id.eq_ignore_ascii_case(vendor)) else {
            return Some(DataTransferAnswer::UnknownVendorId);
        };
        let answered = known.messages.is_empty()
            || message.is_some_and(|id| {
                let mut messages = known.messages.iter();
                messages.any(|known| known.eq_ignore_ascii_case(id))
            });
        if !answered {
            return Some(DataTransferAnswer::UnknownMessageId);
        }
        if self.0.len() >= MAX_WAITING {
            return Some(DataTransferAnswer::Rejected);
        }
        let job = core.next_job();
        let until = core.instant() + core.config.call_timeout;
        self.0.push(Waiting { job, call, until });
        core.output(Output::DataTransfer {
            job,
            vendor_id: vendor.to_string(),
            message_id: message.map(ToString::to_string),
            data: data.map(ToString::to_string),
        });
        None
    }

    /// The call that the application has answered; `None` if nobody waits for that answer any more.
    pub(crate) fn answered(&mut self, job: JobId) -> Option<CallToken> {
        let at = self.0.iter().position(|waiting| waiting.job == job)?;
        Some(self.0.swap_remove(at).call)
    }

    /// A call that the application has not answered in time, and will not be asked about again: it is to be rejected.
    pub(crate) fn poll_late(&mut self, now: Instant) -> Option<CallToken> {
        let at = self.0.iter().position(|waiting| waiting.until <= now)?;
        Some(self.0.remove(at).call)
    }

    /// Nobody waits for the answers any more.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// When the next call is answered without the application.
    pub(crate) fn next_timeout(&self) -> Option<Instant> {
        self.0.iter().map(|waiting| waiting.until).min()
    }
}
