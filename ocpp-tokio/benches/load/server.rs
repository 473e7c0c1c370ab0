//! Our server: one thread, typed handlers, every payload checked.

use std::path::Path;

use ocpp_core::frame::ErrorCode;
use ocpp_tokio::server::{Attempt, Server, ServerOptions};
use ocpp_tokio::session::{Driver, Handler, Peer, Reply, SessionOptions};
use ocpp_tokio::{CsmsSecurity, ServerTls, TlsIdentity, Version};
use ocpp_types::DateTime;
use ocpp_types::v1_6::{AnyRequest, HeartbeatResponse, MeterValuesResponse, Protocol};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use tokio::io::{AsyncBufReadExt, BufReader};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

struct Answering;

impl Handler<Protocol> for Answering {
    async fn handle(&self, request: AnyRequest, reply: Reply<Protocol>, _: &Peer<Protocol>) {
        match request {
            AnyRequest::Heartbeat(request) => {
                reply.with(&request, &HeartbeatResponse::new(DateTime::UNIX_EPOCH));
            }
            AnyRequest::MeterValues(request) => reply.with(&request, &MeterValuesResponse::new()),
            _ => reply.refuse(ErrorCode::NotSupported, ""),
        }
    }
}

pub(crate) async fn run(arguments: &[String]) {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let mut options = ServerOptions::new(&[Version::V1_6]);
    // The stations of the benchmark are no misbehaving ones.
    options.connection.rate = None;
    if !arguments.iter().any(|argument| argument == "--deflate") {
        options.connection.compression = None;
    }
    let tls = arguments.iter().position(|argument| argument == "--tls");
    let security = match tls.map(|at| (&arguments[at + 1], &arguments[at + 2])) {
        Some((certificate, key)) => {
            let read = |path: &String| std::fs::read(Path::new(path)).unwrap();
            let identity = TlsIdentity {
                chain_pem: read(certificate),
                key_pem: read(key),
            };
            CsmsSecurity::TlsBasic(ServerTls::rustls(&[identity], None).unwrap())
        }
        None => CsmsSecurity::Unsecured,
    };
    // The rivals look at no password either.
    let server = Server::new(options, |_: &Attempt<'_>| Ok(()));
    let listener = tokio::net::TcpSocket::new_v4().unwrap();
    listener.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = listener.listen(4096).unwrap();
    let mut incoming = server.listen(listener, security).unwrap();
    println!("listening {}", incoming.local_addr().port());
    tokio::spawn(async move {
        while let Some(connection) = incoming.accept().await {
            let driver = Driver::<Protocol>::csms(connection, SessionOptions::csms()).unwrap();
            tokio::spawn(driver.run(Answering));
        }
    });
    let mut orders = BufReader::new(tokio::io::stdin()).lines();
    while let Ok(Some(_)) = orders.next_line().await {
        let stats = ALLOCATOR.stats();
        println!(
            "allocated {}",
            stats.bytes_allocated - stats.bytes_deallocated
        );
    }
}
