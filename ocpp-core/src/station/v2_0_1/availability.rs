//! The status of connectors and ChangeAvailability (G01, G03, G04). What was set survives restarts.

use alloc::vec::Vec;

use ocpp_types::v2_0_1::{
    ChangeAvailabilityRequest, ChangeAvailabilityResponse, ChangeAvailabilityStatus,
    ConnectorStatus, OperationalStatus, StatusNotificationRequest,
};

use super::evses::Watch;
use super::{ChargingStation, Purpose};
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

impl ChargingStation {
    /// The connectors that 1.6 has set out of order stay so.
    /// What was set survives restarts (B11.FR.02, G03.FR.08, G04.FR.09).
    pub(super) fn restore_availability(&mut self, core: &mut Context, records: &Records) {
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
                Place::Station => Some(&mut self.operative),
                Place::Evse(evse) => {
                    let index = self.index_of(evse);
                    index.map(|index| &mut self.evses[index].operative)
                }
                Place::Connector(at) => {
                    let index = self.index_of(at.evse);
                    let connectors = index.map(|index| &mut self.evses[index].connectors);
                    let mut connectors = connectors.into_iter().flatten();
                    let connector = connectors.find(|connector| connector.at == at);
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
    }

    /// Whether a new session may begin at an EVSE: where its car is connected, or else at any of its connectors (F01.FR.23,
    /// F02.FR.25).
    pub(super) fn is_operative(&self, index: usize) -> bool {
        let evse = &self.evses[index];
        let mut usable = evse.connectors.iter();
        let usable = usable.any(|one| one.operative && evse.car.is_none_or(|car| car == one.at));
        self.operative && evse.operative && usable
    }

    /// The status of a connector as it follows from everything that is known.
    /// One of the statuses of connectors (G01.FR.01); that of the EVSE and of the station goes before its own
    /// (G03.FR.06, G03.FR.07, G04.FR.07, G04.FR.08). An EVSE serves one car at a time; its other connectors keep their status
    /// (G01.FR.08).
    pub(super) fn status_of(&self, core: &Context, index: usize, which: usize) -> ConnectorStatus {
        let evse = &self.evses[index];
        let connector = &evse.connectors[which];
        let hardware = core.hardware.get(connector.at);
        let running = evse.transaction.and_then(|t| self.transactions.get(t));
        let used = running.is_some_and(|t| t.at == Some(connector.at));
        let cable = hardware.map_or(CableState::Unplugged, |connector| connector.cable);
        let operative = self.operative && evse.operative && connector.operative;
        if core.hardware.station_faulted()
            || hardware.is_some_and(Connector::faulted)
            || evse.lock_failed.is_some() && cable != CableState::Unplugged
        {
            ConnectorStatus::Faulted
        } else if !operative && !used {
            ConnectorStatus::Unavailable
        } else if cable != CableState::Unplugged {
            ConnectorStatus::Occupied
        } else if self.shown_held {
            // No EVSE serves anybody while an update goes on (L01.FR.07, L02.FR.04).
            ConnectorStatus::Unavailable
        } else {
            ConnectorStatus::Available
        }
    }

    /// `AvailabilityState` of the station, an EVSE or a connector.
    pub(super) fn availability_state(
        &self,
        core: &Context,
        evse: Option<EvseId>,
        connector: Option<u32>,
    ) -> ConnectorStatus {
        let Some(index) = evse.and_then(|evse| self.index_of(evse)) else {
            return if core.hardware.station_faulted() {
                ConnectorStatus::Faulted
            } else if self.operative {
                ConnectorStatus::Available
            } else {
                ConnectorStatus::Unavailable
            };
        };
        let connectors = &self.evses[index].connectors;
        let which = connector
            .and_then(|number| connectors.iter().position(|one| one.at.connector == number));
        if let Some(which) = which {
            return self.status_of(core, index, which);
        }
        let all = (0..connectors.len()).map(|which| self.status_of(core, index, which));
        let all: Vec<ConnectorStatus> = all.collect();
        let order = [
            ConnectorStatus::Occupied,
            ConnectorStatus::Available,
            ConnectorStatus::Faulted,
        ];
        let first = order.into_iter().find(|status| all.contains(status));
        first.unwrap_or(ConnectorStatus::Unavailable)
    }

    /// Reports the statuses that have changed.
    /// Tells the connectors whose status has changed (E02.FR.05, G03.FR.04, G04.FR.05).
    pub(super) fn update_statuses(&mut self, core: &mut Context) {
        self.look_around(core);
        if !self.online(core) {
            return;
        }
        for index in self.evses.take_touched(Watch::Statuses) {
            for which in 0..self.evses[index].connectors.len() {
                let status = self.status_of(core, index, which);
                if self.evses[index].connectors[which].reported.as_ref() != Some(&status) {
                    self.report_status(core, index, which);
                }
            }
        }
    }

    /// Reports the status as it is now.
    pub(super) fn report_status(&mut self, core: &mut Context, index: usize, which: usize) {
        let Some(time) = core.utc() else {
            return;
        };
        let status = self.status_of(core, index, which);
        let at = self.evses[index].connectors[which].at;
        let request = StatusNotificationRequest::new(
            time,
            status.clone(),
            at.evse.into(),
            at.connector.into(),
        );
        // What did not fit into the queue is sent later.
        let sent = self.call(core, &request, Purpose::Status(index, which));
        self.evses[index].connectors[which].reported = sent.then_some(status);
    }

    pub(super) fn status_answered(&mut self, index: usize, which: usize, result: &Outcome<'_>) {
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
    /// G04.FR.06); without an EVSE the station is meant (G04.FR.01). What is so already is accepted (G04.FR.04).
    pub(super) fn change_availability(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &ChangeAvailabilityRequest,
    ) {
        let status = self.set_availability(core, request);
        let status = status.unwrap_or(ChangeAvailabilityStatus::Rejected);
        core.answer(call, &ChangeAvailabilityResponse::new(status));
    }

    /// `None` for what is not there.
    fn set_availability(
        &mut self,
        core: &mut Context,
        request: &ChangeAvailabilityRequest,
    ) -> Option<ChangeAvailabilityStatus> {
        let operative = match request.operational_status {
            OperationalStatus::Operative => true,
            OperationalStatus::Inoperative => false,
            OperationalStatus::Unrecognized(_) => return None,
        };
        let index = match &request.evse {
            None => None,
            Some(evse) => Some(self.evse_number(evse.id)?),
        };
        let connector = match request.evse.as_ref().and_then(|evse| evse.connector_id) {
            None => None,
            Some(number) => Some(u32::try_from(number).ok()?),
        };
        let (place, busy) = match (index, connector) {
            (None, _) => {
                let mut running = self.evses.iter().map(|evse| evse.transaction);
                let floating = self.floating.transaction();
                let busy = floating.is_some() || running.any(|running| running.is_some());
                (&mut self.operative, busy)
            }
            (Some(index), None) => {
                let evse = &mut self.evses[index];
                (&mut evse.operative, evse.transaction.is_some())
            }
            (Some(index), Some(number)) => {
                let evse = &mut self.evses[index];
                let running = evse.transaction.and_then(|t| self.transactions.get(t));
                let mut connectors = evse.connectors.iter_mut();
                let connector = connectors.find(|one| one.at.connector == number)?;
                let busy = running.is_some_and(|t| t.at == Some(connector.at));
                (&mut connector.operative, busy)
            }
        };
        if *place == operative {
            // G03.FR.03.
            return Some(ChangeAvailabilityStatus::Accepted);
        }
        *place = operative;
        let evse = index.map(|index| self.evses[index].id);
        // Durable before the answer promises it.
        if operative {
            core.remove(&place_of(evse, connector).key());
        } else {
            core.store(&place_of(evse, connector).key(), &false);
            self.withdraw_inoperative();
        }
        Some(if busy && !operative {
            ChangeAvailabilityStatus::Scheduled
        } else {
            ChangeAvailabilityStatus::Accepted
        })
    }

    /// Nobody who has not begun may begin where it is no longer wanted.
    fn withdraw_inoperative(&mut self) {
        if !self.operative {
            self.floating.withdraw_waiting();
        }
        for index in 0..self.evses.len() {
            if !self.is_operative(index) && self.evses[index].transaction.is_none() {
                self.evses[index].auth = None;
            }
        }
    }
}
