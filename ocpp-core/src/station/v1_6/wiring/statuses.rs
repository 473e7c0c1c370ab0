//! What holds at the connectors, and the statuses that follow from it.

use super::ChargePoint;
use crate::station::context::Context;
use crate::station::hardware::Connector;
use crate::station::v1_6::conditions::{Condition, Conditions};
use crate::station::v1_6::status::{Facts, Progress, fault_of};
use crate::station::vocabulary::{EvState, Fault};

impl ChargePoint {
    /// Whether a fault prevents charging.
    pub(super) fn faulted(&self, core: &Context, number: usize) -> bool {
        let connector = core.hardware.get(self.connectors.at(number));
        self.cables.lock_failed(number)
            || core.hardware.station_faulted()
            || connector.is_some_and(Connector::faulted)
    }

    /// What holds at the station and its connectors now.
    pub(super) fn conditions(&self, core: &Context) -> Conditions {
        let condition = |number| Condition {
            evse: self.connectors.evse(number),
            cable: self.connectors.cable(core, number),
            operative: self.availability.is_operative(number),
            faulted: self.faulted(core, number),
            charging: self.transactions.is_busy(number),
            claimed: self.authorizations.get(Some(number)).is_some(),
            authorized: self.authorizations.is_granted(Some(number)),
            finishing: self.cables.is_finishing(number),
            idle: self.statuses.is_idle(number),
            since: self.statuses.since(number),
        };
        self.connectors.with_station().map(condition).collect()
    }

    fn facts(&self, core: &Context, conditions: &Conditions, number: usize, held: bool) -> Facts {
        let connector = core.hardware.get(self.connectors.at(number));
        let running = self.transactions.at(number);
        Facts {
            condition: *conditions.of(number),
            progress: running.map(|transaction| {
                if transaction.details.stopping.is_some() {
                    Progress::Ending
                } else if transaction.meter_start.is_none() {
                    Progress::Beginning
                } else {
                    let suspended = transaction.suspended;
                    Progress::Running { suspended }
                }
            }),
            held,
            reserved: self.reservations.is_shown(conditions, number),
            no_power: !connector.is_some_and(Connector::has_power),
            ev: connector.map_or(EvState::Ready, |connector| connector.ev),
        }
    }

    fn fault(&self, core: &Context, number: usize) -> Option<Fault> {
        let lock_failed = self.cables.lock_failed(number);
        let conflict = self.tokens.has_conflict();
        fault_of(core, &self.connectors, number, lock_failed, conflict)
    }

    /// Brings all statuses up to date and reports those that have changed for long enough.
    pub(super) fn update_statuses(&mut self, core: &mut Context) {
        let conditions = self.conditions(core);
        let held = self.is_held_for_firmware(core);
        for number in self.connectors.with_station() {
            let facts = self.facts(core, &conditions, number, held);
            self.statuses.follow(core.instant(), number, &facts);
        }
        if !self.registration.online(core) {
            return;
        }
        for number in self.connectors.with_station() {
            let fault = self.fault(core, number);
            let plugged = conditions.of(number).is_plugged();
            let calls = &mut self.calls;
            self.statuses
                .report_change(core, calls, number, fault, plugged);
        }
    }

    /// Reports the status of a connector, or of all of them and the station, as it is now.
    pub(super) fn report_statuses(&mut self, core: &mut Context, connector: Option<usize>) {
        let conditions = self.conditions(core);
        let held = self.is_held_for_firmware(core);
        let numbers = match connector {
            Some(number) => number..number + 1,
            None => self.connectors.with_station(),
        };
        for number in numbers {
            let facts = self.facts(core, &conditions, number, held);
            let fault = self.fault(core, number);
            let calls = &mut self.calls;
            self.statuses.report_now(core, calls, number, &facts, fault);
        }
    }
}
