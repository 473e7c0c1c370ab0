//! TLS of the lab: its certificates, and what a station shows in its handshake.

use std::io;
use std::sync::Arc;

use ocpp_conformance::bench::{TlsVersion, Trouble};
use ocpp_conformance::pki::{self, Authority};
use tokio::net::TcpStream;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::StartHandshake;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{Acceptor, WebPkiClientVerifier};
use tokio_rustls::rustls::{ProtocolVersion, RootCertStore, ServerConfig};

/// An open TLS connection.
pub(super) type Stream = tokio_rustls::server::TlsStream<TcpStream>;

/// The certificate of the server, and one that no station has reason to trust.
#[derive(Debug)]
pub(super) struct Certificates {
    good: Arc<ServerConfig>,
    bad: Arc<ServerConfig>,
}

impl Certificates {
    /// For a server that stations reach under this name or address.
    pub(super) fn new(host: &str) -> Result<Self, Trouble> {
        let csms = Authority::csms()?;
        let root = csms.pem()?;
        Ok(Self {
            good: config(&csms.server_at(host)?, &root)?,
            bad: config(&Authority::stranger()?.server_at(host)?, &root)?,
        })
    }

    pub(super) fn server(&self, bad: bool) -> Arc<ServerConfig> {
        Arc::clone(if bad { &self.bad } else { &self.good })
    }
}

/// A station may show a certificate. One that it shows must lead to the root.
fn config(chain: &str, root: &str) -> Result<Arc<ServerConfig>, Trouble> {
    let chain = CertificateDer::pem_slice_iter(chain.as_bytes()).collect::<Result<Vec<_>, _>>();
    let key = PrivateKeyDer::from_pem_slice(pki::server_key()?.as_bytes());
    let root = CertificateDer::from_pem_slice(root.as_bytes()).map_err(Trouble::broken)?;
    let mut roots = RootCertStore::empty();
    roots.add(root).map_err(Trouble::broken)?;
    let provider = Arc::new(ring::default_provider());
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
            .allow_unauthenticated()
            .build()
            .map_err(Trouble::broken)?;
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Trouble::broken)?
        .with_client_cert_verifier(verifier)
        .with_single_cert(
            chain.map_err(Trouble::broken)?,
            key.map_err(Trouble::broken)?,
        )
        .map_err(Trouble::broken)?;
    Ok(Arc::new(config))
}

/// Reads how the station begins.
pub(super) async fn hello(tcp: TcpStream) -> io::Result<StartHandshake<TcpStream>> {
    LazyConfigAcceptor::new(Acceptor::default(), tcp).await
}

/// The cipher suites that it offers.
pub(super) fn cipher_suites(hello: &StartHandshake<TcpStream>) -> Vec<String> {
    let hello = hello.client_hello();
    let names = hello.cipher_suites().iter();
    names.map(|suite| format!("{suite:?}")).collect()
}

/// The version that was agreed on.
pub(super) fn version_of(stream: &Stream) -> Option<TlsVersion> {
    Some(match stream.get_ref().1.protocol_version()? {
        ProtocolVersion::TLSv1_3 => TlsVersion::V1_3,
        ProtocolVersion::TLSv1_2 => TlsVersion::V1_2,
        _ => TlsVersion::Outdated,
    })
}

/// The certificate that it has shown, PEM.
pub(super) fn certificate_of(stream: &Stream) -> Option<String> {
    let chain = stream.get_ref().1.peer_certificates()?;
    pki::pem_of(chain.first()?).ok()
}
