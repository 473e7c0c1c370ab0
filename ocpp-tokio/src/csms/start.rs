//! From what the store knows to a CSMS that works.

use std::collections::BTreeMap;
use std::sync::Arc;

use ocpp_core::csms::ledger::RecordChange;
use ocpp_core::csms::{BrokenRecord, RemoteStation};

use super::application::AnyApplication;
use super::bus::{BusError, MaybeBus, Post};
use super::cluster::Cluster;
use super::config::CsmsConfig;
use super::drive::standing_of;
use super::fleet::Fleet;
use super::format;
use super::ownership::Me;
use super::records::Records;
use super::services::Services;
use super::station::{Member, Standing, lock};
use super::store::{
    AnyStore, StoreError, Table, closed_of, number_key, owner, read_all, read_from, station_of,
};
use super::unreadable::UnreadableRecord;

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
    /// The store was written by a later build.
    #[error(
        "the store has format {found}, of a later build, and this one knows up to {known}: start that build, or go back to a backup of before"
    )]
    Later {
        /// The format of the store.
        found: u32,
        /// The last one that this build knows.
        known: u32,
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

    /// Puts a station back, as far as its records can be read; the others are told of. Gives whether its own record is one of these.
    pub(super) fn put_back(&self, records: &Records, id: &str, remote: &mut RemoteStation) -> bool {
        let mut is_sealed = false;
        for (key, record) in self.records() {
            let Err(BrokenRecord { key, reason }) = remote.restore([(key, record)]) else {
                continue;
            };
            let row = place_of(id, &key);
            is_sealed |= row == (Table::Stations, id.to_owned());
            let (table, key) = row;
            records.set_aside(UnreadableRecord::new(table, &key, reason));
        }
        is_sealed
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

/// Where a record of the core stands.
fn place_of(station: &str, key: &str) -> (Table, String) {
    let transaction = key.strip_prefix("open/").or(key.strip_prefix("closed/"));
    match transaction {
        Some(number) => (Table::Transactions, number.into()),
        None if station_of(station).1 == key => (Table::Stations, station.into()),
        None => (Table::Stations, format!("{station}\n{key}")),
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
    let records = Records::new(store, Arc::clone(&application), post.clone());
    let services = Services::new(config.tokens);
    read_all::<StartError>(records.store(), Table::Services, |key, value| {
        let record = RecordChange {
            key: key.into(),
            record: Some(value.into()),
        };
        let reason = match services.restore(&record) {
            Ok(true) => return Ok(()),
            Ok(false) => "nothing here knows it".to_owned(),
            Err(reason) => reason,
        };
        records.set_aside(UnreadableRecord::new(Table::Services, key, reason));
        Ok(())
    })
    .await?;
    let mut stations: BTreeMap<String, Known> = BTreeMap::new();
    read_all::<StartError>(records.store(), Table::Stations, |key, value| {
        let (station, key) = station_of(key);
        let known = stations.entry(station.into()).or_default();
        known.records.push((key.into(), value.into()));
        Ok(())
    })
    .await?;
    format::bring_up_to_date(&records).await?;
    let mut open = Vec::new();
    read_all::<StartError>(records.store(), Table::Open, |key, _| {
        let (station, number) = station_of(key);
        open.push((station.to_owned(), number.to_owned()));
        Ok(())
    })
    .await?;
    for (station, number) in open {
        if let Some(record) = transaction(records.store(), &number).await? {
            let known = stations.entry(station).or_default();
            known.records.push((format!("open/{number}"), record));
        }
    }
    let node = (me, Cluster::new(bus, post));
    let fleet = Fleet::new(config, records, services, node, application);
    let fleet = Arc::new(fleet);
    for (id, known) in stations {
        let mut remote = fleet.stranger(&id);
        let is_sealed = known.put_back(&fleet.records, &id, &mut remote);
        fleet.services.resume(&id, remote.ledger().open());
        // Of two with one serial number, which earlier builds let be, the first one has it.
        let _ = lock(&fleet.serials).claim(&id, remote.serial_number());
        let mut has_transactions = remote.ledger().open().next().is_some();
        let standing = standing_of(&remote, is_sealed);
        if standing == Standing::Stranger && !has_transactions {
            let store = fleet.records.store();
            let closed = store.read(Table::Closed, &format!("{id}\n"), 1).await?;
            let of_it = |key: &str| closed_of(key).is_some_and(|(of, _)| of == id);
            has_transactions = closed.first().is_some_and(|(key, _)| of_it(key));
        }
        let member = Member::new(remote);
        member.set_sealed(is_sealed);
        fleet.stands(&member, standing);
        fleet.insert(Arc::clone(&member));
        fleet.is_idle(&member, has_transactions);
    }
    Ok(fleet)
}
