//! Links of the station driver: pings over every one of them, and links that deliver nothing and close nothing.

#![cfg(feature = "station")]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // helpers of tests, too

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ocpp_core::back_off::BackOffPolicy;
use ocpp_core::station::{CableState, ConnectorId, EvseId, Limit, Reading, StationConfig, Token};
use ocpp_tokio::server::{Attempt, Server, ServerOptions};
use ocpp_tokio::station::{Answer, DriverConfig, Hardware, StationDriver, StationHandle, Storage};
use ocpp_tokio::{Connection, CsmsSecurity, Identity, Incoming, Version};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const AT: ConnectorId = ConnectorId::new(1, 1);

/// What the hardware was told.
#[derive(Debug, Clone, PartialEq)]
enum Told {
    Contactor(bool),
    Limit(Option<Limit>),
}

#[derive(Debug, Clone, Default)]
struct Charger(Arc<Mutex<Vec<Told>>>);

impl Charger {
    fn told(&self) -> Vec<Told> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Hardware for Charger {
    fn contactor(&mut self, _at: ConnectorId, closed: bool) {
        self.0.lock().unwrap().push(Told::Contactor(closed));
    }

    fn set_limit(&mut self, _at: ConnectorId, limit: Option<Limit>) {
        self.0.lock().unwrap().push(Told::Limit(limit));
    }

    fn read_meter(&mut self, _evse: EvseId, answer: Answer<Reading>) {
        answer.with(Reading::energy(1_000));
    }
}

/// What a connection of the CSMS has seen.
#[derive(Debug, Default)]
struct Seen {
    actions: Vec<String>,
    signs_of_life: usize,
}

/// A CSMS that looks at pings, and goes deaf when it gets a certain message: it reads nothing any more and does not close.
struct Csms {
    url: String,
    connections: Arc<Mutex<Vec<Seen>>>,
}

impl Csms {
    async fn start(version: Version, deaf_at: Option<&'static str>) -> Self {
        let anybody = |_: &Attempt<'_>| Ok(());
        let mut options = ServerOptions::new(&[version]);
        options.connection.ping_interval = None;
        let server = Server::new(options, anybody);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut incoming = server.listen(listener, CsmsSecurity::Unsecured).unwrap();
        let url = format!("ws://{}/ocpp", incoming.local_addr());
        let connections = Arc::<Mutex<Vec<Seen>>>::default();
        let all = Arc::clone(&connections);
        tokio::spawn(async move {
            let _server = server;
            let mut deaf_at = deaf_at;
            while let Some(connection) = incoming.accept().await {
                let number = {
                    let mut all = all.lock().unwrap();
                    all.push(Seen::default());
                    all.len() - 1
                };
                let deaf_at = deaf_at.take();
                tokio::spawn(talk(connection, number, Arc::clone(&all), deaf_at));
            }
        });
        Self { url, connections }
    }

    async fn until(&self, what: &str, wanted: impl Fn(&[Seen]) -> bool) {
        let end = Instant::now() + Duration::from_secs(30);
        while !wanted(&self.connections.lock().unwrap()) {
            let seen = format!("{:?}", self.connections.lock().unwrap());
            assert!(Instant::now() < end, "{what}: {seen}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn talk(
    mut connection: Connection,
    number: usize,
    all: Arc<Mutex<Vec<Seen>>>,
    deaf_at: Option<&'static str>,
) {
    loop {
        let text = match connection.next().await {
            Ok(Incoming::Text(text)) => text,
            Ok(Incoming::Alive) => {
                all.lock().unwrap()[number].signs_of_life += 1;
                continue;
            }
            Err(_) => return,
        };
        let frame: Vec<Value> = serde_json::from_str(&text).unwrap();
        if frame[0] != 2 {
            continue;
        }
        let action = frame[2].as_str().unwrap();
        if deaf_at == Some(action) {
            std::future::pending::<()>().await;
        }
        all.lock().unwrap()[number].actions.push(action.into());
        let now = "2024-05-15T12:00:00Z";
        let answer = match action {
            "BootNotification" => {
                json!({"status": "Accepted", "currentTime": now, "interval": 300})
            }
            "StartTransaction" => {
                json!({"idTagInfo": {"status": "Accepted"}, "transactionId": 1})
            }
            "Authorize" => json!({"idTagInfo": {"status": "Accepted"}}),
            _ => json!({}),
        };
        let answer = json!([3, frame[1], answer]).to_string();
        if connection.send(&answer).await.is_err() {
            return;
        }
    }
}

fn setup(version: Version, url: &str) -> DriverConfig {
    let mut config = StationConfig::new(version, "Vendor", "Model", 1);
    config.back_off = BackOffPolicy {
        wait_minimum: 1,
        repeat_times: 0,
        random_range: 0,
    };
    let key = match version {
        Version::V1_6 => "WebSocketPingInterval",
        _ => "OCPPCommCtrlr.WebSocketPingInterval",
    };
    config.defaults.push((key.into(), "1".into()));
    DriverConfig::new(config, url, Identity::new("CP1").unwrap())
}

fn run(setup: DriverConfig, charger: &Charger) -> (StationHandle, tokio::task::JoinHandle<()>) {
    let mut driver = StationDriver::new(setup, charger.clone(), Storage::memory()).unwrap();
    let station = driver.handle();
    let task = tokio::spawn(async move { driver.run().await.unwrap() });
    (station, task)
}

#[tokio::test]
async fn the_driver_pings_over_every_link() {
    for version in [Version::V1_6, Version::V2_0_1] {
        let csms = Csms::start(version, None).await;
        let (station, _task) = run(setup(version, &csms.url), &Charger::default());
        for number in 0..3 {
            csms.until("pings", |all| {
                all.get(number).is_some_and(|seen| seen.signs_of_life > 1)
            })
            .await;
            station.network(false);
            station.network(true);
        }
    }
}

#[tokio::test]
async fn a_half_open_link_is_noticed_and_the_message_delivered_over_the_next_one() {
    let csms = Csms::start(Version::V1_6, Some("StopTransaction")).await;
    let mut setup = setup(Version::V1_6, &csms.url);
    let attempts = ("TransactionMessageAttempts".into(), "1".into());
    setup.station.defaults.push(attempts);
    let (station, _task) = run(setup, &Charger::default());
    csms.until("a boot", |all| !all.is_empty()).await;
    station.cable(AT, CableState::Connected);
    station
        .present_and_wait(Some(1), Token::new("A1"))
        .await
        .unwrap();
    csms.until("a start", |all| {
        all[0]
            .actions
            .iter()
            .any(|action| action == "StartTransaction")
    })
    .await;
    station
        .present_and_wait(Some(1), Token::new("A1"))
        .await
        .unwrap();
    csms.until("the stop", |all| {
        all.get(1).is_some_and(|seen| {
            seen.actions
                .iter()
                .any(|action| action == "StopTransaction")
        })
    })
    .await;
    assert_eq!(station.state().await.unwrap().given_up, []);
}

#[tokio::test]
async fn hardware_is_told_its_limit_after_every_start_and_opened_at_the_end() {
    let csms = Csms::start(Version::V1_6, None).await;
    let charger = Charger::default();
    let mut setup = setup(Version::V1_6, &csms.url);
    setup.start = false;
    let (station, task) = run(setup, &charger);
    station.state().await.unwrap();
    let told = charger.told();
    assert_eq!(
        told,
        [Told::Contactor(false), Told::Limit(None)],
        "without a connection too"
    );
    station.start();
    csms.until("a boot", |all| !all.is_empty()).await;
    station.cable(AT, CableState::Connected);
    station
        .present_and_wait(Some(1), Token::new("A1"))
        .await
        .unwrap();
    csms.until("a start", |all| {
        all[0]
            .actions
            .iter()
            .any(|action| action == "StartTransaction")
    })
    .await;
    station.hardware_restarted(None);
    station.state().await.unwrap();
    let end = [
        Told::Contactor(true),
        Told::Contactor(false),
        Told::Limit(None),
        Told::Contactor(true),
    ];
    let told = charger.told();
    assert!(told.ends_with(&end), "{told:?}");
    station.shutdown().await;
    task.await.unwrap();
    assert!(charger.told().contains(&Told::Contactor(false)));
}
