//! File transfers against small servers that also misbehave.

#![cfg(feature = "station")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // helpers of tests, too

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ocpp_core::security::software::FirmwareHash;
use ocpp_core::station::JobFailure;
use ocpp_tokio::station::{Files, Progress, TransferError, TransferOptions};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

type Stored = Arc<Mutex<HashMap<String, Vec<u8>>>>;

fn firmware() -> Vec<u8> {
    (0..200_000u32).flat_map(u32::to_le_bytes).collect()
}

fn options() -> TransferOptions {
    let mut options = TransferOptions::default();
    options.max_size = 1_000_000;
    options.patience = Duration::from_secs(5);
    options
}

fn files() -> Files {
    Files::new(options()).unwrap()
}

/// A place for a download, in a folder of its own.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let folder = format!("ocpp-files-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("firmware")
    }

    fn is_empty(&self) -> bool {
        std::fs::read_dir(&self.0).unwrap().next().is_none()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // What cannot be removed does no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// An HTTP server with one answer for each path.
async fn http_server(stored: Stored) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(http_answer(socket, Arc::clone(&stored)));
        }
    });
    address
}

async fn http_answer(socket: TcpStream, stored: Stored) {
    let mut socket = BufReader::new(socket);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if socket.read_line(&mut line).await.unwrap() == 0 || line == "\r\n" {
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
    let path = first.split(' ').nth(1).unwrap().to_string();
    let mut body = vec![0; field("content-length").parse().unwrap_or(0)];
    socket.read_exact(&mut body).await.unwrap();
    let file = firmware();
    let whole = file.len();
    let (status, length, content) = match path.as_str() {
        _ if first.starts_with("PUT") => {
            stored.lock().unwrap().insert(path, body);
            ("201 Created", 0, vec![])
        }
        "/firmware" => ("200 OK", whole, file),
        "/secret" if field("authorization") == "Basic bWU6cHc=" => ("200 OK", whole, file),
        "/secret" => ("401 Unauthorized", 0, vec![]),
        "/cut" => ("200 OK", whole, file[..1000].to_vec()),
        "/huge" => ("200 OK", 5_000_000_000, file),
        "/endless" => ("200 OK", 0, vec![]),
        "/teapot" => ("418 I'm a teapot", 0, vec![]),
        _ => ("404 Not Found", 0, vec![]),
    };
    let head = if path_is_endless(&first) {
        format!("HTTP/1.1 {status}\r\nConnection: close\r\n\r\n")
    } else {
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n")
    };
    // The client may have gone.
    let _ = socket.write_all(head.as_bytes()).await;
    let _ = socket.write_all(&content).await;
    if path_is_endless(&first) {
        while socket.write_all(&[0; 1000]).await.is_ok() {}
    }
    let _ = socket.shutdown().await;
}

/// A file without a length and without an end.
fn path_is_endless(first: &str) -> bool {
    first.contains("/endless")
}

/// An FTP server for one user, passive only.
async fn ftp_server(stored: Stored) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(ftp_talk(socket, Arc::clone(&stored)));
        }
    });
    address
}

async fn ftp_talk(socket: TcpStream, stored: Stored) {
    let mut socket = BufReader::new(socket);
    let mut data: Option<TcpListener> = None;
    let mut reply = "220 welcome\r\n".to_string();
    loop {
        if socket.write_all(reply.as_bytes()).await.is_err() {
            return;
        }
        let mut line = String::new();
        if socket.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        let line = line.trim();
        let (command, argument) = line.split_once(' ').unwrap_or((line, ""));
        reply = match command {
            "USER" => "331 password\r\n".into(),
            "PASS" if argument == "pw" || argument == "anonymous" => "230 in\r\n".into(),
            "PASS" => "530 no\r\n".into(),
            "TYPE" => "200 ok\r\n".into(),
            "SIZE" => match argument {
                "folder/firmware" | "cut" => format!("213 {}\r\n", firmware().len()),
                "huge" => "213 5000000000\r\n".into(),
                _ => "550 no such file\r\n".into(),
            },
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
                let (mut data, _) = data.take().unwrap().accept().await.unwrap();
                if command == "STOR" {
                    let mut content = Vec::new();
                    data.read_to_end(&mut content).await.unwrap();
                    stored.lock().unwrap().insert(argument.into(), content);
                } else {
                    let mut file = firmware();
                    if argument == "cut" {
                        file.truncate(1000);
                    }
                    let _ = data.write_all(&file).await;
                }
                drop(data);
                "226 done\r\n".into()
            }
            "RETR" => "550 no such file\r\n".into(),
            "QUIT" => "221 bye\r\n".into(),
            _ => "502 what\r\n".into(),
        };
    }
}

async fn servers() -> (SocketAddr, SocketAddr, Stored) {
    let stored = Stored::default();
    let http = http_server(Arc::clone(&stored)).await;
    let ftp = ftp_server(Arc::clone(&stored)).await;
    (http, ftp, stored)
}

#[tokio::test]
async fn a_download_is_complete_hashed_and_told_step_by_step() {
    let (http, ftp, _) = servers().await;
    let mut hash = FirmwareHash::new();
    hash.update(&firmware());
    let sha256 = hash.finish();
    for (name, location) in [
        ("http", format!("http://{http}/firmware")),
        ("http-secret", format!("http://me:pw@{http}/secret")),
        ("ftp", format!("ftp://me:pw@{ftp}/folder/firmware")),
        ("ftp-anonymous", format!("ftp://{ftp}/folder/firmware")),
    ] {
        let place = Place::new(name);
        let mut told = Vec::new();
        let (files, file) = (files(), place.file());
        let done = files.download(&location, &file, |progress| told.push(progress));
        let done = done.await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            (done.size, done.sha256),
            (firmware().len() as u64, sha256),
            "{name}"
        );
        assert_eq!(std::fs::read(place.file()).unwrap(), firmware(), "{name}");
        let total = Some(done.size);
        assert_eq!(
            told.last(),
            Some(&Progress {
                done: done.size,
                total
            }),
            "{name}"
        );
        assert!(told.is_sorted_by_key(|progress| progress.done), "{name}");
    }
}

#[tokio::test]
async fn a_download_that_fails_says_why_and_leaves_nothing_behind() {
    let (http, ftp, _) = servers().await;
    let nobody = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    for (name, location, expected) in [
        (
            "missing",
            format!("http://{http}/missing"),
            JobFailure::NotFound,
        ),
        (
            "password",
            format!("http://me:wrong@{http}/secret"),
            JobFailure::PermissionDenied,
        ),
        ("cut", format!("http://{http}/cut"), JobFailure::Connection),
        ("huge", format!("http://{http}/huge"), JobFailure::Invalid),
        (
            "endless",
            format!("http://{http}/endless"),
            JobFailure::Invalid,
        ),
        ("teapot", format!("http://{http}/teapot"), JobFailure::Other),
        (
            "no-tls",
            format!("https://{http}/firmware"),
            JobFailure::Connection,
        ),
        (
            "nobody",
            format!("http://{nobody}/firmware"),
            JobFailure::Connection,
        ),
        (
            "ftp-missing",
            format!("ftp://me:pw@{ftp}/missing"),
            JobFailure::NotFound,
        ),
        (
            "ftp-password",
            format!("ftp://me:wrong@{ftp}/folder/firmware"),
            JobFailure::PermissionDenied,
        ),
        (
            "ftp-cut",
            format!("ftp://me:pw@{ftp}/cut"),
            JobFailure::Connection,
        ),
        (
            "ftp-huge",
            format!("ftp://me:pw@{ftp}/huge"),
            JobFailure::Invalid,
        ),
        (
            "ftp-nobody",
            format!("ftp://{nobody}/firmware"),
            JobFailure::Connection,
        ),
        (
            "protocol",
            "gopher://host/file".into(),
            JobFailure::BadLocation,
        ),
        (
            "local",
            "file:///etc/passwd".into(),
            JobFailure::BadLocation,
        ),
    ] {
        let place = Place::new(name);
        let done = files().download(&location, &place.file(), |_| {}).await;
        let error = done.expect_err(name);
        assert_eq!(error.failure(), expected, "{name}: {error}");
        assert!(place.is_empty(), "{name}");
        assert!(!error.to_string().contains("wrong"), "{name}: {error}");
    }
}

#[tokio::test]
async fn an_upload_arrives_under_its_name() {
    let (http, ftp, stored) = servers().await;
    for (location, at) in [
        (format!("http://{http}/logs/"), "/logs/log.txt"),
        (format!("http://{http}/logs/mine"), "/logs/mine"),
        (format!("ftp://me:pw@{ftp}/logs/"), "logs/log.txt"),
        (format!("ftp://me:pw@{ftp}/logs/mine"), "logs/mine"),
    ] {
        let content = format!("log for {at}").repeat(10_000).into_bytes();
        let mut told = Vec::new();
        let files = files();
        let done = files.upload(&location, "log.txt", content.clone(), |progress| {
            told.push(progress);
        });
        done.await
            .unwrap_or_else(|error| panic!("{location}: {error}"));
        assert_eq!(
            stored.lock().unwrap().remove(at),
            Some(content),
            "{location}"
        );
        assert_eq!(told.len(), 2);
    }
    let refused = files()
        .upload("ftp://x:y@127.0.0.1:1/", "log", vec![], |_| {})
        .await;
    assert!(matches!(refused, Err(TransferError::Connection(_))));
}
