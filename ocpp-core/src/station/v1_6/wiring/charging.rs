//! What people and cars do between presenting a token and driving away: transactions, cables, locks, contactors, limits.

use ocpp_types::v1_6::{MeterValue, Reason};

use super::ChargePoint;
use crate::smart_charging::TransactionId;
use crate::station::authorization::Authorizing as _;
use crate::station::behaviour::{Outcome, Prepared};
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::hardware::Connector;
use crate::station::profiles::Charging;
use crate::station::queue::Queued;
use crate::station::v1_6::transaction::{read_begin, read_end};
use crate::station::v1_6::{cables, smart_charging};
use crate::station::vocabulary::{CableState, ConnectorId, EvseId, Token, UnlockResult};

impl ChargePoint {
    /// Whether transactions may begin at all now.
    pub(super) fn may_begin(&self, core: &Context) -> bool {
        core.begun
            && self.registration.may_charge()
            && core.knows_time()
            && !self.shutdown.is_near()
            && !self.is_held_for_firmware(core)
            && !core.storage_fails()
            // The start and the end of every transaction must be kept until they are delivered.
            && !core.queue.is_full()
    }

    /// Starts a transaction if everything for it is in place.
    pub(super) fn try_start(&mut self, core: &mut Context, number: usize) {
        let evse = Some(self.connectors.evse(number));
        let mut of_evse = self.connectors.of_evse(evse);
        if !self.authorizations.is_granted(Some(number))
            || !self.availability.is_operative(number)
            || of_evse.any(|other| self.transactions.is_busy(other))
            || !self.connectors.is_plugged(core, number)
            || self.faulted(core, number)
            || !self.may_begin(core)
        {
            return;
        }
        let at = self.connectors.at(number);
        if core.lock(at) {
            return;
        }
        let Some(time) = core.utc() else {
            return;
        };
        let Some(mut auth) = self.authorizations.take_granted(Some(number)) else {
            return;
        };
        let profile = auth.details.profile.take();
        let profile = profile.and_then(|profile| smart_charging::from_wire(&profile));
        let connectors = &self.connectors;
        let transaction = self
            .transactions
            .begin(core, connectors, number, auth, time);
        let evse = smart_charging::evse(number);
        self.profiles.transaction_began(core, evse, None, profile);
        self.cables.begin(core, connectors, number);
        read_begin(core, at, transaction, time);
    }

    /// What waited goes on, wherever it can.
    pub(super) fn try_start_everywhere(&mut self, core: &mut Context) {
        for number in self.connectors.numbers() {
            self.try_start(core, number);
        }
    }

    /// Ends a transaction. Energy stops at once; the message follows when the meter is read.
    pub(super) fn stop(
        &mut self,
        core: &mut Context,
        number: u64,
        reason: Reason,
        token: Option<Token>,
    ) {
        let Some(stopped) = self.transactions.stop(core, number, reason, token) else {
            return;
        };
        let at = stopped.at;
        core.contactor(at, false);
        if let Some(connector) = self.connectors.number_of(at) {
            self.sampling.end(connector);
            let (connectors, owner) = (&self.connectors, stopped.owner);
            self.cables.finish(core, connectors, connector, owner);
        }
        read_end(core, at, number, stopped.time);
    }

    /// Ends the transaction at a connector, if there is one.
    fn stop_at(&mut self, core: &mut Context, connector: usize, reason: Reason) {
        if let Some(transaction) = self.transactions.number_at(connector) {
            self.stop(core, transaction, reason, None);
        }
    }

    /// Nobody who has not begun may begin any more.
    fn withdraw_waiting(&mut self, core: &mut Context) {
        for number in self.connectors.numbers() {
            if self.authorizations.is_granted(Some(number)) {
                self.cables.let_go(core, &self.connectors, number);
            }
        }
        self.authorizations.withdraw_all();
    }

    /// Nobody may charge any more, and all transactions end.
    pub(super) fn stop_all(&mut self, core: &mut Context, reason: &Reason) {
        self.withdraw_waiting(core);
        for number in self.connectors.numbers() {
            self.stop_at(core, number, reason.clone());
        }
    }

    /// The meter was read at the end of a transaction, or never will be.
    pub(super) fn finish(&mut self, core: &mut Context, number: u64, end: Option<MeterValue>) {
        let connectors = &self.connectors;
        let connector = self.transactions.finish(core, connectors, number, end);
        if let Some(connector) = connector {
            let evse = smart_charging::evse(connector);
            self.profiles.transaction_ended(core, evse);
        }
    }

    pub(super) fn prepare_queued(&self, queued: &Queued) -> Prepared {
        if self.registration.accepted() {
            self.transactions.prepare(queued)
        } else {
            Prepared::Wait
        }
    }

    /// A message of the queue has been answered, or was given up.
    pub(super) fn queued_delivered(
        &mut self,
        core: &mut Context,
        queued: &Queued,
        outcome: &Outcome<'_>,
    ) {
        let connectors = &self.connectors;
        let answered = self
            .transactions
            .delivered(core, connectors, queued, outcome);
        let Some(answered) = answered else {
            return;
        };
        self.tokens.remember(core, &answered.token, &answered.info);
        if let Some((connector, id)) = answered.identified {
            let evse = smart_charging::evse(connector);
            let id = TransactionId::Number(id);
            self.profiles.identify_transaction(evse, id);
        }
        if let Some(number) = answered.deauthorized {
            // The status before the end is news to the CSMS too (TC_037_3: Charging, then Finishing).
            self.update_statuses(core);
            self.stop(core, number, Reason::DeAuthorized, None);
        }
    }

    pub(super) fn cable_changed(&mut self, core: &mut Context, at: ConnectorId, state: CableState) {
        let Some(number) = self.connectors.number_of(at) else {
            return;
        };
        match state {
            CableState::Connected => {
                let charging = |number| self.transactions.is_busy(number);
                let connectors = &self.connectors;
                self.authorizations
                    .take_over(core, connectors, number, charging);
                self.seat_floating(core);
                self.authorizations.arrived(number);
                self.try_start(core, number);
            }
            CableState::InSocket => self.unplugged_at_ev(core, number),
            CableState::Unplugged => {
                self.unplugged_at_ev(core, number);
                self.cables.unplugged(core, &self.connectors, number);
            }
        }
    }

    /// The car is gone; the cable may still be in the socket.
    fn unplugged_at_ev(&mut self, core: &mut Context, number: usize) {
        let Some(transaction) = self.transactions.number_at(number) else {
            if self.authorizations.renew(core, number) {
                // Nothing has begun: who drives away takes the cable along.
                self.cables.let_go(core, &self.connectors, number);
            }
            return;
        };
        let unlock = core.variables.bool(Standard::UnlockOnEvDisconnect);
        // Without a cable in the socket nobody can go on with the transaction.
        if core.variables.bool(Standard::StopOnEvDisconnect)
            || cables::is_gone(core, &self.connectors, number)
        {
            self.stop(core, transaction, Reason::EvDisconnected, None);
            if unlock {
                self.cables.free(core, &self.connectors, number);
            }
        }
    }

    pub(super) fn stop_pressed(&mut self, core: &mut Context, evse: EvseId, emergency: bool) {
        let reason = if emergency {
            Reason::EmergencyStop
        } else {
            Reason::Local
        };
        for number in self.connectors.numbers() {
            if self.connectors.evse(number) != evse {
                continue;
            }
            match self.transactions.number_at(number) {
                Some(transaction) => self.stop(core, transaction, reason.clone(), None),
                None => self.give_up(core, number),
            }
        }
    }

    /// A fault has come or gone.
    pub(super) fn fault_changed(&mut self, core: &mut Context, at: Option<ConnectorId>) {
        for number in self.connectors.with_station() {
            let about = at.is_none_or(|at| at == self.connectors.at(number));
            if about && self.faulted(core, number) {
                self.reservations.end_of(core, number);
            }
        }
        // What waited for the end of a fault goes on.
        self.try_start_everywhere(core);
    }

    /// The lock holds, or not.
    pub(super) fn locked(&mut self, core: &mut Context, at: ConnectorId, success: bool) {
        let Some(number) = self.connectors.number_of(at) else {
            return;
        };
        if success {
            self.try_start(core, number);
        } else {
            self.cables.note_lock_failure(number);
            self.authorizations.set(Some(number), None);
        }
    }

    /// The answer of a lock that was told to open.
    pub(super) fn unlocked(&mut self, core: &mut Context, at: ConnectorId, result: UnlockResult) {
        if let Some(number) = self.connectors.number_of(at) {
            self.cables.unlocked(core, &self.connectors, number, result);
        }
    }

    /// Opens the lock of a connector for the CSMS. The transaction is finished first (5.18), which also takes the load off
    /// the cable.
    pub(super) fn unlock(&mut self, core: &mut Context, connector: usize) {
        self.stop_at(core, connector, Reason::UnlockCommand);
        core.unlock(self.connectors.at(connector));
    }

    /// The power has not gone after all.
    pub(super) fn power_restored(&mut self, core: &mut Context) {
        self.shutdown.power_restored();
        self.try_start_everywhere(core);
    }

    pub(super) fn power_failing(&mut self, core: &mut Context, time_to_report: bool) {
        self.shutdown.power_failing();
        if time_to_report {
            return self.stop_all(core, &Reason::PowerLoss);
        }
        self.withdraw_waiting(core);
        for number in self.connectors.numbers() {
            if let Some(transaction) = self.transactions.number_at(number) {
                self.transactions.note_meter(core, transaction, true);
            }
        }
    }

    /// After a start a cable is held for who charges with it and for whom it is kept.
    pub(super) fn settle_locks(&mut self, core: &mut Context) {
        let charges = |number| {
            let running = self.transactions.at(number);
            running.is_some_and(|transaction| transaction.details.stopping.is_none())
        };
        self.cables.settle_locks(core, &self.connectors, charges);
    }

    /// Offers energy where a transaction may have it, and nowhere else.
    pub(super) fn update_contactors(&mut self, core: &mut Context) {
        for number in self.connectors.numbers() {
            let at = self.connectors.at(number);
            let offered = self.transactions.at(number).is_some_and(|t| {
                t.meter_start.is_some() && t.details.stopping.is_none() && !t.suspended
            });
            let ready = |connector: &Connector| connector.holds() && connector.has_power();
            let closed = offered
                && core.hardware.get(at).is_some_and(ready)
                && !self.faulted(core, number)
                && self.connectors.is_plugged(core, number);
            core.contactor(at, closed);
        }
    }

    /// Hands limits to the hardware when they change.
    pub(super) fn update_limits(&mut self, core: &mut Context) {
        for number in self.connectors.numbers() {
            let running = self.transactions.at(number);
            let charges = running.filter(|t| t.details.stopping.is_none() && !t.suspended);
            let charging = charges.map(|transaction| Charging {
                transaction: Some(transaction.number),
                priority: 0,
            });
            self.profiles
                .set_charging(smart_charging::evse(number), charging);
        }
        for (number, limit) in self.profiles.limits_due(core) {
            if let Some(number) = self.connectors.by_id(number.into()) {
                core.limit(self.connectors.at(number), limit);
            }
        }
    }

    /// Restarts as soon as everything is delivered, or patience is over.
    pub(super) fn reset_due(&mut self, core: &Context) -> Option<bool> {
        let quiet = self.calls.is_empty() && core.queue.len() == 0;
        let online = self.registration.online(core);
        let waits = self.transactions.any_busy() || (online && !quiet);
        self.shutdown.reset_due(core.instant(), waits)
    }
}
