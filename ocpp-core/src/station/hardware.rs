//! What the station knows about its connectors.

use alloc::vec::Vec;

use super::config::{ConnectorConfig, StationConfig};
use super::vocabulary::{CableState, ConnectorId, EvState, EvseId, Fault, Limit, Token};

/// The state of a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum LockState {
    #[default]
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
    pub(crate) contactor: bool,
    pub(crate) limit: Option<Limit>,
}

impl Connector {
    /// Whether a fault prevents charging.
    pub(crate) fn faulted(&self) -> bool {
        self.fault.as_ref().is_some_and(Fault::prevents_charging)
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
            contactor: false,
            limit: None,
        });
        Self {
            connectors: connectors.collect(),
            bays: config.evses.iter().map(|_| Bay::default()).collect(),
            fault: None,
        }
    }

    pub(crate) fn get(&self, id: ConnectorId) -> Option<&Connector> {
        self.connectors.iter().find(|c| c.id == id)
    }

    pub(crate) fn get_mut(&mut self, id: ConnectorId) -> Option<&mut Connector> {
        self.connectors.iter_mut().find(|c| c.id == id)
    }

    pub(crate) fn bay_mut(&mut self, evse: EvseId) -> Option<&mut Bay> {
        let at = usize::try_from(evse).ok()?.checked_sub(1)?;
        self.bays.get_mut(at)
    }

    /// Whether a fault of the whole station prevents charging.
    pub(crate) fn station_faulted(&self) -> bool {
        self.fault.as_ref().is_some_and(Fault::prevents_charging)
    }
}
