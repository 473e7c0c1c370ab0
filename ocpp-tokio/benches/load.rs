//! Load on a CSMS: connections per second, messages per second of the server's own CPU time, memory of idle
//! connections. The stations run in a process of their own.
//!
//! `cargo bench -p ocpp-tokio --bench load -- [plain|deflate|tls] [connections] [messages]`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ocpp_core::frame::ErrorCode;
use ocpp_tokio::server::{Attempt, Refusal, Server, ServerOptions};
use ocpp_tokio::session::{Driver, Handler, Peer, Reply, SessionOptions};
use ocpp_tokio::{
    ClientTls, ConnectOptions, Connection, CsmsSecurity, Identity, Password, ServerTls,
    StationSecurity, TlsIdentity, Version, connect,
};
use ocpp_types::DateTime;
use ocpp_types::v1_6::{AnyRequest, HeartbeatResponse, Protocol};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::task::JoinSet;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

const PASSWORD: &str = "sixteen letters!";

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

fn main() {
    let arguments: Vec<String> = std::env::args()
        .filter(|argument| argument != "--bench")
        .collect();
    let argument = |at: usize, default: &str| {
        arguments
            .get(at)
            .cloned()
            .unwrap_or_else(|| default.to_owned())
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    if argument(1, "") == "stations" {
        let address = argument(2, "").parse().unwrap();
        let number = |at| argument(at, "").parse().unwrap();
        runtime.block_on(stations(&argument(3, ""), address, number(4), number(5)));
    } else {
        let (kind, connections) = (argument(1, "plain"), argument(2, "5000"));
        runtime.block_on(csms(&kind, &connections, &argument(3, "200000")));
    }
}

fn live_bytes() -> usize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated - stats.bytes_deallocated
}

/// From /proc: resident kilobytes, and CPU time.
fn process() -> (usize, Duration) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    let resident = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap();
    let nanos = stat.split_whitespace().next().unwrap().parse().unwrap();
    (resident, Duration::from_nanos(nanos))
}

async fn csms(kind: &str, connections: &str, messages: &str) {
    let count: usize = connections.parse().unwrap();
    let total: f64 = messages.parse().unwrap();
    rlimit::increase_nofile_limit(count as u64 + 500).unwrap();
    let mut options = ServerOptions::new(&[Version::V1_6]);
    options.connection.rate = None;
    if kind != "deflate" {
        options.connection.compression = None;
    }
    let password = Password::text(PASSWORD).unwrap();
    let server = Server::new(options, move |attempt: &Attempt<'_>| {
        match attempt.credentials {
            Some(sent) if !password.matches(&sent.password) => Err(Refusal::WrongPassword),
            _ => Ok(()),
        }
    });
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let certificate = certificate.self_signed(&key).unwrap().pem();
    let security = if kind == "tls" {
        let identity = TlsIdentity {
            chain_pem: certificate.clone().into_bytes(),
            key_pem: key.serialize_pem().into_bytes(),
        };
        CsmsSecurity::TlsBasic(ServerTls::rustls(&[identity], None).unwrap())
    } else {
        CsmsSecurity::Unsecured
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut incoming = server.listen(listener, security).unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "stations",
            &incoming.local_addr().to_string(),
            kind,
            connections,
            messages,
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = tokio::process::ChildStdin::from_std(child.stdin.take().unwrap()).unwrap();
    let output = tokio::process::ChildStdout::from_std(child.stdout.take().unwrap()).unwrap();
    let mut output = BufReader::new(output).lines();
    input.write_all(certificate.as_bytes()).await.unwrap();
    input.write_all(b"\n.\n").await.unwrap();

    let (before, (resident_before, cpu)) = (live_bytes(), process());
    let start = Instant::now();
    let mut drivers = JoinSet::new();
    for _ in 0..count {
        let connection = incoming.accept().await.unwrap();
        let driver = Driver::<Protocol>::accepted(connection, SessionOptions::csms()).unwrap();
        drivers.spawn(driver.run(Answering));
    }
    output.next_line().await.unwrap().unwrap();
    let (wall, used) = (start.elapsed(), process().1 - cpu);
    let rate = count as f64;
    println!(
        "{kind}: {count} connections: {:.0} a second, {:.0} a second of the server's CPU time",
        rate / wall.as_secs_f64(),
        rate / used.as_secs_f64()
    );
    println!(
        "{kind}: idle connection: {} bytes allocated, {} bytes resident",
        (live_bytes() - before) / count,
        (process().0 - resident_before) * 1024 / count
    );
    let (start, cpu) = (Instant::now(), process().1);
    input.write_all(b"go\n").await.unwrap();
    output.next_line().await.unwrap().unwrap();
    let (wall, used) = (start.elapsed(), process().1 - cpu);
    println!(
        "{kind}: {total} calls: {:.0} a second, {:.0} a second of the server's CPU time",
        total / wall.as_secs_f64(),
        total / used.as_secs_f64()
    );
    println!(
        "{kind}: afterwards: {} bytes allocated for each connection",
        (live_bytes() - before) / count
    );
    let _ = child.kill();
    let _ = child.wait();
}

async fn stations(kind: &str, address: SocketAddr, count: usize, messages: usize) {
    rlimit::increase_nofile_limit(count as u64 + 500).unwrap();
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut root = String::new();
    while let Some(line) = lines.next_line().await.unwrap()
        && line != "."
    {
        root.push_str(&line);
        root.push('\n');
    }
    let mut connecting = JoinSet::new();
    let limit = std::sync::Arc::new(tokio::sync::Semaphore::new(64));
    let tls = (kind == "tls").then(|| ClientTls::rustls(root.as_bytes(), None).unwrap());
    for n in 0..count {
        let scheme = if tls.is_some() { "wss" } else { "ws" };
        let identity = Identity::new(format!("CP{n}")).unwrap();
        let mut options =
            ConnectOptions::new(format!("{scheme}://{address}/"), identity, &[Version::V1_6]);
        if let Some(tls) = &tls {
            let password = Password::text(PASSWORD).unwrap();
            options.security = StationSecurity::TlsBasic(tls.clone(), password);
        }
        if kind != "deflate" {
            options.connection.compression = None;
        }
        let limit = limit.clone();
        connecting.spawn(async move {
            let _permit = limit.acquire_owned().await.unwrap();
            connect(&options).await.unwrap()
        });
    }
    let mut connections: Vec<Connection> = connecting.join_all().await;
    println!("connected");
    lines.next_line().await.unwrap();
    // A hundred stations talk, each waiting for its answer; the others are idle.
    let talkers = count.min(100);
    let mut talking = JoinSet::new();
    for mut connection in connections.drain(..talkers) {
        talking.spawn(async move {
            for n in 0..messages / talkers {
                let call = format!(r#"[2,"{n}","Heartbeat",{{}}]"#);
                connection.send(&call).await.unwrap();
                connection.recv().await.unwrap();
            }
            connection
        });
    }
    let talked = talking.join_all().await;
    println!("done");
    let mut nothing = Vec::new();
    let _ = tokio::io::stdin().read_to_end(&mut nothing).await;
    drop((talked, connections));
}
