//! A station as the operator handles it, and the transactions in the store.

use std::sync::Arc;

use ocpp_core::csms::ledger::{Outside, Sample, Transaction};
use ocpp_core::csms::remote::{Command, CommandError, Operation, Outcome, RemoteStation};

use super::Csms;
use super::fleet::Fleet;
use super::journal::Message;
use super::station::{Member, lock};
use super::store::{Row, StoreError, Table, meters_of, meters_outside, owner, read_from};
use crate::Version;

/// How many rows are read at a time.
const PAGE: usize = 1_000;

/// A station that is known or connected. It stays valid when the station reconnects.
#[derive(Debug, Clone)]
pub struct StationHandle {
    fleet: Arc<Fleet>,
    member: Arc<Member>,
}

impl StationHandle {
    pub(super) const fn new(fleet: Arc<Fleet>, member: Arc<Member>) -> Self {
        Self { fleet, member }
    }

    /// Its identity.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.member.id
    }

    /// Whether it is connected.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.member.is_connected()
    }

    /// The version of its connection, if it has one.
    #[must_use]
    pub fn version(&self) -> Option<Version> {
        self.member.version()
    }

    /// Looks at what is known of it. Waits while something is being stored for it.
    pub async fn look<T>(&self, look: impl FnOnce(&RemoteStation) -> T) -> T {
        look(&*self.member.remote.lock().await)
    }

    /// Carries a command out, and waits for what comes of it. It is carried out even if this is dropped.
    ///
    /// # Errors
    /// Why nothing came of it.
    pub async fn command(&self, command: Command) -> Result<Outcome, CommandError> {
        self.fleet.command(&self.member, command).await
    }

    /// Carries a typed operation out.
    ///
    /// # Errors
    /// Why nothing came of it.
    pub async fn operate(&self, operation: Operation) -> Result<Outcome, CommandError> {
        self.command(Command::Operation(operation)).await
    }

    /// Sends a request as it is, both it and the response JSON.
    ///
    /// # Errors
    /// Why there is no response.
    pub async fn call(&self, action: &str, payload: &str) -> Result<String, CommandError> {
        let command = Command::Call {
            action: action.into(),
            payload: payload.into(),
        };
        match self.command(command).await? {
            Outcome::Response(response) => Ok(response),
            other => Err(CommandError::InvalidResponse(format!("{other:?}"))),
        }
    }

    /// The last messages, oldest first; how many are kept says the [configuration](super::CsmsConfig::journal_messages).
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        lock(&self.member.journal).all().cloned().collect()
    }

    /// The meter values that came outside of transactions, the newest ones in the order of their times; how many are kept says
    /// [`Limits::outside_records`](ocpp_core::csms::ledger::Limits::outside_records).
    ///
    /// # Errors
    /// The store cannot be read, or a record in it.
    pub async fn meter_values_outside(&self) -> Result<Vec<Outside>, StoreError> {
        let prefix = meters_outside(self.identity());
        let store = self.fleet.records.store();
        let mut all = Vec::new();
        read_from(store, Table::Meters, &prefix, |_, value| {
            all.push(serde_json::from_str(value).map_err(StoreError::new)?);
            Ok(())
        })
        .await?;
        all.sort_by_key(|outside: &Outside| {
            let first = outside.samples.first();
            first.map(|sample| sample.at.unix_millis())
        });
        Ok(all)
    }

    /// Forgets the station, as far as it is not needed for bills: transactions stay in the store. `false`: it is connected, or a
    /// transaction of it is open.
    ///
    /// # Errors
    /// It could not be stored.
    pub async fn forget(&self) -> Result<bool, StoreError> {
        let remote = self.member.remote.lock().await;
        if self.is_connected() || remote.ledger().open().next().is_some() {
            return Ok(false);
        }
        let row = |key: String| Row {
            table: Table::Stations,
            key,
            value: None,
        };
        let mut rows = vec![row(self.identity().into())];
        // And what it keeps besides: its charging profiles.
        let prefix = format!("{}\n", self.identity());
        let store = self.fleet.records.store();
        let each = |key: &str, _: &str| {
            rows.push(row(key.into()));
            Ok(())
        };
        read_from(store, Table::Stations, &prefix, each).await?;
        self.fleet.records.write(rows).await?;
        self.member.set_kept(false);
        Ok(self.fleet.drop_unknown(&self.member))
    }
}

/// A transaction as it is stored.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct StoredTransaction {
    /// The identity of the station.
    pub station: String,
    /// The transaction.
    pub transaction: Transaction,
}

/// Some of the transactions in the store.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TransactionsPage {
    /// The transactions, oldest first.
    pub transactions: Vec<StoredTransaction>,
    /// There may be more, after this number.
    pub next: Option<u64>,
}

impl Csms {
    /// Transactions in the store with numbers after `after`, oldest first, at most `limit` of those that are `wanted`.
    ///
    /// # Errors
    /// The store cannot be read, or a record in it.
    pub async fn transactions(
        &self,
        after: u64,
        limit: usize,
        wanted: impl Fn(&str, &Transaction) -> bool,
    ) -> Result<TransactionsPage, StoreError> {
        let store = self.fleet.records.store();
        let mut transactions = Vec::new();
        let mut after = format!("{after:020}");
        loop {
            let rows = store.read(Table::Transactions, &after, PAGE).await?;
            let is_last = rows.len() < PAGE;
            for (key, value) in rows {
                let (station, record) = owner(&value);
                let transaction: Transaction =
                    serde_json::from_str(record).map_err(StoreError::new)?;
                let reference = transaction.reference;
                if wanted(station, &transaction) {
                    if transactions.len() >= limit {
                        let last = transactions.last();
                        let last = last.map(|last: &StoredTransaction| last.transaction.reference);
                        return Ok(TransactionsPage {
                            transactions,
                            next: last.or(Some(reference.saturating_sub(1))),
                        });
                    }
                    transactions.push(StoredTransaction {
                        station: station.into(),
                        transaction,
                    });
                }
                after = key;
            }
            if is_last {
                return Ok(TransactionsPage {
                    transactions,
                    next: None,
                });
            }
        }
    }

    /// A transaction in the store, by its number.
    ///
    /// # Errors
    /// The store cannot be read, or the record.
    pub async fn transaction(
        &self,
        reference: u64,
    ) -> Result<Option<StoredTransaction>, StoreError> {
        let before = reference.saturating_sub(1);
        let page = self.transactions(before, 1, |_, _| true).await?;
        let mut found = page.transactions.into_iter();
        Ok(found.find(|found| found.transaction.reference == reference))
    }

    /// The meter values of a transaction in the store, in the order in which they came.
    ///
    /// # Errors
    /// The store cannot be read, or a record in it.
    pub async fn meter_values(
        &self,
        station: &str,
        reference: u64,
    ) -> Result<Vec<Sample>, StoreError> {
        let prefix = meters_of(station, reference);
        let store = self.fleet.records.store();
        let mut samples: Vec<Sample> = Vec::new();
        read_from(store, Table::Meters, &prefix, |_, value| {
            let read: Vec<Sample> = serde_json::from_str(value).map_err(StoreError::new)?;
            samples.extend(read);
            Ok(())
        })
        .await?;
        Ok(samples)
    }
}
