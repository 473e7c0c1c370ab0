//! TriggerMessage (1.6 section 5.17) and its successor ExtendedTriggerMessage (security whitepaper).

use alloc::vec::Vec;

use ocpp_types::v1_6::{
    ExtendedMessageTrigger, ExtendedTriggerMessageRequest, ExtendedTriggerMessageResponse,
    ExtendedTriggerMessageStatus, MessageTrigger, TriggerMessageRequest, TriggerMessageResponse,
    TriggerMessageStatus,
};

use super::{ChargePoint, firmware, upload};
use crate::session::CallToken;
use crate::station::context::Context;
use crate::station::meter::{Sample, SamplePurpose};
use crate::station::registration::RegistrationMessages as _;

/// Which of the two messages it is that triggers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Triggering {
    /// `TriggerMessage`.
    Plain,
    /// `ExtendedTriggerMessage`.
    Extended,
}

impl Triggering {
    pub(super) fn answer(self, core: &mut Context, call: CallToken, accepted: bool) {
        match (self, accepted) {
            (Self::Plain, true) => {
                let status = TriggerMessageStatus::Accepted;
                core.answer(call, &TriggerMessageResponse::new(status));
            }
            (Self::Plain, false) => {
                let status = TriggerMessageStatus::Rejected;
                core.answer(call, &TriggerMessageResponse::new(status));
            }
            (Self::Extended, true) => {
                let status = ExtendedTriggerMessageStatus::Accepted;
                core.answer(call, &ExtendedTriggerMessageResponse::new(status));
            }
            (Self::Extended, false) => {
                let status = ExtendedTriggerMessageStatus::Rejected;
                core.answer(call, &ExtendedTriggerMessageResponse::new(status));
            }
        }
    }
}

impl ChargePoint {
    pub(super) fn trigger_message(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &TriggerMessageRequest,
    ) {
        let relevant = matches!(
            request.requested_message,
            MessageTrigger::StatusNotification | MessageTrigger::MeterValues
        );
        let connector = self.triggered_connector(request.connector_id, relevant);
        let status = match (&request.requested_message, connector) {
            (_, None) => TriggerMessageStatus::Rejected,
            // Erratum 3.35: not once it is accepted.
            (MessageTrigger::BootNotification, _) if self.boot.accepted() => {
                TriggerMessageStatus::Rejected
            }
            (
                MessageTrigger::DiagnosticsStatusNotification
                | MessageTrigger::FirmwareStatusNotification,
                _,
            ) if !core.config.features.firmware => TriggerMessageStatus::NotImplemented,
            (MessageTrigger::MeterValues, Some(Some(0))) if !core.config.main_meter => {
                TriggerMessageStatus::Rejected
            }
            (MessageTrigger::Unrecognized(_), _) => TriggerMessageStatus::NotImplemented,
            _ => TriggerMessageStatus::Accepted,
        };
        let accepted = status == TriggerMessageStatus::Accepted;
        if accepted && request.requested_message == MessageTrigger::MeterValues {
            return self.trigger_meter_values(core, call, Triggering::Plain, connector.flatten());
        }
        core.answer(call, &TriggerMessageResponse::new(status));
        if accepted && let Some(connector) = connector {
            self.trigger(core, &request.requested_message, connector);
        }
    }

    /// The connector that a trigger is about: `Some(None)` for all of them, `None` if there is no such connector. Where the
    /// number is not relevant it is ignored (5.17).
    pub(super) fn triggered_connector(
        &self,
        id: Option<i64>,
        relevant: bool,
    ) -> Option<Option<usize>> {
        match id.filter(|_| relevant) {
            None => Some(None),
            Some(id) => self.connectors.by_id(id).map(Some),
        }
    }

    fn trigger(&mut self, core: &mut Context, message: &MessageTrigger, connector: Option<usize>) {
        match message {
            MessageTrigger::BootNotification => self.boot.send_boot(core, &mut self.calls),
            MessageTrigger::Heartbeat => {
                self.calls.send_heartbeat(core);
            }
            MessageTrigger::StatusNotification => self.trigger_statuses(core, connector),
            MessageTrigger::DiagnosticsStatusNotification => {
                upload::report_diagnostics(&self.upload, core, &mut self.calls);
            }
            MessageTrigger::FirmwareStatusNotification => {
                firmware::report(&self.firmware, core, &mut self.calls);
            }
            MessageTrigger::MeterValues | MessageTrigger::Unrecognized(_) => {}
        }
    }

    pub(super) fn trigger_statuses(&mut self, core: &mut Context, connector: Option<usize>) {
        let numbers = match connector {
            Some(number) => number..number + 1,
            None => 0..self.slots.len(),
        };
        for number in numbers {
            self.report_status(core, number);
        }
    }

    /// Reads the meters of a connector, or of all of them, for a call that is answered when it is known whether they have
    /// anything to send (5.17).
    pub(super) fn trigger_meter_values(
        &mut self,
        core: &mut Context,
        call: CallToken,
        triggering: Triggering,
        connector: Option<usize>,
    ) {
        let Some(time) = core.utc() else {
            return triggering.answer(core, call, false);
        };
        let mut places = Vec::new();
        let numbers = match connector {
            Some(number) => number..number + 1,
            None => usize::from(!core.config.main_meter)..self.slots.len(),
        };
        for number in numbers {
            let slot = &self.slots[number];
            let comes = core.sample(Sample {
                purpose: SamplePurpose::Trigger,
                at: (number > 0).then_some(slot.at),
                transaction: slot.transaction,
                time,
            });
            places.extend(comes.then_some(number));
        }
        if !self.meter_triggers.add(call, triggering, places) {
            triggering.answer(core, call, false);
        }
    }

    /// ExtendedTriggerMessage.
    pub(super) fn extended_trigger(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &ExtendedTriggerMessageRequest,
    ) {
        let message = &request.requested_message;
        let relevant = matches!(
            message,
            ExtendedMessageTrigger::StatusNotification | ExtendedMessageTrigger::MeterValues
        );
        let connector = self.triggered_connector(request.connector_id, relevant);
        let mut status = match (message, connector) {
            (_, None) => ExtendedTriggerMessageStatus::Rejected,
            (ExtendedMessageTrigger::BootNotification, _) if self.boot.accepted() => {
                ExtendedTriggerMessageStatus::Rejected
            }
            (ExtendedMessageTrigger::MeterValues, Some(Some(0))) if !core.config.main_meter => {
                ExtendedTriggerMessageStatus::Rejected
            }
            (ExtendedMessageTrigger::Unrecognized(_), _) => {
                ExtendedTriggerMessageStatus::NotImplemented
            }
            (ExtendedMessageTrigger::FirmwareStatusNotification, _)
                if !core.config.features.firmware =>
            {
                ExtendedTriggerMessageStatus::NotImplemented
            }
            _ => ExtendedTriggerMessageStatus::Accepted,
        };
        if *message == ExtendedMessageTrigger::SignChargePointCertificate {
            status = if self.certificates.request(core) {
                ExtendedTriggerMessageStatus::Accepted
            } else {
                ExtendedTriggerMessageStatus::Rejected
            };
        }
        let accepted = status == ExtendedTriggerMessageStatus::Accepted;
        if accepted && *message == ExtendedMessageTrigger::MeterValues {
            let (extended, connector) = (Triggering::Extended, connector.flatten());
            return self.trigger_meter_values(core, call, extended, connector);
        }
        core.answer(call, &ExtendedTriggerMessageResponse::new(status));
        let Some(connector) = connector.filter(|_| accepted) else {
            return;
        };
        match message {
            ExtendedMessageTrigger::BootNotification => self.boot.send_boot(core, &mut self.calls),
            ExtendedMessageTrigger::Heartbeat => {
                self.calls.send_heartbeat(core);
            }
            ExtendedMessageTrigger::StatusNotification => self.trigger_statuses(core, connector),
            ExtendedMessageTrigger::LogStatusNotification => {
                upload::report_log(&self.upload, core, &mut self.calls);
            }
            ExtendedMessageTrigger::FirmwareStatusNotification => {
                firmware::report_signed(&self.firmware, core, &mut self.calls);
            }
            // What it wants is under way already.
            ExtendedMessageTrigger::MeterValues
            | ExtendedMessageTrigger::SignChargePointCertificate
            | ExtendedMessageTrigger::Unrecognized(_) => {}
        }
    }
}
