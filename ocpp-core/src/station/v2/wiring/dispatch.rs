//! Calls of the CSMS: which may pass, and where they go.

use ocpp_types::Payload;

use super::super::wire::{
    Action, ClearCacheRequest, GetLocalListVersionRequest, Protocol, SetVariablesRequest,
    UpdateFirmwareRequest,
};
use super::super::{
    ChargingStation, certificates, customer, data_transfer, firmware, local_list, network,
    smart_charging, upload, variables,
};
use crate::frame::ErrorCode;
use crate::session::CallToken;
use crate::station::behaviour::{CsmsCall, apart};
use crate::station::common::upload::UPLOADS;
use crate::station::config::{Features, built};
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
        | Action::DeleteCertificate
        | Action::GetInstalledCertificateIds
        | Action::InstallCertificate => built::SECURITY,
        Action::GetLog => UPLOADS,
        Action::ChangeAvailability
        | Action::ClearCache
        | Action::CustomerInformation
        | Action::DataTransfer
        | Action::GetBaseReport
        // D02.FR.03: 0 without a list.
        | Action::GetLocalListVersion
        | Action::GetReport
        | Action::GetTransactionStatus
        | Action::GetVariables
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

/// Whether an action is done with when it is answered: no status, limit or transaction depends on what it asks or changes.
pub(super) fn ends_with_its_answer(action: &str) -> bool {
    matches!(
        Action::from_name(action),
        Some(
            Action::ClearCache
                | Action::GetCompositeSchedule
                | Action::GetInstalledCertificateIds
                | Action::GetLocalListVersion
                | Action::GetTransactionStatus
                | Action::GetVariables
        )
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
        // Decodes the request of one action and hands it on. Only what a station is asked is decoded here, so that only that
        // is in a firmware.
        macro_rules! on {
            ($request:pat => $answer:expr) => {
                apart(|| match Payload::decode(call.payload) {
                    Ok($request) => $answer,
                    Err(error) => core.refuse_payload::<Protocol>(call, &error),
                })
            };
        }
        match action {
            Action::CertificateSigned if built::SECURITY => {
                on!(r => certificates::signed(&mut self.certificates, core, token, &r));
            }
            Action::ChangeAvailability => on!(r => self.change_availability(core, token, &r)),
            Action::ClearCache => {
                on!(ClearCacheRequest { .. } => variables::clear_cache(core, token));
            }
            Action::ClearChargingProfile if built::SMART_CHARGING => {
                on!(r => smart_charging::clear(&mut self.profiles, core, token, &r));
            }
            Action::CustomerInformation => on!(r => {
                let online = self.online(core);
                customer::asked(&mut self.customers, &self.transactions, core, token, &r);
                customer::advance(&mut self.customers, &mut self.calls, core, online);
            }),
            Action::DataTransfer => {
                on!(r => data_transfer::asked(&mut self.transfers, core, token, &r));
            }
            Action::DeleteCertificate if built::SECURITY => {
                on!(r => certificates::delete(&mut self.certificates, core, token, &r));
            }
            Action::GetBaseReport => on!(r => {
                let (reports, calls, values) = self.reporting();
                reports.base_asked(core, calls, values, token, &r);
            }),
            Action::GetChargingProfiles if built::SMART_CHARGING => {
                on!(r => smart_charging::get(&self.profiles, &mut self.calls, core, token, &r));
            }
            Action::GetCompositeSchedule if built::SMART_CHARGING => {
                on!(r => smart_charging::get_composite(&self.profiles, core, token, &r));
            }
            Action::GetInstalledCertificateIds if built::SECURITY => {
                on!(r => certificates::installed(&self.certificates, core, token, &r));
            }
            Action::GetLocalListVersion => {
                on!(GetLocalListVersionRequest { .. } => local_list::version(core, token));
            }
            Action::GetLog if UPLOADS => {
                on!(r => upload::get_log(&mut self.upload, core, token, &r));
            }
            Action::GetReport => on!(r => {
                let (reports, calls, values) = self.reporting();
                reports.asked(core, calls, values, token, &r);
            }),
            Action::GetTransactionStatus => {
                on!(r => self.transactions.status_asked(core, token, &r));
            }
            Action::GetVariables => on!(r => self.values().asked(core, token, &r)),
            Action::InstallCertificate if built::SECURITY => {
                on!(r => certificates::install(&mut self.certificates, core, token, &r));
            }
            Action::RequestStartTransaction => on!(r => self.request_start(core, token, r)),
            Action::RequestStopTransaction => on!(r => self.request_stop(core, token, &r)),
            Action::Reset => on!(r => self.reset(core, token, &r)),
            Action::SendLocalList if built::LOCAL_LIST => {
                on!(r => local_list::send(core, token, &r));
            }
            Action::SetChargingProfile if built::SMART_CHARGING => {
                on!(r => smart_charging::set(&mut self.profiles, core, token, &r));
            }
            Action::SetNetworkProfile => on!(r => {
                let has = network::prerequisites(&self.certificates, core);
                network::set_profile(&mut self.networks, core, token, &r, has);
            }),
            Action::SetVariables => on!(r => self.set_variables(core, token, r)),
            Action::TriggerMessage => on!(r => self.trigger_message(core, token, &r)),
            Action::UnlockConnector => on!(r => self.unlock_connector(core, token, &r)),
            Action::UpdateFirmware if built::FIRMWARE => {
                on!(r => self.update_firmware(core, token, &r));
            }
            _ => core.refuse(token, ErrorCode::NotSupported, not_offered),
        }
    }
}
