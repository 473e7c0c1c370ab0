//! Redirects. The servers listen on several loopback addresses; the tests say from where each is reached.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::*;
use crate::station::Downloaded;

/// A server that answers requests in turn, and the heads of the requests with what was sent.
async fn serve(ip: &str, answers: Vec<String>) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind((ip.parse::<IpAddr>().unwrap(), 0))
        .await
        .unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let asked = Arc::clone(&seen);
    tokio::spawn(async move {
        for answer in answers {
            let (socket, _) = listener.accept().await.unwrap();
            let mut socket = BufReader::new(socket);
            let (mut head, mut length) = (String::new(), 0);
            while !head.ends_with("\r\n\r\n") {
                let mut line = String::new();
                socket.read_line(&mut line).await.unwrap();
                let line = line.to_lowercase();
                if let Some(given) = line.strip_prefix("content-length:") {
                    length = given.trim().parse().unwrap();
                }
                head.push_str(&line);
            }
            let mut body = vec![0; length];
            socket.read_exact(&mut body).await.unwrap();
            head.push_str(&String::from_utf8_lossy(&body));
            asked.lock().unwrap().push(head);
            let answer = format!("HTTP/1.1 {answer}\r\n");
            socket.write_all(answer.as_bytes()).await.unwrap();
            socket.shutdown().await.unwrap();
        }
    });
    (address, seen)
}

fn to(target: &str) -> String {
    format!("302 Found\r\nlocation: {target}\r\ncontent-length: 0\r\n")
}

fn file() -> String {
    "200 OK\r\ncontent-length: 4\r\n\r\nfile".into()
}

/// 127.0.0.1 is everybody's, 127.0.0.2 the site's, and so on.
fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(address) => match address.octets() {
            [127, 0, 0, 1] => Reach::Public,
            [127, 0, 0, 2] => Reach::Private,
            [127, 0, 0, 3] => Reach::LinkLocal,
            _ => Reach::Loopback,
        },
        IpAddr::V6(_) => Reach::Loopback,
    }
}

fn files(change: impl FnOnce(&mut TransferOptions)) -> Files {
    let mut options = TransferOptions {
        patience: Duration::from_secs(10),
        ..TransferOptions::default()
    };
    change(&mut options);
    let mut files = Files::new(options).unwrap();
    files.reach = reach;
    files
}

async fn download(files: &Files, location: &str) -> Result<Downloaded, TransferError> {
    static NUMBER: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let folder =
        std::env::temp_dir().join(format!("ocpp-redirect-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let done = files
        .download(location, &folder.join("firmware"), |_| {})
        .await;
    std::fs::remove_dir_all(&folder).unwrap();
    done
}

/// A redirect reaches no address that is more private than the one that the CSMS gave (S22).
#[tokio::test]
async fn redirects_lead_no_further_in() {
    let ips = ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"];
    for (from, first) in ips.into_iter().enumerate() {
        for (to_, second) in ips.into_iter().enumerate() {
            let (there, seen) = serve(second, vec![file()]).await;
            let (here, _) = serve(first, vec![to(&format!("http://{there}/x"))]).await;
            let done = download(&files(|_| {}), &format!("http://{here}/firmware")).await;
            let allowed = to_ <= from;
            assert_eq!(done.is_ok(), allowed, "{first} to {second}: {done:?}");
            assert_eq!(
                seen.lock().unwrap().len(),
                usize::from(allowed),
                "{first} to {second}"
            );
        }
    }
}

#[tokio::test]
async fn names_are_judged_by_their_addresses_and_every_step_counts() {
    // By name: "localhost" is 127.0.0.1 or ::1.
    let (there, _) = serve("127.0.0.1", vec![file()]).await;
    let (here, _) = serve(
        "127.0.0.4",
        vec![to(&format!("http://localhost:{}/x", there.port()))],
    )
    .await;
    download(&files(|_| {}), &format!("http://{here}/firmware"))
        .await
        .unwrap();
    let (there, seen) = serve("127.0.0.4", vec![file()]).await;
    let (middle, _) = serve("127.0.0.1", vec![to(&format!("http://{there}/x"))]).await;
    let (here, _) = serve("127.0.0.1", vec![to(&format!("//{middle}/x"))]).await;
    let done = download(&files(|_| {}), &format!("http://{here}/firmware")).await;
    assert!(matches!(done, Err(TransferError::Location(_))), "{done:?}");
    assert!(seen.lock().unwrap().is_empty());
    // The application may allow it.
    let (here, _) = serve("127.0.0.1", vec![to(&format!("http://{there}/x"))]).await;
    let allowing = files(|options| options.private_redirects = true);
    download(&allowing, &format!("http://{here}/firmware"))
        .await
        .unwrap();
}

#[tokio::test]
async fn redirects_are_few_and_lead_to_http_only() {
    for (redirects, passes) in [(2, true), (3, false)] {
        let (here, seen) = serve(
            "127.0.0.1",
            [vec![to("/on"); redirects], vec![file()]].concat(),
        )
        .await;
        let files = files(|options| options.max_redirects = 2);
        let done = download(&files, &format!("http://{here}/firmware")).await;
        assert_eq!(done.is_ok(), passes, "{done:?}");
        assert_eq!(seen.lock().unwrap().len(), 3);
    }
    for nowhere in [
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "http://",
        "\u{e4}",
    ] {
        let (here, _) = serve("127.0.0.1", vec![to(nowhere)]).await;
        let done = download(&files(|_| {}), &format!("http://{here}/firmware")).await;
        assert!(
            matches!(done, Err(TransferError::Location(_))),
            "{nowhere}: {done:?}"
        );
    }
}

/// The rule without TLS: what the address says counts.
#[tokio::test]
async fn nothing_leads_from_https_to_http() {
    let response = |target: &str| {
        let response = ::http::Response::builder()
            .status(302)
            .header("location", target);
        Response::from(response.body("").unwrap())
    };
    let https = Url::parse("https://host/a").unwrap();
    let down = target(&response("http://host/b"), &https, false);
    assert!(matches!(down, Err(TransferError::Location(_))), "{down:?}");
    let same = target(&response("/b"), &https, false).unwrap().unwrap();
    assert_eq!(same.as_str(), "https://host/b");
    let http = Url::parse("http://host/a").unwrap();
    let up = target(&response("https://u:p@host/b"), &http, false);
    assert_eq!(up.unwrap().unwrap().as_str(), "https://host/b");
}

#[tokio::test]
async fn credentials_stay_with_the_server_that_the_csms_named() {
    let (there, elsewhere) = serve("127.0.0.1", vec![file()]).await;
    let answers = vec![to("/again"), to(&format!("http://x:y@{there}/x"))];
    let (here, seen) = serve("127.0.0.1", answers).await;
    download(&files(|_| {}), &format!("http://me:pw@{here}/firmware"))
        .await
        .unwrap();
    let seen = seen.lock().unwrap();
    assert!(
        seen.len() == 2
            && seen
                .iter()
                .all(|head| head.contains("authorization: basic"))
    );
    assert!(!elsewhere.lock().unwrap()[0].contains("authorization"));
}

#[tokio::test]
async fn an_upload_follows_redirects_with_its_file() {
    let (there, seen) = serve(
        "127.0.0.1",
        vec!["201 Created\r\ncontent-length: 0\r\n".into()],
    )
    .await;
    let moved =
        format!("307 Temporary Redirect\r\nlocation: http://{there}/x\r\ncontent-length: 0\r\n");
    let shown = "303 See Other\r\nlocation: /done\r\ncontent-length: 0\r\n".into();
    let (here, _) = serve("127.0.0.1", vec![moved, shown]).await;
    let files = files(|_| {});
    let location = format!("http://{here}/logs/");
    files
        .upload(&location, "log.txt", b"lines".to_vec(), |_| {})
        .await
        .unwrap();
    let received = seen.lock().unwrap().concat();
    assert!(
        received.starts_with("put /x ") && received.ends_with("lines"),
        "{received}"
    );
    files
        .upload(&location, "log.txt", b"lines".to_vec(), |_| {})
        .await
        .unwrap();
}

/// A server's own words end up in logs: bounded, and in one line.
#[test]
fn the_words_of_a_server_are_cut() {
    let words = format!("550 \u{1b}[2J\n{}", "x".repeat(100_000));
    for error in [
        TransferError::refused(&words),
        TransferError::connection(&words),
    ] {
        let shown = error.to_string();
        assert!(
            shown.len() < 300 && !shown.contains(['\u{1b}', '\n']),
            "{shown}"
        );
    }
}
