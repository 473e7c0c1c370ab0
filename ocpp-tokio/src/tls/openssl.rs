//! The OpenSSL backend, for the two TLS_RSA suites of A00.FR.318 that rustls does not have.

use std::io;
use std::pin::Pin;

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{
    Error, Ssl, SslAcceptor, SslConnector, SslContextBuilder, SslMethod, SslVerifyMode, SslVersion,
};
use openssl::x509::X509;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::X509CheckFlags;
use tokio::net::TcpStream;
use tokio_openssl::SslStream;

use super::{
    ClientBackend, ClientCertificate, ClientTls, ServerBackend, ServerTls, TlsConfigError,
    TlsFailure, TlsFailureKind, TlsIdentity, boxed,
};
use crate::websocket::Transport;

/// The suites of TLS 1.2: those that the specification names, the ECDHE ones first, and ECDHE with RSA certificates.
/// TLS 1.3 has its own.
const SUITES: &str = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:\
                      ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:\
                      AES128-GCM-SHA256:AES256-GCM-SHA384";

impl From<ErrorStack> for TlsConfigError {
    fn from(error: ErrorStack) -> Self {
        Self(error.to_string())
    }
}

impl ClientTls {
    /// TLS 1.2 and 1.3 with OpenSSL, RSA key exchange included; otherwise like [`ClientTls::rustls`], except that an IP
    /// address is looked for in the subjectAltName only.
    ///
    /// # Errors
    /// [`TlsConfigError`] if a certificate or the key cannot be read, or there is no root.
    pub fn openssl(
        roots_pem: &[u8],
        identity: Option<&TlsIdentity>,
    ) -> Result<Self, TlsConfigError> {
        let mut builder = SslConnector::builder(SslMethod::tls_client())?;
        configure(&mut builder)?;
        trust(&mut builder, roots_pem)?;
        if let Some(identity) = identity {
            show(&mut builder, identity)?;
        }
        Ok(Self::from_openssl(builder.build(), identity.is_some()))
    }

    /// An OpenSSL configuration made elsewhere; say whether it has a certificate to show. Names with wildcards are a matter of
    /// [`allow_wildcards`](Self::allow_wildcards) all the same.
    #[must_use]
    pub const fn from_openssl(connector: SslConnector, has_certificate: bool) -> Self {
        Self {
            backend: ClientBackend::OpenSsl(connector),
            has_certificate,
            allow_wildcards: false,
        }
    }
}

impl ServerTls {
    /// TLS 1.2 and 1.3 with OpenSSL, RSA key exchange included; otherwise like [`ServerTls::rustls`]. Of `identities`
    /// there can be one for each kind of key.
    ///
    /// # Errors
    /// [`TlsConfigError`] if a certificate or key cannot be read, or there is none.
    pub fn openssl(
        identities: &[TlsIdentity],
        client_roots_pem: Option<&[u8]>,
    ) -> Result<Self, TlsConfigError> {
        if identities.is_empty() {
            return Err(TlsConfigError("no certificate".into()));
        }
        let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server())?;
        configure(&mut builder)?;
        for identity in identities {
            show(&mut builder, identity)?;
        }
        if let Some(pem) = client_roots_pem {
            trust(&mut builder, pem)?;
            builder.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT);
            // Sessions that are resumed keep the certificate that was verified.
            builder.set_session_id_context(b"ocpp")?;
        }
        Ok(Self::from_openssl(
            builder.build(),
            client_roots_pem.is_some(),
        ))
    }

    /// An OpenSSL configuration made elsewhere; say whether it demands certificates of stations.
    #[must_use]
    pub const fn from_openssl(acceptor: SslAcceptor, asks_for_certificates: bool) -> Self {
        Self {
            backend: ServerBackend::OpenSsl(acceptor),
            asks_for_certificates,
        }
    }
}

fn configure(builder: &mut SslContextBuilder) -> Result<(), TlsConfigError> {
    builder.set_min_proto_version(Some(SslVersion::TLS1_2))?;
    builder.set_cipher_list(SUITES)?;
    Ok(())
}

/// Trusts these roots and no others.
fn trust(builder: &mut SslContextBuilder, roots_pem: &[u8]) -> Result<(), TlsConfigError> {
    let mut store = X509StoreBuilder::new()?;
    for certificate in read_certificates(roots_pem)? {
        store.add_cert(certificate)?;
    }
    builder.set_cert_store(store.build());
    Ok(())
}

fn show(builder: &mut SslContextBuilder, identity: &TlsIdentity) -> Result<(), TlsConfigError> {
    let mut chain = read_certificates(&identity.chain_pem)?.into_iter();
    let key: PKey<Private> = PKey::private_key_from_pem(&identity.key_pem)?;
    if let Some(certificate) = chain.next() {
        builder.set_certificate(&certificate)?;
    }
    builder.set_private_key(&key)?;
    builder.check_private_key()?;
    for certificate in chain {
        builder.add_extra_chain_cert(certificate)?;
    }
    Ok(())
}

fn read_certificates(pem: &[u8]) -> Result<Vec<X509>, TlsConfigError> {
    let certificates = X509::stack_from_pem(pem)?;
    if certificates.is_empty() {
        return Err(TlsConfigError("no certificate".into()));
    }
    Ok(certificates)
}

pub(super) async fn connect(
    connector: &SslConnector,
    host: &str,
    allow_wildcards: bool,
    tcp: TcpStream,
) -> Result<Transport, TlsFailure> {
    let ssl = connector
        .configure()
        .and_then(|configuration| configuration.into_ssl(host));
    let ssl = ssl.map(|mut ssl| {
        let mut flags = X509CheckFlags::NO_PARTIAL_WILDCARDS;
        if !allow_wildcards {
            flags |= X509CheckFlags::NO_WILDCARDS;
        }
        ssl.param_mut().set_hostflags(flags);
        ssl
    });
    let mut stream = stream(ssl, tcp)?;
    Pin::new(&mut stream)
        .connect()
        .await
        .map_err(|error| failure(&error))?;
    Ok(boxed(stream))
}

pub(super) async fn accept(
    acceptor: &SslAcceptor,
    tcp: TcpStream,
) -> Result<(Transport, Option<ClientCertificate>), TlsFailure> {
    let mut stream = stream(Ssl::new(acceptor.context()), tcp)?;
    Pin::new(&mut stream)
        .accept()
        .await
        .map_err(|error| failure(&error))?;
    let certificate = stream
        .ssl()
        .peer_certificate()
        .and_then(|leaf| leaf.to_der().ok());
    let certificate = certificate.and_then(|der| ClientCertificate::from_der(&der));
    Ok((boxed(stream), certificate))
}

fn stream(
    ssl: Result<Ssl, ErrorStack>,
    tcp: TcpStream,
) -> Result<SslStream<TcpStream>, TlsFailure> {
    ssl.and_then(|ssl| SslStream::new(ssl, tcp))
        .map_err(|error| TlsFailure::new(TlsFailureKind::Other, error.to_string()))
}

fn failure(error: &Error) -> TlsFailure {
    let kind = match (error.ssl_error(), error.io_error()) {
        (Some(stack), _) => classify(stack),
        (None, Some(io)) => TlsFailureKind::Io(io.kind()),
        (None, None) => TlsFailureKind::Io(io::ErrorKind::UnexpectedEof),
    };
    TlsFailure::new(kind, error.to_string())
}

pub(super) fn classify_io(error: &io::Error) -> Option<TlsFailure> {
    error.get_ref()?.downcast_ref::<Error>().map(failure)
}

/// OpenSSL tells the reason as text only, which has been the same since version 1.1.
fn classify(stack: &ErrorStack) -> TlsFailureKind {
    let reasons = stack
        .errors()
        .iter()
        .filter_map(openssl::error::Error::reason);
    let has = |reason: &str, words: &[&str]| words.iter().any(|word| reason.contains(word));
    for reason in reasons {
        let reason = reason.to_ascii_lowercase();
        if has(
            &reason,
            &["certificate verify failed", "did not return a certificate"],
        ) {
            return TlsFailureKind::PeerCertificate;
        }
        if has(
            &reason,
            &[
                "protocol version",
                "unsupported protocol",
                "version too low",
            ],
        ) {
            return TlsFailureKind::Version;
        }
        if has(
            &reason,
            &[
                "no shared cipher",
                "handshake failure",
                "insufficient security",
            ],
        ) {
            return TlsFailureKind::CipherSuite;
        }
        let alerts = [
            "certificate",
            "unknown ca",
            "access denied",
            "decrypt error",
        ];
        if reason.contains("alert") && has(&reason, &alerts) {
            return TlsFailureKind::OurCertificate;
        }
    }
    TlsFailureKind::Other
}
