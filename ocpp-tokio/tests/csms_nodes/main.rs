//! Several processes on one store, and what is told again after a restart.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]
#![allow(
    dead_code,
    unreachable_pub,
    reason = "what there is to test depends on the features"
)]
#![cfg(all(feature = "csms", feature = "v1_6", feature = "v2_0_1"))]

mod backup;
mod cluster;
mod damaged;
mod database;
mod drained;
mod everywhere;
mod found;
mod peer;
mod person;
mod proof;
mod servers;
mod stores;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ocpp_core::csms::ledger::{Bill, Warning};
use ocpp_core::csms::remote::{Command, Outcome};
use ocpp_tokio::csms::{
    Application, Csms, Expect, MemoryStore, Row, Store, Table, Taken, TransactionFilter,
};
use ocpp_tokio::server::{Attempt, Refusal};
use ocpp_tokio::{ConnectError, Password, StationSecurity, Version};
use peer::{Peer, accepted, config, open, open_as, stored, until};
use serde_json::{Value, json};
use tokio::sync::Notify;

const PASSWORD: &str = "correct horse battery";

fn start(meter: i64) -> Value {
    json!({"connectorId": 1, "idTag": "A1", "meterStart": meter, "timestamp": "2024-05-15T12:00:00Z"})
}

fn stop(id: &Value, meter: i64) -> Value {
    json!({"transactionId": id, "meterStop": meter, "timestamp": "2024-05-15T13:00:00Z"})
}

#[tokio::test]
async fn a_row_is_written_only_if_it_is_what_was_expected() {
    let store = MemoryStore::new();
    stores::conditions(&store).await;
    stores::order(&store).await;
    stores::races(Arc::new(MemoryStore::new())).await;
}

#[cfg(feature = "redb")]
#[tokio::test]
async fn a_row_of_a_file_is_written_only_if_it_is_what_was_expected() {
    use ocpp_tokio::csms::FileStore;
    let folder = peer::scratch("conditions");
    let store = Arc::new(FileStore::open(&folder.join("state.redb")).unwrap());
    stores::conditions(&*store).await;
    stores::order(&*store).await;
    stores::races(Arc::clone(&store)).await;
    drop(store);
    let store = FileStore::open(&folder.join("state.redb")).unwrap();
    assert!(store.get(Table::Nodes, "counter").await.unwrap().is_some());
    drop(store);
    let _ = std::fs::remove_dir_all(folder);
}

/// Two programs on one database give no number twice, and each bill stands where it was put.
#[tokio::test]
async fn two_processes_on_one_store_do_not_write_over_each_other() {
    let store = Arc::new(MemoryStore::new());
    let (one, at_one) = open_as("one", Arc::clone(&store), ()).await;
    let (two, at_two) = open_as("two", Arc::clone(&store), ()).await;
    for csms in [&one, &two] {
        csms.put_token("A1", &accepted()).await.unwrap();
    }
    let mut energy = Vec::new();
    for (at, name) in [
        (at_one, "CP1"),
        (at_two, "CP2"),
        (at_one, "CP3"),
        (at_two, "CP4"),
    ] {
        let mut peer = Peer::connect(at, name, Version::V1_6).await;
        peer.boot().await;
        let meter = i64::try_from(energy.len()).unwrap();
        let id = peer.ask("StartTransaction", &start(0)).await["transactionId"].clone();
        peer.ask("StopTransaction", &stop(&id, meter)).await;
        energy.push((name.to_owned(), meter.to_string()));
    }
    let page = one.transactions(0, 100, |_, _| true).await.unwrap();
    let bills = page.transactions.iter().map(|stored| {
        let energy = stored.transaction.bill().energy_wh;
        (stored.station.clone(), energy.unwrap().to_string())
    });
    let mut found: Vec<_> = bills.collect();
    found.sort();
    assert_eq!(found, energy);
}

/// A process that has lost a station without knowing it cannot write any more; the station goes on at the other one, with the
/// same transaction.
#[tokio::test]
async fn whoever_only_seems_to_have_a_station_cannot_write() {
    for version in [Version::V1_6, Version::V2_0_1] {
        let store = Arc::new(MemoryStore::new());
        let (one, at_one) = open_as("one", Arc::clone(&store), ()).await;
        let (two, at_two) = open_as("two", Arc::clone(&store), ()).await;
        for csms in [&one, &two] {
            csms.put_token("A1", &accepted()).await.unwrap();
        }
        let mut old = Peer::connect(at_one, "CP1", version).await;
        old.boot().await;
        let id = old.begin().await;
        // The network between the station and the first one is cut; it connects to the second one, and charges on.
        let mut new = Peer::connect(at_two, "CP1", version).await;
        new.meter(&id, 1, 150).await;
        // What comes late over the old connection is neither acknowledged nor stored, and the connection ends.
        let late = old.try_meter(&id, 1, 9_000).await;
        assert!(late.is_err(), "{late:?}");
        old.ended().await;
        new.end(&id, 2, 300).await;
        let all = stored(&two).await;
        assert_eq!(all.len(), 1, "{version}: {all:?}");
        assert_eq!(all[0].bill().energy_wh, Some(200.into()));
        assert!(all[0].bill().warnings.is_empty(), "{:?}", all[0].bill());
        // And back again: the first one reads what has been stored meanwhile.
        let mut back = Peer::connect(at_one, "CP1", version).await;
        back.end(&id, 2, 300).await;
        assert_eq!(stored(&one).await, all, "a repetition changes nothing");
        let station = one.station("CP1").unwrap();
        assert_eq!(station.look(|it| it.ledger().open().count()).await, 0);
    }
}

/// What the operator does at one process counts at the door of the other one.
#[tokio::test]
async fn a_password_that_was_set_elsewhere_counts_at_once() {
    let store = Arc::new(MemoryStore::new());
    let (one, _) = open_as("one", Arc::clone(&store), ()).await;
    let (_two, at_two) = open_as("two", Arc::clone(&store), ()).await;
    let come = async |security| {
        let connected = Peer::try_connect(at_two, "CP1", Version::V1_6, security).await;
        let mut peer = connected?;
        // The CSMS has it when it answers.
        peer.ask("Heartbeat", &json!({})).await;
        Ok::<_, ConnectError>(())
    };
    assert!(come(StationSecurity::Unsecured).await.is_ok());
    let handle = one.put_station("CP1").await.unwrap();
    let set = Command::Password(Some(PASSWORD.into()));
    assert_eq!(handle.command(set).await, Ok(Outcome::Done));
    let without = come(StationSecurity::Unsecured).await;
    assert!(matches!(without, Err(ConnectError::Unauthorized)));
    let password = StationSecurity::Basic(Password::text(PASSWORD).unwrap());
    assert!(come(password).await.is_ok());
    // The other one has it now, and the first one takes it back for a command.
    let gone = handle.command(Command::Password(None)).await;
    assert_eq!(gone, Ok(Outcome::Done));
    assert!(come(StationSecurity::Unsecured).await.is_ok());
    assert!(handle.forget().await.unwrap());
    assert_eq!(store.get(Table::Nodes, "station/CP1").await.unwrap(), None);
}

/// Whoever says nothing that lasts leaves nothing in the store.
#[tokio::test]
async fn made_up_identities_leave_nothing_in_the_store() {
    let store = Arc::new(MemoryStore::new());
    let (csms, address) = open(Arc::clone(&store), ()).await;
    for name in ["X1", "X2"] {
        let mut peer = Peer::connect(address, name, Version::V1_6).await;
        peer.ask("Heartbeat", &json!({})).await;
        drop(peer);
        until(|| csms.station(name).is_none()).await;
    }
    for table in Table::ALL {
        let mut rows = store.read(table, "", 10).await.unwrap();
        rows.retain(|(key, _)| key != "format");
        assert!(rows.is_empty(), "{table:?}: {rows:?}");
    }
}

/// An application that takes bills only when it wants to.
#[derive(Default)]
struct Books {
    takes: AtomicBool,
    told: Mutex<Vec<Bill>>,
    heard: Notify,
}

impl Application for Books {
    async fn bill(&self, _: &str, bill: &Bill) -> Taken {
        self.told.lock().unwrap().push(bill.clone());
        self.heard.notify_one();
        if self.takes.load(Ordering::SeqCst) {
            Taken::Yes
        } else {
            Taken::Later
        }
    }
}

impl Books {
    /// Waits until so many have been told.
    async fn told(&self, count: usize) -> Vec<Bill> {
        loop {
            let told = self.told.lock().unwrap().clone();
            if told.len() >= count {
                return told;
            }
            self.heard.notified().await;
        }
    }
}

#[tokio::test]
async fn a_bill_is_told_until_it_is_taken_also_after_a_restart() {
    let store = Arc::new(MemoryStore::new());
    let books = Arc::new(Books::default());
    let (csms, address) = open(Arc::clone(&store), Arc::clone(&books)).await;
    csms.put_token("A1", &accepted()).await.unwrap();
    let mut peer = Peer::connect(address, "CP1", Version::V2_0_1).await;
    peer.boot().await;
    let id = peer.begin().await;
    // Message 1 is missing.
    peer.end(&id, 2, 300).await;
    let first = books.told(1).await[0].clone();
    assert_eq!(first.energy_wh, Some(200.into()));
    assert_eq!(first.warnings, [Warning::MissingMessages]);
    let next = peer.begin().await;
    peer.end(&next, 1, 300).await;
    let told = books.told(3).await;
    let again = told.iter().filter(|bill| bill.reference == first.reference);
    assert!(again.count() >= 2, "it was not taken: {told:?}");
    drop(peer);
    csms.shutdown(Duration::from_secs(5)).await;
    drop(csms);

    let books = Arc::new(Books::default());
    books.takes.store(true, Ordering::SeqCst);
    let (_csms, address) = open(Arc::clone(&store), Arc::clone(&books)).await;
    let told = books.told(2).await;
    assert_eq!(told[0], first, "nobody has taken it");
    while !store.read(Table::Outbox, "", 1).await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    // What was missing arrives: the bill is better now.
    let mut peer = Peer::connect(address, "CP1", Version::V2_0_1).await;
    peer.meter(&id, 1, 250).await;
    let better = books.told(3).await[2].clone();
    assert_eq!(better.reference, first.reference);
    // All transactions of this peer have the same times.
    assert_eq!(better.warnings, [Warning::OverlapsOther]);
}

/// Lets a station in when the test says so.
#[derive(Default)]
struct Porter {
    holds: AtomicBool,
    asked: Notify,
    lets_in: Notify,
}

impl Application for Porter {
    async fn admit(&self, _: &Attempt<'_>) -> Result<(), Refusal> {
        if self.holds.load(Ordering::SeqCst) {
            self.asked.notify_one();
            self.lets_in.notified().await;
        }
        Ok(())
    }
}

/// What was on its way over the old connection does not go over the new one.
#[tokio::test]
async fn nothing_of_the_old_session_goes_over_the_new_connection() {
    let (gate, porter) = (Arc::new(Gate::default()), Arc::new(Porter::default()));
    let (csms, address) = open(Arc::clone(&gate), Arc::clone(&porter)).await;
    let mut old = Peer::connect(address, "CP1", Version::V1_6).await;
    old.boot().await;
    let id = old.begin().await;
    old.end(&id, 1, 300).await;
    until(|| gate.idle.load(Ordering::SeqCst)).await;
    porter.holds.store(true, Ordering::SeqCst);
    let connecting = tokio::spawn(Peer::connect(address, "CP1", Version::V2_0_1));
    porter.asked.notified().await;
    // While the station connects anew, an answer over the old connection waits for the store.
    gate.closed.store(true, Ordering::SeqCst);
    old.say("StartTransaction", &start(500)).await;
    gate.waits.notified().await;
    porter.lets_in.notify_one();
    let mut new = connecting.await.unwrap();
    let handle = csms.station("CP1").unwrap();
    until(|| handle.version() == Some(Version::V2_0_1)).await;
    gate.closed.store(false, Ordering::SeqCst);
    gate.opens.notify_waiters();
    new.say("Heartbeat", &json!({})).await;
    let first = new.receive().await;
    assert!(
        !first[2]["currentTime"].is_null(),
        "the answer to the old one: {first}"
    );
}

/// A store whose writes wait until the test lets them go.
#[derive(Debug, Default)]
struct Gate {
    kept: MemoryStore,
    closed: AtomicBool,
    /// A bill has been removed, which is the last thing that a transaction writes.
    idle: AtomicBool,
    waits: Notify,
    opens: Notify,
}

impl Store for Gate {
    async fn write(&self, rows: Vec<Row>) -> Result<(), ocpp_tokio::csms::StoreError> {
        let opens = self.opens.notified();
        if self.closed.load(Ordering::SeqCst) {
            self.waits.notify_one();
            opens.await;
        }
        let idle = rows
            .iter()
            .any(|row| row.table == Table::Outbox && row.value.is_none());
        let written = self.kept.write(rows).await;
        self.idle.fetch_or(idle, Ordering::SeqCst);
        written
    }

    async fn get(
        &self,
        table: Table,
        key: &str,
    ) -> Result<Option<String>, ocpp_tokio::csms::StoreError> {
        self.kept.get(table, key).await
    }

    async fn read(
        &self,
        table: Table,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(String, String)>, ocpp_tokio::csms::StoreError> {
        self.kept.read(table, after, limit).await
    }
}

/// A store of a build that did not say whose transactions are whose.
#[tokio::test]
async fn a_store_of_an_earlier_build_is_taken_over() {
    let store = Arc::new(MemoryStore::new());
    let (csms, address) = open(Arc::clone(&store), ()).await;
    let mut peer = Peer::connect(address, "CP1", Version::V2_0_1).await;
    peer.boot().await;
    let first = peer.begin().await;
    peer.end(&first, 1, 300).await;
    let id = peer.begin().await;
    drop(peer);
    csms.shutdown(Duration::from_secs(5)).await;
    drop(csms);
    for table in [
        Table::Open,
        Table::Closed,
        Table::Outbox,
        Table::Nodes,
        Table::Index,
    ] {
        for (key, _) in store.read(table, "", 100).await.unwrap() {
            let row = Row::remove(table, key).only_if(Expect::Anything);
            store.write(vec![row]).await.unwrap();
        }
    }
    let csms = Csms::open(config("csms"), Arc::clone(&store), ())
        .await
        .unwrap();
    let station = csms.station("CP1").unwrap();
    assert_eq!(station.look(|it| it.ledger().open().count()).await, 1);
    let address = peer::listen(&csms).await;
    let mut peer = Peer::connect(address, "CP1", Version::V2_0_1).await;
    peer.end(&first, 1, 300).await;
    peer.end(&id, 1, 400).await;
    let third = peer.begin().await;
    peer.end(&third, 1, 500).await;
    let numbers: Vec<u64> = stored(&csms).await.iter().map(|it| it.reference).collect();
    assert_eq!(numbers, [1, 2, 3]);
    let mut filter = TransactionFilter::default();
    filter.id_token = Some("a1".into());
    let found = csms.find_transactions(&filter, None, 10).await.unwrap();
    assert_eq!(found.transactions.len(), 3, "those of before too");
}
