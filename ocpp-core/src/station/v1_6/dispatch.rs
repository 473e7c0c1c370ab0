//! Calls of the CSMS: which may pass, and where they go.

use ocpp_types::Protocol as _;
use ocpp_types::v1_6::{Action, AnyRequest, Protocol};

use super::ChargePoint;
use crate::frame::ErrorCode;
use crate::session::IncomingCall;
use crate::station::config::Features;
use crate::station::context::Context;
use crate::station::state::Registration;

/// Whether a station with these features takes part in an action.
const fn offered(features: &Features, action: Action) -> bool {
    match action {
        Action::CancelReservation | Action::ReserveNow => features.reservation,
        Action::ClearChargingProfile
        | Action::GetCompositeSchedule
        | Action::SetChargingProfile => features.smart_charging,
        Action::GetLocalListVersion | Action::SendLocalList => features.local_list,
        Action::TriggerMessage => features.remote_trigger,
        Action::GetDiagnostics => features.firmware,
        // L01.FR.20: with the whitepaper only signed firmware is installed.
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
        _ => true,
    }
}

impl ChargePoint {
    pub(super) fn dispatch(&mut self, core: &mut Context, call: &IncomingCall) {
        let token = call.token;
        if self.boot.registration == Some(Registration::Rejected) {
            // 4.2: not to be answered while Rejected; OCPP-J knows no silence, so this is the shortest answer.
            let description = "the station is not accepted";
            return core.refuse(token, ErrorCode::SecurityError, description);
        }
        let Some(action) = Action::from_name(call.action) else {
            return core.refuse(token, ErrorCode::NotImplemented, "the action is not known");
        };
        if !offered(&core.config.features, action) {
            return core.refuse(
                token,
                ErrorCode::NotSupported,
                "not offered by this station",
            );
        }
        let request = match Protocol::decode_request(action, &call.payload) {
            Ok(request) => request,
            Err(error) => return core.refuse_payload::<Protocol>(token, &error),
        };
        match request {
            AnyRequest::CancelReservation(r) => self.cancel_reservation(core, token, &r),
            AnyRequest::CertificateSigned(r) => self.certificate_signed(core, token, &r),
            AnyRequest::ChangeAvailability(r) => self.change_availability(core, token, &r),
            AnyRequest::ChangeConfiguration(r) => self.change_configuration(core, token, &r),
            AnyRequest::ClearCache(_) => Self::clear_cache(core, token),
            AnyRequest::ClearChargingProfile(r) => self.clear_charging_profile(core, token, &r),
            AnyRequest::DataTransfer(r) => self.data_transfer(core, token, &r),
            AnyRequest::DeleteCertificate(r) => self.delete_certificate(core, token, &r),
            AnyRequest::ExtendedTriggerMessage(r) => self.extended_trigger(core, token, &r),
            AnyRequest::GetCompositeSchedule(r) => self.get_composite_schedule(core, token, &r),
            AnyRequest::GetConfiguration(r) => Self::get_configuration(core, token, &r),
            AnyRequest::GetDiagnostics(r) => self.get_diagnostics(core, token, &r),
            AnyRequest::GetInstalledCertificateIds(r) => {
                self.get_installed_certificates(core, token, &r);
            }
            AnyRequest::GetLocalListVersion(_) => Self::get_local_list_version(core, token),
            AnyRequest::GetLog(r) => self.get_log(core, token, &r),
            AnyRequest::InstallCertificate(r) => self.install_certificate(core, token, &r),
            AnyRequest::RemoteStartTransaction(r) => self.remote_start(core, token, r),
            AnyRequest::RemoteStopTransaction(r) => self.remote_stop(core, token, &r),
            AnyRequest::ReserveNow(r) => self.reserve_now(core, token, &r),
            AnyRequest::Reset(r) => self.reset(core, token, &r),
            AnyRequest::SendLocalList(r) => self.send_local_list(core, token, &r),
            AnyRequest::SetChargingProfile(r) => self.set_charging_profile(core, token, &r),
            AnyRequest::SignedUpdateFirmware(r) => self.signed_update_firmware(core, token, &r),
            AnyRequest::TriggerMessage(r) => self.trigger_message(core, token, &r),
            AnyRequest::UnlockConnector(r) => self.unlock_connector(core, token, &r),
            AnyRequest::UpdateFirmware(r) => self.update_firmware(core, token, &r),
            _ => core.refuse(
                token,
                ErrorCode::NotSupported,
                "not offered by this station",
            ),
        }
    }
}
