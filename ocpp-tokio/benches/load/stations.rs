//! The load: many stations, of which a hundred talk.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ocpp_tokio::{
    ClientTls, ConnectOptions, Connection, Identity, Password, StationSecurity, Version, connect,
};
use tokio::io::{AsyncBufReadExt, BufReader, Lines, Stdin};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const PASSWORD: &str = "sixteen letters!";
/// Stations that talk at the same time, each waiting for its answer as OCPP demands.
pub(crate) const TALKERS: usize = 100;
/// Handshakes at the same time.
const DIALING: usize = 64;

const METER_VALUES: &str = r#""MeterValues",{"connectorId":1,"transactionId":7,"meterValue":[{"timestamp":"2024-05-15T12:00:00Z","sampledValue":[{"value":"1134.5","measurand":"Energy.Active.Import.Register","unit":"Wh"},{"value":"16.0","measurand":"Current.Import","phase":"L1","unit":"A"}]}]}"#;

pub(crate) async fn run(arguments: &[String]) {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let number = |at: usize| arguments[at].parse::<u64>().unwrap();
    let (port, count, seconds) = (number(0), number(1), number(2));
    let tls = arguments.iter().position(|argument| argument == "--tls");
    let tls = tls.map(|at| {
        let roots = std::fs::read(&arguments[at + 1]).unwrap();
        ClientTls::rustls(&roots, None).unwrap()
    });
    let deflate = arguments.iter().any(|argument| argument == "--deflate");
    let options = |name: String| {
        let scheme = if tls.is_some() { "wss" } else { "ws" };
        let endpoint = format!("{scheme}://127.0.0.1:{port}/");
        let mut options =
            ConnectOptions::new(endpoint, Identity::new(name).unwrap(), &[Version::V1_6]);
        options.timeout = Duration::from_secs(120);
        if let Some(tls) = &tls {
            let password = Password::text(PASSWORD).unwrap();
            options.security = StationSecurity::TlsBasic(tls.clone(), password);
        }
        if !deflate {
            options.connection.compression = None;
        }
        options
    };
    let mut orders = BufReader::new(tokio::io::stdin()).lines();
    order(&mut orders).await;
    let mut first = connect(&options("first".into())).await.unwrap();
    assert_eq!(first.is_compressed(), deflate);
    talk(&mut first, Duration::from_millis(200)).await;
    println!("warm 1");

    order(&mut orders).await;
    let (mut dialing, limit) = (JoinSet::new(), Arc::new(Semaphore::new(DIALING)));
    for n in 0..count {
        let (options, limit) = (options(format!("CP{n}")), Arc::clone(&limit));
        dialing.spawn(async move {
            let _permit = limit.acquire_owned().await.unwrap();
            connect(&options).await.unwrap()
        });
    }
    let mut idle: Vec<Connection> = dialing.join_all().await;
    println!("connected {count}");

    order(&mut orders).await;
    let mut talking = JoinSet::new();
    for mut connection in idle.drain(..TALKERS.min(idle.len())) {
        talking.spawn(async move {
            let calls = talk(&mut connection, Duration::from_secs(seconds)).await;
            (calls, connection)
        });
    }
    let talked = talking.join_all().await;
    let calls: u64 = talked.iter().map(|(calls, _)| calls).sum();
    println!("calls {calls}");
    order(&mut orders).await;
}

async fn order(orders: &mut Lines<BufReader<Stdin>>) {
    let _ = orders.next_line().await;
}

/// Heartbeats and meter values in turn; how many were answered.
async fn talk(connection: &mut Connection, time: Duration) -> u64 {
    let end = Instant::now() + time;
    let mut calls = 0;
    while Instant::now() < end {
        let (call, answer) = if calls % 2 == 0 {
            (format!(r#"[2,"{calls}","Heartbeat",{{}}]"#), "currentTime")
        } else {
            (format!(r#"[2,"{calls}",{METER_VALUES}]"#), "{}")
        };
        connection.send(&call).await.unwrap();
        let response = connection.recv().await.unwrap();
        let flat = response.replace(" ", "");
        assert!(
            flat.starts_with("[3,") && response.contains(answer),
            "{response}"
        );
        calls += 1;
    }
    calls
}
