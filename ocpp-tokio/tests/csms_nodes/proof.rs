//! Three nodes over one database and one bus, while everything around them fails: no acknowledged message is lost, no command is
//! carried out twice, no transaction is doubled.
#![cfg(all(feature = "postgres", feature = "nats"))]

use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use ocpp_core::csms::ledger::Bill;
use ocpp_tokio::csms::{Application, Csms, DrainPlan, NatsBus, PostgresStore, Store, Table, Taken};
use ocpp_tokio::{ConnectOptions, Connection, CsmsSecurity, Identity, Version, connect};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::peer::{accepted, config, stored};
use crate::servers::{self, Way};

/// How long a station waits for an answer before it connects anew.
const PATIENCE: Duration = Duration::from_secs(4);

/// A number from the environment.
fn setting(name: &str, default: usize) -> usize {
    let value = std::env::var(name).ok();
    value.map_or(default, |value| value.parse().unwrap())
}

/// What a fleet knows of itself, to be compared with what the CSMS says.
#[derive(Default)]
struct Books {
    /// Ends that were acknowledged: station, time of the begin, energy.
    ended: Mutex<Vec<(String, String, i64)>>,
    count: AtomicUsize,
    /// What stations were told to do.
    commands: Mutex<Vec<String>>,
    /// Commands that were said to be carried out.
    done: Mutex<Vec<String>>,
    /// Bills that the applications were told.
    billed: Mutex<HashSet<u64>>,
    stop: AtomicBool,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Billing(Arc<Books>);

impl Application for Billing {
    async fn bill(&self, _: &str, bill: &Bill) -> Taken {
        lock(&self.0.billed).insert(bill.reference);
        Taken::Yes
    }
}

/// A node in a runtime of its own, which can be killed: nothing that it is doing comes to its end.
struct Node {
    runtime: Option<Runtime>,
    csms: Csms,
    address: SocketAddr,
    to_database: Way,
    to_bus: Way,
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn node(name: &str, database: u16, bus: u16, books: &Arc<Books>) -> Node {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let (to_database, to_bus) = (Way::to(database).await, Way::to(bus).await);
    let address = servers::database(to_database.address.port());
    let (bus, name) = (to_bus.address.port(), name.to_owned());
    let application = Billing(Arc::clone(books));
    let opening = runtime.spawn(async move {
        let store = PostgresStore::open(&address).await.unwrap();
        let bus = format!("nats://127.0.0.1:{bus}");
        let bus = NatsBus::connect(&bus).await.unwrap();
        let mut config = config(&name);
        config.tokens.concurrent_transactions = true;
        let csms = Csms::open_node(config, store, bus, application)
            .await
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = csms.listen(listener, CsmsSecurity::Unsecured).unwrap();
        (csms, address)
    });
    let (csms, address) = opening.await.unwrap();
    Node {
        runtime: Some(runtime),
        csms,
        address,
        to_database,
        to_bus,
    }
}

/// A station that does as stations do: what was not acknowledged it says again, over whichever connection it gets.
struct Station {
    name: String,
    version: Version,
    nodes: Arc<RwLock<Vec<SocketAddr>>>,
    next: usize,
    connection: Option<Connection>,
    ids: u64,
    books: Arc<Books>,
}

impl Station {
    async fn connection(&mut self) -> &mut Connection {
        while self.connection.is_none() {
            let address = {
                let nodes = self.nodes.read().unwrap();
                nodes[self.next % nodes.len()]
            };
            self.next += 1;
            let identity = Identity::new(&self.name).unwrap();
            let url = format!("ws://{address}/ocpp");
            let options = ConnectOptions::new(url, identity, &[self.version]);
            match tokio::time::timeout(PATIENCE, connect(&options)).await {
                Ok(Ok(connection)) => self.connection = Some(connection),
                _ => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        self.connection.as_mut().unwrap()
    }

    /// Until it is acknowledged.
    async fn say(&mut self, action: &str, payload: &Value) -> Value {
        loop {
            self.ids += 1;
            let id = format!("{}-{}", self.name, self.ids);
            let call = json!([2, id, action, payload]).to_string();
            let sent = self.connection().await.send(&call).await;
            if sent.is_ok()
                && let Some(answer) = self.answer(&id).await
            {
                return answer;
            }
        }
    }

    /// The answer to a call; `None`: none came in time, or an error did.
    async fn answer(&mut self, id: &str) -> Option<Value> {
        let until = tokio::time::Instant::now() + PATIENCE;
        loop {
            let connection = self.connection.as_mut()?;
            let received = tokio::time::timeout_at(until, connection.recv()).await;
            let Ok(Ok(text)) = received else {
                self.connection = None;
                return None;
            };
            let message: Value = serde_json::from_str(&text).unwrap();
            if message[0] == 2 {
                // The CSMS may ask for other things by itself.
                if message[2] == "DataTransfer" {
                    let data = message[3]["data"].as_str().unwrap();
                    lock(&self.books.commands).push(data.into());
                }
                let answer = json!([3, message[1], {"status": "Accepted"}]).to_string();
                let _ = connection.send(&answer).await;
            } else if message[1] == id {
                if message[0] == 3 {
                    return Some(message[2].clone());
                }
                assert_eq!(message[2], "InternalError", "{message}");
                tokio::time::sleep(Duration::from_millis(100)).await;
                return None;
            }
        }
    }

    async fn run(mut self) {
        let boot = crate::peer::Peer::boot_payload(self.version);
        self.say("BootNotification", &boot).await;
        let mut session = 0;
        while !self.books.stop.load(Ordering::SeqCst) {
            session += 1;
            let energy = 100 + session;
            let begin = format!(
                "2024-05-{:02}T{:02}:{:02}:00Z",
                1 + session / 1440,
                session / 60 % 24,
                session % 60
            );
            if self.version == Version::V1_6 {
                self.session_1_6(&begin, energy).await;
            } else {
                self.session_2(session, &begin, energy).await;
            }
            let ended = (self.name.clone(), begin, energy);
            lock(&self.books.ended).push(ended);
            self.books.count.fetch_add(1, Ordering::SeqCst);
            if session % 5 == 0 {
                // To another node, in order.
                self.connection = None;
            }
        }
    }

    async fn session_1_6(&mut self, begin: &str, energy: i64) {
        let start =
            json!({"connectorId": 1, "idTag": "A1", "meterStart": 1000, "timestamp": begin});
        let id = self.say("StartTransaction", &start).await["transactionId"].clone();
        let values = json!([{"timestamp": begin, "sampledValue": [{"value": "1001"}]}]);
        let meter = json!({"connectorId": 1, "transactionId": id, "meterValue": values});
        self.say("MeterValues", &meter).await;
        let stop = json!({"transactionId": id, "meterStop": 1000 + energy, "timestamp": begin});
        self.say("StopTransaction", &stop).await;
    }

    async fn session_2(&mut self, session: i64, begin: &str, energy: i64) {
        let id = format!("{}-{session}", self.name);
        let events = [
            ("Started", "Authorized", 1000),
            ("Updated", "MeterValuePeriodic", 1001),
            ("Ended", "StopAuthorized", 1000 + energy),
        ];
        for (seq, (kind, trigger, wh)) in events.into_iter().enumerate() {
            let event = json!({"eventType": kind, "timestamp": begin, "triggerReason": trigger,
                "seqNo": seq, "transactionInfo": {"transactionId": id},
                "evse": {"id": 1, "connectorId": 1}, "idToken": {"idToken": "A1", "type": "ISO14443"},
                "meterValue": [{"timestamp": begin, "sampledValue": [{"value": wh}]}]});
            self.say("TransactionEvent", &event).await;
        }
    }
}

/// An operator at one node after the other, who asks stations for something that is to be done once.
async fn operate(nodes: Arc<RwLock<Vec<Csms>>>, stations: usize, books: Arc<Books>) {
    let mut number = 0;
    while !books.stop.load(Ordering::SeqCst) {
        number += 1;
        let csms = {
            let nodes = nodes.read().unwrap();
            nodes[number % nodes.len()].clone()
        };
        let name = name(number * 7 % stations);
        let Some(station) = csms.station(&name) else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let data = format!("command {number}");
        let payload = json!({"vendorId": "proof", "data": data}).to_string();
        let calling = station.call("DataTransfer", &payload);
        // A node that is killed answers nobody.
        if let Ok(Ok(_)) = tokio::time::timeout(Duration::from_secs(10), calling).await {
            lock(&books.done).push(data);
        }
    }
}

fn name(number: usize) -> String {
    format!("CP{number:05}")
}

/// Waits until so many sessions more have ended. Gives how long it took.
async fn sessions(books: &Books, more: usize) -> Duration {
    let (began, until) = (Instant::now(), books.count.load(Ordering::SeqCst) + more);
    while books.count.load(Ordering::SeqCst) < until {
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert!(
            began.elapsed()
                < Duration::from_secs(120)
                    + Duration::from_millis(50) * u32::try_from(more).unwrap(),
            "nothing goes on"
        );
    }
    began.elapsed()
}

/// OCPP_PROOF_STATIONS: how many stations; OCPP_PROOF_SESSIONS: how many sessions between two mishaps; OCPP_PROOF_AWAY: how many seconds
/// the database is away. By default few, for continuous integration.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_nodes_lose_nothing_while_everything_around_them_fails() {
    let stations = setting("OCPP_PROOF_STATIONS", 60);
    // Both ends of every connection are here.
    rlimit::increase_nofile_limit(2 * stations as u64 + 1_000).unwrap();
    let Some(mut database) = servers::postgres("proof-database").await else {
        return;
    };
    let Some(mut bus) = servers::nats("proof-bus").await else {
        return;
    };
    let books = Arc::new(Books::default());
    let mut nodes = BTreeMap::new();
    for name in ["one", "two", "three"] {
        let node = node(name, database.port, bus.port, &books).await;
        nodes.insert(name, node);
    }
    nodes["one"]
        .csms
        .put_token("A1", &accepted())
        .await
        .unwrap();
    let addresses = nodes.values().map(|node| node.address).collect();
    let addresses: Arc<RwLock<Vec<SocketAddr>>> = Arc::new(RwLock::new(addresses));
    let csmss = Arc::new(RwLock::new(
        nodes
            .values()
            .map(|node| node.csms.clone())
            .collect::<Vec<_>>(),
    ));
    let mut tasks = Vec::new();
    for number in 0..stations {
        let station = Station {
            name: name(number),
            version: if number % 2 == 0 {
                Version::V1_6
            } else {
                Version::V2_0_1
            },
            nodes: Arc::clone(&addresses),
            next: number,
            connection: None,
            ids: 0,
            books: Arc::clone(&books),
        };
        tasks.push(tokio::spawn(station.run()));
    }
    let operator = tokio::spawn(operate(Arc::clone(&csmss), stations, Arc::clone(&books)));
    let round = setting("OCPP_PROOF_SESSIONS", 2 * stations);
    let usual = sessions(&books, round).await;
    eprintln!("{round} sessions of {stations} stations: {usual:.1?}");

    // A node is killed, and starts again.
    let killed = nodes.remove("one").unwrap();
    let remaining: Vec<Csms> = nodes.values().map(|node| node.csms.clone()).collect();
    *csmss.write().unwrap() = remaining;
    drop(killed);
    eprintln!(
        "after a node was killed: {:.1?}",
        sessions(&books, round).await
    );
    let again = node("one", database.port, bus.port, &books).await;
    *addresses.write().unwrap() = nodes
        .values()
        .chain([&again])
        .map(|node| node.address)
        .collect();
    *csmss.write().unwrap() = nodes
        .values()
        .chain([&again])
        .map(|node| node.csms.clone())
        .collect();
    nodes.insert("one", again);
    sessions(&books, stations / 2).await;

    // The network is cut in two, in three ways: a node does not reach the database, or the bus, or neither; what it has said comes late.
    for (which, database, bus) in [
        ("the database", true, false),
        ("the bus", false, true),
        ("either", true, true),
    ] {
        let cut = |is_cut| {
            let two = &nodes["two"];
            two.to_database.cut(is_cut && database);
            two.to_bus.cut(is_cut && bus);
        };
        cut(true);
        let during = sessions(&books, round).await;
        cut(false);
        let after = sessions(&books, round).await;
        eprintln!("while a node does not reach {which}: {during:.1?}; then: {after:.1?}");
    }

    // A node goes in order, for an upgrade, and comes again.
    let old = nodes.remove("three").unwrap();
    *csmss.write().unwrap() = nodes.values().map(|node| node.csms.clone()).collect();
    let plan = DrainPlan::new(Duration::from_secs(2), Duration::from_secs(20));
    let began = Instant::now();
    let drained = old.csms.drain(plan).await;
    let took = began.elapsed();
    assert_eq!(
        (drained.interrupted, drained.connections),
        (0, 0),
        "{drained:?}"
    );
    drop(old);
    let again = node("three", database.port, bus.port, &books).await;
    nodes.insert("three", again);
    *addresses.write().unwrap() = nodes.values().map(|node| node.address).collect();
    *csmss.write().unwrap() = nodes.values().map(|node| node.csms.clone()).collect();
    eprintln!(
        "a node was drained in {took:.1?}; then: {:.1?}",
        sessions(&books, round).await
    );

    // The database is away.
    database.kill();
    let away = setting("OCPP_PROOF_AWAY", 3);
    tokio::time::sleep(Duration::from_secs(u64::try_from(away).unwrap())).await;
    database.start_again().await;
    eprintln!(
        "after the database was away for {away} s: {:.1?}",
        sessions(&books, round).await
    );

    // The bus is away.
    bus.kill();
    tokio::time::sleep(Duration::from_secs(1)).await;
    bus.start_again().await;
    eprintln!(
        "after the bus was away: {:.1?}",
        sessions(&books, round).await
    );

    books.stop.store(true, Ordering::SeqCst);
    for task in tasks {
        task.await.unwrap();
    }
    operator.await.unwrap();
    let csms = nodes["three"].csms.clone();
    check(&books, &csms).await;
    let store = PostgresStore::open(&servers::database(database.port))
        .await
        .unwrap();
    while !store.read(Table::Outbox, "", 1).await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let ended: HashSet<u64> = stored(&csms).await.iter().map(|it| it.reference).collect();
    assert_eq!(*lock(&books.billed), ended, "each bill is told");
}

async fn check(books: &Books, csms: &Csms) {
    let page = csms.transactions(0, usize::MAX, |_, _| true).await.unwrap();
    let mut found: Vec<(String, String, i64)> = Vec::new();
    for stored in page.transactions {
        let bill = stored.transaction.bill();
        let began = bill.started_at.expect("it has begun").to_string();
        let energy = bill.energy_wh.expect("it has ended").to_string();
        let energy = energy.parse().unwrap();
        found.push((stored.station, began.replace(".000Z", "Z"), energy));
    }
    found.sort();
    let mut ended = lock(&books.ended).clone();
    ended.sort();
    let lost: Vec<_> = ended.iter().filter(|it| !found.contains(it)).collect();
    let invented: Vec<_> = found.iter().filter(|it| !ended.contains(it)).collect();
    assert!(
        lost.is_empty() && invented.is_empty(),
        "lost: {lost:?}, stored: {invented:?}"
    );
    assert_eq!(found.len(), ended.len(), "something is doubled");
    let commands = lock(&books.commands).clone();
    let once: HashSet<&String> = commands.iter().collect();
    assert_eq!(
        once.len(),
        commands.len(),
        "carried out twice: {commands:?}"
    );
    for done in lock(&books.done).iter() {
        assert!(once.contains(done), "{done} was not carried out");
    }
    let (sessions, done) = (ended.len(), lock(&books.done).len());
    eprintln!(
        "{sessions} sessions, {} commands carried out, {done} acknowledged",
        commands.len()
    );
    assert!(done > 0, "no command has arrived");
}
