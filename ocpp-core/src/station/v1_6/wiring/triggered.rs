//! What TriggerMessage and ExtendedTriggerMessage lead to.

use ocpp_types::v1_6::{
    ExtendedMessageTrigger, ExtendedTriggerMessageRequest, ExtendedTriggerMessageResponse,
    ExtendedTriggerMessageStatus, MessageTrigger, TriggerMessageRequest, TriggerMessageResponse,
    TriggerMessageStatus,
};

use super::ChargePoint;
use crate::session::CallToken;
use crate::station::context::Context;
use crate::station::registration::RegistrationMessages as _;
use crate::station::v1_6::triggers::Triggering;
use crate::station::v1_6::{firmware, upload};

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
            (MessageTrigger::BootNotification, _) if self.registration.accepted() => {
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
    fn triggered_connector(&self, id: Option<i64>, relevant: bool) -> Option<Option<usize>> {
        match id.filter(|_| relevant) {
            None => Some(None),
            Some(id) => self.connectors.by_id(id).map(Some),
        }
    }

    fn trigger(&mut self, core: &mut Context, message: &MessageTrigger, connector: Option<usize>) {
        match message {
            MessageTrigger::BootNotification => self.registration.send_boot(core, &mut self.calls),
            MessageTrigger::Heartbeat => {
                self.calls.send_heartbeat(core);
            }
            MessageTrigger::StatusNotification => self.report_statuses(core, connector),
            MessageTrigger::DiagnosticsStatusNotification => {
                upload::report_diagnostics(&self.upload, core, &mut self.calls);
            }
            MessageTrigger::FirmwareStatusNotification => {
                firmware::report(&self.firmware, core, &mut self.calls);
            }
            MessageTrigger::MeterValues | MessageTrigger::Unrecognized(_) => {}
        }
    }

    fn trigger_meter_values(
        &mut self,
        core: &mut Context,
        call: CallToken,
        triggering: Triggering,
        connector: Option<usize>,
    ) {
        let transaction = |number| self.transactions.number_at(number);
        let (connectors, call) = (&self.connectors, (call, triggering));
        self.sampling
            .trigger(core, connectors, call, connector, transaction);
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
            (ExtendedMessageTrigger::BootNotification, _) if self.registration.accepted() => {
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
            ExtendedMessageTrigger::BootNotification => {
                self.registration.send_boot(core, &mut self.calls);
            }
            ExtendedMessageTrigger::Heartbeat => {
                self.calls.send_heartbeat(core);
            }
            ExtendedMessageTrigger::StatusNotification => self.report_statuses(core, connector),
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
