//! What a hostile station or client does to `ocpp csms` while somebody charges: nobody else notices.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use common::{Program, ask, http, until};
use ocpp_tokio::testing::MockStation;
use ocpp_tokio::{CloseCode, ConnectOptions, End, Identity, Version, connect};
use serde_json::{Value, json};

/// A WebSocket that was opened by hand.
fn socket(address: SocketAddr, id: &str) -> TcpStream {
    let mut socket = TcpStream::connect(address).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    socket
        .set_write_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    write!(
        socket,
        "GET /{id} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n"
    )
    .unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        assert_eq!(
            socket.read(&mut byte).unwrap(),
            1,
            "the handshake is answered"
        );
        head.push(byte[0]);
    }
    assert!(
        head.starts_with(b"HTTP/1.1 101"),
        "{}",
        String::from_utf8_lossy(&head)
    );
    socket
}

/// A masked frame of fewer than 126 bytes; the mask is nought.
fn frame(head: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![
        head,
        0x80 | u8::try_from(payload.len()).unwrap(),
        0,
        0,
        0,
        0,
    ];
    frame.extend_from_slice(payload);
    frame
}

/// Writes for so long, as fast as it is taken; the other side may end it.
fn flood(socket: &mut TcpStream, first: &[u8], piece: &[u8], time: Duration) {
    socket
        .set_write_timeout(Some(Duration::from_millis(200)))
        .unwrap();
    let end = std::time::Instant::now() + time;
    let many = piece.repeat(2_000);
    if socket.write_all(first).is_err() {
        return;
    }
    while std::time::Instant::now() < end {
        // It is not read: that is the answer to a flood.
        if socket.write_all(&many).is_err() {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Resident bytes of a process.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        * 1024
}

async fn charges(csms: &Program, name: &str) {
    let url = format!("ws://{}", csms.address("stations"));
    let config = MockStation::config(&url, Version::V2_0_1, name).unwrap();
    let station = MockStation::run(config).await.unwrap();
    assert!(station.boot().await.unwrap().is_accepted());
    station.plug(1);
    station.present(1, name).await.unwrap();
    station.charging(1).await.unwrap();
    station.deliver(1, 1_000);
    station.unplug(1);
    station.stopped(1).await.unwrap();
    station.delivered().await.unwrap();
    let all = ask(
        csms.address("operator"),
        "GET",
        &format!("/v1/transactions?station={name}"),
        &Value::Null,
    );
    assert_eq!(all.as_array().unwrap().len(), 1, "{all}");
}

fn csms() -> Program {
    Program::csms(&["--accept-any-token", "--log", "off"])
}

#[tokio::test(flavor = "multi_thread")]
async fn floods_hold_up_nobody_and_take_no_memory() {
    let csms = csms();
    let (address, before) = (csms.address("stations"), resident(csms.id()));
    let time = Duration::from_secs(3);
    let floods: [(&str, Vec<u8>, Vec<u8>); 4] = [
        ("PINGS", Vec::new(), frame(0x89, b"12345678")),
        ("PONGS", Vec::new(), frame(0x8A, b"")),
        // A text that never ends, a byte at a time; and one that has nothing in it.
        ("FRAGMENTS", frame(0x01, b"["), frame(0x00, b" ")),
        ("EMPTY", frame(0x01, b""), frame(0x00, b"")),
    ];
    let attacks = floods.map(|(id, first, piece)| {
        std::thread::spawn(move || flood(&mut socket(address, id), &first, &piece, time))
    });
    for n in 0..3 {
        charges(&csms, &format!("GOOD-{n}")).await;
    }
    for attack in attacks {
        attack.join().unwrap();
    }
    let grown = resident(csms.id()).saturating_sub(before);
    assert!(grown < 64 * 1024 * 1024, "{grown} bytes");
    charges(&csms, "GOOD-9").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_long_is_not_read_compressed_or_not() {
    let csms = csms();
    let before = resident(csms.id());
    let endpoint = format!("ws://{}/", csms.address("stations"));
    for (n, compressed) in [true, false, true].into_iter().enumerate() {
        let identity = Identity::new(format!("LONG-{n}")).unwrap();
        let mut options = ConnectOptions::new(endpoint.clone(), identity, &[Version::V1_6]);
        if !compressed {
            options.connection.compression = None;
        }
        let mut connection = connect(&options).await.unwrap();
        assert_eq!(connection.is_compressed(), compressed);
        // 64 MiB of nothing: compressed 64 KiB.
        let bomb = " ".repeat(64 * 1024 * 1024);
        let _ = connection.send(&bomb).await;
        let end = loop {
            if let Err(end) = connection.recv().await {
                break end;
            }
        };
        let told =
            |code| matches!(&end, End::ClosedByPeer { code: Some(told), .. } if *told == code);
        // Uncompressed, it may not have been read to the end when the connection is reset.
        let is_right = told(CloseCode::TOO_BIG)
            || told(CloseCode::POLICY)
            || (!compressed && matches!(end, End::Lost(_)));
        assert!(is_right, "{end:?}");
    }
    let grown = resident(csms.id()).saturating_sub(before);
    assert!(grown < 64 * 1024 * 1024, "{grown} bytes");
    charges(&csms, "GOOD").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_go_on_holds_up_nobody() {
    let csms = csms();
    let (address, api) = (csms.address("stations"), csms.address("operator"));
    let mut slow = Vec::new();
    for n in 0..40 {
        // Half a head of a station, half a head and half a body of a client, nothing at all.
        for (at, text) in [
            (address, "GET /SLOW HTTP/1.1\r\nHost: local"),
            (api, "GET /v1/stations HTTP/1.1\r\nHost: local"),
            (
                api,
                "PUT /v1/tokens/A HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
            ),
            (address, ""),
        ] {
            let mut socket = TcpStream::connect(at).unwrap();
            socket.write_all(text.as_bytes()).unwrap();
            slow.push(socket);
        }
        // An open connection whose station sends no more, and one that reads no more.
        let half = socket(address, &format!("HALF-{n}"));
        half.shutdown(Shutdown::Write).unwrap();
        slow.push(half);
    }
    charges(&csms, "GOOD").await;
    assert_eq!(http(api, "GET", "/v1/health", &Value::Null).0, 200);
    // Those that were closed on one side are gone on the other too.
    until("half-closed connections have ended", || {
        let all = ask(api, "GET", "/v1/stations", &Value::Null);
        let all = all.as_array().unwrap();
        let is_half = |station: &Value| station["id"].as_str().unwrap().starts_with("HALF-");
        (!all
            .iter()
            .any(|station| is_half(station) && station["connected"] == true))
        .then_some(())
    });
    drop(slow);
}

/// Two that say they are the same station throw each other out, and neither the program nor another station.
#[tokio::test(flavor = "multi_thread")]
async fn doubled_identities_do_not_end_in_a_storm() {
    let csms = csms();
    let endpoint = format!("ws://{}/", csms.address("stations"));
    let identity = || Identity::new("TWICE").unwrap();
    let mut rounds = 0;
    let mut before = None;
    let end = std::time::Instant::now() + Duration::from_secs(2);
    while std::time::Instant::now() < end {
        let options = ConnectOptions::new(endpoint.clone(), identity(), &[Version::V1_6]);
        // After so many it is told to come later.
        if let Ok(connection) = connect(&options).await {
            before = Some(connection);
            rounds += 1;
        }
    }
    assert!(rounds >= 2);
    charges(&csms, "GOOD").await;
    // The last one is heard.
    let mut last = before.unwrap();
    last.send(r#"[2,"1","Heartbeat",{}]"#).await.unwrap();
    let answer: Value = serde_json::from_str(&last.recv().await.unwrap()).unwrap();
    assert!(answer[0] == 3 || answer[0] == 4, "{answer}");
    let one = ask(
        csms.address("operator"),
        "GET",
        "/v1/stations/TWICE",
        &Value::Null,
    );
    assert_eq!(one["connected"], json!(true));
}

#[test]
fn bodies_that_are_too_long_are_refused_before_they_are_read() {
    let csms = csms();
    let mut socket = TcpStream::connect(csms.address("operator")).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let head = "PUT /v1/tokens/A HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 999999999999\r\n\r\n";
    socket.write_all(head.as_bytes()).unwrap();
    let piece = vec![b' '; 1024 * 1024];
    for _ in 0..8 {
        if socket.write_all(&piece).is_err() {
            break;
        }
    }
    let mut answer = [0; 12];
    socket.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
}
