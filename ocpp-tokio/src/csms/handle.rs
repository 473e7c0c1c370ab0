//! A station as the operator handles it, and the transactions in the store.

use std::sync::Arc;

use ocpp_core::csms::ledger::{IdToken, Outside, Sample, Transaction};
use ocpp_core::csms::remote::{
    Command, CommandError, Operation, Outcome, RemoteStation, TokenInfo,
};

use super::Csms;
use super::fleet::Fleet;
use super::journal::Message;
use super::station::{Member, lock};
use super::store::{StoreError, Table, meters_of, meters_outside, owner, read_from};
use crate::Version;

/// How many rows are read at a time.
const PAGE: usize = 1_000;

/// A station that is known or connected. It stays valid whatever becomes of the station: it is its name.
#[derive(Debug, Clone)]
pub struct StationHandle {
    fleet: Arc<Fleet>,
    id: Arc<str>,
}

impl StationHandle {
    pub(super) const fn new(fleet: Arc<Fleet>, id: Arc<str>) -> Self {
        Self { fleet, id }
    }

    /// Its identity.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.id
    }

    fn member(&self) -> Option<Arc<Member>> {
        self.fleet.get(&self.id)
    }

    /// Whether it is connected.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.member().is_some_and(|member| member.is_connected())
    }

    /// Whether the operator has [put](Csms::put_station) it. Of others so many are remembered
    /// ([`max_strangers`](super::CsmsConfig::max_strangers)), and no certificates are signed for them.
    #[must_use]
    pub fn is_put(&self) -> bool {
        self.member().is_some_and(|member| member.is_put())
    }

    /// The version of its connection, if it has one.
    #[must_use]
    pub fn version(&self) -> Option<Version> {
        self.member()?.version()
    }

    /// Looks at what is known of it; nothing, if it was forgotten. Waits while something is being stored for it.
    pub async fn look<T>(&self, look: impl FnOnce(&RemoteStation) -> T) -> T {
        match self.member() {
            Some(member) => look(&*member.remote.lock().await),
            None => look(&self.fleet.stranger(&self.id)),
        }
    }

    /// Carries a command out, and waits for what comes of it. It is carried out even if this is dropped.
    ///
    /// # Errors
    /// Why nothing came of it.
    pub async fn command(&self, command: Command) -> Result<Outcome, CommandError> {
        self.fleet.command(&self.id, command).await
    }

    /// Carries a typed operation out.
    ///
    /// # Errors
    /// Why nothing came of it.
    pub async fn operate(&self, operation: Operation) -> Result<Outcome, CommandError> {
        self.command(Command::Operation(operation)).await
    }

    /// Ends its connection. It may connect again.
    ///
    /// # Errors
    /// It is not connected.
    pub async fn disconnect(&self) -> Result<(), CommandError> {
        self.command(Command::Disconnect).await.map(drop)
    }

    /// Sees to it that its local list has these tokens and no others (D01): sends the differences, or all of them if they are fewer, if
    /// it is not known what the station has, or if it does not take the differences; split as the station wants it. `None`: it has
    /// them. What each station has is stored.
    ///
    /// # Errors
    /// Why nothing came of it. The next time all of them are sent.
    pub async fn bring_local_list(
        &self,
        tokens: &[(IdToken, TokenInfo)],
    ) -> Result<Option<Outcome>, CommandError> {
        let tokens = tokens.to_vec();
        let bringing = self.fleet.with(&self.id, |fleet, member| async move {
            fleet.bring_list(&member, &tokens).await
        });
        bringing.await.unwrap_or(Err(CommandError::TooMany))
    }

    /// The version of its local list, 0 if none was sent (D02). `None`: it is not known what it has.
    #[must_use]
    pub fn local_list_version(&self) -> Option<i64> {
        self.fleet.services.lists(|lists| lists.version(&self.id))
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
        let member = self.member();
        member.map_or_else(Vec::new, |member| {
            lock(&member.journal).all().cloned().collect()
        })
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

    /// Forgets the station, as far as it is not needed for bills: transactions stay in the store. Its connection ends. `false`: a
    /// transaction of it is open, or it is another node's.
    ///
    /// # Errors
    /// It could not be stored.
    pub async fn forget(&self) -> Result<bool, StoreError> {
        if !matches!(self.fleet.elsewhere(&self.id).await, Ok(None)) {
            return Ok(false);
        }
        let forgetting = self.fleet.with(&self.id, |fleet, member| async move {
            fleet.forget(&member).await
        });
        // Without room there is nothing of it.
        forgetting.await.unwrap_or(Ok(true))
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
