//! From what the store knows to a CSMS that works.

use std::collections::BTreeMap;
use std::sync::Arc;

use ocpp_core::csms::BrokenRecord;
use ocpp_core::csms::ledger::{RecordChange, Transaction};

use super::application::AnyApplication;
use super::bus::{BusError, MaybeBus, Post};
use super::cluster::Cluster;
use super::config::CsmsConfig;
use super::drive::standing_of;
use super::fleet::Fleet;
use super::numbers;
use super::ownership::Me;
use super::records::Records;
use super::services::Services;
use super::station::{Member, Standing, lock};
use super::store::{
    AnyStore, Expect, Row, StoreError, Table, closed_key, closed_of, number_key, open_key, owner,
    read_all, read_from, station_of,
};

/// Why a CSMS does not begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The other nodes cannot be reached.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// A record of a station cannot be read: what it means is not known, so nothing is begun without it.
    #[error("station {station}: {record}")]
    Station {
        /// The identity of the station.
        station: String,
        /// The record.
        record: BrokenRecord,
    },
    /// Another record cannot be read.
    #[error("record {key:?} of {}: {reason}", table.name())]
    Record {
        /// Its table.
        table: Table,
        /// Its key.
        key: String,
        /// Why.
        reason: String,
    },
}

/// The records that a station needs in memory.
#[derive(Default)]
pub(super) struct Known {
    records: Vec<(String, String)>,
    /// The last closed transactions.
    closed: Vec<(String, String)>,
}

impl Known {
    /// What the core takes back.
    pub(super) fn records(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.records.iter().chain(&self.closed);
        all.map(|(key, record)| (key.as_str(), record.as_str()))
    }

    /// Whether there is something to remember of it. Of one that was forgotten the closed transactions still tell what is repeated.
    pub(super) const fn is_kept(&self) -> bool {
        !self.records.is_empty()
    }
}

/// What is stored of one station, of its closed transactions the last ones.
pub(super) async fn known(
    store: &dyn AnyStore,
    station: &str,
    closed: usize,
) -> Result<Known, StoreError> {
    let mut known = Known::default();
    if let Some(record) = store.get(Table::Stations, station).await? {
        known.records.push((station_of(station).1.into(), record));
    }
    let prefix = format!("{station}\n");
    read_from(store, Table::Stations, &prefix, |key, record| {
        known
            .records
            .push((station_of(key).1.into(), record.into()));
        Ok(())
    })
    .await?;
    let mut open = Vec::new();
    read_from(store, Table::Open, &prefix, |key, _| {
        open.push(station_of(key).1.to_owned());
        Ok(())
    })
    .await?;
    for number in open {
        if let Some(record) = transaction(store, &number).await? {
            known.records.push((format!("open/{number}"), record));
        }
    }
    for (key, _) in store.read(Table::Closed, &prefix, closed).await? {
        let Some((of, reference)) = closed_of(&key) else {
            continue;
        };
        let number = number_key(reference);
        if of == station
            && let Some(record) = transaction(store, &number).await?
        {
            known.closed.push((format!("closed/{number}"), record));
        }
    }
    Ok(known)
}

async fn transaction(store: &dyn AnyStore, number: &str) -> Result<Option<String>, StoreError> {
    let value = store.get(Table::Transactions, number).await?;
    Ok(value.map(|value| owner(&value).1.into()))
}

/// A store of an earlier build, which did not say which transactions are whose, gets what it lacks.
async fn complete(store: &dyn AnyStore) -> Result<(), StartError> {
    if store.get(Table::Nodes, numbers::KEY).await?.is_some() {
        return Ok(());
    }
    let mut rows = Vec::new();
    let mut last = None;
    read_all(store, Table::Transactions, |key, value| {
        let (station, record) = owner(value);
        let transaction: Transaction = serde_json::from_str(record)
            .map_err(|error| broken(Table::Transactions, key, error.to_string()))?;
        rows.push(if transaction.is_open() {
            Row::put(Table::Open, open_key(station, key), "")
        } else {
            Row::put(
                Table::Closed,
                closed_key(station, transaction.reference),
                "",
            )
        });
        last = last.max(Some(transaction.reference));
        Ok::<_, StartError>(())
    })
    .await?;
    let Some(last) = last else {
        return Ok(());
    };
    let next = Row::put(Table::Nodes, numbers::KEY, (last + 1).to_string());
    rows.push(next.only_if(Expect::Absent));
    match store.write(rows).await {
        // Another node has done it.
        Err(error) if error.is_conflict() => Ok(()),
        other => Ok(other?),
    }
}

pub(super) async fn load(
    config: CsmsConfig,
    store: Arc<dyn AnyStore>,
    bus: MaybeBus,
    application: Arc<dyn AnyApplication>,
) -> Result<Arc<Fleet>, StartError> {
    let me = Me::new(&config.node);
    if let Some(bus) = &bus {
        // Whatever changes while the store is read is told.
        bus.join(me.node(), me.process()).await?;
    }
    let post = Post::begin(&bus, me.process());
    let services = Services::new(config.tokens);
    read_all(&*store, Table::Services, |key, value| {
        let record = RecordChange {
            key: key.into(),
            record: Some(value.into()),
        };
        match services.restore(&record) {
            Ok(true) => Ok(()),
            Ok(false) => Err(broken(Table::Services, key, "nothing here knows it".into())),
            Err(reason) => Err(broken(Table::Services, key, reason)),
        }
    })
    .await?;
    let mut stations: BTreeMap<String, Known> = BTreeMap::new();
    read_all::<StartError>(&*store, Table::Stations, |key, value| {
        let (station, key) = station_of(key);
        let known = stations.entry(station.into()).or_default();
        known.records.push((key.into(), value.into()));
        Ok(())
    })
    .await?;
    complete(&*store).await?;
    let mut open = Vec::new();
    read_all::<StartError>(&*store, Table::Open, |key, _| {
        let (station, number) = station_of(key);
        open.push((station.to_owned(), number.to_owned()));
        Ok(())
    })
    .await?;
    for (station, number) in open {
        if let Some(record) = transaction(&*store, &number).await? {
            let known = stations.entry(station).or_default();
            known.records.push((format!("open/{number}"), record));
        }
    }
    let records = Records::new(store, Arc::clone(&application), post.clone());
    let node = (me, Cluster::new(bus, post));
    let fleet = Fleet::new(config, records, services, node, application);
    let fleet = Arc::new(fleet);
    for (id, known) in stations {
        let mut remote = fleet.stranger(&id);
        remote
            .restore(known.records())
            .map_err(|record| StartError::Station {
                station: id.clone(),
                record,
            })?;
        fleet.services.resume(&id, remote.ledger().open());
        // Of two with one serial number, which earlier builds let be, the first one has it.
        let _ = lock(&fleet.serials).claim(&id, remote.serial_number());
        let mut has_transactions = remote.ledger().open().next().is_some();
        let standing = standing_of(&remote);
        if standing == Standing::Stranger && !has_transactions {
            let store = fleet.records.store();
            let closed = store.read(Table::Closed, &format!("{id}\n"), 1).await?;
            let of_it = |key: &str| closed_of(key).is_some_and(|(of, _)| of == id);
            has_transactions = closed.first().is_some_and(|(key, _)| of_it(key));
        }
        let member = Member::new(remote);
        fleet.stands(&member, standing);
        fleet.insert(Arc::clone(&member));
        fleet.is_idle(&member, has_transactions);
    }
    Ok(fleet)
}

fn broken(table: Table, key: &str, reason: String) -> StartError {
    StartError::Record {
        table,
        key: key.into(),
        reason,
    }
}
