//! The registry of a CSMS: who is reached, through reconnections.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]
#![cfg(all(feature = "v1_6", feature = "v2_0_1"))]

mod common;

use common::{ALL, ANY_STATION, listen, options};
use ocpp_core::frame::ErrorCode;
use ocpp_tokio::server::ServerOptions;
use ocpp_tokio::session::{CallError, Driver, Handler, Peer, Reply, SessionOptions, Stations};
use ocpp_tokio::{Connection, End, Version};
use ocpp_types::v1_6::{AnyRequest, Protocol, UnlockConnectorRequest};
use ocpp_types::v2_0_1;

struct Silent;

impl Handler<Protocol> for Silent {
    async fn handle(&self, _: AnyRequest, _: Reply<Protocol>, _: &Peer<Protocol>) {}
}

impl Handler<v2_0_1::Protocol> for Silent {
    async fn handle(
        &self,
        _: v2_0_1::AnyRequest,
        _: Reply<v2_0_1::Protocol>,
        _: &Peer<v2_0_1::Protocol>,
    ) {
    }
}

fn driver(connection: Connection) -> Driver<Protocol> {
    Driver::csms(connection, SessionOptions::csms()).unwrap()
}

async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::task::yield_now().await;
    }
}

/// A station comes back before its old connection is known to be dead: calls under way end, later ones go to the new
/// connection, and the end of the old one takes nothing away.
#[tokio::test]
async fn a_reconnection_replaces_the_old_connection_and_outlives_it() {
    let mut csms = listen(ServerOptions::new(&[Version::V1_6]), ANY_STATION).await;
    let stations = Stations::new();
    assert!(stations.is_empty() && stations.get("CP1").is_none());
    let options = options(&csms, "CP1");
    // It answers nothing: the link is dead.
    let (_dead, first) = csms.pair(&options).await;
    let serving = stations.clone();
    let old = tokio::spawn(async move { serving.serve(driver(first), Silent).await });
    until(|| stations.len() == 1).await;
    let station = stations.get("CP1").unwrap();
    assert_eq!(station.version(), Version::V1_6);
    assert!(station.peer::<v2_0_1::Protocol>().is_none());
    let peer = station.peer::<Protocol>().unwrap();
    let calling = tokio::spawn(async move { peer.call(&UnlockConnectorRequest::new(1)).await });

    let (mut alive, second) = csms.pair(&options).await;
    let serving = stations.clone();
    let new = tokio::spawn(async move { serving.serve(driver(second), Silent).await });
    assert!(calling.await.unwrap().is_err());
    assert_eq!(old.await.unwrap(), Some(End::Replaced));
    until(|| {
        stations
            .get("CP1")
            .is_some_and(|it| it.info().number > station.info().number)
    })
    .await;
    let station = stations.get("CP1").unwrap();
    let calling = tokio::spawn(async move { station.call("Reset", r#"{"type":"Soft"}"#).await });
    let call = alive.recv().await.unwrap();
    let id = call.split('"').nth(1).unwrap();
    assert!(call.ends_with(r#","Reset",{"type":"Soft"}]"#), "{call}");
    alive
        .send(&format!(r#"[3,"{id}",{{"status":"Accepted"}}]"#))
        .await
        .unwrap();
    assert_eq!(calling.await.unwrap().unwrap(), r#"{"status":"Accepted"}"#);
    let station = stations.get("CP1").unwrap();
    assert!(matches!(
        station.call("Nonsense", "{}").await,
        Err(CallError::UnknownAction)
    ));
    assert!(matches!(
        station.call("Reset", "[]").await,
        Err(CallError::NotQueued(_))
    ));
    drop(alive);
    new.await.unwrap();
    assert!(stations.is_empty());
    assert!(matches!(
        station.call("Reset", "{}").await,
        Err(CallError::SessionOver)
    ));
}

/// The tasks of two connections run in any order: the older one does not become the way to the station by being late.
#[tokio::test]
async fn a_connection_that_is_late_does_not_replace_a_newer_one() {
    let options_of_server = ServerOptions::new(&ALL);
    let mut csms = listen(options_of_server.clone(), ANY_STATION).await;
    // Another server, another registry of connections: nobody else tells them apart.
    let mut other = listen(options_of_server, ANY_STATION).await;
    let mut older = options(&csms, "CP1");
    older.versions = vec![Version::V1_6];
    let (mut dropped, first) = csms.pair(&older).await;
    let mut newer = options(&other, "CP1");
    newer.versions = vec![Version::V2_0_1];
    let (_alive, second) = other.pair(&newer).await;
    let stations = Stations::new();
    let second = Driver::<v2_0_1::Protocol>::csms(second, SessionOptions::csms()).unwrap();
    let serving = stations.clone();
    tokio::spawn(async move { serving.serve(second, Silent).await });
    until(|| stations.len() == 1).await;
    let (end, there) = tokio::join!(stations.serve(driver(first), Silent), dropped.recv());
    assert!(matches!(end, Some(End::ClosedHere { .. })), "{end:?}");
    assert!(there.is_err());
    assert_eq!(stations.get("CP1").unwrap().version(), Version::V2_0_1);
    assert_eq!(stations.all().len(), 1);
}

struct Wrong;

impl Handler<Protocol> for Wrong {
    async fn handle(&self, request: AnyRequest, reply: Reply<Protocol>, _: &Peer<Protocol>) {
        use ocpp_types::v1_6::{AnyResponse, AuthorizeResponse, IdTagInfo, IdTagInfoStatus};
        match request {
            AnyRequest::Heartbeat(_) => {
                let info = IdTagInfo::new(IdTagInfoStatus::Accepted);
                reply.with_any(&AnyResponse::Authorize(AuthorizeResponse::new(info)));
            }
            _ => reply.refuse_with_details(ErrorCode::SecurityError, "no", r#"{"why":1}"#),
        }
    }
}

#[tokio::test]
async fn a_response_of_another_action_is_not_sent() {
    let mut csms = listen(ServerOptions::new(&[Version::V1_6]), ANY_STATION).await;
    let (mut station, there) = csms.pair(&options(&csms, "CP1")).await;
    tokio::spawn(driver(there).run(Wrong));
    station.send(r#"[2,"1","Heartbeat",{}]"#).await.unwrap();
    let answer = station.recv().await.unwrap();
    assert!(answer.starts_with(r#"[4,"1","InternalError","#), "{answer}");
    station
        .send(r#"[2,"2","Authorize",{"idTag":"A"}]"#)
        .await
        .unwrap();
    let answer = station.recv().await.unwrap();
    assert_eq!(answer, r#"[4,"2","SecurityError","no",{"why":1}]"#);
}
