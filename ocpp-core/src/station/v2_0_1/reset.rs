//! Reset of the station and of single EVSEs (B11, B12).

use alloc::vec::Vec;
use core::time::Duration;

use ocpp_types::v2_0_1::{
    BootReason, Reason, Reset as ResetType, ResetRequest, ResetResponse, ResetStatus, TriggerReason,
};

use super::transaction::{Cue, Details};
use super::{ChargingStation, info};
use crate::session::CallToken;
use crate::station::context::Context;
use crate::station::output::Output;
use crate::station::record::Records;
use crate::station::storage;
use crate::station::transaction::Transaction;
use crate::station::vocabulary::EvseId;
use crate::time::Instant;

/// The record of a reset that waits until nobody charges.
const SCHEDULED: &str = "reset-scheduled";
/// How long an immediate reset waits until everything about the ended transactions is delivered.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long an EVSE takes to restart at most.
const EVSE_RESTART: Duration = Duration::from_secs(60);

/// An EVSE that is to be reset.
#[derive(Debug)]
pub(super) struct EvseReset {
    /// Its index.
    index: usize,
    stage: Stage,
}

/// How far the reset of an EVSE is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// As soon as its transaction is over (B12.FR.07).
    OnIdle,
    /// As soon as the end of its transaction is delivered, or at this moment (B12.FR.08).
    Now(Instant),
    /// The hardware restarts, until this moment at most.
    Restarting(Instant),
}

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
    /// refused where that is not possible (B12.FR.09).
    pub(super) fn reset(&mut self, core: &mut Context, call: CallToken, request: &ResetRequest) {
        if request.evse_id.is_some() && !core.config.features.reset_evse {
            // B11.FR.09.
            let mut response = ResetResponse::new(ResetStatus::Rejected);
            let text = "an EVSE cannot be reset on its own";
            response.status_info = Some(info("UnsupportedRequest", text));
            return core.answer(call, &response);
        }
        if core.storage_fails() {
            // B11.FR.06, B12.FR.10: a restart now would lose what waits to be stored.
            let mut response = ResetResponse::new(ResetStatus::Rejected);
            response.status_info = Some(info("OutOfStorage", storage::EXPLANATION));
            return core.answer(call, &response);
        }
        if self.firmware.is_writing() {
            // Half a firmware would be the end of the station.
            let mut response = ResetResponse::new(ResetStatus::Rejected);
            response.status_info = Some(info("FwUpdateInProgress", "firmware is being installed"));
            return core.answer(call, &response);
        }
        if let Some(evse) = request.evse_id {
            return self.reset_evse(core, call, evse, &request.r#type);
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

    /// Resets one EVSE at once, or when nobody charges there any more (B11.FR.08).
    fn reset_evse(&mut self, core: &mut Context, call: CallToken, evse: i64, kind: &ResetType) {
        let Some(index) = self.evse_number(evse) else {
            let mut response = ResetResponse::new(ResetStatus::Rejected);
            response.status_info = Some(info("UnknownEvse", ""));
            return core.answer(call, &response);
        };
        let busy = self.evses[index].transaction.is_some();
        let (status, stage) = match kind {
            ResetType::OnIdle if busy => (ResetStatus::Scheduled, Stage::OnIdle),
            ResetType::OnIdle | ResetType::Immediate => {
                let deadline = core.instant() + PATIENCE;
                (ResetStatus::Accepted, Stage::Now(deadline))
            }
            ResetType::Unrecognized(_) => {
                return core.answer(call, &ResetResponse::new(ResetStatus::Rejected));
            }
        };
        core.answer(call, &ResetResponse::new(status));
        let begun = self.evse_resets.iter_mut().find(|one| one.index == index);
        match begun {
            // It restarts already.
            Some(EvseReset {
                stage: Stage::Restarting(_),
                ..
            }) => return,
            Some(begun) => begun.stage = stage,
            None => self.evse_resets.push(EvseReset { index, stage }),
        }
        if stage != Stage::OnIdle {
            let cue = Cue::ending(TriggerReason::ResetCommand, Reason::ImmediateReset);
            self.end_at(core, index, cue);
        }
    }

    /// Whether an EVSE restarts, or is about to: nobody begins there.
    pub(super) fn is_reset(&self, index: usize) -> bool {
        let mut resets = self.evse_resets.iter();
        resets.any(|one| one.index == index && one.stage != Stage::OnIdle)
    }

    /// Goes on with the resets of EVSEs.
    pub(super) fn continue_evse_resets(&mut self, core: &mut Context) {
        if self.evse_resets.is_empty() {
            return;
        }
        let now = core.instant();
        // The end of the transaction is told before the restart, if somebody listens.
        let untold = core.is_connected() && core.queue.len() > 0;
        let mut over = Vec::new();
        for at in 0..self.evse_resets.len() {
            let EvseReset { index, stage } = self.evse_resets[at];
            let running = self.evses[index].transaction.is_some();
            let stage = match stage {
                Stage::OnIdle if !running => {
                    self.evses[index].auth = None;
                    Stage::Now(now + PATIENCE)
                }
                stage => stage,
            };
            let stage = match stage {
                Stage::Now(deadline) if !running && !untold || deadline <= now => {
                    core.output(Output::ResetEvse(self.evses[index].id));
                    Stage::Restarting(now + EVSE_RESTART)
                }
                stage => stage,
            };
            self.evse_resets[at].stage = stage;
            if matches!(stage, Stage::Restarting(deadline) if deadline <= now) {
                over.push(self.evses[index].id);
            }
        }
        for evse in over {
            self.evse_has_reset(core, evse);
        }
    }

    /// An EVSE has restarted: its hardware has forgotten what it was told. It is as available as it was before (B11.FR.02,
    /// B12.FR.06).
    pub(super) fn evse_has_reset(&mut self, core: &mut Context, evse: EvseId) {
        let Some(index) = self.index_of(evse) else {
            return;
        };
        let before = self.evse_resets.len();
        let restarts =
            |one: &EvseReset| one.index == index && matches!(one.stage, Stage::Restarting(_));
        self.evse_resets.retain(|one| !restarts(one));
        if self.evse_resets.len() == before {
            return;
        }
        for which in 0..self.evses[index].connectors.len() {
            let at = self.evses[index].connectors[which].at;
            core.hardware_restarted(Some(at));
        }
        self.evses.touch(index);
    }

    /// When the reset of an EVSE has to go on.
    pub(super) fn next_evse_reset_timeout(&self) -> Option<Instant> {
        let resets = self.evse_resets.iter();
        let deadlines = resets.filter_map(|one| match one.stage {
            Stage::OnIdle => None,
            Stage::Now(deadline) | Stage::Restarting(deadline) => Some(deadline),
        });
        deadlines.min()
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
