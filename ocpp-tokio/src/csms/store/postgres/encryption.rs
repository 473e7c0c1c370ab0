//! Whether connections to the database are encrypted, and to whom.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::StoreError;

/// What an address says of encryption; the rest of it is for the client of the database.
pub(super) struct Address {
    pub(super) rest: String,
    pub(super) encryption: Option<Encryption>,
}

/// Encrypts connections to a database that shows a certificate for its name.
#[derive(Clone)]
pub(super) struct Encryption(Arc<ClientConfig>);

impl Address {
    /// Takes `sslmode` and `sslrootcert` out of an address: a URL, or words `name=value`.
    pub(super) fn parse(address: &str) -> Result<Self, StoreError> {
        let is_url = address.starts_with("postgres://") || address.starts_with("postgresql://");
        let (mut mode, mut root) = (String::new(), None);
        let mut takes = |parameter: &str| match parameter.split_once('=') {
            Some(("sslmode", value)) => {
                value.clone_into(&mut mode);
                true
            }
            Some(("sslrootcert", value)) => {
                let decoded = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
                root = Some(if is_url {
                    decoded.into_owned()
                } else {
                    value.to_owned()
                });
                true
            }
            _ => false,
        };
        let rest = if is_url {
            let (base, query) = address.split_once('?').unwrap_or((address, ""));
            let others: Vec<&str> = query.split('&').filter(|it| !takes(it)).collect();
            let others = others.join("&");
            match others.as_str() {
                "" => base.to_owned(),
                others => format!("{base}?{others}"),
            }
        } else {
            let words = address.split_inclusive(' ');
            words.filter(|word| !takes(word.trim())).collect()
        };
        let encryption = match mode.as_str() {
            "" | "disable" | "allow" | "prefer" => None,
            "require" | "verify-ca" | "verify-full" => Some(Encryption::new(root.as_deref())?),
            other => {
                let why =
                    format!("sslmode={other}: one of disable, require, verify-full is wanted");
                return Err(StoreError::new(why));
            }
        };
        if encryption.is_none() && root.is_some() {
            let why =
                "sslrootcert without sslmode=verify-full: the connection would not be encrypted";
            return Err(StoreError::new(why));
        }
        Ok(Self { rest, encryption })
    }
}

impl Encryption {
    /// Trusts the roots of a file (PEM), or those that browsers trust.
    fn new(roots: Option<&str>) -> Result<Self, StoreError> {
        let mut trusted = RootCertStore::empty();
        match roots {
            None | Some("system") => {
                trusted.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            }
            Some(file) => {
                let wrong = |why: &dyn std::fmt::Display| {
                    StoreError::new(format!("sslrootcert={file}: {why}"))
                };
                let pem = std::fs::read(file).map_err(|error| wrong(&error))?;
                for certificate in CertificateDer::pem_slice_iter(&pem) {
                    let certificate = certificate.map_err(|error| wrong(&error))?;
                    trusted.add(certificate).map_err(|error| wrong(&error))?;
                }
                if trusted.is_empty() {
                    return Err(wrong(&"no certificate in it"));
                }
            }
        }
        let provider = Arc::new(ring::default_provider());
        let config =
            ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(StoreError::new)?;
        let config = config.with_root_certificates(trusted).with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> MakeTlsConnect<S> for Encryption {
    type Stream = Encrypted<S>;
    type TlsConnect = Connect;
    type Error = io::Error;

    fn make_tls_connect(&mut self, host: &str) -> io::Result<Connect> {
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        Ok(Connect(TlsConnector::from(Arc::clone(&self.0)), name))
    }
}

/// One connection that is to be encrypted.
pub(super) struct Connect(TlsConnector, ServerName<'static>);

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> TlsConnect<S> for Connect {
    type Stream = Encrypted<S>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Encrypted<S>>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move {
            let encrypted = self.0.connect(self.1, stream).await?;
            Ok(Encrypted(encrypted))
        })
    }
}

/// An encrypted connection.
pub(super) struct Encrypted<S>(tokio_rustls::client::TlsStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Encrypted<S> {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Encrypted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Encrypted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn what_an_address_says_of_encryption_is_taken_out() {
        let parse = |address: &str| {
            let parsed = Address::parse(address).unwrap();
            (parsed.rest, parsed.encryption.is_some())
        };
        let plain = ("postgres://me@db/x".to_owned(), false);
        assert_eq!(parse("postgres://me@db/x"), plain);
        assert_eq!(parse("postgres://me@db/x?sslmode=disable"), plain);
        let url = "postgres://me@db/x?application_name=a&sslmode=verify-full&connect_timeout=5";
        let rest = "postgres://me@db/x?application_name=a&connect_timeout=5";
        assert_eq!(parse(url), (rest.to_owned(), true));
        let words = parse("host=db sslmode=require user=me");
        assert_eq!(words, ("host=db user=me".to_owned(), true));
        for wrong in [
            "postgres://db/x?sslmode=perhaps",
            "postgres://db/x?sslrootcert=/there/is/none",
            "postgres://db/x?sslmode=verify-full&sslrootcert=/there/is/none",
            "postgres://db/x?sslmode=verify-full&sslrootcert=/dev/null",
        ] {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
        }
    }
}
