//! Cables and their locks: which car an EVSE serves, for whom a cable stays locked, and locks that do not hold (E02, E03, E09,
//! E10, F05, G05).

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::lock_failure;
use super::per_evse::{PerEvse, connectors_of, evse_of};
use super::wire::{UnlockConnectorResponse, UnlockStatus};
use crate::session::CallToken;
use crate::station::config::CableKind;
use crate::station::context::Context;
use crate::station::hardware::{Connector, LockState};
use crate::station::record::Records;
use crate::station::vocabulary::{CableState, ConnectorId, EvseId, Token, UnlockResult};

/// For whom a cable stays locked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Claim {
    pub(super) owner: Token,
    /// Whether the CSMS has refused the owner; otherwise the car was unplugged.
    pub(super) refused: bool,
}

fn claim_key(evse: EvseId) -> String {
    format!("cable-claim/{evse}")
}

/// Whether a car is connected.
fn has_car(connector: &Connector) -> bool {
    connector.cable == CableState::Connected
}

/// Whether a detachable cable is out of its socket, so that nobody can go on with a transaction.
pub(super) fn is_gone(connector: &Connector) -> bool {
    connector.config.cable == CableKind::Detachable && connector.cable == CableState::Unplugged
}

/// What it means that a cable lies differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CableChange {
    /// A car is connected.
    CarCame,
    /// The car that the EVSE served is gone; the cable may still be in the socket.
    CarLeft,
    /// The plug is out of the socket, and no car was connected.
    PlugLeft,
    Nothing,
}

/// The cables of an EVSE.
#[derive(Debug)]
struct Place {
    /// The connector whose car it serves.
    car: Option<ConnectorId>,
    /// For whom the cable stays locked after the end.
    locked_for: Option<Claim>,
    /// What is stored of it.
    stored_claim: Option<Claim>,
    /// The connector whose lock did not hold.
    lock_failed: Option<ConnectorId>,
    /// How the cables lay when they were looked at last, connector by connector.
    cables: Vec<CableState>,
}

/// See the [module documentation](self).
#[derive(Debug)]
pub(super) struct Cables {
    evses: PerEvse<Place>,
    /// Unlock commands that wait for the lock.
    unlocks: Vec<(CallToken, ConnectorId)>,
}

impl Cables {
    /// With the cables that were kept locked for somebody before the start.
    pub(super) fn restore(core: &Context, records: &Records) -> Self {
        let evses = (1..).zip(&core.config.evses).map(|(evse, config)| {
            let locked_for: Option<Claim> = records.get(&claim_key(evse));
            Place {
                car: None,
                stored_claim: locked_for.clone(),
                locked_for,
                lock_failed: None,
                cables: vec![CableState::Unplugged; config.connectors.len()],
            }
        });
        Self {
            evses: PerEvse::new(evses),
            unlocks: Vec::new(),
        }
    }

    /// The connection is gone: nobody waits for the answers of locks.
    pub(super) fn disconnected(&mut self) {
        self.unlocks.clear();
    }

    /// The connector whose car an EVSE serves.
    pub(super) fn car(&self, index: usize) -> Option<ConnectorId> {
        self.evses[index].car
    }

    /// The connector of an EVSE whose lock did not hold.
    pub(super) fn lock_failed(&self, index: usize) -> Option<ConnectorId> {
        self.evses[index].lock_failed
    }

    /// For whom the cable of an EVSE stays locked.
    /// Requirements: C15.FR.05.
    pub(super) fn claim(&self, index: usize) -> Option<&Claim> {
        self.evses[index].locked_for.as_ref()
    }

    /// The EVSEs where something may have changed since the last time.
    pub(super) fn take_changed(&mut self) -> Vec<usize> {
        self.evses.take_changed()
    }

    /// How often EVSEs were looked at.
    #[cfg(feature = "testing")]
    pub(super) fn visits(&self) -> usize {
        self.evses.visits()
    }

    /// The cable of a connector lies differently.
    ///
    /// A car is lost where one was connected, and nowhere else (E06.FR.02): a plug that goes into the socket, or leaves it
    /// after the car has gone, is no loss of the car.
    pub(super) fn changed(
        &mut self,
        index: usize,
        at: ConnectorId,
        state: CableState,
    ) -> CableChange {
        let which = usize::try_from(at.connector).unwrap_or(0);
        let evse = &mut self.evses[index];
        let cable = which
            .checked_sub(1)
            .and_then(|which| evse.cables.get_mut(which));
        let Some(cable) = cable else {
            return CableChange::Nothing;
        };
        match (core::mem::replace(cable, state), state) {
            (_, CableState::Connected) => CableChange::CarCame,
            (CableState::Connected, _) if evse.car == Some(at) => {
                evse.car = None;
                CableChange::CarLeft
            }
            (CableState::InSocket, CableState::Unplugged) => CableChange::PlugLeft,
            _ => CableChange::Nothing,
        }
    }

    /// Nothing is in the socket: the lock may hold the next plug, and one that is closed would keep it out.
    pub(super) fn emptied(&mut self, core: &mut Context, index: usize, at: ConnectorId) {
        if self.evses[index].lock_failed.is_some()
            && let Some(at) = self.evses[index].lock_failed.take()
        {
            lock_failure::tell(core, at, false);
        }
        let lock = core.hardware.get(at).map(|connector| connector.lock);
        if lock.is_none_or(|lock| matches!(lock, LockState::Open | LockState::Unknown)) {
            return;
        }
        self.evses[index].locked_for = None;
        if lock != Some(LockState::Unlocking) {
            core.unlock(at);
        }
        if let Some(connector) = core.hardware.get_mut(at) {
            connector.lock = LockState::Open;
        }
    }

    /// Chooses the car that an EVSE serves, one at a time (E01.FR.14): the first that was connected, or only one at the
    /// connector that it is `bound` to, of those that are `usable`. Says whether there is one that was not there before.
    pub(super) fn serve(
        &mut self,
        core: &Context,
        index: usize,
        bound: Option<ConnectorId>,
        usable: impl Fn(ConnectorId) -> bool,
    ) -> bool {
        let mut connectors = connectors_of(core, evse_of(index));
        let found = connectors.find(|at| {
            usable(*at)
                && bound.is_none_or(|bound| bound == *at)
                && core.hardware.get(*at).is_some_and(has_car)
        });
        if found.is_some() {
            self.evses[index].car = found;
        }
        found.is_some()
    }

    /// After a restart: the car that was there before is there still, or not.
    pub(super) fn resume(&mut self, index: usize, car: Option<ConnectorId>) {
        self.evses[index].car = car;
    }

    /// Keeps the cable locked for somebody, if there is something to keep (E05.FR.11, E09.FR.03).
    pub(super) fn keep(&mut self, core: &Context, index: usize, claim: Claim) {
        let mut locks = connectors_of(core, evse_of(index)).filter_map(|at| {
            let connector = core.hardware.get(at)?;
            connector.config.lock.then_some(connector.lock)
        });
        if locks.any(|lock| !matches!(lock, LockState::Open | LockState::Unlocking)) {
            self.evses[index].locked_for = Some(claim);
        }
    }

    /// After a restart: for whom the cable is kept, whatever is known of its lock.
    pub(super) fn keep_unseen(&mut self, index: usize, claim: Option<Claim>) {
        self.evses[index].locked_for = claim;
    }

    /// Keeps the cable for nobody any more. Says for whom it was kept.
    pub(super) fn give_back(&mut self, index: usize) -> Option<Claim> {
        self.evses[index].locked_for.take()
    }

    /// It was known only now how cables lie: where none is in, there is nothing to keep.
    pub(super) fn forget_claims_without_cable(&mut self, core: &Context) {
        for index in 0..self.evses.len() {
            let evse = &self.evses[index];
            let none = evse
                .cables
                .iter()
                .all(|cable| *cable == CableState::Unplugged);
            let fixed = connectors_of(core, evse_of(index)).all(|at| {
                let connector = core.hardware.get(at);
                connector.is_none_or(|connector| !connector.config.lock)
            });
            if evse.locked_for.is_some() && (none || fixed) {
                self.evses[index].locked_for = None;
            }
        }
    }

    /// Whoever has a cable locked keeps it over a power cut (E05.FR.11, E09.FR.03).
    pub(super) fn store_claim(&mut self, core: &mut Context, index: usize) {
        let evse = &self.evses[index];
        if evse.locked_for == evse.stored_claim {
            return;
        }
        let key = claim_key(evse_of(index));
        match &evse.locked_for {
            Some(claim) => core.store(&key, claim),
            None => core.remove(&key),
        }
        let claim = evse.locked_for.clone();
        self.evses[index].stored_claim = claim;
    }

    /// Lets the cable go, unless it is kept for somebody.
    pub(super) fn release(&self, core: &mut Context, index: usize) {
        if self.evses[index].locked_for.is_none() {
            for at in connectors_of(core, evse_of(index)) {
                let lock = core.hardware.get(at).map(|connector| connector.lock);
                if !matches!(lock, Some(LockState::Open | LockState::Unlocking)) {
                    core.unlock(at);
                }
            }
        }
    }

    /// Holds the cable of somebody who may charge.
    pub(super) fn lock(&self, core: &mut Context, index: usize, authorized: bool) {
        let evse = &self.evses[index];
        if authorized
            && evse.lock_failed.is_none()
            && let Some(at) = evse.car
        {
            core.lock(at);
        }
    }

    /// Whether the cable of a connector is to be held after a start: for who may charge with it (`here`), and for whom it is
    /// kept.
    pub(super) fn is_held(&self, index: usize, connector: &Connector, here: bool) -> bool {
        let evse = &self.evses[index];
        let kept = here && evse.lock_failed.is_none() || evse.locked_for.is_some();
        kept && connector.cable != CableState::Unplugged
    }

    /// A lock holds, or not: then nobody begins to charge (G05.FR.01).
    pub(super) fn locked(&mut self, core: &mut Context, index: usize, at: ConnectorId) {
        let before = self.evses[index].lock_failed.replace(at);
        if before != Some(at) {
            lock_failure::tell(core, at, true);
        }
    }

    /// UnlockConnector (F05.FR.01): the lock of somebody who charges stays closed (F05.FR.02), any other one opens, whether
    /// a cable is there or not (F05.FR.04, F05.FR.06).
    pub(super) fn unlock_asked(
        &mut self,
        core: &mut Context,
        call: CallToken,
        at: Option<ConnectorId>,
        charging: bool,
    ) {
        let answer = |core: &mut Context, status| {
            core.answer(call, &UnlockConnectorResponse::new(status));
        };
        let Some(at) = at.filter(|at| core.hardware.get(*at).is_some()) else {
            // F05.FR.03.
            return answer(core, UnlockStatus::UnknownConnector);
        };
        if charging {
            return answer(core, UnlockStatus::OngoingAuthorizedTransaction);
        }
        if !core.unlock(at) {
            return answer(core, UnlockStatus::UnlockFailed);
        }
        self.unlocks.push((call, at));
    }

    /// The answer of a lock that was told to open.
    pub(super) fn unlocked(
        &mut self,
        core: &mut Context,
        index: Option<usize>,
        at: ConnectorId,
        result: UnlockResult,
    ) {
        let status = match result {
            UnlockResult::Unlocked => UnlockStatus::Unlocked,
            // F05.FR.05.
            UnlockResult::Failed => UnlockStatus::UnlockFailed,
        };
        let answered: Vec<_> = self.unlocks.extract_if(.., |(_, of)| *of == at).collect();
        for (call, _) in &answered {
            core.answer(*call, &UnlockConnectorResponse::new(status.clone()));
        }
        if !answered.is_empty()
            && result == UnlockResult::Unlocked
            && let Some(index) = index
        {
            self.evses[index].locked_for = None;
        }
    }
}
