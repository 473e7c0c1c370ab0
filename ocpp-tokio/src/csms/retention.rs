//! Forgets what has been kept for long enough.

use std::collections::BTreeSet;
use std::sync::{Arc, Weak};
use std::time::Duration;

use ocpp_core::csms::ledger::{Outside, Transaction};
use ocpp_core::time::DateTime;

use super::Csms;
use super::application::Forgotten;
use super::fleet::Fleet;
use super::station::lock;
use super::store::{
    Expect, Row, StoreError, Table, closed_key, index_rows, meters_of, meters_outside, number_key,
    owner, read_all, read_from,
};
use crate::clock;

/// How often it is looked for something to forget.
const ROUND: Duration = Duration::from_secs(6 * 3600);

/// How much was forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Swept {
    /// Transactions, with their meter values.
    pub transactions: usize,
    /// Messages with meter values outside of transactions.
    pub outside: usize,
    /// Reservations.
    pub reservations: usize,
}

/// Begins to forget, until the CSMS is gone.
pub(super) fn begin(fleet: &Arc<Fleet>) {
    if let Some(keep) = fleet.config.keep {
        tokio::spawn(run(Arc::downgrade(fleet), keep));
    }
}

async fn run(fleet: Weak<Fleet>, keep: Duration) {
    loop {
        let Some(fleet) = fleet.upgrade() else {
            return;
        };
        let millis = i64::try_from(keep.as_millis()).unwrap_or(i64::MAX);
        let before = clock::utc().unix_millis().saturating_sub(millis);
        if let Some(before) = DateTime::from_unix_millis(before) {
            // What could not be forgotten now is forgotten in the next round; the store tells of its errors by itself.
            let _ = fleet.sweep(before).await;
        }
        drop(fleet);
        tokio::time::sleep(ROUND).await;
    }
}

impl Csms {
    /// Forgets what is older: closed transactions whose bills were taken, with their meter values; meter values outside of transactions;
    /// reservations that have ended; messages in the journals. [`CsmsConfig::keep`](super::CsmsConfig::keep) does so by itself.
    ///
    /// # Errors
    /// The store cannot be read or written, or a record in it cannot be read. Some may be forgotten already.
    pub async fn forget_before(&self, before: DateTime) -> Result<Swept, StoreError> {
        let fleet = Arc::clone(&self.fleet);
        let sweeping = tokio::spawn(async move { fleet.sweep(before).await });
        sweeping.await.map_err(StoreError::new)?
    }
}

/// A closed transaction that ended before a time: the last moment that is known of it, by either clock.
fn is_over_since(transaction: &Transaction, before: DateTime) -> bool {
    let Some(end) = &transaction.end else {
        return false;
    };
    let last = transaction
        .end_received_at
        .map_or(end.at, |received| received.max(end.at));
    last < before
}

impl Fleet {
    async fn sweep(&self, before: DateTime) -> Result<Swept, StoreError> {
        let old = self.old_transactions(before).await?;
        self.forget_origins(&old).await?;
        let swept = Swept {
            transactions: self.forget_transactions(&old, before).await?,
            outside: self.forget_outside(before).await?,
            reservations: self.services.forget_before(&self.records, before).await?,
        };
        for member in self.all() {
            lock(&member.journal).forget(|message| message.time < before);
        }
        self.application.forget(&Forgotten::Before(before));
        Ok(swept)
    }

    async fn old_transactions(&self, before: DateTime) -> Result<BTreeSet<u64>, StoreError> {
        let mut old = BTreeSet::new();
        read_all(self.records.store(), Table::Transactions, |_, value| {
            // What cannot be read stays where it is.
            if let Ok(transaction) = serde_json::from_str::<Transaction>(owner(value).1)
                && is_over_since(&transaction, before)
            {
                old.insert(transaction.reference);
            }
            Ok::<_, StoreError>(())
        })
        .await?;
        // Nothing is forgotten that has not been billed.
        read_all(self.records.store(), Table::Outbox, |key, _| {
            if let Ok(number) = key.parse() {
                old.remove(&number);
            }
            Ok::<_, StoreError>(())
        })
        .await?;
        Ok(old)
    }

    /// What leads to transactions goes first: what is left when the program ends in the middle is found the next time.
    async fn forget_origins(&self, old: &BTreeSet<u64>) -> Result<(), StoreError> {
        if old.is_empty() {
            return Ok(());
        }
        let mut rows = Vec::new();
        read_all(self.records.store(), Table::Origins, |key, value| {
            if value.parse().is_ok_and(|number| old.contains(&number)) {
                let row = Row::remove(Table::Origins, key);
                rows.push(row.only_if(Expect::Value(value.into())));
            }
            Ok::<_, StoreError>(())
        })
        .await?;
        self.write_each(rows).await
    }

    async fn forget_transactions(
        &self,
        old: &BTreeSet<u64>,
        before: DateTime,
    ) -> Result<usize, StoreError> {
        let store = self.records.store();
        let mut count = 0;
        for reference in old {
            let key = number_key(*reference);
            let Some(value) = store.get(Table::Transactions, &key).await? else {
                continue;
            };
            let (station, record) = owner(&value);
            let Ok(transaction) = serde_json::from_str::<Transaction>(record) else {
                continue;
            };
            if !is_over_since(&transaction, before) {
                continue;
            }
            let mut rows = vec![
                Row::remove(Table::Transactions, &*key).only_if(Expect::Value(value.clone())),
                Row::remove(Table::Closed, closed_key(station, *reference)),
                // One that has just become better is billed first.
                Row::remove(Table::Outbox, &*key).only_if(Expect::Absent),
            ];
            let index = index_rows(station, &transaction).into_iter();
            rows.extend(index.map(|key| Row::remove(Table::Index, key)));
            let prefix = meters_of(station, *reference);
            read_from(store, Table::Meters, &prefix, |key, _| {
                rows.push(Row::remove(Table::Meters, key));
                Ok(())
            })
            .await?;
            match self.records.write(rows).await {
                Err(error) if error.is_conflict() => {}
                other => {
                    other?;
                    count += 1;
                }
            }
        }
        Ok(count)
    }

    async fn forget_outside(&self, before: DateTime) -> Result<usize, StoreError> {
        let mut count = 0;
        for member in self.all() {
            let mut rows = Vec::new();
            let prefix = meters_outside(&member.id);
            read_from(
                self.records.store(),
                Table::Meters,
                &prefix,
                |key, value| {
                    let Ok(outside) = serde_json::from_str::<Outside>(value) else {
                        return Ok(());
                    };
                    let newest = outside.samples.iter().map(|sample| sample.at).max();
                    if newest.is_none_or(|newest| newest < before) {
                        let row = Row::remove(Table::Meters, key);
                        // Places are used again.
                        rows.push(row.only_if(Expect::Value(value.into())));
                    }
                    Ok(())
                },
            )
            .await?;
            count += rows.len();
            self.write_each(rows).await?;
        }
        Ok(count)
    }
}
