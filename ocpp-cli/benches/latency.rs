//! How long `ocpp station` takes to answer a CSMS over TLS on this machine, from the CALL handed to the CSMS's driver to its
//! answer: `cargo bench -p ocpp-cli --bench latency`. Certified stations measured 130 to 1,170 ms on average. What the disk
//! and the database cost by themselves is measured in the same run: no durable answer can be faster than that.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark fails by panicking"
)]

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../../ocpp-tokio/tests/common/pki.rs"]
mod pki;

use std::cell::RefCell;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use common::{Folder, Program};
use ocpp_core::frame::ErrorCode;
use ocpp_core::station::Record;
use ocpp_tokio::server::{Attempt, Refusal, Server, ServerOptions};
use ocpp_tokio::session::{Driver, Handler, Peer, Reply, SessionOptions};
use ocpp_tokio::station::{Change, Records};
use ocpp_tokio::{CsmsSecurity, Password, ServerTls, Version};
use ocpp_types::v1_6::*;
use tokio::sync::mpsc;

const PASSWORD: &str = "sixteen letters!";
const ROUNDS: usize = 1_000;

/// Accepts the station and says so.
struct Csms(mpsc::UnboundedSender<Peer<Protocol>>);

impl Handler<Protocol> for Csms {
    async fn handle(&self, request: AnyRequest, reply: Reply<Protocol>, peer: &Peer<Protocol>) {
        let now = "2024-05-15T12:00:00Z".parse().unwrap();
        match request {
            AnyRequest::BootNotification(request) => {
                let accepted = RegistrationStatus::Accepted;
                reply.with(&request, &BootNotificationResponse::new(accepted, now, 300));
                let _ = self.0.send(peer.clone());
            }
            AnyRequest::Heartbeat(request) => reply.with(&request, &HeartbeatResponse::new(now)),
            AnyRequest::StatusNotification(request) => {
                reply.with(&request, &StatusNotificationResponse::new());
            }
            AnyRequest::SecurityEventNotification(request) => {
                reply.with(&request, &SecurityEventNotificationResponse::new());
            }
            _ => reply.refuse(ErrorCode::NotSupported, ""),
        }
    }
}

/// Calls so often, each after the answer to the one before, and prints how long the answers took.
async fn measure<F: Future<Output = ()>>(what: &str, mut call: impl FnMut(usize) -> F) {
    let mut times = Vec::with_capacity(ROUNDS);
    for round in 0..ROUNDS {
        let begin = Instant::now();
        call(round).await;
        times.push(begin.elapsed());
    }
    times.sort_unstable();
    let mean = times.iter().sum::<Duration>() / u32::try_from(ROUNDS).unwrap();
    println!(
        "{what:36} mean {mean:>9.1?}  median {:>9.1?}  99 % {:>9.1?}  slowest {:>9.1?}",
        times[ROUNDS / 2],
        times[ROUNDS * 99 / 100],
        times[ROUNDS - 1],
    );
}

/// What it costs to make 300 bytes durable: on the disk, in a database, in the records of a station.
async fn measure_disk(files: &Folder) {
    let mut disk = std::fs::File::create(files.file("disk")).unwrap();
    disk.write_all(&vec![0; 1 << 20]).unwrap();
    disk.sync_all().unwrap();
    disk.seek(SeekFrom::Start(0)).unwrap();
    let disk = RefCell::new(disk);
    measure("disk: write and fdatasync", |_| async {
        let mut disk = disk.borrow_mut();
        disk.write_all(&[7; 300]).unwrap();
        disk.sync_data().unwrap();
    })
    .await;
    const TABLE: redb::TableDefinition<'_, &str, &str> = redb::TableDefinition::new("table");
    let database = redb::Database::create(files.file("database")).unwrap();
    let value = "x".repeat(300);
    measure("redb: a transaction", |round| {
        let writing = database.begin_write().unwrap();
        let key = (round % 20).to_string();
        let mut table = writing.open_table(TABLE).unwrap();
        table.insert(&*key, &*value).unwrap();
        drop(table);
        writing.commit().unwrap();
        async {}
    })
    .await;
    let records = Records::open(Path::new(&files.file("records"))).unwrap();
    measure("the station's records: a change", |round| {
        let record = Record {
            key: (round % 20).to_string(),
            value: value.clone(),
        };
        records.change(vec![Change::Store(record)]).unwrap();
        async {}
    })
    .await;
}

#[tokio::main]
async fn main() {
    let (ca, files) = (pki::Ca::new(), Folder::new("latency"));
    measure_disk(&files).await;
    let root = files.file("root.pem");
    std::fs::write(&root, ca.pem()).unwrap();

    let password = Password::text(PASSWORD).unwrap();
    let mut options = ServerOptions::new(&[Version::V1_6]);
    // The bound on messages per second would be what is measured.
    options.connection.rate = None;
    let server = Server::new(options, move |attempt: &Attempt<'_>| {
        match attempt.credentials {
            Some(sent) if password.matches(&sent.password) => Ok(()),
            _ => Err(Refusal::WrongPassword),
        }
    });
    let tls = ServerTls::rustls(&[ca.issue(&pki::CSMS)], None).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut incoming = server
        .listen(listener, CsmsSecurity::TlsBasic(tls))
        .unwrap();
    let url = format!("wss://{}/ocpp", incoming.local_addr());
    let (booted, mut stations) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(connection) = incoming.accept().await {
            let driver = Driver::csms(connection, SessionOptions::csms()).unwrap();
            tokio::spawn(driver.run(Csms(booted.clone())));
        }
    });

    let state = files.file("state");
    let arguments = [
        "station",
        "--id",
        "CP1",
        "--evses",
        "2",
        "--version",
        "1.6",
        "--control",
        "127.0.0.1:0",
        "--url",
        &url,
        "--ca",
        &root,
        "--password",
        PASSWORD,
        "--state-dir",
        &state,
    ];
    let _station = tokio::task::block_in_place(|| Program::start(&arguments, 1));
    let peer = stations.recv().await.unwrap();

    measure("GetConfiguration, one key", |_| async {
        let mut request = GetConfigurationRequest::new();
        let key = "HeartbeatInterval".parse().unwrap();
        request.key = Some(vec![key].try_into().unwrap());
        peer.call(&request).await.unwrap();
    })
    .await;
    measure("GetConfiguration, all keys", |_| async {
        peer.call(&GetConfigurationRequest::new()).await.unwrap();
    })
    .await;
    measure("ChangeConfiguration (durable)", |round| {
        let value = (300 + round % 2).to_string();
        let key = "HeartbeatInterval".parse().unwrap();
        let request = ChangeConfigurationRequest::new(key, value.as_str().parse().unwrap());
        let peer = &peer;
        async move {
            let response = peer.call(&request).await.unwrap();
            assert_eq!(response.status, ConfigurationStatus::Accepted);
        }
    })
    .await;
    measure("GetCompositeSchedule, a day", |_| async {
        let request = GetCompositeScheduleRequest::new(1, 86_400);
        peer.call(&request).await.unwrap();
    })
    .await;
    measure("TriggerMessage, Heartbeat", |_| async {
        let request = TriggerMessageRequest::new(MessageTrigger::Heartbeat);
        peer.call(&request).await.unwrap();
    })
    .await;
}
