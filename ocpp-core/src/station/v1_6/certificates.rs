//! The security whitepaper, edition 3: certificates (A02, A03, M03 to M05).

use alloc::format;

use ocpp_types::v1_6 as wire;
use ocpp_types::v1_6::{
    CertificateSignedRequest, CertificateSignedResponse, CertificateSignedStatus,
    DeleteCertificateRequest, DeleteCertificateResponse, DeleteCertificateStatus, GenericStatus,
    GetInstalledCertificateIdsRequest, GetInstalledCertificateIdsResponse,
    GetInstalledCertificateStatus, InstallCertificateRequest, InstallCertificateResponse,
    InstallCertificateStatus, SignCertificateRequest, SignCertificateResponse,
};
use ocpp_types::{BoundedString, NonEmpty, Payload};

use super::calls::{Calls, Purpose};
use crate::security::{
    CertificateHashData, CertificateSigningStatus, CertificateUse, DeleteStatus, InstallStatus,
    RequestHandle, SecurityEventKind, SigningConfig, SigningResponse, SigningUse, StoreConfig,
    UnknownAlgorithm,
};
use crate::session::{CallFailure, CallToken};
use crate::station::behaviour::Outcome;
use crate::station::common::certificates::{Certificates, SignRequest};
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::record::Records;

pub(super) fn restore(core: &mut Context, records: &Records) -> Certificates {
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
    Certificates::restore(core, config, signing, records)
}

fn certificate_use(wire: &wire::CertificateUse) -> Option<CertificateUse> {
    CertificateUse::from_name(wire.as_str())
}

/// GetInstalledCertificateIds (WP:M03.FR.02 to WP:M03.FR.04).
pub(super) fn get_installed(
    certificates: &Certificates,
    core: &mut Context,
    call: CallToken,
    request: &GetInstalledCertificateIdsRequest,
) {
    let wanted = certificate_use(&request.certificate_type);
    let installed = wanted.map(|wanted| certificates.installed(&[wanted]));
    let installed = installed.unwrap_or_default();
    let data = installed.iter().map(|entry| (&entry.hash_data).into());
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
pub(super) fn install(
    certificates: &mut Certificates,
    core: &mut Context,
    call: CallToken,
    request: &InstallCertificateRequest,
) {
    let wanted = certificate_use(&request.certificate_type);
    let pem = request.certificate.as_str();
    let outcome = wanted.map(|wanted| certificates.install(core, wanted, pem));
    let (status, refusal) = outcome.unwrap_or((InstallStatus::Rejected, None));
    let status = match status {
        InstallStatus::Accepted => InstallCertificateStatus::Accepted,
        InstallStatus::Rejected => InstallCertificateStatus::Rejected,
        InstallStatus::Failed => InstallCertificateStatus::Failed,
    };
    core.answer(call, &InstallCertificateResponse::new(status));
    if let Some(refusal) = refusal.filter(|_| wanted == Some(CertificateUse::CsmsRoot)) {
        let info = format!("{refusal}");
        core.security_event(SecurityEventKind::InvalidCsmsCertificate, Some(&info));
    }
}

/// DeleteCertificate (WP:M04.FR.01, WP:M04.FR.02).
pub(super) fn delete(
    certificates: &mut Certificates,
    core: &mut Context,
    call: CallToken,
    request: &DeleteCertificateRequest,
) {
    let wanted = CertificateHashData::from_v1_6(&request.certificate_hash_data);
    let (status, _) = match wanted {
        Ok(wanted) => certificates.delete(core, &wanted),
        Err(UnknownAlgorithm) => (DeleteStatus::NotFound, None),
    };
    let status = match status {
        DeleteStatus::Accepted => DeleteCertificateStatus::Accepted,
        DeleteStatus::Failed => DeleteCertificateStatus::Failed,
        DeleteStatus::NotFound => DeleteCertificateStatus::NotFound,
    };
    core.answer(call, &DeleteCertificateResponse::new(status));
}

/// CertificateSigned: a chain that is not valid is rejected and logged (WP:A02.FR.06, WP:A02.FR.07).
pub(super) fn signed(
    certificates: &mut Certificates,
    core: &mut Context,
    call: CallToken,
    request: &CertificateSignedRequest,
) {
    let chain = request.certificate_chain.as_str();
    let usage = SigningUse::ChargingStation;
    let status = match certificates.signed(core, chain, usage) {
        CertificateSigningStatus::Accepted => CertificateSignedStatus::Accepted,
        CertificateSigningStatus::Rejected => CertificateSignedStatus::Rejected,
    };
    core.answer(call, &CertificateSignedResponse::new(status));
}

/// Sends SignCertificate when there is a new key pair (WP:A02.FR.03).
pub(super) fn continue_signing(
    certificates: &mut Certificates,
    core: &mut Context,
    calls: &mut Calls,
    online: bool,
) {
    for SignRequest { request, csr } in certificates.continue_signing(core, online) {
        let message = SignCertificateRequest::new(BoundedString::truncated(&csr));
        if !calls.send(core, &message, Purpose::SignCertificate(request)) {
            let response = SigningResponse::Undelivered;
            certificates.answered(core, request, response);
        }
    }
}

pub(super) fn signing_answered(
    certificates: &mut Certificates,
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
    certificates.answered(core, request, response);
}
