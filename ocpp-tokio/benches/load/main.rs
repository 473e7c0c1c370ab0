//! Load on a CSMS: connections per second, messages per second and memory of idle connections, beside the same server
//! made of the Python packages `ocpp` and `websockets` and of the npm package `ocpp-rpc`.
//!
//! Every server is a process of its own and is measured from outside in the same way; one process with stations of ours
//! loads them in turn. What counts is the server's CPU time, so that a second is one of one core and the load generator's
//! own cost does not matter. The kernel's share is shown apart: over the loopback it holds the way to the peer's socket,
//! and no server can do with less than one read and one write for each call.
//!
//! `ocpp-tokio/benches/rivals/run` installs the rivals and runs all of it. Without rivals:
//! `cargo bench -p ocpp-tokio --bench load -- [connections] [seconds]`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod process;
mod server;
mod stations;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use process::{Server, Stations};

/// How the connections are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mode {
    tls: bool,
    deflate: bool,
}

impl Mode {
    const ALL: [Self; 4] = [
        Self::new(false, false),
        Self::new(false, true),
        Self::new(true, false),
        Self::new(true, true),
    ];

    const fn new(tls: bool, deflate: bool) -> Self {
        Self { tls, deflate }
    }

    fn name(self) -> &'static str {
        match (self.tls, self.deflate) {
            (false, false) => "plain",
            (false, true) => "deflate",
            (true, false) => "TLS",
            (true, true) => "TLS, deflate",
        }
    }

    /// The arguments of every server and of the stations.
    fn arguments(self, certificate: &Path, key: &Path) -> Vec<String> {
        let path = |path: &Path| path.to_str().unwrap().to_owned();
        let mut arguments = Vec::new();
        if self.deflate {
            arguments.push("--deflate".into());
        }
        if self.tls {
            arguments.extend(["--tls".into(), path(certificate), path(key)]);
        }
        arguments
    }
}

/// A server that is measured.
struct Contender {
    name: &'static str,
    program: PathBuf,
    arguments: Vec<String>,
    ours: bool,
}

fn contenders() -> Vec<Contender> {
    let mut all = vec![Contender {
        name: "ocpp-tokio",
        program: std::env::current_exe().unwrap(),
        arguments: vec!["server".into()],
        ours: true,
    }];
    if let Some(folder) = std::env::var_os("OCPP_RIVALS").map(PathBuf::from) {
        let file = |name| folder.join(name).to_str().unwrap().to_owned();
        for (name, program, script, validates) in [
            (
                "Python ocpp",
                folder.join("python/bin/python"),
                "server.py",
                false,
            ),
            (
                "Python ocpp, validating",
                folder.join("python/bin/python"),
                "server.py",
                true,
            ),
            ("npm ocpp-rpc", "node".into(), "server.js", false),
            ("npm ocpp-rpc, validating", "node".into(), "server.js", true),
        ] {
            let mut arguments = vec![file(script)];
            arguments.extend(validates.then(|| "--validate".into()));
            all.push(Contender {
                name,
                program,
                arguments,
                ours: false,
            });
        }
    }
    all
}

fn main() {
    let mut arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    match arguments.first().map(String::as_str) {
        Some("server") => runtime.block_on(server::run(&arguments.split_off(1))),
        Some("stations") => runtime.block_on(stations::run(&arguments.split_off(1))),
        _ => {
            let number = |at: usize, default| {
                let given = arguments.get(at).map(|text| text.parse().unwrap());
                given.unwrap_or(default)
            };
            measure_all(number(0, 5000), number(1, 5));
        }
    }
}

fn measure_all(connections: u64, seconds: u64) {
    let folder = std::env::temp_dir().join(format!("ocpp-load-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (certificate, key) = (folder.join("csms.pem"), folder.join("csms.key"));
    let pair = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    std::fs::write(&certificate, params.self_signed(&pair).unwrap().pem()).unwrap();
    std::fs::write(&key, pair.serialize_pem()).unwrap();
    println!("{connections} connections, 100 of them talk for {seconds} s\n");
    println!(
        "| server | mode | connections/s | calls/s | own µs/call | kernel µs/call | bytes/connection | allocated | after talking |"
    );
    println!("|---|---|---:|---:|---:|---:|---:|---:|---:|");
    for contender in contenders() {
        for mode in Mode::ALL {
            let arguments = mode.arguments(&certificate, &key);
            measure(&contender, mode, &arguments, connections, seconds);
        }
    }
    let _ = std::fs::remove_dir_all(folder);
}

fn measure(
    contender: &Contender,
    mode: Mode,
    arguments: &[String],
    connections: u64,
    seconds: u64,
) {
    let mut command = Command::new(&contender.program);
    command.args(&contender.arguments).args(arguments);
    let mut server = Server::start(command);
    let mut stations = Stations::start(server.port(), connections, seconds, arguments);
    // What a first connection loads is not what a connection costs.
    stations.step("warm");
    let allocated_before = contender.ours.then(|| server.allocated());
    let (before, start) = (server.usage(), Instant::now());
    stations.step("connect");
    let (connected, wall) = (server.usage(), start.elapsed());
    let allocated = allocated_before.map(|before| (server.allocated() - before) / connections);
    let talking = server.usage();
    let calls = stations.step("talk");
    let talked = server.usage();
    let talkers = connections.min(stations::TALKERS as u64);
    let talker = allocated.map(|idle| {
        let all = server.allocated() - allocated_before.unwrap_or_default();
        idle + all.saturating_sub(idle * connections) / talkers
    });
    let spent = |from: &process::Usage, to: &process::Usage| {
        let (user, system) = (to.user - from.user, to.system - from.system);
        (user.as_secs_f64(), system.as_secs_f64())
    };
    let (user, system) = spent(&before, &connected);
    let connecting = connections as f64 / (user + system);
    let (user, system) = spent(&talking, &talked);
    let micros = |seconds: f64| seconds * 1e6 / calls as f64;
    println!(
        "| {} | {} | {connecting:.0} | {:.0} | {:.1} | {:.1} | {} | {} | {} |",
        contender.name,
        mode.name(),
        calls as f64 / (user + system),
        micros(user),
        micros(system),
        connected.resident.saturating_sub(before.resident) / connections,
        told(allocated),
        told(talker),
    );
    eprintln!(
        "{} {}: {:.0} connections/s and {:.0} calls/s of wall time; kernel {} bytes per connection, both ends",
        contender.name,
        mode.name(),
        connections as f64 / wall.as_secs_f64(),
        calls as f64 / seconds as f64,
        connected.kernel.saturating_sub(before.kernel) / connections,
    );
}

fn told(bytes: Option<u64>) -> String {
    bytes.map_or_else(String::new, |bytes| bytes.to_string())
}
