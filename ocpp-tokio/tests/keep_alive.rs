//! Pings, dead peers, stalled writers and rate limits, in tokio's paused time over in-memory pipes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::time::Duration;

use common::{ALL, ANY_STATION, AnyStation};
use ocpp_tokio::server::{Server, ServerOptions};
use ocpp_tokio::{
    ConnectOptions, Connection, End, Identity, RateLimit, SecurityProfile, connect_over,
};
use tokio::io::{AsyncReadExt, DuplexStream, duplex};
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

fn station() -> ConnectOptions {
    let mut options = ConnectOptions::new("ws://csms/ocpp", Identity::new("CP1").unwrap(), &ALL);
    options.connection.compression = None;
    options
}

fn csms() -> ServerOptions {
    let mut options = ServerOptions::new(&ALL);
    options.connection.ping_interval = None;
    options
}

async fn pair(station: &ConnectOptions, csms: ServerOptions) -> (Connection, Connection) {
    let (here, there) = duplex(4096);
    let server: Server<AnyStation> = Server::new(csms, ANY_STATION);
    let accept = server.accept(there, SecurityProfile::Unsecured, None, None);
    let (station, csms) = tokio::join!(connect_over(here, station), accept);
    (station.unwrap(), csms.unwrap())
}

/// A station's end behind which nobody is any more, and the pipe.
async fn abandoned(station: &ConnectOptions) -> (Connection, DuplexStream) {
    let (here, mut there) = duplex(4096);
    let answer = async {
        let head = common::read_until(&mut there, b"\r\n\r\n").await;
        let key = head
            .split("Sec-WebSocket-Key: ")
            .nth(1)
            .unwrap()
            .split("\r\n")
            .next()
            .unwrap();
        let accept = tungstenite::handshake::derive_accept_key(key.as_bytes());
        let answer = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n"
        );
        tokio::io::AsyncWriteExt::write_all(&mut there, answer.as_bytes())
            .await
            .unwrap();
        there
    };
    let (station, there) = tokio::join!(connect_over(here, station), answer);
    (station.unwrap(), there)
}

#[tokio::test(start_paused = true)]
async fn pings_keep_an_idle_connection_alive_for_ever() {
    let mut options = station();
    options.connection.ping_interval = Some(10 * SECOND);
    options.connection.pong_timeout = 3 * SECOND;
    let (mut station, mut there) = pair(&options, csms()).await;
    tokio::select! {
        end = station.recv() => panic!("{end:?}"),
        end = there.recv() => panic!("{end:?}"),
        () = tokio::time::sleep(3600 * SECOND) => {}
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_answers_no_ping_is_dead_after_the_timeout() {
    let mut options = station();
    options.connection.ping_interval = Some(10 * SECOND);
    options.connection.pong_timeout = 3 * SECOND;
    let (mut station, mut there) = abandoned(&options).await;
    let start = Instant::now();
    assert_eq!(station.recv().await, Err(End::PeerSilent));
    assert_eq!(start.elapsed().as_secs(), 13);
    let mut received = [0; 6];
    there.read_exact(&mut received).await.unwrap();
    assert_eq!(received[..2], [0x89, 0x80], "one masked ping");
}

#[tokio::test(start_paused = true)]
async fn pings_go_out_at_the_interval_whatever_the_timeout() {
    let mut options = station();
    options.connection.ping_interval = Some(10 * SECOND);
    options.connection.pong_timeout = 60 * SECOND;
    let (mut station, mut there) = abandoned(&options).await;
    let start = Instant::now();
    let peer = async {
        for n in 1..=5_u64 {
            let mut ping = [0; 6];
            there.read_exact(&mut ping).await.unwrap();
            assert_eq!(start.elapsed().as_secs(), 10 * n);
            tokio::io::AsyncWriteExt::write_all(&mut there, &[0x8A, 0])
                .await
                .unwrap();
        }
        // Any other sign of life would do as well; now there is none.
    };
    let (end, ()) = tokio::join!(station.recv(), peer);
    assert_eq!(end, Err(End::PeerSilent));
    assert_eq!(
        start.elapsed().as_secs(),
        70,
        "the timeout is never longer than the interval"
    );
}

#[tokio::test(start_paused = true)]
async fn the_interval_can_change_while_connected() {
    let (mut station, mut there) = abandoned(&station()).await;
    let idle = tokio::time::timeout(1_000_000 * SECOND, station.recv()).await;
    assert!(idle.is_err(), "no pings, no end");
    let start = Instant::now();
    station.set_ping_interval(Some(5 * SECOND));
    let first = async {
        let mut ping = [0; 6];
        there.read_exact(&mut ping).await.unwrap();
        start.elapsed().as_secs()
    };
    tokio::select! {
        end = station.recv() => panic!("{end:?}"),
        after = first => assert_eq!(after, 5),
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_takes_nothing_is_dead_after_the_write_timeout() {
    let mut options = station();
    options.connection.write_timeout = 7 * SECOND;
    let (mut station, _there) = abandoned(&options).await;
    let start = Instant::now();
    let message = "x".repeat(100_000);
    assert_eq!(station.send(&message).await, Err(End::PeerSilent));
    assert_eq!(start.elapsed().as_secs(), 7);
    let (mut station, _there) = abandoned(&options).await;
    station.queue(&message);
    assert_eq!(
        station.recv().await,
        Err(End::PeerSilent),
        "also while it only receives"
    );
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_never_answers_a_close_frame_is_left_after_the_timeout() {
    let mut options = station();
    options.connection.close_timeout = 2 * SECOND;
    let (mut station, _there) = abandoned(&options).await;
    let start = Instant::now();
    let end = station.close(ocpp_tokio::CloseCode::NORMAL, "").await;
    assert!(matches!(end, End::ClosedHere { .. }));
    assert_eq!(start.elapsed().as_secs(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_station_over_its_rate_is_read_later_and_loses_nothing() {
    let mut options = csms();
    options.connection.rate = Some(RateLimit {
        burst: 10,
        per_second: 2,
    });
    let (mut station, mut there) = pair(&station(), options).await;
    let start = Instant::now();
    let sending = async {
        for n in 0..30 {
            station.send(&n.to_string()).await.unwrap();
        }
    };
    let receiving = async {
        for n in 0..30 {
            assert_eq!(there.recv().await.unwrap(), n.to_string());
            // The connection itself has counted as one.
            let expected = if n < 9 { 0 } else { (n - 8) * 500 };
            let elapsed = start.elapsed().as_millis();
            assert!(
                (expected..expected + 20).contains(&elapsed),
                "{n}: {elapsed} {expected}"
            );
        }
    };
    tokio::join!(sending, receiving);
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_does_not_come_is_given_up() {
    let mut options = csms();
    options.handshake_timeout = 5 * SECOND;
    let (_here, there) = duplex(4096);
    let server: Server<AnyStation> = Server::new(options, ANY_STATION);
    let start = Instant::now();
    let result = server
        .accept(there, SecurityProfile::Unsecured, None, None)
        .await;
    assert!(result.is_err());
    assert_eq!(start.elapsed().as_secs(), 5);
    let mut options = station();
    options.timeout = 4 * SECOND;
    let (here, _there) = duplex(4096);
    assert!(connect_over(here, &options).await.is_err());
    assert_eq!(start.elapsed().as_secs(), 9);
}
