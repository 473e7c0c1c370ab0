//! Slow, failing and guessing peers beside honest ones.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use common::{ALL, ANY_STATION, AnyStation, Csms, listen, options, read_all, read_until};
use ocpp_tokio::server::{
    Attempt, Authenticator, Refusal, Rejection, Server, ServerOptions, TrustedProxies,
};
use ocpp_tokio::{
    ConnectError, Connection, CsmsSecurity, Password, RateLimit, SecurityProfile, StationSecurity,
    Version, connect,
};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpSocket;
use tokio::task::JoinSet;
use tokio::time::Instant;

const PASSWORD: &str = "sixteen letters!";

/// An address of this machine from which a socket connects.
async fn socket_from(from: &str, to: SocketAddr) -> tokio::net::TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
    socket.connect(to).await.unwrap()
}

/// Drips: hundreds of connections that say one letter and nothing more. A station from elsewhere connects as if they were
/// not there (C12).
#[tokio::test]
async fn handshakes_that_drip_keep_nobody_out() {
    rlimit::increase_nofile_limit(3000).unwrap();
    let mut settings = ServerOptions::new(&[Version::V1_6]);
    settings.max_handshakes = 16;
    settings.handshakes_per_address = 8;
    settings.max_waiting_handshakes = 64;
    // Nothing is given up in the time of this test: only the shares help.
    settings.handshake_timeout = Duration::from_secs(3600);
    let mut csms = listen(settings, ANY_STATION).await;
    let mut drips = Vec::new();
    for _ in 0..300 {
        let mut socket = socket_from("127.0.0.2", csms.address()).await;
        // Turned away, perhaps.
        let _ = socket.write_all(b"G").await;
        drips.push(socket);
    }
    for n in 0..20 {
        let options = options(&csms, &format!("CP{n}"));
        csms.pair(&options).await;
    }
    drop(drips);
}

/// A fleet of two thousand behind one address loses its connections and comes back at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_behind_one_address_reconnects_at_once() {
    const STATIONS: usize = 2000;
    rlimit::increase_nofile_limit(2 * STATIONS as u64 + 500).unwrap();
    let mut settings = ServerOptions::new(&[Version::V1_6]);
    settings.handshake_timeout = Duration::from_secs(600);
    let mut csms = listen(settings, ANY_STATION).await;
    let server = csms.server.clone();
    let address = csms.address();
    tokio::spawn(async move {
        while let Some(mut connection) = csms.incoming.accept().await {
            tokio::spawn(async move { while connection.recv().await.is_ok() {} });
        }
    });
    let mut stations = JoinSet::new();
    let (away, _) = tokio::sync::watch::channel(false);
    for n in 0..STATIONS {
        let identity = ocpp_tokio::Identity::new(format!("CP{n}")).unwrap();
        let mut options =
            ocpp_tokio::ConnectOptions::new(format!("ws://{address}/ocpp"), identity, &ALL);
        options.connection.compression = None;
        options.timeout = Duration::from_secs(600);
        let mut away = away.subscribe();
        stations.spawn(async move {
            let first = connect(&options).await.unwrap();
            away.wait_for(|away| *away).await.unwrap();
            drop(first);
            connect(&options).await.unwrap()
        });
    }
    while server.connections() < STATIONS {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    away.send(true).unwrap();
    let connected = stations.join_all().await;
    assert_eq!(connected.len(), STATIONS);
    assert_eq!(server.shutdown(Duration::from_secs(60)).await, 0);
}

/// Over pipes, with time that the test controls: what a CSMS of profile 1 answers to a password from an address.
struct Door {
    server: Server<AnyStation>,
}

fn right_password(attempt: &Attempt<'_>) -> Result<(), Refusal> {
    let password = Password::text(PASSWORD).unwrap();
    match attempt.credentials {
        Some(sent) if password.matches(&sent.password) => Ok(()),
        _ => Err(Refusal::WrongPassword),
    }
}

impl Door {
    fn new(settings: ServerOptions) -> Self {
        Self {
            server: Server::new(settings, right_password),
        }
    }

    async fn answer(&self, from: &str, identity: &str, password: &str, headers: &str) -> String {
        let (mut station, io) = tokio::io::duplex(4096);
        let token = data_encoding::BASE64.encode(format!("{identity}:{password}").as_bytes());
        let request = format!(
            "GET /{identity} HTTP/1.1\r\nHost: csms\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Protocol: ocpp1.6\r\nAuthorization: Basic {token}\r\n{headers}\r\n"
        );
        station.write_all(request.as_bytes()).await.unwrap();
        let remote = Some(format!("{from}:1").parse().unwrap());
        let accepting = self.server.accept(io, SecurityProfile::Basic, None, remote);
        let (_, answer) = tokio::join!(accepting, read_until(&mut station, b"\r\n\r\n"));
        answer
    }

    /// The status, and how many seconds it took.
    async fn status(&self, from: &str, identity: &str, password: &str) -> (u16, u64) {
        let begin = Instant::now();
        let answer = self.answer(from, identity, password, "").await;
        (answer[9..12].parse().unwrap(), begin.elapsed().as_secs())
    }
}

const WRONG: &str = "fifteen letters";

#[tokio::test(start_paused = true)]
async fn wrong_passwords_are_answered_later_and_later_and_cost_nobody_else() {
    let door = Door::new(ServerOptions::new(&[Version::V1_6]));
    for wait in [0, 0, 0, 1, 2, 4] {
        assert_eq!(door.status("10.0.0.1", "CP1", WRONG).await, (401, wait));
    }
    let answer = door.answer("10.0.0.1", "CP1", PASSWORD, "").await;
    assert!(answer.starts_with("HTTP/1.1 429 "), "{answer}");
    assert!(answer.contains("retry-after: 8\r\n"), "{answer}");
    // From elsewhere the right password is as right as before, and neighbours do not suffer.
    assert_eq!(door.status("10.0.0.2", "CP1", PASSWORD).await, (101, 0));
    assert_eq!(door.status("10.0.0.1", "CP2", PASSWORD).await, (101, 0));
    // From the same address it is judged in time, and ends the matter.
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert_eq!(door.status("10.0.0.1", "CP1", PASSWORD).await, (101, 0));
    assert_eq!(door.status("10.0.0.1", "CP1", WRONG).await, (401, 0));
}

/// Behind a proxy everybody comes from the proxy's address: what counts is what it tells.
#[tokio::test(start_paused = true)]
async fn behind_a_proxy_the_address_that_it_tells_counts() {
    let mut settings = ServerOptions::new(&[Version::V1_6]);
    settings.trusted_proxies = TrustedProxies::new(["10.9.0.0/16"]).unwrap();
    let door = Door::new(settings);
    let status = async |client: &str, password: &str| {
        let header = format!("X-Forwarded-For: {client}\r\n");
        door.answer("10.9.1.1", "CP1", password, &header).await[9..12].to_owned()
    };
    for _ in 0..6 {
        assert_eq!(status("192.0.2.1", WRONG).await, "401");
    }
    assert_eq!(status("192.0.2.1", WRONG).await, "429");
    assert_eq!(status("1.1.1.1, 192.0.2.1", WRONG).await, "429", "made up");
    assert_eq!(status("192.0.2.2", PASSWORD).await, "101");
    // Nobody else is believed.
    assert_eq!(door.status("192.0.2.1", "CP1", PASSWORD).await.0, 429);
}

/// An address that fails all the time waits for its answers; a station behind it that succeeds does not.
#[tokio::test(start_paused = true)]
async fn who_fails_all_the_time_waits_for_the_answer() {
    let mut settings = ServerOptions::new(&[Version::V1_6]);
    let mut limit = settings.failures.clone().unwrap();
    limit.rate.burst = 10;
    settings.failures = Some(limit);
    let door = Door::new(settings);
    let begin = Instant::now();
    for n in 0..10 {
        assert_eq!(
            door.status("10.0.0.1", &format!("made up {n}"), WRONG)
                .await
                .0,
            400,
            "{n}"
        );
    }
    assert_eq!(begin.elapsed(), Duration::ZERO);
    door.status("10.0.0.1", "CP1", WRONG).await;
    assert_eq!(begin.elapsed(), Duration::from_millis(500));
    door.status("10.0.0.1", "CP2", PASSWORD).await;
    door.status("10.0.0.2", "CP3", WRONG).await;
    assert_eq!(begin.elapsed(), Duration::from_millis(500));
}

/// The rate of messages is the station's, not the connection's.
#[tokio::test(start_paused = true)]
async fn the_rate_of_messages_survives_a_reconnection() {
    let mut settings = ServerOptions::new(&[Version::V1_6]);
    settings.connection.rate = Some(RateLimit {
        burst: 10,
        per_second: 1,
    });
    let server: Server<AnyStation> = Server::new(settings, ANY_STATION);
    let begin = Instant::now();
    let mut received = 0;
    for _ in 0..5 {
        let (mut connection, mut station) = pipe(&server, "CP1").await;
        for _ in 0..4 {
            station.write_all(b"\x81\x82\0\0\0\0[]").await.unwrap();
            connection.recv().await.unwrap();
            received += 1;
        }
    }
    // 20 messages and 5 connections, of which 10 were free.
    assert_eq!(received, 20);
    assert_eq!(begin.elapsed(), Duration::from_secs(15));
    // Another station has its own.
    pipe(&server, "CP2").await;
    assert_eq!(begin.elapsed(), Duration::from_secs(15));
    // It comes back, and is forgotten then.
    tokio::time::sleep(Duration::from_secs(11)).await;
    let (mut connection, mut station) = pipe(&server, "CP1").await;
    let begin = Instant::now();
    for _ in 0..9 {
        station.write_all(b"\x81\x82\0\0\0\0[]").await.unwrap();
        connection.recv().await.unwrap();
    }
    assert_eq!(begin.elapsed(), Duration::ZERO);
}

/// A connection over a pipe, and the station's end of it.
async fn pipe(
    server: &Server<AnyStation>,
    identity: &str,
) -> (Connection, tokio::io::DuplexStream) {
    let (mut station, io) = tokio::io::duplex(4096);
    let request = format!(
        "GET /{identity} HTTP/1.1\r\nHost: csms\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Protocol: ocpp1.6\r\n\r\n"
    );
    station.write_all(request.as_bytes()).await.unwrap();
    let accepting = server.accept(io, SecurityProfile::Unsecured, None, None);
    let (connection, _) = tokio::join!(accepting, read_until(&mut station, b"\r\n\r\n"));
    (connection.unwrap(), station)
}

/// Counts who was turned away, and fails at it.
struct BrokenLog(Arc<AtomicUsize>);

impl Authenticator for BrokenLog {
    async fn authenticate(&self, _: &Attempt<'_>) -> Result<(), Refusal> {
        Err(Refusal::UnknownStation)
    }

    fn rejected(&self, _: Option<SocketAddr>, _: &Rejection) {
        self.0.fetch_add(1, Ordering::SeqCst);
        panic!("the log cannot be written");
    }
}

/// Whoever is turned away gets its answer, with a body, whatever becomes of the log (S18).
#[tokio::test]
async fn a_refused_handshake_is_answered_before_anybody_logs_it() {
    let rejected = Arc::new(AtomicUsize::new(0));
    let csms = Csms::new(
        ServerOptions::new(&ALL),
        BrokenLog(Arc::clone(&rejected)),
        CsmsSecurity::Unsecured,
    );
    let csms = csms.await;
    for count in 1..4 {
        let mut socket = common::raw(&csms, "/CP1", "Sec-WebSocket-Protocol: ocpp1.6").await;
        let answer = String::from_utf8(read_all(&mut socket).await).unwrap();
        assert!(answer.starts_with("HTTP/1.1 404 Not Found\r\n"), "{answer}");
        assert!(
            answer.ends_with("\r\n\r\nthis station is not known here\n"),
            "{answer}"
        );
        assert!(answer.contains("content-length: 31\r\n"), "{answer}");
        while rejected.load(Ordering::SeqCst) < count {
            tokio::task::yield_now().await;
        }
    }
    // The listener goes on, and the station hears what it needs to.
    let refused = connect(&options(&csms, "CP1")).await;
    assert!(matches!(refused, Err(ConnectError::UnknownStation)));
    let security = StationSecurity::Basic(Password::text(PASSWORD).unwrap());
    let refused = connect(&options(&csms, "CP1").with_security(security)).await;
    assert!(matches!(refused, Err(ConnectError::UnknownStation)));
}
