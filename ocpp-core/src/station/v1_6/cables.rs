//! Cables and their locks: for whom a cable stays locked, what is left over from a transaction, and UnlockConnector.

use alloc::string::String;
use alloc::vec::Vec;

use ocpp_types::v1_6::{UnlockConnectorRequest, UnlockConnectorResponse, UnlockStatus};
use serde::{Deserialize, Serialize};

use super::connectors::Connectors;
use crate::session::CallToken;
use crate::station::authorization::same_driver;
use crate::station::config::CableKind;
use crate::station::context::Context;
use crate::station::hardware::{Connector, LockState};
use crate::station::record::Records;
use crate::station::vocabulary::{CableState, Token, UnlockResult};

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
    pub(super) const fn new(token: Token, group: Option<Token>) -> Self {
        Self { token, group }
    }

    /// Whether this token, or another of its group, may have the cable.
    fn is(&self, token: &Token, group: Option<&Token>) -> bool {
        let own = (&self.token, self.group.as_ref());
        same_driver(own, (token, group))
    }
}

fn owner_key(number: usize) -> String {
    alloc::format!("cable-owner/{number}")
}

/// The cable of one connector.
#[derive(Debug, Default)]
struct Cable {
    /// For whom it stays locked after the end.
    owner: Option<Owner>,
    /// Whether the lock did not hold.
    lock_failed: bool,
    /// Whether a transaction has ended and it is still there.
    finishing: bool,
}

/// See the [module documentation](self).
#[derive(Debug)]
pub(super) struct Cables {
    /// By number; the one of the station itself is never there.
    cables: Vec<Cable>,
    /// Unlock commands that wait for the lock of a connector.
    unlocks: Vec<(CallToken, usize)>,
}

impl Cables {
    pub(super) fn restore(connectors: &Connectors, records: &Records) -> Self {
        let cables = connectors.with_station().map(|number| Cable {
            owner: match number {
                0 => None,
                number => records.get(&owner_key(number)),
            },
            ..Cable::default()
        });
        Self {
            cables: cables.collect(),
            unlocks: Vec::new(),
        }
    }

    /// Whether a transaction has ended and the cable is still there.
    pub(super) fn is_finishing(&self, number: usize) -> bool {
        self.cables[number].finishing
    }

    pub(super) fn lock_failed(&self, number: usize) -> bool {
        self.cables[number].lock_failed
    }

    /// Whether a cable stays locked for somebody.
    pub(super) fn is_kept(&self, number: usize) -> bool {
        self.cables[number].owner.is_some()
    }

    /// The lock does not hold.
    pub(super) fn note_lock_failure(&mut self, number: usize) {
        self.cables[number].lock_failed = true;
    }

    /// A transaction begins.
    pub(super) fn begin(&mut self, core: &mut Context, connectors: &Connectors, number: usize) {
        self.cables[number].finishing = false;
        self.keep(core, connectors, number, None);
    }

    /// A transaction ends: the cable is unlocked, or kept for its owner.
    pub(super) fn finish(
        &mut self,
        core: &mut Context,
        connectors: &Connectors,
        number: usize,
        owner: Option<Owner>,
    ) {
        self.note_finishing(core, connectors, number);
        if owner.is_some() {
            self.keep(core, connectors, number, owner);
        } else {
            core.unlock(connectors.at(number));
        }
    }

    /// A transaction has ended. Says whether the cable is still there.
    pub(super) fn note_finishing(
        &mut self,
        core: &Context,
        connectors: &Connectors,
        number: usize,
    ) -> bool {
        let finishing = connectors.cable(core, number) != CableState::Unplugged;
        self.cables[number].finishing = finishing;
        finishing
    }

    /// All user actions are completed.
    pub(super) fn unplugged(&mut self, core: &mut Context, connectors: &Connectors, number: usize) {
        self.keep(core, connectors, number, None);
        let cable = &mut self.cables[number];
        cable.finishing = false;
        cable.lock_failed = false;
        let at = connectors.at(number);
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
    fn keep(
        &mut self,
        core: &mut Context,
        connectors: &Connectors,
        number: usize,
        owner: Option<Owner>,
    ) {
        let has_lock = core
            .hardware
            .get(connectors.at(number))
            .is_some_and(|connector| connector.config.lock);
        let owner = owner.filter(|_| has_lock);
        match &owner {
            Some(owner) => core.store(&owner_key(number), owner),
            None if self.cables[number].owner.is_some() => core.remove(&owner_key(number)),
            None => {}
        }
        self.cables[number].owner = owner;
    }

    /// Unlocks a cable that is nobody's any more: no restart locks it again.
    pub(super) fn free(&mut self, core: &mut Context, connectors: &Connectors, number: usize) {
        self.keep(core, connectors, number, None);
        core.unlock(connectors.at(number));
    }

    /// Unlocks a cable that was held for somebody who has not begun to charge.
    pub(super) fn let_go(&self, core: &mut Context, connectors: &Connectors, number: usize) {
        let at = connectors.at(number);
        let held = |connector: &Connector| {
            matches!(connector.lock, LockState::Locked | LockState::Locking)
        };
        if !self.is_kept(number) && core.hardware.get(at).is_some_and(held) {
            core.unlock(at);
        }
    }

    /// Unlocks a cable that was kept locked for this token or its group (3.5.4 with erratum 3.5). Says which.
    pub(super) fn release(
        &mut self,
        core: &mut Context,
        connectors: &Connectors,
        here: &[usize],
        (token, group): (&Token, Option<&Token>),
    ) -> Option<usize> {
        let kept = |number: &&usize| {
            let owner = self.cables[**number].owner.as_ref();
            owner.is_some_and(|owner| owner.is(token, group))
        };
        let number = *here.iter().find(kept)?;
        self.free(core, connectors, number);
        Some(number)
    }

    /// After a start a cable is held for who charges with it and for whom it is kept, and for nobody else.
    pub(super) fn settle_locks(
        &mut self,
        core: &mut Context,
        connectors: &Connectors,
        charges: impl Fn(usize) -> bool,
    ) {
        if !core.begun {
            return;
        }
        for number in connectors.numbers() {
            if connectors.cable(core, number) == CableState::Unplugged {
                self.keep(core, connectors, number, None);
            }
        }
        let wanted = |connector: &Connector| {
            let number = connectors.number_of(connector.id);
            number.is_some_and(|number| {
                let cable = &self.cables[number];
                (charges(number) && !cable.lock_failed) || cable.owner.is_some()
            })
        };
        core.settle_locks(wanted);
    }

    /// UnlockConnector (5.18 with erratum 3.87): answers now, or says which lock is to open, whose answer is waited for.
    pub(super) fn unlock_wanted(
        &mut self,
        core: &mut Context,
        connectors: &Connectors,
        call: CallToken,
        request: &UnlockConnectorRequest,
    ) -> Option<usize> {
        let lockable = |number: &usize| {
            let connector = core.hardware.get(connectors.at(*number));
            connector.is_some_and(|connector| connector.config.lock)
        };
        let number = connectors.by_id(request.connector_id).filter(lockable);
        let refusal = match number {
            None => UnlockStatus::NotSupported,
            // The lock has answered none of them.
            Some(_) if self.unlocks.len() >= MAX_UNLOCKS => UnlockStatus::UnlockFailed,
            Some(number) => {
                self.unlocks.push((call, number));
                return Some(number);
            }
        };
        core.answer(call, &UnlockConnectorResponse::new(refusal));
        None
    }

    /// The answer of a lock that was told to open.
    pub(super) fn unlocked(
        &mut self,
        core: &mut Context,
        connectors: &Connectors,
        number: usize,
        result: UnlockResult,
    ) {
        let mut commanded = false;
        for (call, of) in core::mem::take(&mut self.unlocks) {
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
            self.keep(core, connectors, number, None);
        }
    }

    /// The connection is gone: nobody waits for the answers any more.
    pub(super) fn disconnected(&mut self) {
        self.unlocks.clear();
    }
}

/// Whether a detachable cable is out of its socket.
pub(super) fn is_gone(core: &Context, connectors: &Connectors, number: usize) -> bool {
    let connector = core.hardware.get(connectors.at(number));
    connector.is_some_and(|connector| {
        connector.config.cable == CableKind::Detachable && connector.cable == CableState::Unplugged
    })
}
