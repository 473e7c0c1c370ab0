//! What is in use, for the statuses of connectors and for what is set out of order (G01, G03, G04).

use super::super::ChargingStation;
use super::super::availability::Part;
use super::super::wire::{ChangeAvailabilityRequest, ConnectorStatus};
use crate::session::CallToken;
use crate::station::context::Context;

impl ChargingStation {
    /// The status of a connector of an EVSE.
    pub(super) fn status_of(&self, core: &Context, index: usize, which: usize) -> ConnectorStatus {
        self.availability
            .status_of(core, index, which, self.values().using(index))
    }

    /// Reports the statuses that have changed.
    /// Requirements: G01.FR.07.
    pub(super) fn update_statuses(&mut self, core: &mut Context) {
        self.look_around(core);
        if !self.online(core) {
            return;
        }
        for index in self.attention.take_statuses() {
            let using = self.values().using(index);
            self.availability
                .tell_changes(core, &mut self.calls, index, using);
        }
    }

    /// Reports the status of a connector of an EVSE as it is now.
    pub(super) fn report_status(&mut self, core: &mut Context, index: usize, which: usize) {
        let using = self.values().using(index);
        self.availability
            .tell(core, &mut self.calls, (index, which), using);
    }

    pub(super) fn change_availability(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &ChangeAvailabilityRequest,
    ) {
        let transactions = &self.transactions;
        let charging = |part| match part {
            Part::Station => transactions.any(),
            Part::Evse(index) => transactions.number(Some(index)).is_some(),
            Part::Connector(index, at) => {
                let running = transactions.running(Some(index));
                running.is_some_and(|t| t.at == Some(at))
            }
        };
        if self.availability.change(core, call, request, charging) {
            self.withdraw_inoperative();
        }
    }

    /// Nobody who has not begun may begin where it is no longer wanted.
    fn withdraw_inoperative(&mut self) {
        if !self.availability.station_operative() && self.transactions.number(None).is_none() {
            self.authorizations.set(None, None);
        }
        for index in 0..self.evses() {
            let here = self.transactions.number(Some(index)).is_none();
            if here && !self.is_operative(index) {
                self.authorizations.set(Some(index), None);
            }
        }
    }
}
