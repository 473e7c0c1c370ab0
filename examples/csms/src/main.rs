//! A management system for all versions, to start one's own from: `cargo run -p example-csms`, and in another terminal
//! `cargo run -p example-station`. It accepts every station, lets cards charge as it likes, and stops transactions after three
//! seconds.
//!
//! What is the operator's own is here: who may charge, and what happens then. What OCPP wants of a management system is done by
//! the driver. To make a real one of it:
//! 1. Let [`Application::authorize`] ask the back end; implement more of the methods (cost, certificates, data of vendors).
//! 2. Keep its records: `FileStore::open(path)` (feature `redb`) instead of [`MemoryStore`], or a [`Store`](ocpp_tokio::csms::Store)
//!    for the database that is there.
//! 3. Secure it: [`CsmsSecurity::TlsBasic`], and a password for each station with
//!    [`Command::Password`](ocpp_core::csms::remote::Command::Password).

use std::error::Error;
use std::time::Duration;

use ocpp_core::csms::TokenStatus;
use ocpp_core::csms::remote::{Authorize, Operation, RemoteStation, StationEvent, TokenInfo};
use ocpp_tokio::CsmsSecurity;
use ocpp_tokio::csms::{Application, Csms, CsmsConfig, Decision, MemoryStore};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// The operator.
struct Operator {
    /// Transactions that have begun: the station, and the number.
    began: mpsc::UnboundedSender<(String, u64)>,
}

impl Application for Operator {
    async fn authorize(&self, station: &str, asked: &Authorize) -> Decision<TokenInfo> {
        let card = &asked.id_token.id_token;
        // A back end would be asked here; it may take its time.
        let status = match card.starts_with("stolen") {
            true => TokenStatus::Blocked,
            false => TokenStatus::Accepted,
        };
        println!("{station}: card {card} is {status:?}");
        Decision::Is(TokenInfo::of(status))
    }

    fn event(&self, station: &RemoteStation, event: &StationEvent) {
        let id = station.identity();
        match event {
            StationEvent::Booted { info, .. } => {
                println!("{id}: booted, {} {}", info.vendor, info.model);
            }
            StationEvent::TransactionBegan { reference, .. } => {
                println!("{id}: transaction {reference} began");
                // Events must not wait for anything: another task does.
                let _ = self.began.send((id.into(), *reference));
            }
            StationEvent::TransactionEnded(bill) => {
                println!("{id}: to bill: {bill:?}");
            }
            _ => {}
        }
    }
}

/// An operation of the operator, from a task of its own.
async fn stop_later(csms: Csms, station: String, transaction: u64) {
    tokio::time::sleep(Duration::from_secs(3)).await;
    if let Some(handle) = csms.station(&station) {
        let outcome = handle.operate(Operation::Stop(transaction)).await;
        println!("{station}: stopped: {outcome:?}");
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (began, mut transactions) = mpsc::unbounded_channel();
    let operator = Operator { began };
    let csms = Csms::open(CsmsConfig::default(), MemoryStore::new(), operator).await?;
    let listener = TcpListener::bind("127.0.0.1:9000").await?;
    let address = csms.listen(listener, CsmsSecurity::Unsecured)?;
    println!("stations connect to ws://{address}/");
    while let Some((station, transaction)) = transactions.recv().await {
        tokio::spawn(stop_later(csms.clone(), station, transaction));
    }
    Ok(())
}
