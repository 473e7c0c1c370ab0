//! What `ocpp csms` can do on this machine: `cargo bench -p ocpp-cli --bench csms -- [stations] [seconds]`.
//!
//! - Messages per second of one core while stations charge, all transactions durable: without a store, with a file in memory (/dev/shm),
//!   and with a file on the disk, so that what the store costs and what the disk costs stand apart. A second is one of the server's
//!   processor time, as in the benchmark of ocpp-tokio, with whose figures these are compared.
//! - What an idle station takes, in the program with its socket, and as a value alone: a hundred thousand in this process.
//! - How long an Authorize takes with 1, 10,000 and 1,000,000 open transactions (how many instructions, a test of ocpp-core counts).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark fails by panicking"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::path::Path;
use std::time::{Duration, Instant};

use common::{Folder, Program};
use ocpp_core::csms::TokenStatus;
use ocpp_core::csms::ledger::IdToken;
use ocpp_core::csms::remote::{
    Answer, Authorize, Config, Input, Link, Output, Purpose, Question, RemoteStation, TokenInfo,
};
use ocpp_core::csms::services::{Token, Tokens, TokensConfig};
use ocpp_core::time::{Instant as Moment, Now};
use ocpp_tokio::{ConnectOptions, Connection, Identity, Version, connect};
use tokio::task::JoinSet;

/// Ticks of /proc/PID/stat in a second, on every Linux of today.
const TICKS: f64 = 100.0;

/// Processor time of a process so far, its own and the kernel's for it; resident bytes.
fn usage(process: u32) -> (f64, f64, u64) {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let fields: Vec<&str> = fields.split(' ').collect();
    let time = |at: usize| fields[at].parse::<f64>().unwrap() / TICKS;
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    let resident: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    (time(11), time(12), resident * 1024)
}

fn csms(state: Option<&Path>) -> Program {
    let mut args = vec![
        "--accept-any-token",
        "--log",
        "off",
        "--messages-per-second",
        "0",
        "--messages",
        "0",
    ];
    if let Some(state) = state {
        args.extend(["--state", state.to_str().unwrap()]);
    }
    Program::csms(&args)
}

async fn station(csms: &Program, number: usize) -> Connection {
    let endpoint = format!("ws://{}/", csms.address("stations"));
    let identity = Identity::new(format!("CP{number:06}")).unwrap();
    let mut options = ConnectOptions::new(endpoint, identity, &[Version::V1_6]);
    options.connection.compression = None;
    let mut connection = connect(&options).await.unwrap();
    let boot = r#"[2,"boot","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]"#;
    ask(&mut connection, boot).await;
    connection
}

async fn ask(connection: &mut Connection, call: &str) -> String {
    connection.send(call).await.unwrap();
    let answer = connection.recv().await.unwrap();
    assert!(answer.starts_with("[3,"), "{call}: {answer}");
    answer
}

/// What a station has measured.
#[derive(Default)]
struct Seen {
    calls: u64,
    transactions: u64,
    /// Of calls that are stored before they are answered.
    durable: Vec<Duration>,
}

/// Sessions, one after the other: begin, ten readings with a heartbeat after each, end.
async fn charge(mut connection: Connection, number: usize, end: Instant) -> Seen {
    let mut seen = Seen::default();
    let at = "2024-05-15T12:00:00Z";
    let mut register = 0;
    while Instant::now() < end {
        let begin = Instant::now();
        let start = format!(
            r#"[2,"s","StartTransaction",{{"connectorId":1,"idTag":"T{number}","meterStart":{register},"timestamp":"{at}"}}]"#
        );
        let answer = ask(&mut connection, &start).await;
        seen.durable.push(begin.elapsed());
        let id = answer.split("\"transactionId\":").nth(1).unwrap();
        let id: String = id.chars().take_while(char::is_ascii_digit).collect();
        for _ in 0..10 {
            register += 100;
            let values = format!(
                r#"[2,"m","MeterValues",{{"connectorId":1,"transactionId":{id},"meterValue":[{{"timestamp":"{at}","sampledValue":[{{"value":"{register}","measurand":"Energy.Active.Import.Register","unit":"Wh"}},{{"value":"16.0","measurand":"Current.Import","phase":"L1","unit":"A"}}]}}]}}]"#
            );
            let begin = Instant::now();
            ask(&mut connection, &values).await;
            seen.durable.push(begin.elapsed());
            ask(&mut connection, r#"[2,"h","Heartbeat",{}]"#).await;
            seen.calls += 2;
        }
        let stop = format!(
            r#"[2,"e","StopTransaction",{{"transactionId":{id},"meterStop":{register},"timestamp":"{at}"}}]"#
        );
        let begin = Instant::now();
        ask(&mut connection, &stop).await;
        seen.durable.push(begin.elapsed());
        seen.calls += 2;
        seen.transactions += 1;
    }
    seen
}

async fn measure(what: &str, state: Option<&Path>, stations: usize, seconds: u64) {
    let csms = csms(state);
    let process = csms.id();
    let mut connections = Vec::new();
    for number in 0..stations {
        connections.push(station(&csms, number).await);
    }
    let before = usage(process);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut charging = JoinSet::new();
    for (number, connection) in connections.into_iter().enumerate() {
        charging.spawn(charge(connection, number, end));
    }
    let mut all = Seen::default();
    for seen in charging.join_all().await {
        all.calls += seen.calls;
        all.transactions += seen.transactions;
        all.durable.extend(seen.durable);
    }
    let after = usage(process);
    all.durable.sort();
    let at = |share: f64| {
        let place = (all.durable.len() as f64 * share) as usize;
        all.durable[place.min(all.durable.len() - 1)].as_secs_f64() * 1e3
    };
    let (own, kernel) = (after.0 - before.0, after.1 - before.1);
    let micros = |time: f64| time * 1e6 / all.calls as f64;
    println!(
        "| {what} | {:.0} | {:.0} | {:.1} | {:.1} | {:.0} | {:.2} | {:.2} |",
        all.calls as f64 / (own + kernel),
        all.calls as f64 / seconds as f64,
        micros(own),
        micros(kernel),
        all.transactions as f64 / seconds as f64,
        at(0.5),
        at(0.99),
    );
}

async fn idle(stations: usize) {
    let csms = csms(None);
    let process = csms.id();
    // What a first connection loads is not what a connection costs.
    let mut connections = vec![station(&csms, 0).await];
    let before = usage(process).2;
    for number in 1..=stations {
        connections.push(station(&csms, number).await);
    }
    let each = usage(process).2.saturating_sub(before) / stations as u64;
    println!(
        "an idle station of `ocpp csms` that has booted: {each} bytes resident, with its socket ({stations} stations)"
    );
}

fn now() -> Now {
    Now {
        monotonic: Moment::ORIGIN,
        utc: Some("2024-05-15T12:00:00Z".parse().unwrap()),
    }
}

/// A station that has booted, has two connectors and ten transactions behind it.
fn remote(number: u64, next: &mut u64) -> RemoteStation {
    let mut station = RemoteStation::new(&format!("CP{number:06}"), Config::default(), number);
    let mut hear = |input| {
        station.handle(now(), input);
        while let Some(output) = station.poll_output() {
            let Output::Ask { question, about } = output else {
                continue;
            };
            let answer = match about {
                Question::Number => {
                    *next += 1;
                    Answer::Number(*next)
                }
                Question::Stored(_) => Answer::Stored(None),
                _ => Answer::Token(TokenInfo::of(TokenStatus::Accepted)),
            };
            station.handle(now(), Input::Answer { question, answer });
        }
    };
    hear(Input::Connected(Link::unsecured(Version::V2_0_1)));
    let mut say = |action: &str, payload: &str| {
        hear(Input::Received(format!(
            r#"[2,"{action}","{action}",{payload}]"#
        )));
    };
    say(
        "BootNotification",
        r#"{"chargingStation":{"vendorName":"Vendor","model":"Model"},"reason":"PowerUp"}"#,
    );
    for connector in 1..3 {
        let status = format!(
            r#"{{"timestamp":"2024-05-15T12:00:00Z","connectorStatus":"Available","evseId":{connector},"connectorId":1}}"#
        );
        say("StatusNotification", &status);
    }
    for transaction in 0..10 {
        for (seq_no, kind) in ["Started", "Ended"].into_iter().enumerate() {
            let event = format!(
                r#"{{"eventType":"{kind}","timestamp":"2024-05-15T12:00:00Z","triggerReason":"Authorized","seqNo":{seq_no},"transactionInfo":{{"transactionId":"01234567-89ab-cdef-0123-{transaction:012}"}},"evse":{{"id":1}},"idToken":{{"idToken":"04A2B3C4D5E6F7","type":"ISO14443"}}}}"#
            );
            say("TransactionEvent", &event);
        }
    }
    station
}

fn fleet(count: u64) {
    let before = usage(std::process::id()).2;
    let mut next = 0;
    let stations: Vec<RemoteStation> = (0..count).map(|number| remote(number, &mut next)).collect();
    let resident = usage(std::process::id()).2 - before;
    println!(
        "an idle fleet of {} RemoteStations in one process: {} MB resident, {} bytes each",
        stations.len(),
        resident / 1_000_000,
        resident / count
    );
}

fn asked(token: &str, purpose: Purpose) -> Authorize {
    Authorize {
        id_token: IdToken::of_1_6(token),
        purpose,
        evse: Some(1),
        remote: false,
        certificate: None,
        hashes: Vec::new(),
    }
}

/// From the text of the request to the text of the answer, with so many transactions open.
fn authorize() {
    let config = TokensConfig {
        accept_any_token: true,
        ..TokensConfig::default()
    };
    let mut tokens = Tokens::new(config);
    let mine = tokens.put("04A2B3C4D5E6F7", &Token::of(TokenStatus::Accepted));
    tokens.apply(&mine.unwrap()).unwrap();
    let mut station = RemoteStation::new("CP-MINE", Config::default(), 1);
    station.handle(now(), Input::Connected(Link::unsecured(Version::V1_6)));
    let utc = now().utc.unwrap();
    let mut open = 0_u64;
    for wanted in [1, 10_000, 1_000_000] {
        while open < wanted {
            let token = format!("{:014X}", open.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 8);
            let place = format!("CP{:06}", open / 2);
            tokens.authorize(utc, &place, &asked(&token, Purpose::Transaction(open)));
            open += 1;
        }
        let mut times = Vec::with_capacity(100_000);
        for number in 0..100_000 {
            let text = format!(r#"[2,"{number}","Authorize",{{"idTag":"04A2B3C4D5E6F7"}}]"#);
            let begin = Instant::now();
            station.handle(now(), Input::Received(text));
            while let Some(output) = station.poll_output() {
                if let Output::Ask {
                    question,
                    about: Question::Authorize(asked),
                } = output
                {
                    let answer = Answer::Token(tokens.authorize(utc, "CP-MINE", &asked));
                    station.handle(now(), Input::Answer { question, answer });
                }
            }
            times.push(begin.elapsed());
        }
        times.sort();
        println!(
            "| {wanted} | {:.1} | {:.1} |",
            times[50_000].as_secs_f64() * 1e6,
            times[99_000].as_secs_f64() * 1e6
        );
    }
}

fn main() {
    let arguments: Vec<usize> = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    let stations = arguments.first().copied().unwrap_or(200);
    let seconds = arguments.get(1).map_or(10, |seconds| *seconds as u64);
    fleet(100_000);
    println!("\n| open transactions | Authorize, median µs | 99 % µs |\n|---:|---:|---:|");
    authorize();
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build().unwrap();
    runtime.block_on(async {
        println!(
            "\n{stations} stations charge for {seconds} s\n\n| store | messages/s of a core | messages/s | own µs | kernel µs | transactions/s | \
             stored: median ms | 99 % ms |\n|---|---:|---:|---:|---:|---:|---:|---:|"
        );
        measure("none", None, stations, seconds).await;
        let shm = Path::new("/dev/shm").join(format!("ocpp-bench-{}.redb", std::process::id()));
        measure("file in memory", Some(&shm), stations, seconds).await;
        let _ = std::fs::remove_file(&shm);
        let folder = Folder::new("bench-csms");
        measure("file on the disk", Some(&folder.path().join("csms.redb")), stations, seconds).await;
        println!();
        idle(stations.max(1_000)).await;
    });
}
