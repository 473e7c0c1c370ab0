//! Files on their way: firmware in, diagnostics and logs out, over HTTP(S) and FTP(S).

mod ftp;
mod http;
mod location;
mod partial;
mod redirect;

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ocpp_core::station::JobFailure;
use ocpp_types::printable;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use location::{Location, Scheme};
use partial::Sink;
use redirect::Reach;

/// How much of a server's own words is told, in characters.
const TOLD: usize = 200;

/// What transfers are allowed to do.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TransferOptions {
    /// The largest file that is downloaded, in bytes. Default: 1 GiB.
    pub max_size: u64,
    /// How long nothing may happen before a transfer is given up. Default: a minute.
    pub patience: Duration,
    /// Root certificates, PEM, that servers of files may have besides those of the web.
    pub roots_pem: Option<Vec<u8>>,
    /// The port on which FTPS begins with TLS; on all others it begins in clear and asks for TLS (RFC 4217). Default: 990.
    pub implicit_ftps_port: u16,
    /// How many redirects of HTTP are followed, one after the other; never from `https` to `http`. Default: 5.
    pub max_redirects: u32,
    /// Follow redirects to this machine, its link and private networks too, even if the address that the CSMS gave is
    /// reached from outside. Default: no: such a redirect reaches what is not meant for the server that sends it, the
    /// station's own interfaces above all.
    pub private_redirects: bool,
}

impl Default for TransferOptions {
    fn default() -> Self {
        Self {
            max_size: 1 << 30,
            patience: Duration::from_secs(60),
            roots_pem: None,
            implicit_ftps_port: 990,
            max_redirects: 5,
            private_redirects: false,
        }
    }
}

/// How far a transfer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that are through.
    pub done: u64,
    /// Bytes of the file, if that is known.
    pub total: Option<u64>,
}

/// A file that was downloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Downloaded {
    /// Its size in bytes.
    pub size: u64,
    /// Its hash, for [`CertificateVerifier::verify_firmware`](ocpp_core::security::CertificateVerifier::verify_firmware).
    pub sha256: [u8; 32],
}

/// Why a file did not arrive.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// The address cannot be understood, names another protocol, or leads to where it must not.
    #[error("not an address of a file: {0}")]
    Location(&'static str),
    /// The server was not reached, broke off, or fell silent.
    #[error("the connection failed: {0}")]
    Connection(String),
    /// The server wants other credentials, or forbids it.
    #[error("the server does not permit it")]
    PermissionDenied,
    /// There is no such file.
    #[error("there is no such file")]
    NotFound,
    /// The file is larger than [`TransferOptions::max_size`].
    #[error("the file is larger than {0} bytes")]
    TooBig(u64),
    /// The server refused for another reason.
    #[error("the server refused: {0}")]
    Refused(String),
    /// The file could not be written or read here.
    #[error("the file: {0}")]
    File(#[from] std::io::Error),
}

impl TransferError {
    /// With the words of the server or of a library: bounded, and without what a terminal would obey.
    fn connection(told: &str) -> Self {
        Self::Connection(printable(told, TOLD).to_string())
    }

    fn refused(told: &str) -> Self {
        Self::Refused(printable(told, TOLD).to_string())
    }

    /// The failure in the words of the station.
    #[must_use]
    pub const fn failure(&self) -> JobFailure {
        match self {
            Self::Location(_) => JobFailure::BadLocation,
            Self::Connection(_) => JobFailure::Connection,
            Self::PermissionDenied => JobFailure::PermissionDenied,
            Self::NotFound => JobFailure::NotFound,
            Self::TooBig(_) => JobFailure::Invalid,
            Self::Refused(_) | Self::File(_) => JobFailure::Other,
        }
    }
}

/// Transfers files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Files {
    http: reqwest::Client,
    uploads: reqwest::Client,
    tls: Arc<ClientConfig>,
    options: TransferOptions,
    /// [`Reach::of`]; tests have other ideas.
    reach: fn(IpAddr) -> Reach,
}

impl Files {
    /// Trusts the roots of the web, and those of the options.
    ///
    /// # Errors
    /// [`TransferError::Refused`] if a root cannot be read.
    /// Requirements: N01.FR.16.
    pub fn new(options: TransferOptions) -> Result<Self, TransferError> {
        Self::trusting(options, &[])
    }

    /// Trusts these roots, PEM, too, as those of the CSMS (N01.FR.15). One of them that cannot be read is left out.
    ///
    /// # Errors
    /// [`TransferError::Refused`] if a root of the options cannot be read.
    pub fn trusting(options: TransferOptions, more: &[&[u8]]) -> Result<Self, TransferError> {
        let refused = |error: &dyn std::fmt::Display| TransferError::Refused(error.to_string());
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        for root in CertificateDer::pem_slice_iter(options.roots_pem.as_deref().unwrap_or_default())
        {
            let root = root.map_err(|error| refused(&error))?;
            roots.add(root).map_err(|error| refused(&error))?;
        }
        let more = more.iter().map(|pem| CertificateDer::pem_slice_iter(pem));
        roots.add_parsable_certificates(more.flatten().flatten());
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| refused(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let http = http::client(&tls, &options, false).build();
        let uploads = http::client(&tls, &options, true).build();
        Ok(Self {
            http: http.map_err(|error| refused(&error))?,
            uploads: uploads.map_err(|error| refused(&error))?,
            tls: Arc::new(tls),
            options,
            reach: Reach::of,
        })
    }

    /// Downloads a file. It appears under its name once it is complete and durable; what is there under this name before
    /// is replaced.
    ///
    /// If the server breaks off, what has come stays beside it (`.part`, `.part.json`), and the next download of the same
    /// location to the same place goes on from there: with `Range` and `If-Range` over HTTP, with `REST` over FTP. That
    /// needs an `ETag` or a `Last-Modified` over HTTP, `SIZE` and `MDTM` over FTP, by which a changed file is found out;
    /// otherwise, and if the server does not want to go on, the download begins anew. The hash is that of the whole file.
    ///
    /// # Errors
    /// [`TransferError`]; nothing is left behind then but what can go on.
    pub async fn download(
        &self,
        location: &str,
        to: &Path,
        progress: impl FnMut(Progress),
    ) -> Result<Downloaded, TransferError> {
        let address = Location::parse(location)?;
        let partial = to.with_extension("part");
        let max = self.options.max_size;
        let mut sink = Sink::open(&partial, location, max, progress).await?;
        let fetched = match address.scheme {
            Scheme::Http | Scheme::Https => self.http_download(&address, &mut sink).await,
            Scheme::Ftp | Scheme::Ftps => self.ftp_download(&address, &mut sink).await,
        };
        let incomplete = || TransferError::Connection("the file is not complete".into());
        match fetched {
            Ok(()) if sink.is_complete() => sink.finish(to).await,
            failed => {
                let error = failed.err().unwrap_or_else(incomplete);
                sink.fail(&error).await;
                Err(error)
            }
        }
    }

    /// Uploads a file under the name that the CSMS was told, or under that of the address if it names one. Progress is told
    /// at the begin and the end, over FTP in between too.
    ///
    /// # Errors
    /// [`TransferError`].
    pub async fn upload(
        &self,
        location: &str,
        file_name: &str,
        content: Vec<u8>,
        mut progress: impl FnMut(Progress),
    ) -> Result<(), TransferError> {
        let location = Location::parse(location)?.with_file_name(file_name);
        let size = content.len() as u64;
        let total = Some(size);
        progress(Progress { done: 0, total });
        match location.scheme {
            Scheme::Http | Scheme::Https => self.http_upload(&location, content).await,
            Scheme::Ftp | Scheme::Ftps => self.ftp_upload(&location, &content, &mut progress).await,
        }?;
        progress(Progress { done: size, total });
        Ok(())
    }
}
