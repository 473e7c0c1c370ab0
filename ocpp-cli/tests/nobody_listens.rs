//! No output for people ends a program or blocks it: standard error and standard output that are closed, full, or a pipe
//! that nobody reads.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::fs::File;
use std::io::{PipeReader, PipeWriter, Read, Write, pipe};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{Program, ask, http, until};
use serde_json::{Value, json};

/// Where output goes that nobody reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nobody {
    /// A disk without room.
    Full,
    /// A pipe whose reader has gone.
    Gone,
    /// A pipe with no room, whose reader takes nothing.
    Asleep,
}

const ALL: [Nobody; 3] = [Nobody::Full, Nobody::Gone, Nobody::Asleep];

impl Nobody {
    /// The end to write to, and what keeps it as it is.
    fn listens(self) -> (Stdio, Option<PipeReader>) {
        match self {
            Self::Full => {
                let full = File::options().write(true).open("/dev/full").unwrap();
                (full.into(), None)
            }
            Self::Gone => (pipe().unwrap().1.into(), None),
            Self::Asleep => {
                let (reader, writer) = pipe().unwrap();
                fill(&writer);
                (writer.into(), Some(reader))
            }
        }
    }
}

/// Fills a pipe, and keeps it full: whoever writes to it afterwards waits for ever.
fn fill(pipe: &PipeWriter) {
    let mut pipe = pipe.try_clone().unwrap();
    let written = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&written);
    // Waits in the last write until the test has ended.
    std::thread::spawn(move || {
        while pipe.write_all(b"x").is_ok() {
            count.fetch_add(1, Ordering::Relaxed);
        }
    });
    let mut seen = usize::MAX;
    until("the pipe is full", || {
        std::thread::sleep(std::time::Duration::from_millis(50));
        let now = written.load(Ordering::Relaxed);
        (std::mem::replace(&mut seen, now) == now && now > 0).then_some(())
    });
}

fn is_up(address: SocketAddr) {
    assert_eq!(http(address, "GET", "/v1/health", &Value::Null).0, 200);
}

#[test]
fn a_csms_goes_on_when_nobody_reads_its_log() {
    for nobody in ALL {
        let (errors, _kept) = nobody.listens();
        let args = ["csms", "--listen", "127.0.0.1:0", "--api", "127.0.0.1:0"];
        let mut csms = Program::start_with(&args, 2, errors);
        for _ in 0..50 {
            // Turned away, which is worth a line, and answered properly.
            let mut socket = TcpStream::connect(csms.address("stations")).unwrap();
            write!(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
            let mut answer = String::new();
            socket.read_to_string(&mut answer).unwrap();
            assert!(answer.starts_with("HTTP/1.1 4"), "{nobody:?}: {answer}");
        }
        is_up(csms.address("operator"));
        assert!(csms.terminate(), "{nobody:?}");
    }
}

#[test]
fn a_station_goes_on_when_nobody_reads_its_log() {
    let args = ["csms", "--listen", "127.0.0.1:0", "--api", "127.0.0.1:0"];
    let csms = Program::start(&args, 2);
    let api = csms.address("operator");
    ask(api, "PUT", "/v1/tokens/A1", &json!({"status": "Accepted"}));
    let url = format!("ws://{}/ocpp", csms.address("stations"));
    for nobody in ALL {
        let (errors, _kept) = nobody.listens();
        let name = format!("{nobody:?}");
        let args = [
            "station",
            "--url",
            &url,
            "--id",
            &name,
            "--control",
            "127.0.0.1:0",
        ];
        let more = ["--reconnect-wait", "1", "--log", "debug"];
        let mut station = Program::start_with(&[&args[..], &more].concat(), 1, errors);
        let control = station.address("control");
        let state = || http(control, "GET", "/v1/state", &Value::Null).1;
        until("the station is accepted", || {
            (state()["registration"] == "Accepted").then_some(())
        });
        for online in [false, true] {
            ask(control, "POST", "/v1/network", &json!({"online": online}));
            until("the network is as it should be", || {
                (state()["connected"] == online).then_some(())
            });
        }
        assert!(station.runs(), "{nobody:?}");
        assert!(station.terminate(), "{nobody:?}");
    }
}

/// Addresses that are free; nobody can be asked for them when standard output is closed.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
}

#[test]
fn programs_start_and_end_when_nobody_reads_their_addresses() {
    for nobody in ALL {
        let ((output, _kept), (errors, _kept_too)) = (nobody.listens(), nobody.listens());
        let (stations, api) = (free(), free());
        let mut csms = Command::new(env!("CARGO_BIN_EXE_ocpp"))
            .args([
                "csms",
                "--listen",
                &stations.to_string(),
                "--api",
                &api.to_string(),
            ])
            .stdout(output)
            .stderr(errors)
            .spawn()
            .unwrap();
        until("the interface answers", || TcpStream::connect(api).ok());
        is_up(api);
        let id = csms.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
        let status = until("the program ends", || csms.try_wait().unwrap());
        assert!(status.success(), "{nobody:?}: {status}");
    }
}

#[test]
fn streams_that_are_closed_altogether_are_no_problem() {
    let api = free();
    let command = format!(
        "exec {} csms --listen 127.0.0.1:0 --api {api} <&- >&- 2>&-",
        env!("CARGO_BIN_EXE_ocpp")
    );
    let mut csms = Command::new("sh").args(["-c", &command]).spawn().unwrap();
    until("the interface answers", || TcpStream::connect(api).ok());
    is_up(api);
    csms.kill().unwrap();
    csms.wait().unwrap();
}

/// Runs a command that gives data, with its output somewhere.
fn run(args: &[&str], input: &str, output: Stdio, errors: Stdio) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ocpp"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(output)
        .stderr(errors)
        .spawn()
        .unwrap();
    let (mut to, input) = (child.stdin.take().unwrap(), input.to_owned());
    // It may end before it has read everything.
    let writing = std::thread::spawn(move || to.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    let _ = writing.join();
    output
}

/// Commands with output that is data, and input for them.
fn commands() -> Vec<(Vec<&'static str>, String)> {
    let wrong = "[2,\"1\",\"Heartbeat\",{\"x\":1}]\n".repeat(20_000);
    let schedule = r#"{"version":"1.6","profiles":[],"transaction":null,"request":{"connectorId":1,"startTime":"2024-05-15T12:00:00Z","duration":300,"chargingRateUnit":"A"},"config":{"voltage":230,"phases":3,"defaultLimitA":48,"defaultLimitW":33120,"evseCount":1}}"#;
    let lines = format!("{schedule}\n").repeat(2_000);
    vec![
        (vec!["validate", "--version", "1.6"], wrong.clone()),
        (vec!["validate", "--version", "1.6", "--json"], wrong),
        (vec!["schedule", "lines"], lines),
        (vec!["schedule", "explain", "-"], schedule.to_owned()),
        (vec!["conformance", "list"], String::new()),
        (vec!["conformance", "explain", "TC_001_CS"], String::new()),
        (
            vec!["conformance", "run", "--report", "json", "TC_001_CS"],
            String::new(),
        ),
    ]
}

#[test]
fn a_reader_that_has_seen_enough_ends_a_command_quietly() {
    for (args, input) in commands() {
        let (output, _) = Nobody::Gone.listens();
        let done = run(&args, &input, output, Stdio::piped());
        let told = String::from_utf8_lossy(&done.stderr);
        assert!(!told.contains("panicked"), "{args:?}: {told}");
        assert!(!told.contains("roken pipe"), "{args:?}: {told}");
        // 0, or what was found wrong until then.
        let status = done.status.code().unwrap();
        let found = args[0] == "validate" && status == 1;
        assert!(status == 0 || found, "{args:?}: {status}");
    }
}

#[test]
fn what_was_found_before_the_reader_left_decides_the_status_of_validate() {
    let right = "[2,\"a\",\"Heartbeat\",{}]\n".repeat(20_000);
    let bare = "nothing to see here\n".repeat(20_000);
    let wrong = format!("[2,\"a\",\"Reset\",{{}}]\n{right}");
    for (input, status) in [(right, 0), (bare, 0), (wrong, 1)] {
        let (output, _) = Nobody::Gone.listens();
        let args = ["validate", "--version", "1.6", "--json"];
        let done = run(&args, &input, output, Stdio::piped());
        assert_eq!(done.status.code(), Some(status));
    }
}

#[test]
fn data_that_finds_no_room_is_a_failure_and_is_told() {
    for (args, input) in commands() {
        let (output, _) = Nobody::Full.listens();
        let done = run(&args, &input, output, Stdio::piped());
        let told = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(2), "{args:?}: {told}");
        assert!(told.contains("No space left"), "{args:?}: {told}");
    }
}

#[test]
fn commands_do_their_work_when_nobody_reads_their_messages() {
    for nobody in ALL {
        for (args, input) in commands() {
            let (errors, _kept) = nobody.listens();
            let done = run(&args, &input, Stdio::piped(), errors);
            let wanted = i32::from(args[0] == "validate");
            assert_eq!(done.status.code(), Some(wanted), "{nobody:?} {args:?}");
            assert!(!done.stdout.is_empty(), "{nobody:?} {args:?}");
        }
    }
}
