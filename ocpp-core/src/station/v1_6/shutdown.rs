//! The station is about to go down: Reset (1.6 section 5.14 with errata 3.36 and 3.82), or the power fails.

use core::time::Duration;

use ocpp_types::v1_6::{Reason, ResetRequest, ResetResponse, ResetStatus, ResetType};

use crate::session::CallToken;
use crate::station::context::Context;
use crate::time::Instant;

/// How long a soft reset waits until everything about the ended transactions is delivered.
const PATIENCE_SOFT: Duration = Duration::from_secs(30);
/// A hard reset is a last resort: what is not delivered soon is delivered after it.
const PATIENCE_HARD: Duration = Duration::from_secs(5);

/// A reset that was promised.
#[derive(Debug)]
struct Reset {
    hard: bool,
    deadline: Instant,
}

/// See the [module documentation](self).
#[derive(Debug, Default)]
pub(super) struct Shutdown {
    reset: Option<Reset>,
    power_fails: bool,
}

impl Shutdown {
    /// Whether a reset was promised.
    pub(super) const fn is_resetting(&self) -> bool {
        self.reset.is_some()
    }

    /// Whether nobody may begin to charge any more.
    pub(super) const fn is_near(&self) -> bool {
        self.is_resetting() || self.power_fails
    }

    pub(super) fn power_failing(&mut self) {
        self.power_fails = true;
    }

    /// The power has not gone after all.
    pub(super) fn power_restored(&mut self) {
        self.power_fails = false;
    }

    /// Promises a reset, or refuses it. Says why transactions end, if they do.
    pub(super) fn reset(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &ResetRequest,
        writes_firmware: bool,
    ) -> Option<Reason> {
        let hard = match request.r#type {
            // Half a firmware would be the end of the station.
            _ if writes_firmware => None,
            ResetType::Hard => Some(true),
            ResetType::Soft => Some(false),
            _ => None,
        };
        let Some(hard) = hard else {
            core.answer(call, &ResetResponse::new(ResetStatus::Rejected));
            return None;
        };
        core.answer(call, &ResetResponse::new(ResetStatus::Accepted));
        let (reason, patience) = if hard {
            (Reason::HardReset, PATIENCE_HARD)
        } else {
            (Reason::SoftReset, PATIENCE_SOFT)
        };
        let deadline = core.instant() + patience;
        let reset = self.reset.get_or_insert(Reset { hard, deadline });
        // One that was promised before is not put off, nor does a soft reset take the place of a hard one.
        reset.hard |= hard;
        reset.deadline = reset.deadline.min(deadline);
        Some(reason)
    }

    /// Whether it is time for the reset that was promised, and whether it is a hard one: when nothing is waited for any
    /// more, or patience is over.
    pub(super) fn reset_due(&mut self, now: Instant, waits: bool) -> Option<bool> {
        let due = |reset: &mut Reset| !waits || now >= reset.deadline;
        self.reset.take_if(due).map(|reset| reset.hard)
    }

    pub(super) fn next_timeout(&self) -> Option<Instant> {
        self.reset.as_ref().map(|reset| reset.deadline)
    }
}
