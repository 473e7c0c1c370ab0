//! Certificates (A02, A03, M03 to M05): what goes over the wire about them.

use alloc::string::ToString;

use ocpp_types::{BoundedString, BoundedVec, Enumeration, NonEmpty, Payload};

use super::calls::{Calls, Purpose};
use super::info;
use super::wire::{
    CertificateHashDataChain, CertificateSignedRequest, CertificateSignedResponse,
    CertificateSignedStatus, CertificateSigningUse, DeleteCertificateRequest,
    DeleteCertificateResponse, DeleteCertificateStatus, GenericStatus, GetCertificateIdUse,
    GetInstalledCertificateIdsRequest, GetInstalledCertificateIdsResponse,
    GetInstalledCertificateStatus, InstallCertificateRequest, InstallCertificateResponse,
    InstallCertificateStatus, SignCertificateRequest, SignCertificateResponse,
};
use crate::security::{
    CertificateHashData, CertificateSigningStatus, CertificateUse, DeleteStatus, InstallRefusal,
    InstallStatus, InstalledCertificate, RequestHandle, SigningConfig, SigningResponse,
    SigningRetry, SigningUse, StoreConfig, UnknownAlgorithm,
};
use crate::session::{CallFailure, CallToken};
use crate::station::behaviour::Outcome;
use crate::station::common::certificates::{Certificates, SignRequest};
use crate::station::context::Context;
use crate::station::device_model::Standard;
use crate::station::record::Records;

pub(super) fn restore(core: &mut Context, records: &Records) -> Certificates {
    let mut config = StoreConfig::v2();
    config.additional_root_check = core.variables.bool(Standard::AdditionalRootCheck);
    config.max_certificates = core.config.limits.certificates;
    if core.config.features.delete_last_root {
        config.keep_last.clear();
    }
    let signing = SigningConfig {
        max_chain_length: core.config.limits.certificate_chain,
        retry: retry(core),
        ..SigningConfig::V2
    };
    Certificates::restore(core, config, signing, records)
}

/// When and how often a request is sent again whose certificate does not come (A02.FR.17 to A02.FR.19,
/// A03.FR.17 to A03.FR.19). Never if CertSigningWaitMinimum is 0.
pub(super) fn retry(core: &Context) -> Option<SigningRetry> {
    let seconds = core.variables.u32(Standard::SigningWait);
    (seconds > 0).then(|| SigningRetry {
        wait_minimum: core::time::Duration::from_secs(seconds.into()),
        repeat_times: core.variables.u32(Standard::SigningRepeats),
    })
}

/// An installed certificate with its sub-CAs (M03.FR.05). `None` for one that 2.0.1 has no name for.
fn chain(entry: &InstalledCertificate) -> Option<CertificateHashDataChain> {
    let usage = GetCertificateIdUse::from_name(entry.certificate_use.name_2_x())?;
    let mut chain = CertificateHashDataChain::new((&entry.hash_data).into(), usage);
    let children = entry.child_hash_data.iter().map(Into::into).collect();
    chain.child_certificate_hash_data = BoundedVec::new(children).ok();
    Some(chain)
}

const fn reason(refusal: InstallRefusal) -> &'static str {
    match refusal {
        InstallRefusal::TooLong => "TooLargeElement",
        InstallRefusal::Full => "OutOfStorage",
        InstallRefusal::Use => "UnsupportedParam",
        _ => "InvalidCertificate",
    }
}

/// What is installed of these types, of all if none is named (M03.FR.01 to M03.FR.05).
pub(super) fn installed(
    certificates: &Certificates,
    core: &mut Context,
    call: CallToken,
    request: &GetInstalledCertificateIdsRequest,
) {
    let asked = request.certificate_type.as_ref();
    let uses = asked.map(|types| {
        let named = types.iter().map(GetCertificateIdUse::as_str);
        named.filter_map(CertificateUse::from_name).collect()
    });
    let uses: alloc::vec::Vec<CertificateUse> = uses.unwrap_or_default();
    // A type without a meaning must not become all of them.
    let unknown = asked.is_some() && uses.is_empty();
    let mut installed = certificates.installed(&uses);
    installed.retain(|_| !unknown);
    let found = installed.iter().filter_map(chain).collect();
    let found = NonEmpty::new(found).ok();
    let status = match &found {
        Some(_) => GetInstalledCertificateStatus::Accepted,
        None => GetInstalledCertificateStatus::NotFound,
    };
    let mut response = GetInstalledCertificateIdsResponse::new(status);
    response.certificate_hash_data_chain = found;
    core.answer(call, &response);
}

/// Installs a root (M05.FR.01 to M05.FR.03, M05.FR.06, M05.FR.07, M05.FR.17), with AdditionalRootCertificateCheck only
/// in the place of the one that has signed it (M05.FR.09 to M05.FR.12).
pub(super) fn install(
    certificates: &mut Certificates,
    core: &mut Context,
    call: CallToken,
    request: &InstallCertificateRequest,
) {
    let wanted = CertificateUse::from_name(request.certificate_type.as_str());
    let pem = request.certificate.as_str();
    let outcome = wanted.map(|wanted| certificates.install(core, wanted, pem));
    let (status, refusal) = outcome.unwrap_or((InstallStatus::Rejected, None));
    let status = match status {
        InstallStatus::Accepted => InstallCertificateStatus::Accepted,
        InstallStatus::Rejected => InstallCertificateStatus::Rejected,
        InstallStatus::Failed => InstallCertificateStatus::Failed,
    };
    let mut response = InstallCertificateResponse::new(status);
    response.status_info = refusal.map(|why| info(reason(why), &why.to_string()));
    core.answer(call, &response);
}

/// Deletes a certificate (M04.FR.01 to M04.FR.04, M04.FR.08), never that of the station (M04.FR.06).
pub(super) fn delete(
    certificates: &mut Certificates,
    core: &mut Context,
    call: CallToken,
    request: &DeleteCertificateRequest,
) {
    let wanted = CertificateHashData::from_v2_0_1(&request.certificate_hash_data);
    let (status, refusal) = match wanted {
        Ok(wanted) => certificates.delete(core, &wanted),
        Err(UnknownAlgorithm) => (DeleteStatus::NotFound, None),
    };
    let status = match status {
        DeleteStatus::Accepted => DeleteCertificateStatus::Accepted,
        DeleteStatus::Failed => DeleteCertificateStatus::Failed,
        DeleteStatus::NotFound => DeleteCertificateStatus::NotFound,
    };
    let mut response = DeleteCertificateResponse::new(status);
    response.status_info = refusal.map(|why| info("Unspecified", &why.to_string()));
    core.answer(call, &response);
}

/// A signed certificate: installed before the answer (A02.FR.08), rejected if it is too long (A02.FR.16, A03.FR.16), not
/// valid, or nobody has asked for it (A02.FR.06, A02.FR.07, A03.FR.06, A03.FR.07).
pub(super) fn signed(
    certificates: &mut Certificates,
    core: &mut Context,
    call: CallToken,
    request: &CertificateSignedRequest,
) {
    let usage = match request.certificate_type {
        Some(CertificateSigningUse::V2gCertificate) => SigningUse::V2g,
        // The station has no other certificate.
        _ => SigningUse::ChargingStation,
    };
    let chain = request.certificate_chain.as_str();
    let status = match certificates.signed(core, chain, usage) {
        CertificateSigningStatus::Accepted => CertificateSignedStatus::Accepted,
        CertificateSigningStatus::Rejected => CertificateSignedStatus::Rejected,
    };
    let mut response = CertificateSignedResponse::new(status);
    if response.status == CertificateSignedStatus::Rejected {
        response.status_info = Some(info("InvalidCertificate", ""));
    }
    core.answer(call, &response);
}

/// Sends SignCertificate when there is a new key pair (A02.FR.03, A03.FR.03), and says what for (A02.FR.13, A03.FR.13).
pub(super) fn continue_signing(
    certificates: &mut Certificates,
    calls: &mut Calls,
    core: &mut Context,
    online: bool,
) {
    // A02.FR.08: a new certificate is used at once.
    if certificates.another_is_due(core) {
        core.reconnect();
    }
    for SignRequest { request, csr } in certificates.continue_signing(core, online) {
        let mut message = SignCertificateRequest::new(BoundedString::truncated(&csr));
        message.certificate_type = Some(CertificateSigningUse::ChargingStationCertificate);
        if !calls.send(core, &message, Purpose::SignCertificate(request)) {
            let response = SigningResponse::Undelivered;
            certificates.answered(core, request, response);
        }
    }
}

pub(super) fn sign_answered(
    certificates: &mut Certificates,
    core: &Context,
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
