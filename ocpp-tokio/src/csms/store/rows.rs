//! Which row a record of the core is.

use ocpp_core::csms::ledger::{RecordChange, is_origin_key};

use super::{AnyStore, Row, StoreError, Table};

/// The key of a station's record of itself.
const STATION: &str = "station";

/// How many rows are read at a time.
const PAGE: usize = 1_000;

/// The rows of records of a station. A record of an open transaction that is removed is one of a closed transaction now, in the
/// same row.
pub(in crate::csms) fn station_rows(station: &str, changes: Vec<RecordChange>) -> Vec<Row> {
    let mut rows = Vec::with_capacity(changes.len());
    for RecordChange { key, record } in changes {
        let (table, key, value) =
            if let Some(number) = key.strip_prefix("open/").or(key.strip_prefix("closed/")) {
                let Some(record) = record else {
                    continue;
                };
                let value = format!("{station}\n{record}");
                (Table::Transactions, number.to_owned(), Some(value))
            } else if is_origin_key(&key) {
                (Table::Origins, origin_row(station, &key), record)
            } else if key.starts_with("meter/") {
                (Table::Meters, format!("{station}\n{key}"), record)
            } else if key == STATION {
                (Table::Stations, station.to_owned(), record)
            } else {
                // What the core keeps of a station besides: its charging profiles.
                (Table::Stations, format!("{station}\n{key}"), record)
            };
        rows.push(Row { table, key, value });
    }
    rows
}

/// The key of a row that leads to a transaction. The keys of the core are of visible ASCII: with a space behind it no other key comes
/// between a key and its row.
pub(in crate::csms) fn origin_row(station: &str, key: &str) -> String {
    format!("{station}\n{key} ")
}

/// The rows of records of the services.
pub(in crate::csms) fn service_rows(changes: impl IntoIterator<Item = RecordChange>) -> Vec<Row> {
    let rows = changes.into_iter().map(|change| Row {
        table: Table::Services,
        key: change.key,
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
