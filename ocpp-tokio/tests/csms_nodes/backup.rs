//! Copies that are made while stations charge, and programs that start on them.

use std::collections::BTreeMap;
use std::sync::Arc;

use ocpp_tokio::Version;
use ocpp_tokio::csms::{Csms, Store, Table};

use crate::peer::{Peer, accepted, config, listen, open, scratch, stored};

/// All that a store has.
async fn all(store: &impl Store) -> BTreeMap<(Table, String), String> {
    let mut all = BTreeMap::new();
    for table in Table::ALL {
        let rows = store.read(table, "", usize::MAX).await.unwrap();
        all.extend(rows.into_iter().map(|(key, value)| ((table, key), value)));
    }
    all
}

#[cfg(feature = "redb")]
mod file {
    use std::sync::atomic::{AtomicBool, Ordering};

    use ocpp_tokio::csms::{FileStore, Row};

    use super::*;

    /// Each copy is of one moment, however much is written meanwhile: rows that are written together are there together.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_copy_of_a_file_is_of_one_moment() {
        let folder = scratch("moment");
        let store = Arc::new(FileStore::open(&folder.join("state.redb")).unwrap());
        let rows: Vec<Row> = (0..2_000)
            .map(|number| Row::put(Table::Meters, format!("{number:05}"), "x".repeat(200)))
            .collect();
        store.write(rows).await.unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let (writing, stopped) = (Arc::clone(&store), Arc::clone(&stop));
        let writing = tokio::spawn(async move {
            let mut number = 0_u64;
            while !stopped.load(Ordering::SeqCst) {
                number += 1;
                let text = number.to_string();
                // The first and the last table of a copy.
                let rows = vec![
                    Row::put(Table::Stations, "CP1", text.as_str()),
                    Row::put(Table::Nodes, "last", text.as_str()),
                ];
                writing.write(rows).await.unwrap();
            }
            number
        });
        for copy in 0..5 {
            let path = folder.join(format!("copy {copy}"));
            let bytes = store.backup(&path).await.unwrap();
            assert_eq!(std::fs::metadata(&path).unwrap().len(), bytes);
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                let mode = std::fs::metadata(&path).unwrap().permissions().mode();
                assert_eq!(mode & 0o777, 0o600);
            }
            let again = store.backup(&path).await;
            assert!(again.is_err(), "a file is not written over");
            let copied = FileStore::open(&path).unwrap();
            let one = copied.get(Table::Stations, "CP1").await.unwrap();
            assert_eq!(one, copied.get(Table::Nodes, "last").await.unwrap());
            assert_eq!(
                copied.read(Table::Meters, "", 5_000).await.unwrap().len(),
                2_000
            );
        }
        stop.store(true, Ordering::SeqCst);
        assert!(writing.await.unwrap() > 0);
        let nowhere = store.backup(&folder.join("no folder/copy")).await;
        assert!(nowhere.is_err());
        let left = std::fs::read_dir(&folder).unwrap();
        let left = left.filter(|it| {
            it.as_ref()
                .unwrap()
                .path()
                .extension()
                .is_some_and(|it| it == "part")
        });
        assert_eq!(left.count(), 0);
        let _ = std::fs::remove_dir_all(folder);
    }

    /// A program goes on from a copy: with the transaction that ran then, and with numbers that nobody has heard since.
    #[tokio::test]
    async fn a_program_goes_on_from_a_copy() {
        let folder = scratch("restore");
        let store = Arc::new(FileStore::open(&folder.join("state.redb")).unwrap());
        let (csms, address) = open(Arc::clone(&store), ()).await;
        csms.put_token("A1", &accepted()).await.unwrap();
        let mut peer = Peer::connect(address, "CP1", Version::V2_0_1).await;
        peer.boot().await;
        let ended = peer.begin().await;
        peer.end(&ended, 1, 300).await;
        let running = peer.begin().await;
        let before = all(&*store).await;
        let copy = folder.join("copy.redb");
        store.backup(&copy).await.unwrap();
        // What happens after it is not in it.
        let later = peer.begin().await;
        let heard = stored(&csms).await.last().unwrap().reference;
        drop((peer, csms, store));

        let store = Arc::new(FileStore::open(&copy).unwrap());
        let mut there = all(&*store).await;
        let number = (Table::Nodes, "number".to_owned());
        let mut wanted = before;
        wanted.remove(&number);
        there.remove(&number);
        // Bills are taken at any time.
        wanted.retain(|(table, _), _| *table != Table::Outbox);
        there.retain(|(table, _), _| *table != Table::Outbox);
        assert_eq!(there, wanted);
        let csms = Csms::open(config("csms"), Arc::clone(&store), ())
            .await
            .unwrap();
        let address = listen(&csms).await;
        let mut peer = Peer::connect(address, "CP1", Version::V2_0_1).await;
        peer.end(&running, 1, 400).await;
        // The station goes on with what the copy does not know.
        peer.end(&later, 1, 500).await;
        let all = stored(&csms).await;
        assert_eq!(all.len(), 3);
        assert_eq!(all[1].bill().energy_wh, Some(300.into()));
        assert!(
            all[2].reference > heard + FileStore::NUMBERS_AFTER_BACKUP / 2,
            "{}",
            all[2].reference
        );
        drop((peer, csms, store));
        let _ = std::fs::remove_dir_all(folder);
    }
}

#[cfg(feature = "postgres")]
mod database {
    use std::process::Command;

    use ocpp_tokio::csms::PostgresStore;

    use super::*;
    use crate::servers;

    /// `pg_dump` while stations charge, `pg_restore` into another database, and a program that starts there, as docs/csms.md says.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_program_goes_on_from_a_dump() {
        let Some(server) = servers::postgres("dump").await else {
            return;
        };
        let (Some(dump), Some(restore)) =
            (servers::program("pg_dump"), servers::program("pg_restore"))
        else {
            return;
        };
        let address = servers::database(server.port);
        let store = Arc::new(PostgresStore::open(&address).await.unwrap());
        let (csms, at) = open(Arc::clone(&store), ()).await;
        csms.put_token("A1", &accepted()).await.unwrap();
        let mut peer = Peer::connect(at, "CP1", Version::V2_0_1).await;
        peer.boot().await;
        let running = peer.begin().await;
        let folder = scratch("dumped");
        let file = folder.join("ocpp.dump");
        let run = async |program: &std::path::Path, arguments: &[&str]| {
            let (program, arguments): (_, Vec<String>) = (
                program.to_owned(),
                arguments.iter().map(|it| (*it).into()).collect(),
            );
            let running = move || Command::new(program).args(arguments).output().unwrap();
            let output = tokio::task::spawn_blocking(running).await.unwrap();
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
        };
        let file = file.to_str().unwrap();
        run(&dump, &["--format=custom", "--file", file, &address]).await;
        peer.meter(&running, 1, 200).await;
        let psql = servers::program("psql").unwrap();
        run(
            &psql,
            &[
                "-c",
                "CREATE DATABASE restored ENCODING 'UTF8' TEMPLATE template0",
                &address,
            ],
        )
        .await;
        let restored = address
            .replace("/postgres", "/restored")
            .replace("restored@", "postgres@");
        run(&restore, &["--exit-on-error", "--dbname", &restored, file]).await;
        // Numbers begin above those that stations may have heard since.
        let later = "UPDATE ocpp_rows SET value = (split_part(value, ' ', 1)::bigint + 100000)::text WHERE kind = 8 AND key = 'number'";
        run(&psql, &["-c", later, &restored]).await;
        drop((peer, csms, store));

        let store = Arc::new(PostgresStore::open(&restored).await.unwrap());
        let (csms, at) = open(Arc::clone(&store), ()).await;
        let mut peer = Peer::connect(at, "CP1", Version::V2_0_1).await;
        peer.boot().await;
        // What came after the dump was acknowledged and is not there: the bill says so.
        peer.end(&running, 2, 400).await;
        let next = peer.begin().await;
        peer.end(&next, 1, 500).await;
        let all = stored(&csms).await;
        assert_eq!(all[0].bill().energy_wh, Some(300.into()));
        assert_eq!(
            all[0].bill().warnings,
            [ocpp_core::csms::ledger::Warning::MissingMessages]
        );
        assert!(all[1].reference > 100_000, "{}", all[1].reference);
        let _ = std::fs::remove_dir_all(folder);
    }
}
