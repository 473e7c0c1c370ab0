//! Cables and their locks: which car an EVSE serves, and what it means when a car or a cable is gone (E02, E03, E09, E10,
//! F05).

use alloc::format;
use alloc::string::String;
use core::time::Duration;

use ocpp_types::v2_0_1::{
    Reason, TriggerReason, UnlockConnectorRequest, UnlockConnectorResponse, UnlockStatus,
};

use serde::{Deserialize, Serialize};

use super::ChargingStation;
use super::points::Point;
use super::transaction::Cue;
use crate::session::CallToken;
use crate::station::config::CableKind;
use crate::station::context::Context;
use crate::station::device_model::Standard;
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

impl ChargingStation {
    /// The cable of a connector lies differently.
    ///
    /// A car is lost where one was connected, and nowhere else (E06.FR.02): a plug that goes into the socket, or leaves it
    /// after the car has gone, is no loss of the car.
    pub(super) fn cable_changed(&mut self, core: &mut Context, at: ConnectorId, state: CableState) {
        let Some(index) = self.index_of(at.evse) else {
            return;
        };
        let evse = &mut self.evses[index];
        let Some(connector) = evse.connectors.iter_mut().find(|one| one.at == at) else {
            return;
        };
        let before = core::mem::replace(&mut connector.cable, state);
        match (before, state) {
            (_, CableState::Connected) => self.serve_car(core, index),
            (CableState::Connected, _) if evse.car == Some(at) => self.car_left(core, index, at),
            (CableState::InSocket, CableState::Unplugged) => self.plug_left(index, at),
            _ => {}
        }
        if state == CableState::Unplugged {
            self.forget_lock_failure(core, index);
            self.socket_is_empty(core, index, at);
        }
    }

    /// Chooses the car that an EVSE serves, one at a time (E01.FR.14): the first that was connected, and while somebody
    /// may charge in a transaction only a car at the connector of that transaction, lest another one charges at their expense.
    pub(super) fn serve_car(&mut self, core: &mut Context, index: usize) {
        let evse = &self.evses[index];
        if evse.car.is_some() {
            return;
        }
        let running = evse.transaction.and_then(|t| self.transactions.get(t));
        if running.is_some_and(|t| t.details.ending.is_some()) {
            return;
        }
        let begun = running.filter(|t| t.details.reached.has(Point::EvConnected));
        let authorized = evse.auth.as_ref().is_some_and(|auth| auth.granted);
        let bound = begun.filter(|_| authorized).and_then(|t| t.at);
        // Nobody charges where the connector is not to be used, but for a transaction that runs there.
        let used = begun.and_then(|t| t.at);
        let usable = evse.connectors.iter();
        let usable = usable.filter(|one| one.operative || used == Some(one.at));
        let mut connectors = usable.map(|connector| connector.at);
        let found = connectors.find(|at| {
            bound.is_none_or(|bound| bound == *at) && core.hardware.get(*at).is_some_and(has_car)
        });
        if found.is_some() {
            self.evses[index].car = found;
            self.plugged(core, index);
        }
    }

    fn plugged(&mut self, core: &mut Context, index: usize) {
        self.seat(core, index);
        if let Some(auth) = &mut self.evses[index].auth
            && auth.granted
        {
            // From here on it no longer depends on the cable being plugged in in time.
            auth.deadline = None;
        }
        self.evses[index].cue = Some(Cue::new(TriggerReason::CablePluggedIn));
    }

    /// The car is gone; the cable may still be in the socket.
    fn car_left(&mut self, core: &mut Context, index: usize, at: ConnectorId) {
        let timeout = core.variables.u32(Standard::ConnectionTimeout);
        let timeout = Duration::from_secs(timeout.into());
        let deadline = (!timeout.is_zero()).then(|| core.instant() + timeout);
        let gone = core.hardware.get(at).is_some_and(is_gone);
        let stop = core.variables.bool(Standard::StopOnEvDisconnect);
        let fixed = core
            .hardware
            .get(at)
            .is_some_and(|connector| connector.config.cable == CableKind::Fixed);
        let evse = &mut self.evses[index];
        evse.car = None;
        let Some(number) = evse.transaction else {
            // E03: the time to plug in begins anew.
            if let Some(auth) = evse.auth.as_mut().filter(|auth| auth.granted) {
                auth.deadline = deadline;
            }
            return;
        };
        evse.cue = Some(Cue::ending(
            TriggerReason::EvCommunicationLost,
            Reason::EvDisconnected,
        ));
        if stop || gone {
            // E09.FR.01.
            evse.auth = None;
            if core.variables.bool(Standard::UnlockOnEvDisconnect) {
                // E09.FR.02.
                core.unlock(at);
            } else {
                self.claim_cable(core, index, number, false);
            }
        } else if let Some(auth) = evse.auth.as_mut().filter(|_| fixed) {
            // E10.FR.02.
            auth.deadline = deadline;
        }
    }

    /// The plug is out of the socket although its cable was to stay locked until the driver is back (E10.FR.01): nobody
    /// can go on with the transaction, and the next cable must not charge at the driver's expense.
    fn plug_left(&mut self, index: usize, at: ConnectorId) {
        let evse = &self.evses[index];
        let running = evse.transaction.and_then(|t| self.transactions.get(t));
        let suspended = running
            .is_some_and(|t| t.at == Some(at) && t.details.reached.has(Point::EvConnected))
            && evse.auth.as_ref().is_some_and(|auth| auth.granted);
        if suspended {
            let reason = Reason::EvDisconnected;
            self.deauthorize(index, Cue::ending(TriggerReason::AbnormalCondition, reason));
        }
    }

    /// Keeps the cable locked for the owner of a transaction, if there is something to keep (E05.FR.11, E09.FR.03).
    pub(super) fn claim_cable(&mut self, core: &Context, index: usize, number: u64, refused: bool) {
        let evse = &mut self.evses[index];
        let mut locks = evse.connectors.iter().filter_map(|connector| {
            let connector = core.hardware.get(connector.at)?;
            connector.config.lock.then_some(connector.lock)
        });
        if locks.any(|lock| !matches!(lock, LockState::Open | LockState::Unlocking))
            && let Some(transaction) = self.transactions.get(number)
        {
            let owner = transaction.token.clone();
            evse.locked_for = Some(Claim { owner, refused });
        }
    }

    /// For whom cables were kept locked before the start.
    pub(super) fn restore_claims(&mut self, records: &Records) {
        for index in 0..self.evses.len() {
            let evse = &mut self.evses[index];
            evse.locked_for = records.get(&claim_key(evse.id));
            evse.stored_claim.clone_from(&evse.locked_for);
        }
    }

    /// It was known only now how cables lie: where none is in, there is nothing to keep.
    pub(super) fn forget_claims_without_cable(&mut self, core: &Context) {
        for index in 0..self.evses.len() {
            let evse = &self.evses[index];
            let mut cables = evse.connectors.iter().map(|one| one.cable);
            let none = cables.all(|cable| cable == CableState::Unplugged);
            let fixed = evse.connectors.iter().all(|one| {
                let connector = core.hardware.get(one.at);
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
        let key = claim_key(evse.id);
        match &evse.locked_for {
            Some(claim) => core.store(&key, claim),
            None => core.remove(&key),
        }
        let claim = evse.locked_for.clone();
        self.evses[index].stored_claim = claim;
    }

    /// Lets the cable go, unless it is kept for somebody.
    pub(super) fn release_cable(&self, core: &mut Context, index: usize) {
        if self.evses[index].locked_for.is_none() {
            for connector in &self.evses[index].connectors {
                let lock = core.hardware.get(connector.at).map(|c| c.lock);
                if !matches!(lock, Some(LockState::Open | LockState::Unlocking)) {
                    core.unlock(connector.at);
                }
            }
        }
    }

    pub(super) fn update_lock(&mut self, core: &mut Context, index: usize) {
        let evse = &self.evses[index];
        let authorized = evse.auth.as_ref().is_some_and(|auth| auth.granted);
        if authorized
            && evse.lock_failed.is_none()
            && let Some(at) = evse.car
        {
            core.lock(at);
        }
    }

    /// A lock that is closed although nothing is in the socket would keep the next plug out.
    fn socket_is_empty(&mut self, core: &mut Context, index: usize, at: ConnectorId) {
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

    /// UnlockConnector (F05.FR.01): the lock of somebody who charges stays closed (F05.FR.02), any other one opens, whether
    /// a cable is there or not (F05.FR.04, F05.FR.06).
    pub(super) fn unlock_connector(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &UnlockConnectorRequest,
    ) {
        let answer = |core: &mut Context, status| {
            core.answer(call, &UnlockConnectorResponse::new(status));
        };
        let index = self.evse_number(request.evse_id);
        let connector = u32::try_from(request.connector_id).ok();
        let at = index.zip(connector).map(|(index, connector)| {
            let at = ConnectorId::new(self.evses[index].id, connector);
            (index, at)
        });
        let known = at.filter(|(_, at)| core.hardware.get(*at).is_some());
        let Some((index, at)) = known else {
            // F05.FR.03.
            return answer(core, UnlockStatus::UnknownConnector);
        };
        let evse = &self.evses[index];
        let authorized = evse.auth.as_ref().is_some_and(|auth| auth.granted);
        let running = evse.transaction.and_then(|t| self.transactions.get(t));
        let here = running.is_some_and(|t| t.at == Some(at) && t.details.ending.is_none());
        if authorized && here {
            return answer(core, UnlockStatus::OngoingAuthorizedTransaction);
        }
        if !core.unlock(at) {
            return answer(core, UnlockStatus::UnlockFailed);
        }
        self.unlocks.push((call, at));
    }

    /// The answer of a lock that was told to open.
    pub(super) fn unlocked(&mut self, core: &mut Context, at: ConnectorId, result: UnlockResult) {
        let status = match result {
            UnlockResult::Unlocked => UnlockStatus::Unlocked,
            // F05.FR.05.
            UnlockResult::Failed => UnlockStatus::UnlockFailed,
        };
        let answered: alloc::vec::Vec<_> =
            self.unlocks.extract_if(.., |(_, of)| *of == at).collect();
        for (call, _) in &answered {
            core.answer(*call, &UnlockConnectorResponse::new(status.clone()));
        }
        if !answered.is_empty()
            && result == UnlockResult::Unlocked
            && let Some(index) = self.index_of(at.evse)
        {
            self.evses[index].locked_for = None;
        }
    }
}
