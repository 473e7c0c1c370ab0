//! The files of the lab: firmware for stations, and a place for what they upload. A small server for HTTP or FTP, with TLS
//! or without, or a folder that a server of somebody else shows.

mod ftp;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_DISPOSITION;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use ocpp_conformance::bench::Trouble;
use ocpp_conformance::lab::{FIRMWARE_FILE, NO_FIRMWARE_FILE, UPLOADS};
use percent_encoding::percent_decode_str;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

/// The largest upload.
const MAX_UPLOAD: usize = 256 * 1024 * 1024;
/// How long each transfer takes at least: cases do something while it lasts, and the files of the lab are small.
pub(super) const PACE: Duration = Duration::from_millis(1_500);

/// Where a form must have said the name of its file.
const FORM_HEAD: usize = 4 * 1024;
/// Time for the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// After a failed accept, which is nearly always a shortage of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What the lab's own server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Protocol {
    Http,
    Https,
    Ftp,
    Ftps,
}

impl Protocol {
    /// The one that a product speaks; of several one without TLS, for which a station must trust nobody.
    pub(super) fn of(spoken: &[&str]) -> Option<Self> {
        let all = [Self::Http, Self::Ftp, Self::Https, Self::Ftps];
        let speaks = |protocol: &Self| {
            let mut names = spoken.iter();
            names.any(|name| name.eq_ignore_ascii_case(protocol.scheme()))
        };
        all.into_iter().find(speaks)
    }

    /// As URLs begin.
    pub(super) const fn scheme(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Ftp => "ftp",
            Self::Ftps => "ftps",
        }
    }
}

/// Where files are.
#[derive(Debug)]
pub(super) enum Files {
    /// On the lab's own server.
    Own(Arc<Shelf>),
    /// In a folder.
    Folder(PathBuf),
}

impl Files {
    /// The lab's own server, and the address that it listens at. Who wants TLS gets it, with this certificate.
    pub(super) async fn serve(
        address: SocketAddr,
        protocol: Protocol,
        tls: Arc<ServerConfig>,
        (firmware, pace): (Vec<u8>, Duration),
    ) -> io::Result<(Self, SocketAddr)> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let shelf = Arc::new(Shelf {
            firmware: Mutex::new(Bytes::from(firmware)),
            pace,
            uploads: Mutex::default(),
        });
        let tls = TlsAcceptor::from(tls);
        tokio::spawn(serve(listener, protocol, Arc::clone(&shelf), tls));
        Ok((Self::Own(shelf), address))
    }

    /// A folder that another server shows; what stations are to find there is put there.
    pub(super) fn folder(folder: PathBuf, firmware: &[u8]) -> Result<Self, Trouble> {
        let put = || {
            std::fs::create_dir_all(folder.join(UPLOADS))?;
            std::fs::write(folder.join(FIRMWARE_FILE), firmware)?;
            std::fs::write(folder.join(NO_FIRMWARE_FILE), [])
        };
        match put() {
            Ok(()) => Ok(Self::Folder(folder)),
            Err(error) => Err(Trouble::broken(format_args!(
                "{}: {error}",
                folder.display()
            ))),
        }
    }

    /// There is another firmware from now on.
    pub(super) fn change_firmware(&self, content: &[u8]) -> Result<(), Trouble> {
        match self {
            Self::Own(shelf) => {
                let firmware = shelf.firmware.lock();
                *firmware.unwrap_or_else(PoisonError::into_inner) = Bytes::copy_from_slice(content);
                Ok(())
            }
            Self::Folder(folder) => {
                let written = std::fs::write(folder.join(FIRMWARE_FILE), content);
                written.map_err(Trouble::broken)
            }
        }
    }

    /// The names of the files that have arrived.
    pub(super) fn uploads(&self) -> Vec<String> {
        match self {
            Self::Own(shelf) => shelf.uploads(),
            Self::Folder(folder) => {
                let entries = std::fs::read_dir(folder.join(UPLOADS));
                let entries = entries.into_iter().flatten().flatten();
                let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
                names.collect()
            }
        }
    }
}

/// What the lab's own server has.
#[derive(Debug)]
pub(super) struct Shelf {
    firmware: Mutex<Bytes>,
    /// How long each transfer takes at least.
    pace: Duration,
    /// The names of what has arrived; nobody reads the files.
    uploads: Mutex<Vec<String>>,
}

/// What `filename="…"` says in a header, or at the beginning of a form.
fn file_name(text: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(text);
    let (_, rest) = text.split_once("filename=")?;
    let name = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => rest.split([';', '\r', '\n', ' ']).next(),
    };
    let name = name.filter(|name| !name.is_empty())?;
    Some(name.to_owned())
}

impl Shelf {
    fn uploads(&self) -> Vec<String> {
        let uploads = self.uploads.lock();
        uploads.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A transfer takes its time.
    async fn takes_a_while(&self) {
        tokio::time::sleep(self.pace).await;
    }

    /// The content of a file.
    fn content(&self, path: &str) -> Option<Bytes> {
        match path {
            FIRMWARE_FILE => {
                let firmware = self.firmware.lock();
                Some(firmware.unwrap_or_else(PoisonError::into_inner).clone())
            }
            NO_FIRMWARE_FILE => Some(Bytes::new()),
            _ => None,
        }
    }

    /// The name of a file in the folder for uploads.
    fn upload_name(path: &str) -> Option<&str> {
        path.strip_prefix(UPLOADS)?.strip_prefix('/')
    }

    /// A file has arrived.
    fn took(&self, name: String) {
        let uploads = self.uploads.lock();
        uploads.unwrap_or_else(PoisonError::into_inner).push(name);
    }

    async fn answer(&self, request: Request<Incoming>) -> (StatusCode, Bytes) {
        let none = Bytes::new;
        let path = request.uri().path().trim_matches('/');
        let path = percent_decode_str(path).decode_utf8_lossy().into_owned();
        let name = Self::upload_name(&path);
        match (request.method(), name) {
            (&Method::GET | &Method::HEAD, _) => match self.content(&path) {
                Some(content) => {
                    self.takes_a_while().await;
                    (StatusCode::OK, content)
                }
                None => (StatusCode::NOT_FOUND, none()),
            },
            // Stations are given the folder: some append the name of the file, some say it in a header or a form.
            (&Method::PUT | &Method::POST, named) if named.is_some() || path == UPLOADS => {
                let disposition = request.headers().get(CONTENT_DISPOSITION);
                let header = disposition.and_then(|value| file_name(value.as_bytes()));
                let mut name = named.map(str::to_owned).or(header);
                let mut begin = Vec::new();
                let mut body = Limited::new(request.into_body(), MAX_UPLOAD);
                while let Some(frame) = body.frame().await {
                    let Ok(frame) = frame else {
                        return (StatusCode::PAYLOAD_TOO_LARGE, none());
                    };
                    if let Some(data) = frame.data_ref().filter(|_| begin.len() < FORM_HEAD) {
                        let left = FORM_HEAD - begin.len();
                        begin.extend(data.iter().take(left));
                    }
                }
                name = name.or_else(|| file_name(&begin));
                let Some(name) = name else {
                    return (
                        StatusCode::BAD_REQUEST,
                        Bytes::from("the name of the file is wanted"),
                    );
                };
                self.takes_a_while().await;
                self.took(name);
                (StatusCode::CREATED, none())
            }
            _ => (StatusCode::NOT_FOUND, none()),
        }
    }
}

async fn serve(listener: TcpListener, protocol: Protocol, shelf: Arc<Shelf>, tls: TlsAcceptor) {
    loop {
        let Ok((socket, _)) = listener.accept().await else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let (shelf, tls) = (Arc::clone(&shelf), tls.clone());
        // A client that breaks off is no business of the others.
        match protocol {
            Protocol::Http => {
                tokio::spawn(http(socket, shelf));
            }
            Protocol::Https => {
                tokio::spawn(async move {
                    let secured = tokio::time::timeout(HEAD_TIMEOUT, tls.accept(socket)).await;
                    if let Ok(Ok(secured)) = secured {
                        http(secured, shelf).await;
                    }
                });
            }
            Protocol::Ftp | Protocol::Ftps => {
                tokio::spawn(ftp::serve(socket, shelf, tls));
            }
        }
    }
}

async fn http(socket: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, shelf: Arc<Shelf>) {
    let service = service_fn(move |request| {
        let shelf = Arc::clone(&shelf);
        async move {
            let (status, body) = shelf.answer(request).await;
            let mut response = Response::new(Full::new(body));
            *response.status_mut() = status;
            Ok::<_, Infallible>(response)
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT);
    let _ = http.serve_connection(TokioIo::new(socket), service).await;
}

#[cfg(test)]
#[path = "files/tests.rs"]
mod tests;
