//! A node goes away in order.

use std::sync::Arc;
use std::time::Duration;

use ocpp_core::csms::remote::CommandError;
use ocpp_core::session::CallFailure;
use ocpp_tokio::csms::{DrainPlan, MemoryStore, Store, Switchboard, Table};
use ocpp_tokio::{CloseCode, ConnectError, End, StationSecurity, Version};
use serde_json::json;

use crate::everywhere::node;
use crate::peer::{Peer, accepted, stored, until};

/// Long enough for everything that comes to its end.
const PLAN: DrainPlan = DrainPlan::new(Duration::from_secs(5), Duration::from_secs(60));

async fn restarted(peer: &mut Peer) {
    match peer.end_of_connection().await {
        End::ClosedByPeer { code, .. } => assert_eq!(code, Some(CloseCode::SERVICE_RESTART)),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn calls_come_to_their_end_before_stations_go() {
    let (store, board) = (Arc::new(MemoryStore::new()), Switchboard::new());
    let (one, at_one) = node("one", &store, board.node()).await;
    let (two, at_two) = node("two", &store, board.node()).await;
    one.put_token("A1", &accepted()).await.unwrap();
    let mut idle = Peer::connect(at_one, "CP1", Version::V1_6).await;
    idle.boot().await;
    let id = idle.begin().await;
    let mut busy = Peer::connect(at_one, "CP2", Version::V2_0_1).await;
    busy.boot().await;
    let handle = one.station("CP2").unwrap();
    let calling = tokio::spawn(async move { handle.call("ClearCache", "{}").await });
    let call = busy.receive().await;
    let draining = one.clone();
    let draining = tokio::spawn(async move { draining.drain(PLAN).await });
    restarted(&mut idle).await;
    assert!(one.is_draining());
    // It does not come back here, but goes on elsewhere.
    let unsecured = StationSecurity::Unsecured;
    let again = Peer::try_connect(at_one, "CP1", Version::V1_6, unsecured).await;
    assert!(
        matches!(again, Err(ConnectError::Refused(503))),
        "it is taken"
    );
    let mut moved = Peer::connect(at_two, "CP1", Version::V1_6).await;
    moved.end(&id, 1, 300).await;
    // The other one is still here, says what it has to say, and answers.
    busy.ask("Heartbeat", &json!({})).await;
    busy.answer(&call).await;
    assert!(calling.await.unwrap().is_ok());
    restarted(&mut busy).await;
    let drained = draining.await.unwrap();
    let left = (drained.interrupted, drained.connections, drained.bills_wait);
    assert_eq!(left, (0, 0, false));
    let all = stored(&two).await;
    assert_eq!((all.len(), all[0].is_open()), (1, false));
    while !store.read(Table::Outbox, "", 1).await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
}

/// Who never answers does not keep a node from going.
#[tokio::test]
async fn patience_ends() {
    let (store, board) = (Arc::new(MemoryStore::new()), Switchboard::new());
    let (one, at_one) = node("one", &store, board.node()).await;
    let mut busy = Peer::connect(at_one, "CP1", Version::V1_6).await;
    busy.boot().await;
    let handle = one.station("CP1").unwrap();
    let calling = tokio::spawn(async move { handle.call("ClearCache", "{}").await });
    busy.receive().await;
    let plan = DrainPlan::new(Duration::ZERO, Duration::from_millis(200));
    let draining = one.clone();
    let draining = tokio::spawn(async move { draining.drain(plan).await });
    restarted(&mut busy).await;
    let drained = draining.await.unwrap();
    assert_eq!((drained.interrupted, drained.bills_wait), (1, false));
    let lost = Err(CommandError::Call(CallFailure::Disconnected));
    assert_eq!(calling.await.unwrap(), lost);
    until(|| one.station("CP1").is_none_or(|it| !it.is_connected())).await;
}

/// Bills that nobody takes are no reason to stay: they are stored.
#[tokio::test]
async fn bills_that_nobody_takes_stay_in_the_store() {
    struct Closed;
    impl ocpp_tokio::csms::Application for Closed {
        async fn bill(
            &self,
            _: &str,
            _: &ocpp_core::csms::ledger::Bill,
        ) -> ocpp_tokio::csms::Taken {
            ocpp_tokio::csms::Taken::Later
        }
    }
    let store = Arc::new(MemoryStore::new());
    let (csms, address) = crate::peer::open(Arc::clone(&store), Closed).await;
    csms.put_token("A1", &accepted()).await.unwrap();
    let mut peer = Peer::connect(address, "CP1", Version::V1_6).await;
    peer.boot().await;
    let id = peer.begin().await;
    peer.end(&id, 1, 300).await;
    let plan = DrainPlan::new(Duration::ZERO, Duration::from_millis(200));
    assert!(csms.drain(plan).await.bills_wait);
    assert_eq!(store.read(Table::Outbox, "", 2).await.unwrap().len(), 1);
}
