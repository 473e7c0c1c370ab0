//! What became of the messages of the peer, and the answers to those that are not delivered.

use alloc::borrow::Cow;
use alloc::string::ToString;

use crate::frame::{ErrorCode, MAX_ID, Number, Request, truncated};

use super::output::{Output, Seen, Verdict, count};
use super::receive::Received;
use super::{Session, Version};

/// The longest action that is reported.
const MAX_REPORTED_ACTION: usize = 50;

impl Session {
    pub(super) fn report_without_call<'a>(&mut self, number: Number, id: &str) -> Received<'a> {
        let verdict = if self.outgoing.has_ended(id) {
            count(&mut self.counters.late);
            Verdict::Late
        } else {
            count(&mut self.counters.unmatched);
            Verdict::Unmatched
        };
        self.see(Some(number), Some(id), None, verdict, None)
    }

    pub(super) fn refuse_request<'a>(
        &mut self,
        request: &Request<'_>,
        verdict: Verdict,
    ) -> Received<'a> {
        count(&mut self.counters.refused);
        let code = match verdict {
            Verdict::UnknownAction => ErrorCode::NotImplemented,
            Verdict::DuplicateId if self.version != Version::V1_6 => ErrorCode::RpcFrameworkError,
            Verdict::DuplicateId | Verdict::TooManyCalls => ErrorCode::GenericError,
            _ => ErrorCode::NotSupported,
        };
        let reason = verdict.to_string();
        self.report(Number::Call, request, verdict, Some(code.clone()));
        let action = truncated(&request.action, MAX_REPORTED_ACTION).to_string();
        self.transmit_error(
            Number::CallError,
            &request.id,
            Some(Cow::Owned(action)),
            code,
            &reason,
        );
        Received::Other
    }

    pub(super) fn report<'a>(
        &mut self,
        number: Number,
        request: &Request<'_>,
        verdict: Verdict,
        answered: Option<ErrorCode>,
    ) -> Received<'a> {
        self.see(
            Some(number),
            Some(&request.id),
            Some(&request.action),
            verdict,
            answered,
        )
    }

    /// Reports what became of a message, if it is to be reported.
    pub(super) fn see<'a>(
        &mut self,
        number: Option<Number>,
        id: Option<&str>,
        action: Option<&str>,
        verdict: Verdict,
        answered: Option<ErrorCode>,
    ) -> Received<'a> {
        #[cfg(feature = "tracing")]
        tracing::debug!(
            target: "ocpp",
            direction = "in",
            message_type = number.map_or("", Number::name),
            id = id.map_or("", |id| truncated(id, MAX_ID)),
            action = action.map_or("", |action| truncated(action, MAX_REPORTED_ACTION)),
            verdict = %verdict,
            answered = answered.as_ref().map_or("", |code| code.as_str(self.version)),
        );
        if self.config.tap || verdict != Verdict::Accepted {
            self.outputs.push_back(Output::Seen(Seen {
                number,
                id: id.map(|id| truncated(id, MAX_ID).into()),
                action: action.map(|action| truncated(action, MAX_REPORTED_ACTION).into()),
                verdict,
                answered,
            }));
        }
        Received::Other
    }
}
