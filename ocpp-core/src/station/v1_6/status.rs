//! The status of connectors and its notification (1.6 section 4.9).

use core::time::Duration;

use ocpp_types::CiString;
use ocpp_types::v1_6::{ChargePointErrorCode, ChargePointStatus, StatusNotificationRequest};

use super::ChargePoint;
use super::calls::Purpose;
use super::connectors::connector_id;
use crate::session::CallFailure;
use crate::station::behaviour::Outcome;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::vocabulary::{CableState, EvState, Fault, FaultCode};
use crate::time::Instant;

/// `ChargePointStatus` (7.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Available,
    Preparing,
    Charging,
    SuspendedEvse,
    SuspendedEv,
    Finishing,
    Reserved,
    Unavailable,
    Faulted,
}

impl Status {
    const fn wire(self) -> ChargePointStatus {
        match self {
            Self::Available => ChargePointStatus::Available,
            Self::Preparing => ChargePointStatus::Preparing,
            Self::Charging => ChargePointStatus::Charging,
            Self::SuspendedEvse => ChargePointStatus::SuspendedEvse,
            Self::SuspendedEv => ChargePointStatus::SuspendedEv,
            Self::Finishing => ChargePointStatus::Finishing,
            Self::Reserved => ChargePointStatus::Reserved,
            Self::Unavailable => ChargePointStatus::Unavailable,
            Self::Faulted => ChargePointStatus::Faulted,
        }
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Available => "Available",
            Self::Preparing => "Preparing",
            Self::Charging => "Charging",
            Self::SuspendedEvse => "SuspendedEVSE",
            Self::SuspendedEv => "SuspendedEV",
            Self::Finishing => "Finishing",
            Self::Reserved => "Reserved",
            Self::Unavailable => "Unavailable",
            Self::Faulted => "Faulted",
        }
    }
}

/// What the CSMS was told last.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reported {
    status: Status,
    fault: Option<Fault>,
}

fn error_code(code: FaultCode) -> ChargePointErrorCode {
    match code {
        FaultCode::ConnectorLockFailure => ChargePointErrorCode::ConnectorLockFailure,
        FaultCode::EvCommunicationError => ChargePointErrorCode::EvCommunicationError,
        FaultCode::GroundFailure => ChargePointErrorCode::GroundFailure,
        FaultCode::HighTemperature => ChargePointErrorCode::HighTemperature,
        FaultCode::InternalError => ChargePointErrorCode::InternalError,
        FaultCode::LocalListConflict => ChargePointErrorCode::LocalListConflict,
        FaultCode::OtherError => ChargePointErrorCode::OtherError,
        FaultCode::OverCurrentFailure => ChargePointErrorCode::OverCurrentFailure,
        FaultCode::OverVoltage => ChargePointErrorCode::OverVoltage,
        FaultCode::PowerMeterFailure => ChargePointErrorCode::PowerMeterFailure,
        FaultCode::PowerSwitchFailure => ChargePointErrorCode::PowerSwitchFailure,
        FaultCode::ReaderFailure => ChargePointErrorCode::ReaderFailure,
        FaultCode::ResetFailure => ChargePointErrorCode::ResetFailure,
        FaultCode::UnderVoltage => ChargePointErrorCode::UnderVoltage,
        FaultCode::WeakSignal => ChargePointErrorCode::WeakSignal,
    }
}

impl ChargePoint {
    /// The status as it follows from everything that is known.
    fn status_of(&self, core: &Context, number: usize) -> Status {
        let slot = &self.slots[number];
        if number == 0 {
            return if core.hardware.station_faulted() {
                Status::Faulted
            } else if !slot.operative {
                Status::Unavailable
            } else {
                Status::Available
            };
        }
        if self.faulted(core, number) {
            return Status::Faulted;
        }
        let cable = self.connectors.cable(core, number);
        let running = slot.transaction.and_then(|t| self.transactions.get(t));
        if let Some(transaction) = running {
            // The meter has to be read first: the CSMS hears of a start or an end before the status that follows.
            if transaction.details.stopping.is_some() {
                return slot.status;
            }
            if transaction.meter_start.is_none() {
                return Status::Preparing;
            }
            let ev = core.hardware.get(slot.at).map_or(EvState::Ready, |c| c.ev);
            return if transaction.suspended || self.connectors.has_no_power(core, number) {
                Status::SuspendedEvse
            } else if cable != CableState::Connected || ev != EvState::Ready {
                Status::SuspendedEv
            } else {
                Status::Charging
            };
        }
        let authorized = slot.auth.as_ref().is_some_and(|auth| auth.granted);
        if authorized {
            Status::Preparing
        } else if slot.finishing && cable != CableState::Unplugged {
            Status::Finishing
        } else if !slot.operative || self.is_held_for_firmware(core) {
            Status::Unavailable
        } else if self.reservation_shown(core, number)
            && !(slot.status == Status::Preparing && cable == CableState::Connected)
        {
            // 4.9, G2: until the identity of the reservation is presented, whatever is plugged in. Preparing does not
            // become Reserved under a cable.
            Status::Reserved
        } else if cable == CableState::Connected {
            Status::Preparing
        } else {
            Status::Available
        }
    }

    fn fault_of(&self, core: &Context, number: usize) -> Option<Fault> {
        let slot = &self.slots[number];
        if slot.lock_failed {
            return Some(Fault::new(FaultCode::ConnectorLockFailure));
        }
        let own = core.hardware.get(slot.at).and_then(|c| c.fault.clone());
        let station = core.hardware.station_fault();
        let station = station.filter(|fault| number == 0 || fault.prevents_charging());
        let conflict = number == 0 && self.tokens.has_conflict();
        let conflict = conflict.then(|| Fault::new(FaultCode::LocalListConflict));
        own.or(station).or(conflict)
    }

    /// Brings all statuses up to date and reports those that have changed for long enough.
    pub(super) fn update_statuses(&mut self, core: &mut Context) {
        let now = core.instant();
        for number in 0..self.slots.len() {
            let status = self.status_of(core, number);
            let slot = &mut self.slots[number];
            if slot.status != status {
                slot.status = status;
                slot.since = now;
            }
        }
        if !self.boot.online(core) {
            return;
        }
        let minimum = minimum_duration(core);
        for number in 0..self.slots.len() {
            let slot = &self.slots[number];
            let state = Reported {
                status: slot.status,
                fault: self.fault_of(core, number),
            };
            let due = match &slot.reported {
                None => true,
                Some(reported) if *reported == state => false,
                // A fault is news at once.
                Some(reported) if reported.fault != state.fault => true,
                Some(_) => slot.since + minimum <= now,
            };
            if due {
                self.send_status(core, number, state);
            }
        }
    }

    pub(super) fn next_status_timeout(&self, core: &Context) -> Option<Instant> {
        if !self.boot.online(core) {
            return None;
        }
        let minimum = minimum_duration(core);
        let waiting = self.slots.iter().filter(|slot| {
            let reported = slot.reported.as_ref();
            reported.is_some_and(|reported| reported.status != slot.status)
        });
        waiting.map(|slot| slot.since + minimum).min()
    }

    /// Reports the status as it is now.
    pub(super) fn report_status(&mut self, core: &mut Context, number: usize) {
        let state = Reported {
            status: self.status_of(core, number),
            fault: self.fault_of(core, number),
        };
        self.send_status(core, number, state);
    }

    fn send_status(&mut self, core: &mut Context, number: usize, state: Reported) {
        let code = state.fault.as_ref().map(|fault| error_code(fault.code));
        let code = code.unwrap_or(ChargePointErrorCode::NoError);
        let connector = connector_id(number);
        let mut request = StatusNotificationRequest::new(connector, code, state.status.wire());
        request.timestamp = core.utc();
        if let Some(fault) = &state.fault {
            request.info = fault.info.as_deref().map(CiString::truncated);
            request.vendor_id = fault.vendor_id.as_deref().map(CiString::truncated);
            let vendor_code = fault.vendor_code.as_deref();
            request.vendor_error_code = vendor_code.map(CiString::truncated);
        } else if self.ev_side_disconnected(core, number, state.status) {
            request.info = Some(CiString::truncated("EV side disconnected"));
        }
        let sent = self.calls.send(core, &request, Purpose::Status(number));
        self.slots[number].reported = sent.then_some(state);
    }

    fn ev_side_disconnected(&self, core: &Context, number: usize, status: Status) -> bool {
        number > 0
            && matches!(status, Status::SuspendedEv | Status::Finishing)
            && !self.connectors.is_plugged(core, number)
    }

    pub(super) fn status_answered(&mut self, number: usize, result: &Outcome<'_>) {
        // One that did not arrive is sent again; one that was refused would be refused again.
        if let Err(CallFailure::Disconnected | CallFailure::TimedOut) = result {
            self.slots[number].reported = None;
        }
    }
}

fn minimum_duration(core: &Context) -> Duration {
    Duration::from_secs(core.variables.u32(Standard::MinimumStatusDuration).into())
}
