//! The security whitepaper, edition 3: certificates (A02, A03, M03 to M05) and extended triggers.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use ocpp_types::v1_6 as wire;
use ocpp_types::v1_6::{
    CertificateSignedRequest, CertificateSignedResponse, CertificateSignedStatus,
    DeleteCertificateRequest, DeleteCertificateResponse, DeleteCertificateStatus,
    ExtendedMessageTrigger, ExtendedTriggerMessageRequest, ExtendedTriggerMessageResponse,
    ExtendedTriggerMessageStatus, GenericStatus, GetInstalledCertificateIdsRequest,
    GetInstalledCertificateIdsResponse, GetInstalledCertificateStatus, HeartbeatRequest,
    InstallCertificateRequest, InstallCertificateResponse, InstallCertificateStatus,
    SignCertificateRequest, SignCertificateResponse,
};
use ocpp_types::{BoundedString, CiString, NonEmpty, Payload};

use super::remote::Triggering;
use super::{ChargePoint, Purpose};
use crate::security::{
    CertificateHashData, CertificateRequest, CertificateSigningStatus, CertificateUse,
    DeleteStatus, HashAlgorithm, InstallStatus, KeyId, RequestHandle, SecurityEventKind,
    SigningConfig, SigningOutput, SigningResponse, SigningUse, StoreConfig, Subject,
};
use crate::session::{CallFailure, CallToken};
use crate::station::behaviour::Outcome;
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::output::Output;
use crate::station::record::Records;
use crate::station::security::{Effect, Security, effects, request_key, store_request};

pub(super) fn restore(core: &mut Context, records: &Records) -> Security {
    let mut config = StoreConfig::v1_6();
    config.additional_root_check = core.variables.bool(Standard::AdditionalRootCheck);
    config.max_certificates = core.config.limits.certificates;
    if core.config.features.delete_last_root {
        config.keep_last.clear();
    }
    let signing = SigningConfig {
        max_chain_length: core.config.limits.certificate_chain,
        ..SigningConfig::V1_6
    };
    let (security, left) = Security::restore(config, signing, records, core.now);
    carry_out(core, left);
    security
}

pub(super) fn carry_out(core: &mut Context, effects: Vec<Effect>) {
    for effect in effects {
        match effect {
            Effect::Store(change) => core.changes([change]),
            Effect::DeleteKey(key) => core.output(Output::DeleteKey(key)),
        }
    }
}

fn certificate_use(wire: &wire::CertificateUse) -> Option<CertificateUse> {
    CertificateUse::from_name(wire.as_str())
}

fn hash_data(data: &CertificateHashData) -> wire::CertificateHashData {
    let algorithm = match data.hash_algorithm {
        HashAlgorithm::Sha256 => wire::HashAlgorithm::Sha256,
        HashAlgorithm::Sha384 => wire::HashAlgorithm::Sha384,
        HashAlgorithm::Sha512 => wire::HashAlgorithm::Sha512,
    };
    wire::CertificateHashData::new(
        algorithm,
        CiString::truncated(&data.issuer_name_hash),
        CiString::truncated(&data.issuer_key_hash),
        CiString::truncated(&data.serial_number),
    )
}

impl ChargePoint {
    /// GetInstalledCertificateIds (WP:M03.FR.02 to WP:M03.FR.04).
    pub(super) fn get_installed_certificates(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &GetInstalledCertificateIdsRequest,
    ) {
        let wanted = certificate_use(&request.certificate_type);
        let installed = wanted.map(|wanted| self.security.store.list(&[wanted]));
        let installed = installed.unwrap_or_default();
        let data = installed.iter().map(|entry| hash_data(&entry.hash_data));
        let data = NonEmpty::new(data.collect()).ok();
        let status = match &data {
            Some(_) => GetInstalledCertificateStatus::Accepted,
            None => GetInstalledCertificateStatus::NotFound,
        };
        let mut response = GetInstalledCertificateIdsResponse::new(status);
        response.certificate_hash_data = data;
        core.answer(call, &response);
    }

    /// InstallCertificate (WP:M05.FR.01, WP:M05.FR.02); what is no valid certificate is Rejected (WP:M05.FR.06).
    pub(super) fn install_certificate(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &InstallCertificateRequest,
    ) {
        let mut status = InstallCertificateStatus::Rejected;
        let mut refusal = None;
        if let (Some(verifier), Some(wanted)) = (
            self.security.verifier.as_deref(),
            certificate_use(&request.certificate_type),
        ) {
            let pem = request.certificate.as_str();
            let store = &mut self.security.store;
            let outcome = store.install(verifier, core.utc(), wanted, pem);
            status = match outcome.status {
                InstallStatus::Accepted => InstallCertificateStatus::Accepted,
                InstallStatus::Rejected => InstallCertificateStatus::Rejected,
                InstallStatus::Failed => InstallCertificateStatus::Failed,
            };
            carry_out(core, effects(outcome.changes));
            refusal = outcome
                .refusal
                .filter(|_| wanted == CertificateUse::CsmsRoot);
        }
        core.answer(call, &InstallCertificateResponse::new(status));
        if let Some(refusal) = refusal {
            let info = format!("{refusal}");
            core.security_event(SecurityEventKind::InvalidCsmsCertificate, Some(&info));
        }
    }

    /// DeleteCertificate (WP:M04.FR.01, WP:M04.FR.02).
    pub(super) fn delete_certificate(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &DeleteCertificateRequest,
    ) {
        let data = &request.certificate_hash_data;
        let algorithm = match data.hash_algorithm {
            wire::HashAlgorithm::Sha384 => HashAlgorithm::Sha384,
            wire::HashAlgorithm::Sha512 => HashAlgorithm::Sha512,
            _ => HashAlgorithm::Sha256,
        };
        let wanted = CertificateHashData {
            hash_algorithm: algorithm,
            issuer_name_hash: data.issuer_name_hash.to_string(),
            issuer_key_hash: data.issuer_key_hash.to_string(),
            serial_number: data.serial_number.to_string(),
        };
        let mut status = DeleteCertificateStatus::NotFound;
        if let Some(verifier) = self.security.verifier.as_deref() {
            let outcome = self.security.store.delete(verifier, &wanted);
            status = match outcome.status {
                DeleteStatus::Accepted => DeleteCertificateStatus::Accepted,
                DeleteStatus::Failed => DeleteCertificateStatus::Failed,
                DeleteStatus::NotFound => DeleteCertificateStatus::NotFound,
            };
            carry_out(core, effects(outcome.changes));
        }
        core.answer(call, &DeleteCertificateResponse::new(status));
    }

    /// CertificateSigned: a chain that is not valid is rejected and logged (WP:A02.FR.06, WP:A02.FR.07).
    pub(super) fn certificate_signed(
        &mut self,
        core: &mut Context,
        call: CallToken,
        request: &CertificateSignedRequest,
    ) {
        let at = core.utc();
        let security = &mut self.security;
        let accepted = match security.verifier.as_deref() {
            Some(verifier) => {
                let chain = request.certificate_chain.as_str();
                let store = &mut security.store;
                let signing = &mut security.signing;
                let usage = Some(SigningUse::ChargingStation);
                signing.certificate_signed(verifier, store, at, chain, usage, None)
                    == CertificateSigningStatus::Accepted
            }
            None => false,
        };
        // The records of the new certificate are stored before the answer, everything else follows it.
        let mut outputs = Vec::new();
        while let Some(output) = self.security.signing.poll_output() {
            outputs.push(output);
        }
        let (storage, after): (Vec<_>, Vec<_>) = outputs.into_iter().partition(is_storage);
        for output in storage {
            self.signing_output(core, output);
        }
        let status = if accepted {
            CertificateSignedStatus::Accepted
        } else {
            CertificateSignedStatus::Rejected
        };
        core.answer(call, &CertificateSignedResponse::new(status));
        for output in after {
            self.signing_output(core, output);
        }
    }

    /// Does what the certificate requests want: a new key pair, then SignCertificate (WP:A02.FR.02, WP:A02.FR.03). Keys
    /// are as strong as WP:A00.FR.502 and WP:A00.FR.503 demand, names as WP:A00.FR.511 does, texts in PEM (WP:A00.FR.507).
    pub(super) fn continue_signing(&mut self, core: &mut Context) {
        self.security.signing.handle_timeout(core.now);
        if core.is_connected() && !core.storage_fails() {
            let (online, asked) = (self.online(core), self.security.asked);
            let signing = &mut self.security.signing;
            signing.resend(|request| online || Some(request) == asked);
        }
        while let Some(output) = self.security.signing.poll_output() {
            self.signing_output(core, output);
        }
    }

    fn signing_output(&mut self, core: &mut Context, output: SigningOutput) {
        match output {
            SigningOutput::MakeRequest {
                request, subject, ..
            } => core.output(Output::MakeCertificateRequest { request, subject }),
            SigningOutput::Store(handle, pending) => core.changes(store_request(handle, &pending)),
            SigningOutput::Forget(handle) => core.remove(&request_key(handle)),
            SigningOutput::Send { request, csr, .. } => {
                let message = SignCertificateRequest::new(BoundedString::truncated(&csr));
                // The key and the request must be known after a power cut, too.
                let may = (self.online(core) || self.security.asked == Some(request))
                    && !core.storage_fails();
                if !may || !self.call(core, &message, Purpose::SignCertificate(request)) {
                    let response = SigningResponse::Undelivered;
                    self.security.signing.response(core.now, request, response);
                }
            }
            SigningOutput::Change(change) => carry_out(core, effects(alloc::vec![change])),
            SigningOutput::DeleteKey(key) => core.output(Output::DeleteKey(key)),
            SigningOutput::SecurityEvent { kind, tech_info } => {
                core.security_event(kind, Some(&tech_info));
            }
            // A certificate that was installed is used as soon as it is valid.
            SigningOutput::Ended(..) => {}
        }
    }

    /// The key and the request are there, or could not be made.
    pub(super) fn certificate_request_made(
        &mut self,
        request: RequestHandle,
        made: Option<(KeyId, CertificateRequest)>,
    ) {
        match made {
            Some((key, made)) => self.security.signing.request_made(request, key, made),
            None => self.security.signing.request_failed(request),
        }
    }

    pub(super) fn sign_certificate_answered(
        &mut self,
        core: &mut Context,
        request: RequestHandle,
        result: &Outcome<'_>,
    ) {
        let response = match result {
            Ok(text) => match SignCertificateResponse::decode_lenient(text) {
                Ok(response) if response.value.status == GenericStatus::Accepted => {
                    SigningResponse::Accepted
                }
                Ok(_) => SigningResponse::Rejected,
                Err(_) => SigningResponse::Failed,
            },
            Err(CallFailure::Disconnected | CallFailure::TimedOut | CallFailure::Cancelled) => {
                SigningResponse::Undelivered
            }
            Err(_) => SigningResponse::Failed,
        };
        self.security.signing.response(core.now, request, response);
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
            (ExtendedMessageTrigger::BootNotification, _) if self.accepted() => {
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
            status = if self.request_certificate(core) {
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
            ExtendedMessageTrigger::BootNotification => self.send_boot(core),
            ExtendedMessageTrigger::Heartbeat => {
                self.call(core, &HeartbeatRequest::new(), Purpose::Heartbeat);
            }
            ExtendedMessageTrigger::StatusNotification => self.trigger_statuses(core, connector),
            ExtendedMessageTrigger::LogStatusNotification => self.report_log(core),
            ExtendedMessageTrigger::FirmwareStatusNotification => {
                self.report_signed_firmware(core);
            }
            // What it wants is under way already.
            ExtendedMessageTrigger::MeterValues
            | ExtendedMessageTrigger::SignChargePointCertificate
            | ExtendedMessageTrigger::Unrecognized(_) => {}
        }
    }

    /// Begins to get a new client certificate. `false` without an organization name or serial number (WP:A02.FR.13).
    fn request_certificate(&mut self, core: &Context) -> bool {
        let organization = core.variables.text(Standard::Organization);
        let serial = core.config.serial_number.as_deref().unwrap_or_default();
        if self.security.verifier.is_none() || organization.is_empty() || serial.is_empty() {
            return false;
        }
        let subject = Subject::station(serial, organization);
        let signing = &mut self.security.signing;
        let request = signing.request(SigningUse::ChargingStation, subject).ok();
        self.security.asked = request;
        request.is_some()
    }
}

const fn is_storage(output: &SigningOutput) -> bool {
    matches!(
        output,
        SigningOutput::Store(..) | SigningOutput::Forget(_) | SigningOutput::Change(_)
    )
}
