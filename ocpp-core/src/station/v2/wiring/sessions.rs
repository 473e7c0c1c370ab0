//! What people and cars do between presenting a token and driving away: conditions and contactors, and the beginning and
//! the end of transactions that follow from them.

use super::super::ChargingStation;
use super::super::attention::Circumstances;
use super::super::per_evse::{connectors_of, evse_of};
use super::super::points::{Conditions, Point};
use super::super::signatures::Asking;
use super::super::transactions::Cue;
use super::super::wire::{ChargingState, Reason, TriggerReason};
use crate::station::authorization::Authorizing as _;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::hardware::{Connector, LockState};
use crate::station::vocabulary::{CableState, ConnectorId, EvState, EvseId, Fault, FaultCode};

/// What 2.0.1 calls the fault of a connector, or of the station, that ends a transaction.
fn fault_reason(core: &Context, at: ConnectorId) -> Reason {
    let own = core.hardware.get(at).and_then(|one| one.fault.clone());
    let station = core.hardware.fault.clone();
    let mut faults = own.into_iter().chain(station);
    let fault = faults.find(Fault::prevents_charging);
    match fault.map(|fault| fault.code) {
        Some(FaultCode::GroundFailure) => Reason::GroundFault,
        Some(FaultCode::OverCurrentFailure) => Reason::OvercurrentFault,
        Some(FaultCode::OverVoltage | FaultCode::UnderVoltage) => Reason::PowerQuality,
        _ => Reason::Other,
    }
}

/// The conditions that begin a transaction now.
fn start_points(core: &Context) -> Conditions {
    let signs = core.variables.bool(Standard::SampledSign);
    Conditions::of(core.variables.list(Standard::StartPoint)).as_starts(signs)
}

impl ChargingStation {
    /// The connector that a transaction of an EVSE runs at, or will.
    pub(super) fn place(&self, index: usize) -> ConnectorId {
        let running = self.running(index).and_then(|transaction| transaction.at);
        let place = self.cables.car(index).or(running);
        place.unwrap_or_else(|| ConnectorId::new(evse_of(index), 1))
    }

    /// Requirements: C01.FR.01.
    pub(super) fn conditions(&self, core: &Context, index: usize) -> Conditions {
        let at = self.place(index);
        let connector = core.hardware.get(at);
        let bay = core.hardware.bays.get(index);
        let authorized = self.is_authorized(index);
        let connected = self.cables.car(index).is_some();
        // A lock that closes again, because the station or the hardware has restarted, ends nothing; the contactor waits.
        let running = self.running(index);
        let was_closed = running.is_some_and(|t| t.details.reached.has(Point::PowerPathClosed));
        let locked = connector.is_none_or(|connector| {
            !connector.config.lock
                || match connector.lock {
                    LockState::Locked => true,
                    LockState::Unknown | LockState::Locking => was_closed,
                    LockState::Open | LockState::Unlocking => false,
                }
        });
        // Without authorization the contactor opens at once: the end has one cause, and one event (E05.FR.10).
        let energy = connected
            && authorized
            && connector.is_some_and(|connector| {
                let flows = connector.is_closed() || self.sessions.energy_due(index);
                flows && connector.ev == EvState::Ready
            });
        Conditions::default()
            .with(
                Point::ParkingBayOccupancy,
                bay.is_some_and(|bay| bay.occupied),
            )
            .with(Point::EvConnected, connected)
            .with(Point::Authorized, authorized)
            .with(Point::PowerPathClosed, authorized && connected && locked)
            .with(
                Point::DataSigned,
                authorized && connected && locked && self.signatures.has_come(index),
            )
            .with(Point::EnergyTransfer, energy)
    }

    /// `ChargingStateEnumType` as it follows from everything that is known.
    /// Requirements: E01.FR.19.
    pub(super) fn charging_state(&self, core: &Context, index: usize) -> ChargingState {
        let Some(connector) = self.cables.car(index).and_then(|at| core.hardware.get(at)) else {
            return ChargingState::Idle;
        };
        if !self.is_authorized(index) {
            ChargingState::EvConnected
        } else if !connector.is_closed() && !self.sessions.energy_due(index) {
            ChargingState::SuspendedEvse
        } else if connector.ev == EvState::Ready {
            ChargingState::Charging
        } else {
            ChargingState::SuspendedEv
        }
    }

    /// After a start a cable is held for who may charge with it and for whom it is kept, and for nobody else.
    fn settle_locks(&self, core: &mut Context) {
        let wanted = |connector: &Connector| {
            let Some(index) = self.index_of(connector.id.evse) else {
                return false;
            };
            let running = self.running(index);
            let here = running.is_some_and(|t| t.at == Some(connector.id))
                || connector.cable == CableState::Connected;
            let here = here && self.is_authorized(index);
            self.cables.is_held(index, connector, here)
        };
        if core.begun {
            core.settle_locks(wanted);
        }
    }

    /// Lets transactions, locks and contactors follow the conditions. Says whether anything may have changed thereby.
    pub(super) fn update_sessions(&mut self, core: &mut Context) -> bool {
        self.settle_locks(core);
        self.look_around(core);
        let floating = self.transactions.number(None);
        self.update_floating(core);
        let evses = self.attention.take_sessions();
        let changed = !evses.is_empty() || self.transactions.number(None) != floating;
        for index in evses {
            self.update_session(core, index);
            // A car that has waited while another one was served.
            if self.cables.car(index).is_none() {
                self.serve_car(core, index);
                if self.cables.car(index).is_some() {
                    self.update_session(core, index);
                }
            }
        }
        changed
    }

    fn update_session(&mut self, core: &mut Context, index: usize) {
        self.cables.lock(core, index, self.is_authorized(index));
        if self
            .attention
            .circumstances()
            .start_points
            .has(Point::DataSigned)
        {
            let asking = Asking {
                at: self.place(index),
                ready: self.conditions(core, index).has(Point::PowerPathClosed),
                begun: self.transactions.number(Some(index)).is_some(),
                may_start: self.may_start(core),
            };
            self.signatures.ask(core, index, asking);
        }
        self.settle_limit(core, index);
        self.announce_energy(core, index);
        self.follow(core, index);
        self.update_contactor(core, index);
        // The contactor changes the charging state, and may be where a transaction begins.
        self.follow(core, index);
        self.cables.store_claim(core, index);
    }

    /// Where a transaction begins: when a car is in the bay (E01.FR.01), the token is authorized (E01.FR.03), a signed value
    /// has come (E01.FR.04), the power path closed (E01.FR.05), energy flows (E01.FR.06), or the cable is plugged in
    /// (E02.FR.06).
    fn follow(&mut self, core: &mut Context, index: usize) {
        let now = self.conditions(core, index);
        let before = self.sessions.seen(index);
        let cue = self.sessions.take_cause(Some(index));
        match self.transactions.number(Some(index)) {
            None => {
                let points = start_points(core);
                // E01.FR.02: somebody who is authorized again, the car still being connected, begins anew.
                let authorized = Conditions::default().with(Point::Authorized, true);
                let again = now.gained(before, authorized) && now.any(points);
                if again || now.gained(before, points) {
                    if !self.may_start(core) || self.resets.holds(index) {
                        // The moment is not lost, nor is its cause.
                        if let Some(cue) = cue {
                            self.sessions.because(Some(index), cue);
                        }
                        return;
                    }
                    let early = points
                        .with(Point::DataSigned, false)
                        .with(Point::PowerPathClosed, false)
                        .with(Point::EnergyTransfer, false);
                    let signed = Conditions::default().with(Point::DataSigned, true);
                    let signed = points.has(Point::DataSigned) && now.gained(before, signed);
                    let otherwise = match signed {
                        true => TriggerReason::SignedDataReceived,
                        false => TriggerReason::ChargingStateChanged,
                    };
                    let trigger = cue
                        .map(|cue| cue.trigger)
                        .filter(|_| now.gained(before, early) || again && now.any(early));
                    let trigger = trigger.unwrap_or(otherwise);
                    self.sessions.see(index, now);
                    self.begin(core, Some(index), trigger);
                }
            }
            Some(number) => {
                let transaction = self.transactions.get(number);
                if transaction.is_some_and(|t| t.details.ending.is_some()) {
                    // What comes true before the end is told belongs to the next transaction.
                    self.sessions.see(index, before.common(now));
                    if let Some(cue) = cue.filter(|cue| cue.reason.is_none()) {
                        self.sessions.because(Some(index), cue);
                    }
                    return;
                }
                self.go_on(core, index, number, now, cue);
            }
        }
        self.sessions.see(index, now);
    }

    /// Where it ends (E06.FR.01, E06.FR.03, E06.FR.06, E06.FR.07); otherwise what has changed is told (E02.FR.13, E02.FR.16,
    /// E02.FR.17, E03.FR.12, F03.FR.02).
    /// Requirements: E01.FR.18, E03.FR.15, F01.FR.18, F02.FR.08.
    fn go_on(
        &mut self,
        core: &mut Context,
        index: usize,
        number: u64,
        now: Conditions,
        cue: Option<Cue>,
    ) {
        let at = self.place(index);
        let state = self.charging_state(core, index);
        let Some(transaction) = self.transactions.get(number) else {
            self.transactions.forget_at(index);
            return;
        };
        let details = &transaction.details;
        if details.ending.is_some() {
            return;
        }
        let reached = details.reached.and(now);
        let authorized = now.has(Point::Authorized);
        let changed = reached != details.reached
            || authorized != details.authorized
            || Some(at) != transaction.at;
        let reason = cue.as_ref().and_then(|cue| cue.reason.as_ref());
        let reason = if authorized {
            None
        } else {
            details.reason.as_ref().or(reason)
        };
        // Energy is offered when the cable is locked and the meter read: before that there is nothing to tell, nor when the
        // contactor is about to close.
        let waits = !now.has(Point::PowerPathClosed)
            || transaction.meter_start.is_none()
            || self.offered(core, index).is_some();
        let told = match &details.told {
            Some(ChargingState::EvConnected) if state == ChargingState::SuspendedEvse && waits => {
                true
            }
            told => *told == Some(state),
        };
        if changed || reason != details.reason.as_ref() {
            let reason = reason.cloned();
            if let Some(transaction) = self.transactions.get_mut(number) {
                let details = &mut transaction.details;
                details.reached = reached;
                details.authorized = authorized;
                details.reason = reason;
                transaction.at = Some(at);
            }
        }
        if changed {
            self.transactions.store(core, number);
        }
        let points = Conditions::of(core.variables.list(Standard::StopPoint)).as_ends();
        // E03.FR.05, F02.FR.07: whoever does not plug in in time is not waited for, unless it is the bay that ends it.
        let in_bay = now.has(Point::ParkingBayOccupancy);
        let timed_out = cue
            .as_ref()
            .is_some_and(|cue| cue.trigger == TriggerReason::EvConnectTimeout);
        let waits_for_bay = in_bay && (!timed_out || points.has(Point::ParkingBayOccupancy));
        let nothing_left = !authorized && !now.has(Point::EvConnected) && !waits_for_bay;
        let cue = cue.filter(|cue| Self::is_told(core, cue));
        if reached.gained(now, points) || nothing_left {
            let cue = cue.unwrap_or_else(|| self.unprompted(core, at));
            self.end(core, number, &cue);
            self.cables.release(core, index);
        } else if let Some(cue) = cue {
            self.update(core, number, cue, None, None);
        } else if self.owes_place(index, number) {
            // A power cut came before the event that tells it.
            let cue = Cue::new(TriggerReason::CablePluggedIn);
            self.update(core, number, cue, None, None);
        } else if !told {
            let cue = Cue::new(TriggerReason::ChargingStateChanged);
            self.update(core, number, cue, None, None);
        }
    }

    /// Whether a running transaction says that something has happened: a car in the bay is told where transactions may begin
    /// with one (E01.FR.01), as the state ParkingBayOccupied of part 6 has it.
    fn is_told(core: &Context, cue: &Cue) -> bool {
        let points = start_points(core);
        cue.trigger != TriggerReason::EvDetected || points.has(Point::ParkingBayOccupancy)
    }

    /// Whether a car is connected and the CSMS does not hear of it yet: energy waits for the meter values that go with that.
    fn owes_place(&self, index: usize, number: u64) -> bool {
        self.cables.car(index).is_some() && !self.transactions.knows_place(number)
    }

    /// Why a transaction ends that nobody has ended: a fault, the station, which has no energy for it, or no more, or the
    /// car, which has had enough (E06.FR.08, E07.FR.06).
    /// Requirements: E06.FR.16.
    fn unprompted(&self, core: &Context, at: ConnectorId) -> Cue {
        let index = self.index_of(at.evse);
        if index.is_some_and(|index| self.faulted(core, index)) {
            return Cue::ending(TriggerReason::AbnormalCondition, fault_reason(core, at));
        }
        let running = index.and_then(|index| self.running(index));
        // The contactor opened before a car that would go on.
        let taken_away = |connector: &Connector| {
            !connector.is_closed()
                && connector.ev == EvState::Ready
                && connector.cable == CableState::Connected
        };
        let reason = if running.is_some_and(|t| t.suspended) {
            // E05.FR.02: the token is invalid and has had its share.
            Reason::DeAuthorized
        } else if core.hardware.get(at).is_some_and(taken_away) {
            Reason::Other
        } else {
            Reason::StoppedByEv
        };
        Cue::ending(TriggerReason::ChargingStateChanged, reason)
    }

    /// Where energy is wanted: where somebody known may charge and the cable is plugged in (C12.FR.04), and no longer
    /// where the session was stopped (E08.FR.01, E08.FR.02). A transaction that a fault interrupts still wants it.
    pub(super) fn wants_energy(&self, core: &Context, index: usize) -> Option<ConnectorId> {
        let path = self.conditions(core, index).has(Point::PowerPathClosed);
        let allowed = match self.running(index) {
            Some(running) => running.details.ending.is_none() && !running.suspended,
            None => {
                let points = start_points(core);
                points.has(Point::EnergyTransfer)
                    && self.may_start(core)
                    && !self.resets.holds(index)
                    && !self.faulted(core, index)
            }
        };
        self.cables.car(index).filter(|_| allowed && path)
    }

    /// Where energy is to be offered: where it is wanted and there is some.
    fn offered(&self, core: &Context, index: usize) -> Option<ConnectorId> {
        let connector = core.hardware.get(self.wants_energy(core, index)?)?;
        // The meter is read before energy flows, unless the energy is what began the transaction.
        let ready = self.running(index).is_none_or(|t| {
            let flows =
                t.details.reached.has(Point::EnergyTransfer) && !self.sessions.energy_due(index);
            t.meter_start.is_some() || flows
        });
        let free = ready && !self.faulted(core, index);
        (free && connector.has_power() && connector.holds()).then_some(connector.id)
    }

    /// Where energy begins a transaction, that is told and the meter read before the contactor closes: a restart in between must
    /// not leave energy that nobody knows of. A car that is not ready takes none before it says so.
    fn announce_energy(&mut self, core: &Context, index: usize) {
        let connector = self.cables.car(index).and_then(|at| core.hardware.get(at));
        let open = connector.is_some_and(|c| !c.is_closed() && c.ev == EvState::Ready);
        let due = open
            && match self.transactions.number(Some(index)) {
                // Elsewhere something else begins it, before the contactor closes.
                None => {
                    let points = start_points(core);
                    let others = points.with(Point::EnergyTransfer, false);
                    self.offered(core, index).is_some() && !self.conditions(core, index).any(others)
                }
                Some(number) => {
                    let running = self.transactions.get(number);
                    let goes_on = running.is_some_and(|t| t.details.ending.is_none());
                    let path = self.conditions(core, index).has(Point::PowerPathClosed);
                    let due = self.sessions.energy_due(index);
                    due && goes_on && path && !self.faulted(core, index)
                }
            };
        self.sessions.expect_energy(index, due);
    }

    /// Where energy is about to be offered, its limit and those of the others are there first, also where no transaction has
    /// begun yet (K04.FR.05).
    fn settle_limit(&mut self, core: &mut Context, index: usize) {
        let open = |at: ConnectorId| core.hardware.get(at).is_some_and(|one| !one.is_closed());
        if self.offered(core, index).is_some_and(open) {
            self.note_charging(core, index);
            self.update_limits(core);
        }
    }

    /// Offers energy where it is allowed, and nowhere else.
    fn update_contactor(&mut self, core: &mut Context, index: usize) {
        self.settle_limit(core, index);
        let offered = self.offered(core, index);
        for at in connectors_of(core, evse_of(index)) {
            core.contactor(at, offered == Some(at));
        }
        if offered.is_some() {
            self.sessions.expect_energy(index, false);
        }
    }

    pub(super) fn bay_changed(&mut self, evse: EvseId, occupied: bool) {
        if let Some(index) = self.index_of(evse) {
            let cue = match occupied {
                true => Cue::new(TriggerReason::EvDetected),
                // E06.FR.08: told where nobody has stopped the session before.
                false => Cue::ending(TriggerReason::EvDeparted, Reason::EvDisconnected),
            };
            self.sessions.because(Some(index), cue);
        }
    }

    pub(super) fn power_failing(&mut self, core: &mut Context, time_to_report: bool) {
        self.sessions.power(true);
        self.withdraw_waiting(core);
        let cue = Cue::ending(TriggerReason::AbnormalCondition, Reason::PowerLoss);
        if let Some(number) = self.transactions.number(None).filter(|_| time_to_report) {
            self.end(core, number, &cue);
        }
        for index in 0..self.evses() {
            match self.transactions.number(Some(index)) {
                None => {}
                Some(_) if time_to_report => self.end_at(core, index, &cue),
                Some(number) => self.transactions.note_meter(core, number, true),
            }
        }
    }

    fn look_for_changes(&mut self, core: &mut Context) {
        if core.hardware.is_touched() {
            let touched = core.hardware.take_touched();
            let touched = touched.filter_map(|evse| self.index_of(evse)).collect();
            self.attention.draw_to(touched);
        }
        self.attention.draw_to(self.transactions.take_changed());
        self.attention.draw_to(self.authorizations.take_changed());
        self.attention.draw_to(self.availability.take_changed());
        self.attention.draw_to(self.cables.take_changed());
        self.attention.draw_to(self.sessions.take_changed());
        self.attention.draw_to(self.signatures.take_changed());
    }

    /// Finds out where something may have changed.
    pub(super) fn look_around(&mut self, core: &mut Context) {
        let revision = core.variables.revision();
        let (start_points, stop_points) = self.attention.points(revision).unwrap_or_else(|| {
            let stop_points = core.variables.list(Standard::StopPoint);
            (start_points(core), Conditions::of(stop_points))
        });
        let now = Circumstances {
            may_start: self.may_start(core),
            online: self.online(core),
            operative: self.availability.station_operative(),
            held: self.availability.is_held(),
            faulted: core.hardware.station_faulted(),
            start_points,
            stop_points,
        };
        self.attention.follow(now, revision);
        self.look_for_changes(core);
    }

    /// Begins a transaction where the authorization is what begins it (E01.FR.03), and ends it with the authorization:
    /// without a car nothing else is left that could.
    fn update_floating(&mut self, core: &mut Context) {
        let granted = self.authorizations.granted(None).is_some();
        match self.transactions.number(None) {
            None if granted
                && self
                    .attention
                    .circumstances()
                    .start_points
                    .has(Point::Authorized)
                && self.may_start(core) =>
            {
                self.begin(core, None, TriggerReason::Authorized);
            }
            Some(number) if !granted => {
                let other = Cue::ending(TriggerReason::AbnormalCondition, Reason::Other);
                let cause = self.sessions.take_cause(None).unwrap_or(other);
                self.end(core, number, &cause);
            }
            _ => {}
        }
    }
}
