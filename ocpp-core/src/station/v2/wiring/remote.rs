//! RequestStartTransaction, RequestStopTransaction, TriggerMessage (F01 to F04, F06).

use alloc::boxed::Box;
use alloc::vec::Vec;

use ocpp_types::CiString;

use super::super::authorization::{Auth, Goal};
use super::super::calls::Purpose;
use super::super::per_evse::{connectors_of, evse_of};
use super::super::token::from_wire;
use super::super::transactions::Cue;
use super::super::wire::{
    BootReason, HeartbeatRequest, MessageTrigger, Reason, RequestStartStopStatus,
    RequestStartTransactionRequest, RequestStartTransactionResponse, RequestStopTransactionRequest,
    RequestStopTransactionResponse, StatusInfo, TriggerMessageRequest, TriggerMessageResponse,
    TriggerMessageStatus, TriggerReason,
};
use super::super::{ChargingStation, firmware, info, smart_charging, upload};
use crate::session::CallToken;
use crate::station::authorization::Authorizing as _;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::meter::{Sample, SamplePurpose};
use crate::station::vocabulary::{
    Authorization, AuthorizationStatus, ConnectorId, Token, TokenKind,
};

impl ChargingStation {
    /// As a token at the station would (F01.FR.01, F01.FR.03, F01.FR.04, F01.FR.05, F02.FR.09, F02.FR.12), or without asking
    /// (F01.FR.02, F02.FR.10); profiles mean nothing without smart charging (F01.FR.12, F02.FR.20, K05.FR.04).
    pub(super) fn request_start(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: RequestStartTransactionRequest,
    ) {
        let token = from_wire(&request.id_token);
        let index = match self.evse_for_remote(core, &request, &token) {
            Ok(index) => index,
            Err(reason) => {
                let status = RequestStartStopStatus::Rejected;
                let mut response = RequestStartTransactionResponse::new(status);
                response.status_info = Some(reason);
                return core.answer(call, &response);
            }
        };
        let mut response = RequestStartTransactionResponse::new(RequestStartStopStatus::Accepted);
        let running = self.transactions.running(Some(index));
        // F01.FR.13.
        response.transaction_id = running.map(|t| CiString::truncated(&t.details.id));
        core.answer(call, &response);
        let mut auth = Auth::asking(token.clone());
        auth.details.remote_start_id = Some(request.remote_start_id);
        auth.details.additional_info = request.id_token.additional_info;
        auth.group = request.group_id_token.as_ref().map(from_wire);
        if core.config.features.smart_charging {
            auth.details.profile = request.charging_profile.map(Box::new);
        }
        self.set_auth(Some(index), Some(auth));
        let goal = Goal::Start(Some(index));
        // C03.FR.01, C05.FR.01: the CSMS made it up itself.
        let own = token.kind == TokenKind::Central;
        if core.variables.bool(Standard::AuthorizeRemote) && !own {
            self.ask(core, token, goal, false);
        } else {
            let accepted = Authorization::new(AuthorizationStatus::Accepted);
            self.settle_goal(core, token, goal, &accepted);
        }
    }

    /// The EVSE for a remote start, or why not.
    fn evse_for_remote(
        &self,
        core: &Context,
        request: &RequestStartTransactionRequest,
        token: &Token,
    ) -> Result<usize, StatusInfo> {
        if !self.registration.accepted() {
            // B02.FR.05.
            return Err(info("CSNotAccepted", ""));
        }
        if !self.may_start(core) {
            return Err(self.why_nobody_may_start(core));
        }
        if let Some(profile) = &request.charging_profile
            && core.config.features.smart_charging
            && !smart_charging::is_acceptable(&self.profiles, core, request.evse_id, profile)
        {
            // F01.FR.26, F02.FR.27.
            return Err(info("InvalidProfile", ""));
        }
        if let Some(evse) = request.evse_id {
            let index = self
                .evse_number(evse)
                .ok_or_else(|| info("UnknownEvse", ""))?;
            return if self.is_free_for(core, index, token) {
                Ok(index)
            } else {
                Err(self.why_not_free(core, index))
            };
        }
        // The CSMS leaves the choice to the station: an EVSE with a car first (F01.FR.06, F01.FR.20, F02.FR.14, F02.FR.22).
        let free = (0..self.evses()).filter(|index| self.is_free_for(core, *index, token));
        let unplugged = |index: &usize| self.cables.car(*index).is_none();
        free.min_by_key(unplugged).ok_or_else(|| {
            let mut reasons = (0..self.evses()).map(|index| self.why_not_free(core, index));
            let first = reasons.next();
            let used = |reason: &StatusInfo| reason.reason_code.as_str() == "TxInProgress";
            let reason = reasons.find(used).or(first);
            reason.unwrap_or_else(|| info("UnknownEvse", ""))
        })
    }

    fn why_nobody_may_start(&self, core: &Context) -> StatusInfo {
        if self.is_held_for_firmware(core) {
            info("FwUpdateInProgress", "")
        } else if core.storage_fails() || core.queue.is_full() {
            info("OutOfStorage", "")
        } else {
            info("Unspecified", "no transaction can begin now")
        }
    }

    fn why_not_free(&self, core: &Context, index: usize) -> StatusInfo {
        if self.faulted(core, index) {
            info("Unspecified", "the EVSE is faulted")
        } else if !self.is_operative(index) {
            info("Unspecified", "the EVSE is unavailable")
        } else if self.resets.holds(index) {
            info("Unspecified", "the EVSE restarts")
        } else {
            info("TxInProgress", "the EVSE is not free")
        }
    }

    /// A transaction that runs is stopped (F03.FR.07), any other one is refused (F03.FR.08).
    /// Requirements: F03.FR.10.
    pub(super) fn request_stop(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &RequestStopTransactionRequest,
    ) {
        let running = self
            .registration
            .accepted()
            .then(|| self.transactions.running_with_id(&request.transaction_id));
        let Some(number) = running.flatten() else {
            let mut response =
                RequestStopTransactionResponse::new(RequestStartStopStatus::Rejected);
            response.status_info = Some(info("TxNotFound", ""));
            return core.answer(call, &response);
        };
        let response = RequestStopTransactionResponse::new(RequestStartStopStatus::Accepted);
        core.answer(call, &response);
        let cue = Cue::ending(TriggerReason::RemoteStop, Reason::Remote);
        if let Some(index) = self.deauthorize_transaction(number, cue) {
            self.cables.release(core, index);
        }
    }

    /// Says whether the message will come (F06.FR.05): of the EVSE that is named (F06.FR.02), where that means something
    /// (F06.FR.03), and without one of all (F06.FR.11).
    pub(super) fn trigger_message(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &TriggerMessageRequest,
    ) {
        let evse = request.evse.as_ref();
        let indices: Vec<usize> = match evse {
            None => (0..self.evses()).collect(),
            Some(evse) => self.evse_number(evse.id).into_iter().collect(),
        };
        let connector = evse.and_then(|evse| {
            let number = u32::try_from(evse.connector_id?).ok()?;
            let index = *indices.first()?;
            let at = ConnectorId::new(evse_of(index), number);
            let mut own = connectors_of(core, at.evse);
            let which = own.position(|one| one == at)?;
            Some((index, which))
        });
        let message = &request.requested_message;
        let registers = *message == MessageTrigger::BootNotification;
        if self.registration.state().is_none() && !registers {
            // B01.FR.08.
            let mut response = TriggerMessageResponse::new(TriggerMessageStatus::Rejected);
            response.status_info = Some(info("CSNotAccepted", ""));
            return core.answer(call, &response);
        }
        let possible = match message {
            // F06.FR.17.
            MessageTrigger::BootNotification => !self.registration.accepted(),
            MessageTrigger::Heartbeat | MessageTrigger::LogStatusNotification => true,
            MessageTrigger::MeterValues => {
                if !self.trigger_meter_values(core, call, &indices) {
                    answer_meter_trigger(core, call, false);
                }
                return;
            }
            // F06.FR.12. Without a clock there is nothing to send.
            MessageTrigger::StatusNotification => connector.is_some() && core.utc().is_some(),
            MessageTrigger::TransactionEvent => {
                !self.transactions_at(evse.is_none(), &indices).is_empty()
            }
            MessageTrigger::FirmwareStatusNotification if core.config.features.firmware => true,
            // What it wants is sent when there is a key pair (A02.FR.02).
            MessageTrigger::SignChargingStationCertificate => self.certificates.request(core),
            _ => {
                // F06.FR.08.
                let status = TriggerMessageStatus::NotImplemented;
                return core.answer(call, &TriggerMessageResponse::new(status));
            }
        };
        let status = if possible {
            TriggerMessageStatus::Accepted
        } else {
            TriggerMessageStatus::Rejected
        };
        core.answer(call, &TriggerMessageResponse::new(status));
        if possible {
            let transactions = self.transactions_at(evse.is_none(), &indices);
            self.trigger(core, message, &transactions, connector);
        }
    }

    /// The transactions of these EVSEs, and the one that has none yet if the station is meant.
    fn transactions_at(&self, station: bool, indices: &[usize]) -> Vec<u64> {
        let here = indices
            .iter()
            .filter_map(|index| self.transactions.number(Some(*index)));
        let floating = self.transactions.number(None).filter(|_| station);
        here.chain(floating).collect()
    }

    /// Requirements: F06.FR.09.
    fn trigger(
        &mut self,
        core: &mut Context,
        message: &MessageTrigger,
        transactions: &[u64],
        connector: Option<(usize, usize)>,
    ) {
        match message {
            MessageTrigger::BootNotification => {
                self.registration
                    .send_boot(core, &mut self.calls, &BootReason::Triggered);
            }
            MessageTrigger::Heartbeat => {
                self.calls
                    .send(core, &HeartbeatRequest::new(), Purpose::Heartbeat);
            }
            // F06.FR.14, F06.FR.15.
            MessageTrigger::LogStatusNotification => {
                upload::report(&self.upload, &mut self.calls, core);
            }
            // F06.FR.16.
            MessageTrigger::FirmwareStatusNotification => {
                firmware::report(&self.firmware, &mut self.calls, core);
            }
            MessageTrigger::StatusNotification => {
                if let Some((index, which)) = connector {
                    self.report_status(core, index, which);
                }
            }
            MessageTrigger::TransactionEvent => {
                let Some(time) = core.utc() else {
                    return;
                };
                for number in transactions {
                    // Before a car is connected there is nothing to read.
                    if !self.transactions.knows_place(*number) {
                        let cue = Cue::new(TriggerReason::Trigger);
                        self.update(core, *number, cue, None, None);
                        continue;
                    }
                    let at = self.transactions.get(*number).and_then(|t| t.at);
                    core.sample(Sample {
                        purpose: SamplePurpose::Trigger,
                        at,
                        transaction: Some(*number),
                        time,
                    });
                }
            }
            _ => {}
        }
    }

    /// Reads the meters of these EVSEs for a TriggerMessage, which is answered when it is known whether they have anything to
    /// send (F06.FR.06, F06.FR.10). `false` if it is known already that they have not.
    fn trigger_meter_values(
        &mut self,
        core: &mut Context,
        call: CallToken,
        indices: &[usize],
    ) -> bool {
        let wanted = core
            .variables
            .list(Standard::AlignedMeasurands)
            .next()
            .is_some();
        let Some(time) = core.utc().filter(|_| wanted) else {
            return false;
        };
        let mut places = Vec::new();
        for index in indices {
            let comes = core.sample(Sample {
                purpose: SamplePurpose::Trigger,
                at: Some(self.place(*index)),
                transaction: None,
                time,
            });
            places.extend(comes.then_some(*index));
        }
        self.metering.triggered(call, places)
    }
}

pub(super) fn answer_meter_trigger(core: &mut Context, call: CallToken, accepted: bool) {
    let mut response = TriggerMessageResponse::new(TriggerMessageStatus::Accepted);
    if !accepted {
        response.status = TriggerMessageStatus::Rejected;
        response.status_info = Some(info("NotEnabled", "there are no values to send"));
    }
    core.answer(call, &response);
}
