//! A management system for OCPP 1.6, to start one's own from: `cargo run -p example-csms`, and in another terminal
//! `cargo run -p example-station`. It accepts every station and every card, and stops transactions after three seconds.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ocpp_core::frame::ErrorCode;
use ocpp_core::time::DateTime;
use ocpp_tokio::server::{Attempt, Server, ServerOptions};
use ocpp_tokio::session::{Driver, Handler, Peer, Reply, SessionOptions};
use ocpp_tokio::{CsmsSecurity, Version};
use ocpp_types::v1_6::{
    AnyRequest, AuthorizeResponse, BootNotificationResponse, HeartbeatResponse, IdTagInfo,
    IdTagInfoStatus, MeterValuesResponse, Protocol, RegistrationStatus,
    RemoteStopTransactionRequest, StartTransactionResponse, StatusNotificationResponse,
    StopTransactionResponse,
};
use tokio::net::TcpListener;

struct Csms {
    next_transaction: AtomicI64,
}

impl Handler<Protocol> for Csms {
    async fn handle(&self, request: AnyRequest, reply: Reply<Protocol>, peer: &Peer<Protocol>) {
        println!("{}: {request:?}", &**peer.identity());
        let accepted = || IdTagInfo::new(IdTagInfoStatus::Accepted);
        match request {
            AnyRequest::BootNotification(request) => {
                let (status, interval) = (RegistrationStatus::Accepted, 300);
                reply.with(
                    &request,
                    &BootNotificationResponse::new(status, now(), interval),
                );
            }
            AnyRequest::Heartbeat(request) => reply.with(&request, &HeartbeatResponse::new(now())),
            AnyRequest::StatusNotification(request) => {
                reply.with(&request, &StatusNotificationResponse::new());
            }
            AnyRequest::Authorize(request) => {
                reply.with(&request, &AuthorizeResponse::new(accepted()));
            }
            AnyRequest::MeterValues(request) => reply.with(&request, &MeterValuesResponse::new()),
            AnyRequest::StartTransaction(request) => {
                let id = self.next_transaction.fetch_add(1, Ordering::Relaxed);
                reply.with(&request, &StartTransactionResponse::new(accepted(), id));
                tokio::spawn(stop_later(peer.clone(), id));
            }
            AnyRequest::StopTransaction(request) => {
                reply.with(&request, &StopTransactionResponse::new());
            }
            _ => reply.refuse(ErrorCode::NotSupported, "not in this example"),
        }
    }
}

/// A call of the CSMS, from a task of its own.
async fn stop_later(peer: Peer<Protocol>, transaction: i64) {
    tokio::time::sleep(Duration::from_secs(3)).await;
    let answer = peer
        .call(&RemoteStopTransactionRequest::new(transaction))
        .await;
    println!("{}: {answer:?}", &**peer.identity());
}

fn now() -> DateTime {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let millis = i64::try_from(since.as_millis()).unwrap_or_default();
    DateTime::from_unix_millis(millis).unwrap_or(DateTime::UNIX_EPOCH)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let csms = Arc::new(Csms {
        next_transaction: AtomicI64::new(1),
    });
    let anybody = |_: &Attempt<'_>| Ok(());
    let server = Server::new(ServerOptions::new(&[Version::V1_6]), anybody);
    let listener = TcpListener::bind("127.0.0.1:9000").await?;
    let mut incoming = server.listen(listener, CsmsSecurity::Unsecured)?;
    println!("stations connect to ws://{}/", incoming.local_addr());
    while let Some(connection) = incoming.accept().await {
        let driver = Driver::csms(connection, SessionOptions::csms())?;
        tokio::spawn(driver.run(Arc::clone(&csms)));
    }
    Ok(())
}
