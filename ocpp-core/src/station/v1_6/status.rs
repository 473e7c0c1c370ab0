//! The status of connectors and its notification (1.6 section 4.9).

use alloc::vec::Vec;
use core::time::Duration;

use ocpp_types::CiString;
use ocpp_types::v1_6::{ChargePointErrorCode, ChargePointStatus, StatusNotificationRequest};

use super::calls::{Calls, Purpose};
use super::conditions::Condition;
use super::connectors::{Connectors, connector_id};
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

/// What there is to report of a connector.
#[derive(Debug, Clone, PartialEq)]
struct Report {
    status: Status,
    fault: Option<Fault>,
}

/// How far the transaction at a connector is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// The meter has to be read before the CSMS can hear of it.
    Beginning,
    Running {
        /// Whether no energy is offered because of the token.
        suspended: bool,
    },
    /// The meter has to be read before the CSMS can hear of its end.
    Ending,
}

/// What the status of a connector follows from.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) condition: Condition,
    /// Of the transaction, if there is one.
    pub(super) progress: Option<Progress>,
    /// Whether nobody can begin to charge because of a firmware update.
    pub(super) held: bool,
    /// Whether to show that it is reserved.
    pub(super) reserved: bool,
    pub(super) no_power: bool,
    pub(super) ev: EvState,
}

/// The status of one connector.
#[derive(Debug)]
struct Current {
    status: Status,
    /// Since when the status is what it is.
    since: Instant,
    /// What the CSMS was told last.
    reported: Option<Report>,
}

/// See the [module documentation](self).
#[derive(Debug)]
pub(super) struct Statuses {
    /// By number, the station itself first.
    all: Vec<Current>,
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

impl Statuses {
    /// Everything is available, and nothing has been reported.
    pub(super) fn new(connectors: &Connectors, now: Instant) -> Self {
        let available = connectors.with_station().map(|_| Current {
            status: Status::Available,
            since: now,
            reported: None,
        });
        Self {
            all: available.collect(),
        }
    }

    pub(super) fn status(&self, number: usize) -> Status {
        self.all[number].status
    }

    /// Whether the status is that a connector is available, or reserved.
    pub(super) fn is_idle(&self, number: usize) -> bool {
        matches!(self.status(number), Status::Available | Status::Reserved)
    }

    /// Since when the status is what it is.
    pub(super) fn since(&self, number: usize) -> Instant {
        self.all[number].since
    }

    /// A restart finds a transaction that was about to end.
    pub(super) fn resume_finishing(&mut self, number: usize) {
        self.all[number].status = Status::Finishing;
    }

    /// The status as it follows from everything that is known.
    fn judge(&self, number: usize, facts: &Facts) -> Status {
        let condition = &facts.condition;
        if condition.faulted {
            return Status::Faulted;
        }
        if number == 0 {
            return if condition.operative {
                Status::Available
            } else {
                Status::Unavailable
            };
        }
        let before = self.status(number);
        let plugged = condition.is_plugged();
        match facts.progress {
            // The meter has to be read first: the CSMS hears of a start or an end before the status that follows.
            Some(Progress::Ending) => return before,
            Some(Progress::Beginning) => return Status::Preparing,
            Some(Progress::Running { suspended }) => {
                return if suspended || facts.no_power {
                    Status::SuspendedEvse
                } else if !plugged || facts.ev != EvState::Ready {
                    Status::SuspendedEv
                } else {
                    Status::Charging
                };
            }
            None => {}
        }
        if condition.authorized {
            Status::Preparing
        } else if condition.finishing && condition.cable != CableState::Unplugged {
            Status::Finishing
        } else if !condition.operative || facts.held {
            Status::Unavailable
        } else if facts.reserved && !(before == Status::Preparing && plugged) {
            // 4.9, G2: until the identity of the reservation is presented, whatever is plugged in. Preparing does not
            // become Reserved under a cable.
            Status::Reserved
        } else if plugged {
            Status::Preparing
        } else {
            Status::Available
        }
    }

    /// Brings the status of a connector up to date.
    pub(super) fn follow(&mut self, now: Instant, number: usize, facts: &Facts) {
        let status = self.judge(number, facts);
        let current = &mut self.all[number];
        if current.status != status {
            current.status = status;
            current.since = now;
        }
    }

    /// Reports the status of a connector if it has changed for long enough.
    pub(super) fn report_change(
        &mut self,
        core: &mut Context,
        calls: &mut Calls,
        number: usize,
        fault: Option<Fault>,
        plugged: bool,
    ) {
        let current = &self.all[number];
        let report = Report {
            status: current.status,
            fault,
        };
        let due = match &current.reported {
            None => true,
            Some(reported) if *reported == report => false,
            // A fault is news at once.
            Some(reported) if reported.fault != report.fault => true,
            Some(_) => current.since + minimum_duration(core) <= core.instant(),
        };
        if due {
            self.send(core, calls, number, report, plugged);
        }
    }

    /// Reports the status as it is now.
    pub(super) fn report_now(
        &mut self,
        core: &mut Context,
        calls: &mut Calls,
        number: usize,
        facts: &Facts,
        fault: Option<Fault>,
    ) {
        let status = self.judge(number, facts);
        let report = Report { status, fault };
        let plugged = facts.condition.is_plugged();
        self.send(core, calls, number, report, plugged);
    }

    fn send(
        &mut self,
        core: &mut Context,
        calls: &mut Calls,
        number: usize,
        report: Report,
        plugged: bool,
    ) {
        let code = report.fault.as_ref().map(|fault| error_code(fault.code));
        let code = code.unwrap_or(ChargePointErrorCode::NoError);
        let connector = connector_id(number);
        let mut request = StatusNotificationRequest::new(connector, code, report.status.wire());
        request.timestamp = core.utc();
        let after_the_car = matches!(report.status, Status::SuspendedEv | Status::Finishing);
        if let Some(fault) = &report.fault {
            request.info = fault.info.as_deref().map(CiString::truncated);
            request.vendor_id = fault.vendor_id.as_deref().map(CiString::truncated);
            let vendor_code = fault.vendor_code.as_deref();
            request.vendor_error_code = vendor_code.map(CiString::truncated);
        } else if number > 0 && after_the_car && !plugged {
            request.info = Some(CiString::truncated("EV side disconnected"));
        }
        let sent = calls.send(core, &request, Purpose::Status(number));
        self.all[number].reported = sent.then_some(report);
    }

    /// A report has ended.
    pub(super) fn answered(&mut self, number: usize, outcome: &Outcome<'_>) {
        // One that did not arrive is sent again; one that was refused would be refused again.
        if let Err(CallFailure::Disconnected | CallFailure::TimedOut) = outcome {
            self.all[number].reported = None;
        }
    }

    /// All statuses are news to the CSMS.
    pub(super) fn forget_reports(&mut self) {
        for current in &mut self.all {
            current.reported = None;
        }
    }

    /// When a change is reported that has not lasted long enough yet.
    pub(super) fn next_timeout(&self, core: &Context) -> Option<Instant> {
        let minimum = minimum_duration(core);
        let waiting = self.all.iter().filter(|current| {
            let reported = current.reported.as_ref();
            reported.is_some_and(|reported| reported.status != current.status)
        });
        waiting.map(|current| current.since + minimum).min()
    }
}

/// What is wrong at a connector, or with the station.
pub(super) fn fault_of(
    core: &Context,
    connectors: &Connectors,
    number: usize,
    lock_failed: bool,
    list_conflict: bool,
) -> Option<Fault> {
    if lock_failed {
        return Some(Fault::new(FaultCode::ConnectorLockFailure));
    }
    let own = core.hardware.get(connectors.at(number));
    let own = own.and_then(|connector| connector.fault.clone());
    let station = core.hardware.station_fault();
    let station = station.filter(|fault| number == 0 || fault.prevents_charging());
    let conflict = number == 0 && list_conflict;
    let conflict = conflict.then(|| Fault::new(FaultCode::LocalListConflict));
    own.or(station).or(conflict)
}

fn minimum_duration(core: &Context) -> Duration {
    Duration::from_secs(core.variables.u32(Standard::MinimumStatusDuration).into())
}
