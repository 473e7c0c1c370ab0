//! Plain WebSocket over real loopback sockets: handshake, messages, limits, ends.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::time::Duration;

use common::{ALL, ANY_STATION, Csms, handshake, listen, options, raw, read_all, read_until};
use ocpp_tokio::server::{Attempt, Duplicates, NoCommonVersion, Refusal, Server, ServerOptions};
use ocpp_tokio::{
    CloseCode, ConnectError, ConnectOptions, CsmsSecurity, End, Identity, Password,
    StationSecurity, Version, connect,
};
use tokio::io::AsyncWriteExt;

fn only(version: Version) -> ServerOptions {
    ServerOptions::new(&[version])
}

#[tokio::test]
async fn messages_travel_both_ways_with_and_without_compression() {
    for (station_compresses, csms_compresses) in [(true, true), (true, false), (false, true)] {
        let mut server_options = ServerOptions::new(&ALL);
        if !csms_compresses {
            server_options.connection.compression = None;
        }
        let mut csms = listen(server_options, ANY_STATION).await;
        let mut options = options(&csms, "CP 1/ü".replace('/', "-").as_str());
        if !station_compresses {
            options.connection.compression = None;
        }
        let (mut station, mut there) = csms.pair(&options).await;
        assert_eq!(
            station.is_compressed(),
            station_compresses && csms_compresses
        );
        assert_eq!(there.is_compressed(), station.is_compressed());
        assert_eq!(&*there.info().identity, "CP 1-ü");
        assert_eq!(
            there.info().version,
            Version::V2_1,
            "the server's preference"
        );
        let long = r#"{"key":"value"},"#.repeat(10_000);
        for message in ["[2,\"1\",\"Heartbeat\",{}]", &long, ""] {
            let (sent, received) = tokio::join!(station.send(message), there.recv());
            assert_eq!((sent, received), (Ok(()), Ok(message.to_owned())));
            let (sent, received) = tokio::join!(there.send(message), station.recv());
            assert_eq!((sent, received), (Ok(()), Ok(message.to_owned())));
        }
    }
}

#[tokio::test]
async fn the_servers_preference_decides_and_the_stations_spelling_is_kept() {
    let server_options = ServerOptions::new(&[Version::V1_6, Version::V2_0_1]);
    let csms = listen(server_options, ANY_STATION).await;
    let answer = handshake(
        &csms,
        "Sec-WebSocket-Protocol: ocpp2.0.1\r\nSec-WebSocket-Protocol: OCPP1.6, ocpp0.1",
    )
    .await;
    assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
    assert!(
        answer.contains("sec-websocket-protocol: OCPP1.6\r\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn without_a_common_version_the_connection_opens_without_subprotocol_and_closes() {
    let csms = listen(only(Version::V2_0_1), ANY_STATION).await;
    for offer in [
        "Sec-WebSocket-Protocol: ocpp1.6, ocpp0.1",
        "X-Nothing: offered",
    ] {
        let mut socket = raw(&csms, "/CP1", offer).await;
        let answer = read_until(&mut socket, b"\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
        assert!(!answer.contains("sec-websocket-protocol"), "{answer}");
        // The station answers the close frame, masked with zeros.
        socket
            .write_all(&[0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8])
            .await
            .unwrap();
        let rest = read_all(&mut socket).await;
        assert_eq!(rest[0], 0x88, "a close frame");
        assert_eq!(rest[2..4], 1002_u16.to_be_bytes());
    }
    let mut station = options(&csms, "CP1");
    station.versions = vec![Version::V1_6];
    let error = connect(&station).await.unwrap_err();
    assert!(matches!(error, ConnectError::NoCommonVersion), "{error}");
}

#[tokio::test]
async fn without_a_common_version_the_handshake_is_refused_if_so_configured() {
    let mut server_options = only(Version::V2_0_1);
    server_options.no_common_version = NoCommonVersion::Refuse;
    let csms = listen(server_options, ANY_STATION).await;
    let answer = handshake(&csms, "Sec-WebSocket-Protocol: ocpp0.1").await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    let answer = handshake(&csms, "Sec-WebSocket-Protocol: ocpp0.1,ocpp2.0.1").await;
    assert!(
        answer.contains("sec-websocket-protocol: ocpp2.0.1\r\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_version_can_be_assumed_for_stations_that_name_none() {
    let mut server_options = only(Version::V1_6);
    server_options.assumed_version = Some(Version::V1_6);
    let mut csms = listen(server_options, ANY_STATION).await;
    let mut socket = raw(&csms, "/CP1", "X-Nothing: offered").await;
    let answer = read_until(&mut socket, b"\r\n\r\n").await;
    assert!(
        answer.starts_with("HTTP/1.1 101 ") && !answer.contains("protocol: "),
        "{answer}"
    );
    assert_eq!(
        csms.incoming.accept().await.unwrap().info().version,
        Version::V1_6
    );
}

#[tokio::test]
async fn requests_that_are_no_websocket_handshake_get_the_right_status() {
    let csms = listen(ServerOptions::new(&ALL), ANY_STATION).await;
    let key = "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n";
    let upgrade =
        "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n";
    for (request, status) in [
        ("GET /CP1 HTTP/1.1\r\n\r\n".to_owned(), "426"),
        (format!("GET /CP1 HTTP/1.1\r\n{upgrade}\r\n"), "400"),
        (
            format!("GET /CP1 HTTP/1.1\r\n{upgrade}Sec-WebSocket-Key: c2hvcnQ=\r\n\r\n"),
            "400",
        ),
        (format!("POST /CP1 HTTP/1.1\r\n{upgrade}{key}\r\n"), "405"),
        (
            format!(
                "GET /CP1 HTTP/1.1\r\n{}{key}\r\n",
                upgrade.replace("13", "8")
            ),
            "426",
        ),
        (format!("GET /ocpp/ HTTP/1.1\r\n{upgrade}{key}\r\n"), "404"),
        (
            format!("GET /ocpp/a%FFb HTTP/1.1\r\n{upgrade}{key}\r\n"),
            "404",
        ),
        (format!("GET /CP1 HTTP/1.0\r\n{upgrade}{key}\r\n"), "400"),
        (
            "\x16\x03\x01\x02garbage, perhaps TLS\r\n\r\n".to_owned(),
            "400",
        ),
        (
            format!(
                "GET /CP1 HTTP/1.1\r\nX-Long: {}\r\n\r\n",
                "x".repeat(40_000)
            ),
            "400",
        ),
    ] {
        let mut socket = tokio::net::TcpStream::connect(csms.address())
            .await
            .unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        let answer = String::from_utf8(read_all(&mut socket).await).unwrap();
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{request}: {answer}"
        );
    }
}

#[tokio::test]
async fn profile_1_wants_the_right_password_of_this_very_station() {
    let password = || Password::text("a-password-of-2.x").unwrap();
    let authenticator = move |attempt: &Attempt<'_>| {
        let sent = &attempt
            .credentials
            .expect("profile 1 has credentials")
            .password;
        match &**attempt.identity {
            "CP1" | "CP2" if password().matches(sent) => Ok(()),
            "CP1" | "CP2" => Err(Refusal::WrongPassword),
            _ => Err(Refusal::UnknownStation),
        }
    };
    let mut csms = Csms::new(ServerOptions::new(&ALL), authenticator, CsmsSecurity::Basic).await;
    let with = |identity: &str, password| {
        options(&csms, identity).with_security(StationSecurity::Basic(password))
    };
    let (right, wrong) = (
        with("CP1", password()),
        with("CP1", Password::text("not-this-password").unwrap()),
    );
    let unknown = with("CP3", password());
    let error = connect(&wrong).await.unwrap_err();
    assert!(matches!(error, ConnectError::Unauthorized), "{error}");
    assert!(error.security_event().is_some());
    let error = connect(&unknown).await.unwrap_err();
    assert!(matches!(error, ConnectError::UnknownStation), "{error}");
    let error = connect(&options(&csms, "CP1")).await.unwrap_err();
    assert!(matches!(error, ConnectError::Unauthorized), "{error}");
    // CP2's user name on CP1's URL.
    let basic =
        "Authorization: Basic Q1AyOmEtcGFzc3dvcmQtb2YtMi54\r\nSec-WebSocket-Protocol: ocpp1.6";
    let answer = handshake(&csms, basic).await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert!(
        answer.contains("www-authenticate: Basic realm="),
        "{answer}"
    );
    csms.pair(&right).await;
}

#[tokio::test]
async fn the_newest_connection_of_a_station_wins() {
    let mut csms = listen(ServerOptions::new(&ALL), ANY_STATION).await;
    let options = options(&csms, "CP1");
    let (mut old, mut old_there) = csms.pair(&options).await;
    let (_new, new_there) = csms.pair(&options).await;
    assert_eq!(csms.server.connections(), 2, "the old one is still closing");
    let (at_station, at_csms) = tokio::join!(old.recv(), old_there.recv());
    assert_eq!(at_csms, Err(End::Replaced));
    assert!(matches!(
        at_station,
        Err(End::ClosedByPeer {
            code: Some(CloseCode::POLICY),
            ..
        })
    ));
    drop(old_there);
    assert_eq!(csms.server.connections(), 1);
    let identity = Identity::new("CP1").unwrap();
    assert!(
        csms.server.is_connected(&identity),
        "the end of the old one leaves the new one"
    );
    drop(new_there);
    assert!(!csms.server.is_connected(&identity));
    assert_eq!(csms.server.connections(), 0);
}

#[tokio::test]
async fn the_oldest_connection_wins_if_so_configured() {
    let mut server_options = ServerOptions::new(&ALL);
    server_options.duplicates = Duplicates::OldestWins;
    let mut csms = listen(server_options, ANY_STATION).await;
    let options = options(&csms, "CP1");
    let (_old, old_there) = csms.pair(&options).await;
    let error = connect(&options).await.unwrap_err();
    assert!(matches!(error, ConnectError::Refused(409)), "{error}");
    drop(old_there);
    csms.pair(&options).await;
}

#[tokio::test]
async fn a_full_server_refuses_but_lets_a_station_come_back() {
    let mut server_options = ServerOptions::new(&ALL);
    server_options.max_connections = 1;
    let mut csms = listen(server_options, ANY_STATION).await;
    let (first, second) = (options(&csms, "CP1"), options(&csms, "CP2"));
    let _held = csms.pair(&first).await;
    let error = connect(&second).await.unwrap_err();
    assert!(matches!(error, ConnectError::Refused(503)), "{error}");
    let _again = csms.pair(&first).await;
}

#[tokio::test]
async fn a_message_beyond_the_limit_ends_the_connection_and_the_peer_learns_why() {
    let mut server_options = ServerOptions::new(&ALL);
    server_options.connection.max_message = 1000;
    for compressed in [false, true] {
        let mut csms = listen(server_options.clone(), ANY_STATION).await;
        let mut options = options(&csms, "CP1");
        if !compressed {
            options.connection.compression = None;
        }
        let (mut station, mut there) = csms.pair(&options).await;
        // More than the sockets buffer: the station must learn it although nobody reads its message.
        let sending = async {
            let _ = station.send(&"0".repeat(8_000_000)).await;
            station.recv().await
        };
        let (at_station, at_csms) = tokio::join!(sending, there.recv());
        assert!(
            matches!(
                at_csms,
                Err(End::PeerMisbehaved {
                    code: CloseCode::TOO_BIG,
                    ..
                })
            ),
            "{at_csms:?}"
        );
        assert!(
            matches!(
                at_station,
                Err(End::ClosedByPeer {
                    code: Some(CloseCode::TOO_BIG),
                    ..
                })
            ),
            "{at_station:?}"
        );
    }
}

#[tokio::test]
async fn invalid_utf_8_binary_and_broken_frames_end_the_connection() {
    for (frame, code) in [
        (&b"\x81\x82\0\0\0\0\xC3\x28"[..], 1007_u16),
        (b"\x82\x81\0\0\0\0x", 1003),
        (b"\x81\x01x", 1002),
        (b"\xC1\x81\0\0\0\0x", 1002),
    ] {
        let mut csms = listen(ServerOptions::new(&ALL), ANY_STATION).await;
        let mut socket = raw(&csms, "/CP1", "Sec-WebSocket-Protocol: ocpp1.6").await;
        read_until(&mut socket, b"\r\n\r\n").await;
        let mut there = csms.incoming.accept().await.unwrap();
        socket.write_all(frame).await.unwrap();
        let (end, ()) = tokio::join!(there.recv(), async {
            let told = read_until(&mut socket, &code.to_be_bytes()).await;
            assert!(
                told.starts_with('\u{FFFD}'),
                "a close frame first: {told:?}"
            );
            socket.shutdown().await.unwrap();
        });
        assert!(
            matches!(&end, Err(End::PeerMisbehaved { code: c, .. }) if c.get() == code),
            "{end:?}"
        );
        assert_eq!(there.recv().await, end, "the same again");
    }
}

#[tokio::test]
async fn closing_tells_the_peer_and_sends_what_is_queued_first() {
    let mut csms = listen(ServerOptions::new(&ALL), ANY_STATION).await;
    let options = options(&csms, "CP1");
    let (mut station, mut there) = csms.pair(&options).await;
    station.queue("last words");
    let closing = station.close(CloseCode::GOING_AWAY, "off to bed");
    let (end, (last, closed)) =
        tokio::join!(closing, async { (there.recv().await, there.recv().await) });
    assert_eq!(last, Ok("last words".into()));
    let (code, reason) = (CloseCode::GOING_AWAY, "off to bed".to_owned());
    assert_eq!(
        closed,
        Err(End::ClosedByPeer {
            code: Some(code),
            reason: reason.clone()
        })
    );
    assert_eq!(end, End::ClosedHere { code, reason });
    assert!(station.send("too late").await.is_err());
}

#[tokio::test]
async fn a_connection_that_breaks_is_lost_not_closed() {
    let mut csms = listen(ServerOptions::new(&ALL), ANY_STATION).await;
    let options = options(&csms, "CP1");
    let (station, mut there) = csms.pair(&options).await;
    drop(station);
    assert!(matches!(there.recv().await, Err(End::Lost(_))));
}

/// The station has gone without a word, as behind a mobile network; its socket stays open on this side.
#[tokio::test]
async fn a_half_open_connection_ends_when_no_pong_comes() {
    let mut server_options = only(Version::V1_6);
    server_options.connection.ping_interval = Some(Duration::from_millis(50));
    server_options.connection.pong_timeout = Duration::from_millis(50);
    let mut csms = listen(server_options, ANY_STATION).await;
    let mut socket = raw(&csms, "/CP1", "Sec-WebSocket-Protocol: ocpp1.6").await;
    read_until(&mut socket, b"\r\n\r\n").await;
    let mut there = csms.incoming.accept().await.unwrap();
    assert_eq!(there.recv().await, Err(End::PeerSilent));
    drop(there);
    assert_eq!(csms.server.connections(), 0, "its place is free again");
}

/// The station says nothing more but would still listen.
#[tokio::test]
async fn a_half_closed_connection_is_lost() {
    let mut csms = listen(only(Version::V1_6), ANY_STATION).await;
    let mut socket = raw(&csms, "/CP1", "Sec-WebSocket-Protocol: ocpp1.6").await;
    read_until(&mut socket, b"\r\n\r\n").await;
    let mut there = csms.incoming.accept().await.unwrap();
    socket.shutdown().await.unwrap();
    assert!(matches!(there.recv().await, Err(End::Lost(_))));
}

#[tokio::test]
async fn a_slow_reader_holds_back_the_sender_and_loses_nothing() {
    let mut server_options = ServerOptions::new(&ALL);
    server_options.connection.rate = None;
    let mut csms = listen(server_options, ANY_STATION).await;
    let mut options = options(&csms, "CP1");
    options.connection.compression = None;
    let (mut station, mut there) = csms.pair(&options).await;
    let message = "x".repeat(100_000);
    let mut sent = 0;
    // Send until the socket buffers are full and a send has to wait; it is dropped, but not lost.
    loop {
        sent += 1;
        let waits = tokio::select! {
            biased;
            result = there.send(&message) => { result.unwrap(); false }
            () = std::future::ready(()) => true,
        };
        if waits && there.queued() > 0 {
            break;
        }
        assert!(sent < 10_000, "someone buffers without limit");
    }
    assert!(there.queued() <= 200_000);
    let reading = async {
        let mut received = 0;
        while received < sent {
            assert_eq!(station.recv().await.unwrap().len(), 100_000);
            received += 1;
        }
    };
    let (flushed, ()) = tokio::join!(there.flush(), reading);
    assert_eq!(flushed, Ok(()));
}

#[tokio::test]
async fn a_dropped_send_is_whole_or_nothing() {
    let mut csms = listen(ServerOptions::new(&ALL), ANY_STATION).await;
    let mut options = options(&csms, "CP1");
    options.connection.compression = None;
    let (mut station, mut there) = csms.pair(&options).await;
    let big = "x".repeat(900_000);
    for _ in 0..20 {
        // Polled once, then dropped: with full socket buffers most of these are cut off in the middle.
        tokio::select! {
            biased;
            sent = there.send(&big) => sent.unwrap(),
            () = std::future::ready(()) => {}
        }
    }
    let reader = tokio::spawn(async move {
        let mut messages = 0;
        loop {
            match station.recv().await {
                Ok(text) => {
                    assert!(text == "end" || text.len() == 900_000);
                    messages += 1;
                }
                Err(_) => return messages,
            }
        }
    });
    there.send("end").await.unwrap();
    there.close(CloseCode::NORMAL, "").await;
    assert!(reader.await.unwrap() > 1);
}

#[tokio::test]
async fn shutdown_says_goodbye_to_everyone_and_takes_no_one_new() {
    let mut csms = listen(ServerOptions::new(&ALL), ANY_STATION).await;
    let options = options(&csms, "CP1");
    let (mut station, mut there) = csms.pair(&options).await;
    let owner = tokio::spawn(async move { there.recv().await });
    let (left, at_station) = tokio::join!(
        csms.server.shutdown(Duration::from_secs(60)),
        station.recv()
    );
    assert_eq!(left, 0);
    assert!(matches!(
        at_station,
        Err(End::ClosedByPeer {
            code: Some(CloseCode::GOING_AWAY),
            ..
        })
    ));
    assert!(matches!(owner.await.unwrap(), Err(End::ClosedHere { .. })));
    assert!(csms.incoming.accept().await.is_none());
    assert!(connect(&options).await.is_err());
}

#[tokio::test]
async fn a_station_can_be_disconnected_from_outside() {
    let mut csms = listen(ServerOptions::new(&ALL), ANY_STATION).await;
    let options = options(&csms, "CP1");
    let (mut station, mut there) = csms.pair(&options).await;
    assert!(
        csms.server
            .disconnect(&there.info().identity.clone(), "new password")
    );
    assert!(!csms.server.disconnect(&Identity::new("CP2").unwrap(), ""));
    let (end, at_station) = tokio::join!(there.recv(), station.recv());
    assert!(matches!(end, Err(End::ClosedHere { .. })));
    assert!(matches!(
        at_station,
        Err(End::ClosedByPeer {
            code: Some(CloseCode::POLICY),
            ..
        })
    ));
}

#[tokio::test]
async fn options_that_make_no_sense_are_refused_before_anything_is_sent() {
    let identity = || Identity::new("CP1").unwrap();
    for endpoint in [
        "",
        "http://localhost/",
        "wss://localhost/ocpp",
        "ws://",
        "localhost:80/ocpp",
    ] {
        let options = ConnectOptions::new(endpoint, identity(), &ALL);
        let error = connect(&options).await.unwrap_err();
        assert!(
            matches!(error, ConnectError::Options(_)),
            "{endpoint}: {error}"
        );
    }
    let options = ConnectOptions::new("ws://localhost/", identity(), &[]);
    assert!(matches!(
        connect(&options).await.unwrap_err(),
        ConnectError::Options(_)
    ));
}

#[tokio::test]
async fn an_ipv6_endpoint_with_a_path_works() {
    let Ok(listener) = tokio::net::TcpListener::bind("[::1]:0").await else {
        return;
    };
    let server = Server::new(ServerOptions::new(&ALL), ANY_STATION);
    let mut incoming = server.listen(listener, CsmsSecurity::Unsecured).unwrap();
    let endpoint = format!("ws://[::1]:{}/ocpp/", incoming.local_addr().port());
    let options = ConnectOptions::new(endpoint, Identity::new("RDAM 123").unwrap(), &ALL);
    let (station, there) = tokio::join!(connect(&options), incoming.accept());
    assert!(station.is_ok());
    assert_eq!(there.unwrap().info().path, "/ocpp/RDAM%20123");
}
