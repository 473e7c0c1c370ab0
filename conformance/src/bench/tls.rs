//! How station and server agree on a secured connection, without the bytes of TLS.

use std::sync::OnceLock;

use ocpp_core::security::software::SoftwareVerifier;
use ocpp_core::security::{
    CertificateError, CertificateId, CertificateVerifier, Purpose, SecurityEventKind,
};
use ocpp_core::station::Connection;
use ocpp_types::DateTime;

use super::{Endpoint, Server, ServerCertificate};
use crate::mutation::Flaw;
use crate::pki::{Authority, Failure, HOST, SECOND_HOST, wildcard_for};

/// What came of it.
pub(super) enum Handshake {
    /// A connection; the server's certificate led to this root of the station.
    Done(Option<CertificateId>),
    /// The station does not believe the server.
    StationRefuses(SecurityEventKind),
    /// The server does not believe the station.
    ServerRefuses,
}

/// The certificates of a server. They are the same in every run, and making them takes a while.
struct Certificates {
    good: String,
    second_root: String,
    successor: String,
    stranger: String,
    expired: String,
    future: String,
    other_name: String,
    wildcard: String,
    root: String,
}

impl Certificates {
    fn of(host: &str) -> Result<Self, Failure> {
        let csms = Authority::csms()?;
        Ok(Self {
            good: csms.server_at(host)?,
            second_root: Authority::second()?.server_at(host)?,
            successor: Authority::successor()?.server_at(host)?,
            stranger: Authority::stranger()?.server_at(host)?,
            expired: csms.server_of_years(host, (2020, 2021))?,
            future: csms.server_of_years(host, (2047, 2049))?,
            other_name: csms.server_at("other.example.com")?,
            wildcard: csms.server_at(&wildcard_for(host))?,
            root: csms.pem()?,
        })
    }

    fn shown(&self, which: ServerCertificate) -> &str {
        match which {
            ServerCertificate::Good => &self.good,
            ServerCertificate::SecondRoot => &self.second_root,
            ServerCertificate::Successor => &self.successor,
            ServerCertificate::Stranger => &self.stranger,
            ServerCertificate::Expired => &self.expired,
            ServerCertificate::Future => &self.future,
            ServerCertificate::OtherName => &self.other_name,
            ServerCertificate::Wildcard => &self.wildcard,
        }
    }
}

fn certificates(endpoint: Endpoint) -> Result<&'static Certificates, &'static Failure> {
    static CERTIFICATES: OnceLock<[Result<Certificates, Failure>; 2]> = OnceLock::new();
    let [first, second] = CERTIFICATES.get_or_init(|| [HOST, SECOND_HOST].map(Certificates::of));
    match endpoint {
        Endpoint::First => first.as_ref(),
        Endpoint::Second => second.as_ref(),
    }
}

/// Station and server look at each other's certificates. Some stations believe every server, or speak to old ones.
pub(super) fn handshake(
    wanted: &Connection,
    server: &Server,
    flaw: Option<Flaw>,
    at: DateTime,
) -> Result<Handshake, &'static Failure> {
    if wanted.security_profile < 2 {
        return Ok(Handshake::Done(None));
    }
    if server.old_tls && flaw != Some(Flaw::OldTls) {
        let kind = SecurityEventKind::InvalidTlsVersion;
        return Ok(Handshake::StationRefuses(kind));
    }
    let all = certificates(server.endpoint)?;
    let (shown, own) = (all.shown(server.certificate), all.root.as_str());
    let purpose = Purpose::Csms {
        host: match server.endpoint {
            Endpoint::First => HOST,
            Endpoint::Second => SECOND_HOST,
        },
        allow_wildcard: wanted.allow_wildcards || flaw == Some(Flaw::TrustsWildcards),
    };
    // Without roots of its own the station relies on those that it was delivered with.
    let delivered = wanted.roots.is_empty().then_some((None, own));
    let installed = wanted
        .roots
        .iter()
        .map(|root| (Some(root.id), root.pem.as_str()));
    let mut roots = installed.chain(delivered);
    let root = roots.find(|(_, pem)| leads_to(shown, pem, at, &purpose).is_ok());
    if root.is_none() && flaw != Some(Flaw::TrustsAnyServer) {
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
    Ok(Handshake::Done(root.and_then(|(id, _)| id)))
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
