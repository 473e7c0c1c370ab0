//! Cables, buttons, locks and contactors: what people and cars do between presenting a token and driving away.

use ocpp_types::v1_6::{Reason, UnlockConnectorRequest, UnlockConnectorResponse, UnlockStatus};

use super::{ChargePoint, keys};
use crate::session::Token as CallToken;
use crate::station::config::CableKind;
use crate::station::context::Context;
use crate::station::hardware::LockState;
use crate::station::vocabulary::{CableState, ConnectorId, EvseId, UnlockResult};

impl ChargePoint {
    pub(super) fn cable_changed(&mut self, core: &mut Context, at: ConnectorId, state: CableState) {
        let Some(number) = self.number_of(at) else {
            return;
        };
        match state {
            CableState::Connected => self.plugged(core, number),
            CableState::InSocket => self.unplugged_at_ev(core, number),
            CableState::Unplugged => {
                self.unplugged_at_ev(core, number);
                self.unplugged(core, number);
            }
        }
    }

    fn plugged(&mut self, core: &mut Context, number: usize) {
        if self.slots[number].auth.is_none()
            && self.slots[number].transaction.is_none()
            && self.floating.as_ref().is_some_and(|auth| auth.granted)
            && let Some(auth) = self.floating.take()
        {
            let group = auth.group.as_ref();
            if self.may_use(core, number, &auth.token)
                && !self.reservation_refuses(core, number, &auth.token, group)
            {
                let mut auth = auth;
                auth.details.reservation =
                    self.reservation_for(number, &auth.token, auth.group.as_ref());
                self.slots[number].auth = Some(auth);
            } else {
                self.floating = Some(auth);
            }
        }
        self.try_start(core, number);
    }

    /// The car is gone; the cable may still be in the socket.
    fn unplugged_at_ev(&mut self, core: &mut Context, number: usize) {
        let Some(transaction) = self.slots[number].transaction else {
            return;
        };
        let unlock = core.variables.bool(keys::UNLOCK_ON_EV_DISCONNECT);
        let detachable = core
            .hardware
            .get(self.slots[number].at)
            .is_some_and(|connector| connector.config.cable == CableKind::Detachable);
        let gone = detachable && self.cable(core, number) == CableState::Unplugged;
        // Without a cable in the socket nobody can go on with the transaction.
        if core.variables.bool(keys::STOP_ON_EV_DISCONNECT) || gone {
            self.stop(core, transaction, Reason::EvDisconnected, None);
            if unlock {
                core.unlock(self.slots[number].at);
            }
        }
    }

    /// All user actions are completed.
    fn unplugged(&mut self, core: &mut Context, number: usize) {
        let slot = &mut self.slots[number];
        slot.finishing = false;
        slot.locked_for = None;
        slot.lock_failed = false;
        if let Some(connector) = core.hardware.get_mut(slot.at) {
            connector.lock = LockState::Open;
        }
    }

    pub(super) fn stop_pressed(&mut self, core: &mut Context, evse: EvseId, emergency: bool) {
        let reason = if emergency {
            Reason::EmergencyStop
        } else {
            Reason::Local
        };
        for number in self.connectors() {
            if self.slots[number].at.evse == evse
                && let Some(transaction) = self.slots[number].transaction
            {
                self.stop(core, transaction, reason.clone(), None);
            }
        }
    }

    /// The lock holds, or not.
    pub(super) fn locked(&mut self, core: &mut Context, at: ConnectorId, success: bool) {
        let Some(number) = self.number_of(at) else {
            return;
        };
        if success {
            self.try_start(core, number);
        } else {
            self.slots[number].lock_failed = true;
            self.slots[number].auth = None;
        }
    }

    pub(super) fn power_failing(&mut self, core: &mut Context, time_to_report: bool) {
        self.going_down = true;
        self.floating = None;
        for number in self.connectors() {
            self.slots[number].auth = None;
            let Some(transaction) = self.slots[number].transaction else {
                continue;
            };
            if time_to_report {
                self.stop(core, transaction, Reason::PowerLoss, None);
            } else {
                self.transactions.note_meter(core, transaction, true);
            }
        }
    }

    /// Offers energy where a transaction may have it, and nowhere else.
    pub(super) fn update_contactors(&mut self, core: &mut Context) {
        for number in self.connectors() {
            let at = self.slots[number].at;
            let transaction = self.slots[number].transaction;
            let offered = transaction
                .and_then(|t| self.transactions.get(t))
                .is_some_and(|t| {
                    t.meter_start.is_some() && t.details.stopping.is_none() && !t.suspended
                });
            let unlocking = core
                .hardware
                .get(at)
                .is_some_and(|connector| connector.lock == LockState::Unlocking);
            let closed = offered
                && !unlocking
                && !self.faulted(core, number)
                && !self.no_power(core, number)
                && self.cable(core, number) == CableState::Connected;
            core.contactor(at, closed);
        }
    }

    /// UnlockConnector (5.18 with erratum 3.87).
    pub(super) fn unlock_connector(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &UnlockConnectorRequest,
    ) {
        let number = self.slot_number(request.connector_id);
        let lockable = |number: &usize| {
            let connector = core.hardware.get(self.slots[*number].at);
            connector.is_some_and(|connector| connector.config.lock)
        };
        let Some(number) = number.filter(lockable) else {
            let response = UnlockConnectorResponse::new(UnlockStatus::NotSupported);
            return core.answer(call, &response);
        };
        let at = self.slots[number].at;
        // Never unlock under load.
        core.contactor(at, false);
        core.unlock(at);
        self.unlocks.push((call, number));
    }

    /// The answer of a lock that was told to open.
    pub(super) fn unlocked(&mut self, core: &mut Context, at: ConnectorId, result: UnlockResult) {
        let Some(number) = self.number_of(at) else {
            return;
        };
        let mut commanded = false;
        let mut waiting = alloc::vec::Vec::new();
        core::mem::swap(&mut waiting, &mut self.unlocks);
        for (call, of) in waiting {
            if of != number {
                self.unlocks.push((call, of));
                continue;
            }
            commanded = true;
            let status = match result {
                UnlockResult::Unlocked => UnlockStatus::Unlocked,
                UnlockResult::Failed => UnlockStatus::UnlockFailed,
            };
            core.answer(call, &UnlockConnectorResponse::new(status));
        }
        if commanded && result == UnlockResult::Unlocked {
            self.slots[number].locked_for = None;
            if let Some(transaction) = self.slots[number].transaction {
                self.stop(core, transaction, Reason::UnlockCommand, None);
            }
        }
    }
}
