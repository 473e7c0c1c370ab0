//! How station and server agree on a secured connection, without the bytes of TLS.

use std::sync::OnceLock;

use ocpp_core::security::software::SoftwareVerifier;
use ocpp_core::security::{
    CertificateError, CertificateId, CertificateVerifier, Purpose, SecurityEventKind,
};
use ocpp_core::station::Connection;
use ocpp_types::DateTime;

use crate::pki::{Authority, Failure, HOST};

/// What came of it.
pub(super) enum Handshake {
    /// A connection; the server's certificate led to this root of the station.
    Done(Option<CertificateId>),
    /// The station does not believe the server.
    StationRefuses(SecurityEventKind),
    /// The server does not believe the station.
    ServerRefuses,
}

/// The certificates of the server. They are the same in every run, and making them takes a while.
struct Certificates {
    good: String,
    bad: String,
    root: String,
}

fn certificates() -> Result<&'static Certificates, &'static Failure> {
    static CERTIFICATES: OnceLock<Result<Certificates, Failure>> = OnceLock::new();
    let make = || {
        let csms = Authority::csms()?;
        Ok(Certificates {
            good: csms.server()?,
            bad: Authority::stranger()?.server()?,
            root: csms.pem()?,
        })
    };
    CERTIFICATES.get_or_init(make).as_ref()
}

/// Station and server look at each other's certificates.
pub(super) fn handshake(
    wanted: &Connection,
    bad_certificate: bool,
    at: DateTime,
) -> Result<Handshake, &'static Failure> {
    if wanted.security_profile < 2 {
        return Ok(Handshake::Done(None));
    }
    let Certificates {
        good,
        bad,
        root: own,
    } = certificates()?;
    let server = if bad_certificate { bad } else { good };
    let purpose = Purpose::Csms {
        host: HOST,
        allow_wildcard: true,
    };
    let mut roots = wanted.roots.iter();
    let root = roots.find(|root| leads_to(server, &root.pem, at, &purpose).is_ok());
    // Without roots of its own the station relies on those that it was delivered with.
    if root.is_none() && (bad_certificate || !wanted.roots.is_empty()) {
        let kind = SecurityEventKind::InvalidCsmsCertificate;
        return Ok(Handshake::StationRefuses(kind));
    }
    if wanted.security_profile == 3 {
        let purpose = Purpose::ChargingStation {
            common_name: None,
            organization: None,
            allow_future: false,
        };
        let shown = wanted.client_certificate.as_ref();
        if shown.is_none_or(|shown| leads_to(&shown.chain, own, at, &purpose).is_err()) {
            return Ok(Handshake::ServerRefuses);
        }
    }
    Ok(Handshake::Done(root.map(|root| root.id)))
}

fn leads_to(
    chain: &str,
    root: &str,
    at: DateTime,
    purpose: &Purpose<'_>,
) -> Result<(), CertificateError> {
    let chain = SoftwareVerifier.parse(chain)?;
    let roots = SoftwareVerifier.parse(root)?;
    let chain: Vec<&[u8]> = chain.iter().map(|info| info.der.as_slice()).collect();
    let roots: Vec<&[u8]> = roots.iter().map(|info| info.der.as_slice()).collect();
    SoftwareVerifier
        .verify_chain(&chain, &roots, at, purpose)
        .map(|_| ())
}

/// Whether a signature fits to a file and a certificate.
pub(super) fn signature_fits(file: &[u8], certificate: &str, signature: &str) -> bool {
    let mut hash = ocpp_core::security::software::FirmwareHash::new();
    hash.update(file);
    let certificate = SoftwareVerifier.parse(certificate);
    let certificate = certificate.ok().and_then(|all| all.into_iter().next());
    certificate.is_some_and(|certificate| {
        let verified =
            SoftwareVerifier.verify_firmware(&certificate.der, &hash.finish(), signature);
        verified.is_ok()
    })
}
