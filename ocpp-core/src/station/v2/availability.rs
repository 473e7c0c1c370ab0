//! The status of connectors and ChangeAvailability (G01, G03, G04). What was set survives restarts.

use alloc::vec::Vec;

use super::calls::{Calls, Purpose};
use super::per_evse::{PerEvse, evse_of, index_of};
use super::wire::{
    ChangeAvailabilityRequest, ChangeAvailabilityResponse, ChangeAvailabilityStatus,
    ConnectorStatus, OperationalStatus, StatusNotificationRequest,
};
use crate::session::{CallFailure, CallToken};
use crate::station::behaviour::Outcome;
use crate::station::context::Context;
use crate::station::hardware::Connector;
use crate::station::out_of_order::{Place, out_of_order};
use crate::station::record::Records;
use crate::station::vocabulary::{CableState, ConnectorId, EvseId};

pub(super) const fn name(status: &ConnectorStatus) -> &'static str {
    match status {
        ConnectorStatus::Available => "Available",
        ConnectorStatus::Occupied => "Occupied",
        ConnectorStatus::Reserved => "Reserved",
        ConnectorStatus::Unavailable => "Unavailable",
        ConnectorStatus::Faulted | ConnectorStatus::Unrecognized(_) => "Faulted",
    }
}

/// What can be set out of order: the station, an EVSE, a connector.
fn place_of(evse: Option<EvseId>, connector: Option<u32>) -> Place {
    match (evse, connector) {
        (None, _) => Place::Station,
        (Some(evse), None) => Place::Evse(evse),
        (Some(evse), Some(connector)) => Place::Connector(ConnectorId::new(evse, connector)),
    }
}

/// What the status of a connector depends on besides.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Use {
    /// Where the transaction of its EVSE runs.
    pub(super) transaction: Option<ConnectorId>,
    /// Whether a lock of its EVSE did not hold.
    pub(super) lock_failed: bool,
}

/// What is asked about in a ChangeAvailability.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    Station,
    /// The EVSE with this index.
    Evse(usize),
    /// A connector of the EVSE with this index.
    Connector(usize, ConnectorId),
}

#[derive(Debug)]
struct ConnectorPart {
    /// Whether the CSMS wants it to be used.
    operative: bool,
    /// What the CSMS was told.
    reported: Option<ConnectorStatus>,
}

#[derive(Debug)]
struct EvsePart {
    /// Whether the CSMS wants it to be used.
    operative: bool,
    connectors: Vec<ConnectorPart>,
}

/// What the CSMS wants to be used, and which statuses it was told.
#[derive(Debug)]
pub(super) struct Availability {
    /// Whether the CSMS wants the station to be used.
    operative: bool,
    /// Whether it is told that EVSEs are unavailable because of an update.
    held: bool,
    evses: PerEvse<EvsePart>,
}

impl Availability {
    /// What was set survives restarts (B11.FR.02, G03.FR.08, G04.FR.09). The connectors that 1.6 has set out of order stay so.
    /// Requirements: B01.FR.07, G01.FR.02.
    pub(super) fn restore(core: &mut Context, records: &Records) -> Self {
        let evses = core.config.evses.iter().map(|config| EvsePart {
            operative: true,
            connectors: config
                .connectors
                .iter()
                .map(|_| ConnectorPart {
                    operative: true,
                    reported: None,
                })
                .collect(),
        });
        let mut this = Self {
            operative: true,
            held: false,
            evses: PerEvse::new(evses),
        };
        for (place, readable) in out_of_order(records) {
            let here = match place {
                Place::Number(number) => {
                    let connector = number.checked_sub(1);
                    let connector = connector
                        .and_then(|at| core.config.connectors().nth(at))
                        .map(|(at, _)| at);
                    // 1.6 stores the station and all of its connectors.
                    core.remove(&place.key());
                    match connector {
                        Some(at) => Place::Connector(at),
                        None => continue,
                    }
                }
                here => here,
            };
            let operative = match here {
                Place::Station => Some(&mut this.operative),
                Place::Evse(evse) => this.evse(evse).map(|evse| &mut evse.operative),
                Place::Connector(at) => {
                    let evse = this.evse(at.evse);
                    let connector = evse.and_then(|evse| connector_mut(evse, at.connector));
                    connector.map(|connector| &mut connector.operative)
                }
                Place::Number(_) => None,
            };
            if let Some(operative) = operative {
                *operative = false;
                if here != place || !readable {
                    core.store(&here.key(), &false);
                }
            }
        }
        this
    }

    fn evse(&mut self, evse: EvseId) -> Option<&mut EvsePart> {
        let index = index_of(self.evses.len(), evse)?;
        Some(&mut self.evses[index])
    }

    /// Whether the CSMS wants the station to be used.
    pub(super) const fn station_operative(&self) -> bool {
        self.operative
    }

    /// Whether a new session may begin at an EVSE: where its car is connected, or else at any of its connectors (F01.FR.23,
    /// F02.FR.25).
    pub(super) fn is_operative(&self, index: usize, car: Option<ConnectorId>) -> bool {
        let evse = &self.evses[index];
        let mut usable = evse.connectors.iter().enumerate();
        let usable = usable.any(|(which, one)| {
            let at = connector_at(index, which);
            one.operative && car.is_none_or(|car| car == at)
        });
        self.operative && evse.operative && usable
    }

    /// Whether the CSMS wants a connector to be used, for itself.
    pub(super) fn is_connector_operative(&self, index: usize, at: ConnectorId) -> bool {
        let which = usize::try_from(at.connector).ok();
        let which = which.and_then(|connector| connector.checked_sub(1));
        let connector = which.and_then(|which| self.evses[index].connectors.get(which));
        connector.is_some_and(|connector| connector.operative)
    }

    /// Whether the CSMS is told that EVSEs are unavailable because of an update.
    pub(super) const fn is_held(&self) -> bool {
        self.held
    }

    /// EVSEs are unavailable because of an update, or no longer.
    pub(super) const fn hold(&mut self, held: bool) {
        self.held = held;
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

    /// The number of connectors of an EVSE.
    pub(super) fn connectors(&self, index: usize) -> usize {
        self.evses[index].connectors.len()
    }

    /// The status of a connector as it follows from everything that is known.
    /// One of the statuses of connectors (G01.FR.01); that of the EVSE and of the station goes before its own
    /// (G03.FR.06, G03.FR.07, G04.FR.07, G04.FR.08). An EVSE serves one car at a time; its other connectors keep their status
    /// (G01.FR.08).
    /// Requirements: G01.FR.04, G01.FR.05.
    pub(super) fn status_of(
        &self,
        core: &Context,
        index: usize,
        which: usize,
        using: Use,
    ) -> ConnectorStatus {
        let evse = &self.evses[index];
        let at = connector_at(index, which);
        let hardware = core.hardware.get(at);
        let cable = hardware.map_or(CableState::Unplugged, |connector| connector.cable);
        let wanted = self.operative && evse.operative && evse.connectors[which].operative;
        if core.hardware.station_faulted()
            || hardware.is_some_and(Connector::faulted)
            || using.lock_failed && cable != CableState::Unplugged
        {
            ConnectorStatus::Faulted
        } else if !wanted && using.transaction != Some(at) {
            ConnectorStatus::Unavailable
        } else if cable != CableState::Unplugged {
            ConnectorStatus::Occupied
        } else if self.held {
            // No EVSE serves anybody while an update goes on (L01.FR.07, L02.FR.04).
            ConnectorStatus::Unavailable
        } else {
            ConnectorStatus::Available
        }
    }

    /// `AvailabilityState` of the station, an EVSE or a connector.
    pub(super) fn state_of(
        &self,
        core: &Context,
        evse: Option<EvseId>,
        connector: Option<u32>,
        using: impl Fn(usize) -> Use,
    ) -> ConnectorStatus {
        let Some(index) = evse.and_then(|evse| index_of(self.evses.len(), evse)) else {
            return if core.hardware.station_faulted() {
                ConnectorStatus::Faulted
            } else if self.operative {
                ConnectorStatus::Available
            } else {
                ConnectorStatus::Unavailable
            };
        };
        let using = using(index);
        let connectors = 0..self.connectors(index);
        let mut which = connectors.clone();
        let which = which.find(|which| Some(connector_at(index, *which).connector) == connector);
        if let Some(which) = which {
            return self.status_of(core, index, which, using);
        }
        let all = connectors.map(|which| self.status_of(core, index, which, using));
        let all: Vec<ConnectorStatus> = all.collect();
        let order = [
            ConnectorStatus::Occupied,
            ConnectorStatus::Available,
            ConnectorStatus::Faulted,
        ];
        let first = order.into_iter().find(|status| all.contains(status));
        first.unwrap_or(ConnectorStatus::Unavailable)
    }

    /// Tells the connectors of an EVSE whose status has changed (E02.FR.05, G03.FR.04, G04.FR.05).
    pub(super) fn tell_changes(
        &mut self,
        core: &mut Context,
        calls: &mut Calls,
        index: usize,
        using: Use,
    ) {
        for which in 0..self.connectors(index) {
            let status = self.status_of(core, index, which, using);
            if self.evses[index].connectors[which].reported.as_ref() != Some(&status) {
                self.tell(core, calls, (index, which), using);
            }
        }
    }

    /// Reports the status of a connector of an EVSE as it is now.
    pub(super) fn tell(
        &mut self,
        core: &mut Context,
        calls: &mut Calls,
        (index, which): (usize, usize),
        using: Use,
    ) {
        let Some(time) = core.utc() else {
            return;
        };
        let status = self.status_of(core, index, which, using);
        let at = connector_at(index, which);
        let request = StatusNotificationRequest::new(
            time,
            status.clone(),
            at.evse.into(),
            at.connector.into(),
        );
        // What did not fit into the queue is sent later.
        let sent = calls.send(core, &request, Purpose::Status(index, which));
        self.evses[index].connectors[which].reported = sent.then_some(status);
    }

    /// The CSMS has answered to a status, or not.
    pub(super) fn answered(&mut self, index: usize, which: usize, result: &Outcome<'_>) {
        // One that did not arrive is sent again; one that was refused would be refused again.
        if let Err(CallFailure::Disconnected | CallFailure::TimedOut) = result {
            self.evses[index].connectors[which].reported = None;
        }
    }

    /// All statuses are news.
    pub(super) fn forget_statuses(&mut self) {
        for index in 0..self.evses.len() {
            for connector in &mut self.evses[index].connectors {
                connector.reported = None;
            }
        }
    }

    /// Answers whether it is done (G03.FR.01, G03.FR.02, G04.FR.02, G04.FR.03) or waits for a transaction (G03.FR.05,
    /// G04.FR.06); without an EVSE the station is meant (G04.FR.01). What is so already is accepted (G04.FR.04). Returns
    /// whether something is no longer to be used: nobody who has not begun may begin there.
    pub(super) fn change(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &ChangeAvailabilityRequest,
        charging: impl Fn(Part) -> bool,
    ) -> bool {
        let changed = self.set(core, request, charging);
        let (status, withdrawn) = changed.unwrap_or((ChangeAvailabilityStatus::Rejected, false));
        core.answer(call, &ChangeAvailabilityResponse::new(status));
        withdrawn
    }

    /// `None` for what is not there.
    fn set(
        &mut self,
        core: &mut Context,
        request: &ChangeAvailabilityRequest,
        charging: impl Fn(Part) -> bool,
    ) -> Option<(ChangeAvailabilityStatus, bool)> {
        let operative = match request.operational_status {
            OperationalStatus::Operative => true,
            OperationalStatus::Inoperative => false,
            OperationalStatus::Unrecognized(_) => return None,
        };
        let evse = match &request.evse {
            None => None,
            Some(evse) => Some(EvseId::try_from(evse.id).ok()?),
        };
        let connector = match request.evse.as_ref().and_then(|evse| evse.connector_id) {
            None => None,
            Some(number) => Some(u32::try_from(number).ok()?),
        };
        let (place, part) = match (evse, connector) {
            (None, _) => (&mut self.operative, Part::Station),
            (Some(evse), connector) => {
                let index = index_of(self.evses.len(), evse)?;
                let part = &mut self.evses[index];
                match connector {
                    None => (&mut part.operative, Part::Evse(index)),
                    Some(number) => {
                        let at = ConnectorId::new(evse, number);
                        let connector = connector_mut(part, number)?;
                        (&mut connector.operative, Part::Connector(index, at))
                    }
                }
            }
        };
        if *place == operative {
            // G03.FR.03.
            return Some((ChangeAvailabilityStatus::Accepted, false));
        }
        *place = operative;
        // Durable before the answer promises it.
        if operative {
            core.remove(&place_of(evse, connector).key());
        } else {
            core.store(&place_of(evse, connector).key(), &false);
        }
        let status = if !operative && charging(part) {
            ChangeAvailabilityStatus::Scheduled
        } else {
            ChangeAvailabilityStatus::Accepted
        };
        Some((status, !operative))
    }
}

/// A connector by its place in its EVSE.
fn connector_at(index: usize, which: usize) -> ConnectorId {
    let connector = u32::try_from(which + 1).unwrap_or(u32::MAX);
    ConnectorId::new(evse_of(index), connector)
}

/// They are numbered from 1 without a gap.
fn connector_mut(evse: &mut EvsePart, connector: u32) -> Option<&mut ConnectorPart> {
    let which = usize::try_from(connector).ok()?.checked_sub(1)?;
    evse.connectors.get_mut(which)
}
