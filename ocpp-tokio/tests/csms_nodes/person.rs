//! What is known of a person is erased from every store, and what is old is forgotten.

use std::sync::Arc;

use ocpp_core::csms::TokenStatus;
use ocpp_core::csms::ledger::IdToken;
use ocpp_core::csms::remote::{Operation, TokenInfo};
use ocpp_core::csms::services::Token;
use ocpp_tokio::Version;
use ocpp_tokio::csms::{
    Csms, CsmsConfig, EraseError, MemoryStore, Person, Store, Switchboard, Table,
};
use serde_json::{Value, json};

use crate::peer::{Peer, config, listen, open_as, stored};

const TOKEN: &str = "C0FFEE99";

/// A session of 1.6; what the station signed names who charged.
async fn session(peer: &mut Peer, token: &str, hour: u32, wh: i64) -> Value {
    let at = |minute| format!("2024-05-15T{hour:02}:{minute:02}:00Z");
    let start = json!({"connectorId": 1, "idTag": token, "meterStart": 100, "timestamp": at(0)});
    let id = peer.ask("StartTransaction", &start).await["transactionId"].clone();
    let signed = format!("OCMF|{{\"ID\":\"{token}\",\"RD\":[]}}|{{\"SD\":\"30\"}}");
    let values = json!([{"timestamp": at(1), "sampledValue": [
        {"value": "150"}, {"value": signed, "format": "SignedData"}]}]);
    let meter = json!({"connectorId": 1, "transactionId": id, "meterValue": values});
    peer.ask("MeterValues", &meter).await;
    let stop =
        json!({"transactionId": id, "idTag": token, "meterStop": 100 + wh, "timestamp": at(2)});
    peer.ask("StopTransaction", &stop).await;
    id
}

/// Every place where a text stands in a store.
async fn places(store: &impl Store, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for table in Table::ALL {
        let mut after = String::new();
        loop {
            let rows = store.read(table, &after, 100).await.unwrap();
            let Some((last, _)) = rows.last() else { break };
            after.clone_from(last);
            for (key, value) in rows {
                let row = format!("{key}: {value}");
                if row.to_lowercase().contains(&text.to_lowercase()) {
                    found.push(format!("{}: {row}", table.name()));
                }
            }
        }
    }
    found
}

fn of_group() -> Token {
    let mut token = Token::of(TokenStatus::Accepted);
    token.parent_id_tag = Some("FAMILY-4711".into());
    token
}

pub async fn nothing_remains(store: Arc<impl Store>) {
    let (csms, address) = open_as("one", Arc::clone(&store), ()).await;
    for token in [TOKEN, "OTHER-1"] {
        csms.put_token(token, &of_group()).await.unwrap();
    }
    let mut peer = Peer::connect(address, "CP1", Version::V1_6).await;
    peer.boot().await;
    for hour in 0..6 {
        session(&mut peer, TOKEN, hour, 1_000).await;
    }
    session(&mut peer, "OTHER-1", 7, 70).await;
    let station = csms.station("CP1").unwrap();
    let list = [(IdToken::of_1_6(TOKEN), TokenInfo::of(TokenStatus::Accepted))];
    let start = Operation::Start {
        id_token: IdToken::of_1_6(TOKEN),
        evse: Some(1),
        profile: None,
    };
    let operating = async {
        station.bring_local_list(&list).await.unwrap();
        station.operate(start).await.unwrap();
    };
    let serving = async {
        peer.serve().await;
        peer.serve().await;
    };
    tokio::join!(operating, serving);
    let tables: Vec<&str> = Table::ALL.iter().map(|table| table.name()).collect();
    let before = places(&*store, TOKEN).await;
    for table in [
        "fleet-transactions",
        "fleet-meters",
        "fleet-services",
        "fleet-origins",
        "fleet-stations",
    ] {
        assert!(tables.contains(&table));
        assert!(
            before.iter().any(|place| place.starts_with(table)),
            "{table}: {before:?}"
        );
    }

    // While somebody charges nothing changes.
    let start = json!({"connectorId": 1, "idTag": TOKEN, "meterStart": 9_000, "timestamp": "2024-05-15T20:00:00Z"});
    let running = peer.ask("StartTransaction", &start).await["transactionId"].clone();
    let person = Person::IdToken(TOKEN.to_lowercase());
    let refused = csms.erase(&person).await.unwrap_err();
    assert!(
        matches!(&refused, EraseError::Charges(all) if all.len() == 1),
        "{refused}"
    );
    let stop =
        json!({"transactionId": running, "meterStop": 9_000, "timestamp": "2024-05-15T20:10:00Z"});
    peer.ask("StopTransaction", &stop).await;

    let erased = csms.erase(&person).await.unwrap();
    assert_eq!(places(&*store, TOKEN).await, Vec::<String>::new());
    assert_eq!(
        (erased.tokens, erased.transactions, erased.signed_values),
        (1, 7, 6)
    );
    assert!(
        erased.running.is_empty() && erased.records >= 1,
        "{erased:?}"
    );
    assert_eq!(
        csms.station("CP1").unwrap().local_list_version(),
        None,
        "it is sent in full the next time"
    );
    let all = stored(&csms).await;
    let sum = |name: &str| -> i64 {
        let its = all
            .iter()
            .filter(|one| one.id_token.as_ref().is_some_and(|it| it.id_token == name));
        its.map(|one| {
            one.bill()
                .energy_wh
                .unwrap()
                .to_string()
                .parse::<i64>()
                .unwrap()
        })
        .sum()
    };
    assert_eq!((sum(&erased.pseudonym), sum("OTHER-1")), (6_000, 70));
    let samples = csms.meter_values("CP1", all[0].reference).await.unwrap();
    assert!(
        samples.iter().any(|sample| sample.value == "150"),
        "readings stay"
    );

    // Of the transactions in memory one gets a late message: it does not bring the token back.
    let late = json!({"connectorId": 1, "transactionId": running,
                      "meterValue": [{"timestamp": "2024-05-15T20:05:00Z", "sampledValue": [{"value": "9000"}]}]});
    peer.ask("MeterValues", &late).await;
    assert_eq!(places(&*store, TOKEN).await, Vec::<String>::new());
    // Once more changes nothing.
    let again = csms.erase(&person).await.unwrap();
    assert_eq!((again.tokens, again.transactions), (0, 0));

    let erased = csms
        .erase(&Person::Group("family-4711".into()))
        .await
        .unwrap();
    assert_eq!((erased.tokens, erased.transactions), (1, 1));
    for text in ["OTHER-1", "FAMILY-4711"] {
        assert_eq!(places(&*store, text).await, Vec::<String>::new());
    }

    // What is old is forgotten, once its bill was taken.
    until_bills_are_taken(&*store).await;
    let none = csms
        .forget_before("2024-05-15T00:00:00Z".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(none.transactions, 0);
    let swept = csms
        .forget_before("2999-01-01T00:00:00Z".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(swept.transactions, 8);
    assert_eq!(stored(&csms).await.len(), 0);
    for table in [
        Table::Transactions,
        Table::Closed,
        Table::Meters,
        Table::Origins,
        Table::Index,
    ] {
        let rows = store.read(table, "", 10).await.unwrap();
        assert!(rows.is_empty(), "{}: {rows:?}", table.name());
    }
    drop((peer, csms));
    let (csms, address) = open_as("one", store, ()).await;
    csms.put_token("NEW", &of_group()).await.unwrap();
    let mut peer = Peer::connect(address, "CP1", Version::V1_6).await;
    peer.boot().await;
    let id = session(&mut peer, "NEW", 21, 5).await;
    assert!(
        id.as_i64() > running.as_i64(),
        "numbers are not given twice"
    );
}

async fn until_bills_are_taken(store: &impl Store) {
    for _ in 0..1_000 {
        if store.read(Table::Outbox, "", 1).await.unwrap().is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("bills wait");
}

#[tokio::test]
async fn nothing_of_a_person_remains_in_memory() {
    nothing_remains(Arc::new(MemoryStore::new())).await;
}

#[cfg(feature = "redb")]
#[tokio::test]
async fn nothing_of_a_person_remains_in_a_file() {
    use ocpp_tokio::csms::FileStore;
    let folder = crate::peer::scratch("person-file");
    let path = folder.join("state.redb");
    nothing_remains(Arc::new(FileStore::open(&path).unwrap())).await;
    let bytes = std::fs::read(&path).unwrap().to_ascii_lowercase();
    let token = TOKEN.to_ascii_lowercase();
    assert!(
        !bytes
            .windows(token.len())
            .any(|there| there == token.as_bytes())
    );
    assert!(!folder.join("state.redb.new").exists());
    let _ = std::fs::remove_dir_all(folder);
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn nothing_of_a_person_remains_in_a_database() {
    use ocpp_tokio::csms::PostgresStore;
    let Some(server) = crate::servers::postgres("person").await else {
        return;
    };
    let store = PostgresStore::open(&crate::servers::database(server.port)).await;
    nothing_remains(Arc::new(store.unwrap())).await;
}

/// The node that is asked is not the one that the station is connected to.
#[tokio::test]
async fn another_node_forgets_what_it_has_in_memory() {
    let (store, bus) = (Arc::new(MemoryStore::new()), Switchboard::new());
    let open = async |name: &str| {
        let mut config: CsmsConfig = config(name);
        config.tokens.accept_any_token = true;
        let csms = Csms::open_node(config, Arc::clone(&store), bus.node(), ())
            .await
            .unwrap();
        let address = listen(&csms).await;
        (csms, address)
    };
    let (one, _) = open("one").await;
    let (two, at_two) = open("two").await;
    let mut peer = Peer::connect(at_two, "CP1", Version::V1_6).await;
    peer.boot().await;
    let id = session(&mut peer, TOKEN, 1, 10).await;
    let erased = one.erase(&Person::IdToken(TOKEN.into())).await.unwrap();
    assert_eq!(erased.transactions, 1);
    let station = two.station("CP1").unwrap();
    let names = station.look(|station| {
        let all = station.ledger().transactions();
        all.filter_map(|one| Some(one.id_token.as_ref()?.id_token.clone()))
            .collect::<Vec<_>>()
    });
    assert_eq!(names.await, [erased.pseudonym]);
    // It is still connected there.
    let late = json!({"connectorId": 1, "transactionId": id,
                      "meterValue": [{"timestamp": "2024-05-15T01:01:30Z", "sampledValue": [{"value": "105"}]}]});
    peer.ask("MeterValues", &late).await;
    assert_eq!(places(&*store, TOKEN).await, Vec::<String>::new());
}
