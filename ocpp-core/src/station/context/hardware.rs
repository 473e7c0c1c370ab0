//! What the hardware is told, each command once unless the hardware may have forgotten it, and which meters are read.

use alloc::vec::Vec;

use super::Context;
use crate::station::hardware::{Connector, LockState};
use crate::station::meter::Sample;
use crate::station::output::Output;
use crate::station::vocabulary::{CableState, ConnectorId, Limit, UnlockResult};

impl Context {
    /// After a start nobody knows how the hardware was left: contactors open first of all. Limits and locks follow as soon as
    /// it is known what they have to be.
    pub(in crate::station) fn make_safe(&mut self) {
        for at in self.hardware.meant(None) {
            self.contactor(at, false);
        }
    }

    /// The hardware may not have done what it was told: it is told again, contactors at the end of the input.
    pub(in crate::station) fn doubt(&mut self, at: Option<ConnectorId>) {
        for at in self.hardware.meant(at) {
            if let Some(connector) = self.hardware.get_mut(at) {
                connector.contactor.doubt();
            }
            self.repeat_limit(at);
        }
    }

    fn repeat_limit(&mut self, at: ConnectorId) {
        if let Some(connector) = self.hardware.get_mut(at) {
            connector.limit.doubt();
            if let Some(limit) = connector.limit.decision() {
                self.limit(at, limit);
            }
        }
    }

    /// The hardware has forgotten everything: contactors open, and limits and locks are as they were before energy flows
    /// again.
    pub(in crate::station) fn hardware_restarted(&mut self, at: Option<ConnectorId>) {
        for at in self.hardware.meant(at) {
            let Some(connector) = self.hardware.get_mut(at) else {
                continue;
            };
            connector.contactor.doubt();
            let lock = match connector.lock {
                LockState::Locking => Some(Output::Lock(at)),
                LockState::Unlocking => Some(Output::Unlock(at)),
                _ => {
                    connector.lock = LockState::Unknown;
                    self.hardware.locks_in_doubt = true;
                    None
                }
            };
            self.contactor(at, false);
            self.repeat_limit(at);
            self.outputs.extend(lock);
        }
    }

    /// Closes or opens a contactor unless the hardware was told so already.
    pub(crate) fn contactor(&mut self, at: ConnectorId, closed: bool) {
        let before = self.hardware.get(at);
        if before.is_some_and(|before| before.contactor.is_news(closed))
            && let Some(connector) = self.hardware.get_mut(at)
            && connector.contactor.decide(closed)
        {
            self.output(Output::Contactor { at, closed });
        }
    }

    /// Limits a connector unless the hardware was told so already.
    pub(crate) fn limit(&mut self, at: ConnectorId, limit: Option<Limit>) {
        let before = self.hardware.get(at);
        if before.is_some_and(|before| before.limit.is_news(limit))
            && let Some(connector) = self.hardware.get_mut(at)
            && connector.limit.decide(limit)
        {
            self.output(Output::SetLimit { at, limit });
        }
    }

    /// Tells the locks of which nobody knows how they are what is wanted of them.
    pub(crate) fn settle_locks(&mut self, wanted: impl Fn(&Connector) -> bool) {
        if !core::mem::replace(&mut self.hardware.locks_in_doubt, false) {
            return;
        }
        let unknown =
            |connector: &&Connector| connector.config.lock && connector.lock == LockState::Unknown;
        let all = self.hardware.connectors.iter().filter(unknown);
        let all: Vec<(ConnectorId, bool)> = all.map(|c| (c.id, wanted(c))).collect();
        for (at, locked) in all {
            let _ = if locked {
                self.lock(at)
            } else {
                self.unlock(at)
            };
        }
    }

    /// Orders to lock the cable. Says whether there is anything to wait for.
    pub(crate) fn lock(&mut self, at: ConnectorId) -> bool {
        let connector = self.hardware.get(at).filter(|c| c.config.lock);
        match connector.map(|connector| connector.lock) {
            None | Some(LockState::Locked) => false,
            Some(LockState::Locking) => true,
            Some(LockState::Unknown | LockState::Open | LockState::Unlocking) => {
                if let Some(connector) = self.hardware.get_mut(at) {
                    connector.lock = LockState::Locking;
                }
                self.output(Output::Lock(at));
                true
            }
        }
    }

    /// What a lock answered to an order to lock. Says whether that matters to anybody.
    pub(in crate::station) fn locked(&mut self, at: ConnectorId, success: bool) -> bool {
        let Some(connector) = self.hardware.get_mut(at) else {
            return false;
        };
        if connector.lock != LockState::Locking {
            // The cable was pulled in the meantime: a lock that has closed would keep the next one out.
            if success && connector.lock == LockState::Open {
                self.unlock(at);
            }
            return false;
        }
        connector.lock = if success {
            LockState::Locked
        } else {
            LockState::Open
        };
        true
    }

    /// What a lock answered to an order to unlock. A later order to lock has overtaken it.
    ///
    /// One that refuses holds the plug: locks do so under current, which may have flowed a moment longer than the contactor
    /// was closed, or under a cable that pulls. It is tried once more. Says whether the answer is the last one.
    pub(in crate::station) fn unlocked(&mut self, at: ConnectorId, result: UnlockResult) -> bool {
        let Some(connector) = self.hardware.get_mut(at) else {
            return true;
        };
        if connector.lock != LockState::Unlocking {
            return true;
        }
        // Without a cable nothing is held; and a lock of which nobody knows that it was closed is told to close before
        // energy flows.
        let holds = result == UnlockResult::Failed
            && connector.was_locked
            && connector.cable != CableState::Unplugged;
        if holds && !connector.unlocks_again {
            connector.unlocks_again = true;
            self.output(Output::Unlock(at));
            return false;
        }
        connector.lock = match holds {
            true => LockState::Locked,
            false => LockState::Open,
        };
        true
    }

    /// Orders to unlock the cable, once its contactor is open: a plug is never let go under load (E06.FR.10, E07.FR.07,
    /// E08.FR.03). Says whether an answer will come.
    pub(crate) fn unlock(&mut self, at: ConnectorId) -> bool {
        let connector = self.hardware.get(at).filter(|c| c.config.lock);
        let Some(lock) = connector.map(|connector| connector.lock) else {
            return false;
        };
        if lock == LockState::Unlocking {
            return true;
        }
        self.contactor(at, false);
        if let Some(connector) = self.hardware.get_mut(at) {
            connector.was_locked = lock == LockState::Locked;
            connector.unlocks_again = false;
            connector.lock = LockState::Unlocking;
        }
        self.output(Output::Unlock(at));
        true
    }

    /// Wants a reading of a meter. `false` if too many are wanted already.
    pub(crate) fn sample(&mut self, sample: Sample) -> bool {
        let evse = self.meters.want(self.now.monotonic, sample);
        self.outputs.extend(evse.map(Output::ReadMeter));
        evse.is_some()
    }
}
