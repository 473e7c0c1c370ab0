//! The rustls backend: TLS 1.2 and 1.3, with ring.

use core::fmt;
use std::io;
use std::sync::Arc;

use ocpp_core::security::host_name_matches;
use tokio::net::TcpStream;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use tokio_rustls::rustls::crypto::{
    WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::{
    ClientHello, ParsedCertificate, ResolvesServerCert, WebPkiClientVerifier,
};
use tokio_rustls::rustls::sign::{CertifiedKey, SigningKey, SingleCertAndKey};
use tokio_rustls::rustls::{
    AlertDescription, CertificateError, CipherSuite, ClientConfig, DigitallySignedStruct, Error,
    InconsistentKeys, PeerIncompatible, PeerMisbehaved, RootCertStore, ServerConfig,
    SignatureAlgorithm, SignatureScheme,
};
use tokio_rustls::{TlsAcceptor, TlsConnector};
use x509_cert::der::Decode as _;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use super::{
    ClientBackend, ClientCertificate, ClientTls, ServerBackend, ServerTls, TlsConfigError,
    TlsFailure, TlsFailureKind, TlsIdentity, boxed,
};
use crate::websocket::Transport;

impl ClientTls {
    /// TLS 1.2 and 1.3 with rustls.
    ///
    /// `roots_pem` holds the CSMS root certificates that are trusted, and no others are. The name of the CSMS is looked
    /// up in the subjectAltName and, if the certificate has none, in the common name, where OCPP puts it
    /// (A00.FR.309, A00.FR.412, A00.FR.510).
    ///
    /// # Errors
    /// [`TlsConfigError`] if a certificate or the key cannot be read, or there is no root.
    pub fn rustls(
        roots_pem: &[u8],
        identity: Option<&TlsIdentity>,
    ) -> Result<Self, TlsConfigError> {
        let key = match identity {
            Some(identity) => {
                let (chain, key) = read_identity(identity)?;
                let key = CertifiedKey::from_der(chain, key, &ring::default_provider());
                Some(key.map_err(config_error)?)
            }
            None => None,
        };
        Self::client(roots_pem, key)
    }

    /// The same for a private key that does not leave its place, a secure element for example.
    ///
    /// # Errors
    /// [`TlsConfigError`] if a certificate cannot be read, there is no root, or the key is not that of the certificate.
    pub fn rustls_with_key(
        roots_pem: &[u8],
        chain_pem: &[u8],
        key: Arc<dyn SigningKey>,
    ) -> Result<Self, TlsConfigError> {
        let key = CertifiedKey::new(read_certificates(chain_pem)?, key);
        match key.keys_match() {
            // Not every key can tell its public half.
            Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => {}
            Err(error) => return Err(config_error(error)),
        }
        Self::client(roots_pem, Some(key))
    }

    fn client(roots_pem: &[u8], key: Option<CertifiedKey>) -> Result<Self, TlsConfigError> {
        let provider = Arc::new(ring::default_provider());
        let verifier = Arc::new(CsmsVerifier {
            roots: Arc::new(roots(roots_pem)?),
            algorithms: provider.signature_verification_algorithms,
            allow_wildcards: false,
        });
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(config_error)?
            .dangerous()
            .with_custom_certificate_verifier(verifier.clone());
        let config = match key {
            Some(key) => builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(key))),
            None => builder.with_no_client_auth(),
        };
        Ok(Self::with(Arc::new(config), Some(verifier)))
    }

    /// A rustls configuration made elsewhere, for keys in a secure element or rules of one's own.
    #[must_use]
    pub fn from_rustls(config: Arc<ClientConfig>) -> Self {
        Self::with(config, None)
    }

    fn with(config: Arc<ClientConfig>, verifier: Option<Arc<CsmsVerifier>>) -> Self {
        let has_certificate = config.client_auth_cert_resolver.has_certs();
        Self {
            backend: ClientBackend::Rustls(Client { config, verifier }),
            has_certificate,
            allow_wildcards: false,
        }
    }
}

/// How stations connect.
#[derive(Clone)]
pub(super) struct Client {
    config: Arc<ClientConfig>,
    /// What decides about the CSMS's certificate, unless the configuration was made elsewhere.
    verifier: Option<Arc<CsmsVerifier>>,
}

impl Client {
    pub(super) fn allow_wildcards(&mut self, allow_wildcards: bool) {
        if let Some(verifier) = &mut self.verifier {
            Arc::make_mut(verifier).allow_wildcards = allow_wildcards;
            Arc::make_mut(&mut self.config)
                .dangerous()
                .set_certificate_verifier(verifier.clone());
        }
    }

    pub(super) async fn connect(
        &self,
        host: &str,
        tcp: TcpStream,
    ) -> Result<Transport, TlsFailure> {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| {
            TlsFailure::new(
                TlsFailureKind::Other,
                "the host is neither a DNS name nor an address",
            )
        })?;
        let stream = TlsConnector::from(Arc::clone(&self.config))
            .connect(name, tcp)
            .await
            .map_err(|error| failure(&error))?;
        Ok(boxed(stream))
    }
}

impl ServerTls {
    /// TLS 1.2 and 1.3 with rustls.
    ///
    /// `identities` are the CSMS's certificates; with one for RSA and one for ECDSA every station is served
    /// (A00.FR.318). With `client_roots_pem` stations must show a certificate that leads to one of these roots
    /// (profile 3).
    ///
    /// # Errors
    /// [`TlsConfigError`] if a certificate or key cannot be read, or there is none.
    pub fn rustls(
        identities: &[TlsIdentity],
        client_roots_pem: Option<&[u8]>,
    ) -> Result<Self, TlsConfigError> {
        let provider = Arc::new(ring::default_provider());
        let mut keys = Vec::with_capacity(identities.len());
        for identity in identities {
            let (chain, key) = read_identity(identity)?;
            let key = CertifiedKey::from_der(chain, key, &provider).map_err(config_error)?;
            keys.push(Arc::new(key));
        }
        if keys.is_empty() {
            return Err(TlsConfigError("no certificate".into()));
        }
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(config_error)?;
        let builder = match client_roots_pem {
            Some(pem) => {
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots(pem)?), provider)
                        .build()
                        .map_err(|error| TlsConfigError(error.to_string()))?;
                builder.with_client_cert_verifier(verifier)
            }
            None => builder.with_no_client_auth(),
        };
        let config = builder.with_cert_resolver(Arc::new(Identities(keys)));
        Ok(Self::from_rustls(
            Arc::new(config),
            client_roots_pem.is_some(),
        ))
    }

    /// A rustls configuration made elsewhere; say whether it demands certificates of stations.
    #[must_use]
    pub fn from_rustls(config: Arc<ServerConfig>, asks_for_certificates: bool) -> Self {
        Self {
            backend: ServerBackend::Rustls(TlsAcceptor::from(config)),
            asks_for_certificates,
        }
    }
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn config_error(error: Error) -> TlsConfigError {
    TlsConfigError(error.to_string())
}

fn read_certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsConfigError> {
    let certificates = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| TlsConfigError(format!("certificate: {error}")))?;
    if certificates.is_empty() {
        return Err(TlsConfigError("no certificate".into()));
    }
    Ok(certificates)
}

fn roots(pem: &[u8]) -> Result<RootCertStore, TlsConfigError> {
    let mut store = RootCertStore::empty();
    for certificate in read_certificates(pem)? {
        store.add(certificate).map_err(config_error)?;
    }
    Ok(store)
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn read_identity(identity: &TlsIdentity) -> Result<Identity, TlsConfigError> {
    let chain = read_certificates(&identity.chain_pem)?;
    let key = PrivateKeyDer::from_pem_slice(&identity.key_pem)
        .map_err(|error| TlsConfigError(format!("private key: {error}")))?;
    Ok((chain, key))
}

pub(super) async fn accept(
    acceptor: &TlsAcceptor,
    tcp: TcpStream,
) -> Result<(Transport, Option<ClientCertificate>), TlsFailure> {
    let stream = acceptor
        .accept(tcp)
        .await
        .map_err(|error| failure(&error))?;
    let certificate = stream
        .get_ref()
        .1
        .peer_certificates()
        .and_then(|chain| chain.first());
    let certificate = certificate.and_then(|leaf| ClientCertificate::from_der(leaf));
    Ok((boxed(stream), certificate))
}

fn failure(error: &io::Error) -> TlsFailure {
    classify_io(error)
        .unwrap_or_else(|| TlsFailure::new(TlsFailureKind::Io(error.kind()), error.to_string()))
}

pub(super) fn classify_io(error: &io::Error) -> Option<TlsFailure> {
    let error = error.get_ref()?.downcast_ref::<Error>()?;
    Some(TlsFailure::new(classify(error), error.to_string()))
}

fn classify(error: &Error) -> TlsFailureKind {
    use AlertDescription as Alert;
    match error {
        Error::InvalidCertificate(_)
        | Error::NoCertificatesPresented
        | Error::InvalidCertRevocationList(_) => TlsFailureKind::PeerCertificate,
        Error::AlertReceived(Alert::ProtocolVersion) => TlsFailureKind::Version,
        Error::AlertReceived(Alert::HandshakeFailure | Alert::InsufficientSecurity) => {
            TlsFailureKind::CipherSuite
        }
        Error::AlertReceived(
            Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA
            | Alert::AccessDenied
            | Alert::CertificateRequired
            | Alert::DecryptError,
        ) => TlsFailureKind::OurCertificate,
        Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            // Came with TLS 1.2; clients older than that are recognised by its absence first.
            | PeerIncompatible::SignatureAlgorithmsExtensionRequired
            | PeerIncompatible::SupportedVersionsExtensionRequired
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled,
        ) => TlsFailureKind::Version,
        Error::PeerIncompatible(
            PeerIncompatible::NoCipherSuitesInCommon
            | PeerIncompatible::NoKxGroupsInCommon
            | PeerIncompatible::NoSignatureSchemesInCommon
            | PeerIncompatible::NullCompressionRequired,
        )
        | Error::PeerMisbehaved(
            PeerMisbehaved::SelectedUnofferedCipherSuite
            | PeerMisbehaved::SelectedUnofferedCompression
            | PeerMisbehaved::SelectedUnusableCipherSuiteForVersion,
        ) => TlsFailureKind::CipherSuite,
        _ => TlsFailureKind::Other,
    }
}

/// The chain by RFC 5280, the name by subjectAltName or, without one, by common name.
#[derive(Clone)]
struct CsmsVerifier {
    roots: Arc<RootCertStore>,
    algorithms: WebPkiSupportedAlgorithms,
    /// Whether a wildcard may stand for the leftmost label of the name.
    allow_wildcards: bool,
}

impl fmt::Debug for CsmsVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsmsVerifier")
    }
}

impl ServerCertVerifier for CsmsVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let certificate = ParsedCertificate::try_from(end_entity)?;
        verify_server_cert_signed_by_trust_anchor(
            &certificate,
            &self.roots,
            intermediates,
            now,
            self.algorithms.all,
        )?;
        let names = Names::of(end_entity);
        match verify_server_name(&certificate, server_name) {
            Ok(()) if self.allow_wildcards || names.has_literally(server_name) => {}
            Ok(()) => return Err(CertificateError::NotValidForName.into()),
            Err(_) if names.common_name_is(server_name, self.allow_wildcards) => {}
            Err(error) => return Err(error),
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// The names in a certificate.
enum Names {
    /// Where there is a subjectAltName, it decides (RFC 2818 section 3.1).
    Alternative(SubjectAltName),
    /// Otherwise it is the common name, as OCPP has it (A00.FR.510).
    Common(String),
    /// None that can be read.
    Unreadable,
}

impl Names {
    fn of(der: &CertificateDer<'_>) -> Self {
        let Ok(certificate) = x509_cert::Certificate::from_der(der) else {
            return Self::Unreadable;
        };
        match certificate.tbs_certificate().get_extension() {
            Ok(Some((_, names))) => Self::Alternative(names),
            Ok(None) => ClientCertificate::from_der(der)
                .and_then(|certificate| certificate.common_name)
                .map_or(Self::Unreadable, Self::Common),
            Err(_) => Self::Unreadable,
        }
    }

    /// Whether the server's name is there without a wildcard. Addresses never have one.
    fn has_literally(&self, server: &ServerName<'_>) -> bool {
        let ServerName::DnsName(host) = server else {
            return true;
        };
        let Self::Alternative(names) = self else {
            return false;
        };
        names.0.iter().any(|name| {
            matches!(name, GeneralName::DnsName(name) if host_name_matches(name.as_str(), host.as_ref(), false))
        })
    }

    fn common_name_is(&self, server: &ServerName<'_>, allow_wildcards: bool) -> bool {
        let allow_wildcards = allow_wildcards && matches!(server, ServerName::DnsName(_));
        matches!(self, Self::Common(name) if host_name_matches(name, &server.to_str(), allow_wildcards))
    }
}

/// The CSMS's certificates: the first whose key the station can verify.
#[derive(Debug)]
struct Identities(Vec<Arc<CertifiedKey>>);

impl ResolvesServerCert for Identities {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let usable = |key: &&Arc<CertifiedKey>| {
            key.key.choose_scheme(hello.signature_schemes()).is_some()
                && suites_allow(hello.cipher_suites(), key.key.algorithm())
        };
        self.0
            .iter()
            .find(usable)
            .or_else(|| self.0.first())
            .cloned()
    }
}

/// TLS 1.3 suites go with any key; those of TLS 1.2 name the kind of key.
fn suites_allow(offered: &[CipherSuite], algorithm: SignatureAlgorithm) -> bool {
    offered.iter().any(|suite| {
        let name = suite.as_str().unwrap_or_default();
        name.starts_with("TLS13_")
            || match algorithm {
                SignatureAlgorithm::RSA => name.starts_with("TLS_ECDHE_RSA_"),
                _ => name.starts_with("TLS_ECDHE_ECDSA_"),
            }
    })
}
