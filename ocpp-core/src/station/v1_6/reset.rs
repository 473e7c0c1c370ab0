//! Reset (1.6 section 5.14 with errata 3.36 and 3.82).

use core::time::Duration;

use ocpp_types::v1_6::{Reason, ResetRequest, ResetResponse, ResetStatus, ResetType};

use super::{ChargePoint, events};
use crate::security::SecurityEventKind;
use crate::session::CallToken;
use crate::station::context::Context;
use crate::time::Instant;

/// How long a soft reset waits until everything about the ended transactions is delivered.
const PATIENCE_SOFT: Duration = Duration::from_secs(30);
/// A hard reset is a last resort: what is not delivered soon is delivered after it.
const PATIENCE_HARD: Duration = Duration::from_secs(5);

/// A reset that was promised.
#[derive(Debug)]
pub(super) struct Reset {
    hard: bool,
    pub(super) deadline: Instant,
}

impl ChargePoint {
    pub(super) fn reset(&mut self, core: &mut Context, call: CallToken, request: &ResetRequest) {
        let hard = match request.r#type {
            ResetType::Hard => true,
            ResetType::Soft => false,
            _ => return core.answer(call, &ResetResponse::new(ResetStatus::Rejected)),
        };
        if self.firmware.is_writing() {
            // Half a firmware would be the end of the station.
            return core.answer(call, &ResetResponse::new(ResetStatus::Rejected));
        }
        core.answer(call, &ResetResponse::new(ResetStatus::Accepted));
        self.begin_reset(core, hard);
    }

    pub(super) fn begin_reset(&mut self, core: &mut Context, hard: bool) {
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
        self.floating = None;
        for number in self.connectors.numbers() {
            self.slots[number].auth = None;
            if let Some(transaction) = self.slots[number].transaction {
                self.stop(core, transaction, reason.clone(), None);
            }
        }
    }

    /// Restarts as soon as everything is delivered, or patience is over.
    pub(super) fn continue_reset(&mut self, core: &mut Context) {
        let Some(reset) = &self.reset else {
            return;
        };
        let running = self.slots.iter().any(|slot| slot.transaction.is_some());
        let quiet = self.calls.is_empty() && core.queue.len() == 0;
        let waiting = running || (self.boot.online(core) && !quiet);
        if waiting && core.instant() < reset.deadline {
            return;
        }
        let hard = reset.hard;
        self.reset = None;
        let info = if hard { "hard reset" } else { "soft reset" };
        core.security_event(SecurityEventKind::ResetOrReboot, Some(info));
        if hard || core.config.features.soft_reset_reboots {
            events::notify(&mut self.events, core);
            core.reboot(hard);
        } else {
            self.boot.anew();
            self.register_and_beat(core);
        }
    }
}
