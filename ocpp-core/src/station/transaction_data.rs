//! Meter values that are kept for the end of a transaction (1.6 section 3.16.5, 2.0.1 J02).

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use litemap::LiteMap;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::context::Context;
use super::record::{NO_NUMBER, Records};
use super::transaction::{Details, Transactions};

const PREFIX: &str = "transaction-data/";

/// The values of open transactions, numbered as they are stored. `V` is a version's `MeterValue`.
#[derive(Debug)]
pub(crate) struct TransactionData<V>(LiteMap<u64, Vec<(u32, V)>>);

fn key(transaction: u64, place: u32) -> String {
    format!("{PREFIX}{transaction:020}/{place:010}")
}

impl<V: Clone + Serialize + DeserializeOwned> TransactionData<V> {
    /// The values of the transactions that are there. Those of transactions of another version stay where they are.
    pub(crate) fn restore<D: Details>(records: &Records, transactions: &Transactions<D>) -> Self {
        let mut all = LiteMap::<u64, Vec<_>>::new();
        for key in records.keys(PREFIX) {
            let place = key.strip_prefix(PREFIX).and_then(|rest| {
                let (number, place) = rest.split_once('/')?;
                Some((number.parse::<u64>().ok()?, place.parse::<u32>().ok()?))
            });
            let Some((number, place)) = place else {
                records.reject(key, NO_NUMBER);
                continue;
            };
            if transactions.is_of_other_version(number) {
                continue;
            }
            let Some(value) = records.get(key) else {
                continue;
            };
            if transactions.unreadable().contains(&number) {
                records.reject(key, "its transaction cannot be read");
                continue;
            }
            all.entry(number).or_default().push((place, value));
        }
        Self(all)
    }

    /// Adds a value. When there is no room, every second one between the first and the newest makes some: the first and
    /// the last stay (1.6 erratum 3.14, E06.FR.12, E06.FR.13, E07.FR.09, E07.FR.10, E08.FR.10, E08.FR.11, E09.FR.06, E09.FR.07,
    /// E10.FR.05, E10.FR.06, E12.FR.08, E12.FR.09, F03.FR.05, F03.FR.06, F04.FR.05, F04.FR.06, J02.FR.20).
    pub(crate) fn add(&mut self, core: &mut Context, transaction: u64, value: V) {
        let max = core.config.limits.transaction_data.max(2);
        let data = self.0.entry(transaction).or_default();
        if data.len() >= max {
            let mut place = 0;
            let removed = data.extract_if(.., |_| {
                place += 1;
                place % 2 == 0
            });
            let removed: Vec<_> = removed.collect();
            for (place, _) in removed {
                core.remove(&key(transaction, place));
            }
        }
        let place = data.last().map_or(0, |(place, _)| place.saturating_add(1));
        core.store(&key(transaction, place), &value);
        data.push((place, value));
    }

    /// What was collected for a transaction, and the value of its end, which is not stored: a power cut before the message
    /// is stored means another reading. `None` if there is nothing.
    pub(crate) fn with_end(
        &self,
        core: &Context,
        transaction: u64,
        end: Option<V>,
    ) -> Option<Vec<V>> {
        let data = self.0.get(&transaction);
        let data = data.into_iter().flatten().map(|(_, value)| value.clone());
        let mut data: Vec<V> = data.collect();
        let max = core.config.limits.transaction_data.max(2);
        if end.is_some() && data.len() >= max {
            data.truncate(max - 1);
        }
        data.extend(end);
        (!data.is_empty()).then_some(data)
    }

    /// The newest value that was kept for a transaction.
    #[cfg_attr(not(feature = "v2_0_1"), allow(dead_code))]
    pub(crate) fn last(&self, transaction: u64) -> Option<&V> {
        let (_, value) = self.0.get(&transaction)?.last()?;
        Some(value)
    }

    /// The transaction is over and reported.
    pub(crate) fn forget(&mut self, core: &mut Context, transaction: u64) {
        for (place, _) in self.0.remove(&transaction).unwrap_or_default() {
            core.remove(&key(transaction, place));
        }
    }

    /// The transactions that something was kept for.
    pub(crate) fn transactions(&self) -> impl Iterator<Item = u64> {
        self.0.keys().copied()
    }
}
