//! Calls of the CSMS: which may pass, and where they go.

use ocpp_types::Payload;
use ocpp_types::v1_6::{
    Action, ChangeAvailabilityRequest, ClearCacheRequest, GetLocalListVersionRequest, Protocol,
    ReserveNowRequest, ResetRequest, UnlockConnectorRequest,
};

use super::ChargePoint;
use crate::frame::ErrorCode;
use crate::session::CallToken;
use crate::station::behaviour::{CsmsCall, apart};
use crate::station::config::{Features, built};
use crate::station::context::Context;
use crate::station::state::Registration;
use crate::station::storage;
use crate::station::v1_6::availability::Order;
use crate::station::v1_6::known_tokens::KnownTokens;
use crate::station::v1_6::{
    availability, certificates, configuration, data_transfer, smart_charging, upload,
};

/// Whether a station with these features takes part in an action. Where the response can say that it does not, it says so
/// instead (5.1, 5.10, 5.13, 5.15): a station without reservations or without a local list answers like one with these
/// switched off.
const fn offered(features: &Features, action: Action) -> bool {
    match action {
        Action::ClearChargingProfile
        | Action::GetCompositeSchedule
        | Action::SetChargingProfile => features.smart_charging,
        Action::TriggerMessage => features.remote_trigger,
        Action::GetDiagnostics => features.firmware,
        // WP:L01.FR.20: with the whitepaper only signed firmware is installed.
        Action::UpdateFirmware => {
            features.firmware && (features.unsigned_firmware || !features.security)
        }
        Action::SignedUpdateFirmware => features.firmware && features.security,
        Action::ExtendedTriggerMessage
        | Action::GetLog
        | Action::CertificateSigned
        | Action::DeleteCertificate
        | Action::GetInstalledCertificateIds
        | Action::InstallCertificate => features.security,
        // Not even to say that there is none.
        Action::CancelReservation | Action::ReserveNow => built::RESERVATION,
        Action::GetLocalListVersion | Action::SendLocalList => built::LOCAL_LIST,
        _ => true,
    }
}

/// Whether an action can be answered while nothing can be stored. To unlock a connector stores only the end of a
/// transaction, for which no answer waits.
const fn stores_nothing(action: Action) -> bool {
    matches!(
        action,
        Action::DataTransfer
            | Action::ExtendedTriggerMessage
            | Action::GetCompositeSchedule
            | Action::GetConfiguration
            | Action::GetInstalledCertificateIds
            | Action::GetLocalListVersion
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
                | Action::GetConfiguration
                | Action::GetInstalledCertificateIds
                | Action::GetLocalListVersion
        )
    )
}

impl ChargePoint {
    pub(super) fn dispatch(&mut self, core: &mut Context, call: CsmsCall<'_>) {
        let token = call.token;
        if self.registration.status() == Some(Registration::Rejected) {
            // 4.2: not to be answered while Rejected; OCPP-J knows no silence, so this is the shortest answer.
            let description = "the station is not accepted";
            return core.refuse(token, ErrorCode::SecurityError, description);
        }
        let Some(action) = Action::from_name(call.action) else {
            return core.refuse(token, ErrorCode::NotImplemented, "the action is not known");
        };
        if core.storage_fails() && !stores_nothing(action) {
            let code = ErrorCode::InternalError;
            return core.refuse(token, code, storage::EXPLANATION);
        }
        if !offered(&core.config.features, action) {
            return core.refuse(
                token,
                ErrorCode::NotSupported,
                "not offered by this station",
            );
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
            Action::CancelReservation if built::RESERVATION => {
                on!(r => self.reservations.cancel(core, token, &r));
            }
            Action::CertificateSigned if built::SECURITY => {
                on!(r => certificates::signed(&mut self.certificates, core, token, &r));
            }
            Action::ChangeAvailability => on!(r => self.change_availability(core, token, &r)),
            Action::ChangeConfiguration => on!(r => self.change_configuration(core, token, &r)),
            Action::ClearCache => {
                on!(ClearCacheRequest { .. } => KnownTokens::clear_cache(core, token));
            }
            Action::ClearChargingProfile if built::SMART_CHARGING => {
                on!(r => smart_charging::clear(&mut self.profiles, core, token, &r));
            }
            Action::DataTransfer => {
                on!(r => data_transfer::data_transfer(&mut self.transfers, core, token, &r));
            }
            Action::DeleteCertificate if built::SECURITY => {
                on!(r => certificates::delete(&mut self.certificates, core, token, &r));
            }
            Action::ExtendedTriggerMessage if built::SECURITY => {
                on!(r => self.extended_trigger(core, token, &r));
            }
            Action::GetCompositeSchedule if built::SMART_CHARGING => {
                on!(r => smart_charging::get_composite(&self.profiles, &self.connectors, core, token, &r));
            }
            Action::GetConfiguration => on!(r => configuration::get(core, token, &r)),
            Action::GetDiagnostics if built::FIRMWARE => {
                on!(r => upload::get_diagnostics(&mut self.upload, core, token, &r));
            }
            Action::GetInstalledCertificateIds if built::SECURITY => {
                on!(r => certificates::get_installed(&self.certificates, core, token, &r));
            }
            Action::GetLocalListVersion if built::LOCAL_LIST => {
                on!(GetLocalListVersionRequest { .. } => KnownTokens::get_local_list_version(core, token));
            }
            Action::GetLog if built::SECURITY => {
                on!(r => upload::get_log(&mut self.upload, core, token, &r));
            }
            Action::InstallCertificate if built::SECURITY => {
                on!(r => certificates::install(&mut self.certificates, core, token, &r));
            }
            Action::RemoteStartTransaction => on!(r => self.remote_start(core, token, r)),
            Action::RemoteStopTransaction => on!(r => self.remote_stop(core, token, &r)),
            Action::ReserveNow if built::RESERVATION => on!(r => self.reserve_now(core, token, &r)),
            Action::Reset => on!(r => self.reset(core, token, &r)),
            Action::SendLocalList if built::LOCAL_LIST => {
                on!(r => self.tokens.send_local_list(core, token, &r));
            }
            Action::SetChargingProfile if built::SMART_CHARGING => {
                on!(r => smart_charging::set(&mut self.profiles, core, token, &r));
            }
            Action::SignedUpdateFirmware if built::FIRMWARE && built::SECURITY => {
                on!(r => self.signed_update_firmware(core, token, &r));
            }
            Action::TriggerMessage => on!(r => self.trigger_message(core, token, &r)),
            Action::UnlockConnector => on!(r => self.unlock_connector(core, token, &r)),
            Action::UpdateFirmware if built::FIRMWARE => {
                on!(r => self.update_firmware(core, token, &r));
            }
            _ => core.refuse(
                token,
                ErrorCode::NotSupported,
                "not offered by this station",
            ),
        }
    }

    fn change_availability(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &ChangeAvailabilityRequest,
    ) {
        let order = Order::read(&self.connectors, request);
        let Some(order) = &order else {
            return availability::answer(core, call, None, false);
        };
        let numbers = || order.numbers.clone();
        let scheduled = numbers().any(|number| self.transactions.is_busy(number));
        if !order.operative {
            for number in numbers() {
                self.authorizations.set(Some(number), None);
                self.reservations.end_of(core, number);
            }
        }
        // Durable before the answer promises it.
        self.availability.change(core, order);
        if !self.availability.any_operative() {
            self.authorizations.set(None, None);
        }
        availability::answer(core, call, Some(order), scheduled);
    }

    fn reserve_now(&mut self, core: &mut Context, call: CallToken, request: &ReserveNowRequest) {
        let conditions = self.conditions(core);
        let connectors = &self.connectors;
        self.reservations
            .reserve_now(core, connectors, &conditions, call, request);
    }

    fn reset(&mut self, core: &mut Context, call: CallToken, request: &ResetRequest) {
        let writes = self.firmware.is_writing();
        if let Some(reason) = self.shutdown.reset(core, call, request, writes) {
            self.stop_all(core, &reason);
        }
    }

    fn unlock_connector(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &UnlockConnectorRequest,
    ) {
        let connectors = &self.connectors;
        let wanted = self.cables.unlock_wanted(core, connectors, call, request);
        if let Some(connector) = wanted {
            self.unlock(core, connector);
        }
    }
}
