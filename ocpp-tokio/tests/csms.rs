//! The driver of a CSMS, with stations that say what the test wants.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]
#![cfg(all(feature = "csms", feature = "v1_6", feature = "v2_0_1"))]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use ocpp_core::csms::TokenStatus;
use ocpp_core::csms::ledger::{Bill, IdToken, Transaction};
use ocpp_core::csms::remote::{Authorize, Command, CommandError, Outcome, TokenInfo};
use ocpp_core::csms::services::Token;
use ocpp_tokio::csms::{
    Application, Csms, CsmsConfig, Decision, MemoryStore, PutError, Row, Store, StoreError, Table,
};
use ocpp_tokio::{
    ConnectError, ConnectOptions, Connection, CsmsSecurity, Identity, Password, StationSecurity,
    Version, connect,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;

const PASSWORD: &str = "correct horse battery";

/// A store whose writes fail when the test wants it.
#[derive(Debug, Default)]
struct Disk {
    kept: MemoryStore,
    /// How many writes go well before one fails; negative: none fails.
    good: AtomicI64,
    /// After a failure nothing is written any more: the power is gone.
    dies: AtomicBool,
}

impl Disk {
    fn whole() -> Arc<Self> {
        let disk = Self::default();
        disk.good.store(-1, Ordering::SeqCst);
        Arc::new(disk)
    }
}

impl Store for Disk {
    async fn write(&self, rows: Vec<Row>) -> Result<(), StoreError> {
        let good = self.good.load(Ordering::SeqCst);
        if good == 0 {
            if !self.dies.load(Ordering::SeqCst) {
                self.good.store(-1, Ordering::SeqCst);
            }
            return Err(StoreError::new("the disk is full"));
        }
        if good > 0 {
            self.good.store(good - 1, Ordering::SeqCst);
        }
        self.kept.write(rows).await
    }

    async fn get(&self, table: Table, key: &str) -> Result<Option<String>, StoreError> {
        self.kept.get(table, key).await
    }

    async fn read(
        &self,
        table: Table,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(String, String)>, StoreError> {
        self.kept.read(table, after, limit).await
    }
}

async fn listen(csms: &Csms, security: CsmsSecurity) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    csms.listen(listener, security).unwrap()
}

async fn open(store: impl Store, application: impl Application) -> (Csms, SocketAddr) {
    let mut config = CsmsConfig::default();
    config.journal_messages = 10;
    let csms = Csms::open(config, store, application).await.unwrap();
    let address = listen(&csms, CsmsSecurity::Unsecured).await;
    (csms, address)
}

/// A station that says what the test wants.
struct Station {
    connection: Connection,
    ids: u32,
}

impl Station {
    async fn try_connect(
        address: SocketAddr,
        identity: &str,
        version: Version,
        security: StationSecurity,
    ) -> Result<Self, ConnectError> {
        let identity = Identity::new(identity).unwrap();
        let options = ConnectOptions::new(format!("ws://{address}/ocpp"), identity, &[version]);
        let connection = connect(&options.with_security(security)).await?;
        Ok(Self { connection, ids: 0 })
    }

    async fn connect(address: SocketAddr, version: Version) -> Self {
        Self::try_connect(address, "CP1", version, StationSecurity::Unsecured)
            .await
            .unwrap()
    }

    /// A request; `Err` is the code of the CALLERROR.
    async fn try_ask(&mut self, action: &str, payload: &Value) -> Result<Value, String> {
        self.ids += 1;
        let id = format!("s{}", self.ids);
        let call = json!([2, id, action, payload]).to_string();
        self.connection.send(&call).await.unwrap();
        let answer = self.receive().await;
        assert_eq!(answer[1], id.as_str(), "{answer}");
        match answer[0].as_i64() {
            Some(3) => Ok(answer[2].clone()),
            _ => Err(answer[2].as_str().unwrap().into()),
        }
    }

    async fn ask(&mut self, action: &str, payload: &Value) -> Value {
        let answer = self.try_ask(action, payload).await;
        answer.unwrap_or_else(|code| panic!("{action}: {code}"))
    }

    async fn receive(&mut self) -> Value {
        serde_json::from_str(&self.connection.recv().await.unwrap()).unwrap()
    }
}

fn boot_1_6() -> Value {
    json!({"chargePointVendor": "V", "chargePointModel": "M"})
}

/// What a station of this version says in a charging session.
fn session(version: Version) -> Vec<(&'static str, Value)> {
    let at = |minute: u32| format!("2024-05-15T12:{minute:02}:00Z");
    if version == Version::V1_6 {
        let sample = json!([{"timestamp": at(10), "sampledValue": [{"value": "150"}]}]);
        return vec![
            ("BootNotification", boot_1_6()),
            (
                "StartTransaction",
                json!({"connectorId": 1, "idTag": "A1", "meterStart": 100, "timestamp": at(0)}),
            ),
            (
                "MeterValues",
                json!({"connectorId": 1, "transactionId": 1, "meterValue": sample}),
            ),
            (
                "StopTransaction",
                json!({"transactionId": 1, "meterStop": 300, "timestamp": at(20)}),
            ),
        ];
    }
    let event = |kind: &str, seq: i64, trigger: &str, wh: f64| {
        json!({"eventType": kind, "timestamp": at(u32::try_from(seq).unwrap() * 10),
               "triggerReason": trigger, "seqNo": seq, "transactionInfo": {"transactionId": "T1"},
               "evse": {"id": 1, "connectorId": 1},
               "idToken": {"idToken": "A1", "type": "ISO14443"},
               "meterValue": [{"timestamp": at(u32::try_from(seq).unwrap() * 10),
                               "sampledValue": [{"value": wh}]}]})
    };
    vec![
        (
            "BootNotification",
            json!({"chargingStation": {"vendorName": "V", "model": "M"}, "reason": "PowerUp"}),
        ),
        ("TransactionEvent", event("Started", 0, "Authorized", 100.0)),
        (
            "TransactionEvent",
            event("Updated", 1, "MeterValuePeriodic", 150.0),
        ),
        (
            "TransactionEvent",
            event("Ended", 2, "StopAuthorized", 300.0),
        ),
    ]
}

async fn stored(csms: &Csms) -> Vec<Transaction> {
    let page = csms.transactions(0, 100, |_, _| true).await.unwrap();
    let all = page.transactions.into_iter();
    all.map(|stored| stored.transaction).collect()
}

/// The bill without what depends on numbers that were given away in vain, and on when its messages arrived.
fn bill(transaction: &Transaction) -> Bill {
    let mut bill = transaction.bill();
    bill.reference = 0;
    (bill.received_at, bill.end_received_at) = (None, None);
    bill
}

/// Says a request until it is acknowledged, as stations do. 1.6: with the id that the CSMS has given.
async fn insist(station: &mut Station, action: &str, payload: &Value) -> (Value, u32) {
    let mut attempts = 1;
    loop {
        match station.try_ask(action, payload).await {
            Ok(answer) => return (answer, attempts),
            Err(code) => assert_eq!(code, "InternalError", "{action}"),
        }
        attempts += 1;
        assert!(attempts < 10, "{action} is never acknowledged");
    }
}

/// C2: at whichever write the disk is full, nothing is acknowledged that is not stored, and after the repetition and a restart the
/// bill is that of a session without faults.
#[tokio::test]
async fn a_write_that_fails_loses_nothing_and_doubles_nothing() {
    for version in [Version::V1_6, Version::V2_0_1] {
        let mut expected = None;
        for good in [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8] {
            let disk = Disk::whole();
            let (csms, address) = open(Arc::clone(&disk), ()).await;
            csms.put_token("A1", &Token::of(TokenStatus::Accepted))
                .await
                .unwrap();
            disk.good.store(good, Ordering::SeqCst);
            let mut station = Station::connect(address, version).await;
            let mut attempts = 0;
            let mut id = Value::Null;
            for (action, mut payload) in session(version) {
                if !payload["transactionId"].is_null() {
                    payload["transactionId"] = id.clone();
                }
                let (answer, times) = insist(&mut station, action, &payload).await;
                attempts += times;
                if action == "StartTransaction" {
                    id = answer["transactionId"].clone();
                }
            }
            if good == -1 {
                assert_eq!(attempts, 4);
            }
            let failed = attempts > 4;
            assert!(
                failed || !(0..4).contains(&good),
                "{version}: write {good} failed unseen"
            );
            drop(station);
            // That the application has taken the bill is written last, and nobody is told.
            let left = disk.good.load(Ordering::SeqCst);
            assert!(failed || good == -1 || good >= 5 || left >= 0);
            disk.good.store(-1, Ordering::SeqCst);
            csms.health().await.unwrap();
            csms.shutdown(Duration::from_secs(5)).await;
            let (again, _) = open(disk, ()).await;
            let all = stored(&again).await;
            assert_eq!(all.len(), 1, "{version}, {good}: {all:?}");
            let mut bill = bill(&all[0]);
            if version == Version::V1_6 {
                // The CSMS chooses it, and what it chose in vain is not used again.
                bill.transaction_id = ocpp_core::csms::TransactionId::Number(0);
            }
            let expected = expected.get_or_insert_with(|| bill.clone());
            assert_eq!(bill, *expected, "{version}, {good}");
            let remote = again.station("CP1").unwrap();
            assert_eq!(remote.look(|it| it.ledger().open().count()).await, 0);
            let samples = again.meter_values("CP1", all[0].reference).await.unwrap();
            assert!(!samples.is_empty());
        }
    }
}

/// The power goes at a write: what was acknowledged is there after the restart, and the station goes on with the rest.
#[tokio::test]
async fn a_power_cut_at_any_write_loses_nothing_that_was_acknowledged() {
    for version in [Version::V1_6, Version::V2_0_1] {
        for good in 0..7 {
            let disk = Disk::whole();
            disk.good.store(good, Ordering::SeqCst);
            disk.dies.store(true, Ordering::SeqCst);
            let (csms, address) = open(Arc::clone(&disk), ()).await;
            let mut station = Station::connect(address, version).await;
            let mut session = session(version).into_iter().peekable();
            let mut id = Value::Null;
            while let Some((action, payload)) = session.peek_mut() {
                if !payload["transactionId"].is_null() {
                    payload["transactionId"] = id.clone();
                }
                let Ok(answer) = station.try_ask(action, payload).await else {
                    assert!(csms.health().await.is_err());
                    break;
                };
                if *action == "StartTransaction" {
                    id = answer["transactionId"].clone();
                }
                session.next();
            }
            drop(station);
            csms.shutdown(Duration::from_secs(5)).await;
            disk.good.store(-1, Ordering::SeqCst);
            let (again, address) = open(Arc::clone(&disk), ()).await;
            let mut station = Station::connect(address, version).await;
            for (action, mut payload) in session {
                if !payload["transactionId"].is_null() {
                    payload["transactionId"] = id.clone();
                }
                let answer = station.ask(action, &payload).await;
                if action == "StartTransaction" {
                    id = answer["transactionId"].clone();
                }
            }
            let all = stored(&again).await;
            assert_eq!(all.len(), 1, "{version}, {good}: {all:?}");
            assert_eq!(all[0].bill().energy_wh, Some(200.into()));
        }
    }
}

/// The token is the application's to decide, and its answers may take time.
struct Slow {
    asked: Arc<Notify>,
    go_on: Arc<Notify>,
}

impl Application for Slow {
    async fn authorize(&self, _: &str, asked: &Authorize) -> Decision<TokenInfo> {
        match asked.id_token.id_token.as_str() {
            "slow" => {
                self.asked.notify_one();
                self.go_on.notified().await;
                Decision::Is(TokenInfo::of(TokenStatus::Blocked))
            }
            "down" => Decision::Unavailable,
            "never" => std::future::pending().await,
            _ => Decision::Default,
        }
    }

    async fn request(
        &self,
        _: &str,
        _: Version,
        action: &'static str,
        _: &str,
    ) -> Decision<String> {
        assert_eq!(action, "DataTransfer");
        Decision::Is(r#"{"status":"Accepted","data":"mine"}"#.into())
    }
}

#[tokio::test]
async fn the_application_decides_in_its_own_time_while_the_operator_goes_on() {
    let (asked, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let application = Slow {
        asked: Arc::clone(&asked),
        go_on: Arc::clone(&go_on),
    };
    let mut config = CsmsConfig::default();
    config.answer_timeout = Duration::from_millis(50);
    let csms = Csms::open(config, MemoryStore::new(), application);
    let csms = csms.await.unwrap();
    let address = listen(&csms, CsmsSecurity::Unsecured).await;
    let mut station = Station::connect(address, Version::V1_6).await;
    let invalid = station.ask("Authorize", &json!({"idTag": "A1"})).await;
    assert_eq!(
        invalid["idTagInfo"]["status"], "Invalid",
        "the services decide"
    );
    for token in ["down", "never"] {
        let payload = json!({"idTag": token});
        let answer = station.try_ask("Authorize", &payload).await;
        assert_eq!(answer, Err("InternalError".into()), "{token}");
    }
    let data = json!({"vendorId": "me"});
    let data = station.ask("DataTransfer", &data).await;
    assert_eq!(data["data"], "mine");

    let (csms, address) = open(
        MemoryStore::new(),
        Slow {
            asked: Arc::clone(&asked),
            go_on: Arc::clone(&go_on),
        },
    )
    .await;
    let mut station = Station::connect(address, Version::V1_6).await;
    let call = json!([2, "1", "Authorize", {"idTag": "slow"}]).to_string();
    station.connection.send(&call).await.unwrap();
    asked.notified().await;
    let handle = csms.station("CP1").unwrap();
    let calling = tokio::spawn(async move { handle.call("ClearCache", "{}").await });
    let call = station.receive().await;
    assert_eq!(call[2], "ClearCache", "while the question is open");
    let answer = json!([3, call[1], {"status": "Accepted"}]).to_string();
    station.connection.send(&answer).await.unwrap();
    let called = calling.await.unwrap();
    assert_eq!(called.unwrap(), r#"{"status":"Accepted"}"#);
    go_on.notify_one();
    let answer = station.receive().await;
    assert_eq!(answer[2]["idTagInfo"]["status"], "Blocked");
    let messages = csms.station("CP1").unwrap().messages();
    assert_eq!(messages.len(), 4);
    assert!(messages[0].from_station && !messages[1].from_station);
}

/// A00.FR.002, A05: several profiles at once, and whoever came with a higher one does not come with a lower one again.
#[tokio::test]
async fn each_listener_has_its_profile_and_stations_do_not_sink() {
    let (csms, open_door) = open(MemoryStore::new(), ()).await;
    let guarded = listen(&csms, CsmsSecurity::Basic).await;
    let password = || StationSecurity::Basic(Password::text(PASSWORD).unwrap());
    let come = |address, security| Station::try_connect(address, "CP1", Version::V1_6, security);
    let stranger = come(guarded, password()).await;
    assert!(matches!(stranger, Err(ConnectError::Unauthorized)));
    assert!(csms.stations().is_empty(), "strangers leave nothing behind");
    let handle = csms.put_station("CP1").await.unwrap();
    let command = Command::Password(Some(PASSWORD.into()));
    assert_eq!(handle.command(command).await, Ok(Outcome::Done));
    let without = come(open_door, StationSecurity::Unsecured).await;
    assert!(
        matches!(without, Err(ConnectError::Unauthorized)),
        "it has a password"
    );
    let mut station = come(guarded, password()).await.unwrap();
    station.ask("BootNotification", &boot_1_6()).await;
    drop(station);
    // With the right password, but lower.
    let lower = come(open_door, password()).await;
    assert!(lower.is_err(), "it has come with profile 1");
    let lowest = ocpp_core::security::SecurityProfile::None;
    let lowered = handle.command(Command::LowestProfile(lowest)).await;
    assert_eq!(lowered, Ok(Outcome::Done));
    assert!(come(open_door, password()).await.is_ok());
}

#[tokio::test]
async fn a_stranger_is_forgotten_with_its_connection_and_a_known_one_when_the_operator_says_so() {
    let (csms, address) = open(MemoryStore::new(), ()).await;
    let mut station = Station::connect(address, Version::V1_6).await;
    // It says nothing that lasts.
    station.ask("Heartbeat", &json!({})).await;
    assert_eq!(csms.stations().len(), 1);
    drop(station);
    until(|| csms.stations().is_empty()).await;
    let mut station = Station::connect(address, Version::V1_6).await;
    station.ask("BootNotification", &boot_1_6()).await;
    let handle = csms.station("CP1").unwrap();
    let charge = json!({"connectorId": 1, "idTag": "A1", "meterStart": 100, "timestamp": "2024-05-15T12:00:00Z"});
    let begun = station.ask("StartTransaction", &charge).await;
    assert!(!handle.forget().await.unwrap(), "a transaction is open");
    let end = json!({"transactionId": begun["transactionId"], "meterStop": 200, "timestamp": "2024-05-15T13:00:00Z"});
    station.ask("StopTransaction", &end).await;
    let waiting = handle.clone();
    let calling = tokio::spawn(async move { waiting.call("ClearCache", "{}").await });
    station.receive().await;
    assert!(handle.forget().await.unwrap());
    assert!(
        station.connection.recv().await.is_err(),
        "its connection ends"
    );
    assert!(calling.await.unwrap().is_err());
    assert!(csms.stations().is_empty() && csms.station("CP1").is_none());
    assert_eq!(stored(&csms).await.len(), 1, "what is billed stays");
}

#[tokio::test]
async fn there_is_room_for_so_many_stations_and_known_ones_come_first() {
    let mut config = CsmsConfig::default();
    config.max_stations = 2;
    let csms = Csms::open(config, MemoryStore::new(), ()).await.unwrap();
    let address = listen(&csms, CsmsSecurity::Unsecured).await;
    csms.put_station("CP1").await.unwrap();
    let come = |id| Station::try_connect(address, id, Version::V1_6, StationSecurity::Unsecured);
    let mut stranger = come("X1").await.unwrap();
    // The CSMS has it only when it answers.
    stranger.ask("Heartbeat", &json!({})).await;
    assert!(matches!(
        come("X2").await,
        Err(ConnectError::UnknownStation)
    ));
    assert!(come("CP1").await.is_ok());
    drop(stranger);
    until(|| csms.station("X1").is_none()).await;
    assert!(come("X2").await.is_ok());
}

async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::task::yield_now().await;
    }
}

/// A station comes back before its old connection is known to be dead.
#[tokio::test]
async fn a_reconnection_replaces_the_old_connection_and_outlives_it() {
    let (csms, address) = open(MemoryStore::new(), ()).await;
    let mut dead = Station::connect(address, Version::V1_6).await;
    dead.ask("BootNotification", &boot_1_6()).await;
    let handle = csms.station("CP1").unwrap();
    let waiting = handle.clone();
    let calling = tokio::spawn(async move { waiting.call("ClearCache", "{}").await });
    dead.receive().await;
    let mut alive = Station::connect(address, Version::V2_0_1).await;
    let lost = calling.await.unwrap();
    assert!(matches!(lost, Err(CommandError::Call(_))), "{lost:?}");
    assert!(dead.connection.recv().await.is_err());
    alive.ask("Heartbeat", &json!({})).await;
    assert_eq!(handle.version(), Some(Version::V2_0_1));
    let waiting = handle.clone();
    let calling = tokio::spawn(async move { waiting.call("ClearCache", "{}").await });
    let call = alive.receive().await;
    let answer = json!([3, call[1], {"status": "Rejected"}]).to_string();
    alive.connection.send(&answer).await.unwrap();
    assert_eq!(calling.await.unwrap().unwrap(), r#"{"status":"Rejected"}"#);
    let nonsense = handle.call("Nonsense", "{}").await;
    assert_eq!(nonsense, Err(CommandError::NotInThisVersion));
    let invalid = handle.call("Reset", "[]").await;
    assert!(matches!(invalid, Err(CommandError::Invalid { .. })));
    drop(alive);
    until(|| !handle.is_connected()).await;
    let gone = handle.call("ClearCache", "{}").await;
    assert_eq!(gone, Err(CommandError::NotConnected));
}

/// Whoever waits for a command may go away, in the middle of storing it too.
#[tokio::test]
async fn a_command_is_carried_out_even_if_nobody_waits_for_it() {
    let (csms, _) = open(MemoryStore::new(), ()).await;
    let handle = csms.put_station("CP1").await.unwrap();
    let command = handle.command(Command::Password(Some(PASSWORD.into())));
    let mut command = Box::pin(command);
    let once = std::future::poll_fn(|context| {
        std::task::Poll::Ready(command.as_mut().poll(context).is_ready())
    });
    assert!(!once.await);
    drop(command);
    tokio::task::yield_now().await;
    assert!(handle.look(|station| station.has_password()).await);
}

#[tokio::test]
async fn transactions_are_read_page_by_page() {
    let (csms, address) = open(MemoryStore::new(), ()).await;
    let mut station = Station::connect(address, Version::V1_6).await;
    station.ask("BootNotification", &boot_1_6()).await;
    for number in 1..=5 {
        let start = json!({"connectorId": 1, "idTag": "A1", "meterStart": number,
                           "timestamp": "2024-05-15T12:00:00Z"});
        let id = station.ask("StartTransaction", &start).await["transactionId"].clone();
        let stop = json!({"transactionId": id, "meterStop": number,
                          "timestamp": "2024-05-15T13:00:00Z"});
        station.ask("StopTransaction", &stop).await;
    }
    let numbers = |page: &ocpp_tokio::csms::TransactionsPage| {
        let all = page.transactions.iter();
        all.map(|stored| stored.transaction.reference)
            .collect::<Vec<_>>()
    };
    let first = csms.transactions(0, 2, |_, _| true).await.unwrap();
    assert_eq!((numbers(&first), first.next), (vec![1, 2], Some(2)));
    let odd = |_: &str, transaction: &Transaction| transaction.reference % 2 == 1;
    let second = csms.transactions(2, 2, odd).await.unwrap();
    assert_eq!((numbers(&second), second.next), (vec![3, 5], None));
    let one = csms.transaction(4).await.unwrap().unwrap();
    assert_eq!((one.transaction.reference, &*one.station), (4, "CP1"));
    assert_eq!(csms.transaction(6).await.unwrap(), None);
}

#[cfg(feature = "redb")]
#[tokio::test]
async fn a_file_keeps_everything_and_one_program_has_it_open() {
    use ocpp_tokio::csms::FileStore;
    let folder = std::env::temp_dir().join(format!("ocpp-csms-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("state.redb");
    let (csms, address) = open(FileStore::open(&path).unwrap(), ()).await;
    assert!(FileStore::open(&path).is_err());
    csms.put_token("A1", &Token::of(TokenStatus::Accepted))
        .await
        .unwrap();
    let mut station = Station::connect(address, Version::V2_0_1).await;
    for (action, payload) in session(Version::V2_0_1).into_iter().take(3) {
        station.ask(action, &payload).await;
    }
    drop(station);
    csms.shutdown(Duration::from_secs(5)).await;
    let before = stored(&csms).await;
    drop(csms);
    // The tasks of connections that have ended let go of the store a moment later.
    let file = loop {
        match FileStore::open(&path) {
            Ok(file) => break file,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    let (again, _) = open(file, ()).await;
    assert_eq!(stored(&again).await, before);
    assert!(again.tokens(|tokens| tokens.get("a1").is_some()));
    let station = again.station("CP1").unwrap();
    assert_eq!(station.look(|it| it.ledger().open().count()).await, 1);
    let samples = again.meter_values("CP1", 1).await.unwrap();
    assert_eq!(samples.len(), 2);
    drop((station, again));
    let _ = std::fs::remove_dir_all(folder);
}

/// A station that has lost what it knew, and sends what it once sent: nothing is billed twice, also after a restart.
#[tokio::test]
async fn what_left_memory_long_ago_is_not_billed_twice() {
    for version in [Version::V1_6, Version::V2_0_1] {
        let disk = Disk::whole();
        let (csms, address) = open(Arc::clone(&disk), ()).await;
        let mut station = Station::connect(address, version).await;
        let mut first = Vec::new();
        for number in 0..10_i64 {
            for (action, mut payload) in session(version).into_iter().skip(1) {
                match version {
                    Version::V1_6 if action == "StartTransaction" => {
                        payload["meterStart"] = json!(100 + number * 1000);
                    }
                    Version::V1_6 => {
                        payload["transactionId"] = json!(number + 1);
                        if action == "StopTransaction" {
                            payload["meterStop"] = json!(300 + number * 1000);
                        }
                    }
                    _ => {
                        payload["transactionInfo"]["transactionId"] =
                            json!(format!("T {number}%/"));
                    }
                }
                let answer = station.ask(action, &payload).await;
                if number == 0 {
                    first.push((action, payload, answer));
                }
            }
        }
        let before = stored(&csms).await;
        assert_eq!(before.len(), 10);
        for (action, payload, answer) in &first {
            assert_eq!(&station.ask(action, payload).await, answer);
        }
        drop(station);
        csms.shutdown(Duration::from_secs(5)).await;
        let (again, address) = open(disk, ()).await;
        let mut station = Station::connect(address, version).await;
        for (action, payload, answer) in &first {
            assert_eq!(&station.ask(action, payload).await, answer);
        }
        assert_eq!(stored(&again).await, before);
        if version == Version::V1_6 {
            // The number of somebody else's transaction is none of this station's.
            let mut other =
                Station::try_connect(address, "CP2", version, StationSecurity::Unsecured)
                    .await
                    .unwrap();
            let (action, payload, _) = first.last().unwrap();
            other.ask(action, payload).await;
            assert_eq!(stored(&again).await.len(), 11);
        }
    }
}

fn provision(serial: &str) -> Command {
    Command::Provision {
        serial_number: Some(serial.into()),
    }
}

/// Nobody comes with the serial number of another station as his identity, and nobody is given one that is somebody's name.
#[tokio::test]
async fn identities_and_serial_numbers_are_one_namespace() {
    let disk = Disk::whole();
    let (csms, address) = open(Arc::clone(&disk), ()).await;
    let come = |id| Station::try_connect(address, id, Version::V1_6, StationSecurity::Unsecured);
    let mut squatter = come("SN-1").await.unwrap();
    squatter.ask("BootNotification", &boot_1_6()).await;
    let one = csms.put_station("CP1").await.unwrap();
    let two = csms.put_station("CP2").await.unwrap();
    assert_eq!(one.command(provision("SN-1")).await, Ok(Outcome::Done));
    assert!(
        squatter.connection.recv().await.is_err(),
        "it is thrown out"
    );
    assert!(come("SN-1").await.is_err());
    let taken = Err(CommandError::NameTaken);
    assert_eq!(two.command(provision("SN-1")).await, taken);
    assert_eq!(two.command(provision("CP1")).await, taken);
    assert!(matches!(
        csms.put_station("SN-1").await,
        Err(PutError::Taken(_))
    ));
    let known = csms.station("SN-1").unwrap();
    let password = Command::Password(Some(PASSWORD.into()));
    assert_eq!(known.command(password).await, taken);
    assert_eq!(two.command(provision("CP2")).await, Ok(Outcome::Done));
    // After a restart too, and a serial number that could not be stored is nobody's.
    disk.good.store(0, Ordering::SeqCst);
    let lost = two.command(provision("SN-2")).await;
    assert_eq!(lost, Err(CommandError::NotStored));
    csms.put_station("SN-2").await.unwrap();
    csms.shutdown(Duration::from_secs(5)).await;
    let (csms, address) = open(Arc::clone(&disk), ()).await;
    let come = |id| Station::try_connect(address, id, Version::V1_6, StationSecurity::Unsecured);
    assert!(come("SN-1").await.is_err());
    assert!(come("SN-2").await.is_ok());
    // It is free when the station that had it is forgotten.
    assert!(csms.station("CP1").unwrap().forget().await.unwrap());
    assert!(come("SN-1").await.is_ok());
    assert!(csms.put_station("no/name at all").await.is_err());
}

#[tokio::test]
async fn a_station_is_thrown_out_when_it_would_not_be_let_in_any_more() {
    let (csms, address) = open(MemoryStore::new(), ()).await;
    let handle = csms.put_station("CP1").await.unwrap();
    assert_eq!(handle.disconnect().await, Err(CommandError::NotConnected));
    let security = || StationSecurity::Basic(Password::text(PASSWORD).unwrap());
    let mut station = Station::connect(address, Version::V1_6).await;
    station.ask("BootNotification", &boot_1_6()).await;
    handle.disconnect().await.unwrap();
    assert!(station.connection.recv().await.is_err());
    until(|| !handle.is_connected()).await;
    let mut station = Station::connect(address, Version::V1_6).await;
    station.ask("Heartbeat", &json!({})).await;
    let password = Command::Password(Some(PASSWORD.into()));
    assert_eq!(handle.command(password.clone()).await, Ok(Outcome::Done));
    assert!(station.connection.recv().await.is_err());
    let come = |security| Station::try_connect(address, "CP1", Version::V1_6, security);
    let mut station = come(security()).await.unwrap();
    // The same one changes nothing.
    assert_eq!(handle.command(password).await, Ok(Outcome::Done));
    station.ask("Heartbeat", &json!({})).await;
    let profile = ocpp_core::security::SecurityProfile::Basic;
    let raised = handle.command(Command::LowestProfile(profile)).await;
    assert_eq!(raised, Ok(Outcome::Done));
    assert!(station.connection.recv().await.is_err());
    assert!(come(security()).await.is_err());
}

/// A handle is a name: it is for whatever station is called so now.
#[tokio::test]
async fn a_handle_follows_its_station() {
    let (csms, address) = open(MemoryStore::new(), ()).await;
    let mut station = Station::connect(address, Version::V1_6).await;
    station.ask("Heartbeat", &json!({})).await;
    let handle = csms.station("CP1").unwrap();
    drop(station);
    until(|| csms.stations().is_empty()).await;
    assert!(!handle.is_connected() && handle.version().is_none());
    let mut station = Station::connect(address, Version::V2_0_1).await;
    station.ask("Heartbeat", &json!({})).await;
    assert_eq!(handle.version(), Some(Version::V2_0_1));
    let calling = tokio::spawn({
        let handle = handle.clone();
        async move { handle.call("ClearCache", "{}").await }
    });
    let call = station.receive().await;
    let answer = json!([3, call[1], {"status": "Accepted"}]).to_string();
    station.connection.send(&answer).await.unwrap();
    assert!(calling.await.unwrap().is_ok());
    // What is said of a station that has gone is said of the one that comes.
    drop(station);
    until(|| csms.stations().is_empty()).await;
    let password = Command::Password(Some(PASSWORD.into()));
    assert_eq!(handle.command(password).await, Ok(Outcome::Done));
    let come = Station::try_connect(address, "CP1", Version::V1_6, StationSecurity::Unsecured);
    assert!(matches!(come.await, Err(ConnectError::Unauthorized)));
}

/// Made-up identities leave nothing behind beyond a bound, also those that boot; whatever has charged stays.
#[tokio::test]
async fn strangers_that_boot_are_remembered_in_a_bounded_number() {
    let disk = Disk::whole();
    let mut config = CsmsConfig::default();
    config.max_strangers = 3;
    let csms = Csms::open(config.clone(), Arc::clone(&disk), ())
        .await
        .unwrap();
    let address = listen(&csms, CsmsSecurity::Unsecured).await;
    csms.put_station("CP1").await.unwrap();
    let come = |id: String| async move {
        Station::try_connect(address, &id, Version::V1_6, StationSecurity::Unsecured).await
    };
    let charge = json!({"connectorId": 1, "idTag": "A1", "meterStart": 100, "timestamp": "2024-05-15T12:00:00Z"});
    for number in 0..10 {
        let mut stranger = come(format!("X{number}")).await.unwrap();
        stranger.ask("BootNotification", &boot_1_6()).await;
        if number == 0 {
            stranger.ask("StartTransaction", &charge).await;
        }
        drop(stranger);
        let handle = csms.station(&format!("X{number}")).unwrap();
        until(|| !handle.is_connected()).await;
    }
    let rows = || async {
        let rows = disk.kept.read(Table::Stations, "", 100).await.unwrap();
        rows.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    };
    let expected = ["CP1", "X0", "X8", "X9"];
    while rows().await != expected {
        tokio::task::yield_now().await;
    }
    until(|| csms.stations().len() == 4).await;
    // After a restart too; and while all of them are busy, nobody else comes.
    csms.shutdown(Duration::from_secs(5)).await;
    config.max_strangers = 2;
    let csms = Csms::open(config, Arc::clone(&disk), ()).await.unwrap();
    let address = listen(&csms, CsmsSecurity::Unsecured).await;
    let come = |id: &str| {
        let id = id.to_owned();
        async move {
            Station::try_connect(address, &id, Version::V1_6, StationSecurity::Unsecured).await
        }
    };
    while rows().await != ["CP1", "X0", "X9"] {
        tokio::task::yield_now().await;
    }
    let mut busy = come("X9").await.unwrap();
    busy.ask("StartTransaction", &charge).await;
    drop(busy);
    let handle = csms.station("X9").unwrap();
    until(|| !handle.is_connected()).await;
    assert!(matches!(
        come("X10").await,
        Err(ConnectError::UnknownStation)
    ));
    assert!(come("X9").await.is_ok() && come("CP1").await.is_ok());
    // The operator makes one his own.
    handle.command(Command::Put).await.unwrap();
    assert!(come("X10").await.is_ok());
}

/// An application that panics wherever it can.
struct Panics;

impl Application for Panics {
    async fn authorize(&self, _: &str, asked: &Authorize) -> Decision<TokenInfo> {
        assert_ne!(asked.id_token.id_token, "panic");
        Decision::Is(TokenInfo::of(TokenStatus::Accepted))
    }

    fn event(&self, _: &ocpp_core::csms::RemoteStation, _: &ocpp_core::csms::remote::StationEvent) {
        panic!("event");
    }

    fn message(&self, _: &str, _: bool, _: &str) {
        panic!("message");
    }
}

#[tokio::test]
async fn a_panic_of_the_application_stops_neither_stations_nor_operators() {
    let (csms, address) = open(MemoryStore::new(), Panics).await;
    let mut station = Station::connect(address, Version::V1_6).await;
    station.ask("BootNotification", &boot_1_6()).await;
    let code = station
        .try_ask("Authorize", &json!({"idTag": "panic"}))
        .await;
    assert_eq!(code, Err("InternalError".into()));
    station.ask("Authorize", &json!({"idTag": "A1"})).await;
    let handle = csms.station("CP1").unwrap();
    let calling = tokio::spawn({
        let handle = handle.clone();
        async move { handle.call("ClearCache", "{}").await }
    });
    let call = station.receive().await;
    let answer = json!([3, call[1], {"status": "Accepted"}]).to_string();
    station.connection.send(&answer).await.unwrap();
    assert!(calling.await.unwrap().is_ok());
    drop(station);
    until(|| !handle.is_connected()).await;
}

/// Answers what comes until a list has come, which gets this status.
async fn take_list(station: &mut Station, status: &str) -> Value {
    loop {
        let call = station.receive().await;
        let response = match call[2].as_str() {
            Some("SendLocalList") => json!({"status": status}),
            _ => {
                json!({"configurationKey": [{"key": "SendLocalListMaxLength", "readonly": true, "value": "10"}]})
            }
        };
        let frame = json!([3, call[1], response]).to_string();
        station.connection.send(&frame).await.unwrap();
        if call[2] == "SendLocalList" {
            return call[3].clone();
        }
    }
}

/// D01: the difference, all of it when the station does not take the difference, and nothing when it has them; what each station
/// has is known after a restart.
#[tokio::test]
async fn a_local_list_is_brought_to_a_station() {
    let disk = Disk::whole();
    let (csms, address) = open(Arc::clone(&disk), ()).await;
    let info = TokenInfo::of(TokenStatus::Accepted);
    let tokens = |all: &[&str]| -> Vec<(IdToken, TokenInfo)> {
        all.iter()
            .map(|text| (IdToken::of_1_6(text), info.clone()))
            .collect()
    };
    let bring = |csms: &Csms, all: &[&str]| {
        let (handle, tokens) = (csms.station("CP1").unwrap(), tokens(all));
        tokio::spawn(async move { handle.bring_local_list(&tokens).await })
    };
    let mut station = Station::connect(address, Version::V1_6).await;
    station.ask("BootNotification", &boot_1_6()).await;
    let bringing = bring(&csms, &["A", "B"]);
    let sent = take_list(&mut station, "Accepted").await;
    assert_eq!(
        (&sent["updateType"], &sent["listVersion"]),
        (&json!("Full"), &json!(1))
    );
    assert!(matches!(
        bringing.await.unwrap(),
        Ok(Some(Outcome::Accepted { .. }))
    ));
    assert_eq!(bring(&csms, &["b", "a"]).await.unwrap(), Ok(None));
    let bringing = bring(&csms, &["A", "B", "C"]);
    let sent = take_list(&mut station, "VersionMismatch").await;
    assert_eq!(sent["updateType"], "Differential");
    assert_eq!(sent["localAuthorizationList"].as_array().unwrap().len(), 1);
    let sent = take_list(&mut station, "Accepted").await;
    assert_eq!(sent["updateType"], "Full");
    assert_eq!(sent["localAuthorizationList"].as_array().unwrap().len(), 3);
    assert!(matches!(
        bringing.await.unwrap(),
        Ok(Some(Outcome::Accepted { .. }))
    ));
    let handle = csms.station("CP1").unwrap();
    assert_eq!(handle.local_list_version(), Some(3));
    // The connection is lost before the station has answered.
    let bringing = bring(&csms, &["A"]);
    station.receive().await;
    drop(station);
    assert!(bringing.await.unwrap().is_err());
    assert!(
        bring(&csms, &["A"]).await.unwrap().is_err(),
        "it is not connected"
    );
    csms.shutdown(Duration::from_secs(5)).await;
    let (csms, address) = open(disk, ()).await;
    let mut station = Station::connect(address, Version::V1_6).await;
    station.ask("Heartbeat", &json!({})).await;
    assert_eq!(csms.station("CP1").unwrap().local_list_version(), None);
    let bringing = bring(&csms, &["A"]);
    assert_eq!(
        take_list(&mut station, "Accepted").await["updateType"],
        "Full"
    );
    assert!(bringing.await.unwrap().is_ok());
    // The operator sends one past this.
    let handle = csms.station("CP1").unwrap();
    let calling = tokio::spawn({
        let handle = handle.clone();
        let list = r#"{"listVersion": 9, "updateType": "Full"}"#;
        async move { handle.call("SendLocalList", list).await }
    });
    take_list(&mut station, "Accepted").await;
    assert!(calling.await.unwrap().is_ok());
    assert_eq!(handle.local_list_version(), None);
}
