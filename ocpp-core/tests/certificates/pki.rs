//! Certificate authorities for tests, made with rcgen.

use ocpp_core::security::software::SoftwareVerifier;
use ocpp_core::security::{CertificateError, CertificateVerifier, Purpose, VerifiedPath};
use ocpp_core::time::DateTime;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};

pub(crate) const OPERATOR: &str = "Operator";
pub(crate) const SERIAL: &str = "CP-0815";

pub(crate) type Authority = CertifiedIssuer<'static, KeyPair>;

/// The moment at which tests look at certificates, in the middle of their validity.
pub(crate) fn now() -> DateTime {
    "2030-01-01T00:00:00Z".parse().unwrap()
}

pub(crate) fn params(common_name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.not_before = date_time_ymd(2025, 1, 1);
    params.not_after = date_time_ymd(2045, 1, 1);
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::OrganizationName, OPERATOR);
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params
}

pub(crate) fn authority_params(common_name: &str) -> CertificateParams {
    let mut params = params(common_name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

pub(crate) fn root(common_name: &str) -> Authority {
    CertifiedIssuer::self_signed(authority_params(common_name), KeyPair::generate().unwrap())
        .unwrap()
}

pub(crate) fn sub_authority(common_name: &str, issuer: &Authority) -> Authority {
    sub_authority_with(authority_params(common_name), issuer)
}

pub(crate) fn sub_authority_with(params: CertificateParams, issuer: &Authority) -> Authority {
    CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), issuer).unwrap()
}

pub(crate) fn leaf(params: &CertificateParams, issuer: &Authority) -> Vec<u8> {
    let key = KeyPair::generate().unwrap();
    params.signed_by(&key, issuer).unwrap().der().to_vec()
}

pub(crate) fn station_leaf(issuer: &Authority) -> Vec<u8> {
    leaf(&params(SERIAL), issuer)
}

pub(crate) const STATION: Purpose<'static> = Purpose::ChargingStation {
    common_name: Some(SERIAL),
    organization: Some(OPERATOR),
    allow_future: false,
};

pub(crate) fn verify(
    chain: &[&[u8]],
    anchors: &[&[u8]],
    purpose: &Purpose<'_>,
) -> Result<VerifiedPath, CertificateError> {
    SoftwareVerifier.verify_chain(chain, anchors, now(), purpose)
}
