//! Transactions are found by station, token, time and state without reading the history.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ocpp_core::csms::TransactionId;
use ocpp_core::csms::ledger::Transaction;
use ocpp_tokio::Version;
use ocpp_tokio::csms::{
    Csms, MemoryStore, Row, Store, StoreError, StoredTransaction, Table, TransactionFilter,
};
use ocpp_types::DateTime;
use serde_json::json;

use crate::peer::{Peer, accepted, config, open};

/// A store that counts the rows that are read.
#[derive(Debug, Default)]
struct Counting {
    kept: MemoryStore,
    read: AtomicUsize,
}

impl Counting {
    fn add(&self, count: usize) {
        self.read.fetch_add(count, Ordering::SeqCst);
    }

    /// How many rows have been read since it was asked last.
    fn cost(&self) -> usize {
        self.read.swap(0, Ordering::SeqCst)
    }
}

impl Store for Counting {
    async fn write(&self, rows: Vec<Row>) -> Result<(), StoreError> {
        self.kept.write(rows).await
    }

    async fn get(&self, table: Table, key: &str) -> Result<Option<String>, StoreError> {
        self.add(1);
        self.kept.get(table, key).await
    }

    async fn read(
        &self,
        table: Table,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let rows = self.kept.read(table, after, limit).await?;
        self.add(rows.len());
        Ok(rows)
    }
}

fn moment(hour: u64) -> DateTime {
    let (day, hour) = (1 + hour / 24, hour % 24);
    format!("2024-05-{day:02}T{hour:02}:00:00Z")
        .parse()
        .unwrap()
}

/// A history: transaction N of station N % 10 with token N % 7, begun in hour (N * 37) % 700; every 50th is open.
async fn history(store: &impl Store, count: u64) -> Vec<StoredTransaction> {
    let (csms, address) = open(MemoryStore::new(), ()).await;
    csms.put_token("A1", &accepted()).await.unwrap();
    let mut peer = Peer::connect(address, "CP", Version::V1_6).await;
    peer.boot().await;
    let id = peer.begin().await;
    let template = csms.transaction(1).await.unwrap().unwrap().transaction;
    peer.end(&id, 1, 300).await;
    let ended = csms.transaction(1).await.unwrap().unwrap().transaction;
    for number in 1..=count {
        let mut transaction: Transaction = match number % 50 {
            0 => template.clone(),
            _ => ended.clone(),
        };
        transaction.reference = number;
        transaction.transaction_id = TransactionId::Number(i64::try_from(number).unwrap());
        transaction.started_at = Some(moment((number * 37) % 700));
        transaction.id_token.as_mut().unwrap().id_token = format!("Token/{}", number % 7);
        let station = format!("CP{}", number % 10);
        let record = serde_json::to_string(&transaction).unwrap();
        let key = format!("{number:020}");
        let mut rows = vec![Row::put(
            Table::Transactions,
            key.as_str(),
            format!("{station}\n{record}"),
        )];
        rows.push(match transaction.is_open() {
            true => Row::put(Table::Open, format!("{station}\n{key}"), ""),
            false => Row::put(
                Table::Closed,
                format!("{station}\n{:020}", u64::MAX - number),
                "",
            ),
        });
        store.write(rows).await.unwrap();
    }
    let row = Row::put(Table::Nodes, "number", (count + 1).to_string());
    store.write(vec![row]).await.unwrap();
    // As a store of an earlier build: it has no index, until a start makes one.
    let page = {
        let csms = Csms::open(config("reads it"), Copied::of(store).await, ())
            .await
            .unwrap();
        csms.transactions(0, usize::MAX, |_, _| true).await.unwrap()
    };
    assert_eq!(page.transactions.len(), usize::try_from(count).unwrap());
    page.transactions
}

/// What another store has.
struct Copied;

impl Copied {
    async fn of(store: &impl Store) -> MemoryStore {
        let copy = MemoryStore::new();
        for table in Table::ALL {
            let rows = store.read(table, "", usize::MAX).await.unwrap();
            let rows = rows
                .into_iter()
                .map(|(key, value)| Row::put(table, key, value));
            copy.write(rows.collect()).await.unwrap();
        }
        copy
    }
}

fn takes(filter: &TransactionFilter, stored: &StoredTransaction) -> bool {
    let it = &stored.transaction;
    let began = it.started_at.unwrap_or(it.first_at);
    let token = it.id_token.as_ref().unwrap().id_token.to_lowercase();
    filter
        .station
        .as_ref()
        .is_none_or(|wanted| *wanted == stored.station)
        && filter
            .id_token
            .as_ref()
            .is_none_or(|wanted| wanted.to_lowercase() == token)
        && filter.from.is_none_or(|from| began >= from)
        && filter.to.is_none_or(|to| began < to)
        && filter.open.is_none_or(|open| it.end.is_none() == open)
}

fn filters() -> Vec<TransactionFilter> {
    let mut all = Vec::new();
    for number in 0..3 * 3 * 3 * 3 {
        let mut filter = TransactionFilter::default();
        filter.station = [None, Some("CP3".into()), Some("CP33".into())][number % 3].clone();
        let tokens = [None, Some("tOKEN/5".into()), Some("token".into())];
        filter.id_token = tokens[number / 3 % 3].clone();
        let times = [
            (None, None),
            (Some(moment(100)), Some(moment(250))),
            (Some(moment(650)), None),
        ];
        (filter.from, filter.to) = times[number / 9 % 3];
        filter.open = [None, Some(true), Some(false)][number / 27 % 3];
        all.push(filter);
    }
    all
}

/// Whatever is asked for: all of it comes, each once, in order, and a page costs what a page costs.
#[tokio::test]
async fn every_filter_finds_what_a_look_at_all_finds() {
    const COUNT: u64 = 4_000;
    let store = Arc::new(Counting::default());
    let all = history(&store.kept, COUNT).await;
    let csms = Csms::open(config("one"), Arc::clone(&store), ())
        .await
        .unwrap();
    for filter in filters() {
        let wanted: BTreeSet<u64> = all
            .iter()
            .filter(|stored| takes(&filter, stored))
            .map(|stored| stored.transaction.reference)
            .collect();
        let (mut found, mut after, mut pages) = (Vec::new(), None, 0);
        loop {
            store.cost();
            let page = csms.find_transactions(&filter, after, 20).await.unwrap();
            let read = store.cost();
            // The last one, the rows of the index and the records; a thousand may be passed over.
            assert!(read <= 1 + 2 * (21 + 1_000), "{filter:?}: {read} rows");
            let few = [&filter.station, &filter.id_token]
                .iter()
                .filter(|it| it.is_some())
                .count()
                + usize::from(filter.from.is_some())
                + usize::from(filter.open.is_some());
            if few <= 1 && filter.open != Some(false) {
                assert!(read <= 1 + 2 * 21, "{filter:?}: {read} rows");
            }
            let numbers = page.transactions.iter().map(|it| it.transaction.reference);
            found.extend(numbers);
            pages += 1;
            assert!(pages < 400, "{filter:?}");
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        let each: BTreeSet<u64> = found.iter().copied().collect();
        assert_eq!(each.len(), found.len(), "{filter:?}: one came twice");
        assert_eq!(each, wanted, "{filter:?}");
    }
    store.cost();
    csms.transaction(COUNT / 2).await.unwrap().unwrap();
    assert_eq!(store.cost(), 1);
    let unknown = csms
        .find_transactions(&filters()[1], Some(COUNT + 1), 20)
        .await;
    assert!(unknown.is_err(), "{unknown:?}");
}

/// The second start costs the same however long the history is.
#[tokio::test]
async fn a_start_does_not_read_the_history() {
    let mut costs = Vec::new();
    for count in [500, 5_000] {
        let store = Arc::new(Counting::default());
        history(&store.kept, count).await;
        drop(
            Csms::open(config("one"), Arc::clone(&store), ())
                .await
                .unwrap(),
        );
        store.cost();
        drop(
            Csms::open(config("one"), Arc::clone(&store), ())
                .await
                .unwrap(),
        );
        let open = usize::try_from(count / 50).unwrap();
        // Open ones are read, with the rows that lead to them.
        costs.push(store.cost() - 2 * open);
    }
    assert!(costs[0] < 20 && costs[0] == costs[1], "{costs:?}");
}

/// What becomes known later, and what ends, is found where it belongs.
#[tokio::test]
async fn what_changes_is_found_elsewhere() {
    for version in [Version::V1_6, Version::V2_0_1] {
        let store = Arc::new(MemoryStore::new());
        let (csms, address) = open(Arc::clone(&store), ()).await;
        csms.put_token("A1", &accepted()).await.unwrap();
        let mut peer = Peer::connect(address, "CP1", version).await;
        peer.boot().await;
        let numbers = async |filter: &TransactionFilter| {
            let page = csms.find_transactions(filter, None, 10).await.unwrap();
            page.transactions.len()
        };
        let mut running = TransactionFilter::default();
        running.open = Some(true);
        let mut of_token = TransactionFilter::default();
        of_token.id_token = Some("A1".into());
        let mut of_time = TransactionFilter::default();
        of_time.from = Some("2024-05-15T11:59:59Z".parse().unwrap());
        of_time.to = Some("2024-05-15T12:00:01Z".parse().unwrap());
        let id = if version == Version::V1_6 {
            peer.begin().await
        } else {
            // Its begin is late, and so is its token.
            let id = json!("T1");
            let event = json!({"eventType": "Updated", "timestamp": "2024-05-15T12:30:00Z",
                "triggerReason": "MeterValuePeriodic", "seqNo": 1,
                "transactionInfo": {"transactionId": id}, "evse": {"id": 1, "connectorId": 1}});
            peer.ask("TransactionEvent", &event).await;
            assert_eq!((numbers(&of_token).await, numbers(&of_time).await), (0, 0));
            let event = json!({"eventType": "Started", "timestamp": "2024-05-15T12:00:00Z",
                "triggerReason": "Authorized", "seqNo": 0, "offline": true,
                "transactionInfo": {"transactionId": id}, "evse": {"id": 1, "connectorId": 1},
                "idToken": {"idToken": "A1", "type": "ISO14443"}});
            peer.ask("TransactionEvent", &event).await;
            id
        };
        assert_eq!(numbers(&running).await, 1, "{version}");
        assert_eq!(
            (numbers(&of_token).await, numbers(&of_time).await),
            (1, 1),
            "{version}"
        );
        peer.end(&id, 2, 300).await;
        assert_eq!(numbers(&running).await, 0, "{version}");
        assert_eq!(
            (numbers(&of_token).await, numbers(&of_time).await),
            (1, 1),
            "{version}"
        );
        // Nothing is left of where it stood before.
        let rows = store.read(Table::Index, "", 100).await.unwrap();
        assert_eq!(rows.len(), 3, "{version}: {rows:?}");
    }
}
