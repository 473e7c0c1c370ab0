//! Small servers of files, HTTP and FTP, with TLS and without, that break off and misbehave when they are told to.
#![allow(dead_code, unreachable_pub, reason = "every test program uses a part")]

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use ocpp_tokio::station::TransferOptions;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::pki;

pub fn firmware() -> Vec<u8> {
    static FIRMWARE: LazyLock<Vec<u8>> =
        LazyLock::new(|| (0..200_000u32).flat_map(u32::to_le_bytes).collect());
    FIRMWARE.clone()
}

pub fn options() -> TransferOptions {
    let mut options = TransferOptions::default();
    options.max_size = 1_000_000;
    options.patience = Duration::from_secs(5);
    options
}

/// A place for a download, in a folder of its own.
pub struct Place(PathBuf);

impl Place {
    pub fn new(name: &str) -> Self {
        let folder = format!("ocpp-files-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub fn file(&self) -> PathBuf {
        self.0.join("firmware")
    }

    pub fn is_empty(&self) -> bool {
        std::fs::read_dir(&self.0).unwrap().next().is_none()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // What cannot be removed does no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What the servers have, do, and have seen.
#[derive(Default)]
pub struct Shared {
    pub stored: Mutex<HashMap<String, Vec<u8>>>,
    /// The file of the paths that begin with `resume`, and what tells its version.
    pub file: Mutex<(Vec<u8>, String)>,
    /// After how many bytes of the file to break off; below zero, that long before the file begins.
    pub cuts: Mutex<VecDeque<i64>>,
    /// After how many commands to drop the control connection of FTP.
    pub commands: Mutex<VecDeque<usize>>,
    /// From where downloads began.
    pub offsets: Mutex<Vec<usize>>,
    tls: Option<TlsAcceptor>,
}

pub struct Servers {
    pub http: SocketAddr,
    /// With TLS after `AUTH TLS`, if there is any.
    pub ftp: SocketAddr,
    /// With TLS from the begin.
    pub implicit_ftps: SocketAddr,
    pub shared: Arc<Shared>,
}

impl Servers {
    pub async fn plain() -> Self {
        Self::new(Shared::default()).await
    }

    pub async fn tls(ca: &pki::Ca) -> Self {
        let identity = ca.issue(&pki::CSMS);
        let chain = CertificateDer::pem_slice_iter(&identity.chain_pem);
        let chain = chain.collect::<Result<_, _>>().unwrap();
        let key = PrivateKeyDer::from_pem_slice(&identity.key_pem).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        Self::new(Shared {
            tls: Some(TlsAcceptor::from(Arc::new(config))),
            ..Shared::default()
        })
        .await
    }

    async fn new(shared: Shared) -> Self {
        let shared = Arc::new(shared);
        let listen = || async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            (listener.local_addr().unwrap(), listener)
        };
        let (http, listener) = listen().await;
        let with = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let shared = Arc::clone(&with);
                tokio::spawn(async move {
                    if let Some(socket) = secured(socket, shared.tls.as_ref()).await {
                        http_answer(socket, shared).await;
                    }
                });
            }
        });
        let (ftp, listener) = listen().await;
        let with = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                socket.set_nodelay(true).unwrap();
                tokio::spawn(ftp_talk(Box::new(socket), false, Arc::clone(&with)));
            }
        });
        let (implicit_ftps, listener) = listen().await;
        let with = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let shared = Arc::clone(&with);
                tokio::spawn(async move {
                    if let Some(socket) = secured(socket, shared.tls.as_ref()).await {
                        ftp_talk(socket, true, shared).await;
                    }
                });
            }
        });
        Self {
            http,
            ftp,
            implicit_ftps,
            shared,
        }
    }

    /// The file for downloads that break off.
    pub fn put(&self, content: &[u8], version: &str) {
        *self.shared.file.lock().unwrap() = (content.to_vec(), version.into());
    }

    /// From where downloads began since the last time.
    pub fn offsets(&self) -> Vec<usize> {
        std::mem::take(&mut self.shared.offsets.lock().unwrap())
    }
}

pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// `None` if the client does not want to go on.
async fn secured(
    socket: impl Stream + 'static,
    tls: Option<&TlsAcceptor>,
) -> Option<Box<dyn Stream>> {
    match tls {
        Some(tls) => Some(Box::new(tls.accept(socket).await.ok()?)),
        None => Some(Box::new(socket)),
    }
}

async fn http_answer(socket: Box<dyn Stream>, shared: Arc<Shared>) {
    let mut socket = BufReader::new(socket);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if socket.read_line(&mut line).await.unwrap_or(0) == 0 || line == "\r\n" {
            break;
        }
        head.push(line.trim().to_string());
    }
    let Some(first) = head.first().cloned() else {
        return;
    };
    let field = |name: &str| {
        let found = head.iter().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name)
                .then(|| value.trim().to_string())
        });
        found.unwrap_or_default()
    };
    let Some(path) = first.split(' ').nth(1).map(ToString::to_string) else {
        return;
    };
    let mut body = vec![0; field("content-length").parse().unwrap_or(0)];
    socket.read_exact(&mut body).await.unwrap();
    let file = firmware();
    let whole = file.len();
    let mut more = String::new();
    let (status, length, content) = match path.as_str() {
        _ if first.starts_with("PUT") => {
            shared.stored.lock().unwrap().insert(path.clone(), body);
            ("201 Created", 0, vec![])
        }
        "/firmware" | "/folder/firmware" => ("200 OK", whole, file),
        "/secret" if field("authorization") == "Basic bWU6cHc=" => ("200 OK", whole, file),
        "/secret" => ("401 Unauthorized", 0, vec![]),
        "/cut" => ("200 OK", whole, file[..1000].to_vec()),
        "/huge" => ("200 OK", 5_000_000_000, file),
        "/endless" => ("200 OK", 0, vec![]),
        "/teapot" => ("418 I'm a teapot", 0, vec![]),
        _ if path.starts_with("/resume") => {
            let (file, version) = shared.file.lock().unwrap().clone();
            let (mut status, mut from) = ("200 OK", 0);
            let name = if path.contains("dated") {
                "Last-Modified"
            } else {
                "ETag"
            };
            let known = !path.contains("unknown");
            if known {
                more = format!("{name}: {version}\r\n");
            }
            let range = field("range");
            let range = range
                .strip_prefix("bytes=")
                .and_then(|r| r.strip_suffix('-'));
            if let Some(range) = range
                && !path.contains("norange")
                && field("if-range") == version
            {
                from = range.parse().unwrap();
                let total = file.len();
                if from >= total {
                    (status, from) = ("416 Range Not Satisfiable", total);
                } else {
                    status = "206 Partial Content";
                    more += &format!("Content-Range: bytes {from}-{}/{total}\r\n", total - 1);
                }
            }
            shared.offsets.lock().unwrap().push(from);
            (status, file.len() - from, file[from..].to_vec())
        }
        _ => ("404 Not Found", 0, vec![]),
    };
    let endless = path == "/endless";
    if !endless {
        more += &format!("Content-Length: {length}\r\n");
    }
    let head = format!("HTTP/1.1 {status}\r\n{more}Connection: close\r\n\r\n");
    let mut answer = head.into_bytes();
    let begin = i64::try_from(answer.len()).unwrap();
    answer.extend(content);
    if path.starts_with("/resume")
        && let Some(cut) = shared.cuts.lock().unwrap().pop_front()
    {
        answer.truncate(usize::try_from(begin + cut).unwrap_or(0));
    }
    // The client may have gone.
    let _ = socket.write_all(&answer).await;
    if endless {
        while socket.write_all(&[0; 1000]).await.is_ok() {}
    }
    let _ = socket.shutdown().await;
}

/// An FTP server for one user, passive only.
async fn ftp_talk(socket: Box<dyn Stream>, mut protected: bool, shared: Arc<Shared>) {
    let mut socket = BufReader::new(socket);
    let mut data: Option<TcpListener> = None;
    let mut restart = 0;
    let mut left = shared.commands.lock().unwrap().pop_front();
    let mut reply = "220 welcome\r\n".to_string();
    loop {
        if left == Some(0) || socket.write_all(reply.as_bytes()).await.is_err() {
            return;
        }
        let _ = socket.flush().await;
        left = left.map(|left| left - 1);
        let mut line = String::new();
        if socket.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        let line = line.trim();
        let (command, argument) = line.split_once(' ').unwrap_or((line, ""));
        let resumable = argument.starts_with("resume");
        reply = match command {
            "AUTH" => match shared.tls.as_ref() {
                Some(tls) => {
                    socket.write_all(b"234 go\r\n").await.unwrap();
                    let Ok(secure) = tls.accept(socket.into_inner()).await else {
                        return;
                    };
                    socket = BufReader::new(Box::new(secure));
                    continue_after_auth(&mut socket, &mut protected).await
                }
                None => "502 no\r\n".into(),
            },
            "PBSZ" => "200 ok\r\n".into(),
            "PROT" => {
                protected = argument == "P";
                "200 ok\r\n".into()
            }
            // In clear only a server without TLS talks.
            "USER" if shared.tls.is_some() && !protected => "530 TLS first\r\n".into(),
            "USER" => "331 password\r\n".into(),
            "PASS" if argument == "pw" || argument == "anonymous" => "230 in\r\n".into(),
            "PASS" => "530 no\r\n".into(),
            "TYPE" => "200 ok\r\n".into(),
            "SIZE" if resumable => {
                format!("213 {}\r\n", shared.file.lock().unwrap().0.len())
            }
            "SIZE" => match argument {
                "folder/firmware" | "cut" => format!("213 {}\r\n", firmware().len()),
                "huge" => "213 5000000000\r\n".into(),
                _ => "550 no such file\r\n".into(),
            },
            "MDTM" if resumable && !argument.contains("unknown") => {
                format!("213 {}\r\n", shared.file.lock().unwrap().1)
            }
            "REST" if argument == "0" || (can_resume(&shared) && !argument.is_empty()) => {
                restart = argument.parse().unwrap();
                "350 ready\r\n".into()
            }
            "PASV" | "EPSV" => {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let port = listener.local_addr().unwrap().port();
                data = Some(listener);
                if command == "PASV" {
                    format!("227 passive (127,0,0,1,{},{})\r\n", port / 256, port % 256)
                } else {
                    format!("229 passive (|||{port}|)\r\n")
                }
            }
            "RETR" | "STOR" if command == "STOR" || !argument.contains("missing") => {
                let begin = "150 here it comes\r\n";
                socket.write_all(begin.as_bytes()).await.unwrap();
                let _ = socket.flush().await;
                let (plain, _) = data.take().unwrap().accept().await.unwrap();
                let tls = shared.tls.as_ref().filter(|_| protected);
                let Some(mut data) = secured(plain, tls).await else {
                    return;
                };
                let mut broken = false;
                if command == "STOR" {
                    let mut content = Vec::new();
                    data.read_to_end(&mut content).await.unwrap();
                    shared
                        .stored
                        .lock()
                        .unwrap()
                        .insert(argument.into(), content);
                } else if resumable {
                    let file = shared.file.lock().unwrap().0.clone();
                    let from = std::mem::take(&mut restart);
                    shared.offsets.lock().unwrap().push(from);
                    let mut file = file[from..].to_vec();
                    if let Some(cut) = shared.cuts.lock().unwrap().pop_front() {
                        broken = true;
                        file.truncate(usize::try_from(cut).unwrap_or(0));
                    }
                    let _ = data.write_all(&file).await;
                    let _ = data.shutdown().await;
                } else {
                    let mut file = firmware();
                    if argument == "cut" {
                        file.truncate(1000);
                    }
                    let _ = data.write_all(&file).await;
                    let _ = data.shutdown().await;
                }
                drop(data);
                if broken {
                    "426 broken off\r\n".into()
                } else {
                    "226 done\r\n".into()
                }
            }
            "RETR" => "550 no such file\r\n".into(),
            "QUIT" => "221 bye\r\n".into(),
            _ => "502 what\r\n".into(),
        };
    }
}

/// The first command after TLS has begun is answered like any other.
async fn continue_after_auth(
    socket: &mut BufReader<Box<dyn Stream>>,
    protected: &mut bool,
) -> String {
    let mut line = String::new();
    let _ = socket.read_line(&mut line).await;
    *protected |= line.starts_with("PROT P");
    "200 ok\r\n".into()
}

/// Whether the server can begin in the middle of a file: not of one that begins with these words.
fn can_resume(shared: &Shared) -> bool {
    !shared.file.lock().unwrap().0.starts_with(b"no rest")
}
