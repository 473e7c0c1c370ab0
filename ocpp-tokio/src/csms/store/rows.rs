//! Which row a record of the core is.

use ocpp_core::csms::ledger::{RecordChange, Transaction, is_index_key, is_origin_key};

use super::{AnyStore, Expect, Row, StoreError, Table};

/// The key of a station's record of itself.
const STATION: &str = "station";

/// How many rows are read at a time.
const PAGE: usize = 1_000;

/// The rows of records of a station. A record of an open transaction that is removed is one of a closed transaction now, in the
/// same row. `fresh`: numbers that were given away and under which nothing may stand yet.
pub(in crate::csms) fn station_rows(
    station: &str,
    changes: Vec<RecordChange>,
    fresh: &[u64],
) -> Vec<Row> {
    let mut rows = Vec::with_capacity(changes.len());
    for RecordChange { key, record } in changes {
        if let Some(number) = key.strip_prefix("open/") {
            let is_fresh = number.parse().is_ok_and(|number| fresh.contains(&number));
            match record {
                Some(record) => {
                    if is_fresh {
                        rows.push(Row::put(Table::Open, open_key(station, number), ""));
                    }
                    rows.push(transaction_row(station, number, &record, is_fresh));
                }
                None => rows.push(Row::remove(Table::Open, open_key(station, number))),
            }
        } else if let Some(number) = key.strip_prefix("closed/") {
            // Closed transactions are not removed.
            if let (Some(record), Ok(reference)) = (record, number.parse()) {
                let is_fresh = fresh.contains(&reference);
                rows.push(transaction_row(station, number, &record, is_fresh));
                let newest_first = closed_key(station, reference);
                rows.push(Row::put(Table::Closed, newest_first, ""));
                rows.push(Row::put(Table::Outbox, number, outbox(station, &record)));
            }
        } else if is_index_key(&key) {
            rows.extend(index_keys(station, &key).map(|key| Row {
                table: Table::Index,
                key,
                expect: Expect::Anything,
                value: record.clone(),
            }));
        } else {
            let (table, key) = if is_origin_key(&key) {
                (Table::Origins, origin_row(station, &key))
            } else if key.starts_with("meter/") {
                (Table::Meters, format!("{station}\n{key}"))
            } else if key == STATION {
                (Table::Stations, station.to_owned())
            } else {
                // What the core keeps of a station besides: its charging profiles.
                (Table::Stations, format!("{station}\n{key}"))
            };
            rows.push(Row {
                table,
                key,
                expect: Expect::Anything,
                value: record,
            });
        }
    }
    rows
}

/// The rows of a record of the core by which a transaction is looked for. What is looked for by time is looked for at one station too.
fn index_keys(station: &str, key: &str) -> impl Iterator<Item = String> + use<> {
    let mut parts = key.splitn(3, '/').skip(1);
    let (kind, rest) = (parts.next().unwrap_or_default(), parts.next());
    let rest = rest.unwrap_or_default();
    let (one, other) = match kind {
        "time" => (
            format!("time\n{rest}"),
            Some(format!("station\n{station}\n{rest}")),
        ),
        "token" => {
            let (token, place) = rest.split_once('/').unwrap_or_default();
            (format!("token\n{token}\n{place}"), None)
        }
        kind => (format!("{kind}\n{rest}"), None),
    };
    [one].into_iter().chain(other)
}

/// The keys of the rows by which a transaction is looked for; they go with its record.
pub(in crate::csms) fn index_rows(station: &str, transaction: &Transaction) -> Vec<String> {
    let keys = transaction.index().into_iter();
    keys.flat_map(|key| index_keys(station, &key)).collect()
}

/// The number of a transaction, as it stands at the end of a key.
pub(in crate::csms) fn number_of(key: &str) -> &str {
    key.rsplit(['/', '\n']).next().unwrap_or_default()
}

/// The key of a row that leads to a transaction.
pub(in crate::csms) fn origin_row(station: &str, key: &str) -> String {
    format!("{station}\n{key}")
}

fn transaction_row(station: &str, number: &str, record: &str, is_fresh: bool) -> Row {
    let row = Row::put(Table::Transactions, number, format!("{station}\n{record}"));
    if is_fresh {
        row.only_if(Expect::Absent)
    } else {
        row
    }
}

/// The key of a transaction in its table.
pub(in crate::csms) fn number_key(reference: u64) -> String {
    format!("{reference:020}")
}

/// The key of an open transaction in the table of a station's open transactions.
pub(in crate::csms) fn open_key(station: &str, number: &str) -> String {
    format!("{station}\n{number}")
}

/// The key of a closed transaction in the table of a station's closed transactions.
pub(in crate::csms) fn closed_key(station: &str, reference: u64) -> String {
    format!("{station}\n{:020}", u64::MAX - reference)
}

/// The station and the number of a key of [`closed_key`].
pub(in crate::csms) fn closed_of(key: &str) -> Option<(&str, u64)> {
    let (station, number) = key.split_once('\n')?;
    let number: u64 = number.parse().ok()?;
    Some((station, u64::MAX - number))
}

/// A bill that waits for the application.
fn outbox(station: &str, record: &str) -> String {
    format!("{station}\n{record}")
}

/// The rows of records of the services.
pub(in crate::csms) fn service_rows(changes: impl IntoIterator<Item = RecordChange>) -> Vec<Row> {
    let rows = changes.into_iter().map(|change| Row {
        table: Table::Services,
        key: change.key,
        expect: Expect::Anything,
        value: change.record,
    });
    rows.collect()
}

/// The station and the key of a record in the table of stations.
pub(in crate::csms) fn station_of(key: &str) -> (&str, &str) {
    key.split_once('\n').unwrap_or((key, STATION))
}

/// The station and the record of a row in the table of transactions.
pub(in crate::csms) fn owner(value: &str) -> (&str, &str) {
    value.split_once('\n').unwrap_or_default()
}

/// The keys of a transaction's meter values begin so.
pub(in crate::csms) fn meters_of(station: &str, reference: u64) -> String {
    format!("{station}\nmeter/{reference:020}/")
}

/// The keys of a station's meter values outside of transactions begin so.
pub(in crate::csms) fn meters_outside(station: &str) -> String {
    format!("{station}\nmeter/outside/")
}

/// Goes through the rows whose keys begin with a prefix.
pub(in crate::csms) async fn read_from(
    store: &dyn AnyStore,
    table: Table,
    prefix: &str,
    mut each: impl FnMut(&str, &str) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut after = prefix.to_owned();
    loop {
        let rows = store.read(table, &after, PAGE).await?;
        let is_last = rows.len() < PAGE;
        for (key, value) in rows {
            if !key.starts_with(prefix) {
                return Ok(());
            }
            each(&key, &value)?;
            after = key;
        }
        if is_last {
            return Ok(());
        }
    }
}

/// Goes through a table.
pub(in crate::csms) async fn read_all<E: From<StoreError>>(
    store: &dyn AnyStore,
    table: Table,
    mut each: impl FnMut(&str, &str) -> Result<(), E>,
) -> Result<(), E> {
    let mut after = String::new();
    loop {
        let rows = store.read(table, &after, PAGE).await?;
        for (key, value) in &rows {
            each(key, value)?;
        }
        match rows.into_iter().nth(PAGE - 1) {
            Some((last, _)) => after = last,
            None => return Ok(()),
        }
    }
}
