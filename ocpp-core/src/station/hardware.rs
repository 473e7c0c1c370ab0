//! What the station knows about its connectors.

use alloc::vec::Vec;

use litemap::LiteMap;

use super::config::{ConnectorConfig, StationConfig};
use super::device_model::Visits;
use super::storage;
use super::vocabulary::{CableState, ConnectorId, EvState, EvseId, Fault, Limit, Token};

/// What was decided about a piece of hardware, and whether the hardware has heard of it.
///
/// It has not after a start, whatever was before, nor after anything that may have made it forget: then the next decision is
/// told even if it is the same as before (1.6 erratum 3.37, K01.FR.27).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Command<T> {
    decision: Option<T>,
    heard: bool,
}

impl<T: Copy + PartialEq> Command<T> {
    pub(crate) const NOTHING: Self = Self {
        decision: None,
        heard: false,
    };

    /// Whether the hardware would have to be told.
    pub(crate) fn is_news(&self, decision: T) -> bool {
        !self.heard || self.decision != Some(decision)
    }

    /// Decides. Says whether the hardware has to be told.
    pub(crate) fn decide(&mut self, decision: T) -> bool {
        let news = self.is_news(decision);
        *self = Self {
            decision: Some(decision),
            heard: true,
        };
        news
    }

    /// The hardware may not have heard, or not have obeyed.
    pub(crate) const fn doubt(&mut self) {
        self.heard = false;
    }

    /// The last decision, heard or not; `None` before the first.
    pub(crate) const fn decision(&self) -> Option<T> {
        self.decision
    }

    /// What the hardware has been told; `None` if it is not known to have heard anything.
    pub(crate) fn heard(&self) -> Option<T> {
        self.decision.filter(|_| self.heard)
    }
}

/// The state of a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum LockState {
    /// As after a start: nobody knows how it was left. It is told at once what is wanted of it.
    #[default]
    Unknown,
    Open,
    /// Ordered to lock, not answered yet.
    Locking,
    Locked,
    /// Ordered to unlock, not answered yet.
    Unlocking,
}

#[derive(Debug, Clone)]
pub(crate) struct Connector {
    pub(crate) id: ConnectorId,
    pub(crate) config: ConnectorConfig,
    pub(crate) cable: CableState,
    pub(crate) ev: EvState,
    pub(crate) fault: Option<Fault>,
    pub(crate) lock: LockState,
    /// Whether the lock was closed when it was ordered to unlock last.
    pub(crate) was_locked: bool,
    /// Whether it was ordered to unlock once more, because it refused.
    pub(crate) unlocks_again: bool,
    pub(crate) contactor: Command<bool>,
    pub(crate) limit: Command<Option<Limit>>,
}

impl Connector {
    /// Whether a fault prevents charging.
    pub(crate) fn faulted(&self) -> bool {
        self.fault.as_ref().is_some_and(Fault::prevents_charging)
    }

    /// Whether the contactor is closed, as far as anybody knows.
    pub(crate) fn is_closed(&self) -> bool {
        self.contactor.decision() == Some(true)
    }

    /// Whether there is energy to offer: the hardware knows its limit, and the limit leaves something. No energy flows
    /// before the hardware has been told a limit, or that there is none.
    pub(crate) fn has_power(&self) -> bool {
        let some = |limit: Limit| limit.value.0 > rust_decimal::Decimal::ZERO;
        self.limit
            .heard()
            .is_some_and(|limit| limit.is_none_or(some))
    }

    /// Whether the cable is held while energy flows.
    pub(crate) fn holds(&self) -> bool {
        !self.config.lock || self.lock == LockState::Locked
    }
}

/// A parking bay.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bay {
    pub(crate) occupied: bool,
    pub(crate) token: Option<Token>,
}

#[derive(Debug)]
pub(crate) struct Hardware {
    pub(crate) connectors: Vec<Connector>,
    /// By EVSE, from 1.
    pub(crate) bays: Vec<Bay>,
    pub(crate) fault: Option<Fault>,
    /// Whether there may be locks of which nobody knows how they are.
    pub(crate) locks_in_doubt: bool,
    /// The EVSEs where something may have changed.
    touched: LiteMap<EvseId, ()>,
    visits: Visits,
    /// Nothing can be stored: energy that flowed now could not be billed for certain.
    pub(crate) storage_fails: bool,
}

impl Hardware {
    pub(crate) fn new(config: &StationConfig) -> Self {
        let connectors = config.connectors().map(|(id, config)| Connector {
            id,
            config: config.clone(),
            cable: CableState::default(),
            ev: EvState::default(),
            fault: None,
            lock: LockState::default(),
            was_locked: false,
            unlocks_again: false,
            contactor: Command::NOTHING,
            limit: Command::NOTHING,
        });
        Self {
            connectors: connectors.collect(),
            bays: config.evses.iter().map(|_| Bay::default()).collect(),
            fault: None,
            locks_in_doubt: true,
            touched: LiteMap::new(),
            visits: Visits::default(),
            storage_fails: false,
        }
    }

    /// How often connectors were looked at.
    #[cfg(feature = "testing")]
    pub(crate) const fn visits(&self) -> &Visits {
        &self.visits
    }

    /// They are in the order of their ids.
    fn position(&self, id: ConnectorId) -> Option<usize> {
        self.visits.note();
        self.connectors.binary_search_by_key(&id, |c| c.id).ok()
    }

    pub(crate) fn get(&self, id: ConnectorId) -> Option<&Connector> {
        self.connectors.get(self.position(id)?)
    }

    /// Touches the EVSE.
    pub(crate) fn get_mut(&mut self, id: ConnectorId) -> Option<&mut Connector> {
        let at = self.position(id)?;
        self.touched.insert(id.evse, ());
        self.connectors.get_mut(at)
    }

    /// Whether something may have changed since [`take_touched`](Self::take_touched).
    #[cfg_attr(not(feature = "v2_0_1"), allow(dead_code))]
    pub(crate) fn is_touched(&self) -> bool {
        !self.touched.is_empty()
    }

    /// The EVSEs where something may have changed since the last time.
    #[cfg_attr(not(feature = "v2_0_1"), allow(dead_code))]
    pub(crate) fn take_touched(&mut self) -> impl Iterator<Item = EvseId> {
        let touched = core::mem::take(&mut self.touched);
        touched.into_iter().map(|(evse, ())| evse)
    }

    /// Nobody knows any more what is wanted of the locks.
    #[cfg(all(feature = "v1_6", feature = "v2_0_1"))]
    pub(crate) fn doubt_locks(&mut self) {
        for connector in &mut self.connectors {
            if matches!(connector.lock, LockState::Locked | LockState::Open) {
                connector.lock = LockState::Unknown;
                self.locks_in_doubt = true;
            }
        }
    }

    pub(crate) fn bay_mut(&mut self, evse: EvseId) -> Option<&mut Bay> {
        let at = usize::try_from(evse).ok()?.checked_sub(1)?;
        self.touched.insert(evse, ());
        self.bays.get_mut(at)
    }

    /// The connectors that a message about one, or about all, means.
    pub(crate) fn meant(&self, at: Option<ConnectorId>) -> Vec<ConnectorId> {
        match at {
            Some(at) => self.get(at).map(|c| c.id).into_iter().collect(),
            None => self.connectors.iter().map(|c| c.id).collect(),
        }
    }

    /// Whether a fault of the whole station prevents charging.
    pub(crate) fn station_faulted(&self) -> bool {
        self.storage_fails || self.fault.as_ref().is_some_and(Fault::prevents_charging)
    }

    /// The fault of the whole station; one that prevents charging first.
    #[cfg_attr(not(feature = "v1_6"), allow(dead_code))]
    pub(crate) fn station_fault(&self) -> Option<Fault> {
        let own = self.fault.clone();
        let prevents = own.as_ref().is_some_and(Fault::prevents_charging);
        let storage = (self.storage_fails && !prevents).then(storage::fault);
        storage.or(own)
    }
}
