//! The transactions in the store, and how they are found: what is looked for has an index, so that nobody reads the history.

use ocpp_core::csms::ledger::{Sample, Transaction, index_time, index_token};
use ocpp_types::DateTime;

use super::Csms;
use super::fleet::Fleet;
use super::store::{StoreError, Table, meters_of, number_key, number_of, owner, read_from};
use super::unreadable::UnreadableRecord;

/// How many rows are read at a time.
const PAGE: usize = 1_000;

/// How many transactions that are not wanted are looked at for one page, besides those that are.
const PASSED_OVER: usize = 1_000;

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
    /// The transactions, in order. Records that cannot be read are [set aside](UnreadableRecord).
    pub transactions: Vec<StoredTransaction>,
    /// There may be more, after this number.
    pub next: Option<u64>,
}

/// Which transactions are looked for: those for which everything holds that is said here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TransactionFilter {
    /// The identity of the station.
    pub station: Option<String>,
    /// The text of the token, in whichever case.
    pub id_token: Option<String>,
    /// They began then or later.
    pub from: Option<DateTime>,
    /// They began before.
    pub to: Option<DateTime>,
    /// They are open, or have ended.
    pub open: Option<bool>,
}

impl TransactionFilter {
    fn takes(&self, station: &str, transaction: &Transaction) -> bool {
        let holds = |wanted: &str| {
            let held = transaction.id_token.as_ref();
            held.is_some_and(|held| held.id_token.eq_ignore_ascii_case(wanted))
        };
        let began = transaction.began_at();
        self.station.as_ref().is_none_or(|wanted| wanted == station)
            && self.id_token.as_deref().is_none_or(holds)
            && self.from.is_none_or(|from| began >= from)
            && self.to.is_none_or(|to| began < to)
            && self.open.is_none_or(|open| transaction.is_open() == open)
    }

    /// The rows among which few are others.
    fn source(&self) -> Source {
        let is_open = self.open == Some(true);
        match (&self.id_token, &self.station) {
            // At one station a few are open at most.
            (_, Some(station)) if is_open => Source {
                table: Table::Open,
                prefix: format!("{station}\n"),
                by_time: false,
            },
            (Some(token), _) => Source::by_time(format!("token\n{}\n", index_token(token))),
            (None, Some(station)) => Source::by_time(format!("station\n{station}\n")),
            (None, None) if is_open => Source::by_time("open\n".into()),
            (None, None) if self.from.is_some() || self.to.is_some() => {
                Source::by_time("time\n".into())
            }
            (None, None) => Source {
                table: Table::Transactions,
                prefix: String::new(),
                by_time: false,
            },
        }
    }
}

/// Where transactions are looked for.
struct Source {
    table: Table,
    prefix: String,
    /// Keys are times and numbers; otherwise numbers.
    by_time: bool,
}

impl Source {
    const fn by_time(prefix: String) -> Self {
        Self {
            table: Table::Index,
            prefix,
            by_time: true,
        }
    }

    /// The key of a transaction.
    fn key(&self, transaction: &Transaction) -> String {
        let number = number_key(transaction.reference);
        let time = self
            .by_time
            .then(|| index_time(transaction.began_at()) + "/");
        format!("{}{}{number}", self.prefix, time.unwrap_or_default())
    }
}

impl Fleet {
    /// The transaction of a row; `None` if it cannot be read.
    fn read_transaction(&self, number: &str, value: &str) -> Option<StoredTransaction> {
        let (station, record) = owner(value);
        match serde_json::from_str(record) {
            Ok(transaction) => Some(StoredTransaction {
                station: station.into(),
                transaction,
            }),
            Err(why) => {
                let record = UnreadableRecord::new(Table::Transactions, number, why);
                self.records.set_aside(record);
                None
            }
        }
    }
}

impl Csms {
    /// Transactions in the store that a filter takes, those first that began first; without a station, a token, a time and `open: true` by
    /// number. They come after the transaction with the number `after`, at most `limit`.
    ///
    /// What a page costs depends on its size, not on how many transactions there are: stations, tokens, times and what is open
    /// have an index. Where several are asked for at the same time, the rest is passed over, but no more than a thousand for a page:
    /// then it is shorter, and [`next`](TransactionsPage::next) says where to go on.
    ///
    /// # Errors
    /// The store cannot be read, or there is no transaction with the number `after`.
    pub async fn find_transactions(
        &self,
        filter: &TransactionFilter,
        after: Option<u64>,
        limit: usize,
    ) -> Result<TransactionsPage, StoreError> {
        let store = self.fleet.records.store();
        let source = filter.source();
        let mut key = match (after, source.by_time) {
            (None, _) => source.prefix.clone(),
            (Some(after), false) => format!("{}{}", source.prefix, number_key(after)),
            (Some(after), true) => {
                let last = self.transaction(after).await?;
                let last = last.ok_or_else(|| StoreError::new(NoSuchTransaction(after)))?;
                source.key(&last.transaction)
            }
        };
        if let Some(from) = filter.from.filter(|_| source.by_time) {
            key = key.max(format!("{}{}", source.prefix, index_time(from)));
        }
        let end = filter.to.filter(|_| source.by_time);
        let end = end.map(|to| format!("{}{}", source.prefix, index_time(to)));
        let mut page = TransactionsPage {
            transactions: Vec::new(),
            next: None,
        };
        let mut left = limit.saturating_add(PASSED_OVER);
        let mut last = after;
        loop {
            let wanted = limit
                .saturating_add(1)
                .saturating_sub(page.transactions.len());
            let count = wanted.min(PAGE).min(left.max(1));
            let rows = store.read(source.table, &key, count).await?;
            let is_last = rows.len() < count;
            let mut of_page = Vec::with_capacity(rows.len());
            let mut is_over = is_last;
            for (row, value) in rows {
                if !row.starts_with(&source.prefix) || end.as_ref().is_some_and(|end| row >= *end) {
                    is_over = true;
                    break;
                }
                key.clone_from(&row);
                of_page.push((row, value));
            }
            left = left.saturating_sub(of_page.len());
            let numbers: Vec<String> = of_page
                .iter()
                .map(|(row, _)| number_of(row).to_owned())
                .collect();
            let values = match source.table {
                Table::Transactions => of_page.into_iter().map(|(_, value)| Some(value)).collect(),
                _ => store.get_all(Table::Transactions, &numbers).await?,
            };
            for (number, value) in numbers.iter().zip(values) {
                let found = value.and_then(|value| self.fleet.read_transaction(number, &value));
                // One whose begin has become known stands elsewhere by now.
                let found = found.filter(|it| filter.takes(&it.station, &it.transaction));
                if let Some(found) = found {
                    if page.transactions.len() >= limit {
                        page.next = last;
                        return Ok(page);
                    }
                    page.transactions.push(found);
                }
                last = number.parse().ok().or(last);
            }
            if is_over {
                return Ok(page);
            }
            if left == 0 {
                page.next = last;
                return Ok(page);
            }
        }
    }

    /// Transactions in the store with numbers after `after`, oldest first, at most `limit` of those that are `wanted`. All that stand
    /// before these are read: [`find_transactions`](Self::find_transactions) knows what is usually looked for.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn transactions(
        &self,
        after: u64,
        limit: usize,
        wanted: impl Fn(&str, &Transaction) -> bool,
    ) -> Result<TransactionsPage, StoreError> {
        let store = self.fleet.records.store();
        let mut transactions = Vec::new();
        let mut after = number_key(after);
        loop {
            let rows = store.read(Table::Transactions, &after, PAGE).await?;
            let is_last = rows.len() < PAGE;
            for (key, value) in rows {
                let found = self.fleet.read_transaction(&key, &value);
                if let Some(found) = found.filter(|it| wanted(&it.station, &it.transaction)) {
                    if transactions.len() >= limit {
                        let last = transactions.last();
                        let last = last.map(|last: &StoredTransaction| last.transaction.reference);
                        let before = found.transaction.reference.saturating_sub(1);
                        return Ok(TransactionsPage {
                            transactions,
                            next: last.or(Some(before)),
                        });
                    }
                    transactions.push(found);
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
        let number = number_key(reference);
        let store = self.fleet.records.store();
        let Some(value) = store.get(Table::Transactions, &number).await? else {
            return Ok(None);
        };
        let found = self.fleet.read_transaction(&number, &value);
        let unreadable = || {
            StoreError::new(format!(
                "the record of transaction {reference} cannot be read"
            ))
        };
        found.map(Some).ok_or_else(unreadable)
    }

    /// The meter values of a transaction in the store, in the order in which they came.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn meter_values(
        &self,
        station: &str,
        reference: u64,
    ) -> Result<Vec<Sample>, StoreError> {
        let prefix = meters_of(station, reference);
        let store = self.fleet.records.store();
        let mut samples: Vec<Sample> = Vec::new();
        read_from(store, Table::Meters, &prefix, |key, value| {
            match serde_json::from_str::<Vec<Sample>>(value) {
                Ok(read) => samples.extend(read),
                Err(why) => {
                    let record = UnreadableRecord::new(Table::Meters, key, why);
                    self.fleet.records.set_aside(record);
                }
            }
            Ok(())
        })
        .await?;
        Ok(samples)
    }
}

/// There is nothing after which a page could begin.
#[derive(Debug, thiserror::Error)]
#[error("there is no transaction {0}")]
struct NoSuchTransaction(u64);
