//! The files of the lab: firmware for stations, and a place for what they upload. A small HTTP server, or a folder that
//! a server of somebody else shows.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use ocpp_conformance::bench::Trouble;
use ocpp_conformance::lab::{FIRMWARE_FILE, NO_FIRMWARE_FILE, UPLOADS};
use percent_encoding::percent_decode_str;
use tokio::net::TcpListener;

/// The largest upload.
const MAX_UPLOAD: usize = 256 * 1024 * 1024;
/// Time for the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// After a failed accept, which is nearly always a shortage of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Where files are.
#[derive(Debug)]
pub(super) enum Files {
    /// On the lab's own server.
    Own(Arc<Shelf>),
    /// In a folder.
    Folder(PathBuf),
}

impl Files {
    /// The lab's own server, and the address that it listens at.
    pub(super) async fn serve(
        address: SocketAddr,
        firmware: Vec<u8>,
    ) -> io::Result<(Self, SocketAddr)> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let shelf = Arc::new(Shelf {
            firmware: Bytes::from(firmware),
            uploads: Mutex::default(),
        });
        tokio::spawn(serve(listener, Arc::clone(&shelf)));
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
    firmware: Bytes,
    /// The names of what has arrived; nobody reads the files.
    uploads: Mutex<Vec<String>>,
}

impl Shelf {
    fn uploads(&self) -> Vec<String> {
        let uploads = self.uploads.lock();
        uploads.unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn answer(&self, request: Request<Incoming>) -> (StatusCode, Bytes) {
        let none = Bytes::new;
        let path = request.uri().path().trim_matches('/');
        let path = percent_decode_str(path).decode_utf8_lossy().into_owned();
        let name = path.strip_prefix(UPLOADS);
        let name = name.and_then(|rest| rest.strip_prefix('/'));
        match (request.method(), path.as_str(), name) {
            (&Method::GET | &Method::HEAD, FIRMWARE_FILE, _) => {
                (StatusCode::OK, self.firmware.clone())
            }
            (&Method::GET | &Method::HEAD, NO_FIRMWARE_FILE, _) => (StatusCode::OK, none()),
            (&Method::PUT | &Method::POST, _, Some(name)) => {
                let name = name.to_owned();
                let mut body = Limited::new(request.into_body(), MAX_UPLOAD);
                while let Some(frame) = body.frame().await {
                    if frame.is_err() {
                        return (StatusCode::PAYLOAD_TOO_LARGE, none());
                    }
                }
                let uploads = self.uploads.lock();
                uploads.unwrap_or_else(PoisonError::into_inner).push(name);
                (StatusCode::CREATED, none())
            }
            _ => (StatusCode::NOT_FOUND, none()),
        }
    }
}

async fn serve(listener: TcpListener, shelf: Arc<Shelf>) {
    loop {
        let Ok((socket, _)) = listener.accept().await else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let shelf = Arc::clone(&shelf);
        let service = service_fn(move |request| {
            let shelf = Arc::clone(&shelf);
            async move {
                let (status, body) = shelf.answer(request).await;
                let mut response = Response::new(Full::new(body));
                *response.status_mut() = status;
                Ok::<_, Infallible>(response)
            }
        });
        tokio::spawn(async move {
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new())
                .header_read_timeout(HEAD_TIMEOUT);
            // A station that breaks off is no business of the others.
            let _ = http.serve_connection(TokioIo::new(socket), service).await;
        });
    }
}
