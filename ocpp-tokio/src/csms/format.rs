//! The format of what is stored: a store of an earlier build gets what it lacks when this one starts on it first.

use ocpp_core::csms::ledger::Transaction;
use ocpp_core::csms::{RemoteStation, remote};

use super::names::name_row;
use super::numbers;
use super::records::Records;
use super::start::StartError;
use super::store::{
    Expect, Row, StoreError, Table, closed_key, index_rows, open_key, owner, station_of,
};
use super::unreadable::UnreadableRecord;

/// The key of the row that names the format.
const KEY: &str = "format";

/// What this build writes. 1, which no row names: without the table `Index`, and without rows that say whose a name is.
const CURRENT: u32 = 2;

/// How many rows are written at a time.
const BATCH: usize = 2_000;

pub(super) async fn bring_up_to_date(records: &Records) -> Result<(), StartError> {
    let there = records.store().get(Table::Nodes, KEY).await?;
    let format: u32 = match &there {
        Some(there) => there.parse().map_err(|_| unknown())?,
        None => 1,
    };
    if format > CURRENT {
        return Err(StartError::Later {
            found: format,
            known: CURRENT,
        });
    }
    if format == CURRENT {
        return Ok(());
    }
    let has_numbers = records.store().get(Table::Nodes, numbers::KEY).await?;
    let last = index_transactions(records, has_numbers.is_none()).await?;
    if let Some(last) = last.filter(|_| has_numbers.is_none()) {
        let next = Row::put(Table::Nodes, numbers::KEY, (last + 1).to_string());
        unless_done(records.write(vec![next.only_if(Expect::Absent)]).await)?;
    }
    name_stations(records).await?;
    // Everything else is there before this says so: whoever is interrupted begins anew.
    let row = Row::put(Table::Nodes, KEY, CURRENT.to_string());
    let row = row.only_if(there.map_or(Expect::Absent, Expect::Value));
    let noted = unless_done(records.write(vec![row]).await);
    // A new store that cannot be written yet has nothing that could be missing: the next start notes it.
    let is_new = last.is_none()
        && records
            .store()
            .read(Table::Stations, "", 1)
            .await?
            .is_empty();
    Ok(noted.or_else(|error| if is_new { Ok(()) } else { Err(error) })?)
}

fn unknown() -> StoreError {
    StoreError::new("nobody knows the format of the store: its row is damaged; go back to a backup")
}

/// Another node may have done it at the same time.
fn unless_done(written: Result<(), StoreError>) -> Result<(), StoreError> {
    match written {
        Err(error) if error.is_conflict() => Ok(()),
        other => other,
    }
}

/// Writes rows that say whose a name is, for stations that the operator has put: identities come first.
async fn name_stations(records: &Records) -> Result<(), StartError> {
    let mut serials = Vec::new();
    let mut after = String::new();
    loop {
        let page = records.store().read(Table::Stations, &after, BATCH).await?;
        let Some((end, _)) = page.last() else {
            break;
        };
        after.clone_from(end);
        for (id, record) in &page {
            if id.contains('\n') {
                continue;
            }
            let mut remote = RemoteStation::new(id, remote::Config::default(), 0);
            // The start tells of those that cannot be read.
            let is_read = remote
                .restore([(station_of(id).1, record.as_str())])
                .is_ok();
            if !is_read || !remote.is_put() {
                continue;
            }
            unless_done(records.write(vec![name_row(id, id)]).await)?;
            let serial = remote.serial_number().filter(|serial| serial != id);
            serials.extend(serial.map(|serial| (serial.to_owned(), id.clone())));
        }
    }
    for (serial, id) in serials {
        // Of two with one serial number, which earlier builds let be, the first one has it.
        unless_done(records.write(vec![name_row(&serial, &id)]).await)?;
    }
    Ok(())
}

/// Writes the rows by which transactions are looked for, and if the store is of a build that did not know them, those that say whose
/// transactions are whose. Gives the last number.
async fn index_transactions(
    records: &Records,
    also_whose: bool,
) -> Result<Option<u64>, StartError> {
    let mut last = None;
    let mut after = String::new();
    loop {
        let page = records
            .store()
            .read(Table::Transactions, &after, BATCH / 4)
            .await?;
        let Some((end, _)) = page.last() else {
            return Ok(last);
        };
        after.clone_from(end);
        let mut rows = Vec::new();
        for (key, value) in &page {
            last = last.max(key.parse().ok());
            let (station, record) = owner(value);
            let transaction: Transaction = match serde_json::from_str(record) {
                Ok(transaction) => transaction,
                Err(why) => {
                    records.set_aside(UnreadableRecord::new(Table::Transactions, key, why));
                    continue;
                }
            };
            let index = index_rows(station, &transaction).into_iter();
            rows.extend(index.map(|key| Row::put(Table::Index, key, "")));
            if also_whose {
                let (table, key) = match transaction.is_open() {
                    true => (Table::Open, open_key(station, key)),
                    false => (Table::Closed, closed_key(station, transaction.reference)),
                };
                rows.push(Row::put(table, key, ""));
            }
        }
        records.write(rows).await?;
    }
}
