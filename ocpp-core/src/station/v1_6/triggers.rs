//! TriggerMessage (1.6 section 5.17) and its successor ExtendedTriggerMessage (security whitepaper).

use ocpp_types::v1_6::{
    ExtendedTriggerMessageResponse, ExtendedTriggerMessageStatus, TriggerMessageResponse,
    TriggerMessageStatus,
};

use crate::session::CallToken;
use crate::station::context::Context;

/// Which of the two messages it is that triggers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Triggering {
    /// `TriggerMessage`.
    Plain,
    /// `ExtendedTriggerMessage`.
    Extended,
}

impl Triggering {
    pub(super) fn answer(self, core: &mut Context, call: CallToken, accepted: bool) {
        match (self, accepted) {
            (Self::Plain, true) => {
                let status = TriggerMessageStatus::Accepted;
                core.answer(call, &TriggerMessageResponse::new(status));
            }
            (Self::Plain, false) => {
                let status = TriggerMessageStatus::Rejected;
                core.answer(call, &TriggerMessageResponse::new(status));
            }
            (Self::Extended, true) => {
                let status = ExtendedTriggerMessageStatus::Accepted;
                core.answer(call, &ExtendedTriggerMessageResponse::new(status));
            }
            (Self::Extended, false) => {
                let status = ExtendedTriggerMessageStatus::Rejected;
                core.answer(call, &ExtendedTriggerMessageResponse::new(status));
            }
        }
    }
}
