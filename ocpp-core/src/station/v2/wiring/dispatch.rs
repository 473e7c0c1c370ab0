//! Calls of the CSMS: which may pass, and where they go.

use ocpp_types::Protocol as _;

use super::super::wire::{
    Action, AnyRequest, Protocol, SetVariablesRequest, UpdateFirmwareRequest,
};
use super::super::{
    ChargingStation, certificates, customer, data_transfer, firmware, local_list, network,
    smart_charging, upload, variables,
};
use crate::frame::ErrorCode;
use crate::session::CallToken;
use crate::station::behaviour::CsmsCall;
use crate::station::config::Features;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::state::Registration;
use crate::station::storage;

/// Whether a station with these features takes part in an action.
const fn offered(features: &Features, action: Action) -> bool {
    match action {
        // K01.FR.29.
        Action::SetChargingProfile
        | Action::GetChargingProfiles
        | Action::ClearChargingProfile
        | Action::GetCompositeSchedule => features.smart_charging,
        Action::SendLocalList => features.local_list,
        Action::TriggerMessage => features.remote_trigger,
        Action::UpdateFirmware => features.firmware,
        Action::CertificateSigned
        | Action::ChangeAvailability
        | Action::ClearCache
        | Action::CustomerInformation
        | Action::DataTransfer
        | Action::DeleteCertificate
        | Action::GetBaseReport
        | Action::GetInstalledCertificateIds
        // D02.FR.03: 0 without a list.
        | Action::GetLocalListVersion
        | Action::GetLog
        | Action::GetReport
        | Action::GetTransactionStatus
        | Action::GetVariables
        | Action::InstallCertificate
        | Action::RequestStartTransaction
        | Action::RequestStopTransaction
        | Action::Reset
        | Action::SetNetworkProfile
        | Action::SetVariables
        | Action::UnlockConnector => true,
        _ => false,
    }
}

/// Whether an action can be answered while nothing can be stored.
const fn stores_nothing(action: Action) -> bool {
    matches!(
        action,
        Action::DataTransfer
            | Action::GetBaseReport
            | Action::GetChargingProfiles
            | Action::GetCompositeSchedule
            | Action::GetInstalledCertificateIds
            | Action::GetLocalListVersion
            | Action::GetReport
            | Action::GetTransactionStatus
            | Action::GetVariables
            // They say themselves that it cannot be stored.
            | Action::ClearCache
            | Action::Reset
            | Action::SetNetworkProfile
            | Action::TriggerMessage
            | Action::UnlockConnector
    )
}

/// Whether an action makes the station call the CSMS at once, and may not before this registration: nothing is sent before
/// the first answer (B01.FR.08), and while Pending only what the CSMS may ask for then (B02.FR.02).
const fn waits_for_registration(action: Action) -> Option<Registration> {
    match action {
        // The report comes, or the answer would be untrue.
        Action::GetBaseReport | Action::GetReport => Some(Registration::Pending),
        Action::GetChargingProfiles => Some(Registration::Accepted),
        _ => None,
    }
}

impl ChargingStation {
    fn set_variables(&mut self, core: &mut Context, call: CallToken, request: SetVariablesRequest) {
        let (networks, certificates) = (&self.networks, &self.certificates);
        let refusal = |core: &Context, variable: Option<Standard>, value: &str| {
            let has = network::prerequisites(certificates, core);
            network::refusal(networks, has, core, variable, value)
        };
        let changed = self.settings.set(core, call, request, &refusal);
        self.follow_variables(core, changed);
    }

    fn update_firmware(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &UpdateFirmwareRequest,
    ) {
        let charging = self.transactions.any();
        let (certificates, events) = (&self.certificates, &mut self.events);
        firmware::update(
            &mut self.firmware,
            certificates,
            events,
            core,
            call,
            request,
            charging,
        );
    }

    pub(super) fn dispatch(&mut self, core: &mut Context, call: CsmsCall<'_>) {
        let token = call.token;
        if self.registration.state() == Some(Registration::Rejected) {
            // B03.FR.08.
            let description = "the station is not accepted";
            return core.refuse(token, ErrorCode::SecurityError, description);
        }
        let Some(action) = Action::from_name(call.action) else {
            return core.refuse(token, ErrorCode::NotImplemented, "the action is not known");
        };
        let early = waits_for_registration(action).is_some_and(|needed| {
            !self.registration.accepted() && self.registration.state() != Some(needed)
        });
        if early {
            let description = "the station is not accepted yet";
            return core.refuse(token, ErrorCode::SecurityError, description);
        }
        let not_offered = "not offered by this station";
        if core.storage_fails() && !stores_nothing(action) {
            let code = ErrorCode::InternalError;
            return core.refuse(token, code, storage::EXPLANATION);
        }
        if !offered(&core.config.features, action) {
            return core.refuse(token, ErrorCode::NotSupported, not_offered);
        }
        let request = match Protocol::decode_request(action, call.payload) {
            Ok(request) => request,
            Err(error) => return core.refuse_payload::<Protocol>(call, &error),
        };
        match request {
            AnyRequest::CertificateSigned(r) => {
                certificates::signed(&mut self.certificates, core, token, &r);
            }
            AnyRequest::ChangeAvailability(r) => self.change_availability(core, token, &r),
            AnyRequest::ClearCache(_) => variables::clear_cache(core, token),
            AnyRequest::ClearChargingProfile(r) => {
                smart_charging::clear(&mut self.profiles, core, token, &r);
            }
            AnyRequest::CustomerInformation(r) => {
                let online = self.online(core);
                customer::asked(&mut self.customers, &self.transactions, core, token, &r);
                customer::advance(&mut self.customers, &mut self.calls, core, online);
            }
            AnyRequest::DataTransfer(r) => {
                data_transfer::asked(&mut self.transfers, core, token, &r);
            }
            AnyRequest::DeleteCertificate(r) => {
                certificates::delete(&mut self.certificates, core, token, &r);
            }
            AnyRequest::GetBaseReport(r) => {
                let (reports, calls, values) = self.reporting();
                reports.base_asked(core, calls, values, token, &r);
            }
            AnyRequest::GetChargingProfiles(r) => {
                smart_charging::get(&self.profiles, &mut self.calls, core, token, &r);
            }
            AnyRequest::GetCompositeSchedule(r) => {
                smart_charging::get_composite(&self.profiles, core, token, &r);
            }
            AnyRequest::GetInstalledCertificateIds(r) => {
                certificates::installed(&self.certificates, core, token, &r);
            }
            AnyRequest::GetLocalListVersion(_) => local_list::version(core, token),
            AnyRequest::GetLog(r) => upload::get_log(&mut self.upload, core, token, &r),
            AnyRequest::GetReport(r) => {
                let (reports, calls, values) = self.reporting();
                reports.asked(core, calls, values, token, &r);
            }
            AnyRequest::GetTransactionStatus(r) => self.transactions.status_asked(core, token, &r),
            AnyRequest::GetVariables(r) => self.values().asked(core, token, &r),
            AnyRequest::InstallCertificate(r) => {
                certificates::install(&mut self.certificates, core, token, &r);
            }
            AnyRequest::RequestStartTransaction(r) => self.request_start(core, token, r),
            AnyRequest::RequestStopTransaction(r) => self.request_stop(core, token, &r),
            AnyRequest::Reset(r) => self.reset(core, token, &r),
            AnyRequest::SendLocalList(r) => local_list::send(core, token, &r),
            AnyRequest::SetChargingProfile(r) => {
                smart_charging::set(&mut self.profiles, core, token, &r);
            }
            AnyRequest::SetNetworkProfile(r) => {
                let has = network::prerequisites(&self.certificates, core);
                network::set_profile(&mut self.networks, core, token, &r, has);
            }
            AnyRequest::SetVariables(r) => self.set_variables(core, token, r),
            AnyRequest::TriggerMessage(r) => self.trigger_message(core, token, &r),
            AnyRequest::UnlockConnector(r) => self.unlock_connector(core, token, &r),
            AnyRequest::UpdateFirmware(r) => self.update_firmware(core, token, &r),
            _ => core.refuse(token, ErrorCode::NotSupported, not_offered),
        }
    }
}
