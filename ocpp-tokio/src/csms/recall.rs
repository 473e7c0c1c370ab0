//! Transactions that have left memory: a message of one may come once more.

use ocpp_core::csms::ledger::is_origin_key;
use ocpp_core::csms::remote::Answer;

use super::fleet::Fleet;
use super::store::{StoreError, Table, origin_row, owner};

impl Fleet {
    /// A record of a station that the core asks for.
    pub(super) async fn recall(&self, station: &str, key: &str) -> Answer {
        self.stored(station, key)
            .await
            .map_or(Answer::Failed, Answer::Stored)
    }

    async fn stored(&self, station: &str, key: &str) -> Result<Option<String>, StoreError> {
        if is_origin_key(key) {
            let row = origin_row(station, key);
            let before = row.trim_end_matches(' ');
            return self.row(Table::Origins, before, &row).await;
        }
        let Some(number) = key.strip_prefix("closed/") else {
            return Ok(None);
        };
        let Ok(reference) = number.parse::<u64>() else {
            return Ok(None);
        };
        let before = format!("{:020}", reference.saturating_sub(1));
        let row = self.row(Table::Transactions, &before, number).await?;
        // In 1.6 a station may name any number.
        let record = row.as_deref().map(owner);
        Ok(record.and_then(|(of, record)| (of == station).then(|| record.to_owned())))
    }

    /// A row that comes right after a key.
    async fn row(
        &self,
        table: Table,
        after: &str,
        key: &str,
    ) -> Result<Option<String>, StoreError> {
        let rows = self.records.store().read(table, after, 1).await?;
        let first = rows.into_iter().next();
        Ok(first.and_then(|(there, value)| (there == key).then_some(value)))
    }
}
