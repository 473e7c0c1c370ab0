//! Calls of the station that are under way, and what each of them is for.

use alloc::vec::Vec;

use ocpp_types::Request;

use super::authorization::Goal;
use super::token::same;
use super::wire::Protocol;
use crate::security::RequestHandle;
use crate::session::CallId;
use crate::station::context::Context;
use crate::station::vocabulary::Token;

/// What a call under way is for.
#[derive(Debug)]
pub(super) enum Purpose {
    Boot,
    Heartbeat,
    /// The status of this connector of this EVSE, both as indices.
    Status(usize, usize),
    /// Asks about a token.
    Authorize(Token, Goal),
    /// A page of this report.
    Report(u64),
    /// Wants a certificate.
    SignCertificate(RequestHandle),
    /// A page about a customer.
    Customer(u64),
    /// Nobody waits for the answer.
    Nothing,
}

/// See the [module documentation](self).
#[derive(Debug, Default)]
pub(super) struct Calls {
    under_way: Vec<(CallId, Purpose)>,
    /// Whether the CSMS wants to hear more than BootNotifications.
    welcome: bool,
}

impl Calls {
    /// The CSMS wants to hear more than BootNotifications, or not.
    pub(super) const fn be_welcome(&mut self, welcome: bool) {
        self.welcome = welcome;
    }

    /// Calls the CSMS and remembers what for. `false` without a connection, and for all but a BootNotification before the
    /// CSMS has answered one, or when it has answered that it wants nothing (B01.FR.08, B03.FR.02).
    pub(super) fn send<R>(&mut self, core: &mut Context, request: &R, purpose: Purpose) -> bool
    where
        R: Request<Protocol = Protocol>,
    {
        if !self.welcome && !matches!(purpose, Purpose::Boot) {
            return false;
        }
        let call = core.request(request);
        if let Some(call) = call {
            self.under_way.push((call, purpose));
        }
        call.is_some()
    }

    /// A call has ended: what it was for.
    pub(super) fn ended(&mut self, call: CallId) -> Option<Purpose> {
        let at = self.under_way.iter().position(|(made, _)| *made == call)?;
        Some(self.under_way.swap_remove(at).1)
    }

    /// Nobody answers any more.
    pub(super) fn clear(&mut self) {
        self.under_way.clear();
    }

    /// Whether no answer is waited for.
    pub(super) const fn is_empty(&self) -> bool {
        self.under_way.is_empty()
    }

    /// Whether the CSMS is being asked about a token for this purpose.
    pub(super) fn asks(&self, token: &Token, goal: Goal) -> bool {
        self.under_way.iter().any(|(_, purpose)| {
            matches!(purpose, Purpose::Authorize(other, of) if *of == goal && same(other, token))
        })
    }

    /// Those that say something which is stored.
    pub(super) fn about_records(&self) -> Vec<CallId> {
        let signing = self.under_way.iter().filter_map(|(call, purpose)| {
            matches!(purpose, Purpose::SignCertificate(_)).then_some(*call)
        });
        signing.collect()
    }
}
