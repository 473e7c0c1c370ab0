//! Reset (B11, B12). Single EVSEs cannot be reset.

use core::time::Duration;

use ocpp_types::v2_0_1::{
    BootReason, Reason, Reset as ResetType, ResetRequest, ResetResponse, ResetStatus, TriggerReason,
};

use super::transaction::{Cue, Details};
use super::{ChargingStation, info};
use crate::session::CallToken;
use crate::station::context::Context;
use crate::station::record::Records;
use crate::station::transaction::Transaction;
use crate::time::Instant;

/// The record of a reset that waits until nobody charges.
const SCHEDULED: &str = "reset-scheduled";
/// How long an immediate reset waits until everything about the ended transactions is delivered.
const PATIENCE: Duration = Duration::from_secs(10);

/// A reset that was promised.
#[derive(Debug)]
pub(super) enum Reset {
    /// As soon as no transaction is running (B12.FR.01).
    OnIdle,
    /// As soon as everything is delivered, or at this moment.
    Now {
        deadline: Instant,
        reason: BootReason,
    },
}

impl ChargingStation {
    /// Answers (B11.FR.01) and restarts at once, or when nobody charges any more (B12.FR.03); a single EVSE is
    /// refused (B12.FR.09).
    pub(super) fn reset(&mut self, core: &mut Context, call: CallToken, request: &ResetRequest) {
        if request.evse_id.is_some() {
            // B11.FR.09.
            let mut response = ResetResponse::new(ResetStatus::Rejected);
            let text = "an EVSE cannot be reset on its own";
            response.status_info = Some(info("UnsupportedRequest", text));
            return core.answer(call, &response);
        }
        if self.firmware.is_writing() {
            // Half a firmware would be the end of the station.
            let mut response = ResetResponse::new(ResetStatus::Rejected);
            response.status_info = Some(info("FwUpdateInProgress", "firmware is being installed"));
            return core.answer(call, &response);
        }
        let busy = self.is_charging();
        let status = match request.r#type {
            ResetType::Immediate => ResetStatus::Accepted,
            ResetType::OnIdle if busy => ResetStatus::Scheduled,
            ResetType::OnIdle => ResetStatus::Accepted,
            ResetType::Unrecognized(_) => ResetStatus::Rejected,
        };
        if status == ResetStatus::Scheduled {
            // It is promised, also over a power cut.
            core.store(SCHEDULED, &true);
        }
        core.answer(call, &ResetResponse::new(status.clone()));
        match status {
            ResetStatus::Accepted => self.begin_reset(core, BootReason::RemoteReset),
            ResetStatus::Scheduled => {
                self.reset = Some(Reset::OnIdle);
                self.withdraw_waiting();
            }
            _ => {}
        }
    }

    /// A reset that was promised before a power cut.
    pub(super) fn restore_reset(&mut self, core: &mut Context, records: &Records) {
        match records.get::<bool>(SCHEDULED) {
            Some(true) => self.reset = Some(Reset::OnIdle),
            Some(false) => core.remove(SCHEDULED),
            None => {}
        }
    }

    /// A restart that no transaction goes on after is the one that was promised.
    pub(super) fn resume_reset(&mut self, core: &mut Context) {
        let goes_on = |t: &Transaction<Details>| !t.ended && t.details.ending.is_none();
        if matches!(self.reset, Some(Reset::OnIdle)) && !self.transactions.iter().any(goes_on) {
            self.reset = None;
            core.remove(SCHEDULED);
        }
    }

    /// Nobody who has not begun may begin any more.
    fn withdraw_waiting(&mut self) {
        self.floating.withdraw_waiting();
        for index in 0..self.evses.len() {
            if self.evses[index].transaction.is_none() {
                self.evses[index].auth = None;
            }
        }
    }

    /// Transactions are ended and told before the restart (B12.FR.02, B12.FR.04), which is a cold boot (B11.FR.03,
    /// B11.FR.04).
    fn begin_reset(&mut self, core: &mut Context, reason: BootReason) {
        let deadline = core.instant() + PATIENCE;
        self.reset = Some(Reset::Now { deadline, reason });
        self.withdraw_waiting();
        for index in 0..self.evses.len() {
            let cue = Cue::ending(TriggerReason::ResetCommand, Reason::ImmediateReset);
            self.end_at(core, index, cue);
        }
        if let Some(number) = self.floating.transaction() {
            let cue = Cue::ending(TriggerReason::ResetCommand, Reason::ImmediateReset);
            self.end(core, number, cue);
        }
    }

    /// Whether a transaction is running.
    pub(super) fn is_charging(&self) -> bool {
        let mut evses = self.evses.iter();
        evses.any(|evse| evse.transaction.is_some()) || self.floating.transaction().is_some()
    }

    /// Whether the station is about to restart and starts nothing new.
    pub(super) const fn is_resetting(&self) -> bool {
        matches!(self.reset, Some(Reset::Now { .. }))
    }

    /// Restarts as soon as everything is delivered, or patience is over.
    pub(super) fn continue_reset(&mut self, core: &mut Context) {
        if self.reset.is_none() {
            return;
        }
        let running = self.is_charging();
        if let Some(Reset::OnIdle) = self.reset {
            // Before the start nobody knows which transactions go on.
            if running || !core.begun {
                return;
            }
            self.begin_reset(core, BootReason::ScheduledReset);
        }
        let Some(Reset::Now { deadline, reason }) = &self.reset else {
            return;
        };
        let quiet = self.calls.is_empty() && core.queue.len() == 0;
        let waiting = running || (core.is_connected() && !quiet);
        if waiting && core.instant() < *deadline {
            return;
        }
        Self::note_boot_reason(core, reason);
        if *reason == BootReason::ScheduledReset {
            core.remove(SCHEDULED);
        }
        self.reset = None;
        core.reboot(false);
    }

    pub(super) const fn next_reset_timeout(&self) -> Option<Instant> {
        match &self.reset {
            Some(Reset::Now { deadline, .. }) => Some(*deadline),
            _ => None,
        }
    }
}
