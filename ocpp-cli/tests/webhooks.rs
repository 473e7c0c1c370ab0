//! Webhooks of `ocpp csms`: what is told, to whom, how it is signed, and what happens while a receiver is away.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::sync::{Arc, Mutex};

use common::{Folder, Program, ask, raw, until};
use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use ocpp_tokio::Version;
use ocpp_tokio::testing::MockStation;
use serde_json::{Value, json};
use sha2::Sha256;

const SECRET: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A delivery.
#[derive(Debug, Clone)]
struct Told {
    id: String,
    timestamp: i64,
    signature: String,
    missed: u64,
    text: String,
    body: Value,
}

#[derive(Debug)]
struct Behaviour {
    told: Vec<Told>,
    /// The status that it answers with; `None`: it does not answer.
    status: Option<u16>,
}

/// Who is told.
struct Receiver {
    address: SocketAddr,
    behaviour: Arc<Mutex<Behaviour>>,
}

impl Receiver {
    fn new(status: Option<u16>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let told = Vec::new();
        let behaviour = Arc::new(Mutex::new(Behaviour { told, status }));
        let shared = Arc::clone(&behaviour);
        std::thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                let behaviour = Arc::clone(&shared);
                std::thread::spawn(move || {
                    let mut reader = BufReader::new(socket.try_clone().unwrap());
                    while let Some(told) = read(&mut reader) {
                        let mut behaviour = behaviour.lock().unwrap();
                        behaviour.told.push(told);
                        let Some(status) = behaviour.status else {
                            drop(behaviour);
                            std::thread::park();
                            return;
                        };
                        let mut socket = &socket;
                        let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n");
                        if socket.write_all(answer.as_bytes()).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self { address, behaviour }
    }

    fn answers(&self, status: Option<u16>) {
        self.behaviour.lock().unwrap().status = status;
    }

    fn told(&self) -> Vec<Told> {
        self.behaviour.lock().unwrap().told.clone()
    }

    /// The kinds that it was told of a station, in order.
    fn kinds(&self, station: &str) -> Vec<String> {
        let told = self.told().into_iter();
        told.filter(|told| told.body["station"] == station)
            .map(|told| told.body["kind"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn read(reader: &mut impl BufRead) -> Option<Told> {
    let mut told = Told {
        id: String::new(),
        timestamp: 0,
        signature: String::new(),
        missed: 0,
        text: String::new(),
        body: Value::Null,
    };
    let mut length = 0;
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    assert!(line.starts_with("POST /hook HTTP/1.1"), "{line}");
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(": ") else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "webhook-id" => told.id = value.into(),
            "webhook-timestamp" => told.timestamp = value.parse().unwrap(),
            "webhook-signature" => told.signature = value.into(),
            "ocpp-missed" => told.missed = value.parse().unwrap(),
            "content-length" => length = value.parse().unwrap(),
            "content-type" => assert_eq!(value, "application/json"),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    told.text = String::from_utf8(body).unwrap();
    told.body = serde_json::from_str(&told.text).unwrap();
    Some(told)
}

/// A file with webhooks: name, address, kinds.
fn file(folder: &Folder, hooks: &[(&str, SocketAddr, &str)]) -> String {
    let path = folder.file("webhooks.toml");
    let text: String = hooks
        .iter()
        .map(|(name, address, kinds)| {
            format!(
                "[[webhook]]\nname = \"{name}\"\nurl = \"http://{address}/hook\"\nsecret = \"whsec_{SECRET}\"\n\
                 timeout = 2\nkinds = {kinds}\n"
            )
        })
        .collect();
    std::fs::write(&path, text).unwrap();
    path
}

fn start(file: &str, more: &[&str]) -> Program {
    let args = ["--accept-any-token", "--webhooks", file];
    Program::csms(&[&args, more].concat())
}

/// Somebody charges at a station; returns its identity when everything is delivered.
async fn charge(csms: &Program, version: Version, wh: i64) -> String {
    let url = format!("ws://{}", csms.address("stations"));
    let station = MockStation::connect(&url, version).await.unwrap();
    station.boot().await.unwrap();
    station.plug(1);
    station.present(1, station.identity()).await.unwrap();
    station.charging(1).await.unwrap();
    station.deliver(1, wh);
    station.unplug(1);
    station.stopped(1).await.unwrap();
    station.delivered().await.unwrap();
    station.identity().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wanted_is_told_in_order_and_signed() {
    let folder = Folder::new("webhooks-told");
    let (all, bills) = (Receiver::new(Some(204)), Receiver::new(Some(200)));
    let hooks = [
        ("all", all.address, "[]"),
        ("bills", bills.address, "[\"Bill\"]"),
    ];
    let csms = start(&file(&folder, &hooks), &[]);
    for version in [Version::V1_6, Version::V2_0_1] {
        let station = charge(&csms, version, 4_200).await;
        let both = |receiver: &Receiver| receiver.kinds(&station).contains(&"Bill".into());
        until("both were told the bill", || {
            (both(&all) && both(&bills)).then_some(())
        });
        assert_eq!(bills.kinds(&station), ["Bill"]);
        until("the end was told", || {
            all.kinds(&station)
                .contains(&"TransactionEnded".into())
                .then_some(())
        });
        let kinds = all.kinds(&station);
        let place = |kind: &str| kinds.iter().position(|told| told == kind).expect(kind);
        assert!(
            place("Connected") < place("Booted") && place("Booted") < place("TransactionBegan")
        );
        assert!(place("TransactionBegan") < place("TransactionEnded"));
        let told = bills
            .told()
            .into_iter()
            .rev()
            .find(|told| told.body["station"] == *station)
            .unwrap();
        assert_eq!(
            told.body["data"]["energyWh"].to_string().trim_matches('"'),
            "4200",
            "{}",
            told.text
        );
    }
    let key = BASE64.decode(SECRET.as_bytes()).unwrap();
    for told in all.told() {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{}.{}.{}", told.id, told.timestamp, told.text).as_bytes());
        let signed = format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()));
        assert_eq!(told.signature, signed);
        assert_eq!(told.missed, 0);
        assert!(told.timestamp > 1_600_000_000);
    }
    let mut ids: Vec<String> = all.told().into_iter().map(|told| told.id).collect();
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "each has an id of its own");
    let health = ask(csms.address("operator"), "GET", "/v1/health", &Value::Null);
    assert_eq!(
        health["webhooks"][1],
        json!({"name": "bills", "up": true, "delivered": 2, "failed": 0, "waiting": 0, "missed": 0})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_comes_when_the_receiver_is_back_though_the_program_was_killed() {
    let folder = Folder::new("webhooks-killed");
    let receiver = Receiver::new(Some(503));
    let file = file(&folder, &[("billing", receiver.address, "[\"Bill\"]")]);
    let state = folder.file("csms.redb");
    let mut csms = start(&file, &["--state", &state]);
    let station = charge(&csms, Version::V2_0_1, 7).await;
    until("it was tried", || {
        (!receiver.told().is_empty()).then_some(())
    });
    let health = until("it is known to be down", || {
        let health = ask(csms.address("operator"), "GET", "/v1/health", &Value::Null);
        (health["webhooks"][0]["up"] == false).then_some(health)
    });
    assert_eq!(health["status"], "up", "stations do not care");
    assert!(
        health["webhooks"][0]["error"]
            .as_str()
            .unwrap()
            .contains("503"),
        "{health}"
    );
    let (_, _, figures) = raw(
        csms.address("operator"),
        "GET",
        "/metrics",
        &["Host: localhost"],
        "",
    );
    assert!(
        figures.contains("ocpp_webhook_up{webhook=\"billing\"} 0"),
        "{figures}"
    );
    assert!(
        figures.contains("ocpp_webhook_failures_total{webhook=\"billing\"} "),
        "{figures}"
    );
    csms.kill();
    receiver.answers(Some(200));
    let before = receiver.told().len();
    let csms = start(&file, &["--state", &state]);
    let told = until("it is told after the restart", || {
        receiver.told().get(before).cloned()
    });
    assert_eq!(told.body["station"], *station);
    assert_eq!(told.body["kind"], "Bill");
    assert_eq!(
        told.id,
        receiver.told()[0].id,
        "whoever has seen it knows it again"
    );
    // It is not told for ever.
    until("it is taken", || {
        let health = ask(csms.address("operator"), "GET", "/v1/health", &Value::Null);
        (health["webhooks"][0]["delivered"] == 1).then_some(())
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_does_not_answer_holds_up_nobody() {
    let folder = Folder::new("webhooks-slow");
    let (silent, other) = (Receiver::new(None), Receiver::new(Some(200)));
    let hooks = [
        ("silent", silent.address, "[]"),
        ("other", other.address, "[]"),
    ];
    let csms = start(&file(&folder, &hooks), &[]);
    for n in 1..=3 {
        let station = charge(&csms, Version::V1_6, n).await;
        until("the other one is told", || {
            other.kinds(&station).contains(&"Bill".into()).then_some(())
        });
    }
    let health = ask(csms.address("operator"), "GET", "/v1/health", &Value::Null);
    assert!(
        health["webhooks"][0]["waiting"].as_u64() > Some(0),
        "{health}"
    );
    assert_eq!(health["webhooks"][0]["delivered"], 0, "{health}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_the_receiver_cannot_read_is_missed_and_a_bill_is_not() {
    let folder = Folder::new("webhooks-refused");
    let receiver = Receiver::new(Some(422));
    let csms = start(
        &file(
            &folder,
            &[("picky", receiver.address, "[\"Booted\", \"Bill\"]")],
        ),
        &[],
    );
    let station = charge(&csms, Version::V1_6, 5).await;
    until("the event is given up", || {
        let health = ask(csms.address("operator"), "GET", "/v1/health", &Value::Null);
        (health["webhooks"][0]["missed"] == 1).then_some(())
    });
    receiver.answers(Some(200));
    let is_bill = |told: &Told| told.body["kind"] == "Bill" && told.body["station"] == *station;
    let told = until("the bill comes again", || {
        let told = receiver.told().into_iter().rev();
        told.take_while(|told| told.missed == 1).find(is_bill)
    });
    assert_eq!(told.missed, 1, "how many are gone is told");
}

#[test]
fn a_file_that_is_wrong_is_refused_with_its_line() {
    let folder = Folder::new("webhooks-wrong");
    let path = folder.file("wrong.toml");
    std::fs::write(
        &path,
        "[[webhook]]\nname = \"x\"\nurl = \"http://localhost/\"\nsecret = \"short\"\n",
    )
    .unwrap();
    let run = |file: &str| {
        let args = ["csms", "--listen", "127.0.0.1:0", "--webhooks", file];
        let output = Command::new(env!("CARGO_BIN_EXE_ocpp"))
            .args(args)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let told = run(&path);
    assert!(
        told.contains("wrong.toml, line 4: a secret is whsec_"),
        "{told}"
    );
    assert!(!told.contains("short"), "secrets are not told: {told}");
    let told = run(&folder.file("nowhere.toml"));
    assert!(told.contains("nowhere.toml"), "{told}");
}
