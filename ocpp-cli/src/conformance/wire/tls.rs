//! TLS of the lab: its certificates, and what a station shows in its handshake.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use ocpp_conformance::bench::{ServerCertificate, TlsVersion, Trouble};
use ocpp_conformance::pki::{self, Authority};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::StartHandshake;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{Acceptor, WebPkiClientVerifier};
use tokio_rustls::rustls::{ProtocolVersion, RootCertStore, ServerConfig};

/// An open TLS connection.
pub(super) type Stream = tokio_rustls::server::TlsStream<TcpStream>;

/// The certificates that a server can show.
#[derive(Debug)]
pub(super) struct Certificates {
    good: Arc<ServerConfig>,
    second_root: Arc<ServerConfig>,
    successor: Arc<ServerConfig>,
    stranger: Arc<ServerConfig>,
    expired: Arc<ServerConfig>,
    future: Arc<ServerConfig>,
    other_name: Arc<ServerConfig>,
    wildcard: Arc<ServerConfig>,
}

impl Certificates {
    /// For a server that stations reach under this name or address.
    pub(super) fn new(host: &str) -> Result<Self, Trouble> {
        let csms = Authority::csms()?;
        let root = csms.pem()?;
        let config = |chain: &str| config(chain, &root);
        Ok(Self {
            good: config(&csms.server_at(host)?)?,
            second_root: config(&Authority::second()?.server_at(host)?)?,
            successor: config(&Authority::successor()?.server_at(host)?)?,
            stranger: config(&Authority::stranger()?.server_at(host)?)?,
            expired: config(&csms.server_of_years(host, (2020, 2021))?)?,
            future: config(&csms.server_of_years(host, (2047, 2049))?)?,
            other_name: config(&csms.server_at("other.example.com")?)?,
            wildcard: config(&csms.server_at(&pki::wildcard_for(host))?)?,
        })
    }

    /// What a server does that shows this one.
    pub(super) fn server(&self, shown: ServerCertificate) -> Arc<ServerConfig> {
        Arc::clone(match shown {
            ServerCertificate::Good => &self.good,
            ServerCertificate::SecondRoot => &self.second_root,
            ServerCertificate::Successor => &self.successor,
            ServerCertificate::Stranger => &self.stranger,
            ServerCertificate::Expired => &self.expired,
            ServerCertificate::Future => &self.future,
            ServerCertificate::OtherName => &self.other_name,
            ServerCertificate::Wildcard => &self.wildcard,
        })
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

/// How long a station may take to refuse a version of TLS. One that agrees waits for the certificate meanwhile.
const REFUSAL: Duration = Duration::from_secs(2);

/// The cipher suites that TLS 1.1 has too, the best first: with elliptic curves, AES and CBC; those of RSA.
const OLD_SUITES: [u16; 6] = [0xc00a, 0xc009, 0xc014, 0xc013, 0x0035, 0x002f];

/// The ServerHello of a server that speaks TLS 1.1 at most. No library has such a server any more; the handshake gets no
/// further, because a station has decided by then.
fn old_hello(offered: &[u16]) -> Vec<u8> {
    let agreed = OLD_SUITES.iter().find(|suite| offered.contains(suite));
    let [_, .., least] = OLD_SUITES;
    let mut hello = vec![3, 2];
    // The random number protects nothing: no key follows from it.
    hello.extend([0x5a; 32]);
    // No session to resume.
    hello.push(0);
    hello.extend(agreed.unwrap_or(&least).to_be_bytes());
    // No compression.
    hello.push(0);
    let length = u8::try_from(hello.len()).unwrap_or(u8::MAX);
    let head = [0x16, 3, 2, 0, length + 4, 2, 0, 0, length];
    [head.as_slice(), &hello].concat()
}

/// Answers with TLS 1.1. Whether the station goes on with that: it neither refuses with an alert nor goes away.
pub(super) async fn speaks_old(mut hello: StartHandshake<TcpStream>) -> io::Result<bool> {
    let offered = hello.client_hello();
    let offered: Vec<u16> = offered
        .cipher_suites()
        .iter()
        .map(|suite| u16::from(*suite))
        .collect();
    hello.io.write_all(&old_hello(&offered)).await?;
    let mut first = [0];
    match timeout(REFUSAL, hello.io.read(&mut first)).await {
        Ok(read) => Ok(read? == 1 && first != [ALERT]),
        Err(_) => Ok(true),
    }
}

/// How a record of TLS begins that is an alert.
const ALERT: u8 = 0x15;

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
