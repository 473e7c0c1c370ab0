//! From what the store knows to a CSMS that works.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use ocpp_core::csms::BrokenRecord;
use ocpp_core::csms::ledger::{RecordChange, Transaction};

use super::application::AnyApplication;
use super::config::CsmsConfig;
use super::drive::standing_of;
use super::fleet::Fleet;
use super::records::Records;
use super::services::Services;
use super::station::{Member, lock};
use super::store::{AnyStore, StoreError, Table, owner, read_all, station_of};

/// Why a CSMS does not begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
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
struct Known {
    records: Vec<(String, String)>,
    /// The last closed transactions.
    closed: VecDeque<(String, String)>,
}

pub(super) async fn load(
    config: CsmsConfig,
    store: Arc<dyn AnyStore>,
    application: Arc<dyn AnyApplication>,
) -> Result<Arc<Fleet>, StartError> {
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
    let mut last = 0;
    let remembered = config.station.ledger.closed;
    read_all(&*store, Table::Transactions, |key, value| {
        let (station, record) = owner(value);
        let transaction: Transaction = serde_json::from_str(record)
            .map_err(|error| broken(Table::Transactions, key, error.to_string()))?;
        last = last.max(transaction.reference);
        let known = stations.entry(station.into()).or_default();
        if transaction.is_open() {
            known.records.push((format!("open/{key}"), record.into()));
            return Ok(());
        }
        known
            .closed
            .push_back((format!("closed/{key}"), record.into()));
        if known.closed.len() > remembered {
            known.closed.pop_front();
        }
        Ok::<_, StartError>(())
    })
    .await?;
    let records = Records::new(store, Arc::clone(&application));
    let fleet = Arc::new(Fleet::new(config, records, services, last, application));
    for (id, known) in stations {
        let mut remote = fleet.stranger(&id);
        let records = known.records.iter().chain(&known.closed);
        let records = records.map(|(key, record)| (key.as_str(), record.as_str()));
        remote
            .restore(records)
            .map_err(|record| StartError::Station {
                station: id.clone(),
                record,
            })?;
        fleet.services.resume(&id, remote.ledger().open());
        // Of two with one serial number, which earlier builds let be, the first one has it.
        let _ = lock(&fleet.serials).claim(&id, remote.serial_number());
        let has_transactions = remote.ledger().transactions().next().is_some();
        let standing = standing_of(&remote);
        let member = Member::new(remote);
        // One that was forgotten has no record of its own any more; its closed transactions still tell what is repeated.
        if !known.records.is_empty() {
            fleet.stands(&member, standing);
        }
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
