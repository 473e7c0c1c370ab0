//! How 1.6 counts connectors: from 1 over the whole station, 0 for the station itself.

use alloc::vec::Vec;
use core::ops::Range;

use crate::station::config::StationConfig;
use crate::station::context::Context;

use crate::station::vocabulary::{CableState, ConnectorId, EvseId};

/// The numbers of the connectors. They never change.
#[derive(Debug)]
pub(super) struct Connectors(Vec<ConnectorId>);

impl Connectors {
    pub(super) fn of(config: &StationConfig) -> Self {
        let station = ConnectorId::new(0, 0);
        let connectors = config.connectors().map(|(at, _)| at);
        Self(core::iter::once(station).chain(connectors).collect())
    }

    /// The numbers of the connectors.
    pub(super) fn numbers(&self) -> Range<usize> {
        1..self.0.len()
    }

    /// The numbers of the station itself and of the connectors.
    pub(super) fn with_station(&self) -> Range<usize> {
        0..self.0.len()
    }

    /// The connector with a number.
    pub(super) fn at(&self, number: usize) -> ConnectorId {
        self.0[number]
    }

    /// The EVSE of a connector.
    pub(super) fn evse(&self, number: usize) -> EvseId {
        self.0[number].evse
    }

    /// The number of a connector.
    pub(super) fn number_of(&self, at: ConnectorId) -> Option<usize> {
        self.0.iter().position(|own| *own == at)
    }

    /// The connector with a number of the wire, 0 for the station.
    pub(super) fn by_id(&self, connector_id: i64) -> Option<usize> {
        let number = usize::try_from(connector_id).ok()?;
        (number < self.0.len()).then_some(number)
    }

    /// The connectors of an EVSE, or all of them.
    pub(super) fn of_evse(&self, evse: Option<EvseId>) -> impl Iterator<Item = usize> {
        self.numbers()
            .filter(move |number| evse.is_none_or(|evse| self.evse(*number) == evse))
    }

    /// How the cable lies.
    pub(super) fn cable(&self, core: &Context, number: usize) -> CableState {
        let connector = core.hardware.get(self.at(number));
        connector.map_or(CableState::Unplugged, |connector| connector.cable)
    }

    /// Whether a car is plugged in.
    pub(super) fn is_plugged(&self, core: &Context, number: usize) -> bool {
        self.cable(core, number) == CableState::Connected
    }
}

/// The number of a connector as messages have it.
pub(super) fn connector_id(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
