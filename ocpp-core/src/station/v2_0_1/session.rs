//! What people and cars do between presenting a token and driving away: conditions, cables, locks, contactors, and the
//! beginning and the end of transactions that follow from them.

use core::time::Duration;

use ocpp_types::v2_0_1::{
    ChargingState, Reason, TriggerReason, UnlockConnectorRequest, UnlockConnectorResponse,
    UnlockStatus,
};

use super::points::{Conditions, Point};
use super::transaction::Cue;
use super::{ChargingStation, model};
use crate::session::Token as CallToken;
use crate::station::authorization::Authorizing as _;
use crate::station::config::CableKind;
use crate::station::context::Context;
use crate::station::hardware::{Connector, LockState};
use crate::station::vocabulary::{CableState, ConnectorId, EvState, EvseId, UnlockResult};

impl ChargingStation {
    /// The connector of an EVSE with a car.
    pub(super) fn connected(&self, core: &Context, index: usize) -> Option<ConnectorId> {
        let mut connectors = self.evses[index].connectors.iter();
        let with_car = |at: ConnectorId| {
            let connector = core.hardware.get(at);
            connector.is_some_and(|connector| connector.cable == CableState::Connected)
        };
        connectors.find(|c| with_car(c.at)).map(|c| c.at)
    }

    /// The connector that a transaction of an EVSE runs at, or will.
    pub(super) fn place(&self, core: &Context, index: usize) -> ConnectorId {
        let evse = &self.evses[index];
        let running = evse.transaction.and_then(|t| self.transactions.get(t));
        let running = running.map(|transaction| transaction.at);
        let first = evse.connectors.first().map(|connector| connector.at);
        let place = self.connected(core, index).or(running).or(first);
        place.unwrap_or_else(|| ConnectorId::new(evse.id, 1))
    }

    /// Whether a car that is gone for the moment may come back to its transaction (E10).
    fn held(&self, core: &Context, index: usize) -> bool {
        let evse = &self.evses[index];
        let Some(number) = evse.transaction else {
            return false;
        };
        let authorized = evse.auth.as_ref().is_some_and(|auth| auth.granted);
        let connector = core.hardware.get(self.place(core, index));
        authorized
            && self.reached(number, Point::EvConnected)
            && !core.variables.bool(model::STOP_ON_EV_DISCONNECT)
            && connector.is_some_and(|connector| !is_gone(connector))
    }

    fn conditions(&self, core: &Context, index: usize) -> Conditions {
        let evse = &self.evses[index];
        let at = self.place(core, index);
        let connector = core.hardware.get(at);
        let bay = core.hardware.bays.get(index);
        let authorized = evse.auth.as_ref().is_some_and(|auth| auth.granted);
        let connected = self.connected(core, index).is_some();
        let plugged = connected || self.held(core, index);
        // A lock that closes again, because the station or the hardware has restarted, ends nothing; the contactor waits.
        let was_closed = evse
            .transaction
            .is_some_and(|number| self.reached(number, Point::PowerPathClosed));
        let locked = connector.is_none_or(|connector| {
            !connector.config.lock
                || match connector.lock {
                    LockState::Locked => true,
                    LockState::Unknown | LockState::Locking => was_closed,
                    LockState::Open | LockState::Unlocking => false,
                }
        });
        // Without authorization the contactor opens at once: the end has one cause, and one event (E05.FR.10).
        let energy = connected
            && authorized
            && connector
                .is_some_and(|connector| connector.is_closed() && connector.ev == EvState::Ready);
        Conditions::default()
            .with(
                Point::ParkingBayOccupancy,
                bay.is_some_and(|bay| bay.occupied),
            )
            .with(Point::EvConnected, plugged)
            .with(Point::Authorized, authorized)
            .with(Point::PowerPathClosed, authorized && plugged && locked)
            .with(Point::EnergyTransfer, energy)
    }

    /// `ChargingStateEnumType` as it follows from everything that is known.
    pub(super) fn charging_state(&self, core: &Context, index: usize) -> ChargingState {
        let evse = &self.evses[index];
        let Some(connector) = self
            .connected(core, index)
            .and_then(|at| core.hardware.get(at))
        else {
            return ChargingState::Idle;
        };
        if !evse.auth.as_ref().is_some_and(|auth| auth.granted) {
            ChargingState::EvConnected
        } else if !connector.is_closed() {
            ChargingState::SuspendedEvse
        } else if connector.ev == EvState::Ready {
            ChargingState::Charging
        } else {
            ChargingState::SuspendedEv
        }
    }

    /// After a start a cable is held for who may charge with it and for whom it is kept, and for nobody else.
    fn settle_locks(&self, core: &mut Context) {
        let wanted = |connector: &Connector| {
            let index = self.index_of(connector.id.evse);
            let Some(evse) = index.map(|index| &self.evses[index]) else {
                return false;
            };
            let running = evse.transaction.and_then(|t| self.transactions.get(t));
            let here = running.is_some_and(|t| t.at == connector.id)
                || connector.cable == CableState::Connected;
            let granted = evse.auth.as_ref().is_some_and(|auth| auth.granted);
            let kept = granted && here && !evse.lock_failed || evse.locked_for.is_some();
            kept && connector.cable != CableState::Unplugged
        };
        if core.begun {
            core.settle_locks(wanted);
        }
    }

    /// Lets transactions, locks and contactors follow the conditions.
    pub(super) fn update_sessions(&mut self, core: &mut Context) {
        self.settle_locks(core);
        for index in 0..self.evses.len() {
            self.update_lock(core, index);
            self.follow(core, index);
            self.update_contactor(core, index);
            // The contactor changes the charging state, and may be where a transaction begins.
            self.follow(core, index);
        }
    }

    fn follow(&mut self, core: &mut Context, index: usize) {
        let now = self.conditions(core, index);
        let before = self.evses[index].seen;
        let cue = self.evses[index].cue.take();
        match self.evses[index].transaction {
            None => {
                let points = Conditions::of(core.variables.list(model::START_POINT));
                if now.gained(before, points) {
                    if !self.may_start(core) {
                        // The moment is not lost.
                        return;
                    }
                    let early = points
                        .with(Point::PowerPathClosed, false)
                        .with(Point::EnergyTransfer, false);
                    let trigger = cue.map(|cue| cue.trigger).filter(|trigger| {
                        *trigger == TriggerReason::RemoteStart || now.gained(before, early)
                    });
                    let trigger = trigger.unwrap_or(TriggerReason::ChargingStateChanged);
                    self.evses[index].seen = now;
                    self.begin(core, index, trigger);
                }
            }
            Some(number) => self.go_on(core, index, number, now, cue),
        }
        self.evses[index].seen = now;
    }

    fn go_on(
        &mut self,
        core: &mut Context,
        index: usize,
        number: u64,
        now: Conditions,
        cue: Option<Cue>,
    ) {
        let at = self.place(core, index);
        let state = self.charging_state(core, index);
        let Some(transaction) = self.transactions.get_mut(number) else {
            self.evses[index].transaction = None;
            return;
        };
        let details = &mut transaction.details;
        if details.ending.is_some() {
            return;
        }
        let reached = details.reached.and(now);
        let authorized = now.has(Point::Authorized);
        let changed =
            reached != details.reached || authorized != details.authorized || at != transaction.at;
        details.reached = reached;
        details.authorized = authorized;
        if authorized {
            details.reason = None;
        } else if let Some(reason) = cue.as_ref().and_then(|cue| cue.reason.as_ref()) {
            details.reason.get_or_insert_with(|| reason.clone());
        }
        transaction.at = at;
        let told = details.told == Some(state);
        if changed {
            core.changes(self.transactions.store(number));
        }
        let points = Conditions::of(core.variables.list(model::STOP_POINT));
        let nothing_left =
            !authorized && !now.has(Point::EvConnected) && !now.has(Point::ParkingBayOccupancy);
        if reached.gained(now, points) || nothing_left {
            let cue = cue.unwrap_or_else(|| self.unprompted(core, at));
            self.end(core, number, cue);
            self.release_cable(core, index);
        } else if let Some(cue) = cue {
            self.update(core, number, cue, None, None);
        } else if !told {
            let cue = Cue::new(TriggerReason::ChargingStateChanged);
            self.update(core, number, cue, None, None);
        }
    }

    /// Why a transaction ends that nobody has ended: the car has had enough, or a fault.
    fn unprompted(&self, core: &Context, at: ConnectorId) -> Cue {
        let index = self.index_of(at.evse);
        if index.is_some_and(|index| self.faulted(core, index)) {
            return Cue::ending(TriggerReason::AbnormalCondition, Reason::Other);
        }
        Cue::ending(TriggerReason::ChargingStateChanged, Reason::StoppedByEv)
    }

    /// Takes the authorization away; what follows for the transaction depends on `TxStopPoint`.
    pub(super) fn deauthorize(&mut self, index: usize, cue: Cue) {
        self.evses[index].auth = None;
        self.evses[index].cue = Some(cue);
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

    fn update_lock(&mut self, core: &mut Context, index: usize) {
        let authorized = self.evses[index]
            .auth
            .as_ref()
            .is_some_and(|auth| auth.granted);
        if authorized
            && !self.evses[index].lock_failed
            && let Some(at) = self.connected(core, index)
        {
            core.lock(at);
        }
    }

    /// Offers energy where it is allowed, and nowhere else.
    fn update_contactor(&mut self, core: &mut Context, index: usize) {
        let path = self.conditions(core, index).has(Point::PowerPathClosed);
        let at = self.connected(core, index);
        let evse = &self.evses[index];
        let allowed = match evse.transaction {
            Some(number) => self.transactions.get(number).is_some_and(|t| {
                t.meter_start.is_some() && t.details.ending.is_none() && !t.suspended
            }),
            None => {
                let points = Conditions::of(core.variables.list(model::START_POINT));
                points.has(Point::EnergyTransfer) && self.may_start(core)
            }
        };
        let free = allowed && path && !self.faulted(core, index);
        for connector in &evse.connectors {
            let closed = at == Some(connector.at)
                && core
                    .hardware
                    .get(connector.at)
                    .is_some_and(|connector| free && connector.has_power() && connector.holds());
            core.contactor(connector.at, closed);
        }
    }

    pub(super) fn cable_changed(&mut self, core: &mut Context, at: ConnectorId, state: CableState) {
        let Some(index) = self.index_of(at.evse) else {
            return;
        };
        if state == CableState::Connected {
            self.plugged(core, index);
            return;
        }
        self.unplugged_at_ev(core, index, at);
        if state == CableState::Unplugged {
            let evse = &mut self.evses[index];
            evse.locked_for = None;
            evse.lock_failed = false;
            if let Some(connector) = core.hardware.get_mut(at) {
                connector.lock = LockState::Open;
            }
        }
    }

    fn plugged(&mut self, core: &Context, index: usize) {
        if self.is_free(core, index)
            && let Some(auth) = self.floating.take_if(|auth| auth.granted)
        {
            self.evses[index].auth = Some(auth);
        }
        if let Some(auth) = &mut self.evses[index].auth
            && auth.granted
        {
            // From here on it no longer depends on the cable being plugged in in time.
            auth.deadline = None;
        }
        self.evses[index].cue = Some(Cue::new(TriggerReason::CablePluggedIn));
    }

    /// The car is gone; the cable may still be in the socket.
    fn unplugged_at_ev(&mut self, core: &mut Context, index: usize, at: ConnectorId) {
        let timeout = core.variables.u32(model::CONNECTION_TIMEOUT);
        let timeout = Duration::from_secs(timeout.into());
        let deadline = core.instant() + timeout;
        let gone = core.hardware.get(at).is_some_and(is_gone);
        let running = self.evses[index].transaction.is_some();
        let stop = core.variables.bool(model::STOP_ON_EV_DISCONNECT);
        let fixed = core
            .hardware
            .get(at)
            .is_some_and(|connector| connector.config.cable == CableKind::Fixed);
        let evse = &mut self.evses[index];
        if !running {
            // E03: the time to plug in begins anew.
            if let Some(auth) = &mut evse.auth {
                auth.deadline = (!timeout.is_zero()).then_some(deadline);
            }
            return;
        }
        let reason = Reason::EvDisconnected;
        evse.cue = Some(Cue::ending(TriggerReason::EvCommunicationLost, reason));
        if stop || gone {
            // E09.FR.01.
            evse.auth = None;
            if core.variables.bool(model::UNLOCK_ON_EV_DISCONNECT) {
                core.unlock(at);
            }
        } else if let Some(auth) = &mut evse.auth
            && fixed
        {
            // E10.FR.02.
            auth.deadline = (!timeout.is_zero()).then_some(deadline);
        }
    }

    pub(super) fn bay_changed(&mut self, evse: EvseId, occupied: bool) {
        if let Some(index) = self.index_of(evse) {
            self.evses[index].cue = Some(if occupied {
                Cue::new(TriggerReason::EvDetected)
            } else {
                Cue::new(TriggerReason::EvDeparted)
            });
        }
    }

    pub(super) fn stop_pressed(&mut self, core: &mut Context, evse: EvseId, emergency: bool) {
        let Some(index) = self.index_of(evse) else {
            return;
        };
        if emergency {
            let trigger = TriggerReason::AbnormalCondition;
            self.end_at(core, index, Cue::ending(trigger, Reason::EmergencyStop));
        } else if self.evses[index].transaction.is_some() {
            let cue = Cue::ending(TriggerReason::StopAuthorized, Reason::Local);
            self.deauthorize(index, cue);
            self.release_cable(core, index);
        }
    }

    /// The lock holds, or not.
    pub(super) fn locked(&mut self, at: ConnectorId, success: bool) {
        if let Some(index) = self.index_of(at.evse)
            && !success
        {
            self.evses[index].lock_failed = true;
            let cue = Cue::ending(TriggerReason::AbnormalCondition, Reason::Other);
            self.deauthorize(index, cue);
        }
    }

    pub(super) fn power_failing(&mut self, core: &mut Context, time_to_report: bool) {
        self.going_down = true;
        self.floating = None;
        for index in 0..self.evses.len() {
            match self.evses[index].transaction {
                None => self.evses[index].auth = None,
                Some(_) if time_to_report => {
                    let trigger = TriggerReason::AbnormalCondition;
                    self.end_at(core, index, Cue::ending(trigger, Reason::PowerLoss));
                }
                Some(number) => self.transactions.note_meter(core, number, true),
            }
        }
    }

    /// UnlockConnector (F05).
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
            return answer(core, UnlockStatus::UnknownConnector);
        };
        let evse = &self.evses[index];
        let authorized = evse.auth.as_ref().is_some_and(|auth| auth.granted);
        let running = evse.transaction.and_then(|t| self.transactions.get(t));
        let here = running.is_some_and(|t| t.at == at && t.details.ending.is_none());
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

/// Whether a detachable cable is out of its socket, so that nobody can go on with a transaction.
pub(super) fn is_gone(connector: &Connector) -> bool {
    connector.config.cable == CableKind::Detachable && connector.cable == CableState::Unplugged
}
