//! A peer that sends as much as it can, of whatever costs most: it slows nobody down but itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use common::{ALL, ANY_STATION, AnyStation, read_until};
use ocpp_tokio::server::{Server, ServerOptions};
use ocpp_tokio::{Connection, RateLimit, SecurityProfile};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::{Instant, timeout};

/// What fits into the pipe: the whole of every flood.
const ROOM: usize = 8 << 20;

/// A masked frame; the mask is zero.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        len @ 0..126 => frame.push(0x80 | len as u8),
        len @ 126..=0xFFFF => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(len as u16).to_be_bytes());
        }
        len => {
            frame.push(0x80 | 127);
            frame.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(payload);
    frame
}

/// The connection, and the station's end of its pipe behind the handshake.
async fn connected(options: ServerOptions, room: usize) -> (Connection, DuplexStream) {
    let server: Server<AnyStation> = Server::new(options, ANY_STATION);
    let (mut station, io) = tokio::io::duplex(room);
    let request = "GET /CP1 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Protocol: ocpp1.6\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
    station.write_all(request.as_bytes()).await.unwrap();
    let accepting = server.accept(io, SecurityProfile::Unsecured, None, None);
    let (connection, _) = tokio::join!(accepting, read_until(&mut station, b"\r\n\r\n"));
    (connection.unwrap(), station)
}

fn options(rate: Option<RateLimit>) -> ServerOptions {
    let mut options = ServerOptions::new(&ALL);
    options.connection.rate = rate;
    options
}

/// How often another task gets its turn while a flood is read, and what was sent back.
async fn flooded(flood: &[u8]) -> (usize, Vec<u8>) {
    let (mut connection, mut station) = connected(options(None), ROOM).await;
    assert!(flood.len() < ROOM / 2);
    station.write_all(flood).await.unwrap();
    station.write_all(&frame(0x81, b"the end")).await.unwrap();
    let turns = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&turns);
    tokio::spawn(async move {
        loop {
            counted.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
        }
    });
    tokio::task::yield_now().await;
    let before = turns.load(Ordering::Relaxed);
    // The main future of a test is no task: it has no budget of its own to exceed.
    let reading = tokio::spawn(async move {
        while connection.recv().await.unwrap() != "the end" {}
        connection
    });
    let connection = reading.await.unwrap();
    let turns = turns.load(Ordering::Relaxed) - before;
    drop(connection);
    let mut sent = Vec::new();
    station.read_to_end(&mut sent).await.unwrap();
    (turns, sent)
}

#[tokio::test]
async fn a_flood_of_tiny_messages_lets_other_tasks_work() {
    let message = frame(0x81, b"[]");
    let (turns, _) = flooded(&message.repeat(100_000)).await;
    assert!(turns >= 100_000 / 128, "{turns}");
}

#[tokio::test]
async fn a_flood_of_pings_is_answered_once_for_each_read_and_lets_other_tasks_work() {
    let flood = frame(0x89, b"x").repeat(300_000);
    let (turns, sent) = flooded(&flood).await;
    assert!(turns >= 5, "{turns}");
    let pongs = sent.len() / 3;
    assert!(pongs <= flood.len() / (16 * 1024) + 2, "{pongs} pongs");
}

#[tokio::test]
async fn a_flood_of_fragments_lets_other_tasks_work() {
    let mut flood = frame(0x01, b"");
    flood.extend(frame(0x00, b"").repeat(300_000));
    flood.extend(frame(0x80, b""));
    assert!(flooded(&flood).await.0 >= 5);
}

/// Each of these messages is a kibibyte on the wire and a mebibyte behind it.
#[cfg(feature = "deflate")]
#[tokio::test]
async fn a_flood_of_what_inflates_to_a_thousand_times_lets_other_tasks_work() {
    let mut deflater = zlib_rs::Deflate::new(9, false, 15);
    let mut bomb = vec![0; 4096];
    let zeros = vec![b'0'; 1 << 20];
    let flush = zlib_rs::DeflateFlush::SyncFlush;
    deflater.compress(&zeros, &mut bomb, flush).unwrap();
    bomb.truncate(deflater.total_out() as usize - 4);
    let message = frame(0xC1, &bomb);
    let (turns, _) = flooded(&message.repeat(50)).await;
    // Fifty mebibytes: a unit of the budget for 16 KiB, and 128 units to a turn.
    assert!(turns >= 20, "{turns}");
}

/// 32 pings, pongs or fragments count as a message of the rate limit.
#[tokio::test(start_paused = true)]
async fn pings_and_fragments_use_the_rate_up() {
    let limit = RateLimit {
        burst: 10,
        per_second: 1,
    };
    for flood in [
        frame(0x89, b"").repeat(320),
        [
            frame(0x01, b"x"),
            frame(0x00, b"").repeat(319),
            frame(0x80, b""),
        ]
        .concat(),
    ] {
        let (mut connection, mut station) = connected(options(Some(limit)), ROOM).await;
        station.write_all(&flood).await.unwrap();
        // The first may have come with the flood.
        station.write_all(&frame(0x81, b"more")).await.unwrap();
        station.write_all(&frame(0x81, b"after")).await.unwrap();
        let begin = Instant::now();
        while connection.recv().await.unwrap() != "after" {}
        assert!(begin.elapsed() >= Duration::from_secs(1));
    }
}

/// A peer that takes no answers is not asked for more questions.
#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_read_is_not_read_either() {
    let mut options = options(None);
    options.connection.max_message = 1000;
    options.connection.ping_interval = None;
    options.connection.compression = None;
    let (mut connection, mut station) = connected(options, 512).await;
    let answer = "x".repeat(900);
    for _ in 0..5 {
        connection.queue(&answer);
    }
    station.write_all(&frame(0x81, b"more")).await.unwrap();
    let waited = timeout(Duration::from_secs(10), connection.recv()).await;
    assert!(waited.is_err(), "{waited:?}");
    let mut taken = [0; 1000];
    let (read, received) = tokio::join!(station.read_exact(&mut taken), connection.recv());
    assert_eq!((read.unwrap(), received.unwrap().as_str()), (1000, "more"));
}
