//! Calls of the station that wait for their answers, and what each of them is for.

use alloc::vec::Vec;

use ocpp_types::Request;
use ocpp_types::v1_6::Protocol;

use super::authorization::Goal;
use crate::security::RequestHandle;
use crate::session::CallId;
use crate::station::context::Context;
use crate::station::vocabulary::Token;

/// What a call under way is for.
#[derive(Debug)]
pub(super) enum Purpose {
    Boot,
    Heartbeat,
    /// The status of this connector.
    Status(usize),
    /// Asks about a token.
    Authorize(Token, Goal),
    /// Wants a certificate.
    SignCertificate(RequestHandle),
    /// Nobody waits for the answer.
    Nothing,
}

/// See the [module documentation](self).
#[derive(Debug, Default)]
pub(super) struct Calls(Vec<(CallId, Purpose)>);

impl Calls {
    /// Calls the CSMS and remembers what for. `false` without a connection.
    pub(super) fn send<R>(&mut self, core: &mut Context, request: &R, purpose: Purpose) -> bool
    where
        R: Request<Protocol = Protocol>,
    {
        let call = core.request(request);
        if let Some(call) = call {
            self.0.push((call, purpose));
        }
        call.is_some()
    }

    /// A call has ended: what it was for, if it is one of these.
    pub(super) fn ended(&mut self, call: CallId) -> Option<Purpose> {
        let at = self.0.iter().position(|(made, _)| *made == call)?;
        Some(self.0.swap_remove(at).1)
    }

    /// Calls that say something which is stored.
    pub(super) fn about_records(&self) -> Vec<CallId> {
        let signing = self.0.iter().filter_map(|(call, purpose)| {
            matches!(purpose, Purpose::SignCertificate(_)).then_some(*call)
        });
        signing.collect()
    }

    /// Whether no answer is waited for.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The connection is gone: no answer comes any more.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}
