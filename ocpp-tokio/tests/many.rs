//! Two thousand stations at a time in one process. Needs 4,000 file descriptors, and asks for them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]
#![cfg(feature = "v1_6")]

mod common;

use common::{ANY_STATION, listen, options};
use ocpp_core::frame::ErrorCode;
use ocpp_tokio::server::ServerOptions;
use ocpp_tokio::session::{Driver, Handler, Peer, Reply, SessionOptions};
use ocpp_tokio::{Version, connect};
use ocpp_types::DateTime;
use ocpp_types::v1_6::{AnyRequest, HeartbeatResponse, Protocol};
use tokio::task::JoinSet;

const STATIONS: usize = 2000;

struct Answering;

impl Handler<Protocol> for Answering {
    async fn handle(&self, request: AnyRequest, reply: Reply<Protocol>, _: &Peer<Protocol>) {
        match request {
            AnyRequest::Heartbeat(request) => {
                reply.with(&request, &HeartbeatResponse::new(DateTime::UNIX_EPOCH));
            }
            _ => reply.refuse(ErrorCode::NotSupported, ""),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_stations_are_served_at_the_same_time() {
    rlimit::increase_nofile_limit(2 * STATIONS as u64 + 500).unwrap();
    let mut csms = listen(ServerOptions::new(&[Version::V1_6]), ANY_STATION).await;
    let mut stations = JoinSet::new();
    for n in 0..STATIONS {
        let mut options = options(&csms, &format!("CP{n}"));
        options.connection.compression = None;
        stations.spawn(async move {
            let mut station = connect(&options).await.unwrap();
            station.send(r#"[2,"1","Heartbeat",{}]"#).await.unwrap();
            let answer = station.recv().await.unwrap();
            assert!(answer.starts_with(r#"[3,"1","#), "{answer}");
            station
        });
    }
    let server = csms.server.clone();
    tokio::spawn(async move {
        while let Some(connection) = csms.incoming.accept().await {
            let driver = Driver::<Protocol>::csms(connection, SessionOptions::csms()).unwrap();
            tokio::spawn(driver.run(Answering));
        }
    });
    let connected = stations.join_all().await;
    assert_eq!(
        (connected.len(), server.connections()),
        (STATIONS, STATIONS)
    );
    let mut closing = JoinSet::new();
    for mut station in connected {
        closing.spawn(async move { station.recv().await });
    }
    assert_eq!(server.shutdown(std::time::Duration::from_secs(60)).await, 0);
    assert_eq!(closing.join_all().await.len(), STATIONS);
}
