//! Typed sessions over real sockets: both roles, reconnecting, order, cancelling.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]
#![cfg(all(feature = "v1_6", feature = "v2_0_1", feature = "v2_1"))]

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{ALL, ANY_STATION, AnyStation, listen, options};
use ocpp_core::back_off::BackOffPolicy;
use ocpp_core::frame::ErrorCode;
use ocpp_core::session::{CallFailure, CallOptions, Decoding, Failure, NotQueuedReason, Output};
use ocpp_tokio::server::{Server, ServerOptions};
use ocpp_tokio::session::{
    CallError, Direction, Driver, Handler, NotSentError, Peer, Reply, Report, SessionOptions,
    Spoken, dial,
};
use ocpp_tokio::{
    CloseCode, ConnectError, ConnectOptions, Connection, ConnectionInfo, End, Identity,
    SecurityProfile, Version, connect_over,
};
use ocpp_types::v1_6::{
    self, AnyRequest, AuthorizeRequest, AuthorizeResponse, BootNotificationRequest,
    BootNotificationResponse, HeartbeatRequest, HeartbeatResponse, RegistrationStatus,
    ResetRequest, ResetResponse, ResetStatus, ResetType,
};
use ocpp_types::{DateTime, Payload, v2_1};
use tokio::sync::mpsc;
use tokio::time::Instant;

const ACCEPTED: &str = r#"{"idTagInfo":{"status":"Accepted"}}"#;

type Driver16 = Driver<v1_6::Protocol>;
type Peer16 = Peer<v1_6::Protocol>;

/// What a test application hears, in order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn add(&self, entry: impl Into<String>) {
        self.0.lock().unwrap().push(entry.into());
    }

    fn entries(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    async fn until(&self, done: impl Fn(&[String]) -> bool) {
        while !done(&self.entries()) {
            tokio::task::yield_now().await;
        }
    }
}

/// A 1.6 application of either side.
#[derive(Clone, Default)]
struct App {
    log: Log,
    /// Where the peer is handed out on each connection.
    connected: Option<mpsc::UnboundedSender<Peer16>>,
}

impl Handler<v1_6::Protocol> for App {
    async fn handle(&self, request: AnyRequest, reply: Reply<v1_6::Protocol>, peer: &Peer16) {
        match request {
            AnyRequest::BootNotification(request) => {
                let status = RegistrationStatus::Accepted;
                reply.with(
                    &request,
                    &BootNotificationResponse::new(status, DateTime::UNIX_EPOCH, 300),
                );
            }
            // Asks back before it answers: must not deadlock.
            AnyRequest::Authorize(request) => {
                let reset = peer
                    .call(&ResetRequest::new(ResetType::Soft))
                    .await
                    .unwrap();
                assert_eq!(reset.status, ResetStatus::Accepted);
                let accepted = AuthorizeResponse::decode(ACCEPTED).unwrap();
                reply.with(&request, &accepted);
            }
            AnyRequest::Reset(request) => {
                reply.with(&request, &ResetResponse::new(ResetStatus::Accepted));
            }
            // Answers first, then acts.
            AnyRequest::Heartbeat(request) => {
                reply.with(&request, &HeartbeatResponse::new(DateTime::UNIX_EPOCH));
                peer.call(&ResetRequest::new(ResetType::Hard))
                    .await
                    .unwrap();
                self.log.add("consequence done");
            }
            AnyRequest::DataTransfer(_) => drop(reply),
            AnyRequest::StatusNotification(_) => {
                let other = HeartbeatRequest::new();
                reply.with(&other, &HeartbeatResponse::new(DateTime::UNIX_EPOCH));
            }
            _ => reply.refuse(ErrorCode::NotSupported, "not here"),
        }
    }

    fn connected(&self, info: &ConnectionInfo, peer: &Peer16) {
        self.log.add(format!("connected {}", info.version));
        if let Some(connected) = &self.connected {
            let _ = connected.send(peer.clone());
        }
    }

    fn disconnected(&self, end: &End, _peer: &Peer16) {
        self.log.add(format!("disconnected: {end}"));
    }

    fn connect_failed(&self, error: &ConnectError, _retry_in: Duration) {
        self.log.add(format!("failed: {error}"));
    }

    fn report(&self, report: Report<'_, v1_6::Protocol>, _peer: &Peer16) {
        self.log.add(match report {
            Report::RequestRefused {
                action, answered, ..
            } => {
                format!("refused {action:?} {answered:?}")
            }
            Report::Repaired { action, deviations } => {
                format!("repaired {action:?} {}", deviations.len())
            }
            other => format!("{other:?}"),
        });
    }

    fn frame(&self, direction: Direction, text: &str) {
        self.log.add(format!("{direction:?} {}", &text[..3]));
    }
}

fn at_once() -> SessionOptions {
    let mut options = SessionOptions::station();
    options.back_off = BackOffPolicy {
        wait_minimum: 0,
        repeat_times: 0,
        random_range: 0,
    };
    options
}

fn boot() -> BootNotificationRequest {
    BootNotificationRequest::new("Vendor".parse().unwrap(), "Model".parse().unwrap())
}

/// A CSMS that serves every station with this application, and a station's driver.
async fn both(csms_app: App) -> (Server<AnyStation>, Driver16) {
    let mut csms = listen(ServerOptions::new(&ALL), ANY_STATION).await;
    let server = csms.server.clone();
    let station = Driver16::station(options(&csms, "CP1"), at_once());
    tokio::spawn(async move {
        while let Some(connection) = csms.incoming.accept().await {
            let driver = Driver16::csms(connection, SessionOptions::csms()).unwrap();
            tokio::spawn(driver.run(csms_app.clone()));
        }
    });
    (server, station)
}

#[tokio::test]
async fn a_station_boots_and_is_called_back_while_it_waits() {
    let (_csms, station) = both(App::default()).await;
    let peer = station.peer();
    let running = tokio::spawn(station.run(App::default()));
    // Queued before the connection is there.
    let response = peer.call(&boot()).await.unwrap();
    assert_eq!(
        (response.status, response.interval),
        (RegistrationStatus::Accepted, 300)
    );
    let authorize = AuthorizeRequest::new("TAG".parse().unwrap());
    let response = peer.call(&authorize).await.unwrap();
    assert_eq!(response.encode().unwrap(), ACCEPTED);
    peer.close(CloseCode::GOING_AWAY, "done");
    let end = running.await.unwrap().unwrap();
    assert!(
        matches!(
            end,
            End::ClosedHere {
                code: CloseCode::GOING_AWAY,
                ..
            }
        ),
        "{end}"
    );
    assert!(matches!(
        peer.call(&boot()).await,
        Err(CallError::SessionOver)
    ));
}

#[tokio::test]
async fn the_response_goes_out_before_its_consequences() {
    let csms = App::default();
    let (_server, station) = both(csms.clone()).await;
    let peer = station.peer();
    let running = tokio::spawn(station.run(App::default()));
    peer.call(&HeartbeatRequest::new()).await.unwrap();
    csms.log
        .until(|log| log.iter().any(|entry| entry == "consequence done"))
        .await;
    let frames = csms.log.entries();
    assert_eq!(
        frames,
        [
            "connected 1.6",
            "In [2,",
            "Out [3,",
            "Out [2,",
            "In [3,",
            "consequence done"
        ]
    );
    running.abort();
}

#[tokio::test]
async fn calls_without_a_proper_answer_fail_at_the_caller() {
    let csms = App::default();
    let (_server, station) = both(csms.clone()).await;
    let peer = station.peer();
    let running = tokio::spawn(station.run(App::default()));
    let refusal = |error: CallError| match error {
        CallError::Failed(Failure::Call(CallFailure::Refused(refusal))) => refusal,
        other => panic!("{other}"),
    };
    let transfer = v1_6::DataTransferRequest::new("vendor".parse().unwrap());
    let dropped = refusal(peer.call(&transfer).await.unwrap_err());
    assert_eq!(dropped.code, ErrorCode::InternalError);
    let status = v1_6::StatusNotificationRequest::new(
        1,
        v1_6::ChargePointErrorCode::NoError,
        v1_6::ChargePointStatus::Available,
    );
    let mixed_up = refusal(peer.call(&status).await.unwrap_err());
    assert_eq!(mixed_up.code, ErrorCode::InternalError);
    let diagnostics =
        v1_6::DiagnosticsStatusNotificationRequest::new(v1_6::DiagnosticsStatus::Idle);
    let refused = refusal(peer.call(&diagnostics).await.unwrap_err());
    assert_eq!(
        (refused.code, refused.description),
        (ErrorCode::NotSupported, "not here".into())
    );
    running.abort();
}

#[tokio::test]
async fn a_station_comes_back_and_its_queue_waits() {
    let csms = App::default();
    let (server, station) = both(csms.clone()).await;
    let (sender, mut connections) = mpsc::unbounded_channel();
    let app = App {
        connected: Some(sender),
        ..App::default()
    };
    let peer = station.peer();
    let running = tokio::spawn(station.run(app.clone()));
    connections.recv().await.unwrap();
    peer.call(&boot()).await.unwrap();
    for round in 1..=3 {
        server.disconnect(peer.identity(), "again");
        app.log
            .until(|log| {
                log.iter()
                    .filter(|entry| entry.starts_with("disconnected"))
                    .count()
                    == round
            })
            .await;
        // Connected or not: the call waits for the connection.
        peer.call(&boot()).await.unwrap();
    }
    peer.reconnect(CloseCode::NORMAL, "new credentials");
    for _ in 0..4 {
        connections.recv().await.unwrap();
    }
    peer.call(&boot()).await.unwrap();
    peer.close(CloseCode::NORMAL, "");
    running.await.unwrap();
}

#[tokio::test]
async fn a_call_under_way_fails_when_the_connection_is_lost() {
    let mut csms = listen(ServerOptions::new(&ALL), ANY_STATION).await;
    let station = Driver16::station(options(&csms, "CP1"), at_once());
    let peer = station.peer();
    let running = tokio::spawn(station.run(App::default()));
    let mut there = csms.incoming.accept().await.unwrap();
    let boot = boot();
    let calling = peer.call(&boot);
    let (result, ()) = tokio::join!(calling, async {
        there.recv().await.unwrap();
        drop(there);
    });
    assert!(
        matches!(
            &result,
            Err(CallError::Failed(Failure::Call(CallFailure::Disconnected)))
        ),
        "{result:?}"
    );
    running.abort();
}

#[tokio::test]
async fn a_dropped_call_is_not_sent_and_blocks_nothing() {
    let mut csms = listen(ServerOptions::new(&ALL), ANY_STATION).await;
    let station = Driver16::station(options(&csms, "CP1"), at_once());
    let peer = station.peer();
    let running = tokio::spawn(station.run(App::default()));
    let mut there = csms.incoming.accept().await.unwrap();
    let boot = boot();
    let heartbeat = HeartbeatRequest::new();
    let authorize = AuthorizeRequest::new("TAG".parse().unwrap());
    let first = peer.call(&boot);
    tokio::pin!(first);
    let text = tokio::select! {
        _ = &mut first => unreachable!(),
        text = there.recv() => text.unwrap(),
    };
    {
        // Queued behind the first, then given up.
        let second = peer.call(&authorize);
        tokio::pin!(second);
        tokio::select! {
            biased;
            _ = &mut second => unreachable!(),
            () = tokio::task::yield_now() => {}
        }
    }
    let third = peer.call(&heartbeat);
    let answering = async {
        let id = text.split('"').nth(1).unwrap();
        there.send(&format!(r#"[3,"{id}",{{"status":"Accepted","currentTime":"2024-01-01T00:00:00Z","interval":1}}]"#)).await.unwrap();
        let next = there.recv().await.unwrap();
        assert!(next.contains("Heartbeat"), "{next}");
        let id = next.split('"').nth(1).unwrap();
        there
            .send(&format!(
                r#"[3,"{id}",{{"currentTime":"2024-01-01T00:00:00Z"}}]"#
            ))
            .await
            .unwrap();
        // The driver must be read while it works.
        let _ = there.recv().await;
    };
    let results = async {
        let results = tokio::join!(first, third);
        peer.close(CloseCode::NORMAL, "");
        results
    };
    let ((first, third), ()) = tokio::join!(results, answering);
    assert!(first.is_ok() && third.is_ok());
    running.await.unwrap();
}

#[tokio::test]
async fn a_csms_does_not_queue_for_a_station_that_is_gone() {
    let mut csms = listen(ServerOptions::new(&ALL), ANY_STATION).await;
    let mut station_options = options(&csms, "CP1");
    station_options.versions = vec![Version::V1_6];
    let (station, there) = csms.pair(&station_options).await;
    let driver = Driver16::csms(there, SessionOptions::csms()).unwrap();
    let peer = driver.peer();
    let running = tokio::spawn(driver.run(App::default()));
    drop(station);
    assert!(matches!(running.await.unwrap(), Some(End::Lost(_))));
    let result = peer.call(&ResetRequest::new(ResetType::Soft)).await;
    assert!(matches!(result, Err(CallError::SessionOver)), "{result:?}");
}

#[tokio::test]
async fn a_full_queue_and_a_dropped_driver_are_told_to_the_caller() {
    let mut csms = listen(ServerOptions::new(&ALL), ANY_STATION).await;
    let mut session = at_once();
    session.config.max_queue = 1;
    let station = Driver16::station(options(&csms, "CP1"), session);
    let peer = station.peer();
    let running = tokio::spawn(station.run(App::default()));
    let mut silent = csms.incoming.accept().await.unwrap();
    let heartbeat = HeartbeatRequest::new();
    let mut first = std::pin::pin!(peer.call(&heartbeat));
    tokio::select! {
        _ = &mut first => unreachable!(),
        under_way = silent.recv() => assert!(under_way.is_ok()),
    }
    let mut second = std::pin::pin!(peer.call(&heartbeat));
    let third = tokio::select! {
        biased;
        _ = &mut second => unreachable!(),
        third = peer.call(&heartbeat) => third,
    };
    assert!(
        matches!(third, Err(CallError::NotQueued(NotQueuedReason::QueueFull))),
        "{third:?}"
    );
    running.abort();
    let (first, second) = tokio::join!(first, second);
    assert!(matches!(first, Err(CallError::SessionOver)), "{first:?}");
    assert!(matches!(second, Err(CallError::SessionOver)), "{second:?}");
}

#[tokio::test]
async fn invalid_and_repaired_requests_are_reported() {
    for (decoding, expected) in [
        (
            Decoding::Strict,
            "refused BootNotification Some(FormatViolation)",
        ),
        (Decoding::Lenient, "repaired BootNotification 1"),
    ] {
        let mut csms = listen(ServerOptions::new(&ALL), ANY_STATION).await;
        let mut station_options = options(&csms, "CP1");
        station_options.versions = vec![Version::V1_6];
        let (mut station, there) = csms.pair(&station_options).await;
        let mut session = SessionOptions::csms();
        session.decoding = decoding;
        let app = App::default();
        let driver = Driver16::csms(there, session).unwrap();
        let running = tokio::spawn(driver.run(app.clone()));
        let boot = r#"[2,"1","BootNotification",{"chargePointVendor":"V","chargePointModel":"M","extra":1}]"#;
        station.send(boot).await.unwrap();
        let answer = station.recv().await.unwrap();
        let accepted = decoding == Decoding::Lenient;
        assert_eq!(answer.starts_with("[3,"), accepted, "{answer}");
        assert!(
            app.log.entries().iter().any(|entry| entry == expected),
            "{:?}",
            app.log.entries()
        );
        station.send("no frame at all").await.unwrap();
        app.log
            .until(|log| log.iter().any(|entry| entry.contains("Malformed")))
            .await;
        station.close(CloseCode::NORMAL, "").await;
        running.await.unwrap();
    }
}

#[tokio::test]
async fn a_station_of_several_versions_speaks_the_one_that_the_csms_prefers() {
    let preference = [Version::V1_6, Version::V2_0_1];
    let mut csms = listen(ServerOptions::new(&preference), ANY_STATION).await;
    // The station would rather speak a newer one.
    let options = options(&csms, "CP1");
    assert_eq!(options.versions, ALL);
    let server = csms.server.clone();
    tokio::spawn(async move {
        while let Some(connection) = csms.incoming.accept().await {
            let driver = Driver16::csms(connection, SessionOptions::csms()).unwrap();
            tokio::spawn(driver.run(App::default()));
        }
    });
    let connection = dial(&options, at_once().back_off, |error, _| panic!("{error}")).await;
    assert_eq!(connection.info().version, Version::V1_6);
    let wrong = Driver::<v2_1::Protocol>::station_over(connection, options.clone(), at_once());
    let connection = *wrong.unwrap_err().connection;
    let driver = Driver16::station_over(connection, options, at_once()).unwrap();
    let (peer, app) = (driver.peer(), App::default());
    let running = tokio::spawn(driver.run(app.clone()));
    peer.call(&boot()).await.unwrap();
    // It comes back by itself.
    server.disconnect(peer.identity(), "again");
    app.log
        .until(|log| log.iter().filter(|entry| *entry == "connected 1.6").count() == 2)
        .await;
    peer.call(&boot()).await.unwrap();
    peer.close(CloseCode::NORMAL, "");
    running.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn dialing_waits_longer_and_longer() {
    // Without a version to offer no attempt gets as far as a socket, which would not know of paused time.
    let options = ConnectOptions::new("ws://csms", Identity::new("CP1").unwrap(), &[]);
    let policy = BackOffPolicy {
        wait_minimum: 10,
        repeat_times: 2,
        random_range: 0,
    };
    let mut waits = Vec::new();
    let failed = |error: &ConnectError, wait: Duration| {
        assert!(matches!(error, ConnectError::Options(_)), "{error}");
        waits.push(wait.as_secs());
    };
    let start = Instant::now();
    let dialing = dial(&options, policy, failed);
    assert!(
        tokio::time::timeout(Duration::from_secs(100), dialing)
            .await
            .is_err()
    );
    assert_eq!(start.elapsed().as_secs(), 100);
    assert_eq!(waits, [10, 20, 40, 40]);
}

#[tokio::test]
async fn a_connection_of_another_version_comes_back() {
    let mut csms = listen(ServerOptions::new(&ALL), ANY_STATION).await;
    let options = options(&csms, "CP1");
    let (_station, there) = csms.pair(&options).await;
    let wrong = Driver16::csms(there, SessionOptions::csms()).unwrap_err();
    assert_eq!(wrong.connection.info().version, Version::V2_1);
    let right = Driver::<v2_1::Protocol>::csms(*wrong.connection, SessionOptions::csms());
    assert!(right.is_ok());
}

/// Hands out what is sent without being answered.
struct Streams(mpsc::UnboundedSender<v2_1::AnyRequest>);

impl<P: Spoken<Request = v2_1::AnyRequest>> Handler<P> for Streams {
    async fn handle(&self, _: v2_1::AnyRequest, reply: Reply<P>, _: &Peer<P>) {
        reply.refuse(ErrorCode::NotSupported, "");
    }

    fn received(&self, message: v2_1::AnyRequest, _: &Peer<P>) {
        let _ = self.0.send(message);
    }
}

#[tokio::test]
async fn a_send_of_2_1_arrives_unanswered() {
    let mut csms = listen(ServerOptions::new(&ALL), ANY_STATION).await;
    let (sender, mut received) = mpsc::unbounded_channel();
    let station = Driver::<v2_1::Protocol>::station(options(&csms, "CP1"), at_once());
    let peer = station.peer();
    let running = tokio::spawn(station.run(Streams(mpsc::unbounded_channel().0)));
    let there = csms.incoming.accept().await.unwrap();
    let driver = Driver::<v2_1::Protocol>::csms(there, SessionOptions::csms()).unwrap();
    tokio::spawn(driver.run(Streams(sender)));
    let element = v2_1::StreamDataElement::new(1.into(), "42".parse().unwrap());
    let stream = v2_1::NotifyPeriodicEventStream::new(
        vec![element].try_into().unwrap(),
        7.try_into().unwrap(),
        0.try_into().unwrap(),
        DateTime::UNIX_EPOCH,
    );
    // Nothing is queued before the connection is there.
    loop {
        match peer.send(&stream).await {
            Ok(()) => break,
            Err(NotSentError::NotSent(_)) => tokio::task::yield_now().await,
            Err(other) => panic!("{other}"),
        }
    }
    let message = received.recv().await.unwrap();
    assert!(matches!(message, v2_1::AnyRequest::NotifyPeriodicEventStream(got) if got == stream));
    running.abort();
}

#[tokio::test]
async fn a_station_tries_again_until_the_csms_is_there() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let identity = ocpp_tokio::Identity::new("CP1").unwrap();
    let connect = ocpp_tokio::ConnectOptions::new(format!("ws://{address}"), identity, &ALL);
    let station = Driver16::station(connect, at_once());
    let (peer, app) = (station.peer(), App::default());
    let running = tokio::spawn(station.run(app.clone()));
    app.log.until(|log| log.len() >= 2).await;
    assert!(app.log.entries()[0].starts_with("failed: the CSMS was not reached"));
    peer.close(CloseCode::NORMAL, "");
    assert_eq!(running.await.unwrap(), None, "there never was a connection");
}

/// Both ends of a connection through memory, the station's first: in tokio's paused time nothing else may be waited for.
async fn in_memory() -> (Connection, Connection) {
    let (here, there) = tokio::io::duplex(4096);
    let server: Server<AnyStation> = Server::new(ServerOptions::new(&ALL), ANY_STATION);
    let identity = Identity::new("CP1").unwrap();
    let options = ConnectOptions::new("ws://csms/ocpp", identity, &[Version::V1_6]);
    let (station, there) = tokio::join!(
        connect_over(here, &options),
        server.accept(there, SecurityProfile::Unsecured, None, None)
    );
    (station.unwrap(), there.unwrap())
}

#[tokio::test(start_paused = true)]
async fn options_of_a_call_reach_the_session() {
    let (mut silent, there) = in_memory().await;
    let driver = Driver16::csms(there, SessionOptions::csms()).unwrap();
    let peer = driver.peer();
    let running = tokio::spawn(driver.run(App::default()));
    let start = Instant::now();
    let options = CallOptions::new().timeout(Duration::from_secs(7));
    let reset = ResetRequest::new(ResetType::Soft);
    let (result, text) = tokio::join!(peer.call_with(&reset, options), silent.recv());
    assert!(matches!(
        result,
        Err(CallError::Failed(Failure::Call(CallFailure::TimedOut)))
    ));
    assert_eq!(start.elapsed().as_secs(), 7);
    assert!(text.unwrap().contains("Reset"));
    running.abort();
}

/// Keeps every answer and gives none.
struct Silent(Log, Mutex<Vec<Reply<v1_6::Protocol>>>);

impl Handler<v1_6::Protocol> for Silent {
    async fn handle(&self, _: AnyRequest, reply: Reply<v1_6::Protocol>, _: &Peer16) {
        self.1.lock().unwrap().push(reply);
    }

    fn report(&self, report: Report<'_, v1_6::Protocol>, _: &Peer16) {
        if let Report::Session(Output::Unanswered { action, .. }) = report {
            self.0.add(format!("unanswered {action}"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_never_answers_is_reported_and_the_peer_gets_an_error() {
    let (mut station, there) = in_memory().await;
    let mut options = SessionOptions::csms();
    options.config.answer_timeout = Duration::from_secs(40);
    let driver = Driver16::csms(there, options).unwrap();
    let handler = Arc::new(Silent(Log::default(), Mutex::default()));
    let running = tokio::spawn(driver.run(Arc::clone(&handler)));
    let start = Instant::now();
    station.send(r#"[2,"7","Heartbeat",{}]"#).await.unwrap();
    let answer = station.recv().await.unwrap();
    assert!(answer.starts_with(r#"[4,"7","InternalError""#), "{answer}");
    assert_eq!(start.elapsed().as_secs(), 40);
    assert_eq!(handler.0.entries(), ["unanswered Heartbeat"]);
    // The answer comes at last: too late, and nothing goes out.
    let late = handler.1.lock().unwrap().pop().unwrap();
    late.with(
        &HeartbeatRequest::new(),
        &HeartbeatResponse::new(DateTime::UNIX_EPOCH),
    );
    station.send(r#"[2,"8","NoSuchAction",{}]"#).await.unwrap();
    let next = station.recv().await.unwrap();
    assert!(next.starts_with(r#"[4,"8","NotImplemented""#), "{next}");
    running.abort();
}
