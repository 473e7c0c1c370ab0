//! The store in PostgreSQL.
#![cfg(feature = "postgres")]

use std::sync::Arc;

use ocpp_tokio::Version;
use ocpp_tokio::csms::{PostgresStore, Row, Store, Table};

use crate::peer::{Peer, accepted, open_as, stored};
use crate::servers::{self, Certificate, Way};
use crate::stores;

async fn open(port: u16) -> PostgresStore {
    PostgresStore::open(&servers::database(port)).await.unwrap()
}

#[tokio::test]
async fn a_database_does_what_every_store_must_do() {
    let Some(server) = servers::postgres("stores").await else {
        return;
    };
    let store = Arc::new(open(server.port).await);
    stores::conditions(&*store).await;
    stores::order(&*store).await;
    stores::races(Arc::clone(&store)).await;
    // Several processes make the schema at the same moment, or find it.
    let opening = (0..4).map(|_| tokio::spawn(open(server.port)));
    for again in opening.collect::<Vec<_>>() {
        let again = again.await.unwrap();
        assert!(again.get(Table::Nodes, "counter").await.unwrap().is_some());
    }
    let address = servers::database(server.port);
    let encrypted = PostgresStore::open(&format!("{address}?sslmode=require")).await;
    assert!(encrypted.is_err(), "it has no certificate");
    let secret = "postgres://me:secret@127.0.0.1:1/x";
    let error = PostgresStore::open(secret).await.unwrap_err().to_string();
    assert!(!error.contains("secret"), "{error}");
    assert!(!format!("{store:?}").contains("postgres:"));
}

#[tokio::test]
async fn an_error_of_the_database_ends_when_it_is_back() {
    let Some(mut server) = servers::postgres("back").await else {
        return;
    };
    let store = open(server.port).await;
    store
        .write(vec![Row::put(Table::Nodes, "a", "1")])
        .await
        .unwrap();
    server.kill();
    let failed = store.write(vec![Row::put(Table::Nodes, "b", "1")]).await;
    assert!(!failed.unwrap_err().is_conflict());
    assert!(store.get(Table::Nodes, "a").await.is_err());
    server.start_again().await;
    // It is recovering for a moment.
    while store.write(Vec::new()).await.is_err() {
        tokio::task::yield_now().await;
    }
    assert_eq!(
        store.get(Table::Nodes, "a").await.unwrap().as_deref(),
        Some("1")
    );
    assert_eq!(store.get(Table::Nodes, "b").await.unwrap(), None);
}

/// Connections are encrypted, to a database that shows a certificate for its name, and to no other.
#[tokio::test]
async fn connections_to_a_database_are_encrypted() {
    let certificate = Certificate::of("localhost");
    let Some(server) = servers::encrypted_postgres("tls", &certificate).await else {
        return;
    };
    let folder = crate::peer::scratch("tls-roots");
    let (right, wrong) = (folder.join("right.pem"), folder.join("wrong.pem"));
    std::fs::write(&right, &certificate.pem).unwrap();
    std::fs::write(&wrong, Certificate::of("localhost").pem).unwrap();
    let port = server.port;
    let open = async |host: &str, options: String| {
        let address = format!("postgres://postgres@{host}:{port}/postgres?{options}");
        PostgresStore::open(&address)
            .await
            .map_err(|error| error.to_string())
    };
    let roots = |file: &std::path::Path| format!("sslrootcert={}", file.display());
    let first = async || {
        let options = format!("sslmode=verify-full&{}", roots(&right));
        open("localhost", options).await
    };
    // It takes connections before it takes questions.
    let began = std::time::Instant::now();
    while let Err(error) = first().await {
        assert!(began.elapsed().as_secs() < 60, "{error}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    for mode in ["require", "verify-ca", "verify-full"] {
        let store = open("localhost", format!("sslmode={mode}&{}", roots(&right))).await;
        let store = store.unwrap();
        let row = Row::put(Table::Nodes, mode, "1");
        store.write(vec![row]).await.unwrap();
        assert!(store.get(Table::Nodes, mode).await.unwrap().is_some());
        for (host, options) in [
            ("localhost", format!("sslmode={mode}&{}", roots(&wrong))),
            ("localhost", format!("sslmode={mode}")),
            // The certificate is not for the address.
            ("127.0.0.1", format!("sslmode={mode}&{}", roots(&right))),
        ] {
            let refused = open(host, options.clone()).await;
            assert!(refused.is_err(), "{host} {options}");
        }
    }
    // This database takes nothing else.
    assert!(open("localhost", "sslmode=disable".into()).await.is_err());
    let _ = std::fs::remove_dir_all(folder);
}

/// The connection is lost when a transaction ends, at whichever byte: what the store says of it is what the database has.
#[tokio::test]
async fn a_connection_that_is_lost_while_a_transaction_ends_is_no_riddle() {
    let Some(server) = servers::postgres("riddle").await else {
        return;
    };
    let whole = open(server.port).await;
    let mut outcomes = [0, 0];
    for number in 0..170 {
        let way = Way::to(server.port).await;
        let store = PostgresStore::open(&servers::database(way.address.port()))
            .await
            .unwrap();
        let key = format!("row {number}");
        // One write leaves a connection that is idle; the next one is cut off after so many bytes.
        store.write(Vec::new()).await.unwrap();
        way.cut_after(number * 6);
        let written = store
            .write(vec![Row::put(Table::Nodes, key.as_str(), "1")])
            .await;
        let there = whole.get(Table::Nodes, &key).await.unwrap().is_some();
        assert_eq!(written.is_ok(), there, "cut after {} bytes", number * 6);
        outcomes[usize::from(there)] += 1;
    }
    assert!(outcomes.iter().all(|count| *count > 0), "{outcomes:?}");
}

/// A restart of the program finds everything again.
#[tokio::test]
async fn a_csms_goes_on_with_what_the_database_has() {
    let Some(server) = servers::postgres("goes-on").await else {
        return;
    };
    let (csms, address) = open_as("one", open(server.port).await, ()).await;
    csms.put_token("A1", &accepted()).await.unwrap();
    let mut peer = Peer::connect(address, "CP1", Version::V2_0_1).await;
    peer.boot().await;
    let id = peer.begin().await;
    drop((peer, csms));
    let (csms, address) = open_as("one", open(server.port).await, ()).await;
    assert!(csms.tokens(|tokens| tokens.get("a1").is_some()));
    let mut peer = Peer::connect(address, "CP1", Version::V2_0_1).await;
    peer.end(&id, 1, 300).await;
    let all = stored(&csms).await;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].bill().energy_wh, Some(200.into()));
}
