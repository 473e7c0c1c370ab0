//! Cables, buttons, locks and contactors: what people and cars do between presenting a token and driving away.

use ocpp_types::v1_6::{Reason, UnlockConnectorRequest, UnlockConnectorResponse, UnlockStatus};

use serde::{Deserialize, Serialize};

use super::ChargePoint;
use super::transaction::Details;
use crate::session::CallToken;
use crate::station::authorization::deadline;
use crate::station::config::CableKind;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::hardware::{Connector, LockState};
use crate::station::record::Records;
use crate::station::transaction::Transaction;
use crate::station::vocabulary::{CableState, ConnectorId, EvseId, Token, UnlockResult};

/// How many commands wait for locks at most.
const MAX_UNLOCKS: usize = 100;

/// Whose cable stays locked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Owner {
    token: Token,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group: Option<Token>,
}

impl Owner {
    pub(super) fn of(transaction: &Transaction<Details>) -> Self {
        Self {
            token: transaction.token.clone(),
            group: transaction.group.clone(),
        }
    }

    /// Whether this token, or another of its group, may have the cable.
    pub(super) fn is(&self, token: &Token, group: Option<&Token>) -> bool {
        let same_group = match (&self.group, group) {
            (Some(own), Some(other)) => own.same_id(&other.id),
            _ => false,
        };
        self.token.same_id(&token.id) || same_group
    }
}

fn owner_key(number: usize) -> alloc::string::String {
    alloc::format!("cable-owner/{number}")
}

impl ChargePoint {
    pub(super) fn cable_changed(&mut self, core: &mut Context, at: ConnectorId, state: CableState) {
        let Some(number) = self.connectors.number_of(at) else {
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
        self.take_over(core, number);
        self.seat_floating(core);
        self.try_start(core, number);
    }

    /// Who was authorized for an EVSE may plug in at any of its connectors.
    fn take_over(&mut self, core: &Context, number: usize) {
        let evse = self.connectors.evse(number);
        let waiting = |other: &usize| {
            let slot = &self.slots[*other];
            *other != number
                && slot.at.evse == evse
                && slot.transaction.is_none()
                && slot
                    .auth
                    .as_ref()
                    .is_some_and(|auth| auth.details.reservation.is_none())
                && !self.connectors.is_plugged(core, *other)
        };
        let Some(other) = self.connectors.numbers().find(waiting) else {
            return;
        };
        if self.slots[number].auth.is_none()
            && let Some(auth) = self.slots[other].auth.take_if(|auth| auth.granted)
        {
            self.slots[number].auth = Some(auth);
        }
    }

    /// The car is gone; the cable may still be in the socket.
    fn unplugged_at_ev(&mut self, core: &mut Context, number: usize) {
        let Some(transaction) = self.slots[number].transaction else {
            // The time to plug in begins anew.
            let until = deadline(core);
            if let Some(auth) = &mut self.slots[number].auth
                && auth.granted
            {
                auth.deadline = until;
            }
            return;
        };
        let unlock = core.variables.bool(Standard::UnlockOnEvDisconnect);
        // Without a cable in the socket nobody can go on with the transaction.
        if core.variables.bool(Standard::StopOnEvDisconnect) || self.cable_is_gone(core, number) {
            self.stop(core, transaction, Reason::EvDisconnected, None);
            if unlock {
                core.unlock(self.connectors.at(number));
            }
        }
    }

    /// Whether a detachable cable is out of its socket.
    pub(super) fn cable_is_gone(&self, core: &Context, number: usize) -> bool {
        let connector = core.hardware.get(self.connectors.at(number));
        connector.is_some_and(|connector| {
            connector.config.cable == CableKind::Detachable
                && connector.cable == CableState::Unplugged
        })
    }

    /// All user actions are completed.
    fn unplugged(&mut self, core: &mut Context, number: usize) {
        self.keep_locked(core, number, None);
        let slot = &mut self.slots[number];
        slot.finishing = false;
        slot.lock_failed = false;
        let at = slot.at;
        let closed = |connector: &Connector| connector.lock == LockState::Locked;
        if core.hardware.get(at).is_some_and(closed) {
            // It would keep the next plug out.
            core.unlock(at);
        }
        if let Some(connector) = core.hardware.get_mut(at) {
            connector.lock = LockState::Open;
        }
    }

    /// Keeps a cable locked for its owner, over restarts too; `None` for nobody.
    pub(super) fn keep_locked(&mut self, core: &mut Context, number: usize, owner: Option<Owner>) {
        let has_lock = core
            .hardware
            .get(self.connectors.at(number))
            .is_some_and(|connector| connector.config.lock);
        let owner = owner.filter(|_| has_lock);
        match &owner {
            Some(owner) => core.store(&owner_key(number), owner),
            None if self.slots[number].locked_for.is_some() => core.remove(&owner_key(number)),
            None => {}
        }
        self.slots[number].locked_for = owner;
    }

    pub(super) fn restore_owners(&mut self, records: &Records) {
        for number in self.connectors.numbers() {
            self.slots[number].locked_for = records.get(&owner_key(number));
        }
    }

    /// Unlocks a cable that is nobody's any more.
    pub(super) fn free_cable(&mut self, core: &mut Context, number: usize) {
        self.keep_locked(core, number, None);
        core.unlock(self.connectors.at(number));
    }

    pub(super) fn stop_pressed(&mut self, core: &mut Context, evse: EvseId, emergency: bool) {
        let reason = if emergency {
            Reason::EmergencyStop
        } else {
            Reason::Local
        };
        for number in self.connectors.numbers() {
            if self.connectors.evse(number) == evse
                && let Some(transaction) = self.slots[number].transaction
            {
                self.stop(core, transaction, reason.clone(), None);
            }
        }
    }

    /// The lock holds, or not.
    pub(super) fn locked(&mut self, core: &mut Context, at: ConnectorId, success: bool) {
        let Some(number) = self.connectors.number_of(at) else {
            return;
        };
        if success {
            self.try_start(core, number);
        } else {
            self.slots[number].lock_failed = true;
            self.slots[number].auth = None;
        }
    }

    /// The power has not gone after all.
    pub(super) fn power_restored(&mut self, core: &mut Context) {
        self.going_down = false;
        for number in self.connectors.numbers() {
            self.try_start(core, number);
        }
    }

    pub(super) fn power_failing(&mut self, core: &mut Context, time_to_report: bool) {
        self.going_down = true;
        self.floating = None;
        for number in self.connectors.numbers() {
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

    /// After a start a cable is held for who charges with it and for whom it is kept, and for nobody else.
    pub(super) fn settle_locks(&mut self, core: &mut Context) {
        if !core.begun {
            return;
        }
        for number in self.connectors.numbers() {
            if self.connectors.cable(core, number) == CableState::Unplugged {
                self.keep_locked(core, number, None);
            }
        }
        let wanted = |connector: &Connector| {
            let number = self.connectors.number_of(connector.id);
            number
                .map(|number| &self.slots[number])
                .is_some_and(|slot| {
                    let running = slot.transaction.and_then(|t| self.transactions.get(t));
                    let charges = running.is_some_and(|t| t.details.stopping.is_none());
                    (charges && !slot.lock_failed) || slot.locked_for.is_some()
                })
        };
        core.settle_locks(wanted);
    }

    /// Offers energy where a transaction may have it, and nowhere else.
    pub(super) fn update_contactors(&mut self, core: &mut Context) {
        for number in self.connectors.numbers() {
            let at = self.connectors.at(number);
            let transaction = self.slots[number].transaction;
            let offered = transaction
                .and_then(|t| self.transactions.get(t))
                .is_some_and(|t| {
                    t.meter_start.is_some() && t.details.stopping.is_none() && !t.suspended
                });
            let held = core.hardware.get(at).is_some_and(Connector::holds);
            let closed = offered
                && held
                && !self.faulted(core, number)
                && !self.connectors.has_no_power(core, number)
                && self.connectors.is_plugged(core, number);
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
        let number = self.connectors.by_id(request.connector_id);
        let lockable = |number: &usize| {
            let connector = core.hardware.get(self.connectors.at(*number));
            connector.is_some_and(|connector| connector.config.lock)
        };
        let Some(number) = number.filter(lockable) else {
            let response = UnlockConnectorResponse::new(UnlockStatus::NotSupported);
            return core.answer(call, &response);
        };
        if self.unlocks.len() >= MAX_UNLOCKS {
            // The lock has answered none of them.
            let response = UnlockConnectorResponse::new(UnlockStatus::UnlockFailed);
            return core.answer(call, &response);
        }
        // 5.18: the transaction is finished first. It also takes the load off the cable.
        if let Some(transaction) = self.slots[number].transaction {
            self.stop(core, transaction, Reason::UnlockCommand, None);
        }
        core.unlock(self.connectors.at(number));
        self.unlocks.push((call, number));
    }

    /// The answer of a lock that was told to open.
    pub(super) fn unlocked(&mut self, core: &mut Context, at: ConnectorId, result: UnlockResult) {
        let Some(number) = self.connectors.number_of(at) else {
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
            self.keep_locked(core, number, None);
        }
    }
}
