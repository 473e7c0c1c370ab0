//! What every store must do.

use std::sync::Arc;

use ocpp_tokio::csms::{Expect, Row, Store, Table};

fn counter(value: &str) -> Row {
    Row::put(Table::Nodes, "counter", value)
}

/// All rows are written or none, and only if they are what was expected.
pub async fn conditions(store: &impl Store) {
    let get = async |key: &str| store.get(Table::Nodes, key).await.unwrap();
    store.write(Vec::new()).await.unwrap();
    store
        .write(vec![counter("1").only_if(Expect::Absent)])
        .await
        .unwrap();
    assert_eq!(get("counter").await.as_deref(), Some("1"));
    let refused = [
        counter("2").only_if(Expect::Absent),
        counter("2").only_if(Expect::Value("0".into())),
        Row::check(Table::Nodes, "counter", "0"),
        Row::remove(Table::Nodes, "counter").only_if(Expect::Value(String::new())),
        Row::check(Table::Nodes, "nothing", "0"),
    ];
    for row in refused {
        let key = row.key.clone();
        let other = Row::put(Table::Stations, "CP1", "never");
        for rows in [vec![other.clone(), row.clone()], vec![row, other]] {
            let error = store.write(rows).await.unwrap_err();
            assert!(error.is_conflict(), "{error}");
            assert!(error.to_string().contains(&key), "{error}");
        }
    }
    assert_eq!(get("counter").await.as_deref(), Some("1"));
    assert_eq!(store.get(Table::Stations, "CP1").await.unwrap(), None);
    let odd = "{\"a\":\"ü\n'\\\u{1F50C}\"}";
    store
        .write(vec![
            Row::check(Table::Nodes, "counter", "1"),
            Row::remove(Table::Nodes, "absent"),
            Row::put(Table::Stations, "CP1", odd),
            Row::put(Table::Stations, "CP2", ""),
        ])
        .await
        .unwrap();
    let there = store.get(Table::Stations, "CP1").await.unwrap();
    assert_eq!(there.as_deref(), Some(odd));
    let empty = store.get(Table::Stations, "CP2").await.unwrap();
    assert_eq!(empty.as_deref(), Some(""), "an empty text is a row");
    store
        .write(vec![
            counter("2").only_if(Expect::Value("1".into())),
            Row::remove(Table::Stations, "CP1").only_if(Expect::Value(odd.into())),
            Row::remove(Table::Stations, "CP2"),
        ])
        .await
        .unwrap();
    assert_eq!(get("counter").await.as_deref(), Some("2"));
    assert_eq!(store.get(Table::Stations, "CP1").await.unwrap(), None);
    store
        .write(vec![Row::remove(Table::Nodes, "counter")])
        .await
        .unwrap();
}

/// Rows are read in the order of their keys as bytes, each table for itself.
pub async fn order(store: &impl Store) {
    let keys = ["Z", "a", "a\n1", "a b", "ab", "é", "\u{FFFD}", "\u{1F50C}"];
    let mut sorted = keys.map(String::from).to_vec();
    sorted.sort();
    let rows = keys.map(|key| Row::put(Table::Meters, key, key)).to_vec();
    store.write(rows).await.unwrap();
    store
        .write(vec![Row::put(Table::Services, "b", "elsewhere")])
        .await
        .unwrap();
    let keys_after = async |after: &str, limit| {
        let rows = store.read(Table::Meters, after, limit).await.unwrap();
        let keys: Vec<String> = rows.into_iter().map(|(key, _)| key).collect();
        keys
    };
    assert_eq!(keys_after("", 100).await, sorted);
    for (at, key) in sorted.iter().enumerate() {
        let rest: Vec<String> = sorted.iter().skip(at + 1).take(2).cloned().collect();
        assert_eq!(keys_after(key, 2).await, rest, "after {key:?}");
    }
    let all = keys.map(|key| Row::remove(Table::Meters, key)).to_vec();
    store.write(all).await.unwrap();
    assert!(keys_after("", 100).await.is_empty());
}

/// Many count at the same time: nobody's step is lost, and rows that are written together stay together.
pub async fn races(store: Arc<impl Store>) {
    const TASKS: usize = 8;
    const STEPS: usize = 20;
    let counting = (0..TASKS).map(|task| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let mut steps = 0;
            while steps < STEPS {
                let there = store.get(Table::Nodes, "counter").await.unwrap();
                let number: usize = there.as_deref().unwrap_or("0").parse().unwrap();
                let next = (number + 1).to_string();
                let expect = there.map_or(Expect::Absent, Expect::Value);
                let rows = vec![
                    Row::put(Table::Open, format!("{task}/{steps}"), next.as_str()),
                    counter(&next).only_if(expect),
                ];
                match store.write(rows).await {
                    Ok(()) => steps += 1,
                    Err(error) => assert!(error.is_conflict(), "{error}"),
                }
            }
        })
    });
    let counting: Vec<_> = counting.collect();
    for task in counting {
        task.await.unwrap();
    }
    let all = TASKS * STEPS;
    let last = store.get(Table::Nodes, "counter").await.unwrap();
    assert_eq!(last, Some(all.to_string()));
    let rows = store.read(Table::Open, "", 2 * all).await.unwrap();
    let mut numbers: Vec<usize> = rows
        .iter()
        .map(|(_, number)| number.parse().unwrap())
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=all).collect::<Vec<_>>());
}
