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
use hyper::header::CONTENT_DISPOSITION;
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
/// Where a form must have said the name of its file.
const FORM_HEAD: usize = 4 * 1024;
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
            // Stations are given the folder: some append the name of the file, some say it in a header or a form.
            (&Method::PUT | &Method::POST, _, named) if named.is_some() || path == UPLOADS => {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;

    /// Sends a request, and says how it was answered.
    async fn send(address: SocketAddr, head: &str, body: &str) -> String {
        let mut socket = TcpStream::connect(address).await.unwrap();
        let length = body.len();
        let request = format!(
            "{head}\r\nhost: lab\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        answer.lines().next().unwrap().to_owned()
    }

    #[tokio::test]
    async fn an_upload_to_the_place_that_was_given_is_taken() {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let (files, address) = Files::serve(any, b"firmware".to_vec()).await.unwrap();
        let form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"form.log\"\r\n\r\ntext\r\n--x--\r\n";
        for (head, body, answer) in [
            ("PUT /logs/put.log HTTP/1.1", "text", "201"),
            ("POST /logs/post.log HTTP/1.1", "text", "201"),
            (
                "POST /logs/ HTTP/1.1\r\ncontent-disposition: attachment; filename=header.log",
                "text",
                "201",
            ),
            (
                "POST /logs HTTP/1.1\r\ncontent-type: multipart/form-data; boundary=x",
                form,
                "201",
            ),
            ("POST /logs/ HTTP/1.1", "text", "400"),
            ("PUT /elsewhere/a.log HTTP/1.1", "text", "404"),
        ] {
            let got = send(address, head, body).await;
            assert!(got.contains(answer), "{head}: {got}");
        }
        let names = ["put.log", "post.log", "header.log", "form.log"];
        assert_eq!(files.uploads(), names);
    }
}
