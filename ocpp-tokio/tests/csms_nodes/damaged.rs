//! Records that cannot be read: what they are about waits for the operator, everything else goes on.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ocpp_core::csms::TokenStatus;
use ocpp_core::csms::ledger::{IdToken, Warning};
use ocpp_core::csms::remote::{Command, CommandError, TokenInfo};
use ocpp_tokio::csms::{
    Application, Csms, MemoryStore, PutError, Row, StartError, Store, Table, TurnedAway,
    UnreadableRecord,
};
use ocpp_tokio::{ConnectError, Password, StationSecurity, Version};
use serde_json::json;

use crate::peer::{Peer, accepted, config, listen, open, stored, until};

const PASSWORD: &str = "correct horse battery";

/// What was told of records.
#[derive(Default)]
struct Heard {
    records: Mutex<Vec<UnreadableRecord>>,
    turned_away: Mutex<Vec<(String, TurnedAway)>>,
}

impl Application for Heard {
    fn unreadable(&self, record: &UnreadableRecord) {
        self.records.lock().unwrap().push(record.clone());
    }

    fn turned_away(&self, station: &str, why: &TurnedAway) {
        let turned_away = (station.to_owned(), why.clone());
        self.turned_away.lock().unwrap().push(turned_away);
    }
}

impl Heard {
    fn keys(&self) -> Vec<(Table, String)> {
        let records = self.records.lock().unwrap();
        let mut keys: Vec<_> = records
            .iter()
            .map(|it| (it.table, it.key.clone()))
            .collect();
        keys.sort();
        keys
    }
}

async fn damage(store: &MemoryStore, table: Table, key: &str, text: &str) {
    let there = store.get(table, key).await.unwrap();
    assert!(there.is_some(), "{table:?} {key}");
    store.write(vec![Row::put(table, key, text)]).await.unwrap();
}

/// Three stations, each with a transaction that runs and one that has ended.
async fn fleet(store: &Arc<MemoryStore>, version: Version) {
    let (csms, address) = open(Arc::clone(store), ()).await;
    csms.put_token("A1", &accepted()).await.unwrap();
    csms.put_token("B2", &accepted()).await.unwrap();
    for name in ["CP1", "CP2", "CP3"] {
        let station = csms.put_station(name).await.unwrap();
        let mut peer = Peer::connect(address, name, version).await;
        peer.boot().await;
        let id = peer.begin().await;
        peer.end(&id, 1, 300).await;
        begin_again(&mut peer, version).await;
        let set = Command::Password(Some(PASSWORD.into()));
        station.command(set).await.unwrap();
    }
    csms.shutdown(Duration::from_secs(5)).await;
}

/// Another transaction.
async fn begin_again(peer: &mut Peer, version: Version) {
    if version == Version::V1_6 {
        let start = json!({"connectorId": 1, "idTag": "A1", "meterStart": 300,
            "timestamp": "2024-05-15T13:00:00Z"});
        peer.ask("StartTransaction", &start).await;
    } else {
        peer.begin().await;
    }
}

async fn come(
    address: std::net::SocketAddr,
    name: &str,
    version: Version,
) -> Result<Peer, ConnectError> {
    let password = StationSecurity::Basic(Password::text(PASSWORD).unwrap());
    Peer::try_connect(address, name, version, password).await
}

/// The station whose own record is damaged does not come in with or without its password; nothing is written over the record.
#[tokio::test]
async fn a_station_whose_record_cannot_be_read_waits_for_the_operator() {
    for version in [Version::V1_6, Version::V2_0_1] {
        for text in ["", "{", "[]", "{\"put\":1}", "null"] {
            let store = Arc::new(MemoryStore::new());
            fleet(&store, version).await;
            damage(&store, Table::Stations, "CP2", text).await;
            let heard = Arc::new(Heard::default());
            let (csms, address) = open(Arc::clone(&store), Arc::clone(&heard)).await;
            assert_eq!(heard.keys(), [(Table::Stations, "CP2".to_owned())]);
            let (named, count) = csms.unreadable();
            assert_eq!((named[0].key.as_str(), count), ("CP2", 1));
            // The others charge.
            for name in ["CP1", "CP3"] {
                let mut peer = come(address, name, version).await.unwrap();
                peer.boot().await;
            }
            let unsecured = StationSecurity::Unsecured;
            let without = Peer::try_connect(address, "CP2", version, unsecured).await;
            assert!(without.is_err());
            assert!(come(address, "CP2", version).await.is_err());
            let turned_away = ("CP2".to_owned(), TurnedAway::Unreadable);
            assert!(heard.turned_away.lock().unwrap().contains(&turned_away));
            // The operator cannot change it, only forget it.
            let put = csms.put_station("CP2").await;
            assert!(matches!(put, Err(PutError::Unreadable)), "{put:?}");
            let station = csms.station("CP2").unwrap();
            let set = station.command(Command::Password(None)).await;
            assert_eq!(set, Err(CommandError::Unreadable));
            let there = store.get(Table::Stations, "CP2").await.unwrap();
            assert_eq!(there.as_deref(), Some(text), "it is kept");
            assert!(!station.forget().await.unwrap(), "a transaction is open");
            let open = station.look(|it| it.ledger().open().next().map(|it| it.reference));
            let close = Command::CloseTransaction(open.await.unwrap());
            station.command(close).await.unwrap();
            assert!(station.forget().await.unwrap());
            assert_eq!(csms.unreadable(), (vec![], 0));
            csms.put_station("CP2").await.unwrap();
            let mut peer = Peer::connect(address, "CP2", version).await;
            peer.boot().await;
            assert_eq!(stored(&csms).await.len(), 6, "what is billed stays");
        }
    }
}

/// A transaction that cannot be read holds up neither its station nor lists; its end is kept.
#[tokio::test]
async fn a_transaction_that_cannot_be_read_is_set_aside() {
    for version in [Version::V1_6, Version::V2_0_1] {
        let store = Arc::new(MemoryStore::new());
        fleet(&store, version).await;
        let open = store.read(Table::Open, "CP2\n", 1).await.unwrap();
        let number = open[0].0.strip_prefix("CP2\n").unwrap().to_owned();
        damage(&store, Table::Transactions, &number, "CP2\n{\"reference\":").await;
        let closed = store.read(Table::Closed, "CP3\n", 1).await.unwrap();
        let last: u64 = closed[0].0.strip_prefix("CP3\n").unwrap().parse().unwrap();
        let ended = format!("{:020}", u64::MAX - last);
        damage(&store, Table::Transactions, &ended, "nonsense").await;
        let heard = Arc::new(Heard::default());
        let (csms, address) = open_with(&store, &heard).await;
        let mut keys = vec![(Table::Transactions, number.clone())];
        assert_eq!(heard.keys(), keys);
        assert_eq!(stored(&csms).await.len(), 4);
        // Reading the list has found the other one.
        keys.push((Table::Transactions, ended.clone()));
        keys.sort();
        assert_eq!(heard.keys(), keys);
        let reference: u64 = number.parse().unwrap();
        let error = csms.transaction(reference).await.unwrap_err().to_string();
        assert!(error.contains("cannot be read"), "{error}");
        // The end comes: energy was charged, so it is kept, and something is said of it.
        let mut peer = come(address, "CP2", version).await.unwrap();
        let id = match version {
            Version::V1_6 => json!(reference),
            _ => json!("T2-3"),
        };
        peer.end(&id, 1, 500).await;
        let all = stored(&csms).await;
        let kept = all.last().unwrap();
        assert!(!kept.is_open() && kept.reference != reference, "{kept:?}");
        assert!(
            kept.bill().warnings.contains(&Warning::MissingBegin),
            "{:?}",
            kept.bill()
        );
        let there = store.get(Table::Transactions, &number).await.unwrap();
        assert_eq!(there.as_deref(), Some("CP2\n{\"reference\":"));
    }
}

async fn open_with(store: &Arc<MemoryStore>, heard: &Arc<Heard>) -> (Csms, std::net::SocketAddr) {
    open(Arc::clone(store), Arc::clone(heard)).await
}

/// Tokens, local lists, reservations, bills, and rows that nobody knows.
#[tokio::test]
async fn other_records_that_cannot_be_read_are_set_aside() {
    let store = Arc::new(MemoryStore::new());
    fleet(&store, Version::V1_6).await;
    let tokens = store.read(Table::Services, "", 10).await.unwrap();
    let token = tokens.iter().find(|(key, _)| key.contains("b2")).unwrap();
    damage(
        &store,
        Table::Services,
        &token.0,
        "{\"status\":\"Perhaps\"}",
    )
    .await;
    let more = [
        Row::put(Table::Services, "local-list/CP1", "7"),
        Row::put(Table::Services, "reservation/x", "{}"),
        Row::put(Table::Services, "something new", "{}"),
        Row::put(Table::Outbox, "00000000000000000000", "CP1\n{}"),
    ];
    let all: Vec<String> = more.iter().map(|row| row.key.clone()).collect();
    store.write(more.to_vec()).await.unwrap();
    let heard = Arc::new(Heard::default());
    let (csms, address) = open_with(&store, &heard).await;
    until(|| heard.keys().len() >= 5).await;
    let keys: Vec<String> = heard.keys().into_iter().map(|(_, key)| key).collect();
    assert!(all.iter().all(|key| keys.contains(key)), "{keys:?}");
    assert!(keys.contains(&token.0), "{keys:?}");
    let mut peer = come(address, "CP1", Version::V1_6).await.unwrap();
    let mut says = async |tag: &str| {
        let answer = peer.ask("Authorize", &json!({"idTag": tag})).await;
        answer["idTagInfo"]["status"].clone()
    };
    assert_eq!(says("B2").await, "Invalid", "nobody knows what it may");
    // What the station has is not known: all of it is sent.
    assert_eq!(csms.station("CP1").unwrap().local_list_version(), None);
    let list = [(IdToken::of_1_6("A1"), TokenInfo::of(TokenStatus::Accepted))];
    let station = csms.station("CP1").unwrap();
    let bringing = tokio::spawn(async move { station.bring_local_list(&list).await });
    let call = peer.serve().await;
    assert_eq!(
        (&call[2], &call[3]["updateType"]),
        (&json!("SendLocalList"), &json!("Full"))
    );
    bringing.await.unwrap().unwrap();
    // Put anew, it counts, and is no trouble any more.
    csms.put_token("B2", &accepted()).await.unwrap();
    let answer = peer.ask("Authorize", &json!({"idTag": "B2"})).await;
    assert_eq!(answer["idTagInfo"]["status"], "Accepted");
    assert_eq!(csms.unreadable().1, 3, "{:?}", csms.unreadable());
}

/// A file that is damaged as a whole, or is something else, is refused with a sentence that says what to do.
#[cfg(feature = "redb")]
#[tokio::test]
async fn a_file_that_cannot_be_opened_is_refused() {
    use ocpp_tokio::csms::FileStore;
    let folder = crate::peer::scratch("damaged");
    let path = folder.join("state.redb");
    drop(FileStore::open(&path).unwrap());
    let whole = std::fs::read(&path).unwrap();
    let cases = [
        b"this is no database".to_vec(),
        vec![0; 100_000],
        whole[..whole.len() / 2].to_vec(),
        whole[..10].to_vec(),
    ];
    for (number, content) in cases.into_iter().enumerate() {
        std::fs::write(&path, content).unwrap();
        let refused = FileStore::open(&path);
        let error = refused.expect_err(&number.to_string()).to_string();
        assert!(error.contains("last copy"), "{number}: {error}");
    }
    std::fs::write(&path, &whole).unwrap();
    let first = FileStore::open(&path).unwrap();
    let second = FileStore::open(&path).unwrap_err().to_string();
    assert!(second.contains("another program"), "{second}");
    drop(first);
    let _ = std::fs::remove_dir_all(folder);
}

/// Only what a later build has written ends the start, with a sentence that says what to do.
#[tokio::test]
async fn a_store_of_a_later_build_is_refused() {
    let store = Arc::new(MemoryStore::new());
    fleet(&store, Version::V1_6).await;
    damage(&store, Table::Nodes, "format", "1000").await;
    let refused = Csms::open(config("csms"), Arc::clone(&store), ()).await;
    let error = refused.unwrap_err();
    assert!(matches!(error, StartError::Later { found: 1000, .. }));
    assert!(error.to_string().contains("backup"), "{error}");
    damage(&store, Table::Nodes, "format", "2").await;
    let csms = Csms::open(config("csms"), store, ()).await.unwrap();
    listen(&csms).await;
}
