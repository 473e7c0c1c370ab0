//! TLS for both sides, behind one API for every backend.

#[cfg(feature = "openssl")]
mod openssl;
#[cfg(feature = "rustls")]
mod rustls;

use core::fmt;
use std::io;

use tokio::net::TcpStream;

use crate::security::SecurityEvent;
use crate::websocket::{Io, Transport};

/// A certificate with its chain and its private key, in PEM. Debug output hides the key.
#[derive(Clone)]
pub struct TlsIdentity {
    /// The certificate, then the intermediate ones.
    pub chain_pem: Vec<u8>,
    /// The private key: PKCS #8, PKCS #1 or SEC 1.
    pub key_pem: Vec<u8>,
}

impl fmt::Debug for TlsIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsIdentity(…)")
    }
}

/// The TLS side of a station.
///
/// A certificate that names the CSMS by a wildcard (`*.example.com`) is refused, as OCPP wants it (A00.FR.309, A00.FR.412), unless
/// [`allow_wildcards`](Self::allow_wildcards) permits it.
#[derive(Clone)]
pub struct ClientTls {
    backend: ClientBackend,
    has_certificate: bool,
    allow_wildcards: bool,
}

#[derive(Clone)]
enum ClientBackend {
    #[cfg(feature = "rustls")]
    Rustls(rustls::Client),
    #[cfg(feature = "openssl")]
    OpenSsl(::openssl::ssl::SslConnector),
}

impl ClientTls {
    /// Whether the station has a certificate to show, as profile 3 demands.
    #[must_use]
    pub const fn has_certificate(&self) -> bool {
        self.has_certificate
    }

    /// The same, but a name with a wildcard in the CSMS's certificate is accepted or not: the variable
    /// `SecurityCtrlr.AllowCSMSTLSWildcards` of 2.x (erratum 2.62 of 2025-02 to 2.0.1), which 1.6 has as a key. A wildcard stands for one
    /// label, the leftmost. A rustls configuration made elsewhere ([`from_rustls`](Self::from_rustls)) decides by itself.
    #[must_use]
    pub fn allow_wildcards(mut self, allow: bool) -> Self {
        self.allow_wildcards = allow;
        #[cfg(feature = "rustls")]
        #[allow(irrefutable_let_patterns, reason = "without the other backend")]
        if let ClientBackend::Rustls(client) = &mut self.backend {
            client.allow_wildcards(allow);
        }
        self
    }

    /// Whether a name with a wildcard in the CSMS's certificate is accepted.
    #[must_use]
    pub const fn allows_wildcards(&self) -> bool {
        self.allow_wildcards
    }

    pub(crate) async fn connect(
        &self,
        host: &str,
        tcp: TcpStream,
    ) -> Result<Transport, TlsFailure> {
        match &self.backend {
            #[cfg(feature = "rustls")]
            ClientBackend::Rustls(client) => client.connect(host, tcp).await,
            #[cfg(feature = "openssl")]
            ClientBackend::OpenSsl(connector) => {
                openssl::connect(connector, host, self.allow_wildcards, tcp).await
            }
            #[cfg(not(any(feature = "rustls", feature = "openssl")))]
            _ => {
                let _ = (host, tcp);
                Err(TlsFailure::new(TlsFailureKind::Other, "built without TLS"))
            }
        }
    }
}

impl fmt::Debug for ClientTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientTls")
            .field("has_certificate", &self.has_certificate)
            .field("allow_wildcards", &self.allow_wildcards)
            .finish_non_exhaustive()
    }
}

/// The TLS side of a CSMS: the server (A00.FR.306, A00.FR.409), which shows its certificate (A00.FR.410), speaks TLS 1.2 at least, and ends what is
/// older (A00.FR.314, A00.FR.416 to FR.418).
#[derive(Clone)]
pub struct ServerTls {
    backend: ServerBackend,
    asks_for_certificates: bool,
}

#[derive(Clone)]
enum ServerBackend {
    #[cfg(feature = "rustls")]
    Rustls(tokio_rustls::TlsAcceptor),
    #[cfg(feature = "openssl")]
    OpenSsl(::openssl::ssl::SslAcceptor),
}

impl ServerTls {
    /// Whether [`with_rsa_suites`](Self::with_rsa_suites) can work: whether the feature `openssl` is on.
    pub const HAS_RSA_SUITES: bool = cfg!(feature = "openssl");

    /// TLS with all cipher suites of A00.FR.318 and A00.FR.421, the two with RSA key exchange included: `ServerTls::openssl` where the feature
    /// `openssl` is on. They need an identity with an RSA key; give one with an ECDSA key too for the other two.
    ///
    /// # Errors
    /// [`TlsConfigError`] without the feature, and if a certificate or key cannot be read, or there is none.
    pub fn with_rsa_suites(
        identities: &[TlsIdentity],
        client_roots_pem: Option<&[u8]>,
    ) -> Result<Self, TlsConfigError> {
        #[cfg(feature = "openssl")]
        {
            Self::openssl(identities, client_roots_pem)
        }
        #[cfg(not(feature = "openssl"))]
        {
            let _ = (identities, client_roots_pem);
            let why = "the cipher suites TLS_RSA_… need a program built with the feature openssl";
            Err(TlsConfigError(why.into()))
        }
    }

    /// Whether stations must show a certificate, as profile 3 demands.
    #[must_use]
    pub const fn asks_for_certificates(&self) -> bool {
        self.asks_for_certificates
    }

    pub(crate) async fn accept(
        &self,
        tcp: TcpStream,
    ) -> Result<(Transport, Option<ClientCertificate>), TlsFailure> {
        match &self.backend {
            #[cfg(feature = "rustls")]
            ServerBackend::Rustls(acceptor) => rustls::accept(acceptor, tcp).await,
            #[cfg(feature = "openssl")]
            ServerBackend::OpenSsl(acceptor) => openssl::accept(acceptor, tcp).await,
            #[cfg(not(any(feature = "rustls", feature = "openssl")))]
            _ => {
                let _ = tcp;
                Err(TlsFailure::new(TlsFailureKind::Other, "built without TLS"))
            }
        }
    }
}

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerTls")
            .field("asks_for_certificates", &self.asks_for_certificates)
            .finish_non_exhaustive()
    }
}

/// The certificate that a station showed, its chain verified.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientCertificate {
    /// The certificate in DER.
    pub der: Vec<u8>,
    /// CN of the subject: the station's serial number (A00.FR.405, A00.FR.511).
    pub common_name: Option<String>,
    /// O of the subject: the CSO, or whoever else owns the certificate (A00.FR.404).
    pub organization: Option<String>,
}

#[cfg(any(feature = "rustls", feature = "openssl"))]
impl ClientCertificate {
    /// Reads the subject of a certificate that TLS has verified. `None` if it is not a certificate.
    #[must_use]
    pub fn from_der(der: &[u8]) -> Option<Self> {
        use x509_cert::der::Decode as _;
        let certificate = x509_cert::Certificate::from_der(der).ok()?;
        let subject = certificate.tbs_certificate().subject();
        let text = |value: x509_cert::ext::pkix::name::DirectoryString| value.value().into_owned();
        Some(Self {
            der: der.to_vec(),
            common_name: subject.common_name().ok().flatten().map(text),
            organization: subject.organization().ok().flatten().map(text),
        })
    }
}

/// Certificates or keys are unusable.
#[derive(Debug, Clone, thiserror::Error)]
#[error("TLS configuration: {0}")]
pub struct TlsConfigError(String);

/// TLS could not be established, or broke down before the WebSocket was open.
#[derive(Debug, Clone, thiserror::Error)]
#[error("TLS failed ({kind:?}): {detail}")]
#[non_exhaustive]
pub struct TlsFailure {
    /// What to do about it.
    pub kind: TlsFailureKind,
    /// The backend's own words.
    pub detail: String,
}

/// Kinds of [`TlsFailure`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsFailureKind {
    /// The peer's certificate is expired, not yet valid, for another name, not signed by a root that is trusted, or
    /// otherwise not acceptable; or it showed none.
    PeerCertificate,
    /// The peer refused our certificate.
    OurCertificate,
    /// No TLS version in common: the peer speaks only versions below 1.2.
    Version,
    /// No cipher suite, group or signature scheme in common.
    CipherSuite,
    /// The connection broke.
    Io(io::ErrorKind),
    /// Anything else.
    Other,
}

impl TlsFailure {
    /// The detail may hold names of the peer's certificate.
    pub(crate) fn new(kind: TlsFailureKind, detail: impl AsRef<str>) -> Self {
        const SHOWN: usize = 300;
        Self {
            kind,
            detail: ocpp_types::printable(detail.as_ref(), SHOWN).to_string(),
        }
    }

    /// The event that the station must report (A00.FR.310, 316, 323, 413, 419, 426).
    #[must_use]
    pub const fn station_event(&self) -> Option<SecurityEvent> {
        match self.kind {
            TlsFailureKind::PeerCertificate => Some(SecurityEvent::InvalidCsmsCertificate),
            TlsFailureKind::OurCertificate => Some(SecurityEvent::FailedToAuthenticateAtCsms),
            TlsFailureKind::Version => Some(SecurityEvent::InvalidTlsVersion),
            TlsFailureKind::CipherSuite => Some(SecurityEvent::InvalidTlsCipherSuite),
            TlsFailureKind::Io(_) | TlsFailureKind::Other => None,
        }
    }

    /// The event that the CSMS should log (A00.FR.408).
    #[must_use]
    pub const fn csms_event(&self) -> Option<SecurityEvent> {
        match self.kind {
            TlsFailureKind::PeerCertificate => {
                Some(SecurityEvent::InvalidChargingStationCertificate)
            }
            TlsFailureKind::Version => Some(SecurityEvent::InvalidTlsVersion),
            TlsFailureKind::CipherSuite => Some(SecurityEvent::InvalidTlsCipherSuite),
            TlsFailureKind::OurCertificate | TlsFailureKind::Io(_) | TlsFailureKind::Other => None,
        }
    }

    /// What TLS had to do with an I/O error, if anything: with TLS 1.3 a refused client certificate shows only when
    /// the client reads.
    pub(crate) fn from_io(error: &io::Error) -> Option<Self> {
        #[cfg(feature = "rustls")]
        if let Some(failure) = rustls::classify_io(error) {
            return Some(failure);
        }
        #[cfg(feature = "openssl")]
        if let Some(failure) = openssl::classify_io(error) {
            return Some(failure);
        }
        let _ = error;
        None
    }
}

#[allow(dead_code, reason = "unused without a TLS backend")]
fn boxed(io: impl Io) -> Transport {
    Transport::Other(Box::new(io))
}
