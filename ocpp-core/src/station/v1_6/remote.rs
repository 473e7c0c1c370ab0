//! RemoteStartTransaction, RemoteStopTransaction, TriggerMessage (1.6 sections 5.11, 5.12, 5.17).

use alloc::boxed::Box;
use alloc::vec::Vec;

use ocpp_types::v1_6::{
    ChargingProfilePurpose, ExtendedTriggerMessageResponse, ExtendedTriggerMessageStatus,
    HeartbeatRequest, MessageTrigger, Reason, RemoteStartStopStatus, RemoteStartTransactionRequest,
    RemoteStartTransactionResponse, RemoteStopTransactionRequest, RemoteStopTransactionResponse,
    TriggerMessageRequest, TriggerMessageResponse, TriggerMessageStatus,
};

use super::authorization::{Auth, Goal};
use super::{ChargePoint, Purpose};
use crate::session::CallToken;
use crate::station::authorization::Authorizing as _;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::meter::{Sample, SamplePurpose};
use crate::station::vocabulary::{Authorization, AuthorizationStatus, CableState, Token};

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
    pub(super) fn remote_start(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: RemoteStartTransactionRequest,
    ) {
        let token = Token::new(&request.id_tag);
        let place = self.place_for_remote(core, &request, &token);
        let status = match place {
            Some(_) => RemoteStartStopStatus::Accepted,
            None => RemoteStartStopStatus::Rejected,
        };
        core.answer(call, &RemoteStartTransactionResponse::new(status));
        let Some(place) = place else {
            return;
        };
        let mut auth = Auth::asking(token.clone());
        let profile = request.charging_profile;
        let profile = profile.filter(|_| core.config.features.smart_charging);
        auth.details.profile = profile.map(Box::new);
        self.set_auth(Some(place), Some(auth));
        let goal = Goal::Start(Some(place));
        if core.variables.bool(Standard::AuthorizeRemote) || self.needs_group(place, &token) {
            self.ask(core, token, goal, false);
        } else {
            let accepted = Authorization::new(AuthorizationStatus::Accepted);
            self.settle_goal(core, token, goal, &accepted);
        }
    }

    /// The connector for a remote start; `None` to reject it.
    fn place_for_remote(
        &self,
        core: &Context,
        request: &RemoteStartTransactionRequest,
        token: &Token,
    ) -> Option<usize> {
        if !self.accepted() || !self.may_start(core) {
            return None;
        }
        // Without smart charging the profile is ignored (5.11).
        let profile = request.charging_profile.as_ref();
        if let Some(profile) = profile.filter(|_| core.config.features.smart_charging) {
            // 5.16.2 with erratum 3.41.
            let fits = profile.charging_profile_purpose == ChargingProfilePurpose::TxProfile
                && profile.transaction_id.is_none()
                && self.profile_acceptable(core, request.connector_id, profile);
            if !fits {
                return None;
            }
        }
        let usable = |number: &usize| *number > 0 && self.is_vacant(core, *number, token);
        if let Some(id) = request.connector_id {
            return self.slot_number(id).filter(usable);
        }
        // The CSMS leaves the choice to the station: a connector with a car first.
        let unplugged = |number: &usize| self.cable(core, *number) != CableState::Connected;
        self.connectors().filter(usable).min_by_key(unplugged)
    }

    pub(super) fn remote_stop(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &RemoteStopTransactionRequest,
    ) {
        let running = self
            .accepted()
            .then(|| self.running_with_id(request.transaction_id));
        let running = running.flatten();
        let status = match running {
            Some(_) => RemoteStartStopStatus::Accepted,
            None => RemoteStartStopStatus::Rejected,
        };
        core.answer(call, &RemoteStopTransactionResponse::new(status));
        if let Some(transaction) = running {
            self.stop(core, transaction, Reason::Remote, None);
        }
    }

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
            (MessageTrigger::BootNotification, _) if self.accepted() => {
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
            Some(id) => self.slot_number(id).map(Some),
        }
    }

    fn trigger(&mut self, core: &mut Context, message: &MessageTrigger, connector: Option<usize>) {
        match message {
            MessageTrigger::BootNotification => self.send_boot(core),
            MessageTrigger::Heartbeat => {
                self.call(core, &HeartbeatRequest::new(), Purpose::Heartbeat);
            }
            MessageTrigger::StatusNotification => self.trigger_statuses(core, connector),
            MessageTrigger::DiagnosticsStatusNotification => self.report_diagnostics(core),
            MessageTrigger::FirmwareStatusNotification => self.report_firmware(core),
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
}
