//! Reset of the station and of single EVSEs (B11, B12).

use alloc::vec::Vec;
use core::time::Duration;

use super::info;
use super::per_evse::{connectors_of, evse_of};
use super::registration::note_boot_reason;
use super::wire::{BootReason, Reset as ResetType, ResetRequest, ResetResponse, ResetStatus};
use crate::session::CallToken;
use crate::station::context::Context;
use crate::station::output::Output;
use crate::station::record::Records;
use crate::station::storage;
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
struct EvseReset {
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

/// A reset of the station that was promised.
#[derive(Debug)]
enum Promise {
    /// As soon as no transaction is running (B12.FR.01).
    OnIdle,
    /// As soon as everything is delivered, or at this moment.
    Now {
        deadline: Instant,
        reason: BootReason,
    },
}

/// What is to follow from a reset that was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Every transaction ends at once, and nobody begins any more.
    EndAll,
    /// Nobody who has not begun may begin any more.
    BeginNothing,
    /// The transaction of the EVSE with this index ends at once.
    EndAt(usize),
}

/// The resets of the station and of its EVSEs, until they are done.
#[derive(Debug)]
pub(super) struct Resets {
    station: Option<Promise>,
    evses: Vec<EvseReset>,
}

impl Resets {
    /// With a reset that was promised before a power cut.
    pub(super) fn restore(core: &mut Context, records: &Records) -> Self {
        let mut this = Self {
            station: None,
            evses: Vec::new(),
        };
        match records.get::<bool>(SCHEDULED) {
            Some(true) => this.station = Some(Promise::OnIdle),
            Some(false) => core.remove(SCHEDULED),
            None => {}
        }
        this
    }

    /// A restart that no transaction goes on after is the one that was promised.
    pub(super) fn resume(&mut self, core: &mut Context, charging: bool) {
        if matches!(self.station, Some(Promise::OnIdle)) && !charging {
            self.station = None;
            core.remove(SCHEDULED);
        }
    }

    /// Answers (B11.FR.01) and restarts at once, or when nobody charges any more (B12.FR.03); a single EVSE is
    /// refused where that is not possible (B12.FR.09). `writing`: firmware is being written. `index` is that of the EVSE that
    /// is named, if there is one with its number; `charging` says whether a transaction runs at an EVSE, or anywhere.
    /// Requirements: B11.FR.07.
    pub(super) fn asked(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &ResetRequest,
        index: Option<usize>,
        writing: bool,
        charging: impl Fn(Option<usize>) -> bool,
    ) -> Option<Order> {
        let refused = |core: &mut Context, code, text| {
            let mut response = ResetResponse::new(ResetStatus::Rejected);
            response.status_info = Some(info(code, text));
            core.answer(call, &response);
            None
        };
        if request.evse_id.is_some() && !core.config.features.reset_evse {
            // B11.FR.09.
            let text = "an EVSE cannot be reset on its own";
            return refused(core, "UnsupportedRequest", text);
        }
        if core.storage_fails() {
            // B11.FR.06, B12.FR.10: a restart now would lose what waits to be stored.
            return refused(core, "OutOfStorage", storage::EXPLANATION);
        }
        if writing {
            // Half a firmware would be the end of the station.
            return refused(core, "FwUpdateInProgress", "firmware is being installed");
        }
        if request.evse_id.is_some() {
            let Some(index) = index else {
                return refused(core, "UnknownEvse", "");
            };
            return self.evse_asked(core, call, index, &request.r#type, charging(Some(index)));
        }
        let status = match request.r#type {
            ResetType::Immediate => ResetStatus::Accepted,
            ResetType::OnIdle if charging(None) => ResetStatus::Scheduled,
            ResetType::OnIdle => ResetStatus::Accepted,
            ResetType::Unrecognized(_) => ResetStatus::Rejected,
        };
        if status == ResetStatus::Scheduled {
            // It is promised, also over a power cut.
            core.store(SCHEDULED, &true);
        }
        core.answer(call, &ResetResponse::new(status.clone()));
        match status {
            ResetStatus::Accepted => {
                self.begin(core, BootReason::RemoteReset);
                Some(Order::EndAll)
            }
            ResetStatus::Scheduled => {
                self.station = Some(Promise::OnIdle);
                Some(Order::BeginNothing)
            }
            _ => None,
        }
    }

    /// Resets one EVSE at once, or when nobody charges there any more (B11.FR.08).
    fn evse_asked(
        &mut self,
        core: &mut Context,
        call: CallToken,
        index: usize,
        kind: &ResetType,
        charging: bool,
    ) -> Option<Order> {
        let (status, stage) = match kind {
            ResetType::OnIdle if charging => (ResetStatus::Scheduled, Stage::OnIdle),
            ResetType::OnIdle | ResetType::Immediate => {
                let deadline = core.instant() + PATIENCE;
                (ResetStatus::Accepted, Stage::Now(deadline))
            }
            ResetType::Unrecognized(_) => {
                core.answer(call, &ResetResponse::new(ResetStatus::Rejected));
                return None;
            }
        };
        core.answer(call, &ResetResponse::new(status));
        let begun = self.evses.iter_mut().find(|one| one.index == index);
        match begun {
            // It restarts already.
            Some(EvseReset {
                stage: Stage::Restarting(_),
                ..
            }) => return None,
            Some(begun) => begun.stage = stage,
            None => self.evses.push(EvseReset { index, stage }),
        }
        (stage != Stage::OnIdle).then_some(Order::EndAt(index))
    }

    /// Whether an EVSE restarts, or is about to: nobody begins there.
    pub(super) fn holds(&self, index: usize) -> bool {
        let mut resets = self.evses.iter();
        resets.any(|one| one.index == index && one.stage != Stage::OnIdle)
    }

    /// Whether a reset of the station was promised.
    pub(super) const fn is_pending(&self) -> bool {
        self.station.is_some()
    }

    /// Whether the station is about to restart and starts nothing new.
    pub(super) const fn is_restarting(&self) -> bool {
        matches!(self.station, Some(Promise::Now { .. }))
    }

    /// Goes on with the resets of EVSEs. Returns those that have become idle: whoever is authorized there may no longer begin.
    pub(super) fn advance_evses(
        &mut self,
        core: &mut Context,
        charging: impl Fn(usize) -> bool,
    ) -> Vec<usize> {
        let mut idle = Vec::new();
        if self.evses.is_empty() {
            return idle;
        }
        let now = core.instant();
        // The end of the transaction is told before the restart, if somebody listens.
        let untold = core.is_connected() && core.queue.len() > 0;
        let mut over = Vec::new();
        for EvseReset { index, stage } in &mut self.evses {
            let running = charging(*index);
            if *stage == Stage::OnIdle && !running {
                idle.push(*index);
                *stage = Stage::Now(now + PATIENCE);
            }
            if let Stage::Now(deadline) = *stage
                && (!running && !untold || deadline <= now)
            {
                core.output(Output::ResetEvse(evse_of(*index)));
                *stage = Stage::Restarting(now + EVSE_RESTART);
            }
            if matches!(*stage, Stage::Restarting(deadline) if deadline <= now) {
                over.push(evse_of(*index));
            }
        }
        for evse in over {
            self.evse_has_restarted(core, evse);
        }
        idle
    }

    /// An EVSE has restarted: its hardware has forgotten what it was told. It is as available as it was before (B11.FR.02,
    /// B12.FR.06).
    pub(super) fn evse_has_restarted(&mut self, core: &mut Context, evse: EvseId) {
        let before = self.evses.len();
        let restarts = |one: &EvseReset| {
            evse_of(one.index) == evse && matches!(one.stage, Stage::Restarting(_))
        };
        self.evses.retain(|one| !restarts(one));
        if self.evses.len() == before {
            return;
        }
        for at in connectors_of(core, evse) {
            core.hardware_restarted(Some(at));
        }
    }

    /// The restart comes as soon as everything is delivered (B12.FR.02, B12.FR.04). It is a cold boot (B11.FR.03, B11.FR.04).
    /// Requirements: B12.FR.05.
    fn begin(&mut self, core: &Context, reason: BootReason) {
        let deadline = core.instant() + PATIENCE;
        self.station = Some(Promise::Now { deadline, reason });
    }

    /// Whether a reset that waited for the last transaction falls due now: then everything is to end.
    pub(super) fn falls_due(&mut self, core: &Context, charging: bool) -> bool {
        // Before the start nobody knows which transactions go on.
        let due = matches!(self.station, Some(Promise::OnIdle)) && !charging && core.begun;
        if due {
            self.begin(core, BootReason::ScheduledReset);
        }
        due
    }

    /// Restarts as soon as everything is delivered and answered, or patience is over.
    pub(super) fn advance(&mut self, core: &mut Context, charging: bool, answered: bool) {
        let Some(Promise::Now { deadline, reason }) = &self.station else {
            return;
        };
        let quiet = answered && core.queue.len() == 0;
        let waiting = charging || (core.is_connected() && !quiet);
        if waiting && core.instant() < *deadline {
            return;
        }
        note_boot_reason(core, reason);
        if *reason == BootReason::ScheduledReset {
            core.remove(SCHEDULED);
        }
        self.station = None;
        core.reboot(false);
    }

    /// When a reset has to go on.
    pub(super) fn next_timeout(&self) -> Option<Instant> {
        let evses = self.evses.iter().filter_map(|one| match one.stage {
            Stage::OnIdle => None,
            Stage::Now(deadline) | Stage::Restarting(deadline) => Some(deadline),
        });
        let station = match &self.station {
            Some(Promise::Now { deadline, .. }) => Some(*deadline),
            _ => None,
        };
        evses.chain(station).min()
    }
}
